/* What streaming asks of a session beyond feeding it (contract streaming-spec.md). */
#ifndef REML_SESSION_H
#define REML_SESSION_H

#include "reml_parser.h"
#include "remlparse.h"

/* Top-level declarations are handed out and not kept. Before the first byte. */
void reml__session_hand_out(reml_session *session);

/* The declaration that is handed out, or 0. While there is one, feed and finish have stopped at it;
 * reml__session_go_on gives its memory back and goes on, as far as to the next one. The
 * bytes that were fed must stay until there is none. */
reml_node reml__session_declaration(const reml_session *session);
void reml__session_go_on(reml_session *session);

/* In the profile `spec`, what is in front of a mistake is accepted if it is a whole unit; remains
 * tells where it ends. Before the first byte. */
void reml__session_take_prefix(reml_session *session);
bool reml__session_remains(const reml_session *session, uint32_t *offset);

/* A mark in diagnostics whose cause is that the input has ended (section 1). */
void reml__session_annotate_eof(reml_session *session);

/* Ends the parse with the diagnostic of section 3 at the end of what was fed. */
void reml__session_fail(reml_session *session, const reml_stream_error *error);
/* Ends it with any other diagnostic; file and number are filled in. */
void reml__session_end_with(reml_session *session, reml_diagnostic diagnostic);

/* A session in the same state that goes on by itself. Between calls only, and not after the
 * outcome. NULL when out of memory. Costs the depth of the parser's stack. */
reml_session *reml__session_fork(reml_session *session);

/* How much of the input is settled, which is asked for at every chunk. */
typedef struct reml_session_rest {
  uint64_t received; /* bytes fed */
  uint64_t settled;  /* in front of this offset nothing is needed any more */
  uint32_t missing;  /* see reml_lex_rest */
  bool in_comment;
} reml_session_rest;
reml_session_rest reml__session_rest(const reml_session *session);

typedef struct reml_session_size {
  size_t bytes;   /* memory beside the tree */
  uint64_t nodes; /* made so far */
  bool has_memo;
  uint64_t memo_bytes;
} reml_session_size;
reml_session_size reml__session_size(const reml_session *session);

/* True if the input could end here, and need not be known to. An input without a token never
 * could. */
bool reml__session_accepts_end(reml_session *session);

/* Makes complete what is complete, so that the two below are up to date. */
void reml__session_settle(reml_session *session);
bool reml__session_checkpoint(const reml_session *session, reml_span *out);
/* The expected set as a diagnostic would have it; NULL when out of memory or after the outcome. */
const reml_expected *reml__session_expected(reml_session *session);
const reml_parser *reml__session_parser(const reml_session *session);

/* When the session was opened, and the number that its first diagnostic got or gets. */
const char *reml__session_opened_at(const reml_session *session);
uint64_t reml__session_first_sequence(const reml_session *session);
/* The tree as it is now. */
const reml_tree *reml__session_tree(const reml_session *session);

/* A result that only has a status: REML_NO_MEMORY or REML_BAD_USE. */
const reml_result *reml__result_without_session(reml_status status);

#endif
