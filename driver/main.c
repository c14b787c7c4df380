/* The command remlparse (contract diagnostics-json.md section 10). */
#include "reml_live.h"
#include "reml_output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Exit codes; of several the largest is the answer. */
enum { ACCEPTED = 0, REJECTED = 1, TROUBLE = 2, SIGNALLED = 128 };

static const char stdin_name[] = "<stdin>";

typedef struct command {
  reml_options options;
  reml_config config;
  reml_context *context;
  reml_text_style style;
  reml_sarif *log; /* --format sarif: written when all is known */
  int exit_code;
  bool output_lost;   /* standard output failed, which has been reported */
  bool debug_started; /* the parse-debug file holds the report of an earlier file */
} command;

typedef struct parsed {
  const reml_result *result; /* NULL: there is none, which has been reported */
  bool streamed;
  reml_stream_meta meta;
} parsed;

/* ---- what goes wrong ---- */

static void settle(command *self, int exit_code) {
  if (exit_code > self->exit_code) self->exit_code = exit_code;
}

static void report_trouble(command *self, const char *subject, const char *reason) {
  fprintf(stderr, "remlparse: %s: %s\n", subject, reason);
  if (self->log != NULL)
    reml_sarif_add_failure(self->log, reml_string_from(subject), reml_string_from(reason));
  settle(self, TROUBLE);
}

static void report_output_lost(command *self) {
  if (self->output_lost) return;
  self->output_lost = true;
  report_trouble(self, "standard output", strerror(errno));
}

/* Judges the end of a writer to standard output. */
static void check_output(command *self, reml_status status) {
  if (status == REML_IO_FAILED)
    report_output_lost(self);
  else if (status != REML_OK)
    report_trouble(self, "standard output", reml_status_text(status));
}

static bool write_to_file(void *user, const char *bytes, size_t count) {
  return fwrite(bytes, 1, count, user) == count;
}

/* ---- standard output ---- */

static void end_line(command *self, reml_status status) {
  if (status == REML_OK && putchar('\n') == EOF) status = REML_IO_FAILED;
  check_output(self, status);
}

static void print_tokens(command *self, const reml_kept *kept) {
  end_line(self,
           reml_write_tokens_json(&self->config, kept->bytes, kept->length, write_to_file, stdout));
}

static void print_declarations(command *self, const reml_result *result) {
  reml_member member;
  for (size_t index = 0; reml_node_member(result->tree, result->unit, index, &member); index++) {
    if (strcmp(member.name, "decls") != 0) continue;
    for (size_t at = 0; at < member.count && !self->output_lost; at++)
      end_line(self, reml_write_node_json(result->tree,
                                          reml_node_element(result->tree, result->unit, index, at),
                                          write_to_file, stdout));
  }
}

static void print_trees(command *self, const reml_result *result) {
  if (self->options.emit_ast_json)
    end_line(self, reml_write_ast_json(result, write_to_file, stdout));
  if (self->options.emit_ast) end_line(self, reml_write_ast_text(result, write_to_file, stdout));
  if (self->options.emit_source)
    check_output(self, reml_write_source(result, write_to_file, stdout));
  if (self->options.emit == REML_EMIT_DECLARATIONS) print_declarations(self, result);
}

/* A full disk may show only here. */
static void close_output(command *self) {
  bool lost = ferror(stdout) || fflush(stdout) != 0;
  if (lost || fclose(stdout) != 0) report_output_lost(self);
}

/* ---- standard error ---- */

/* The reference reports one diagnostic, the first of the list (section 10); a stream that failed
 * says so. */
static const reml_diagnostic *choose_diagnostic(const reml_result *result) {
  const reml_diagnostic *last = &result->diagnostics[result->diagnostic_count - 1];
  bool failed = last->stream_error != NULL || last->bridge != NULL;
  return failed ? last : result->diagnostics;
}

static bool is_spec(const command *self) {
  return self->config.profile == REML_PROFILE_SPEC;
}

