/* `reml-compat diff`: recorded answers recomputed and compared (gates.md section 1.3). */
#include "reml_golden.h"

#include <string.h>

typedef struct tally {
  size_t passed, failed;
} tally;

/* --- one case --- */

enum { SHOWN = 160 };

/* A value for people: cut, but not inside a character. */
static void show(reml_string value) {
  if (value.bytes == NULL) {
    fputs("nothing", stdout);
    return;
  }
  size_t length = value.length > SHOWN ? SHOWN : value.length;
  while (length < value.length && length > 0 &&
         ((unsigned char)value.bytes[length] & 0xC0) == 0x80) {
    length--;
  }
  fwrite(value.bytes, 1, length, stdout);
  if (length < value.length) {
    fputs("...", stdout);
  }
}

static void report(const char *id, reml_string part, reml_string golden, const reml_bytes *ours) {
  reml_raw_difference found = {0};
  reml__raw_differ(golden, (reml_string){ours->data, ours->length}, &found);
  printf("%s: %.*s: %.*s%.*s: recorded ", id, (int)part.length, part.bytes, (int)part.length,
         part.bytes, (int)found.path.length, found.path.data == NULL ? "" : found.path.data);
  show(found.left);
  fputs(", computed ", stdout);
  show(found.right);
  putchar('\n');
  reml__bytes_free(&found.path);
}

static bool is_equal(reml_string golden, const reml_bytes *ours) {
  return golden.length == ours->length && memcmp(golden.bytes, ours->data, ours->length) == 0;
}

static bool compare_part(const reml_golden_case *found, reml_part part,
                         const reml_raw_item *recorded) {
  reml_bytes ours = {0};
  const char *problem = reml__part_answer(&found->parity, part, &ours);
  bool same = problem == NULL && is_equal(recorded->value, &ours);
  if (problem != NULL) {
    printf("%s: %s: failed: %s\n", found->id, reml__part_name(part), problem);
  } else if (!same) {
    report(found->id, recorded->key, recorded->value, &ours);
  }
  reml__bytes_free(&ours);
  return same;
}

/* Where the reference aborts, the component has a diagnostic (driver.md section 4.4). */
static bool compare_exception(const reml_golden_case *found, const reml_raw_item *item) {
  const char *wanted = reml__golden_exception(item);
  const char *code = reml__case_error_code(&found->parity);
  if (code != NULL && strcmp(code, wanted) == 0) {
    return true;
  }
  printf("%s: run: run.diagnostics: recorded %.*s, computed no %s\n", found->id,
         (int)item->value.length, item->value.bytes, wanted);
  return false;
}

/* Says in *problem why the member cannot be compared. */
static bool compare_member(const reml_golden_case *found, const reml_raw_item *item,
                           const char **problem) {
  reml_part part = reml__part_from(item->key.bytes, item->key.length);
  if (reml__golden_exception(item) != NULL) {
    return compare_exception(found, item);
  }
  *problem = part == REML_PART_COUNT ? "a recorded part cannot be recomputed"
                                     : reml__part_lacks(&found->parity, part);
  return *problem == NULL && (reml__golden_is_void(item) || compare_part(found, part, item));
}

/* Compares every recorded part. */
static const char *compare_case(void *user, const reml_golden_case *found) {
  tally *counts = user;
  reml_raw_walk members = reml__raw_walk(found->recorded);
  reml_raw_item item;
  const char *problem = NULL;
  bool same = true, compared = false;
  while (problem == NULL && reml__golden_next(&members, &item)) {
    same = compare_member(found, &item, &problem) && same;
    compared = true;
  }
  if (problem != NULL || !compared) {
    return problem != NULL ? problem : "no recorded answer";
  }
  counts->passed += same;
  counts->failed += !same;
  return NULL;
}

int reml__diff(char *const *paths, size_t sample) {
  tally counts = {0};
  bool usable = reml__golden_each(paths, sample, compare_case, &counts);
  printf("%zu passed, %zu failed\n", counts.passed, counts.failed);
  if (!usable) {
    return EXIT_UNUSABLE;
  }
  return counts.failed > 0 ? EXIT_DIFFERENT : EXIT_PASSED;
}
