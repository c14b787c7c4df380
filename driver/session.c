/* One parse: open, feed, finish (contract driver.md sections 2 to 6). */
#include "reml_cache.h"
#include "reml_context.h"
#include "reml_diagnose.h"
#include "reml_settings.h"
#include "reml_tree.h"
#include <gc.h>
#include <string.h>

/* A parse records at most a warning, an error and the require_eof error; the last place is kept
 * for the diagnostic that memory has run out. */
enum { MAX_DIAGNOSTICS = 4 };

struct reml_session {
  reml_memory memory;
  reml_context *context;
  reml_settings settings;
  reml_string file;
  reml_lexer *lexer;
  reml_ast *ast;
  reml_parser *parser;
  reml_cache *cache; /* NULL: none */
  uint64_t fed;
  bool over;     /* an outcome is known; what is fed further is ignored */
  bool finished; /* the result has been asked for */
  bool eof_read;
  /* The last two tokens that were read; tokens[newest] is the last one. */
  reml_token tokens[2];
  unsigned newest;
  reml_diagnostic diagnostics[MAX_DIAGNOSTICS];
  reml_legacy_error legacy;
  const char *opened_at; /* timestamp for the diagnostic of exhausted memory */
  reml_result result;
};

static reml_place token_end(const reml_token *token) {
  return (reml_place){token->end, token->start.line, token->start.line_start};
}

/* Behind the last token that was read, or behind what could not be one. */
static reml_place read_end(const reml_session *s) {
  const reml_lex_error *error = reml__lexer_error(s->lexer);
  return error ? error->end : token_end(&s->tokens[s->newest]);
}

/* --- recording --- */

static bool same_warning(const reml_diagnostic *a, const reml_diagnostic *b) {
  const char *left = a->codes[0], *right = b->codes[0];
  bool same_code = left == right || (left && right && strcmp(left, right) == 0);
  return b->severity == REML_WARNING && same_code && a->message.length == b->message.length &&
         memcmp(a->message.bytes, b->message.bytes, a->message.length) == 0;
}

/* driver.md section 4.7. */
static bool is_repeated(const reml_session *s, const reml_diagnostic *diagnostic) {
  if (!s->settings.effective.merge_warnings || diagnostic->severity != REML_WARNING) return false;
  for (size_t i = 0; i < s->result.diagnostic_count; i++) {
    if (same_warning(diagnostic, &s->diagnostics[i])) return true;
  }
  return false;
}

/* driver.md section 5. */
static void note_farthest(reml_session *s, uint32_t offset) {
  reml_result *result = &s->result;
  if (result->has_farthest && result->farthest_error_offset > offset) return;
  result->has_farthest = true;
  result->farthest_error_offset = offset;
}

static void record(reml_session *s, reml_diagnostic diagnostic) {
  diagnostic.file = s->file;
  diagnostic.sequence = reml__context_next_sequence(s->context);
  if (is_repeated(s, &diagnostic)) return;
  s->diagnostics[s->result.diagnostic_count++] = diagnostic;
  if (diagnostic.severity != REML_ERROR) return;
  note_farthest(s, diagnostic.span.start.offset);
  s->legacy = (reml_legacy_error){diagnostic.span, diagnostic.expected};
  s->result.legacy_error = &s->legacy;
}

static const char *timestamp(reml_session *s) {
  const char *now = reml__context_timestamp(s->context);
  if (now == NULL) reml__out_of_memory(&s->memory);
  return now;
}

static reml_diagnostic parser_error(reml_session *s, const char *message, reml_span span) {
  return (reml_diagnostic){.severity = REML_ERROR,
                           .domain = REML_DOMAIN_PARSER,
                           .message = reml_string_from(message),
                           .span = span,
                           .has_identity = true,
                           .has_run_config = true,
                           .timestamp = timestamp(s)};
}

/* --- the ways a parse can end --- */

/* driver.md section 4.6. */
static void warn_left_recursion(reml_session *s) {
  const reml_config *config = &s->settings.effective;
  bool automatic = config->left_recursion == REML_LEFT_AUTO;
  if (config->left_recursion == REML_LEFT_OFF || (automatic && !config->packrat)) return;
  const char *message =
      automatic ? "RunConfig.left_recursion=\"auto\" を利用できません。左再帰シムは PARSER-003 "
                  "で導入予定です。"
                : "RunConfig.left_recursion=\"on\" を利用できません。左再帰シムは PARSER-003 "
                  "で導入予定です。";
  reml_place start = {0, 1, 0};
  record(s, (reml_diagnostic){.severity = REML_WARNING,
                              .domain = REML_DOMAIN_CONFIG,
                              .codes = {"parser.runconfig.left_recursion_unimplemented"},
                              .message = reml_string_from(message),
                              .span = reml__span(start, start),
                              .timestamp = timestamp(s)});
}

