/* Counts the declarations of an endless stream by their kinds.
 *
 *   writer | count
 *
 * Prints the totals when the input ends, and at Ctrl-C. Declarations are handed out as soon as they
 * are complete, and not kept, so memory does not grow with the input.
 */
#include <remlparse.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Members are numbered as they are listed in reml_nodes.def. */
enum { DECL_DECL = 3 };

typedef struct counter {
  uint64_t of_kind[REML_NODE_KIND_COUNT];
  const reml_result *result;
} counter;

/* ---- declarations ---- */

static bool count_one(void *user, const reml_tree *tree, reml_node declaration) {
  counter *self = user;
  reml_member what;
  reml_node_member(tree, declaration, DECL_DECL, &what);
  self->of_kind[reml_node_kind_of(tree, what.child)]++;
  return true;
}

static void print_totals(const counter *self) {
  for (int kind = 0; kind < REML_NODE_KIND_COUNT; kind++) {
    if (self->of_kind[kind] == 0) continue;
    printf("%s %llu\n", reml_node_kind_name((reml_node_kind)kind),
           (unsigned long long)self->of_kind[kind]);
  }
}

/* ---- input ---- */

/* A pipe that becomes readable at Ctrl-C. Were it a flag, a signal between looking at the flag and
 * waiting for input would be noticed only when the input goes on. */
static int interrupt[2];

static void on_interrupt(int number) {
  int error = errno;
  (void)number;
  (void)!write(interrupt[1], "", 1);
  errno = error;
}

/* Were standard input closed, the new pipe would take its place. */
static bool watch_interrupts(void) {
  struct sigaction action = {.sa_handler = on_interrupt};
  bool has_input = fcntl(STDIN_FILENO, F_GETFD) != -1;
  return has_input && pipe(interrupt) == 0 && sigaction(SIGINT, &action, NULL) == 0;
}

static reml_yield read_input(void) {
  static char bytes[64 * 1024];
  ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
  if (count > 0) return reml_yield_chunk(bytes, (size_t)count);
  if (count == 0) return reml_yield_closed();
  return reml_yield_error(REML_STREAM_IO_FAILED, strerror(errno));
}

static reml_yield pull(void *user, const reml_demand *demand) {
  struct pollfd inputs[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                            {.fd = interrupt[0], .events = POLLIN}};
  (void)user, (void)demand;
  while (poll(inputs, 2, -1) < 0) {
    if (errno != EINTR) return reml_yield_error(REML_STREAM_IO_FAILED, strerror(errno));
  }
  if (inputs[1].revents != 0) return reml_yield_error(REML_STREAM_USER_CANCELLED, "interrupted");
  return read_input();
}

/* ---- the stream ---- */

/* There is nothing to be done for a Pending: the driver keeps it, and the next step pulls again. */
static bool take(void *user, const reml_stream_outcome *outcome) {
  counter *self = user;
  self->result = outcome->result;
  return false;
}

static bool count_stream(counter *self) {
  reml_stream_config config = reml_stream_config_default();
  config.on_declaration = count_one;
  config.declaration_user = self;
  reml_feeder feeder = {.pull = pull};
  /* Not reml_run_stream: it would return when a read ends within a character of several bytes. */
  reml_stream_driver *driver = reml_stream_driver_new(
      reml_context_new(), &config, reml_string_from("<stdin>"), &feeder, take, self);
  if (driver == NULL) return false;
  while (reml_stream_driver_pump(driver) != REML_PUMP_FINISHED) {
  }
  return true;
}

static int fail(const char *reason) {
  fprintf(stderr, "count: %s\n", reason);
  return 2;
}

static int report(const reml_result *result) {
  const reml_diagnostic *first = result->diagnostics;
  if (result->accepted) return 0;
  if (result->diagnostic_count == 0) return fail(reml_status_text(result->status));
  const reml_stream_error *error = first->stream_error;
  if (error != NULL && error->kind == REML_STREAM_USER_CANCELLED) return 0;
  fprintf(stderr, "%u:%u: %.*s\n", first->span.start.line, first->span.start.column,
          (int)first->message.length, first->message.bytes);
  return error != NULL ? 2 : 1;
}

int main(void) {
  counter self = {0};
  if (!watch_interrupts()) return fail(strerror(errno));
  if (!count_stream(&self)) return fail(reml_status_text(REML_NO_MEMORY));
  print_totals(&self);
  int status = report(self.result);
  return fflush(stdout) == 0 && !ferror(stdout) ? status : fail("standard output is lost");
}
