/* JSON values, with objects ordered by last write (contract diagnostics-json.md section 1).
 *
 * A value is small and copied freely; copies share what it points to, so that must be left alone
 * once it is complete. Memory that runs out unwinds (reml_memory.h).
 */
#ifndef REML_MAP_H
#define REML_MAP_H

#include "reml_json.h"
#include "reml_memory.h"

typedef enum reml_datum_kind {
  REML_DATUM_NULL,
  REML_DATUM_BOOL,
  REML_DATUM_INT,
  REML_DATUM_FLOAT,
  REML_DATUM_STRING,
  REML_DATUM_JSON, /* a value that is JSON text already: as.string */
  REML_DATUM_LIST,
  REML_DATUM_OBJECT
} reml_datum_kind;

typedef struct reml_map reml_map;

typedef struct reml_datum {
  reml_datum_kind kind;
  union {
    bool boolean;
    int64_t integer;
    double number;
    reml_string string;
    struct {
      const struct reml_datum *items;
      size_t count;
    } list;
    const reml_map *object;
  } as;
} reml_datum;

typedef struct reml_map_entry {
  const char *key;
  reml_datum value;
} reml_map_entry;

struct reml_map {
  reml_memory *memory;
  size_t count, capacity;
  reml_map_entry *entries;
};

reml_map *reml__map_new(reml_memory *memory);
/* A key made of two parts. */
const char *reml__map_key(reml_memory *memory, const char *prefix, const char *key);
/* Removes the key's old entry and appends the new one. Borrows the key. */
void reml__map_set(reml_map *map, const char *key, reml_datum value);
void reml__map_set_all(reml_map *map, const reml_map *from);

reml_datum reml__datum_null(void);
reml_datum reml__datum_bool(bool value);
reml_datum reml__datum_int(int64_t value);
reml_datum reml__datum_float(double value);
reml_datum reml__datum_string(reml_string value);
reml_datum reml__datum_text(const char *value); /* NULL gives null */
reml_datum reml__datum_json(reml_string value); /* absent gives null */
reml_datum reml__datum_object(const reml_map *map);
/* A list of copies of the items. */
reml_datum reml__datum_list(reml_memory *memory, const reml_datum *items, size_t count);
/* A list with room for `count` items, to be filled through *items. */
reml_datum reml__datum_new_list(reml_memory *memory, size_t count, reml_datum **items);

/* One line without blanks. */
void reml__datum_write(reml_out *out, const reml_datum *value);
/* Two blanks per level; a list or object that fits a line of 80 columns stays on that line
 * (diagnostics-json.md section 10.2). */
void reml__datum_write_pretty(reml_out *out, const reml_datum *value);
/* A whole output: pretty or on one line, with LF. */
reml_status reml__datum_print(const reml_datum *value, reml_json_mode mode, reml_write *write,
                              void *user);

#endif
