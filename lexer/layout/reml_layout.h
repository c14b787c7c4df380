/* The layout pass of the profile `spec`: a station between the lexer and the parser (contract-spec
 * grammar-spec.md sections 1.6, 1.7, 2.2 to 2.7 and 3). It drops no token; it tells brackets and
 * words apart by what surrounds them and adds tokens of zero width.
 */
#ifndef REML_LAYOUT_H
#define REML_LAYOUT_H

#include "reml_lexer.h"
#include "traits.h"

typedef struct reml_layout reml_layout;

reml_layout *reml__layout_new(reml_memory *memory, reml_lexer *lexer);

/* What the short way needs. */
typedef struct reml_layout_gate {
  reml_lexer *lexer;
  size_t light;  /* ( and [ that are open and in which nothing has happened yet */
  bool quiet;    /* outside of those no stage asks for `=` and `,` */
  bool watchful; /* tokens are held back, or the newest one asks for a look at the next */
} reml_layout_gate;

/* False when the next byte shows that the newest token is followed by neither. */
static inline bool reml__may_be_followed(const reml_lexer *lexer, char one, char two) {
  char next = (char)reml__lexer_peek(lexer);
  return next == one || next == two || next == '/' || next == '#' || next == '\0';
}

static inline bool reml__may_precede_fixity(unsigned kind) {
  switch (kind) {
  case REML_TOKEN_COMMA:
  case REML_TOKEN_LPAREN:
  case REML_TOKEN_LPAREN_BOL:
  case REML_TOKEN_LPAREN_FN:
  case REML_TOKEN_LBRACKET:
  case REML_TOKEN_LBRACKET_BOL: return true;
  default: return false;
  }
}

/* L5: behind these a parenthesis may hold the parameters of a function. */
static inline bool reml__may_precede_parameters(unsigned kind) {
  return kind == REML_TOKEN_COLON || kind == REML_TOKEN_EQ;
}

/* What a token that has been given is beyond its kind. */
enum {
  REML_LAYOUT_FIRST = 1,  /* on its line, or in front of that one */
  REML_LAYOUT_OPENS = 2,  /* a bracket, maybe of no width */
  REML_LAYOUT_CLOSES = 4, /* the same */
  REML_LAYOUT_TEXT = 8    /* its text is readable as far as REML_TEXT_SLACK, whatever its length */
};

/* A token on the line of the one before that no rule asks for, or a bracket and the like that only
 * has to be counted. */
static inline bool reml__layout_is_short(reml_layout_gate *gate, const reml_token *before,
                                         const reml_token *token, unsigned *marks) {
  if (token->start.line != before->end.line) return false;
  uint32_t traits = reml__traits[token->kind];
  *marks = REML_LAYOUT_TEXT;
  if (traits & TRAIT_PLAIN) return true;
  if (traits & TRAIT_COUNTED) {
    if (gate->light == 0) return gate->quiet && !(traits & TRAIT_CLOSER);
    if (traits & TRAIT_CLOSER) {
      gate->light--;
      *marks = REML_LAYOUT_CLOSES;
    }
    return true;
  }
  if (token->kind == REML_TOKEN_COLON) {
    return !reml__may_precede_fixity(before->kind) && !reml__may_be_followed(gate->lexer, ':', ':');
  }
  if (!(traits & TRAIT_OPENER) || traits & TRAIT_BRACE) return false;
  if (traits & TRAIT_ROUND && reml__may_precede_parameters(before->kind)) return false;
  gate->light++;
  *marks = REML_LAYOUT_OPENS;
  return true;
}

/* For reml__layout_read: the next token when the gate is watchful; and one that the lexer has
 * given, or what it has said instead, when the short way is not for it. */
reml_lex_status reml__layout_read_watchfully(reml_layout *layout, const reml_token *before,
                                             reml_token *token);
reml_lex_status reml__layout_take(reml_layout *layout, const reml_token *before, reml_token *token,
                                  reml_lex_status status);

/* As reml__lexer_next. A token without width starts where the token behind it does and ends, for
 * the sake of the parser, where the one before it ends. `before` is the token that was given last,
 * all zero when there is none. Most tokens take the short way: nothing is held back, and no rule
 * asks for them. */
static inline reml_lex_status reml__layout_read(reml_layout *layout, const reml_token *before,
                                                reml_token *token, unsigned *marks) {
  reml_layout_gate *gate = (reml_layout_gate *)layout;
  reml_lex_status status;
  if (!gate->watchful) {
    status = reml__lexer_next_spec(gate->lexer, token);
    if (status == REML_LEX_TOKEN && reml__layout_is_short(gate, before, token, marks))
      return status;
    status = reml__layout_take(layout, before, token, status);
  } else {
    status = reml__layout_read_watchfully(layout, before, token);
  }
  if (status != REML_LEX_TOKEN) return status;
  uint32_t traits = reml__traits[token->kind];
  *marks = (token->start.line != before->end.line ? REML_LAYOUT_FIRST : 0u) |
           (traits & TRAIT_OPENER ? REML_LAYOUT_OPENS : 0u) |
           (traits & TRAIT_CLOSER ? REML_LAYOUT_CLOSES : 0u);
  return status;
}

/* The same for who keeps no tokens. */
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
