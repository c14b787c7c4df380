/* What a token is by the one or two tokens around it alone: `: :`, fixity symbols, labels and words
 * behind a dot (contract-spec grammar-spec.md sections 1.6, 1.7, 2.2 and 2.3). */
#include "layout_parts.h"
#include "reml_bytes.h"

static bool is_fixity(const reml_token *token) {
  static const char *const words[] = {"prefix",      "postfix",        "infix_left",
                                      "infix_right", "infix_nonassoc", "ternary"};
  if (token->kind != REML_TOKEN_IDENT) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strlen(words[i]) == token->length &&
        reml__same_bytes(words[i], token->text, token->length)) {
      return true;
    }
  }
  return false;
}

/* The token may have been read into its slot. */
static void append(reml_layout *layout, const reml_token *token, bool first) {
  slot *at = slot_at(layout, layout->end++);
  if (token != &at->token) at->token = *token;
  at->text_at = layout->text_base + layout->text_used;
  at->column = at->closes = 0;
  at->waits = 0;
  at->kept = at->opens = at->bar = at->row = at->after_let = false;
  at->first = first;
}

/* The colon that has been waiting, and what the token behind it makes of it. True when the token
 * has become a part of it. */
static bool join_colon(reml_layout *layout, const reml_token *token) {
  slot *colon = slot_at(layout, layout->end - 1);
  bool fixity =
      layout->names.fixity && token->start.offset == colon->token.end.offset && is_fixity(token);
  layout->names.colon = false;
  if (token->kind == REML_TOKEN_COLON) {
    colon->token.kind = REML_TOKEN_DCOLON;
  } else if (fixity) {
    colon->token.kind = REML_TOKEN_FIXITY;
    colon->token.text = token->text;
    colon->token.length = token->length;
  } else {
    return false;
  }
  colon->token.end = token->end;
  layout->prev[AT_NAMES] = (uint8_t)colon->token.kind;
  return true;
}

static void decide_label(reml_layout *layout, size_t number, bool label) {
  layout->names.keyword = false;
  if (label) slot_at(layout, number)->token.kind = REML_TOKEN_IDENT;
}

size_t reml__layout_append(reml_layout *layout, const reml_token *token, bool first) {
  size_t last = layout->end - 1;
  uint8_t before = layout->prev[AT_NAMES];
  if (layout->names.colon) {
    bool joined = join_colon(layout, token);
    if (layout->names.keyword) decide_label(layout, last - 1, !joined);
    if (joined) return layout->end;
    before = REML_TOKEN_COLON;
  }
  uint32_t traits = traits_of(token->kind);
  append(layout, token, first);
  if (layout->names.keyword && token->kind != REML_TOKEN_COLON) {
    decide_label(layout, last, token->kind == REML_TOKEN_EQ);
  }
  layout->prev[AT_NAMES] = (uint8_t)token->kind;
  if (token->kind == REML_TOKEN_COLON) {
    layout->names.fixity = reml__may_precede_fixity(before);
    layout->names.colon =
        layout->names.fixity || reml__may_be_followed(layout->gate.lexer, ':', ':');
    if (layout->names.keyword && !layout->names.colon) decide_label(layout, last, true);
  } else if (traits_of(before) & TRAIT_DOT && traits & TRAIT_DOTTED) {
    slot_at(layout, layout->end - 1)->token.kind = REML_TOKEN_IDENT;
  } else if (traits & TRAIT_RESERVED) {
    layout->names.keyword = reml__may_be_followed(layout->gate.lexer, ':', '=');
  }
  return layout->end - layout->names.keyword - layout->names.colon;
}