static reml_status print_text(command *self, const reml_result *result, const reml_kept *kept) {
  self->style.snippet = self->options.snippet && kept->wanted;
  self->style.source = (reml_string){kept->bytes, kept->length};
  self->style.source_offset = kept->offset;
  const reml_diagnostic *first = is_spec(self) ? result->diagnostics : choose_diagnostic(result);
  size_t count = is_spec(self) ? result->diagnostic_count : 1;
  reml_status status = REML_OK;
  for (size_t i = 0; i < count && status == REML_OK; i++)
    status = reml_write_diagnostic_text(result, &first[i], &self->style, write_to_file, stderr);
  return status;
}

static reml_status print_json(command *self, const reml_result *result) {
  reml_json_mode mode = (reml_json_mode)self->options.json_mode;
  if (is_spec(self)) return reml_write_cli_json_all(result, mode, write_to_file, stderr);
  return reml_write_cli_json(result, choose_diagnostic(result), mode, write_to_file, stderr);
}

static reml_status print_gcc(const reml_result *result) {
  reml_status status = REML_OK;
  for (size_t i = 0; i < result->diagnostic_count && status == REML_OK; i++)
    status = reml_write_diagnostic_gcc(&result->diagnostics[i], write_to_file, stderr);
  return status;
}

static reml_status add_to_log(command *self, const reml_result *result, const reml_kept *kept) {
  reml_string source = {kept->length > 0 ? kept->bytes : "", kept->length};
  if (!kept->wanted) source = (reml_string){NULL, 0};
  return reml_sarif_add(self->log, result, source, kept->offset);
}

static reml_status print_in_format(command *self, const reml_result *result,
                                   const reml_kept *kept) {
  switch ((reml_format)self->options.format) {
  case REML_FORMAT_JSON: return print_json(self, result);
  case REML_FORMAT_GCC: return print_gcc(result);
  case REML_FORMAT_SARIF: return add_to_log(self, result, kept);
  case REML_FORMAT_TEXT: break;
  }
  return print_text(self, result, kept);
}

static void print_diagnostics(command *self, const reml_result *result, const reml_kept *kept) {
  /* What was printed before comes before, also when both are one terminal. */
  if (fflush(stdout) != 0) report_output_lost(self);
  reml_status status = print_in_format(self, result, kept);
  if (status != REML_OK) report_trouble(self, "standard error", reml_status_text(status));
}

/* The formats that the reference has are silent then, in its profile. */
static bool shows_warnings(const command *self) {
  return is_spec(self) || self->options.format == REML_FORMAT_GCC ||
         self->options.format == REML_FORMAT_SARIF;
}

static bool wants_color(const reml_options *options) {
  if (options->color != REML_COLOR_AUTO) return options->color == REML_COLOR_ALWAYS;
  const char *refusal = getenv("NO_COLOR");
  const char *terminal = getenv("TERM");
  if (refusal && *refusal) return false;
  if (terminal && !strcmp(terminal, "dumb")) return false;
  return isatty(STDERR_FILENO);
}

/* ---- parse-debug file (section 11) ---- */

static bool write_debug(FILE *file, const parsed *of, const char *input) {
  reml_status status = reml_write_parse_debug(of->result, of->streamed ? &of->meta : NULL,
                                              reml_string_from(input), write_to_file, file);
  int reason = status == REML_NO_MEMORY ? ENOMEM : errno;
  bool closed = fclose(file) == 0;
  if (status != REML_OK) errno = reason;
  return closed && status == REML_OK;
}

/* Not fatal. The reports of several files follow each other. */
static void save_debug(command *self, const parsed *of, const char *input) {
  const char *path = self->options.parse_debug.bytes;
  if (!path) return;
  FILE *file = reml__output_open(path, self->debug_started ? "ae" : "we");
  self->debug_started = true;
  if (file && write_debug(file, of, input)) return;
  fprintf(stderr, "[parse-debug] failed to write %s (%s)\n", path, strerror(errno));
}

/* ---- one file ---- */

static bool shows_snippet(const reml_options *options) {
  return options->format == REML_FORMAT_TEXT && options->snippet;
}

