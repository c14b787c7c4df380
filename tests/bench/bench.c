/* reml-bench: how fast lexing and parsing are and how much memory they need (see README.md). */
#include "bench.h"

#include <errno.h>
#include <gc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  TROUBLE = 2,
  STREAM_MOST = 64 * 1024 * 1024 /* bytes; streaming a larger file would only take longer */
};

static const char help_text[] =
    "Usage: reml-bench [--json] FILE...\n"
    "Measures lexing alone, parsing to a syntax tree in both profiles, and streaming, in turns,\n"
    "and memory. Each FILE must be accepted. The figures reported are those of the fastest\n"
    "round; the median is printed beside them. MB is 10^6 bytes. A file over 64 MiB is not\n"
    "streamed.\n"
    "  --json   one JSON object per file and line: file, bytes, tokens, nodes, lex_mb_s,\n"
    "           parse_mb_s (fastest rounds), ast_bytes_per_byte, peak_rss_bytes;\n"
    "           spec_parse_mb_s, spec_ratio (parsing in the profile spec, time / that in\n"
    "           reference), null for a file that it does not accept;\n"
    "           of streaming, null where it is not measured: stream_64k_ratio, stream_4k_ratio,\n"
    "           stream_64_ratio, stream_1_ratio (time / that of parsing, by bytes in a chunk),\n"
    "           pending_resume_us_start, pending_resume_us_end (one Pending and its resume),\n"
    "           engine_bytes_start, engine_bytes_end (memory beside the tree),\n"
    "           sink_peak_rss_bytes (1 GiB through the declaration sink)\n"
    "Exit status: 0; 2 when a file cannot be read or is rejected, or for a bad option.\n";

/* ---- child processes ---- */

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

/* 0: not measured. */
static double spec_ratio(const figures *of) {
  return of->parse.best > 0 ? of->spec.best / of->parse.best : 0;
}

static void print_pace(const char *what, const figures *of, pace speed) {
  printf("  %-8s %8.1f MB/s  %7.1f ns/token   (median %.1f MB/s, %.1f ns/token)\n", what,
         mb_per_second(of, speed.best), ns_per_token(of, speed.best),
         mb_per_second(of, speed.median), ns_per_token(of, speed.median));
}

static void print_stream_text(const stream_figures *of) {
  const double *ratio = of->ratio;
  if (ratio[CHUNK_64K] > 0)
    printf("  stream   %8.3f of parsing in chunks of 64 KiB, %.3f of 4 KiB, %.2f of 64 bytes, "
           "%.2f of single bytes\n",
           ratio[CHUNK_64K], ratio[CHUNK_4K], ratio[CHUNK_64], ratio[CHUNK_1]);
  if (of->pending_us.start > 0)
    printf("  pending  %8.2f us near the start, %.2f us at the end; %.0f and %.0f bytes beside the "
           "tree\n",
           of->pending_us.start, of->pending_us.end, of->engine_bytes.start, of->engine_bytes.end);
  if (of->sink_peak_rss > 0)
    printf("  sink     %8.1f MB peak while 1 GiB passes through\n",
           (double)of->sink_peak_rss / 1e6);
}

static void print_text(const char *path, const figures *of) {
  printf("%s: %llu bytes, %llu tokens, %llu nodes, %llu rounds\n", path,
         (unsigned long long)of->bytes, (unsigned long long)of->tokens,
         (unsigned long long)of->nodes, (unsigned long long)of->rounds);
  print_pace("lexing", of, of->lex);
  print_pace("parsing", of, of->parse);
  if (of->spec.best > 0) {
    print_pace("spec", of, of->spec);
    printf("  profiles %8.3f times as long in the profile spec as in reference\n", spec_ratio(of));
  }
  printf("  tree     %8.2f bytes per source byte\n", tree_ratio(of));
  printf("  memory   %8.1f MB peak\n", (double)of->peak_rss / 1e6);
  print_stream_text(&of->stream);
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

static void print_member(const char *name, int decimals, double value) {
  if (value > 0)
    printf(",\"%s\":%.*f", name, decimals, value);
  else
    printf(",\"%s\":null", name);
}

static void print_stream_json(const stream_figures *of) {
  static const char *const ratios[CHUNK_SIZES] = {
      [CHUNK_64K] = "stream_64k_ratio",
      [CHUNK_4K] = "stream_4k_ratio",
      [CHUNK_64] = "stream_64_ratio",
      [CHUNK_1] = "stream_1_ratio",
  };
  for (size_t size = 0; size < CHUNK_SIZES; size++)
    print_member(ratios[size], 4, of->ratio[size]);
  print_member("pending_resume_us_start", 3, of->pending_us.start);
  print_member("pending_resume_us_end", 3, of->pending_us.end);
  print_member("engine_bytes_start", 0, of->engine_bytes.start);
  print_member("engine_bytes_end", 0, of->engine_bytes.end);
  print_member("sink_peak_rss_bytes", 0, (double)of->sink_peak_rss);
}

static void print_json(const char *path, const figures *of) {
  fputs("{\"file\":", stdout);
  print_json_string(path);
  printf(",\"bytes\":%llu,\"tokens\":%llu,\"nodes\":%llu", (unsigned long long)of->bytes,
         (unsigned long long)of->tokens, (unsigned long long)of->nodes);
  printf(",\"lex_mb_s\":%.3f,\"parse_mb_s\":%.3f", mb_per_second(of, of->lex.best),
         mb_per_second(of, of->parse.best));
  printf(",\"ast_bytes_per_byte\":%.4f,\"peak_rss_bytes\":%llu", tree_ratio(of),
         (unsigned long long)of->peak_rss);
  print_member("spec_parse_mb_s", 3, mb_per_second(of, of->spec.best));
  print_member("spec_ratio", 4, spec_ratio(of));
  print_stream_json(&of->stream);
  puts("}");
}

static bool bench_streams(const char *path, stream_figures *out) {
  figures chunks = {0}, pending = {0}, sink = {0};
  if (!run_apart(measure_chunks, path, &chunks)) return false;
  if (!run_apart(measure_pending, path, &pending)) return false;
  if (!run_apart(measure_sink, path, &sink)) return false;
  *out = pending.stream;
  memcpy(out->ratio, chunks.stream.ratio, sizeof out->ratio);
  out->sink_peak_rss = sink.stream.sink_peak_rss;
  return true;
}

static bool bench(const char *path, bool json) {
  figures result = {0}, memory = {0};
  if (!run_apart(measure_time, path, &result)) return false;
  if (!run_apart(measure_memory, path, &memory)) return false;
  result.peak_rss = memory.peak_rss;
  if (result.bytes <= STREAM_MOST && !bench_streams(path, &result.stream)) return false;
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
