/* Tokens, their payloads and places, and every lexical error, through the reader and through
 * sessions (contract lexer.md). */
#include "fixture.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- reading --- */

static reml_reader *open_reader(const char *source, size_t length) {
  reml_config config = reml_config_default();
  reml_reader *reader = reml_reader_open(&config, source, length);
  if (reader == NULL) tap_bail_out("no reader");
  return reader;
}

static reml_reader *open_text(const char *source) {
  return open_reader(source, strlen(source));
}

static bool is_text_of(const reml_token_info *token, const char *text) {
  return token->text.length == strlen(text) &&
         memcmp(token->text.bytes, text, token->text.length) == 0;
}

/* --- every kind of token --- */

/* A source for the kind: its label, or an example of the class. */
static const char *example_of(reml_token_kind kind) {
  switch (kind) {
  case REML_TOKEN_INT: return "42";
  case REML_TOKEN_FLOAT: return "1.5";
  case REML_TOKEN_CHAR: return "'c'";
  case REML_TOKEN_STRING: return "\"s\"";
  case REML_TOKEN_IDENT: return "ident";
  case REML_TOKEN_UPPER_IDENT: return "Upper";
  case REML_TOKEN_EOF: return "";
  default: return reml_token_label(kind);
  }
}

static void try_kinds(void) {
  static const size_t sizes[] = {[REML_CATEGORY_END] = 1,
                                 [REML_CATEGORY_KEYWORD] = 42,
                                 [REML_CATEGORY_OPERATOR] = 36,
                                 [REML_CATEGORY_LITERAL] = 4,
                                 [REML_CATEGORY_IDENTIFIER] = 2};
  size_t found[TAP_COUNT(sizes)] = {0};
  for (unsigned i = 0; i < REML_REFERENCE_TOKEN_COUNT; i++) {
    reml_token_kind kind = (reml_token_kind)i;
    const char *source = example_of(kind);
    reml_token_info token;
    reml_reader *reader = open_text(source);
    found[reml_token_category_of(kind)]++;
    if (!tap_ok(reml_reader_token(reader, &token), "'%s' is a token", source)) continue;
    tap_int(token.kind, kind, "... of the kind %s", reml_token_label(kind));
    tap_int(token.span.end.offset, (int64_t)strlen(source), "... which ends with it");
    tap_ok(reml_reader_token(reader, &token) && token.kind == REML_TOKEN_EOF, "... then EOF");
    tap_ok(reml_reader_token(reader, &token) && token.kind == REML_TOKEN_EOF, "... and EOF again");
    tap_ok(reml_reader_error(reader) == NULL, "... without an error");
  }
  tap_int(REML_REFERENCE_TOKEN_COUNT, 85, "there are 85 terminals");
  for (size_t i = 0; i < TAP_COUNT(sizes); i++) {
    tap_int((int64_t)found[i], (int64_t)sizes[i], "category %zu has %zu of them", i, sizes[i]);
  }
}

/* Every two operators and keywords, written together: the longest match is taken, which is never
 * less than the first of them unless the two make a comment. */
static void try_pairs(void) {
  size_t tried = 0, wrong = 0;
  for (unsigned a = 1; a < REML_TOKEN_INT; a++) {
    for (unsigned b = 1; b < REML_TOKEN_INT; b++) {
      char source[32];
      const char *first = reml_token_label((reml_token_kind)a);
      const char *second = reml_token_label((reml_token_kind)b);
      snprintf(source, sizeof source, "%s %s\n", first, second);
      reml_token_info one, two;
      reml_reader *reader = open_text(source);
      bool good = reml_reader_token(reader, &one) && reml_reader_token(reader, &two) &&
                  one.kind == (reml_token_kind)a && two.kind == (reml_token_kind)b &&
                  two.span.start.offset == strlen(first) + 1;
      snprintf(source, sizeof source, "%s%s\n", first, second);
      if (strstr(source, "//") == NULL && strstr(source, "/*") == NULL) {
        reader = open_text(source);
        good = good && reml_reader_token(reader, &one) && one.span.start.offset == 0 &&
               one.span.end.offset >= strlen(first);
      }
      tried++;
      if (!good && wrong++ < 5) tap_note("  '%s' and '%s'", first, second);
    }
  }
  tap_int((int64_t)tried, 78 * 78, "all pairs of keywords and operators were tried");
  tap_int((int64_t)wrong, 0, "... and all were told apart");
}

