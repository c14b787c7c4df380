/* Sessions and entry points: calls in and out of order, limits, several at a time (contract
 * driver.md section 2). */
#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc.h>

#include "fixture.h"
#include "tap.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* --- helpers --- */

static reml_session *open_named(const reml_config *config, const char *name) {
  reml_session *session = reml_session_open(new_context(), config, reml_string_from(name), NULL);
  if (session == NULL) tap_bail_out("no session");
  return session;
}

static reml_session *open_default(void) {
  reml_config config = reml_config_default();
  return open_named(&config, "a.reml");
}

static reml_status feed(reml_session *session, const char *text) {
  return reml_session_feed(session, text, strlen(text));
}

static bool is_text(reml_string text, const char *expected) {
  return text.length == strlen(expected) && memcmp(text.bytes, expected, text.length) == 0;
}

static void code_is(const reml_result *result, const char *code, const char *name) {
  bytes json = {0};
  bytes wanted = {0};
  print_result(result, &json);
  bytes_add_text(&wanted, "\"codes\":[\"");
  bytes_add_text(&wanted, code);
  tap_ok(strstr(json.data, wanted.data) != NULL, "%s", name);
  bytes_free(&json);
  bytes_free(&wanted);
}

/* --- the order of calls --- */

static void try_order(void) {
  reml_session *session = open_default();
  tap_int(feed(session, "let x"), REML_OK, "a piece can be fed");
  tap_int(reml_session_feed(session, "", 0), REML_OK, "... an empty one");
  tap_int(reml_session_feed(session, NULL, 0), REML_OK, "... also from nowhere");
  tap_int(feed(session, " = 1"), REML_OK, "... and another one");
  const reml_result *result = reml_session_finish(session);
  tap_ok(result->status == REML_OK && result->accepted, "the result is there after finishing");
  tap_ok(reml_session_finish(session) == result, "finishing again gives the same");
  tap_int(feed(session, "let y = 1"), REML_BAD_USE, "feeding a finished session is bad use");
  tap_int(reml_session_feed(session, "", 0), REML_BAD_USE, "... also with nothing");
  tap_ok(reml_session_finish(session)->accepted && result->span.end.offset == 9,
         "... and does not change the result");
  result = reml_session_finish(open_default());
  tap_ok(result->accepted && result->span.end.offset == 0 && !result->consumed,
         "a session that was fed nothing has parsed an empty file");
}

static void try_missing(void) {
  reml_config config = reml_config_default();
  reml_context *context = new_context();
  reml_session *session = open_default();
  reml_string name = reml_string_from("a");
  tap_ok(reml_session_open(NULL, &config, name, NULL) == NULL, "no context, no session");
  tap_ok(reml_session_open(context, NULL, name, NULL) == NULL, "no configuration, no session");
  tap_int(reml_session_feed(NULL, "x", 1), REML_BAD_USE, "feeding no session is bad use");
  tap_int(reml_session_finish(NULL)->status, REML_BAD_USE, "... and so is finishing none");
  tap_int(reml_run(NULL, &config, name, "", 0)->status, REML_BAD_USE, "a run needs a context");
  tap_int(reml_run(context, NULL, name, "", 0)->status, REML_BAD_USE, "... a configuration");
  tap_int(reml_run(context, &config, name, NULL, 1)->status, REML_BAD_USE, "... and its bytes");
  tap_int(reml_run_string(context, &config, NULL, name)->status, REML_BAD_USE, "... or text");
  tap_int(reml_run_partial(context, NULL, name, "", 0).result->status, REML_BAD_USE,
          "... also a partial one");
  tap_int(reml_session_feed(session, NULL, 1), REML_BAD_USE, "feeding bytes of nowhere is bad use");
  tap_int(feed(session, "let x = 1"), REML_OK, "... and the session goes on");
  const reml_result *result = reml_session_finish(session);
  tap_ok(result->accepted, "... to its result");
  tap_int(reml_write_ast_text(NULL, bytes_write, NULL), REML_BAD_USE, "printing no result");
  tap_int(reml_write_ast_text(result, NULL, NULL), REML_BAD_USE, "printing to nowhere");
  tap_int(reml_write_ast_json(NULL, bytes_write, NULL), REML_BAD_USE, "no result as JSON");
  tap_int(reml_write_ast_json(result, NULL, NULL), REML_BAD_USE, "JSON to nowhere");
  tap_int(reml_write_result_json(NULL, true, bytes_write, NULL), REML_BAD_USE, "no whole result");
  tap_int(reml_write_result_json(result, true, NULL, NULL), REML_BAD_USE, "one to nowhere");
  tap_int(reml_write_tokens_json(NULL, "x", 1, bytes_write, NULL), REML_BAD_USE,
          "tokens without a configuration");
  tap_int(reml_write_tokens_json(&config, NULL, 1, bytes_write, NULL), REML_BAD_USE,
          "tokens of nowhere");
  reml_context_reset(NULL);
  reml_config_each(NULL, NULL, NULL);
  reml_string absent = reml_string_from(NULL);
  tap_ok(absent.bytes == NULL && absent.length == 0, "no text is an absent string");
}

