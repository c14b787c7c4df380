#include "reml_mistake.h"
#include <string.h>

enum { LONGEST_SHOWN = 40 };

static const char *const codes[] = {
#define CODE(name, code, ...) code,
#include "explain.def"
#undef CODE
};

/* --- the situation --- */

/* Tokens from the place on do not count, nor does the bracket of the newest one, which is the first
 * of them or comes right before them. */
void reml__mistake_open(mistake *m, reml_memory *memory, reml_language language,
                        const reml_history *history, reml_diagnostic *out) {
  static const reml_history nothing;
  if (history == NULL) history = &nothing;
  *m = (mistake){.memory = memory,
                 .language = language,
                 .history = history,
                 .open_count = history->open_count,
                 .out = out};
  const reml_past *past;
  while ((past = reml__past(m, 0)) != NULL && past->start.offset >= out->span.start.offset)
    m->before++;
}

const reml_past *reml__past(const mistake *m, size_t back) {
  size_t behind = m->before + back;
  return behind < m->history->count ? &m->history->past[behind] : NULL;
}

static reml_string found_text(mistake *m) {
  const reml_token *token = m->token;
  if (m->is_virtual) {
    reml_message name = m->kind == REML_TOKEN_BAR ? REML_SAY_NEW_ARM : REML_SAY_END_OF_BLOCK;
    return reml_string_from(reml__message(name, m->language));
  }
  reml_token_category category = reml_token_category_of(m->kind);
  if (m->kind == REML_TOKEN_EOF)
    return reml_string_from(reml__message(REML_SAY_END_OF_INPUT, m->language));
  bool is_text = category == REML_CATEGORY_IDENTIFIER || m->kind == REML_TOKEN_INT ||
                 m->kind == REML_TOKEN_FLOAT;
  if (!is_text && category != REML_CATEGORY_LITERAL) return reml__kind_quoted(m, m->kind);
  if (is_text && token->length <= LONGEST_SHOWN) {
    reml_string text = {token->text, token->length};
    return reml__message_with(m->memory, REML_SAY_QUOTED, m->language, &text);
  }
  return reml__expected_in_words(m->memory, m->language, &m->kind, 1);
}

/* Statements that are no declarations. */
static bool only_states(reml_token_kind kind, bool is_behind_operand) {
  static const reml_token_kind kinds[] = {
      REML_TOKEN_IDENT, REML_TOKEN_UPPER_IDENT, REML_TOKEN_SELF, REML_TOKEN_SUPER, REML_TOKEN_INT,
      REML_TOKEN_FLOAT, REML_TOKEN_CHAR, REML_TOKEN_STRING, REML_TOKEN_TRUE, REML_TOKEN_FALSE,
      REML_TOKEN_IF, REML_TOKEN_MATCH, REML_TOKEN_WHILE, REML_TOKEN_FOR, REML_TOKEN_LOOP,
      REML_TOKEN_RETURN, REML_TOKEN_BREAK, REML_TOKEN_CONTINUE, REML_TOKEN_DEFER,
      REML_TOKEN_PERFORM, REML_TOKEN_DO, REML_TOKEN_HANDLE, REML_TOKEN_NOT, REML_TOKEN_NOT_WORD,
      REML_TOKEN_REC, REML_TOKEN_AWAIT, REML_TOKEN_AMP, REML_TOKEN_UNDERSCORE, REML_TOKEN_ASM,
      REML_TOKEN_LLVM, REML_TOKEN_TEST, REML_TOKEN_TEST_PARSER, REML_TOKEN_BAR, REML_TOKEN_LBRACE,
      REML_TOKEN_COLON, REML_TOKEN_WHEN, REML_TOKEN_END, REML_TOKEN_NEW, REML_TOKEN_ALIAS,
      /* these continue an operand, too */
      REML_TOKEN_LPAREN, REML_TOKEN_LBRACKET, REML_TOKEN_MINUS, REML_TOKEN_STAR, REML_TOKEN_OR,
      REML_TOKEN_DCOLON};
  size_t count = sizeof kinds / sizeof *kinds - (is_behind_operand ? 6 : 0);
  for (size_t i = 0; i < count; i++)
    if (kinds[i] == kind) return true;
  return false;
}

/* Leaves out of the expected kinds what says nothing: kinds with the text of the refused one, the
 * brace of a typed record, where any brace that could be meant is another one, and at top level
 * statements, if they are not allowed there. */
