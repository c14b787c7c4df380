/* What a refused token says of a mistake. Rules look at the token, at those before it, at what was
 * expected and at the brackets that are open; the first rule that knows the mistake tells it. */
#include "reml_mistake.h"
#include <string.h>

/* --- what is there --- */

static bool wants(const mistake *m, reml_token_kind kind) {
  return m->wanted[kind];
}

static bool wants_expression(const mistake *m) {
  return wants(m, REML_TOKEN_INT) && wants(m, REML_TOKEN_IF);
}

/* An operand is complete, and could go on. */
static bool is_behind_operand(const mistake *m) {
  return wants(m, REML_TOKEN_PLUS) && wants(m, REML_TOKEN_SLASH);
}

static reml_token_kind kind_before(const mistake *m) {
  const reml_past *before = reml__past(m, 0);
  return before != NULL ? before->kind : REML_TOKEN_EOF;
}

static bool is_adjacent(const mistake *m) {
  const reml_past *before = reml__past(m, 0);
  return before != NULL && before->end.offset == m->token->start.offset;
}

static bool is_on_line_of_last(const mistake *m) {
  const reml_past *before = reml__past(m, 0);
  return before != NULL && before->end.line == m->token->start.line;
}

/* Whether the token would be taken behind this one. */
static bool lacks(const mistake *m, reml_token_kind missing) {
  const reml_token_kind kinds[] = {missing, m->token->kind};
  return wants(m, missing) && reml__parser_would_take(m->parser, kinds, 2);
}

/* The newest token of a kind that is in the same brackets and not behind a `;` or the token `end`;
 * NULL: none. */
static const reml_past *find_before(const mistake *m, reml_token_kind kind, reml_token_kind end) {
  uint32_t depth = (uint32_t)m->open_count;
  const reml_past *past;
  for (size_t back = 0; (past = reml__past(m, back)) != NULL; back++) {
    if (past->depth < depth) return NULL;
    if (past->depth > depth) continue;
    if (past->kind == kind) return past;
    if (past->kind == REML_TOKEN_SEMICOLON || past->kind == end) return NULL;
  }
  return NULL;
}

/* --- brackets --- */

static reml_token_kind opening_of(const reml_open_bracket *bracket) {
  if (bracket->closer == REML_TOKEN_RPAREN) return REML_TOKEN_LPAREN;
  return bracket->closer == REML_TOKEN_RBRACKET ? REML_TOKEN_LBRACKET : REML_TOKEN_LBRACE;
}

static const reml_open_bracket *innermost(const mistake *m) {
  return m->open_count > 0 ? &m->history->open[m->open_count - 1] : NULL;
}

static bool is_open(const mistake *m, reml_token_kind closing) {
  for (size_t i = 0; i < m->open_count; i++)
    if (m->history->open[i].closer == closing) return true;
  return false;
}

static reml_span bracket_span(const reml_open_bracket *bracket) {
  reml_place end = bracket->start;
  end.offset++;
  return reml__span(bracket->start, end);
}

static void point_at_opening(mistake *m, const reml_open_bracket *bracket) {
  const reml_string values[] = {reml__kind_quoted(m, opening_of(bracket))};
  reml__mistake_point(m, bracket_span(bracket), REML_SAY_OPENED_HERE, values);
}

static void point_at_suspect(mistake *m) {
  const reml_history *history = m->history;
  if (m->kind != REML_TOKEN_EOF || !history->has_suspect) return;
  const reml_string values[] = {reml__kind_quoted(m, opening_of(&history->suspect))};
  reml__mistake_point(m, bracket_span(&history->suspect), REML_SAY_MAYBE_THIS_ONE, values);
}

static bool tell_unclosed(mistake *m, const reml_open_bracket *bracket) {
  reml_token_kind closing = bracket->closer;
  const reml_string values[] = {reml__kind_quoted(m, opening_of(bracket)),
                                reml__kind_quoted(m, closing), m->found};
  bool at_end = m->kind == REML_TOKEN_EOF;
  reml__mistake_say(m, REML_CODE_UNCLOSED_DELIMITER,
                    at_end ? REML_SAY_UNCLOSED_AT_END : REML_SAY_UNCLOSED, values);
  reml__mistake_label(m, REML_SAY_EXPECTED, &values[1]);
  point_at_opening(m, bracket);
  point_at_suspect(m);
  if (at_end || !lacks(m, closing)) {
    reml__mistake_advise(m, REML_SAY_INSERT, &values[1]);
    return true;
  }
  return reml__mistake_insert(m, reml_token_label(closing));
}

