/* Memory may run out at any request: the answer is then REML_NO_MEMORY (or NULL), nothing crashes,
 * what was there before is still there, and the next attempt works.
 *
 * The program is linked so that the collector's functions which the library calls come here first
 * (GNUmakefile); the case "every source of memory" fails when one is missing there. */
#include "fixture.h"
#include "tap.h"

#include <gc.h>
#include <string.h>

/* --- the memory that runs out --- */

static size_t requests;      /* since the attempt began */
static size_t first_refused; /* number of the request to refuse, from 1; 0: none */
static bool refuse_later;    /* and all that follow */

static bool refuses(void) {
  requests++;
  if (first_refused == 0 || requests < first_refused) return false;
  return refuse_later || requests == first_refused;
}

#define WRAP(name)                                                                                 \
  void *__real_##name(size_t);                                                                     \
  void *__wrap_##name(size_t);                                                                     \
  void *__wrap_##name(size_t n) {                                                                  \
    return refuses() ? NULL : __real_##name(n);                                                    \
  }
WRAP(GC_malloc)
WRAP(GC_malloc_atomic)
WRAP(GC_malloc_ignore_off_page)
WRAP(GC_malloc_atomic_ignore_off_page)

static void refuse_from(size_t number, bool later) {
  requests = 0;
  first_refused = number;
  refuse_later = later;
}

/* --- attempts --- */

/* Does everything that may fail; false, with *problem set, when it does not behave. Says by
 * *suffered whether it has noticed that there was no memory. */
typedef struct attempt {
  bool suffered;
  const char *problem;
} attempt;

typedef void scenario(attempt *self);

static void expect(attempt *self, bool holds, const char *problem) {
  if (!holds && self->problem == NULL) self->problem = problem;
}

static void expect_status(attempt *self, reml_status status) {
  if (status == REML_NO_MEMORY) self->suffered = true;
  expect(self, status == REML_OK || status == REML_NO_MEMORY, reml_status_text(status));
}

static size_t count_requests(scenario *of, attempt *self) {
  refuse_from(0, false);
  of(self);
  return requests;
}

/* Refuses each request in turn, alone and with all later ones; then tries undisturbed. */
static void refuse_each(const char *name, scenario *of) {
  attempt whole = {false, NULL};
  size_t total = count_requests(of, &whole);
  tap_ok(whole.problem == NULL && !whole.suffered, "%s: works with %zu requests for memory", name,
         total);
  if (whole.problem != NULL) tap_note("  %s", whole.problem);
  for (int later = 0; later < 2; later++) {
    size_t wrong = 0;
    attempt self = {false, NULL};
    for (size_t number = 1; number <= total && wrong == 0; number++) {
      self = (attempt){false, NULL};
      refuse_from(number, later != 0);
      of(&self);
      bool reached = requests >= number;
      refuse_from(0, false);
      if (reached) expect(&self, self.suffered, "the failure was not reported");
      attempt again = {false, NULL};
      if (number % 16 == 1) of(&again);
      expect(&self, again.problem == NULL && !again.suffered, "it does not work afterwards");
      if (self.problem != NULL) wrong = number;
    }
    if (!tap_ok(wrong == 0, "%s: survives every refused request%s", name,
                later ? " when all later ones are refused, too" : "")) {
      tap_note("  not request %zu: %s", wrong, self.problem);
    }
  }
}

/* --- sources --- */

static bytes realistic, erroneous, expected;

static void read_sources(void) {
  if (realistic.length > 0) return;
  read_file(&realistic, "tests/samples/inventory.reml");
  bytes_add_text(&realistic, "@handles([io, Audit], {handles: x, z: 1}) @beta fn f() !{ a } = "
                             "match a.b(1, n = 2).0[3]? with | { p: (q, 1), .. } if r -> "
                             "perform Log.say(\"\\n\") | _ -> || 1\n");
  realistic.length = (size_t)(strstr(realistic.data, " | _ -> ||") - realistic.data);
  bytes_add_text(&realistic, "\nextern \"C\" { @target(\"t\") @x fn g(); }\n");
  for (int i = 0; i < 400; i++)
    bytes_add_text(&realistic, "let v = [f(1), \"text\", (a, b)]\n");
  read_file(&erroneous, "tests/samples/mistake.reml");
}

