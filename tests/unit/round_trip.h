/* Canonical source that is parsed again (contract gates.md section 5, S5 and S6), and the sources
 * that the tests of both profiles try it with. */
#ifndef ROUND_TRIP_H
#define ROUND_TRIP_H

#include "fixture.h"
#include "tap.h"

/* --- the property --- */

const reml_result *parse_bytes(const reml_config *config, const char *text, size_t length);

/* Printers of a result; each replaces what is in *to. */
bool print(const reml_result *result, bytes *to);      /* canonical source; whether that worked */
void print_tree(const reml_result *result, bytes *to); /* JSON without spans */
void print_text(const reml_result *result, bytes *to);

bool are_equal(const bytes *a, const bytes *b);

/* What is wrong with the printed source of an accepted one; NULL: nothing. */
const char *problem_of(const reml_config *config, const reml_result *result, bytes *source);

/* --- many sources, one assertion --- */

typedef struct tally {
  reml_config config;
  size_t accepted, wrong;
} tally;

/* Does nothing for a source that is rejected. */
void check(tally *self, const char *source, size_t length);
void check_text(tally *self, const char *source);
void conclude(const tally *self, size_t least, const char *what);

/* --- forms within each other; `%` is a place for another form --- */

typedef struct matrix {
  const char *name, *before, *after; /* what is around the outermost form */
  const char *const *forms;
  size_t count, least; /* least: of accepted programs, before thinning */
} matrix;

/* All programs of three forms, one within the other, in parentheses; every `step`-th. */
void check_matrix(const reml_config *config, const matrix *of, size_t step);

size_t below(uint64_t *state, size_t limit);
/* Random forms to a depth; as a rule in parentheses, so that any of them may stand anywhere. */
void grow(bytes *to, uint64_t *state, const char *const *forms, size_t count, size_t depth);

/* --- depth and length --- */

typedef struct shape {
  const char *name, *before, *open, *middle, *close, *after; /* open and close are repeated */
} shape;

/* All shapes, with a small stack, at which whatever recurses ends: also what is tried later. */
void check_shapes(const reml_config *config, const shape *shapes, size_t count, size_t times);

#endif
