/* The state machine of the profile `poc` (contract streaming-reference.md sections 2 to 8). */
#include "reml_poc.h"
#include "reml_bridge.h"
#include "reml_context.h"
#include "reml_diagnose.h"

#include <math.h>
#include <string.h>

#define BACKPRESSURE "pending.backpressure"

struct reml_poc_session {
  reml_context *context;
  reml_config config;
  reml_stream_settings settings;
  reml_string filename;
  reml_cache *cache; /* NULL: none */
  uint64_t backpressure_events;
};

/* One call: the continuation it starts from, on its way to the one it may end with. */
typedef struct turn {
  reml_memory *memory;
  reml_poc_continuation state;
} turn;

/* ---- texts ---- */

static reml_string joined(reml_memory *memory, const char *before, reml_string text) {
  size_t length = strlen(before);
  char *copy = reml__alloc_atomic(memory, length + text.length + 1);
  memcpy(copy, before, length);
  if (text.length > 0) memcpy(copy + length, text.bytes, text.length);
  copy[length + text.length] = '\0';
  return (reml_string){copy, length + text.length};
}

/* An absent text stays absent. */
static reml_string copied(reml_memory *memory, reml_string text) {
  return text.bytes == NULL ? text : joined(memory, "", text);
}

/* ---- sessions ---- */

static reml_cache *new_cache(reml_memory *memory) {
  reml_cache *cache = reml_cache_new();
  if (cache == NULL) reml__out_of_memory(memory);
  return cache;
}

static reml_poc_session *new_session(reml_memory *memory, reml_context *context,
                                     const reml_config *config, reml_string filename) {
  reml_poc_session *session = reml__alloc(memory, sizeof *session);
  session->context = context;
  session->config = *config;
  session->config.locale = copied(memory, config->locale);
  session->settings = reml__config_stream(&session->config);
  session->cache = config->packrat ? new_cache(memory) : NULL;
  session->filename =
      filename.bytes == NULL ? reml_string_from("<stream>") : copied(memory, filename);
  return session;
}

/* Section 2: what lies before the text that is there cannot be asked for again. */
static void prune(const reml_poc_continuation *state) {
  size_t watermark = state->buffer.length;
  if (state->session->cache == NULL) return;
  reml_cache_prune_before(state->session->cache,
                          watermark < UINT32_MAX ? (uint32_t)watermark : UINT32_MAX);
}

/* The text gathered so far and one more piece, as a text of its own. */
static const reml_result *parse(const turn *t, const reml_config *config, reml_cache *cache,
                                reml_string more) {
  const reml_string *buffer = &t->state.buffer;
  const reml_poc_session *ours = t->state.session;
  reml_session *session = reml_session_open(ours->context, config, ours->filename, cache);
  if (session == NULL) reml__out_of_memory(t->memory);
  reml_session_feed(session, buffer->bytes, buffer->length);
  reml_session_feed(session, more.bytes, more.length);
  const reml_result *result = reml_session_finish(session);
  if (result->status == REML_NO_MEMORY) reml__out_of_memory(t->memory);
  return result;
}

/* Section 3. The cache stays out of it: it knows nothing of texts, and this one is unfinished. */
static const reml_diagnostic *snapshot(const turn *t) {
  if (t->state.buffer.length == 0) return NULL;
  reml_config config = t->state.session->config;
  config.require_eof = true;
  const reml_result *result = parse(t, &config, NULL, (reml_string){NULL, 0});
  return result->diagnostic_count > 0 ? result->diagnostics : NULL;
}

/* ---- demands (sections 4 and 5) ---- */

static void default_int(reml_optional_int *number, reml_optional_int other) {
  if (!number->present) *number = other;
}

static void fill_from_config(reml_poc_demand *demand, const reml_stream_settings *settings) {
  default_int(&demand->min_bytes, settings->demand_min_bytes);
  default_int(&demand->preferred_bytes, settings->demand_preferred_bytes);
  if (demand->resume_hint.bytes == NULL) demand->resume_hint = settings->resume_hint;
}

/* The demand that the defaults make. A first call has none but those of the configuration. */
static reml_poc_demand standing_demand(const turn *t, reml_string reason) {
  reml_poc_demand demand = t->state.defaults;
  demand.action = REML_POC_PAUSE;
  demand.reason = reason;
  fill_from_config(&demand, &t->state.session->settings);
  return demand;
}

