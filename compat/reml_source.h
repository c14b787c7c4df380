/* Canonical source: where parentheses are needed, and how effect profiles are written again. */
#ifndef REML_SOURCE_H
#define REML_SOURCE_H

#include "reml_ast.h"
#include "reml_json.h"
#include "reml_slot.h"

#include <string.h>

/* --- the text and its last tokens (source_ink.c) --- */

enum { REML_INK_TAIL = 16 };

typedef struct reml_ink {
  reml_out *out;
  unsigned indent;
  bool spec;                    /* the text is for the profile `spec` */
  char tail[REML_INK_TAIL + 1]; /* what was written last; kept in the profile `spec` only */
  size_t tail_length;
  /* A name was written that is a keyword in front of tokens that begin so, unless a line break lies
   * between (contract-spec grammar-spec.md section 2 no. 4); NULL: none. */
  const char *wary_of;
  bool blank; /* a blank behind it waits */
} reml_ink;

void reml__ink_put(reml_ink *ink, const char *bytes, size_t count);
/* A name of the tree. */
void reml__ink_name(reml_ink *ink, reml_text name);
void reml__ink_line(reml_ink *ink);

/* Whether the text ends so far, in the profile `spec`. */
bool reml__ink_ends(const reml_ink *ink, const char *text);
/* The same for a text that begins with a word: it is no part of a longer or qualified name. */
bool reml__ink_ends_with_word(const reml_ink *ink, const char *text);
/* The last character that is no blank; NUL: there is none. */
char reml__ink_last(const reml_ink *ink);

/* --- members of nodes --- */

static inline uint32_t reml__member(const reml_ast *ast, reml_node node, unsigned index) {
  return reml__slot(ast, node, index).word;
}

static inline bool reml__text_is(reml_text text, const char *wanted) {
  return strlen(wanted) == text.length && memcmp(wanted, text.bytes, text.length) == 0;
}

/* --- where nodes stand (source_spot.c) --- */

/* What may follow a node without a bracket between; some nodes would swallow it. */
enum {
  REML_FOLLOW_OPERATOR = 1,
  REML_FOLLOW_ELSE = 2,
  REML_FOLLOW_BAR = 4,
  REML_FOLLOW_BLOCK = 8,
  REML_FOLLOW_SEMICOLON = 16,
  REML_FOLLOW_ANYTHING = REML_FOLLOW_SEMICOLON - 1
};

/* Where a node stands. All zero: anything may stand there, and nothing follows that matters. */
typedef struct reml_spot {
  unsigned char level;  /* how tightly a node must hold together there */
  unsigned char follow; /* REML_FOLLOW_... */
  bool is_body;         /* a block that stands there is one by grammar (D4) */
  bool is_dotted;       /* a dot follows */
  bool in_head;         /* in the head of a `while` or `for`, in no bracket, in the profile `spec`:
                           the first brace behind an expression is that of the body */
} reml_spot;

/* The spot in a node, which itself stands in `outer`, that has this mark in ast_source.def. */
reml_spot reml__spot_of(const reml_ast *ast, reml_node node, reml_spot outer, char mark);
bool reml__needs_parentheses(const reml_ast *ast, reml_node node, reml_spot spot);
/* Of a BINARY, UNARY or PIPE. */
const char *reml__operator_text(const reml_ast *ast, reml_node node);

/* --- what the kind alone does not tell (source_form.c) --- */

/* The template of a node that has another than its kind; NULL: it has none. */
const char *reml__source_form(const reml_ast *ast, reml_node node, reml_node parent, bool spec);

/* Whether a node needs parentheses in the profile `spec` because its first tokens would be others
 * behind what was written last. `parent` is the node that is being printed. */
bool reml__source_is_misread(const reml_ast *ast, reml_node node, reml_node parent,
                             const reml_ink *ink, reml_spot spot);

/* Whether the statement needs a `;` behind it in the profile `spec`: it ends with a `return` that
 * would take the first token of the next one for its value. */
bool reml__source_runs_on(const reml_ast *ast, reml_node item, reml_node next);

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

/* Which texts are names, and where they are written. */
typedef struct reml_naming {
  reml_memory *memory;
  bool ascii_only, spec;
} reml_naming;

/* Whether a text is a word that cannot be a name in the profile `spec`. */
bool reml__is_reserved(reml_text text);

/* Whether a text is a name in a source (contract lexer.md section 8): an identifier, or `self`. */
bool reml__is_name(reml_text text, const reml_naming *naming);

/* How many of the declared tags are written in `!{...}`: those in front of the first that is no
 * name. That one and all behind it were added by attributes (ast.md section 7). */
uint32_t reml__written_tags(const reml_ast *ast, reml_node profile, const reml_naming *naming);

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
