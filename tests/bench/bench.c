/* reml-bench: how fast lexing and parsing are and how much memory they need (see README.md). */
#include "remlparse.h"

#include <errno.h>
#include <gc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  MIN_ROUNDS = 6, /* the first ones still make the heap grow */
  MAX_ROUNDS = 4096,
  SAMPLE_BYTES = 1 << 20, /* a small file is repeated within a round until the clock can see it */
  MAX_REPEATS = 10000,
  TROUBLE = 2
};
static const double enough_seconds = 1.0;

typedef struct source {
  const char *path;
  char *bytes;
  size_t length;
} source;

typedef struct pace {
  double best, median; /* seconds for one pass over the file */
} pace;

typedef struct figures {
  uint64_t bytes, tokens, nodes, tree_bytes, rounds, peak_rss;
  pace lex, parse;
} figures;

static const char help_text[] =
    "Usage: reml-bench [--json] FILE...\n"
    "Measures lexing alone and parsing to a syntax tree, in turns, and peak resident memory.\n"
    "Each FILE must be accepted. The figures reported are those of the fastest round; the median\n"
    "is printed beside them. MB is 10^6 bytes.\n"
    "  --json   one JSON object per file and line: file, bytes, tokens, nodes, lex_mb_s,\n"
    "           parse_mb_s (fastest rounds), ast_bytes_per_byte, peak_rss_bytes\n"
    "Exit status: 0; 2 when a file cannot be read or is rejected, or for a bad option.\n";

/* ---- failing (in a child process, which measures one file) ---- */

static _Noreturn void give_up(const char *path, const char *reason) {
  fprintf(stderr, "reml-bench: %s: %s\n", path, reason);
  exit(TROUBLE);
}

static _Noreturn void give_up_at(const char *path, reml_position at, reml_string message) {
  fprintf(stderr, "reml-bench: %s:%u:%u: %.*s\n", path, at.line, at.column, (int)message.length,
          message.bytes);
  exit(TROUBLE);
}

/* ---- input ---- */

static void grow(source *self, size_t *capacity) {
  *capacity = *capacity ? *capacity * 2 : (size_t)SAMPLE_BYTES;
  self->bytes = realloc(self->bytes, *capacity);
  if (!self->bytes) give_up(self->path, "out of memory");
}