/* What a parse needs of its source: everything up to the outcome, and what is shown of it. */
typedef struct feeding {
  reml_session *session;
  const reml_kept *kept;
  bool needs_all;       /* for --emit-tokens */
  bool needs_next_line; /* for a snippet */
} feeding;

static size_t last_place(const reml_result *result) {
  size_t last = 0;
  for (size_t i = 0; i < result->diagnostic_count; i++)
    if (result->diagnostics[i].span.end.offset > last)
      last = result->diagnostics[i].span.end.offset;
  return last;
}

/* Once the outcome is known, reads on only for the sake of what will be shown. */
static bool feed(void *user, const char *bytes, size_t count) {
  feeding *self = user;
  if (!reml_session_is_over(self->session)) reml_session_feed(self->session, bytes, count);
  if (!reml_session_is_over(self->session) || self->needs_all) return true;
  const reml_result *result = reml_session_finish(self->session);
  if (!self->needs_next_line || result->diagnostic_count == 0) return false;
  return !reml__kept_shows(self->kept, last_place(result));
}

static parsed parse_whole(command *self, const char *path, const char *name, reml_kept *kept) {
  feeding state = {
      .session = reml_session_open(self->context, &self->config, reml_string_from(name), NULL),
      .kept = kept,
      .needs_all = self->options.emit_tokens,
      .needs_next_line = shows_snippet(&self->options)};
  if (!state.session) {
    report_trouble(self, name, reml_status_text(REML_NO_MEMORY));
    return (parsed){0};
  }
  switch (reml__input_read(path, kept, feed, &state)) {
  case REML_READ_ALL: return (parsed){.result = reml_session_finish(state.session)};
  case REML_READ_FAILED: report_trouble(self, name, strerror(errno)); break;
  case REML_READ_NO_MEMORY: report_trouble(self, name, reml_status_text(REML_NO_MEMORY));
  }
  return (parsed){0};
}

/* Profile poc keeps to itself that its input failed. */
static bool tells_of_failure(const reml_result *result) {
  return result->diagnostic_count > 0 && choose_diagnostic(result)->stream_error != NULL;
}

/* The same as it arrives. */
static parsed parse_live(command *self, const char *path, const char *name, reml_kept *kept) {
  reml_live_input input = {.options = &self->options,
                           .config = &self->config,
                           .context = self->context,
                           .path = path,
                           .name = name,
                           .kept = kept};
  reml_live_end end = reml__live_parse(&input);
  if (end.result == NULL) report_trouble(self, name, strerror(end.open_error));
  if (end.audit_error != 0) {
    const char *directory = self->options.audit_dir.bytes;
    fprintf(stderr, "remlparse: %s/audit.jsonl: %s\n", directory, strerror(end.audit_error));
    settle(self, TROUBLE);
  }
  if (end.output_lost) {
    errno = end.output_error;
    report_output_lost(self);
    return (parsed){0}; /* the parse was ended for that */
  }
  if (end.signal != 0) settle(self, SIGNALLED + end.signal);
  if (end.result != NULL && !tells_of_failure(end.result)) {
    if (end.read_error != 0) report_trouble(self, name, strerror(end.read_error));
    if (end.signal != 0) fprintf(stderr, "remlparse: %s: %s\n", name, strsignal(end.signal));
    if (end.read_error != 0 || end.signal != 0) return (parsed){0};
  }
  return (parsed){.result = end.result, .streamed = true, .meta = end.meta};
}

static bool has_failed_to_read(const reml_result *result) {
  const reml_stream_error *error = choose_diagnostic(result)->stream_error;
  return error != NULL && error->kind == REML_STREAM_IO_FAILED;
}

static void report(command *self, const char *name, const parsed *of, const reml_kept *kept) {
  const reml_result *result = of->result;
  if (result->status != REML_OK && result->status != REML_TOO_LARGE) {
    report_trouble(self, name, reml_status_text(result->status));
    return;
  }
  /* Over a limit the reading has ended early, so that not all tokens are known. */
  if (self->options.emit_tokens && result->status == REML_OK) print_tokens(self, kept);
  save_debug(self, of, name);
  if (result->accepted) {
    if (result->diagnostic_count > 0 && shows_warnings(self)) print_diagnostics(self, result, kept);
    print_trees(self, result);
  } else if (result->diagnostic_count == 0) {
    report_trouble(self, name, "internal error: rejected without a diagnostic");
  } else {
    print_diagnostics(self, result, kept);
    settle(self, has_failed_to_read(result) ? TROUBLE : REJECTED);
  }
}

