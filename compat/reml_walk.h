/* What the printers of results and trees share: positions, the members of a node, and the way from
 * a public tree to its pool. The tree printers walk with a stack of their own in collected memory,
 * because a tree may be deeper than any C stack (contract driver.md section 9). */
#ifndef REML_WALK_H
#define REML_WALK_H

#include "reml_ast.h"
#include "reml_json.h"

/* reml_tree is the public, opaque name of reml_ast. */
static inline const reml_ast *reml__tree_ast(const reml_tree *tree) {
  return (const reml_ast *)(const void *)tree;
}

/* A member as it is stored. */
typedef struct reml_slot {
  reml_field_type type;
  uint32_t word;   /* child, list, name, number or tag */
  reml_range span; /* of the node (SPAN) or of the name (every IDENT) */
} reml_slot;

reml_slot reml__slot(const reml_ast *ast, reml_node node, unsigned index);

/* The bytes of a member that holds text: names, BYTES, BYTE (into *byte), STRING_OF. */
reml_string reml__slot_text(const reml_ast *ast, reml_node node, const reml_slot *slot, char *byte);

typedef enum reml_slot_shape { REML_SLOT_LEAF, REML_SLOT_CHILD, REML_SLOT_LIST } reml_slot_shape;
reml_slot_shape reml__slot_shape(reml_field_type type);

/* The radix of an Int from its tag. */
unsigned reml__tag_base(uint32_t tag);

/* The tree of a result as canonical JSON into an open output; unwinds when out of memory. */
void reml__ast_json(reml_out *out, const reml_result *result, reml_memory *memory);

/* [line,column,offset] (gates.md section 1.2). */
void reml__json_place(reml_out *out, const reml_position *place);
void reml__json_span(reml_out *out, const reml_span *span);
/* The list of [kind,label]; empty without an expected set. */
void reml__json_alternatives(reml_out *out, const reml_expected *expected);
void reml__json_diagnostics(reml_out *out, const reml_diagnostic *all, size_t count);
/* A result (driver.md section 3); unwinds when out of memory. */
void reml__result_json(reml_out *out, const reml_result *result, bool with_ast,
                       reml_memory *memory);

#endif
