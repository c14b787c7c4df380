/* Outcomes of the streaming profile `poc` as JSON (contract gates.md section 1.2, example in
 * streaming-reference.md section 9). */
#include "reml_stream_json.h"
#include "reml_walk.h"

/* --- members --- */

static void begin_member(reml_out *out, const char *key) {
  reml__out_char(out, ',');
  reml__json_text(out, key);
  reml__out_char(out, ':');
}

static void write_text(reml_out *out, reml_string text) {
  if (text.bytes == NULL) {
    reml__out_text(out, "null");
  } else {
    reml__json_string(out, text.bytes, text.length);
  }
}

static void text_member(reml_out *out, const char *key, reml_string text) {
  begin_member(out, key);
  write_text(out, text);
}

static void count_member(reml_out *out, const char *key, uint64_t number) {
  begin_member(out, key);
  reml__out_uint(out, number);
}

static void int_member(reml_out *out, const char *key, reml_optional_int number) {
  begin_member(out, key);
  if (number.present) {
    reml__out_int(out, number.number);
  } else {
    reml__out_text(out, "null");
  }
}

/* --- demand, meta, continuation --- */

static void write_demand(reml_out *out, const reml_poc_demand *demand) {
  reml__out_text(out, "{\"action\":");
  reml__json_text(out, demand->action == REML_POC_PAUSE ? "pause" : "continue");
  int_member(out, "min_bytes", demand->min_bytes);
  int_member(out, "preferred_bytes", demand->preferred_bytes);
  text_member(out, "resume_hint", demand->resume_hint);
  text_member(out, "reason", demand->reason);
  reml__out_char(out, '}');
}

static void write_meta(reml_out *out, const reml_stream_meta *meta) {
  reml__out_text(out, "{\"bytes_consumed\":");
  reml__out_uint(out, meta->consumed_bytes);
  count_member(out, "chunks_consumed", meta->chunks_consumed);
  count_member(out, "await_count", meta->await_count);
  count_member(out, "resume_count", meta->resume_count);
  text_member(out, "last_reason", meta->last_reason);
  int_member(out, "memo_bytes",
             (reml_optional_int){.present = meta->has_memo, .number = (int64_t)meta->memo_bytes});
  text_member(out, "backpressure_policy", reml_string_from(meta->is_automatic ? "auto" : NULL));
  count_member(out, "backpressure_events", meta->backpressure_events);
  reml__out_char(out, '}');
}

static void write_lineage(reml_out *out, const reml_poc_lineage *newest) {
  reml__out_char(out, '[');
  for (const reml_poc_lineage *one = newest; one != NULL; one = one->earlier) {
    if (one != newest) {
      reml__out_char(out, ',');
    }
    write_text(out, one->reason);
  }
  reml__out_char(out, ']');
}

static void write_snapshot(reml_out *out, const reml_diagnostic *snapshot) {
  begin_member(out, "expected_tokens");
  reml__json_alternatives(out, snapshot == NULL ? NULL : snapshot->expected);
  begin_member(out, "last_checkpoint");
  if (snapshot == NULL) {
    reml__out_text(out, "null");
  } else {
    reml__json_span(out, &snapshot->span);
  }
}

static void write_continuation(reml_out *out, const reml_poc_continuation *continuation) {
  reml__out_text(out, "{\"commit_watermark\":");
  reml__out_uint(out, continuation->buffer.length);
  count_member(out, "buffered_bytes", continuation->buffer.length);
  begin_member(out, "resume_hint");
  write_demand(out, &continuation->demand);
  write_snapshot(out, continuation->snapshot);
  begin_member(out, "resume_lineage");
  write_lineage(out, continuation->lineage);
  count_member(out, "backpressure_counter", continuation->meta.backpressure_events);
  reml__out_char(out, '}');
}

/* --- audit events (streaming-reference.md section 8) --- */

/* The keys are those of the record that would be written. */
static void write_event(reml_out *out, const reml_poc_event *event, const reml_result *result,
                        reml_memory *memory) {
  const reml_map *metadata = reml__poc_event_metadata(memory, event, result);
  reml__out_text(out, "{\"category\":");
  reml__json_text(out, reml__poc_event_category(event));
  reml__out_text(out, ",\"keys\":[");
  for (size_t i = 0; i < metadata->count; i++) {
    if (i > 0) {
      reml__out_char(out, ',');
    }
    reml__json_text(out, metadata->entries[i].key);
  }
  reml__out_text(out, "]}");
}

static reml_result result_of(const reml_poc_outcome *outcome) {
  if (outcome->result != NULL) {
    return *outcome->result;
  }
  return (reml_result){.context = reml__poc_context(outcome->continuation),
                       .config = reml__poc_config(outcome->continuation)};
}

static void write_events(reml_out *out, const reml_poc_outcome *outcome, reml_memory *memory) {
  reml_result result = result_of(outcome);
  reml__out_char(out, '[');
  for (size_t i = 0; i < outcome->event_count; i++) {
    if (i > 0) {
      reml__out_char(out, ',');
    }
    write_event(out, &outcome->events[i], &result, memory);
  }
  reml__out_char(out, ']');
}

/* --- outcomes --- */

static void write_pending(reml_out *out, const reml_poc_outcome *outcome) {
  const reml_poc_continuation *continuation = outcome->continuation;
  reml__out_text(out, "{\"outcome\":\"pending\",\"demand\":");
  write_demand(out, &continuation->demand);
  begin_member(out, "meta");
  write_meta(out, &outcome->meta);
  begin_member(out, "continuation");
  write_continuation(out, continuation);
  begin_member(out, "diagnostics");
  reml__json_diagnostics(out, continuation->diagnostics, continuation->diagnostic_count);
}

static void write_completed(reml_out *out, const reml_poc_outcome *outcome, reml_memory *memory) {
  reml__out_text(out, "{\"outcome\":\"completed\",\"result\":");
  reml__result_json(out, outcome->result, true, memory);
  begin_member(out, "meta");
  write_meta(out, &outcome->meta);
}

reml_status reml__write_poc_outcome(const reml_poc_outcome *outcome, reml_write *write,
                                    void *user) {
  reml_memory memory;
  if (setjmp(memory.unwind) != 0) {
    return REML_NO_MEMORY;
  }
  reml_out out;
  reml__out_open(&out, write, user);
  if (outcome->continuation != NULL) {
    write_pending(&out, outcome);
  } else {
    write_completed(&out, outcome, &memory);
  }
  begin_member(&out, "audit_events");
  write_events(&out, outcome, &memory);
  reml__out_char(&out, '}');
  return reml__out_close(&out);
}
