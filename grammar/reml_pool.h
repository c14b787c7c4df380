/* An append-only pool of 32-bit words, addressed by index. Words are never moved and never
 * scanned by the collector; index 0 is never handed out, so that it can mean none. */
#ifndef REML_POOL_H
#define REML_POOL_H

#include "reml_memory.h"
#include <stdint.h>

enum { REML_BLOCK_BITS = 14, REML_BLOCK_WORDS = 1 << REML_BLOCK_BITS };

typedef struct reml_pool {
  reml_memory *memory;
  uint32_t **blocks; /* word i is blocks[i >> REML_BLOCK_BITS][i % REML_BLOCK_WORDS] */
  size_t block_count, block_capacity;
  uint32_t next;  /* index of the first free word */
  uint32_t limit; /* first index past the block that is being filled */
  size_t shared;  /* so many blocks are another pool's, too, and are only read here */
} reml_pool;

void reml__pool_init(reml_pool *pool, reml_memory *memory);

/* A pool with the same words, which both go on from in memory of their own. Costs a pointer for
 * each block. */
void reml__pool_fork(reml_pool *to, const reml_pool *from);

/* Keeps the words below `end` only. They are copied, so that forks keep what they share. */
void reml__pool_cut(reml_pool *pool, uint32_t end);

/* Makes room for a record of so many words at pool->next. */
void reml__pool_grow(reml_pool *pool, uint32_t words);

static inline uint32_t *reml__pool_word(const reml_pool *pool, uint32_t index) {
  return &pool->blocks[index >> REML_BLOCK_BITS][index & (REML_BLOCK_WORDS - 1)];
}

/* Reserves `words` words that follow one another in memory and returns the index of the first. */
static inline uint32_t reml__pool_reserve(reml_pool *pool, uint32_t words) {
  if (pool->limit - pool->next < words) reml__pool_grow(pool, words);
  uint32_t index = pool->next;
  pool->next += words;
  return index;
}

#endif
