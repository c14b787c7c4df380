/* One parse: open, feed, finish (contract driver.md sections 2 to 6). */
#include "reml_session.h"
#include "reml_cache.h"
#include "reml_context.h"
#include "reml_diagnose.h"
#include "reml_explain.h"
#include "reml_layout.h"
#include "reml_recover.h"
#include "reml_settings.h"
#include "reml_tree.h"
#include <gc.h>
#include <string.h>

/* Without recovery a parse records at most a warning, an error and the require_eof error (or a
 * warning and the error of a stream). One place is always kept for the diagnostic that memory has
 * run out. */
enum { FIRST_DIAGNOSTICS = 4 };

struct reml_session {
  reml_memory *memory; /* forks have it in common */
  reml_context *context;
  reml_settings settings;
  reml_string file;
  reml_lexer *lexer;
  reml_layout *layout; /* NULL: the profile has none */
  reml_ast *ast;
  reml_parser *parser;
  reml_cache *cache; /* NULL: none */
  uint64_t fed;
  bool over;     /* an outcome is known; what is fed further is ignored */
  bool finished; /* the result has been asked for */
  bool eof_read;
  bool cut_off;     /* what was fed last went over the limit of bytes */
  bool token_waits; /* the newest token is to be pushed again */
  bool annotate_eof;
  bool wants_prefix; /* run_partial: what is in front of a mistake may be the value */
  bool has_remains;
  uint32_t remains;      /* offset of what is behind it */
  reml_node declaration; /* that is handed out; 0: none */
  uint64_t first_sequence;
  reml_trail trail; /* of the profile `reference`, only the last two tokens */
  reml_diagnostic *diagnostics;
  size_t diagnostic_room;
  reml_recovery recovery; /* profile `spec` */
  reml_legacy_error legacy;
  const char *opened_at; /* timestamp for the diagnostic of exhausted memory */
  reml_result result;
};

static bool is_spec(const reml_session *s) {
  return s->settings.effective.profile == REML_PROFILE_SPEC;
}