static bool tell_mismatch(mistake *m, const reml_open_bracket *bracket) {
  reml_token_kind closing = bracket->closer;
  const reml_string values[] = {m->found, reml__kind_quoted(m, opening_of(bracket)),
                                reml__kind_quoted(m, closing)};
  reml__mistake_say(m, REML_CODE_MISMATCHED_DELIMITER, REML_SAY_MISMATCH, values);
  reml__mistake_label(m, REML_SAY_EXPECTED, &values[2]);
  point_at_opening(m, bracket);
  if (wants(m, closing)) return reml__mistake_replace(m, reml_token_label(closing));
  return true;
}

static bool tell_unmatched(mistake *m) {
  const reml_string values[] = {m->found};
  reml__mistake_say(m, REML_CODE_UNMATCHED_DELIMITER, REML_SAY_UNMATCHED, values);
  reml__mistake_label(m, REML_SAY_NOTHING_OPEN, values);
  return reml__mistake_delete(m);
}

static bool is_wrong_bracket(mistake *m) {
  const reml_open_bracket *bracket = innermost(m);
  if (m->kind == REML_TOKEN_EOF) return bracket != NULL && tell_unclosed(m, bracket);
  if (!reml__is_closer(m->kind) || m->is_virtual) return false;
  if (bracket == NULL) return tell_unmatched(m);
  if (bracket->closer == m->kind) return false;
  return is_open(m, m->kind) ? tell_unclosed(m, bracket) : tell_mismatch(m, bracket);
}

/* What could not stand inside of the bracket, but does behind it. What is deeper than the line that
 * opened a brace is meant to be inside. */
static bool is_behind_open_bracket(mistake *m) {
  const reml_open_bracket *bracket = innermost(m);
  if (bracket == NULL || m->is_virtual || is_on_line_of_last(m)) return false;
  if (!lacks(m, bracket->closer)) return false;
  uint32_t column = reml__offset_in_line(m->token->start);
  bool goes_on = bracket->closer == REML_TOKEN_RBRACE || lacks(m, REML_TOKEN_COMMA);
  if (goes_on && column > bracket->indent) return false;
  return tell_unclosed(m, bracket);
}

/* --- names --- */

static bool is_reserved_name(mistake *m) {
  if (reml_token_category_of(m->kind) != REML_CATEGORY_KEYWORD) return false;
  if (!wants(m, REML_TOKEN_IDENT) || wants_expression(m) || !is_on_line_of_last(m)) return false;
  const reml_string values[] = {m->found};
  reml__mistake_say(m, REML_CODE_RESERVED_WORD, REML_SAY_RESERVED, values);
  reml__mistake_label(m, REML_SAY_RESERVED_LABEL, values);
  return reml__mistake_replace(m, reml__mistake_joined(m, reml_token_label(m->kind), "_"));
}

/* --- words of other languages --- */

typedef enum foreign_use { DECLARES, JOINS, BRANCHES, SELECTS } foreign_use;

/* What is written instead; of an operator, its kind says where it could stand. */
static const struct foreign_word {
  const char *word, *instead;
  foreign_use use;
} foreign_words[] = {
    {"fun", "fn", DECLARES},
    {"func", "fn", DECLARES},
    {"def", "fn", DECLARES},
    {"function", "fn", DECLARES},
    {"proc", "fn", DECLARES},
    {"import", "use", DECLARES},
    {"include", "use", DECLARES},
    {"require", "use", DECLARES},
    {"using", "use", DECLARES},
    {"class", "struct", DECLARES},
    {"record", "struct", DECLARES},
    {"interface", "trait", DECLARES},
    {"protocol", "trait", DECLARES},
    {"package", "module", DECLARES},
    {"namespace", "module", DECLARES},
    {"mod", "module", DECLARES},
    {"val", "let", DECLARES},
    {"final", "let", DECLARES},
    {"public", "pub", DECLARES},
    {"elif", "else if", BRANCHES},
    {"elsif", "else if", BRANCHES},
    {"elseif", "else if", BRANCHES},
    {"switch", "match", DECLARES},
    {"case", "|", SELECTS},
    {"and", "&&", JOINS},
    {"or", "||", JOINS},
    {"mod", "%", JOINS},
};

typedef struct foreign_word foreign_word;

static const foreign_word *foreign_named(const char *word, size_t length, bool joins) {
  for (size_t i = 0; i < sizeof foreign_words / sizeof *foreign_words; i++) {
    const foreign_word *one = &foreign_words[i];
    bool fits = (one->use == JOINS) == joins && strlen(one->word) == length;
    if (fits && memcmp(one->word, word, length) == 0) return one;
  }
  return NULL;
}

static bool tell_foreign(mistake *m, const foreign_word *word, reml_span at) {
  const reml_string values[] = {reml__quoted(m, word->word), reml__quoted(m, word->instead)};
  m->out->span = at;
  reml__mistake_say(m, REML_CODE_FOREIGN_WORD, REML_SAY_FOREIGN, values);
  reml__mistake_label(m, REML_SAY_FOREIGN_LABEL, values);
  return reml__mistake_replace_span(m, at, word->instead);
}

