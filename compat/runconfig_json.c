/* Run-configuration metadata of a diagnostic (contract diagnostics-json.md section 5). */
#include "reml_record.h"
#include "reml_config.h"

#include <string.h>

const char *reml__left_recursion_name(reml_left_recursion mode) {
  switch (mode) {
  case REML_LEFT_OFF: return "off";
  case REML_LEFT_ON: return "on";
  default: return "auto";
  }
}

static reml_datum texts(reml_memory *memory, const reml_text_list *list) {
  reml_datum *items;
  reml_datum value = reml__datum_new_list(memory, list->count, &items);
  for (size_t i = 0; i < list->count; i++)
    items[i] = reml__datum_string(list->items[i]);
  return value;
}

static reml_datum or_unspecified(reml_string text) {
  return text.bytes != NULL ? reml__datum_string(text) : reml__datum_text("unspecified");
}

/* Absent numbers are 0. */
static reml_datum int_or_zero(const reml_optional_int *value) {
  return reml__datum_int(value->present ? value->number : 0);
}

static void set_int(reml_map *map, const char *key, const reml_optional_int *value) {
  if (value->present) reml__map_set(map, key, reml__datum_int(value->number));
}

static void set_float(reml_map *map, const char *key, const reml_optional_float *value) {
  if (value->present) reml__map_set(map, key, reml__datum_float(value->number));
}

static void set_unless_blank(reml_map *map, const char *key, reml_string text) {
  if (!reml__text_is_blank(text)) reml__map_set(map, key, reml__datum_string(text));
}

/* ---- fields ---- */

/* Null for what is absent, and for the extensions, which are no single value. */
static reml_datum field_value(const reml_config *config, reml_config_member member) {
  const void *value = (const char *)config + member.offset;
  switch (member.type) {
  case REML_CONFIG_IS_BOOL: return reml__datum_bool(*(const bool *)value);
  case REML_CONFIG_IS_LEFT_RECURSION:
    return reml__datum_text(reml__left_recursion_name(*(const reml_left_recursion *)value));
  case REML_CONFIG_IS_TEXT:
    if (((const reml_string *)value)->bytes == NULL) break;
    return reml__datum_string(*(const reml_string *)value);
  case REML_CONFIG_IS_EXTENSIONS: break;
  }
  return reml__datum_null();
}

void reml__runconfig_set_field(reml_map *map, const reml_config *config, reml_config_field field) {
  reml_config_member member = reml__config_member(field);
  reml_datum value = field_value(config, member);
  if (value.kind != REML_DATUM_NULL) reml__map_set(map, member.name, value);
}

/* ---- the object `runconfig` ---- */

static const char *policy_name(const reml_flow_settings *flow) {
  return flow->automatic || !flow->present ? "auto" : "manual";
}

static const reml_map *describe_backpressure(reml_memory *memory, const reml_flow_settings *flow) {
  reml_map *map = reml__map_new(memory);
  if (!flow->present) reml__map_set(map, "max_lag_bytes", reml__datum_int(0));
  set_int(map, "max_lag_bytes", &flow->max_lag_bytes);
  set_int(map, "debounce_ms", &flow->debounce_ms);
  set_float(map, "throttle_ratio", &flow->throttle_ratio);
  return map;
}

static reml_datum describe_flow(reml_memory *memory, const reml_stream_settings *stream) {
  reml_map *map = reml__map_new(memory);
  const reml_map *backpressure = describe_backpressure(memory, &stream->flow);
  reml__map_set(map, "policy", reml__datum_text(policy_name(&stream->flow)));
  reml__map_set(map, "checkpoints_closed", reml__datum_int(stream->flow_checkpoints_closed));
  if (backpressure->count > 0) reml__map_set(map, "backpressure", reml__datum_object(backpressure));
  return reml__datum_object(map);
}

static reml_map *describe_stream(reml_memory *memory, const reml_stream_settings *stream) {
  reml_map *map = reml__map_new(memory);
  reml__map_set(map, "enabled", reml__datum_bool(stream->enabled));
  reml__map_set(map, "packrat_enabled", reml__datum_bool(stream->packrat_enabled));
  reml__map_set(map, "checkpoint", or_unspecified(stream->checkpoint));
  reml__map_set(map, "resume_hint", or_unspecified(stream->resume_hint));
  reml__map_set(map, "demand_min_bytes", int_or_zero(&stream->demand_min_bytes));
  reml__map_set(map, "demand_preferred_bytes", int_or_zero(&stream->demand_preferred_bytes));
  reml__map_set(map, "chunk_size", int_or_zero(&stream->chunk_size));
  reml__map_set(map, "flow", describe_flow(memory, stream));
  return map;
}

static reml_map *describe_recover(reml_memory *memory, const reml_recover_settings *recover) {
  reml_map *map = reml__map_new(memory);
  reml__map_set(map, "sync_tokens", texts(memory, &recover->sync_tokens));
  reml__map_set(map, "notes", reml__datum_bool(recover->notes));
  if (!recover->collects) return map;
  reml__map_set(map, "mode", reml__datum_text("collect"));
  reml__map_set(map, "max_diagnostics", reml__datum_int(recover->max_diagnostics));
  reml__map_set(map, "max_recoveries", reml__datum_int(recover->max_recoveries));
  reml__map_set(map, "max_resync_bytes", reml__datum_int(recover->max_resync_bytes));
  return map;
}

static reml_map *describe_lex(reml_memory *memory, const reml_lex_settings *lex) {
  reml_map *map = reml__map_new(memory);
  reml__map_set(map, "profile", reml__datum_string(lex->profile));
  reml__map_set(map, "identifier_profile", reml__datum_string(lex->identifier_profile));
  set_int(map, "space_id", &lex->space_id);
  return map;
}