/* Behind the last token that was read, or behind what could not be one. */
static reml_place read_end(const reml_session *s) {
  const reml_lex_error *error = reml__lexer_error(s->lexer);
  return error ? error->end : s->trail.newest->token.end;
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

/* driver.md section 5; the profile `spec` goes by the ends of errors. */
static void note_farthest(reml_session *s, uint32_t offset) {
  reml_result *result = &s->result;
  if (result->has_farthest && result->farthest_error_offset > offset) return;
  result->has_farthest = true;
  result->farthest_error_offset = offset;
}

/* Diagnostics of which nobody has a copy yet: forks have their own. */
static void move_diagnostics(reml_session *s, size_t room) {
  reml_diagnostic *moved = reml__alloc(s->memory, room * sizeof *moved);
  size_t count = s->result.diagnostic_count;
  if (count > 0) memcpy(moved, s->diagnostics, count * sizeof *moved);
  s->diagnostics = moved;
  s->diagnostic_room = room;
  s->result.diagnostics = moved;
}

/* Needs a place. */
static void record_here(reml_session *s, reml_diagnostic diagnostic) {
  diagnostic.file = s->file;
  diagnostic.sequence = reml__context_next_sequence(s->context);
  if (is_repeated(s, &diagnostic)) return;
  s->diagnostics[s->result.diagnostic_count++] = diagnostic;
  if (diagnostic.severity != REML_ERROR) return;
  note_farthest(s, is_spec(s) ? diagnostic.span.end.offset : diagnostic.span.start.offset);
  s->legacy = (reml_legacy_error){diagnostic.span, diagnostic.expected};
  s->result.legacy_error = &s->legacy;
}

static void record(reml_session *s, reml_diagnostic diagnostic) {
  bool full = s->result.diagnostic_count + 2 > s->diagnostic_room;
  if (full) move_diagnostics(s, 2 * s->diagnostic_room);
  record_here(s, diagnostic);
}

static const char *timestamp(reml_session *s) {
  const char *now = reml__context_timestamp(s->context);
  if (now == NULL) reml__out_of_memory(s->memory);
  return now;
}

static reml_language language(const reml_session *s) {
  return reml__language(&s->settings.effective, s->context);
}

/* The row of the table, in the words of the profile. */
static reml_diagnostic plain(const reml_session *s, reml_diagnostic_name name) {
  return is_spec(s) ? reml__explain_plain(name, language(s)) : *reml__diagnostic(name);
}

static reml_diagnostic make(reml_session *s, reml_diagnostic_name name, reml_span span) {
  reml_diagnostic diagnostic = plain(s, name);
  diagnostic.span = span;
  diagnostic.timestamp = timestamp(s);
  return diagnostic;
}

/* --- the ways a parse can end --- */

/* driver.md section 4.6. */
static void warn_left_recursion(reml_session *s) {
  const reml_config *config = &s->settings.effective;
  bool automatic = config->left_recursion == REML_LEFT_AUTO;
  if (config->left_recursion == REML_LEFT_OFF || (automatic && !config->packrat)) return;
  reml_place start = {0, 1, 0};
  record(s,
         make(s,
              automatic ? REML_DIAGNOSTIC_LEFT_RECURSION_AUTO : REML_DIAGNOSTIC_LEFT_RECURSION_ON,
              reml__span(start, start)));
}

/* Asked once for the error and seven times for consumers of the result (driver.md section 7). */
enum { EXPECTED_REQUESTS = 8 };

static const reml_expected *expected_set(reml_session *s, uint32_t offset) {
  /* Both profiles number their states from 0, and may have the cache in common. */
  uint32_t state = 2 * reml__parser_state(s->parser) + is_spec(s);
  const reml_expected *known = s->cache ? reml__cache_find(s->cache, state, offset) : NULL;
  if (s->cache) {
    s->result.packrat_queries += EXPECTED_REQUESTS;
    s->result.packrat_hits += known ? EXPECTED_REQUESTS : EXPECTED_REQUESTS - 1;
  }
  if (known) return known;
  reml_token_kind kinds[REML_TOKEN_COUNT];
  size_t count = reml__parser_expected(s->parser, kinds);
  const reml_expected *expected = reml__expected_summary(s->memory, kinds, count);
  if (s->cache) reml__cache_add(s->memory, s->cache, state, offset, expected, count);
  return expected;
}

/* driver.md section 4.1. */
static void syntax_error(reml_session *s, const reml_token *token) {
  reml_diagnostic error = make(s, REML_DIAGNOSTIC_SYNTAX, reml__span(token->start, token->end));
  error.expected = expected_set(s, token->start.offset);
  if (is_spec(s))
    reml__explain_syntax(s->memory, language(s), reml__trail_recall(&s->trail), s->parser, token,
                         &error);
  error.unexpected_eof = s->annotate_eof && token->kind == REML_TOKEN_EOF;
  record(s, error);
}

/* driver.md section 4.2. */
static void lexical_error(reml_session *s) {
  const reml_lex_error *problem = reml__lexer_error(s->lexer);
  bool ascii = s->settings.lex.ascii_identifiers;
  bool spec = is_spec(s);
  reml_diagnostic error = spec ? reml__explain_lexical(s->memory, language(s), problem, ascii)
                               : reml__lexical_diagnostic(s->memory, problem, ascii);
  error.timestamp = timestamp(s);
  if (s->settings.stream_enabled && !spec) error.expected = reml__expected_streaming(s->memory);
  error.unexpected_eof = s->annotate_eof && reml__ends_with_input(problem->kind);
  record(s, error);
}

/* A construct may fail a check for the sake of a mistake that was told when a token was refused. */
static bool is_told(const reml_session *s, const reml_diagnostic *error) {
  for (size_t i = 0; error->codes[0] != NULL && i < s->result.diagnostic_count; i++) {
    const reml_diagnostic *told = &s->result.diagnostics[i];
    bool same_place = told->span.start.offset == error->span.start.offset;
    if (same_place && told->codes[0] == error->codes[0] && told->severity == REML_ERROR)
      return true;
  }
  return false;
}

/* driver.md sections 4.3 and 4.4. */
static void construct_error(reml_session *s) {
  static const reml_diagnostic_name names[] = {
      [REML_FAILURE_EFFECTS_OFF] = REML_DIAGNOSTIC_EFFECTS_OFF,
      [REML_FAILURE_TUPLE_INDEX] = REML_DIAGNOSTIC_TUPLE_INDEX,
      [REML_FAILURE_SHORT_EFFECT_PATH] = REML_DIAGNOSTIC_EFFECT_TARGET,
  };
  const reml_failure *failure = &s->parser->failure;
  /* The newest token is behind the construct. */
  reml_place end = failure->end.line > 0 ? failure->end : s->parser->last_end;
  bool is_common = failure->kind < sizeof names / sizeof *names;
  reml_diagnostic error = make(s, is_common ? names[failure->kind] : REML_DIAGNOSTIC_SYNTAX,
                               reml__span(failure->start, end));
  if (is_spec(s))
    reml__explain_failure(s->memory, language(s), reml__trail_recall(&s->trail), failure->kind,
                          &error);
  if (!is_told(s, &error)) record(s, error);
}

/* driver.md section 4.5. */
static void require_eof(reml_session *s) {
  if (!s->settings.require_eof || s->eof_read) return;
  record(s, make(s, REML_DIAGNOSTIC_REQUIRE_EOF, reml__span(read_end(s), read_end(s))));
}

static void limit_error(reml_session *s, reml_diagnostic_name name, reml_span span) {
  reml_diagnostic error = make(s, name, span);
  s->result.status = REML_TOO_LARGE;
  s->over = true;
  record(s, error);
}

/* Nothing here may allocate. */
static reml_status memory_error(reml_session *s) {
  s->over = true;
  s->result.status = REML_NO_MEMORY;
  s->result.accepted = false;
  reml_diagnostic error = plain(s, REML_DIAGNOSTIC_LIMIT_MEMORY);
  error.span = reml__span(read_end(s), read_end(s));
  error.timestamp = s->opened_at;
  record_here(s, error);
  return REML_NO_MEMORY;
}

static void accept(reml_session *s) {
  reml_result *result = &s->result;
  result->recovered = s->recovery.count > 0;
  result->accepted = s->recovery.count == 0;
  result->tree = reml__ast_tree(s->ast);
  result->unit = s->parser->unit;
  result->span = reml__span((reml_place){0, 1, 0}, read_end(s));
  result->has_span_trace = s->settings.effective.trace;
}

/* --- the engine --- */

/* Where recovery goes back to, nothing has been reduced; a fork of the parser makes the reductions
 * that come before it refuses the token, so that the diagnostic is what it is without recovery. The
 * mistake is at `blamed`. */
static void explain(reml_session *s, const reml_token *refused, const reml_token *blamed) {
  reml_parser *own = s->parser;
  if (s->recovery.settings.collects) {
    s->parser = reml__parser_fork(own);
    reml__parser_push(s->parser, refused);
  }
  syntax_error(s, blamed);
  s->parser = own;
}

/* A token of zero width is a matter of layout: the mistake is the token behind it. Two mistakes at
 * one place are one. */
static void blame(reml_session *s, const reml_token *token) {
  bool is_there = reml__has_width(token) || token->kind == REML_TOKEN_EOF;
  bool again = s->recovery.count > 0 && s->recovery.blamed == token->start.offset;
  reml_token following;
  if (!is_there) following = reml__layout_following(s->layout);
  s->recovery.blamed = token->start.offset;
  if (!again) explain(s, token, is_there ? token : &following);
}

/* --- prefixes --- */

/* Of run_partial: the value is what is in front of what cannot follow, if that is a whole unit. */
static bool accept_prefix(reml_session *s, reml_place remains) {
  bool wanted = s->wants_prefix && !s->settings.require_eof;
  if (!wanted || !reml__parser_accepts(s->parser, REML_TOKEN_EOF)) return false;
  reml_place end = s->parser->last_end;
  reml_token eof = {.kind = REML_TOKEN_EOF, .start = end, .end = end};
  if (reml__parser_push(s->parser, &eof) != REML_PARSE_ACCEPTED) return false;
  accept(s);
  s->result.span = reml__span((reml_place){0, 1, 0}, end);
  s->has_remains = true;
  s->remains = remains.offset;
  return true;
}

/* --- recovery --- */

static bool may_recover(const reml_session *s) {
  return reml__recovery_may_begin(&s->recovery, s->result.diagnostic_count);
}

/* Completes the diagnostic of the mistake. */
static void note_resync(reml_session *s, const reml_token *token) {
  reml_resync *resync = reml__alloc(s->memory, sizeof *resync);
  resync->skipped = reml__span(s->recovery.refuge.start, token->start);
  resync->token = reml_token_label(token->kind);
  s->diagnostics[s->result.diagnostic_count - 1].resync = resync;
}

/* Shows a token to the recovery; false when the parse is over. */
static bool recover_with(reml_session *s, const reml_token *token) {
  s->eof_read = token->kind == REML_TOKEN_EOF;
  switch (reml__recovery_take(&s->recovery, s->parser, token)) {
  case REML_RECOVERY_SKIPPED: s->token_waits = false; return true;
  case REML_RECOVERY_DONE:
    s->token_waits = true;
    note_resync(s, token);
    return true;
  case REML_RECOVERY_GIVEN_UP: break;
  }
  require_eof(s);
  return false;
}

/* False when there is no recovery. */
static bool recover_at(reml_session *s, const reml_token *token) {
  if (!may_recover(s)) return false;
  reml__recovery_begin(&s->recovery, s->parser, token->start);
  reml__recovery_note_stray(&s->recovery, token);
  return recover_with(s, token);
}

/* With a brace too many in a function, some of its statements seem to stand at top level. */
static bool is_consequence(const reml_session *s) {
  return s->parser->failure.kind == REML_FAILURE_TOP_LEVEL_EXPR && s->recovery.stray_brace;
}

/* Goes on as if the check had not failed; the token waits. */
static bool forgive(reml_session *s) {
  s->recovery.count += !is_consequence(s);
  s->token_waits = true;
  if (reml__parser_forgive(s->parser) == REML_PARSE_MORE) return true;
  accept(s);
  return false;
}

/* Where there may be recovery, a mistake is found before the parser has reduced anything: what it
 * would go back to must still be there. */
static reml_parse_status push(reml_session *s, const reml_token *token) {
  if (s->recovery.settings.collects && !reml__parser_can_push(s->parser, token->kind))
    return REML_PARSE_REJECTED;
  return reml__parser_push(s->parser, token);
}

/* --- tokens --- */

/* False when the parse is over. */
static bool take_token(reml_session *s, const reml_token *token) {
  s->token_waits = false;
  s->eof_read = token->kind == REML_TOKEN_EOF;
  s->result.consumed |= !s->eof_read;
  switch (push(s, token)) {
  case REML_PARSE_MORE: return true;
  case REML_PARSE_DECLARATION:
    s->declaration = s->parser->declaration;
    s->token_waits = true;
    return true;
  case REML_PARSE_ACCEPTED: accept(s); return false;
  case REML_PARSE_REJECTED:
    if (accept_prefix(s, token->start)) return false;
    blame(s, token);
    if (recover_at(s, token)) return true;
    break;
  case REML_PARSE_FAILED:
    if (is_consequence(s)) return forgive(s);
    construct_error(s);
    if (may_recover(s)) return forgive(s);
    break;
  case REML_PARSE_TOO_DEEP:
    limit_error(s, REML_DIAGNOSTIC_LIMIT_DEPTH, reml__span(token->start, token->end));
    return false;
  }
  require_eof(s);
  return false;
}

static void settle(reml_session *s) {
  if (reml__parser_settle(s->parser) == REML_PARSE_DECLARATION)
    s->declaration = s->parser->declaration;
}

/* What is met while skipping is part of the mistake that is being skipped. */
static bool recover_from_lexical_error(reml_session *s) {
  reml_place start = reml__lexer_error(s->lexer)->start;
  if (!s->recovery.skipping) {
    if (!may_recover(s)) return false;
    reml__recovery_begin(&s->recovery, s->parser, start);
  }
  s->recovery.end = reml__lexer_error(s->lexer)->end;
  reml__lexer_forgive(s->lexer);
  reml__layout_forgive(s->layout);
  return true;
}

/* Whether to read on. */
static bool take_lexical_error(reml_session *s) {
  if (accept_prefix(s, reml__lexer_error(s->lexer)->start)) {
    s->over = true;
    return false;
  }
  if (!s->recovery.skipping) lexical_error(s);
  if (recover_from_lexical_error(s)) return true;
  s->over = true;
  require_eof(s);
  return false;
}

/* Into the place that is to be the newest. */
static inline reml_lex_status read_token(reml_session *s, reml_read *read) {
  if (s->layout == NULL) {
    reml_lex_status status = reml__lexer_next(s->lexer, &read->token);
    if (status == REML_LEX_TOKEN) s->trail.newest = read;
    return status;
  }
  unsigned marks;
  reml_lex_status status =
      reml__layout_read(s->layout, &s->trail.newest->token, &read->token, &marks);
  if (status == REML_LEX_TOKEN)
    reml__trail_add(&s->trail, read, marks, &s->parser->top_statement.present);
  return status;
}

/* Reads the next token; false when there is none to be taken. */
static inline bool next_token(reml_session *s) {
  reml_read *read = reml__trail_next(&s->trail);
  for (;;) {
    switch (read_token(s, read)) {
    case REML_LEX_TOKEN: return true;
    case REML_LEX_MORE:
      if (s->parser->hands_out) settle(s);
      return false;
    case REML_LEX_ERROR:
      if (!take_lexical_error(s)) return false;
    }
  }
}

/* Takes the tokens that the bytes fed so far make, up to a declaration that is handed out. */
static void pump(reml_session *s) {
  while (!s->over && s->declaration == 0) {
    if (!s->token_waits && !next_token(s)) return;
    const reml_token *token = &s->trail.newest->token;
    s->over = !(s->recovery.skipping ? recover_with(s, token) : take_token(s, token));
  }
}

static void go_on(reml_session *s) {
  pump(s);
  if (!s->cut_off || s->over || s->declaration != 0) return;
  reml_place end = reml__lexer_place(s->lexer);
  limit_error(s, REML_DIAGNOSTIC_LIMIT_BYTES, reml__span(end, end));
}

/* --- interface --- */

static void open_parts(reml_session *s) {
  const reml_config *config = &s->settings.effective;
  s->opened_at = timestamp(s);
  s->diagnostics = NULL;
  move_diagnostics(s, FIRST_DIAGNOSTICS);
  bool spec = is_spec(s);
  if (spec && reml__config_recover(config, &s->recovery.settings) != REML_OK)
    reml__out_of_memory(s->memory);
  warn_left_recursion(s);
  s->ast = reml__ast_new(s->memory);
  s->lexer = reml__lexer_new(s->memory, s->settings.lex);
  reml__trail_open(&s->trail, s->memory, spec ? REML_PAST_TOKENS : 2);
  if (spec) s->layout = reml__layout_new(s->memory, s->lexer);
  s->parser = reml__parser_new(s->memory, spec ? &reml__spec_grammar : &reml__reference_grammar,
                               s->ast, config->experimental_effects || spec, config->max_depth);
  s->parser->allows_statements = config->allow_top_level_expr;
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
  if (s == NULL || (s->memory = GC_MALLOC(sizeof *s->memory)) == NULL) return NULL;
  if (setjmp(s->memory->unwind)) return NULL;
  s->context = context;
  s->first_sequence = context->next_sequence;
  if (reml__settings_derive(config, &s->settings) != REML_OK) return NULL;
  s->cache = cache;
  if (cache == NULL && config->packrat && (s->cache = reml_cache_new()) == NULL) return NULL;
  s->file = filename.length == 0 ? reml_string_from("<入力>") : copy_string(s->memory, filename);
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
  if (setjmp(s->memory->unwind)) return memory_error(s);
  size_t allowed = within_limit(s, count);
  s->fed += allowed;
  s->cut_off = allowed < count;
  reml__lexer_feed(s->lexer, bytes, allowed);
  go_on(s);
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
  if (setjmp(s->memory->unwind)) {
    memory_error(s);
    return &s->result;
  }
  reml__lexer_finish(s->lexer);
  go_on(s);
  return &s->result;
}

/* --- for streaming --- */

void reml__session_hand_out(reml_session *s) {
  s->parser->hands_out = true;
}

reml_node reml__session_declaration(const reml_session *s) {
  return s->declaration;
}

void reml__session_go_on(reml_session *s) {
  if (setjmp(s->memory->unwind)) {
    memory_error(s);
    return;
  }
  s->declaration = 0;
  reml__parser_release(s->parser);
  go_on(s);
}

void reml__session_take_prefix(reml_session *s) {
  s->wants_prefix = s->layout != NULL;
}

bool reml__session_remains(const reml_session *s, uint32_t *offset) {
  *offset = s->remains;
  return s->has_remains;
}

void reml__session_annotate_eof(reml_session *s) {
  s->annotate_eof = true;
}

void reml__session_fail(reml_session *s, const reml_stream_error *error) {
  static const reml_diagnostic_name names[] = {
      [REML_STREAM_IO_FAILED] = REML_DIAGNOSTIC_STREAM_IO_FAILED,
      [REML_STREAM_DECODER_FAILED] = REML_DIAGNOSTIC_STREAM_DECODER_FAILED,
      [REML_STREAM_FEEDER_BUG] = REML_DIAGNOSTIC_STREAM_FEEDER_BUG,
      [REML_STREAM_USER_CANCELLED] = REML_DIAGNOSTIC_STREAM_USER_CANCELLED,
  };
  reml_diagnostic_name name = names[error->kind];
  if (setjmp(s->memory->unwind)) {
    memory_error(s);
    return;
  }
  reml_stream_error *copy = reml__alloc(s->memory, sizeof *copy);
  *copy = *error;
  copy->message = reml__diagnostic_message(s->memory, name, &error->message);
  if (error->cause.bytes != NULL) copy->cause = copy_string(s->memory, error->cause);
  reml_place end = reml__lexer_place(s->lexer);
  reml_diagnostic diagnostic = make(s, name, reml__span(end, end));
  diagnostic.message = copy->message;
  diagnostic.stream_error = copy;
  reml__session_end_with(s, diagnostic);
}

void reml__session_end_with(reml_session *s, reml_diagnostic diagnostic) {
  s->declaration = 0;
  s->finished = s->over = true;
  record(s, diagnostic);
}

/* What a fork may not have in common with its origin. */
static void fork_parts(reml_session *fork, const reml_session *from) {
  fork->lexer = reml__lexer_fork(from->lexer);
  if (from->layout != NULL) fork->layout = reml__layout_fork(from->layout, fork->lexer);
  fork->parser = reml__parser_fork(from->parser);
  fork->ast = fork->parser->ast;
  reml__trail_fork(&fork->trail);
  move_diagnostics(fork, from->diagnostic_room);
  if (from->result.legacy_error != NULL) fork->result.legacy_error = &fork->legacy;
  if (from->cache != NULL) fork->cache = reml__cache_copy(fork->memory, from->cache);
}

reml_session *reml__session_fork(reml_session *s) {
  if (setjmp(s->memory->unwind)) return NULL;
  reml_session *fork = reml__alloc(s->memory, sizeof *fork);
  *fork = *s;
  fork_parts(fork, s);
  return fork;
}

/* What lexer and layout hold. */
static reml_lex_rest lex_rest(const reml_session *s) {
  reml_lex_rest rest = reml__lexer_rest(s->lexer);
  if (s->layout != NULL) reml__layout_rest(s->layout, &rest);
  return rest;
}

reml_session_rest reml__session_rest(const reml_session *s) {
  reml_lex_rest rest = lex_rest(s);
  return (reml_session_rest){.received = s->fed,
                             .settled = rest.settled,
                             .missing = rest.missing,
                             .in_comment = rest.in_comment};
}

reml_session_size reml__session_size(const reml_session *s) {
  return (reml_session_size){
      .bytes = sizeof *s + lex_rest(s).bytes + reml__parser_bytes(s->parser) +
               reml__trail_bytes(&s->trail),
      .nodes = s->ast->node_count,
      .has_memo = s->cache != NULL,
      .memo_bytes = s->cache != NULL ? reml_cache_approx_bytes(s->cache) : 0,
  };
}

static bool accepts_end(const reml_session *s) {
  uint32_t braces = s->layout != NULL ? reml__layout_open_blocks(s->layout) : 0;
  return !s->recovery.skipping && reml__parser_accepts_end(s->parser, braces);
}

bool reml__session_accepts_end(reml_session *s) {
  if (s->over || !s->result.consumed || s->settings.require_eof || setjmp(s->memory->unwind))
    return false;
  return lex_rest(s).at_rest && accepts_end(s);
}

void reml__session_settle(reml_session *s) {
  if (s->over) return;
  if (setjmp(s->memory->unwind)) {
    memory_error(s);
    return;
  }
  settle(s);
}

bool reml__session_checkpoint(const reml_session *s, reml_span *out) {
  const reml_checkpoint *checkpoint = &s->parser->checkpoint;
  if (checkpoint->present) *out = reml__span(checkpoint->start, checkpoint->end);
  return checkpoint->present;
}

const reml_expected *reml__session_expected(reml_session *s) {
  if (s->over || setjmp(s->memory->unwind)) return NULL;
  reml_token_kind kinds[REML_TOKEN_COUNT];
  size_t count = reml__parser_expected(s->parser, kinds);
  return reml__expected_summary(s->memory, kinds, count);
}

const reml_parser *reml__session_parser(const reml_session *s) {
  return s->parser;
}

const char *reml__session_opened_at(const reml_session *s) {
  return s->opened_at;
}

uint64_t reml__session_first_sequence(const reml_session *s) {
  return s->first_sequence;
}

const reml_tree *reml__session_tree(const reml_session *s) {
  return reml__ast_tree(s->ast);
}