/* --- parsing --- */

static reml_config config_of_parse(void) {
  reml_config config = golden_config();
  config.packrat = true; /* with the warning of driver.md section 4.6 */
  config.require_eof = true;
  return config;
}

static void check_result(attempt *self, const reml_result *result, bool accepted) {
  if (result == NULL) {
    expect(self, false, "there is no result");
    return;
  }
  if (result->status == REML_OK) {
    expect(self, result->accepted == accepted, "the verdict is another one");
    return;
  }
  expect_status(self, result->status);
  expect(self, !result->accepted && result->tree == NULL, "there is a tree without memory");
  for (size_t i = 0; i < result->diagnostic_count; i++) {
    const reml_diagnostic *one = &result->diagnostics[i];
    expect(self, one->message.bytes != NULL && one->message.length > 0, "a message is missing");
    expect(self, one->timestamp != NULL, "a timestamp is missing");
  }
  if (result->diagnostic_count > 0) {
    const char *code = result->diagnostics[0].codes[0];
    expect(self, code && strcmp(code, "parser.runconfig.left_recursion_unimplemented") == 0,
           "the warning that was recorded first is gone");
  }
}

static void parse_in_pieces(attempt *self, const bytes *source, bool accepted) {
  reml_config config = config_of_parse();
  reml_context *context = reml_context_new();
  if (context == NULL) {
    self->suffered = true;
    return;
  }
  reml_cache *cache = reml_cache_new();
  if (cache == NULL) self->suffered = true;
  reml_session *session = reml_session_open(context, &config, reml_string_from("a.reml"), cache);
  if (session == NULL) {
    self->suffered = true;
    return;
  }
  reml_status status = REML_OK;
  for (size_t at = 0; at < source->length; at += 1000) {
    size_t left = source->length - at;
    reml_status now = reml_session_feed(session, source->data + at, left < 1000 ? left : 1000);
    expect(self, status == REML_OK || now == status, "a session goes on after a failure");
    status = now;
  }
  expect_status(self, status);
  const reml_result *result = reml_session_finish(session);
  check_result(self, result, accepted);
  expect(self, result == reml_session_finish(session), "finishing again gives something else");
}

static void parse_realistic(attempt *self) {
  parse_in_pieces(self, &realistic, true);
}
static void parse_erroneous(attempt *self) {
  parse_in_pieces(self, &erroneous, false);
}

static void parse_with_entry_points(attempt *self) {
  reml_config config = config_of_parse();
  reml_context *context = reml_context_new();
  if (context == NULL) {
    self->suffered = true;
    return;
  }
  const reml_diagnostic *error = NULL;
  const reml_result *result =
      reml_parse(context, (reml_string){NULL, 0}, erroneous.data, erroneous.length, &error);
  if (result->status == REML_NO_MEMORY) self->suffered = true;
  expect(self, !result->accepted && error != NULL && error->message.length > 0,
         "a failure without a diagnostic");
  result = reml_run_partial(context, &config, reml_string_from("a"), "let x = 1", 9).result;
  check_result(self, result, true);
  result = reml_run_string(context, &config, "let x = \"", reml_string_from("a"));
  check_result(self, result, false);
}

static void try_parsing(void) {
  read_sources();
  refuse_each("a realistic program", parse_realistic);
  refuse_each("a program with a mistake", parse_erroneous);
  refuse_each("the entry points in one call", parse_with_entry_points);
}

/* --- streams --- */

/* At every pause the state is described and forked; the fork goes on. */
static reml_continuation *go_round(attempt *self, reml_continuation *continuation) {
  reml_continuation_meta meta;
  reml_continuation *fork = reml_continuation_fork(continuation);
  if (fork == NULL || !reml_continuation_describe(fork, &meta)) self->suffered = true;
  return fork == NULL ? continuation : fork;
}

