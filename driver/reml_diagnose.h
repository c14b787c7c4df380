/* Making diagnostics and expected sets (contract driver.md sections 4 and 6). */
#ifndef REML_DIAGNOSE_H
#define REML_DIAGNOSE_H

#include "reml_parser.h"
#include "remlparse.h"

static inline reml_position reml__position(reml_place place) {
  return (reml_position){place.line, place.offset - place.line_start + 1, place.offset};
}

static inline reml_span reml__span(reml_place start, reml_place end) {
  return (reml_span){reml__position(start), reml__position(end)};
}

/* The summary of a set of tokens: mapped, ordered and worded (driver.md sections 6.3, 6.4). */
const reml_expected *reml__expected_summary(reml_memory *memory, const reml_token_kind *kinds,
                                            size_t count);
/* The fixed set of lexical errors under stream.enabled (driver.md section 6.5). */
const reml_expected *reml__expected_streaming(reml_memory *memory);

/* The text of a lexical error (lexer.md section 9). */
reml_string reml__lexical_message(reml_memory *memory, const reml_lex_error *error,
                                  bool ascii_identifiers);

#endif