static bool refuse(void *user, const char *data, size_t count) {
  (void)data;
  *(size_t *)user += count;
  return false;
}

static void try_refusing_writer(void) {
  const reml_result *accepted = reml_session_finish(open_default());
  reml_session *session = open_default();
  feed(session, ")");
  const reml_result *rejected = reml_session_finish(session);
  const reml_diagnostic *error = rejected->diagnostics;
  reml_text_style style = {.snippet = true, .source = {")", 1}};
  size_t count = 0;
  tap_int(reml_write_ast_json(accepted, refuse, &count), REML_IO_FAILED, "a writer may give up");
  tap_int(reml_write_result_json(rejected, true, refuse, &count), REML_IO_FAILED, "... here");
  tap_int(reml_write_diagnostic_json(rejected, error, refuse, &count), REML_IO_FAILED, "... here");
  tap_int(reml_write_cli_json(rejected, error, REML_JSON_LINES, refuse, &count), REML_IO_FAILED,
          "... here");
  tap_int(reml_write_diagnostic_text(rejected, error, &style, refuse, &count), REML_IO_FAILED,
          "... here");
  tap_int(reml_write_parse_debug(rejected, NULL, reml_string_from("a"), refuse, &count),
          REML_IO_FAILED, "... and here");
  tap_ok(count > 0, "... after the first bytes");
}

/* --- after an error --- */

static void try_after_errors(void) {
  static const char *const sources[] = {"let x = )", "let x = $", "let x = perform A.b(1) let",
                                        "let x = t.0x1 let"};
  for (size_t i = 0; i < TAP_COUNT(sources); i++) {
    reml_config config = reml_config_default();
    bytes whole = {0}, pieces = {0}, source = {0};
    reml_session *session = open_named(&config, "case.reml");
    tap_ok(!reml_session_is_over(session), "a session that was opened is not over");
    tap_int(feed(session, sources[i]), REML_OK, "%s: a mistake is no failure of feeding",
            sources[i]);
    bool good = true;
    for (int k = 0; k < 100; k++)
      good = good && feed(session, " let \xFF \" /* ") == REML_OK;
    tap_ok(good, "... nor is what comes behind it");
    tap_ok(reml_session_is_over(session), "... but the session is over");
    print_result(reml_session_finish(session), &pieces);
    bytes_add_text(&source, sources[i]);
    bytes_repeat(&source, " let \xFF \" /* ", 100);
    run_and_print(&config, source.data, source.length, &whole);
    tap_bytes(pieces.data, pieces.length, whole.data, whole.length, "... and both are one result");
    bytes_free(&whole);
    bytes_free(&pieces);
    bytes_free(&source);
  }
}