static void stream_source(attempt *self, const bytes *source, bool accepted) {
  reml_stream_config config = reml_stream_config_default();
  config.run_config = config_of_parse();
  reml_context *context = reml_context_new();
  if (context == NULL) {
    self->suffered = true;
    return;
  }
  reml_stream_outcome outcome = reml_run_stream(context, &config, reml_string_from("a.reml"), NULL);
  for (size_t at = 0; outcome.continuation != NULL && at < source->length; at += 1000) {
    size_t left = source->length - at;
    reml_yield chunk = reml_yield_chunk(source->data + at, left < 1000 ? left : 1000);
    outcome = reml_resume(go_round(self, outcome.continuation), &chunk);
  }
  reml_yield closed = reml_yield_closed();
  if (outcome.continuation != NULL) outcome = reml_resume(outcome.continuation, &closed);
  expect(self, outcome.continuation == NULL && outcome.result != NULL, "there is no outcome");
  check_result(self, outcome.result, accepted);
}

static void stream_realistic(attempt *self) {
  stream_source(self, &realistic, true);
}
static void stream_erroneous(attempt *self) {
  stream_source(self, &erroneous, false);
}

static void try_streams(void) {
  read_sources();
  refuse_each("a stream of a realistic program", stream_realistic);
  refuse_each("a stream of a program with a mistake", stream_erroneous);
}

/* The last place among the diagnostics is kept for this. */
static void try_diagnostics(void) {
  reml_config config = config_of_parse();
  reml_context *context = new_context();
  reml_session *session = reml_session_open(context, &config, reml_string_from("a"), NULL);
  refuse_from(1, true);
  static char long_name[300000];
  memset(long_name, 'a', sizeof long_name);
  reml_status status = reml_session_feed(session, "let x = (", 9);
  for (int i = 0; i < 20 && status == REML_OK; i++) {
    status = reml_session_feed(session, long_name, sizeof long_name);
  }
  const reml_result *result = reml_session_finish(session);
  refuse_from(0, false);
  tap_int(status, REML_NO_MEMORY, "a piece that cannot be kept gives REML_NO_MEMORY");
  tap_int(result->status, REML_NO_MEMORY, "... and so does the result");
  if (tap_int((int64_t)result->diagnostic_count, 2,
              "the earlier warning is followed by an error")) {
    tap_int(result->diagnostics[0].severity, REML_WARNING, "... the warning is intact");
    tap_int(result->diagnostics[1].severity, REML_ERROR, "... the error is one");
    tap_ok(result->diagnostics[1].message.length > 0, "... with a message");
  }
  bytes json = {0};
  print_result(result, &json);
  tap_ok(json.length > 0 && json.data[0] == '{', "... and the result can be printed");
  tap_int(reml_session_feed(session, "x", 1), REML_BAD_USE, "... and the session is finished");
  bytes_free(&json);
}

/* --- configuration --- */

static const int64_t some_number = 5;

static reml_status edit_two(reml_config *config, const char *ns, void *user) {
  reml_value value = {.kind = REML_VALUE_INT, .as.integer = 1};
  reml_status status = reml_config_set(config, ns, "one", &value);
  (void)user;
  return status == REML_OK ? reml_config_set(config, ns, "two", &value) : status;
}

static bool count_key(void *user, reml_string ns, reml_string key, const reml_value *value) {
  size_t *count = user;
  (void)ns;
  (void)key;
  (void)value;
  ++*count;
  return true;
}

static size_t count_keys(const reml_config *config) {
  size_t count = 0;
  reml_config_each(config, count_key, &count);
  return count;
}

/* A step either works and changes the number of keys by `added`, or leaves everything. */
static void step(attempt *self, const reml_config *config, size_t before, int added,
                 reml_status status) {
  expect_status(self, status);
  size_t wanted = status == REML_OK ? before + (size_t)added : before;
  expect(self, count_keys(config) == wanted, "a failed change has changed something");
}

