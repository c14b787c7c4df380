/* `reml-compat closure`: canonical source is a fixed point (gates.md section 5, S5 and S6). For
 * every accepted case, let T be its source printed from the tree: T is accepted with the tree of
 * the case, spans apart (S5); printing T gives T (S5); both have one AST text (S6). */
#include "reml_golden.h"

#include <string.h>

/* What is compared of a parse. */
typedef struct prints {
  reml_bytes source, tree, text;
} prints;

typedef struct tally {
  size_t accepted, s5, s6;
  prints first, again;
} tally;

static void free_prints(prints *all) {
  reml__bytes_free(&all->source);
  reml__bytes_free(&all->tree);
  reml__bytes_free(&all->text);
}

static bool is_equal(const reml_bytes *one, const reml_bytes *other) {
  return one->length == other->length &&
         (one->length == 0 || memcmp(one->data, other->data, one->length) == 0);
}

/* The bytes `"span":[` are never a part of a string in JSON, whose quotes are escaped. */
static void drop_spans(reml_bytes *json) {
  static const char mark[] = "\"span\":[";
  char *from = json->data, *to = json->data, *end = json->data + json->length;
  while (from < end) {
    char *span = memmem(from, (size_t)(end - from), mark, sizeof mark - 1);
    char *stop = span == NULL ? end : span;
    memmove(to, from, (size_t)(stop - from));
    to += stop - from;
    from = span == NULL ? end : (char *)memchr(span, ']', (size_t)(end - span)) + 1;
  }
  json->length = (size_t)(to - json->data);
}

/* NULL, or what went wrong. */
static const char *print_all(const reml_result *result, prints *out) {
  reml__bytes_clear(&out->source);
  reml__bytes_clear(&out->tree);
  reml__bytes_clear(&out->text);
  reml_status status = reml_write_source(result, reml__bytes_write, &out->source);
  if (status == REML_OK) {
    status = reml_write_ast_json(result, reml__bytes_write, &out->tree);
  }
  if (status == REML_OK) {
    status = reml_write_ast_text(result, reml__bytes_write, &out->text);
  }
  drop_spans(&out->tree);
  return status == REML_OK ? NULL : reml_status_text(status);
}

static const char *parse_again(const reml_case *parity, const reml_bytes *source,
                               const reml_result **result) {
  reml_case again = *parity;
  again.source = *source;
  return reml__case_run(&again, result);
}

/* What is wrong with S5; NULL: nothing. */
static const char *compare_source(const reml_case *parity, tally *self) {
  const reml_result *result = NULL;
  const char *problem = parse_again(parity, &self->first.source, &result);
  if (problem != NULL) {
    return problem;
  }
  if (!result->accepted) {
    return "the source is not accepted";
  }
  problem = print_all(result, &self->again);
  if (problem != NULL) {
    return problem;
  }
  if (!is_equal(&self->first.tree, &self->again.tree)) {
    return "the source has another tree";
  }
  return is_equal(&self->first.source, &self->again.source) ? NULL
                                                            : "the source is printed otherwise";
}

static const char *close_case(void *user, const reml_golden_case *found) {
  tally *self = user;
  const reml_result *result = NULL;
  if (!found->parity.has_source) {
    return NULL;
  }
  const char *problem = reml__case_run(&found->parity, &result);
  if (problem != NULL || !result->accepted) {
    return problem;
  }
  self->accepted++;
  reml__bytes_clear(&self->again.text);
  problem = print_all(result, &self->first);
  if (problem == NULL) {
    problem = compare_source(&found->parity, self);
  }
  if (problem != NULL) {
    printf("%s: S5: %s\n", found->id, problem);
    self->s5++;
  }
  if (!is_equal(&self->first.text, &self->again.text)) {
    printf("%s: S6: the AST text differs\n", found->id);
    self->s6++;
  }
  return NULL;
}

int reml__closure(char *const *paths, size_t sample) {
  tally self = {0};
  bool usable = reml__golden_each(paths, sample, close_case, &self);
  printf("%zu accepted, %zu failed S5, %zu failed S6\n", self.accepted, self.s5, self.s6);
  free_prints(&self.first);
  free_prints(&self.again);
  if (!usable) {
    return EXIT_UNUSABLE;
  }
  return self.s5 + self.s6 > 0 ? EXIT_DIFFERENT : EXIT_PASSED;
}
