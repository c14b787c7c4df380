#include "fixture.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- bytes that grow --- */

static void reserve(bytes *to, size_t count) {
  size_t wanted = to->length + count + 1;
  if (wanted <= to->capacity) return;
  while (to->capacity < wanted)
    to->capacity = to->capacity ? to->capacity * 2 : 256;
  to->data = realloc(to->data, to->capacity);
  if (to->data == NULL) tap_bail_out("no memory for the test itself");
}

void bytes_add(bytes *to, const char *data, size_t count) {
  reserve(to, count);
  if (count > 0) memcpy(to->data + to->length, data, count);
  to->length += count;
  to->data[to->length] = '\0';
}

void bytes_add_text(bytes *to, const char *text) {
  bytes_add(to, text, strlen(text));
}

void bytes_repeat(bytes *to, const char *text, size_t times) {
  size_t length = strlen(text);
  reserve(to, times * length);
  for (size_t i = 0; i < times; i++)
    bytes_add(to, text, length);
}

void bytes_clear(bytes *of) {
  of->length = 0;
  bytes_add(of, "", 0);
}

void bytes_free(bytes *of) {
  free(of->data);
  *of = (bytes){NULL, 0, 0};
}

bool bytes_write(void *to, const char *data, size_t count) {
  bytes_add(to, data, count);
  return true;
}

/* --- files --- */

void read_file(bytes *to, const char *path) {
  char piece[4096];
  size_t count;
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    tap_bail_out("%s: %s (tests are run from the top of the source tree)", path, strerror(errno));
  }
  bytes_clear(to);
  while ((count = fread(piece, 1, sizeof piece, file)) > 0)
    bytes_add(to, piece, count);
  if (ferror(file)) tap_bail_out("%s: %s", path, strerror(errno));
  fclose(file);
}

static int is_source(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 5 && strcmp(entry->d_name + length - 5, ".reml") == 0;
}

static int is_area(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static struct dirent **list(const char *path, int (*wanted)(const struct dirent *), int *count) {
  struct dirent **entries;
  *count = scandir(path, &entries, wanted, alphasort);
  if (*count < 0) {
    tap_bail_out("%s: %s (tests are run from the top of the source tree)", path, strerror(errno));
  }
  return entries;
}

/* The names begin behind so many bytes of the path. */
static void each_source_behind(size_t skipped, const char *folder, source_visit *visit) {
  char path[600];
  bytes source = {0};
  int count;
  struct dirent **files = list(folder, is_source, &count);
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
    read_file(&source, path);
    visit(path + skipped, source.data, source.length);
    free(files[i]);
  }
  free(files);
  bytes_free(&source);
}

void each_source_in(const char *folder, source_visit *visit) {
  each_source_behind(strlen(folder) + 1, folder, visit);
}

void each_golden_source(source_visit *visit) {
  static const char top[] = "compat/golden/cases";
  const char *others = getenv("REML_TEST_SOURCES");
  if (others != NULL) {
    each_source_in(others, visit);
    return;
  }
  char path[300];
  int count;
  struct dirent **areas = list(top, is_area, &count);
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/%s", top, areas[i]->d_name);
    each_source_behind(sizeof top, path, visit);
    free(areas[i]);
  }
  free(areas);
}

/* Ends the part at the line that begins so and returns what stands behind that line; NULL: there is
 * none. The line break before it stays if it is wanted. */
static char *cut(char *part, const char *line, bool keeps_break) {
  char *at = strstr(part, line);
  if (at == NULL) return NULL;
  at[keeps_break ? 1 : 0] = '\0';
  at += strlen(line);
  at += strcspn(at, "\n");
  return *at == '\n' ? at + 1 : at;
}

void each_printed_case(void (*visit)(const printed_case *row)) {
  bytes file = {0}, same = {0};
  read_file(&file, "tests/spec/printed.cases");
  if (file.length > 0) file.data[file.length - 1] = '\0';
  char *at = cut(file.data, "\n===", false);
  while (at != NULL && *at != '\0') {
    printed_case row = {.source = at};
    char *next = cut(at, "\n===", false);
    row.text = cut(at, "\n--- text", true);
    row.printed = cut(at, "\n--- source", true);
    if (row.text == NULL) tap_bail_out("a row without text: %s", row.source);
    if (row.printed == NULL) {
      bytes_clear(&same);
      bytes_add_text(&same, row.source);
      row.printed = same.data;
    }
    visit(&row);
    at = next;
  }
  bytes_free(&file);
  bytes_free(&same);
}

/* --- how thorough to be --- */

bool is_sanitized(void) {
#ifdef __SANITIZE_ADDRESS__
  return true;
#else
  return false;
#endif
}

size_t thinned(void) {
  const char *text = getenv("REML_TEST_THIN");
  unsigned long number = text ? strtoul(text, NULL, 10) : 0;
  if (number > 0) return number;
  return is_sanitized() ? 4 : 1;
}

/* --- parses --- */

reml_context *new_context(void) {
  reml_context *context = reml_context_new();
  if (context == NULL) tap_bail_out("no context");
  return context;
}

reml_config spec_profile(void) {
  reml_config config = reml_config_default();
  config.profile = REML_PROFILE_SPEC;
  config.allow_top_level_expr = true;
  return config;
}

reml_config golden_config(void) {
  const char *profile = getenv("REML_TEST_PROFILE");
  reml_config config = profile == NULL ? reml_config_default() : spec_profile();
  reml_value mode = {.kind = REML_VALUE_STRING, .as.string = reml_string_from("collect")};
  config.experimental_effects = true;
  if (profile != NULL && strcmp(profile, "recover") == 0)
    reml_config_set(&config, "recover", "mode", &mode);
  return config;
}

void print_result(const reml_result *result, bytes *out) {
  bytes_clear(out);
  reml_status status = reml_write_result_json(result, true, bytes_write, out);
  if (status != REML_OK) bytes_add_text(out, reml_status_text(status));
}

void run_and_print(const reml_config *config, const char *source, size_t length, bytes *out) {
  print_result(reml_run(new_context(), config, reml_string_from("case.reml"), source, length), out);
}

const reml_result *parse(const reml_config *config, const char *source) {
  return reml_run_string(new_context(), config, source, reml_string_from("case.reml"));
}

uint64_t next_random(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return *state >> 33;
}
