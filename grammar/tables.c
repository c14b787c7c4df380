/* Build tool: turns lemon's tables for a grammar into the dense arrays that the parser runs on, and
 * prints them as C. Compiled twice: for reml.y, and with SPEC for spec.y.
 *
 * Three things happen on the way, all of them described in contract lemon.md:
 * - the comparison operators' %nonassoc, which lemon -c loses, is put back (section 3.1);
 * - a state whose only action is one reduction makes it on every token (section 4);
 * - steps that nothing can observe are folded: a goto into a state that would only pass its value
 *   on goes where the value ends up, and a shift into a state that would only reduce carries the
 *   reduction out at once. Stacks at an error and expected sets stay what they are, because
 *   an unfolded parser makes these reductions before it looks at the token.
 */
#include "reml_parser.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define REML_LEMON_TABLES
#ifdef SPEC
#include "spec.c"
#else
#include "reml.c"
#endif
#undef REML_LEMON_TABLES

#ifdef SPEC
/* An operator of the level above the comparisons. */
enum { TERMINALS = REML_TOKEN_COUNT, ABOVE_ORDER = LEMON_DOTDOT };
#else
enum { TERMINALS = REML_REFERENCE_TOKEN_COUNT, ABOVE_ORDER = LEMON_PLUS };
#endif

enum { SYMBOLS = sizeof yyTokenName / sizeof *yyTokenName, NO_RULE = -1 };

static uint16_t raw[YYNSTATE][SYMBOLS]; /* lemon's action for a token, or goto for a nonterminal */
static int unique[YYNSTATE];            /* the rule of a unique-reduction state, or NO_RULE */
static uint16_t dense[YYNSTATE][SYMBOLS];
static uint16_t accessing[YYNSTATE];

static bool is_shift(unsigned action) {
  return action <= YY_MAX_SHIFT;
}
static bool is_reduce(unsigned action) {
  return action >= YY_MIN_REDUCE && action <= YY_MAX_REDUCE;
}

/* One numbering of tokens for the lexer and the grammar. lemon's name for the end is its own. */
static void check_tokens(void) {
#define TOKEN(name, label, category) #name,
  static const char *const names[] = {
#include "reml_tokens.def"
  };
#undef TOKEN
  for (int i = 1; i < TERMINALS; i++) {
    if (strcmp(yyTokenName[i], names[i]) == 0) continue;
    fprintf(stderr, "tables: token %d is %s in the grammar, %s in reml_tokens.def\n", i,
            yyTokenName[i], names[i]);
    exit(1);
  }
}

static unsigned lookup(int state, int symbol) {
  bool terminal = symbol < YYNTOKEN;
  int count = (int)(sizeof yy_lookahead / sizeof *yy_lookahead);
  if (!terminal && state > YY_REDUCE_COUNT) return YY_ERROR_ACTION;
  int at = (terminal ? yy_shift_ofst[state] : yy_reduce_ofst[state]) + symbol;
  if (at >= 0 && at < count && yy_lookahead[at] == symbol) return yy_action[at];
  return terminal ? yy_default[state] : YY_ERROR_ACTION;
}

static void read_actions(void) {
  for (int state = 0; state < YYNSTATE; state++) {
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      raw[state][symbol] = (uint16_t)lookup(state, symbol);
    }
  }
}

/* --- lemon.md section 3.1 --- */

static void forbid(int state, const int *tokens, int count) {
  for (int i = 0; i < count; i++)
    raw[state][tokens[i]] = YY_ERROR_ACTION;
}

