/* What is told of constructs that fail a check (grammar-spec.md section 4), of lexical errors, and
 * of everything that has no situation. */
#include "reml_identifier.h"
#include "reml_mistake.h"
#include <stdio.h>
#include <string.h>

/* --- constructs --- */

static const struct failure {
  reml_code code;
  reml_message message, label, help;
} failures[] = {
#define NO_HELP REML_SAY_COUNT
    [REML_FAILURE_SHORT_EFFECT_PATH] = {REML_CODE_EFFECT_TARGET, REML_SAY_EFFECT_TARGET,
                                        REML_SAY_EFFECT_TARGET_LABEL, NO_HELP},
    [REML_FAILURE_TUPLE_INDEX] = {REML_CODE_TUPLE_INDEX, REML_SAY_TUPLE_INDEX,
                                  REML_SAY_TUPLE_INDEX_LABEL, REML_SAY_TUPLE_INDEX_HELP},
    [REML_FAILURE_TOP_LEVEL_EXPR] = {REML_CODE_TOP_LEVEL_EXPR, REML_SAY_TOP_LEVEL,
                                     REML_SAY_TOP_LEVEL_LABEL, REML_SAY_TOP_LEVEL_HELP},
    [REML_FAILURE_GENERIC_NOT_NAME] = {REML_CODE_GENERIC_NOT_NAME, REML_SAY_GENERIC,
                                       REML_SAY_GENERIC_LABEL, REML_SAY_GENERIC_HELP},
    [REML_FAILURE_ELLIPSIS] = {REML_CODE_ELLIPSIS, REML_SAY_ELLIPSIS, REML_SAY_ELLIPSIS_LABEL,
                               NO_HELP},
    [REML_FAILURE_REPEATED_TAIL] = {REML_CODE_REPEATED_TAIL, REML_SAY_REPEATED_TAIL,
                                    REML_SAY_REPEATED_TAIL_LABEL, REML_SAY_REPEATED_TAIL_HELP},
    [REML_FAILURE_ASM_WORD] = {REML_CODE_ASM_WORD, REML_SAY_ASM_WORD, REML_SAY_ASM_WORD_LABEL,
                               REML_SAY_ASM_WORD_HELP},
    [REML_FAILURE_ASM_VALUE] = {REML_CODE_ASM_VALUE, REML_SAY_ASM_VALUE, REML_SAY_ASM_VALUE_LABEL,
                                REML_SAY_ASM_VALUE_HELP},
    [REML_FAILURE_LLVM_WORD] = {REML_CODE_LLVM_WORD, REML_SAY_LLVM_WORD, REML_SAY_LLVM_WORD_LABEL,
                                NO_HELP},
};

/* The token that the construct begins with; NULL: it is too long ago. */
static const reml_past *first_token(mistake *m) {
  if (m->before == 0) return NULL;
  const reml_past *first = &m->history->past[m->before - 1];
  return first->start.offset == m->out->span.start.offset ? first : NULL;
}

/* A body in front of which the `=` is missing: `fn one() -> Int 1`. */
static bool is_body(mistake *m, const reml_past *first) {
  const reml_past *past;
  for (size_t back = 0; (past = reml__past(m, back)) != NULL; back++) {
    if (past->end.line != first->start.line || past->kind == REML_TOKEN_EQ ||
        past->kind == REML_TOKEN_RBRACE)
      return false;
    if (past->kind == REML_TOKEN_FN) return true;
  }
  return false;
}

static bool tell_missing_body_sign(mistake *m) {
  const reml_string values[] = {reml__quoted(m, "=")};
  reml__mistake_say(m, REML_CODE_MISSING_TOKEN, REML_SAY_BODY_SIGN, values);
  reml__mistake_label(m, REML_SAY_EXPECTED, values);
  return reml__mistake_insert(m, " =");
}

/* `type Point { x: Int }`. */
static bool is_type_with_brace(mistake *m, const reml_past *first) {
  const reml_past *word = reml__past(m, 1);
  return first->kind == REML_TOKEN_LBRACE && word != NULL && word->kind == REML_TOKEN_TYPE;
}

static bool tell_type_with_brace(mistake *m) {
  const reml_past *word = reml__past(m, 1);
  reml__mistake_say(m, REML_CODE_DECLARATION_FORM, REML_SAY_TYPE_BRACE, NULL);
  reml__mistake_label(m, REML_SAY_TYPE_BRACE_LABEL, NULL);
  return reml__mistake_replace_span(m, reml__span(word->start, word->end), "struct");
}

static void narrow_to(mistake *m, const reml_past *token) {
  m->out->span = reml__span(token->start, token->end);
}

