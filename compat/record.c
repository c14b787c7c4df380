/* Construction of a diagnostic in the reference's order (contract diagnostics-json.md section 4).
 */
#include "reml_record.h"
#include "reml_config.h"
#include "reml_context.h"

#include <string.h>

#define POLICY "phase2.5.audit.v1"
#define CHANNEL REML_AUDIT_CHANNEL
#define SCHEMA_VERSION "1.1" /* of the audit metadata */
#define RULE_PREFIX "parser.core.rule."

/* ---- names ---- */

const char *reml__severity_name(reml_severity severity) {
  static const char *const names[] = {"error", "warning", "info", "hint"};
  return names[severity - REML_ERROR];
}

const char *reml__domain_name(reml_domain domain) {
  static const char *const names[] = {NULL,      "effect", "target",   "plugin", "lsp",
                                      "runtime", "parser", "type",     "config", "network",
                                      "data",    "audit",  "security", "cli"};
  return names[domain];
}

const char *reml__expectation_hint(reml_expectation_kind kind) {
  static const char *const names[] = {"eof",   "token",  "keyword",       "rule",       "not",
                                      "class", "custom", "type_expected", "trait_bound"};
  return names[kind];
}

/* ---- merging ---- */

static bool has_rule_prefix(const char *key) {
  return strncmp(key, RULE_PREFIX, sizeof RULE_PREFIX - 1) == 0;
}

/* `parser.core.rule` and `parse`, made of the flat keys in reverse order of writing. */
static void derive_rule(reml_map *audit) {
  reml_map *rule = reml__map_new(audit->memory);
  for (size_t i = audit->count; i-- > 0;) {
    const reml_map_entry *entry = &audit->entries[i];
    if (has_rule_prefix(entry->key))
      reml__map_set(rule, entry->key + sizeof RULE_PREFIX - 1, entry->value);
  }
  if (rule->count == 0) return;
  reml_map *core = reml__map_new(audit->memory);
  reml_map *parse = reml__map_new(audit->memory);
  reml__map_set(core, "rule", reml__datum_object(rule));
  reml__map_set(parse, "core", reml__datum_object(core));
  reml__map_set(audit, "parser.core.rule", reml__datum_object(rule));
  reml__map_set(audit, "parse", reml__datum_object(parse));
}

static void set_stamps(reml_record *record) {
  reml_map *audit = record->audit_metadata;
  reml__map_set(audit, "schema.version", reml__datum_text(SCHEMA_VERSION));
  reml__map_set(audit, "audit.timestamp", reml__datum_text(record->diagnostic->timestamp));
}

static void merge(reml_record *record, const reml_map *entries) {
  set_stamps(record);
  reml__map_set_all(record->audit_metadata, entries);
  derive_rule(record->audit_metadata);
}

static void merge_one(reml_record *record, const char *key, reml_datum value) {
  reml_map *entries = reml__map_new(record->audit_metadata->memory);
  reml__map_set(entries, key, value);
  merge(record, entries);
}

/* Every merge writes all of audit_metadata over the envelope (section 6), so only the last one can
 * be seen in the end, and one is enough. */
static void fill_envelope(reml_record *record) {
  const reml_map *audit = record->audit_metadata;
  static const char *const last[] = {"audit.timestamp", "schema.version"};
  for (size_t i = audit->count; i-- > 0;)
    reml__map_set(record->envelope, audit->entries[i].key, audit->entries[i].value);
  reml__map_set(record->envelope, last[0], reml__datum_text(record->diagnostic->timestamp));
  reml__map_set(record->envelope, last[1], reml__datum_text(SCHEMA_VERSION));
}

/* ---- event, audit id, change set ---- */

static bool is_blank(const char *text) {
  return text == NULL || reml__text_is_blank((reml_string){text, strlen(text)});
}

