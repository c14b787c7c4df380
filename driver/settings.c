/* Decoded configuration: what a run consults (contract lexer.md section 10) and the namespaces that
 * are known (driver.md section 1, third table). */
#include "reml_settings.h"
#include "reml_config.h"

#include <gc.h>
#include <string.h>

/* ---- keys by type ---- */

reml_string reml__config_text(const reml_config *config, reml_config_key key) {
  reml_string text = {NULL, 0};
  reml_value_as_string(reml__config_value(config, key), &text);
  return text;
}

static reml_optional_int int_key(const reml_config *config, reml_config_key key) {
  reml_optional_int found = {false, 0};
  found.present = reml_value_as_int(reml__config_value(config, key), &found.number);
  return found;
}

static reml_optional_float float_key(const reml_config *config, reml_config_key key) {
  reml_optional_float found = {false, 0};
  found.present = reml_value_as_float(reml__config_value(config, key), &found.number);
  return found;
}

/* A list's members that are not strings are dropped; one string is a list of one. */
static reml_status text_list_key(const reml_config *config, reml_config_key key,
                                 reml_text_list *out) {
  const reml_value *value = reml__config_value(config, key);
  *out = (reml_text_list){NULL, 0};
  if (value == NULL) return REML_OK;
  bool is_list = value->kind == REML_VALUE_LIST;
  const reml_value *from = is_list ? value->as.list.items : value;
  size_t count = is_list ? value->as.list.count : 1;
  reml_string *items = GC_MALLOC((count + 1) * sizeof *items);
  if (items == NULL) return REML_NO_MEMORY;
  for (size_t i = 0; i < count; i++)
    if (reml_value_as_string(&from[i], &items[out->count])) out->count++;
  out->items = items;
  return REML_OK;
}

/* ---- stream, recover, effects ---- */

static bool text_as_switch(reml_string text, bool *out) {
  static const char *const on[] = {"1", "true", "yes", "on"};
  static const char *const off[] = {"0", "false", "no", "off"};
  text = reml__text_trim(text);
  for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
    *out = reml__text_equals_lowered(text, on[i]);
    if (*out || reml__text_equals_lowered(text, off[i])) return true;
  }
  return false;
}

static bool value_as_switch(const reml_value *value, bool *out) {
  reml_string text;
  if (reml_value_as_bool(value, out)) return true;
  return reml_value_as_string(value, &text) && text_as_switch(text, out);
}

static bool switch_key(const reml_config *config, reml_config_key key) {
  bool on;
  return value_as_switch(reml__config_value(config, key), &on) && on;
}

static bool stream_packrat_enabled(const reml_config *config) {
  bool enabled;
  const reml_value *value = reml__config_value(config, REML_KEY_STREAM_PACKRAT_ENABLED_SWITCH);
  if (value != NULL && value->kind == REML_VALUE_INT) return value->as.integer != 0;
  return value_as_switch(value, &enabled) ? enabled : config->packrat;
}

static int64_t flow_checkpoints_closed(const reml_config *config) {
  bool flag;
  int64_t number;
  const reml_value *value = reml__config_value(config, REML_KEY_STREAM_FLOW_CHECKPOINTS_CLOSED_INT);
  if (reml_value_as_bool(value, &flag)) return flag;
  return reml_value_as_int(value, &number) ? number : 0;
}

static reml_flow_settings flow_settings(const reml_config *config) {
  reml_string policy = reml__text_trim(reml__config_text(config, REML_KEY_STREAM_FLOW_POLICY_TEXT));
  bool automatic = reml__text_equals_lowered(policy, "auto");
  bool manual = reml__text_equals_lowered(policy, "manual");
  reml_flow_settings flow = {
      .automatic = automatic,
      .max_lag_bytes = int_key(config, REML_KEY_STREAM_FLOW_MAX_LAG_BYTES_INT),
      .debounce_ms = int_key(config, REML_KEY_STREAM_FLOW_DEBOUNCE_MS_INT),
      .throttle_ratio = float_key(config, REML_KEY_STREAM_FLOW_THROTTLE_RATIO_FLOAT),
  };
  flow.present = automatic || manual || flow.max_lag_bytes.present || flow.debounce_ms.present ||
                 flow.throttle_ratio.present;
  return flow;
}