/* Statements at top level are often something else that went wrong. */
static bool is_told_otherwise(mistake *m) {
  const reml_past *first = first_token(m), *last = reml__past(m, 0);
  if (first == NULL) return false;
  if (first->kind == REML_TOKEN_IDENT && last != NULL && last->end.offset == first->start.offset &&
      reml__ends_number(m)) {
    narrow_to(m, first);
    return reml__tell_bad_number(m, first->word, first->length);
  }
  if (first->kind == REML_TOKEN_IDENT && reml__foreign_declaration(first->word, first->length))
    return reml__tell_foreign_declaration(m, first);
  if (is_type_with_brace(m, first)) {
    narrow_to(m, first);
    return tell_type_with_brace(m);
  }
  return is_body(m, first) && tell_missing_body_sign(m);
}

void reml__explain_failure(reml_memory *memory, reml_language language, const reml_history *history,
                           reml_failure_kind kind, reml_diagnostic *out) {
  mistake m;
  const struct failure *about = &failures[kind];
  bool is_late = kind == REML_FAILURE_TOP_LEVEL_EXPR && history != NULL;
  if (is_late && history->at_statement != NULL) history = history->at_statement;
  reml__mistake_open(&m, memory, language, history, out);
  if (kind == REML_FAILURE_TOP_LEVEL_EXPR && is_told_otherwise(&m)) return;
  reml__mistake_say(&m, about->code, about->message, NULL);
  reml__mistake_label(&m, about->label, NULL);
  if (about->help != NO_HELP) reml__mistake_advise(&m, about->help, NULL);
}

/* --- numbers --- */

/* `b2` behind a `0`: a base, and then a digit that it does not have. */
static bool has_bad_digit(const reml_past *number, const char *name, size_t length) {
  static const struct {
    char letters[2];
    const char *digits;
  } bases[] = {
      {{'b', 'B'}, "01_"}, {{'o', 'O'}, "01234567_"}, {{'x', 'X'}, "0123456789abcdefABCDEF_"}};
  if (number->length != 1 || *number->word != '0') return false;
  for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
    if (*name != bases[i].letters[0] && *name != bases[i].letters[1]) continue;
    for (size_t at = 1; at < length; at++)
      if (strchr(bases[i].digits, name[at]) == NULL) return true;
    return length == 1;
  }
  return false;
}

/* An index of a tuple is one, too, but has digits only. */
bool reml__ends_number(const mistake *m) {
  const reml_past *last = reml__past(m, 0), *before = reml__past(m, 1);
  if (last == NULL || last->kind != REML_TOKEN_INT) return false;
  return before == NULL || before->kind != REML_TOKEN_DOT;
}

bool reml__tell_bad_number(mistake *m, const char *name, size_t length) {
  const reml_past *number = reml__past(m, 0);
  reml_words words = {.memory = m->memory};
  reml__words_add(&words, number->word, number->length);
  reml__words_add(&words, name, length);
  const reml_string values[] = {reml__quoted(m, words.bytes)};
  bool bad = length > 0 && has_bad_digit(number, name, length);
  reml__mistake_say(m, REML_CODE_BAD_NUMBER, bad ? REML_SAY_BAD_DIGIT : REML_SAY_BAD_NUMBER,
                    values);
  reml__mistake_label(m, bad ? REML_SAY_BAD_DIGIT_LABEL : REML_SAY_BAD_NUMBER_LABEL, values);
  return true;
}

/* --- lexical errors --- */

