/* The ring of tokens, and what goes in and out. */
#include "layout_parts.h"
#include <string.h>

enum { FIRST_RING = 16 };

/* --- room --- */

static void grow_ring(reml_layout *layout) {
  size_t old = layout->ring_size;
  layout->ring = reml__grow_atomic(layout->memory, layout->ring, old, &layout->ring_size, old + 1,
                                   sizeof(slot));
  for (size_t number = layout->given; number < layout->end; number++) {
    size_t from = number & (old - 1);
    if ((number & (layout->ring_size - 1)) != from) {
      *slot_at(layout, number) = layout->ring[from];
    }
  }
}

/* Where the next token of the ring will be. */
static reml_token *room_for_token(reml_layout *layout) {
  if (layout->end - layout->given == layout->ring_size) grow_ring(layout);
  return &slot_at(layout, layout->end)->token;
}

static size_t live_text(const reml_layout *layout, uint64_t from) {
  return layout->text_used - (size_t)(from - layout->text_base);
}

/* Texts in front of the oldest token in the ring are let go when they are the greater part. */
static void let_go_of_text(reml_layout *layout) {
  uint64_t from = slot_at(layout, layout->given)->text_at;
  size_t live = live_text(layout, from);
  if (layout->text_used < 4096 || live > layout->text_used / 2) return;
  memmove(layout->text, layout->text + (layout->text_used - live), live);
  layout->text_base = from;
  layout->text_used = live;
}

/* The text of the newest token is the lexer's until the lexer is called again. */
static void keep_text(reml_layout *layout, slot *newest) {
  size_t length = newest->token.length;
  if (newest->kept || length == 0) return;
  size_t needed = layout->text_used + length + REML_TEXT_SLACK;
  if (needed > layout->text_capacity) {
    layout->text = reml__grow_atomic(layout->memory, layout->text, layout->text_used,
                                     &layout->text_capacity, needed, 1);
  }
  memcpy(layout->text + layout->text_used, newest->token.text, length);
  newest->text_at = layout->text_base + layout->text_used;
  newest->kept = true;
  layout->text_used += length;
}

/* --- in --- */

static bool is_after_introducer(const reml_layout *layout, unsigned kind) {
  return (kind == REML_TOKEN_LET || kind == REML_TOKEN_VAR) &&
         traits_of(layout->prev[AT_LEXER]) & TRAIT_INTRODUCER;
}

static void do_stages(reml_layout *layout, size_t names) {
  for (; layout->blocks_at < names; layout->blocks_at++) {
    reml__layout_do_blocks(layout, slot_at(layout, layout->blocks_at), layout->blocks_at);
  }
  for (; layout->braces_at < layout->blocks_at; layout->braces_at++) {
    slot *at = slot_at(layout, layout->braces_at);
    if (at->waits & WAITS_FOR_BLOCK) break;
    reml__layout_do_braces(layout, at, layout->braces_at);
  }
  for (; layout->arms_at < layout->braces_at; layout->arms_at++) {
    slot *at = slot_at(layout, layout->arms_at);
    if (at->waits & WAITS_FOR_BRACE) break;
    reml__layout_do_arms(layout, at, layout->arms_at);
  }
  for (; layout->words_at < layout->arms_at; layout->words_at++) {
    slot *at = slot_at(layout, layout->words_at);
    if (at->waits & WAITS_FOR_ARM) break;
    reml__layout_do_words(layout, at, layout->words_at);
  }
}

static void take(reml_layout *layout, const reml_token *token) {
  if (layout->end == layout->given) {
    layout->text_base += layout->text_used;
    layout->text_used = 0;
  }
  bool first = token->start.line != layout->end_line;
  bool has_column = !layout->failed && (first || is_after_introducer(layout, token->kind));
  uint32_t column = has_column ? reml__lexer_column(layout->gate.lexer, token) : 0;
  size_t end = layout->end;
  size_t names = reml__layout_append(layout, token, first);
  if (layout->end != end) slot_at(layout, end)->column = column;
  layout->end_line = token->end.line;
  layout->prev[AT_LEXER] = (uint8_t)token->kind;
  do_stages(layout, names);
}

