/* Continuations and audit records of streaming as JSON (contract streaming-spec.md sections 4, 5, 9
 * and 10). */
#include "reml_record.h"
#include "reml_stream_json.h"

/* Most expected tokens that are shown (section 4). */
enum { MOST_TOKENS = 16 };

/* ---- parts ---- */

static void set_count(reml_map *map, const char *key, uint64_t count) {
  reml__map_set(map, key, reml__datum_int(count > INT64_MAX ? INT64_MAX : (int64_t)count));
}

static void set_text(reml_map *map, const char *key, reml_string text) {
  reml__map_set(map, key, text.bytes == NULL ? reml__datum_null() : reml__datum_string(text));
}

static reml_datum demand_json(reml_memory *memory, const reml_demand *demand) {
  reml_map *fields = reml__map_new(memory);
  bool pause = demand->reason == REML_PENDING_BACKPRESSURE;
  reml__map_set(fields, "action", reml__datum_text(pause ? "pause" : "continue"));
  set_count(fields, "min_bytes", demand->min_bytes);
  set_count(fields, "preferred_bytes", demand->preferred_bytes);
  set_text(fields, "resume_hint", demand->resume_hint);
  reml__map_set(fields, "reason", reml__datum_text(reml_pending_reason_text(demand->reason)));
  if (demand->frame_boundary.bytes != NULL)
    set_text(fields, "frame_boundary", demand->frame_boundary);
  return reml__datum_object(fields);
}

static reml_datum lineage_json(reml_memory *memory, const reml_continuation_meta *meta) {
  reml_datum *items;
  reml_datum list = reml__datum_new_list(memory, meta->lineage_count, &items);
  for (size_t i = 0; i < meta->lineage_count; i++)
    items[i] = reml__datum_text(reml_pending_reason_text(meta->resume_lineage[i]));
  return list;
}

static reml_datum seeds_json(reml_memory *memory, const reml_continuation_meta *meta) {
  reml_datum *items;
  reml_datum list = reml__datum_new_list(memory, meta->seed_count, &items);
  for (size_t i = 0; i < meta->seed_count; i++) {
    const reml_seed *seed = &meta->seeds[i];
    reml_map *fields = reml__map_new(memory);
    reml__map_set(fields, "rule", reml__datum_text(seed->rule));
    set_count(fields, "start", seed->start);
    set_count(fields, "end", seed->end);
    set_count(fields, "steps", seed->steps);
    set_count(fields, "generation", seed->generation);
    items[i] = reml__datum_object(fields);
  }
  return list;
}

static reml_datum tokens_json(reml_memory *memory, const reml_continuation_meta *meta) {
  return reml__record_tokens(memory, meta->expected_tokens, MOST_TOKENS);
}

static reml_datum continuation_json(reml_memory *memory, const reml_continuation_meta *meta) {
  reml_map *fields = reml__map_new(memory);
  set_count(fields, "commit_watermark", meta->commit_watermark);
  set_count(fields, "buffered_bytes", meta->buffered_bytes);
  reml__map_set(fields, "resume_hint", demand_json(memory, &meta->resume_hint));
  reml__map_set(fields, "expected_tokens", tokens_json(memory, meta));
  if (meta->has_checkpoint)
    reml__map_set(fields, "last_checkpoint",
                  reml__record_span(memory, meta->file, &meta->last_checkpoint));
  if (meta->trace_label.bytes != NULL) set_text(fields, "trace_label", meta->trace_label);
  reml__map_set(fields, "resume_lineage", lineage_json(memory, meta));
  set_count(fields, "backpressure_counter", meta->backpressure_counter);
  return reml__datum_object(fields);
}

