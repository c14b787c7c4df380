/* Canonical source: where parentheses are needed, and how effect profiles are written again. */
#ifndef REML_SOURCE_H
#define REML_SOURCE_H

#include "reml_ast.h"

/* --- where nodes stand (source_spot.c) --- */

/* What may follow a node without a bracket between; some nodes would swallow it. */
enum {
  REML_FOLLOW_OPERATOR = 1,
  REML_FOLLOW_ELSE = 2,
  REML_FOLLOW_BAR = 4,
  REML_FOLLOW_BLOCK = 8,
  REML_FOLLOW_SEMICOLON = 16
};

/* Where a node stands. All zero: anything may stand there, and nothing follows that matters. */
typedef struct reml_spot {
  unsigned char level;  /* how tightly a node must hold together there */
  unsigned char follow; /* REML_FOLLOW_... */
  bool is_body;         /* a block that stands there is one by grammar (D4) */
} reml_spot;

/* The spot in a node, which itself stands in `outer`, that has this mark in ast_source.def. */
reml_spot reml__spot_of(const reml_ast *ast, reml_node node, reml_spot outer, char mark);
bool reml__needs_parentheses(const reml_ast *ast, reml_node node, reml_spot spot);
/* Of a BINARY, UNARY or PIPE. */
const char *reml__operator_text(const reml_ast *ast, reml_node node);

/* --- names and effect profiles (source_profile.c) --- */

/* The members of a PROFILE. */
enum {
  REML_PROFILE_DECLARED,
  REML_PROFILE_RESIDUAL,
  REML_PROFILE_STAGE,
  REML_PROFILE_CAPABILITIES,
  REML_PROFILE_SPAN,
  REML_PROFILE_INVALID
};

/* Whether a text is a name in a source (contract lexer.md section 8): an identifier, or `self`. */
bool reml__is_name(reml_text text, bool ascii_only);

/* How many of the declared tags are written in `!{...}`: those in front of the first that is no
 * name. That one and all behind it were added by attributes (ast.md section 7). */
uint32_t reml__written_tags(const reml_ast *ast, reml_node profile, bool ascii_only);

/* Whether the profile holds anything; if not, it came from an empty `!{}`. */
bool reml__profile_is_empty(const reml_ast *ast, reml_node profile);

/* The attributes that a profile finds fault with, each once, in an order that gives the profile the
 * same list of faults. */
typedef struct reml_faulty_attributes {
  reml_node *nodes;
  size_t count, capacity;
  bool stage_is_plain; /* the stage, if any, was not an argument of one that requires it */
} reml_faulty_attributes;
reml_faulty_attributes reml__faulty_attributes(const reml_ast *ast, reml_node profile,
                                               reml_memory *memory);

#endif