static void repair_nonassoc(void) {
  static const int equality[] = {LEMON_EQEQ, LEMON_NE};
  static const int order[] = {LEMON_LT, LEMON_LE, LEMON_GT, LEMON_GE};
  int equality_states = 0, order_states = 0;
  for (int state = 0; state < YYNSTATE; state++) {
    bool eq = is_reduce(raw[state][LEMON_EQEQ]), lt = is_reduce(raw[state][LEMON_LT]);
    if (eq && is_shift(raw[state][LEMON_LT])) {
      forbid(state, equality, 2);
      equality_states++;
    } else if (lt && is_shift(raw[state][ABOVE_ORDER])) {
      forbid(state, order, 4);
      order_states++;
    }
  }
  if (equality_states == 2 && order_states == 4) return;
  fprintf(stderr, "tables: %d and %d non-associative states instead of 2 and 4\n", equality_states,
          order_states);
  exit(1);
}

/* --- lemon.md section 4 --- */

static int unique_reduction(int state) {
  int rule = NO_RULE;
  for (int token = 0; token < TERMINALS; token++) {
    unsigned action = raw[state][token];
    if (action == YY_ERROR_ACTION || action == YY_NO_ACTION) continue;
    if (!is_reduce(action)) return NO_RULE;
    if (rule != NO_RULE && rule != (int)(action - YY_MIN_REDUCE)) return NO_RULE;
    rule = (int)(action - YY_MIN_REDUCE);
  }
  return rule;
}

/* --- folding --- */

/* Checks can fail when these are complete, and in the reference that is seen only after the next
 * token was read. */
static bool can_fail(int rule) {
#ifdef SPEC
  (void)rule;
  return false;
#else
  static const char *const checked[] = {"perform_expr", "do_expr", "effect_target", "handle_expr",
                                        "tuple_access"};
  for (size_t i = 0; i < sizeof checked / sizeof *checked; i++) {
    if (strcmp(yyTokenName[yyRuleInfoLhs[rule]], checked[i]) == 0) return true;
  }
  return false;
#endif
}

/* lemon numbers the rules that have no C code last. */
static bool passes_value_on(int rule) {
  return rule >= YYNRULE_WITH_ACTION && yyRuleInfoNRhs[rule] == -1;
}

/* Where a symbol of the stack ends up on top of `state` once `to` has passed its value on. */
static unsigned settle(int state, unsigned to) {
  while (is_shift(to) && unique[to] != NO_RULE && passes_value_on(unique[to])) {
    to = raw[state][yyRuleInfoLhs[unique[to]]];
  }
  return to;
}

static uint16_t encode_shift(int state, unsigned to) {
  to = settle(state, to);
  /* A reduction of nothing would need the state that is passed over here. */
  if (unique[to] != NO_RULE && yyRuleInfoNRhs[unique[to]] != 0 && !can_fail(unique[to])) {
    return (uint16_t)(REML_SHIFT_REDUCE | unique[to]);
  }
  return (uint16_t)(REML_SHIFT | to);
}

static uint16_t encode_reduce(int rule) {
  return (uint16_t)((passes_value_on(rule) ? REML_PASS : REML_REDUCE) | rule);
}

static uint16_t encode(int state, int symbol) {
  unsigned action = raw[state][symbol];
  if (symbol >= YYNTOKEN) {
    if (action == YY_ACCEPT_ACTION) return REML_ACCEPT;
    return is_shift(action) ? (uint16_t)settle(state, action) : REML_NO_ACTION;
  }
  if (is_shift(action)) return encode_shift(state, action);
  if (is_reduce(action)) return encode_reduce((int)(action - YY_MIN_REDUCE));
  return unique[state] == NO_RULE ? REML_NO_ACTION : encode_reduce(unique[state]);
}

static void fold(void) {
  for (int state = 0; state < YYNSTATE; state++)
    unique[state] = unique_reduction(state);
  for (int state = 0; state < YYNSTATE; state++) {
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      dense[state][symbol] = encode(state, symbol);
      if (is_shift(raw[state][symbol])) accessing[raw[state][symbol]] = (uint16_t)symbol;
    }
  }
}

/* --- left recursion ---
 *
 * A nonterminal is left recursive if it can begin with itself. Those that can begin with each other
 * are one construct: `expr`, `operand`, `infix` and so on are the chain of operators. */

