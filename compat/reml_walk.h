/* What the printers of results and trees share. The tree printers walk with a stack of their own in
 * collected memory, because a tree may be deeper than any C stack (contract driver.md section 9).
 */
#ifndef REML_WALK_H
#define REML_WALK_H

#include "reml_json.h"
#include "reml_slot.h"
#include "reml_tree.h"

#include <string.h>

/* The radix of an Int from its tag. */
static inline unsigned reml__tag_base(uint32_t tag) {
  static const unsigned char bases[] = {2, 8, 10, 16};
  return bases[tag & 3];
}

/* Normal, Raw or Multiline. */
static inline const char *reml__form_name(uint32_t form) {
  static const char *const names[] = {"Normal", "Raw", "Multiline"};
  return names[form];
}

/* The word of the member that is called so; 0: there is none. */
static inline uint32_t reml__member_called(const reml_ast *ast, reml_node node, const char *name) {
  unsigned count = reml__slot_count(reml__node_kind(ast, node));
  for (unsigned i = 0; i < count; i++) {
    reml_slot slot = reml__slot(ast, node, i);
    if (strcmp(slot.name, name) == 0) return slot.word;
  }
  return 0;
}

/* The list of a node whose elements belong to those of the list that has this mark in a template:
 * `:` for the bounds of generic parameters, `%` for labels; 0: none. */
static inline uint32_t reml__list_beside(const reml_ast *ast, reml_node node, char mark) {
  if (mark == ':') return reml__member_called(ast, node, "bounds");
  return mark == '%' ? reml__member_called(ast, node, "labels") : 0;
}

/* The element of a list of bounds that belongs to a generic parameter; 0: none. *at is the number
 * of those before it. */
static inline reml_node reml__bound_of(const reml_ast *ast, uint32_t bounds, uint32_t *at,
                                       reml_node parameter) {
  if (bounds == 0 || *at == reml__list_count(ast, bounds)) return 0;
  reml_node bound = reml__list_at(ast, bounds, *at);
  uint32_t place = reml__slot(ast, bound, 0).span.start;
  if (place != reml__node_span(ast, parameter).start) return 0;
  ++*at;
  return bound;
}

/* Behind the ^] of the group of a template that is open at `rest`. */
static inline const char *reml__behind_group(const char *rest) {
  for (unsigned open = 1; open > 0; rest++) {
    rest = strchr(rest, '^') + 1;
    open = *rest == ']' ? open - 1 : open + 1;
  }
  return rest;
}

/* A node (0: null) as canonical JSON into an open output; unwinds when out of memory. */
void reml__ast_json(reml_out *out, const reml_ast *ast, reml_node node, reml_memory *memory);

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
