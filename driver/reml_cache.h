/* The expectation cache (contract driver.md section 7). */
#ifndef REML_CACHE_H
#define REML_CACHE_H

#include "reml_memory.h"
#include "remlparse.h"

/* A cache with the same entries. */
reml_cache *reml__cache_copy(reml_memory *memory, const reml_cache *cache);

/* The summary of a configuration, or NULL. */
const reml_expected *reml__cache_find(const reml_cache *cache, uint32_t state, uint32_t offset);

/* `terminals` is the size of the set before equal expectations were dropped. */
void reml__cache_add(reml_memory *memory, reml_cache *cache, uint32_t state, uint32_t offset,
                     const reml_expected *expected, size_t terminals);

#endif