const char *reml__foreign_declaration(const char *word, size_t length) {
  const foreign_word *found = foreign_named(word, length, false);
  return found != NULL && found->use == DECLARES ? found->instead : NULL;
}

bool reml__tell_foreign_declaration(mistake *m, const reml_past *word) {
  const foreign_word *found = foreign_named(word->word, word->length, false);
  return tell_foreign(m, found, reml__span(word->start, word->end));
}

static bool is_foreign_operator(mistake *m) {
  if (m->kind != REML_TOKEN_IDENT || !is_behind_operand(m)) return false;
  const foreign_word *word = foreign_named(m->token->text, m->token->length, true);
  return word != NULL && tell_foreign(m, word, m->out->span);
}

static bool is_name(reml_token_kind kind) {
  return kind == REML_TOKEN_IDENT || kind == REML_TOKEN_UPPER_IDENT;
}

/* The kind of what follows a token that is so far back. */
static reml_token_kind kind_behind(const mistake *m, size_t back) {
  return back == 0 ? m->kind : reml__past(m, back - 1)->kind;
}

static bool can_be_foreign(const mistake *m, size_t back, const foreign_word *word) {
  reml_token_kind next = kind_behind(m, back);
  const reml_past *before = reml__past(m, back + 1);
  if (word->use == DECLARES) {
    bool begins = reml__past(m, back)->first || before == NULL ||
                  before->kind == REML_TOKEN_LBRACE || before->kind == REML_TOKEN_PUB ||
                  before->kind == REML_TOKEN_SEMICOLON;
    return begins && is_name(next);
  }
  return is_name(next) || reml_token_category_of(next) == REML_CATEGORY_LITERAL ||
         next == REML_TOKEN_LPAREN || next == REML_TOKEN_NOT || next == REML_TOKEN_UNDERSCORE;
}

static bool tell_foreign_branch(mistake *m, const foreign_word *word, const reml_past *past) {
  const reml_string values[] = {reml__quoted(m, word->word), reml__quoted(m, word->instead)};
  reml_span span = reml__span(past->start, past->end);
  reml__mistake_say(m, REML_CODE_FOREIGN_WORD, REML_SAY_FOREIGN, values);
  reml__mistake_label(m, REML_SAY_UNEXPECTED, &m->found);
  reml__mistake_point(m, span, REML_SAY_FOREIGN_LABEL, values);
  return reml__mistake_replace_span(m, span, word->instead);
}

/* A word that was taken for a name, earlier on the line. */
static bool is_foreign_word(mistake *m) {
  const reml_past *past;
  for (size_t back = 0; (past = reml__past(m, back)) != NULL; back++) {
    if (past->end.line != m->token->start.line) return false;
    if (past->kind != REML_TOKEN_IDENT) continue;
    const foreign_word *word = foreign_named(past->word, past->length, false);
    if (word == NULL || !can_be_foreign(m, back, word)) continue;
    if (word->use != DECLARES) return tell_foreign_branch(m, word, past);
    return tell_foreign(m, word, reml__span(past->start, past->end));
  }
  return false;
}

/* --- operators --- */

static bool is_assigning(const mistake *m) {
  return m->kind == REML_TOKEN_EQ || m->kind == REML_TOKEN_COLONEQ;
}

static const char *comparing_text(reml_token_kind before, reml_token_kind kind) {
  if (before == REML_TOKEN_EQEQ && kind == REML_TOKEN_EQ) return "==";
  if (before == REML_TOKEN_NE && kind == REML_TOKEN_EQ) return "!=";
  if (before == REML_TOKEN_LT && kind == REML_TOKEN_GT) return "!=";
  if (before == REML_TOKEN_EQ && kind == REML_TOKEN_GT) return "=>";
  if (before == REML_TOKEN_AMP && kind == REML_TOKEN_AMP) return "&&";
  return NULL;
}

/* Two operators without a blank between them that are one in another language: `===`, `<>`. */
static bool is_run_together(mistake *m) {
  const char *instead = comparing_text(kind_before(m), m->kind);
  if (instead == NULL || !is_adjacent(m)) return false;
  const reml_past *before = reml__past(m, 0);
  const char *written = reml__mistake_joined(m, reml_token_label(before->kind), //
                                             reml_token_label(m->kind));
  const reml_string values[] = {reml__quoted(m, written), reml__quoted(m, instead)};
  reml__mistake_say(m, REML_CODE_WRONG_TOKEN, REML_SAY_NO_OPERATOR, values);
  reml__mistake_label(m, REML_SAY_UNEXPECTED, &m->found);
  return reml__mistake_replace_span(m, reml__span(before->start, m->token->end), instead);
}

