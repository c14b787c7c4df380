/* remlparse: the parser of the Reml bootstrap compiler.
 *
 * In the order in which a program meets things: context, configure, parse, read the result, walk
 * the tree, print. "Contract" means the documents in compat/contract/ of the source tree.
 *
 * Ownership. Everything the library returns lives in memory of the Boehm collector and is kept
 * alive by being reachable from the stack, from static data or from other collected memory; there
 * is nothing to free. Do not keep the only pointer to a result in malloc'ed memory. Bytes passed in
 * are only read during the call, and copied where they are needed later.
 *
 * Threads. There is no shared state: a context, a session and everything made from them belong to
 * one thread at a time. A thread that was not created through gc.h must be registered with the
 * collector (GC_register_my_thread).
 *
 * Errors. The library never prints, exits or aborts. Functions that can fail return a reml_status;
 * what is wrong with the source is a diagnostic in the result, with status REML_OK.
 *
 * Units. Offsets, lengths and columns count bytes. Lines and columns begin at 1, offsets at 0.
 */
#ifndef REMLPARSE_H
#define REMLPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "reml_node.h"
#include "reml_token.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REML_VERSION "0.1.0"

typedef enum reml_status {
  REML_OK,
  REML_NO_MEMORY,  /* an allocation failed; the session is over, earlier results are intact */
  REML_TOO_LARGE,  /* over max_bytes or max_depth; the result holds a diagnostic that says which */
  REML_BAD_USE,    /* a call out of order: feeding a finished session, a NULL argument */
  REML_BAD_CONFIG, /* a configuration value that cannot be kept (list too long, text too long) */
  REML_IO_FAILED   /* a write function gave up; errno says why */
} reml_status;

REML_API const char *reml_status_text(reml_status status);
REML_API const char *reml_version(void);

/* Bytes with a length; may contain NUL and need not be UTF-8. bytes is NULL when absent. */
typedef struct reml_string {
  const char *bytes;
  size_t length;
} reml_string;
REML_API reml_string reml_string_from(const char *text); /* borrows; NULL gives an absent string */

/* ---- context: what diagnostics take from the environment (diagnostics-json.md section 7) ---- */

typedef struct reml_context reml_context;

/* Reads REMLC_FIXED_TIMESTAMP, REMLC_WORKSPACE_ROOT, REMLC_GIT_COMMIT, GITHUB_SHA, the language
 * (REML_LOCALE, else LC_ALL, LC_MESSAGES, LANG) and the current directory once. Starts the
 * collector if it is not running. NULL when out of memory. */
REML_API reml_context *reml_context_new(void);

/* Diagnostics built in this context are numbered from 0 again. */
REML_API void reml_context_reset(reml_context *context);

/* ---- configuration (driver.md section 1) ---- */

typedef enum reml_value_kind {
  REML_VALUE_BOOL,
  REML_VALUE_INT,
  REML_VALUE_FLOAT,
  REML_VALUE_STRING,
  REML_VALUE_PARSER_ID,
  REML_VALUE_LIST
} reml_value_kind;

typedef struct reml_value {
  reml_value_kind kind;
  union {
    bool boolean;
    int64_t integer; /* also the parser id */
    double number;
    reml_string string;
    struct {
      const struct reml_value *items;
      size_t count;
    } list;
  } as;
} reml_value;

typedef enum reml_left_recursion {
  REML_LEFT_OFF,
  REML_LEFT_ON,
  REML_LEFT_AUTO
} reml_left_recursion;

/* The language. REFERENCE: what the reference accepts, bit for bit (compat/contract). SPEC: the
 * language as it is specified (compat/contract-spec). */
typedef enum reml_profile { REML_PROFILE_REFERENCE, REML_PROFILE_SPEC } reml_profile;

typedef struct reml_extensions reml_extensions; /* namespace -> key -> value; immutable */

typedef struct reml_config {
  bool require_eof;
  bool packrat;
  bool trace;
  bool merge_warnings;
  bool legacy_result;
  bool experimental_effects;
  reml_left_recursion left_recursion;
  reml_string locale; /* absent unless set */
  const reml_extensions *extensions;
  reml_profile profile;      /* default: REML_PROFILE_REFERENCE */
  bool allow_top_level_expr; /* SPEC: statements may stand at top level (grammar-spec.md 4.1) */
  uint64_t max_bytes;        /* of one source; at most and by default REML_MAX_BYTES */
  uint32_t max_depth; /* of the parser's stack, in grammar symbols; default REML_DEFAULT_DEPTH */
} reml_config;

#define REML_MAX_BYTES UINT64_C(4294967294) /* offsets are 32 bits wide */
#define REML_DEFAULT_DEPTH UINT32_C(33554432)

