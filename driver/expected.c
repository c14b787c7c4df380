#include "reml_diagnose.h"
#include <stdlib.h>
#include <string.h>

static reml_expectation expectation_of(reml_token_kind kind) {
  static const reml_expectation_kind kinds[] = {
      [REML_CATEGORY_END] = REML_EXPECT_EOF,          [REML_CATEGORY_KEYWORD] = REML_EXPECT_KEYWORD,
      [REML_CATEGORY_OPERATOR] = REML_EXPECT_TOKEN,   [REML_CATEGORY_LITERAL] = REML_EXPECT_CLASS,
      [REML_CATEGORY_IDENTIFIER] = REML_EXPECT_CLASS, [REML_CATEGORY_WORD] = REML_EXPECT_KEYWORD,
      [REML_CATEGORY_SYMBOL] = REML_EXPECT_TOKEN};
  kind = reml__token_plain(kind);
  return (reml_expectation){kinds[reml_token_category_of(kind)], reml_token_label(kind)};
}

/* Groups of driver.md section 6.3; only these three come from the tables. */
static int group_of(reml_expectation_kind kind) {
  if (kind == REML_EXPECT_KEYWORD) return 0;
  return kind == REML_EXPECT_TOKEN || kind == REML_EXPECT_EOF ? 1 : 2;
}

static int compare(const void *a, const void *b) {
  const reml_expectation *left = a, *right = b;
  int groups = group_of(left->kind) - group_of(right->kind);
  return groups != 0 ? groups : strcmp(left->label, right->label);
}

/* --- wording --- */

static void add(reml_words *to, const char *piece) {
  reml__words_add(to, piece, strlen(piece));
}

static void add_label(reml_words *to, const reml_expectation *one) {
  bool quoted = one->kind == REML_EXPECT_KEYWORD || one->kind == REML_EXPECT_TOKEN;
  if (quoted) add(to, "`");
  add(to, one->kind == REML_EXPECT_EOF ? "入力終端" : one->label);
  if (quoted) add(to, "`");
}

static const char *humanize(reml_memory *memory, const reml_expectation *all, size_t count) {
  reml_words words = {.memory = memory};
  if (count == 0) return "ここで解釈可能な構文が見つかりません";
  add(&words, "ここで");
  for (size_t i = 0; i < count; i++) {
    if (i > 0) add(&words, i + 1 < count ? "、" : " または ");
    add_label(&words, &all[i]);
  }
  add(&words, count == 1 ? "が必要です" : "のいずれかが必要です");
  return words.bytes;
}

/* Kinds that only their surroundings tell apart have the same label. */
static size_t without_repeats(reml_expectation *all, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || compare(&all[kept - 1], &all[i]) != 0) all[kept++] = all[i];
  return kept;
}

const reml_expected *reml__expected_summary(reml_memory *memory, const reml_token_kind *kinds,
                                            size_t count) {
  reml_expectation *alternatives = reml__alloc(memory, (count + 1) * sizeof *alternatives);
  for (size_t i = 0; i < count; i++)
    alternatives[i] = expectation_of(kinds[i]);
  qsort(alternatives, count, sizeof *alternatives, compare);
  count = without_repeats(alternatives, count);
  reml_expected *expected = reml__alloc(memory, sizeof *expected);
  expected->message_key = count == 0 ? "parse.expected.empty" : "parse.expected";
  expected->humanized = humanize(memory, alternatives, count);
  expected->count = count;
  expected->alternatives = alternatives;
  return expected;
}

const reml_expected *reml__expected_streaming(reml_memory *memory) {
  static const reml_token_kind expression[] = {
      REML_TOKEN_CONTINUE, REML_TOKEN_DEFER,   REML_TOKEN_DO,         REML_TOKEN_FALSE,
      REML_TOKEN_FOR,      REML_TOKEN_HANDLE,  REML_TOKEN_IF,         REML_TOKEN_LOOP,
      REML_TOKEN_MATCH,    REML_TOKEN_PERFORM, REML_TOKEN_RETURN,     REML_TOKEN_SELF,
      REML_TOKEN_TRUE,     REML_TOKEN_UNSAFE,  REML_TOKEN_WHILE,      REML_TOKEN_NOT,
      REML_TOKEN_LPAREN,   REML_TOKEN_MINUS,   REML_TOKEN_LBRACKET,   REML_TOKEN_LBRACE,
      REML_TOKEN_BAR,      REML_TOKEN_CHAR,    REML_TOKEN_FLOAT,      REML_TOKEN_IDENT,
      REML_TOKEN_INT,      REML_TOKEN_STRING,  REML_TOKEN_UPPER_IDENT};
  return reml__expected_summary(memory, expression, sizeof expression / sizeof *expression);
}
