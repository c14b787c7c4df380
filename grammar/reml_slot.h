/* Reading the members of a node as reml_nodes.def describes them. */
#ifndef REML_SLOT_H
#define REML_SLOT_H

#include "reml_ast.h"

/* A member as it is stored. */
typedef struct reml_slot {
  const char *name; /* in the canonical JSON */
  reml_field_type type;
  bool optional;   /* left out of the JSON when word is 0 */
  uint32_t word;   /* child, list, name, number or tag */
  reml_range span; /* of the node (SPAN) or of the name (every IDENT) */
} reml_slot;

/* How many members a node of this kind has. */
unsigned reml__slot_count(reml_node_kind kind);

/* Member number `index`, which is below the count. */
reml_slot reml__slot(const reml_ast *ast, reml_node node, unsigned index);

/* The bytes of a member that holds text: names, BYTES, STRING_OF, BYTE and SCALAR, which are put
 * into `bytes`. */
reml_text reml__slot_text(const reml_ast *ast, reml_node node, const reml_slot *slot,
                          char bytes[4]);

/* STRING_OF is a leaf: what counts is its text. */
typedef enum reml_slot_shape { REML_SLOT_LEAF, REML_SLOT_CHILD, REML_SLOT_LIST } reml_slot_shape;
reml_slot_shape reml__slot_shape(reml_field_type type);

#endif