static bool is_arithmetic(reml_token_kind kind) {
  return kind == REML_TOKEN_PLUS || kind == REML_TOKEN_MINUS || kind == REML_TOKEN_STAR ||
         kind == REML_TOKEN_SLASH || kind == REML_TOKEN_PERCENT || kind == REML_TOKEN_POW ||
         kind == REML_TOKEN_CONCAT || kind == REML_TOKEN_AND || kind == REML_TOKEN_OR;
}

static reml_string target_text(const mistake *m, size_t back) {
  const reml_past *target = reml__past(m, back);
  bool known = target != NULL && target->kind == REML_TOKEN_IDENT && target->length > 0;
  return known ? (reml_string){target->word, target->length} : reml_string_from("x");
}

/* The name itself, when it is the whole target. */
static bool has_plain_target(const mistake *m, size_t back) {
  const reml_past *target = reml__past(m, back), *before = reml__past(m, back + 1);
  return target != NULL && target->kind == REML_TOKEN_IDENT && target->length > 0 &&
         (target->first || before == NULL || before->kind == REML_TOKEN_LBRACE ||
          before->kind == REML_TOKEN_SEMICOLON);
}

static const char *assignment_text(mistake *m, reml_string target, const char *operation,
                                   const char *operand) {
  reml_words words = {.memory = m->memory};
  const char *const pieces[] = {":= ", NULL, " ", operation, operand};
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    reml_string piece = pieces[i] != NULL ? reml_string_from(pieces[i]) : target;
    reml__words_add(&words, piece.bytes, piece.length);
  }
  return words.bytes;
}

/* `i += 1`. */
static bool is_compound_assignment(mistake *m) {
  if (m->kind != REML_TOKEN_EQ || !is_adjacent(m) || !is_arithmetic(kind_before(m))) return false;
  const reml_past *before = reml__past(m, 0);
  const char *operation = reml_token_label(before->kind);
  const char *instead = assignment_text(m, target_text(m, 1), operation, "");
  const reml_string values[] = {reml__quoted(m, reml__mistake_joined(m, operation, "=")),
                                reml__quoted(m, instead)};
  reml__mistake_say(m, REML_CODE_COMPOUND_ASSIGNMENT, REML_SAY_NO_COMPOUND, values);
  reml__mistake_label(m, REML_SAY_UNEXPECTED, &m->found);
  if (!has_plain_target(m, 1)) return reml__mistake_advise(m, REML_SAY_ASSIGN_LONG, &values[1]);
  return reml__mistake_replace_span(m, reml__span(before->start, m->token->end), instead);
}

/* `i++` and `i--`, behind which an operand is missing. */
static bool is_increment(mistake *m) {
  const reml_past *last = reml__past(m, 0), *other = reml__past(m, 1);
  bool joined = kind_before(m) == REML_TOKEN_CONCAT;
  bool twice = kind_before(m) == REML_TOKEN_MINUS && other != NULL &&
               other->kind == REML_TOKEN_MINUS && other->end.offset == last->start.offset;
  if ((!joined && !twice) || !wants_expression(m)) return false;
  if (is_on_line_of_last(m) && m->kind != REML_TOKEN_SEMICOLON && !reml__is_closer(m->kind))
    return false;
  size_t target = joined ? 1 : 2;
  const char *instead = assignment_text(m, target_text(m, target), joined ? "+" : "-", " 1");
  reml_span span = reml__span(joined ? last->start : other->start, last->end);
  const reml_string values[] = {reml__quoted(m, joined ? "++" : "--"), reml__quoted(m, instead)};
  reml__mistake_say(m, REML_CODE_COMPOUND_ASSIGNMENT, REML_SAY_NO_INCREMENT, values);
  reml__mistake_label(m, REML_SAY_EXPECTED_OPERAND, values);
  reml__mistake_point(m, span, REML_SAY_NEEDS_OPERAND, values);
  if (!has_plain_target(m, target))
    return reml__mistake_advise(m, REML_SAY_ASSIGN_LONG, &values[1]);
  reml_place from = reml__past(m, target)->end;
  return reml__mistake_replace_span(m, reml__span(from, last->end),
                                    reml__mistake_joined(m, " ", instead));
}

/* `fn f -> Int = 1`. */
static bool is_without_parameters(mistake *m) {
  const reml_token_kind kinds[] = {REML_TOKEN_LPAREN, REML_TOKEN_RPAREN, m->token->kind};
  const reml_past *word = reml__past(m, 1);
  if (word == NULL || word->kind != REML_TOKEN_FN || !is_name(kind_before(m))) return false;
  if (!reml__parser_would_take(m->parser, kinds, 3)) return false;
  const reml_string values[] = {reml__quoted(m, "("), m->found};
  reml__mistake_say(m, REML_CODE_MISSING_TOKEN, REML_SAY_PARAMETERS, values);
  reml__mistake_label(m, REML_SAY_EXPECTED, values);
  return reml__mistake_insert(m, "()");
}

