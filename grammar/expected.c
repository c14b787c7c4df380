/* Which tokens could come next: reductions carried out on states alone (contract driver.md
 * section 6.2), and where recovery can take refuge on the stack. */
#include "reml_build.h"

/* States of a stack in which the part above `kept` has been replaced by `above`. */
typedef struct simulation {
  const reml_grammar *grammar;
  const reml_entry *bottom;
  size_t kept;
  uint32_t *above;
  size_t count, capacity;
  reml_memory *memory;
} simulation;

static uint32_t state_at_top(const simulation *s) {
  return s->count > 0 ? s->above[s->count - 1] : s->bottom[s->kept - 1].state;
}

static void push_state(simulation *s, uint32_t state) {
  s->above = reml__grow_atomic(s->memory, s->above, s->count, &s->capacity, s->count + 1,
                               sizeof *s->above);
  s->above[s->count++] = state;
}

static void simulate_reduce(simulation *s, unsigned rule) {
  const reml_grammar *grammar = s->grammar;
  size_t length = grammar->rules[rule].length;
  size_t above = length < s->count ? length : s->count;
  s->count -= above;
  s->kept -= length - above;
  uint32_t state = reml__goto(grammar, state_at_top(s), grammar->rules[rule].lhs);
  push_state(s, state);
}

/* On top of the entries that are kept there may be one more state. */
static void begin(reml_parser *p, simulation *s, size_t kept, uint32_t more) {
  s->grammar = p->grammar;
  s->bottom = p->stack;
  s->memory = p->memory;
  s->kept = kept;
  s->count = 0;
  if (more != 0) push_state(s, more);
}

static size_t depth_of(const reml_parser *p) {
  return (size_t)(p->top - p->stack) + 1;
}

static bool acceptable(reml_parser *p, simulation *s, unsigned kind) {
  for (;;) {
    unsigned action = reml__action(s->grammar, state_at_top(s), kind);
    unsigned what = action & REML_ACTION_MASK;
    if (what != REML_REDUCE && what != REML_PASS) return what != REML_NO_ACTION;
    unsigned rule = action & REML_TARGET_MASK;
    if (s->grammar->may_complete != NULL && !s->grammar->may_complete(p, rule)) return false;
    simulate_reduce(s, rule);
    if (state_at_top(s) == REML_ACCEPT) return true;
  }
}

bool reml__parser_can_push(reml_parser *p, reml_token_kind kind) {
  simulation s = {0};
  begin(p, &s, depth_of(p), 0);
  if (acceptable(p, &s, kind)) return true;
  /* What is left on the simulated stack is where the kind had no action. */
  reml_token_kind other = p->grammar->fallback == NULL ? kind : p->grammar->fallback(kind);
  return other != kind && acceptable(p, &s, other);
}

bool reml__parser_accepts(reml_parser *p, reml_token_kind kind) {
  simulation s = {0};
  begin(p, &s, depth_of(p), 0);
  return acceptable(p, &s, kind);
}

size_t reml__parser_expected(reml_parser *p, reml_token_kind expected[REML_TOKEN_COUNT]) {
  simulation s = {0};
  size_t count = 0;
  for (unsigned kind = 0; kind < p->grammar->terminals; kind++) {
    begin(p, &s, depth_of(p), 0);
    if (acceptable(p, &s, kind)) expected[count++] = (reml_token_kind)kind;
  }
  return count;
}

/* Carries a shift out; false when there is no action for the token. */
static bool simulate_shift(reml_parser *p, simulation *s, unsigned kind) {
  for (;;) {
    unsigned action = reml__action(s->grammar, state_at_top(s), kind);
    unsigned what = action & REML_ACTION_MASK, target = action & REML_TARGET_MASK;
    if (what == REML_NO_ACTION) return false;
    if (what == REML_SHIFT || what == REML_SHIFT_REDUCE) push_state(s, target);
    if (what == REML_SHIFT) return true;
    if (s->grammar->may_complete != NULL && !s->grammar->may_complete(p, target)) return false;
    simulate_reduce(s, target);
    if (what == REML_SHIFT_REDUCE) return true;
  }
}

bool reml__parser_accepts_end(reml_parser *p, uint32_t braces) {
  simulation s = {0};
  begin(p, &s, depth_of(p), 0);
  for (; braces > 0; braces--)
    if (!simulate_shift(p, &s, REML_TOKEN_RBRACE)) return false;
  return acceptable(p, &s, REML_TOKEN_EOF);
}