/* --- payloads --- */

static void try_payloads(void) {
  static const struct {
    const char *source, *payload;
    reml_token_kind kind;
    int radix;
    reml_string_form form;
    size_t length; /* of a payload with NUL */
  } rows[] = {
      {"1_0__0_", "100", REML_TOKEN_INT, 10, REML_FORM_NORMAL, 3},
      {"0b1_01", "101", REML_TOKEN_INT, 2, REML_FORM_NORMAL, 3},
      {"0o7_0", "70", REML_TOKEN_INT, 8, REML_FORM_NORMAL, 2},
      {"0xDead_beef", "Deadbeef", REML_TOKEN_INT, 16, REML_FORM_NORMAL, 8},
      {"123456789012345678901234567890", "123456789012345678901234567890", REML_TOKEN_INT, 10,
       REML_FORM_NORMAL, 30},
      {"1_0.5_0e-1", "10.50e-1", REML_TOKEN_FLOAT, 0, REML_FORM_NORMAL, 8},
      {"'x'", "x", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\\n'", "\n", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\\t'", "\t", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\\r'", "\r", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\\\\'", "\\", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\\''", "'", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\\\"'", "\"", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\\0'", "\0", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\"'", "\"", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"'\xFF'", "\xFF", REML_TOKEN_CHAR, 0, REML_FORM_NORMAL, 1},
      {"\"\\n\\t\\r\\\\\\\"\\0\"", "\n\t\r\\\"\0", REML_TOKEN_STRING, 0, REML_FORM_NORMAL, 6},
      {"\"\\x\\'\\\xFF\"", "\\x\\'\\\xFF", REML_TOKEN_STRING, 0, REML_FORM_NORMAL, 6},
      {"\"a\r\nb\rc\nd\n\re\"", "a\nb\nc\nd\n\ne", REML_TOKEN_STRING, 0, REML_FORM_NORMAL, 10},
      {"r\"\\n\r\n\"", "\\n\n", REML_TOKEN_STRING, 0, REML_FORM_RAW, 3},
      {"\"\"\"\n\"\" \\n\r\"\"\"", "\n\"\" \\n\n", REML_TOKEN_STRING, 0, REML_FORM_MULTILINE, 7},
      {"\"\"", "", REML_TOKEN_STRING, 0, REML_FORM_NORMAL, 0},
      {"_a9_", "_a9_", REML_TOKEN_IDENT, 0, REML_FORM_NORMAL, 4},
      {"A\xE3\x81\x82", "A\xE3\x81\x82", REML_TOKEN_UPPER_IDENT, 0, REML_FORM_NORMAL, 4},
      {"\xC3\x89", "\xC3\x89", REML_TOKEN_IDENT, 0, REML_FORM_NORMAL, 2},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_token_info token = {0};
    reml_reader *reader = open_text(rows[i].source);
    tap_ok(reml_reader_token(reader, &token), "%s is a token", rows[i].source);
    tap_int(token.kind, rows[i].kind, "... of the right kind");
    tap_bytes(token.text.bytes, token.text.length, rows[i].payload, rows[i].length,
              "... with its payload");
    tap_int(token.radix, rows[i].radix, "... and its radix");
    tap_int(token.form, rows[i].form, "... and its form");
    tap_ok(reml_reader_token(reader, &token) && token.kind == REML_TOKEN_EOF, "... then EOF");
  }
  reml_token_info token = {0};
  tap_ok(reml_reader_token(open_reader("'\0'", 3), &token), "a NUL may be a character");
  tap_bytes(token.text.bytes, token.text.length, "", 1, "... and is its payload");
  tap_ok(reml_reader_token(open_reader("\"a\0b\"", 5), &token), "a NUL may stand in a string");
  tap_bytes(token.text.bytes, token.text.length, "a\0b", 3, "... and stays there");
}

