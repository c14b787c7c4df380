/* Run configuration: a persistent store of keys, and its setters (contract driver.md section 1).
 *
 * Extensions never change once they are made. A change copies the table of namespaces and the one
 * namespace it is in, and shares everything else with what was there before.
 */
#include "reml_config.h"

#include <gc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
  reml_string key;
  reml_value value;
} entry;

typedef struct space {
  reml_string name;
  size_t count;
  const entry *entries;
} space;

struct reml_extensions {
  size_t count;
  const space *spaces;
};

/* Values are copied, and later printed, recursively. */
enum { MAX_VALUE_DEPTH = 4096 };

reml_config reml_config_default(void) {
  return (reml_config){.merge_warnings = true,
                       .left_recursion = REML_LEFT_AUTO,
                       .max_bytes = REML_MAX_BYTES,
                       .max_depth = REML_DEFAULT_DEPTH};
}

reml_config reml_config_legacy(bool require_eof, bool legacy_result) {
  reml_config config = reml_config_default();
  config.require_eof = require_eof;
  config.legacy_result = legacy_result;
  return config;
}

/* ---- reading ---- */

static const space *find_space(const reml_extensions *extensions, const char *ns) {
  for (size_t i = 0; extensions != NULL && i < extensions->count; i++)
    if (reml__text_equals(extensions->spaces[i].name, ns)) return &extensions->spaces[i];
  return NULL;
}

static const entry *find_entry(const space *in, const char *key) {
  for (size_t i = 0; in != NULL && i < in->count; i++)
    if (reml__text_equals(in->entries[i].key, key)) return &in->entries[i];
  return NULL;
}

const reml_value *reml_config_get(const reml_config *config, const char *ns, const char *key) {
  if (config == NULL || ns == NULL || key == NULL) return NULL;
  const entry *found = find_entry(find_space(config->extensions, ns), key);
  return found != NULL ? &found->value : NULL;
}

static bool visit_space(const space *in, reml_config_visit *visit, void *user) {
  for (size_t i = 0; i < in->count; i++)
    if (!visit(user, in->name, in->entries[i].key, &in->entries[i].value)) return false;
  return true;
}

void reml_config_each(const reml_config *config, reml_config_visit *visit, void *user) {
  if (config == NULL || visit == NULL || config->extensions == NULL) return;
  const reml_extensions *extensions = config->extensions;
  for (size_t i = 0; i < extensions->count; i++)
    if (!visit_space(&extensions->spaces[i], visit, user)) return;
}

/* ---- fields and keys that are known ---- */

static const reml_config_member members[] = {
#define FIELD(name, member, type) {#member, REML_CONFIG_IS_##type, offsetof(reml_config, member)},
#define KEY(name, ns, key, type)
#include "config_keys.def"
#undef FIELD
#undef KEY
};

reml_config_member reml__config_member(reml_config_field field) {
  return members[field];
}

static const struct {
  const char *ns, *key;
} keys[] = {
#define FIELD(name, member, type)
#define KEY(name, ns, key, type) {ns, key},
#include "config_keys.def"
#undef FIELD
#undef KEY
};

const reml_value *reml__config_value(const reml_config *config, reml_config_key key) {
  return reml_config_get(config, keys[key].ns, keys[key].key);
}

reml_status reml__config_set_value(reml_config *config, reml_config_key key,
                                   const reml_value *value) {
  return reml_config_set(config, keys[key].ns, keys[key].key, value);
}

/* ---- copies of values ---- */

static reml_status copy_text(reml_string text, reml_string *out) {
  if (text.length == SIZE_MAX) return REML_BAD_CONFIG;
  char *copy = GC_MALLOC_ATOMIC(text.length + 1);
  if (copy == NULL) return REML_NO_MEMORY;
  if (text.length > 0) memcpy(copy, text.bytes, text.length);
  copy[text.length] = '\0';
  *out = (reml_string){copy, text.length};
  return REML_OK;
}

static reml_status copy_value(const reml_value *value, unsigned depth, reml_value *out);

static reml_status copy_list(const reml_value *value, unsigned depth, reml_value *out) {
  size_t count = value->as.list.count;
  if (depth == MAX_VALUE_DEPTH || count > SIZE_MAX / sizeof *value) return REML_BAD_CONFIG;
  reml_value *items = GC_MALLOC(count * sizeof *items);
  if (items == NULL) return REML_NO_MEMORY;
  for (size_t i = 0; i < count; i++) {
    reml_status status = copy_value(&value->as.list.items[i], depth + 1, &items[i]);
    if (status != REML_OK) return status;
  }
  out->as.list.items = items;
  return REML_OK;
}

