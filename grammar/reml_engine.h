/* The push loop. Included by reference_engine.c and spec_engine.c, so that each of the two automata
 * is run by code that is compiled for its tables. Before, they include their tables and define
 *
 *   GRAMMAR_ACTIONS   the file of the actions that lemon wrote
 *   token_value       the value of a token
 *   fallback_of       the kind that a token is tried as where it has no action; itself: none
 *   empty_start       where an empty symbol begins in front of a token
 */

static reml_semantic token_value(reml_parser *p, const reml_token *token);

static reml_semantic literal(reml_parser *p, const reml_token *token, reml_node_kind kind,
                             unsigned tag, uint32_t field) {
  reml_range span = {token->start.offset, token->end.offset};
  return VALUE(reml__node_write(p->ast, kind, tag, span, &field, 1));
}

static reml_semantic int_literal(reml_parser *p, const reml_token *token) {
  uint32_t radix = token->detail;
  unsigned tag = radix == 10 ? 2 : radix == 16 ? 3 : radix == 8 ? 1 : 0;
  return literal(p, token, REML_NODE_INT, tag, reml__name(p->ast, token->text, token->length));
}

static reml_node string_literal(reml_parser *p, const reml_token *token, unsigned form) {
  reml_range span = {token->start.offset, token->end.offset};
  return reml__node_write_bytes(p->ast, form, span, token->text, token->length);
}

/* Room for two more entries: a token and an empty symbol. */
static inline bool make_room(reml_parser *p) {
  return p->stack_end - p->top > REML_HEADROOM || reml__parser_grow(p);
}

/* A token of no width begins with the token that follows and ends with the one before: its entry is
 * as empty as that of an empty symbol, which ends before it begins. */
static void shift(reml_parser *p, const reml_token *token, uint32_t state) {
  reml_entry *entry = ++p->top;
  entry->minor.yy0 = token_value(p, token);
  entry->state = state;
  entry->end = token->end.offset;
  entry->open = (uint32_t)p->open_count;
  entry->start = token->start;
}

/* The action of a production: written by lemon from reml.y or spec.y. yymsp is lemon's name for the
 * topmost entry of the stack. */
static void act(reml_parser *p, unsigned yyruleno, reml_entry *yymsp) {
#define YYMINORTYPE reml_minor
#define yytestcase(condition)
#define START(symbol) p->rhs[(symbol)-1].start.offset
  switch (yyruleno) {
#define REML_LEMON_ACTIONS
#include GRAMMAR_ACTIONS
#undef REML_LEMON_ACTIONS
  }
}

/* Where a state goes with the result of a production. */
static inline uint32_t goto_of(uint32_t state, unsigned rule) {
  return grammar_goto[grammar_goto_base[state] + grammar_rules[rule].lhs];
}

/* Carries a production out and returns the new state, which is on top of the stack then. Before the
 * next token is known only productions that have a right side can be. An empty one without an
 * action has the value NONE. */
static inline uint32_t reduce(reml_parser *p, unsigned rule, const reml_token *next) {
  reml_entry *top = p->top;
  unsigned length = grammar_rules[rule].length;
  reml_entry *base = top - length + 1;
  if (length == 0) {
    base->start = empty_start(p, next);
    base->open = (uint32_t)p->open_count;
    base->minor.yy0 = NONE;
  }
  p->rhs = base;
  p->span = (reml_range){base->start.offset, top->end};
  if (length > 0 || rule < REML_CODED_RULE_COUNT) act(p, rule, top);
  uint32_t state = goto_of(base[-1].state, rule);
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
  p->last_end = token->end;
  return REML_PARSE_MORE;
}

static reml_parse_status push(reml_parser *p, const reml_token *token) {
  uint32_t state = p->top->state;
  unsigned kind = token->kind, column = grammar_column[kind];
  if (p->stop != REML_PARSE_MORE) return stopped(p);
  for (;;) {
    unsigned action = grammar_actions[column + state * REML_STRIPE];
    unsigned what = action & REML_ACTION_MASK, target = action & REML_TARGET_MASK;
    if (what == REML_PASS) {
      state = goto_of(p->top[-1].state, target);
      p->top->state = state;
      continue;
    }
    if (what == REML_NO_ACTION) {
      if (kind == fallback_of(kind)) return REML_PARSE_REJECTED;
      kind = fallback_of(kind);
      column = grammar_column[kind];
      continue;
    }
    if (!make_room(p)) return REML_PARSE_TOO_DEEP;
    /* Where the shift is reduced at once, the target is no state, and its entry is replaced. */
    if (what != REML_REDUCE) shift(p, token, target);
    if (what != REML_SHIFT) state = reduce(p, target, token);
    if (what != REML_REDUCE) return taken(p, token);
    if (p->stop != REML_PARSE_MORE) return stopped(p);
    if (state == REML_ACCEPT) break;
  }
  p->unit = p->top->minor.yy0.n;
  return REML_PARSE_ACCEPTED;
}

static reml_parse_status settle(reml_parser *p) {
  for (unsigned rule; (rule = grammar_certain[p->top->state]) != REML_NO_ACTION;) {
    reduce(p, rule & REML_TARGET_MASK, NULL);
    if (p->stop != REML_PARSE_MORE) return stopped(p);
  }
  return REML_PARSE_MORE;
}

/* The members of reml_grammar that every grammar has: this loop and the tables. */
#define GRAMMAR_ENGINE                                                                             \
  .push = push, .settle = settle, .columns = grammar_column, .actions = grammar_actions,           \
  .goto_base = grammar_goto_base, .gotos = grammar_goto, .goto_owner = grammar_goto_owner,         \
  .terminals = REML_TERMINAL_COUNT, .nonterminals = REML_NONTERMINAL_COUNT,                        \
  .rules = grammar_rules, .accessing = grammar_accessing, .left_recursive = grammar_left_recursive
