/* JSON values and their two layouts (reml_map.h). */
#include "reml_map.h"

#include <math.h>
#include <string.h>

enum { LINE_WIDTH = 80, INDENT = 2 };

/* No float is longer; a few columns too many only break a line early. */
enum { FLOAT_WIDTH = 25 };

/* ---- maps ---- */

reml_map *reml__map_new(reml_memory *memory) {
  reml_map *map = reml__alloc(memory, sizeof *map);
  *map = (reml_map){.memory = memory};
  return map;
}

/* The place of the key, or the count. */
static size_t find(const reml_map *map, const char *key) {
  size_t at = 0;
  while (at < map->count && strcmp(map->entries[at].key, key) != 0)
    at++;
  return at;
}

const char *reml__map_key(reml_memory *memory, const char *prefix, const char *key) {
  size_t length = strlen(prefix), size = strlen(key) + 1;
  char *text = reml__alloc_atomic(memory, length + size);
  memcpy(text, prefix, length);
  memcpy(text + length, key, size);
  return text;
}

void reml__map_set(reml_map *map, const char *key, reml_datum value) {
  size_t at = find(map, key);
  if (at < map->count) {
    reml_map_entry *entry = &map->entries[at];
    memmove(entry, entry + 1, (map->count - at - 1) * sizeof *entry);
    map->count--;
  }
  map->entries = reml__grow(map->memory, map->entries, map->count, &map->capacity, map->count + 1,
                            sizeof *map->entries);
  map->entries[map->count++] = (reml_map_entry){key, value};
}

void reml__map_set_all(reml_map *map, const reml_map *from) {
  for (size_t i = 0; i < from->count; i++)
    reml__map_set(map, from->entries[i].key, from->entries[i].value);
}

/* ---- values ---- */

reml_datum reml__datum_null(void) {
  return (reml_datum){.kind = REML_DATUM_NULL};
}

reml_datum reml__datum_bool(bool value) {
  return (reml_datum){.kind = REML_DATUM_BOOL, .as.boolean = value};
}

reml_datum reml__datum_int(int64_t value) {
  return (reml_datum){.kind = REML_DATUM_INT, .as.integer = value};
}

reml_datum reml__datum_float(double value) {
  return (reml_datum){.kind = REML_DATUM_FLOAT, .as.number = value};
}

reml_datum reml__datum_string(reml_string value) {
  return (reml_datum){.kind = REML_DATUM_STRING, .as.string = value};
}

reml_datum reml__datum_text(const char *value) {
  if (value == NULL) return reml__datum_null();
  return reml__datum_string((reml_string){value, strlen(value)});
}

reml_datum reml__datum_json(reml_string value) {
  if (value.bytes == NULL) return reml__datum_null();
  return (reml_datum){.kind = REML_DATUM_JSON, .as.string = value};
}

reml_datum reml__datum_object(const reml_map *map) {
  return (reml_datum){.kind = REML_DATUM_OBJECT, .as.object = map};
}

reml_datum reml__datum_new_list(reml_memory *memory, size_t count, reml_datum **items) {
  if (count >= SIZE_MAX / sizeof **items) reml__out_of_memory(memory);
  *items = reml__alloc(memory, (count + 1) * sizeof **items);
  return (reml_datum){.kind = REML_DATUM_LIST, .as.list = {*items, count}};
}

reml_datum reml__datum_list(reml_memory *memory, const reml_datum *items, size_t count) {
  reml_datum *copy;
  reml_datum list = reml__datum_new_list(memory, count, &copy);
  if (count > 0) memcpy(copy, items, count * sizeof *items);
  return list;
}

/* ---- one line ---- */

/* The reference's printer writes these words where JSON has no number. */
static void write_float(reml_out *out, double number) {
  if (isnan(number))
    reml__out_text(out, "NaN");
  else if (isinf(number))
    reml__out_text(out, number > 0 ? "Infinity" : "-Infinity");
  else
    reml__json_float(out, number);
}

static void write_scalar(reml_out *out, const reml_datum *value) {
  switch (value->kind) {
  case REML_DATUM_BOOL: reml__json_bool(out, value->as.boolean); return;
  case REML_DATUM_INT: reml__out_int(out, value->as.integer); return;
  case REML_DATUM_FLOAT: write_float(out, value->as.number); return;
  case REML_DATUM_STRING:
    reml__json_string(out, value->as.string.bytes, value->as.string.length);
    return;
  case REML_DATUM_JSON:
    reml__out_bytes(out, value->as.string.bytes, value->as.string.length);
    return;
  default: reml__out_text(out, "null");
  }
}

static size_t item_count(const reml_datum *value) {
  if (value->kind == REML_DATUM_LIST) return value->as.list.count;
  return value->kind == REML_DATUM_OBJECT ? value->as.object->count : 0;
}

