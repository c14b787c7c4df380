/* The lexer of the profile `spec` (contract-spec grammar-spec.md section 1), by its internal
 * interface: payloads, spans, errors, columns, and every way to cut a source in two. */
#include "fixture.h"
#include "reml_identifier.h"
#include "reml_lexer.h"
#include "tap.h"

#include <gc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unictype.h>
#include <uninorm.h>

#define LRM "\xE2\x80\x8E"      /* U+200E */
#define RLO "\xE2\x80\xAE"      /* U+202E */
#define PDI "\xE2\x81\xA9"      /* U+2069 */
#define ZWJ "\xE2\x80\x8D"      /* U+200D */
#define GRIN "\xF0\x9F\x98\x80" /* U+1F600 */
#define FIRE "\xF0\x9F\x94\xA5" /* U+1F525 */
#define ARROW "\xE2\x86\x92"    /* U+2192 */
#define HIRAGANA "\xE3\x81\x82"
#define ACUTE "\xCC\x81" /* U+0301 */

static const reml_lex_rules spec_rules = {.nested_comments = true, .spec = true};

/* --- reading --- */

static reml_memory memory;

static reml_lexer *open_lexer(reml_lex_rules rules) {
  if (setjmp(memory.unwind)) tap_bail_out("no memory");
  return reml__lexer_new(&memory, rules);
}

typedef struct reading {
  bool ended;
  uint32_t line; /* where the newest token ends */
} reading;

/* Of a string it is told only when it is the first token on its line. */
static bool has_column(const reml_token *token, const reading *at) {
  return token->kind != REML_TOKEN_STRING || token->start.line != at->line;
}

/* A line of text for each token: kind, span, column, detail, payload; the error at the end. */
static void print_tokens(reml_lexer *lexer, bytes *out, reading *at) {
  reml_token token = {0};
  reml_lex_status status;
  while ((status = reml__lexer_next(lexer, &token)) == REML_LEX_TOKEN) {
    char line[128];
    bool has_detail = token.kind == REML_TOKEN_INT || token.kind == REML_TOKEN_CHAR ||
                      token.kind == REML_TOKEN_STRING;
    snprintf(line, sizeof line, "%d %u(%u.%u)-%u(%u.%u) column %u detail %u ", token.kind,
             token.start.offset, token.start.line, token.start.line_start, token.end.offset,
             token.end.line, token.end.line_start,
             has_column(&token, at) ? reml__lexer_column(lexer, &token) : 0,
             has_detail ? token.detail : 0);
    bytes_add_text(out, line);
    bytes_add(out, token.text, token.length);
    bytes_add_text(out, "\n");
    *at = (reading){token.kind == REML_TOKEN_EOF, token.end.line};
    if (at->ended) return;
  }
  if (status == REML_LEX_MORE) return;
  char line[128];
  const reml_lex_error *error = reml__lexer_error(lexer);
  snprintf(line, sizeof line, "error %d %u %u(%u.%u)-%u(%u.%u)\n", error->kind, error->value,
           error->start.offset, error->start.line, error->start.line_start, error->end.offset,
           error->end.line, error->end.line_start);
  bytes_add_text(out, line);
  at->ended = true;
}

/* In pieces of these sizes: the first one, then all the others. With a fork at each border. */
static void print_pieces(reml_lex_rules rules, const char *source, size_t length, size_t first,
                         size_t others, bool forked, bytes *out) {
  reml_lexer *lexer = open_lexer(rules);
  reading now = {0};
  bytes_clear(out);
  for (size_t at = 0, size = first; at < length && !now.ended; at += size, size = others) {
    if (size > length - at) size = length - at;
    char *piece = malloc(size + 1); /* its very size, so that a read behind it is seen */
    memcpy(piece, source + at, size);
    reml__lexer_feed(lexer, piece, size);
    print_tokens(lexer, out, &now);
    free(piece);
    if (forked && !now.ended) lexer = reml__lexer_fork(lexer);
  }
  reml__lexer_finish(lexer);
  if (!now.ended) print_tokens(lexer, out, &now);
}

static unsigned wrong_splits;

/* Every split into two pieces and every byte on its own give the same. */
static void try_splits(reml_lex_rules rules, const char *source, size_t length) {
  static bytes whole, cut;
  print_pieces(rules, source, length, length, length, false, &whole);
  for (size_t first = 1; first <= length; first++) {
    size_t others = first == length ? 1 : length;
    for (int forked = 0; forked < 2; forked++) {
      print_pieces(rules, source, length, first == length ? 1 : first, others, forked, &cut);
      if (cut.length == whole.length && memcmp(cut.data, whole.data, cut.length) == 0) continue;
      if (wrong_splits++ < 5) {
        tap_note("'%s' cut at %zu\n# %s# %s", source, first, whole.data, cut.data);
      }
    }
  }
}

/* The kinds of a source by their labels, with blanks between. */
static void print_kinds(reml_lex_rules rules, const char *source, bytes *out) {
  reml_lexer *lexer = open_lexer(rules);
  reml_token token = {0};
  bytes_clear(out);
  reml__lexer_feed(lexer, source, strlen(source));
  reml__lexer_finish(lexer);
  while (reml__lexer_next(lexer, &token) == REML_LEX_TOKEN && token.kind != REML_TOKEN_EOF) {
    if (out->length > 0) bytes_add_text(out, " ");
    bytes_add_text(out, token.kind == REML_TOKEN_INT     ? "INT"
                        : token.kind == REML_TOKEN_FLOAT ? "FLOAT"
                                                         : reml_token_name(token.kind));
    if (token.kind == REML_TOKEN_INT || token.kind == REML_TOKEN_FLOAT ||
        reml_token_category_of(token.kind) == REML_CATEGORY_IDENTIFIER) {
      bytes_add_text(out, ":");
      bytes_add(out, token.text, token.length);
    }
  }
  if (reml__lexer_error(lexer) != NULL) bytes_add_text(out, " error");
}

typedef struct kinds_row {
  const char *source, *kinds;
} kinds_row;

