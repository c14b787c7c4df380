/* Parse-debug JSON (contract diagnostics-json.md section 11). */
#include "reml_record.h"
#include "reml_config.h"

#include <stdlib.h>
#include <string.h>

/* ---- run configuration ---- */

static reml_datum value_json(reml_memory *memory, const reml_value *value);

static reml_datum list_json(reml_memory *memory, const reml_value *value) {
  reml_datum *items;
  size_t count = value->as.list.count;
  reml_datum list = reml__datum_new_list(memory, count, &items);
  for (size_t i = 0; i < count; i++)
    items[i] = value_json(memory, &value->as.list.items[i]);
  return list;
}

/* As in a parity case (gates.md section 1.1). */
static reml_datum parser_id_json(reml_memory *memory, int64_t id) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "parser_id", reml__datum_int(id));
  return reml__datum_object(fields);
}

static reml_datum value_json(reml_memory *memory, const reml_value *value) {
  switch (value->kind) {
  case REML_VALUE_BOOL: return reml__datum_bool(value->as.boolean);
  case REML_VALUE_INT: return reml__datum_int(value->as.integer);
  case REML_VALUE_FLOAT: return reml__datum_float(value->as.number);
  case REML_VALUE_STRING: return reml__datum_string(value->as.string);
  case REML_VALUE_PARSER_ID: return parser_id_json(memory, value->as.integer);
  case REML_VALUE_LIST: return list_json(memory, value);
  }
  return reml__datum_null();
}

typedef struct setting {
  reml_string ns, key;
  const reml_value *value;
} setting;

typedef struct settings {
  reml_memory *memory;
  setting *items;
  size_t count, capacity;
} settings;

static bool collect(void *user, reml_string ns, reml_string key, const reml_value *value) {
  settings *all = user;
  all->items = reml__grow(all->memory, all->items, all->count, &all->capacity, all->count + 1,
                          sizeof *all->items);
  all->items[all->count++] = (setting){ns, key, value};
  return true;
}

static int compare_settings(const void *left, const void *right) {
  const setting *one = left, *other = right;
  int order = reml__text_compare(one->ns, other->ns);
  return order != 0 ? order : reml__text_compare(one->key, other->key);
}

/* Namespace by namespace, from settings that are sorted. */
static const reml_map *extensions_json(reml_memory *memory, const reml_config *config) {
  settings all = {.memory = memory};
  reml_map *extensions = reml__map_new(memory), *keys = NULL;
  reml_config_each(config, collect, &all);
  if (all.count > 1) qsort(all.items, all.count, sizeof *all.items, compare_settings);
  for (size_t i = 0; i < all.count; i++) {
    const setting *item = &all.items[i];
    if (i == 0 || reml__text_compare(item->ns, item[-1].ns) != 0) {
      keys = reml__map_new(memory);
      reml__map_set(extensions, item->ns.bytes, reml__datum_object(keys));
    }
    reml__map_set(keys, item->key.bytes, value_json(memory, item->value));
  }
  return extensions;
}

static void set_bool(reml_map *map, const char *key, bool value) {
  reml__map_set(map, key, reml__datum_bool(value));
}

static reml_datum run_config_json(reml_memory *memory, const reml_config *config) {
  reml_map *fields = reml__map_new(memory);
  const reml_map *extensions = extensions_json(memory, config);
  for (int field = REML_CONFIG_FIELD_COUNT; field-- > 0;)
    reml__runconfig_set_field(fields, config, (reml_config_field)field);
  /* These two are in front, and what is written last is. */
  reml__runconfig_set_field(fields, config, REML_CONFIG_REQUIRE_EOF);
  reml__runconfig_set_field(fields, config, REML_CONFIG_LOCALE);
  if (extensions->count > 0) reml__map_set(fields, "extensions", reml__datum_object(extensions));
  return reml__datum_object(fields);
}

/* ---- parse result ---- */

static void set_uint(reml_map *map, const char *key, uint32_t value) {
  reml__map_set(map, key, reml__datum_int(value));
}

static reml_datum trace_json(reml_memory *memory, const reml_result *result,
                             const reml_datum *span) {
  if (!result->has_span_trace) return reml__datum_null();
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "span", *span);
  reml__map_set(fields, "label", reml__datum_text("compilation_unit"));
  reml_datum item = reml__datum_object(fields);
  return reml__datum_list(memory, &item, 1);
}

