/* Whether more than one token would be taken: the automaton without trees. */
#include "reml_explain.h"

/* The states of a stack whose part above `kept` has been replaced. */
typedef struct probe {
  const reml_parser *parser;
  reml_memory *memory;
  size_t kept;
  uint32_t *above;
  size_t count, capacity;
} probe;

static uint32_t top_of(const probe *p) {
  return p->count > 0 ? p->above[p->count - 1] : p->parser->stack[p->kept - 1].state;
}

static void put(probe *p, uint32_t state) {
  p->above =
      reml__grow_atomic(p->memory, p->above, p->count, &p->capacity, p->count + 1, sizeof state);
  p->above[p->count++] = state;
}

static void reduce(probe *p, unsigned rule) {
  const reml_grammar *grammar = p->parser->grammar;
  size_t length = grammar->rules[rule].length;
  size_t above = length < p->count ? length : p->count;
  p->count -= above;
  p->kept -= length - above;
  put(p, reml__goto(grammar, top_of(p), grammar->rules[rule].lhs));
}

static bool take(probe *p, reml_token_kind kind) {
  const reml_grammar *grammar = p->parser->grammar;
  if (kind >= grammar->terminals) return false;
  for (;;) {
    unsigned action = reml__action(grammar, top_of(p), kind);
    unsigned what = action & REML_ACTION_MASK, target = action & REML_TARGET_MASK;
    if (what == REML_NO_ACTION) return false;
    if (what == REML_SHIFT || what == REML_SHIFT_REDUCE) put(p, target);
    if (what == REML_SHIFT) return true;
    reduce(p, target);
    if (what == REML_SHIFT_REDUCE || top_of(p) == REML_ACCEPT) return true;
  }
}

bool reml__parser_would_take(const reml_parser *parser, const reml_token_kind *kinds, size_t count,
                             reml_memory *memory) {
  probe p = {.parser = parser, .memory = memory, .kept = (size_t)(parser->top - parser->stack) + 1};
  for (size_t i = 0; i < count; i++)
    if (!take(&p, kinds[i])) return false;
  return true;
}
