/* `reml-compat results`: the answers of recorded cases as lines, computed again or as they are
 * recorded (gates.md sections 1.2 and 5). The two are the same bytes as long as nothing differs. */
#include "reml_golden.h"
#include "reml_json.h"

#include <errno.h>
#include <string.h>

typedef struct printer {
  bool recorded; /* instead of computed */
  bool failed;   /* standard output does not take any more */
  reml_bytes line;
} printer;

static void add_json(reml_bytes *line, const char *text) {
  reml_out json;
  reml__out_open(&json, reml__bytes_write, line);
  if (text == NULL) {
    reml__out_text(&json, "null");
  } else {
    reml__json_text(&json, text);
  }
  reml__out_close(&json);
}

static void add_key(reml_bytes *line, reml_string key) {
  reml__bytes_add_text(line, ",\"");
  reml__bytes_add(line, key.bytes, key.length);
  reml__bytes_add_text(line, "\":");
}

/* An exception is normalised to the code that the contract has in its place. */
static const char *add_member(printer *self, const reml_golden_case *found,
                              const reml_raw_item *item) {
  const char *instead = reml__golden_exception(item);
  reml_part part = reml__part_from(item->key.bytes, item->key.length);
  if (instead == NULL && reml__golden_is_void(item)) {
    return NULL;
  }
  if (instead == NULL && part == REML_PART_COUNT) {
    return "a recorded part cannot be recomputed";
  }
  add_key(&self->line, item->key);
  if (instead != NULL) {
    add_json(&self->line, self->recorded ? instead : reml__case_error_code(&found->parity));
    return NULL;
  }
  if (!self->recorded) {
    return reml__part_answer(&found->parity, part, &self->line);
  }
  reml__bytes_add(&self->line, item->value.bytes, item->value.length);
  return NULL;
}

static const char *print_case(void *user, const reml_golden_case *found) {
  printer *self = user;
  reml_raw_walk members = reml__raw_walk(found->recorded);
  reml_raw_item item;
  const char *problem = NULL;
  reml__bytes_clear(&self->line);
  reml__bytes_add_text(&self->line, "{\"id\":");
  add_json(&self->line, found->name);
  while (problem == NULL && reml__golden_next(&members, &item)) {
    problem = add_member(self, found, &item);
  }
  reml__bytes_add_text(&self->line, "}\n");
  if (problem == NULL && !self->failed) {
    self->failed = fwrite(self->line.data, 1, self->line.length, stdout) != self->line.length;
  }
  return problem;
}

int reml__results(char *const *paths, size_t sample, bool recorded) {
  printer self = {.recorded = recorded};
  bool usable = reml__golden_each(paths, sample, print_case, &self);
  reml__bytes_free(&self.line);
  return usable && !self.failed ? EXIT_PASSED : EXIT_UNUSABLE;
}