static void merge_event(reml_memory *memory, reml_record *record) {
  reml_map *entries = reml__map_new(memory);
  const char *domain = reml__domain_name(record->diagnostic->domain);
  const char *code = record->diagnostic->codes[0];
  if (!is_blank(code)) reml__map_set(entries, "event.kind", reml__datum_text(code));
  if (domain != NULL) reml__map_set(entries, "event.domain", reml__datum_text(domain));
  if (entries->count > 0) merge(record, entries);
}

static reml_string last_component(reml_string path) {
  while (path.length > 1 && path.bytes[path.length - 1] == '/')
    path.length--;
  for (size_t i = path.length; i-- > 0;)
    if (path.bytes[i] == '/' && i + 1 < path.length)
      return (reml_string){path.bytes + i + 1, path.length - i - 1};
  return path;
}

/* Section 6, "P". */
static reml_string input_path(const reml_context *context, reml_string file) {
  reml_string path = reml__text_trim(file);
  if (path.length == 0 || *path.bytes != '/') return path;
  if (context->directory == NULL) return last_component(path);
  size_t length = strlen(context->directory);
  if (length > 0 && context->directory[length - 1] == '/') length--;
  bool inside = path.length > length + 1 && path.bytes[length] == '/' &&
                memcmp(path.bytes, context->directory, length) == 0;
  if (!inside) return last_component(path);
  return (reml_string){path.bytes + length + 1, path.length - length - 1};
}

static reml_datum input_items(reml_memory *memory, reml_string path) {
  if (path.length == 0) return reml__datum_list(memory, NULL, 0);
  reml_map *item = reml__map_new(memory);
  reml__map_set(item, "kind", reml__datum_text("input"));
  reml__map_set(item, "path", reml__datum_string(path));
  reml_datum object = reml__datum_object(item);
  return reml__datum_list(memory, &object, 1);
}

static reml_datum change_set(reml_memory *memory, const reml_context *context,
                             const reml_diagnostic *diagnostic, const char *build) {
  reml_map *source = reml__map_new(memory);
  reml__map_set(source, "build_id", reml__datum_text(build));
  reml__map_set(source, "workspace", reml__datum_text(context->workspace));
  reml__map_set(source, "sequence", reml__datum_int((int64_t)diagnostic->sequence));
  if (context->commit != NULL) reml__map_set(source, "commit", reml__datum_text(context->commit));
  reml_map *map = reml__map_new(memory);
  reml__map_set(map, "policy", reml__datum_text(POLICY));
  reml__map_set(map, "origin", reml__datum_text(CHANNEL));
  reml__map_set(map, "source", reml__datum_object(source));
  reml__map_set(map, "items", input_items(memory, input_path(context, diagnostic->file)));
  return reml__datum_object(map);
}

/* One merge for each key (section 4, steps 4 and 5). */
static void merge_source(reml_record *record, const reml_context *context, const char *build) {
  reml_datum sequence = reml__datum_int((int64_t)record->diagnostic->sequence);
  merge_one(record, "audit.policy.version", reml__datum_text(POLICY));
  merge_one(record, "audit.channel", reml__datum_text(CHANNEL));
  merge_one(record, "audit.build_id", reml__datum_text(build));
  merge_one(record, "audit.sequence", sequence);
  merge_one(record, "audit.source.workspace", reml__datum_text(context->workspace));
  if (context->commit != NULL)
    merge_one(record, "audit.source.commit", reml__datum_text(context->commit));
}

static void merge_audit(reml_memory *memory, reml_record *record, const reml_context *context) {
  const reml_diagnostic *diagnostic = record->diagnostic;
  const char *build = reml__context_build_id(memory, context, diagnostic->timestamp);
  record->audit_id = reml__context_audit_id(memory, build, diagnostic->sequence);
  record->change_set = change_set(memory, context, diagnostic, build);
  merge_source(record, context, build);
  merge_one(record, "cli.audit_id", reml__datum_text(record->audit_id));
  merge_source(record, context, build);
  merge_one(record, "cli.change_set", record->change_set);
}