REML_API reml_config reml_config_default(void);
/* The default with these two fields (driver.md section 1, last line). */
REML_API reml_config reml_config_legacy(bool require_eof, bool legacy_result);

/* The value of a key, or NULL. Valid as long as config->extensions is reachable. */
REML_API const reml_value *reml_config_get(const reml_config *config, const char *ns,
                                           const char *key);

/* Sets a key (a copy of the value), or removes it when value is NULL; an emptied namespace is
 * removed too. Only *config changes; copies made of it before keep what they had. */
REML_API reml_status reml_config_set(reml_config *config, const char *ns, const char *key,
                                     const reml_value *value);

/* with_extension: `edit` is called with a config that holds the namespace as it was (maybe empty)
 * and may change it with reml_config_set; the result is stored in *out, config is unchanged. */
typedef reml_status reml_config_edit(reml_config *config, const char *ns, void *user);
REML_API reml_status reml_config_with_extension(const reml_config *config, const char *ns,
                                                reml_config_edit *edit, void *user,
                                                reml_config *out);

/* Walks every key in order of insertion; stops when visit returns false. */
typedef bool reml_config_visit(void *user, reml_string ns, reml_string key,
                               const reml_value *value);
REML_API void reml_config_each(const reml_config *config, reml_config_visit *visit, void *user);

/* Coercions (driver.md section 1, second table): false when the value does not decode. */
REML_API bool reml_value_as_int(const reml_value *value, int64_t *out);
REML_API bool reml_value_as_float(const reml_value *value, double *out);
REML_API bool reml_value_as_string(const reml_value *value, reml_string *out);
REML_API bool reml_value_as_bool(const reml_value *value, bool *out);

/* Setters of driver.md section 1: absent text removes the key; false removes stream.enabled; the
 * stage is trimmed and lower-cased; capabilities are trimmed, lower-cased, sorted and made unique.
 */
REML_API reml_status reml_config_set_stream_text(reml_config *config, const char *key,
                                                 reml_string text);
REML_API reml_status reml_config_set_stream_int(reml_config *config, const char *key,
                                                const int64_t *value);
REML_API reml_status reml_config_set_stream_enabled(reml_config *config, bool enabled);
REML_API reml_status reml_config_set_effects_stage(reml_config *config, reml_string stage);
REML_API reml_status reml_config_set_required_capabilities(reml_config *config,
                                                           const reml_string *names, size_t count);

/* ---- results (driver.md section 3) ---- */

typedef struct reml_position {
  uint32_t line, column, offset;
} reml_position;

typedef struct reml_span {
  reml_position start, end;
} reml_span;

typedef enum reml_severity { REML_ERROR = 1, REML_WARNING, REML_INFO, REML_HINT } reml_severity;

typedef enum reml_domain {
  REML_DOMAIN_NONE,
  REML_DOMAIN_EFFECT,
  REML_DOMAIN_TARGET,
  REML_DOMAIN_PLUGIN,
  REML_DOMAIN_LSP,
  REML_DOMAIN_RUNTIME,
  REML_DOMAIN_PARSER,
  REML_DOMAIN_TYPE,
  REML_DOMAIN_CONFIG,
  REML_DOMAIN_NETWORK,
  REML_DOMAIN_DATA,
  REML_DOMAIN_AUDIT,
  REML_DOMAIN_SECURITY,
  REML_DOMAIN_CLI
} reml_domain;

typedef enum reml_expectation_kind {
  REML_EXPECT_EOF,
  REML_EXPECT_TOKEN,
  REML_EXPECT_KEYWORD,
  REML_EXPECT_RULE,
  REML_EXPECT_NOT,
  REML_EXPECT_CLASS,
  REML_EXPECT_CUSTOM,
  REML_EXPECT_TYPE,
  REML_EXPECT_TRAIT
} reml_expectation_kind;

typedef struct reml_expectation {
  reml_expectation_kind kind;
  const char *label;
} reml_expectation;

/* An expected set with its wording (driver.md section 6.4). */
typedef struct reml_expected {
  const char *message_key;
  const char *humanized;
  const char *context_note; /* NULL when absent */
  size_t count;
  const reml_expectation *alternatives; /* in presentation order */
} reml_expected;

typedef enum reml_stream_error_kind {
  REML_STREAM_IO_FAILED,
  REML_STREAM_DECODER_FAILED,
  REML_STREAM_FEEDER_BUG,
  REML_STREAM_USER_CANCELLED
} reml_stream_error_kind;

/* What a stream can fail with (streaming-spec.md section 3). */
typedef struct reml_stream_error {
  reml_stream_error_kind kind;
  reml_string message; /* absent: a general one */
  reml_string cause;   /* a JSON value as text; absent: none */
} reml_stream_error;

