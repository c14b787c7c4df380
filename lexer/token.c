#include "reml_token.h"
#include "reml_lexer.h"
#include <stdbool.h>

static const struct {
  const char *name, *label;
  reml_token_category category;
} tokens[REML_TOKEN_COUNT] = {
#define TOKEN(name, label, category) {#name, label, REML_CATEGORY_##category},
#include "reml_tokens.def"
#undef TOKEN
};

const uint8_t reml__closers[REML_TOKEN_COUNT] = {
    [REML_TOKEN_LPAREN] = REML_TOKEN_RPAREN,         [REML_TOKEN_LPAREN_BOL] = REML_TOKEN_RPAREN,
    [REML_TOKEN_LPAREN_FN] = REML_TOKEN_RPAREN,      [REML_TOKEN_LBRACKET] = REML_TOKEN_RBRACKET,
    [REML_TOKEN_LBRACKET_BOL] = REML_TOKEN_RBRACKET, [REML_TOKEN_LBRACE] = REML_TOKEN_RBRACE,
    [REML_TOKEN_LBRACE_REC] = REML_TOKEN_RBRACE,     [REML_TOKEN_LBRACE_TREC] = REML_TOKEN_RBRACE,
    [REML_TOKEN_LBRACE_SET] = REML_TOKEN_RBRACE,
};

reml_token_kind reml__token_plain(reml_token_kind kind) {
  switch (kind) {
  case REML_TOKEN_FNL: return REML_TOKEN_FN;
  case REML_TOKEN_EFFECT_DO: return REML_TOKEN_EFFECT;
  case REML_TOKEN_BREAK_V: return REML_TOKEN_BREAK;
  case REML_TOKEN_LETFN: return REML_TOKEN_IDENT;
  case REML_TOKEN_FIXITY: return REML_TOKEN_COLON;
  case REML_TOKEN_LPAREN_BOL:
  case REML_TOKEN_LPAREN_FN: return REML_TOKEN_LPAREN;
  case REML_TOKEN_LBRACKET_BOL: return REML_TOKEN_LBRACKET;
  case REML_TOKEN_VBAR: return REML_TOKEN_BAR;
  case REML_TOKEN_EFFROW:
  case REML_TOKEN_LBRACE_REC:
  case REML_TOKEN_LBRACE_TREC:
  case REML_TOKEN_LBRACE_SET: return REML_TOKEN_LBRACE;
  default: return kind;
  }
}

const char *reml_token_label(reml_token_kind kind) {
  return tokens[kind].label;
}

const char *reml_token_name(reml_token_kind kind) {
  reml_token_category category = tokens[kind].category;
  bool has_text = category != REML_CATEGORY_LITERAL && category != REML_CATEGORY_IDENTIFIER &&
                  category != REML_CATEGORY_LAYOUT && category != REML_CATEGORY_END;
  return has_text ? tokens[kind].label : tokens[kind].name;
}

reml_token_category reml_token_category_of(reml_token_kind kind) {
  return tokens[kind].category;
}
