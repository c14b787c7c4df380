/* Diagnostics for other programs: the lines of compilers, and SARIF logs. */
#include "fixture.h"
#include "tap.h"

#include <string.h>

/* --- helpers --- */

static reml_string text(const char *of) {
  return reml_string_from(of);
}

static reml_diagnostic diagnostic_at(reml_position start, reml_position end) {
  return (reml_diagnostic){.severity = REML_ERROR,
                           .domain = REML_DOMAIN_PARSER,
                           .message = text("wrong"),
                           .file = text("a.reml"),
                           .span = {start, end}};
}

static void gcc_is(const reml_diagnostic *diagnostic, const char *expected, const char *name) {
  bytes out = {0};
  reml_status status = reml_write_diagnostic_gcc(diagnostic, bytes_write, &out);
  tap_ok(status == REML_OK && out.data != NULL, "%s", name);
  tap_text(out.data, expected, "... as it should be");
  bytes_free(&out);
}

static reml_sarif *new_log(void) {
  reml_sarif *log = reml_sarif_new();
  if (log == NULL) tap_bail_out("no log");
  return log;
}

static void write_log(const reml_sarif *log, bytes *out) {
  bytes_clear(out);
  tap_int(reml_write_sarif(log, REML_JSON_LINES, bytes_write, out), REML_OK, "a log is written");
}

static bool has(const bytes *log, const char *part) {
  return strstr(log->data, part) != NULL;
}

static void has_part(const bytes *log, const char *part, const char *name) {
  if (!tap_ok(has(log, part), "%s", name)) tap_note("  %s is not in %s", part, log->data);
}

/* A log with one diagnostic. */
static void log_of(const reml_diagnostic *diagnostic, const char *source, size_t offset,
                   bytes *out) {
  reml_result result = {.diagnostics = diagnostic, .diagnostic_count = 1};
  reml_sarif *log = new_log();
  tap_int(reml_sarif_add(log, &result, text(source), offset), REML_OK, "a result is added");
  write_log(log, out);
}

static void region_is(reml_diagnostic diagnostic, const char *source, size_t offset,
                      const char *region, const char *name) {
  bytes out = {0};
  log_of(&diagnostic, source, offset, &out);
  has_part(&out, region, name);
  bytes_free(&out);
}

/* --- the lines of compilers --- */

static void try_lines(void) {
  reml_diagnostic one = diagnostic_at((reml_position){2, 5, 9}, (reml_position){2, 6, 10});
  gcc_is(&one, "a.reml:2:5: error: wrong\n", "an error");
  one.codes[0] = "parser.limit.depth";
  gcc_is(&one, "a.reml:2:5: error: wrong [parser.limit.depth]\n", "... with a code");
  one.codes[1] = "other";
  gcc_is(&one, "a.reml:2:5: error: wrong [parser.limit.depth]\n", "... of two codes the first");
  one.note = "do otherwise";
  gcc_is(&one,
         "a.reml:2:5: error: wrong [parser.limit.depth]\n"
         "a.reml:2:5: note: do otherwise\n",
         "a note is a line of its own");
  one.codes[0] = one.note = NULL;
  reml_expected expected = {.humanized = "`)` is missing"};
  one.expected = &expected;
  gcc_is(&one, "a.reml:2:5: error: wrong\na.reml:2:5: note: `)` is missing\n",
         "and so is what could stand there");
  expected.humanized = "";
  gcc_is(&one, "a.reml:2:5: error: wrong\n", "... unless there are no words for it");
  one.expected = NULL;
  static const char *const words[] = {"error", "warning", "note", "note"};
  for (int i = 0; i < 4; i++) {
    bytes line = {0};
    bytes_add_text(&line, "a.reml:2:5: ");
    bytes_add_text(&line, words[i]);
    bytes_add_text(&line, ": wrong\n");
    one.severity = (reml_severity)(REML_ERROR + i);
    gcc_is(&one, line.data, "each severity has a word that is known");
    bytes_free(&line);
  }
  one.severity = REML_ERROR;
  one.span.start = (reml_position){0, 0, 0};
  gcc_is(&one, "a.reml:1:1: error: wrong\n", "there is no line or column 0");
  one.message = text("a\nb\tc\x1b[31m\xFF");
  one.file = text("x\ny");
  gcc_is(&one, "x␊y:1:1: error: a␊b c␛[31m\xEF\xBF\xBD\n",
         "nothing that is reported breaks the line or steers a terminal");
}

