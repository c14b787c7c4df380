/* What the parts of `reml-compat extension` share: the two answers to a case, the transformation of
 * the reference's tree, and the rules that explain what is left (contract-spec grammar-spec.md
 * section 8). */
#ifndef REML_EXTENSION_H
#define REML_EXTENSION_H

#include "reml_case.h"

/* A token of either profile. */
typedef struct reml_seen_token {
  reml_token_kind kind;
  reml_string_form form; /* STRING */
  uint32_t first;        /* offset of its first byte: of a string, too */
  uint32_t start, end;   /* its span, which in the reference begins at the end of a string */
} reml_seen_token;

typedef struct reml_answer {
  reml_string source;
  bool accepted;
  uint32_t refused_at; /* when it is not: offset of the first error, */
  reml_string message; /* and what it says */
  json_t *tree;        /* when it is; bytes are characters, as in reml__answer_text */
  reml_seen_token *tokens;
  size_t count;
  bool lexical;         /* the tokens end with a lexical error at refused_at, */
  uint32_t refused_end; /* which ends here */
} reml_answer;

/* NULL, or what went wrong. */
const char *reml__answer_take(const reml_case *parity, reml_profile profile, reml_answer *out);
void reml__answer_free(reml_answer *answer);
/* Bytes as a JSON text: a tree may hold bytes that are not UTF-8, so every byte is a character. */
json_t *reml__answer_text(const char *bytes, size_t count);
/* The first token that begins at or behind the offset, EOF at the latest. */
const reml_seen_token *reml__answer_token(const reml_answer *answer, uint32_t offset);

/* --- the tree (extension_tree.c) --- */

bool reml__node_is(const json_t *node, const char *kind);

/* Visits all objects, those that hold others first; a visit may change its object. */
typedef void reml_visit_node(void *user, json_t *node);
void reml__each_node(json_t *tree, reml_visit_node *visit, void *user);

/* What the trees of old constructs have besides D1 to D5. */
typedef struct reml_additions {
  bool guard_if, attributes, regex;
} reml_additions;

/* Makes of the reference's tree the one that the contract wants of `spec`, as far as D1 to D5 and
 * the additions go. Additions for which the reference has no place are taken out of the other. */
reml_additions reml__extend_tree(reml_answer *reference, reml_answer *spec);
bool reml__reduce_tree(reml_answer *spec); /* the second half of it; whether there were any */
/* The same members in the same order. */
bool reml__same_tree(const reml_answer *reference, const reml_answer *spec);

/* Takes a literal in a pattern (an array or a record), and whether it is written like a pattern. */
typedef void reml_visit_pattern(void *user, const json_t *node, bool is_pattern);
/* D8: makes slice and record patterns of such literals, where they are written like patterns. */
void reml__extend_patterns(reml_answer *reference, reml_visit_pattern *visit, void *user);

/* --- the rules (extension_rules.c) --- */

enum { REML_RULES = 14 }; /* D1 to D14 */

typedef struct reml_explanation {
  unsigned rules; /* bit n: Dn applies */
  bool whole;     /* they explain everything */
  /* The first thing that they do not explain: offset, and in trees the values there, of which one
   * may be absent (NULL). */
  uint32_t offset;
  const json_t *reference, *spec;
} reml_explanation;

/* Why the answers to the case differ, which are extended already. Changes the reference's tree as
 * D8 wants, and has the case answered again without the line breaks that D7 and D13 are about. */
reml_explanation reml__explain(const reml_case *parity, reml_answer *reference, reml_answer *spec);

#endif
