/* The grammar of the profile `spec` (contract-spec grammar-spec.md section 4): its automaton and
 * the values of its tokens. */
#include "reml_spec.h"
#include "spec_tables.h"

/* Words that are keywords only where the grammar admits them (grammar-spec.md 2.4). */
static inline unsigned fallback_of(unsigned kind) {
  switch (kind) {
  case REML_TOKEN_WHEN:
  case REML_TOKEN_END:
  case REML_TOKEN_NEW:
  case REML_TOKEN_ALIAS: return REML_TOKEN_IDENT;
  default: return kind;
  }
}

/* There, and as a token without width does, so that a span begins with the first token that has a
 * width whatever stands in front of it (ast-spec.md rule 3, D2). */
static inline reml_place empty_start(const reml_parser *p, const reml_token *next) {
  (void)p;
  return next->start;
}

#define GRAMMAR_ACTIONS "spec.c"
#include "reml_engine.h"

static reml_semantic char_literal(reml_parser *p, const reml_token *token) {
  reml_node_kind kind = token->detail < 0x80 ? REML_NODE_CHAR : REML_NODE_CHAR_SCALAR;
  return literal(p, token, kind, 0, token->detail);
}

/* Of a string, `at` is the number of its `#`. */
static reml_semantic string_value(reml_parser *p, const reml_token *token) {
  return PAIR(string_literal(p, token, token->detail & 0xFF), token->detail >> 8);
}

static reml_semantic token_value(reml_parser *p, const reml_token *token) {
  switch (token->kind) {
  case REML_TOKEN_SELF: return PAIR(p->self, token->start.offset);
  case REML_TOKEN_IDENT:
  case REML_TOKEN_UPPER_IDENT:
  case REML_TOKEN_LETFN:
  case REML_TOKEN_FIXITY:
  case REML_TOKEN_WHEN:
  case REML_TOKEN_END:
  case REML_TOKEN_NEW:
  case REML_TOKEN_ALIAS:
    return PAIR(reml__name(p->ast, token->text, token->length), token->start.offset);
  case REML_TOKEN_SUPER: return PAIR(reml__name(p->ast, "super", 5), token->start.offset);
  case REML_TOKEN_UNSAFE: return PAIR(reml__name(p->ast, "unsafe", 6), token->start.offset);
  case REML_TOKEN_INT: return int_literal(p, token);
  case REML_TOKEN_FLOAT:
    return literal(p, token, REML_NODE_FLOAT, 0, reml__name(p->ast, token->text, token->length));
  case REML_TOKEN_CHAR: return char_literal(p, token);
  case REML_TOKEN_STRING: return string_value(p, token);
  default: return PAIR(0, token->start.offset);
  }
}

static reml_token_kind fallback(reml_token_kind kind) {
  return (reml_token_kind)fallback_of(kind);
}

/* Where recovery can put a node ERROR. */
static const bool refuges[REML_NONTERMINAL_COUNT] = {
    [REML_SYMBOL_items] = true,      [REML_SYMBOL_module_items] = true,
    [REML_SYMBOL_statements] = true, [REML_SYMBOL_arms] = true,
    [REML_SYMBOL_brace_arms] = true, [REML_SYMBOL_trait_items] = true,
    [REML_SYMBOL_impl_items] = true, [REML_SYMBOL_extern_items] = true,
    [REML_SYMBOL_operations] = true, [REML_SYMBOL_handler_entries] = true,
    [REML_SYMBOL_sections] = true,   [REML_SYMBOL_cases] = true,
};

/* Brackets are shifted as tokens or have just been reduced to one of the nonterminals that stand
 * for all their classes. */
static bool opens(uint32_t symbol, reml_token_kind *closer) {
  switch (symbol) {
  case REML_TERMINAL_COUNT + REML_SYMBOL_lp:
  case REML_TERMINAL_COUNT + REML_SYMBOL_plp: *closer = REML_TOKEN_RPAREN; return true;
  case REML_TERMINAL_COUNT + REML_SYMBOL_lsq: *closer = REML_TOKEN_RBRACKET; return true;
  case REML_TERMINAL_COUNT + REML_SYMBOL_lb: *closer = REML_TOKEN_RBRACE; return true;
  default: *closer = symbol < REML_TERMINAL_COUNT ? reml__closers[symbol] : 0; return *closer != 0;
  }
}

const reml_grammar reml__spec_grammar = {
    GRAMMAR_ENGINE,
    .fallback = fallback,
    .is_refuge = refuges,
    .opens = opens,
};
