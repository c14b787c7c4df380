#include "reml_parser.h"
#include "reml_build.h"
#include <string.h>

enum { FIRST_STACK = 128 };

/* Room may be left in the block when the limit of depth comes first. */
static void set_stack_end(reml_parser *p) {
  size_t most = (size_t)p->max_depth + REML_HEADROOM;
  p->stack_end = p->stack + (p->stack_capacity < most ? p->stack_capacity : most);
}

reml_parser *reml__parser_new(reml_memory *memory, const reml_grammar *grammar, reml_ast *ast,
                              bool effects_on, uint32_t max_depth) {
  reml_parser *p = reml__alloc(memory, sizeof *p);
  p->grammar = grammar;
  p->memory = memory;
  p->ast = ast;
  p->effects_on = effects_on;
  p->max_depth = max_depth;
  p->stack = reml__grow_atomic(memory, NULL, 0, &p->stack_capacity, FIRST_STACK, sizeof *p->stack);
  set_stack_end(p);
  p->top = p->stack;
  *p->top = (reml_entry){.state = 0, .end = 0, .start = {0, 1, 0}};
  p->last_end = p->top->start;
  p->prelude = reml__ast_mark(ast);
  p->self = reml__name(ast, "self", 4);
  return p;
}

/* Blocks that grow are freed (reml_memory.h), so none is shared. */
static void *copy_atomic(reml_memory *memory, const void *from, size_t used, size_t *capacity,
                         size_t item) {
  size_t want = used > 0 ? used : 1;
  *capacity = 0;
  void *copy = reml__grow_atomic(memory, NULL, 0, capacity, want, item);
  if (used > 0) memcpy(copy, from, used * item);
  return copy;
}

reml_parser *reml__parser_fork(const reml_parser *p) {
  reml_parser *fork = reml__alloc(p->memory, sizeof *fork);
  *fork = *p;
  fork->ast = reml__ast_fork(p->ast);
  size_t used = (size_t)(p->top - p->stack) + 1;
  fork->stack = copy_atomic(p->memory, p->stack, used, &fork->stack_capacity, sizeof *p->stack);
  set_stack_end(fork);
  fork->top = fork->stack + used - 1;
  fork->open =
      copy_atomic(p->memory, p->open, p->open_count, &fork->open_capacity, sizeof *p->open);
  return fork;
}

size_t reml__parser_bytes(const reml_parser *p) {
  return sizeof *p + p->stack_capacity * sizeof *p->stack + p->open_capacity * sizeof *p->open;
}

/* Room for two more entries: a token and an empty symbol. */
bool reml__parser_grow(reml_parser *p) {
  size_t used = (size_t)(p->top - p->stack) + 1;
  if (used >= p->max_depth) return false;
  p->stack = reml__grow_atomic(p->memory, p->stack, used, &p->stack_capacity,
                               used + REML_HEADROOM + 1, sizeof *p->stack);
  set_stack_end(p);
  p->top = p->stack + used - 1;
  return true;
}

void reml__parser_release(reml_parser *p) {
  reml__ast_release(p->ast, p->prelude);
}

/* --- open left-recursive symbols --- */

static uint32_t steps_of(const reml_parser *p, const reml_left_recursive *rule,
                         reml_semantic value) {
  switch (rule->kind) {
  case REML_LEFT_INFIX: return 1 + reml__build_growth(p->ast, value);
  case REML_LEFT_POSTFIX: return 1 + value.at;
  case REML_LEFT_FROM_NOTHING: return 1 + value.n;
  default: return value.n;
  }
}

void reml__parser_each_open_rule(const reml_parser *p, reml_take_rule *take, void *user) {
  for (const reml_entry *entry = p->stack + 1; entry <= p->top; entry++) {
    uint32_t symbol = p->grammar->accessing[entry->state];
    if (symbol < p->grammar->terminals) continue;
    const reml_left_recursive *rule = &p->grammar->left_recursive[symbol - p->grammar->terminals];
    if (rule->name == NULL) continue;
    bool is_chain = rule->kind == REML_LEFT_INFIX || rule->kind == REML_LEFT_POSTFIX;
    reml_open_rule open = {rule->name, is_chain, entry->start.offset, entry->end,
                           steps_of(p, rule, entry->minor.yy0)};
    take(user, &open);
  }
}
