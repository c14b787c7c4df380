/* `reml-compat diff`: recorded answers recomputed and compared (gates.md section 1.3). */
#include "reml_case.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

typedef struct tally {
  size_t sample, seen, passed, failed;
  bool unusable; /* something could not be read */
} tally;

static void complain(tally *counts, const char *where, const char *problem) {
  fprintf(stderr, "reml-compat: %s: %s\n", where, problem);
  counts->unusable = true;
}

static bool is_sampled(tally *counts) {
  return counts->seen++ % counts->sample == 0;
}

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

static bool compare_part(const reml_case *parity, const char *id, reml_part part,
                         const reml_raw_item *recorded) {
  reml_bytes ours = {0};
  const char *problem = reml__part_answer(parity, part, &ours);
  bool same = problem == NULL && is_equal(recorded->value, &ours);
  if (problem != NULL) {
    printf("%s: %s: failed: %s\n", id, reml__part_name(part), problem);
  } else if (!same) {
    report(id, recorded->key, recorded->value, &ours);
  }
  reml__bytes_free(&ours);
  return same;
}

static bool has_code(const reml_result *result, const char *code) {
  for (size_t i = 0; i < result->diagnostic_count; i++) {
    const char *found = result->diagnostics[i].codes[0];
    if (found != NULL && strcmp(found, code) == 0) {
      return true;
    }
  }
  return false;
}

/* Where the reference aborts, the component has a diagnostic (driver.md section 4.4). */
static bool compare_exception(const reml_case *parity, const char *id, reml_string text) {
  static const char tuple[] = "tuple index";
  bool is_tuple = memmem(text.bytes, text.length, tuple, sizeof tuple - 1) != NULL;
  const char *code =
      is_tuple ? "parser.tuple_index.not_decimal" : "parser.effect_target.not_qualified";
  reml_context *context = reml_context_new();
  const reml_result *result = context == NULL
                                  ? NULL
                                  : reml_run(context, &parity->config, parity->filename,
                                             parity->source.data, parity->source.length);
  if (result != NULL && !result->accepted && has_code(result, code)) {
    return true;
  }
  printf("%s: run: run.diagnostics: recorded %.*s, computed no %s\n", id, (int)text.length,
         text.bytes, code);
  return false;
}

static bool is_input(reml_string key) {
  static const char *const inputs[] = {"id", "source", "source_b64", "steps", "config", "filename"};
  for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
    if (strlen(inputs[i]) == key.length && memcmp(inputs[i], key.bytes, key.length) == 0) {
      return true;
    }
  }
  return false;
}

typedef enum outcome { SAME, DIFFERENT, UNKNOWN } outcome;

static outcome compare_member(const reml_case *parity, const char *id, const reml_raw_item *item) {
  static const char exception[] = "exception";
  reml_part part = reml__part_from(item->key.bytes, item->key.length);
  if (part != REML_PART_COUNT) {
    /* A part on which the reference aborted is never compared (gates.md section 1.2). */
    return reml__raw_member(item->value, exception).bytes != NULL ||
                   compare_part(parity, id, part, item)
               ? SAME
               : DIFFERENT;
  }
  if (item->key.length == sizeof exception - 1 &&
      memcmp(item->key.bytes, exception, item->key.length) == 0) {
    return compare_exception(parity, id, item->value) ? SAME : DIFFERENT;
  }
  return UNKNOWN;
}

/* What the case lacks for the recorded member. */
static const char *lacking(const reml_case *parity, reml_string key) {
  reml_part part = reml__part_from(key.bytes, key.length);
  return part == REML_PART_COUNT ? NULL : reml__part_lacks(parity, part);
}

