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
#include "reml_tables_format.h"

typedef struct reml_parser reml_parser;
typedef struct reml_grammar reml_grammar;

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
  uint32_t open;    /* handles of open lists that were there before it */
  reml_place start; /* of its first token; of an empty symbol, the end of the one before */
} reml_entry;

/* Checks that a construct can fail when it is complete (grammar.md sections 5 and 6). */
typedef enum reml_failure_kind {
  REML_FAILURE_NONE,
  REML_FAILURE_EFFECTS_OFF,
  REML_FAILURE_SHORT_EFFECT_PATH,
  REML_FAILURE_TUPLE_INDEX,
  /* profile `spec` only (grammar-spec.md section 4, remarks 1, 3, 4, 5 and 16) */
  REML_FAILURE_TOP_LEVEL_EXPR,   /* a statement at top level, while that is off */
  REML_FAILURE_GENERIC_NOT_NAME, /* a generic parameter that is no plain name */
  REML_FAILURE_ELLIPSIS,         /* `...` that is not the last parameter of an extern function */
  REML_FAILURE_REPEATED_TAIL,    /* a kind of signature tail for the second time */
  REML_FAILURE_ASM_WORD,         /* a word of inline_asm that there is not */
  REML_FAILURE_ASM_VALUE,        /* a value in the wrong part of inline_asm, or none */
  REML_FAILURE_LLVM_WORD         /* a word of llvm_ir other than `inputs` */
} reml_failure_kind;

/* Without an end (line 0) the construct ends with the token before the one that was pushed when it
 * failed. */
typedef struct reml_failure {
  reml_failure_kind kind;
  reml_place start, end;
} reml_failure;

typedef enum reml_parse_status {
  REML_PARSE_MORE,        /* the token was taken */
  REML_PARSE_ACCEPTED,    /* it was EOF: parser->unit is the tree */
  REML_PARSE_REJECTED,    /* no action for the token; the stack is the reference's at the error */
  REML_PARSE_FAILED,      /* a construct check failed before the token: parser->failure */
  REML_PARSE_DECLARATION, /* a declaration that is handed out is complete: parser->declaration;
                             push the same token again */
  REML_PARSE_TOO_DEEP     /* the stack would grow over max_depth */
} reml_parse_status;

/* The last complete top-level item or statement (streaming-spec.md section 4). */
typedef struct reml_checkpoint {
  bool present;
  reml_place start, end;
} reml_checkpoint;

struct reml_parser {
  const reml_grammar *grammar;
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
  reml_parse_status stop; /* set by a production that ends the push it is reduced in */
  reml_failure failure;
  reml_place last_end; /* behind the last token that was taken */
  reml_checkpoint checkpoint;
  /* profile `spec`: the first statement at top level, the newest `...`, and the first generic
   * argument of the list in hand that is no plain name */
  bool allows_statements;
  uint32_t uses;          /* in front of everything else at top level */
  bool headed, scattered; /* there is a header; there are other uses, or statements */
  reml_checkpoint top_statement, ellipsis, suspect;
  bool hands_out; /* top-level declarations are handed out and not kept */
  reml_node declaration;
  reml_ast_mark prelude; /* the tree in front of the declarations */
  reml_name self;        /* the text of `self`, which can be a name */
  reml_node unit;
};

/* A grammar: its automaton in the dense form of tables.c, and the loop that runs on it. */
struct reml_grammar {
  reml_parse_status (*push)(reml_parser *parser, const reml_token *token);
  reml_parse_status (*settle)(reml_parser *parser);
  /* Whether the check of a construct lets the production complete; NULL: there is none. */
  bool (*may_complete)(const reml_parser *parser, unsigned rule);
  /* What a token is tried as where it has no action; NULL: nothing. */
  reml_token_kind (*fallback)(reml_token_kind kind);
  const uint32_t *columns;                        /* by terminal */
  const uint16_t *actions;                        /* see reml__action */
  const uint16_t *goto_base, *gotos, *goto_owner; /* see reml__goto */
  uint32_t terminals, nonterminals;
  const reml_rule *rules;
  const uint16_t
      *accessing; /* the symbol that leads into each state, nonterminals after terminals */
  const reml_left_recursive *left_recursive; /* by nonterminal */
  const bool *is_refuge; /* by nonterminal: see reml__parser_refuge; NULL: there is none */
  bool (*opens)(uint32_t symbol, reml_token_kind *closer); /* whether a symbol opens a bracket */
};
extern const reml_grammar reml__reference_grammar;
extern const reml_grammar reml__spec_grammar;

reml_parser *reml__parser_new(reml_memory *memory, const reml_grammar *grammar, reml_ast *ast,
                              bool effects_on, uint32_t max_depth);

