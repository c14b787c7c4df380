/* Most tokens are given out as they come: nothing waits, and no rule changes them or is going to.
 * Here is what they mean for the stages, in short; everything else goes through the ring. */
#include "layout_parts.h"
#include <string.h>

static bool is_behind(const reml_layout *layout, uint32_t trait) {
  return traits_of(layout->prev[AT_WORDS]) & trait;
}

static block_frame *top_blocks(reml_layout *layout) {
  return &layout->blocks.frames[layout->blocks.frame_count - 1];
}

static arm_frame *top_arms(reml_layout *layout) {
  return &layout->arms.frames[layout->arms.frame_count - 1];
}

static brace_frame *top_braces(reml_layout *layout) {
  return &layout->braces.frames[layout->braces.frame_count - 1];
}

static bool has_blocks(reml_layout *layout) {
  return layout->blocks.count > top_blocks(layout)->blocks;
}

/* A token that begins a line: it closes no block, is no candidate for one and may not be an arm. */
static bool is_quiet_line(reml_layout *layout, uint32_t column, uint32_t traits) {
  if (has_blocks(layout) && layout->blocks.items[layout->blocks.count - 1].column > column) {
    return false;
  }
  if (is_behind(layout, TRAIT_INTRODUCER) && top_blocks(layout)->round) return false;
  return !(traits & TRAIT_ARM_START) || top_arms(layout)->phase != PHASE_BODY ||
         !is_behind(layout, TRAIT_ENDER);
}

static bool pass_closer(reml_layout *layout) {
  if (has_blocks(layout)) return false;
  if (layout->blocks.frame_count > 1) layout->blocks.frame_count--;
  if (layout->braces.frame_count > 1) layout->braces.frame_count--;
  if (layout->arms.frame_count > 1) {
    layout->arms.head_count = top_arms(layout)->heads;
    layout->arms.frame_count--;
  }
  if (layout->words.depth > 0) layout->words.depth--;
  return true;
}

static bool pass_opener(reml_layout *layout) {
  reml__layout_open_block_frame(layout, true);
  reml__layout_open_brace_frame(layout);
  reml__layout_open_arm_frame(layout);
  layout->words.depth++;
  return true;
}

static bool is_one_of(unsigned char byte, const char *set) {
  return byte == '\0' || strchr(set, byte) != NULL;
}

/* What is behind the brace shows that it is a block: neither a literal nor a name that is followed
 * by what makes a record. A comment may hide anything, and so does the end of the piece. */
static bool opens_block(const reml_layout *layout) {
  unsigned char next = reml__lexer_peek(layout->lexer);
  if (is_one_of(next, "/#}\"'0123456789")) return false;
  bool word = next == '_' || next >= 0x80 || ((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
  return !word || !is_one_of(reml__lexer_peek_behind_word(layout->lexer), "/#:,=\"");
}

static bool pass_brace(reml_layout *layout) {
  if (!opens_block(layout)) return false;
  uint8_t prev = layout->prev[AT_WORDS];
  reml__layout_open_block_frame(layout, false);
  (void)reml__layout_enter_brace(layout, prev);
  reml__layout_enter_arms(layout, REML_TOKEN_LBRACE, prev);
  layout->arms.with = false;
  layout->words.depth++;
  return true;
}

static bool pass_comma(reml_layout *layout) {
  if (top_arms(layout)->arms || (has_blocks(layout) && top_blocks(layout)->round)) return false;
  return true;
}

/* The bar of an arm, or one of the two around parameters. */
static bool pass_bar(reml_layout *layout) {
  block_frame *blocks = top_blocks(layout);
  arm_frame *arms = top_arms(layout);
  bool behind_ender = is_behind(layout, TRAIT_ENDER);
  reml__layout_note_bar(layout, blocks->parameters);
  blocks->parameters =
      !blocks->parameters && !behind_ender && layout->prev[AT_WORDS] != REML_TOKEN_WITH;
  reml__layout_meet_arm_bar(arms, behind_ender);
  layout->arms.with = false;
  return true;
}

static bool pass_arrow(reml_layout *layout) {
  arm_frame *frame = top_arms(layout);
  if (frame->phase > PHASE_HEAD) frame->phase = PHASE_BODY;
  top_braces(layout)->branch = false;
  reml__layout_note_arrow(layout, layout->prev[AT_WORDS]);
  return true;
}

static bool pass_let(reml_layout *layout) {
  if (is_behind(layout, TRAIT_INTRODUCER)) return false;
  top_blocks(layout)->header = true;
  return true;
}

/* A name that is not the name of a function behind `let`. */
static bool pass_let_name(const reml_layout *layout, reml_token_kind kind) {
  return layout->prev[AT_WORDS] == REML_TOKEN_LET && kind == REML_TOKEN_IDENT &&
         !may_be_followed(layout, '(', '<');
}

static bool pass_keyword(reml_layout *layout, reml_token_kind kind, uint32_t traits) {
  if (is_behind(layout, TRAIT_DOT)) return false;
  if (!(traits & TRAIT_RESERVED)) return true;
  if (kind == REML_TOKEN_FN && may_be_followed(layout, '(', '<')) return false;
  if (may_be_followed(layout, ':', '=')) return false;
  if (kind == REML_TOKEN_IF) top_braces(layout)->branch = true;
  if (kind == REML_TOKEN_THEN) top_braces(layout)->branch = false;
  return (kind != REML_TOKEN_LET && kind != REML_TOKEN_VAR) || pass_let(layout);
}

static bool pass(reml_layout *layout, reml_token_kind kind, uint32_t traits, bool first) {
  if (kind == REML_TOKEN_BAR) return pass_bar(layout);
  if (is_behind(layout, TRAIT_CAREFUL)) return pass_let_name(layout, kind);
  if (traits & TRAIT_PLAIN) return true;
  if (traits & TRAIT_QUIET) return pass_keyword(layout, kind, traits);
  if (traits & TRAIT_CLOSER) return pass_closer(layout);
  switch (kind) {
  case REML_TOKEN_LPAREN:
    return !first && layout->prev[AT_WORDS] != REML_TOKEN_COLON &&
           layout->prev[AT_WORDS] != REML_TOKEN_EQ && pass_opener(layout);
  case REML_TOKEN_LBRACKET: return !first && pass_opener(layout);
  case REML_TOKEN_LBRACE: return pass_brace(layout);
  case REML_TOKEN_COMMA: return pass_comma(layout);
  case REML_TOKEN_ARROW: return pass_arrow(layout);
  case REML_TOKEN_EQ: top_blocks(layout)->header = false; return true;
  case REML_TOKEN_COLON:
    return !may_precede_fixity(layout->prev[AT_NAMES]) && !may_be_followed(layout, ':', ':');
  default: return false;
  }
}

bool reml__layout_pass(reml_layout *layout, const reml_token *token, bool first) {
  uint32_t traits = traits_of(token->kind), column = 0;
  if (first) {
    column = reml__lexer_column(layout->lexer, token);
    if (!(traits & TRAIT_CLOSER) && !is_quiet_line(layout, column, traits)) return false;
  }
  if (!pass(layout, token->kind, traits, first)) return false;
  if (first) layout->blocks.line_column = column;
  return true;
}