enum { NONTERMINALS = SYMBOLS - YYNTOKEN };

static bool nullable[NONTERMINALS], begins[NONTERMINALS][NONTERMINALS];

static int lhs_of(int rule) {
  return yyRuleInfoLhs[rule] - YYNTOKEN;
}

static const char *right_side(int rule) {
  const char *text = strstr(yyRuleName[rule], "::=") + strlen("::=");
  return text + strspn(text, " ");
}

/* The symbol named at the front of a text of names; *text moves behind it. */
static int next_symbol(const char **text) {
  size_t length = strcspn(*text, " ");
  for (int symbol = 0; symbol < SYMBOLS; symbol++) {
    if (strlen(yyTokenName[symbol]) != length || strncmp(yyTokenName[symbol], *text, length) != 0)
      continue;
    *text += length + strspn(*text + length, " ");
    return symbol;
  }
  fprintf(stderr, "tables: no symbol is called %.*s\n", (int)length, *text);
  exit(1);
}

/* Marks what the production lets its nonterminal begin with. */
static void read_beginning(int rule) {
  int lhs = lhs_of(rule);
  const char *text = right_side(rule);
  while (*text != '\0') {
    int symbol = next_symbol(&text);
    if (symbol < YYNTOKEN) return;
    begins[lhs][symbol - YYNTOKEN] = true;
    if (!nullable[symbol - YYNTOKEN]) return;
  }
  nullable[lhs] = true;
}

static void find_beginnings(void) {
  for (int round = 0; round < NONTERMINALS; round++) {
    for (int rule = 0; rule < YYNRULE; rule++)
      read_beginning(rule);
  }
  for (int via = 0; via < NONTERMINALS; via++) {
    for (int from = 0; from < NONTERMINALS; from++) {
      for (int to = 0; to < NONTERMINALS; to++)
        begins[from][to] |= begins[from][via] && begins[via][to];
    }
  }
}

static bool is_one_with(int nonterminal, const char *name) {
  int other = next_symbol(&name) - YYNTOKEN;
  return begins[nonterminal][other] && begins[other][nonterminal];
}

static void print_left(int nonterminal) {
  const char *name = yyTokenName[YYNTOKEN + nonterminal];
  if (!begins[nonterminal][nonterminal]) {
    printf("  {NULL, REML_LEFT_NOT},\n");
  } else if (is_one_with(nonterminal, "expr")) {
    printf("  {\"expr\", REML_LEFT_INFIX},\n");
  } else if (is_one_with(nonterminal, "postfix")) {
    printf("  {\"postfix\", REML_LEFT_POSTFIX},\n");
  } else if (nullable[nonterminal]) {
    printf("  {\"%s\", REML_LEFT_FROM_NOTHING},\n", name);
  } else {
    printf("  {\"%s\", REML_LEFT_FROM_ONE},\n", name);
  }
}

/* --- printing --- */

static void print_symbols(void) {
  printf("enum { REML_STATE_COUNT = %d, REML_TERMINAL_COUNT = %d, REML_NONTERMINAL_COUNT = %d };\n"
         "/* Productions below this one have an action. */\n"
         "enum { REML_CODED_RULE_COUNT = %d };\n\n",
         YYNSTATE, TERMINALS, SYMBOLS - YYNTOKEN, YYNRULE_WITH_ACTION);
  printf("/* Nonterminals, numbered from 0, as in grammar_rules and grammar_goto. */\nenum {\n");
  for (int symbol = YYNTOKEN; symbol < SYMBOLS; symbol++) {
    printf("  REML_SYMBOL_%s,\n", yyTokenName[symbol]);
  }
  printf("};\n\n");
}

/* --- columns of actions ---
 *
 * A parse waits for actions more than for anything else. So the tokens that programs mostly consist
 * of have the first columns, and the columns are in stripes whose rows are a line of the cache: of
 * most states one line is used, and those lines are next to each other, where the cache has room
 * for all of them. */

