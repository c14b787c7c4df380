#include "reml_memory.h"
#include <gc.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

/* Blocks of this size and more are referenced from their beginning only, which spares the collector
 * the search for them through every interior pointer. */
enum { LARGE = 100 * 1024 };

_Noreturn void reml__out_of_memory(reml_memory *memory) { longjmp(memory->unwind, 1); }

static void *or_unwind(reml_memory *memory, void *block) {
  if (block == NULL) reml__out_of_memory(memory);
  return block;
}

void *reml__alloc(reml_memory *memory, size_t size) {
  return or_unwind(memory, size < LARGE ? GC_MALLOC(size) : GC_MALLOC_IGNORE_OFF_PAGE(size));
}

void *reml__alloc_atomic(reml_memory *memory, size_t size) {
  return or_unwind(memory, size < LARGE ? GC_MALLOC_ATOMIC(size)
                                        : GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(size));
}

typedef void *allocator(reml_memory *memory, size_t size);

static void *grow(reml_memory *memory, void *old, size_t used, size_t *capacity, size_t want,
                  size_t item, allocator *allocate) {
  if (want <= *capacity) return old;
  size_t size = *capacity < FIRST_CAPACITY ? FIRST_CAPACITY : *capacity;
  while (size < want) {
    if (size > SIZE_MAX / item / 2) reml__out_of_memory(memory);
    size *= 2;
  }
  void *block = allocate(memory, size * item);
  if (used > 0) memcpy(block, old, used * item);
  /* A grown table is garbage at once; large ones are handed back so that a stack which doubles
   * its way up does not leave its own size in garbage behind. */
  if (*capacity * item >= LARGE) GC_FREE(old);
  *capacity = size;
  return block;
}

void *reml__grow(reml_memory *memory, void *old, size_t used, size_t *capacity, size_t want,
                 size_t item) {
  return grow(memory, old, used, capacity, want, item, reml__alloc);
}

void *reml__grow_atomic(reml_memory *memory, void *old, size_t used, size_t *capacity, size_t want,
                        size_t item) {
  return grow(memory, old, used, capacity, want, item, reml__alloc_atomic);
}
