/* Validation of identifiers that are not pure ASCII (contract lexer.md section 8.2 to 8.4,
 * contract-spec grammar-spec.md section 1 no. 2), and single code points in UTF-8. */
#ifndef REML_IDENTIFIER_H
#define REML_IDENTIFIER_H

#include "reml_lexer.h"

/* Checks a whole lexeme, left to right. True when it is an identifier; otherwise the first problem
 * is in *kind and, for a bad code point, *value. */
bool reml__identifier_check(const unsigned char *bytes, size_t count, bool ascii_only,
                            reml_lex_error_kind *kind, uint32_t *value);

/* The same for the profile `spec`. */
bool reml__identifier_check_spec(reml_memory *memory, const unsigned char *bytes, size_t count,
                                 bool ascii_only, reml_lex_error_kind *kind, uint32_t *value);

/* In the profile `spec`: the first code point of the lexeme has the property Uppercase. */
bool reml__identifier_is_upper(const unsigned char *lexeme);

enum { REML_UTF8_MOST = 4 }; /* bytes of one code point */

bool reml__is_scalar(uint32_t point);
/* Returns the length; 0 when no well-formed sequence begins there. Reads no byte behind the first
 * that does not fit. */
size_t reml__utf8_decode(const unsigned char *bytes, uint32_t *point);
size_t reml__utf8_encode(unsigned char to[REML_UTF8_MOST], uint32_t point);

#endif