/* ---- extensions ---- */

static reml_datum place_json(reml_memory *memory, reml_string file, const reml_position *place) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "file", reml__datum_string(file));
  reml__map_set(fields, "line", reml__datum_int(place->line));
  reml__map_set(fields, "column", reml__datum_int(place->column));
  reml__map_set(fields, "offset", reml__datum_int(place->offset));
  return reml__datum_object(fields);
}

reml_datum reml__record_span(reml_memory *memory, reml_string file, const reml_span *span) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "start", place_json(memory, file, &span->start));
  reml__map_set(fields, "end", place_json(memory, file, &span->end));
  return reml__datum_object(fields);
}

reml_datum reml__record_codes(reml_memory *memory, const reml_diagnostic *diagnostic) {
  reml_datum items[2];
  size_t count = 0;
  while (count < 2 && diagnostic->codes[count] != NULL) {
    items[count] = reml__datum_text(diagnostic->codes[count]);
    count++;
  }
  return reml__datum_list(memory, items, count);
}

static void set_version_two(reml_memory *memory, reml_record *record) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "timestamp", reml__datum_text(record->diagnostic->timestamp));
  if (record->diagnostic->codes[0] != NULL)
    reml__map_set(fields, "codes", reml__record_codes(memory, record->diagnostic));
  reml__map_set(record->extensions, "diagnostic.v2", reml__datum_object(fields));
}

reml_datum reml__record_tokens(reml_memory *memory, const reml_expected *expected, size_t most) {
  reml_datum *items;
  size_t count = expected->count < most ? expected->count : most;
  reml_datum list = reml__datum_new_list(memory, count, &items);
  for (size_t i = 0; i < count; i++) {
    const reml_expectation *alternative = &expected->alternatives[i];
    reml_datum hint = reml__datum_text(reml__expectation_hint(alternative->kind));
    reml_map *token = reml__map_new(memory);
    reml__map_set(token, "token", reml__datum_text(alternative->label));
    reml__map_set(token, "label", reml__datum_text(alternative->label));
    reml__map_set(token, "hint", hint);
    reml__map_set(token, "kind", hint);
    items[i] = reml__datum_object(token);
  }
  return list;
}

/* Of a parse that went on (profile `spec`). */
static void set_resync(reml_map *fields, const reml_resync *resync) {
  const reml_span *skipped = &resync->skipped;
  reml__map_set(fields, "mode", reml__datum_text("collect"));
  reml__map_set(fields, "sync_token", reml__datum_text(resync->token));
  reml__map_set(fields, "resync_offset", reml__datum_int(skipped->end.offset));
  reml__map_set(fields, "resync_bytes",
                reml__datum_int((int64_t)skipped->end.offset - skipped->start.offset));
}

/* driver.md section 6.6. */
static void set_recover(reml_memory *memory, reml_record *record) {
  static const reml_expected nothing = {.count = 0};
  const reml_resync *resync = record->diagnostic->resync;
  const reml_expected *expected = record->diagnostic->expected;
  if (expected == NULL) expected = &nothing;
  bool has_message = !is_blank(expected->humanized);
  bool has_context = !is_blank(expected->context_note);
  if (expected->count == 0 && !has_message && !has_context && resync == NULL) return;
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "expected_tokens", reml__record_tokens(memory, expected, SIZE_MAX));
  if (has_message) reml__map_set(fields, "message", reml__datum_text(expected->humanized));
  if (has_context) reml__map_set(fields, "context", reml__datum_text(expected->context_note));
  if (resync != NULL) set_resync(fields, resync);
  reml__map_set(record->extensions, "recover", reml__datum_object(fields));
}

