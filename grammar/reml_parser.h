/* The push parser: tokens -> tree (contract grammar.md), and the expected set of its present
 * configuration (contract driver.md section 6).
 *
 * The tables are lemon's, turned by tables.c into dense arrays that follow the reference's
 * automaton exactly (lemon.md sections 3 and 4). The stack lives on the heap; neither the nesting
 * nor the length of the input is ever C recursion.
 */
#ifndef REML_PARSER_H
#define REML_PARSER_H

#include "reml_ast.h"
#include "reml_lexer.h"

/* The value of a symbol; reml.y says what it means for which symbol. */
typedef struct reml_semantic {
  uint32_t n, at;
} reml_semantic;

/* `minor` and `yy0` are how the actions that lemon writes call the value of a stack entry. */
typedef union reml_minor {
  reml_semantic yy0;
} reml_minor;

typedef struct reml_entry {
  reml_minor minor;
  uint32_t state;
  uint32_t end;     /* offset behind its last token; start == end for an empty symbol */
  reml_place start; /* of its first token; of an empty symbol, the end of the one before */
} reml_entry;

/* Checks that a construct can fail when it is complete (grammar.md sections 5 and 6). */
typedef enum reml_failure_kind {
  REML_FAILURE_NONE,
  REML_FAILURE_EFFECTS_OFF,
  REML_FAILURE_SHORT_EFFECT_PATH,
  REML_FAILURE_TUPLE_INDEX
} reml_failure_kind;

/* The construct ends with the token before the one that was pushed when it failed. */
typedef struct reml_failure {
  reml_failure_kind kind;
  reml_place start;
} reml_failure;

typedef enum reml_parse_status {
  REML_PARSE_MORE,     /* the token was taken */
  REML_PARSE_ACCEPTED, /* it was EOF: parser->unit is the tree */
  REML_PARSE_REJECTED, /* no action for the token; the stack is the reference's at the error */
  REML_PARSE_FAILED,   /* a construct check failed before the token: parser->failure */
  REML_PARSE_TOO_DEEP  /* the stack would grow over max_depth */
} reml_parse_status;

typedef struct reml_parser {
  reml_memory *memory;
  reml_ast *ast;
  bool effects_on; /* experimental_effects */
  uint32_t max_depth;
  reml_entry *stack, *top, *stack_end;
  size_t stack_capacity;
  /* handles of lists that are still open, innermost on top (build.c) */
  uint32_t *open;
  size_t open_count, open_capacity;
  /* the production being reduced */
  reml_entry *rhs;
  reml_range span;
  reml_failure failure;
  reml_name self; /* the text of `self`, which can be a name */
  reml_node unit;
} reml_parser;

reml_parser *reml__parser_new(reml_memory *memory, reml_ast *ast, bool effects_on,
                              uint32_t max_depth);

/* Takes the next token. After anything but REML_PARSE_MORE the parser must not be fed again. */
reml_parse_status reml__parser_push(reml_parser *parser, const reml_token *token);

/* The kinds that are acceptable as the next token, in code order; returns how many. */
size_t reml__parser_expected(reml_parser *parser, reml_token_kind expected[REML_TOKEN_COUNT]);

/* Number of the present state: part of the key of an expectation cache (driver.md section 7). */
static inline uint32_t reml__parser_state(const reml_parser *parser) {
  return parser->top->state;
}

#endif