/* A bridge of a stage that cannot pause (diagnostics-json.md section 9). */
typedef struct reml_bridge_failure {
  reml_string reason;                 /* of the signal */
  int64_t min_bytes, preferred_bytes; /* of the demand; -1: none */
  reml_string resume_hint;            /* of the demand; absent: none */
  uint64_t backpressure_events, await_count, resume_count;
} reml_bridge_failure;

/* A place that has to do with a diagnostic, and what there is to say of it. */
typedef struct reml_label {
  reml_span span;
  reml_string text;
} reml_label;

/* A change that would repair the source: what the span holds becomes `text`. An empty span inserts,
 * an empty text deletes. */
typedef struct reml_fixit {
  reml_span span;
  reml_string text;
  reml_string description;
} reml_fixit;

/* How a parse went on behind a mistake (recover.mode = "collect"). */
typedef struct reml_resync {
  reml_span skipped; /* from what was given up to the token with which it went on */
  const char *token; /* the label of that token */
} reml_resync;

typedef struct reml_diagnostic {
  reml_severity severity;
  reml_domain domain;
  const char *codes[2]; /* the first is the primary one; NULL: none */
  reml_string message;  /* may hold bytes that are not UTF-8 */
  const char *note;     /* a secondary message without span; NULL: none */
  reml_string file;
  reml_span span;
  const reml_expected *expected; /* NULL: none */
  bool has_identity;             /* carries the parser identity (driver.md section 4) */
  bool has_run_config; /* carries the run-configuration metadata (diagnostics-json.md section 5) */
  const reml_stream_error *stream_error; /* it reports the failure of a stream; NULL: it does not */
  const reml_bridge_failure *bridge; /* it reports that a bridge cannot pause; NULL: it does not */
  bool unexpected_eof;               /* marked by stream.annotate_eof: the input ended too early */
  uint64_t sequence;                 /* number within its context */
  const char *timestamp;             /* when it was made (diagnostics-json.md section 7) */
  /* What only the profile SPEC says. Texts are in the language of the run. */
  reml_string label; /* what to write at the span; absent: nothing */
  const reml_label *secondary;
  size_t secondary_count;
  reml_string help; /* what to do, where no change of the source says it; absent: nothing */
  const reml_fixit *fixits;
  size_t fixit_count;
  const reml_resync *resync; /* NULL: the parse did not go on */
} reml_diagnostic;

typedef struct reml_tree reml_tree; /* nodes and names of one parse */

typedef struct reml_legacy_error {
  reml_span span;
  const reml_expected *expected; /* NULL: no alternatives */
} reml_legacy_error;

typedef struct reml_result {
  reml_status status;
  bool accepted;  /* there is a value, unit, and no error */
  bool recovered; /* there were errors, and unit is what is left, with nodes Error (recovery) */
  const reml_tree *tree; /* nodes of `unit`; NULL when there is none */
  reml_node unit;
  reml_span span;                     /* the whole input; only when accepted */
  const reml_diagnostic *diagnostics; /* in order of recording */
  size_t diagnostic_count;
  bool consumed; /* a token other than EOF was read */
  bool has_farthest;
  uint32_t farthest_error_offset;
  const reml_legacy_error *legacy_error; /* NULL when accepted */
  bool has_span_trace;                   /* one entry, "compilation_unit", with `span` */
  bool has_packrat;
  uint32_t packrat_queries, packrat_hits;
  reml_config config; /* effective: profiles in canonical spelling (lexer.md section 10) */
  const reml_context *context;
} reml_result;

/* run_partial's answer. In the profile `spec`, what is in front of the first token that cannot
 * follow is the value if it is a whole unit, and the rest begins with that token; it is absent when
 * all was consumed, and always in the reference profile. */
typedef struct reml_partial {
  const reml_result *result;
  bool has_rest;
  uint32_t rest; /* offset of the rest */
} reml_partial;

/* ---- expectation cache (driver.md section 7) ---- */

typedef struct reml_cache reml_cache;
REML_API reml_cache *reml_cache_new(void); /* NULL when out of memory */
REML_API size_t reml_cache_approx_bytes(const reml_cache *cache);
REML_API void reml_cache_prune_before(reml_cache *cache, uint32_t offset);

/* ---- sessions: open, feed, finish ---- */

typedef struct reml_session reml_session;

/* A parse from the start of an input called `filename` (absent or empty: the name of driver.md
 * section 2). cache may be NULL. NULL when out of memory. */
REML_API reml_session *reml_session_open(reml_context *context, const reml_config *config,
                                         reml_string filename, reml_cache *cache);

/* The next bytes of the input, in pieces of any size. REML_OK also after a syntax error: the
 * rest is then ignored. */
REML_API reml_status reml_session_feed(reml_session *session, const void *bytes, size_t count);