/* --- max_bytes --- */

static const reml_result *parse_limited(uint64_t most, const char *source, size_t piece) {
  reml_config config = reml_config_default();
  config.max_bytes = most;
  reml_session *session = open_named(&config, "a.reml");
  size_t length = strlen(source);
  for (size_t at = 0; at < length; at += piece) {
    reml_session_feed(session, source + at, length - at < piece ? length - at : piece);
  }
  return reml_session_finish(session);
}

static void try_max_bytes(void) {
  static const char source[] = "let x = 12345";
  for (size_t piece = 1; piece <= sizeof source; piece += 3) {
    const reml_result *result = parse_limited(sizeof source - 1, source, piece);
    tap_ok(result->status == REML_OK && result->accepted,
           "in pieces of %zu, a source of max_bytes is accepted", piece);
    result = parse_limited(sizeof source - 2, source, piece);
    tap_int(result->status, REML_TOO_LARGE, "... and one of a byte more is too large");
    tap_ok(!result->accepted && result->tree == NULL, "... without a tree");
    tap_int((int64_t)result->diagnostic_count, 1, "... with one diagnostic");
    code_is(result, "parser.limit.bytes", "... which says so");
    result = parse_limited(0, source, piece);
    tap_int(result->status, REML_TOO_LARGE, "with max_bytes of 0 every byte is too much");
  }
  tap_ok(parse_limited(0, "", 1)->accepted, "... but not an empty source");
  tap_int(parse_limited(UINT64_MAX, source, 4)->status, REML_OK,
          "a max_bytes beyond what is possible is no mistake");
  reml_config config = reml_config_default();
  config.max_bytes = 9;
  reml_session *session = open_named(&config, "a.reml");
  tap_int(feed(session, "let x = )"), REML_OK, "a mistake within max_bytes");
  tap_int(feed(session, "and more"), REML_OK, "... makes the rest uninteresting");
  const reml_result *result = reml_session_finish(session);
  tap_ok(result->status == REML_OK && result->diagnostic_count == 1, "... also its length");
  session = open_named(&config, "a.reml");
  tap_int(feed(session, "let x = 12"), REML_TOO_LARGE, "feeding too much says so");
  tap_int(feed(session, "3"), REML_TOO_LARGE, "... and keeps saying so");
  tap_int(reml_session_finish(session)->status, REML_TOO_LARGE, "... to the end");
}

/* --- several sessions --- */

enum { TOGETHER = 8 };

static void try_interleaved(void) {
  static const char *const sources[TOGETHER] = {"let x = [1, 2, 3]",
                                                "let y = \"a\nb\" + )",
                                                "fn f() { let z = 'c' }",
                                                "let \xC3\x89 = 0xfF",
                                                "/* open",
                                                "use A.{b, c}",
                                                "match",
                                                ""};
  reml_session *sessions[TOGETHER];
  reml_config configs[TOGETHER];
  size_t longest = 0;
  for (size_t i = 0; i < TOGETHER; i++) {
    configs[i] = reml_config_default();
    configs[i].trace = i % 2;
    configs[i].require_eof = i % 3 == 0;
    sessions[i] = open_named(&configs[i], "case.reml");
    if (strlen(sources[i]) > longest) longest = strlen(sources[i]);
  }
  for (size_t at = 0; at < longest; at++) {
    for (size_t i = 0; i < TOGETHER; i++) {
      if (at < strlen(sources[i])) reml_session_feed(sessions[i], sources[i] + at, 1);
    }
  }
  for (size_t i = TOGETHER; i-- > 0;) {
    bytes mixed = {0}, alone = {0};
    print_result(reml_session_finish(sessions[i]), &mixed);
    run_and_print(&configs[i], sources[i], strlen(sources[i]), &alone);
    tap_bytes(mixed.data, mixed.length, alone.data, alone.length,
              "session %zu: among others it gives what it gives alone", i);
    bytes_free(&mixed);
    bytes_free(&alone);
  }
}