/* Item number `at` of a list or object, and its key or NULL. */
static const reml_datum *item_at(const reml_datum *value, size_t at, const char **key) {
  *key = NULL;
  if (value->kind == REML_DATUM_LIST) return &value->as.list.items[at];
  *key = value->as.object->entries[at].key;
  return &value->as.object->entries[at].value;
}

static bool is_scalar(const reml_datum *value) {
  return value->kind < REML_DATUM_LIST;
}

/* Neither a list nor an object with something in it. */
static bool is_indivisible(const reml_datum *value) {
  return item_count(value) == 0;
}

static void write_bracket(reml_out *out, const reml_datum *value, const char *of_list_of_object) {
  reml__out_char(out, of_list_of_object[value->kind == REML_DATUM_OBJECT]);
}

static void write_key(reml_out *out, const char *key, const char *colon) {
  if (key == NULL) return;
  reml__json_text(out, key);
  reml__out_text(out, colon);
}

/* On one line, either without blanks or with one at each place where one may be. */
static void write_line(reml_out *out, const reml_datum *value, bool blanks) {
  if (is_scalar(value)) {
    write_scalar(out, value);
    return;
  }
  size_t count = item_count(value);
  bool inner = blanks && count > 0;
  write_bracket(out, value, "[{");
  for (size_t i = 0; i < count; i++) {
    const char *key;
    const reml_datum *item = item_at(value, i, &key);
    if (i > 0) reml__out_char(out, ',');
    if (inner) reml__out_char(out, ' ');
    write_key(out, key, blanks ? ": " : ":");
    write_line(out, item, blanks);
  }
  if (inner) reml__out_char(out, ' ');
  write_bracket(out, value, "]}");
}

void reml__datum_write(reml_out *out, const reml_datum *value) {
  write_line(out, value, false);
}

/* ---- several lines ---- */

/* Columns of a JSON string, counted in bytes; more than the limit once it does not fit. */
static size_t string_width(reml_string text) {
  size_t width = 2;
  for (size_t i = 0; i < text.length && width <= LINE_WIDTH; i++) {
    char c = text.bytes[i];
    bool escaped = (unsigned char)c < 0x20 || c == 0x7F;
    bool is_short = c != '\0' && strchr("\"\\\b\t\n\f\r", c) != NULL;
    width += is_short ? 2 : escaped ? 6 : 1;
  }
  return width;
}

static size_t int_width(int64_t number) {
  size_t width = number < 0 ? 2 : 1;
  while (number /= 10)
    width++;
  return width;
}

static size_t scalar_width(const reml_datum *value) {
  switch (value->kind) {
  case REML_DATUM_INT: return int_width(value->as.integer);
  case REML_DATUM_FLOAT: return FLOAT_WIDTH;
  case REML_DATUM_STRING: return string_width(value->as.string);
  case REML_DATUM_JSON: return value->as.string.length;
  default: return sizeof "false" - 1;
  }
}

/* Columns that write_line takes with blanks; some number over the limit once it does not fit. */
static size_t line_width(const reml_datum *value) {
  if (is_scalar(value)) return scalar_width(value);
  size_t width = 2;
  size_t count = item_count(value);
  for (size_t i = 0; i < count && width <= LINE_WIDTH; i++) {
    const char *key;
    const reml_datum *item = item_at(value, i, &key);
    width += 2; /* the comma, or the last blank, and the blank in front */
    if (key != NULL) width += string_width((reml_string){key, strlen(key)}) + 2;
    width += line_width(item);
  }
  return width;
}

static void write_break(reml_out *out, size_t indent) {
  reml__out_char(out, '\n');
  for (size_t i = 0; i < indent; i++)
    reml__out_char(out, ' ');
}

/* `column` is where the value begins; one column is left for the comma behind it. */
static void write_lines(reml_out *out, const reml_datum *value, size_t indent, size_t column) {
  if (is_indivisible(value) || column + line_width(value) < LINE_WIDTH) {
    write_line(out, value, true);
    return;
  }
  write_bracket(out, value, "[{");
  for (size_t i = 0; i < item_count(value); i++) {
    const char *key;
    const reml_datum *item = item_at(value, i, &key);
    size_t at = indent + INDENT;
    if (i > 0) reml__out_char(out, ',');
    write_break(out, at);
    write_key(out, key, ": ");
    if (key != NULL) at += string_width((reml_string){key, strlen(key)}) + 2;
    write_lines(out, item, indent + INDENT, at);
  }
  write_break(out, indent);
  write_bracket(out, value, "]}");
}

void reml__datum_write_pretty(reml_out *out, const reml_datum *value) {
  write_lines(out, value, 0, 0);
}

reml_status reml__datum_print(const reml_datum *value, reml_json_mode mode, reml_write *write,
                              void *user) {
  reml_out out;
  reml__out_open(&out, write, user);
  if (mode == REML_JSON_PRETTY)
    reml__datum_write_pretty(&out, value);
  else
    reml__datum_write(&out, value);
  reml__out_char(&out, '\n');
  return reml__out_close(&out);
}