/* True once the outcome is known (an error, a limit): further bytes change nothing. */
REML_API bool reml_session_is_over(const reml_session *session);

/* No more bytes will come: the result. Never NULL. Asking again gives the same result. */
REML_API const reml_result *reml_session_finish(reml_session *session);

/* ---- streaming (streaming-spec.md, whose sections are meant here) ----
 *
 * reml_run_stream pulls the input out of a feeder until there is a result (Completed) or until it
 * has to wait (Pending). A Pending comes with a continuation, to which the caller gives what comes
 * next: reml_resume. The result is that of reml_run for the same bytes, however they were cut.
 *
 * Options are keys of namespace `stream` of the run configuration: demand_min_bytes,
 * demand_preferred_bytes, resume_hint, flow_policy, flow_max_lag_bytes, flow_debounce_ms,
 * flow_throttle_ratio, frame_boundary, checkpoint (texts and numbers), and the switches
 * complete_on_accept, strict_utf8, annotate_eof.
 */

typedef enum reml_pending_reason {
  REML_PENDING_BACKPRESSURE,
  REML_PENDING_INPUT_EXHAUSTED,
  REML_PENDING_FEEDER_AWAIT,
  REML_PENDING_FEEDER_CLOSED /* in events only */
} reml_pending_reason;
/* "pending.backpressure" and so on (section 6). */
REML_API const char *reml_pending_reason_text(reml_pending_reason reason);

/* What a session wants next (section 2). min_bytes is at least 1, preferred_bytes at least that. */
typedef struct reml_demand {
  uint64_t min_bytes, preferred_bytes;
  reml_string frame_boundary; /* cut behind such a token if possible; absent: anywhere */
  reml_string resume_hint;    /* stream.resume_hint, passed on as it is; absent unless set */
  reml_pending_reason reason; /* why it waits; in a pull, why it waited last */
} reml_demand;

typedef enum reml_yield_kind {
  REML_YIELD_CHUNK,  /* the next bytes, maybe none */
  REML_YIELD_AWAIT,  /* nothing at present */
  REML_YIELD_CLOSED, /* the input has ended */
  REML_YIELD_ERROR   /* the input has failed */
} reml_yield_kind;

/* What a feeder says. Bytes stay the feeder's; they must not change before the next pull (or, given
 * to reml_resume, before it returns). A feeder that knows where in the input a chunk begins may
 * say so; it must be where the last one ended. */
typedef struct reml_yield {
  reml_yield_kind kind;
  const void *bytes;
  size_t count;
  bool has_offset;
  uint64_t offset;
  reml_stream_error error;
} reml_yield;
REML_API reml_yield reml_yield_chunk(const void *bytes, size_t count);
REML_API reml_yield reml_yield_await(void);
REML_API reml_yield reml_yield_closed(void);
REML_API reml_yield reml_yield_error(reml_stream_error_kind kind, const char *message);

typedef enum reml_feeder_access {
  REML_FEEDER_SEQUENTIAL,
  REML_FEEDER_PUSH_ONLY,    /* sends when it can, and never says Await */
  REML_FEEDER_RANDOM_ACCESS /* can give any amount at once */
} reml_feeder_access;

typedef reml_yield reml_pull(void *user, const reml_demand *demand);
typedef struct reml_feeder {
  reml_pull *pull;
  void *user;
  reml_feeder_access access;
} reml_feeder;

/* ---- flow control (section 7) ----
 *
 * Under policy AUTO a pause is signalled to the runtime's bridge, which needs effects.stage to be
 * at least `beta` in the run configuration; otherwise the first pause ends the run with the
 * diagnostic bridge.stage.backpressure (section 13). Policy MANUAL asks for no stage.
 */

typedef enum reml_flow_mode {
  REML_FLOW_AUTO,  /* by what the feeder says of itself: PUSH, PULL or HYBRID */
  REML_FLOW_PUSH,  /* the producer decides; Await is a bug of it */
  REML_FLOW_PULL,  /* the session asks for what it wants */
  REML_FLOW_HYBRID /* PULL until the first Await, then as PUSH until nothing is buffered */
} reml_flow_mode;
typedef enum reml_flow_policy { REML_POLICY_MANUAL, REML_POLICY_AUTO } reml_flow_policy;

/* Bytes, and chunks. 0 in a cap: no limit. */
typedef struct reml_amount {
  uint64_t bytes, frames;
} reml_amount;

/* How much to ask for in the next pull; 0 bytes: wait, with reason Backpressure. */
typedef reml_amount reml_on_demand(void *user);

