#include "round_trip.h"

#include <string.h>
#include <sys/resource.h>

/* --- the property --- */

const reml_result *parse_bytes(const reml_config *config, const char *text, size_t length) {
  return reml_run(new_context(), config, reml_string_from("case.reml"), text, length);
}

bool print(const reml_result *result, bytes *to) {
  bytes_clear(to);
  return reml_write_source(result, bytes_write, to) == REML_OK;
}

/* Leaves every "span":[a,b] out; in a string there would be backslashes before its quotes. */
static void remove_spans(bytes *json) {
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

void print_tree(const reml_result *result, bytes *to) {
  bytes_clear(to);
  reml_write_ast_json(result, bytes_write, to);
  remove_spans(to);
}

void print_text(const reml_result *result, bytes *to) {
  bytes_clear(to);
  reml_write_ast_text(result, bytes_write, to);
}

bool are_equal(const bytes *a, const bytes *b) {
  return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* The same of two results, by one of the printers above. */
static bool agree(void printer(const reml_result *, bytes *), const reml_result *a,
                  const reml_result *b) {
  static bytes of_a, of_b;
  printer(a, &of_a);
  printer(b, &of_b);
  return are_equal(&of_a, &of_b);
}

/* What is wrong with the printed source of an accepted one; NULL: nothing. */
const char *problem_of(const reml_config *config, const reml_result *result, bytes *source) {
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

void check(tally *self, const char *source, size_t length) {
  static bytes printed;
  const reml_result *result = parse_bytes(&self->config, source, length);
  if (!result->accepted) return;
  self->accepted++;
  const char *problem = problem_of(&self->config, result, &printed);
  if (problem == NULL || self->wrong++ >= 5) return;
  tap_note("%s: %.*s", problem, (int)length, source);
  tap_note("printed: %s", printed.data);
}

void check_text(tally *self, const char *source) {
  check(self, source, strlen(source));
}

void conclude(const tally *self, size_t least, const char *what) {
  tap_ok(self->wrong == 0, "%s: all %zu accepted sources survive", what, self->accepted);
  tap_ok(self->accepted >= least, "... which are at least %zu", least);
}

/* --- forms within each other --- */

/* Replaces the first `%` of the form's place number `place`, and the others by a name. */
static void fill(bytes *to, const char *form, size_t place, const char *inner) {
  for (; *form != '\0'; form++) {
    if (*form != '%') {
      bytes_add(to, form, 1);
      continue;
    }
    bytes_add_text(to, "(");
    bytes_add_text(to, place-- == 0 ? inner : "x");
    bytes_add_text(to, ")");
  }
}

static size_t places_of(const char *form) {
  size_t count = 0;
  for (; *form != '\0'; form++)
    count += *form == '%';
  return count;
}

void check_matrix(const reml_config *config, const matrix *of, size_t step) {
  bytes inner = {0}, source = {0};
  tally self = {.config = *config};
  size_t number = 0;
  for (size_t a = 0; a < of->count; a++) {
    for (size_t i = 0; i < places_of(of->forms[a]); i++) {
      for (size_t b = 0; b < of->count; b++) {
        size_t places = places_of(of->forms[b]);
        for (size_t k = 0; k < (places > 0 ? places : 1); k++) {
          for (size_t c = number++ % step; c < of->count; c += step) {
            bytes_clear(&inner);
            fill(&inner, of->forms[b], k, of->forms[c]);
            bytes_clear(&source);
            bytes_add_text(&source, of->before);
            fill(&source, of->forms[a], i, inner.data);
            bytes_add_text(&source, of->after);
            check(&self, source.data, source.length);
          }
        }
      }
    }
  }
  conclude(&self, of->least / thinned(), of->name);
  bytes_free(&inner);
  bytes_free(&source);
}

size_t below(uint64_t *state, size_t limit) {
  return next_random(state) % limit;
}

void grow(bytes *to, uint64_t *state, const char *const *forms, size_t count, size_t depth) {
  const char *form = forms[below(state, count)];
  while ((places_of(form) == 0) != (depth == 0))
    form = forms[below(state, count)];
  for (; *form != '\0'; form++) {
    bool enclosed = *form == '%' && below(state, 4) > 0;
    if (enclosed) bytes_add_text(to, "(");
    if (*form == '%') {
      grow(to, state, forms, count, depth == 0 ? 0 : below(state, depth));
    } else {
      bytes_add(to, form, 1);
    }
    if (enclosed) bytes_add_text(to, ")");
  }
}

/* --- depth and length --- */

/* Whatever recurses ends at this. */
static void limit_stack(void) {
  struct rlimit stack;
  rlim_t most = is_sanitized() ? 1 << 20 : 256 << 10;
  if (getrlimit(RLIMIT_STACK, &stack) != 0) return;
  if (stack.rlim_cur == RLIM_INFINITY || stack.rlim_cur > most) stack.rlim_cur = most;
  setrlimit(RLIMIT_STACK, &stack);
}

void check_shapes(const reml_config *config, const shape *shapes, size_t count, size_t times) {
  bytes source = {0}, printed = {0};
  limit_stack();
  for (size_t i = 0; i < count; i++) {
    bytes_clear(&source);
    bytes_add_text(&source, shapes[i].before);
    bytes_repeat(&source, shapes[i].open, times);
    bytes_add_text(&source, shapes[i].middle);
    bytes_repeat(&source, shapes[i].close, times);
    bytes_add_text(&source, shapes[i].after);
    const reml_result *result = parse_bytes(config, source.data, source.length);
    const char *problem = "rejected";
    if (result->accepted) problem = problem_of(config, result, &printed);
    if (!tap_ok(problem == NULL, "%zu %s", times, shapes[i].name)) tap_note("%s", problem);
  }
  bytes_free(&source);
  bytes_free(&printed);
}