static void configure(attempt *self) {
  reml_config config = reml_config_default();
  reml_value texts[2] = {{.kind = REML_VALUE_STRING, .as.string = {"a", 1}},
                         {.kind = REML_VALUE_STRING, .as.string = {"b", 1}}};
  reml_value list = {.kind = REML_VALUE_LIST, .as.list = {texts, 2}};
  reml_string names[3] = {{" B", 2}, {"a", 1}, {"", 0}};
  size_t keys = 0;
  step(self, &config, keys, 1, reml_config_set(&config, "recover", "sync_tokens", &list));
  keys = count_keys(&config);
  step(self, &config, keys, 1, reml_config_set(&config, "lex", "profile", &texts[0]));
  keys = count_keys(&config);
  step(self, &config, keys, 1,
       reml_config_set_stream_text(&config, "checkpoint", (reml_string){"x", 1}));
  keys = count_keys(&config);
  step(self, &config, keys, 1, reml_config_set_stream_int(&config, "chunk_size", &some_number));
  keys = count_keys(&config);
  step(self, &config, keys, 1, reml_config_set_stream_enabled(&config, true));
  keys = count_keys(&config);
  step(self, &config, keys, 1, reml_config_set_effects_stage(&config, (reml_string){" Beta", 5}));
  keys = count_keys(&config);
  step(self, &config, keys, 1, reml_config_set_required_capabilities(&config, names, 3));
  keys = count_keys(&config);
  reml_config edited = config;
  step(self, &edited, keys, 2,
       reml_config_with_extension(&config, "mine", edit_two, NULL, &edited));
  expect(self, count_keys(&config) == keys, "with_extension has changed its argument");
  bool had = reml_config_get(&config, "lex", "profile") != NULL;
  step(self, &config, keys, had ? -1 : 0, reml_config_set(&config, "lex", "profile", NULL));
  /* and what a parse derives from it */
  reml_context *context = reml_context_new();
  if (context == NULL) {
    self->suffered = true;
    return;
  }
  const reml_result *result = reml_run_string(context, &edited, "let x = )", (reml_string){0});
  expect_status(self, result->status);
}

static void try_configuration(void) {
  refuse_each("the configuration", configure);
}

/* --- writers --- */

static const reml_result *accepted_result, *rejected_result;
static bytes output;

typedef reml_status print(bytes *to);

static reml_status print_tree_text(bytes *to) {
  return reml_write_ast_text(accepted_result, bytes_write, to);
}
static reml_status print_tree_json(bytes *to) {
  return reml_write_ast_json(accepted_result, bytes_write, to);
}
static reml_status print_accepted(bytes *to) {
  return reml_write_result_json(accepted_result, true, bytes_write, to);
}
static reml_status print_rejected(bytes *to) {
  return reml_write_result_json(rejected_result, true, bytes_write, to);
}
static reml_status print_tokens(bytes *to) {
  reml_config config = golden_config();
  return reml_write_tokens_json(&config, realistic.data, realistic.length, bytes_write, to);
}
static reml_status print_diagnostic(bytes *to) {
  return reml_write_diagnostic_json(rejected_result, rejected_result->diagnostics, bytes_write, to);
}
static reml_status print_cli_json(bytes *to) {
  return reml_write_cli_json(rejected_result, rejected_result->diagnostics, REML_JSON_PRETTY,
                             bytes_write, to);
}
static reml_status print_cli_line(bytes *to) {
  return reml_write_cli_json(rejected_result, rejected_result->diagnostics, REML_JSON_LINES,
                             bytes_write, to);
}
static reml_status print_diagnostic_text(bytes *to) {
  reml_text_style style = {
      .snippet = true, .color = true, .source = {erroneous.data, erroneous.length}};
  return reml_write_diagnostic_text(rejected_result, rejected_result->diagnostics, &style,
                                    bytes_write, to);
}
static reml_status print_sarif(bytes *to) {
  reml_sarif *log = reml_sarif_new();
  if (log == NULL) return REML_NO_MEMORY;
  reml_string source = {erroneous.data, erroneous.length};
  reml_status status = reml_sarif_add(log, rejected_result, source, 0);
  if (status == REML_OK)
    status = reml_sarif_add_failure(log, reml_string_from("b.reml"), reml_string_from("no file"));
  return status == REML_OK ? reml_write_sarif(log, REML_JSON_LINES, bytes_write, to) : status;
}
static reml_status print_source(bytes *to) {
  return reml_write_source(accepted_result, bytes_write, to);
}
static reml_status print_debug(bytes *to) {
  return reml_write_parse_debug(rejected_result, NULL, reml_string_from("a.reml"), bytes_write, to);
}

