/* Recovery of the profile `spec` (extensions.recover.mode = "collect"): after a mistake, tokens are
 * skipped up to one with which the innermost list of items, statements or arms can go on, or one
 * around it. What was given up is a node ERROR in that list.
 *
 * A token is such a point when
 *   - it is the first on its line and stands no deeper than what is given up began, or
 *   - it is `;`, a bar of an arm, or one of recover.sync_tokens, outside of all brackets that were
 *     opened since, or
 *   - it closes a bracket that was opened before, or is the end of the input,
 * and the parser accepts it there.
 */
#ifndef REML_RECOVER_H
#define REML_RECOVER_H

#include "reml_config.h"
#include "reml_parser.h"

enum { REML_PENDING_MOST = 64 };

typedef struct reml_recovery {
  reml_recover_settings settings;
  bool skipping;
  reml_refuge refuge; /* that would be taken first */
  uint32_t column;    /* of the beginning of what is given up */
  reml_place end;     /* of the newest token, skipped or taken */
  uint32_t from;      /* offset of the first token that is skipped */
  uint32_t count;     /* recoveries so far */
  bool stray_brace;   /* there was a `}` at top level that closes nothing */
  uint32_t blamed;    /* offset of the newest mistake: two at one place are one */
  reml_token_kind pending[REML_PENDING_MOST]; /* closers of brackets that are open since */
  size_t pending_count;
  size_t deeper; /* brackets above those */
} reml_recovery;

typedef enum reml_recovery_step {
  REML_RECOVERY_SKIPPED, /* the token was skipped */
  REML_RECOVERY_DONE,    /* push the token: the parser accepts it */
  REML_RECOVERY_GIVEN_UP /* a limit, or nothing to go back to: the parse is over */
} reml_recovery_step;

/* Whether one more mistake may be recovered from. */
bool reml__recovery_may_begin(const reml_recovery *recovery, size_t diagnostics);
/* A mistake at `start`, which is in a token that is still to be shown to reml__recovery_take, or (a
 * lexical one) in none. */
void reml__recovery_begin(reml_recovery *recovery, const reml_parser *parser, reml_place start);
/* That the mistake is this token. */
void reml__recovery_note_stray(reml_recovery *recovery, const reml_token *token);
reml_recovery_step reml__recovery_take(reml_recovery *recovery, reml_parser *parser,
                                       const reml_token *token);

#endif