typedef struct reml_flow_controller {
  reml_flow_mode mode;
  uint64_t high_watermark, low_watermark; /* bytes that are buffered; high >= low */
  reml_flow_policy policy;
  reml_on_demand *on_demand; /* MANUAL; NULL: ask as without */
  void *user;
  /* AUTO; 0: none */
  uint64_t max_lag_bytes; /* received and not settled */
  uint64_t max_lag_ns;    /* since the oldest byte that is not settled came */
  uint64_t debounce_ns;   /* between two Pendings with reason Backpressure */
  double throttle_ratio;  /* of preferred_bytes while restrained; 0 < ratio <= 1 */
} reml_flow_controller;
/* Mode AUTO, policy AUTO, watermarks of 64 KiB and 4 KiB. */
REML_API reml_flow_controller reml_flow_controller_default(void);

/* ---- outcome ---- */

typedef struct reml_continuation reml_continuation;

/* Counts of a stream (section 10). */
typedef struct reml_stream_meta {
  uint64_t consumed_bytes, chunks_consumed, await_count, resume_count, backpressure_events;
  reml_string last_reason; /* absent: none */
  bool has_memo;
  uint64_t memo_bytes;
  bool is_automatic;        /* policy AUTO; only then the following two */
  uint64_t lag_ns;          /* age of the oldest byte that is not settled */
  double buffer_fill_ratio; /* buffered / high_watermark */
} reml_stream_meta;

typedef struct reml_stream_outcome {
  reml_continuation *continuation; /* Pending; NULL: Completed */
  reml_demand demand;              /* Pending */
  const reml_result *result;       /* Completed; NULL: Pending */
  reml_stream_meta meta;
} reml_stream_outcome;

/* ---- continuations (sections 4 and 5) ----
 *
 * A continuation stands for the state of its stream. It is used up by resuming it. Resuming one
 * that is used, foreign, older than a restart, or of another build of the library gives a Completed
 * with a FeederBug that says which (cause code continuation_reused, continuation_foreign,
 * stale_seed, blob_version); the stream itself is not touched.
 */

/* The newest growing state of an open left-recursive construct. */
typedef struct reml_seed {
  const char *rule;
  uint32_t start, end; /* byte offsets */
  uint32_t steps;      /* how often the construct was reduced from this start */
  uint64_t generation;
} reml_seed;

typedef struct reml_continuation_meta {
  reml_string file;          /* the name of the input */
  uint64_t commit_watermark; /* nothing in front of this offset is needed any more; never falls */
  uint64_t buffered_bytes;   /* received from there on */
  bool in_comment;           /* the next byte is within a comment */
  reml_demand resume_hint;
  const reml_expected *expected_tokens; /* what may come next */
  bool has_checkpoint;
  reml_span last_checkpoint; /* the last complete top-level item or statement */
  reml_string trace_label;   /* stream.checkpoint; absent unless set */
  size_t lineage_count;
  const reml_pending_reason *resume_lineage; /* newest first, at most 32 */
  uint64_t backpressure_counter;
  uint64_t generation; /* number of the Pending within its stream, from 1 */
  size_t seed_count;
  const reml_seed *seeds; /* outermost first */
  size_t engine_bytes;    /* memory of the stream beside the tree */
} reml_continuation_meta;

/* Describes the state, in texts and lists that stay until the continuation is resumed; costs an
 * expected set. False for a continuation that could not be resumed, and when out of memory. */
REML_API bool reml_continuation_describe(const reml_continuation *continuation,
                                         reml_continuation_meta *out);

/* A second continuation of the same state, whose stream goes on by itself. Both can be resumed,
 * once each. Costs the depth of the open constructs, not the length of the input. Going on costs
 * the fork a block of 64 KiB for its part of the tree, so keep forks and resume the original. NULL
 * when the continuation could not be resumed, and when out of memory. */
REML_API reml_continuation *reml_continuation_fork(const reml_continuation *continuation);

/* ---- events and audit (section 9) ---- */

typedef enum reml_stream_event_kind {
  REML_EVENT_PROGRESS, /* after each chunk */
  REML_EVENT_PENDING,
  REML_EVENT_ERROR, /* once for each diagnostic that is an error */
  REML_EVENT_CLOSED /* the input has ended; the result follows */
} reml_stream_event_kind;

typedef struct reml_stream_event {
  reml_stream_event_kind kind;
  uint64_t lap_ns;   /* since the event before, or the start */
  uint64_t produced; /* tree nodes made so far */
  reml_stream_meta meta;
  reml_pending_reason reason;            /* PENDING */
  const reml_continuation *continuation; /* PENDING: may be described, not resumed */
  bool with_notes;                       /* PENDING: config.resume_notes */
  const reml_diagnostic *diagnostic;     /* ERROR */
  const reml_result *result;             /* ERROR: to which it belongs */
  const char *audit_id; /* of the first diagnostic that the batch run of the same input makes */
  const char *timestamp;
} reml_stream_event;
typedef void reml_on_event(void *user, const reml_stream_event *event);