/* Takes the next token. After anything but REML_PARSE_MORE and REML_PARSE_DECLARATION the parser
 * must not be fed again. */
static inline reml_parse_status reml__parser_push(reml_parser *parser, const reml_token *token);

/* The kinds that are acceptable as the next token, in code order; returns how many. */
size_t reml__parser_expected(reml_parser *parser, reml_token_kind expected[REML_TOKEN_COUNT]);

/* Whether `kind` is one of them. */
bool reml__parser_accepts(reml_parser *parser, reml_token_kind kind);

/* Whether a push would take the token, or accept: for who wants to know before any reduction. */
bool reml__parser_can_push(reml_parser *parser, reml_token_kind kind);

/* Whether the input could end here, with so many `}` of no width in front of the end. */
bool reml__parser_accepts_end(reml_parser *parser, uint32_t braces);

/* Whether these tokens, at least one, could come next, one after another. */
bool reml__parser_would_take(reml_parser *parser, const reml_token_kind *kinds, size_t count);

/* Makes the reductions that come next whatever the next token is, so that what is complete is
 * known to be. Changes no result. REML_PARSE_MORE or REML_PARSE_DECLARATION. */
static inline reml_parse_status reml__parser_settle(reml_parser *parser);

/* Gives back the part of the tree that the declarations handed out so far take. */
void reml__parser_release(reml_parser *parser);

/* A parser in the same configuration, with a tree of its own (reml__ast_fork). Costs the depth of
 * the stack. */
reml_parser *reml__parser_fork(const reml_parser *parser);

/* Bytes beside the tree. */
size_t reml__parser_bytes(const reml_parser *parser);

/* The left-recursive symbols that are open on the stack (streaming-spec.md section 5 rule 7),
 * outermost first: calls `take` for each. Chains are those of operators and postfix forms. */
typedef struct reml_open_rule {
  const char *name;
  bool is_chain;
  uint32_t start, end, steps;
} reml_open_rule;
typedef void reml_take_rule(void *user, const reml_open_rule *rule);
void reml__parser_each_open_rule(const reml_parser *parser, reml_take_rule *take, void *user);

static inline reml_parse_status reml__parser_push(reml_parser *parser, const reml_token *token) {
  return parser->grammar->push(parser, token);
}
static inline reml_parse_status reml__parser_settle(reml_parser *parser) {
  return parser->grammar->settle(parser);
}

/* --- recovery (expected.c) ---
 *
 * A refuge is a place on the stack where a list of items, statements, arms and so on stands or
 * could begin: what lies above can be given up for one node ERROR in that list. */
typedef struct reml_refuge {
  size_t kept;      /* entries that stay, the list not among them */
  uint32_t state;   /* of the list */
  bool has_list;    /* it is on the stack, as entry number `kept` */
  reml_place start; /* of what would be given up; where the newest token ends if there is nothing */
  bool is_empty;    /* nothing would be given up */
  bool is_bare;     /* what would be given up begins with a token without width */
} reml_refuge;

/* The innermost refuge that keeps fewer than `below` entries; false when there is none. */
bool reml__parser_refuge(const reml_parser *parser, size_t below, reml_refuge *out);
/* Whether a token could come next if the refuge were taken. */
bool reml__parser_refuge_accepts(reml_parser *parser, const reml_refuge *refuge,
                                 reml_token_kind kind);
/* The closers of the brackets that would be given up, outermost first; returns how many. */
size_t reml__parser_given_up(const reml_parser *parser, const reml_refuge *refuge,
                             reml_token_kind *closers, size_t most);
/* Takes it. The node ERROR spans from refuge->start to `end`; there is none if that is empty. */
void reml__parser_retreat(reml_parser *parser, const reml_refuge *refuge, reml_place end);
/* Goes on after a failed check: push the same token again, unless that was the end (ACCEPTED). */
reml_parse_status reml__parser_forgive(reml_parser *parser);

/* What a state does with a terminal. */
static inline unsigned reml__action(const reml_grammar *grammar, uint32_t state, unsigned kind) {
  return grammar->actions[grammar->columns[kind] + state * REML_STRIPE];
}

/* The goto of a state for a nonterminal; 0 when it has none. */
static inline uint32_t reml__goto(const reml_grammar *grammar, uint32_t state, uint32_t symbol) {
  uint32_t at = grammar->goto_base[state] + symbol;
  return grammar->goto_owner[at] == symbol ? grammar->gotos[at] : 0;
}

/* --- for the engine (reml_engine.h) --- */
enum { REML_HEADROOM = 3 };
/* Makes the stack larger; false at the limit of depth. */
bool reml__parser_grow(reml_parser *parser);

/* Number of the present state: part of the key of an expectation cache (driver.md section 7). */
static inline uint32_t reml__parser_state(const reml_parser *parser) {
  return parser->top->state;
}

#endif
