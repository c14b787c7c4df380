#include "reml_recover.h"
#include <string.h>

bool reml__recovery_may_begin(const reml_recovery *r, size_t diagnostics) {
  return r->settings.collects && r->count < r->settings.max_recoveries &&
         diagnostics < r->settings.max_diagnostics;
}

void reml__recovery_begin(reml_recovery *r, const reml_parser *parser, reml_place start) {
  r->skipping = true;
  r->count++;
  r->end = parser->last_end;
  r->from = start.offset;
  r->deeper = 0;
  r->pending_count = 0;
  if (!reml__parser_refuge(parser, SIZE_MAX, &r->refuge)) return;
  if (r->refuge.is_empty) r->refuge.start = start;
  r->column = reml__offset_in_line(r->refuge.start);
  r->pending_count = reml__parser_given_up(parser, &r->refuge, r->pending, REML_PENDING_MOST);
}

void reml__recovery_note_stray(reml_recovery *r, const reml_token *token) {
  bool at_top = r->refuge.is_empty && r->refuge.kept <= 1;
  r->stray_brace |= at_top && token->kind == REML_TOKEN_RBRACE;
}

/* --- brackets that were opened since --- */

static void open_bracket(reml_recovery *r, reml_token_kind closer) {
  if (r->pending_count == REML_PENDING_MOST)
    r->deeper++;
  else
    r->pending[r->pending_count++] = closer;
}

/* False when the bracket was opened before. Those opened behind its partner are not closed. */
static bool close_bracket(reml_recovery *r, reml_token_kind closer) {
  if (r->deeper > 0) {
    r->deeper--;
    return true;
  }
  for (size_t i = r->pending_count; i-- > 0;) {
    if (r->pending[i] != closer) continue;
    r->pending_count = i;
    return true;
  }
  return false;
}

/* --- points to go on from --- */

static bool is_first_on_line(const reml_recovery *r, const reml_token *token) {
  return token->start.line > r->end.line;
}

/* A brace that stands further to the left than what is given up closes what is around it, whatever
 * is open inside. */
static bool closes_around(const reml_recovery *r, const reml_token *token) {
  return token->kind == REML_TOKEN_RBRACE && reml__has_width(token) && is_first_on_line(r, token) &&
         reml__offset_in_line(token->start) < r->column;
}

static bool is_listed(const reml_recovery *r, const reml_token *token) {
  const reml_text_list *texts = &r->settings.sync_tokens;
  const char *label = reml_token_label(token->kind);
  for (size_t i = 0; i < texts->count; i++) {
    const reml_string *text = &texts->items[i];
    if (strlen(label) == text->length && memcmp(label, text->bytes, text->length) == 0) return true;
  }
  return false;
}

static bool is_bar(reml_token_kind kind) {
  return kind == REML_TOKEN_BAR || kind == REML_TOKEN_VBAR;
}

/* Whether to ask the parser; also keeps count of the brackets. */
static bool is_point(reml_recovery *r, reml_parser *parser, const reml_token *token) {
  reml_token_kind kind = token->kind, closer;
  if (kind == REML_TOKEN_EOF || closes_around(r, token)) return true;
  if (reml__is_closer(kind)) return !close_bracket(r, kind);
  bool outside = r->pending_count == 0 && r->deeper == 0;
  bool starts_line = is_first_on_line(r, token) && reml__offset_in_line(token->start) <= r->column;
  bool point = starts_line || (outside && (kind == REML_TOKEN_SEMICOLON || is_listed(r, token)));
  if (outside && is_bar(kind))
    point |= reml__parser_refuge_accepts(parser, &r->refuge, REML_TOKEN_VBAR);
  if (!point && parser->grammar->opens(kind, &closer)) open_bracket(r, closer);
  return point;
}

/* How many refuges one token may ask: of ten thousand lines in ten thousand open lists, each would
 * ask all. The end of the input asks as many as there are. */
