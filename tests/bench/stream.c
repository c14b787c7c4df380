/* Streaming a source: chunks of several sizes, Pendings, and the declaration sink. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <gc.h>
#include <string.h>
#include <unistd.h>

enum { STREAM_ROUNDS = 12, SLOW_ROUNDS = 6, PENDINGS = 2001, LARGE_CHUNK = 64 * 1024 };
static const uint64_t sink_bytes = UINT64_C(1) << 30;

static const size_t chunk_bytes[CHUNK_SIZES] = {
    [CHUNK_64K] = LARGE_CHUNK, [CHUNK_4K] = 4 * 1024, [CHUNK_64] = 64, [CHUNK_1] = 1};

static reml_stream_config stream_config(void) {
  reml_stream_config config = reml_stream_config_default();
  config.run_config = bench_config();
  return config;
}

/* ---- a feeder that slices bytes ---- */

typedef struct slicer {
  const char *bytes;
  size_t length, at, chunk;
  bool stays_open; /* says Await at the end of the bytes, not Closed */
} slicer;

/* More than `chunk` where a demand wants the rest of a character, as less would be a Pending. */
static reml_yield next_slice(void *user, const reml_demand *demand) {
  slicer *self = user;
  size_t left = self->length - self->at;
  if (left == 0) return self->stays_open ? reml_yield_await() : reml_yield_closed();
  size_t count = demand->min_bytes > self->chunk ? (size_t)demand->min_bytes : self->chunk;
  if (count > left) count = left;
  reml_yield yield = reml_yield_chunk(self->bytes + self->at, count);
  self->at += count;
  return yield;
}

static reml_stream_outcome stream(const char *path, slicer *from) {
  reml_stream_config config = stream_config();
  reml_feeder feeder = {.pull = next_slice, .user = from};
  return reml_run_stream(bench_context(path), &config, reml_string_from(path), &feeder);
}

/* ---- chunks ---- */

static void stream_once(const source *self, size_t chunk) {
  slicer slices = {.bytes = self->bytes, .length = self->length, .chunk = chunk};
  reml_stream_outcome outcome = stream(self->path, &slices);
  if (!outcome.result) give_up(self->path, "the stream waits although all demands are met");
  accepted(self->path, outcome.result);
}

static double time_streaming(const source *self, size_t chunk, size_t repeats) {
  double start = seconds_now();
  for (size_t i = 0; i < repeats; i++)
    stream_once(self, chunk);
  return (seconds_now() - start) / (double)repeats;
}

/* Every pass begins with the same heap: without the garbage of the one before. */
void measure_chunks(const char *path, figures *out) {
  static double whole[STREAM_ROUNDS], chunked[CHUNK_SIZES][STREAM_ROUNDS];
  source self = read_source(path);
  reml_config config = bench_config();
  size_t repeats = repeats_for(self.length);
  for (size_t round = 0; round < STREAM_ROUNDS; round++) {
    GC_gcollect();
    whole[round] = time_parsing(&self, &config, repeats);
    for (size_t size = 0; size < CHUNK_SIZES; size++) {
      if (size == CHUNK_1 && round >= SLOW_ROUNDS) continue;
      GC_gcollect();
      chunked[size][round] = time_streaming(&self, chunk_bytes[size], repeats);
    }
  }
  double best = pace_of(whole, STREAM_ROUNDS).best;
  for (size_t size = 0; size < CHUNK_SIZES; size++) {
    size_t rounds = size == CHUNK_1 ? SLOW_ROUNDS : STREAM_ROUNDS;
    out->stream.ratio[size] = pace_of(chunked[size], rounds).best / best;
  }
}

/* ---- Pendings ---- */

/* Streams up to `at`, and the bytes behind it one by one, each with a Pending of its own. */
static void pend_from(const source *self, size_t at, double *median_us, double *engine_bytes) {
  static double seconds[PENDINGS];
  slicer slices = {.bytes = self->bytes, .length = at, .chunk = LARGE_CHUNK, .stays_open = true};
  reml_stream_outcome outcome = stream(self->path, &slices);
  for (size_t i = 0; i < PENDINGS && outcome.continuation; i++) {
    double start = seconds_now();
    outcome = reml_resume_bytes(outcome.continuation, self->bytes + at + i, 1);
    seconds[i] = seconds_now() - start;
  }
  reml_continuation_meta meta;
  if (!outcome.continuation || !reml_continuation_describe(outcome.continuation, &meta))
    give_up(self->path, "the stream ends before its input does");
  *median_us = pace_of(seconds, PENDINGS).median * 1e6;
  *engine_bytes = (double)meta.engine_bytes;
}

void measure_pending(const char *path, figures *out) {
  source self = read_source(path);
  both_ends *us = &out->stream.pending_us, *bytes = &out->stream.engine_bytes;
  if (self.length < 3 * PENDINGS) return; /* the two places would meet */
  pend_from(&self, PENDINGS, &us->start, &bytes->start);
  pend_from(&self, self.length - PENDINGS, &us->end, &bytes->end);
}

/* ---- the declaration sink ---- */

/* Reads a file again and again, so that no copy of it counts as memory. */
typedef struct loop {
  const char *path;
  int file;
  off_t first, at; /* where declarations begin, below 0: not known; what is read next */
  uint64_t sent;
  char buffer[LARGE_CHUNK];
} loop;

/* A line break stands between the last declaration and the first one again. */
static reml_yield next_of_loop(void *user, const reml_demand *demand) {
  loop *self = user;
  (void)demand;
  ssize_t count = pread(self->file, self->buffer, sizeof self->buffer, self->at);
  if (count < 0) give_up(self->path, strerror(errno));
  self->sent += (uint64_t)count;
  self->at += count;
  if (count > 0) return reml_yield_chunk(self->buffer, (size_t)count);
  if (self->first < 0 || self->sent >= sink_bytes) return reml_yield_closed();
  self->at = self->first;
  return reml_yield_chunk("\n", 1);
}

/* Whatever comes behind the first declaration is not wanted. */
static bool note_first(void *user, const reml_tree *tree, reml_node declaration) {
  uint32_t start, end;
  reml_node_span(tree, declaration, &start, &end);
  ((loop *)user)->first = start;
  return false;
}

static bool count_declaration(void *user, const reml_tree *tree, reml_node declaration) {
  (void)tree, (void)declaration;
  ++*(uint64_t *)user;
  return true;
}

static const reml_result *stream_loop(loop *self, reml_take_declaration *take, void *user) {
  reml_stream_config config = stream_config();
  config.on_declaration = take;
  config.declaration_user = user;
  reml_feeder feeder = {.pull = next_of_loop, .user = self};
  reml_stream_outcome outcome =
      reml_run_stream(bench_context(self->path), &config, reml_string_from(self->path), &feeder);
  if (!outcome.result) give_up(self->path, "the stream waits although all demands are met");
  return outcome.result;
}

void measure_sink(const char *path, figures *out) {
  static loop self; /* its buffer is large for a stack */
  uint64_t count = 0;
  self = (loop){.path = path, .file = open(path, O_RDONLY | O_CLOEXEC), .first = -1};
  if (self.file < 0) give_up(path, strerror(errno));
  stream_loop(&self, note_first, &self);
  if (self.first < 0) return; /* there is no declaration to repeat */
  self.at = 0;
  self.sent = 0;
  accepted(path, stream_loop(&self, count_declaration, &count));
  out->stream.sink_peak_rss = peak_rss(path);
}