static void try_kinds_rows(reml_lex_rules rules, const kinds_row *rows, size_t count) {
  bytes got = {0};
  for (size_t i = 0; i < count; i++) {
    print_kinds(rules, rows[i].source, &got);
    tap_text(got.data ? got.data : "", rows[i].kinds, "%s", rows[i].source);
    try_splits(rules, rows[i].source, strlen(rows[i].source));
  }
  bytes_free(&got);
}

/* --- words and operators --- */

static void try_words(void) {
  unsigned words = 0;
  for (unsigned i = 0; i < REML_TOKEN_COUNT; i++) {
    reml_token_kind kind = (reml_token_kind)i;
    reml_token_category category = reml_token_category_of(kind);
    bool is_word = category == REML_CATEGORY_KEYWORD || category == REML_CATEGORY_WORD;
    if (!is_word && category != REML_CATEGORY_OPERATOR && category != REML_CATEGORY_SYMBOL)
      continue;
    const char *label = reml_token_label(kind);
    reml_token token = {0};
    reml_lexer *lexer = open_lexer(spec_rules);
    reml__lexer_feed(lexer, label, strlen(label));
    reml__lexer_finish(lexer);
    tap_ok(reml__lexer_next(lexer, &token) == REML_LEX_TOKEN && token.kind == kind &&
               token.end.offset == strlen(label),
           "%s is a token of its own", label);
    if (is_word) tap_bytes(token.text, token.length, label, strlen(label), "... with its text");
    words += category == REML_CATEGORY_WORD;
    if (category != REML_CATEGORY_WORD && category != REML_CATEGORY_SYMBOL) continue;
    reml_lex_rules reference = {.nested_comments = true};
    lexer = open_lexer(reference);
    reml__lexer_feed(lexer, label, strlen(label));
    reml__lexer_finish(lexer);
    bool good = reml__lexer_next(lexer, &token) == REML_LEX_TOKEN;
    if (is_word) {
      tap_ok(good && token.kind == REML_TOKEN_IDENT, "... and a name of the reference");
    } else {
      tap_ok(!good || token.end.offset < strlen(label), "... and none of the reference");
    }
  }
  tap_int(words, 20, "there are 20 words that are not always keywords");
}

static void try_operators(void) {
  static const kinds_row rows[] = {
      {"a::b", "IDENT:a :: IDENT:b"},
      {"a: :b", "IDENT:a : : IDENT:b"},
      {":::", ":: :"},
      {"::=", ":: ="},
      {":=", ":="},
      {"...", "..."},
      {"....", "... ."},
      {"..=", "..="},
      {"..==", "..= ="},
      {".. =", ".. ="},
      {"++", "++"},
      {"+++", "++ +"},
      {"&", "&"},
      {"&&&", "&& &"},
      {"#", "#"},
      {"#[a]", "# [ IDENT:a ]"},
      {"#!a", "# ! IDENT:a"},
      {"a#b", "IDENT:a # IDENT:b"},
      {"A<B<C>>", "UPPER_IDENT:A < UPPER_IDENT:B < UPPER_IDENT:C > >"},
      {"a>=b", "IDENT:a >= IDENT:b"},
      {"/// doc\na /** b */ //! c", "IDENT:a"},
      {"_ _a", "_ IDENT:_a"},
      {"~", " error"},
      {"a $", "IDENT:a error"},
  };
  try_kinds_rows(spec_rules, rows, TAP_COUNT(rows));
}

static void try_hashes(void) {
  static const kinds_row plain[] = {{"#!x\ny", "# ! IDENT:x IDENT:y"},
                                    {"a # b", "IDENT:a # IDENT:b"}};
  static const kinds_row shebang[] = {
      {"#!x\ny", "IDENT:y"}, {"#!", ""}, {"#", "#"}, {"#x", "# IDENT:x"}, {" #!x", "# ! IDENT:x"}};
  static const kinds_row comments[] = {{"# x\ny", "IDENT:y"},  {"#", ""},
                                       {"a #", "IDENT:a"},     {"#!x", "# ! IDENT:x"},
                                       {"r#\"a\"#", "STRING"}, {"r#a\nb", "IDENT:r IDENT:b"}};
  reml_lex_rules rules = spec_rules;
  try_kinds_rows(rules, plain, TAP_COUNT(plain));
  rules.shebang = true;
  try_kinds_rows(rules, shebang, TAP_COUNT(shebang));
  rules.shebang = false;
  rules.hash_comments = true;
  try_kinds_rows(rules, comments, TAP_COUNT(comments));
}

/* --- numbers --- */

