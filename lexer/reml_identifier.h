/* Validation of identifiers that are not pure ASCII (contract lexer.md section 8.2 to 8.4). */
#ifndef REML_IDENTIFIER_H
#define REML_IDENTIFIER_H

#include "reml_lexer.h"

/* Checks a whole lexeme, left to right. True when it is an identifier; otherwise the first problem
 * is in *kind and, for a bad code point, *value. */
bool reml__identifier_check(const unsigned char *bytes, size_t count, bool ascii_only,
                            reml_lex_error_kind *kind, uint32_t *value);

#endif
