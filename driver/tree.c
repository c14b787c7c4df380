/* Reading a tree: the public face of the pool (contract ast.md). */
#include "reml_slot.h"
#include "reml_tree.h"

reml_node_kind reml_node_kind_of(const reml_tree *tree, reml_node node) {
  return node == 0 ? REML_NODE_NONE : reml__node_kind(reml__tree_ast(tree), node);
}

const char *reml_node_kind_name(reml_node_kind kind) {
  return reml__node_shape(kind)->kind;
}

bool reml_node_span(const reml_tree *tree, reml_node node, uint32_t *start, uint32_t *end) {
  if (!reml__spanned[reml_node_kind_of(tree, node)]) return false;
  reml_range span = reml__node_span(reml__tree_ast(tree), node);
  *start = span.start;
  *end = span.end;
  return true;
}

size_t reml_tree_bytes(const reml_tree *tree) {
  return reml__ast_bytes(reml__tree_ast(tree));
}

size_t reml_tree_nodes(const reml_tree *tree) {
  return reml__tree_ast(tree)->node_count;
}

/* --- members --- */

static void set_text(const reml_ast *ast, reml_node node, const reml_slot *slot, reml_member *out) {
  char unused[4];
  reml_text text = reml__slot_text(ast, node, slot, unused);
  out->text = (reml_string){text.bytes, text.length};
}

static void set_leaf(const reml_ast *ast, reml_node node, const reml_slot *slot, reml_member *out) {
  switch (slot->type) {
  case REML_FIELD_SPAN: return;
  case REML_FIELD_STRING_OF: out->child = slot->word; return;
  case REML_FIELD_HEAD_SUPER:
  case REML_FIELD_COUNT:
  case REML_FIELD_SCALAR:
  case REML_FIELD_BYTE: out->number = slot->word; return;
  default: break;
  }
  if (reml__field_words(slot->type) == 0) {
    out->number = slot->word; /* a tag */
  } else {
    set_text(ast, node, slot, out);
  }
}

static void set_list(const reml_ast *ast, const reml_slot *slot, reml_member *out) {
  out->count = reml__list_count(ast, slot->word);
  if (slot->type == REML_FIELD_NODES_OR_NULL || slot->type == REML_FIELD_ARGS_OR_NULL)
    out->number = slot->word != 0;
}

bool reml_node_member(const reml_tree *tree, reml_node node, size_t index, reml_member *out) {
  if (index >= reml__slot_count(reml_node_kind_of(tree, node))) return false;
  const reml_ast *ast = reml__tree_ast(tree);
  reml_slot slot = reml__slot(ast, node, (unsigned)index);
  *out = (reml_member){
      .name = slot.name, .type = slot.type, .start = slot.span.start, .end = slot.span.end};
  switch (reml__slot_shape(slot.type)) {
  case REML_SLOT_CHILD: out->child = slot.word; break;
  case REML_SLOT_LIST: set_list(ast, &slot, out); break;
  case REML_SLOT_LEAF: set_leaf(ast, node, &slot, out); break;
  }
  return true;
}

reml_node reml_node_element(const reml_tree *tree, reml_node node, size_t index, size_t at) {
  if (index >= reml__slot_count(reml_node_kind_of(tree, node))) return 0;
  const reml_ast *ast = reml__tree_ast(tree);
  reml_slot slot = reml__slot(ast, node, (unsigned)index);
  if (reml__slot_shape(slot.type) != REML_SLOT_LIST) return 0;
  if (at >= reml__list_count(ast, slot.word)) return 0;
  return reml__list_at(ast, slot.word, (uint32_t)at);
}
