#include "reml_token.h"

static const struct {
  const char *label;
  reml_token_category category;
} tokens[REML_TOKEN_COUNT] = {
#define TOKEN(name, label, category) {label, REML_CATEGORY_##category},
#include "reml_tokens.def"
#undef TOKEN
};

const char *reml_token_label(reml_token_kind kind) { return tokens[kind].label; }

reml_token_category reml_token_category_of(reml_token_kind kind) { return tokens[kind].category; }
