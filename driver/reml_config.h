/* Configuration inside the library: text rules and the decoded namespaces
 * (contract driver.md section 1). */
#ifndef REML_CONFIG_H
#define REML_CONFIG_H

#include "remlparse.h"

/* Without blank, TAB, LF, FF and CR at both ends; borrows. */
reml_string reml__text_trim(reml_string text);
bool reml__text_is_blank(reml_string text);
bool reml__text_equals(reml_string text, const char *literal);
/* Compares the text, lower-cased, with a literal that is in lower case. */
bool reml__text_equals_lowered(reml_string text, const char *literal);
/* By bytes, a shorter text before its extensions. */
int reml__text_compare(reml_string left, reml_string right);
/* A copy with A-Z lower-cased, NUL-terminated; false when out of memory. */
bool reml__text_lower(reml_string text, reml_string *out);

/* --- fields and keys, from config_keys.def --- */

typedef enum reml_config_field {
#define FIELD(name, member, type) REML_CONFIG_##name,
#define KEY(name, ns, key, type)
#include "config_keys.def"
#undef FIELD
#undef KEY
  REML_CONFIG_FIELD_COUNT
} reml_config_field;

typedef enum reml_config_field_type {
  REML_CONFIG_IS_BOOL,
  REML_CONFIG_IS_TEXT,
  REML_CONFIG_IS_LEFT_RECURSION,
  REML_CONFIG_IS_EXTENSIONS
} reml_config_field_type;

typedef struct reml_config_member {
  const char *name;
  reml_config_field_type type;
  size_t offset; /* in reml_config */
} reml_config_member;
reml_config_member reml__config_member(reml_config_field field);

typedef enum reml_config_key {
#define FIELD(name, member, type)
#define KEY(name, ns, key, type) REML_KEY_##name##_##type,
#include "config_keys.def"
#undef FIELD
#undef KEY
} reml_config_key;

/* reml_config_get and reml_config_set for keys that are known. */
const reml_value *reml__config_value(const reml_config *config, reml_config_key key);
reml_status reml__config_set_value(reml_config *config, reml_config_key key,
                                   const reml_value *value);
/* Text of a key; absent if it is not set or not a string. */
reml_string reml__config_text(const reml_config *config, reml_config_key key);

/* --- namespaces, decoded --- */

typedef struct reml_optional_int {
  bool present;
  int64_t number;
} reml_optional_int;

typedef struct reml_optional_float {
  bool present;
  double number;
} reml_optional_float;

typedef struct reml_text_list {
  const reml_string *items;
  size_t count;
} reml_text_list;

typedef struct reml_flow_settings {
  bool present;   /* policy or one of the three numbers decodes */
  bool automatic; /* policy `auto`; else `manual` */
  reml_optional_int max_lag_bytes, debounce_ms;
  reml_optional_float throttle_ratio;
} reml_flow_settings;

/* Texts are absent (bytes NULL) unless set. */
typedef struct reml_stream_settings {
  bool enabled, packrat_enabled;
  reml_string checkpoint, resume_hint;
  reml_optional_int demand_min_bytes, demand_preferred_bytes, chunk_size;
  reml_flow_settings flow;
  int64_t flow_checkpoints_closed;
  reml_string frame_boundary; /* this and the switches: component options, streaming-spec.md */
  bool complete_on_accept, strict_utf8, annotate_eof;
} reml_stream_settings;

typedef struct reml_recover_settings {
  reml_text_list sync_tokens; /* further points to go on from, by their text */
  bool notes;
  bool collects; /* mode is "collect" */
  uint32_t max_diagnostics, max_recoveries, max_resync_bytes;
} reml_recover_settings;

/* Of an effective configuration: profiles in canonical spelling (lexer.md section 10). */
typedef struct reml_lex_settings {
  reml_string profile, identifier_profile;
  reml_optional_int space_id;
} reml_lex_settings;

typedef struct reml_effects_settings {
  reml_string stage, registry_path;
  reml_text_list required_capabilities; /* trimmed, lower-cased, sorted, unique, without blanks */
} reml_effects_settings;

/* REML_OK, or REML_NO_MEMORY where lists or lower-cased texts have to be kept. */
reml_stream_settings reml__config_stream(const reml_config *config);
reml_status reml__config_recover(const reml_config *config, reml_recover_settings *out);
reml_lex_settings reml__config_lex(const reml_config *config);
reml_status reml__config_effects(const reml_config *config, reml_effects_settings *out);

/* Trims, lower-cases, sorts; drops blanks and repetitions. False when out of memory. */
bool reml__normalize_capabilities(reml_text_list names, reml_text_list *out);

#endif