static reml_poc_demand awaited_demand(const turn *t, const reml_poc_demand *hint) {
  reml_string reason = reml_string_from("feeder.await");
  if (hint == NULL) return standing_demand(t, reason);
  reml_poc_demand demand = *hint;
  demand.resume_hint = copied(t->memory, hint->resume_hint);
  demand.reason = hint->reason.bytes == NULL ? reason : copied(t->memory, hint->reason);
  fill_from_config(&demand, &t->state.session->settings);
  return demand;
}

static void raise_to_one(reml_optional_int *number) {
  if (number->present && number->number < 1) number->number = 1;
}

static int64_t throttled(int64_t bytes, reml_optional_float ratio) {
  bool usable = ratio.present && isfinite(ratio.number) && ratio.number > 0;
  double scaled = ceil((double)bytes * (usable ? ratio.number : 1.0));
  if (scaled < 1) return 1;
  return scaled < 0x1p63 ? (int64_t)scaled : INT64_MAX;
}

/* The least of what is present. */
static reml_optional_int capped(reml_optional_int bytes, reml_optional_int cap) {
  if (!bytes.present) return cap;
  return cap.present && cap.number < bytes.number ? cap : bytes;
}

/* Section 5. */
static void restrain(turn *t) {
  reml_poc_session *session = t->state.session;
  const reml_flow_settings *flow = &session->settings.flow;
  reml_optional_int least = t->state.demand.min_bytes;
  reml_optional_int most = t->state.demand.preferred_bytes;
  if (!flow->automatic) return;
  session->backpressure_events++;
  raise_to_one(&least);
  raise_to_one(&most);
  if (most.present) most.number = throttled(most.number, flow->throttle_ratio);
  least = capped(least, flow->max_lag_bytes);
  most = capped(most, flow->max_lag_bytes);
  if (least.present && (!most.present || most.number < least.number)) most = least;
  t->state.demand.min_bytes = least;
  t->state.demand.preferred_bytes = most;
  t->state.demand.reason = reml_string_from(BACKPRESSURE);
}

/* ---- diagnostics (section 7) ---- */

/* A continuation's list is never written to again, so a longer one is a new one. */
static void add_diagnostics(turn *t, const reml_diagnostic *more, size_t count) {
  reml_poc_continuation *state = &t->state;
  size_t old = state->diagnostic_count;
  if (count == 0) return;
  reml_diagnostic *all = reml__alloc(t->memory, (old + count) * sizeof *all);
  if (old > 0) memcpy(all, state->diagnostics, old * sizeof *all);
  memcpy(all + old, more, count * sizeof *all);
  state->diagnostics = all;
  state->diagnostic_count = old + count;
}

static const char *timestamp(const turn *t) {
  const char *text = reml__context_timestamp(t->state.session->context);
  if (text == NULL) reml__out_of_memory(t->memory);
  return text;
}

/* Like those that a parse finds, but for the metadata. */
static reml_diagnostic at_checkpoint(const turn *t, reml_diagnostic diagnostic) {
  const reml_diagnostic *found = t->state.snapshot;
  reml_context *context = t->state.session->context;
  diagnostic.file = t->state.session->filename;
  diagnostic.span = found ? found->span : (reml_span){{0, 0, 0}, {0, 0, 0}};
  diagnostic.has_run_config = false;
  diagnostic.sequence = reml__context_next_sequence(context);
  diagnostic.timestamp = timestamp(t);
  return diagnostic;
}

/* An expected set that is there has alternatives (driver.md section 6.5), so there is no more to
 * fall back to than the streaming summary. */
static const reml_expected *expected_here(const turn *t) {
  const reml_diagnostic *found = t->state.snapshot;
  bool known = found != NULL && found->expected != NULL && found->expected->count > 0;
  return known ? found->expected : reml__expected_streaming(t->memory);
}

static bool is_backpressure(const turn *t) {
  return reml__text_equals(reml__text_trim(t->state.demand.reason), BACKPRESSURE);
}

static reml_diagnostic waiting(const turn *t) {
  reml_diagnostic waits = at_checkpoint(t, *reml__diagnostic(REML_DIAGNOSTIC_STREAM_WAITING));
  waits.expected = expected_here(t);
  return waits;
}

