/* Streaming as the reference has it: the profile `poc` (contract streaming-reference.md, whose
 * sections are meant below).
 *
 * Text is gathered, and parsed as a whole. A call ends with a result, or with a continuation that
 * takes one more item; a continuation is a value that never changes, so it may be resumed several
 * times, but all continuations of one session share their cache and their flow state.
 *
 * Everything here is collected memory. Items are only read during the call.
 */
#ifndef REML_POC_H
#define REML_POC_H

#include "reml_config.h"

/* ---- what goes in (section 1) ---- */

typedef enum reml_poc_action { REML_POC_PAUSE, REML_POC_CONTINUE } reml_poc_action;

/* A hint of the producer, or a demand on it. Texts are absent unless set. */
typedef struct reml_poc_demand {
  reml_poc_action action;
  reml_optional_int min_bytes, preferred_bytes;
  reml_string resume_hint, reason;
} reml_poc_demand;

typedef enum reml_poc_item_kind {
  REML_POC_CHUNK,
  REML_POC_AWAIT,
  REML_POC_CLOSED,
  REML_POC_ERROR
} reml_poc_item_kind;

typedef struct reml_poc_item {
  reml_poc_item_kind kind;
  reml_string text;            /* CHUNK: the bytes; ERROR: the message */
  const reml_poc_demand *hint; /* AWAIT; NULL: none */
} reml_poc_item;

/* The next item; what it points to must stay until the next one is asked for. */
typedef reml_poc_item reml_poc_feeder(void *user);

/* ---- what comes out (sections 1 and 6) ---- */

/* Reasons, the newest first. */
typedef struct reml_poc_lineage {
  reml_string reason;
  const struct reml_poc_lineage *earlier;
} reml_poc_lineage;

typedef struct reml_poc_session reml_poc_session;

typedef struct reml_poc_continuation {
  reml_poc_session *session; /* shared: configuration, cache, flow state */
  reml_string buffer;        /* its length is commit_watermark and buffered_bytes */
  reml_stream_meta meta;
  reml_poc_demand demand;
  reml_poc_demand defaults; /* of the next demand: min, preferred, resume hint */
  /* Section 3: its expected set and its span are expected_tokens and last_checkpoint. NULL: the
   * empty snapshot. */
  const reml_diagnostic *snapshot;
  const reml_poc_lineage *lineage;
  const reml_diagnostic *diagnostics; /* all so far */
  size_t diagnostic_count;
} reml_poc_continuation;

typedef enum reml_poc_event_kind {
  REML_POC_EVENT_PENDING,
  REML_POC_EVENT_ERROR
} reml_poc_event_kind;

/* An audit event (section 8). */
typedef struct reml_poc_event {
  reml_poc_event_kind kind;
  /* Gives expected_tokens, last_checkpoint and, for an ERROR, the diagnostic. NULL: none. */
  const reml_diagnostic *diagnostic;
  /* Of a Pending: gives resume_hint, resume_lineage, backpressure_events. NULL: completed. */
  const reml_poc_continuation *continuation;
  reml_string last_reason;
  const char *timestamp;
} reml_poc_event;

/* Either continuation (Pending) or result (Completed) is set. The diagnostics of a result are those
 * of the continuation, then those of its own parse. */
typedef struct reml_poc_outcome {
  const reml_poc_continuation *continuation;
  const reml_result *result;
  reml_stream_meta meta;
  const reml_poc_event *events;
  size_t event_count;
} reml_poc_outcome;

/* Writes an event as the reference does (diagnostics-json.md section 6), one line. */
reml_status reml__write_poc_event(const reml_poc_event *event, const reml_context *context,
                                  const reml_config *config, const reml_audit *audit);

/* Of its session. */
reml_context *reml__poc_context(const reml_poc_continuation *continuation);
reml_config reml__poc_config(const reml_poc_continuation *continuation);

/* ---- calls: REML_OK, REML_NO_MEMORY or REML_BAD_USE; *out is only set when REML_OK ---- */

/* Pulls items until there is an outcome. An absent file name is `<stream>`. */
reml_status reml__poc_run(reml_context *context, const reml_config *config, reml_string filename,
                          reml_poc_feeder *feeder, void *user, reml_poc_outcome *out);
reml_status reml__poc_resume(const reml_poc_continuation *from, const reml_poc_item *item,
                             reml_poc_outcome *out);

#endif
