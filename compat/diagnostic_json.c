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

/* Line or column number, from 0. */
static int64_t from_zero(uint32_t number) {
  return number > 0 ? (int64_t)number - 1 : 0;
}

static void set_number(reml_map *map, const char *key, int64_t number) {
  reml__map_set(map, key, reml__datum_int(number));
}

/* ---- section 2 ---- */

/* A place of a diagnostic in one of the two layouts. */
typedef reml_datum place_json(reml_memory *memory, reml_string file, const reml_span *span);

static reml_datum from_zero_json(reml_memory *memory, reml_string file, const reml_span *span) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "file", reml__datum_string(file));
  set_number(fields, "start_line", from_zero(span->start.line));
  set_number(fields, "start_col", from_zero(span->start.column));
  set_number(fields, "end_line", from_zero(span->end.line));
  set_number(fields, "end_col", from_zero(span->end.column));
  return reml__datum_object(fields);
}

/* ---- notes, hints and changes ---- */

/* A note is a secondary message without a span. */
static reml_datum notes(reml_memory *memory, const reml_diagnostic *diagnostic, place_json *place) {
  reml_datum *items;
  size_t places = diagnostic->secondary_count, count = places + (diagnostic->note != NULL);
  reml_datum list = reml__datum_new_list(memory, count, &items);
  for (size_t i = 0; i < count; i++) {
    reml_map *fields = reml__map_new(memory);
    if (i < places) {
      const reml_label *label = &diagnostic->secondary[i];
      reml__map_set(fields, "span", place(memory, diagnostic->file, &label->span));
      reml__map_set(fields, "message", reml__datum_string(label->text));
    } else {
      set_text(fields, "message", diagnostic->note);
    }
    items[i] = reml__datum_object(fields);
  }
  return list;
}

static const char *change_kind(const reml_fixit *fixit) {
  if (fixit->text.length == 0) return "delete";
  return fixit->span.start.offset == fixit->span.end.offset ? "insert" : "replace";
}

static reml_datum change(reml_memory *memory, const reml_diagnostic *diagnostic,
                         const reml_fixit *fixit, place_json *place) {
  reml_map *fields = reml__map_new(memory);
  set_text(fields, "kind", change_kind(fixit));
  reml__map_set(fields, "range", place(memory, diagnostic->file, &fixit->span));
  if (fixit->text.length > 0) reml__map_set(fields, "text", reml__datum_string(fixit->text));
  return reml__datum_object(fields);
}

static reml_datum changes(reml_memory *memory, const reml_diagnostic *diagnostic,
                          place_json *place) {
  reml_datum *items;
  reml_datum list = reml__datum_new_list(memory, diagnostic->fixit_count, &items);
  for (size_t i = 0; i < diagnostic->fixit_count; i++)
    items[i] = change(memory, diagnostic, &diagnostic->fixits[i], place);
  return list;
}

/* What to do; the changes that a hint asks for are its actions. */
static reml_datum hints(reml_memory *memory, const reml_diagnostic *diagnostic, place_json *place) {
  reml_datum *items;
  size_t advised = diagnostic->help.length > 0, count = advised + diagnostic->fixit_count;
  reml_datum list = reml__datum_new_list(memory, count, &items);
  for (size_t i = 0; i < count; i++) {
    reml_map *fields = reml__map_new(memory);
    const reml_fixit *fixit = i < advised ? NULL : &diagnostic->fixits[i - advised];
    reml__map_set(fields, "message",
                  reml__datum_string(fixit != NULL ? fixit->description : diagnostic->help));
    if (fixit != NULL) {
      reml_datum action = change(memory, diagnostic, fixit, place);
      reml__map_set(fields, "actions", reml__datum_list(memory, &action, 1));
    }
    items[i] = reml__datum_object(fields);
  }
  return list;
}