static void try_numbers(void) {
  static const kinds_row rows[] = {
      {"0b1_0 0B1 0o7 0O7 0xfF 0XfF", "INT:10 INT:1 INT:7 INT:7 INT:fF INT:fF"},
      {"0b2", "INT:0 IDENT:b2"},
      {"0Xg", "INT:0 UPPER_IDENT:Xg"},
      {"0..1", "INT:0 .. INT:1"},
      {"0...1", "INT:0 ... INT:1"},
      {"0..=1", "INT:0 ..= INT:1"},
      {"1.abs", "INT:1 . IDENT:abs"},
      {"1._", "INT:1 . _"},
      {"1._5", "INT:1 . IDENT:_5"},
      {"1." HIRAGANA, "INT:1 . IDENT:" HIRAGANA},
      {"1." ARROW, "INT:1 . error"},
      {"1.\xE3\x81", "FLOAT:1. error"},
      {"1.", "FLOAT:1."},
      {"1. a", "FLOAT:1. IDENT:a"},
      {"1.)", "FLOAT:1. )"},
      {"1.\n.a", "FLOAT:1. . IDENT:a"},
      {"1.5", "FLOAT:1.5"},
      {"1_0.5_0e+1", "FLOAT:10.50e+1"},
      {"1.e3", "FLOAT:1.e3"},
      {"1.E-3", "FLOAT:1.E-3"},
      {"1.e", "INT:1 . IDENT:e"},
      {"1.e+", "INT:1 . IDENT:e +"},
      {"1.e+a", "INT:1 . IDENT:e + IDENT:a"},
      {"1.exp", "INT:1 . IDENT:exp"},
      {"1e5", "FLOAT:1e5"},
      {"1e+", "INT:1 IDENT:e +"},
      {"1.5.6", "FLOAT:1.5 . INT:6"},
      {"t.0.1", "IDENT:t . INT:0 . INT:1"},
      {"t.0.1.2.x", "IDENT:t . INT:0 . INT:1 . INT:2 . IDENT:x"},
      {"t.0", "IDENT:t . INT:0"},
      {"t. 0.1", "IDENT:t . FLOAT:0.1"},
      {"t.0x1", "IDENT:t . INT:0 IDENT:x1"},
      {"t.1e5", "IDENT:t . INT:1 IDENT:e5"},
      {"t.1_0", "IDENT:t . INT:10"},
      {"t.0..1", "IDENT:t . INT:0 .. INT:1"},
      {"t..0.1", "IDENT:t .. FLOAT:0.1"},
      {"t...0.1", "IDENT:t ... FLOAT:0.1"},
      {".5", ". INT:5"},
      {"0x1.5", "INT:1 . INT:5"},
      {"0x1.a", "INT:1 . IDENT:a"},
      {"0x1..2", "INT:1 .. INT:2"},
  };
  try_kinds_rows(spec_rules, rows, TAP_COUNT(rows));
  static const struct {
    const char *source;
    int radix;
  } radixes[] = {{"0B1", 2}, {"0O1", 8},  {"0X1", 16}, {"0b1", 2},
                 {"0o1", 8}, {"0x1", 16}, {"1", 10}};
  for (size_t i = 0; i < TAP_COUNT(radixes); i++) {
    reml_token token = {0};
    reml_lexer *lexer = open_lexer(spec_rules);
    reml__lexer_feed(lexer, radixes[i].source, strlen(radixes[i].source));
    reml__lexer_finish(lexer);
    reml__lexer_next(lexer, &token);
    tap_int(token.detail, radixes[i].radix, "the radix of %s", radixes[i].source);
  }
}

/* --- characters and strings --- */

static reml_lexer *first_of(const char *source, size_t length, reml_token *token,
                            reml_lex_status *status) {
  reml_lexer *lexer = open_lexer(spec_rules);
  reml__lexer_feed(lexer, source, length);
  reml__lexer_finish(lexer);
  *status = reml__lexer_next(lexer, token);
  try_splits(spec_rules, source, length);
  return lexer;
}

static void try_chars(void) {
  static const struct {
    const char *source;
    uint32_t value;
    size_t length; /* of a source with NUL */
  } rows[] = {
      {"'a'", 'a', 3},
      {"'\"'", '"', 3},
      {"'\n'", '\n', 3},
      {"'\r'", '\r', 3},
      {"'\0'", 0, 3},
      {"'\xC3\xA9'", 0xE9, 4},
      {"'" HIRAGANA "'", 0x3042, 5},
      {"'" GRIN "'", 0x1F600, 6},
      {"'\xF4\x8F\xBF\xBF'", 0x10FFFF, 6},
      {"'\\n'", '\n', 4},
      {"'\\t'", '\t', 4},
      {"'\\r'", '\r', 4},
      {"'\\\\'", '\\', 4},
      {"'\\''", '\'', 4},
      {"'\\\"'", '"', 4},
      {"'\\0'", 0, 4},
      {"'\\x00'", 0, 6},
      {"'\\x4a'", 0x4A, 6},
      {"'\\xFf'", 0xFF, 6},
      {"'\\u{0}'", 0, 7},
      {"'\\u{41}'", 0x41, 8},
      {"'\\u{00e9}'", 0xE9, 10},
      {"'\\u{10FFFF}'", 0x10FFFF, 12},
      {"'\\u{D7FF}'", 0xD7FF, 10},
      {"'\\u{E000}'", 0xE000, 10},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_token token = {0};
    reml_lex_status status;
    unsigned char text[REML_UTF8_MOST];
    first_of(rows[i].source, rows[i].length, &token, &status);
    if (!tap_ok(status == REML_LEX_TOKEN && token.kind == REML_TOKEN_CHAR, "%s is a character",
                rows[i].source))
      continue;
    tap_int(token.detail, rows[i].value, "... of its value");
    tap_ok(token.start.offset == 0 && token.end.offset == rows[i].length, "... and its span");
    tap_bytes(token.text, token.length, (char *)text, reml__utf8_encode(text, rows[i].value),
              "... and its text");
  }
}

static void try_bad_chars(void) {
  static const struct {
    const char *source;
    unsigned end;
  } rows[] = {
      {"''", 2},
      {"'", 1},
      {"'a", 1},
      {"'ab'", 4},
      {"'\\'", 1},
      {"'\\q'", 4},
      {"'\\q\\''", 6},
      {"'\\x4'", 5},
      {"'\\xg0'", 6},
      {"'\\u{}'", 6},
      {"'\\u{D800}'", 10},
      {"'\\u{110000}'", 12},
      {"'\\u{1234567}'", 13},
      {"'\\u41'", 6},
      {"'\\u{41'", 7},
      {"'ab\n'", 1},
      {"'\r\n'", 1},
      {"'\xFF'", 3},
      {"'\xED\xA0\x80'", 5},
      {"'\xE3\x81'", 4},
      {"'" HIRAGANA HIRAGANA "'", 8},
      {"'e" ACUTE "'", 5},
      {"'abcdefghijklmnopqrstuvw'", 25},
      {"'abcdefghijklmnopqrstuvwx'", 1},
      {"'a b", 1},
      {"'''", 2},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_token token = {0};
    reml_lex_status status;
    reml_lexer *lexer = first_of(rows[i].source, strlen(rows[i].source), &token, &status);
    if (!tap_ok(status == REML_LEX_ERROR, "%s is no character", rows[i].source)) continue;
    const reml_lex_error *error = reml__lexer_error(lexer);
    tap_int(error->kind, REML_LEX_BAD_CHAR, "... which is the error");
    tap_ok(error->start.offset == 0 && error->end.offset == rows[i].end,
           "... its span is 0-%u, not 0-%u", rows[i].end, error->end.offset);
  }
}

