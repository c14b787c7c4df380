/* Memory of a session: libgc blocks, and one way out when there are none left.
 *
 * Nothing is freed by hand; the collector owns every block. A request that cannot be met does not
 * return: it unwinds to the session's entry point (longjmp), which turns it into
 * REML_NO_MEMORY. So no caller below the entry point tests for NULL.
 */
#ifndef REML_MEMORY_H
#define REML_MEMORY_H

#include <setjmp.h>
#include <stddef.h>

typedef struct reml_memory {
  jmp_buf unwind; /* set by the entry point before anything below it allocates */
} reml_memory;

/* Zeroed, scanned by the collector: for objects that hold pointers. */
void *reml__alloc(reml_memory *memory, size_t size);

/* Not zeroed, never scanned: for text, words and tables without pointers. */
void *reml__alloc_atomic(reml_memory *memory, size_t size);

/* Makes room for at least `want` items of `item` bytes; `*capacity` counts items. The old block's
 * first `used` items are kept. Growth doubles, so appending costs constant time on average. */
void *reml__grow(reml_memory *memory, void *old, size_t used, size_t *capacity, size_t want,
                 size_t item);
void *reml__grow_atomic(reml_memory *memory, void *old, size_t used, size_t *capacity, size_t want,
                        size_t item);

/* Unwinds by itself; for a limit of our own that counts as memory exhaustion. */
_Noreturn void reml__out_of_memory(reml_memory *memory);

#endif
