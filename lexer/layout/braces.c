/* L4: the classes of `{` (contract-spec grammar-spec.md section 3). The brackets of this stage are
 * the real and the virtual ones. */
#include "layout_parts.h"

/* What has been seen behind a brace whose class is not decided. */
enum { LOOK_NONE, LOOK_FIRST, LOOK_NAME, LOOK_LITERAL, LOOK_VALUE };

static void decide(reml_layout *layout, brace_frame *frame, reml_token_kind class) {
  slot *at = slot_at(layout, frame->slot);
  at->token.kind = class;
  at->waits &= (uint8_t)~WAITS_FOR_BRACE;
  frame->look = LOOK_NONE;
}

static void decide_record(reml_layout *layout, brace_frame *frame) {
  decide(layout, frame, frame->typed ? REML_TOKEN_LBRACE_TREC : REML_TOKEN_LBRACE_REC);
}

static void decide_block(reml_layout *layout, brace_frame *frame) {
  decide(layout, frame, REML_TOKEN_LBRACE);
}

static void look_at_first(reml_layout *layout, brace_frame *frame, reml_token_kind kind) {
  if (traits_of(kind) & TRAIT_NAME || kind == REML_TOKEN_SELF) {
    frame->look = LOOK_NAME;
  } else if (traits_of(kind) & TRAIT_LITERAL) {
    frame->look = LOOK_LITERAL;
  } else if (kind == REML_TOKEN_RBRACE && frame->typed) {
    decide_record(layout, frame);
  } else {
    decide_block(layout, frame);
  }
}

static void look_behind_name(reml_layout *layout, brace_frame *frame, reml_token_kind kind) {
  if (kind == REML_TOKEN_EQ) {
    frame->look = LOOK_VALUE;
  } else if (kind == REML_TOKEN_COLON || kind == REML_TOKEN_COMMA) {
    decide_record(layout, frame);
  } else {
    decide_block(layout, frame);
  }
}

/* `{ name = …`: a record with one field, or the assignment that a block begins with. */
static void look_at_value(reml_layout *layout, brace_frame *frame, const slot *at, uint8_t prev) {
  uint32_t traits = traits_of(at->token.kind);
  bool statement = at->first && traits & TRAIT_STATEMENT_START && traits_of(prev) & TRAIT_ENDER;
  if (at->token.kind == REML_TOKEN_COMMA) {
    decide_record(layout, frame);
  } else if (traits & TRAIT_CLOSER && at->token.start.line == frame->line) {
    decide_record(layout, frame);
  } else if (traits & TRAIT_CLOSER || statement || at->token.kind == REML_TOKEN_SEMICOLON ||
             at->token.kind == REML_TOKEN_COLONEQ || at->token.kind == REML_TOKEN_EOF) {
    decide_block(layout, frame);
  }
}

static void look(reml_layout *layout, brace_frame *frame, const slot *at, uint8_t prev) {
  switch (frame->look) {
  case LOOK_FIRST: look_at_first(layout, frame, at->token.kind); break;
  case LOOK_NAME: look_behind_name(layout, frame, at->token.kind); break;
  case LOOK_LITERAL:
    decide(layout, frame,
           at->token.kind == REML_TOKEN_COMMA ? REML_TOKEN_LBRACE_SET : REML_TOKEN_LBRACE);
    break;
  default: look_at_value(layout, frame, at, prev);
  }
}

static void pop_frame(reml_layout *layout) {
  if (layout->braces.frame_count > 1) layout->braces.frame_count--;
}

/* The body of a loop is a block whatever is in it. */
static void open_brace(reml_layout *layout, slot *at, size_t number, uint8_t prev) {
  reml_brace what = enter_brace(layout, prev);
  brace_frame *frame = top_braces(layout);
  at->body = what != BRACE_ALONE;
  if (what == BRACE_OF_LOOP) return;
  frame->slot = number;
  frame->look = LOOK_FIRST;
  frame->line = at->token.start.line;
  frame->typed = prev == REML_TOKEN_UPPER_IDENT && !at->first;
  at->waits |= WAITS_FOR_BRACE;
}

/* Brackets that are open at the end are closed by nothing, not by the virtual braces there either.
 */
static void meet_end(reml_layout *layout) {
  for (size_t i = layout->braces.frame_count; i-- > 0;) {
    if (layout->braces.frames[i].look != LOOK_NONE) {
      decide_block(layout, &layout->braces.frames[i]);
    }
  }
}

/* Not the `for` of an impl. */
void reml__layout_meet_for(brace_frame *frame) {
  frame->loops += !frame->impl;
  frame->impl = false;
}

void reml__layout_do_braces(reml_layout *layout, slot *at, size_t number) {
  uint8_t prev = layout->prev[AT_BRACES];
  at->body = false;
  if (at->token.kind == REML_TOKEN_EOF) meet_end(layout);
  for (uint32_t i = 0; i < at->closes; i++)
    pop_frame(layout);
  if (at->closes > 0) prev = REML_TOKEN_RBRACE;
  if (at->opens) {
    push_brace_frame(layout);
    prev = REML_TOKEN_LBRACE;
  }
  brace_frame *frame = top_braces(layout);
  if (frame->look != LOOK_NONE) look(layout, frame, at, prev);
  switch (at->token.kind) {
  case REML_TOKEN_LBRACE: open_brace(layout, at, number, prev); break;
  case REML_TOKEN_LPAREN:
  case REML_TOKEN_LBRACKET: push_brace_frame(layout); break;
  case REML_TOKEN_RPAREN:
  case REML_TOKEN_RBRACKET:
  case REML_TOKEN_RBRACE: pop_frame(layout); break;
  case REML_TOKEN_WHILE: frame->loops++; break;
  case REML_TOKEN_HANDLER: frame->handler = true; break;
  case REML_TOKEN_IF: frame->branch = true; break;
  case REML_TOKEN_THEN:
  case REML_TOKEN_ARROW: frame->branch = false; break;
  case REML_TOKEN_IMPL: frame->impl = true; break;
  case REML_TOKEN_FOR: reml__layout_meet_for(frame); break;
  default: break;
  }
  layout->prev[AT_BRACES] = (uint8_t)at->token.kind;
}
