/* Parses what comes through a pipe while it comes, and lets the writer wait where it has to.
 *
 *   writer | pipe [HIGH LOW]
 *
 * HIGH and LOW are watermarks: how many bytes of an unfinished token may be buffered before reading
 * pauses, and below how many the pressure is over. Prints a line whenever the stream has to wait,
 * with the reason and what it asks for, and the outcome at the end.
 *
 * A program with an event loop would return to it instead of calling poll in `wait_for_more`:
 * nothing else here ever waits.
 */
#include <remlparse.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOW = 0, FOREVER = -1, PAUSE_MS = 20 };

typedef struct reader {
  char bytes[64 * 1024];
  char cause[32];              /* of a failure, as JSON */
  reml_stream_outcome outcome; /* the newest */
} reader;

/* ---- the feeder ---- */

static bool is_readable(int timeout) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&input, 1, timeout) > 0; /* also at the end, and for an error: read says which */
}

static reml_yield read_failure(reader *self, int error) {
  reml_yield yield = reml_yield_error(REML_STREAM_IO_FAILED, strerror(error));
  snprintf(self->cause, sizeof self->cause, "{\"errno\":%d}", error);
  yield.error.cause = reml_string_from(self->cause);
  return yield;
}

/* Gives what is there. Less than the demand's minimum is taken, too, and leads to a Pending. */
static reml_yield pull(void *user, const reml_demand *demand) {
  reader *self = user;
  size_t most = sizeof self->bytes;
  if (demand->preferred_bytes < most) most = (size_t)demand->preferred_bytes;
  if (!is_readable(NOW)) return reml_yield_await();
  ssize_t count = read(STDIN_FILENO, self->bytes, most);
  if (count > 0) return reml_yield_chunk(self->bytes, (size_t)count);
  if (count == 0) return reml_yield_closed();
  if (errno == EAGAIN || errno == EINTR) return reml_yield_await();
  return read_failure(self, errno);
}

/* ---- the sink ---- */

/* False: the driver keeps the continuation, and resumes it in the next step. */
static bool take(void *user, const reml_stream_outcome *outcome) {
  reader *self = user;
  self->outcome = *outcome;
  if (outcome->continuation == NULL) return false;
  printf("byte %llu: %s, wants %llu to %llu bytes\n",
         (unsigned long long)outcome->meta.consumed_bytes,
         reml_pending_reason_text(outcome->demand.reason),
         (unsigned long long)outcome->demand.min_bytes,
         (unsigned long long)outcome->demand.preferred_bytes);
  return false;
}

/* ---- the loop ---- */

/* Under pressure the bytes stay in the pipe; when that is full, the writer has to wait, too. */
static void wait_for_more(const reader *self) {
  if (self->outcome.demand.reason == REML_PENDING_BACKPRESSURE)
    poll(NULL, 0, PAUSE_MS);
  else
    is_readable(FOREVER);
}

static bool parse(reader *self, const reml_flow_controller *flow) {
  reml_stream_config config = reml_stream_config_default();
  config.flow = flow;
  reml_feeder feeder = {.pull = pull, .user = self};
  reml_stream_driver *driver = reml_stream_driver_new(
      reml_context_new(), &config, reml_string_from("<stdin>"), &feeder, take, self);
  if (driver == NULL) return false;
  reml_pump_state state;
  while ((state = reml_stream_driver_pump(driver)) != REML_PUMP_FINISHED) {
    if (state == REML_PUMP_WAITING) wait_for_more(self);
  }
  return true;
}

static int fail(const char *reason) {
  fprintf(stderr, "pipe: %s\n", reason);
  return 2;
}

static int report(const reml_stream_outcome *outcome) {
  const reml_result *result = outcome->result;
  const reml_diagnostic *first = result->diagnostics;
  if (result->accepted) {
    printf("accepted: %llu bytes, %llu pauses\n", (unsigned long long)outcome->meta.consumed_bytes,
           (unsigned long long)outcome->meta.backpressure_events);
    return 0;
  }
  if (result->diagnostic_count == 0) return fail(reml_status_text(result->status));
  fprintf(stderr, "%u:%u: %.*s\n", first->span.start.line, first->span.start.column,
          (int)first->message.length, first->message.bytes);
  if (first->stream_error == NULL) return 1;
  fprintf(stderr, "cause: %.*s\n", (int)first->stream_error->cause.length,
          first->stream_error->cause.bytes);
  return 2;
}

int main(int argc, char **argv) {
  static reader self; /* large for a stack */
  reml_flow_controller flow = reml_flow_controller_default();
  flow.policy = REML_POLICY_MANUAL; /* this program does the pausing, no runtime bridge */
  if (argc == 3) {
    flow.high_watermark = strtoull(argv[1], NULL, 10);
    flow.low_watermark = strtoull(argv[2], NULL, 10);
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!parse(&self, &flow)) return fail(reml_status_text(REML_NO_MEMORY));
  int status = report(&self.outcome);
  return fflush(stdout) == 0 && !ferror(stdout) ? status : fail("standard output is lost");
}