static void try_strings(void) {
  static const struct {
    const char *source, *payload;
    size_t length, form, hashes;
    unsigned end_line, end_column;
  } rows[] = {
      {"\"\"", "", 0, REML_FORM_NORMAL, 0, 1, 2},
      {"\"a\"", "a", 1, REML_FORM_NORMAL, 0, 1, 3},
      {"\"a\nb\"", "a\nb", 3, REML_FORM_NORMAL, 0, 2, 2},
      {"\"\r\n\r\"", "\n\n", 2, REML_FORM_NORMAL, 0, 3, 1},
      {"\"\\n\\t\\r\\\\\\\"\\0\\'\\/\"", "\n\t\r\\\"\0'/", 8, REML_FORM_NORMAL, 0, 1, 18},
      {"\"\\q\\x41\\u0041\\u\"", "\\q\\x41\\u0041\\u", 14, REML_FORM_NORMAL, 0, 1, 16},
      {"\"\\\n\"", "\\\n", 2, REML_FORM_NORMAL, 0, 2, 1},
      {"\"\\u{41}\\u{3042}\\u{1f600}!\"", "A" HIRAGANA GRIN "!", 9, REML_FORM_NORMAL, 0, 1, 26},
      {"\"\\u{10FFFF}\\u{0}\"", "\xF4\x8F\xBF\xBF\0", 5, REML_FORM_NORMAL, 0, 1, 17},
      {"\"\\\\u{zz}\"", "\\u{zz}", 6, REML_FORM_NORMAL, 0, 1, 9},
      {"\"{a} ${b}\"", "{a} ${b}", 8, REML_FORM_NORMAL, 0, 1, 10},
      {"r\"\\\"", "\\", 1, REML_FORM_RAW, 0, 1, 4},
      {"r\"\\u{zz}\"", "\\u{zz}", 6, REML_FORM_RAW, 0, 1, 9},
      {"r#\"\"#", "", 0, REML_FORM_RAW, 1, 1, 5},
      {"r#\"a\"b\"#", "a\"b", 3, REML_FORM_RAW, 1, 1, 8},
      {"r#\"\"\"#", "\"", 1, REML_FORM_RAW, 1, 1, 6},
      {"r##\"\"#\"##", "\"#", 2, REML_FORM_RAW, 2, 1, 9},
      {"r##\"\r\n\"#\r\"##", "\n\"#\n", 4, REML_FORM_RAW, 2, 3, 3},
      {"r###\"\"##\"\"##\"###", "\"##\"\"##", 7, REML_FORM_RAW, 3, 1, 16},
      {"\"\"\"\"a\"\"\"", "\"a", 2, REML_FORM_MULTILINE, 0, 1, 8},
      {"\"\"\"\n\\u{zz}\n\"\"\"", "\n\\u{zz}\n", 8, REML_FORM_MULTILINE, 0, 3, 3},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_token token = {0};
    reml_lex_status status;
    size_t length = strlen(rows[i].source);
    reml_lexer *lexer = first_of(rows[i].source, length, &token, &status);
    if (!tap_ok(status == REML_LEX_TOKEN && token.kind == REML_TOKEN_STRING, "%s is a string",
                rows[i].source))
      continue;
    tap_bytes(token.text, token.length, rows[i].payload, rows[i].length, "... with its value");
    tap_int(token.detail, (int64_t)(rows[i].form | rows[i].hashes << 8), "... and its form");
    tap_ok(token.start.offset == 0 && token.start.line == 1 && token.start.line_start == 0,
           "... begins at its opening");
    tap_ok(token.end.offset == length && token.end.line == rows[i].end_line &&
               token.end.offset - token.end.line_start == rows[i].end_column,
           "... ends behind its closing, in line %u", token.end.line);
    tap_ok(reml__lexer_next(lexer, &token) == REML_LEX_TOKEN && token.kind == REML_TOKEN_EOF,
           "... then EOF");
  }
  static const kinds_row names[] = {
      {"r#a", "IDENT:r # IDENT:a"},
      {"r##", "IDENT:r # #"},
      {"r #\"a\"", "IDENT:r # STRING"},
      {"rr#\"a\"", "IDENT:rr # STRING"},
      {"R#\"a\"", "UPPER_IDENT:R # STRING"},
      {"r\"a\"#", "STRING #"},
      {"r#\"a\"##", "STRING #"},
  };
  try_kinds_rows(spec_rules, names, TAP_COUNT(names));
}

/* The most hashes there may be, and one more. */
static void try_many_hashes(void) {
  for (size_t hashes = 254; hashes <= 256; hashes++) {
    bytes source = {0};
    bytes_add_text(&source, "r");
    bytes_repeat(&source, "#", hashes);
    bytes_add_text(&source, "\"a");
    bytes_repeat(&source, "\"################", 2);
    bytes_add_text(&source, "\"");
    bytes_repeat(&source, "#", hashes);
    reml_token token = {0};
    reml_lex_status status;
    first_of(source.data, source.length, &token, &status);
    if (hashes == 256) {
      tap_ok(token.kind == REML_TOKEN_IDENT && token.end.offset == 1, "256 hashes open nothing");
    } else {
      tap_ok(token.kind == REML_TOKEN_STRING && token.detail >> 8 == hashes &&
                 token.end.offset == source.length,
             "%zu hashes do", hashes);
    }
    bytes_free(&source);
  }
}

/* --- errors --- */

typedef struct error_row {
  const char *source;
  reml_lex_error_kind kind;
  uint32_t value;
  unsigned start, end, line;
} error_row;

static void try_error_rows(reml_lex_rules rules, const error_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    reml_token token = {.kind = REML_TOKEN_LET};
    reml_lexer *lexer = open_lexer(rules);
    reml__lexer_feed(lexer, rows[i].source, strlen(rows[i].source));
    reml__lexer_finish(lexer);
    while (reml__lexer_next(lexer, &token) == REML_LEX_TOKEN && token.kind != REML_TOKEN_EOF)
      continue;
    const reml_lex_error *error = reml__lexer_error(lexer);
    if (!tap_ok(error != NULL, "%s is an error", rows[i].source)) continue;
    tap_int(error->kind, rows[i].kind, "... of its kind");
    tap_int(error->value, rows[i].value, "... and value");
    tap_ok(error->start.offset == rows[i].start && error->end.offset == rows[i].end &&
               error->start.line == rows[i].line,
           "... at %u-%u, not %u-%u", rows[i].start, rows[i].end, error->start.offset,
           error->end.offset);
    try_splits(rules, rows[i].source, strlen(rows[i].source));
  }
}

