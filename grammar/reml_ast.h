/* The tree: an append-only pool of 32-bit words and a table of interned names (contract ast.md).
 *
 * A node is a record of words that starts with a header
 *
 *     bits 0-7 kind   bits 8-11 tag   bits 12-31 length of the span in bytes
 *
 * then, for kinds with a span, its start, then the fields of reml_nodes.def. The reml_node of a
 * record is the index of its header word. A span of WIDE bytes or more does not fit: its header
 * holds WIDE and the word before the header holds the end.
 *
 * A list is a count followed by handles. Long lists are 64-ary trees of such handle arrays (see
 * reml__list_at), so that the part of an open list that is not in the pool yet is bounded.
 *
 * Records are never changed once written: a snapshot of the tree is the pool's length.
 */
#ifndef REML_AST_H
#define REML_AST_H

#include "reml_names.h"
#include "reml_node.h"
#include <stdbool.h>
#include <stddef.h>

enum { REML_LIST_FAN = 64, REML_SPAN_WIDE = 0xFFFFF };

typedef struct reml_ast {
  reml_pool pool;
  reml_names *names; /* forks have them in common */
  size_t node_count;
} reml_ast;

reml_ast *reml__ast_new(reml_memory *memory);

/* A tree with the same nodes; both may go on. Costs a pointer for each block of the pool. */
reml_ast *reml__ast_fork(const reml_ast *ast);

/* A length of the tree. */
typedef struct reml_ast_mark {
  uint32_t words, names;
} reml_ast_mark;

static inline reml_ast_mark reml__ast_mark(const reml_ast *ast) {
  return (reml_ast_mark){ast->pool.next, ast->names->pool.next};
}

/* Gives back what is behind the mark, which nothing may refer to any more. Done only when it is
 * worth it: until then it may still be read. */
void reml__ast_release(reml_ast *ast, reml_ast_mark mark);

/* Bytes that the tree holds: pool in use, names and their table. */
size_t reml__ast_bytes(const reml_ast *ast);

static inline uint32_t *reml__ast_word(const reml_ast *ast, uint32_t index) {
  return reml__pool_word(&ast->pool, index);
}

static inline uint32_t reml__ast_reserve(reml_ast *ast, uint32_t words) {
  return reml__pool_reserve(&ast->pool, words);
}

static inline reml_name reml__name(reml_ast *ast, const char *bytes, size_t length) {
  return reml__names_intern(ast->names, bytes, length);
}

static inline reml_text reml__text(const reml_ast *ast, reml_name name) {
  return reml__names_text(ast->names, name);
}

/* --- nodes --- */
typedef struct reml_range {
  uint32_t start, end;
} reml_range;

/* Which kinds have a span: a table that the compiler can look into, so that writing a record of a
 * known kind needs no look-up. */
static const uint8_t reml__spanned[REML_NODE_KIND_COUNT] = {
#define SPANNED 1
#define KINDED 0
#define IS_EXPR 0
#define IS_LITERAL 0
#define IS_PATTERN 0
#define IS_TYPE 0
#define IS_STATEMENT 0
#define IS_DECL 0
#define NODE(name, kind, classes, ...) [REML_NODE_##name] = (classes),
#include "reml_nodes.def"
#undef NODE
#undef SPANNED
#undef KINDED
#undef IS_EXPR
#undef IS_LITERAL
#undef IS_PATTERN
#undef IS_TYPE
#undef IS_STATEMENT
#undef IS_DECL
};

/* Reserves a record and writes all of it but its fields; *fields is where they belong. */
static inline reml_node reml__node_begin(reml_ast *ast, reml_node_kind kind, unsigned tag,
                                         reml_range span, uint32_t words, uint32_t **fields) {
  uint32_t spanned = reml__spanned[kind];
  uint32_t length = spanned ? span.end - span.start : 0;
  uint32_t wide = length >= REML_SPAN_WIDE;
  uint32_t at = reml__ast_reserve(ast, wide + 1 + spanned + words);
  uint32_t *word = reml__ast_word(ast, at);
  if (wide) *word++ = span.end;
  *word++ = (uint32_t)kind | tag << 8 | (wide ? REML_SPAN_WIDE : length) << 12;
  if (spanned) *word++ = span.start;
  *fields = word;
  ast->node_count++;
  return at + wide;
}

/* Writes a record; the fields are as many words as the kind has in reml_nodes.def. */
static inline reml_node reml__node_write(reml_ast *ast, reml_node_kind kind, unsigned tag,
                                         reml_range span, const uint32_t *fields, uint32_t count) {
  uint32_t *to;
  reml_node node = reml__node_begin(ast, kind, tag, span, count, &to);
  for (uint32_t i = 0; i < count; i++)
    to[i] = fields[i];
  return node;
}
/* A String literal: the length and the bytes are its fields. */
reml_node reml__node_write_bytes(reml_ast *ast, unsigned form, reml_range span, const char *bytes,
                                 size_t length);

static inline reml_node_kind reml__node_kind(const reml_ast *ast, reml_node node) {
  return (reml_node_kind)(*reml__ast_word(ast, node) & 0xFF);
}
static inline unsigned reml__node_tag(const reml_ast *ast, reml_node node) {
  return *reml__ast_word(ast, node) >> 8 & 0xF;
}
reml_range reml__node_span(const reml_ast *ast, reml_node node); /* {0,0} for kinds without one */

/* Word `i` of the fields. */
uint32_t reml__node_field(const reml_ast *ast, reml_node node, unsigned i);

/* The bytes of a String. Valid as long as the tree. */
const char *reml__node_bytes(const reml_ast *ast, reml_node node, size_t *length);

/* --- what a kind is: from reml_nodes.def --- */
enum {
  REML_CLASS_SPANNED = 1,
  REML_CLASS_KINDED = 2,
  REML_CLASS_EXPR = 4,
  REML_CLASS_LITERAL = 8,
  REML_CLASS_PATTERN = 16,
  REML_CLASS_TYPE = 32,
  REML_CLASS_STATEMENT = 64,
  REML_CLASS_DECL = 128
};
enum { REML_MAX_FIELDS = 14 };
typedef struct reml_field {
  const char *name;
  reml_field_type type;
  bool optional; /* left out of the JSON when it has its default */
} reml_field;
typedef struct reml_node_shape {
  const char *kind;
  unsigned classes;
  reml_field fields[REML_MAX_FIELDS]; /* ends with a field without name */
} reml_node_shape;
const reml_node_shape *reml__node_shape(reml_node_kind kind);
/* Words that a member of this type takes among the fields (BYTES: 1, the count). */
unsigned reml__field_words(reml_field_type type);

/* --- lists; 0 is the empty list --- */
uint32_t reml__list_count(const reml_ast *ast, uint32_t list);
reml_node reml__list_at(const reml_ast *ast, uint32_t list, uint32_t index);

#endif