static reml_datum packrat_json(reml_memory *memory, const reml_result *result) {
  if (!result->has_packrat) return reml__datum_null();
  reml_map *fields = reml__map_new(memory);
  set_uint(fields, "queries", result->packrat_queries);
  set_uint(fields, "hits", result->packrat_hits);
  return reml__datum_object(fields);
}

static reml_datum expectations_json(reml_memory *memory, const reml_expected *expected) {
  reml_datum *items;
  size_t count = expected != NULL ? expected->count : 0;
  reml_datum list = reml__datum_new_list(memory, count, &items);
  for (size_t i = 0; i < count; i++) {
    const reml_expectation *alternative = &expected->alternatives[i];
    reml_map *fields = reml__map_new(memory);
    reml__map_set(fields, "kind", reml__datum_text(reml__expectation_hint(alternative->kind)));
    reml__map_set(fields, "label", reml__datum_text(alternative->label));
    items[i] = reml__datum_object(fields);
  }
  return list;
}

static reml_datum legacy_json(reml_memory *memory, const reml_result *result, reml_string file) {
  const reml_legacy_error *error = result->legacy_error;
  if (error == NULL) return reml__datum_null();
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "span", reml__record_span(memory, file, &error->span));
  reml__map_set(fields, "expected", expectations_json(memory, error->expected));
  set_bool(fields, "committed", false);
  set_bool(fields, "far_consumed", result->consumed);
  return reml__datum_object(fields);
}

static reml_datum result_json(reml_memory *memory, const reml_result *result, reml_string file) {
  reml_map *fields = reml__map_new(memory);
  reml_datum farthest =
      result->has_farthest ? reml__datum_int(result->farthest_error_offset) : reml__datum_null();
  reml_datum span =
      result->accepted ? reml__record_span(memory, file, &result->span) : reml__datum_null();
  reml__map_set(fields, "span_trace", trace_json(memory, result, &span));
  reml__map_set(fields, "packrat_stats", packrat_json(memory, result));
  reml__map_set(fields, "legacy_error", legacy_json(memory, result, file));
  reml__map_set(fields, "farthest_error_offset", farthest);
  reml__map_set(fields, "span", span);
  set_bool(fields, "committed", false);
  set_bool(fields, "consumed", result->consumed);
  set_bool(fields, "recovered", result->recovered);
  set_bool(fields, "has_value", result->accepted);
  return reml__datum_object(fields);
}

/* ---- all of it ---- */

static reml_datum diagnostics_json(reml_memory *memory, const reml_result *result) {
  reml_datum *items;
  reml_datum list = reml__datum_new_list(memory, result->diagnostic_count, &items);
  for (size_t i = 0; i < result->diagnostic_count; i++) {
    reml_record record = reml__record_build(memory, result, &result->diagnostics[i]);
    items[i] = reml__record_json(memory, &record);
  }
  return list;
}

static reml_status write_debug(reml_memory *memory, const reml_result *result,
                               const reml_stream_meta *meta, reml_string input, reml_write *write,
                               void *user) {
  reml_map *fields = reml__map_new(memory);
  /* A result has no file name of its own, but its diagnostics have. */
  reml_string file = result->diagnostic_count > 0 ? result->diagnostics->file : input;
  reml__map_set(fields, "input", reml__datum_string(input));
  reml__map_set(fields, "parser_run_config", run_config_json(memory, &result->config));
  reml__map_set(fields, "diagnostics", diagnostics_json(memory, result));
  reml__map_set(fields, "parse_result", result_json(memory, result, file));
  reml__map_set(fields, "stream_meta",
                meta == NULL ? reml__datum_null() : reml__record_counts(memory, meta));
  reml_datum json = reml__datum_object(fields);
  return reml__datum_print(&json, REML_JSON_PRETTY, write, user);
}

static bool possible(const reml_result *result) {
  if (result == NULL) return false;
  for (size_t i = 0; i < result->diagnostic_count; i++)
    if (!reml__record_possible(result, &result->diagnostics[i])) return false;
  return true;
}

reml_status reml_write_parse_debug(const reml_result *result, const reml_stream_meta *meta,
                                   reml_string input, reml_write *write, void *user) {
  reml_memory memory;
  if (!possible(result)) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  return write_debug(&memory, result, meta, input, write, user);
}