reml_stream_settings reml__config_stream(const reml_config *config) {
  return (reml_stream_settings){
      .enabled = switch_key(config, REML_KEY_STREAM_ENABLED_SWITCH),
      .packrat_enabled = stream_packrat_enabled(config),
      .checkpoint = reml__config_text(config, REML_KEY_STREAM_CHECKPOINT_TEXT),
      .resume_hint = reml__config_text(config, REML_KEY_STREAM_RESUME_HINT_TEXT),
      .demand_min_bytes = int_key(config, REML_KEY_STREAM_DEMAND_MIN_BYTES_INT),
      .demand_preferred_bytes = int_key(config, REML_KEY_STREAM_DEMAND_PREFERRED_BYTES_INT),
      .chunk_size = int_key(config, REML_KEY_STREAM_CHUNK_SIZE_INT),
      .flow = flow_settings(config),
      .flow_checkpoints_closed = flow_checkpoints_closed(config),
      .frame_boundary = reml__config_text(config, REML_KEY_STREAM_FRAME_BOUNDARY_TEXT),
      .complete_on_accept = switch_key(config, REML_KEY_STREAM_COMPLETE_ON_ACCEPT_SWITCH),
      .strict_utf8 = switch_key(config, REML_KEY_STREAM_STRICT_UTF8_SWITCH),
      .annotate_eof = switch_key(config, REML_KEY_STREAM_ANNOTATE_EOF_SWITCH),
  };
}

enum { MOST_DIAGNOSTICS = 100, MOST_RECOVERIES = 100, MOST_RESYNC_BYTES = 1 << 20 };

/* A limit of 0 or less, or none, is the default. */
static uint32_t limit_key(const reml_config *config, reml_config_key key, uint32_t otherwise) {
  reml_optional_int given = int_key(config, key);
  if (!given.present || given.number <= 0) return otherwise;
  return given.number < UINT32_MAX ? (uint32_t)given.number : UINT32_MAX;
}

reml_status reml__config_recover(const reml_config *config, reml_recover_settings *out) {
  bool notes;
  out->notes =
      reml_value_as_bool(reml__config_value(config, REML_KEY_RECOVER_NOTES_BOOL), &notes) && notes;
  reml_string mode = reml__text_trim(reml__config_text(config, REML_KEY_RECOVER_MODE_TEXT));
  out->collects =
      config->profile == REML_PROFILE_SPEC && reml__text_equals_lowered(mode, "collect");
  out->max_diagnostics = limit_key(config, REML_KEY_RECOVER_MAX_DIAGNOSTICS_INT, MOST_DIAGNOSTICS);
  out->max_recoveries = limit_key(config, REML_KEY_RECOVER_MAX_RECOVERIES_INT, MOST_RECOVERIES);
  out->max_resync_bytes =
      limit_key(config, REML_KEY_RECOVER_MAX_RESYNC_BYTES_INT, MOST_RESYNC_BYTES);
  return text_list_key(config, REML_KEY_RECOVER_SYNC_TOKENS_TEXTS, &out->sync_tokens);
}

reml_lex_settings reml__config_lex(const reml_config *config) {
  return (reml_lex_settings){
      .profile = reml__config_text(config, REML_KEY_LEX_PROFILE_TEXT),
      .identifier_profile = reml__config_text(config, REML_KEY_LEX_IDENTIFIER_PROFILE_TEXT),
      .space_id = int_key(config, REML_KEY_LEX_SPACE_ID_INT),
  };
}

reml_status reml__config_effects(const reml_config *config, reml_effects_settings *out) {
  reml_text_list names;
  out->stage = reml__config_text(config, REML_KEY_EFFECTS_STAGE_TEXT);
  out->registry_path = reml__config_text(config, REML_KEY_EFFECTS_REGISTRY_PATH_TEXT);
  reml_status status = text_list_key(config, REML_KEY_EFFECTS_REQUIRED_CAPABILITIES_TEXTS, &names);
  if (status != REML_OK) return status;
  bool kept = reml__normalize_capabilities(names, &out->required_capabilities);
  return kept ? REML_OK : REML_NO_MEMORY;
}

/* ---- lexer profiles ---- */

typedef struct trivia_profile {
  const char *name; /* canonical spelling */
  const char *synonym;
  reml_lex_rules rules; /* lexer.md section 4 */
} trivia_profile;

static const trivia_profile profiles[] = {
    {"strict_json", "strict-json", {.nested_comments = true}},
    {"json_relaxed", "json-relaxed", {.nested_comments = true, .shebang = true}},
    {"toml_relaxed", "toml-relaxed", {.hash_comments = true}},
};

static const trivia_profile *find_profile(reml_string name) {
  for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
    const trivia_profile *profile = &profiles[i];
    if (reml__text_equals_lowered(name, profile->name) ||
        reml__text_equals_lowered(name, profile->synonym))
      return profile;
  }
  return NULL;
}

/* Sets the base rules; the answer is the profile's name in canonical spelling. A custom name stays
 * as written and has the rules of the first profile. */
