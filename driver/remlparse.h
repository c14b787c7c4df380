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

/* Reads REMLC_FIXED_TIMESTAMP, REMLC_WORKSPACE_ROOT, REMLC_GIT_COMMIT, GITHUB_SHA and the current
 * directory once. Starts the collector if it is not running. NULL when out of memory. */
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
  uint64_t max_bytes; /* of one source; at most and by default REML_MAX_BYTES */
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
  uint64_t sequence;   /* number within its context */
  const char *timestamp; /* when it was made (diagnostics-json.md section 7) */
} reml_diagnostic;

typedef struct reml_tree reml_tree; /* nodes and names of one parse */

typedef struct reml_legacy_error {
  reml_span span;
  const reml_expected *expected; /* NULL: no alternatives */
} reml_legacy_error;

typedef struct reml_result {
  reml_status status;
  bool accepted;         /* there is a value: unit */
  const reml_tree *tree; /* nodes of `unit`; NULL when rejected */
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

/* run_partial's answer; in the reference profile the rest is always absent. */
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
  reml_node child;     /* CHILD, EXPR, PATTERN, BODY, STRING_OF: 0 = null */
  size_t count;        /* lists: number of elements, see reml_node_element */
  int64_t number;      /* tags, HEAD_SUPER, BYTE */
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

/* Takes the next piece of output; false stops the writer, which then returns REML_IO_FAILED. */
typedef bool reml_write(void *user, const char *bytes, size_t count);

typedef enum reml_json_mode { REML_JSON_PRETTY, REML_JSON_COMPACT, REML_JSON_LINES } reml_json_mode;

/* --emit-ast (ast-text.md), without a final line break. */
REML_API reml_status reml_write_ast_text(const reml_result *result, reml_write *write, void *user);
/* The canonical JSON of the tree (ast.md). */
REML_API reml_status reml_write_ast_json(const reml_result *result, reml_write *write, void *user);
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

typedef struct reml_text_style {
  bool snippet;  /* show source lines */
  bool metadata; /* show extensions, audit data and timestamp, as the reference does */
  bool color;
  reml_string source; /* the whole input, for the snippet */
} reml_text_style;
/* A diagnostic for people (diagnostics-json.md section 10.1). */
REML_API reml_status reml_write_diagnostic_text(const reml_result *result,
                                                const reml_diagnostic *diagnostic,
                                                const reml_text_style *style, reml_write *write,
                                                void *user);
/* Parse-debug JSON (diagnostics-json.md section 11), with LF. */
REML_API reml_status reml_write_parse_debug(const reml_result *result, reml_string input,
                                            reml_write *write, void *user);

#ifdef __cplusplus
}
#endif
#endif
