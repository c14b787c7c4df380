#include "reml_pool.h"

/* Words of the largest extent for ordinary records: 8 MiB. */
enum { MAX_EXTENT = 1 << 21 };

static void add_block(reml_pool *pool, uint32_t *words) {
  pool->blocks = reml__grow(pool->memory, pool->blocks, pool->block_count, &pool->block_capacity,
                            pool->block_count + 1, sizeof *pool->blocks);
  pool->blocks[pool->block_count++] = words;
}

/* Memory comes in extents, as large as the pool is already, up to a limit; an extent is blocks that
 * follow one another in memory, so a record longer than a block is contiguous too. */
void reml__pool_grow(reml_pool *pool, uint32_t words) {
  size_t blocks = (words + (size_t)REML_BLOCK_WORDS - 1) >> REML_BLOCK_BITS;
  if (blocks < pool->block_count) blocks = pool->block_count;
  size_t most = words > MAX_EXTENT ? blocks : MAX_EXTENT >> REML_BLOCK_BITS;
  if (blocks > most) blocks = most;
  size_t total = pool->block_count + blocks;
  if (total << REML_BLOCK_BITS > UINT32_MAX) reml__out_of_memory(pool->memory);
  uint32_t *extent = reml__alloc_atomic(pool->memory, blocks * REML_BLOCK_WORDS * sizeof(uint32_t));
  pool->next = (uint32_t)(pool->block_count << REML_BLOCK_BITS);
  for (size_t i = 0; i < blocks; i++)
    add_block(pool, extent + i * REML_BLOCK_WORDS);
  pool->limit = (uint32_t)(pool->block_count << REML_BLOCK_BITS);
}

void reml__pool_init(reml_pool *pool, reml_memory *memory) {
  *pool = (reml_pool){.memory = memory};
  uint32_t none = reml__pool_reserve(pool, 1);
  *reml__pool_word(pool, none) = 0;
}