/* streaming-spec.md sections 1 and 3. */
static void set_stream(reml_memory *memory, reml_record *record) {
  const reml_stream_error *error = record->diagnostic->stream_error;
  reml_map *fields = reml__map_new(memory);
  if (record->diagnostic->unexpected_eof) {
    reml__map_set(fields, "unexpected_eof", reml__datum_bool(true));
    reml__map_set(record->extensions, "stream", reml__datum_object(fields));
  }
  if (error == NULL) return;
  static const char *const kinds[] = {"IoFailed", "DecoderFailed", "FeederBug", "UserCancelled"};
  reml__map_set(fields, "kind", reml__datum_text(kinds[error->kind]));
  reml__map_set(fields, "message", reml__datum_string(error->message));
  reml__map_set(fields, "cause", reml__datum_json(error->cause));
  reml__map_set(record->extensions, "stream.error", reml__datum_object(fields));
}

/* ---- parser identity ---- */

static const reml_map *identity(reml_memory *memory, const char *const texts[4]) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "namespace", reml__datum_text(texts[0]));
  reml__map_set(fields, "name", reml__datum_text(texts[1]));
  reml__map_set(fields, "ordinal", reml__datum_int(0));
  reml__map_set(fields, "origin", reml__datum_text(texts[2]));
  reml__map_set(fields, "fingerprint", reml__datum_text(texts[3]));
  return fields;
}

static void set_parser_id(reml_record *record, const reml_map *parser_id) {
  reml_map *parse = reml__map_new(parser_id->memory);
  reml__map_set(parse, "parser_id", reml__datum_object(parser_id));
  reml__map_set(record->extensions, "parse", reml__datum_object(parse));
}

/* The fields as flat keys below `parser.core.rule`. */
static void set_rule_keys(reml_map *map, const reml_map *fields) {
  for (size_t i = 0; i < fields->count; i++) {
    const reml_map_entry *field = &fields->entries[i];
    reml__map_set(map, reml__map_key(map->memory, RULE_PREFIX, field->key), field->value);
  }
}

static void set_identity(reml_memory *memory, reml_record *record) {
  static const char *const constants[] = {"menhir", "compilation_unit", "static", "859967339"};
  const reml_map *fields = identity(memory, constants);
  reml_map *entries = reml__map_new(memory);
  set_parser_id(record, fields);
  set_rule_keys(entries, fields);
  for (size_t i = 0; i < fields->count; i++) {
    const reml_map_entry *entry = &fields->entries[i];
    if (strcmp(entry->key, "ordinal") != 0) reml__map_set(entries, entry->key, entry->value);
  }
  merge(record, entries);
}

/* Section 2: made up at the time of writing, so it is no merge and comes last. */
static void set_placeholder(reml_memory *memory, reml_record *record) {
  static const char *const constants[] = {"core.parse.streaming", "streaming_recover", "synthetic",
                                          "streaming-recover-placeholder"};
  const reml_map *fields = identity(memory, constants);
  set_parser_id(record, fields);
  reml__map_set(record->audit_metadata, "parser.core.rule", reml__datum_object(fields));
  set_rule_keys(record->audit_metadata, fields);
}

/* ---- bridge (section 9) ---- */

static reml_datum stages(reml_memory *memory) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "required", reml__datum_text("beta"));
  reml__map_set(fields, "actual", reml__datum_text("experimental"));
  return reml__datum_object(fields);
}

static reml_datum count_or_null(int64_t count) {
  return count < 0 ? reml__datum_null() : reml__datum_int(count);
}

static reml_datum string_or_null(reml_string text) {
  return text.bytes == NULL ? reml__datum_null() : reml__datum_string(text);
}

static reml_datum bridge_demand(reml_memory *memory, const reml_bridge_failure *failure) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "action", reml__datum_text("pause"));
  reml__map_set(fields, "min_bytes", count_or_null(failure->min_bytes));
  reml__map_set(fields, "preferred_bytes", count_or_null(failure->preferred_bytes));
  reml__map_set(fields, "resume_hint", string_or_null(failure->resume_hint));
  reml__map_set(fields, "reason", reml__datum_string(failure->reason));
  return reml__datum_object(fields);
}