/* --- regions --- */

static void try_columns(void) {
  reml_diagnostic one = diagnostic_at((reml_position){1, 3, 2}, (reml_position){1, 5, 4});
  region_is(one, "abcd", 0,
            "\"region\":{\"startLine\":1,\"startColumn\":3,\"endLine\":1,\"endColumn\":5,"
            "\"byteOffset\":2,\"byteLength\":2}",
            "the end column is exclusive");
  region_is(one, "\xC3\xA9xy", 0, "\"startColumn\":2,\"endLine\":1,\"endColumn\":4,",
            "é is one column");
  one = diagnostic_at((reml_position){1, 8, 7}, (reml_position){1, 12, 11});
  region_is(one, "あ\xF0\x9D\x92\xB3\xF0\x9D\x92\xB3", 0,
            "\"startColumn\":3,\"endLine\":1,\"endColumn\":4,",
            "... and a character beyond U+FFFF is one, too");
  region_is(one, "\xFF\xFF\xE3\x81 abcdefg", 0, "\"startColumn\":8,\"endLine\":1,\"endColumn\":12,",
            "a byte that is no UTF-8 is one column");
  one = diagnostic_at((reml_position){2, 2, 7}, (reml_position){3, 3, 12});
  region_is(one, "あ \r\ná \nあ", 0,
            "\"startLine\":2,\"startColumn\":2,\"endLine\":3,\"endColumn\":3,\"byteOffset\":7,",
            "a span of two lines has its end column on the second one");
  one = diagnostic_at((reml_position){1, 5, 4}, (reml_position){1, 5, 4});
  region_is(one, "abcd", 0, "\"startColumn\":5,\"endLine\":1,\"endColumn\":5,\"byteOffset\":4,",
            "the end of the input is a place");
  one = diagnostic_at((reml_position){1, 1, 0}, (reml_position){1, 1, 0});
  region_is(one, "", 0, "\"startColumn\":1,\"endLine\":1,\"endColumn\":1,\"byteOffset\":0,",
            "... also of an empty one");
  one = diagnostic_at((reml_position){1, 3, 2}, (reml_position){1, 2, 1});
  region_is(one, "abcd", 0, "\"startColumn\":3,\"endLine\":1,\"endColumn\":3,\"byteOffset\":2,",
            "a span that ends before it begins is a place");
}

static void try_unknown_source(void) {
  reml_diagnostic one = diagnostic_at((reml_position){5, 3, 102}, (reml_position){5, 4, 103});
  const char *without = "\"region\":{\"startLine\":5,\"endLine\":5,\"byteOffset\":102,"
                        "\"byteLength\":1}";
  region_is(one, NULL, 0, without, "without the source a region has no columns");
  region_is(one, "abc", 0, without, "... and none when the source ends before it");
  region_is(one, "bcd", 101, without, "... or begins within the line");
  region_is(one, "abc", 100, "\"startColumn\":3,\"endLine\":5,\"endColumn\":4,",
            "the end of the source will do if it holds the line");
  region_is(one, "\xC3\xA9x", 100, "\"startColumn\":2,\"endLine\":5,\"endColumn\":3,",
            "... and is counted from there");
  one = diagnostic_at((reml_position){1, 9, 2}, (reml_position){1, 9, 2});
  region_is(one, "abcd", 0, "\"region\":{\"startLine\":1,\"endLine\":1,",
            "a column that cannot be has none");
  one = diagnostic_at((reml_position){0, 0, 0}, (reml_position){0, 0, 0});
  region_is(one, "abcd", 0, "\"startLine\":1,\"startColumn\":1,\"endLine\":1,\"endColumn\":1,",
            "there is no line or column 0");
}

/* --- names of files --- */

static void uri_is(const char *file, const char *uri) {
  bytes out = {0}, part = {0};
  reml_diagnostic one = diagnostic_at((reml_position){1, 1, 0}, (reml_position){1, 1, 0});
  one.file = text(file);
  bytes_add_text(&part, "\"artifactLocation\":{\"uri\":\"");
  bytes_add_text(&part, uri);
  bytes_add_text(&part, "\"}");
  log_of(&one, "", 0, &out);
  has_part(&out, part.data, uri);
  bytes_free(&out);
  bytes_free(&part);
}