/* --- places --- */

static void try_places(void) {
  static const struct {
    const char *source;
    unsigned line, column, offset; /* of the second token */
  } rows[] = {
      {"a b", 1, 3, 2},
      {"a\tb", 1, 3, 2},
      {"a\nb", 2, 1, 2},
      {"a\r\nb", 2, 1, 3},
      {"a\rb", 2, 1, 2},
      {"a\n\rb", 3, 1, 3},
      {"a\r\rb", 3, 1, 3},
      {"a/*\n\r\n*/b", 3, 3, 8},
      {"a// x\r\n b", 2, 2, 8},
      {"'\n' b", 1, 5, 4},
      {"'\r' b", 1, 5, 4},
      {"\"\n\" b", 2, 3, 4},
      {"r\"\r\n\" b", 2, 3, 6},
      {"\"\"\"\n\n\"\"\"b", 3, 4, 8},
      {"\xE3\x81\x82 b", 1, 5, 4},
      {"\"\\\n\"b", 2, 2, 4},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_token_info token = {0};
    reml_reader *reader = open_text(rows[i].source);
    bool good = reml_reader_token(reader, &token) && reml_reader_token(reader, &token);
    const reml_position *start = &token.span.start;
    tap_ok(good && start->line == rows[i].line && start->column == rows[i].column &&
               start->offset == rows[i].offset,
           "%s: the second token is at line %u column %u offset %u", rows[i].source, rows[i].line,
           rows[i].column, rows[i].offset);
  }
}

/* --- errors --- */

static void try_errors(void) {
  static const struct {
    const char *source, *message;
    unsigned start, end, line, column; /* line and column of the start */
  } rows[] = {
      {"a $", "Unexpected character: $", 2, 3, 1, 3},
      {"&", "Unexpected character: &", 0, 1, 1, 1},
      {"~", "Unexpected character: ~", 0, 1, 1, 1},
      {"\x01", "Unexpected character: \x01", 0, 1, 1, 1},
      {"\x7F", "Unexpected character: \x7F", 0, 1, 1, 1},
      {"\v", "Unexpected character: \v", 0, 1, 1, 1},
      {"\x80", "Unexpected character: \x80", 0, 1, 1, 1},
      {"\xC3", "Unexpected character: \xC3", 0, 1, 1, 1},
      {"\xC1\x80", "Unexpected character: \xC1", 0, 1, 1, 1},
      {"\xE3\x81", "Unexpected character: \xE3", 0, 1, 1, 1},
      {"\xF4\x8F\xBF", "Unexpected character: \xF4", 0, 1, 1, 1},
      {"\xF5\x80\x80\x80", "Unexpected character: \xF5", 0, 1, 1, 1},
      {"\n # x\r\ny", "Unexpected character: #", 2, 5, 2, 2},
      {"a\n#!x", "Unexpected character: #", 2, 5, 2, 1},
      {"\n/* x\n", "Unterminated block comment", 6, 6, 3, 1},
      {"/*/* */", "Unterminated block comment", 7, 7, 1, 8},
      {"\"ab\n", "Unterminated string", 4, 4, 2, 1},
      {"\"a\\", "Unterminated string", 3, 3, 1, 4},
      {"\"a\\\"", "Unterminated string", 4, 4, 1, 5},
      {"r\"a\r", "Unterminated raw string", 4, 4, 2, 1},
      {"\"\"\"a\"\"", "Unterminated multiline string", 6, 6, 1, 7},
      {"'", "Unexpected character: '", 0, 1, 1, 1},
      {"'a", "Unexpected character: '", 0, 1, 1, 1},
      {"'\\'", "Unexpected character: '", 0, 1, 1, 1},
      {"\xE2\x86\x92", "識別子の先頭に使用できないコードポイント U+2192 (profile=unicode)", 0, 3, 1,
       1},
      {"a\xE2\x86\x92z", "識別子に使用できないコードポイント U+2192 (profile=unicode)", 0, 5, 1, 1},
      {"\xF0\x9F\x98\x80", "識別子の先頭に使用できないコードポイント U+1F600 (profile=unicode)", 0,
       4, 1, 1},
      {"a\xED\xA0\x80", "無効な UTF-8 シーケンスです", 0, 4, 1, 1},
      {"\xF0\x80\x80\x80", "無効な UTF-8 シーケンスです", 0, 4, 1, 1},
      {"\xF4\x90\x80\x80", "無効な UTF-8 シーケンスです", 0, 4, 1, 1},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_token_info token = {.kind = REML_TOKEN_LET};
    reml_reader *reader = open_text(rows[i].source);
    while (reml_reader_token(reader, &token) && token.kind != REML_TOKEN_EOF)
      continue;
    const reml_lexical_error *error = reml_reader_error(reader);
    if (!tap_ok(error != NULL, "error %zu is one", i)) continue;
    tap_bytes(error->message.bytes, error->message.length, rows[i].message, strlen(rows[i].message),
              "... its message is %s", rows[i].message);
    tap_ok(error->span.start.offset == rows[i].start && error->span.end.offset == rows[i].end,
           "... its span is %u-%u", rows[i].start, rows[i].end);
    tap_ok(error->span.start.line == rows[i].line && error->span.start.column == rows[i].column,
           "... at line %u column %u", rows[i].line, rows[i].column);
    tap_ok(!reml_reader_token(reader, &token) && reml_reader_error(reader) == error,
           "... and it stays");
  }
  reml_token_info token;
  reml_reader *reader = open_reader("a\0", 2);
  tap_ok(reml_reader_token(reader, &token) && !reml_reader_token(reader, &token),
         "a NUL is an error");
  const reml_lexical_error *error = reml_reader_error(reader);
  static const char message[] = "Unexpected character: ";
  tap_bytes(error->message.bytes, error->message.length, message, sizeof message,
            "... with a NUL in its message");
}

