#include "reml_slot.h"
#include "reml_identifier.h"

reml_slot_shape reml__slot_shape(reml_field_type type) {
  switch (type) {
  case REML_FIELD_CHILD:
  case REML_FIELD_EXPR:
  case REML_FIELD_PATTERN:
  case REML_FIELD_BODY:
  case REML_FIELD_INLINE: return REML_SLOT_CHILD;
  case REML_FIELD_NODES:
  case REML_FIELD_NODES_OR_NULL:
  case REML_FIELD_EXPRS:
  case REML_FIELD_PATTERNS:
  case REML_FIELD_STMTS:
  case REML_FIELD_ARGS:
  case REML_FIELD_ARGS_OR_NULL: return REML_SLOT_LIST;
  default: return REML_SLOT_LEAF;
  }
}

unsigned reml__slot_count(reml_node_kind kind) {
  const reml_node_shape *shape = reml__node_shape(kind);
  unsigned count = 0;
  while (count < REML_MAX_FIELDS && shape->fields[count].name != NULL)
    count++;
  return count;
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

/* A flag is one bit of the tag, every other tag is all of it. */
static uint32_t tag_part(reml_field_type type, uint32_t tag) {
  bool is_flag = type >= REML_FIELD_TAG_FLAG0 && type <= REML_FIELD_TAG_FLAG2;
  return is_flag ? tag >> (type - REML_FIELD_TAG_FLAG0) & 1 : tag;
}

reml_slot reml__slot(const reml_ast *ast, reml_node node, unsigned index) {
  const reml_node_shape *shape = reml__node_shape(reml__node_kind(ast, node));
  const reml_field *field = &shape->fields[index];
  reml_slot slot = {.name = field->name, .type = field->type, .optional = field->optional};
  unsigned word = word_index(shape, index);
  slot.word = reml__field_words(slot.type) == 0 ? tag_part(slot.type, reml__node_tag(ast, node))
                                                : reml__node_field(ast, node, word);
  if (has_span(slot.type)) {
    slot.span = slot_span(ast, node, slot.type, slot.word, word);
  }
  return slot;
}

/* A String's value. */
static reml_text string_text(const reml_ast *ast, reml_node node) {
  size_t length;
  const char *bytes = reml__node_bytes(ast, node, &length);
  return (reml_text){bytes, (uint32_t)length};
}

/* STRING_OF: a String's value or a Var's name (ast.md section 8). */
static reml_text string_of(const reml_ast *ast, reml_node node) {
  if (node == 0) return (reml_text){"", 0};
  if (reml__node_kind(ast, node) == REML_NODE_STRING) return string_text(ast, node);
  return reml__text(ast, reml__node_field(ast, node, 0));
}

reml_text reml__slot_text(const reml_ast *ast, reml_node node, const reml_slot *slot,
                          char bytes[4]) {
  switch (slot->type) {
  case REML_FIELD_BYTES: return string_text(ast, node);
  case REML_FIELD_STRING_OF: return string_of(ast, slot->word);
  case REML_FIELD_BYTE: *bytes = (char)slot->word; return (reml_text){bytes, 1};
  case REML_FIELD_SCALAR:
    return (reml_text){bytes, (uint32_t)reml__utf8_encode((unsigned char *)bytes, slot->word)};
  default: return reml__text(ast, slot->word);
  }
}
