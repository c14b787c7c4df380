/* Errors for people (profile `spec`): what went wrong, told by the situation. */
#ifndef REML_EXPLAIN_H
#define REML_EXPLAIN_H

#include "reml_diagnose.h"
#include "reml_layout.h"
#include "reml_locale.h"
#include <string.h>

/* --- what was read --- */

enum { REML_PAST_TOKENS = 64, REML_PAST_WORD = REML_TEXT_SLACK };

/* A token as it was read. Its text is gone when the next one comes, but for how it begins. Of a
 * bracket, `detail` is how many are open in front of it. That makes a line of the cache. */
typedef struct reml_read {
  reml_token token;
  char word[REML_PAST_WORD]; /* of tokens with a text */
} reml_read;

typedef struct reml_open_bracket {
  reml_token_kind closer; /* RPAREN, RBRACKET or RBRACE */
  reml_place start;
  uint32_t indent; /* of its line: bytes in front of the first token */
} reml_open_bracket;

typedef struct reml_history reml_history;

/* The last tokens that were read, in a ring, and what of those before them is still needed. Every
 * token comes by, so nothing is found out about it before there is a mistake. */
typedef struct reml_trail {
  reml_memory *memory;
  reml_read *reads, *reads_end, *newest;
  uint32_t indent; /* of the line of the newest token */
  uint32_t first;  /* offset of the first token on it */
  reml_open_bracket *open;
  size_t open_count, open_capacity;
  /* A bracket that closed deeper or less deep than the line that opened it began: maybe it is the
   * one that was meant for another. */
  bool has_suspect;
  reml_open_bracket suspect;
  const reml_history *at_statement; /* as it was behind the first statement at top level, or NULL */
} reml_trail;

/* An empty one for so many tokens, 2 at least. */
void reml__trail_open(reml_trail *trail, reml_memory *memory, size_t tokens);
/* A copy that goes on by itself. Costs the depth of the open brackets. */
void reml__trail_fork(reml_trail *trail);
size_t reml__trail_bytes(const reml_trail *trail);

/* Where the next token is to be written. What was there is over. */
static inline reml_read *reml__trail_next(const reml_trail *trail) {
  reml_read *next = trail->newest + 1;
  return next == trail->reads_end ? trail->reads : next;
}

/* Parts of the one below. */
void reml__trail_make_room(reml_trail *trail);
void reml__trail_close_oddly(reml_trail *trail, const reml_token *token);
void reml__trail_keep(reml_trail *trail);

static inline void reml__trail_open_bracket(reml_trail *trail, const reml_token *token) {
  if (trail->open_count == trail->open_capacity) reml__trail_make_room(trail);
  trail->open[trail->open_count++] =
      (reml_open_bracket){reml__closers[token->kind], token->start, trail->indent};
}

static inline bool reml__trail_is_plain(const reml_trail *trail, const reml_token *closer) {
  if (trail->open_count == 0) return false;
  const reml_open_bracket *last = &trail->open[trail->open_count - 1];
  return last->closer == closer->kind && last->indent == trail->indent;
}

static inline void reml__trail_close_bracket(reml_trail *trail, const reml_token *token) {
  if (reml__trail_is_plain(trail, token))
    trail->open_count--;
  else
    reml__trail_close_oddly(trail, token);
}

/* Takes every token that is read, also one that is refused or skipped, before the parser does:
 * that which has been written to the next place. marks: the layout's. has_statement: a statement
 * has been seen at top level. */
static inline void reml__trail_add(reml_trail *trail, reml_read *read, unsigned marks,
                                   const bool *has_statement) {
  const reml_token *token = &read->token;
  if (marks & REML_LAYOUT_FIRST) {
    trail->indent = reml__offset_in_line(token->start);
    trail->first = token->start.offset;
    if (*has_statement) reml__trail_keep(trail);
  }
  trail->newest = read;
  if (marks & (REML_LAYOUT_OPENS | REML_LAYOUT_CLOSES)) {
    if (!reml__has_width(token)) return;
    read->token.detail = (uint32_t)trail->open_count;
    if (marks & REML_LAYOUT_OPENS)
      reml__trail_open_bracket(trail, token);
    else
      reml__trail_close_bracket(trail, token);
  } else if (marks & REML_LAYOUT_TEXT || token->length > 0) {
    memcpy(read->word, token->text, sizeof read->word);
  }
}

/* A token that was read, as it is looked at when there is a mistake. */
typedef struct reml_past {
  reml_token_kind kind; /* by its text alone */
  bool first;           /* on its line */
  uint8_t length;       /* of the word; 0: none, or too long */
  char word[REML_PAST_WORD];
  uint32_t depth; /* brackets around it; a bracket is outside of itself */
  reml_place start, end;
} reml_past;

/* The last tokens, and the brackets that are open in front of the newest. Zero-width tokens are
 * left out. */
struct reml_history {
  reml_past past[REML_PAST_TOKENS]; /* the newest first */
  size_t count;
  const reml_open_bracket *open;
  size_t open_count;
  bool has_suspect;
  reml_open_bracket suspect;
  const reml_history *at_statement;
};

/* What is known of the past; up to date until the next token. */
const reml_history *reml__trail_recall(const reml_trail *trail);

/* --- codes --- */

typedef enum reml_code {
#define CODE(name, ...) REML_CODE_##name,
#include "explain.def"
#undef CODE
} reml_code;

/* --- diagnostics --- */

/* Below, a history that is NULL is an empty one. */

/* Completes a diagnostic whose span is that of the token that was refused. The parser is as it was
 * left; history has been given the token. */
void reml__explain_syntax(reml_memory *memory, reml_language language, const reml_history *history,
                          reml_parser *parser, const reml_token *token, reml_diagnostic *out);

/* That of a lexical error, with message and place. */
reml_diagnostic reml__explain_lexical(reml_memory *memory, reml_language language,
                                      const reml_lex_error *error, bool ascii_identifiers);
/* Whether the mistake is that the input ends inside of something. */
bool reml__ends_with_input(reml_lex_error_kind kind);

/* Completes a diagnostic whose span is that of the construct that failed a check. */
void reml__explain_failure(reml_memory *memory, reml_language language, const reml_history *history,
                           reml_failure_kind kind, reml_diagnostic *out);

/* The row of the table in the language of the run: the same code, place and marks. */
reml_diagnostic reml__explain_plain(reml_diagnostic_name name, reml_language language);

/* --- parts --- */

/* A set of kinds in words: "an expression or `)`". */
reml_string reml__expected_in_words(reml_memory *memory, reml_language language,
                                    const reml_token_kind *kinds, size_t count);

#endif