/* --- huge tokens --- */

/* Feeds before, the middle so many times, after; returns the result. */
static const reml_result *feed_huge(const char *const parts[3], size_t times, size_t piece) {
  reml_config config = reml_config_default();
  bytes source = {0};
  bytes_add_text(&source, parts[0]);
  bytes_repeat(&source, parts[1], times);
  bytes_add_text(&source, parts[2]);
  reml_session *session =
      reml_session_open(new_context(), &config, reml_string_from("huge.reml"), NULL);
  if (session == NULL) tap_bail_out("no session");
  for (size_t at = 0; at < source.length; at += piece) {
    size_t left = source.length - at;
    reml_session_feed(session, source.data + at, left < piece ? left : piece);
  }
  bytes_free(&source);
  return reml_session_finish(session);
}

/* Bytes of the pattern's name, or of the value's text. */
static size_t payload_length(const reml_result *result) {
  reml_member member;
  const reml_tree *tree = result->tree;
  reml_node decl = reml_node_element(tree, result->unit, 2, 0);
  reml_node let = reml_node_member(tree, decl, 3, &member) ? member.child : 0;
  size_t longest = 0;
  reml_node parts[2] = {reml_node_member(tree, let, 0, &member) ? member.child : 0,
                        reml_node_member(tree, let, 2, &member) ? member.child : 0};
  for (int part = 0; part < 2; part++) {
    for (size_t i = 0; reml_node_member(tree, parts[part], i, &member); i++) {
      if (member.text.length > longest) longest = member.text.length;
    }
  }
  return longest;
}

