/* L1 and L2: `(` and `[` at the beginning of a line, virtual bars (contract-spec grammar-spec.md
 * section 3). The brackets of this stage are the real and the virtual ones.
 *
 * While it is open whether a token starts an arm, the phase goes on as if it did not: if it does,
 * the scan ends at `->`, and that makes the phase the same in both cases. */
#include "arm_scan.h"
#include "layout_parts.h"

static void decide(slot *at, bool bar) {
  at->waits &= (uint8_t)~WAITS_FOR_ARM;
  at->bar = bar;
}

static void decide_newest(reml_layout *layout, arm_frame *frame, bool bar) {
  if (frame->newest != NONE) decide(slot_at(layout, frame->newest), bar);
  frame->newest = NONE;
}

static void decide_all(reml_layout *layout, arm_frame *frame, bool bar) {
  decide_newest(layout, frame, bar);
  for (size_t number = frame->guarded; number != NONE; number = slot_at(layout, number)->link) {
    decide(slot_at(layout, number), bar);
  }
  frame->guarded = NONE;
  if (bar) frame->parameters = false;
}

static void begin_scan(arm_frame *frame, slot *at, size_t number) {
  at->waits |= WAITS_FOR_ARM;
  frame->newest = number;
}

static void go_on_scanning(reml_layout *layout, arm_frame *frame, unsigned kind, bool first) {
  if (frame->newest != NONE) {
    switch (scan_step(SCAN_PATTERN, layout->prev[AT_ARMS], kind, first)) {
    case SCAN_ON: break;
    case SCAN_IS_NO_ARM: decide_newest(layout, frame, false); break;
    case SCAN_IS_ARM: decide_all(layout, frame, true); return;
    case SCAN_INTO_GUARD:
      slot_at(layout, frame->newest)->link = frame->guarded;
      frame->guarded = frame->newest;
      frame->newest = NONE;
      return;
    }
  }
  if (frame->guarded == NONE) return;
  scan_answer answer = scan_step(SCAN_GUARD, layout->prev[AT_ARMS], kind, first);
  if (answer == SCAN_IS_ARM || answer == SCAN_IS_NO_ARM) {
    decide_all(layout, frame, answer == SCAN_IS_ARM);
  }
}

static bool is_scanning(const arm_frame *frame) {
  return frame->newest != NONE || frame->guarded != NONE;
}

/* Matches are forgotten when their bracket closes. */
static void pop_frame(reml_layout *layout) {
  arm_frame *frame = top_arms(layout);
  if (is_scanning(frame)) decide_all(layout, frame, false);
  if (layout->arms.frame_count == 1) return;
  layout->arms.head_count = frame->heads;
  layout->arms.frame_count--;
}

/* What a brace-form match leaves behind: the head it was in, or else the body of an arm. */
static uint8_t outer_phase(uint8_t phase) {
  return phase == PHASE_NONE || phase == PHASE_HEAD ? phase : PHASE_BODY;
}

static void push_head(reml_layout *layout, arm_frame *frame, uint8_t outer) {
  size_t count = layout->arms.head_count;
  layout->arms.heads =
      room_for_one(layout->memory, layout->arms.heads, count, &layout->arms.head_capacity, 1);
  layout->arms.heads[layout->arms.head_count++] = outer;
  frame->phase = PHASE_HEAD;
  frame->parameters = false;
}

void reml__layout_meet_with(reml_layout *layout) {
  arm_frame *frame = top_arms(layout);
  if (layout->arms.head_count == frame->heads) return;
  layout->arms.with = true;
  layout->arms.with_phase = frame->phase;
  layout->arms.with_outer = layout->arms.heads[--layout->arms.head_count];
  frame->phase = PHASE_BEFORE;
  frame->parameters = false;
}

void reml__layout_meet_match(reml_layout *layout) {
  arm_frame *frame = top_arms(layout);
  push_head(layout, frame, outer_phase(frame->phase));
}

/* `with handler` is no match's. */
static void take_back_with(reml_layout *layout, arm_frame *frame) {
  push_head(layout, frame, layout->arms.with_outer);
  frame->phase = layout->arms.with_phase;
}

static void meet_comma(reml_layout *layout, arm_frame *frame) {
  if (!frame->arms || frame->parameters) return;
  frame->phase = PHASE_PATTERN;
  layout->arms.head_count = frame->heads;
}

static void meet_virtual_brace(reml_layout *layout, bool first) {
  arm_frame *frame = top_arms(layout);
  if (is_scanning(frame)) go_on_scanning(layout, frame, REML_TOKEN_LBRACE, first);
  push_arm_frame(layout, true);
}

static void mark_line_start(slot *at) {
  if (at->token.kind == REML_TOKEN_LPAREN) at->token.kind = REML_TOKEN_LPAREN_BOL;
  if (at->token.kind == REML_TOKEN_LBRACKET) at->token.kind = REML_TOKEN_LBRACKET_BOL;
}

static void meet_end(reml_layout *layout) {
  for (size_t i = layout->arms.frame_count; i-- > 0;) {
    decide_all(layout, &layout->arms.frames[i], false);
  }
}

static void meet_token(reml_layout *layout, slot *at, size_t number, uint8_t prev) {
  arm_frame *frame = top_arms(layout);
  bool behind_with = layout->arms.with && !at->opens && at->closes == 0;
  bool new_line = at->first && traits_of(prev) & TRAIT_ENDER;
  layout->arms.with = false;
  if (is_scanning(frame)) go_on_scanning(layout, frame, at->token.kind, at->first);
  if (new_line && (frame->brace || layout->arms.frame_count == 1)) mark_line_start(at);
  if ((behind_with || (new_line && frame->phase == PHASE_BODY)) &&
      traits_of(at->token.kind) & TRAIT_ARM_START && !at->body) {
    begin_scan(frame, at, number);
  }
  switch (at->token.kind) {
  case REML_TOKEN_MATCH: reml__layout_meet_match(layout); break;
  case REML_TOKEN_WITH: reml__layout_meet_with(layout); break;
  case REML_TOKEN_HANDLER:
    if (behind_with) take_back_with(layout, frame);
    break;
  case REML_TOKEN_BAR: meet_arm_bar(frame, traits_of(prev) & TRAIT_ENDER); break;
  case REML_TOKEN_ARROW:
    if (frame->phase > PHASE_HEAD) frame->phase = PHASE_BODY;
    break;
  case REML_TOKEN_COMMA: meet_comma(layout, frame); break;
  default:
    if (traits_of(at->token.kind) & TRAIT_OPENER) {
      enter_arms(layout, at->token.kind, prev);
    }
  }
}

void reml__layout_do_arms(reml_layout *layout, slot *at, size_t number) {
  if (at->token.kind == REML_TOKEN_EOF) meet_end(layout);
  for (uint32_t i = 0; i < at->closes; i++)
    pop_frame(layout);
  if (at->closes > 0) layout->prev[AT_ARMS] = REML_TOKEN_RBRACE;
  if (at->opens) {
    meet_virtual_brace(layout, at->first);
    layout->prev[AT_ARMS] = REML_TOKEN_LBRACE;
  }
  if (traits_of(at->token.kind) & TRAIT_CLOSER) {
    pop_frame(layout);
    layout->arms.with = false;
  } else {
    meet_token(layout, at, number, layout->prev[AT_ARMS]);
  }
  layout->prev[AT_ARMS] = (uint8_t)at->token.kind;
}
