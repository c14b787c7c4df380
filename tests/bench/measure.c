/* Lexing and parsing a whole source: speed, and peak memory. */
#include "bench.h"

#include <errno.h>
#include <gc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
  MIN_ROUNDS = 6, /* the first ones still make the heap grow */
  MAX_ROUNDS = 4096,
  SAMPLE_BYTES = 1 << 20, /* a small file is repeated within a round until the clock can see it */
  MAX_REPEATS = 10000,
  TROUBLE = 2
};
static const double enough_seconds = 1.0;

/* ---- failing ---- */

_Noreturn void give_up(const char *path, const char *reason) {
  fprintf(stderr, "reml-bench: %s: %s\n", path, reason);
  exit(TROUBLE);
}

static _Noreturn void give_up_at(const char *path, reml_position at, reml_string message) {
  fprintf(stderr, "reml-bench: %s:%u:%u: %.*s\n", path, at.line, at.column, (int)message.length,
          message.bytes);
  exit(TROUBLE);
}

const reml_result *accepted(const char *path, const reml_result *result) {
  if (result->accepted) return result;
  if (!result->diagnostic_count) give_up(path, reml_status_text(result->status));
  give_up_at(path, result->diagnostics->span.start, result->diagnostics->message);
}

/* ---- input ---- */

static void grow(source *self, size_t *capacity) {
  *capacity = *capacity ? *capacity * 2 : (size_t)SAMPLE_BYTES;
  self->bytes = realloc(self->bytes, *capacity);
  if (!self->bytes) give_up(self->path, "out of memory");
}

source read_source(const char *path) {
  source self = {.path = path};
  size_t capacity = 0;
  FILE *file = fopen(path, "rb");
  if (!file) give_up(path, strerror(errno));
  do {
    if (self.length == capacity) grow(&self, &capacity);
    self.length += fread(self.bytes + self.length, 1, capacity - self.length, file);
    if (ferror(file)) give_up(path, strerror(errno));
  } while (!feof(file));
  fclose(file);
  return self;
}

/* ---- one pass ---- */

reml_config bench_config(void) {
  reml_config config = reml_config_default();
  config.experimental_effects = true; /* a program with effects shall not stop early */
  return config;
}

reml_context *bench_context(const char *path) {
  reml_context *context = reml_context_new();
  if (!context) give_up(path, reml_status_text(REML_NO_MEMORY));
  return context;
}

static uint64_t lex(const source *self, const reml_config *config) {
  reml_reader *reader = reml_reader_open(config, self->bytes, self->length);
  if (!reader) give_up(self->path, reml_status_text(REML_NO_MEMORY));
  reml_token_info token;
  uint64_t count = 0;
  do {
    if (!reml_reader_token(reader, &token)) {
      const reml_lexical_error *error = reml_reader_error(reader);
      give_up_at(self->path, error->span.start, error->message);
    }
    count++;
  } while (token.kind != REML_TOKEN_EOF);
  return count;
}

static const reml_result *run(const source *self, const reml_config *config) {
  return reml_run(bench_context(self->path), config, reml_string_from(self->path), self->bytes,
                  self->length);
}

static const reml_result *parse(const source *self, const reml_config *config) {
  return accepted(self->path, run(self, config));
}

/* ---- rounds ---- */

double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double time_lexing(const source *self, const reml_config *config, size_t repeats) {
  double start = seconds_now();
  for (size_t i = 0; i < repeats; i++)
    lex(self, config);
  return (seconds_now() - start) / (double)repeats;
}

double time_parsing(const source *self, const reml_config *config, size_t repeats) {
  double start = seconds_now();
  for (size_t i = 0; i < repeats; i++)
    parse(self, config);
  return (seconds_now() - start) / (double)repeats;
}

static int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

pace pace_of(double *seconds, size_t count) {
  qsort(seconds, count, sizeof *seconds, by_value);
  double upper = seconds[count / 2], lower = seconds[(count - 1) / 2];
  return (pace){.best = seconds[0], .median = (lower + upper) / 2};
}

size_t repeats_for(size_t length) {
  size_t repeats = (size_t)SAMPLE_BYTES / (length + 1) + 1;
  return repeats < MAX_REPEATS ? repeats : MAX_REPEATS;
}

void measure_time(const char *path, figures *out) {
  static double lex_seconds[MAX_ROUNDS], parse_seconds[MAX_ROUNDS], spec_seconds[MAX_ROUNDS];
  source self = read_source(path);
  reml_config config = bench_config(), spec = config;
  size_t repeats = repeats_for(self.length), rounds = 0;
  const reml_result *result = parse(&self, &config);
  out->bytes = self.length;
  out->tokens = lex(&self, &config);
  out->nodes = reml_tree_nodes(result->tree);
  out->tree_bytes = reml_tree_bytes(result->tree);
  result = NULL;
  spec.profile = REML_PROFILE_SPEC;
  bool in_both = run(&self, &spec)->accepted;
  double start = seconds_now();
  while (rounds < MIN_ROUNDS || (rounds < MAX_ROUNDS && seconds_now() - start < enough_seconds)) {
    GC_gcollect(); /* no round pays for the garbage of the one before */
    lex_seconds[rounds] = time_lexing(&self, &config, repeats);
    parse_seconds[rounds] = time_parsing(&self, &config, repeats);
    if (in_both) {
      GC_gcollect();
      spec_seconds[rounds] = time_parsing(&self, &spec, repeats);
    }
    rounds++;
  }
  out->rounds = rounds;
  out->lex = pace_of(lex_seconds, rounds);
  out->parse = pace_of(parse_seconds, rounds);
  if (in_both) out->spec = pace_of(spec_seconds, rounds);
}

/* ---- memory ---- */

uint64_t peak_rss(const char *path) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) give_up(path, strerror(errno));
  return (uint64_t)usage.ru_maxrss * 1024; /* Linux counts KiB */
}

/* One parse in a process of its own: repeated parses would add their garbage. */
void measure_memory(const char *path, figures *out) {
  source self = read_source(path);
  reml_config config = bench_config();
  parse(&self, &config);
  out->peak_rss = peak_rss(path);
}
