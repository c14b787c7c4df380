/* Running a stream: contract streaming-spec.md, whose sections are meant below. */
#include "reml_stream.h"
#include "reml_bridge.h"
#include "reml_context.h"

#include <gc.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* --- yields --- */

reml_yield reml_yield_chunk(const void *bytes, size_t count) {
  return (reml_yield){.kind = REML_YIELD_CHUNK, .bytes = bytes, .count = count};
}

reml_yield reml_yield_await(void) {
  return (reml_yield){.kind = REML_YIELD_AWAIT};
}

reml_yield reml_yield_closed(void) {
  return (reml_yield){.kind = REML_YIELD_CLOSED};
}

reml_yield reml_yield_error(reml_stream_error_kind kind, const char *message) {
  return (reml_yield){.kind = REML_YIELD_ERROR,
                      .error = {.kind = kind, .message = reml_string_from(message)}};
}

reml_stream_config reml_stream_config_default(void) {
  return (reml_stream_config){.run_config = reml_config_default()};
}

const char *reml_pending_reason_text(reml_pending_reason reason) {
  switch (reason) {
  case REML_PENDING_BACKPRESSURE: return "pending.backpressure";
  case REML_PENDING_INPUT_EXHAUSTED: return "pending.input_exhausted";
  case REML_PENDING_FEEDER_AWAIT: return "feeder.await";
  case REML_PENDING_FEEDER_CLOSED: return "feeder.closed";
  }
  return NULL;
}

/* --- what the stream is like now --- */

