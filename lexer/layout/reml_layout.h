/* The layout pass of the profile `spec`: a station between the lexer and the parser (contract-spec
 * grammar-spec.md sections 1.6, 1.7, 2.2 to 2.7 and 3). It drops no token; it tells brackets and
 * words apart by what surrounds them and adds tokens of zero width.
 */
#ifndef REML_LAYOUT_H
#define REML_LAYOUT_H

#include "reml_lexer.h"

typedef struct reml_layout reml_layout;

reml_layout *reml__layout_new(reml_memory *memory, reml_lexer *lexer);

/* As reml__lexer_next. A token without width starts where the token behind it does and ends, for the sake of
 * the parser, where the one before it ends. The token and its text are valid until the next call. */
reml_lex_status reml__layout_next(reml_layout *layout, reml_token *token);

/* The token in front of which the token of zero width stands that was given out last. */
reml_token reml__layout_following(reml_layout *layout);

/* A pass in the same state that reads from `lexer`, a fork of the original's. */
reml_layout *reml__layout_fork(const reml_layout *layout, reml_lexer *lexer);

/* Corrects what reml__lexer_rest said by what the pass holds back. */
void reml__layout_rest(const reml_layout *layout, reml_lex_rest *rest);

/* Goes on behind a lexical error, once REML_LEX_ERROR was said. */
void reml__layout_forgive(reml_layout *layout);

/* The virtual braces that the end of the input would close here. */
uint32_t reml__layout_open_blocks(const reml_layout *layout);

#endif
