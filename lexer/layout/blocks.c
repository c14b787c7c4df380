/* L3: virtual blocks (contract-spec grammar-spec.md section 3). The brackets of this stage are the
 * real ones. The blocks of a bracket, candidates among them, lie on a stack; columns grow upwards,
 * because what starts a line closes all that is deeper. */
#include "arm_scan.h"
#include "layout_parts.h"

/* Refused candidates at the top are of no use any more. */
static void trim(reml_layout *layout, const block_frame *frame) {
  while (layout->blocks.count > frame->blocks &&
         layout->blocks.items[layout->blocks.count - 1].state == BLOCK_REFUSED) {
    layout->blocks.count--;
  }
}

static void decide(reml_layout *layout, virtual_block *candidate, bool opens) {
  slot *at = slot_at(layout, candidate->slot);
  candidate->state = opens ? BLOCK_OPEN : BLOCK_REFUSED;
  at->waits &= (uint8_t)~WAITS_FOR_BLOCK;
  at->opens = opens;
  if (opens) layout->blocks.open++;
}

/* The candidates of the frame, but for those that wait for a scan. */
static void refuse_candidates(reml_layout *layout, const block_frame *frame) {
  if (layout->blocks.undecided_count == frame->undecided) return;
  while (layout->blocks.undecided_count > frame->undecided) {
    size_t item = layout->blocks.undecided[--layout->blocks.undecided_count];
    decide(layout, &layout->blocks.items[item], false);
  }
  trim(layout, frame);
}

static void decide_scanned(reml_layout *layout, block_frame *frame, bool is_arm) {
  for (size_t item = frame->scanned; item != NONE; item = layout->blocks.items[item].link) {
    decide(layout, &layout->blocks.items[item], !is_arm);
  }
  frame->scan = SCAN_NONE;
  frame->scanned = NONE;
}

static void end_scan(reml_layout *layout, block_frame *frame, bool is_arm) {
  decide_scanned(layout, frame, is_arm);
  trim(layout, frame);
}

/* A line that is shallower would close the block, and with it ends the scan. */
static void go_on_scanning(reml_layout *layout, block_frame *frame, const slot *at) {
  bool shallower = at->first && at->column < frame->column;
  scan_answer answer =
      shallower ? SCAN_IS_NO_ARM
                : scan_step(frame->scan, layout->prev[AT_BLOCKS], at->token.kind, at->first);
  if (answer == SCAN_INTO_GUARD) frame->scan = SCAN_GUARD;
  if (answer == SCAN_IS_ARM || answer == SCAN_IS_NO_ARM) {
    end_scan(layout, frame, answer == SCAN_IS_ARM);
  }
}

static void close_top(reml_layout *layout, slot *before) {
  virtual_block *top = &layout->blocks.items[--layout->blocks.count];
  if (top->state == BLOCK_UNDECIDED) {
    layout->blocks.undecided_count--;
    decide(layout, top, false);
  } else if (top->state == BLOCK_OPEN) {
    layout->blocks.open--;
    before->closes++;
  }
}

static void close_all(reml_layout *layout, block_frame *frame, slot *before) {
  if (frame->scan != SCAN_NONE) end_scan(layout, frame, false);
  while (layout->blocks.count > frame->blocks)
    close_top(layout, before);
}

static void close_deeper(reml_layout *layout, const block_frame *frame, slot *before) {
  while (layout->blocks.count > frame->blocks &&
         layout->blocks.items[layout->blocks.count - 1].column > before->column) {
    close_top(layout, before);
    trim(layout, frame);
  }
}

static void push_block(reml_layout *layout, const slot *at, size_t number, int state) {
  size_t count = layout->blocks.count;
  layout->blocks.items = room_for_one(layout->memory, layout->blocks.items, count,
                                      &layout->blocks.capacity, sizeof *layout->blocks.items);
  layout->blocks.items[layout->blocks.count++] =
      (virtual_block){.slot = number, .link = NONE, .column = at->column, .state = state};
}

static void push_candidate(reml_layout *layout, slot *at, size_t number) {
  size_t count = layout->blocks.undecided_count;
  push_block(layout, at, number, BLOCK_UNDECIDED);
  layout->blocks.undecided = room_for_one(layout->memory, layout->blocks.undecided, count,
                                          &layout->blocks.undecided_capacity, sizeof(size_t));
  layout->blocks.undecided[layout->blocks.undecided_count++] = layout->blocks.count - 1;
  at->waits |= WAITS_FOR_BLOCK;
}

/* A second statement in the column of candidates makes them blocks, unless it is an arm. */
static void find_statement(reml_layout *layout, block_frame *frame, const slot *at) {
  while (layout->blocks.undecided_count > frame->undecided) {
    size_t item = layout->blocks.undecided[layout->blocks.undecided_count - 1];
    virtual_block *candidate = &layout->blocks.items[item];
    if (candidate->column != at->column) break;
    layout->blocks.undecided_count--;
    if (traits_of(at->token.kind) & TRAIT_ARM_START) {
      candidate->link = frame->scanned;
      frame->scanned = item;
    } else {
      decide(layout, candidate, true);
    }
  }
  if (frame->scanned == NONE || frame->scan != SCAN_NONE) return;
  frame->scan = SCAN_PATTERN;
  frame->column = at->column;
}