/* The flow formula's own reason is the only one under policy auto. */
static bool bridge_refuses(const turn *t) {
  const reml_poc_session *session = t->state.session;
  return session->settings.flow.automatic && reml__bridge_refuses(&session->config);
}

static int64_t or_none(reml_optional_int number) {
  return number.present ? number.number : -1;
}

static reml_diagnostic bridge_diagnostic(const turn *t) {
  const reml_poc_continuation *state = &t->state;
  reml_bridge_failure *failure = reml__alloc(t->memory, sizeof *failure);
  *failure = (reml_bridge_failure){.reason = state->demand.reason,
                                   .min_bytes = or_none(state->demand.min_bytes),
                                   .preferred_bytes = or_none(state->demand.preferred_bytes),
                                   .resume_hint = state->demand.resume_hint,
                                   .backpressure_events = state->session->backpressure_events,
                                   .await_count = state->meta.await_count,
                                   .resume_count = state->meta.resume_count};
  const reml_poc_session *session = state->session;
  return at_checkpoint(t, reml__bridge_diagnostic(failure, &session->config, session->context));
}

static void diagnose_await(turn *t) {
  reml_diagnostic found[3];
  size_t count = 0;
  if (t->state.snapshot != NULL) {
    found[count] = *t->state.snapshot;
    found[count++].expected = expected_here(t);
  }
  if (is_backpressure(t)) found[count++] = waiting(t);
  if (bridge_refuses(t)) found[count++] = bridge_diagnostic(t);
  add_diagnostics(t, found, count);
}

/* ---- outcomes (sections 2, 6 and 8) ---- */

static void fill_meta(reml_poc_continuation *state, reml_string reason) {
  const reml_poc_session *session = state->session;
  reml_stream_meta *meta = &state->meta;
  meta->last_reason = reason;
  meta->has_memo = session->cache != NULL;
  meta->memo_bytes = meta->has_memo ? reml_cache_approx_bytes(session->cache) : 0;
  meta->is_automatic = session->settings.flow.automatic;
  meta->backpressure_events = session->backpressure_events;
}

static reml_poc_outcome pending(const turn *t) {
  reml_poc_continuation *continuation = reml__alloc(t->memory, sizeof *continuation);
  reml_poc_event *events = reml__alloc(t->memory, 2 * sizeof *events);
  *continuation = t->state;
  events[0] = (reml_poc_event){.kind = REML_POC_EVENT_PENDING,
                               .diagnostic = continuation->snapshot,
                               .continuation = continuation,
                               .last_reason = continuation->meta.last_reason,
                               .timestamp = timestamp(t)};
  events[1] = events[0];
  events[1].kind = REML_POC_EVENT_ERROR;
  return (reml_poc_outcome){.continuation = continuation,
                            .meta = continuation->meta,
                            .events = events,
                            .event_count = continuation->snapshot != NULL ? 2 : 1};
}

static void add_lineage(turn *t, reml_string reason) {
  reml_poc_lineage *newest = reml__alloc(t->memory, sizeof *newest);
  *newest = (reml_poc_lineage){reason, t->state.lineage};
  t->state.lineage = newest;
}

static reml_poc_outcome suspend(turn *t) {
  reml_poc_continuation *state = &t->state;
  prune(state);
  add_lineage(t, state->demand.reason);
  fill_meta(state, state->demand.reason);
  return pending(t);
}

static reml_poc_outcome await(turn *t, const reml_poc_demand *hint) {
  reml_poc_continuation *state = &t->state;
  state->meta.await_count++;
  state->demand = awaited_demand(t, hint);
  restrain(t);
  state->defaults = state->demand;
  state->snapshot = snapshot(t);
  diagnose_await(t);
  return suspend(t);
}

/* Only the resume hint becomes a default: a failure says nothing of how much is wanted. */
static reml_poc_outcome fail(turn *t, reml_string message) {
  reml_poc_continuation *state = &t->state;
  state->demand = standing_demand(t, joined(t->memory, "stream.error:", message));
  state->defaults.resume_hint = state->demand.resume_hint;
  state->snapshot = snapshot(t);
  return suspend(t);
}

