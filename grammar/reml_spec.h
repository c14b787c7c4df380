/* What the productions of spec.y do beyond reml_build.h: the nodes that only the profile `spec`
 * has, and old kinds with further members (contract-spec ast-spec.md). */
#ifndef REML_SPEC_H
#define REML_SPEC_H

#include "reml_build.h"

/* The flags of a function's head, as they are in the tag of its node. */
enum { REML_FN_ASYNC = 1, REML_FN_UNSAFE = 2, REML_FN_VARIADIC = 4 };

/* What may follow a signature, each at most once. */
typedef enum reml_tail { REML_TAIL_EFFECTS, REML_TAIL_WHERE, REML_TAIL_WITH, REML_TAILS } reml_tail;

/* A function or signature whose parts are all there. */
typedef struct reml_function {
  uint32_t flags;
  reml_semantic name;     /* a word and its place, or several parts; see reml__spec_method */
  reml_semantic generics; /* Idents; `at`: their bounds */
  reml_semantic params;   /* closed list; `at`: it ends with `...` */
  reml_node result;
  reml_semantic tails;
  reml_node body;
  bool is_fixed; /* `...` is not allowed */
} reml_function;

/* --- names of several parts: open lists of Idents --- */
reml_semantic reml__spec_first_part(reml_parser *p, reml_semantic name, unsigned after_colons);
reml_semantic reml__spec_part(reml_parser *p, reml_semantic list, reml_semantic name,
                              unsigned after_colons);
/* The parts as a Path, and as one Ident joined as written. */
reml_node reml__spec_path(reml_parser *p, reml_semantic parts);
reml_node reml__spec_ident(reml_parser *p, reml_semantic parts, reml_range span);
/* The Ident of symbol `number` of the production. */
#define IDENT_OF(number, parts)                                                                    \
  reml__spec_ident(p, (parts), (reml_range){START(number), END_OF(number)})
/* The name `::name`. */
reml_name reml__spec_root_name(reml_parser *p, reml_semantic name);

/* --- units and modules --- */
reml_semantic reml__spec_unit(reml_parser *p, reml_semantic items);
reml_semantic reml__spec_empty_unit(reml_parser *p);
reml_semantic reml__spec_module(reml_parser *p, reml_semantic path, reml_semantic items);
/* An item that stays when declarations are handed out. */
reml_semantic reml__spec_kept_item(reml_parser *p, reml_semantic list, reml_node item);
reml_semantic reml__spec_top_statement(reml_parser *p, reml_semantic list, reml_node statement);
reml_semantic reml__spec_use(reml_parser *p, uint32_t attributes, reml_semantic line);
/* The list of the one item `*`, and that item. */
uint32_t reml__spec_star(reml_parser *p, reml_semantic star);
reml_node reml__spec_star_item(reml_parser *p, reml_semantic star);

/* --- declarations --- */
reml_semantic reml__spec_declaration(reml_parser *p, reml_semantic attributes, unsigned is_public,
                                     reml_node body);
reml_semantic reml__spec_function(reml_parser *p, const reml_function *of);
reml_semantic reml__spec_signature(reml_parser *p, const reml_function *of);
/* The open list of a function's name, turned into the type of a receiver and a name. */
/* The name of a function with one more part. */
reml_semantic reml__spec_method(reml_parser *p, reml_semantic owner, reml_semantic name,
                                unsigned after_colons);
reml_semantic reml__spec_receiver(reml_parser *p, reml_semantic owner, uint32_t args,
                                  reml_semantic name, unsigned after_colons);
reml_semantic reml__spec_let_function(reml_parser *p, reml_semantic name, reml_semantic generics,
                                      uint32_t params, reml_node result, reml_node body,
                                      uint32_t start);
/* APPEND; remembers where the first one is that is no plain name. */
reml_semantic reml__spec_name_arg(reml_parser *p, reml_semantic list, reml_node argument,
                                  const reml_entry *at);
/* Idents, and in `at` their bounds; fails unless all are plain names. */
reml_semantic reml__spec_generics(reml_parser *p, uint32_t arguments);
reml_semantic reml__spec_params(reml_parser *p, reml_semantic list);
reml_semantic reml__spec_ellipsis(reml_parser *p);
/* The parameters where `...` is not allowed. */
uint32_t reml__spec_fixed(reml_parser *p, reml_semantic params);
#define FIXED(params) reml__spec_fixed(p, (params))
reml_semantic reml__spec_tail(reml_parser *p, reml_semantic tails, reml_tail which, uint32_t value);
void reml__spec_drop_tails(reml_parser *p, reml_semantic tails);
reml_semantic reml__spec_constraint(reml_parser *p, reml_node type);
reml_semantic reml__spec_trait(reml_parser *p, reml_semantic name, reml_semantic generics,
                               reml_semantic tails, uint32_t items);
