/* What the productions of reml.y do: make nodes, keep lists. Names in capitals are for reml.y. */
#ifndef REML_BUILD_H
#define REML_BUILD_H

#include "reml_parser.h"

#define VALUE(number) ((reml_semantic){(number), 0})
#define PAIR(first, second) ((reml_semantic){(first), (second)})
#define NONE VALUE(0)

/* A node that spans the production, with these fields; NODE0 for a kind without fields. */
#define FIELDS(...) (uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)
#define NODE(kind, tag, ...)                                                                       \
  VALUE(reml__node_write(p->ast, REML_NODE_##kind, (tag), p->span, FIELDS(__VA_ARGS__)))
#define NODE0(kind, tag) VALUE(reml__node_write(p->ast, REML_NODE_##kind, (tag), p->span, NULL, 0))
#define BINARY(op, left, right) reml__build_merged(p, REML_NODE_BINARY, (op), (left), (right))
/* A node that continues the chain `from`. */
#define GROWN(from, value) PAIR((value).n, (from).at + 1)
#define IDENT_NODE(name) reml__build_ident(p, (name))

/* The heads of a path that are not names have marks that no offset reaches in place of one. */
#define REML_HEAD_MARKS UINT32_C(0xFFFFFFFE)
#define REML_HEAD_SUPER UINT32_C(0xFFFFFFFE)
#define REML_HEAD_SELF UINT32_C(0xFFFFFFFF)
#define HEAD_SELF PAIR(0, REML_HEAD_SELF)
#define HEAD_SUPER(depth) PAIR((depth), REML_HEAD_SUPER)

/* --- lists: open while elements come, then closed into the pool --- */
#define APPEND(list, element) reml__build_append(p, (list), (element))
#define LIST(list) reml__build_close(p, (list))
/* APPEND for lists whose elements are the checkpoints of a stream. */
#define ITEM(list, element) reml__build_item(p, (list), (element).n)
#define LIST_AFTER(first, list) reml__build_close_after(p, (first), (list))

reml_semantic reml__build_append(reml_parser *p, reml_semantic list, uint32_t element);
reml_semantic reml__build_item(reml_parser *p, reml_semantic list, uint32_t element);
/* The empty list of top-level declarations; what the tree holds by then is kept to the end. */
reml_semantic reml__build_declarations(reml_parser *p);
/* The list with one more, or, if they are handed out, the list as it is. */
reml_semantic reml__build_declaration(reml_parser *p, reml_semantic list, reml_node declaration);
uint32_t reml__build_close(reml_parser *p, reml_semantic list);
/* The list with one more element in front. */
uint32_t reml__build_close_after(reml_parser *p, uint32_t first, reml_semantic list);
void reml__build_drop(reml_parser *p, reml_semantic list);

/* --- names and paths --- */
reml_node reml__build_ident(reml_parser *p, reml_semantic name);
reml_semantic reml__build_path(reml_parser *p, reml_semantic head, reml_semantic tail);
reml_semantic reml__build_prefix_head(reml_parser *p, reml_semantic head);
reml_semantic reml__build_prefix(reml_parser *p, reml_semantic prefix);
/* The name `first.rest`, where rest is an open list of names, last one first. */
reml_name reml__build_qualified(reml_parser *p, reml_semantic first, reml_semantic rest);

/* --- expressions --- */
/* Spans from the first to the last of its operands' nodes (ast.md section 6.1 no. 4), and
 * continues the chain that `left` is, if it is one. */
reml_semantic reml__build_merged(reml_parser *p, reml_node_kind kind, unsigned op,
                                 reml_semantic left, reml_semantic right);
/* How often a binary or pipe chain has grown; 0 for any other expression. */
uint32_t reml__build_growth(const reml_ast *ast, reml_semantic expression);
reml_semantic reml__build_call(reml_parser *p, reml_node callee, uint32_t args);
reml_semantic reml__build_tuple_index(reml_parser *p, reml_node target, reml_node index);

/* --- effects: grammar.md section 5, ast.md section 7 (effects.c) --- */
void reml__build_need_effects(reml_parser *p);
reml_semantic reml__build_effect_target(reml_parser *p, reml_node path);
reml_semantic reml__build_handle(reml_parser *p, reml_node target, reml_node handler,
                                 uint32_t handler_start);
/* A function or signature with the profile that the attributes give it; anything else as it is. */
reml_node reml__build_profile(reml_parser *p, reml_node declaration, uint32_t attributes);

/* --- extern blocks: ast.md section 8 (extern.c) --- */
reml_semantic reml__build_extern(reml_parser *p, reml_node abi, uint32_t items);
reml_semantic reml__build_extern_single(reml_parser *p, reml_node signature);
reml_semantic reml__build_extern_item(reml_parser *p, uint32_t attributes, reml_node signature,
                                      unsigned is_public);

/* --- attributes: what effects.c and extern.c both ask --- */
/* Blank, TAB, LF, FF and CR removed from both ends, A-Z lowered (ast.md section 7). */
reml_name reml__build_normal(reml_parser *p, reml_text text);
/* The text of a string literal or plain name; false for any other expression. */
bool reml__build_text_of(reml_parser *p, reml_node expression, reml_text *text);
/* Its arguments, a closed list. */
uint32_t reml__build_attribute_args(reml_parser *p, reml_node attribute);
/* Its name as it is written; one of several parts is joined. */
reml_name reml__build_attribute_name(reml_parser *p, reml_node attribute);
reml_name reml__build_attribute_key(reml_parser *p, reml_node attribute);
void reml__build_fail(reml_parser *p, reml_failure_kind kind, const reml_entry *from);

#endif