static void add_events(const turn *t, const reml_result *result, reml_poc_outcome *out) {
  reml_poc_event *events = reml__alloc(t->memory, (result->diagnostic_count + 1) * sizeof *events);
  const char *now = timestamp(t);
  for (size_t i = 0; i < result->diagnostic_count; i++) {
    if (result->diagnostics[i].severity != REML_ERROR) continue;
    events[out->event_count++] = (reml_poc_event){.kind = REML_POC_EVENT_ERROR,
                                                  .diagnostic = &result->diagnostics[i],
                                                  .last_reason = out->meta.last_reason,
                                                  .timestamp = now};
  }
  out->events = events;
}

static reml_poc_outcome complete(turn *t, reml_string more, const char *reason) {
  reml_poc_session *session = t->state.session;
  const reml_result *parsed = parse(t, &session->config, session->cache, more);
  reml_result *result = reml__alloc(t->memory, sizeof *result);
  add_diagnostics(t, parsed->diagnostics, parsed->diagnostic_count);
  fill_meta(&t->state, reml_string_from(reason));
  *result = *parsed;
  result->diagnostics = t->state.diagnostics;
  result->diagnostic_count = t->state.diagnostic_count;
  reml_poc_outcome out = {.result = result, .meta = t->state.meta};
  add_events(t, result, &out);
  return out;
}

/* ---- calls ---- */

static void count_chunk(reml_stream_meta *meta, reml_string chunk) {
  meta->consumed_bytes += chunk.length;
  meta->chunks_consumed++;
}

/* `buffer` is the text that the turn's state shows, as long as it may still grow. */
static void gather(turn *t, char **buffer, size_t *capacity, reml_string chunk) {
  size_t used = t->state.buffer.length;
  count_chunk(&t->state.meta, chunk);
  if (chunk.length == 0) return;
  if (chunk.length > SIZE_MAX - used) reml__out_of_memory(t->memory);
  *buffer =
      reml__grow_atomic(t->memory, *buffer, used, capacity, used + chunk.length, sizeof **buffer);
  memcpy(*buffer + used, chunk.bytes, chunk.length);
  t->state.buffer = (reml_string){*buffer, used + chunk.length};
}

static reml_poc_outcome run(turn *t, reml_poc_feeder *feeder, void *user) {
  char *buffer = NULL;
  size_t capacity = 0;
  for (;;) {
    reml_poc_item item = feeder(user);
    switch (item.kind) {
    case REML_POC_CHUNK: gather(t, &buffer, &capacity, item.text); break;
    case REML_POC_AWAIT: return await(t, item.hint);
    case REML_POC_ERROR: return fail(t, item.text);
    case REML_POC_CLOSED: return complete(t, (reml_string){NULL, 0}, NULL);
    }
  }
}

static reml_poc_outcome resume(turn *t, const reml_poc_item *item) {
  t->state.meta.resume_count++;
  prune(&t->state);
  switch (item->kind) {
  case REML_POC_AWAIT: return await(t, item->hint);
  case REML_POC_ERROR: return fail(t, item->text);
  case REML_POC_CLOSED: return complete(t, (reml_string){NULL, 0}, "feeder.closed");
  case REML_POC_CHUNK: break;
  }
  count_chunk(&t->state.meta, item->text);
  return complete(t, item->text, NULL);
}

reml_status reml__poc_run(reml_context *context, const reml_config *config, reml_string filename,
                          reml_poc_feeder *feeder, void *user, reml_poc_outcome *out) {
  reml_memory memory;
  if (context == NULL || config == NULL || feeder == NULL || out == NULL) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  turn t = {.memory = &memory};
  t.state.session = new_session(&memory, context, config, filename);
  *out = run(&t, feeder, user);
  return REML_OK;
}

reml_status reml__poc_resume(const reml_poc_continuation *from, const reml_poc_item *item,
                             reml_poc_outcome *out) {
  reml_memory memory;
  if (from == NULL || item == NULL || out == NULL) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  turn t = {.memory = &memory, .state = *from};
  *out = resume(&t, item);
  return REML_OK;
}

reml_context *reml__poc_context(const reml_poc_continuation *continuation) {
  return continuation->session->context;
}

reml_config reml__poc_config(const reml_poc_continuation *continuation) {
  return continuation->session->config;
}
