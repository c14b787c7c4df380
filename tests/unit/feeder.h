/* What the tests of streaming share: producers whose bytes are gone as soon as they may be, streams
 * that are played from lists of yields, and assertions on their outcomes. */
#ifndef FEEDER_H
#define FEEDER_H

#include "fixture.h"
#include "tap.h"

/* --- bytes that are lent --- */

/* The bytes of a yield, in memory of their own. */
typedef struct loan {
  char *bytes;
  size_t length;
} loan;

/* The same yield, with its bytes lent; what was lent before is taken back. */
reml_yield lend(loan *to, reml_yield yield);
/* Spoils and frees what is lent. */
void take_back(loan *of);

/* --- yields --- */

reml_yield chunk(const char *text);
/* A chunk that says where in the input it begins. */
reml_yield chunk_at(uint64_t offset, const char *text);
/* An Error with a cause; NULL: none. */
reml_yield failure(reml_stream_error_kind kind, const char *message, const char *cause);

/* --- producers --- */

enum { SCRIPT_DEMANDS = 16 };

/* Gives one yield of a list at each pull, and Closed behind the last. */
typedef struct script {
  const reml_yield *yields;
  size_t count, at;
  reml_feeder_access access;
  size_t pulls;
  reml_demand demands[SCRIPT_DEMANDS]; /* of the first pulls */
  loan lent;
} script;

#define SCRIPT(...)                                                                                \
  {                                                                                                \
    .yields = (const reml_yield[]){__VA_ARGS__},                                                   \
    .count = sizeof((const reml_yield[]){__VA_ARGS__}) / sizeof(reml_yield)                        \
  }

reml_feeder feeder_of(script *self);

/* --- configurations --- */

/* That of the golden cases, without flow control. */
reml_stream_config stream_config(void);
void set_switch(reml_config *config, const char *ns, const char *key, bool on);
void set_int(reml_config *config, const char *ns, const char *key, int64_t number);
void set_text(reml_config *config, const char *ns, const char *key, const char *text);

/* --- streams, in contexts of their own; the input is `case.reml` --- */

reml_stream_outcome play(const reml_stream_config *config, script *producer);
/* The Pending behind a prefix, whose producer says Await then (nothing is a Pending by itself);
 * ends the test run if there is none. */
reml_stream_outcome begin(const reml_stream_config *config, const char *prefix);
/* Resumes with bytes that are gone afterwards. */
reml_stream_outcome resume(reml_continuation *continuation, reml_yield more);
/* Resumes with the rest of the input and closes it; NULL: it is Pending even then. */
const reml_result *finish(reml_continuation *continuation, const char *rest);

/* --- assertions --- */

bool tap_string(reml_string got, const char *expected, const char *name, ...) TAP_FORMAT(3);
/* The outcome is a Pending for this reason. */
bool tap_pending(const reml_stream_outcome *outcome, reml_pending_reason reason, const char *name,
                 ...) TAP_FORMAT(3);
/* The outcome is a Completed by a FeederBug with this cause code. */
bool tap_bug(const reml_stream_outcome *outcome, const char *code, const char *name, ...)
    TAP_FORMAT(3);
/* The result is that of a batch run. */
bool tap_batch(const reml_result *got, const reml_config *config, const char *source,
               const char *name, ...) TAP_FORMAT(4);

#endif