static void try_uris(void) {
  uri_is("src/a.reml", "src/a.reml");
  uri_is("a b%.reml", "a%20b%25.reml");
  uri_is("a:b", "a%3Ab");
  uri_is("あ.reml", "%E3%81%82.reml");
  uri_is("caf\xE9", "caf%E9");
  uri_is("/tmp/a#b?c", "file:///tmp/a%23b%3Fc");
  uri_is("./a.reml", "a.reml");
  uri_is(".//././a", "a");
  uri_is("../a", "../a");
  uri_is("./", "./");
  uri_is(".hidden", ".hidden");
  uri_is("<stdin>", "%3Cstdin%3E");
  uri_is("a\"\\\n", "a%22%5C%0A");
  uri_is("", "");
}

/* --- whole logs --- */

static void try_empty_log(void) {
  bytes out = {0};
  write_log(new_log(), &out);
  has_part(&out, "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"remlparse\",",
           "an empty log names the tool");
  has_part(&out, "\"version\":\"" REML_VERSION "\"", "... and its version");
  has_part(&out, "\"columnKind\":\"unicodeCodePoints\"", "... says what columns count");
  has_part(&out, "\"newlineSequences\":[\"\\r\\n\",\"\\n\",\"\\r\"]", "... and what ends a line");
  has_part(&out,
           "\"invocations\":[{\"executionSuccessful\":true,\"toolExecutionNotifications\":[]}]",
           "... that all went well");
  has_part(&out, "\"results\":[]}]}\n", "... and has a list without results");
  tap_int(reml_write_sarif(new_log(), REML_JSON_PRETTY, bytes_write, &out), REML_OK,
          "a log can be indented");
  has_part(&out, "\n{\n  \"$schema\": ", "... by two blanks");
  bytes_free(&out);
}

static void try_results(void) {
  reml_config config = reml_config_default();
  config.packrat = true;
  config.require_eof = true;
  reml_sarif *log = new_log();
  bytes out = {0};
  const char *source = "let x = )";
  const reml_result *rejected = parse(&config, source);
  tap_int((int64_t)rejected->diagnostic_count, 3, "a result with three diagnostics");
  tap_int(reml_sarif_add(log, rejected, text(source), 0), REML_OK, "... is added");
  tap_int(reml_sarif_add(log, parse(&config, "let x = 1"), text(source), 0), REML_OK,
          "... and so is an accepted one");
  write_log(log, &out);
  has_part(&out,
           "{\"ruleId\":\"parser.runconfig.left_recursion_unimplemented\",\"ruleIndex\":6,"
           "\"level\":\"warning\",",
           "the warning is there");
  const char *second = strstr(out.data, "\"ruleId\":\"reml.syntax\",\"ruleIndex\":0,");
  tap_ok(second != NULL, "a syntax error has a rule of its own");
  tap_ok(second != NULL && strstr(second, "\"ruleId\":\"parser.require_eof") != NULL,
         "... and is followed by the third");
  has_part(&out, "\"expected\":[{\"kind\":\"keyword\",\"value\":\"continue\"},",
           "what could stand there is a property");
  has_part(&out, "\"executionSuccessful\":true", "a mistake in a source is no failure of the run");
  const char *warning = strstr(second != NULL ? second : "", "left_recursion_unimplemented");
  tap_ok(warning != NULL, "the accepted result has its warning");
  bytes_free(&out);
}

static void try_texts(void) {
  bytes out = {0};
  reml_diagnostic one = diagnostic_at((reml_position){1, 1, 0}, (reml_position){1, 1, 0});
  reml_expected expected = {.humanized = "b"};
  one.message = text("a\xFF\"");
  one.expected = &expected;
  one.note = "c";
  one.codes[0] = "new.code";
  log_of(&one, "", 0, &out);
  has_part(&out, "\"message\":{\"text\":\"a\xEF\xBF\xBD\\\"\\nb\\nc\"}",
           "a message is UTF-8, and what could stand there and the note follow it");
  has_part(&out, "{\"ruleId\":\"new.code\",\"level\":", "a code without a rule has no index");
  one = diagnostic_at((reml_position){1, 1, 0}, (reml_position){1, 1, 0});
  one.severity = REML_HINT;
  one.domain = REML_DOMAIN_NONE;
  log_of(&one, "", 0, &out);
  has_part(&out, "\"level\":\"note\",\"message\":{\"text\":\"wrong\"}", "a hint is a note");
  has_part(&out, "\"properties\":{}", "... which may have no properties");
  bytes_free(&out);
}