static void try_errors(void) {
  static const error_row rows[] = {
      {"\"a\\u{}\"", REML_LEX_BAD_ESCAPE, 0, 2, 6, 1},
      {"\"\n\\u{d800}\"", REML_LEX_BAD_ESCAPE, 0xD800, 2, 10, 2},
      {"\"\\u{DFFF}\"", REML_LEX_BAD_ESCAPE, 0xDFFF, 1, 9, 1},
      {"\"\\u{110000}\"", REML_LEX_BAD_ESCAPE, 0x110000, 1, 11, 1},
      {"\"\\u{0000041}\"", REML_LEX_BAD_ESCAPE, 4, 1, 12, 1},
      {"\"\\u{4 1}\"", REML_LEX_BAD_ESCAPE, 4, 1, 8, 1},
      {"\"\\u{xyz} a\"", REML_LEX_BAD_ESCAPE, 0, 1, 8, 1},
      {"\"\\u{41\"}", REML_LEX_BAD_ESCAPE, 0x41, 1, 6, 1},
      {"\"\\u{41", REML_LEX_BAD_ESCAPE, 0x41, 1, 6, 1},
      {"\"\\u{", REML_LEX_BAD_ESCAPE, 0, 1, 4, 1},
      {"\"\\u{ a long way to the } is not gone", REML_LEX_BAD_ESCAPE, 0, 1, 4, 1},
      {"\"\\u{123456789012345678901}", REML_LEX_BAD_ESCAPE, 0x123456, 1, 20, 1},
      {"\"a\n", REML_LEX_OPEN_STRING, 0, 0, 3, 1},
      {"\"\\u", REML_LEX_OPEN_STRING, 0, 0, 3, 1},
      {"r\"a", REML_LEX_OPEN_RAW_STRING, 0, 0, 3, 1},
      {"r#\"a\"", REML_LEX_OPEN_RAW_STRING, 0, 0, 5, 1},
      {"a\nr##\"a\"#", REML_LEX_OPEN_RAW_STRING, 0, 2, 9, 2},
      {"\"\"\"a\"\"", REML_LEX_OPEN_MULTILINE_STRING, 0, 0, 6, 1},
      {"/* a", REML_LEX_OPEN_COMMENT, 0, 0, 4, 1},
      {"x\n y /*\n/* */ a", REML_LEX_OPEN_COMMENT, 0, 5, 15, 2},
      {ARROW, REML_LEX_BAD_START, 0x2192, 0, 3, 1},
      {"a" ARROW "z", REML_LEX_BAD_CONTINUE, 0x2192, 0, 5, 1},
      {GRIN "a", REML_LEX_BAD_START, 0x1F600, 0, 5, 1},
      {ZWJ, REML_LEX_BAD_START, 0x200D, 0, 3, 1},
      {ACUTE "a", REML_LEX_BAD_START, 0x301, 0, 3, 1},
      {"a\xE3\x80\x80z", REML_LEX_BAD_CONTINUE, 0x3000, 0, 5, 1},
      {"\xEF\xBB\xBFz", REML_LEX_BAD_START, 0xFEFF, 0, 4, 1},
      {"x a" LRM "z", REML_LEX_BIDI_CONTROL, 0x200E, 2, 7, 1},
      {"a" RLO, REML_LEX_BIDI_CONTROL, 0x202E, 0, 4, 1},
      {PDI "a", REML_LEX_BIDI_CONTROL, 0x2069, 0, 4, 1},
      {"a\xD8\x9C", REML_LEX_BAD_CONTINUE, 0x61C, 0, 3, 1},
      {"x\ne" ACUTE "z", REML_LEX_NOT_NORMALIZED, 0, 2, 6, 2},
      {"\xE2\x84\xA6", REML_LEX_NOT_NORMALIZED, 0, 0, 3, 1},             /* OHM SIGN */
      {"q\xCC\x81\xCC\xA3", REML_LEX_NOT_NORMALIZED, 0, 0, 5, 1},        /* marks out of order */
      {"\xE3\x81\x8B\xE3\x82\x99", REML_LEX_NOT_NORMALIZED, 0, 0, 6, 1}, /* KA and dakuten */
      {"\xE1\x84\x80\xE1\x85\xA1", REML_LEX_NOT_NORMALIZED, 0, 0, 6, 1}, /* jamo */
      {"\xEA\xB0\x80\xE1\x86\xA8", REML_LEX_NOT_NORMALIZED, 0, 0, 6, 1}, /* syllable and jamo */
      {"a\xED\xA0\x80", REML_LEX_BAD_UTF8, 0xD800, 0, 4, 1},
      {"\xE0\x80\x80", REML_LEX_BAD_UTF8, 0, 0, 3, 1},
      {"\xF4\x90\x80\x80", REML_LEX_BAD_UTF8, 0x110000, 0, 4, 1},
      {"a\x80", REML_LEX_UNEXPECTED_BYTE, 0x80, 1, 2, 1},
      {"\xC3", REML_LEX_UNEXPECTED_BYTE, 0xC3, 0, 1, 1},
  };
  try_error_rows(spec_rules, rows, TAP_COUNT(rows));
  static const error_row ascii[] = {
      {HIRAGANA, REML_LEX_BAD_START, 0x3042, 0, 3, 1},
      {"x" HIRAGANA, REML_LEX_BAD_CONTINUE, 0x3042, 0, 4, 1},
      {"x" RLO, REML_LEX_BAD_CONTINUE, 0x202E, 0, 4, 1},
      {"e" ACUTE, REML_LEX_BAD_CONTINUE, 0x301, 0, 3, 1},
  };
  reml_lex_rules rules = spec_rules;
  rules.ascii_identifiers = true;
  try_error_rows(rules, ascii, TAP_COUNT(ascii));
}