static uint64_t clock_now(const reml_stream *stream) {
  if (stream->config.clock != NULL) return stream->config.clock(stream->config.clock_user);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static reml_fill fill_now(const reml_stream *stream) {
  reml_session_rest rest = reml__session_rest(stream->session);
  return (reml_fill){.buffered = rest.received - rest.settled,
                     .missing = rest.missing,
                     .now = stream->flow.present ? clock_now(stream) : 0};
}

reml_stream_meta reml__stream_meta(const reml_stream *stream) {
  reml_stream_meta meta = stream->meta;
  reml_session_size size = reml__session_size(stream->session);
  const reml_flow *flow = &stream->flow;
  meta.has_memo = size.has_memo;
  meta.memo_bytes = size.memo_bytes;
  meta.is_automatic = flow->present && flow->controller.policy == REML_POLICY_AUTO;
  if (!meta.is_automatic) return meta;
  reml_fill fill = fill_now(stream);
  if (flow->has_oldest) meta.lag_ns = fill.now - flow->oldest_at;
  double high = (double)flow->controller.high_watermark;
  meta.buffer_fill_ratio = high > 0 ? (double)fill.buffered / high : 0;
  return meta;
}

/* --- events (section 9) --- */

static bool has_listener(const reml_stream *stream) {
  return stream->config.on_event != NULL || stream->config.audit.write != NULL;
}

static const char *make_audit_id(const reml_stream *stream) {
  reml_memory memory;
  if (setjmp(memory.unwind)) return "";
  const char *build =
      reml__context_build_id(&memory, stream->context, reml__session_opened_at(stream->session));
  return reml__context_audit_id(&memory, build, reml__session_first_sequence(stream->session));
}

static void emit(reml_stream *stream, reml_stream_event event) {
  if (!has_listener(stream)) return;
  uint64_t now = clock_now(stream);
  if (stream->audit_id == NULL) stream->audit_id = make_audit_id(stream);
  const char *timestamp = reml__context_timestamp(stream->context);
  event.lap_ns = now - stream->event_at;
  event.produced = reml__session_size(stream->session).nodes;
  event.meta = reml__stream_meta(stream);
  event.audit_id = stream->audit_id;
  event.timestamp = timestamp == NULL ? "" : timestamp;
  stream->event_at = now;
  if (stream->config.on_event != NULL) {
    stream->config.on_event(stream->config.event_user, &event);
  } else {
    reml_write_audit_record(&event, &stream->config.audit);
  }
}

/* A chunk may be one byte, so for nobody the event is not even made. */
static void emit_progress(reml_stream *stream) {
  if (has_listener(stream)) emit(stream, (reml_stream_event){.kind = REML_EVENT_PROGRESS});
}

static void emit_errors(reml_stream *stream, const reml_result *result) {
  for (size_t i = 0; i < result->diagnostic_count; i++) {
    if (result->diagnostics[i].severity != REML_ERROR) continue;
    emit(stream, (reml_stream_event){.kind = REML_EVENT_ERROR,
                                     .diagnostic = &result->diagnostics[i],
                                     .result = result});
  }
}

/* --- outcomes --- */

static bool complete(reml_stream *stream, reml_stream_outcome *out) {
  const reml_result *result = reml_session_finish(stream->session);
  stream->completed = true;
  emit_errors(stream, result);
  *out = (reml_stream_outcome){.result = result, .meta = reml__stream_meta(stream)};
  return true;
}

reml_stream_outcome reml__stream_without_session(reml_status status) {
  return (reml_stream_outcome){.result = reml__result_without_session(status)};
}

static void set_demand(reml_stream *stream, uint64_t asked) {
  reml_fill fill = fill_now(stream);
  reml__flow_ask(&stream->flow, &stream->settings, stream->config.demand_cap, &fill, stream->owed,
                 asked, &stream->demand);
}

static void add_lineage(reml_stream *stream, reml_pending_reason reason) {
  size_t kept = stream->lineage_count < REML_LINEAGE ? stream->lineage_count : REML_LINEAGE - 1;
  memmove(stream->lineage + 1, stream->lineage, kept * sizeof *stream->lineage);
  stream->lineage[0] = reason;
  stream->lineage_count = kept + 1;
}

static bool pend(reml_stream *stream, reml_pending_reason reason, reml_stream_outcome *out) {
  stream->generation++;
  stream->resumed = false;
  stream->frames = 0;
  stream->meta.backpressure_events += reason == REML_PENDING_BACKPRESSURE;
  stream->meta.last_reason = reml_string_from(reml_pending_reason_text(reason));
  add_lineage(stream, reason);
  set_demand(stream, 0);
  stream->owed = stream->demand.min_bytes;
  stream->demand.reason = reason;
  reml_continuation *continuation = reml__continuation_new(stream);
  if (continuation == NULL) {
    *out = reml__stream_without_session(REML_NO_MEMORY);
    return true;
  }
  *out = (reml_stream_outcome){.continuation = continuation, .demand = stream->demand};
  out->meta = reml__stream_meta(stream);
  emit(stream, (reml_stream_event){.kind = REML_EVENT_PENDING,
                                   .reason = reason,
                                   .continuation = continuation,
                                   .with_notes = stream->config.resume_notes});
  return true;
}

/* --- failing (section 3) --- */

static bool fail(reml_stream *stream, const reml_stream_error *error, reml_stream_outcome *out) {
  size_t length = sizeof "stream.error:" - 1 + error->message.length;
  char *reason = GC_MALLOC_ATOMIC(length + 1);
  if (reason != NULL) {
    int prefix = snprintf(reason, length + 1, "stream.error:");
    memcpy(reason + prefix, error->message.bytes, error->message.length);
    stream->meta.last_reason = (reml_string){reason, length};
  }
  reml__session_fail(stream->session, error);
  return complete(stream, out);
}

/* What streaming found by itself; `cause` is a JSON object, or absent. */
static bool fail_with(reml_stream *stream, reml_problem problem, reml_string cause,
                      reml_stream_outcome *out) {
  reml_problem_text text = reml__problem_text(problem);
  reml_stream_error error = {
      .kind = text.kind, .message = reml_string_from(text.message), .cause = cause};
  return fail(stream, &error, out);
}

enum { CAUSE_SIZE = 160 };

/* `details` are further members. */
static reml_string coded_cause(reml_problem problem, const char *details, char to[CAUSE_SIZE]) {
  snprintf(to, CAUSE_SIZE, "{\"code\":\"%s\"%s}", reml__problem_text(problem).code, details);
  return reml_string_from(to);
}

/* What a producer did wrong. */
static bool fail_feeder(reml_stream *stream, reml_problem problem, const char *details,
                        reml_stream_outcome *out) {
  char cause[CAUSE_SIZE];
  return fail_with(stream, problem, coded_cause(problem, details, cause), out);
}

static bool fail_decoder(reml_stream *stream, reml_stream_outcome *out) {
  char cause[48];
  snprintf(cause, sizeof cause, "{\"offset\":%llu}", (unsigned long long)stream->utf8.offset);
  return fail_with(stream, REML_PROBLEM_NOT_UTF8, reml_string_from(cause), out);
}

static bool fail_cancelled(reml_stream *stream, reml_stream_outcome *out) {
  return fail_with(stream, REML_PROBLEM_NOT_WANTED, reml_string_from(NULL), out);
}

/* --- waiting --- */

/* Rule 9 of section 1, section 13. */
static bool fail_bridge(reml_stream *stream, reml_stream_outcome *out) {
  reml_bridge_failure *failure = GC_MALLOC(sizeof *failure);
  const char *timestamp = reml__context_timestamp(stream->context);
  if (failure == NULL || timestamp == NULL) {
    *out = reml__stream_without_session(REML_NO_MEMORY);
    return true;
  }
  stream->meta.backpressure_events++;
  set_demand(stream, 0);
  *failure = (reml_bridge_failure){
      .reason = reml_string_from(reml_pending_reason_text(REML_PENDING_BACKPRESSURE)),
      .min_bytes = (int64_t)stream->demand.min_bytes,
      .preferred_bytes = (int64_t)stream->demand.preferred_bytes,
      .resume_hint = stream->demand.resume_hint,
      .backpressure_events = stream->meta.backpressure_events,
      .await_count = stream->meta.await_count,
      .resume_count = stream->meta.resume_count};
  stream->meta.last_reason = failure->reason;
  reml_diagnostic diagnostic =
      reml__bridge_diagnostic(failure, &stream->config.run_config, stream->context);
  diagnostic.timestamp = timestamp;
  reml__session_checkpoint(stream->session, &diagnostic.span);
  reml__session_end_with(stream->session, diagnostic);
  return complete(stream, out);
}

static bool pend_for_pressure(reml_stream *stream, reml_stream_outcome *out) {
  bool automatic = stream->flow.controller.policy == REML_POLICY_AUTO;
  if (automatic && reml__bridge_refuses(&stream->config.run_config))
    return fail_bridge(stream, out);
  return pend(stream, REML_PENDING_BACKPRESSURE, out);
}

/* --- taking a yield --- */

/* Hands declarations out until there is none; false when they are not wanted any more. */
static bool hand_out(reml_stream *stream) {
  reml_node declaration;
  while ((declaration = reml__session_declaration(stream->session)) != 0) {
    const reml_tree *tree = reml__session_tree(stream->session);
    if (!stream->config.on_declaration(stream->config.declaration_user, tree, declaration))
      return false;
    reml__session_go_on(stream->session);
  }
  return true;
}

static bool finish(reml_stream *stream, reml_stream_outcome *out) {
  reml_session_finish(stream->session);
  return hand_out(stream) ? complete(stream, out) : fail_cancelled(stream, out);
}

/* Rule 8 of section 1. */
static bool may_end_here(reml_stream *stream) {
  return stream->settings.complete_on_accept && reml__session_accepts_end(stream->session);
}

static bool overlaps(const reml_stream *stream, const reml_yield *yield) {
  return yield->has_offset && yield->offset != stream->meta.consumed_bytes;
}

static bool fail_overlap(reml_stream *stream, const reml_yield *yield, reml_stream_outcome *out) {
  char details[96];
  snprintf(details, sizeof details, ",\"expected\":%llu,\"offset\":%llu",
           (unsigned long long)stream->meta.consumed_bytes, (unsigned long long)yield->offset);
  return fail_feeder(stream, REML_PROBLEM_OVERLAPPING_CHUNK, details, out);
}

static void note_arrival(reml_stream *stream, uint64_t before) {
  reml_session_rest rest = reml__session_rest(stream->session);
  uint64_t buffered = rest.received - rest.settled;
  if (reml__flow_arrived(&stream->flow, buffered, rest.settled >= before))
    stream->flow.oldest_at = clock_now(stream);
}

static bool take_chunk(reml_stream *stream, const reml_yield *yield, reml_stream_outcome *out) {
  if (overlaps(stream, yield)) return fail_overlap(stream, yield, out);
  uint64_t before = stream->meta.consumed_bytes;
  stream->meta.chunks_consumed++;
  stream->meta.consumed_bytes += yield->count;
  stream->owed -= yield->count < stream->owed ? yield->count : stream->owed;
  stream->frames++;
  if (stream->settings.strict_utf8 && !reml__utf8_check(&stream->utf8, yield->bytes, yield->count))
    return fail_decoder(stream, out);
  reml_session_feed(stream->session, yield->bytes, yield->count);
  if (!hand_out(stream)) return fail_cancelled(stream, out);
  note_arrival(stream, before);
  emit_progress(stream);
  if (reml_session_is_over(stream->session)) return complete(stream, out);
  return may_end_here(stream) && finish(stream, out);
}

static bool take_closed(reml_stream *stream, reml_stream_outcome *out) {
  if (stream->settings.strict_utf8 && !reml__utf8_finish(&stream->utf8))
    return fail_decoder(stream, out);
  stream->meta.last_reason = reml_string_from(reml_pending_reason_text(REML_PENDING_FEEDER_CLOSED));
  emit(stream, (reml_stream_event){.kind = REML_EVENT_CLOSED});
  return finish(stream, out);
}

static bool take_await(reml_stream *stream, reml_stream_outcome *out) {
  stream->meta.await_count++;
  if (stream->flow.controller.mode == REML_FLOW_PUSH)
    return fail_feeder(stream, REML_PROBLEM_AWAIT_IN_PUSH_MODE, "", out);
  reml__flow_awaited(&stream->flow);
  return pend(stream, REML_PENDING_FEEDER_AWAIT, out);
}

static bool take_error(reml_stream *stream, const reml_stream_error *error,
                       reml_stream_outcome *out) {
  static const char *const messages[] = {"the input failed", "the input could not be decoded",
                                         "the feeder is at fault", "cancelled"};
  reml_stream_error described = *error;
  if (error->message.bytes == NULL) described.message = reml_string_from(messages[error->kind]);
  return fail(stream, &described, out);
}

bool reml__stream_take(reml_stream *stream, const reml_yield *yield, reml_stream_outcome *out) {
  switch (yield->kind) {
  case REML_YIELD_CHUNK: return take_chunk(stream, yield, out);
  case REML_YIELD_AWAIT: return take_await(stream, out);
  case REML_YIELD_CLOSED: return take_closed(stream, out);
  case REML_YIELD_ERROR: return take_error(stream, &yield->error, out);
  }
  *out = reml__stream_without_session(REML_BAD_USE);
  return true;
}

bool reml__yield_is_usable(const reml_yield *yield) {
  return yield != NULL &&
         (yield->kind != REML_YIELD_CHUNK || yield->bytes != NULL || yield->count == 0);
}

/* --- pulling --- */

static bool restrains(reml_stream *stream) {
  if (!stream->flow.present) return false;
  reml_fill fill = fill_now(stream);
  return reml__flow_restrains(&stream->flow, &fill);
}

/* What the policy MANUAL wants; no limits without it. */
static reml_amount ask_policy(const reml_stream *stream) {
  const reml_flow_controller *controller = &stream->flow.controller;
  bool manual = stream->flow.present && controller->policy == REML_POLICY_MANUAL;
  if (!manual || controller->on_demand == NULL) return (reml_amount){UINT64_MAX, 0};
  return controller->on_demand(controller->user);
}

static bool is_used_up(uint64_t frames, uint64_t limit) {
  return limit > 0 && frames >= limit;
}

bool reml__stream_pull(reml_stream *stream, const reml_feeder *feeder, reml_stream_outcome *out) {
  if (restrains(stream)) return pend_for_pressure(stream, out);
  if (is_used_up(stream->frames, stream->config.demand_cap.frames))
    return pend(stream, REML_PENDING_INPUT_EXHAUSTED, out);
  reml_amount amount = ask_policy(stream);
  if (amount.bytes == 0) return pend_for_pressure(stream, out);
  if (is_used_up(stream->frames, amount.frames))
    return pend(stream, REML_PENDING_INPUT_EXHAUSTED, out);
  set_demand(stream, amount.bytes == UINT64_MAX ? 0 : amount.bytes);
  if (!stream->flow.pushing) stream->owed = stream->demand.min_bytes;
  reml_yield yield = feeder->pull(feeder->user, &stream->demand);
  if (!reml__yield_is_usable(&yield)) {
    *out = reml__stream_without_session(REML_BAD_USE);
    return true;
  }
  if (reml__stream_take(stream, &yield, out)) return true;
  if (restrains(stream)) return pend_for_pressure(stream, out);
  if (yield.count > 0 && (stream->flow.pushing || stream->owed == 0)) return false;
  return pend(stream, REML_PENDING_INPUT_EXHAUSTED, out);
}

/* --- opening --- */

static bool is_token_class(reml_string name) {
  static const char *const categories[] = {"keyword", "operator", "literal", "identifier"};
  for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
    if (reml__text_equals(name, categories[i])) return true;
  for (int kind = 0; kind < REML_TOKEN_COUNT; kind++)
    if (reml__text_equals(name, reml_token_label((reml_token_kind)kind))) return true;
  return false;
}

/* False when out of memory; what there was stays. */
static bool open_session(reml_stream *stream) {
  reml_session *session =
      reml_session_open(stream->context, &stream->config.run_config, stream->filename, NULL);
  if (session == NULL) return false;
  stream->session = session;
  if (stream->config.on_declaration != NULL) reml__session_hand_out(stream->session);
  if (stream->settings.annotate_eof) reml__session_annotate_eof(stream->session);
  if (has_listener(stream)) stream->event_at = clock_now(stream);
  return true;
}

/* The caller's may change; absent when out of memory. */
static reml_string keep(reml_string text) {
  char *copy = GC_MALLOC_ATOMIC(text.length + 1);
  if (copy == NULL) return (reml_string){NULL, 0};
  memcpy(copy, text.bytes, text.length);
  copy[text.length] = '\0';
  return (reml_string){copy, text.length};
}

reml_stream *reml__stream_open(reml_context *context, const reml_stream_config *config,
                               reml_string filename, reml_feeder_access access) {
  reml_stream *stream = GC_MALLOC(sizeof *stream);
  if (stream == NULL) return NULL;
  stream->context = context;
  stream->filename = filename.length == 0 ? reml_string_from("<stream>") : keep(filename);
  if (stream->filename.bytes == NULL) return NULL;
  stream->config = *config;
  if (config->flow != NULL) {
    stream->given = *config->flow;
    stream->config.flow = &stream->given;
  }
  stream->settings = reml__config_stream(&config->run_config);
  stream->demand.frame_boundary = stream->settings.frame_boundary;
  stream->demand.resume_hint = stream->settings.resume_hint;
  stream->access = access;
  return open_session(stream) ? stream : NULL;
}

bool reml__stream_refuses_config(reml_stream *stream, reml_stream_outcome *out) {
  const reml_flow_controller *flow = stream->config.flow;
  reml_flow_controller described;
  if (stream->settings.frame_boundary.bytes != NULL &&
      !is_token_class(stream->settings.frame_boundary))
    return fail_feeder(stream, REML_PROBLEM_UNKNOWN_FRAME_BOUNDARY, "", out);
  reml__flow_set_mode(&stream->flow, stream->config.mode, stream->access);
  if (flow == NULL &&
      reml__flow_from_settings(&stream->settings.flow, stream->config.mode, &described))
    flow = &described;
  if (flow != NULL && !reml__flow_install(&stream->flow, flow, stream->access))
    return fail_feeder(stream, REML_PROBLEM_WATERMARK_ORDER, "", out);
  return false;
}

static reml_yield say_await(void *user, const reml_demand *demand) {
  (void)user;
  (void)demand;
  return reml_yield_await();
}

static const reml_feeder silent = {.pull = say_await};

reml_stream_outcome reml_run_stream(reml_context *context, const reml_stream_config *config,
                                    reml_string filename, const reml_feeder *feeder) {
  reml_stream_outcome out;
  if (context == NULL || config == NULL || (feeder != NULL && feeder->pull == NULL))
    return reml__stream_without_session(REML_BAD_USE);
  if (config->profile == REML_STREAM_POC)
    return reml__poc_stream_run(context, config, filename, feeder != NULL ? feeder : &silent);
  reml_feeder_access access = feeder != NULL ? feeder->access : REML_FEEDER_SEQUENTIAL;
  reml_stream *stream = reml__stream_open(context, config, filename, access);
  if (stream == NULL) return reml__stream_without_session(REML_NO_MEMORY);
  if (reml__stream_refuses_config(stream, &out)) return out;
  if (feeder == NULL) {
    pend(stream, REML_PENDING_INPUT_EXHAUSTED, &out);
    return out;
  }
  while (!reml__stream_pull(stream, feeder, &out)) {
  }
  return out;
}

/* --- resuming --- */

/* In a context and a session of its own, so that no number of the stream's is taken. */
reml_stream_outcome reml__stream_refusal(const reml_stream *stream, reml_problem problem) {
  reml_config config = stream != NULL ? stream->config.run_config : reml_config_default();
  reml_string filename = stream != NULL ? stream->filename : reml_string_from("<stream>");
  config.left_recursion = REML_LEFT_OFF; /* its warning is no part of this */
  reml_context *context = reml_context_new();
  if (context == NULL) return reml__stream_without_session(REML_NO_MEMORY);
  reml_session *session = reml_session_open(context, &config, filename, NULL);
  if (session == NULL) return reml__stream_without_session(REML_NO_MEMORY);
  char cause[CAUSE_SIZE];
  reml_problem_text text = reml__problem_text(problem);
  reml_stream_error error = {.kind = text.kind,
                             .message = reml_string_from(text.message),
                             .cause = coded_cause(problem, "", cause)};
  reml__session_fail(session, &error);
  return (reml_stream_outcome){.result = reml_session_finish(session)};
}

void reml__stream_resumed(reml_stream *stream) {
  stream->resumed = true;
  stream->meta.resume_count++;
}

reml_stream_outcome reml_resume_with(reml_continuation *continuation, const reml_yield *more,
                                     const reml_flow_controller *flow) {
  reml_stream_outcome out;
  if (!reml__yield_is_usable(more)) return reml__stream_without_session(REML_BAD_USE);
  reml_problem problem = reml__continuation_problem(continuation);
  reml_stream *stream =
      continuation == NULL || continuation->self != continuation ? NULL : continuation->stream;
  if (problem != REML_PROBLEM_NONE) return reml__stream_refusal(stream, problem);
  if (continuation->poc != NULL) return reml__poc_stream_resume(continuation, more);
  if (flow != NULL && !reml__flow_install(&stream->flow, flow, stream->access))
    return reml__stream_refusal(stream, REML_PROBLEM_WATERMARK_ORDER);
  reml__stream_resumed(stream);
  if (reml__stream_take(stream, more, &out)) return out;
  if (restrains(stream)) {
    pend_for_pressure(stream, &out);
  } else {
    pend(stream, REML_PENDING_INPUT_EXHAUSTED, &out);
  }
  return out;
}

reml_stream_outcome reml_resume(reml_continuation *continuation, const reml_yield *more) {
  return reml_resume_with(continuation, more, NULL);
}

reml_stream_outcome reml_resume_bytes(reml_continuation *continuation, const void *bytes,
                                      size_t count) {
  reml_yield chunk = reml_yield_chunk(bytes, count);
  return reml_resume(continuation, &chunk);
}

static void forget_input(reml_stream *stream) {
  reml_flow_controller controller = stream->flow.controller;
  bool present = stream->flow.present;
  stream->flow = (reml_flow){
      .present = present, .controller = controller, .pushing = controller.mode == REML_FLOW_PUSH};
  stream->utf8 = (reml_utf8){0};
  stream->meta = (reml_stream_meta){0};
  stream->owed = stream->lineage_count = 0;
  stream->completed = false;
  stream->audit_id = NULL;
  stream->restarts++;
}

reml_stream_outcome reml_restart(const reml_continuation *continuation) {
  reml_stream_outcome out;
  if (continuation == NULL || continuation->self != continuation || continuation->poc != NULL)
    return reml__stream_refusal(NULL, REML_PROBLEM_CONTINUATION_FOREIGN);
  reml_stream *stream = continuation->stream;
  if (!open_session(stream)) return reml__stream_without_session(REML_NO_MEMORY);
  forget_input(stream);
  pend(stream, REML_PENDING_INPUT_EXHAUSTED, &out);
  return out;
}