/* Asked once for the error and seven times for consumers of the result (driver.md section 7). */
enum { EXPECTED_REQUESTS = 8 };

static const reml_expected *expected_set(reml_session *s, uint32_t offset) {
  uint32_t state = reml__parser_state(s->parser);
  const reml_expected *known = s->cache ? reml__cache_find(s->cache, state, offset) : NULL;
  if (s->cache) {
    s->result.packrat_queries += EXPECTED_REQUESTS;
    s->result.packrat_hits += known ? EXPECTED_REQUESTS : EXPECTED_REQUESTS - 1;
  }
  if (known) return known;
  reml_token_kind kinds[REML_TOKEN_COUNT];
  size_t count = reml__parser_expected(s->parser, kinds);
  const reml_expected *expected = reml__expected_summary(&s->memory, kinds, count);
  if (s->cache) reml__cache_add(&s->memory, s->cache, state, offset, expected, count);
  return expected;
}

/* driver.md section 4.1. */
static void syntax_error(reml_session *s, const reml_token *token) {
  reml_diagnostic error = parser_error(s, "構文エラー: 入力を解釈できません",
                                       reml__span(token->start, token_end(token)));
  error.expected = expected_set(s, token->start.offset);
  record(s, error);
}

/* driver.md section 4.2. */
static void lexical_error(reml_session *s) {
  const reml_lex_error *problem = reml__lexer_error(s->lexer);
  reml_diagnostic error = parser_error(s, "", reml__span(problem->start, problem->end));
  error.message = reml__lexical_message(&s->memory, problem, s->settings.lex.ascii_identifiers);
  if (s->settings.stream_enabled) error.expected = reml__expected_streaming(&s->memory);
  record(s, error);
}

/* driver.md sections 4.3 and 4.4. */
static void construct_error(reml_session *s) {
  const reml_failure *failure = &s->parser->failure;
  reml_place end = token_end(&s->tokens[1 - s->newest]); /* the newest token is behind it */
  reml_diagnostic error = parser_error(s, "", reml__span(failure->start, end));
  if (failure->kind == REML_FAILURE_EFFECTS_OFF) {
    error.domain = REML_DOMAIN_EFFECT;
    error.codes[0] = "effects.syntax.experimental_disabled";
    error.message =
        reml_string_from("効果構文は実験フラグ `-Zalgebraic-effects` が無効なため使用できません");
    error.note = "`-Zalgebraic-effects` を有効にして再実行してください";
    error.has_identity = false;
  } else if (failure->kind == REML_FAILURE_TUPLE_INDEX) {
    error.codes[0] = "parser.tuple_index.not_decimal";
    error.message = reml_string_from("tuple index must be decimal");
  } else {
    error.codes[0] = "parser.effect_target.not_qualified";
    error.message = reml_string_from("effect target must be written as Effect.operation");
  }
  record(s, error);
}

/* driver.md section 4.5. */
static void require_eof(reml_session *s) {
  if (!s->settings.require_eof || s->eof_read) return;
  reml_diagnostic error =
      parser_error(s, "RunConfig.require_eof=true のため未消費入力を許可できません",
                   reml__span(read_end(s), read_end(s)));
  error.codes[0] = "parser.require_eof.unconsumed_input";
  error.has_identity = false;
  record(s, error);
}

static void limit_error(reml_session *s, const char *code, const char *message, reml_span span) {
  reml_diagnostic error = parser_error(s, message, span);
  error.codes[0] = code;
  s->result.status = REML_TOO_LARGE;
  s->over = true;
  record(s, error);
}

/* Nothing here may allocate. */
static reml_status memory_error(reml_session *s) {
  s->over = true;
  s->result.status = REML_NO_MEMORY;
  s->result.accepted = false;
  record(s, (reml_diagnostic){.severity = REML_ERROR,
                              .domain = REML_DOMAIN_PARSER,
                              .codes = {"parser.limit.memory"},
                              .message = reml_string_from("out of memory"),
                              .span = reml__span(read_end(s), read_end(s)),
                              .has_run_config = true,
                              .timestamp = s->opened_at});
  return REML_NO_MEMORY;
}

static void accept(reml_session *s) {
  reml_result *result = &s->result;
  result->accepted = true;
  result->tree = reml__ast_tree(s->ast);
  result->unit = s->parser->unit;
  result->span = reml__span((reml_place){0, 1, 0}, read_end(s));
  result->has_span_trace = s->settings.effective.trace;
}