static void try_huge_tokens(void) {
  static const struct {
    const char *name, *parts[3];
    size_t payload; /* of each repetition */
  } rows[] = {
      {"an identifier", {"let ", "ab", " = 1"}, 2},
      {"an identifier beyond ASCII", {"let ", "\xE3\x81\x82z", " = 1"}, 4},
      {"an integer", {"let x = ", "12", ""}, 2},
      {"an integer of underscores", {"let x = 1", "_1", ""}, 1},
      {"a hexadecimal integer", {"let x = 0x", "fF", ""}, 2},
      {"a float", {"let x = 1.", "12", "e5"}, 2},
      {"an exponent", {"let x = 1e+", "12", ""}, 2},
      {"a string", {"let x = \"", "ab", "\""}, 2},
      {"a string of escapes", {"let x = \"", "\\n\\q", "\""}, 3},
      {"a string of line breaks", {"let x = \"", "\r\n", "\""}, 1},
      {"a raw string", {"let x = r\"", "\\a", "\""}, 2},
      {"a multiline string of quotes", {"let x = \"\"\"", "\"a", "\"\"\""}, 2},
      {"a line comment", {"let x = 1 //", "\xE3\x81\x82#", "\n"}, 0},
      {"a block comment", {"let x = 1 /*", " *", "/"}, 0},
      {"blanks", {"let x = 1", " \t", ""}, 0},
      {"line breaks", {"let x = 1", "\r\n", ""}, 0},
  };
  size_t times = is_sanitized() ? 200000 : 2000000;
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    for (size_t piece = 1; piece <= 4096; piece *= 4096) {
      const reml_result *result = feed_huge(rows[i].parts, times, piece);
      if (!tap_ok(result->accepted, "%s of megabytes in pieces of %zu", rows[i].name, piece)) {
        continue;
      }
      size_t longest = payload_length(result), wanted = rows[i].payload * times;
      tap_ok(longest >= wanted && longest <= wanted + 8, "... has its whole payload");
    }
  }
}

/* What never ends is an error at the end of input, and what comes before is not read twice. */
static void try_huge_errors(void) {
  static const struct {
    const char *parts[3], *message;
  } rows[] = {
      {{"/*", "/* ", ""}, "Unterminated block comment"},
      {{"\"", "\\\"", ""}, "Unterminated string"},
      {{"r\"", "ab", ""}, "Unterminated raw string"},
      {{"\"\"\"", "\"\" ", ""}, "Unterminated multiline string"},
      {{"#", "!x", ""}, "Unexpected character: #"},
      {{"\xE2\x86\x92", "ab", ""},
       "識別子の先頭に使用できないコードポイント U+2192 (profile=unicode)"},
  };
  size_t times = is_sanitized() ? 200000 : 1000000;
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    for (size_t piece = 1; piece <= 4096; piece *= 4096) {
      const reml_result *result = feed_huge(rows[i].parts, times, piece);
      size_t length = strlen(rows[i].parts[0]) + times * strlen(rows[i].parts[1]);
      tap_bytes(result->diagnostics[0].message.bytes, result->diagnostics[0].message.length,
                rows[i].message, strlen(rows[i].message), "%s, after megabytes in pieces of %zu",
                rows[i].message, piece);
      tap_int(result->diagnostics[0].span.end.offset, (int64_t)length, "... at the very end");
    }
  }
}

/* --- code points of identifiers (lexer.md section 8.3) --- */

typedef struct code_points {
  unsigned char allowed[0x10000];
} code_points;

/* The ranges after "start" or "continue": ["0041","005A"], ... up to the end of their list. */
static void read_ranges(code_points *into, const char *text, const char *name) {
  char label[32];
  unsigned first, last, count = 0;
  snprintf(label, sizeof label, "\"%s\":[", name);
  const char *at = strstr(text, label);
  if (at == NULL) tap_bail_out("no list %s of code points", name);
  at += strlen(label);
  for (;; count++) {
    at += strspn(at, " \n,");
    if (sscanf(at, "[\"%x\",\"%x\"]", &first, &last) != 2) break;
    for (unsigned point = first; point <= last && point < 0x10000; point++) {
      into->allowed[point] = 1;
    }
    at = strchr(at, ']') + 1;
  }
  tap_ok(count > 40, "the golden list %s has %u ranges", name, count);
}

