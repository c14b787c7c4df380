#include "reml_diagnose.h"
#include <stdio.h>
#include <string.h>

enum { HAS_IDENTITY = 1, HAS_CONFIG = 2 };

/* The place is the one of a diagnostic that belongs to no input (driver.md section 2). */
static const reml_diagnostic diagnostics[] = {
#define DIAGNOSTIC(name, severity_of, domain_of, marks, code, second_code, words, note_of)         \
  {.severity = REML_##severity_of,                                                                 \
   .domain = REML_DOMAIN_##domain_of,                                                              \
   .codes = {code, second_code},                                                                   \
   .message = {words, sizeof(words) - 1},                                                          \
   .note = note_of,                                                                                \
   .file = {"<parser>", sizeof "<parser>" - 1},                                                    \
   .span = {{1, 1, 0}, {1, 1, 0}},                                                                 \
   .has_identity = ((marks)&HAS_IDENTITY) != 0,                                                    \
   .has_run_config = ((marks)&HAS_CONFIG) != 0,                                                    \
   .timestamp = ""},
#include "diagnostics.def"
#undef DIAGNOSTIC
};

const reml_diagnostic *reml__diagnostic(reml_diagnostic_name name) {
  return &diagnostics[name];
}

/* --- messages --- */

void reml__words_add(reml_words *to, const char *bytes, size_t count) {
  to->bytes =
      reml__grow_atomic(to->memory, to->bytes, to->used, &to->capacity, to->used + count + 1, 1);
  memcpy(to->bytes + to->used, bytes, count);
  to->used += count;
  to->bytes[to->used] = '\0';
}

reml_string reml__diagnostic_message(reml_memory *memory, reml_diagnostic_name name,
                                     const reml_string *values) {
  reml_words out = {.memory = memory};
  const char *at = diagnostics[name].message.bytes;
  for (const char *gap; (gap = strchr(at, '{')) != NULL; at = strchr(gap, '}') + 1) {
    reml__words_add(&out, at, (size_t)(gap - at));
    reml__words_add(&out, values->bytes, values->length);
    values++;
  }
  reml__words_add(&out, at, strlen(at));
  return (reml_string){out.bytes, out.used};
}

static const reml_diagnostic_name lexical[] = {
    [REML_LEX_UNEXPECTED_BYTE] = REML_DIAGNOSTIC_UNEXPECTED_BYTE,
    [REML_LEX_UNEXPECTED_HASH] = REML_DIAGNOSTIC_UNEXPECTED_HASH,
    [REML_LEX_OPEN_COMMENT] = REML_DIAGNOSTIC_OPEN_COMMENT,
    [REML_LEX_OPEN_STRING] = REML_DIAGNOSTIC_OPEN_STRING,
    [REML_LEX_OPEN_RAW_STRING] = REML_DIAGNOSTIC_OPEN_RAW_STRING,
    [REML_LEX_OPEN_MULTILINE_STRING] = REML_DIAGNOSTIC_OPEN_MULTILINE_STRING,
    [REML_LEX_BAD_START] = REML_DIAGNOSTIC_BAD_START,
    [REML_LEX_BAD_CONTINUE] = REML_DIAGNOSTIC_BAD_CONTINUE,
    [REML_LEX_BAD_UTF8] = REML_DIAGNOSTIC_BAD_UTF8,
};

reml_diagnostic reml__lexical_diagnostic(reml_memory *memory, const reml_lex_error *error,
                                         bool ascii_identifiers) {
  reml_diagnostic_name name = lexical[error->kind];
  reml_diagnostic diagnostic = diagnostics[name];
  char byte = (char)error->value, point[16];
  snprintf(point, sizeof point, "%04X", error->value);
  reml_string one_byte = {&byte, 1}; /* raw, whatever it is */
  reml_string point_and_profile[] = {
      reml_string_from(point), reml_string_from(ascii_identifiers ? "ascii-compat" : "unicode")};
  if (error->kind == REML_LEX_UNEXPECTED_BYTE)
    diagnostic.message = reml__diagnostic_message(memory, name, &one_byte);
  if (error->kind == REML_LEX_BAD_START || error->kind == REML_LEX_BAD_CONTINUE)
    diagnostic.message = reml__diagnostic_message(memory, name, point_and_profile);
  diagnostic.span = reml__span(error->start, error->end);
  return diagnostic;
}