enum { ASKED_MOST = 256 };

/* The innermost refuge where the token fits. One further out is taken only for a token that
 * stands where that one's elements do, or that ends everything. */
static bool find_refuge(reml_recovery *r, reml_parser *parser, const reml_token *token) {
  bool is_end = token->kind == REML_TOKEN_EOF;
  bool anywhere = is_end || reml__is_closer(token->kind);
  reml_refuge refuge = r->refuge;
  for (size_t asked = 0; is_end || asked < ASKED_MOST; asked++) {
    bool fits = anywhere ||
                reml__offset_in_line(token->start) <= reml__offset_in_line(refuge.start) ||
                refuge.kept == r->refuge.kept;
    if (fits && reml__parser_refuge_accepts(parser, &refuge, token->kind)) {
      r->refuge = refuge;
      return true;
    }
    if (!reml__parser_refuge(parser, refuge.kept, &refuge)) break;
  }
  return false;
}

static reml_place later(reml_place a, reml_place b) {
  return a.offset > b.offset ? a : b;
}

static void take_refuge(reml_recovery *r, reml_parser *parser) {
  reml__parser_retreat(parser, &r->refuge, later(r->end, parser->last_end));
}

/* Inside of a bracket that is not closed the layout finds no arms. A token that begins a line where
 * an arm is given up is one, if only the bar is missing. */
static bool take_bare_arm(reml_recovery *r, reml_parser *parser, const reml_token *token) {
  bool in_column = is_first_on_line(r, token) && reml__offset_in_line(token->start) == r->column;
  if (!in_column || !r->refuge.is_bare || token->kind == REML_TOKEN_VBAR ||
      !reml__parser_refuge_accepts(parser, &r->refuge, REML_TOKEN_VBAR))
    return false;
  take_refuge(r, parser);
  reml_token bar = {.kind = REML_TOKEN_VBAR, .start = token->start, .end = parser->last_end};
  reml__parser_push(parser, &bar);
  return true;
}

/* --- the end of the input --- */

/* Closes the innermost block that is still open, so that what is in it stays in the tree. */
static bool close_block(reml_recovery *r, reml_parser *parser, const reml_token *end) {
  reml_token brace = {.kind = REML_TOKEN_RBRACE, .start = end->start};
  if (!find_refuge(r, parser, &brace)) return false;
  take_refuge(r, parser);
  brace.end = parser->last_end;
  return reml__parser_push(parser, &brace) == REML_PARSE_MORE &&
         reml__parser_refuge(parser, SIZE_MAX, &r->refuge);
}

static bool close_all(reml_recovery *r, reml_parser *parser, const reml_token *end) {
  while (!reml__parser_refuge_accepts(parser, &r->refuge, REML_TOKEN_EOF)) {
    if (!close_block(r, parser, end)) return find_refuge(r, parser, end);
    if (reml__parser_accepts(parser, REML_TOKEN_EOF)) return true;
  }
  return true;
}

/* --- */

reml_recovery_step reml__recovery_take(reml_recovery *r, reml_parser *parser,
                                       const reml_token *token) {
  bool point = is_point(r, parser, token);
  bool is_end = token->kind == REML_TOKEN_EOF;
  if (point && take_bare_arm(r, parser, token)) {
    r->skipping = !reml__parser_can_push(parser, token->kind);
    if (!r->skipping) return REML_RECOVERY_DONE;
  }
  if (point && (is_end ? close_all(r, parser, token) : find_refuge(r, parser, token))) {
    if (!is_end || !reml__parser_accepts(parser, REML_TOKEN_EOF)) take_refuge(r, parser);
    r->skipping = false;
    return REML_RECOVERY_DONE;
  }
  if (is_end || token->end.offset - r->from > r->settings.max_resync_bytes)
    return REML_RECOVERY_GIVEN_UP;
  if (reml__has_width(token)) r->end = token->end;
  return REML_RECOVERY_SKIPPED;
}
