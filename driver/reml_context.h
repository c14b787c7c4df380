/* What diagnostics take from the environment (contract diagnostics-json.md section 7). */
#ifndef REML_CONTEXT_H
#define REML_CONTEXT_H

#include "remlparse.h"

struct reml_context {
  const char *fixed_timestamp; /* NULL: take the clock's */
  const char *workspace;
  const char *commit;    /* NULL: unknown */
  const char *directory; /* the current one; NULL: unknown */
  uint64_t next_sequence;
};

/* The number of the next diagnostic. Dropped diagnostics take one, too. */
uint64_t reml__context_next_sequence(reml_context *context);

/* The timestamp for a diagnostic made now; NULL when out of memory. */
const char *reml__context_timestamp(const reml_context *context);

#endif