/* Takes the next piece of output; false stops the writer, which then returns REML_IO_FAILED. */
typedef bool reml_write(void *user, const char *bytes, size_t count);

/* Where audit records go: one JSON object and a line break for each event. A record that could not
 * be written is lost, the parse goes on; `write` knows. */
typedef struct reml_audit {
  reml_write *write; /* NULL: nowhere */
  void *user;
  reml_string command, run_id; /* cli.command and cli.run_id; absent: `run_stream`, the audit id */
  bool compat_schema;          /* schema.version is 1.1 instead of 3.0.0-alpha */
} reml_audit;

/* Takes a top-level declaration as soon as it is complete; the tree and the node are only valid
 * during the call. False cancels the stream (UserCancelled). */
typedef bool reml_take_declaration(void *user, const reml_tree *tree, reml_node declaration);

typedef enum reml_stream_profile {
  REML_STREAM_SPEC, /* streaming-spec.md */
  REML_STREAM_POC   /* streaming-reference.md: the reference's experiment, as it is */
} reml_stream_profile;

typedef struct reml_stream_config {
  reml_stream_profile profile;
  reml_flow_mode mode;
  reml_amount demand_cap;  /* of one demand; frames: chunks taken in one call */
  reml_on_event *on_event; /* on_diagnostic; NULL: write audit records */
  void *event_user;
  bool resume_notes;                /* Pending events carry notes on what could come next */
  reml_config run_config;           /* `extensions` are its extensions */
  const reml_flow_controller *flow; /* NULL: from mode and `stream.flow_...`, if any is set */
  reml_audit audit;
  /* Hands declarations out instead of keeping them: constant memory for an endless input. */
  reml_take_declaration *on_declaration;
  void *declaration_user;
  uint64_t (*clock)(void *user); /* nanoseconds, never falling; NULL: the monotonic clock */
  void *clock_user;
} reml_stream_config;
REML_API reml_stream_config reml_stream_config_default(void);

/* ---- running ---- */

/* Pulls until there is an outcome. Without a feeder (NULL) that is a Pending at once, for a
 * producer that sends everything through reml_resume, which pulls nothing. A feeder that can give
 * less than the demand's minimum ends the pulling with a Pending, too; the stream driver goes on
 * pulling. An absent file name is `<stream>`. Never fails otherwise than by a Completed whose
 * result is not accepted; with a NULL argument or out of memory, its status says so and it has no
 * diagnostics. */
REML_API reml_stream_outcome reml_run_stream(reml_context *context,
                                             const reml_stream_config *config, reml_string filename,
                                             const reml_feeder *feeder);

/* Takes what comes next, and nothing else: the feeder is not asked. */
REML_API reml_stream_outcome reml_resume(reml_continuation *continuation, const reml_yield *more);
REML_API reml_stream_outcome reml_resume_bytes(reml_continuation *continuation, const void *bytes,
                                               size_t count);
/* The same with a new controller, which stays. A controller whose watermarks are the wrong way
 * round is refused (FeederBug watermark_order), and nothing is touched. */
REML_API reml_stream_outcome reml_resume_with(reml_continuation *continuation,
                                              const reml_yield *more,
                                              const reml_flow_controller *flow);

/* Begins the input again from its first byte, in the same stream: for a source that was replaced.
 * Takes any continuation of the stream, also a used one; all of them are stale from then on. */
REML_API reml_stream_outcome reml_restart(const reml_continuation *continuation);

/* ---- driver (section 8) ---- */

/* Takes an outcome. True for a Pending: it keeps the continuation, and will resume it or give one
 * of the same stream back (reml_stream_driver_give). */
typedef bool reml_sink(void *user, const reml_stream_outcome *outcome);

typedef enum reml_pump_state {
  REML_PUMP_PROGRESSED, /* a chunk was taken */
  REML_PUMP_WAITING,    /* a Pending was delivered, or the sink still has the continuation */
  REML_PUMP_FINISHED    /* a Completed was delivered */
} reml_pump_state;

typedef struct reml_stream_driver reml_stream_driver;
/* feeder is copied. NULL when out of memory or without context, config, feeder or sink. */
REML_API reml_stream_driver *reml_stream_driver_new(reml_context *context,
                                                    const reml_stream_config *config,
                                                    reml_string filename, const reml_feeder *feeder,
                                                    reml_sink *sink, void *sink_user);
/* One step: one pull, what follows from it, and the outcome if there is one. Never blocks unless
 * the feeder does. After FINISHED it does nothing and says so again. */
REML_API reml_pump_state reml_stream_driver_pump(reml_stream_driver *driver);
/* Gives a continuation back. Refused ones go to the sink as a Completed with a FeederBug; the
 * driver still waits for a good one. */
