/* Interned texts: equal texts have equal names, so that names are compared as numbers. */
#ifndef REML_NAMES_H
#define REML_NAMES_H

#include "reml_pool.h"

typedef uint32_t reml_name; /* 0: none */

typedef struct reml_text {
  const char *bytes;
  uint32_t length;
} reml_text;

typedef struct reml_name_slot {
  uint32_t hash;
  reml_name name; /* 0: an empty slot */
} reml_name_slot;

/* A name is the index of a length and, behind it, the bytes. They are found through an
 * open-addressing table that is at most half full. */
typedef struct reml_names {
  reml_pool pool;
  reml_name_slot *slots;
  size_t mask, count;
} reml_names;

reml_names *reml__names_new(reml_memory *memory);

/* A table with the names below `end` only; *names stays as it is, for whoever shares it. */
reml_names *reml__names_cut(const reml_names *names, uint32_t end);

/* Bytes in use: texts and table. */
size_t reml__names_bytes(const reml_names *names);

reml_name reml__names_intern(reml_names *names, const char *bytes, size_t length);

/* The text of a name, empty for none. Valid as long as the pool. */
static inline reml_text reml__names_text(const reml_names *names, reml_name name) {
  const uint32_t *words = reml__pool_word(&names->pool, name);
  return (reml_text){(const char *)(words + 1), *words};
}

#endif