/* In the order of diagnostics-json.md section 11. */
reml_datum reml__record_counts(reml_memory *memory, const reml_stream_meta *meta) {
  reml_map *fields = reml__map_new(memory);
  set_count(fields, "backpressure_events", meta->backpressure_events);
  set_count(fields, "resume_count", meta->resume_count);
  set_count(fields, "await_count", meta->await_count);
  set_count(fields, "chunks_consumed", meta->chunks_consumed);
  set_count(fields, "bytes_consumed", meta->consumed_bytes);
  if (meta->last_reason.bytes != NULL) set_text(fields, "last_reason", meta->last_reason);
  if (meta->has_memo) set_count(fields, "memo_bytes", meta->memo_bytes);
  if (meta->is_automatic) reml__map_set(fields, "backpressure_policy", reml__datum_text("auto"));
  return reml__datum_object(fields);
}

/* ---- audit records (section 9) ---- */

#define PROGRESS "parser.stream.progress"
#define PENDING "parser.stream.pending"
#define FAILURE "parser.stream.error"
#define CLOSED "parser.stream.closed"

static void set_progress(reml_map *map, const reml_stream_event *event) {
  set_count(map, PROGRESS ".consumed_bytes", event->meta.consumed_bytes);
  set_count(map, PROGRESS ".produced", event->produced);
  set_count(map, PROGRESS ".lap_ns", event->lap_ns);
  if (!event->meta.is_automatic) return;
  reml__map_set(map, PROGRESS ".buffer_fill_ratio",
                reml__datum_float(event->meta.buffer_fill_ratio));
}

static void set_pending(reml_map *map, const reml_stream_event *event) {
  reml_continuation_meta meta;
  if (!reml_continuation_describe(event->continuation, &meta)) reml__out_of_memory(map->memory);
  const char *reason = reml_pending_reason_text(event->reason);
  reml__map_set(map, PENDING ".reason", reml__datum_text(reason));
  reml__map_set(map, PENDING ".last_reason", reml__datum_text(reason));
  reml__map_set(map, PENDING ".resume_hint", demand_json(map->memory, &meta.resume_hint));
  reml__map_set(map, PENDING ".expected_tokens", tokens_json(map->memory, &meta));
  reml__map_set(map, PENDING ".resume_lineage", lineage_json(map->memory, &meta));
  set_count(map, PENDING ".backpressure_events", event->meta.backpressure_events);
  if (meta.has_checkpoint)
    reml__map_set(map, PENDING ".last_checkpoint",
                  reml__record_span(map->memory, meta.file, &meta.last_checkpoint));
  if (meta.seed_count > 0) reml__map_set(map, PENDING ".seeds", seeds_json(map->memory, &meta));
  if (event->with_notes)
    reml__map_set(map, PENDING ".notes",
                  reml__record_tokens(map->memory, meta.expected_tokens, SIZE_MAX));
}

static void set_error(reml_map *map, const reml_stream_event *event) {
  const reml_diagnostic *diagnostic = event->diagnostic;
  reml_record record = reml__record_build(map->memory, event->result, diagnostic);
  reml_datum none = reml__datum_list(map->memory, NULL, 0);
  reml__map_set(map, FAILURE ".diagnostic", reml__record_json(map->memory, &record));
  reml__map_set(map, FAILURE ".resume_hint", reml__datum_null());
  set_text(map, FAILURE ".last_reason", event->meta.last_reason);
  reml__map_set(map, FAILURE ".expected_tokens",
                diagnostic->expected == NULL
                    ? none
                    : reml__record_tokens(map->memory, diagnostic->expected, SIZE_MAX));
  reml__map_set(map, FAILURE ".last_checkpoint",
                reml__record_span(map->memory, diagnostic->file, &diagnostic->span));
  set_text(map, "stream.last_reason", event->meta.last_reason);
}

static void set_closed(reml_map *map, const reml_stream_event *event) {
  set_count(map, CLOSED ".consumed_bytes", event->meta.consumed_bytes);
  set_count(map, CLOSED ".chunks", event->meta.chunks_consumed);
  set_count(map, CLOSED ".resume_count", event->meta.resume_count);
}

static void set_event(reml_map *map, const reml_stream_event *event) {
  switch (event->kind) {
  case REML_EVENT_PROGRESS: set_progress(map, event); return;
  case REML_EVENT_PENDING: set_pending(map, event); return;
  case REML_EVENT_ERROR: set_error(map, event); return;
  case REML_EVENT_CLOSED: set_closed(map, event); return;
  }
}

