/* What diagnostics take from the environment (contract diagnostics-json.md section 7). */
#ifndef REML_CONTEXT_H
#define REML_CONTEXT_H

#include "reml_locale.h"
#include "reml_memory.h"
#include "remlparse.h"

#define REML_AUDIT_CHANNEL "cli"

struct reml_context {
  const char *fixed_timestamp; /* NULL: take the clock's */
  const char *workspace;
  const char *commit;    /* NULL: unknown */
  const char *directory; /* the current one; NULL: unknown */
  uint64_t next_sequence;
  reml_language language; /* of diagnostics whose configuration has no locale */
};

/* The number of the next diagnostic. Dropped diagnostics take one, too. */
uint64_t reml__context_next_sequence(reml_context *context);

/* Names of audit records (diagnostics-json.md section 6): of a build, by a time stamp, and of one
 * record of it. */
const char *reml__context_build_id(reml_memory *memory, const reml_context *context,
                                   const char *timestamp);
const char *reml__context_audit_id(reml_memory *memory, const char *build_id, uint64_t sequence);

/* The timestamp for a diagnostic made now; NULL when out of memory. */
const char *reml__context_timestamp(const reml_context *context);

#endif
