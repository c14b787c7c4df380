/* Continuations: contract streaming-spec.md sections 4 and 5. A continuation is the state of its
 * stream at one Pending; nothing is copied for it until it is forked. */
#include "reml_stream.h"

#include <gc.h>

const char reml__build[] = "remlparse " REML_VERSION;

reml_continuation *reml__continuation_new(reml_stream *stream) {
  reml_continuation *continuation = GC_MALLOC(sizeof *continuation);
  if (continuation == NULL) return NULL;
  *continuation = (reml_continuation){.self = continuation,
                                      .build = reml__build,
                                      .stream = stream,
                                      .generation = stream->generation,
                                      .restarts = stream->restarts};
  return continuation;
}

reml_problem reml__continuation_problem(const reml_continuation *continuation) {
  if (continuation == NULL || continuation->self != continuation)
    return REML_PROBLEM_CONTINUATION_FOREIGN;
  if (continuation->build != reml__build) return REML_PROBLEM_BLOB_VERSION;
  if (continuation->poc != NULL) return REML_PROBLEM_NONE; /* resumed any number of times */
  const reml_stream *stream = continuation->stream;
  if (continuation->restarts != stream->restarts) return REML_PROBLEM_STALE_SEED;
  bool newest = continuation->generation == stream->generation;
  bool usable = newest && !stream->resumed && !stream->completed;
  return usable ? REML_PROBLEM_NONE : REML_PROBLEM_CONTINUATION_REUSED;
}

/* --- forks --- */

reml_continuation *reml_continuation_fork(const reml_continuation *continuation) {
  if (reml__continuation_problem(continuation) != REML_PROBLEM_NONE) return NULL;
  if (continuation->poc != NULL) {
    reml_continuation *copy = GC_MALLOC(sizeof *copy);
    if (copy == NULL) return NULL;
    *copy = *continuation;
    copy->self = copy;
    return copy;
  }
  reml_stream *fork = GC_MALLOC(sizeof *fork);
  if (fork == NULL) return NULL;
  *fork = *continuation->stream;
  fork->session = reml__session_fork(fork->session);
  return fork->session == NULL ? NULL : reml__continuation_new(fork);
}

/* --- seeds: section 5 rule 7 --- */

typedef struct gathering {
  reml_left_recursion mode;
  uint64_t generation;
  reml_seed *seeds; /* NULL: count only */
  size_t count;
} gathering;

static void gather(void *user, const reml_open_rule *rule) {
  gathering *self = user;
  if (self->mode == REML_LEFT_AUTO && !rule->is_chain) return;
  if (self->seeds != NULL)
    self->seeds[self->count] =
        (reml_seed){rule->name, rule->start, rule->end, rule->steps, self->generation};
  self->count++;
}

static bool gather_seeds(const reml_stream *stream, reml_continuation_meta *out) {
  gathering all = {.mode = stream->config.run_config.left_recursion,
                   .generation = stream->generation};
  const reml_parser *parser = reml__session_parser(stream->session);
  if (all.mode == REML_LEFT_OFF) return true;
  reml__parser_each_open_rule(parser, gather, &all);
  if (all.count == 0) return true;
  all.seeds = GC_MALLOC(all.count * sizeof *all.seeds);
  if (all.seeds == NULL) return false;
  all.count = 0;
  reml__parser_each_open_rule(parser, gather, &all);
  out->seed_count = all.count;
  out->seeds = all.seeds;
  return true;
}

/* --- what a continuation tells of itself --- */

bool reml_continuation_describe(const reml_continuation *continuation,
                                reml_continuation_meta *out) {
  if (reml__continuation_problem(continuation) != REML_PROBLEM_NONE) return false;
  if (continuation->poc != NULL) return reml__poc_stream_describe(continuation, out);
  reml_stream *stream = continuation->stream;
  reml__session_settle(stream->session);
  reml_session_rest rest = reml__session_rest(stream->session);
  *out = (reml_continuation_meta){
      .file = stream->filename,
      .commit_watermark = rest.settled,
      .buffered_bytes = rest.received - rest.settled,
      .in_comment = rest.in_comment,
      .resume_hint = stream->demand,
      .expected_tokens = reml__session_expected(stream->session),
      .trace_label = stream->settings.checkpoint,
      .lineage_count = stream->lineage_count,
      .resume_lineage = stream->lineage,
      .backpressure_counter = stream->meta.backpressure_events,
      .generation = stream->generation,
      .engine_bytes = sizeof *stream + reml__session_size(stream->session).bytes,
  };
  out->has_checkpoint = reml__session_checkpoint(stream->session, &out->last_checkpoint);
  return out->expected_tokens != NULL && gather_seeds(stream, out);
}
