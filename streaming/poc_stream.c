/* The profile `poc` behind the public functions of streaming: what goes in and comes out is put
 * into the words of the other. A demand that the reference leaves open is 0 bytes here. */
#include "reml_poc.h"
#include "reml_settings.h"
#include "reml_stream.h"

#include <gc.h>
#include <string.h>

/* --- what goes in --- */

static reml_poc_item item_of(const reml_yield *yield) {
  switch (yield->kind) {
  case REML_YIELD_CHUNK:
    return (reml_poc_item){.kind = REML_POC_CHUNK, .text = {yield->bytes, yield->count}};
  case REML_YIELD_AWAIT: return (reml_poc_item){.kind = REML_POC_AWAIT};
  case REML_YIELD_CLOSED: return (reml_poc_item){.kind = REML_POC_CLOSED};
  case REML_YIELD_ERROR: break;
  }
  return (reml_poc_item){.kind = REML_POC_ERROR, .text = yield->error.message};
}

static reml_poc_item pull(void *user) {
  const reml_feeder *feeder = user;
  reml_demand demand = {.min_bytes = 1, .preferred_bytes = 1};
  reml_yield yield = feeder->pull(feeder->user, &demand);
  if (!reml__yield_is_usable(&yield)) yield = reml_yield_closed();
  return item_of(&yield);
}

/* --- what comes out --- */

static uint64_t bytes_or_none(reml_optional_int bytes) {
  return bytes.present && bytes.number > 0 ? (uint64_t)bytes.number : 0;
}

/* The reference's reasons are free texts; all that is not backpressure is waiting. */
static reml_demand demand_of(const reml_poc_demand *demand) {
  bool pressure = reml__text_equals(reml__text_trim(demand->reason), "pending.backpressure");
  return (reml_demand){.min_bytes = bytes_or_none(demand->min_bytes),
                       .preferred_bytes = bytes_or_none(demand->preferred_bytes),
                       .resume_hint = demand->resume_hint,
                       .reason = pressure ? REML_PENDING_BACKPRESSURE : REML_PENDING_FEEDER_AWAIT};
}

static reml_continuation *continuation_of(const reml_stream_config *config,
                                          const reml_poc_continuation *poc) {
  reml_continuation *continuation = GC_MALLOC(sizeof *continuation);
  if (continuation == NULL) return NULL;
  *continuation = (reml_continuation){
      .self = continuation, .build = reml__build, .poc = poc, .poc_config = config};
  return continuation;
}

static void emit(const reml_stream_config *config, reml_context *context,
                 const reml_poc_event *event, const reml_stream_outcome *out) {
  if (config->on_event == NULL) {
    if (config->audit.write != NULL)
      reml__write_poc_event(event, context, &config->run_config, &config->audit);
    return;
  }
  bool pending = event->kind == REML_POC_EVENT_PENDING;
  reml_stream_event told = {.kind = pending ? REML_EVENT_PENDING : REML_EVENT_ERROR,
                            .meta = out->meta,
                            .reason = out->demand.reason,
                            .continuation = out->continuation,
                            .diagnostic = event->diagnostic,
                            .result = out->result,
                            .audit_id = "",
                            .timestamp = event->timestamp};
  config->on_event(config->event_user, &told);
}

static reml_stream_outcome outcome_of(const reml_stream_config *config, reml_context *context,
                                      const reml_poc_outcome *poc) {
  reml_stream_outcome out = {.result = poc->result, .meta = poc->meta};
  if (poc->continuation != NULL) {
    out.demand = demand_of(&poc->continuation->demand);
    out.continuation = continuation_of(config, poc->continuation);
    if (out.continuation == NULL) return reml__stream_without_session(REML_NO_MEMORY);
  }
  for (size_t i = 0; i < poc->event_count; i++)
    emit(config, context, &poc->events[i], &out);
  return out;
}

/* --- calls --- */

reml_stream_outcome reml__poc_stream_run(reml_context *context, const reml_stream_config *config,
                                         reml_string filename, const reml_feeder *feeder) {
  reml_stream_config *copy = GC_MALLOC(sizeof *copy);
  reml_feeder asked = *feeder;
  reml_poc_outcome poc;
  reml_settings settings;
  if (copy == NULL || reml__settings_derive(&config->run_config, &settings) != REML_OK)
    return reml__stream_without_session(REML_NO_MEMORY);
  *copy = *config;
  reml_status status = reml__poc_run(context, &config->run_config, filename, pull, &asked, &poc);
  copy->run_config = settings.effective; /* as audit records show it */
  return status == REML_OK ? outcome_of(copy, context, &poc) : reml__stream_without_session(status);
}

reml_stream_outcome reml__poc_stream_resume(const reml_continuation *from, const reml_yield *more) {
  reml_poc_item item = item_of(more);
  reml_poc_outcome poc;
  reml_status status = reml__poc_resume(from->poc, &item, &poc);
  return status == REML_OK ? outcome_of(from->poc_config, reml__poc_context(from->poc), &poc)
                           : reml__stream_without_session(status);
}

static size_t lineage_of(const reml_poc_continuation *poc, reml_pending_reason **out) {
  size_t count = 0;
  for (const reml_poc_lineage *one = poc->lineage; one != NULL; one = one->earlier)
    count++;
  *out = GC_MALLOC_ATOMIC((count + 1) * sizeof **out);
  if (*out == NULL) return 0;
  count = 0;
  for (const reml_poc_lineage *one = poc->lineage; one != NULL; one = one->earlier)
    (*out)[count++] = demand_of(&(reml_poc_demand){.reason = one->reason}).reason;
  return count;
}

bool reml__poc_stream_describe(const reml_continuation *continuation, reml_continuation_meta *out) {
  static const reml_expected nothing = {.message_key = "", .humanized = ""};
  const reml_poc_continuation *poc = continuation->poc;
  const reml_diagnostic *found = poc->snapshot;
  reml_pending_reason *lineage;
  *out = (reml_continuation_meta){
      .file = found != NULL ? found->file : reml_string_from("<stream>"),
      .commit_watermark = poc->buffer.length,
      .buffered_bytes = poc->buffer.length,
      .resume_hint = demand_of(&poc->demand),
      .expected_tokens = found != NULL && found->expected != NULL ? found->expected : &nothing,
      .has_checkpoint = found != NULL,
      .lineage_count = lineage_of(poc, &lineage),
      .backpressure_counter = poc->meta.backpressure_events,
  };
  if (found != NULL) out->last_checkpoint = found->span;
  out->resume_lineage = lineage;
  return true;
}