/* The lexer has found an error: what is held is decided as at the end of the input. */
static void take_failure(reml_layout *layout) {
  const reml_lex_error *error = reml__lexer_error(layout->gate.lexer);
  reml_token end = {.kind = REML_TOKEN_EOF, .start = error->start, .end = error->end, .text = ""};
  layout->failed = true;
  (void)room_for_token(layout);
  take(layout, &end);
}

/* What the lexer has given or said. */
static void take_either(reml_layout *layout, const reml_token *token, reml_lex_status status) {
  if (status == REML_LEX_ERROR) {
    take_failure(layout);
  } else {
    take(layout, token);
  }
}

/* --- out --- */

/* It ends where the token before it does, which is not behind its start: so whoever goes by ends
 * needs not know of it. */
static reml_token zero_width(const reml_layout *layout, const slot *at, reml_token_kind kind) {
  return (reml_token){.kind = kind, .start = at->token.start, .end = layout->given_end, .text = ""};
}

static reml_token real_token(const reml_layout *layout, const slot *at) {
  reml_token token = at->token;
  if (at->kept) token.text = layout->text + (at->text_at - layout->text_base);
  return token;
}

/* The next token of the oldest slot: what stands in front of it, then itself. */
static void give(reml_layout *layout, reml_token *token) {
  const slot *at = slot_at(layout, layout->given);
  size_t shown = layout->shown++;
  if (shown < at->closes) {
    *token = zero_width(layout, at, REML_TOKEN_RBRACE);
    return;
  }
  shown -= at->closes;
  if (shown < (size_t)at->opens + at->bar + at->row) {
    *token = zero_width(layout, at,
                        at->opens ? REML_TOKEN_LBRACE
                        : at->bar ? REML_TOKEN_VBAR
                                  : REML_TOKEN_EFFROW);
    return;
  }
  *token = real_token(layout, at);
  layout->given_end = token->end;
  layout->shown = 0;
  layout->given++;
  watch(layout, token->kind);
}

static bool can_give(const reml_layout *layout) {
  if (layout->given == layout->words_at) return false;
  return !(slot_at((reml_layout *)layout, layout->given)->waits & WAITS_FOR_WORD);
}

/* --- interface --- */

reml_layout *reml__layout_new(reml_memory *memory, reml_lexer *lexer) {
  reml_layout *layout = reml__alloc(memory, sizeof *layout);
  layout->memory = memory;
  layout->gate.lexer = lexer;
  layout->ring = reml__grow_atomic(memory, NULL, 0, &layout->ring_size, FIRST_RING, sizeof(slot));
  layout->words.next = layout->words.second = NONE;
  push_block_frame(layout, false);
  push_brace_frame(layout);
  push_arm_frame(layout, false);
  note_bracket(layout);
  return layout;
}

reml_token reml__layout_following(reml_layout *layout) {
  return real_token(layout, slot_at(layout, layout->given));
}

static bool give_if_decided(reml_layout *layout, reml_token *token, reml_lex_status *status) {
  if (!can_give(layout)) return false;
  bool error = layout->failed && layout->given + 1 == layout->end;
  *status = error ? REML_LEX_ERROR : REML_LEX_TOKEN;
  if (!error) give(layout, token);
  return true;
}

/* Reads on until the oldest token of the ring is decided. */
reml_lex_status reml__layout_next_held(reml_layout *layout, reml_token *token) {
  reml_lex_status status;
  while (!give_if_decided(layout, token, &status)) {
    keep_text(layout, slot_at(layout, layout->end - 1));
    let_go_of_text(layout);
    reml_token *next = room_for_token(layout);
    status = reml__lexer_next_spec(layout->gate.lexer, next);
    if (status == REML_LEX_MORE) break;
    take_either(layout, next, status);
  }
  return status;
}