bool reml__parser_would_take(reml_parser *p, const reml_token_kind *kinds, size_t count) {
  simulation s = {0};
  begin(p, &s, depth_of(p), 0);
  for (; count > 1; count--)
    if (!simulate_shift(p, &s, *kinds++)) return false;
  return acceptable(p, &s, *kinds);
}

/* --- recovery --- */

static uint32_t symbol_of(const reml_parser *p, size_t index) {
  return p->grammar->accessing[p->stack[index].state];
}

static bool is_refuge(const reml_parser *p, uint32_t symbol) {
  return symbol >= p->grammar->terminals && p->grammar->is_refuge[symbol - p->grammar->terminals];
}

/* The state of a list that could begin on top of the entry; 0 when none could. */
static uint32_t state_of_new_list(const reml_parser *p, size_t index) {
  const reml_grammar *grammar = p->grammar;
  for (uint32_t symbol = 0; symbol < grammar->nonterminals; symbol++) {
    uint32_t list =
        grammar->is_refuge[symbol] ? reml__goto(grammar, p->stack[index].state, symbol) : 0;
    if (list != 0) return list;
  }
  return 0;
}

static reml_place start_above(const reml_parser *p, size_t index) {
  return index + 1 < depth_of(p) ? p->stack[index + 1].start : p->last_end;
}

static bool begins_bare(const reml_parser *p, size_t index) {
  const reml_entry *first = &p->stack[index + 1];
  return index + 1 < depth_of(p) && first->start.offset >= first->end;
}

bool reml__parser_refuge(const reml_parser *p, size_t below, reml_refuge *out) {
  if (p->grammar->is_refuge == NULL) return false;
  size_t depth = depth_of(p);
  for (size_t index = depth < below ? depth : below; index-- > 0;) {
    bool has_list = index > 0 && is_refuge(p, symbol_of(p, index));
    size_t kept = has_list ? index : index + 1;
    if (kept >= below) continue;
    uint32_t state = has_list ? p->stack[index].state : state_of_new_list(p, index);
    if (state == 0) continue;
    *out = (reml_refuge){.kept = kept,
                         .state = state,
                         .has_list = has_list,
                         .start = start_above(p, index),
                         .is_empty = index + 1 == depth,
                         .is_bare = begins_bare(p, index)};
    return true;
  }
  return false;
}

bool reml__parser_refuge_accepts(reml_parser *p, const reml_refuge *refuge, reml_token_kind kind) {
  simulation s = {0};
  begin(p, &s, refuge->kept, refuge->state);
  return acceptable(p, &s, kind);
}

size_t reml__parser_given_up(const reml_parser *p, const reml_refuge *refuge,
                             reml_token_kind *closers, size_t most) {
  size_t count = 0;
  for (size_t i = refuge->kept + refuge->has_list; i < depth_of(p) && count < most; i++)
    count += p->grammar->opens(symbol_of(p, i), &closers[count]);
  return count;
}

void reml__parser_retreat(reml_parser *p, const reml_refuge *refuge, reml_place end) {
  reml_entry *list = p->stack + refuge->kept;
  size_t first_lost = refuge->kept + refuge->has_list;
  if (first_lost < depth_of(p)) p->open_count = p->stack[first_lost].open;
  if (!refuge->has_list) {
    *list = (reml_entry){
        .start = refuge->start, .end = refuge->start.offset, .open = (uint32_t)p->open_count};
  }
  list->state = refuge->state;
  p->top = list;
  p->stop = REML_PARSE_MORE;
  p->failure = (reml_failure){0};
  if (refuge->start.offset >= end.offset) return;
  reml_range span = {refuge->start.offset, end.offset};
  reml_node error = reml__node_write(p->ast, REML_NODE_ERROR, 0, span, NULL, 0);
  list->minor.yy0 = reml__build_append(p, list->minor.yy0, error);
  list->end = end.offset;
  p->last_end = end;
  p->prelude = reml__ast_mark(p->ast);
  p->scattered = true;
}

reml_parse_status reml__parser_forgive(reml_parser *p) {
  p->stop = REML_PARSE_MORE;
  p->failure = (reml_failure){0};
  if (p->top->state != REML_ACCEPT) return REML_PARSE_MORE;
  p->unit = p->top->minor.yy0.n;
  return REML_PARSE_ACCEPTED;
}