/* --- the engine --- */

/* False when the parse is over. */
static bool take_token(reml_session *s, const reml_token *token) {
  s->eof_read = token->kind == REML_TOKEN_EOF;
  s->result.consumed |= !s->eof_read;
  switch (reml__parser_push(s->parser, token)) {
  case REML_PARSE_MORE: return true;
  case REML_PARSE_ACCEPTED: accept(s); return false;
  case REML_PARSE_REJECTED: syntax_error(s, token); break;
  case REML_PARSE_FAILED: construct_error(s); break;
  case REML_PARSE_TOO_DEEP:
    limit_error(s, "parser.limit.depth", "the source is nested deeper than max_depth allows",
                reml__span(token->start, token_end(token)));
    return false;
  }
  require_eof(s);
  return false;
}

/* Takes the tokens that the bytes fed so far make. */
static void pump(reml_session *s) {
  while (!s->over) {
    reml_token *token = &s->tokens[1 - s->newest];
    switch (reml__lexer_next(s->lexer, token)) {
    case REML_LEX_MORE: return;
    case REML_LEX_TOKEN:
      s->newest = 1 - s->newest;
      s->over = !take_token(s, token);
      break;
    case REML_LEX_ERROR:
      s->over = true;
      lexical_error(s);
      require_eof(s);
      break;
    }
  }
}

/* --- interface --- */

static void open_parts(reml_session *s) {
  const reml_config *config = &s->settings.effective;
  s->opened_at = timestamp(s);
  warn_left_recursion(s);
  s->ast = reml__ast_new(&s->memory);
  s->lexer = reml__lexer_new(&s->memory, s->settings.lex);
  s->parser = reml__parser_new(&s->memory, s->ast, config->experimental_effects, config->max_depth);
}

static reml_string copy_string(reml_memory *memory, reml_string from) {
  char *copy = reml__alloc_atomic(memory, from.length + 1);
  memcpy(copy, from.bytes, from.length);
  copy[from.length] = '\0';
  return (reml_string){copy, from.length};
}

reml_session *reml_session_open(reml_context *context, const reml_config *config,
                                reml_string filename, reml_cache *cache) {
  if (context == NULL || config == NULL) return NULL;
  reml_session *s = GC_MALLOC(sizeof *s);
  if (s == NULL || setjmp(s->memory.unwind)) return NULL;
  s->context = context;
  if (reml__settings_derive(config, &s->settings) != REML_OK) return NULL;
  s->cache = cache;
  if (cache == NULL && config->packrat && (s->cache = reml_cache_new()) == NULL) return NULL;
  s->file = filename.length == 0 ? reml_string_from("<入力>") : copy_string(&s->memory, filename);
  s->tokens[0].start.line = 1;
  s->result.diagnostics = s->diagnostics;
  s->result.context = context;
  s->result.config = s->settings.effective;
  s->result.has_packrat = s->cache != NULL;
  open_parts(s);
  return s;
}

/* The bytes of a piece that are within the limit. */
static size_t within_limit(const reml_session *s, size_t count) {
  uint64_t most = s->settings.effective.max_bytes;
  if (most > REML_MAX_BYTES) most = REML_MAX_BYTES;
  uint64_t left = s->fed < most ? most - s->fed : 0;
  return count < left ? count : (size_t)left;
}

reml_status reml_session_feed(reml_session *s, const void *bytes, size_t count) {
  if (s == NULL || s->finished || (bytes == NULL && count > 0)) return REML_BAD_USE;
  if (s->over) return s->result.status;
  if (setjmp(s->memory.unwind)) return memory_error(s);
  size_t allowed = within_limit(s, count);
  s->fed += allowed;
  reml__lexer_feed(s->lexer, bytes, allowed);
  pump(s);
  if (allowed < count && !s->over) {
    reml_place end = reml__lexer_place(s->lexer);
    limit_error(s, "parser.limit.bytes", "the source is larger than max_bytes allows",
                reml__span(end, end));
  }
  return s->result.status;
}

bool reml_session_is_over(const reml_session *s) {
  return s == NULL || s->over;
}

const reml_result *reml_session_finish(reml_session *s) {
  static const reml_result no_session = {.status = REML_BAD_USE};
  if (s == NULL) return &no_session;
  if (s->finished) return &s->result;
  s->finished = true;
  if (setjmp(s->memory.unwind)) {
    memory_error(s);
    return &s->result;
  }
  reml__lexer_finish(s->lexer);
  pump(s);
  return &s->result;
}
