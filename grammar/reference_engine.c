/* The grammar of the reference (contract grammar.md): its automaton, the values of its tokens, and
 * the one check that its expected sets need. */
#include "reml_build.h"
#include "reml_tables.h"

static inline unsigned fallback_of(unsigned kind) {
  return kind;
}

/* Behind the token before it: D2 is about that. */
static inline reml_place empty_start(const reml_parser *p, const reml_token *next) {
  (void)next;
  return p->last_end;
}

#define GRAMMAR_ACTIONS "reml.c"
#include "reml_engine.h"

/* The value of a token: names are interned, literals become nodes (grammar/reml.y). */
static reml_semantic token_value(reml_parser *p, const reml_token *token) {
  switch (token->kind) {
  case REML_TOKEN_SELF: return PAIR(p->self, token->start.offset);
  case REML_TOKEN_IDENT:
  case REML_TOKEN_UPPER_IDENT:
    return PAIR(reml__name(p->ast, token->text, token->length), token->start.offset);
  case REML_TOKEN_INT: return int_literal(p, token);
  case REML_TOKEN_FLOAT:
    return literal(p, token, REML_NODE_FLOAT, 0, reml__name(p->ast, token->text, token->length));
  case REML_TOKEN_CHAR: return literal(p, token, REML_NODE_CHAR, 0, (unsigned char)*token->text);
  case REML_TOKEN_STRING: return VALUE(string_literal(p, token, token->detail));
  default: return NONE;
  }
}

/* How many names the symbol of an entry of a path stands for; a head `self` or `super` is none. */
static uint32_t names_in(const reml_entry *entry, bool head) {
  switch (grammar_accessing[entry->state]) {
  case REML_TOKEN_SELF: return !head;
  case REML_TOKEN_IDENT:
  case REML_TOKEN_UPPER_IDENT:
  case REML_TERMINAL_COUNT + REML_SYMBOL_lower_name:
  case REML_TERMINAL_COUNT + REML_SYMBOL_upper_name:
  case REML_TERMINAL_COUNT + REML_SYMBOL_name: return 1;
  case REML_TERMINAL_COUNT + REML_SYMBOL_path_head: return entry->minor.yy0.at < REML_HEAD_MARKS;
  case REML_TERMINAL_COUNT + REML_SYMBOL_dotted:
  case REML_TERMINAL_COUNT + REML_SYMBOL_path_tail:
  case REML_TERMINAL_COUNT + REML_SYMBOL_path_tail_opt: return entry->minor.yy0.n;
  default: return 0;
  }
}

/* In a simulation that completes the operand of perform or do, all its tokens are on the real
 * stack, above the keyword. Completing it fails when it has too few names (grammar.md section 5).
 */
static bool effect_path_is_short(const reml_parser *p) {
  const reml_entry *entry = p->top;
  uint32_t names = 0;
  for (;; entry--) {
    uint32_t symbol = grammar_accessing[entry->state];
    if (symbol == REML_TOKEN_PERFORM || symbol == REML_TOKEN_DO) return names < 2;
    uint32_t below = grammar_accessing[entry[-1].state];
    names += names_in(entry, below == REML_TOKEN_PERFORM || below == REML_TOKEN_DO);
  }
}

static bool may_complete(const reml_parser *p, unsigned rule) {
  return grammar_rules[rule].lhs != REML_SYMBOL_effect_target || !effect_path_is_short(p);
}

const reml_grammar reml__reference_grammar = {
    GRAMMAR_ENGINE,
    .may_complete = may_complete,
};