enum { STRIPES = (TERMINALS + REML_STRIPE - 1) / REML_STRIPE };

static const int frequent[] = {
    LEMON_IDENT, LEMON_UPPER_IDENT, LEMON_LPAREN, LEMON_RPAREN,   LEMON_COMMA,     LEMON_DOT,
    LEMON_COLON, LEMON_EQ,          LEMON_LBRACE, LEMON_RBRACE,   LEMON_INT,       LEMON_STRING,
    LEMON_FLOAT, LEMON_LET,         LEMON_LT,     LEMON_GT,       LEMON_PLUS,      LEMON_MINUS,
    LEMON_STAR,  LEMON_ARROW,       LEMON_BAR,    LEMON_LBRACKET, LEMON_RBRACKET,  LEMON_IF,
    LEMON_THEN,  LEMON_ELSE,        LEMON_FN,     LEMON_SELF,     LEMON_SEMICOLON, LEMON_EQEQ,
    LEMON_PIPE,
};

static int token_of[STRIPES * REML_STRIPE], column_of[TERMINALS];

static void order_columns(void) {
  int count = 0;
  bool placed[TERMINALS] = {false};
  for (size_t i = 0; i < sizeof frequent / sizeof *frequent; i++) {
    placed[frequent[i]] = true;
    token_of[count++] = frequent[i];
  }
  for (int token = 0; token < TERMINALS; token++)
    if (!placed[token]) token_of[count++] = token;
  for (int column = 0; column < count; column++)
    column_of[token_of[column]] = column;
}

/* Where the action of state 0 for a token is; that of another state is so many rows further on. */
static int place_of(int token) {
  int stripe = column_of[token] / REML_STRIPE, within = column_of[token] % REML_STRIPE;
  return stripe * YYNSTATE * REML_STRIPE + within;
}

static void print_actions(void) {
  printf("/* Of each token, where the actions for it begin, and the actions. */\n"
         "static const uint32_t grammar_column[REML_TERMINAL_COUNT] = {");
  for (int token = 0; token < TERMINALS; token++)
    printf("%s%d,", token % 16 == 0 ? "\n  " : " ", place_of(token));
  printf("\n};\n\n_Alignas(64) static const uint16_t grammar_actions[] = {\n");
  for (int stripe = 0; stripe < STRIPES; stripe++) {
    for (int state = 0; state < YYNSTATE; state++) {
      printf("  ");
      for (int column = stripe * REML_STRIPE; column < (stripe + 1) * REML_STRIPE; column++)
        printf("%d,", column < TERMINALS ? dense[state][token_of[column]] : REML_NO_ACTION);
      printf("\n");
    }
  }
  printf("};\n\n");
}

/* --- packing of gotos ---
 *
 * Few entries of the goto table are ever asked for, so the rows lie over each other, each moved
 * until no two entries meet. What belongs to whom can be told by the symbol at each place, because
 * rows that differ begin at different places. */

enum { MOST_PACKED = 1 << 14 };

static uint16_t packed[MOST_PACKED], owner[MOST_PACKED], base[YYNSTATE];
static bool begins_row[MOST_PACKED];
static int packed_count;

static const uint16_t *goto_row(int state) {
  return dense[state] + YYNTOKEN;
}

static bool fits(const uint16_t *row, int at) {
  if (begins_row[at]) return false;
  for (int symbol = 0; symbol < NONTERMINALS; symbol++)
    if (row[symbol] != REML_NO_ACTION && packed[at + symbol] != REML_NO_ACTION) return false;
  return true;
}

static int earlier_equal_row(int state) {
  for (int other = 0; other < state; other++)
    if (memcmp(goto_row(other), goto_row(state), NONTERMINALS * sizeof **dense) == 0) return other;
  return state;
}

