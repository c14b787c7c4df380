/* Parity cases of the harness: reading one, and answering the parts it wants (contract gates.md
 * sections 1.1 and 1.2). The harness prints and may stop; the library may not. */
#ifndef REML_CASE_H
#define REML_CASE_H

#include "reml_lines.h"
#include <jansson.h>
#include <stdio.h>

enum { EXIT_PASSED = 0, EXIT_DIFFERENT = 1, EXIT_UNUSABLE = 2 };

/* --- JSON as bytes (raw_json.c): recorded answers need not be UTF-8 --- */

/* One member of an object or element of an array, undecoded; key is absent in arrays. */
typedef struct reml_raw_item {
  reml_string key; /* without quotes, escapes as written */
  reml_string value;
} reml_raw_item;

/* A walk over the items of an object or array; anything else has no items. */
typedef struct reml_raw_walk {
  const char *at, *end;
  bool object, first;
} reml_raw_walk;

reml_raw_walk reml__raw_walk(reml_string json);
bool reml__raw_next(reml_raw_walk *walk, reml_raw_item *item);   /* false at the end, or not JSON */
reml_string reml__raw_member(reml_string json, const char *key); /* absent when there is none */
/* Appends the value without blanks between its tokens. */
void reml__raw_compact(reml_bytes *out, reml_string json);

/* Where two texts differ: the path, and the two values there (absent: nothing at this place). */
typedef struct reml_raw_difference {
  reml_bytes path;
  reml_string left, right;
} reml_raw_difference;
void reml__raw_differ(reml_string left, reml_string right, reml_raw_difference *out);

/* --- cases (case.c) --- */

typedef struct reml_case {
  bool has_source;
  reml_bytes source;
  const json_t *steps; /* a streaming script; NULL: none */
  reml_string filename;
  reml_config config;
  json_t *json; /* what filename and config refer to */
} reml_case;

/* Takes the case from an object (steals the reference); NULL, or what is wrong with it. */
const char *reml__case_open(reml_case *parity, json_t *object);
void reml__case_close(reml_case *parity);

/* Parses the source in a context of its own; NULL, or what went wrong. */
const char *reml__case_run(const reml_case *parity, const reml_result **result);
/* The code of the first error; NULL when there is none, or it has none. */
const char *reml__case_error_code(const reml_case *parity);

typedef enum reml_part {
  REML_PART_TOKENS,
  REML_PART_RUN,
  REML_PART_RUN_NOAST,
  REML_PART_DIAG_JSON,
  REML_PART_RUN_PARTIAL,
  REML_PART_AST_TEXT,
  REML_PART_STREAM,
  REML_PART_COUNT
} reml_part;

/* In the order of the members of an answer. */
const char *reml__part_name(reml_part part);
reml_part reml__part_from(const char *name, size_t length); /* REML_PART_COUNT: unknown */
/* NULL, or what the case lacks for this part. */
const char *reml__part_lacks(const reml_case *parity, reml_part part);
/* Appends the part's value, computed in a context of its own; NULL, or what went wrong. */
const char *reml__part_answer(const reml_case *parity, reml_part part, reml_bytes *out);

/* Appends the bytes; false when the text is not base64. */
bool reml__base64_decode(reml_bytes *out, const char *text, size_t length);

/* --- streaming scripts (steps.c) --- */

/* Appends the part `stream`; NULL, or what went wrong. */
const char *reml__steps_answer(const reml_case *parity, reml_bytes *out);

/* --- subcommands --- */

int reml__answer(FILE *in, FILE *out);
int reml__diff(char *const *paths, size_t sample);
int reml__results(char *const *paths, size_t sample, bool recorded);
int reml__closure(char *const *paths, size_t sample);
int reml__extension(char *const *paths, size_t sample);

#endif
