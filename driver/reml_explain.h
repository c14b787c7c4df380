/* Errors for people (profile `spec`): what went wrong, told by the situation. */
#ifndef REML_EXPLAIN_H
#define REML_EXPLAIN_H

#include "reml_diagnose.h"
#include "reml_locale.h"

/* --- what was read --- */

enum { REML_PAST_TOKENS = 64, REML_PAST_WORD = 22 };

/* A token that was read. */
typedef struct reml_past {
  reml_token_kind kind; /* by its text alone */
  bool first;           /* on its line */
  uint8_t length;       /* of the word; 0: none, or too long */
  char word[REML_PAST_WORD];
  uint32_t depth; /* brackets around it; a bracket is outside of itself */
  reml_place start, end;
} reml_past;

typedef struct reml_open_bracket {
  reml_token_kind kind;
  reml_place start;
  uint32_t indent; /* of its line: bytes in front of the first token */
} reml_open_bracket;

/* The last tokens, and the brackets that are open. Zero-width tokens are left out. */
typedef struct reml_history reml_history;
struct reml_history {
  reml_memory *memory;
  reml_past past[REML_PAST_TOKENS];
  uint64_t count; /* of all tokens; the newest is past[(count - 1) % REML_PAST_TOKENS] */
  bool unsettled; /* the newest token has not opened or closed its bracket yet */
  uint32_t indent;
  reml_open_bracket *open;
  size_t open_count, open_capacity;
  /* A bracket that closed deeper or less deep than the line that opened it began: maybe it is the
   * one that was meant for another. */
  bool has_suspect;
  reml_open_bracket suspect;
  const reml_history *at_statement; /* as it was behind the first statement at top level, or NULL */
};

reml_history *reml__history_new(reml_memory *memory);
/* Takes every token that is read, also one that is refused or skipped, before the parser does.
 * has_statement: a statement has been seen at top level. */
void reml__history_add(reml_history *history, const reml_token *token, bool has_statement);
/* Costs the depth of the open brackets. */
reml_history *reml__history_fork(const reml_history *from);

/* --- codes --- */

typedef enum reml_code {
#define CODE(name, ...) REML_CODE_##name,
#include "explain.def"
#undef CODE
  REML_CODE_COUNT
} reml_code;
const char *reml__code_text(reml_code code);

/* --- diagnostics --- */

/* Below, a history that is NULL is an empty one. */

/* Completes a diagnostic whose span is that of the token that was refused. The parser is as it was
 * left; history has been given the token. */
void reml__explain_syntax(reml_memory *memory, reml_language language, const reml_history *history,
                          reml_parser *parser, const reml_token *token, reml_diagnostic *out);

/* That of a lexical error, with message and place. */
reml_diagnostic reml__explain_lexical(reml_memory *memory, reml_language language,
                                      const reml_lex_error *error, bool ascii_identifiers);

/* Completes a diagnostic whose span is that of the construct that failed a check. */
void reml__explain_failure(reml_memory *memory, reml_language language, const reml_history *history,
                           reml_failure_kind kind, reml_diagnostic *out);

/* The row of the table in the language of the run: the same code, place and marks. */
reml_diagnostic reml__explain_plain(reml_diagnostic_name name, reml_language language);

/* --- parts --- */

/* A set of kinds in words: "an expression or `)`". */
reml_string reml__expected_in_words(reml_memory *memory, reml_language language,
                                    const reml_token_kind *kinds, size_t count);

/* Whether the parser would take these tokens one after another. */
bool reml__parser_would_take(const reml_parser *parser, const reml_token_kind *kinds, size_t count,
                             reml_memory *memory);

#endif
