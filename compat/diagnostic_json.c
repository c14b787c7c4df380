/* Diagnostics as JSON (contract diagnostics-json.md sections 2, 3 and 10.2). */
#include "reml_record.h"

#include <string.h>

#define SCHEMA_VERSION "2.0.0-draft"

/* ---- parts that both layouts share ---- */

/* Section 3 has other names for types and traits than the extension `recover`. */
static const char *kind_name(reml_expectation_kind kind) {
  switch (kind) {
  case REML_EXPECT_TYPE: return "type";
  case REML_EXPECT_TRAIT: return "trait";
  default: return reml__expectation_hint(kind);
  }
}

static void set_text(reml_map *map, const char *key, const char *text) {
  if (text != NULL) reml__map_set(map, key, reml__datum_text(text));
}

static reml_datum locale_args(reml_memory *memory, const reml_expected *expected) {
  reml_datum *items;
  reml_datum list = reml__datum_new_list(memory, expected->count, &items);
  for (size_t i = 0; i < expected->count; i++)
    items[i] = reml__datum_text(expected->alternatives[i].label);
  return list;
}

reml_datum reml__record_alternatives(reml_memory *memory, const reml_expected *expected) {
  reml_datum *items;
  reml_datum list = reml__datum_new_list(memory, expected->count, &items);
  for (size_t i = 0; i < expected->count; i++) {
    const reml_expectation *alternative = &expected->alternatives[i];
    reml_map *fields = reml__map_new(memory);
    set_text(fields, "kind", kind_name(alternative->kind));
    if (alternative->kind != REML_EXPECT_EOF) set_text(fields, "value", alternative->label);
    items[i] = reml__datum_object(fields);
  }
  return list;
}

static reml_datum expected_json(reml_memory *memory, const reml_expected *expected) {
  if (expected == NULL) return reml__datum_null();
  reml_map *fields = reml__map_new(memory);
  if (expected->count > 0) reml__map_set(fields, "locale_args", locale_args(memory, expected));
  set_text(fields, "context_note", expected->context_note);
  set_text(fields, "humanized", expected->humanized);
  set_text(fields, "message_key", expected->message_key);
  reml__map_set(fields, "alternatives", reml__record_alternatives(memory, expected));
  return reml__datum_object(fields);
}

reml_datum reml__record_audit(reml_memory *memory, const reml_record *record) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "metadata", reml__datum_object(record->envelope));
  set_text(fields, "audit_id", record->audit_id);
  reml__map_set(fields, "change_set", record->change_set);
  return reml__datum_object(fields);
}

/* A note is a secondary message without a span. */
static reml_datum notes(reml_memory *memory, const char *note) {
  if (note == NULL) return reml__datum_list(memory, NULL, 0);
  reml_map *fields = reml__map_new(memory);
  set_text(fields, "message", note);
  reml_datum item = reml__datum_object(fields);
  return reml__datum_list(memory, &item, 1);
}

/* Line or column number, from 0. */
static int64_t from_zero(uint32_t number) {
  return number > 0 ? (int64_t)number - 1 : 0;
}

static void set_number(reml_map *map, const char *key, int64_t number) {
  reml__map_set(map, key, reml__datum_int(number));
}

/* ---- section 2 ---- */

static reml_datum primary(reml_memory *memory, const reml_diagnostic *diagnostic) {
  const reml_span *span = &diagnostic->span;
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "file", reml__datum_string(diagnostic->file));
  set_number(fields, "start_line", from_zero(span->start.line));
  set_number(fields, "start_col", from_zero(span->start.column));
  set_number(fields, "end_line", from_zero(span->end.line));
  set_number(fields, "end_col", from_zero(span->end.column));
  return reml__datum_object(fields);
}