static size_t encode(char *to, unsigned point) {
  if (point < 0x800) {
    to[0] = (char)(0xC0 | point >> 6);
    to[1] = (char)(0x80 | (point & 0x3F));
    return 2;
  }
  if (point < 0x10000) {
    to[0] = (char)(0xE0 | point >> 12);
    to[1] = (char)(0x80 | (point >> 6 & 0x3F));
    to[2] = (char)(0x80 | (point & 0x3F));
    return 3;
  }
  to[0] = (char)(0xF0 | point >> 18);
  to[1] = (char)(0x80 | (point >> 12 & 0x3F));
  to[2] = (char)(0x80 | (point >> 6 & 0x3F));
  to[3] = (char)(0x80 | (point & 0x3F));
  return 4;
}

/* Whether the point can begin, or with a prefix continue, an identifier; the message must be the
 * right one if it cannot. */
static bool is_accepted(const reml_config *config, const char *prefix, unsigned point,
                        bool *wrong) {
  char source[16], message[128];
  size_t length = strlen(prefix);
  reml_token_info token;
  memcpy(source, prefix, length);
  length += encode(source + length, point);
  reml_reader *reader = reml_reader_open(config, source, length);
  if (reader == NULL) tap_bail_out("no reader");
  if (reml_reader_token(reader, &token)) {
    *wrong = token.kind != REML_TOKEN_IDENT || token.span.end.offset != length;
    return true;
  }
  snprintf(message, sizeof message, "%s U+%04X (profile=unicode)",
           *prefix ? "識別子に使用できないコードポイント"
                   : "識別子の先頭に使用できないコードポイント",
           point);
  if (point >= 0xD800 && point < 0xE000) strcpy(message, "無効な UTF-8 シーケンスです");
  const reml_lexical_error *error = reml_reader_error(reader);
  *wrong = error->message.length != strlen(message) ||
           memcmp(error->message.bytes, message, error->message.length) != 0 ||
           error->span.start.offset != 0 || error->span.end.offset != length;
  return false;
}

static void compare_points(const code_points *golden, const char *prefix, const char *name) {
  reml_config config = reml_config_default();
  unsigned differences = 0, wrong_messages = 0, accepted = 0;
  for (unsigned point = 0x80; point < 0x10000; point++) {
    bool wrong;
    bool is = is_accepted(&config, prefix, point, &wrong);
    accepted += is;
    wrong_messages += wrong;
    if (is != (golden->allowed[point] != 0) && differences++ < 5) tap_note("  U+%04X", point);
  }
  tap_int(differences, 0, "U+0080..U+FFFF %s an identifier as the golden list says", name);
  tap_int(wrong_messages, 0, "... and the others have the right message");
  tap_ok(accepted > 40000, "... (%u do)", accepted);
  for (unsigned point = 0x10000; point < 0x110000; point += is_sanitized() ? 997 : 61) {
    bool wrong;
    differences += is_accepted(&config, prefix, point, &wrong) || wrong;
  }
  tap_int(differences, 0, "... and from U+10000 up none does");
}

static void try_code_points(void) {
  static code_points start, next;
  bytes golden = {0};
  read_file(&golden, "compat/golden/identifier_codepoints.json");
  read_ranges(&start, golden.data, "start");
  read_ranges(&next, golden.data, "continue");
  compare_points(&start, "", "begin");
  compare_points(&next, "x", "continue");
  bytes_free(&golden);
}

/* --- the auxiliary interface (lexer.md section 11) --- */