/* Arrows can also go on with a type, and an `=` with an operand. */
static bool is_likely(const mistake *m, reml_token_kind instead) {
  bool is_arm = wants(m, REML_TOKEN_WHEN);
  bool is_signature = wants(m, REML_TOKEN_EQ) && kind_before(m) == REML_TOKEN_RPAREN;
  if (instead == REML_TOKEN_ARROW && m->kind == REML_TOKEN_EQ) return is_arm;
  if (instead == REML_TOKEN_ARROW && m->kind == REML_TOKEN_DARROW) return !is_signature;
  bool assigns = instead == REML_TOKEN_EQ || m->kind == REML_TOKEN_SEMICOLON;
  return !assigns || !is_behind_operand(m);
}

/* One token for another that could stand there. */
static bool is_wrong_token(mistake *m) {
  static const reml_token_kind pairs[][2] = {
      {REML_TOKEN_DARROW, REML_TOKEN_ARROW},    {REML_TOKEN_ARROW, REML_TOKEN_DARROW},
      {REML_TOKEN_EQ, REML_TOKEN_IN},           {REML_TOKEN_EQ, REML_TOKEN_DARROW},
      {REML_TOKEN_EQ, REML_TOKEN_ARROW},        {REML_TOKEN_EQEQ, REML_TOKEN_EQ},
      {REML_TOKEN_COLONEQ, REML_TOKEN_EQ},      {REML_TOKEN_ARROW, REML_TOKEN_EQ},
      {REML_TOKEN_DARROW, REML_TOKEN_EQ},       {REML_TOKEN_COLON, REML_TOKEN_IN},
      {REML_TOKEN_SEMICOLON, REML_TOKEN_COMMA}, {REML_TOKEN_COLON, REML_TOKEN_WITH},
      {REML_TOKEN_COLON, REML_TOKEN_THEN},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    if (pairs[i][0] != m->kind || !wants(m, pairs[i][1])) continue;
    if (!is_likely(m, pairs[i][1])) continue;
    const char *instead = reml_token_label(pairs[i][1]);
    const reml_string values[] = {reml__quoted(m, instead), m->found};
    reml__mistake_say(m, REML_CODE_WRONG_TOKEN, REML_SAY_EXPECTED_FOUND, values);
    reml__mistake_label(m, REML_SAY_EXPECTED, values);
    if (m->kind == REML_TOKEN_EQ && pairs[i][1] == REML_TOKEN_DARROW)
      reml__mistake_advise(m, REML_SAY_FUNCTION_NAME_HELP, values);
    return reml__mistake_replace(m, instead);
  }
  return false;
}

/* `fn (x) -> x + 1`: what is behind the arrow was read as a type. */
static bool is_thin_lambda(mistake *m) {
  if (!wants(m, REML_TOKEN_DARROW) || m->kind == REML_TOKEN_ARROW) return false;
  const reml_past *arrow = find_before(m, REML_TOKEN_ARROW, REML_TOKEN_FN);
  if (arrow == NULL || arrow->start.line != m->token->start.line) return false;
  const reml_string values[] = {reml__quoted(m, "=>"), m->found};
  reml__mistake_say(m, REML_CODE_WRONG_TOKEN, REML_SAY_EXPECTED_FOUND, values);
  reml__mistake_label(m, REML_SAY_EXPECTED, values);
  reml_span span = reml__span(arrow->start, arrow->end);
  reml__mistake_point(m, span, REML_SAY_RESULT_TYPE, values);
  return reml__mistake_replace_span(m, span, "=>");
}

/* `x => x + 1`. */
static bool is_bare_lambda(mistake *m) {
  if (m->kind != REML_TOKEN_DARROW || !is_behind_operand(m)) return false;
  const reml_string values[] = {m->found};
  reml__mistake_say(m, REML_CODE_WRONG_TOKEN, REML_SAY_BARE_LAMBDA, values);
  reml__mistake_label(m, REML_SAY_UNEXPECTED, values);
  return reml__mistake_advise(m, REML_SAY_LAMBDA_FORMS, values);
}

/* --- assignment --- */

static bool is_in_condition(const mistake *m) {
  const reml_open_bracket *bracket = innermost(m);
  if (wants(m, REML_TOKEN_THEN) || (bracket != NULL && bracket->closer != REML_TOKEN_RBRACE))
    return true;
  return find_before(m, REML_TOKEN_WHILE, REML_TOKEN_LBRACE) != NULL ||
         find_before(m, REML_TOKEN_IF, REML_TOKEN_THEN) != NULL;
}

static bool is_assignment_in_condition(mistake *m) {
  if (m->kind != REML_TOKEN_EQ || !is_behind_operand(m) || !is_in_condition(m)) return false;
  reml__mistake_say(m, REML_CODE_ASSIGNMENT_IN_CONDITION, REML_SAY_CONDITION, &m->found);
  reml__mistake_label(m, REML_SAY_CONDITION_LABEL, &m->found);
  return reml__mistake_replace(m, "==");
}

