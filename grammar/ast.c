#include "reml_ast.h"
#include <string.h>

enum { RELEASE_WORDS = 1 << 17 };

reml_ast *reml__ast_new(reml_memory *memory) {
  reml_ast *ast = reml__alloc(memory, sizeof *ast);
  reml__pool_init(&ast->pool, memory);
  ast->names = reml__names_new(memory);
  return ast;
}

reml_ast *reml__ast_fork(const reml_ast *ast) {
  reml_ast *fork = reml__alloc(ast->pool.memory, sizeof *fork);
  *fork = *ast;
  reml__pool_fork(&fork->pool, &ast->pool);
  return fork;
}

/* Copying what is kept must be rare beside making what is given back. */
static bool is_worth_release(const reml_pool *pool, uint32_t mark) {
  uint32_t least = RELEASE_WORDS > mark ? RELEASE_WORDS : mark;
  return pool->next - mark > least;
}

void reml__ast_release(reml_ast *ast, reml_ast_mark mark) {
  if (is_worth_release(&ast->pool, mark.words)) reml__pool_cut(&ast->pool, mark.words);
  if (is_worth_release(&ast->names->pool, mark.names))
    ast->names = reml__names_cut(ast->names, mark.names);
}

size_t reml__ast_bytes(const reml_ast *ast) {
  return ast->pool.next * sizeof(uint32_t) + reml__names_bytes(ast->names);
}

/* --- shapes --- */

#define SPANNED REML_CLASS_SPANNED
#define KINDED REML_CLASS_KINDED
#define IS_EXPR REML_CLASS_EXPR
#define IS_LITERAL REML_CLASS_LITERAL
#define IS_PATTERN REML_CLASS_PATTERN
#define IS_TYPE REML_CLASS_TYPE
#define IS_STATEMENT REML_CLASS_STATEMENT
#define IS_DECL REML_CLASS_DECL
#define NO_FIELDS                                                                                  \
  { NULL, REML_FIELD_NONE, false }
#define F(name, type)                                                                              \
  { name, REML_FIELD_##type, false }
#define O(name, type)                                                                              \
  { name, REML_FIELD_##type, true }

static const reml_node_shape shapes[REML_NODE_KIND_COUNT] = {
    [REML_NODE_NONE] = {"", 0, {NO_FIELDS}},
#define NODE(name, kind, classes, ...) [REML_NODE_##name] = {kind, classes, {__VA_ARGS__}},
#include "reml_nodes.def"
#undef NODE
};

const reml_node_shape *reml__node_shape(reml_node_kind kind) {
  return &shapes[kind];
}

unsigned reml__field_words(reml_field_type type) {
  if (type <= REML_FIELD_HEAD_SELF) return 0;
  return type == REML_FIELD_IDENT || type == REML_FIELD_HEAD_IDENT ? 2 : 1;
}

/* --- nodes --- */

reml_node reml__node_write_bytes(reml_ast *ast, unsigned form, reml_range span, const char *bytes,
                                 size_t length) {
  uint32_t *to;
  uint32_t words = (uint32_t)((length + 3) / 4);
  reml_node node = reml__node_begin(ast, REML_NODE_STRING, form, span, 1 + words, &to);
  to[0] = (uint32_t)length;
  if (words > 0) to[words] = 0; /* the padding is defined, so equal trees are equal bytes */
  memcpy(to + 1, bytes, length);
  return node;
}

reml_range reml__node_span(const reml_ast *ast, reml_node node) {
  const uint32_t *word = reml__ast_word(ast, node);
  if (!reml__spanned[*word & 0xFF]) return (reml_range){0, 0};
  uint32_t length = *word >> 12, start = word[1];
  uint32_t end = length == REML_SPAN_WIDE ? *reml__ast_word(ast, node - 1) : start + length;
  return (reml_range){start, end};
}

uint32_t reml__node_field(const reml_ast *ast, reml_node node, unsigned i) {
  const uint32_t *word = reml__ast_word(ast, node);
  return word[1 + reml__spanned[*word & 0xFF] + i];
}

const char *reml__node_bytes(const reml_ast *ast, reml_node node, size_t *length) {
  const uint32_t *word = reml__ast_word(ast, node); /* header, start, length, bytes */
  *length = word[2];
  return (const char *)(word + 3);
}

/* --- lists --- */

uint32_t reml__list_count(const reml_ast *ast, uint32_t list) {
  return list == 0 ? 0 : *reml__ast_word(ast, list);
}

/* A list of up to FAN elements is [count, handles]. A longer one is [count, root]: the root is an
 * array of up to FAN handles of arrays of the level below, and so on down to the elements; every
 * array but the last of its level is full. */
reml_node reml__list_at(const reml_ast *ast, uint32_t list, uint32_t index) {
  const uint32_t *words = reml__ast_word(ast, list);
  uint32_t count = words[0];
  if (count <= REML_LIST_FAN) return words[1 + index];
  uint64_t below = REML_LIST_FAN; /* elements under one handle of the array in hand */
  while (below * REML_LIST_FAN < count)
    below *= REML_LIST_FAN;
  uint32_t array = words[1];
  for (; below > 0; below /= REML_LIST_FAN) {
    array = *reml__ast_word(ast, array + (uint32_t)(index / below % REML_LIST_FAN));
  }
  return array;
}
