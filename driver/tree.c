/* Reading a tree: the public face of the pool (contract ast.md). */
#include "reml_ast.h"
#include "remlparse.h"

static const reml_ast *pool(const reml_tree *tree) {
  return (const reml_ast *)(const void *)tree;
}

reml_node_kind reml_node_kind_of(const reml_tree *tree, reml_node node) {
  return node == 0 ? REML_NODE_NONE : reml__node_kind(pool(tree), node);
}

const char *reml_node_kind_name(reml_node_kind kind) {
  return reml__node_shape(kind)->kind;
}

bool reml_node_span(const reml_tree *tree, reml_node node, uint32_t *start, uint32_t *end) {
  const reml_node_shape *shape = reml__node_shape(reml_node_kind_of(tree, node));
  if ((shape->classes & REML_CLASS_SPANNED) == 0) return false;
  reml_range span = reml__node_span(pool(tree), node);
  *start = span.start;
  *end = span.end;
  return true;
}

size_t reml_tree_bytes(const reml_tree *tree) {
  return reml__ast_bytes(pool(tree));
}
size_t reml_tree_nodes(const reml_tree *tree) {
  return pool(tree)->node_count;
}

/* --- members --- */

static bool is_list(reml_field_type type) {
  return type >= REML_FIELD_NODES && type <= REML_FIELD_ARGS;
}

static bool is_child(reml_field_type type) {
  return type >= REML_FIELD_CHILD && type <= REML_FIELD_STRING_OF;
}

static void set_name(const reml_ast *ast, reml_member *out, reml_name name) {
  reml_text text = reml__text(ast, name);
  out->text = (reml_string){text.bytes, text.length};
}

/* Where the name of an IDENT member stands. */
static void set_place(const reml_ast *ast, reml_node node, uint32_t second_word, reml_member *out) {
  reml_range span = reml__node_span(ast, node);
  uint32_t length = (uint32_t)out->text.length;
  if (out->type == REML_FIELD_IDENT_SELF) {
    out->start = span.start;
    out->end = span.end;
    return;
  }
  if (out->type == REML_FIELD_IDENT_HEAD) out->start = span.start;
  if (out->type == REML_FIELD_IDENT_TAIL) out->start = span.end - length;
  if (reml__field_words(out->type) == 2) out->start = second_word;
  out->end = out->start + length;
}

static void read_member(const reml_ast *ast, reml_node node, unsigned word, reml_member *out) {
  if (out->type == REML_FIELD_SPAN) {
    reml_range span = reml__node_span(ast, node);
    out->start = span.start;
    out->end = span.end;
    return;
  }
  if (reml__field_words(out->type) == 0) {
    out->number = reml__node_tag(ast, node);
    return;
  }
  uint32_t value = reml__node_field(ast, node, word);
  if (is_child(out->type)) {
    out->child = value;
  } else if (is_list(out->type)) {
    out->count = reml__list_count(ast, value);
  } else if (out->type == REML_FIELD_BYTES) {
    out->text.bytes = reml__node_bytes(ast, node, &out->text.length);
  } else if (out->type == REML_FIELD_HEAD_SUPER || out->type == REML_FIELD_BYTE) {
    out->number = value;
  } else {
    set_name(ast, out, value);
    if (out->type == REML_FIELD_TEXT || out->type == REML_FIELD_NUMBER) return;
    uint32_t second = reml__field_words(out->type) == 2 ? reml__node_field(ast, node, word + 1) : 0;
    set_place(ast, node, second, out);
  }
}

/* The member's description and its first word among the fields; false past the last one. */
static bool find_member(const reml_tree *tree, reml_node node, size_t index, reml_field *field,
                        unsigned *word) {
  const reml_node_shape *shape = reml__node_shape(reml_node_kind_of(tree, node));
  *word = 0;
  for (size_t i = 0; i < REML_MAX_FIELDS && shape->fields[i].name; i++) {
    *field = shape->fields[i];
    if (i == index) return true;
    *word += reml__field_words(field->type);
  }
  return false;
}

bool reml_node_member(const reml_tree *tree, reml_node node, size_t index, reml_member *out) {
  reml_field field;
  unsigned word;
  if (!find_member(tree, node, index, &field, &word)) return false;
  *out = (reml_member){.name = field.name, .type = field.type};
  read_member(pool(tree), node, word, out);
  return true;
}

reml_node reml_node_element(const reml_tree *tree, reml_node node, size_t index, size_t at) {
  reml_field field;
  unsigned word;
  if (!find_member(tree, node, index, &field, &word) || !is_list(field.type)) return 0;
  uint32_t list = reml__node_field(pool(tree), node, word);
  if (at >= reml__list_count(pool(tree), list)) return 0;
  return reml__list_at(pool(tree), list, (uint32_t)at);
}
