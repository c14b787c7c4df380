/* Reading the golden files (compat/golden/README.md). */
#include "reml_golden.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

typedef struct walk {
  size_t sample, seen;
  reml_golden_visit *visit;
  void *user;
  size_t root;   /* length of the path that was given, as far as it is no part of names */
  bool unusable; /* something could not be read or used */
} walk;

static void complain(walk *self, const char *where, const char *problem) {
  fprintf(stderr, "reml-compat: %s: %s\n", where, problem);
  self->unusable = true;
}

static bool is_sampled(walk *self) {
  return self->seen++ % self->sample == 0;
}

/* --- recorded members --- */

static bool equals(reml_string text, const char *other) {
  return text.length == strlen(other) && memcmp(text.bytes, other, text.length) == 0;
}

static bool is_input(reml_string key) {
  static const char *const inputs[] = {"id", "source", "source_b64", "steps", "config", "filename"};
  for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
    if (equals(key, inputs[i])) {
      return true;
    }
  }
  return false;
}

bool reml__golden_next(reml_raw_walk *members, reml_raw_item *item) {
  while (reml__raw_next(members, item)) {
    if (!is_input(item->key)) {
      return true;
    }
  }
  return false;
}

static const char exception[] = "exception";

const char *reml__golden_exception(const reml_raw_item *item) {
  static const char tuple[] = "tuple index";
  if (!equals(item->key, exception)) {
    return NULL;
  }
  bool is_tuple = memmem(item->value.bytes, item->value.length, tuple, sizeof tuple - 1) != NULL;
  return is_tuple ? "parser.tuple_index.not_decimal" : "parser.effect_target.not_qualified";
}

bool reml__golden_is_void(const reml_raw_item *item) {
  return reml__raw_member(item->value, exception).bytes != NULL;
}

/* --- cases --- */

/* Opens the case (steals `object`) and hands it out. `own` is the identifier that it has itself. */
static void visit_case(walk *self, const reml_bytes *id, bool own, json_t *object,
                       reml_string recorded) {
  reml_golden_case found = {
      .id = id->data, .name = id->data + (own ? 0 : self->root), .recorded = recorded};
  const char *problem = reml__case_open(&found.parity, object);
  if (problem == NULL) {
    problem = self->visit(self->user, &found);
  }
  if (problem != NULL) {
    complain(self, found.id, problem);
  }
  reml__case_close(&found.parity);
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

/* The identifier as it is written, without quotes; else file and line. False for the latter. */
static bool line_id(reml_bytes *id, const char *path, size_t number, reml_string line) {
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
  return raw.bytes != NULL;
}

static void visit_line(walk *self, const reml_bytes *id, bool own, reml_string line) {
  json_t *object = line_case(line);
  if (object == NULL) {
    complain(self, id->data, "the line is not a case");
    return;
  }
  visit_case(self, id, own, object, line);
}

static void visit_lines(walk *self, const char *path) {
  reml_lines lines;
  reml_string line;
  reml_bytes id = {0};
  if (!reml__lines_open(&lines, path)) {
    complain(self, path, strerror(errno));
    return;
  }
  while (reml__lines_next(&lines, &line)) {
    if (line.length > 0 && is_sampled(self)) {
      bool own = line_id(&id, path, lines.number, line);
      visit_line(self, &id, own, line);
    }
  }
  const char *problem = reml__lines_close(&lines);
  if (problem != NULL) {
    complain(self, path, problem);
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
static void visit_source(walk *self, const char *path, bool named) {
  reml_bytes golden = {0};
  reml_bytes id = {0};
  if (!read_golden(&golden, path)) {
    if (named || errno != ENOENT) {
      complain(self, path, "its .json cannot be read");
    }
  } else if (is_sampled(self)) {
    drop_layout(&golden);
    stem_of(&id, path);
    reml__bytes_add(&id, "", 1);
    visit_case(self, &id, false, file_case(path), (reml_string){golden.data, golden.length});
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

static void visit_file(walk *self, const FTSENT *entry) {
  bool named = entry->fts_level == FTS_ROOTLEVEL;
  if (is_foreign(entry->fts_name) && named) {
    complain(self, entry->fts_path, "these answers cannot be recomputed");
  } else if (is_foreign(entry->fts_name)) {
    fprintf(stderr, "reml-compat: %s: skipped\n", entry->fts_path);
  } else if (ends_with(entry->fts_path, ".reml")) {
    visit_source(self, entry->fts_path, named);
  } else if (ends_with(entry->fts_path, ".jsonl") || ends_with(entry->fts_path, ".jsonl.gz")) {
    visit_lines(self, entry->fts_path);
  } else if (named) {
    complain(self, entry->fts_path, "not a golden file");
  }
}

/* Of a file that is named directly, all but its last part is given. */
static size_t root_of(const FTSENT *entry, const char *given) {
  const char *slash = strrchr(given, '/');
  if (entry->fts_level == FTS_ROOTLEVEL) {
    return slash == NULL ? 0 : (size_t)(slash - given) + 1;
  }
  size_t length = strlen(given);
  return entry->fts_path[length] == '/' ? length + 1 : length;
}

static void visit_entry(walk *self, const FTSENT *entry, const char *given) {
  switch (entry->fts_info) {
  case FTS_F:
    self->root = root_of(entry, given);
    visit_file(self, entry);
    return;
  case FTS_DNR:
  case FTS_ERR:
  case FTS_NS: complain(self, entry->fts_path, strerror(entry->fts_errno)); return;
  default: return;
  }
}

static int by_name(const FTSENT **a, const FTSENT **b) {
  return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void visit_path(walk *self, char *path) {
  char *const roots[] = {path, NULL};
  FTS *tree = fts_open(roots, FTS_COMFOLLOW | FTS_LOGICAL | FTS_NOCHDIR, by_name);
  if (tree == NULL) {
    complain(self, path, strerror(errno));
    return;
  }
  const FTSENT *entry;
  errno = 0;
  while ((entry = fts_read(tree)) != NULL) {
    visit_entry(self, entry, path);
    errno = 0;
  }
  if (errno != 0) {
    complain(self, path, strerror(errno));
  }
  fts_close(tree);
}

/* The environment of the recording (compat/golden/README.md, configs.jsonl); contexts read it. */
static bool recall_environment(void) {
  return setenv("REMLC_FIXED_TIMESTAMP", "1970-01-01T00:00:00Z", 1) == 0 &&
         unsetenv("REMLC_WORKSPACE_ROOT") == 0 && unsetenv("REMLC_GIT_COMMIT") == 0 &&
         unsetenv("GITHUB_SHA") == 0;
}

bool reml__golden_each(char *const *paths, size_t sample, reml_golden_visit *visit, void *user) {
  walk self = {.sample = sample, .visit = visit, .user = user};
  if (!recall_environment()) {
    complain(&self, "environment", strerror(errno));
    return false;
  }
  for (; *paths != NULL; paths++) {
    size_t before = self.seen;
    bool unusable = self.unusable;
    visit_path(&self, *paths);
    if (self.seen == before && self.unusable == unusable) {
      complain(&self, *paths, "no recorded answers here");
    }
  }
  return !self.unusable;
}