/* What comes behind an error that is forgiven. */
static void try_forgiving(void) {
  static const kinds_row rows[] = {
      {"a $ b", "IDENT:a ! IDENT:b"},
      {"'ab' c", "! IDENT:c"},
      {"a" ARROW "b c", "! IDENT:c"},
      {"\"a\\u{}b\" c", "! STRING IDENT:c"},
      {"\"\n\\u{z}\\u{41\n\" c\n\"\"", "! ! STRING IDENT:c STRING"},
      {"a \"b", "IDENT:a !"},
      {"a /* b", "IDENT:a !"},
      {"'' 'a'", "! CHAR"},
  };
  bytes got = {0};
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_lexer *lexer = open_lexer(spec_rules);
    reml_token token = {0};
    uint32_t end = 0;
    bool in_order = true;
    bytes_clear(&got);
    reml__lexer_feed(lexer, rows[i].source, strlen(rows[i].source));
    reml__lexer_finish(lexer);
    for (;;) {
      bool good = reml__lexer_next(lexer, &token) == REML_LEX_TOKEN;
      if (good && token.kind == REML_TOKEN_EOF) break;
      if (got.length > 0) bytes_add_text(&got, " ");
      if (good) {
        bytes_add_text(&got, reml_token_name(token.kind));
        if (token.kind == REML_TOKEN_IDENT) bytes_add_text(&got, ":");
        if (token.kind == REML_TOKEN_IDENT) bytes_add(&got, token.text, token.length);
        in_order = in_order && token.start.offset >= end;
        end = token.end.offset;
        (void)reml__lexer_column(lexer, &token);
      } else {
        bytes_add_text(&got, "!");
        end = reml__lexer_error(lexer)->end.offset;
        reml__lexer_forgive(lexer);
        tap_ok(reml__lexer_error(lexer) == NULL, "an error is forgiven");
      }
    }
    tap_text(got.data, rows[i].kinds, "%s", rows[i].source);
    tap_ok(in_order && token.start.offset == strlen(rows[i].source), "... one behind the other");
  }
  bytes_free(&got);
}

/* --- names --- */

static void try_names(void) {
  static const struct {
    const char *name;
    reml_token_kind kind;
  } rows[] = {
      {HIRAGANA, REML_TOKEN_IDENT},
      {"\xC3\xA9", REML_TOKEN_IDENT},
      {"\xC3\x89", REML_TOKEN_UPPER_IDENT},         /* E with acute */
      {"\xCE\x91x", REML_TOKEN_UPPER_IDENT},        /* ALPHA */
      {"\xD0\x96\xD0\xB6", REML_TOKEN_UPPER_IDENT}, /* ZHE */
      {"\xE2\x85\xA0", REML_TOKEN_UPPER_IDENT},     /* ROMAN NUMERAL ONE */
      {"\xC7\x85", REML_TOKEN_IDENT},               /* title case is not upper case */
      {"A" HIRAGANA, REML_TOKEN_UPPER_IDENT},
      {"_" HIRAGANA, REML_TOKEN_IDENT},
      {"\xF0\xA0\xAE\xB7", REML_TOKEN_IDENT},         /* U+20BB7 */
      {"\xEF\xBD\x81\xEF\xBC\x99", REML_TOKEN_IDENT}, /* full-width */
      {"\xE3\x80\x85", REML_TOKEN_IDENT},             /* U+3005 */
      {"x\xC2\xB7", REML_TOKEN_IDENT},                /* MIDDLE DOT */
      {"a" GRIN, REML_TOKEN_IDENT},
      {"a" FIRE "\xEF\xB8\x8F" ZWJ FIRE "b", REML_TOKEN_IDENT},
      {"a\xF0\x9F\x87\xAF\xF0\x9F\x87\xB5", REML_TOKEN_IDENT}, /* a flag */
      {"a\xE2\x83\xA3", REML_TOKEN_IDENT},                     /* U+20E3 */
      {"a\xC2\xA9", REML_TOKEN_IDENT},                         /* U+00A9 */
      {"\xF0\xB1\x8D\x90", REML_TOKEN_IDENT},                  /* U+31350 of Unicode 15.0 */
      {"\xF0\xAE\xAF\xB0", REML_TOKEN_IDENT},                  /* U+2EBF0 of Unicode 15.1 */
      {"a\xE3\x83\xBB", REML_TOKEN_IDENT},                     /* U+30FB since Unicode 15.1 */
      {"q" ACUTE, REML_TOKEN_IDENT},                           /* has no composed form */
      {"\xEA\xB0\x81", REML_TOKEN_IDENT},                      /* a syllable */
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_token token = {0};
    reml_lex_status status;
    first_of(rows[i].name, strlen(rows[i].name), &token, &status);
    tap_ok(status == REML_LEX_TOKEN && token.kind == rows[i].kind, "%s is %s", rows[i].name,
           reml_token_name(rows[i].kind));
    tap_bytes(token.text, token.length, rows[i].name, strlen(rows[i].name), "... as it is");
  }
  static const kinds_row apart[] = {
      {"a*b", "IDENT:a * IDENT:b"},
      {"a#b", "IDENT:a # IDENT:b"},
      {"9a", "INT:9 IDENT:a"},
  };
  try_kinds_rows(spec_rules, apart, TAP_COUNT(apart));
}