static reml_status copy_value(const reml_value *value, unsigned depth, reml_value *out) {
  *out = *value;
  switch (value->kind) {
  case REML_VALUE_STRING: return copy_text(value->as.string, &out->as.string);
  case REML_VALUE_LIST: return copy_list(value, depth, out);
  default: return REML_OK;
  }
}

/* ---- changes ---- */

/* A copy of `count` items with room for one more; NULL when out of memory. */
static void *copy_table(const void *items, size_t count, size_t item) {
  void *table = GC_MALLOC((count + 1) * item);
  if (table != NULL && count > 0) memcpy(table, items, count * item);
  return table;
}

/* A table without item number `at`. */
static void *table_without(const void *items, size_t count, size_t at, size_t item) {
  char *table = copy_table(items, count, item);
  if (table != NULL) memmove(table + at * item, table + (at + 1) * item, (count - at - 1) * item);
  return table;
}

/* Puts `with` in the place of the namespace `old` points to, or at the end when there is none. */
static reml_status store_space(reml_config *config, const space *old, const space *with) {
  size_t count = config->extensions != NULL ? config->extensions->count : 0;
  const space *spaces = config->extensions != NULL ? config->extensions->spaces : NULL;
  size_t at = old != NULL ? (size_t)(old - spaces) : count;
  space *table = copy_table(spaces, count, sizeof *table);
  reml_extensions *extensions = GC_MALLOC(sizeof *extensions);
  if (table == NULL || extensions == NULL) return REML_NO_MEMORY;
  table[at] = *with;
  *extensions = (reml_extensions){old != NULL ? count : count + 1, table};
  config->extensions = extensions;
  return REML_OK;
}

static reml_status remove_space(reml_config *config, const space *old) {
  const reml_extensions *from = config->extensions;
  if (from->count == 1) {
    config->extensions = NULL;
    return REML_OK;
  }
  size_t at = (size_t)(old - from->spaces);
  space *table = table_without(from->spaces, from->count, at, sizeof *table);
  reml_extensions *extensions = GC_MALLOC(sizeof *extensions);
  if (table == NULL || extensions == NULL) return REML_NO_MEMORY;
  *extensions = (reml_extensions){from->count - 1, table};
  config->extensions = extensions;
  return REML_OK;
}

static reml_status remove_key(reml_config *config, const char *ns, const char *key) {
  const space *old = find_space(config->extensions, ns);
  const entry *found = find_entry(old, key);
  if (found == NULL) return REML_OK;
  if (old->count == 1) return remove_space(config, old);
  size_t at = (size_t)(found - old->entries);
  entry *entries = table_without(old->entries, old->count, at, sizeof *entries);
  if (entries == NULL) return REML_NO_MEMORY;
  return store_space(config, old, &(space){old->name, old->count - 1, entries});
}

static reml_status new_entry(const char *key, const reml_value *value, entry *out) {
  reml_status status = copy_text((reml_string){key, strlen(key)}, &out->key);
  return status == REML_OK ? copy_value(value, 0, &out->value) : status;
}

static reml_status set_key(reml_config *config, const char *ns, const entry *added) {
  const space *old = find_space(config->extensions, ns);
  const entry *found = find_entry(old, added->key.bytes);
  space with = old != NULL ? *old : (space){.count = 0};
  if (old == NULL) {
    reml_status status = copy_text((reml_string){ns, strlen(ns)}, &with.name);
    if (status != REML_OK) return status;
  }
  size_t at = found != NULL ? (size_t)(found - old->entries) : with.count;
  entry *entries = copy_table(with.entries, with.count, sizeof *entries);
  if (entries == NULL) return REML_NO_MEMORY;
  entries[at] = *added;
  with.entries = entries;
  with.count += found == NULL;
  return store_space(config, old, &with);
}

reml_status reml_config_set(reml_config *config, const char *ns, const char *key,
                            const reml_value *value) {
  entry added;
  if (config == NULL || ns == NULL || key == NULL) return REML_BAD_USE;
  if (value == NULL) return remove_key(config, ns, key);
  reml_status status = new_entry(key, value, &added);
  return status == REML_OK ? set_key(config, ns, &added) : status;
}

