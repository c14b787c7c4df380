#include "reml_parser.h"
#include "reml_build.h"
#include "reml_tables.h"
#include <string.h>

enum { FIRST_STACK = 128, HEADROOM = 3 };

/* Room may be left in the block when the limit of depth comes first. */
static void set_stack_end(reml_parser *p) {
  size_t most = (size_t)p->max_depth + HEADROOM;
  p->stack_end = p->stack + (p->stack_capacity < most ? p->stack_capacity : most);
}

reml_parser *reml__parser_new(reml_memory *memory, reml_ast *ast, bool effects_on,
                              uint32_t max_depth) {
  reml_parser *p = reml__alloc(memory, sizeof *p);
  p->memory = memory;
  p->ast = ast;
  p->effects_on = effects_on;
  p->max_depth = max_depth;
  p->stack = reml__grow_atomic(memory, NULL, 0, &p->stack_capacity, FIRST_STACK, sizeof *p->stack);
  set_stack_end(p);
  p->top = p->stack;
  *p->top = (reml_entry){.state = 0, .end = 0, .start = {0, 1, 0}};
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
static bool make_room(reml_parser *p) {
  if (p->stack_end - p->top > HEADROOM) return true;
  size_t used = (size_t)(p->top - p->stack) + 1;
  if (used >= p->max_depth) return false;
  p->stack = reml__grow_atomic(p->memory, p->stack, used, &p->stack_capacity, used + HEADROOM + 1,
                               sizeof *p->stack);
  set_stack_end(p);
  p->top = p->stack + used - 1;
  return true;
}

static reml_semantic literal(reml_parser *p, const reml_token *token, reml_node_kind kind,
                             unsigned tag, uint32_t field) {
  reml_range span = {token->start.offset, token->end};
  return VALUE(reml__node_write(p->ast, kind, tag, span, &field, 1));
}

static unsigned base_tag(uint32_t radix) {
  return radix == 10 ? 2 : radix == 16 ? 3 : radix == 8 ? 1 : 0;
}

/* The value of a token: names are interned, literals become nodes (grammar/reml.y). */
static reml_semantic token_value(reml_parser *p, const reml_token *token) {
  switch (token->kind) {
  case REML_TOKEN_SELF: return PAIR(p->self, token->start.offset);
  case REML_TOKEN_IDENT:
  case REML_TOKEN_UPPER_IDENT:
    return PAIR(reml__name(p->ast, token->text, token->length), token->start.offset);
  case REML_TOKEN_INT:
    return literal(p, token, REML_NODE_INT, base_tag(token->detail),
                   reml__name(p->ast, token->text, token->length));
  case REML_TOKEN_FLOAT:
    return literal(p, token, REML_NODE_FLOAT, 0, reml__name(p->ast, token->text, token->length));
  case REML_TOKEN_CHAR: return literal(p, token, REML_NODE_CHAR, 0, (unsigned char)*token->text);
  case REML_TOKEN_STRING:
    return VALUE(reml__node_write_bytes(p->ast, token->detail,
                                        (reml_range){token->start.offset, token->end}, token->text,
                                        token->length));
  default: return NONE;
  }
}

static void shift(reml_parser *p, const reml_token *token, uint32_t state) {
  reml_entry *entry = ++p->top;
  entry->minor.yy0 = token_value(p, token);
  entry->state = state;
  entry->end = token->end;
  entry->start = token->start;
}

/* The action of a production: written by lemon from reml.y. yymsp is lemon's name for the topmost
 * entry of the stack. */
static void act(reml_parser *p, unsigned yyruleno, reml_entry *yymsp) {
#define YYMINORTYPE reml_minor
#define yytestcase(condition)
#define START(symbol) p->rhs[(symbol)-1].start.offset
  switch (yyruleno) {
#define REML_LEMON_ACTIONS
#include "reml.c"
#undef REML_LEMON_ACTIONS
  }
}

/* Where an empty symbol is: behind the token before it. */
static reml_place behind_last(const reml_parser *p) {
  if (p->last == NULL) return p->top->start;
  return (reml_place){p->last->end, p->last->start.line, p->last->start.line_start};
}

/* Carries a production out and returns the new state, which is on top of the stack then. */
static inline uint32_t reduce(reml_parser *p, unsigned rule) {
  reml_entry *top = p->top;
  unsigned length = reml__rules[rule].length;
  reml_entry *base = top - length + 1;
  if (length == 0) base->start = behind_last(p);
  p->rhs = base;
  p->span = (reml_range){base->start.offset, top->end};
  act(p, rule, top);
  uint32_t state = reml__goto[base[-1].state][reml__rules[rule].lhs];
  base->end = top->end;
  base->state = state;
  p->top = base;
  return state;
}

/* What a production wanted; a parser that has failed keeps wanting it. */
static reml_parse_status stopped(reml_parser *p) {
  reml_parse_status stop = p->stop;
  if (stop == REML_PARSE_DECLARATION) p->stop = REML_PARSE_MORE;
  return stop;
}

static reml_parse_status taken(reml_parser *p, const reml_token *token) {
  p->last = token;
  return REML_PARSE_MORE;
}

reml_parse_status reml__parser_push(reml_parser *p, const reml_token *token) {
  uint32_t state = p->top->state;
  for (;;) {
    unsigned action = reml__actions[state][token->kind];
    unsigned what = action & REML_ACTION_MASK, target = action & REML_TARGET_MASK;
    if (what == REML_PASS) {
      state = reml__goto[p->top[-1].state][reml__rules[target].lhs];
      p->top->state = state;
      continue;
    }
    if (what == REML_NO_ACTION) return REML_PARSE_REJECTED;
    if (!make_room(p)) return REML_PARSE_TOO_DEEP;
    /* Where the shift is reduced at once, the target is no state, and its entry is replaced. */
    if (what != REML_REDUCE) shift(p, token, target);
    if (what != REML_SHIFT) state = reduce(p, target);
    if (what != REML_REDUCE) return taken(p, token);
    if (p->stop != REML_PARSE_MORE) return stopped(p);
    if (state == REML_ACCEPT) break;
  }
  p->unit = p->top->minor.yy0.n;
  return REML_PARSE_ACCEPTED;
}

reml_parse_status reml__parser_settle(reml_parser *p) {
  for (unsigned rule; (rule = reml__certain[p->top->state]) != REML_NO_ACTION;) {
    reduce(p, rule & REML_TARGET_MASK);
    if (p->stop != REML_PARSE_MORE) return stopped(p);
  }
  return REML_PARSE_MORE;
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
    uint32_t symbol = reml__accessing[entry->state];
    if (symbol < REML_TERMINAL_COUNT) continue;
    const reml_left_recursive *rule = &reml__left_recursive[symbol - REML_TERMINAL_COUNT];
    if (rule->name == NULL) continue;
    bool is_chain = rule->kind == REML_LEFT_INFIX || rule->kind == REML_LEFT_POSTFIX;
    reml_open_rule open = {rule->name, is_chain, entry->start.offset, entry->end,
                           steps_of(p, rule, entry->minor.yy0)};
    take(user, &open);
  }
}