static void process(command *self, const char *path) {
  const reml_options *options = &self->options;
  const char *name = strcmp(path, "-") != 0 ? path : stdin_name;
  bool counts_characters = options->format == REML_FORMAT_SARIF;
  reml_kept kept = {.wanted = shows_snippet(options) || counts_characters || options->emit_tokens};
  parsed of = options->streaming ? parse_live(self, path, name, &kept)
                                 : parse_whole(self, path, name, &kept);
  if (of.result) report(self, name, &of, &kept);
  free(kept.bytes);
}

/* ---- the command ---- */

static bool may_go_on(const command *self) {
  return !self->output_lost && self->exit_code < SIGNALLED;
}

/* False when out of memory. */
static bool open_log(command *self) {
  if (self->options.format != REML_FORMAT_SARIF) return true;
  self->log = reml_sarif_new();
  return self->log != NULL;
}

static void write_log(command *self) {
  if (self->log == NULL || self->output_lost) return;
  check_output(self, reml_write_sarif(self->log, (reml_json_mode)self->options.json_mode,
                                      write_to_file, stdout));
}

static void process_all(command *self) {
  reml_status status = REML_NO_MEMORY;
  self->context = reml_context_new();
  if (self->context && open_log(self)) status = reml__options_config(&self->options, &self->config);
  if (status != REML_OK) {
    report_trouble(self, "configuration", reml_status_text(status));
    return;
  }
  self->style.metadata = self->options.verbose > (is_spec(self) ? 1 : 0);
  self->style.color = wants_color(&self->options);
  for (int i = 0; i < self->options.file_count && may_go_on(self); i++)
    process(self, self->options.files[i]);
  write_log(self);
}

/* ---- --explain ---- */

static void report_unknown_code(reml_string code) {
  fprintf(stderr, "remlparse: unknown code '%s'\n", code.bytes);
  bool has_similar = reml_similar_code(code, 0) != NULL;
  fputs(has_similar ? "Similar codes:\n" : "Codes:\n", stderr);
  for (size_t i = 0;; i++) {
    const char *other = has_similar ? reml_similar_code(code, i) : reml_explained_code(i);
    if (other == NULL) return;
    fprintf(stderr, "  %s\n", other);
  }
}

static void explain(command *self) {
  reml_string code = self->options.explain, none = {NULL, 0};
  self->context = reml_context_new();
  reml_status status = self->context != NULL ? reml_write_explanation(self->context, none, code,
                                                                      write_to_file, stdout)
                                             : REML_NO_MEMORY;
  if (status != REML_BAD_USE) {
    check_output(self, status);
    return;
  }
  report_unknown_code(code);
  settle(self, REJECTED);
}

/* Otherwise a file that is opened later would take the place of a closed standard stream. They are
 * opened the wrong way round, so that using them still fails. */
static bool occupy_standard_streams(void) {
  static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
  for (int stream = 0; stream <= 2; stream++)
    if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", modes[stream]) != stream) return false;
  return true;
}

int main(int argc, char **argv) {
  command self = {.exit_code = ACCEPTED};
  if (!occupy_standard_streams()) return TROUBLE;
  signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing, with a message */
  switch (reml__options_read(argc, argv, &self.options)) {
  case REML_REQUEST_NONE: return REJECTED;
  case REML_REQUEST_HELP: reml__options_help(stdout); break;
  case REML_REQUEST_VERSION: printf("remlparse %s\n", reml_version()); break;
  case REML_REQUEST_INVENTORY:
    check_output(&self, reml_write_inventory(write_to_file, stdout));
    break;
  case REML_REQUEST_EXPLAIN: explain(&self); break;
  case REML_REQUEST_PARSE: process_all(&self);
  }
  close_output(&self);
  return self.exit_code;
}