static bool is_wrong_target(mistake *m) {
  if (!is_assigning(m) || !is_behind_operand(m)) return false;
  reml__mistake_say(m, REML_CODE_ASSIGNMENT_TARGET, REML_SAY_TARGET, &m->found);
  reml__mistake_label(m, REML_SAY_TARGET_LABEL, &m->found);
  return m->kind != REML_TOKEN_EQ || reml__mistake_advise(m, REML_SAY_COMPARE_WITH, &m->found);
}

/* --- comparisons --- */

static bool is_equality(reml_token_kind kind) {
  return kind == REML_TOKEN_EQEQ || kind == REML_TOKEN_NE;
}

static bool is_order(reml_token_kind kind) {
  return kind == REML_TOKEN_LT || kind == REML_TOKEN_LE || kind == REML_TOKEN_GT ||
         kind == REML_TOKEN_GE;
}

/* The comparison that the refused one would continue. */
static const reml_past *first_comparison(const mistake *m) {
  const reml_past *past;
  for (size_t back = 0; (past = reml__past(m, back)) != NULL; back++) {
    if (past->depth != m->open_count) continue;
    if (is_equality(m->kind) ? is_equality(past->kind) : is_order(past->kind)) return past;
  }
  return NULL;
}

/* `make<Int>(1)`: written as in languages that have type arguments there. */
static bool is_type_argument(const mistake *m, const reml_past *first) {
  const reml_past *past;
  if (m->kind != REML_TOKEN_GT || first->kind != REML_TOKEN_LT || !is_adjacent(m)) return false;
  for (size_t back = 0; (past = reml__past(m, back)) != NULL; back++)
    if (past == first) {
      const reml_past *name = reml__past(m, back + 1);
      return name != NULL && name->end.offset == first->start.offset;
    }
  return false;
}

static bool is_chain(mistake *m) {
  if ((!is_equality(m->kind) && !is_order(m->kind)) || !is_behind_operand(m)) return false;
  const reml_past *first = first_comparison(m);
  if (first == NULL) return false;
  const reml_string values[] = {m->found, reml__kind_quoted(m, first->kind)};
  reml_span span = reml__span(first->start, first->end);
  if (is_type_argument(m, first)) {
    reml__mistake_say(m, REML_CODE_TYPE_ARGUMENTS, REML_SAY_NO_TYPE_ARGUMENTS, values);
    reml__mistake_label(m, REML_SAY_IS_COMPARISON, values);
    reml__mistake_point(m, span, REML_SAY_IS_COMPARISON, &values[1]);
    return reml__mistake_advise(m, REML_SAY_NO_TYPE_ARGUMENTS_HELP, values);
  }
  reml__mistake_say(m, REML_CODE_COMPARISON_CHAIN, REML_SAY_CHAIN, values);
  reml__mistake_label(m, REML_SAY_SECOND_COMPARISON, values);
  reml__mistake_point(m, span, REML_SAY_FIRST_COMPARISON, values);
  return reml__mistake_advise(m, REML_SAY_CHAIN_HELP, values);
}

/* --- constructs that there are not --- */

static bool is_inclusive_range(mistake *m) {
  if (m->kind != REML_TOKEN_DOTDOTEQ || !is_behind_operand(m)) return false;
  reml__mistake_say(m, REML_CODE_INCLUSIVE_RANGE, REML_SAY_INCLUSIVE, &m->found);
  reml__mistake_label(m, REML_SAY_PATTERNS_ONLY, &m->found);
  return reml__mistake_advise(m, REML_SAY_INCLUSIVE_HELP, &m->found);
}

static bool is_cast(mistake *m) {
  if (m->kind != REML_TOKEN_AS || !is_behind_operand(m)) return false;
  reml__mistake_say(m, REML_CODE_CAST, REML_SAY_CAST, &m->found);
  reml__mistake_label(m, REML_SAY_UNEXPECTED, &m->found);
  return reml__mistake_advise(m, REML_SAY_CAST_HELP, &m->found);
}

/* A type declaration in the form of another kind of type. */
static bool is_wrong_form(mistake *m) {
  const reml_past *word = reml__past(m, 1);
  if (word == NULL || !is_name(kind_before(m))) return false;
  const reml_string values[] = {m->found};
  if (word->kind == REML_TOKEN_ENUM && m->kind == REML_TOKEN_LBRACE) {
    reml__mistake_say(m, REML_CODE_DECLARATION_FORM, REML_SAY_ENUM_BRACES, values);
    reml__mistake_label(m, REML_SAY_ENUM_LABEL, values);
    return reml__mistake_advise(m, REML_SAY_ENUM_HELP, values);
  }
  if (word->kind == REML_TOKEN_STRUCT && m->kind == REML_TOKEN_EQ) {
    reml__mistake_say(m, REML_CODE_DECLARATION_FORM, REML_SAY_STRUCT_EQUALS, values);
    reml__mistake_label(m, REML_SAY_STRUCT_LABEL, values);
    return reml__mistake_delete(m);
  }
  return false;
}

