/* What the test programs share: bytes that grow, files, and parses with their printed results. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "remlparse.h"

/* --- bytes that grow --- */

typedef struct bytes {
  char *data; /* always ends with a NUL that is not counted */
  size_t length, capacity;
} bytes;

void bytes_add(bytes *to, const char *data, size_t count);
void bytes_add_text(bytes *to, const char *text);
void bytes_repeat(bytes *to, const char *text, size_t times);
void bytes_clear(bytes *of);
void bytes_free(bytes *of);
bool bytes_write(void *to, const char *data, size_t count); /* a reml_write */

/* --- files; paths begin at the top of the source tree --- */

/* A whole file; ends the test run when it cannot be read. */
void read_file(bytes *to, const char *path);

typedef void source_visit(const char *name, const char *source, size_t length);
/* The sources in a folder in order of their names. */
void each_source_in(const char *folder, source_visit *visit);
/* The hand-written golden sources in order of their names (compat/golden/cases), or those in the
 * folder $REML_TEST_SOURCES. */
void each_golden_source(source_visit *visit);

/* A row of tests/spec/printed.cases: a source, the source that is printed, and the text of the
 * tree. */
typedef struct printed_case {
  char *source, *printed, *text;
} printed_case;
void each_printed_case(void (*visit)(const printed_case *row));

/* --- how thorough to be --- */

/* The program was built with sanitizers. */
bool is_sanitized(void);
/* Do one of so many repetitions: $REML_TEST_THIN, by default 1, or more under sanitizers. */
size_t thinned(void);

/* --- parses --- */

/* A context, or the end of the test run. */
reml_context *new_context(void);
/* The configuration that the golden cases were recorded with, or, with $REML_TEST_PROFILE, the
 * profile `spec`, with recovery if that is "recover". */
reml_config golden_config(void);
/* The profile `spec`, with statements at top level. */
reml_config spec_profile(void);
/* driver.md section 3, with the tree. Replaces what is in *out. */
void print_result(const reml_result *result, bytes *out);
void run_and_print(const reml_config *config, const char *source, size_t length, bytes *out);
/* The result of a text, in a context of its own. */
const reml_result *parse(const reml_config *config, const char *source);

/* A source of pseudo-random numbers that is the same everywhere. */
uint64_t next_random(uint64_t *state);

#endif
