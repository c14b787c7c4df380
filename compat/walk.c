/* Reading members of nodes (reml_walk.h). */
#include "reml_walk.h"

reml_slot_shape reml__slot_shape(reml_field_type type) {
  switch (type) {
  case REML_FIELD_CHILD:
  case REML_FIELD_EXPR:
  case REML_FIELD_PATTERN:
  case REML_FIELD_BODY: return REML_SLOT_CHILD;
  case REML_FIELD_NODES:
  case REML_FIELD_NODES_OR_NULL:
  case REML_FIELD_EXPRS:
  case REML_FIELD_PATTERNS:
  case REML_FIELD_STMTS:
  case REML_FIELD_ARGS: return REML_SLOT_LIST;
  default: return REML_SLOT_LEAF;
  }
}

static unsigned word_index(const reml_node_shape *shape, unsigned index) {
  unsigned words = 0;
  for (unsigned i = 0; i < index; i++) {
    words += reml__field_words(shape->fields[i].type);
  }
  return words;
}

static reml_range from_start(uint32_t start, uint32_t length) {
  return (reml_range){start, start + length};
}

static reml_range slot_span(const reml_ast *ast, reml_node node, reml_field_type type,
                            uint32_t name, unsigned word) {
  reml_range span = reml__node_span(ast, node);
  switch (type) {
  case REML_FIELD_IDENT:
  case REML_FIELD_HEAD_IDENT:
    return from_start(reml__node_field(ast, node, word + 1), reml__text(ast, name).length);
  case REML_FIELD_IDENT_HEAD: return from_start(span.start, reml__text(ast, name).length);
  case REML_FIELD_IDENT_TAIL:
    return (reml_range){span.end - reml__text(ast, name).length, span.end};
  default: return span;
  }
}

static bool has_span(reml_field_type type) {
  switch (type) {
  case REML_FIELD_SPAN:
  case REML_FIELD_IDENT:
  case REML_FIELD_HEAD_IDENT:
  case REML_FIELD_IDENT_SELF:
  case REML_FIELD_IDENT_HEAD:
  case REML_FIELD_IDENT_TAIL: return true;
  default: return false;
  }
}

reml_slot reml__slot(const reml_ast *ast, reml_node node, unsigned index) {
  const reml_node_shape *shape = reml__node_shape(reml__node_kind(ast, node));
  reml_slot slot = {.type = shape->fields[index].type};
  unsigned word = word_index(shape, index);
  slot.word = reml__field_words(slot.type) == 0 ? reml__node_tag(ast, node)
                                                : reml__node_field(ast, node, word);
  if (has_span(slot.type)) {
    slot.span = slot_span(ast, node, slot.type, slot.word, word);
  }
  return slot;
}

static reml_string name_text(const reml_ast *ast, reml_name name) {
  if (name == 0) {
    return (reml_string){"", 0};
  }
  reml_text text = reml__text(ast, name);
  return (reml_string){text.bytes, text.length};
}

static reml_string string_text(const reml_ast *ast, reml_node node) {
  reml_string text;
  text.bytes = reml__node_bytes(ast, node, &text.length);
  return text;
}

/* STRING_OF: a String's value or a Var's name (ast.md section 8). */
static reml_string string_of(const reml_ast *ast, reml_node node) {
  if (reml__node_kind(ast, node) == REML_NODE_STRING) {
    return string_text(ast, node);
  }
  return name_text(ast, reml__node_field(ast, node, 0));
}

reml_string reml__slot_text(const reml_ast *ast, reml_node node, const reml_slot *slot,
                            char *byte) {
  switch (slot->type) {
  case REML_FIELD_BYTES: return string_text(ast, node);
  case REML_FIELD_STRING_OF: return string_of(ast, slot->word);
  case REML_FIELD_BYTE: *byte = (char)slot->word; return (reml_string){byte, 1};
  default: return name_text(ast, slot->word);
  }
}

unsigned reml__tag_base(uint32_t tag) {
  static const unsigned char bases[] = {2, 8, 10, 16};
  return bases[tag & 3];
}