REML_API reml_pump_state reml_stream_driver_give(reml_stream_driver *driver,
                                                 reml_continuation *continuation);
REML_API reml_stream_meta reml_stream_driver_meta(const reml_stream_driver *driver);

/* ---- entry points in one call (driver.md section 2) ---- */

REML_API const reml_result *reml_run(reml_context *context, const reml_config *config,
                                     reml_string filename, const void *bytes, size_t count);
REML_API const reml_result *reml_run_string(reml_context *context, const reml_config *config,
                                            const char *text, reml_string filename);
REML_API reml_partial reml_run_partial(reml_context *context, const reml_config *config,
                                       reml_string filename, const void *bytes, size_t count);

/* parse: run with legacy(true, true); *error is set to the first diagnostic when there is no value.
 */
REML_API const reml_result *reml_parse(reml_context *context, reml_string filename,
                                       const void *bytes, size_t count,
                                       const reml_diagnostic **error);

/* ---- the tree (ast.md) ---- */

typedef struct reml_member {
  const char *name; /* as in the canonical JSON */
  reml_field_type type;
  reml_node child;     /* CHILD, EXPR, PATTERN, BODY, STRING_OF, INLINE: 0 = null */
  size_t count;        /* lists: number of elements, see reml_node_element */
  int64_t number;      /* tags, HEAD_SUPER, BYTE, SCALAR, COUNT; NODES_OR_NULL, ARGS_OR_NULL:
                          0 = null, 1 = a list, maybe without elements */
  reml_string text;    /* TEXT, NUMBER, BYTES, every IDENT: the name */
  uint32_t start, end; /* SPAN and every IDENT: byte offsets, half open */
} reml_member;

REML_API reml_node_kind reml_node_kind_of(const reml_tree *tree, reml_node node);
REML_API const char *reml_node_kind_name(reml_node_kind kind);
/* Byte offsets; false for kinds without a span. */
REML_API bool reml_node_span(const reml_tree *tree, reml_node node, uint32_t *start, uint32_t *end);
/* Member number `index` in the order of reml_nodes.def; false past the last one. */
REML_API bool reml_node_member(const reml_tree *tree, reml_node node, size_t index,
                               reml_member *out);
/* Element `at` of the list that is member `index`. */
REML_API reml_node reml_node_element(const reml_tree *tree, reml_node node, size_t index,
                                     size_t at);
/* Bytes of memory that the tree uses. */
REML_API size_t reml_tree_bytes(const reml_tree *tree);
REML_API size_t reml_tree_nodes(const reml_tree *tree);

/* ---- tokens (lexer.md section 11) ---- */

typedef struct reml_token_info {
  reml_token_kind kind;
  reml_string text;      /* payload; valid until the next read */
  int radix;             /* INT */
  reml_string_form form; /* STRING */
  reml_span span;
} reml_token_info;

typedef struct reml_lexical_error {
  reml_string message;
  reml_span span;
} reml_lexical_error;

typedef struct reml_reader reml_reader;

/* Reads the tokens of a text that stays where it is. NULL when out of memory. The contract's
 * wrappers leading, lexeme and trim add nothing to a read (trivia is skipped by the next one), so
 * here they are reml_reader_token itself. */
REML_API reml_reader *reml_reader_open(const reml_config *config, const void *bytes, size_t count);
/* The next token; false at a lexical error, which stays. After EOF comes EOF again. */
REML_API bool reml_reader_token(reml_reader *reader, reml_token_info *token);
/* Reads one token and compares its display text; on mismatch false, and the error is
 * that of lexer.md section 11. */
REML_API bool reml_reader_symbol(reml_reader *reader, const char *text);
/* What ended the reading; NULL when nothing did, or when it was a lack of memory. */
REML_API const reml_lexical_error *reml_reader_error(const reml_reader *reader);

/* ---- output ---- */

typedef enum reml_json_mode { REML_JSON_PRETTY, REML_JSON_COMPACT, REML_JSON_LINES } reml_json_mode;

/* --emit-ast (ast-text.md), without a final line break. */
REML_API reml_status reml_write_ast_text(const reml_result *result, reml_write *write, void *user);
/* The canonical JSON of the tree (ast.md). */
REML_API reml_status reml_write_ast_json(const reml_result *result, reml_write *write, void *user);
/* The tables that the library was built from, as one Reml source (gates.md section 5). */
REML_API reml_status reml_write_inventory(reml_write *write, void *user);
/* A node and what is below it, in the same form. */
REML_API reml_status reml_write_node_json(const reml_tree *tree, reml_node node, reml_write *write,
                                          void *user);