static reml_datum bridge_signal(reml_memory *memory, const reml_bridge_failure *failure) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "kind", reml__datum_text("pending"));
  reml__map_set(fields, "reason", reml__datum_string(failure->reason));
  reml__map_set(fields, "policy", reml__datum_text("auto"));
  reml__map_set(fields, "backpressure_events",
                reml__datum_int((int64_t)failure->backpressure_events));
  reml__map_set(fields, "await_count", reml__datum_int((int64_t)failure->await_count));
  reml__map_set(fields, "resume_count", reml__datum_int((int64_t)failure->resume_count));
  return reml__datum_object(fields);
}

static void set_bridge(reml_memory *memory, reml_record *record) {
  const reml_bridge_failure *failure = record->diagnostic->bridge;
  if (failure == NULL) return;
  reml_map *bridge = reml__map_new(memory), *effects = reml__map_new(memory);
  reml__map_set(bridge, "id", reml__datum_text("core.parse.streaming"));
  reml__map_set(bridge, "stage", stages(memory));
  reml__map_set(bridge, "signal", bridge_signal(memory, failure));
  reml__map_set(bridge, "demand", bridge_demand(memory, failure));
  reml__map_set(effects, "stage", stages(memory));
  reml__map_set(effects, "reason", reml__datum_string(failure->reason));
  reml__map_set(record->extensions, "bridge", reml__datum_object(bridge));
  reml__map_set(record->extensions, "effects", reml__datum_object(effects));
}

static void merge_bridge(reml_memory *memory, reml_record *record) {
  const reml_bridge_failure *failure = record->diagnostic->bridge;
  if (failure == NULL) return;
  reml_map *entries = reml__map_new(memory);
  reml__map_set(entries, "bridge.stream.signal.kind", reml__datum_text("pending"));
  reml__map_set(entries, "bridge.stream.signal.reason", reml__datum_string(failure->reason));
  reml__map_set(entries, "bridge.stream.stage.required", reml__datum_text("beta"));
  reml__map_set(entries, "bridge.stream.stage.actual", reml__datum_text("experimental"));
  merge(record, entries);
}

const char *reml__severity_hint(const reml_diagnostic *diagnostic) {
  return diagnostic->bridge != NULL ? "rollback" : NULL;
}

/* ---- all of it ---- */

bool reml__record_possible(const reml_result *result, const reml_diagnostic *diagnostic) {
  return result != NULL && diagnostic != NULL && result->context != NULL &&
         !is_blank(diagnostic->timestamp);
}

static void merge_run_config(reml_memory *memory, reml_record *record, const reml_config *config) {
  reml_map *entries = reml__map_new(memory);
  reml__runconfig_describe(memory, config, record->extensions, entries);
  merge(record, entries);
}

reml_record reml__record_build(reml_memory *memory, const reml_result *result,
                               const reml_diagnostic *diagnostic) {
  reml_record record = {.diagnostic = diagnostic,
                        .extensions = reml__map_new(memory),
                        .audit_metadata = reml__map_new(memory),
                        .envelope = reml__map_new(memory)};
  set_bridge(memory, &record);
  set_version_two(memory, &record);
  set_stream(memory, &record);
  set_stamps(&record);
  merge_bridge(memory, &record);
  merge_event(memory, &record);
  merge_audit(memory, &record, result->context);
  if (diagnostic->has_identity) {
    set_recover(memory, &record);
    set_identity(memory, &record);
  }
  if (diagnostic->has_run_config) {
    merge_run_config(memory, &record, &result->config);
    if (!diagnostic->has_identity && reml__config_stream(&result->config).enabled)
      set_placeholder(memory, &record);
  }
  fill_envelope(&record);
  return record;
}