/* A bar that does not end the parameters of a closure introduces a pattern, and an arrow behind one
 * that does a type. */
static bool introduces_block(const reml_layout *layout, uint8_t prev) {
  if (prev == REML_TOKEN_BAR) return layout->blocks.ended_parameters;
  return prev != REML_TOKEN_ARROW || !layout->blocks.result_arrow;
}

static void open_block(reml_layout *layout, const block_frame *frame, slot *at, size_t number,
                       uint8_t prev) {
  if (at->token.kind == REML_TOKEN_LET || at->token.kind == REML_TOKEN_VAR) {
    push_block(layout, at, number, BLOCK_OPEN);
    layout->blocks.open++;
    at->opens = true;
  } else if (frame->round && at->first && at->column > layout->blocks.line_column &&
             traits_of(at->token.kind) & TRAIT_BLOCK_START && introduces_block(layout, prev)) {
    push_candidate(layout, at, number);
  }
}

/* In a list the end of an element; elsewhere, in headers and among parameters it is not. */
static void meet_comma(reml_layout *layout, block_frame *frame, slot *at) {
  if (frame->round && !frame->header && !frame->parameters) close_all(layout, frame, at);
}

static void meet_bar(reml_layout *layout, block_frame *frame, uint8_t prev) {
  bool of_arm = !frame->parameters && traits_of(prev) & TRAIT_ENDER;
  if (of_arm) refuse_candidates(layout, frame);
  meet_block_bar(layout, frame, prev);
}

/* At the end nothing can be waited for any more. Not trimmed: brackets further in lie on top. */
static void decide_everything(reml_layout *layout) {
  while (layout->blocks.undecided_count > 0) {
    size_t item = layout->blocks.undecided[--layout->blocks.undecided_count];
    decide(layout, &layout->blocks.items[item], false);
  }
  for (size_t i = 0; i < layout->blocks.frame_count; i++) {
    block_frame *frame = &layout->blocks.frames[i];
    frame->undecided = 0;
    if (frame->scan != SCAN_NONE) decide_scanned(layout, frame, false);
  }
}

/* Closes every block that is open, those of brackets that are never closed included. At a lexical
 * error everything stays open. */
static void meet_end(reml_layout *layout, slot *at) {
  decide_everything(layout);
  if (layout->failed) return;
  at->closes = layout->blocks.open;
  layout->blocks.open = 0;
  layout->blocks.count = 0;
  layout->blocks.frame_count = 1;
  *top_blocks(layout) = (block_frame){.scanned = NONE};
}

static void meet_closer(reml_layout *layout, slot *at) {
  close_all(layout, top_blocks(layout), at);
  if (layout->blocks.frame_count > 1) layout->blocks.frame_count--;
}

static void meet_token(reml_layout *layout, slot *at, size_t number) {
  block_frame *frame = top_blocks(layout);
  if (frame->scan != SCAN_NONE) go_on_scanning(layout, frame, at);
  if (at->first) close_deeper(layout, frame, at);
  uint8_t prev = at->closes > 0 ? REML_TOKEN_RBRACE : layout->prev[AT_BLOCKS];
  uint32_t traits = traits_of(at->token.kind), before = traits_of(prev);
  if (at->first && before & TRAIT_ENDER && traits & TRAIT_BLOCK_START) {
    find_statement(layout, frame, at);
  }
  if (before & TRAIT_INTRODUCER) open_block(layout, frame, at, number, prev);
  switch (at->token.kind) {
  case REML_TOKEN_THEN:
  case REML_TOKEN_ELSE:
  case REML_TOKEN_WITH: refuse_candidates(layout, frame); break;
  case REML_TOKEN_BAR: meet_bar(layout, frame, prev); break;
  case REML_TOKEN_COMMA: meet_comma(layout, frame, at); break;
  case REML_TOKEN_LET:
  case REML_TOKEN_VAR: frame->header = true; break;
  case REML_TOKEN_EQ: frame->header = false; break;
  case REML_TOKEN_ARROW: note_arrow(layout, prev); break;
  default:
    if (traits & TRAIT_OPENER) push_block_frame(layout, !(traits & TRAIT_BRACE));
  }
}

void reml__layout_do_blocks(reml_layout *layout, slot *at, size_t number) {
  if (traits_of(at->token.kind) & TRAIT_CLOSER) {
    meet_closer(layout, at);
  } else if (at->token.kind == REML_TOKEN_EOF) {
    meet_end(layout, at);
  } else {
    meet_token(layout, at, number);
  }
  if (at->first) layout->blocks.line_column = at->column;
  layout->prev[AT_BLOCKS] = (uint8_t)at->token.kind;
}
