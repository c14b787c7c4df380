/* The command line of remlparse (contract diagnostics-json.md section 10). Internal. */
#ifndef REML_OPTIONS_H
#define REML_OPTIONS_H

#include <stdio.h>
#include "remlparse.h"

/* The values of the CHOICE options, in the order of options.def. */
typedef enum reml_format {
  REML_FORMAT_TEXT,
  REML_FORMAT_JSON,
  REML_FORMAT_GCC,
  REML_FORMAT_SARIF
} reml_format;
typedef enum reml_color { REML_COLOR_AUTO, REML_COLOR_ALWAYS, REML_COLOR_NEVER } reml_color;

typedef enum reml_emit { REML_EMIT_NONE, REML_EMIT_DECLARATIONS } reml_emit;

typedef struct reml_optional_count {
  bool set;
  int64_t value;
} reml_optional_count;

typedef struct reml_optional_ratio {
  bool set;
  double value;
} reml_optional_ratio;

/* What the command line asked for. Texts are parts of argv. */
typedef struct reml_options {
  bool emit_ast, emit_ast_json, emit_source, emit_tokens, snippet;
  bool streaming, dump_continuation, emit_audit;
  bool trace, require_eof, packrat, merge_warnings, experimental_effects;
  bool allow_top_level_expr, recover;
  int format, json_mode, color, profile, left_recursion, stream_profile, emit; /* CHOICE */
  int64_t verbose;
  reml_string parse_debug, audit_dir, lex_profile, identifier_profile, effect_stage, capabilities;
  reml_string checkpoint, resume_hint, flow_policy, explain;
  reml_optional_count demand_min, demand_preferred, chunk_size, flow_max_lag, flow_debounce;
  reml_optional_ratio flow_throttle;
  char **files;
  int file_count;
} reml_options;

typedef enum reml_request {
  REML_REQUEST_PARSE,
  REML_REQUEST_HELP,
  REML_REQUEST_VERSION,
  REML_REQUEST_INVENTORY,
  REML_REQUEST_EXPLAIN,
  REML_REQUEST_NONE /* an option error, which has been reported */
} reml_request;

/* Reads argv, whose order it changes so that the files come last. Warnings and errors go to
 * stderr. */
reml_request reml__options_read(int argc, char **argv, reml_options *out);

/* The run configuration that the contract prescribes for these options. */
reml_status reml__options_config(const reml_options *options, reml_config *out);

void reml__options_help(FILE *to);

#endif
