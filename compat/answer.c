/* `reml-compat answer`: cases as JSON lines in, answers as JSON lines out (gates.md section 1). */
#include "reml_case.h"
#include "reml_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_json_text(reml_bytes *out, const char *text) {
  reml_out json;
  reml__out_open(&json, reml__bytes_write, out);
  reml__json_text(&json, text);
  reml__out_close(&json);
}

/* {"id":...: the identifier in the spelling of the input. */
static void begin_answer(reml_bytes *out, reml_string id) {
  reml__bytes_clear(out);
  reml__bytes_add_text(out, "{\"id\":");
  if (id.bytes == NULL) {
    reml__bytes_add_text(out, "null");
  } else {
    reml__raw_compact(out, id);
  }
}

static void error_answer(reml_bytes *out, reml_string id, const char *problem) {
  begin_answer(out, id);
  reml__bytes_add_text(out, ",\"error\":");
  add_json_text(out, problem);
  reml__bytes_add_text(out, "}\n");
}

/* Marks the wanted parts; NULL, or what is wrong with the list. */
static const char *read_want(const json_t *want, bool parts[REML_PART_COUNT]) {
  memset(parts, 0, REML_PART_COUNT * sizeof *parts);
  if (want == NULL) {
    parts[REML_PART_RUN] = true;
    return NULL;
  }
  if (!json_is_array(want)) {
    return "want must be a list";
  }
  for (size_t i = 0; i < json_array_size(want); i++) {
    const json_t *name = json_array_get(want, i);
    reml_part part = json_is_string(name)
                         ? reml__part_from(json_string_value(name), json_string_length(name))
                         : REML_PART_COUNT;
    if (part == REML_PART_COUNT) {
      return "want names a part that is not known";
    }
    parts[part] = true;
  }
  /* Both are the member `run`. */
  parts[REML_PART_RUN_NOAST] = parts[REML_PART_RUN_NOAST] && !parts[REML_PART_RUN];
  return NULL;
}

static const char *answer_parts(const reml_case *parity, reml_bytes *out) {
  bool parts[REML_PART_COUNT];
  const char *problem = read_want(json_object_get(parity->json, "want"), parts);
  for (unsigned i = 0; i < REML_PART_COUNT && problem == NULL; i++) {
    if (!parts[i]) {
      continue;
    }
    reml_part member = i == REML_PART_RUN_NOAST ? REML_PART_RUN : (reml_part)i;
    reml__bytes_add_text(out, ",");
    add_json_text(out, reml__part_name(member));
    reml__bytes_add_text(out, ":");
    problem = reml__part_answer(parity, (reml_part)i, out);
  }
  return problem;
}

/* Fills *out with the answer's line; false when it is an error. */
static bool answer_line(reml_string line, reml_bytes *out) {
  json_error_t error;
  json_t *object =
      json_loadb(line.bytes, line.length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
  if (object == NULL) {
    error_answer(out, (reml_string){NULL, 0}, error.text);
    return false;
  }
  reml_string id = reml__raw_member(line, "id");
  reml_case parity;
  const char *problem = reml__case_open(&parity, object);
  if (problem == NULL) {
    begin_answer(out, id);
    problem = answer_parts(&parity, out);
  }
  if (problem == NULL) {
    reml__bytes_add_text(out, "}\n");
  } else {
    error_answer(out, id, problem);
  }
  reml__case_close(&parity);
  return problem == NULL;
}

static bool is_empty(reml_string line) {
  return line.length == strspn(line.bytes, " \t\r\n");
}

/* One line, flushed: whoever drives the harness may wait for it. */
static bool put_line(FILE *out, const reml_bytes *line) {
  return fwrite(line->data, 1, line->length, out) == line->length && fflush(out) == 0;
}

int reml__answer(FILE *in, FILE *out) {
  char *text = NULL;
  size_t capacity = 0;
  ssize_t length;
  reml_bytes answer = {0};
  int code = EXIT_PASSED;
  while (code != EXIT_UNUSABLE && (length = getline(&text, &capacity, in)) >= 0) {
    reml_string line = {text, (size_t)length};
    if (is_empty(line)) {
      continue;
    }
    if (!answer_line(line, &answer)) {
      code = EXIT_DIFFERENT;
    }
    if (!put_line(out, &answer)) {
      fprintf(stderr, "reml-compat: cannot write: %s\n", strerror(errno));
      code = EXIT_UNUSABLE;
    }
  }
  if (ferror(in)) {
    fprintf(stderr, "reml-compat: cannot read the cases: %s\n", strerror(errno));
    code = EXIT_UNUSABLE;
  }
  free(text);
  reml__bytes_free(&answer);
  return code;
}