/* --- threads --- */

typedef struct job {
  unsigned number;
  size_t rounds, good;
} job;

static bytes program, program_result;

static bool parses_as_ever(void) {
  reml_config config = golden_config();
  bytes printed = {0};
  run_and_print(&config, program.data, program.length, &printed);
  bool same = printed.length == program_result.length &&
              memcmp(printed.data, program_result.data, printed.length) == 0;
  bytes_free(&printed);
  return same;
}

static void *work(void *user) {
  job *self = user;
  struct GC_stack_base base;
  if (GC_get_stack_base(&base) != GC_SUCCESS) return NULL;
  GC_register_my_thread(&base);
  for (size_t i = 0; i < self->rounds; i++)
    self->good += parses_as_ever();
  GC_unregister_my_thread();
  return NULL;
}

static void try_threads(void) {
  enum { THREADS = 4 };
  pthread_t threads[THREADS];
  job jobs[THREADS];
  reml_config config = golden_config();
  new_context();
  GC_allow_register_threads();
  read_file(&program, "tests/samples/inventory.reml");
  for (int i = 0; i < 30; i++)
    bytes_add_text(&program, "let v = [f(1), \"text\", (a, b)]\n");
  run_and_print(&config, program.data, program.length, &program_result);
  for (unsigned i = 0; i < THREADS; i++) {
    jobs[i] = (job){.number = i, .rounds = is_sanitized() ? 20 : 200};
    if (pthread_create(&threads[i], NULL, work, &jobs[i]) != 0) tap_bail_out("no thread");
  }
  for (int i = 0; i < 20; i++)
    GC_gcollect();
  for (unsigned i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    tap_int((int64_t)jobs[i].good, (int64_t)jobs[i].rounds,
            "thread %u: all its parses give the same result", i);
  }
}

/* The collector keeps a result alive by what points to it, and moves nothing. */
static void try_collecting(void) {
  reml_config config = golden_config();
  bytes before = {0}, after = {0};
  read_file(&program, "tests/samples/inventory.reml");
  const reml_result *result = parse(&config, program.data);
  print_result(result, &before);
  for (int i = 0; i < 50; i++) {
    parse(&config, program.data);
    GC_gcollect();
  }
  print_result(result, &after);
  tap_bytes(after.data, after.length, before.data, before.length,
            "a result is still whole after many collections");
  bytes_free(&before);
  bytes_free(&after);
}

static void try_memory_returns(void) {
  reml_config config = golden_config();
  bytes source = {0};
  bytes_repeat(&source, "let v = [f(1), \"text\", (a, b)]\n", 2000);
  for (int i = 0; i < 20; i++)
    parse(&config, source.data);
  size_t early = GC_get_heap_size();
  for (int i = 0; i < 200; i++)
    parse(&config, source.data);
  size_t late = GC_get_heap_size();
  size_t swing = 4 << 20; /* of the heap by itself; 200 trees are ten times that */
  tap_ok(late < early * 3 + swing, "parsing again and again does not need more and more (%zu, %zu)",
         early, late);
  bytes_free(&source);
}

/* --- entry points in one call --- */

static void try_entry_points(void) {
  reml_config config = reml_config_default();
  reml_context *context = new_context();
  reml_string name = reml_string_from("a.reml");
  tap_ok(reml_run(context, &config, name, "let x = 1 )", 9)->accepted,
         "run takes so many bytes and no more");
  tap_ok(reml_run(context, &config, name, NULL, 0)->accepted, "run takes no bytes");
  tap_ok(!reml_run(context, &config, name, "let x = 1\0", 10)->accepted, "a NUL is a byte");
  tap_ok(reml_run_string(context, &config, "let x = 1", name)->accepted, "run_string takes a text");
  config.require_eof = true;
  reml_partial partial = reml_run_partial(context, &config, name, "let x = )", 9);
  tap_ok(!partial.has_rest, "run_partial leaves no rest");
  tap_int((int64_t)partial.result->diagnostic_count, 1, "... and does not require the end");
  tap_ok(!partial.result->config.require_eof, "... which is what its configuration says");
  tap_ok(config.require_eof, "... and not that of the caller");
  partial = reml_run_partial(context, &config, name, "let x = 1", 9);
  tap_ok(partial.result->accepted && !partial.has_rest, "run_partial accepts whole files only");
}