/* Names of one code point, and of `x` and one, are refused or not in NFC as the library says. */
static void try_code_points(void) {
  unsigned starts = 0, continues = 0, wrong = 0;
  for (uint32_t point = 0x80; point < 0x110000; point += point < 0x20000 ? 1 : 61) {
    if (!reml__is_scalar(point)) continue;
    unsigned char name[5] = {'x'};
    uint8_t normal[32];
    size_t length = reml__utf8_encode(name + 1, point), normal_length = sizeof normal;
    reml_lex_error_kind kind = REML_LEX_BAD_UTF8;
    uint32_t value, decoded = 0;
    wrong += reml__utf8_decode(name + 1, &decoded) != length || decoded != point;
    bool is_normal =
        u8_normalize(UNINORM_NFC, name + 1, length, normal, &normal_length) == normal &&
        normal_length == length && memcmp(normal, name + 1, length) == 0;
    bool is_start = reml__identifier_check_spec(&memory, name + 1, length, false, &kind, &value);
    starts += is_start;
    if (uc_is_property_xid_start(point)) {
      wrong += is_start != is_normal || (!is_start && kind != REML_LEX_NOT_NORMALIZED);
    }
    bool goes_on = reml__identifier_check_spec(&memory, name, length + 1, false, &kind, &value);
    continues += goes_on;
    wrong += is_start && !goes_on;
    wrong += !goes_on && kind == REML_LEX_BAD_CONTINUE && value != point;
  }
  tap_int(wrong, 0, "all code points are as the library says");
  tap_ok(starts > 60000 && continues > starts + 3000, "%u begin a name, %u go on", starts,
         continues);
}

/* The quick check is right: no name of these needs the slow one. */
static void try_quick_check(void) {
  static const uint32_t firsts[] = {'a',    'e',    0x400,  0x415,  0x3042,
                                    0x304B, 0x30CF, 0x4E00, 0xAC00, 0xC5};
  unsigned wrong = 0;
  for (uint32_t point = 0x80; point < 0xD7FF; point++) {
    for (size_t i = 0; i < TAP_COUNT(firsts); i++) {
      unsigned char name[8];
      uint8_t normal[64];
      size_t length = reml__utf8_encode(name, firsts[i]), normal_length = sizeof normal;
      length += reml__utf8_encode(name + length, point);
      reml_lex_error_kind kind = REML_LEX_BAD_UTF8;
      uint32_t value;
      bool good = reml__identifier_check_spec(&memory, name, length, false, &kind, &value);
      if (!good && kind != REML_LEX_NOT_NORMALIZED) continue;
      uint8_t *made = u8_normalize(UNINORM_NFC, name, length, normal, &normal_length);
      wrong += good != (made == normal && normal_length == length && !memcmp(normal, name, length));
    }
  }
  tap_int(wrong, 0, "names of two code points are refused exactly when they are not in NFC");
}

/* --- columns and what follows --- */

static void try_columns(void) {
  static const struct {
    const char *source;
    unsigned columns[4];
  } rows[] = {
      {"a b\tc", {0, 2, 4, 5}},
      {HIRAGANA " b \xC3\xA9 c", {0, 2, 4, 6}},
      {"a\n " HIRAGANA HIRAGANA " b", {0, 1, 4, 5}},
      {"/* " HIRAGANA " */ a '" HIRAGANA "' b", {8, 10, 14, 15}},
      {"\"" HIRAGANA "\n" HIRAGANA "\" a", {0, 3, 4, 4}},
      {HIRAGANA " \"\n\n" HIRAGANA "\" a\r\n b", {0, 2, 3, 1}},
      {"r#\"\n\"# \"" GRIN "\" r#\"\"#", {0, 3, 7, 12}},
      {"'\n' a", {0, 4, 5, 5}},
      {"a\n /* " HIRAGANA " */ \"b\nc\" d", {0, 9, 3, 4}},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_lexer *lexer = open_lexer(spec_rules);
    reml_token token = {0};
    reml__lexer_feed(lexer, rows[i].source, strlen(rows[i].source));
    reml__lexer_finish(lexer);
    reading now = {0};
    for (size_t k = 0; k < 4; k++, now.line = token.end.line) {
      reml__lexer_next(lexer, &token);
      if (!has_column(&token, &now)) continue;
      tap_int(reml__lexer_column(lexer, &token), rows[i].columns[k], "%s: column of token %zu",
              rows[i].source, k);
    }
    tap_int(reml__lexer_column(lexer, &token), rows[i].columns[3], "... and again");
    try_splits(spec_rules, rows[i].source, strlen(rows[i].source));
  }
}

/* Columns of a line that is longer than the window, asked for now and then. */
static void try_long_line(void) {
  static const char part[] = HIRAGANA " \"" GRIN "\" /* " HIRAGANA " */ ";
  enum { PART_POINTS = 14, PART_TOKENS = 2, TIMES = 20000 };
  for (unsigned every = 1; every <= 10000; every *= 100) {
    bytes source = {0};
    bytes_repeat(&source, part, TIMES);
    reml_lexer *lexer = open_lexer(spec_rules);
    reml_token token = {0};
    size_t fed = 0, count = 0, wrong = 0;
    for (;;) {
      reml_lex_status status = reml__lexer_next(lexer, &token);
      if (status == REML_LEX_MORE) {
        size_t size = source.length - fed < 977 ? source.length - fed : 977;
        reml__lexer_feed(lexer, source.data + fed, size);
        fed += size;
        if (size == 0) reml__lexer_finish(lexer);
        continue;
      }
      if (status != REML_LEX_TOKEN || token.kind == REML_TOKEN_EOF) break;
      size_t column = count / PART_TOKENS * PART_POINTS + (count % PART_TOKENS ? 2 : 0);
      if (count++ % every == 0 && token.kind != REML_TOKEN_STRING)
        wrong += reml__lexer_column(lexer, &token) != column;
    }
    tap_int((int64_t)count, TIMES * PART_TOKENS, "a long line has its tokens");
    tap_int((int64_t)wrong, 0, "... with their columns, asked for every %u", every);
    bytes_free(&source);
  }
}

static void try_peek(void) {
  static const struct {
    const char *source;
    unsigned char next;
  } rows[] = {
      {"a (", '('},      {"a \t\r\n{", '{'},        {"a+", '+'}, {"a", 0}, {"a  ", 0},
      {"a /**/ b", '/'}, {"\"a\" " HIRAGANA, 0xE3},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_lexer *lexer = open_lexer(spec_rules);
    reml_token token = {0};
    reml__lexer_feed(lexer, rows[i].source, strlen(rows[i].source));
    reml__lexer_finish(lexer);
    reml__lexer_next(lexer, &token);
    tap_int(reml__lexer_peek(lexer), rows[i].next, "what follows in %s", rows[i].source);
  }
}

/* --- what is held back --- */

