/* What the printers of results and trees share. The tree printers walk with a stack of their own in
 * collected memory, because a tree may be deeper than any C stack (contract driver.md section 9).
 */
#ifndef REML_WALK_H
#define REML_WALK_H

#include "reml_json.h"
#include "reml_slot.h"
#include "reml_tree.h"

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