static const struct lexical {
  reml_code code;
  reml_message message, label, help;
} lexical[] = {
    [REML_LEX_UNEXPECTED_BYTE] = {REML_CODE_UNEXPECTED_CHARACTER, REML_SAY_UNEXPECTED_CHARACTER,
                                  REML_SAY_NOT_REML, NO_HELP},
    [REML_LEX_UNEXPECTED_HASH] = {REML_CODE_UNEXPECTED_CHARACTER, REML_SAY_UNEXPECTED_CHARACTER,
                                  REML_SAY_NOT_REML, REML_SAY_HASH_HELP},
    [REML_LEX_OPEN_COMMENT] = {REML_CODE_UNCLOSED_COMMENT, REML_SAY_OPEN_COMMENT,
                               REML_SAY_OPEN_COMMENT_LABEL, REML_SAY_OPEN_COMMENT_HELP},
    [REML_LEX_OPEN_STRING] = {REML_CODE_UNCLOSED_STRING, REML_SAY_OPEN_STRING,
                              REML_SAY_OPEN_STRING_LABEL, REML_SAY_OPEN_STRING_HELP},
    [REML_LEX_OPEN_RAW_STRING] = {REML_CODE_UNCLOSED_STRING, REML_SAY_OPEN_RAW_STRING,
                                  REML_SAY_OPEN_STRING_LABEL, REML_SAY_OPEN_RAW_STRING_HELP},
    [REML_LEX_OPEN_MULTILINE_STRING] = {REML_CODE_UNCLOSED_STRING, REML_SAY_OPEN_MULTILINE,
                                        REML_SAY_OPEN_STRING_LABEL, REML_SAY_OPEN_MULTILINE_HELP},
    [REML_LEX_BAD_START] = {REML_CODE_UNEXPECTED_CHARACTER, REML_SAY_UNEXPECTED_CHARACTER,
                            REML_SAY_NOT_REML, NO_HELP},
    [REML_LEX_BAD_CONTINUE] = {REML_CODE_BAD_IDENTIFIER, REML_SAY_BAD_CONTINUE,
                               REML_SAY_BAD_CONTINUE_LABEL, NO_HELP},
    [REML_LEX_BAD_UTF8] = {REML_CODE_INVALID_UTF8, REML_SAY_BAD_UTF8, REML_SAY_BAD_UTF8_LABEL,
                           REML_SAY_BAD_UTF8_HELP},
    [REML_LEX_BIDI_CONTROL] = {REML_CODE_BIDI_CONTROL, REML_SAY_BIDI, REML_SAY_BIDI_LABEL,
                               REML_SAY_BIDI_HELP},
    [REML_LEX_NOT_NORMALIZED] = {REML_CODE_NOT_NORMALIZED, REML_SAY_NOT_NFC, REML_SAY_NOT_NFC_LABEL,
                                 REML_SAY_NOT_NFC_HELP},
    [REML_LEX_BAD_ESCAPE] = {REML_CODE_BAD_ESCAPE, REML_SAY_BAD_ESCAPE, REML_SAY_BAD_ESCAPE_LABEL,
                             REML_SAY_BAD_ESCAPE_HELP},
    [REML_LEX_BAD_CHAR] = {REML_CODE_BAD_CHARACTER, REML_SAY_BAD_CHAR, REML_SAY_BAD_CHAR_LABEL,
                           REML_SAY_BAD_CHAR_HELP},
};

/* Characters that look or mean like others, which are what the language has. */
static const struct lookalike {
  uint32_t point;
  const char *instead;
} lookalikes[] = {
#define LOOKALIKE(point, instead) {point, instead},
#include "lookalikes.def"
#undef LOOKALIKE
};

static const char *lookalike_of(uint32_t point) {
  for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++)
    if (lookalikes[i].point == point) return lookalikes[i].instead;
  return NULL;
}

/* Blanks and controls are not shown as themselves. */
static bool is_visible(uint32_t c) {
  bool blank = c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD || c == 0x3000 || c == 0xFEFF;
  bool space = (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F);
  bool format = c >= 0x2060 && c <= 0x206F;
  bool combining = c >= 0x300 && c <= 0x36F;
  bool private = c >= 0xE000 && c <= 0xF8FF;
  return !blank && !space && !format && !combining && !private;
}

/* As itself, and by its number unless it is of ASCII. */
static reml_string character_text(mistake *m, uint32_t point) {
  unsigned char utf8[REML_UTF8_MOST];
  char number[16];
  const reml_string values[] = {
      {number, (size_t)snprintf(number, sizeof number, "U+%04X", (unsigned)point)},
      {(char *)utf8, reml__utf8_encode(utf8, point)}};
  reml_message message = !is_visible(point) ? REML_SAY_CHARACTER_NUMBER
                         : point < 0x80     ? REML_SAY_CHARACTER_ITSELF
                                            : REML_SAY_CHARACTER_BOTH;
  return reml__message_with(m->memory, message, m->language, values);
}

bool reml__ends_with_input(reml_lex_error_kind kind) {
  return kind == REML_LEX_OPEN_COMMENT || kind == REML_LEX_OPEN_STRING ||
         kind == REML_LEX_OPEN_RAW_STRING || kind == REML_LEX_OPEN_MULTILINE_STRING;
}

/* Where the string or comment began; the mistake itself is that the input ends. */
static void point_at_beginning(mistake *m, const reml_lex_error *error) {
  reml_place behind = error->start;
  if (error->start.offset == error->end.offset) return; /* where it began is not known */
  behind.offset += error->kind == REML_LEX_OPEN_COMMENT            ? 2
                   : error->kind == REML_LEX_OPEN_MULTILINE_STRING ? 3
                                                                   : 1;
  m->out->span = reml__span(error->end, error->end);
  reml__mistake_point(m, reml__span(error->start, behind), REML_SAY_BEGAN_HERE, NULL);
}

