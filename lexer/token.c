#include "reml_token.h"
#include <stdbool.h>

static const struct {
  const char *name, *label;
  reml_token_category category;
} tokens[REML_TOKEN_COUNT] = {
#define TOKEN(name, label, category) {#name, label, REML_CATEGORY_##category},
#include "reml_tokens.def"
#undef TOKEN
};

const char *reml_token_label(reml_token_kind kind) {
  return tokens[kind].label;
}

const char *reml_token_name(reml_token_kind kind) {
  reml_token_category category = tokens[kind].category;
  bool has_text = category == REML_CATEGORY_KEYWORD || category == REML_CATEGORY_OPERATOR;
  return has_text ? tokens[kind].label : tokens[kind].name;
}

reml_token_category reml_token_category_of(reml_token_kind kind) {
  return tokens[kind].category;
}