/* --- expected sets (driver.md section 6.2) --- */

/* States of a stack in which the part above `kept` has been replaced by `above`. */
typedef struct simulation {
  const reml_entry *bottom;
  size_t kept;
  uint32_t *above;
  size_t count, capacity;
  reml_memory *memory;
} simulation;

static uint32_t state_at_top(const simulation *s) {
  return s->count > 0 ? s->above[s->count - 1] : s->bottom[s->kept - 1].state;
}

static void simulate_reduce(simulation *s, unsigned rule) {
  size_t length = reml__rules[rule].length;
  size_t above = length < s->count ? length : s->count;
  s->count -= above;
  s->kept -= length - above;
  uint32_t state = reml__goto[state_at_top(s)][reml__rules[rule].lhs];
  s->above = reml__grow_atomic(s->memory, s->above, s->count, &s->capacity, s->count + 1,
                               sizeof *s->above);
  s->above[s->count++] = state;
}

/* How many names the symbol of an entry of a path stands for; a head `self` or `super` is none. */
static uint32_t names_in(const reml_entry *entry, bool head) {
  switch (reml__accessing[entry->state]) {
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
    uint32_t symbol = reml__accessing[entry->state];
    if (symbol == REML_TOKEN_PERFORM || symbol == REML_TOKEN_DO) return names < 2;
    uint32_t below = reml__accessing[entry[-1].state];
    names += names_in(entry, below == REML_TOKEN_PERFORM || below == REML_TOKEN_DO);
  }
}

static bool acceptable(reml_parser *p, simulation *s, unsigned kind) {
  s->kept = (size_t)(p->top - p->stack) + 1;
  s->count = 0;
  for (;;) {
    unsigned action = reml__actions[state_at_top(s)][kind];
    unsigned what = action & REML_ACTION_MASK;
    if (what != REML_REDUCE && what != REML_PASS) return what != REML_NO_ACTION;
    unsigned rule = action & REML_TARGET_MASK;
    if (reml__rules[rule].lhs == REML_SYMBOL_effect_target && effect_path_is_short(p)) return false;
    simulate_reduce(s, rule);
    if (state_at_top(s) == REML_ACCEPT) return true;
  }
}

bool reml__parser_accepts(reml_parser *p, reml_token_kind kind) {
  simulation s = {.bottom = p->stack, .memory = p->memory};
  return acceptable(p, &s, kind);
}

size_t reml__parser_expected(reml_parser *p, reml_token_kind expected[REML_TOKEN_COUNT]) {
  simulation s = {.bottom = p->stack, .memory = p->memory};
  size_t count = 0;
  for (unsigned kind = 0; kind < REML_TOKEN_COUNT; kind++) {
    if (acceptable(p, &s, kind)) expected[count++] = (reml_token_kind)kind;
  }
  return count;
}