static size_t worth_telling(const mistake *m, reml_token_kind *kinds, size_t count) {
  bool at_top = m->wanted[REML_TOKEN_USE] && m->wanted[REML_TOKEN_INT] && m->wanted[REML_TOKEN_IF];
  bool no_statements = at_top && !m->parser->allows_statements;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    reml_token_kind plain = reml__token_plain(kinds[i]);
    if (plain == m->kind || kinds[i] == REML_TOKEN_LBRACE_TREC) continue;
    if (no_statements && only_states(plain, m->wanted[REML_TOKEN_PLUS])) continue;
    kinds[kept++] = kinds[i];
  }
  return kept;
}

void reml__mistake_refused(mistake *m, reml_parser *parser, const reml_token *token) {
  reml_token_kind kinds[REML_TOKEN_COUNT];
  size_t count = reml__parser_expected(parser, kinds);
  m->token = token;
  m->parser = parser;
  m->kind = reml__token_plain(token->kind);
  m->is_virtual = !reml__has_width(token) && token->kind != REML_TOKEN_EOF;
  for (size_t i = 0; i < count; i++) {
    reml_token_kind plain = reml__token_plain(kinds[i]);
    if (plain != m->kind) m->wanted[plain] = true;
  }
  count = worth_telling(m, kinds, count);
  m->expected = reml__expected_in_words(m->memory, m->language, kinds, count);
  m->found = found_text(m);
}

/* --- texts --- */

reml_string reml__quoted(mistake *m, const char *text) {
  reml_string value = reml_string_from(text);
  return reml__message_with(m->memory, REML_SAY_QUOTED, m->language, &value);
}

reml_string reml__kind_quoted(mistake *m, reml_token_kind kind) {
  return reml__quoted(m, reml_token_label(kind));
}

const char *reml__mistake_joined(mistake *m, const char *first, const char *second) {
  reml_words words = {.memory = m->memory};
  reml__words_add(&words, first, strlen(first));
  reml__words_add(&words, second, strlen(second));
  return words.bytes;
}

static reml_string filled(mistake *m, reml_message message, const reml_string *values) {
  return reml__message_with(m->memory, message, m->language, values);
}

/* --- the diagnostic --- */

void reml__mistake_say(mistake *m, reml_code code, reml_message message,
                       const reml_string *values) {
  m->out->codes[0] = codes[code];
  m->out->message = filled(m, message, values);
}

void reml__mistake_label(mistake *m, reml_message message, const reml_string *values) {
  m->out->label = filled(m, message, values);
}

void reml__mistake_point(mistake *m, reml_span span, reml_message message,
                         const reml_string *values) {
  size_t count = m->out->secondary_count;
  reml_label *labels = reml__alloc(m->memory, (count + 1) * sizeof *labels);
  if (count > 0) memcpy(labels, m->out->secondary, count * sizeof *labels);
  labels[count] = (reml_label){span, filled(m, message, values)};
  m->out->secondary = labels;
  m->out->secondary_count = count + 1;
}

bool reml__mistake_advise(mistake *m, reml_message message, const reml_string *values) {
  m->out->help = filled(m, message, values);
  return true;
}

static reml_message change_name(reml_span span, const char *text) {
  if (span.start.offset == span.end.offset) return REML_SAY_INSERT;
  if (*text == '\0') return REML_SAY_DELETE;
  return strcmp(text, " ") == 0 ? REML_SAY_REPLACE_BLANK : REML_SAY_REPLACE;
}

bool reml__mistake_replace_span(mistake *m, reml_span span, const char *text) {
  reml_string shown = reml__quoted(m, text + strspn(text, " "));
  reml_fixit *fixit = reml__alloc(m->memory, sizeof *fixit);
  *fixit = (reml_fixit){span, reml_string_from(text), filled(m, change_name(span, text), &shown)};
  m->out->fixits = fixit;
  m->out->fixit_count = 1;
  return true;
}

bool reml__mistake_replace(mistake *m, const char *text) {
  return reml__mistake_replace_span(m, m->out->span, text);
}

bool reml__mistake_delete(mistake *m) {
  return reml__mistake_replace_span(m, m->out->span, "");
}

bool reml__mistake_insert(mistake *m, const char *text) {
  const reml_past *before = reml__past(m, 0);
  if (before == NULL) return true;
  return reml__mistake_replace_span(m, reml__span(before->end, before->end), text);
}
