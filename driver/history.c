/* What was read lately: the newest tokens, and the brackets that are open. */
#include "reml_explain.h"
#include <string.h>

static bool is_opening(reml_token_kind kind) {
  return kind == REML_TOKEN_LPAREN || kind == REML_TOKEN_LBRACKET || kind == REML_TOKEN_LBRACE;
}

static reml_token_kind opening_of(reml_token_kind closing) {
  switch (closing) {
  case REML_TOKEN_RPAREN: return REML_TOKEN_LPAREN;
  case REML_TOKEN_RBRACKET: return REML_TOKEN_LBRACKET;
  case REML_TOKEN_RBRACE: return REML_TOKEN_LBRACE;
  default: return REML_TOKEN_EOF;
  }
}

static void open_bracket(reml_history *history, const reml_past *token) {
  history->open =
      reml__grow_atomic(history->memory, history->open, history->open_count,
                        &history->open_capacity, history->open_count + 1, sizeof *history->open);
  history->open[history->open_count++] =
      (reml_open_bracket){token->kind, token->start, history->indent};
}

/* The bracket that opened it, and what is open inside of that one, are closed. */
static void close_bracket(reml_history *history, const reml_past *token) {
  reml_token_kind kind = opening_of(token->kind);
  size_t at = history->open_count;
  while (at > 0 && history->open[at - 1].kind != kind)
    at--;
  if (at == 0) return;
  const reml_open_bracket *opened = &history->open[at - 1];
  bool odd = token->first && opened->indent != history->indent;
  if (odd && !history->has_suspect) {
    history->has_suspect = true;
    history->suspect = *opened;
  }
  history->open_count = at - 1;
}

static void settle(reml_history *history) {
  const reml_past *newest = &history->past[(history->count - 1) % REML_PAST_TOKENS];
  history->unsettled = false;
  if (is_opening(newest->kind))
    open_bracket(history, newest);
  else
    close_bracket(history, newest);
}

static bool has_word(reml_token_kind kind) {
  return kind == REML_TOKEN_IDENT || kind == REML_TOKEN_UPPER_IDENT || kind == REML_TOKEN_INT;
}

/* Statements at top level are told at the end of the input only. */
static void keep(reml_history *history) {
  reml_history *kept = reml__alloc(history->memory, sizeof *kept);
  *kept = *history;
  kept->open = NULL;
  kept->open_count = kept->open_capacity = 0;
  history->at_statement = kept;
}

/* The kind by its text; only kinds of the layout, which are the last, have that of another one. */
static reml_token_kind plain_kind(reml_token_kind kind) {
  return kind < REML_TOKEN_FIXITY ? kind : reml__token_plain(kind);
}

/* A bracket, which the next token finds open or closed. */
static void note_bracket(reml_history *history, reml_past *past) {
  bool closes = opening_of(past->kind) != REML_TOKEN_EOF;
  if (closes && past->depth > 0) past->depth--;
  history->unsettled = closes || is_opening(past->kind);
}

void reml__history_add(reml_history *history, const reml_token *token, bool has_statement) {
  if (has_statement && history->at_statement == NULL) keep(history);
  if (history->unsettled) settle(history);
  if (token->start.offset == token->end.offset) return;
  const reml_past *before = &history->past[(history->count - 1) % REML_PAST_TOKENS];
  reml_past *past = &history->past[history->count % REML_PAST_TOKENS];
  reml_token_kind kind = plain_kind(token->kind);
  past->kind = kind;
  past->first = history->count == 0 || before->end.line != token->start.line;
  past->length = 0;
  past->start = token->start;
  past->end = token->end;
  past->depth = (uint32_t)history->open_count;
  if (past->first) history->indent = token->start.offset - token->start.line_start;
  if (has_word(kind) && token->length <= REML_PAST_WORD) {
    past->length = (uint8_t)token->length;
    memcpy(past->word, token->text, token->length);
  } else {
    note_bracket(history, past);
  }
  history->count++;
}

reml_history *reml__history_new(reml_memory *memory) {
  reml_history *history = reml__alloc(memory, sizeof *history);
  history->memory = memory;
  return history;
}

reml_history *reml__history_fork(const reml_history *from) {
  reml_history *fork = reml__alloc(from->memory, sizeof *fork);
  *fork = *from;
  fork->open_capacity = 0;
  fork->open = reml__grow_atomic(from->memory, NULL, 0, &fork->open_capacity, from->open_count + 1,
                                 sizeof *fork->open);
  if (from->open_count > 0) memcpy(fork->open, from->open, from->open_count * sizeof *fork->open);
  return fork;
}