static reml_datum metadata_json(reml_memory *memory, const reml_stream_event *event,
                                const reml_audit *audit) {
  static const char *const names[] = {PROGRESS, PENDING, FAILURE, CLOSED};
  reml_map *map = reml__map_new(memory);
  reml__map_set(map, "event.kind", reml__datum_text(names[event->kind]));
  const char *schema = audit->compat_schema ? "1.1" : "3.0.0-alpha";
  reml__map_set(map, "schema.version", reml__datum_text(schema));
  reml__map_set(map, "audit.channel", reml__datum_text("cli"));
  bool named = audit->command.bytes != NULL, numbered = audit->run_id.bytes != NULL;
  set_text(map, "cli.command", named ? audit->command : reml_string_from("run_stream"));
  reml__map_set(map, "cli.phase", reml__datum_text("parse"));
  set_text(map, "cli.run_id", numbered ? audit->run_id : reml_string_from(event->audit_id));
  set_event(map, event);
  return reml__datum_object(map);
}

static reml_datum record_json(reml_memory *memory, const reml_stream_event *event,
                              const reml_audit *audit) {
  reml_map *envelope = reml__map_new(memory), *record = reml__map_new(memory);
  reml__map_set(envelope, "audit_id", reml__datum_text(event->audit_id));
  reml__map_set(envelope, "capability", reml__datum_text("core.parse.streaming"));
  reml__map_set(envelope, "metadata", metadata_json(memory, event, audit));
  reml__map_set(record, "timestamp", reml__datum_text(event->timestamp));
  reml__map_set(record, "envelope", reml__datum_object(envelope));
  return reml__datum_object(record);
}

/* ---- events of the profile `poc` (streaming-reference.md section 8) ---- */

static reml_datum int_or_null(reml_optional_int number) {
  return number.present ? reml__datum_int(number.number) : reml__datum_null();
}

static reml_datum poc_demand_json(reml_memory *memory, const reml_poc_event *event) {
  if (event->continuation == NULL) return reml__datum_null();
  const reml_poc_demand *demand = &event->continuation->demand;
  reml_map *fields = reml__map_new(memory);
  bool pause = demand->action == REML_POC_PAUSE;
  reml__map_set(fields, "action", reml__datum_text(pause ? "pause" : "continue"));
  reml__map_set(fields, "min_bytes", int_or_null(demand->min_bytes));
  reml__map_set(fields, "preferred_bytes", int_or_null(demand->preferred_bytes));
  set_text(fields, "resume_hint", demand->resume_hint);
  set_text(fields, "reason", demand->reason);
  return reml__datum_object(fields);
}

static reml_datum poc_lineage_json(reml_memory *memory, const reml_poc_lineage *newest) {
  size_t count = 0;
  reml_datum *items;
  for (const reml_poc_lineage *one = newest; one != NULL; one = one->earlier)
    count++;
  reml_datum list = reml__datum_new_list(memory, count, &items);
  for (const reml_poc_lineage *one = newest; one != NULL; one = one->earlier)
    *items++ = reml__datum_string(one->reason);
  return list;
}

static reml_datum poc_tokens_json(reml_memory *memory, const reml_poc_event *event) {
  bool known = event->diagnostic != NULL && event->diagnostic->expected != NULL;
  return known ? reml__record_tokens(memory, event->diagnostic->expected, SIZE_MAX)
               : reml__datum_list(memory, NULL, 0);
}

static reml_datum poc_checkpoint_json(reml_memory *memory, const reml_poc_event *event) {
  return reml__record_span(memory, event->diagnostic->file, &event->diagnostic->span);
}