/* Canonical source: accepted with the same configuration, it gives the same tree, spans apart
 * (gates.md section 5). Every line ends with LF; nothing for an empty unit. REML_BAD_USE for a
 * result without a tree. */
REML_API reml_status reml_write_source(const reml_result *result, reml_write *write, void *user);
/* The tokens of a source as gates.md section 1.2 writes them. */
REML_API reml_status reml_write_tokens_json(const reml_config *config, const void *bytes,
                                            size_t count, reml_write *write, void *user);
/* The result as driver.md section 3 writes it; with_ast false leaves `ast` null. */
REML_API reml_status reml_write_result_json(const reml_result *result, bool with_ast,
                                            reml_write *write, void *user);
/* A diagnostic as diagnostics-json.md section 2. */
REML_API reml_status reml_write_diagnostic_json(const reml_result *result,
                                                const reml_diagnostic *diagnostic,
                                                reml_write *write, void *user);
/* A diagnostic for the command line's --format json (diagnostics-json.md section 10.2), with LF. */
REML_API reml_status reml_write_cli_json(const reml_result *result,
                                         const reml_diagnostic *diagnostic, reml_json_mode mode,
                                         reml_write *write, void *user);
/* All diagnostics of a result so: one list, or with REML_JSON_LINES one line for each. */
REML_API reml_status reml_write_cli_json_all(const reml_result *result, reml_json_mode mode,
                                             reml_write *write, void *user);

/* A continuation (streaming-spec.md sections 4 and 5): one line, with LF. */
REML_API reml_status reml_write_continuation_json(const reml_continuation_meta *meta,
                                                  const reml_stream_meta *counts, reml_write *write,
                                                  void *user);
/* The audit record of an event (section 9): one line, with LF, to where `audit` says. */
REML_API reml_status reml_write_audit_record(const reml_stream_event *event,
                                             const reml_audit *audit);

typedef struct reml_text_style {
  bool snippet;  /* show source lines */
  bool metadata; /* show extensions, audit data and timestamp, as the reference does */
  bool color;
  reml_string source;   /* the input, for the snippet */
  size_t source_offset; /* of its first byte: what is in front of it is not there to be shown */
} reml_text_style;
/* A diagnostic for people (diagnostics-json.md section 10.1). */
REML_API reml_status reml_write_diagnostic_text(const reml_result *result,
                                                const reml_diagnostic *diagnostic,
                                                const reml_text_style *style, reml_write *write,
                                                void *user);
/* A diagnostic as a compiler prints it: `FILE:LINE:COLUMN: error: MESSAGE [CODE]`, and lines with
 * `note:` for what could stand there, for other places and for what to do. Columns count bytes. */
REML_API reml_status reml_write_diagnostic_gcc(const reml_diagnostic *diagnostic, reml_write *write,
                                               void *user);

/* What a code means, with an example and its correction, for people. `locale` names the language
 * as config.locale does; absent: that of the context, which may be NULL. REML_BAD_USE for a code
 * that there is not. */
REML_API reml_status reml_write_explanation(const reml_context *context, reml_string locale,
                                            reml_string code, reml_write *write, void *user);
/* Code number `index`, in the order of the alphabet; NULL past the last one. */
REML_API const char *reml_explained_code(size_t index);
/* Code number `index` of those that are spelled most like that one, nearest first; NULL past the
 * last one, and where nothing is near. */
REML_API const char *reml_similar_code(reml_string code, size_t index);

/* A SARIF 2.1.0 log of one run over any number of inputs: filled first, then written. */
typedef struct reml_sarif reml_sarif;
REML_API reml_sarif *reml_sarif_new(void); /* NULL when out of memory */
/* Adds all diagnostics of a result, none when out of memory. `source` is the input, or the part of
 * it that begins at source_offset: columns count characters, so a region has columns only if its
 * lines are in there up to its end (bytes that are no UTF-8 count as one each). Lines, byteOffset
 * and byteLength are always given. */
REML_API reml_status reml_sarif_add(reml_sarif *log, const reml_result *result, reml_string source,
                                    size_t source_offset);
/* Adds a notification: the input `file` could not be parsed, and there is no result that says so.
 */
REML_API reml_status reml_sarif_add_failure(reml_sarif *log, reml_string file, reml_string reason);
/* The whole log with LF, on one line unless mode is pretty. */
REML_API reml_status reml_write_sarif(const reml_sarif *log, reml_json_mode mode, reml_write *write,
                                      void *user);

/* Parse-debug JSON (diagnostics-json.md section 11), with LF. meta is NULL when not streaming. */
REML_API reml_status reml_write_parse_debug(const reml_result *result, const reml_stream_meta *meta,
                                            reml_string input, reml_write *write, void *user);

#ifdef __cplusplus
}
#endif
#endif