static bool is_quote(const char *text) {
  return *text == '"' || *text == '\'';
}

/* Of a lexeme that begins with such a character, only that is meant. */
static void narrow_to_first(mistake *m, const reml_lex_error *error) {
  unsigned char utf8[REML_UTF8_MOST];
  reml_place end = error->start;
  end.offset += (uint32_t)reml__utf8_encode(utf8, error->value);
  m->out->span = reml__span(error->start, end);
}

/* What is told of a character that is meant to be another: a blank, a sign, or nothing. */
static void tell_meant(mistake *m, const char *instead, const reml_string *values) {
  static const reml_message messages[][2] = {{REML_SAY_INVISIBLE, REML_SAY_INVISIBLE_LABEL},
                                             {REML_SAY_BLANK, REML_SAY_BLANK_LABEL},
                                             {REML_SAY_LOOKALIKE, REML_SAY_LOOKALIKE_LABEL}};
  size_t which = *instead == '\0' ? 0 : *instead == ' ' ? 1 : 2;
  reml__mistake_say(m, REML_CODE_LOOKALIKE, messages[which][0], values);
  reml__mistake_label(m, messages[which][1], values);
}

static bool tell_lookalike(mistake *m, const reml_lex_error *error, const reml_string *character) {
  const char *instead = lookalike_of(error->value);
  if (instead == NULL) return false;
  const reml_string values[] = {*character, reml__quoted(m, instead)};
  tell_meant(m, instead, values);
  if (error->kind != REML_LEX_BAD_START) return true; /* it is somewhere in the name */
  narrow_to_first(m, error);
  if (is_quote(instead)) return reml__mistake_advise(m, REML_SAY_QUOTES_HELP, &values[1]);
  return reml__mistake_replace(m, instead);
}

reml_diagnostic reml__explain_lexical(reml_memory *memory, reml_language language,
                                      const reml_lex_error *error, bool ascii_identifiers) {
  reml_diagnostic out = *reml__diagnostic(REML_DIAGNOSTIC_BAD_UTF8); /* as all lexical errors */
  out.span = reml__span(error->start, error->end);
  const struct lexical *about = &lexical[error->kind];
  mistake m;
  reml__mistake_open(&m, memory, language, NULL, &out);
  uint32_t point = error->kind == REML_LEX_UNEXPECTED_HASH ? '#' : error->value;
  const reml_string character = character_text(&m, point);
  bool is_start = error->kind == REML_LEX_BAD_START || error->kind == REML_LEX_BAD_CONTINUE;
  if (is_start && tell_lookalike(&m, error, &character)) return out;
  bool ascii_only = is_start && ascii_identifiers && error->value >= 0x80;
  reml__mistake_say(&m, about->code, about->message, &character);
  reml__mistake_label(&m, about->label, &character);
  if (about->help != NO_HELP) reml__mistake_advise(&m, about->help, &character);
  if (ascii_only) reml__mistake_advise(&m, REML_SAY_ASCII_ONLY, &character);
  if (reml__ends_with_input(error->kind)) point_at_beginning(&m, error);
  return out;
}

/* --- what has no situation --- */

static reml_message plain_message(reml_diagnostic_name name) {
  switch (name) {
  case REML_DIAGNOSTIC_LEFT_RECURSION_AUTO:
  case REML_DIAGNOSTIC_LEFT_RECURSION_ON: return REML_SAY_LEFT_RECURSION;
  case REML_DIAGNOSTIC_REQUIRE_EOF: return REML_SAY_REQUIRE_EOF;
  case REML_DIAGNOSTIC_LIMIT_BYTES: return REML_SAY_LIMIT_BYTES;
  case REML_DIAGNOSTIC_LIMIT_DEPTH: return REML_SAY_LIMIT_DEPTH;
  case REML_DIAGNOSTIC_LIMIT_MEMORY: return REML_SAY_LIMIT_MEMORY;
  case REML_DIAGNOSTIC_BRIDGE: return REML_SAY_BRIDGE;
  default: return REML_SAY_COUNT;
  }
}

reml_diagnostic reml__explain_plain(reml_diagnostic_name name, reml_language language) {
  reml_diagnostic diagnostic = *reml__diagnostic(name);
  reml_message message = plain_message(name);
  if (message != REML_SAY_COUNT)
    diagnostic.message = reml_string_from(reml__message(message, language));
  return diagnostic;
}
