/* What was read lately: the newest tokens, and the brackets that are open. */
#include "reml_explain.h"

/* --- brackets --- */

static bool is_bracket(reml_token_kind kind) {
  return reml__is_closer(kind) || reml__closers[kind] != 0;
}

void reml__trail_make_room(reml_trail *trail) {
  trail->open = reml__grow_atomic(trail->memory, trail->open, trail->open_count,
                                  &trail->open_capacity, trail->open_count + 1, //
                                  sizeof *trail->open);
}

/* The bracket that opened it, and what is open inside of that one, are closed. */
void reml__trail_close_oddly(reml_trail *trail, const reml_token *token) {
  size_t at = trail->open_count;
  while (at > 0 && trail->open[at - 1].closer != token->kind)
    at--;
  if (at == 0) return;
  trail->open_count = at - 1;
  const reml_open_bracket *opened = &trail->open[at - 1];
  bool odd = opened->indent != trail->indent && token->start.offset == trail->first;
  if (!odd || trail->has_suspect) return;
  trail->has_suspect = true;
  trail->suspect = *opened;
}

/* --- the past --- */

/* The kind by its text; only kinds of the layout, which are the last, have that of another one. */
static reml_token_kind plain_kind(reml_token_kind kind) {
  return kind < REML_TOKEN_FIXITY ? kind : reml__token_plain(kind);
}

static bool has_word(reml_token_kind kind) {
  return kind == REML_TOKEN_IDENT || kind == REML_TOKEN_UPPER_IDENT || kind == REML_TOKEN_INT;
}

/* Depth is the number of brackets that are open behind the token; answers how many there are in
 * front of it. */
static uint32_t describe(reml_past *past, const reml_read *read, uint32_t depth) {
  const reml_token *token = &read->token;
  past->kind = plain_kind(token->kind);
  past->start = token->start;
  past->end = token->end;
  if (has_word(past->kind) && token->length <= REML_PAST_WORD) {
    past->length = (uint8_t)token->length;
    memcpy(past->word, read->word, token->length);
  }
  bool closes = reml__is_closer(token->kind);
  if (is_bracket(token->kind)) depth = token->detail;
  past->depth = closes && depth > 0 ? depth - 1 : depth;
  return depth;
}

/* Those with a width, the newest first. Room is for one less than the ring has: it may be that the
 * oldest has been written over. True when they are all that there have been. */
static bool list_reads(const reml_trail *trail, const reml_read **list, size_t *count) {
  const reml_read *oldest = reml__trail_next(trail);
  *count = 0;
  for (const reml_read *read = trail->newest; read != oldest; read--) {
    if (read->token.end.line == 0) return true;
    if (reml__has_width(&read->token)) list[(*count)++] = read;
    if (read == trail->reads) read = trail->reads_end;
  }
  return false;
}

/* Of the oldest it is not known whether it is the first on its line, unless it is the very first.
 */
static void fill_past(reml_history *history, const reml_trail *trail) {
  const reml_read *list[REML_PAST_TOKENS];
  size_t count;
  bool is_all = list_reads(trail, list, &count);
  history->count = count - (!is_all && count > 0);
  uint32_t depth = (uint32_t)trail->open_count;
  for (size_t i = 0; i < history->count; i++) {
    reml_past *past = &history->past[i];
    depth = describe(past, list[i], depth);
    past->first = i + 1 == count || list[i + 1]->token.end.line != past->start.line;
  }
}

/* What the newest token closes is still there, and open in front of it. */
const reml_history *reml__trail_recall(const reml_trail *trail) {
  const reml_token *newest = &trail->newest->token;
  bool bracket = is_bracket(newest->kind) && reml__has_width(newest);
  reml_history *history = reml__alloc(trail->memory, sizeof *history);
  fill_past(history, trail);
  history->open = trail->open;
  history->open_count = bracket ? newest->detail : trail->open_count;
  history->has_suspect = trail->has_suspect;
  history->suspect = trail->suspect;
  history->at_statement = trail->at_statement;
  return history;
}

/* Statements at top level are told at the end of the input only. */
void reml__trail_keep(reml_trail *trail) {
  if (trail->at_statement != NULL) return;
  reml_history *kept = reml__alloc(trail->memory, sizeof *kept);
  fill_past(kept, trail);
  trail->at_statement = kept;
}

/* --- */

void reml__trail_open(reml_trail *trail, reml_memory *memory, size_t tokens) {
  *trail = (reml_trail){.memory = memory};
  trail->reads = reml__alloc(memory, tokens * sizeof *trail->reads);
  trail->reads_end = trail->reads + tokens;
  trail->newest = trail->reads;
}

void reml__trail_fork(reml_trail *trail) {
  const reml_read *reads = trail->reads;
  const reml_open_bracket *open = trail->open;
  size_t tokens = (size_t)(trail->reads_end - reads);
  size_t newest = (size_t)(trail->newest - reads);
  trail->reads = reml__alloc(trail->memory, tokens * sizeof *reads);
  memcpy(trail->reads, reads, tokens * sizeof *reads);
  trail->reads_end = trail->reads + tokens;
  trail->newest = trail->reads + newest;
  trail->open_capacity = 0;
  trail->open = reml__grow_atomic(trail->memory, NULL, 0, &trail->open_capacity, trail->open_count,
                                  sizeof *open);
  if (trail->open_count > 0) memcpy(trail->open, open, trail->open_count * sizeof *open);
}

size_t reml__trail_bytes(const reml_trail *trail) {
  return (size_t)(trail->reads_end - trail->reads) * sizeof *trail->reads +
         trail->open_capacity * sizeof *trail->open;
}
