#include "reml_pool.h"
#include <string.h>

/* Words of the largest extent for ordinary records: 8 MiB. */
enum { MAX_EXTENT = 1 << 21 };

static void add_block(reml_pool *pool, uint32_t *words) {
  pool->blocks = reml__grow(pool->memory, pool->blocks, pool->block_count, &pool->block_capacity,
                            pool->block_count + 1, sizeof *pool->blocks);
  pool->blocks[pool->block_count++] = words;
}

/* Adds blocks that follow one another in memory. */
static void add_extent(reml_pool *pool, size_t blocks) {
  size_t total = pool->block_count + blocks;
  if (total << REML_BLOCK_BITS > UINT32_MAX) reml__out_of_memory(pool->memory);
  uint32_t *extent = reml__alloc_atomic(pool->memory, blocks * REML_BLOCK_WORDS * sizeof(uint32_t));
  pool->next = (uint32_t)(pool->block_count << REML_BLOCK_BITS);
  for (size_t i = 0; i < blocks; i++)
    add_block(pool, extent + i * REML_BLOCK_WORDS);
  pool->limit = (uint32_t)(pool->block_count << REML_BLOCK_BITS);
}

static size_t blocks_for(size_t words) {
  return (words + REML_BLOCK_WORDS - 1) >> REML_BLOCK_BITS;
}

/* Memory comes in extents, as large as the pool's own memory is already, up to a limit; an extent
 * is contiguous, so a record longer than a block is, too. */
void reml__pool_grow(reml_pool *pool, uint32_t words) {
  size_t blocks = blocks_for(words), own = pool->block_count - pool->shared;
  if (blocks < own) blocks = own;
  size_t most = words > MAX_EXTENT ? blocks : MAX_EXTENT >> REML_BLOCK_BITS;
  add_extent(pool, blocks < most ? blocks : most);
}

void reml__pool_init(reml_pool *pool, reml_memory *memory) {
  *pool = (reml_pool){.memory = memory};
  uint32_t none = reml__pool_reserve(pool, 1);
  *reml__pool_word(pool, none) = 0;
}

/* The block that is being filled is the first one's alone: the copy begins at the next one, whose
 * indexes the first one may use for words of its own. */
void reml__pool_fork(reml_pool *to, const reml_pool *from) {
  *to = (reml_pool){.memory = from->memory};
  size_t used = blocks_for(from->next);
  to->blocks = reml__grow(to->memory, NULL, 0, &to->block_capacity, used, sizeof *to->blocks);
  memcpy(to->blocks, from->blocks, used * sizeof *to->blocks);
  to->block_count = to->shared = used;
  to->next = to->limit = (uint32_t)(used << REML_BLOCK_BITS);
}

void reml__pool_cut(reml_pool *pool, uint32_t end) {
  reml_pool cut = {.memory = pool->memory};
  add_extent(&cut, blocks_for(end));
  for (uint32_t at = 0; at < end; at += REML_BLOCK_WORDS) {
    uint32_t count = end - at < REML_BLOCK_WORDS ? end - at : REML_BLOCK_WORDS;
    memcpy(reml__pool_word(&cut, at), reml__pool_word(pool, at), count * sizeof(uint32_t));
  }
  cut.next = end;
  *pool = cut;
}
