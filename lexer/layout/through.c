/* Of the tokens that reml__layout_read leaves over, most are given out as they come, too: nothing
 * waits, and no rule changes them or is going to. Here is what they mean for the stages, in short;
 * everything else goes through the ring. */
#include "layout_parts.h"

/* The tokens that the functions below are about follow one of the kind `prev`. */

static bool is_behind(reml_token_kind prev, uint32_t trait) {
  return traits_of(prev) & trait;
}

static bool has_blocks(reml_layout *layout) {
  return layout->blocks.count > top_blocks(layout)->blocks;
}

/* A token that begins a line: it closes no block, is no candidate for one and may not be an arm. */
static bool is_quiet_line(reml_layout *layout, uint32_t column, uint32_t traits, uint32_t before) {
  if (layout->gate.light > 0) return !(before & TRAIT_INTRODUCER);
  if (has_blocks(layout) && layout->blocks.items[layout->blocks.count - 1].column > column) {
    return false;
  }
  if (before & TRAIT_INTRODUCER && top_blocks(layout)->round) return false;
  return !(traits & TRAIT_ARM_START) || top_arms(layout)->phase != PHASE_BODY ||
         !(before & TRAIT_ENDER);
}

static bool pass_closer(reml_layout *layout) {
  if (layout->gate.light > 0) {
    layout->gate.light--;
    return true;
  }
  if (has_blocks(layout)) return false;
  if (layout->blocks.frame_count > 1) layout->blocks.frame_count--;
  if (layout->braces.frame_count > 1) layout->braces.frame_count--;
  if (layout->arms.frame_count > 1) {
    layout->arms.head_count = top_arms(layout)->heads;
    layout->arms.frame_count--;
  }
  if (layout->words.depth > 0) layout->words.depth--;
  note_bracket(layout);
  return true;
}

void reml__layout_give_frames(reml_layout *layout) {
  for (; layout->gate.light > 0; layout->gate.light--) {
    push_block_frame(layout, true);
    push_brace_frame(layout);
    push_arm_frame(layout, false);
    layout->words.depth++;
  }
  layout->gate.quiet = false;
}

static bool pass_opener(reml_layout *layout) {
  layout->gate.light++;
  return true;
}

static bool is_label(reml_token_kind kind) {
  return kind != REML_TOKEN_UNDERSCORE && kind != REML_TOKEN_SUPER && kind != REML_TOKEN_TRUE &&
         kind != REML_TOKEN_FALSE;
}

/* At the end of the piece, or where a comment may begin. */
static bool hides(unsigned char byte) {
  return byte == '\0' || byte == '/' || byte == '#';
}

/* The class of a brace by the bytes behind it; EOF: they do not show it. */
static reml_token_kind class_ahead(const reml_layout *layout, bool typed) {
  reml_word_ahead word = reml__lexer_word_ahead(layout->gate.lexer);
  unsigned char behind = word.behind;
  if (hides(behind) || behind == '"') return REML_TOKEN_EOF;
  if (!word.is_word) {
    bool value = behind == '}' || behind == '\'' || (behind >= '0' && behind <= '9');
    return value ? REML_TOKEN_EOF : REML_TOKEN_LBRACE;
  }
  if (word.assigns) return REML_TOKEN_LBRACE;
  bool name = traits_of(word.kind) & TRAIT_NAME || word.kind == REML_TOKEN_SELF;
  bool field = behind == ':' && word.next != ':' && word.next != '=' && !hides(word.next);
  if ((behind == ',' && name) || (field && is_label(word.kind)))
    return typed ? REML_TOKEN_LBRACE_TREC : REML_TOKEN_LBRACE_REC;
  return behind == ':' || behind == ',' || behind == '=' ? REML_TOKEN_EOF : REML_TOKEN_LBRACE;
}

static bool pass_brace(reml_layout *layout, reml_token_kind prev, reml_token *token, bool first) {
  bool typed = prev == REML_TOKEN_UPPER_IDENT && !first;
  reml_token_kind class = class_ahead(layout, typed);
  if (class == REML_TOKEN_EOF) return false;
  firm(layout);
  push_block_frame(layout, false);
  if (enter_brace(layout, prev) == BRACE_OF_LOOP) class = REML_TOKEN_LBRACE;
  enter_arms(layout, class, prev);
  layout->arms.with = false;
  layout->words.depth++;
  token->kind = class;
  note_bracket(layout);
  return true;
}

static bool pass_comma(reml_layout *layout) {
  if (layout->gate.light > 0) return true;
  if (top_arms(layout)->arms || (has_blocks(layout) && top_blocks(layout)->round)) return false;
  return true;
}

/* The bar of an arm, or one of the two around parameters. */
static bool pass_bar(reml_layout *layout, reml_token_kind prev) {
  firm(layout);
  meet_block_bar(layout, top_blocks(layout), prev);
  meet_arm_bar(top_arms(layout), is_behind(prev, TRAIT_ENDER));
  layout->arms.with = false;
  return true;
}

static bool pass_arrow(reml_layout *layout, reml_token_kind prev) {
  firm(layout);
  arm_frame *frame = top_arms(layout);
  if (frame->phase > PHASE_HEAD) frame->phase = PHASE_BODY;
  top_braces(layout)->branch = false;
  note_arrow(layout, prev);
  return true;
}

