/* Recorded cases: the golden files, case by case (contract gates.md section 1.3). */
#ifndef REML_GOLDEN_H
#define REML_GOLDEN_H

#include "reml_case.h"

typedef struct reml_golden_case {
  reml_case parity;
  const char *id;       /* its own; without one, where it is */
  const char *name;     /* the same without the path that was given, so that it is no news of it */
  reml_string recorded; /* an object with the answers, and maybe the inputs */
} reml_golden_case;

/* The next member of the recorded object that is an answer. */
bool reml__golden_next(reml_raw_walk *walk, reml_raw_item *item);
/* A member with an exception of the reference: the code of the diagnostic that the component has
 * instead (driver.md section 4.4); NULL for any other member. */
const char *reml__golden_exception(const reml_raw_item *item);
/* A part on which the reference aborted is never compared (gates.md section 1.2). */
bool reml__golden_is_void(const reml_raw_item *item);

/* Takes a case; NULL, or why it cannot be used. */
typedef const char *reml_golden_visit(void *user, const reml_golden_case *found);
/* Visits every sample-th case of the paths, in the environment of the recording. False when
 * something could not be read or used, which has been reported. */
bool reml__golden_each(char *const *paths, size_t sample, reml_golden_visit *visit, void *user);

#endif