/* Compares every recorded part; steals `object`. */
static void compare_case(tally *counts, const char *id, json_t *object, reml_string golden) {
  reml_case parity;
  const char *problem = reml__case_open(&parity, object);
  reml_raw_walk walk = reml__raw_walk(golden);
  reml_raw_item item;
  size_t compared = 0;
  bool same = true;
  while (problem == NULL && reml__raw_next(&walk, &item)) {
    if (is_input(item.key)) {
      continue;
    }
    problem = lacking(&parity, item.key);
    outcome found = problem == NULL ? compare_member(&parity, id, &item) : DIFFERENT;
    if (found == UNKNOWN) {
      problem = "a recorded part cannot be recomputed";
    }
    same = same && found == SAME;
    compared++;
  }
  if (problem == NULL && compared == 0) {
    problem = "no recorded answer";
  }
  if (problem != NULL) {
    complain(counts, id, problem);
  } else if (same) {
    counts->passed++;
  } else {
    counts->failed++;
  }
  reml__case_close(&parity);
}

/* --- lines --- */

/* The members that make the case; the answers may hold bytes that are not UTF-8. */
static json_t *line_case(reml_string line) {
  static const char *const keys[] = {"source", "source_b64", "steps", "config", "filename"};
  json_t *object = json_object();
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    reml_string raw = reml__raw_member(line, keys[i]);
    if (raw.bytes == NULL) {
      continue;
    }
    json_t *value = json_loadb(raw.bytes, raw.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (value == NULL || json_object_set_new(object, keys[i], value) != 0) {
      json_decref(object);
      return NULL;
    }
  }
  return object;
}

/* The identifier as it is written, without quotes; else file and line. */
static void line_id(reml_bytes *id, const char *path, size_t number, reml_string line) {
  char digits[32];
  reml_string raw = reml__raw_member(line, "id");
  reml__bytes_clear(id);
  if (raw.length > 2 && *raw.bytes == '"') {
    reml__bytes_add(id, raw.bytes + 1, raw.length - 2);
  } else if (raw.bytes != NULL) {
    reml__bytes_add(id, raw.bytes, raw.length);
  } else {
    snprintf(digits, sizeof digits, ":%zu", number);
    reml__bytes_add_text(id, path);
    reml__bytes_add_text(id, digits);
  }
  reml__bytes_add(id, "", 1);
}

static void compare_line(tally *counts, const char *id, reml_string line) {
  json_t *object = line_case(line);
  if (object == NULL) {
    complain(counts, id, "the line is not a case");
    return;
  }
  compare_case(counts, id, object, line);
}

static void compare_lines(tally *counts, const char *path) {
  reml_lines lines;
  reml_string line;
  reml_bytes id = {0};
  if (!reml__lines_open(&lines, path)) {
    complain(counts, path, strerror(errno));
    return;
  }
  while (reml__lines_next(&lines, &line)) {
    if (line.length > 0 && is_sampled(counts)) {
      line_id(&id, path, lines.number, line);
      compare_line(counts, id.data, line);
    }
  }
  const char *problem = reml__lines_close(&lines);
  if (problem != NULL) {
    complain(counts, path, problem);
  }
  reml__bytes_free(&id);
}

/* --- a source file with its answer beside it --- */

/* The line breaks are layout only (compat/golden/README.md). */
static void drop_layout(reml_bytes *text) {
  size_t kept = 0;
  for (size_t i = 0; i < text->length; i++) {
    if (text->data[i] != '\n') {
      text->data[kept++] = text->data[i];
    }
  }
  text->length = kept;
}

static json_t *file_case(const char *path) {
  json_t *object = json_object();
  json_t *config = json_object();
  /* a path need not be UTF-8 */
  json_object_set_new(object, "source_file", json_stringn_nocheck(path, strlen(path)));
  json_object_set_new(config, "experimental_effects", json_true());
  json_object_set_new(object, "config", config);
  return object;
}

/* `path` without its extension. */
static void stem_of(reml_bytes *stem, const char *path) {
  reml__bytes_clear(stem);
  reml__bytes_add(stem, path, strlen(path) - strlen(".reml"));
}

static bool read_golden(reml_bytes *golden, const char *path) {
  reml_bytes name = {0};
  stem_of(&name, path);
  reml__bytes_add(&name, ".json", sizeof ".json");
  bool good = reml__bytes_read_file(golden, name.data);
  reml__bytes_free(&name);
  return good;
}

