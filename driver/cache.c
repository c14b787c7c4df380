#include "reml_cache.h"
#include <gc.h>
#include <string.h>

typedef struct entry {
  uint32_t state, offset;
  const reml_expected *expected;
  size_t terminals;
} entry;

/* A parse asks at one place only, so a list is enough. */
struct reml_cache {
  entry *entries;
  size_t count, capacity;
};

reml_cache *reml_cache_new(void) {
  GC_INIT();
  return GC_MALLOC(sizeof(reml_cache));
}

reml_cache *reml__cache_copy(reml_memory *memory, const reml_cache *cache) {
  reml_cache *copy = reml__alloc(memory, sizeof *copy);
  if (cache->count == 0) return copy;
  copy->entries = reml__grow(memory, NULL, 0, &copy->capacity, cache->count, sizeof *copy->entries);
  memcpy(copy->entries, cache->entries, cache->count * sizeof *copy->entries);
  copy->count = cache->count;
  return copy;
}

const reml_expected *reml__cache_find(const reml_cache *cache, uint32_t state, uint32_t offset) {
  for (size_t i = 0; i < cache->count; i++) {
    const entry *one = &cache->entries[i];
    if (one->state == state && one->offset == offset) return one->expected;
  }
  return NULL;
}

void reml__cache_add(reml_memory *memory, reml_cache *cache, uint32_t state, uint32_t offset,
                     const reml_expected *expected, size_t terminals) {
  cache->entries = reml__grow(memory, cache->entries, cache->count, &cache->capacity,
                              cache->count + 1, sizeof *cache->entries);
  cache->entries[cache->count++] = (entry){state, offset, expected, terminals};
}

size_t reml_cache_approx_bytes(const reml_cache *cache) {
  size_t bytes = 0;
  for (size_t i = 0; i < cache->count; i++) {
    const entry *one = &cache->entries[i];
    bytes += 64 + 16 * one->terminals + 24 * one->expected->count + 8 +
             2 * strlen(one->expected->humanized);
  }
  return bytes;
}

void reml_cache_prune_before(reml_cache *cache, uint32_t offset) {
  size_t kept = 0;
  for (size_t i = 0; i < cache->count; i++) {
    if (cache->entries[i].offset >= offset) cache->entries[kept++] = cache->entries[i];
  }
  cache->count = kept;
}