static bool is_expression_in_pattern(mistake *m) {
  bool operation = is_arithmetic(m->kind) || is_order(m->kind) || is_equality(m->kind) ||
                   m->kind == REML_TOKEN_DOT;
  bool in_pattern = wants(m, REML_TOKEN_BAR) && wants(m, REML_TOKEN_AS) && !is_behind_operand(m);
  if (!operation || !in_pattern) return false;
  reml__mistake_say(m, REML_CODE_EXPRESSION_IN_PATTERN, REML_SAY_NO_EXPRESSION, &m->found);
  reml__mistake_label(m, REML_SAY_UNEXPECTED, &m->found);
  return reml__mistake_advise(m, REML_SAY_NO_EXPRESSION_HELP, &m->found);
}

static bool is_stray_else(mistake *m) {
  if (m->kind != REML_TOKEN_ELSE || kind_before(m) != REML_TOKEN_SEMICOLON) return false;
  const reml_past *before = reml__past(m, 0);
  reml_span span = reml__span(before->start, before->end);
  const reml_string values[] = {reml__quoted(m, ";"), m->found};
  reml__mistake_say(m, REML_CODE_STRAY_SEMICOLON, REML_SAY_STRAY_SEMICOLON, values);
  reml__mistake_label(m, REML_SAY_ELSE_WITHOUT_IF, &m->found);
  reml__mistake_point(m, span, REML_SAY_ENDS_STATEMENT, values);
  return reml__mistake_replace_span(m, span, "");
}

/* `while e do {` and `for x in xs do {`. */
static bool is_stray_do(mistake *m) {
  bool foreign = m->kind == REML_TOKEN_DO || m->kind == REML_TOKEN_THEN;
  if (!foreign || !wants(m, REML_TOKEN_LBRACE)) return false;
  bool loops = find_before(m, REML_TOKEN_WHILE, REML_TOKEN_LBRACE) != NULL ||
               find_before(m, REML_TOKEN_FOR, REML_TOKEN_LBRACE) != NULL;
  if (!loops) return false;
  const reml_string values[] = {reml__quoted(m, "{"), m->found};
  reml__mistake_say(m, REML_CODE_WRONG_TOKEN, REML_SAY_EXPECTED_FOUND, values);
  reml__mistake_label(m, REML_SAY_LOOP_BODY, values);
  return reml__mistake_delete(m);
}

static bool is_hash_comment(mistake *m) {
  const reml_past *before = reml__past(m, 0);
  if (kind_before(m) != REML_TOKEN_HASH || m->kind == REML_TOKEN_LBRACKET) return false;
  const reml_string values[] = {reml__quoted(m, "["), m->found};
  reml_span span = reml__span(before->start, before->end);
  reml__mistake_say(m, REML_CODE_WRONG_TOKEN, REML_SAY_HASH, values);
  reml__mistake_label(m, REML_SAY_EXPECTED, values);
  return reml__mistake_replace_span(m, span, "//");
}

static bool is_bad_number(mistake *m) {
  bool glued = reml__ends_number(m) && is_adjacent(m);
  return glued && is_name(m->kind) && reml__tell_bad_number(m, m->token->text, m->token->length);
}

/* --- something is missing --- */

static bool tell_missing(mistake *m, reml_token_kind missing) {
  const char *text = reml_token_label(missing);
  const reml_string values[] = {reml__quoted(m, text), m->found};
  bool comma = missing == REML_TOKEN_COMMA;
  reml__mistake_say(m, comma ? REML_CODE_MISSING_COMMA : REML_CODE_MISSING_TOKEN,
                    comma ? REML_SAY_MISSING_COMMA : REML_SAY_EXPECTED_FOUND, values);
  reml__mistake_label(m, REML_SAY_EXPECTED, values);
  bool sticks = comma || missing == REML_TOKEN_COLON;
  return reml__mistake_insert(m, sticks ? text : reml__mistake_joined(m, " ", text));
}

/* A name that looks like one of a type. */
static bool is_upper(const mistake *m) {
  return m->kind == REML_TOKEN_UPPER_IDENT;
}