static void set_poc_pending(reml_map *map, const reml_poc_event *event) {
  reml_memory *memory = map->memory;
  set_count(map, PENDING ".backpressure_events", event->continuation->meta.backpressure_events);
  reml__map_set(map, PENDING ".resume_lineage",
                poc_lineage_json(memory, event->continuation->lineage));
  reml__map_set(map, PENDING ".expected_tokens", poc_tokens_json(memory, event));
  set_text(map, PENDING ".last_reason", event->last_reason);
  reml__map_set(map, PENDING ".resume_hint", poc_demand_json(memory, event));
  if (event->diagnostic != NULL)
    reml__map_set(map, PENDING ".last_checkpoint", poc_checkpoint_json(memory, event));
}

static void set_poc_error(reml_map *map, const reml_poc_event *event, const reml_result *result) {
  reml_memory *memory = map->memory;
  reml_record record = reml__record_build(memory, result, event->diagnostic);
  reml__map_set(map, FAILURE ".expected_tokens", poc_tokens_json(memory, event));
  set_text(map, FAILURE ".last_reason", event->last_reason);
  reml__map_set(map, FAILURE ".resume_hint", poc_demand_json(memory, event));
  reml__map_set(map, FAILURE ".diagnostic", reml__record_json(memory, &record));
  reml__map_set(map, FAILURE ".last_checkpoint", poc_checkpoint_json(memory, event));
  if (event->continuation != NULL)
    reml__map_set(map, FAILURE ".resume_lineage",
                  poc_lineage_json(memory, event->continuation->lineage));
}

const char *reml__poc_event_category(const reml_poc_event *event) {
  return event->kind == REML_POC_EVENT_PENDING ? PENDING : FAILURE;
}

const reml_map *reml__poc_event_metadata(reml_memory *memory, const reml_poc_event *event,
                                         const reml_result *result) {
  reml_map *metadata = reml__map_new(memory);
  if (event->kind == REML_POC_EVENT_PENDING) {
    set_poc_pending(metadata, event);
  } else {
    set_poc_error(metadata, event, result);
  }
  reml__map_set(metadata, "schema.version", reml__datum_text("1.1"));
  reml__map_set(metadata, "audit.timestamp", reml__datum_text(event->timestamp));
  return metadata;
}

static reml_datum poc_event_json(reml_memory *memory, const reml_poc_event *event,
                                 const reml_result *result) {
  reml_map *record = reml__map_new(memory);
  const reml_map *metadata = reml__poc_event_metadata(memory, event, result);
  reml__map_set(record, "metadata", reml__datum_object(metadata));
  reml__map_set(record, "category", reml__datum_text(reml__poc_event_category(event)));
  reml__map_set(record, "timestamp", reml__datum_text(event->timestamp));
  return reml__datum_object(record);
}

/* ---- interface ---- */

reml_status reml_write_audit_record(const reml_stream_event *event, const reml_audit *audit) {
  if (event == NULL || audit == NULL || audit->write == NULL) return REML_BAD_USE;
  reml_memory memory;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  reml_datum record = record_json(&memory, event, audit);
  return reml__datum_print(&record, REML_JSON_LINES, audit->write, audit->user);
}

reml_status reml_write_continuation_json(const reml_continuation_meta *meta,
                                         const reml_stream_meta *counts, reml_write *write,
                                         void *user) {
  if (meta == NULL || counts == NULL || write == NULL) return REML_BAD_USE;
  reml_memory memory;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  reml_map *map = reml__map_new(&memory);
  reml__map_set(map, "continuation_meta", continuation_json(&memory, meta));
  reml__map_set(map, "stream_meta", reml__record_counts(&memory, counts));
  reml__map_set(map, "seeds", seeds_json(&memory, meta));
  set_count(map, "generation", meta->generation);
  set_count(map, "engine_bytes", meta->engine_bytes);
  reml_datum value = reml__datum_object(map);
  return reml__datum_print(&value, REML_JSON_LINES, write, user);
}

reml_status reml__write_poc_event(const reml_poc_event *event, const reml_context *context,
                                  const reml_config *config, const reml_audit *audit) {
  reml_memory memory;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  reml_result result = {.config = *config, .context = context};
  reml_datum record = poc_event_json(&memory, event, &result);
  return reml__datum_print(&record, REML_JSON_LINES, audit->write, audit->user);
}