static source read_source(const char *path) {
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

/* One configuration for both passes, so that they read the same tokens. */
static reml_config bench_config(void) {
  reml_config config = reml_config_default();
  config.experimental_effects = true; /* a program with effects shall not stop early */
  return config;
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

static const reml_result *parse(const source *self, const reml_config *config) {
  reml_context *context = reml_context_new();
  if (!context) give_up(self->path, reml_status_text(REML_NO_MEMORY));
  const reml_result *result =
      reml_run(context, config, reml_string_from(self->path), self->bytes, self->length);
  if (result->accepted) return result;
  if (!result->diagnostic_count) give_up(self->path, reml_status_text(result->status));
  give_up_at(self->path, result->diagnostics->span.start, result->diagnostics->message);
}

/* ---- rounds ---- */

static double seconds_now(void) {
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

static double time_parsing(const source *self, const reml_config *config, size_t repeats) {
  double start = seconds_now();
  for (size_t i = 0; i < repeats; i++)
    parse(self, config);
  return (seconds_now() - start) / (double)repeats;
}

static int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static pace pace_of(double *seconds, size_t rounds) {
  qsort(seconds, rounds, sizeof *seconds, by_value);
  double upper = seconds[rounds / 2], lower = seconds[(rounds - 1) / 2];
  return (pace){.best = seconds[0], .median = (lower + upper) / 2};
}

static size_t repeats_for(size_t length) {
  size_t repeats = (size_t)SAMPLE_BYTES / (length + 1) + 1;
  return repeats < MAX_REPEATS ? repeats : MAX_REPEATS;
}

static void measure_time(const char *path, figures *out) {
  static double lex_seconds[MAX_ROUNDS], parse_seconds[MAX_ROUNDS];
  source self = read_source(path);
  reml_config config = bench_config();
  size_t repeats = repeats_for(self.length), rounds = 0;
  const reml_result *result = parse(&self, &config);
  out->bytes = self.length;
  out->tokens = lex(&self, &config);
  out->nodes = reml_tree_nodes(result->tree);
  out->tree_bytes = reml_tree_bytes(result->tree);
  result = NULL;
  double start = seconds_now();
  while (rounds < MIN_ROUNDS || (rounds < MAX_ROUNDS && seconds_now() - start < enough_seconds)) {
    GC_gcollect(); /* no round pays for the garbage of the one before */
    lex_seconds[rounds] = time_lexing(&self, &config, repeats);
    parse_seconds[rounds] = time_parsing(&self, &config, repeats);
    rounds++;
  }
  out->rounds = rounds;
  out->lex = pace_of(lex_seconds, rounds);
  out->parse = pace_of(parse_seconds, rounds);
}

/* One parse in a process of its own: repeated parses would add their garbage. */
static void measure_memory(const char *path, figures *out) {
  source self = read_source(path);
  reml_config config = bench_config();
  parse(&self, &config);
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) give_up(path, strerror(errno));
  out->peak_rss = (uint64_t)usage.ru_maxrss * 1024; /* Linux counts KiB */
}

/* ---- child processes ---- */

typedef void measurement(const char *path, figures *out);

static _Noreturn void serve(measurement *measure, const char *path, int answer) {
  figures result = {0};
  GC_INIT();
  measure(path, &result);
  if (write(answer, &result, sizeof result) != (ssize_t)sizeof result)
    give_up(path, strerror(errno));
  exit(0);
}

static bool collect(pid_t child, const char *path, int answer, figures *out) {
  ssize_t got;
  int ended;
  do
    got = read(answer, out, sizeof *out);
  while (got < 0 && errno == EINTR);
  while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
    continue;
  if (WIFSIGNALED(ended))
    fprintf(stderr, "reml-bench: %s: ended by signal %d\n", path, WTERMSIG(ended));
  return got == (ssize_t)sizeof *out && WIFEXITED(ended) && WEXITSTATUS(ended) == 0;
}

/* Runs `measure` in a child, so that files do not influence each other. */
static bool run_apart(measurement *measure, const char *path, figures *out) {
  int ends[2];
  fflush(stdout);
  pid_t child = pipe(ends) == 0 ? fork() : -1;
  if (child < 0) {
    fprintf(stderr, "reml-bench: %s: %s\n", path, strerror(errno));
    return false;
  }
  if (child == 0) {
    close(ends[0]);
    serve(measure, path, ends[1]);
  }
  close(ends[1]);
  bool measured = collect(child, path, ends[0], out);
  close(ends[0]);
  return measured;
}

/* ---- report ---- */

static double mb_per_second(const figures *of, double seconds) {
  return seconds > 0 ? (double)of->bytes / 1e6 / seconds : 0;
}

static double ns_per_token(const figures *of, double seconds) {
  return seconds * 1e9 / (double)of->tokens;
}

static double tree_ratio(const figures *of) {
  return of->bytes ? (double)of->tree_bytes / (double)of->bytes : 0;
}

static void print_pace(const char *what, const figures *of, pace speed) {
  printf("  %-8s %8.1f MB/s  %7.1f ns/token   (median %.1f MB/s, %.1f ns/token)\n", what,
         mb_per_second(of, speed.best), ns_per_token(of, speed.best),
         mb_per_second(of, speed.median), ns_per_token(of, speed.median));
}

static void print_text(const char *path, const figures *of) {
  printf("%s: %llu bytes, %llu tokens, %llu nodes, %llu rounds\n", path,
         (unsigned long long)of->bytes, (unsigned long long)of->tokens,
         (unsigned long long)of->nodes, (unsigned long long)of->rounds);
  print_pace("lexing", of, of->lex);
  print_pace("parsing", of, of->parse);
  printf("  tree     %8.2f bytes per source byte\n", tree_ratio(of));
  printf("  memory   %8.1f MB peak\n", (double)of->peak_rss / 1e6);
}

static void print_json_string(const char *text) {
  putchar('"');
  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\')
      printf("\\%c", byte);
    else if (byte < 0x20 || byte == 0x7f)
      printf("\\u%04x", byte);
    else
      putchar(byte);
  }
  putchar('"');
}

static void print_json(const char *path, const figures *of) {
  fputs("{\"file\":", stdout);
  print_json_string(path);
  printf(",\"bytes\":%llu,\"tokens\":%llu,\"nodes\":%llu", (unsigned long long)of->bytes,
         (unsigned long long)of->tokens, (unsigned long long)of->nodes);
  printf(",\"lex_mb_s\":%.3f,\"parse_mb_s\":%.3f", mb_per_second(of, of->lex.best),
         mb_per_second(of, of->parse.best));
  printf(",\"ast_bytes_per_byte\":%.4f,\"peak_rss_bytes\":%llu}\n", tree_ratio(of),
         (unsigned long long)of->peak_rss);
}

static bool bench(const char *path, bool json) {
  figures result = {0}, memory = {0};
  if (!run_apart(measure_time, path, &result)) return false;
  if (!run_apart(measure_memory, path, &memory)) return false;
  result.peak_rss = memory.peak_rss;
  if (json)
    print_json(path, &result);
  else
    print_text(path, &result);
  return true;
}

int main(int argc, char **argv) {
  bool json = argc > 1 && !strcmp(argv[1], "--json");
  int first = json ? 2 : 1;
  if (argc > first && !strcmp(argv[first], "--help")) {
    fputs(help_text, stdout);
    return fflush(stdout) == 0 ? 0 : TROUBLE;
  }
  if (argc <= first || !strncmp(argv[first], "--", 2)) {
    fputs(help_text, stderr);
    return TROUBLE;
  }
  int status = 0;
  for (int i = first; i < argc; i++)
    if (!bench(argv[i], json)) status = TROUBLE;
  if (fflush(stdout) == 0 && !ferror(stdout)) return status;
  fprintf(stderr, "reml-bench: standard output: %s\n", strerror(errno));
  return TROUBLE;
}