static void try_parse(void) {
  reml_context *context = new_context();
  const reml_diagnostic *error = (const reml_diagnostic *)1;
  const reml_result *result = reml_parse(context, reml_string_from("a"), "let x = 1", 9, &error);
  tap_ok(result->accepted && error == NULL, "parse: a program has no error");
  tap_ok(result->config.require_eof && result->config.legacy_result,
         "... with the configuration legacy(true, true)");
  result = reml_parse(context, reml_string_from("a"), "let x = ) 1", 11, &error);
  tap_ok(!result->accepted && error == result->diagnostics, "a mistake is the first diagnostic");
  tap_int((int64_t)result->diagnostic_count, 2, "... of two");
  tap_int(error->severity, REML_ERROR, "... an error");
  tap_ok(is_text(error->file, "a"), "... in the file");
  result = reml_parse(context, (reml_string){NULL, 0}, NULL, 0, &error);
  tap_ok(result->accepted && error == NULL, "an empty file is a program");
}

static void try_names(void) {
  reml_config config = reml_config_default();
  static const struct {
    reml_string given;
    const char *shown;
  } rows[] = {{{"dir/b.reml", 10}, "dir/b.reml"}, {{NULL, 0}, "<入力>"}, {{"", 0}, "<入力>"}};
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    const reml_result *result = reml_run(new_context(), &config, rows[i].given, ")", 1);
    tap_ok(is_text(result->diagnostics[0].file, rows[i].shown), "a file is shown as %s",
           rows[i].shown);
  }
  char name[] = "changing";
  reml_session *session = reml_session_open(new_context(), &config, (reml_string){name, 8}, NULL);
  memset(name, 'x', 8);
  feed(session, ")");
  tap_ok(is_text(reml_session_finish(session)->diagnostics[0].file, "changing"),
         "the name is copied when the session is opened");
  const reml_result *result = reml_run(new_context(), &config, (reml_string){"a\0b", 3}, ")", 1);
  tap_int((int64_t)result->diagnostics[0].file.length, 3, "a name may hold NUL");
}

/* --- fields of the result --- */

static void try_fields(void) {
  reml_config config = reml_config_default();
  const reml_result *result = parse(&config, "let x = 1\n  ");
  tap_ok(result->span.start.offset == 0 && result->span.start.line == 1 &&
             result->span.end.offset == 12 && result->span.end.line == 2 &&
             result->span.end.column == 3,
         "the span of an accepted source is all of it");
  tap_ok(result->consumed && !result->has_farthest && result->legacy_error == NULL,
         "... tokens were read, and there was no error");
  tap_ok(!result->has_span_trace, "without trace there is none");
  config.trace = true;
  tap_ok(parse(&config, "let x = 1")->has_span_trace, "with trace there is one");
  tap_ok(!parse(&config, "let x = ")->has_span_trace, "... but not of a rejected source");
  result = parse(&config, "let x = )");
  tap_ok(!result->accepted && result->tree == NULL && result->unit == 0, "a mistake has no tree");
  tap_ok(result->has_farthest && result->farthest_error_offset == 8, "... but an offset");
  tap_ok(result->legacy_error && result->legacy_error->span.start.offset == 8 &&
             result->legacy_error->expected && result->legacy_error->expected->count == 27,
         "... and a legacy error with its set");
  tap_ok(!parse(&config, "$")->consumed, "a lexical error at once has consumed nothing");
  tap_ok(parse(&config, ")")->consumed, "a wrong token has been consumed");
  config.locale = reml_string_from("ja-JP");
  result = parse(&config, "");
  tap_ok(is_text(result->config.locale, "ja-JP"), "the locale is in the effective configuration");
}