reml_datum reml__record_json(reml_memory *memory, const reml_record *record) {
  const reml_diagnostic *diagnostic = record->diagnostic;
  reml_datum none = reml__datum_list(memory, NULL, 0);
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "expected", expected_json(memory, diagnostic->expected));
  reml__map_set(fields, "audit", reml__record_audit(memory, record));
  reml__map_set(fields, "audit_metadata", reml__datum_object(record->audit_metadata));
  reml__map_set(fields, "extensions", reml__datum_object(record->extensions));
  set_text(fields, "schema_version", SCHEMA_VERSION);
  reml__map_set(fields, "fixits", none);
  reml__map_set(fields, "hints", none);
  reml__map_set(fields, "secondary", notes(memory, diagnostic->note));
  reml__map_set(fields, "codes", reml__record_codes(memory, diagnostic));
  reml__map_set(fields, "primary", primary(memory, diagnostic));
  set_number(fields, "severity_level", diagnostic->severity);
  set_text(fields, "severity", reml__severity_name(diagnostic->severity));
  reml__map_set(fields, "message", reml__datum_string(diagnostic->message));
  set_text(fields, "domain", reml__domain_name(diagnostic->domain));
  set_text(fields, "severity_hint", reml__severity_hint(diagnostic));
  set_text(fields, "timestamp", diagnostic->timestamp);
  return reml__datum_object(fields);
}

static reml_status write_json(reml_memory *memory, const reml_result *result,
                              const reml_diagnostic *diagnostic, reml_write *write, void *user) {
  reml_out out;
  reml_record record = reml__record_build(memory, result, diagnostic);
  reml_datum json = reml__record_json(memory, &record);
  reml__out_open(&out, write, user);
  reml__datum_write(&out, &json);
  return reml__out_close(&out);
}

reml_status reml_write_diagnostic_json(const reml_result *result, const reml_diagnostic *diagnostic,
                                       reml_write *write, void *user) {
  reml_memory memory;
  if (!reml__record_possible(result, diagnostic)) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  return write_json(&memory, result, diagnostic, write, user);
}

/* ---- section 10.2 ---- */

static reml_datum location(reml_memory *memory, const reml_diagnostic *diagnostic) {
  const reml_span *span = &diagnostic->span;
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "file", reml__datum_string(diagnostic->file));
  set_number(fields, "line", from_zero(span->start.line) + 1);
  set_number(fields, "column", from_zero(span->start.column) + 1);
  set_number(fields, "endLine", from_zero(span->end.line) + 1);
  set_number(fields, "endColumn", from_zero(span->end.column) + 1);
  return reml__datum_object(fields);
}

static reml_datum cli_json(reml_memory *memory, const reml_record *record) {
  const reml_diagnostic *diagnostic = record->diagnostic;
  reml_map *fields = reml__map_new(memory);
  set_text(fields, "severity", reml__severity_name(diagnostic->severity));
  reml__map_set(fields, "message", reml__datum_string(diagnostic->message));
  set_text(fields, "schema_version", SCHEMA_VERSION);
  reml__map_set(fields, "location", location(memory, diagnostic));
  set_text(fields, "code", diagnostic->codes[0]);
  if (diagnostic->codes[0] != NULL)
    reml__map_set(fields, "codes", reml__record_codes(memory, diagnostic));
  set_text(fields, "domain", reml__domain_name(diagnostic->domain));
  set_text(fields, "timestamp", diagnostic->timestamp);
  set_text(fields, "severity_hint", reml__severity_hint(diagnostic));
  if (diagnostic->note != NULL) reml__map_set(fields, "notes", notes(memory, diagnostic->note));
  reml__map_set(fields, "extensions", reml__datum_object(record->extensions));
  reml__map_set(fields, "audit_metadata", reml__datum_object(record->audit_metadata));
  reml__map_set(fields, "audit", reml__record_audit(memory, record));
  if (diagnostic->expected != NULL)
    reml__map_set(fields, "expected", expected_json(memory, diagnostic->expected));
  return reml__datum_object(fields);
}

static reml_datum in_list(reml_memory *memory, const reml_datum *json) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "diagnostics", reml__datum_list(memory, json, 1));
  return reml__datum_object(fields);
}

static reml_status write_cli(reml_memory *memory, const reml_record *record, reml_json_mode mode,
                             reml_write *write, void *user) {
  reml_datum json = cli_json(memory, record);
  if (mode != REML_JSON_LINES) json = in_list(memory, &json);
  return reml__datum_print(&json, mode, write, user);
}

reml_status reml_write_cli_json(const reml_result *result, const reml_diagnostic *diagnostic,
                                reml_json_mode mode, reml_write *write, void *user) {
  reml_memory memory;
  if (!reml__record_possible(result, diagnostic)) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  reml_record record = reml__record_build(&memory, result, diagnostic);
  return write_cli(&memory, &record, mode, write, user);
}