static bool pass_let(reml_layout *layout, reml_token_kind prev) {
  if (is_behind(prev, TRAIT_INTRODUCER)) return false;
  top_blocks(layout)->header = true;
  return true;
}

static bool is_plain_parenthesis(const reml_layout *layout, reml_token_kind prev) {
  return !reml__may_precede_parameters(prev) || !reml__lexer_group_before_arrow(layout->gate.lexer);
}

/* Behind `let` only names matter, which may be that of a function. */
static bool is_careless(const reml_layout *layout, reml_token_kind prev, reml_token_kind kind) {
  if (prev != REML_TOKEN_LET || traits_of(kind) & TRAIT_WORD) return false;
  return kind != REML_TOKEN_IDENT || !reml__may_be_followed(layout->gate.lexer, '(', '<');
}

static bool pass_keyword(reml_layout *layout, reml_token_kind prev, reml_token_kind kind) {
  if (is_behind(prev, TRAIT_DOT)) return false;
  if (!(traits_of(kind) & TRAIT_RESERVED)) return true;
  if (kind == REML_TOKEN_FN && reml__may_be_followed(layout->gate.lexer, '(', '<')) return false;
  if (kind == REML_TOKEN_EFFECT && reml__may_be_followed(layout->gate.lexer, '{', '{'))
    return false;
  if (reml__may_be_followed(layout->gate.lexer, ':', '=')) return false;
  firm(layout);
  switch (kind) {
  case REML_TOKEN_IF: top_braces(layout)->branch = true; return true;
  case REML_TOKEN_THEN: top_braces(layout)->branch = false; return true;
  case REML_TOKEN_WHILE: top_braces(layout)->loops++; return true;
  case REML_TOKEN_FOR: reml__layout_meet_for(top_braces(layout)); return true;
  case REML_TOKEN_MATCH: reml__layout_meet_match(layout); return true;
  case REML_TOKEN_WITH: reml__layout_meet_with(layout); return true;
  case REML_TOKEN_LET:
  case REML_TOKEN_VAR: return pass_let(layout, prev);
  case REML_TOKEN_HANDLER: top_braces(layout)->handler = true; return true;
  case REML_TOKEN_IMPL: top_braces(layout)->impl = true; return true;
  default: return true;
  }
}

/* One jump by the kind: tests one after the other would each be guessed wrong often. */
static bool pass(reml_layout *layout, reml_token_kind prev, reml_token *token, bool first) {
  reml_token_kind kind = token->kind;
  switch (kind) {
  case REML_TOKEN_BAR: return pass_bar(layout, prev);
  case REML_TOKEN_RPAREN:
  case REML_TOKEN_RBRACKET:
  case REML_TOKEN_RBRACE: return pass_closer(layout);
  case REML_TOKEN_LPAREN:
    return !first && is_plain_parenthesis(layout, prev) && pass_opener(layout);
  case REML_TOKEN_LBRACKET: return !first && pass_opener(layout);
  case REML_TOKEN_LBRACE: return pass_brace(layout, prev, token, first);
  case REML_TOKEN_COMMA: return pass_comma(layout);
  case REML_TOKEN_ARROW: return pass_arrow(layout, prev);
  case REML_TOKEN_EQ:
    if (layout->gate.light == 0) top_blocks(layout)->header = false;
    return true;
  default:
    if (traits_of(kind) & TRAIT_PLAIN) return true;
    return traits_of(kind) & TRAIT_QUIET && pass_keyword(layout, prev, kind);
  }
}

/* Whether the token goes through as it is, though rules ask for it. */
static bool is_passed(reml_layout *layout, const reml_token *before, reml_token *token,
                      bool first) {
  uint32_t traits = traits_of(token->kind), column = 0;
  bool careful = traits_of(before->kind) & TRAIT_CAREFUL;
  if (careful && token->kind != REML_TOKEN_BAR && !is_careless(layout, before->kind, token->kind))
    return false;
  if (first) {
    column = reml__lexer_column(layout->gate.lexer, token);
    if (!(traits & TRAIT_CLOSER) && !is_quiet_line(layout, column, traits, traits_of(before->kind)))
      return false;
  }
  if (!pass(layout, before->kind, token, first)) return false;
  layout->gate.watchful = traits & TRAIT_CAREFUL;
  if (first) layout->blocks.line_column = column;
  return true;
}

reml_lex_status reml__layout_take(reml_layout *layout, const reml_token *before, reml_token *token,
                                  reml_lex_status status) {
  bool first = token->start.line != before->end.line, may_pass = !layout->after_failure;
  if (status == REML_LEX_MORE) return status;
  layout->after_failure = false;
  if (may_pass && status == REML_LEX_TOKEN && is_passed(layout, before, token, first))
    return status;
  return reml__layout_hold(layout, before, token, status);
}

reml_lex_status reml__layout_read_watchfully(reml_layout *layout, const reml_token *before,
                                             reml_token *token) {
  if (layout->given != layout->end) return reml__layout_next_held(layout, token);
  reml_lex_status status = reml__lexer_next_spec(layout->gate.lexer, token);
  return reml__layout_take(layout, before, token, status);
}