static void try_warning(void) {
  reml_config config = reml_config_default();
  config.left_recursion = REML_LEFT_ON;
  const reml_result *result = parse(&config, "let x = 1");
  tap_ok(result->accepted && result->diagnostic_count == 1,
         "an accepted source may have a warning");
  tap_int(result->diagnostics[0].severity, REML_WARNING, "... which is one");
  tap_ok(!result->diagnostics[0].has_identity && !result->diagnostics[0].has_run_config,
         "... without identity and metadata");
  tap_ok(!result->has_farthest && result->legacy_error == NULL, "... and no error");
  config.left_recursion = REML_LEFT_OFF;
  config.packrat = true;
  tap_int((int64_t)parse(&config, "")->diagnostic_count, 0, "left_recursion off gives none");
  config.left_recursion = REML_LEFT_AUTO;
  tap_int((int64_t)parse(&config, "")->diagnostic_count, 1, "auto with packrat gives one");
}

/* --- the context --- */

static void try_sequence(void) {
  reml_config config = reml_config_default();
  reml_context *context = new_context();
  reml_string name = reml_string_from("a");
  for (unsigned i = 0; i < 3; i++) {
    const reml_result *result = reml_run(context, &config, name, ")", 1);
    tap_int((int64_t)result->diagnostics[0].sequence, i, "diagnostic %u of a context", i);
  }
  reml_context_reset(context);
  tap_int((int64_t)reml_run(context, &config, name, ")", 1)->diagnostics[0].sequence, 0,
          "after a reset they are numbered from 0 again");
  tap_int((int64_t)reml_run(new_context(), &config, name, ")", 1)->diagnostics[0].sequence, 0,
          "... and in another context");
}

static void try_timestamp(void) {
  reml_config config = reml_config_default();
  setenv("REMLC_FIXED_TIMESTAMP", "2001-02-03T04:05:06Z", 1);
  reml_context *context = new_context();
  setenv("REMLC_FIXED_TIMESTAMP", "changed", 1);
  const reml_result *result = reml_run(context, &config, reml_string_from("a"), ")", 1);
  tap_text(result->diagnostics[0].timestamp, "2001-02-03T04:05:06Z",
           "the fixed time of the environment is read once");
  unsetenv("REMLC_FIXED_TIMESTAMP");
  result = reml_run(new_context(), &config, reml_string_from("a"), ")", 1);
  const char *now = result->diagnostics[0].timestamp;
  tap_ok(strlen(now) == 20 && now[4] == '-' && now[10] == 'T' && now[19] == 'Z',
         "without one it is the clock's (%s)", now);
}

static void try_constants(void) {
  tap_text(reml_version(), REML_VERSION, "the version is that of the header");
  for (int status = REML_OK; status <= REML_IO_FAILED; status++) {
    const char *text = reml_status_text((reml_status)status);
    tap_ok(text && *text && strcmp(text, "unknown status") != 0, "status %d has a text: %s", status,
           text);
  }
  tap_text(reml_status_text((reml_status)99), "unknown status", "... but not every number");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"order", try_order},
      {"missing arguments", try_missing},
      {"writers that give up", try_refusing_writer},
      {"after errors", try_after_errors},
      {"max_bytes", try_max_bytes},
      {"interleaved", try_interleaved},
      {"threads", try_threads},
      {"collecting", try_collecting},
      {"memory returns", try_memory_returns},
      {"entry points", try_entry_points},
      {"parse", try_parse},
      {"names", try_names},
      {"fields", try_fields},
      {"warning", try_warning},
      {"sequence", try_sequence},
      {"timestamp", try_timestamp},
      {"constants", try_constants},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
