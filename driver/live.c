#include "reml_live.h"
#include "reml_output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

/* Of an input of any length so much is kept for a snippet. */
enum { KEPT_MOST = 1 << 18, KEPT_LEAST = 1 << 16 };

typedef struct live {
  const reml_live_input *input;
  int source;
  char *piece;
  size_t piece_size;
  bool may_wait;   /* says Await instead of blocking in read */
  bool has_ended;  /* the end was seen, and an Await is to come before it is told */
  bool has_failed; /* an Error was told; profile poc goes on after one */
  uint64_t declarations, bytes;
  bool shows_progress, progress_shown;
  uint64_t progress_at; /* ms */
  FILE *audit;
  reml_live_end end;
} live;

/* --- signals --- */

static volatile sig_atomic_t caught;

static void catch_signal(int number) {
  caught = number;
}

static sigset_t ending_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

/* A signal that the caller had ignored stays so. A line that a slow reader is being given must not
 * be torn (SA_RESTART), and the second signal ends the program. */
static void catch_one(int number) {
  struct sigaction before,
      action = {.sa_handler = catch_signal, .sa_flags = SA_RESTART | (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return;
  sigaction(number, &action, NULL);
}

/* Until there is something to read or a signal came. Signals are let in while it waits only, so
 * that none can slip in between looking and waiting. */
static void wait_for_input(int source) {
  struct pollfd watched = {.fd = source, .events = POLLIN};
  sigset_t blocked = ending_signals(), before;
  sigprocmask(SIG_BLOCK, &blocked, &before);
  if (caught == 0) ppoll(&watched, 1, NULL, &before);
  sigprocmask(SIG_SETMASK, &before, NULL);
}

static bool has_input(int source) {
  struct pollfd watched = {.fd = source, .events = POLLIN};
  return poll(&watched, 1, 0) > 0;
}

/* --- progress, on a terminal only --- */

static uint64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Nothing that a file is called can steer the terminal: U+0000 to U+001F, U+007F to U+009F. */
static bool is_control(const char *at) {
  const unsigned char *byte = (const unsigned char *)at;
  return byte[0] < 0x20 || byte[0] == 0x7F || (byte[0] == 0xC2 && byte[1] < 0xA0);
}

static void show_progress(live *self) {
  if (!self->shows_progress) return;
  uint64_t now = milliseconds();
  if (now - self->progress_at < 100) return;
  self->progress_at = now;
  self->progress_shown = true;
  fputc('\r', stderr);
  for (const char *at = self->input->name; *at; at++)
    fputc(is_control(at) ? '?' : *at, stderr);
  fprintf(stderr, ": %llu bytes", (unsigned long long)self->bytes);
  if (self->input->options->emit == REML_EMIT_DECLARATIONS)
    fprintf(stderr, ", %llu declarations", (unsigned long long)self->declarations);
}

/* In front of everything else that may go to the terminal. */
static void clear_progress(live *self) {
  if (self->progress_shown) fputs("\r\033[K", stderr);
  self->progress_shown = false;
}

/* --- output --- */

static bool write_output(void *user, const char *bytes, size_t count) {
  (void)user;
  return fwrite(bytes, 1, count, stdout) == count;
}

static void note_output(live *self, bool written) {
  if (written || self->end.output_lost) return;
  self->end.output_lost = true;
  self->end.output_error = errno;
}

/* What is complete is seen at once by whoever reads it. */
static void flush_output(live *self) {
  note_output(self, fflush(stdout) == 0);
}

static bool print_declaration(void *user, const reml_tree *tree, reml_node declaration) {
  live *self = user;
  self->declarations++;
  clear_progress(self);
  reml_status status = reml_write_node_json(tree, declaration, write_output, NULL);
  note_output(self, status == REML_OK && putchar('\n') != EOF);
  return !self->end.output_lost;
}

static void dump(live *self, const reml_stream_outcome *pending) {
  reml_continuation_meta meta;
  if (!self->input->options->dump_continuation) return;
  if (!reml_continuation_describe(pending->continuation, &meta)) return;
  clear_progress(self);
  reml_status status = reml_write_continuation_json(&meta, &pending->meta, write_output, NULL);
  note_output(self, status == REML_OK);
}

/* Line by line, so that a crash of the machine loses as little as possible. */
static bool write_audit(void *user, const char *bytes, size_t count) {
  live *self = user;
  if (self->end.audit_error != 0) return false;
  bool written = self->audit != NULL && fwrite(bytes, 1, count, self->audit) == count;
  if (written && count > 0 && bytes[count - 1] == '\n') written = fflush(self->audit) == 0;
  if (!written) self->end.audit_error = errno;
  return written;
}

static void open_audit(live *self) {
  self->audit = reml__output_append(self->input->options->audit_dir.bytes, "audit.jsonl");
  if (self->audit == NULL) self->end.audit_error = errno;
}

static void close_audit(live *self) {
  if (self->audit == NULL) return;
  bool closed = fclose(self->audit) == 0;
  if (!closed && self->end.audit_error == 0) self->end.audit_error = errno;
}

/* --- the feeder --- */

static void keep(live *self, size_t count) {
  reml_kept *kept = self->input->kept;
  bool all = self->input->options->emit != REML_EMIT_DECLARATIONS;
  if (!all && kept->length > KEPT_MOST) reml__kept_trim(kept, KEPT_LEAST);
  if (kept->wanted && !reml__kept_add(kept, self->piece, count)) kept->wanted = false;
}

static reml_yield read_failed(live *self, int reason) {
  reml_yield yield = reml_yield_error(REML_STREAM_IO_FAILED, strerror(reason));
  self->has_failed = true;
  self->end.read_error = reason;
  static char cause[32];
  snprintf(cause, sizeof cause, "{\"errno\":%d}", reason);
  yield.error.cause = reml_string_from(cause);
  return yield;
}

static reml_yield cancelled(live *self) {
  self->has_failed = true;
  self->end.signal = caught;
  return reml_yield_error(REML_STREAM_USER_CANCELLED,
                          caught == SIGINT ? "interrupted" : "terminated");
}

/* With --dump-continuation there is a pause in front of the end, so that there is one at all. */
static reml_yield at_end(live *self) {
  if (self->has_ended || !self->input->options->dump_continuation) return reml_yield_closed();
  self->has_ended = true;
  return reml_yield_await();
}

static reml_yield pull(void *user, const reml_demand *demand) {
  live *self = user;
  (void)demand; /* reading more than is there is not possible, and less serves nobody */
  flush_output(self);
  show_progress(self);
  for (;;) {
    if (self->has_failed) return reml_yield_closed();
    if (caught != 0 || self->end.output_lost) return cancelled(self);
    if (self->has_ended) return at_end(self);
    if (!has_input(self->source)) {
      if (self->may_wait) return reml_yield_await();
      wait_for_input(self->source);
      continue;
    }
    ssize_t count = read(self->source, self->piece, self->piece_size);
    if (count < 0 && errno != EINTR && errno != EAGAIN) return read_failed(self, errno);
    if (count < 0) continue;
    if (count == 0) return at_end(self);
    self->bytes += (uint64_t)count;
    keep(self, (size_t)count);
    return reml_yield_chunk(self->piece, (size_t)count);
  }
}

/* --- all of it --- */

static reml_stream_config stream_config(live *self) {
  const reml_options *options = self->input->options;
  reml_stream_config config = reml_stream_config_default();
  config.profile = (reml_stream_profile)options->stream_profile;
  config.run_config = *self->input->config;
  if (options->emit == REML_EMIT_DECLARATIONS) {
    config.on_declaration = print_declaration;
    config.declaration_user = self;
  }
  if (options->emit_audit) {
    config.audit = (reml_audit){.write = write_audit,
                                .user = self,
                                .command = reml_string_from("remlparse"),
                                .compat_schema = options->stream_profile == REML_STREAM_POC};
  }
  return config;
}

static void run(live *self) {
  reml_stream_config config = stream_config(self);
  reml_feeder feeder = {.pull = pull, .user = self};
  reml_stream_outcome outcome =
      reml_run_stream(self->input->context, &config, reml_string_from(self->input->name), &feeder);
  while (outcome.continuation != NULL) {
    dump(self, &outcome);
    flush_output(self);
    bool waits = outcome.demand.reason == REML_PENDING_FEEDER_AWAIT && !self->has_ended;
    if (waits && !self->end.output_lost) wait_for_input(self->source);
    reml_yield yield = pull(self, &outcome.demand);
    outcome = reml_resume(outcome.continuation, &yield);
  }
  flush_output(self);
  self->end.result = outcome.result;
  self->end.meta = outcome.meta;
}

/* The line of a mistake and the next one may not have come as a whole; what is there is read. */
static void complete_snippet(live *self) {
  const reml_result *result = self->end.result;
  reml_kept *kept = self->input->kept;
  if (!kept->wanted || result->diagnostic_count == 0 || self->source < 0) return;
  size_t end = result->diagnostics[result->diagnostic_count - 1].span.end.offset;
  while (kept->wanted && !reml__kept_shows(kept, end) && caught == 0 && has_input(self->source)) {
    ssize_t count = read(self->source, self->piece, self->piece_size);
    if (count <= 0) return;
    keep(self, (size_t)count);
  }
}

static size_t chunk_size(const reml_options *options) {
  int64_t wanted = options->chunk_size.set ? options->chunk_size.value : 0;
  if (wanted <= 0) return DEFAULT_CHUNK;
  return wanted < LARGEST_CHUNK ? (size_t)wanted : LARGEST_CHUNK;
}

reml_live_end reml__live_parse(const reml_live_input *input) {
  live self = {.input = input,
               .piece_size = chunk_size(input->options),
               .may_wait = input->options->stream_profile == REML_STREAM_SPEC,
               .shows_progress = isatty(STDERR_FILENO)};
  catch_one(SIGINT);
  catch_one(SIGTERM);
  self.source = reml__input_open(input->path, REML_OPEN_AT_ONCE);
  int open_error = errno;
  self.piece = malloc(self.piece_size);
  if (self.source < 0 || self.piece == NULL) {
    self.end.open_error = self.piece == NULL ? ENOMEM : open_error;
  } else {
    if (input->options->emit_audit) open_audit(&self);
    run(&self);
    complete_snippet(&self);
    close_audit(&self);
    clear_progress(&self);
  }
  reml__input_close(self.source);
  free(self.piece);
  return self.end;
}
