/* What the parts of reml-bench share: the figures of a file, and how a part gives up. */
#ifndef BENCH_H
#define BENCH_H

#include "remlparse.h"

typedef struct source {
  const char *path;
  char *bytes;
  size_t length;
} source;

typedef struct pace {
  double best, median; /* seconds for one pass over the file */
} pace;

/* The sizes of the chunks in which a file is streamed. */
enum { CHUNK_64K, CHUNK_4K, CHUNK_64, CHUNK_1, CHUNK_SIZES };

/* At two places of a file: near its start, and at its end. */
typedef struct both_ends {
  double start, end;
} both_ends;

/* A figure that is 0 was not measured. */
typedef struct stream_figures {
  double ratio[CHUNK_SIZES]; /* best time of streaming / best time of reml_run */
  both_ends pending_us, engine_bytes;
  uint64_t sink_peak_rss;
} stream_figures;

typedef struct figures {
  uint64_t bytes, tokens, nodes, tree_bytes, rounds, peak_rss;
  pace lex, parse, spec; /* spec: parsing in the profile `spec`, if it accepts the file */
  stream_figures stream;
} figures;

/* Every measurement runs in a process of its own, which ends when it gives up. */
typedef void measurement(const char *path, figures *out);
measurement measure_time, measure_memory;                  /* measure.c */
measurement measure_chunks, measure_pending, measure_sink; /* stream.c */

/* --- measure.c --- */

_Noreturn void give_up(const char *path, const char *reason);
/* The result, if it is that of an accepted program. */
const reml_result *accepted(const char *path, const reml_result *result);

source read_source(const char *path);
/* One configuration for all passes but those of the profile `spec`, so that they read the same
 * tokens. */
reml_config bench_config(void);
reml_context *bench_context(const char *path);

double seconds_now(void);
/* Sorts the seconds. */
pace pace_of(double *seconds, size_t count);
/* How often a source is passed over within a round. */
size_t repeats_for(size_t length);
double time_parsing(const source *self, const reml_config *config, size_t repeats);
uint64_t peak_rss(const char *path);

#endif