/* Only the one namespace is taken over from the edited copy, whatever else was done to it. */
reml_status reml_config_with_extension(const reml_config *config, const char *ns,
                                       reml_config_edit *edit, void *user, reml_config *out) {
  if (config == NULL || ns == NULL || edit == NULL || out == NULL) return REML_BAD_USE;
  reml_config edited = *config, result = *config;
  reml_status status = edit(&edited, ns, user);
  if (status != REML_OK) return status;
  const space *old = find_space(result.extensions, ns);
  const space *with = find_space(edited.extensions, ns);
  if (with != NULL)
    status = store_space(&result, old, with);
  else if (old != NULL)
    status = remove_space(&result, old);
  if (status == REML_OK) *out = result;
  return status;
}

/* ---- setters ---- */

static const char *stream_namespace(void) {
  return keys[REML_KEY_STREAM_ENABLED_SWITCH].ns;
}

reml_status reml_config_set_stream_text(reml_config *config, const char *key, reml_string text) {
  reml_value value = {.kind = REML_VALUE_STRING, .as.string = text};
  return reml_config_set(config, stream_namespace(), key, text.bytes == NULL ? NULL : &value);
}

reml_status reml_config_set_stream_int(reml_config *config, const char *key, const int64_t *value) {
  reml_value number = {.kind = REML_VALUE_INT, .as.integer = value == NULL ? 0 : *value};
  return reml_config_set(config, stream_namespace(), key, value == NULL ? NULL : &number);
}

reml_status reml_config_set_stream_enabled(reml_config *config, bool enabled) {
  reml_value value = {.kind = REML_VALUE_BOOL, .as.boolean = true};
  return reml__config_set_value(config, REML_KEY_STREAM_ENABLED_SWITCH, enabled ? &value : NULL);
}

reml_status reml_config_set_effects_stage(reml_config *config, reml_string stage) {
  reml_string lowered;
  if (!reml__text_lower(reml__text_trim(stage), &lowered)) return REML_NO_MEMORY;
  reml_value value = {.kind = REML_VALUE_STRING, .as.string = lowered};
  return reml__config_set_value(config, REML_KEY_EFFECTS_STAGE_TEXT,
                                lowered.length == 0 ? NULL : &value);
}

static int compare_texts(const void *left, const void *right) {
  return reml__text_compare(*(const reml_string *)left, *(const reml_string *)right);
}

/* Moves the first of each run of equal texts to the front. */
static size_t drop_equal_neighbours(reml_string *items, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || reml__text_compare(items[kept - 1], items[i]) != 0) items[kept++] = items[i];
  return kept;
}

bool reml__normalize_capabilities(reml_text_list names, reml_text_list *out) {
  reml_string *items = GC_MALLOC((names.count + 1) * sizeof *items);
  size_t count = 0;
  if (items == NULL) return false;
  for (size_t i = 0; i < names.count; i++) {
    reml_string name = reml__text_trim(names.items[i]);
    if (name.length > 0 && !reml__text_lower(name, &items[count++])) return false;
  }
  if (count > 1) qsort(items, count, sizeof *items, compare_texts);
  *out = (reml_text_list){items, drop_equal_neighbours(items, count)};
  return true;
}

reml_status reml_config_set_required_capabilities(reml_config *config, const reml_string *names,
                                                  size_t count) {
  reml_text_list normal;
  if (count > SIZE_MAX / sizeof(reml_value) - 1) return REML_BAD_CONFIG;
  if (!reml__normalize_capabilities((reml_text_list){names, count}, &normal)) return REML_NO_MEMORY;
  if (normal.count == 0)
    return reml__config_set_value(config, REML_KEY_EFFECTS_REQUIRED_CAPABILITIES_TEXTS, NULL);
  reml_value *items = GC_MALLOC(normal.count * sizeof *items);
  if (items == NULL) return REML_NO_MEMORY;
  for (size_t i = 0; i < normal.count; i++)
    items[i] = (reml_value){.kind = REML_VALUE_STRING, .as.string = normal.items[i]};
  reml_value list = {.kind = REML_VALUE_LIST, .as.list = {items, normal.count}};
  return reml__config_set_value(config, REML_KEY_EFFECTS_REQUIRED_CAPABILITIES_TEXTS, &list);
}
