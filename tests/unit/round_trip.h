/* Canonical source that is parsed again (contract gates.md section 5, S5 and S6). */
#ifndef ROUND_TRIP_H
#define ROUND_TRIP_H

#include "fixture.h"
#include "tap.h"

#include <string.h>

/* --- the property --- */

static inline const reml_result *parse_bytes(const reml_config *config, const char *text,
                                             size_t length) {
  return reml_run(new_context(), config, reml_string_from("case.reml"), text, length);
}

static inline bool print(const reml_result *result, bytes *to) {
  bytes_clear(to);
  return reml_write_source(result, bytes_write, to) == REML_OK;
}

/* Leaves every "span":[a,b] out; in a string there would be backslashes before its quotes. */
static inline void remove_spans(bytes *json) {
  static const char key[] = "\"span\":[";
  size_t kept = 0;
  for (size_t at = 0; at < json->length;) {
    if (strncmp(json->data + at, key, sizeof key - 1) == 0) {
      at += strcspn(json->data + at, "]") + 1;
    } else {
      json->data[kept++] = json->data[at++];
    }
  }
  json->length = kept;
}

static inline void print_tree(const reml_result *result, bytes *to) {
  bytes_clear(to);
  reml_write_ast_json(result, bytes_write, to);
  remove_spans(to);
}

static inline void print_text(const reml_result *result, bytes *to) {
  bytes_clear(to);
  reml_write_ast_text(result, bytes_write, to);
}

static inline bool are_equal(const bytes *a, const bytes *b) {
  return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* The same of two results, by one of the printers above. */
static inline bool agree(void printer(const reml_result *, bytes *), const reml_result *a,
                         const reml_result *b) {
  static bytes of_a, of_b;
  printer(a, &of_a);
  printer(b, &of_b);
  return are_equal(&of_a, &of_b);
}

/* What is wrong with the printed source of an accepted one; NULL: nothing. */
static inline const char *problem_of(const reml_config *config, const reml_result *result,
                                     bytes *source) {
  static bytes again;
  if (!print(result, source)) return "it cannot be printed";
  const reml_result *second = parse_bytes(config, source->data, source->length);
  if (!second->accepted) return "the printed source is rejected";
  if (!agree(print_tree, result, second)) return "the printed source has another tree";
  if (!agree(print_text, result, second)) return "the printed source has another tree text";
  if (!print(second, &again)) return "the printed source cannot be printed";
  return are_equal(source, &again) ? NULL : "the printed source is printed otherwise";
}

/* --- many sources, one assertion --- */

typedef struct tally {
  reml_config config;
  size_t accepted, wrong;
} tally;

static inline void check(tally *self, const char *source, size_t length) {
  static bytes printed;
  const reml_result *result = parse_bytes(&self->config, source, length);
  if (!result->accepted) return;
  self->accepted++;
  const char *problem = problem_of(&self->config, result, &printed);
  if (problem == NULL || self->wrong++ >= 5) return;
  tap_note("%s: %.*s", problem, (int)length, source);
  tap_note("printed: %s", printed.data);
}

static inline void check_text(tally *self, const char *source) {
  check(self, source, strlen(source));
}

static inline void conclude(const tally *self, size_t least, const char *what) {
  tap_ok(self->wrong == 0, "%s: all %zu accepted sources survive", what, self->accepted);
  tap_ok(self->accepted >= least, "... which are at least %zu", least);
}

#endif