/* --- what is no result --- */

static reml_yield fail(void *user, const reml_demand *demand) {
  (void)demand;
  return reml_yield_error(*(const reml_stream_error_kind *)user, "it broke");
}

static const reml_result *failed_stream(reml_stream_error_kind kind) {
  reml_stream_config config = reml_stream_config_default();
  reml_feeder feeder = {.pull = fail, .user = &kind};
  return reml_run_stream(new_context(), &config, text("a.reml"), &feeder).result;
}

static void try_failures(void) {
  static const struct {
    reml_stream_error_kind kind;
    const char *code;
    bool is_result;
  } rows[] = {{REML_STREAM_IO_FAILED, "parser.stream.io_failed", false},
              {REML_STREAM_DECODER_FAILED, "parser.stream.decoder_failed", true},
              {REML_STREAM_FEEDER_BUG, "parser.stream.feeder_bug", false},
              {REML_STREAM_USER_CANCELLED, "parser.stream.cancelled", false}};
  bytes out = {0};
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_sarif *log = new_log();
    reml_sarif_add(log, failed_stream(rows[i].kind), text(""), 0);
    write_log(log, &out);
    bytes part = {0};
    bytes_add_text(&part, rows[i].is_result ? "\"ruleId\":\"" : "\"descriptor\":{\"id\":\"");
    bytes_add_text(&part, rows[i].code);
    has_part(&out, part.data, rows[i].code);
    tap_ok(has(&out, "\"executionSuccessful\":true") == rows[i].is_result,
           "... is a failure of the %s", rows[i].is_result ? "input" : "run");
    bytes_free(&part);
  }
  reml_sarif *log = new_log();
  tap_int(reml_sarif_add_failure(log, text("a b"), text("no \xFFile")), REML_OK,
          "what could not be read is added");
  write_log(log, &out);
  has_part(&out,
           "\"toolExecutionNotifications\":[{\"descriptor\":{\"id\":\"reml.input.unreadable\","
           "\"index\":0},\"level\":\"error\",\"message\":{\"text\":\"no \xEF\xBF\xBDile\"},"
           "\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"a%20b\"}}}]}]",
           "... with its name and the reason");
  has_part(&out, "\"executionSuccessful\":false", "... and the run has failed");
  has_part(&out, "\"results\":[]", "... without a result");
  bytes_free(&out);
}

/* --- wrong use --- */

static bool refuse(void *user, const char *data, size_t count) {
  (void)data;
  *(size_t *)user += count;
  return false;
}

static void try_missing(void) {
  size_t count = 0;
  reml_result result = {.status = REML_OK};
  reml_diagnostic one = diagnostic_at((reml_position){1, 1, 0}, (reml_position){1, 1, 0});
  tap_int(reml_write_diagnostic_gcc(NULL, bytes_write, NULL), REML_BAD_USE, "no diagnostic");
  tap_int(reml_write_diagnostic_gcc(&one, NULL, NULL), REML_BAD_USE, "a line to nowhere");
  tap_int(reml_write_diagnostic_gcc(&one, refuse, &count), REML_IO_FAILED, "a line is refused");
  tap_int(reml_sarif_add(NULL, &result, text(""), 0), REML_BAD_USE, "a result to no log");
  tap_int(reml_sarif_add(new_log(), NULL, text(""), 0), REML_BAD_USE, "no result to a log");
  tap_int(reml_sarif_add_failure(NULL, text("a"), text("b")), REML_BAD_USE, "no log to fail in");
  tap_int(reml_write_sarif(NULL, REML_JSON_LINES, bytes_write, NULL), REML_BAD_USE, "no log");
  tap_int(reml_write_sarif(new_log(), REML_JSON_LINES, NULL, NULL), REML_BAD_USE,
          "a log to nowhere");
  tap_int(reml_write_sarif(new_log(), REML_JSON_LINES, refuse, &count), REML_IO_FAILED,
          "a log is refused");
  tap_ok(count > 0, "... when it is offered");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"lines of compilers", try_lines},
      {"columns", try_columns},
      {"unknown source", try_unknown_source},
      {"URIs", try_uris},
      {"empty log", try_empty_log},
      {"results", try_results},
      {"texts", try_texts},
      {"failures", try_failures},
      {"missing arguments", try_missing},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