static int place_row(const uint16_t *row) {
  int at = 0;
  while (!fits(row, at))
    at++;
  if (at + NONTERMINALS > MOST_PACKED) {
    fprintf(stderr, "tables: the gotos need more than %d places\n", MOST_PACKED);
    exit(1);
  }
  begins_row[at] = true;
  for (int symbol = 0; symbol < NONTERMINALS; symbol++) {
    if (row[symbol] == REML_NO_ACTION) continue;
    packed[at + symbol] = row[symbol];
    owner[at + symbol] = (uint16_t)symbol;
  }
  if (at + NONTERMINALS > packed_count) packed_count = at + NONTERMINALS;
  return at;
}

static void pack_gotos(void) {
  for (int state = 0; state < YYNSTATE; state++) {
    int equal = earlier_equal_row(state);
    base[state] = equal < state ? base[equal] : (uint16_t)place_row(goto_row(state));
  }
}

static void print_numbers(const char *head, const uint16_t *numbers, int count) {
  printf("%s = {", head);
  for (int i = 0; i < count; i++)
    printf("%s%d,", i % 20 == 0 ? "\n  " : " ", numbers[i]);
  printf("\n};\n\n");
}

static void print_gotos(void) {
  printf("/* The goto of a state for a nonterminal is at the state's base plus the nonterminal; it "
         "has one if\n"
         " * grammar_goto_owner has the nonterminal there, too. */\n");
  print_numbers("static const uint16_t grammar_goto_base[REML_STATE_COUNT]", base, YYNSTATE);
  print_numbers("static const uint16_t grammar_goto[]", packed, packed_count);
  print_numbers("static const uint16_t grammar_goto_owner[]", owner, packed_count);
}

static void print_rules(void) {
  printf("static const reml_rule grammar_rules[] = {");
  for (int rule = 0; rule < YYNRULE; rule++) {
    printf("%s{%d, %d},", rule % 8 == 0 ? "\n  " : " ", lhs_of(rule), -yyRuleInfoNRhs[rule]);
  }
  printf("\n};\n\n");
}

static void print_accessing(void) {
  printf(
      "/* The symbol that leads into each state: a token kind, or REML_TERMINAL_COUNT and up. */\n"
      "static const uint16_t grammar_accessing[] = {");
  for (int state = 0; state < YYNSTATE; state++) {
    int symbol = accessing[state];
    printf("%s%d,", state % 20 == 0 ? "\n  " : " ",
           symbol < YYNTOKEN ? symbol : symbol - YYNTOKEN + TERMINALS);
  }
  printf("\n};\n");
}

/* A reduction of nothing would need room on the stack; one that can fail has to wait. */
static void print_certain(void) {
  printf("\n/* The reduction that a state makes whatever the next token is, or REML_NO_ACTION. */\n"
         "static const uint16_t grammar_certain[] = {");
  for (int state = 0; state < YYNSTATE; state++) {
    int rule = unique[state];
    bool certain = rule != NO_RULE && yyRuleInfoNRhs[rule] != 0 && !can_fail(rule);
    printf("%s%d,", state % 20 == 0 ? "\n  " : " ", certain ? REML_REDUCE | rule : REML_NO_ACTION);
  }
  printf("\n};\n");
}

static void print_left_recursive(void) {
  printf("\n/* Of each nonterminal: the left-recursive construct that it is. */\n"
         "static const reml_left_recursive grammar_left_recursive[] = {\n");
  for (int nonterminal = 0; nonterminal < NONTERMINALS; nonterminal++)
    print_left(nonterminal);
  printf("};\n");
}

int main(void) {
  check_tokens();
  read_actions();
  repair_nonassoc();
  fold();
  find_beginnings();
  printf("/* Made by grammar/tables.c. */\n#include \"reml_tables_format.h\"\n#include "
         "<stddef.h>\n\n");
  print_symbols();
  order_columns();
  print_actions();
  pack_gotos();
  print_gotos();
  print_rules();
  print_accessing();
  print_certain();
  print_left_recursive();
  return fflush(stdout) == 0 ? 0 : 1;
}
