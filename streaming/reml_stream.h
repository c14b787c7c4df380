/* A stream: a session, what its producer owes, and the newest continuation (contract
 * streaming-spec.md, whose sections are meant below). Internal. */
#ifndef REML_STREAM_H
#define REML_STREAM_H

#include "reml_flow.h"
#include "reml_problem.h"
#include "reml_session.h"
#include "reml_utf8.h"

enum { REML_LINEAGE = 32 };

typedef struct reml_stream {
  reml_context *context;
  reml_string filename;
  reml_stream_config config;
  reml_stream_settings settings;
  reml_feeder_access access;
  reml_session *session;
  reml_flow_controller given; /* the caller's, which config.flow refers to */
  reml_flow flow;
  reml_utf8 utf8;
  reml_stream_meta meta; /* counts; the rest is filled in when it is given out */
  reml_demand demand;    /* the newest */
  uint64_t owed;         /* bytes of it still to come */
  bool completed;
  bool resumed; /* the newest continuation is used */
  uint64_t generation, restarts;
  uint64_t frames;                           /* chunks taken since the last Pending */
  uint64_t event_at;                         /* ns */
  const char *audit_id;                      /* made for the first event */
  reml_pending_reason lineage[REML_LINEAGE]; /* newest first */
  size_t lineage_count;
} reml_stream;

struct reml_continuation {
  const reml_continuation *self; /* its own address, so that a stray copy is known for one */
  const char *build;             /* of the library that made it */
  reml_stream *stream;
  uint64_t generation, restarts; /* of the stream when it was made */
  /* Profile POC: these two instead of a stream. */
  const struct reml_poc_continuation *poc;
  const reml_stream_config *poc_config;
};

extern const char reml__build[];

/* Why a continuation cannot be resumed; NONE: it can. */
reml_problem reml__continuation_problem(const reml_continuation *continuation);
/* The newest continuation; NULL when out of memory. */
reml_continuation *reml__continuation_new(reml_stream *stream);

/* Profile POC (poc_stream.c). */
reml_stream_outcome reml__poc_stream_run(reml_context *context, const reml_stream_config *config,
                                         reml_string filename, const reml_feeder *feeder);
reml_stream_outcome reml__poc_stream_resume(const reml_continuation *from, const reml_yield *more);
bool reml__poc_stream_describe(const reml_continuation *continuation, reml_continuation_meta *out);

/* An outcome without diagnostics: REML_NO_MEMORY or REML_BAD_USE. */
reml_stream_outcome reml__stream_without_session(reml_status status);
/* Whether a yield can be taken at all. */
bool reml__yield_is_usable(const reml_yield *yield);

/* NULL when out of memory. */
reml_stream *reml__stream_open(reml_context *context, const reml_stream_config *config,
                               reml_string filename, reml_feeder_access access);
/* One pull and what follows from it; true when *out is an outcome. */
bool reml__stream_pull(reml_stream *stream, const reml_feeder *feeder, reml_stream_outcome *out);
/* One yield and what follows from it; true when *out is an outcome. */
bool reml__stream_take(reml_stream *stream, const reml_yield *yield, reml_stream_outcome *out);
/* The checks that come before the first pull; true when *out is an outcome. */
bool reml__stream_refuses_config(reml_stream *stream, reml_stream_outcome *out);
/* A Completed that reports what a caller did wrong; no stream is touched. */
reml_stream_outcome reml__stream_refusal(const reml_stream *stream, reml_problem problem);
/* Counts a resume and marks the newest continuation as used. */
void reml__stream_resumed(reml_stream *stream);
/* Counts as they are now. */
reml_stream_meta reml__stream_meta(const reml_stream *stream);

#endif