static reml_string choose_profile(const reml_config *config, reml_lex_rules *rules) {
  reml_string name = reml__config_text(config, REML_KEY_CONFIG_TRIVIA_TEXT);
  if (name.bytes == NULL) name = reml__config_text(config, REML_KEY_LEX_PROFILE_TEXT);
  const trivia_profile *profile = find_profile(name);
  *rules = profile != NULL ? profile->rules : profiles->rules;
  if (profile == NULL && name.bytes != NULL) return name;
  const char *canonical = profile != NULL ? profile->name : profiles->name;
  return (reml_string){canonical, strlen(canonical)};
}

static bool read_block_pair(const reml_value *pair, bool *is_slash_star, bool *nested) {
  reml_string open, close;
  if (pair->kind != REML_VALUE_LIST) return false;
  const reml_value *parts = pair->as.list.items;
  size_t count = pair->as.list.count;
  *nested = true;
  if (count != 2 && count != 3) return false;
  if (!reml_value_as_string(&parts[0], &open) || !reml_value_as_string(&parts[1], &close) ||
      (count == 3 && !reml_value_as_bool(&parts[2], nested)))
    return false;
  *is_slash_star = reml__text_equals(open, "/*") && reml__text_equals(close, "*/");
  return true;
}

/* One malformed pair makes the whole override void; the first pair that is exactly slash-star
 * decides. */
static void override_block(const reml_value *list, reml_lex_rules *rules) {
  bool decided = false, nested = false;
  if (list == NULL || list->kind != REML_VALUE_LIST) return;
  for (size_t i = 0; i < list->as.list.count; i++) {
    bool is_slash_star, pair_nested;
    if (!read_block_pair(&list->as.list.items[i], &is_slash_star, &pair_nested)) return;
    if (!is_slash_star || decided) continue;
    decided = true;
    nested = pair_nested;
  }
  rules->nested_comments = nested;
}

static void override_rules(const reml_config *config, reml_lex_rules *rules) {
  override_block(reml__config_value(config, REML_KEY_LEX_BLOCK_PAIRS), rules);
  reml_value_as_bool(reml__config_value(config, REML_KEY_LEX_SHEBANG_BOOL), &rules->shebang);
  reml_value_as_bool(reml__config_value(config, REML_KEY_LEX_HASH_INLINE_BOOL),
                     &rules->hash_comments);
}

static bool wants_ascii_identifiers(const reml_config *config) {
  reml_string name;
  if (!reml_value_as_string(reml__config_value(config, REML_KEY_LEX_IDENTIFIER_PROFILE_TEXT),
                            &name))
    return false;
  return !reml__text_equals_lowered(reml__text_trim(name), "unicode");
}

/* ---- effective configuration ---- */

static reml_status write_text(reml_config *config, reml_config_key key, reml_string text) {
  reml_value value = {.kind = REML_VALUE_STRING, .as.string = text};
  return reml__config_set_value(config, key, &value);
}

static reml_status write_space_id(reml_config *config) {
  reml_optional_int id = int_key(config, REML_KEY_LEX_SPACE_ID_INT);
  reml_value value = {.kind = REML_VALUE_PARSER_ID, .as.integer = id.number};
  return id.present ? reml__config_set_value(config, REML_KEY_LEX_SPACE_ID_INT, &value) : REML_OK;
}

static reml_status write_back(reml_config *config, reml_string profile, bool ascii) {
  const char *identifiers = ascii ? "ascii-compat" : "unicode";
  reml_string text = {identifiers, strlen(identifiers)};
  reml_status status = write_text(config, REML_KEY_LEX_PROFILE_TEXT, profile);
  if (status == REML_OK) status = write_text(config, REML_KEY_LEX_IDENTIFIER_PROFILE_TEXT, text);
  if (status == REML_OK) status = write_text(config, REML_KEY_CONFIG_TRIVIA_TEXT, profile);
  return status == REML_OK ? write_space_id(config) : status;
}

static bool effective_require_eof(const reml_config *config) {
  bool required = config->require_eof;
  reml_value_as_bool(reml__config_value(config, REML_KEY_CONFIG_REQUIRE_EOF_BOOL), &required);
  return required;
}

reml_status reml__settings_derive(const reml_config *config, reml_settings *out) {
  *out = (reml_settings){.require_eof = effective_require_eof(config),
                         .stream_enabled = switch_key(config, REML_KEY_STREAM_ENABLED_SWITCH),
                         .effective = *config};
  reml_string profile = choose_profile(config, &out->lex);
  override_rules(config, &out->lex);
  out->lex.ascii_identifiers = wants_ascii_identifiers(config);
  out->lex.spec = config->profile == REML_PROFILE_SPEC;
  return write_back(&out->effective, profile, out->lex.ascii_identifiers);
}