reml_lex_status reml__layout_hold(reml_layout *layout, const reml_token *before, reml_token *token,
                                  reml_lex_status status) {
  catch_up(layout, before);
  layout->end_line = before->end.line;
  layout->gate.watchful = true;
  firm(layout);
  take_either(layout, token, status);
  return reml__layout_next_held(layout, token);
}

reml_lex_status reml__layout_next(reml_layout *layout, reml_token *token) {
  reml_token next;
  unsigned marks;
  reml_lex_status status = reml__layout_read(layout, &layout->newest, &next, &marks);
  if (status == REML_LEX_TOKEN) *token = layout->newest = next;
  return status;
}

static void *copy(reml_memory *memory, const void *from, size_t used, size_t *capacity,
                  size_t item) {
  void *block = reml__alloc_atomic(memory, used * item + 1);
  if (used > 0) memcpy(block, from, used * item);
  *capacity = used;
  return block;
}

reml_layout *reml__layout_fork(const reml_layout *from, reml_lexer *lexer) {
  reml_memory *memory = from->memory;
  reml_layout *fork = reml__alloc(memory, sizeof *fork);
  *fork = *from;
  fork->gate.lexer = lexer;
  fork->ring = copy(memory, from->ring, from->ring_size, &fork->ring_size, sizeof(slot));
  size_t texts = from->text != NULL ? from->text_used + REML_TEXT_SLACK : 0;
  fork->text = copy(memory, from->text, texts, &fork->text_capacity, 1);
  fork->blocks.frames = copy(memory, from->blocks.frames, from->blocks.frame_count,
                             &fork->blocks.frame_capacity, sizeof(block_frame));
  fork->blocks.items = copy(memory, from->blocks.items, from->blocks.count, &fork->blocks.capacity,
                            sizeof(virtual_block));
  fork->blocks.undecided = copy(memory, from->blocks.undecided, from->blocks.undecided_count,
                                &fork->blocks.undecided_capacity, sizeof(size_t));
  fork->braces.frames = copy(memory, from->braces.frames, from->braces.frame_count,
                             &fork->braces.frame_capacity, sizeof(brace_frame));
  fork->arms.frames = copy(memory, from->arms.frames, from->arms.frame_count,
                           &fork->arms.frame_capacity, sizeof(arm_frame));
  fork->arms.heads =
      copy(memory, from->arms.heads, from->arms.head_count, &fork->arms.head_capacity, 1);
  fork->words.brackets = copy(memory, from->words.brackets, from->words.count,
                              &fork->words.capacity, sizeof(word_bracket));
  return fork;
}

void reml__layout_rest(const reml_layout *layout, reml_lex_rest *rest) {
  rest->bytes += sizeof *layout + layout->ring_size * sizeof(slot) + layout->text_capacity +
                 layout->blocks.frame_capacity * sizeof(block_frame) +
                 layout->blocks.capacity * sizeof(virtual_block) +
                 layout->blocks.undecided_capacity * sizeof(size_t) +
                 layout->braces.frame_capacity * sizeof(brace_frame) +
                 layout->arms.frame_capacity * sizeof(arm_frame) + layout->arms.head_capacity +
                 layout->words.capacity * sizeof(word_bracket);
  if (layout->given == layout->end) return;
  rest->settled = slot_at((reml_layout *)layout, layout->given)->token.start.offset;
  rest->at_rest = false;
}

uint32_t reml__layout_open_blocks(const reml_layout *layout) {
  return layout->blocks.open;
}

/* The slot that stood for the end is dropped; it has decided all that was held. The next token does
 * not follow the one before the error, so it must not take the short way. */
void reml__layout_forgive(reml_layout *layout) {
  layout->failed = false;
  layout->given = layout->end;
  layout->gate.watchful = layout->after_failure = true;
  note_bracket(layout);
}