static reml_token_kind missing_kind(const mistake *m) {
  static const reml_token_kind words[] = {REML_TOKEN_THEN, REML_TOKEN_WITH, REML_TOKEN_IN};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (lacks(m, words[i])) return words[i];
  bool done = is_behind_operand(m), in_list = wants(m, REML_TOKEN_COMMA);
  bool is_body = lacks(m, REML_TOKEN_EQ) && lacks(m, REML_TOKEN_ARROW);
  if (!in_list && is_body && !is_upper(m)) return REML_TOKEN_EQ;
  if (!in_list && lacks(m, REML_TOKEN_DARROW)) return REML_TOKEN_DARROW;
  if (!in_list && lacks(m, REML_TOKEN_ARROW)) return REML_TOKEN_ARROW;
  if (!done && is_upper(m) && lacks(m, REML_TOKEN_COLON)) return REML_TOKEN_COLON;
  if (is_on_line_of_last(m) || innermost(m) != NULL) {
    if (lacks(m, REML_TOKEN_COMMA)) return REML_TOKEN_COMMA;
    if (!done && lacks(m, REML_TOKEN_COLON) && !wants(m, REML_TOKEN_EQ)) return REML_TOKEN_COLON;
    if (!done && lacks(m, REML_TOKEN_EQ)) return REML_TOKEN_EQ;
  }
  return REML_TOKEN_EOF;
}

static bool is_one_missing(mistake *m) {
  if (m->kind == REML_TOKEN_EOF || m->is_virtual) return false;
  reml_token_kind missing = missing_kind(m);
  return missing != REML_TOKEN_EOF && tell_missing(m, missing);
}

static bool is_operator(reml_token_kind kind) {
  return is_arithmetic(kind) || is_order(kind) || is_equality(kind) || kind == REML_TOKEN_PIPE ||
         kind == REML_TOKEN_NOT || kind == REML_TOKEN_AMP;
}

static bool is_operand_missing(mistake *m) {
  const reml_past *before = reml__past(m, 0);
  if (before == NULL || !is_operator(before->kind) || !wants_expression(m)) return false;
  const reml_string values[] = {reml__kind_quoted(m, before->kind), m->found};
  reml__mistake_say(m, REML_CODE_MISSING_OPERAND, REML_SAY_MISSING_OPERAND, values);
  reml__mistake_label(m, REML_SAY_EXPECTED_OPERAND, values);
  reml__mistake_point(m, reml__span(before->start, before->end), REML_SAY_NEEDS_OPERAND, values);
  return true;
}

/* --- all other mistakes --- */

static void add_notes(mistake *m) {
  if (wants(m, REML_TOKEN_COLON) && find_before(m, REML_TOKEN_CHANNEL_PIPE, REML_TOKEN_EOF) != NULL)
    reml__mistake_advise(m, REML_SAY_ROUTE_HELP, &m->found);
  if (m->token->kind == REML_TOKEN_LPAREN_BOL || m->token->kind == REML_TOKEN_LBRACKET_BOL)
    reml__mistake_advise(m, REML_SAY_LINE_START_HELP, &m->found);
}

static bool is_anything(mistake *m) {
  const reml_string values[] = {m->expected, m->found};
  if (m->kind == REML_TOKEN_EOF)
    reml__mistake_say(m, REML_CODE_UNEXPECTED_END, REML_SAY_EXPECTED_AT_END, values);
  else
    reml__mistake_say(m, REML_CODE_UNEXPECTED_TOKEN, REML_SAY_EXPECTED_FOUND, values);
  reml__mistake_label(m, REML_SAY_EXPECTED, values);
  add_notes(m);
  return true;
}

/* The set of the reference, in other words. */
static void set_expected(mistake *m) {
  if (m->out->expected == NULL) return;
  reml_expected *expected = reml__alloc(m->memory, sizeof *expected);
  *expected = *m->out->expected;
  expected->humanized =
      reml__message_with(m->memory, REML_SAY_EXPECTED, m->language, &m->expected).bytes;
  m->out->expected = expected;
}

typedef bool rule(mistake *m);
static rule *const rules[] = {
    is_hash_comment,
    is_bad_number,
    is_compound_assignment,
    is_run_together,
    is_increment,
    is_wrong_bracket,
    is_foreign_operator,
    is_foreign_word,
    is_reserved_name,
    is_wrong_form,
    is_without_parameters,
    is_wrong_token,
    is_thin_lambda,
    is_bare_lambda,
    is_stray_else,
    is_stray_do,
    is_chain,
    is_inclusive_range,
    is_cast,
    is_assignment_in_condition,
    is_wrong_target,
    is_expression_in_pattern,
    is_operand_missing,
    is_behind_open_bracket,
    is_one_missing,
    is_anything,
};

void reml__explain_syntax(reml_memory *memory, reml_language language, const reml_history *history,
                          reml_parser *parser, const reml_token *token, reml_diagnostic *out) {
  mistake m;
  reml__mistake_open(&m, memory, language, history, out);
  reml__mistake_refused(&m, parser, token);
  set_expected(&m);
  for (size_t i = 0; !rules[i](&m);)
    i++;
}
