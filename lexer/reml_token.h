/* The kinds of token and their labels (contract lexer.md section 2, contract-spec grammar-spec.md
 * sections 1 to 3). Installed with remlparse.h. */
#ifndef REML_TOKEN_H
#define REML_TOKEN_H

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what a shared library exports; everything else is hidden. */
#if defined(__GNUC__)
#define REML_API __attribute__((visibility("default")))
#else
#define REML_API
#endif

typedef enum reml_token_kind {
#define TOKEN(name, label, category) REML_TOKEN_##name,
#include "reml_tokens.def"
#undef TOKEN
  REML_TOKEN_COUNT
} reml_token_kind;
/* The kinds of the reference come first, those that only the profile `spec` has behind them. */
enum { REML_REFERENCE_TOKEN_COUNT = REML_TOKEN_UPPER_IDENT + 1 };

typedef enum reml_token_category {
  REML_CATEGORY_END,
  REML_CATEGORY_KEYWORD,
  REML_CATEGORY_OPERATOR,
  REML_CATEGORY_LITERAL,
  REML_CATEGORY_IDENTIFIER,
  REML_CATEGORY_WORD,   /* spec: a keyword in some places, a name elsewhere */
  REML_CATEGORY_SYMBOL, /* spec: an operator */
  REML_CATEGORY_LAYOUT  /* spec: a token that its surroundings tell from another of the same text */
} reml_token_category;

typedef enum reml_string_form {
  REML_FORM_NORMAL,
  REML_FORM_RAW,
  REML_FORM_MULTILINE
} reml_string_form;

/* The text of a keyword or operator; "integer-literal", "identifier" and so on for classes; "EOF".
 */
REML_API const char *reml_token_label(reml_token_kind kind);
/* The text of a keyword or operator; otherwise "INT", "UPPER_IDENT" and so on (gates.md 1.2). */
REML_API const char *reml_token_name(reml_token_kind kind);
REML_API reml_token_category reml_token_category_of(reml_token_kind kind);

#ifdef __cplusplus
}
#endif
#endif
