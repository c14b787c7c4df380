#include "reml_memory.h"
#include <gc.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_CAPACITY = 16 };

/* Blocks of this size and more are referenced from their beginning only, which spares the collector
 * the search for them through every interior pointer. */
enum { LARGE = 32 * 1024 };

/* Blocks that hold at least one huge page in full ask for it: a large tree is written once from
 * one end to the other, and a fault for every 4 KiB would cost a tenth of the time. */
enum { HUGE_PAGE = 2 * 1024 * 1024 };

_Noreturn void reml__out_of_memory(reml_memory *memory) {
  longjmp(memory->unwind, 1);
}

static void *or_unwind(reml_memory *memory, void *block) {
  if (block == NULL) reml__out_of_memory(memory);
  return block;
}

void *reml__alloc(reml_memory *memory, size_t size) {
  return or_unwind(memory, size < LARGE ? GC_MALLOC(size) : GC_MALLOC_IGNORE_OFF_PAGE(size));
}

/* A hint; where it is not taken, nothing is lost. */
static void prefer_huge_pages(void *block, size_t size) {
#ifdef MADV_HUGEPAGE
  uintptr_t first = ((uintptr_t)block + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
  uintptr_t end = ((uintptr_t)block + size) & ~(uintptr_t)(HUGE_PAGE - 1);
  if (first < end) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
  (void)block;
  (void)size;
#endif
}

void *reml__alloc_atomic(reml_memory *memory, size_t size) {
  if (size < LARGE) return or_unwind(memory, GC_MALLOC_ATOMIC(size));
  void *block = or_unwind(memory, GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(size));
  if (size >= HUGE_PAGE) prefer_huge_pages(block, size);
  return block;
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