reml_datum reml__record_json(reml_memory *memory, const reml_record *record) {
  const reml_diagnostic *diagnostic = record->diagnostic;
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "expected", expected_json(memory, diagnostic->expected));
  reml__map_set(fields, "audit", reml__record_audit(memory, record));
  reml__map_set(fields, "audit_metadata", reml__datum_object(record->audit_metadata));
  reml__map_set(fields, "extensions", reml__datum_object(record->extensions));
  set_text(fields, "schema_version", SCHEMA_VERSION);
  reml__map_set(fields, "fixits", changes(memory, diagnostic, from_zero_json));
  reml__map_set(fields, "hints", hints(memory, diagnostic, from_zero_json));
  reml__map_set(fields, "secondary", notes(memory, diagnostic, from_zero_json));
  reml__map_set(fields, "codes", reml__record_codes(memory, diagnostic));
  reml__map_set(fields, "primary", from_zero_json(memory, diagnostic->file, &diagnostic->span));
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

static reml_datum location(reml_memory *memory, reml_string file, const reml_span *span) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "file", reml__datum_string(file));
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
  reml__map_set(fields, "location", location(memory, diagnostic->file, &diagnostic->span));
  if (diagnostic->label.length > 0)
    reml__map_set(fields, "label", reml__datum_string(diagnostic->label));
  set_text(fields, "code", diagnostic->codes[0]);
  if (diagnostic->codes[0] != NULL)
    reml__map_set(fields, "codes", reml__record_codes(memory, diagnostic));
  set_text(fields, "domain", reml__domain_name(diagnostic->domain));
  set_text(fields, "timestamp", diagnostic->timestamp);
  set_text(fields, "severity_hint", reml__severity_hint(diagnostic));
  if (diagnostic->note != NULL || diagnostic->secondary_count > 0)
    reml__map_set(fields, "notes", notes(memory, diagnostic, location));
  if (diagnostic->help.length > 0 || diagnostic->fixit_count > 0)
    reml__map_set(fields, "hints", hints(memory, diagnostic, location));
  if (diagnostic->fixit_count > 0)
    reml__map_set(fields, "fixits", changes(memory, diagnostic, location));
  reml__map_set(fields, "extensions", reml__datum_object(record->extensions));
  reml__map_set(fields, "audit_metadata", reml__datum_object(record->audit_metadata));
  reml__map_set(fields, "audit", reml__record_audit(memory, record));
  if (diagnostic->expected != NULL)
    reml__map_set(fields, "expected", expected_json(memory, diagnostic->expected));
  return reml__datum_object(fields);
}

static reml_datum in_list(reml_memory *memory, const reml_datum *items, size_t count) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "diagnostics", reml__datum_list(memory, items, count));
  return reml__datum_object(fields);
}

/* Each on a line of its own, or all as one list. */
static reml_status write_cli(reml_memory *memory, const reml_result *result,
                             const reml_diagnostic *diagnostics, size_t count, reml_json_mode mode,
                             reml_write *write, void *user) {
  reml_datum *items = reml__alloc(memory, (count + 1) * sizeof *items);
  reml_status status = REML_OK;
  for (size_t i = 0; i < count; i++) {
    reml_record record = reml__record_build(memory, result, &diagnostics[i]);
    items[i] = cli_json(memory, &record);
  }
  if (mode != REML_JSON_LINES) {
    reml_datum json = in_list(memory, items, count);
    return reml__datum_print(&json, mode, write, user);
  }
  for (size_t i = 0; i < count && status == REML_OK; i++)
    status = reml__datum_print(&items[i], mode, write, user);
  return status;
}

reml_status reml_write_cli_json(const reml_result *result, const reml_diagnostic *diagnostic,
                                reml_json_mode mode, reml_write *write, void *user) {
  reml_memory memory;
  if (!reml__record_possible(result, diagnostic)) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  return write_cli(&memory, result, diagnostic, 1, mode, write, user);
}

reml_status reml_write_cli_json_all(const reml_result *result, reml_json_mode mode,
                                    reml_write *write, void *user) {
  reml_memory memory;
  if (result == NULL) return REML_BAD_USE;
  for (size_t i = 0; i < result->diagnostic_count; i++)
    if (!reml__record_possible(result, &result->diagnostics[i])) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  return write_cli(&memory, result, result->diagnostics, result->diagnostic_count, mode, write,
                   user);
}