/* In a folder, a source without an answer is not a case; named directly it is a mistake. */
static void compare_file(tally *counts, const char *path, bool named) {
  reml_bytes golden = {0};
  reml_bytes id = {0};
  if (!read_golden(&golden, path)) {
    if (named || errno != ENOENT) {
      complain(counts, path, "its .json cannot be read");
    }
  } else if (is_sampled(counts)) {
    drop_layout(&golden);
    stem_of(&id, path);
    reml__bytes_add(&id, "", 1);
    compare_case(counts, id.data, file_case(path), (reml_string){golden.data, golden.length});
  }
  reml__bytes_free(&golden);
  reml__bytes_free(&id);
}

/* --- folders --- */

static bool ends_with(const char *path, const char *end) {
  size_t length = strlen(path), wanted = strlen(end);
  return length > wanted && strcmp(path + length - wanted, end) == 0;
}

/* A golden file without answers to compute. */
static bool is_foreign(const char *name) {
  return strcmp(name, "identifier_codepoints.json") == 0;
}

static void visit_file(tally *counts, const FTSENT *entry) {
  bool named = entry->fts_level == FTS_ROOTLEVEL;
  if (is_foreign(entry->fts_name) && named) {
    complain(counts, entry->fts_path, "these answers cannot be recomputed");
  } else if (is_foreign(entry->fts_name)) {
    fprintf(stderr, "reml-compat: %s: skipped\n", entry->fts_path);
  } else if (ends_with(entry->fts_path, ".reml")) {
    compare_file(counts, entry->fts_path, named);
  } else if (ends_with(entry->fts_path, ".jsonl") || ends_with(entry->fts_path, ".jsonl.gz")) {
    compare_lines(counts, entry->fts_path);
  } else if (named) {
    complain(counts, entry->fts_path, "not a golden file");
  }
}

static void visit(tally *counts, const FTSENT *entry) {
  switch (entry->fts_info) {
  case FTS_F: visit_file(counts, entry); return;
  case FTS_DNR:
  case FTS_ERR:
  case FTS_NS: complain(counts, entry->fts_path, strerror(entry->fts_errno)); return;
  default: return;
  }
}

static int by_name(const FTSENT **a, const FTSENT **b) {
  return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void compare_path(tally *counts, char *path) {
  char *const roots[] = {path, NULL};
  FTS *tree = fts_open(roots, FTS_COMFOLLOW | FTS_LOGICAL | FTS_NOCHDIR, by_name);
  if (tree == NULL) {
    complain(counts, path, strerror(errno));
    return;
  }
  const FTSENT *entry;
  errno = 0;
  while ((entry = fts_read(tree)) != NULL) {
    visit(counts, entry);
    errno = 0;
  }
  if (errno != 0) {
    complain(counts, path, strerror(errno));
  }
  fts_close(tree);
}

/* The environment of the recording (compat/golden/README.md, configs.jsonl); contexts read it. */
static bool recall_environment(void) {
  return setenv("REMLC_FIXED_TIMESTAMP", "1970-01-01T00:00:00Z", 1) == 0 &&
         unsetenv("REMLC_WORKSPACE_ROOT") == 0 && unsetenv("REMLC_GIT_COMMIT") == 0 &&
         unsetenv("GITHUB_SHA") == 0;
}

int reml__diff(char *const *paths, size_t sample) {
  tally counts = {.sample = sample};
  if (!recall_environment()) {
    complain(&counts, "environment", strerror(errno));
    return EXIT_UNUSABLE;
  }
  for (; *paths != NULL; paths++) {
    size_t before = counts.seen;
    bool unusable = counts.unusable;
    compare_path(&counts, *paths);
    if (counts.seen == before && counts.unusable == unusable) {
      complain(&counts, *paths, "no recorded answers here");
    }
  }
  printf("%zu passed, %zu failed\n", counts.passed, counts.failed);
  if (counts.unusable) {
    return EXIT_UNUSABLE;
  }
  return counts.failed > 0 ? EXIT_DIFFERENT : EXIT_PASSED;
}