static void try_rest(void) {
  static const struct {
    const char *source;
    unsigned settled, missing;
    bool at_rest;
  } rows[] = {
      {"a ", 2, 1, true},        {"a '", 2, 1, false},       {"a 'b", 2, 1, false},
      {"a '\xE3", 2, 2, false},  {"a '\\u{4", 2, 1, false},  {"a r", 2, 1, false},
      {"a r##", 2, 1, false},    {"a r#\"b\"", 2, 1, false}, {"a \"b\\u{", 2, 1, false},
      {"a \"\n\n", 2, 1, false}, {"1.", 0, 1, false},        {"t.0", 2, 1, false},
      {"a .", 2, 1, false},      {"#", 1, 1, true},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_lexer *lexer = open_lexer(spec_rules);
    reml_token token = {0};
    reml__lexer_feed(lexer, rows[i].source, strlen(rows[i].source));
    while (reml__lexer_next(lexer, &token) == REML_LEX_TOKEN)
      continue;
    reml_lex_rest rest = reml__lexer_rest(lexer);
    tap_int(rest.settled, rows[i].settled, "%s: what is settled", rows[i].source);
    tap_int(rest.missing, rows[i].missing, "... and missing");
    tap_ok(rest.at_rest == rows[i].at_rest && !rest.in_comment, "... at rest or not");
  }
}

/* Long tokens, byte by byte: the time is that of their length. */
static void try_huge_tokens(void) {
  static const struct {
    const char *parts[3];
    bool fails;
    unsigned kind; /* of the token, or of the error */
  } rows[] = {
      {{"\"", "\\u{41}\\'", "\""}, false, REML_TOKEN_STRING},
      {{"\"", "\\u\\u", "\""}, false, REML_TOKEN_STRING},
      {{"r###\"", "\"##", "\"###"}, false, REML_TOKEN_STRING},
      {{"r##\"", HIRAGANA "\r\n", ""}, true, REML_LEX_OPEN_RAW_STRING},
      {{"\"\"\"", "\"\n", "\"\"\""}, false, REML_TOKEN_STRING},
      {{"t.", "12_", ""}, false, REML_TOKEN_INT},
      {{"1.", "12", ".e"}, false, REML_TOKEN_FLOAT},
      {{"", HIRAGANA "z", ""}, false, REML_TOKEN_IDENT},
      {{"q", ACUTE, ""}, false, REML_TOKEN_IDENT},
      {{"e", ACUTE, ""}, true, REML_LEX_NOT_NORMALIZED},
      {{"", HIRAGANA, RLO}, true, REML_LEX_BIDI_CONTROL},
      {{"'", "a", ""}, true, REML_LEX_BAD_CHAR},
      {{"\"\\u{", "4", ""}, true, REML_LEX_BAD_ESCAPE},
      {{"r", "#", "\""}, false, REML_TOKEN_IDENT},
  };
  size_t times = is_sanitized() ? 20000 : 200000;
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    bytes source = {0};
    bytes_add_text(&source, rows[i].parts[0]);
    bytes_repeat(&source, rows[i].parts[1], times);
    bytes_add_text(&source, rows[i].parts[2]);
    reml_lexer *lexer = open_lexer(spec_rules);
    reml_token token = {0};
    bool found = false;
    reml_lex_status status = REML_LEX_MORE;
    clock_t begun = clock();
    for (size_t at = 0; at <= source.length && status != REML_LEX_ERROR; at++) {
      if (at < source.length) reml__lexer_feed(lexer, source.data + at, 1);
      if (at == source.length) reml__lexer_finish(lexer);
      while ((status = reml__lexer_next(lexer, &token)) == REML_LEX_TOKEN &&
             token.kind != REML_TOKEN_EOF)
        found = found || token.kind == (reml_token_kind)rows[i].kind;
    }
    double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    if (rows[i].fails) {
      found = status == REML_LEX_ERROR && reml__lexer_error(lexer)->kind == rows[i].kind;
    }
    tap_ok(found && seconds < 10, "%s%s... byte by byte", rows[i].parts[0], rows[i].parts[1]);
    bytes_free(&source);
  }
}

static void try_random(void) {
  static const char *const parts[] = {"'",  "\\", "\"",     "r",  "#",   "##",   "u{", "41", "}",
                                      ".",  "..", "=",      ":",  "::",  "1",    "e",  "+",  "0x",
                                      "_",  "a",  HIRAGANA, GRIN, ZWJ,   ACUTE,  "\n", "\r", " ",
                                      "/*", "*/", "//",     "&",  "end", "\xE3", "n",  "x4", "Z"};
  uint64_t state = 7;
  size_t rounds = 6000 / thinned();
  unsigned before = wrong_splits;
  for (size_t round = 0; round < rounds; round++) {
    bytes source = {0};
    reml_lex_rules rules = spec_rules;
    rules.hash_comments = next_random(&state) % 4 == 0;
    rules.shebang = next_random(&state) % 4 == 0;
    for (uint64_t count = next_random(&state) % 12 + 1; count > 0; count--) {
      bytes_add_text(&source, parts[next_random(&state) % TAP_COUNT(parts)]);
    }
    try_splits(rules, source.data, source.length);
    bytes_free(&source);
  }
  tap_int(wrong_splits - before, 0, "%zu random sources are the same in pieces", rounds);
}

static void try_all_splits(void) {
  tap_int(wrong_splits, 0, "every source of this test was the same in pieces and in forks");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"words", try_words},
      {"operators", try_operators},
      {"hashes", try_hashes},
      {"numbers", try_numbers},
      {"chars", try_chars},
      {"bad chars", try_bad_chars},
      {"strings", try_strings},
      {"many hashes", try_many_hashes},
      {"errors", try_errors},
      {"forgiving", try_forgiving},
      {"names", try_names},
      {"code points", try_code_points},
      {"quick check", try_quick_check},
      {"columns", try_columns},
      {"long line", try_long_line},
      {"peek", try_peek},
      {"rest", try_rest},
      {"huge tokens", try_huge_tokens},
      {"random", try_random},
      {"splits", try_all_splits},
  };
  GC_INIT();
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