static void try_symbols(void) {
  static const struct {
    const char *source, *display;
  } rows[] = {
      {"let", "let"},
      {"|>", "|>"},
      {"_", "_"},
      {"", "EOF"},
      {"4_2", "INT(42)"},
      {"0xFf", "INT(Ff)"},
      {"1.5", "FLOAT(1.5)"},
      {"'c'", "CHAR(c)"},
      {"x", "IDENT(x)"},
      {"X", "UPPER_IDENT(X)"},
      {"\"a\"", "STRING(\"a\")"},
      {"r\"\\\"", "STRING(\"\\\\\")"},
      {"\"\\n\\t\\r\\\"\\0\x01\x7F\"", "STRING(\"\\n\\t\\r\\\"\\000\\001\\127\")"},
      {"\"\xE3\x81\x82\"", "STRING(\"\\227\\129\\130\")"},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    char message[200];
    tap_ok(reml_reader_symbol(open_text(rows[i].source), rows[i].display), "'%s' is the symbol %s",
           rows[i].source, rows[i].display);
    reml_reader *reader = open_text(rows[i].source);
    tap_ok(!reml_reader_symbol(reader, "module"), "... and not another one");
    const reml_lexical_error *error = reml_reader_error(reader);
    snprintf(message, sizeof message, "`module` が必要ですが `%s` が見つかりました",
             rows[i].display);
    tap_bytes(error->message.bytes, error->message.length, message, strlen(message),
              "... which is what the error says");
  }
}

static void try_reading(void) {
  reml_token_info token = {0};
  reml_reader *reader = open_text("  let\n  x = 12 // end");
  tap_ok(reml_reader_symbol(reader, "let"), "a symbol skips what is in front of it");
  tap_ok(reml_reader_token(reader, &token) && is_text_of(&token, "x"), "a token follows a symbol");
  tap_ok(token.span.start.line == 2 && token.span.start.column == 3, "... in its place");
  tap_ok(!reml_reader_symbol(reader, "=="), "a symbol that is another one is an error");
  const reml_lexical_error *error = reml_reader_error(reader);
  tap_ok(error->span.start.offset == 10 && error->span.end.offset == 11,
         "... with the span of the token");
  tap_ok(!reml_reader_token(reader, &token) && !reml_reader_symbol(reader, "INT(12)"),
         "... and ends the reading");
  reader = open_text("a $");
  tap_ok(!reml_reader_symbol(reader, "let") && reml_reader_error(reader)->span.start.offset == 0,
         "the first error counts");
  reader = open_text("$");
  tap_ok(!reml_reader_symbol(reader, "let"), "a lexical error while a symbol is read");
  tap_bytes(reml_reader_error(reader)->message.bytes, reml_reader_error(reader)->message.length,
            "Unexpected character: $", 23, "... is the lexer's own");
  tap_ok(reml_reader_error(open_text("a")) == NULL, "before reading there is no error");
  reml_config config = reml_config_default();
  reader = reml_reader_open(&config, NULL, 0);
  tap_ok(reader && reml_reader_symbol(reader, "EOF"), "no bytes at all are an empty text");
}

/* Two readers of different profiles do not disturb each other. */
static void try_instances(void) {
  static const char source[] = "# c\n\xE3\x81\x82";
  reml_config strict = reml_config_default(), relaxed = strict;
  reml_value toml = {.kind = REML_VALUE_STRING, .as.string = {"toml_relaxed", 12}};
  reml_token_info token;
  tap_int(reml_config_set(&relaxed, "lex", "profile", &toml), REML_OK, "a profile is chosen");
  reml_reader *a = reml_reader_open(&strict, source, sizeof source - 1);
  reml_reader *b = reml_reader_open(&relaxed, source, sizeof source - 1);
  tap_ok(!reml_reader_token(a, &token), "the one has no # comments");
  tap_ok(reml_reader_token(b, &token) && token.kind == REML_TOKEN_IDENT, "the other has");
  tap_ok(!reml_reader_token(a, &token), "... and the one still has not");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"kinds", try_kinds},
      {"pairs", try_pairs},
      {"payloads", try_payloads},
      {"places", try_places},
      {"errors", try_errors},
      {"huge tokens", try_huge_tokens},
      {"huge errors", try_huge_errors},
      {"code points", try_code_points},
      {"symbols", try_symbols},
      {"reading", try_reading},
      {"instances", try_instances},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
