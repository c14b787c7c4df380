/* Making diagnostics and expected sets (contract driver.md sections 4 and 6). */
#ifndef REML_DIAGNOSE_H
#define REML_DIAGNOSE_H

#include "reml_parser.h"
#include "remlparse.h"

static inline reml_position reml__position(reml_place place) {
  return (reml_position){place.line, reml__offset_in_line(place) + 1, place.offset};
}

static inline reml_span reml__span(reml_place start, reml_place end) {
  return (reml_span){reml__position(start), reml__position(end)};
}

/* A text that grows; ends with a NUL. */
typedef struct reml_words {
  char *bytes;
  size_t used, capacity;
  reml_memory *memory;
} reml_words;
void reml__words_add(reml_words *to, const char *bytes, size_t count);

/* Every diagnostic, from diagnostics.def. */
typedef enum reml_diagnostic_name {
#define DIAGNOSTIC(name, ...) REML_DIAGNOSTIC_##name,
#include "diagnostics.def"
#undef DIAGNOSTIC
} reml_diagnostic_name;

/* What the table says of it; place, file, number, time and expected set are still to come. */
const reml_diagnostic *reml__diagnostic(reml_diagnostic_name name);
/* Its message, with the values for what stands in braces in the order of the text. */
reml_string reml__diagnostic_message(reml_memory *memory, reml_diagnostic_name name,
                                     const reml_string *values);
/* That of a lexical error, with message and place (lexer.md section 9). */
reml_diagnostic reml__lexical_diagnostic(reml_memory *memory, const reml_lex_error *error,
                                         bool ascii_identifiers);

/* The summary of a set of tokens: mapped, ordered and worded (driver.md sections 6.3, 6.4). */
const reml_expected *reml__expected_summary(reml_memory *memory, const reml_token_kind *kinds,
                                            size_t count);
/* The fixed set of lexical errors under stream.enabled (driver.md section 6.5). */
const reml_expected *reml__expected_streaming(reml_memory *memory);

#endif