reml_semantic reml__spec_impl(reml_parser *p, reml_semantic generics, reml_node trait,
                              reml_node type, reml_semantic tails, uint32_t items);
reml_semantic reml__spec_impl_item(reml_parser *p, uint32_t attributes, unsigned is_public,
                                   reml_node item);
reml_semantic reml__spec_var_as_let(reml_parser *p, reml_node variable);
reml_semantic reml__spec_type_alias(reml_parser *p, reml_semantic name, reml_semantic generics,
                                    reml_node type, unsigned is_implicit);
reml_semantic reml__spec_type_new(reml_parser *p, reml_semantic name, reml_semantic generics,
                                  reml_node type);
/* A sum, an alias or an alias of a union (grammar-spec.md 4.6). */
reml_semantic reml__spec_type_members(reml_parser *p, reml_semantic name, reml_semantic generics,
                                      reml_semantic members);
reml_semantic reml__spec_variant(reml_parser *p, reml_semantic name, reml_semantic elements);
reml_semantic reml__spec_operation(reml_parser *p, uint32_t attributes, reml_semantic name,
                                   reml_node type);
reml_semantic reml__spec_handler_operation(reml_parser *p, uint32_t attributes, reml_semantic name,
                                           uint32_t params, uint32_t body);
reml_semantic reml__spec_handler_return(reml_parser *p, uint32_t attributes, reml_semantic name,
                                        uint32_t body);
reml_semantic reml__spec_conductor(reml_parser *p, reml_semantic name, reml_semantic sections);
/* The list with the routes, an open list of which lies above it, behind its own. */
reml_semantic reml__spec_routes(reml_parser *p, reml_semantic sections, uint32_t count);
/* A list that is there even without elements. */
uint32_t reml__spec_present_list(reml_parser *p, uint32_t list);
reml_semantic reml__spec_active_pattern(reml_parser *p, reml_node head, uint32_t params,
                                        reml_node body);

/* --- types --- */
reml_semantic reml__spec_qualified_type(reml_parser *p, reml_semantic parts);
reml_semantic reml__spec_tuple_type(reml_parser *p, reml_semantic elements, bool has_comma);
reml_semantic reml__spec_record_type(reml_parser *p, reml_semantic fields);
/* Types, and in `at` their labels if there is any. */
reml_semantic reml__spec_type_elements(reml_parser *p, reml_semantic elements);

/* --- patterns --- */
reml_semantic reml__spec_literal_pattern(reml_parser *p, reml_semantic literal);
reml_semantic reml__spec_name_pattern(reml_parser *p, reml_semantic name);
/* A variable that spans the name, whatever the production spans. */
reml_node reml__spec_var_pattern(reml_parser *p, reml_semantic name);
reml_semantic reml__spec_qualified_pattern(reml_parser *p, reml_semantic parts, uint32_t args);
reml_semantic reml__spec_tuple_pattern(reml_parser *p, reml_node first, reml_semantic rest);
reml_node reml__spec_slice_element(reml_parser *p, reml_node pattern);
/* Fields of a record, of a type too: `..` is an element 0; `at` tells whether it is there. */
reml_semantic reml__spec_field_patterns(reml_parser *p, reml_semantic fields);
reml_semantic reml__spec_active(reml_parser *p, reml_node head, reml_node argument);

/* --- expressions --- */
reml_semantic reml__spec_tuple(reml_parser *p, reml_node first, reml_semantic rest);
/* `{ name }`: the value is the name. */
reml_semantic reml__spec_short_field(reml_parser *p, reml_semantic name);
reml_node reml__spec_effect(reml_parser *p, reml_semantic parts, uint32_t start, uint32_t end);
uint32_t reml__spec_asm_group(reml_parser *p, reml_semantic word, uint32_t items,
                              const reml_entry *at);
reml_semantic reml__spec_llvm_inputs(reml_parser *p, reml_semantic word, reml_semantic inputs,
                                     const reml_entry *at);

/* From symbol `first` of the production to its end. */
reml_range reml__spec_span_from(const reml_parser *p, unsigned first);
/* Where symbol `number` of the production ends. */
#define END_OF(number) p->rhs[(number)-1].end

#endif