/* The fields, without `extensions`. */
static reml_map *describe_fields(reml_memory *memory, const reml_config *config) {
  reml_map *map = reml__map_new(memory);
  reml_config shown = *config;
  if (reml__text_is_blank(shown.locale)) shown.locale.bytes = NULL;
  for (int field = 0; field < REML_CONFIG_FIELD_COUNT; field++)
    reml__runconfig_set_field(map, &shown, (reml_config_field)field);
  return map;
}

/* ---- audit keys ---- */

/* The members of an object, last one first, under a prefix that ends with a dot. */
static void set_reversed(reml_map *audit, const char *prefix, const reml_map *object) {
  for (size_t i = object->count; i-- > 0;) {
    const reml_map_entry *entry = &object->entries[i];
    reml__map_set(audit, reml__map_key(audit->memory, prefix, entry->key), entry->value);
  }
}

#define EXTENSIONS "parser.runconfig.extensions."
#define FLOW EXTENSIONS "stream.flow."

static void audit_flow(reml_map *audit, const reml_stream_settings *stream) {
  const reml_flow_settings *flow = &stream->flow;
  if (!flow->present) return;
  reml__map_set(audit, FLOW "checkpoints_closed", reml__datum_int(stream->flow_checkpoints_closed));
  set_float(audit, FLOW "backpressure.throttle_ratio", &flow->throttle_ratio);
  set_int(audit, FLOW "backpressure.debounce_ms", &flow->debounce_ms);
  set_int(audit, FLOW "backpressure.max_lag_bytes", &flow->max_lag_bytes);
  reml__map_set(audit, FLOW "policy", reml__datum_text(policy_name(flow)));
}

/* `flow` has keys of its own. */
static void audit_stream(reml_map *audit, const reml_map *stream) {
  reml_map scalars = *stream;
  scalars.count--;
  set_reversed(audit, EXTENSIONS "stream.", &scalars);
  reml__map_set(audit, EXTENSIONS "stream", reml__datum_object(stream));
}

static void audit_recover(reml_map *audit, const reml_map *recover) {
  for (size_t i = 0; i < recover->count; i++) {
    const reml_map_entry *entry = &recover->entries[i];
    reml__map_set(audit, reml__map_key(audit->memory, EXTENSIONS "recover.", entry->key),
                  entry->value);
  }
  reml__map_set(audit, EXTENSIONS "recover", reml__datum_object(recover));
}

static void audit_lex(reml_map *audit, const reml_map *lex) {
  set_reversed(audit, EXTENSIONS "lex.", lex);
  reml__map_set(audit, EXTENSIONS "lex", reml__datum_object(lex));
}

/* ---- both ---- */

/* Nothing else of this profile writes these keys, so the guard of section 5 (unless they are there
 * already) is always open. */
static void set_effects(reml_map *map, reml_datum required) {
  reml_datum none = reml__datum_list(map->memory, NULL, 0);
  reml__map_set(map, "effect.required_capabilities", required);
  reml__map_set(map, "effect.stage.required_capabilities", required);
  reml__map_set(map, "effect.actual_capabilities", none);
  reml__map_set(map, "effect.stage.actual_capabilities", none);
  reml__map_set(map, "effect.capabilities", required);
}

typedef struct description {
  reml_stream_settings stream_settings;
  const reml_map *stream, *recover, *lex;
  reml_string path;
  reml_datum required_capabilities;
} description;

static description describe_namespaces(reml_memory *memory, const reml_config *config) {
  reml_recover_settings recover;
  reml_effects_settings effects;
  if (reml__config_recover(config, &recover) != REML_OK ||
      reml__config_effects(config, &effects) != REML_OK)
    reml__out_of_memory(memory);
  reml_stream_settings stream = reml__config_stream(config);
  reml_lex_settings lex = reml__config_lex(config);
  return (description){
      .stream_settings = stream,
      .stream = describe_stream(memory, &stream),
      .recover = describe_recover(memory, &recover),
      .lex = describe_lex(memory, &lex),
      .path = reml__config_text(config, REML_KEY_CONFIG_PATH_TEXT),
      .required_capabilities = texts(memory, &effects.required_capabilities),
  };
}

static reml_datum describe_extensions(reml_memory *memory, const description *about) {
  reml_map *map = reml__map_new(memory);
  reml__map_set(map, "stream", reml__datum_object(about->stream));
  reml__map_set(map, "recover", reml__datum_object(about->recover));
  reml__map_set(map, "lex", reml__datum_object(about->lex));
  if (!reml__text_is_blank(about->path)) {
    reml_map *config = reml__map_new(memory);
    reml__map_set(config, "path", reml__datum_string(about->path));
    reml__map_set(map, "config", reml__datum_object(config));
  }
  return reml__datum_object(map);
}

void reml__runconfig_describe(reml_memory *memory, const reml_config *config, reml_map *extensions,
                              reml_map *audit) {
  description about = describe_namespaces(memory, config);
  const reml_map *fields = describe_fields(memory, config);
  reml_map *runconfig = reml__map_new(memory);
  reml__map_set_all(runconfig, fields);
  reml__map_set(runconfig, "extensions", describe_extensions(memory, &about));

  set_effects(extensions, about.required_capabilities);
  reml__map_set(extensions, "runconfig", reml__datum_object(runconfig));

  set_effects(audit, about.required_capabilities);
  set_unless_blank(audit, EXTENSIONS "config.path", about.path);
  audit_flow(audit, &about.stream_settings);
  audit_stream(audit, about.stream);
  audit_recover(audit, about.recover);
  audit_lex(audit, about.lex);
  set_reversed(audit, "parser.runconfig.", fields);
  reml__map_set(audit, "parser.runconfig", reml__datum_object(runconfig));
}