static print *printing;

/* What was written before the failure is a part of the whole. */
static void print_it(attempt *self) {
  bytes_clear(&output);
  reml_status status = printing(&output);
  expect_status(self, status);
  bool prefix =
      output.length <= expected.length && memcmp(output.data, expected.data, output.length) == 0;
  expect(self, prefix && (status != REML_OK || output.length == expected.length),
         "the output is not the beginning of the whole");
}

static void try_writer(const char *name, print *of) {
  printing = of;
  bytes_clear(&expected);
  tap_int(of(&expected), REML_OK, "%s can be printed", name);
  refuse_each(name, print_it);
}

static void try_writers(void) {
  read_sources();
  reml_config config = golden_config();
  accepted_result = parse(&config, realistic.data);
  rejected_result = parse(&config, erroneous.data);
  tap_ok(accepted_result->accepted && !rejected_result->accepted, "there are results to print");
  try_writer("the tree as text", print_tree_text);
  try_writer("the tree as JSON", print_tree_json);
  try_writer("an accepted result", print_accepted);
  try_writer("a rejected result", print_rejected);
  try_writer("the tokens", print_tokens);
  try_writer("a diagnostic as JSON", print_diagnostic);
  try_writer("a diagnostic as JSON of the command", print_cli_json);
  try_writer("a diagnostic as a line of JSON", print_cli_line);
  try_writer("a diagnostic as text", print_diagnostic_text);
  try_writer("a SARIF log", print_sarif);
  try_writer("canonical source", print_source);
  try_writer("the parse-debug report", print_debug);
}

/* --- the reader --- */

static void read_tokens(attempt *self) {
  reml_config config = golden_config();
  reml_token_info token = {.kind = REML_TOKEN_LET};
  reml_reader *reader = reml_reader_open(&config, realistic.data, realistic.length);
  if (reader == NULL) {
    self->suffered = true;
    return;
  }
  bool read;
  do {
    read = reml_reader_token(reader, &token);
  } while (read && token.kind != REML_TOKEN_EOF);
  expect(self, reml_reader_error(reader) == NULL, "a lexical error in a source without one");
  if (read) return;
  self->suffered = true;
  expect(self, !reml_reader_token(reader, &token), "reading goes on without memory");
}

static void read_wrong_symbol(attempt *self) {
  reml_config config = golden_config();
  reml_reader *reader = reml_reader_open(&config, "\"text\"", 6);
  if (reader == NULL) {
    self->suffered = true;
    return;
  }
  expect(self, !reml_reader_symbol(reader, "let"), "a wrong symbol is accepted");
  const reml_lexical_error *error = reml_reader_error(reader);
  if (error == NULL) self->suffered = true;
  expect(self, error == NULL || error->message.length > 0, "an error without a message");
}

static void try_reader(void) {
  read_sources();
  refuse_each("the reader", read_tokens);
  refuse_each("a symbol that is another one", read_wrong_symbol);
}

/* --- is everything wrapped? --- */

/* All of the collector's memory that the library took went through the wrappers. */
static void try_sources_of_memory(void) {
  read_sources();
  size_t before = GC_get_total_bytes();
  refuse_from(0, false);
  attempt self = {false, NULL};
  parse_realistic(&self);
  tap_ok(requests > 20, "a parse asks for memory here (%zu times)", requests);
  tap_ok(GC_get_total_bytes() - before > 100000, "... and gets it from the collector");
  refuse_from(1, true);
  before = GC_get_total_bytes();
  parse_realistic(&self);
  read_tokens(&self);
  configure(&self);
  size_t after = GC_get_total_bytes();
  refuse_from(0, false);
  tap_int((int64_t)(after - before), 0, "when all requests are refused, nothing is taken");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"parsing", try_parsing},
      {"streams", try_streams},
      {"diagnostics", try_diagnostics},
      {"configuration", try_configuration},
      {"writers", try_writers},
      {"reader", try_reader},
      {"every source of memory", try_sources_of_memory},
  };
  GC_INIT();
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
