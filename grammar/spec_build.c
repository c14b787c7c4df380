/* What the productions of spec.y make: contract-spec ast-spec.md, whose sections are meant below.
 */
#include "reml_identifier.h"
#include "reml_spec.h"
#include <string.h>

/* --- small things --- */

reml_range reml__spec_span_from(const reml_parser *p, unsigned first) {
  return (reml_range){p->rhs[first - 1].start.offset, p->top->end};
}

static reml_node ident_node(reml_parser *p, reml_name name, reml_range span, unsigned tag) {
  return reml__node_write(p->ast, REML_NODE_IDENT, tag, span, &name, 1);
}

static reml_range name_span(reml_parser *p, reml_semantic name) {
  return (reml_range){name.at, name.at + reml__text(p->ast, name.n).length};
}

static uint32_t field(reml_parser *p, reml_node node, unsigned i) {
  return reml__node_field(p->ast, node, i);
}

static reml_node_kind kind_of(reml_parser *p, reml_node node) {
  return reml__node_kind(p->ast, node);
}

static void fail(reml_parser *p, reml_failure_kind kind, reml_place start, reml_place end) {
  if (p->failure.kind != REML_FAILURE_NONE) return;
  p->failure = (reml_failure){kind, start, end};
  p->stop = REML_PARSE_FAILED;
}

/* A place of an entry's end: on the line of its start, which is right for the words and names that
 * checks are about. */
static reml_place entry_end(const reml_entry *entry) {
  return (reml_place){entry->end, entry->start.line, entry->start.line_start};
}

uint32_t reml__spec_present_list(reml_parser *p, uint32_t list) {
  if (list != 0) return list;
  uint32_t empty = reml__ast_reserve(p->ast, 1);
  *reml__ast_word(p->ast, empty) = 0;
  return empty;
}

/* The kind that both profiles have, unless the member that only `spec` has is there. */
#define NODE_OR_SPEC(kind, tag, last, ...)                                                         \
  ((last) == 0 ? NODE(kind, (tag), __VA_ARGS__) : NODE(kind##_SPEC, (tag), __VA_ARGS__, (last)))

/* --- names of several parts --- */

reml_semantic reml__spec_first_part(reml_parser *p, reml_semantic name, unsigned after_colons) {
  return reml__spec_part(p, NONE, name, after_colons);
}

reml_semantic reml__spec_part(reml_parser *p, reml_semantic list, reml_semantic name,
                              unsigned after_colons) {
  return APPEND(list, ident_node(p, name.n, name_span(p, name), after_colons));
}

static bool name_is(reml_parser *p, reml_name name, const char *text) {
  reml_text found = reml__text(p->ast, name);
  return found.length == strlen(text) && memcmp(found.bytes, text, found.length) == 0;
}

/* The elements of a closed list from `first` on. */
static uint32_t list_from(reml_parser *p, uint32_t list, uint32_t first, uint32_t end) {
  reml_semantic rest = NONE;
  for (uint32_t i = first; i < end; i++)
    rest = APPEND(rest, reml__list_at(p->ast, list, i));
  return LIST(rest);
}

/* Parts 0 to `count` of a closed list as a Path. */
static reml_node path_of(reml_parser *p, uint32_t parts, uint32_t count) {
  reml_node first = reml__list_at(p->ast, parts, 0);
  if (reml__node_tag(p->ast, first) == 1)
    return NODE(PATH_ROOT, 0, list_from(p, parts, 0, count)).n;
  if (name_is(p, field(p, first, 0), "self"))
    return NODE(PATH_SELF, 0, list_from(p, parts, 1, count)).n;
  uint32_t supers = 0;
  while (supers < count && name_is(p, field(p, reml__list_at(p->ast, parts, supers), 0), "super"))
    supers++;
  if (supers > 0) return NODE(PATH_SUPER, 0, supers, list_from(p, parts, supers, count)).n;
  uint32_t start = reml__node_span(p->ast, first).start;
  return NODE(PATH_IDENT, 0, field(p, first, 0), start, list_from(p, parts, 1, count)).n;
}

reml_node reml__spec_path(reml_parser *p, reml_semantic parts) {
  return path_of(p, LIST(parts), parts.n);
}

typedef struct joined {
  char *bytes;
  size_t used;
} joined;

static void join(reml_parser *p, joined *to, reml_node ident, bool is_first) {
  bool colons = reml__node_tag(p->ast, ident) == 1;
  reml_text text = reml__text(p->ast, field(p, ident, 0));
  if (colons) to->bytes[to->used++] = ':';
  if (colons || !is_first) to->bytes[to->used++] = colons ? ':' : '.';
  memcpy(to->bytes + to->used, text.bytes, text.length);
  to->used += text.length;
}

/* An Ident of the first `count` parts of a closed list. */
static reml_node ident_of(reml_parser *p, uint32_t parts, uint32_t count, reml_range span) {
  size_t length = 0;
  for (uint32_t i = 0; i < count; i++)
    length += 2 + (size_t)reml__text(p->ast, field(p, reml__list_at(p->ast, parts, i), 0)).length;
  joined to = {reml__alloc_atomic(p->memory, length), 0};
  for (uint32_t i = 0; i < count; i++)
    join(p, &to, reml__list_at(p->ast, parts, i), i == 0);
  return ident_node(p, reml__name(p->ast, to.bytes, to.used), span, 0);
}

reml_node reml__spec_ident(reml_parser *p, reml_semantic parts, reml_range span) {
  return ident_of(p, LIST(parts), parts.n, span);
}

reml_name reml__spec_root_name(reml_parser *p, reml_semantic name) {
  reml_text text = reml__text(p->ast, name.n);
  char *bytes = reml__alloc_atomic(p->memory, text.length + 2);
  memcpy(bytes, "::", 2);
  memcpy(bytes + 2, text.bytes, text.length);
  return reml__name(p->ast, bytes, text.length + 2);
}

/* --- units and modules --- */

typedef enum item_class { ITEM_USE, ITEM_DECLARATION, ITEM_STATEMENT, ITEM_HEADER } item_class;

static item_class class_of(reml_parser *p, reml_node item) {
  switch (kind_of(p, item)) {
  case REML_NODE_HEADER: return ITEM_HEADER;
  case REML_NODE_USE:
  case REML_NODE_USE_SPEC: return ITEM_USE;
  case REML_NODE_DECL: return ITEM_DECLARATION;
  default: return ITEM_STATEMENT;
  }
}

static uint32_t items_of(reml_parser *p, uint32_t items, item_class class) {
  uint32_t count = reml__list_count(p->ast, items);
  reml_semantic found = NONE;
  for (uint32_t i = 0; i < count; i++) {
    reml_node item = reml__list_at(p->ast, items, i);
    if (class_of(p, item) == class) found = APPEND(found, item);
  }
  return LIST(found);
}

reml_semantic reml__spec_unit(reml_parser *p, reml_semantic items) {
  uint32_t all = LIST(items);
  bool headed = all != 0 && class_of(p, reml__list_at(p->ast, all, 0)) == ITEM_HEADER;
  reml_node header = headed ? reml__list_at(p->ast, all, 0) : 0;
  uint32_t first = headed, behind = headed + p->uses;
  uint32_t uses = p->scattered ? items_of(p, all, ITEM_USE) : list_from(p, all, first, behind);
  uint32_t declarations = p->scattered ? items_of(p, all, ITEM_DECLARATION)
                                       : list_from(p, all, behind, reml__list_count(p->ast, all));
  uint32_t statements = p->scattered ? items_of(p, all, ITEM_STATEMENT) : 0;
  if (p->top_statement.present && !p->allows_statements)
    fail(p, REML_FAILURE_TOP_LEVEL_EXPR, p->top_statement.start, p->top_statement.end);
  return NODE_OR_SPEC(UNIT, 0, statements, header, uses, declarations);
}

/* It spans nothing, and not up to the token behind comments. */
reml_semantic reml__spec_empty_unit(reml_parser *p) {
  p->span.start = p->span.end;
  return reml__spec_unit(p, NONE);
}

reml_semantic reml__spec_module(reml_parser *p, reml_semantic path, reml_semantic items) {
  uint32_t all = LIST(items);
  reml_node name = reml__spec_path(p, path);
  uint32_t uses = items_of(p, all, ITEM_USE), declarations = items_of(p, all, ITEM_DECLARATION);
  return NODE(MODULE, 0, name, uses, declarations, items_of(p, all, ITEM_STATEMENT));
}

/* Nearly always all uses come first: then the lists are found without looking at every item. */
static void note_order(reml_parser *p, reml_semantic list, reml_node item) {
  item_class class = class_of(p, item);
  bool in_front = class == ITEM_USE && list.n == p->uses + p->headed && !p->scattered;
  p->uses += in_front;
  p->headed |= class == ITEM_HEADER;
  p->scattered |= !in_front && class != ITEM_HEADER;
}

/* What is in the tree now is not given back with the declarations. */
reml_semantic reml__spec_kept_item(reml_parser *p, reml_semantic list, reml_node item) {
  note_order(p, list, item);
  reml_semantic longer = reml__build_item(p, list, item);
  p->prelude = reml__ast_mark(p->ast);
  return longer;
}

reml_semantic reml__spec_top_statement(reml_parser *p, reml_semantic list, reml_node statement) {
  if (!p->top_statement.present)
    p->top_statement = (reml_checkpoint){true, p->top->start, p->last_end};
  return reml__spec_kept_item(p, list, statement);
}

reml_semantic reml__spec_use(reml_parser *p, uint32_t attributes, reml_semantic line) {
  return NODE_OR_SPEC(USE, line.at, attributes, line.n);
}

reml_node reml__spec_star_item(reml_parser *p, reml_semantic star) {
  return NODE(USE_ITEM, 0, reml__name(p->ast, "*", 1), star.at, 0, 0).n;
}

uint32_t reml__spec_star(reml_parser *p, reml_semantic star) {
  return LIST(APPEND(NONE, reml__spec_star_item(p, star)));
}

/* --- functions --- */

reml_semantic reml__spec_declaration(reml_parser *p, reml_semantic attributes, unsigned is_public,
                                     reml_node body) {
  uint32_t list = LIST(attributes);
  reml_node profiled = reml__build_profile(p, body, list);
  return NODE(DECL, is_public, list, profiled);
}

/* The name of a function is a word and its place, as nearly always; else an open list: maybe the
 * type of the receiver, then Idents. `at` is this then. */
static const uint32_t SEVERAL_PARTS = UINT32_MAX;

static reml_semantic listed_parts(reml_parser *p, reml_semantic name) {
  if (name.at == SEVERAL_PARTS) return VALUE(name.n);
  return reml__spec_first_part(p, name, 0);
}

reml_semantic reml__spec_method(reml_parser *p, reml_semantic owner, reml_semantic name,
                                unsigned after_colons) {
  reml_semantic parts = reml__spec_part(p, listed_parts(p, owner), name, after_colons);
  return PAIR(parts.n, SEVERAL_PARTS);
}

/* The name before the last part as the type that a method is for. */
reml_semantic reml__spec_receiver(reml_parser *p, reml_semantic owner, uint32_t args,
                                  reml_semantic name, unsigned after_colons) {
  reml_range span = {p->rhs[0].start.offset, p->rhs[0].end}, whole = {span.start, p->rhs[1].end};
  owner = listed_parts(p, owner);
  uint32_t parts = LIST(owner);
  reml_node type;
  if (owner.n == 1) {
    reml_name only = field(p, reml__list_at(p->ast, parts, 0), 0);
    type = reml__node_write(p->ast, REML_NODE_TY_APP, 0, whole, FIELDS(only, args));
  } else {
    reml_node ident = ident_of(p, parts, owner.n, span);
    type = reml__node_write(p->ast, REML_NODE_TY_APP_QUALIFIED, 0, whole, FIELDS(ident, args));
  }
  reml_semantic list = PAIR(APPEND(NONE, type).n, SEVERAL_PARTS);
  return reml__spec_method(p, list, name, after_colons);
}

/* The record of tails is so many words on the stack of open lists, once there is a tail. */
static uint32_t *tails_of(reml_parser *p) {
  return p->open + p->open_count - REML_TAILS;
}

reml_semantic reml__spec_tail(reml_parser *p, reml_semantic tails, reml_tail which,
                              uint32_t value) {
  for (uint32_t count = tails.n; count < REML_TAILS; count++)
    APPEND(NONE, 0);
  uint32_t *slot = &tails_of(p)[which];
  if (*slot != 0) fail(p, REML_FAILURE_REPEATED_TAIL, p->rhs[1].start, p->last_end);
  *slot = value;
  return VALUE(REML_TAILS);
}

void reml__spec_drop_tails(reml_parser *p, reml_semantic tails) {
  p->open_count -= tails.n;
}

typedef struct tail_values {
  uint32_t effects, where, with;
} tail_values;

static tail_values pop_tails(reml_parser *p, reml_semantic tails) {
  if (tails.n == 0) return (tail_values){0};
  const uint32_t *at = tails_of(p);
  tail_values values = {at[REML_TAIL_EFFECTS], at[REML_TAIL_WHERE], at[REML_TAIL_WITH]};
  reml__spec_drop_tails(p, tails);
  return values;
}

/* The name of a function: its parts but the last, and what it is a method of. */
typedef struct function_name {
  reml_name name;
  uint32_t at, path;
  reml_node receiver;
} function_name;

static function_name name_of(reml_parser *p, reml_semantic parts) {
  if (parts.at != SEVERAL_PARTS) return (function_name){.name = parts.n, .at = parts.at};
  uint32_t list = LIST(parts);
  function_name found = {0};
  reml_node first = reml__list_at(p->ast, list, 0);
  reml_node last = reml__list_at(p->ast, list, parts.n - 1);
  if (kind_of(p, first) != REML_NODE_IDENT) found.receiver = first;
  found.name = field(p, last, 0);
  found.at = reml__node_span(p->ast, last).start;
  if (parts.n > 1) found.path = list_from(p, list, found.receiver != 0, parts.n - 1);
  return found;
}

/* All members of a signature in the order of the table, the body not among them. */
enum { BODY_AT = 7, BASE_WORDS = 7, ALL_WORDS = 11 };

/* Whether the members that only `spec` has are all the default. */
static bool is_plain(const uint32_t *words, uint32_t flags) {
  for (int i = BASE_WORDS; i < ALL_WORDS; i++)
    if (words[i] != 0) return false;
  return flags == 0;
}

static uint32_t collect(reml_parser *p, const reml_function *of, uint32_t words[ALL_WORDS]) {
  if (of->is_fixed) FIXED(of->params);
  tail_values tails = pop_tails(p, of->tails);
  function_name name = name_of(p, of->name);
  const uint32_t all[ALL_WORDS] = {name.name,     name.at,         of->generics.n, of->params.n,
                                   of->result,    tails.where,     tails.effects,  name.path,
                                   name.receiver, of->generics.at, tails.with};
  memcpy(words, all, sizeof all);
  return of->flags | (of->params.at != 0 ? REML_FN_VARIADIC : 0);
}

reml_semantic reml__spec_signature(reml_parser *p, const reml_function *of) {
  uint32_t words[ALL_WORDS], flags = collect(p, of, words);
  if (is_plain(words, flags))
    return VALUE(reml__node_write(p->ast, REML_NODE_SIGNATURE, 0, p->span, words, BASE_WORDS));
  return VALUE(
      reml__node_write(p->ast, REML_NODE_SIGNATURE_SPEC, flags, p->span, words, ALL_WORDS));
}

reml_semantic reml__spec_function(reml_parser *p, const reml_function *of) {
  uint32_t words[ALL_WORDS + 1], flags = collect(p, of, words);
  bool plain = is_plain(words, flags);
  memmove(words + BODY_AT + 1, words + BODY_AT, (ALL_WORDS - BODY_AT) * sizeof *words);
  words[BODY_AT] = of->body;
  if (plain)
    return VALUE(reml__node_write(p->ast, REML_NODE_FN, 0, p->span, words, BASE_WORDS + 1));
  return VALUE(reml__node_write(p->ast, REML_NODE_FN_SPEC, flags, p->span, words, ALL_WORDS + 1));
}

reml_semantic reml__spec_let_function(reml_parser *p, reml_semantic name, reml_semantic generics,
                                      uint32_t params, reml_node result, reml_node body,
                                      uint32_t start) {
  reml_node pattern = reml__spec_var_pattern(p, name);
  reml_node lambda = reml__node_write(p->ast, REML_NODE_LAMBDA, 0, (reml_range){start, p->top->end},
                                      FIELDS(params, result, body));
  if (generics.n == 0 && generics.at == 0) return NODE(LET, 0, pattern, 0, lambda);
  return NODE(LET_SPEC, 0, pattern, 0, lambda, generics.n, generics.at);
}

/* --- generics and parameters --- */

static bool is_plain_name(reml_parser *p, reml_node type) {
  if (kind_of(p, type) != REML_NODE_TY_IDENT) return false;
  reml_text text = reml__text(p->ast, field(p, type, 0));
  return memchr(text.bytes, '.', text.length) == NULL &&
         memchr(text.bytes, ':', text.length) == NULL;
}

static reml_node bounded(reml_parser *p, reml_node argument) {
  return kind_of(p, argument) == REML_NODE_BOUND ? field(p, argument, 0) : argument;
}

reml_semantic reml__spec_name_arg(reml_parser *p, reml_semantic list, reml_node argument,
                                  const reml_entry *at) {
  if (list.n == 0) p->suspect.present = false;
  if (!p->suspect.present && !is_plain_name(p, bounded(p, argument)))
    p->suspect = (reml_checkpoint){true, at->start, p->last_end};
  return APPEND(list, argument);
}

static reml_node generic_ident(reml_parser *p, reml_node type) {
  return ident_node(p, field(p, type, 0), reml__node_span(p->ast, type), 0);
}

static reml_node param_bound(reml_parser *p, reml_node bound) {
  reml_node type = field(p, bound, 0);
  uint32_t start = reml__node_span(p->ast, type).start;
  return NODE(PARAM_BOUND, 0, field(p, type, 0), start, field(p, bound, 1)).n;
}

reml_semantic reml__spec_generics(reml_parser *p, uint32_t arguments) {
  if (arguments == 0) return NONE;
  uint32_t count = reml__list_count(p->ast, arguments);
  if (p->suspect.present) {
    fail(p, REML_FAILURE_GENERIC_NOT_NAME, p->suspect.start, p->suspect.end);
    return NONE;
  }
  reml_semantic names = NONE, bounds = NONE;
  for (uint32_t i = 0; i < count; i++)
    names = APPEND(names, generic_ident(p, bounded(p, reml__list_at(p->ast, arguments, i))));
  uint32_t list = LIST(names);
  for (uint32_t i = 0; i < count; i++) {
    reml_node argument = reml__list_at(p->ast, arguments, i);
    if (kind_of(p, argument) == REML_NODE_BOUND) bounds = APPEND(bounds, param_bound(p, argument));
  }
  return PAIR(list, LIST(bounds));
}

reml_semantic reml__spec_ellipsis(reml_parser *p) {
  p->ellipsis = (reml_checkpoint){true, p->top->start, entry_end(p->top)};
  return NONE;
}

static void fail_ellipsis(reml_parser *p) {
  fail(p, REML_FAILURE_ELLIPSIS, p->ellipsis.start, p->ellipsis.end);
}

reml_semantic reml__spec_params(reml_parser *p, reml_semantic list) {
  uint32_t all = LIST(list);
  if (!p->ellipsis.present) return VALUE(all);
  uint32_t variadic = 0;
  for (uint32_t i = 0; i < list.n; i++) {
    bool is_ellipsis = reml__list_at(p->ast, all, i) == 0;
    if (is_ellipsis && i + 1 < list.n) fail_ellipsis(p);
    variadic |= is_ellipsis;
  }
  if (variadic == 0) return VALUE(all);
  return PAIR(list_from(p, all, 0, list.n - 1), 1);
}

uint32_t reml__spec_fixed(reml_parser *p, reml_semantic params) {
  if (params.at != 0) fail_ellipsis(p);
  return params.n;
}

/* --- constraints --- */

static reml_range head_span(reml_parser *p, reml_node type, uint32_t length) {
  uint32_t start = reml__node_span(p->ast, type).start;
  return (reml_range){start, start + length};
}

/* The name of a type that is one, as name and Ident: a simple one in *name, one of several parts,
 * which may have blanks in it, in *ident. False for any other type. */
static bool named_type(reml_parser *p, reml_node type, reml_name *name, reml_node *ident,
                       uint32_t *args) {
  reml_node_kind kind = kind_of(p, type);
  *name = *ident = *args = 0;
  switch (kind) {
  case REML_NODE_TY_APP: *args = field(p, type, 1); /* fall through */
  case REML_NODE_TY_IDENT: *name = field(p, type, 0); break;
  case REML_NODE_TY_APP_QUALIFIED:
    *args = field(p, type, 1);
    *ident = field(p, type, 0);
    return true;
  default: return false;
  }
  if (kind == REML_NODE_TY_IDENT && !is_plain_name(p, type)) *ident = generic_ident(p, type);
  return true;
}

reml_semantic reml__spec_constraint(reml_parser *p, reml_node type) {
  reml_name name;
  reml_node ident;
  uint32_t args;
  if (!named_type(p, type, &name, &ident, &args)) return NODE(BOUND, 0, type, 0);
  if (ident != 0) return NODE(CONSTRAINT_QUALIFIED, 0, ident, args);
  return NODE(CONSTRAINT, 0, name, args);
}

/* --- traits and impls --- */

reml_semantic reml__spec_trait(reml_parser *p, reml_semantic name, reml_semantic generics,
                               reml_semantic tails, uint32_t items) {
  uint32_t where = pop_tails(p, tails).where;
  return NODE_OR_SPEC(TRAIT, 0, generics.at, name.n, name.at, generics.n, where, items);
}

static reml_node impl_trait(reml_parser *p, reml_node type) {
  reml_name name;
  reml_node ident;
  uint32_t args;
  if (type == 0) return 0;
  if (!named_type(p, type, &name, &ident, &args)) ident = type;
  if (ident != 0) return NODE(IMPL_TRAIT_QUALIFIED, 0, ident, args).n;
  uint32_t start = head_span(p, type, 0).start;
  return NODE(IMPL_TRAIT, 0, name, start, args).n;
}

reml_semantic reml__spec_impl(reml_parser *p, reml_semantic generics, reml_node trait,
                              reml_node type, reml_semantic tails, uint32_t items) {
  uint32_t where = pop_tails(p, tails).where;
  reml_node of = impl_trait(p, trait);
  return NODE_OR_SPEC(IMPL, 0, generics.at, generics.n, of, type, where, items);
}

reml_semantic reml__spec_impl_item(reml_parser *p, uint32_t attributes, unsigned is_public,
                                   reml_node item) {
  reml_node profiled = reml__build_profile(p, item, attributes);
  if (attributes == 0 && !is_public) return VALUE(profiled);
  return NODE(IMPL_ITEM, is_public, profiled, attributes);
}

/* `var` in an impl is a Let item too (ast.md section 3). */
reml_semantic reml__spec_var_as_let(reml_parser *p, reml_node variable) {
  uint32_t mut = reml__node_tag(p->ast, variable);
  return NODE(LET, mut, field(p, variable, 0), field(p, variable, 1), field(p, variable, 2));
}

reml_semantic reml__spec_operation(reml_parser *p, uint32_t attributes, reml_semantic name,
                                   reml_node type) {
  return NODE_OR_SPEC(OPERATION, 0, attributes, name.n, name.at, type);
}

reml_semantic reml__spec_handler_operation(reml_parser *p, uint32_t attributes, reml_semantic name,
                                           uint32_t params, uint32_t body) {
  return NODE_OR_SPEC(HANDLER_OPERATION, 0, attributes, name.n, name.at, params, body);
}

reml_semantic reml__spec_handler_return(reml_parser *p, uint32_t attributes, reml_semantic name,
                                        uint32_t body) {
  return NODE_OR_SPEC(HANDLER_RETURN, 0, attributes, name.n, name.at, body);
}

reml_semantic reml__spec_active_pattern(reml_parser *p, reml_node head, uint32_t params,
                                        reml_node body) {
  return NODE(ACTIVE_PATTERN, reml__node_tag(p->ast, head), field(p, head, 0), field(p, head, 1),
              params, body);
}

/* --- conductors --- */

reml_semantic reml__spec_routes(reml_parser *p, reml_semantic sections, uint32_t count) {
  uint32_t routes = LIST(VALUE(count));
  for (uint32_t i = 0; i < count; i++)
    sections = APPEND(sections, reml__list_at(p->ast, routes, i));
  return sections;
}

static uint32_t sections_of(reml_parser *p, uint32_t all, reml_node_kind kind) {
  uint32_t count = reml__list_count(p->ast, all);
  reml_semantic found = NONE;
  for (uint32_t i = 0; i < count; i++) {
    reml_node section = reml__list_at(p->ast, all, i);
    if (kind_of(p, section) == kind) found = APPEND(found, section);
  }
  return LIST(found);
}

/* Of several `execution` or `monitoring` sections the first is kept (ast-spec.md section 2). */
static reml_node first_of_list(reml_parser *p, uint32_t list) {
  return list == 0 ? 0 : reml__list_at(p->ast, list, 0);
}

reml_semantic reml__spec_conductor(reml_parser *p, reml_semantic name, reml_semantic sections) {
  uint32_t all = LIST(sections);
  uint32_t defs = sections_of(p, all, REML_NODE_DEF);
  uint32_t routes = sections_of(p, all, REML_NODE_ROUTE);
  reml_node execution = first_of_list(p, sections_of(p, all, REML_NODE_BLOCK));
  reml_node monitoring = first_of_list(p, sections_of(p, all, REML_NODE_MON));
  return NODE(CONDUCTOR, 0, name.n, name.at, defs, routes, execution, monitoring);
}

/* --- type declarations --- */

reml_semantic reml__spec_type_alias(reml_parser *p, reml_semantic name, reml_semantic generics,
                                    reml_node type, unsigned is_implicit) {
  return NODE_OR_SPEC(TYPE_ALIAS, is_implicit, generics.at, name.n, name.at, generics.n, type);
}

reml_semantic reml__spec_type_new(reml_parser *p, reml_semantic name, reml_semantic generics,
                                  reml_node type) {
  return NODE_OR_SPEC(TYPE_NEW, 0, generics.at, name.n, name.at, generics.n, type);
}

static bool is_variant(reml_parser *p, reml_node member) {
  reml_node_kind kind = kind_of(p, member);
  return kind == REML_NODE_VARIANT || kind == REML_NODE_VARIANT_SPEC || is_plain_name(p, member);
}

/* A member that is a name stands as a type until all members are known. */
static reml_node as_variant(reml_parser *p, reml_node member) {
  if (kind_of(p, member) != REML_NODE_TY_IDENT) return member;
  reml_range span = reml__node_span(p->ast, member);
  return reml__node_write(p->ast, REML_NODE_VARIANT, 0, span, FIELDS(field(p, member, 0), 0));
}

static reml_semantic type_sum(reml_parser *p, reml_semantic name, reml_semantic generics,
                              uint32_t members) {
  uint32_t count = reml__list_count(p->ast, members);
  reml_semantic variants = NONE;
  for (uint32_t i = 0; i < count; i++)
    variants = APPEND(variants, as_variant(p, reml__list_at(p->ast, members, i)));
  uint32_t list = LIST(variants);
  return NODE_OR_SPEC(TYPE_SUM, 0, generics.at, name.n, name.at, generics.n, list);
}

reml_semantic reml__spec_type_members(reml_parser *p, reml_semantic name, reml_semantic generics,
                                      reml_semantic members) {
  reml_range span = {p->top->start.offset, p->top->end};
  uint32_t list = LIST(members), variants = 0;
  for (uint32_t i = 0; i < members.n; i++)
    variants += is_variant(p, reml__list_at(p->ast, list, i));
  if (variants == members.n) return type_sum(p, name, generics, list);
  reml_node type = reml__list_at(p->ast, list, 0);
  if (members.n > 1) type = reml__node_write(p->ast, REML_NODE_TY_UNION, 0, span, &list, 1);
  return reml__spec_type_alias(p, name, generics, type, 1);
}

reml_semantic reml__spec_variant(reml_parser *p, reml_semantic name, reml_semantic elements) {
  if (elements.at == 0) return NODE(VARIANT, 0, name.n, elements.n);
  return NODE(VARIANT_SPEC, 0, name.n, elements.n, elements.at, 0);
}

/* --- types --- */

reml_semantic reml__spec_qualified_type(reml_parser *p, reml_semantic parts) {
  reml_name name = field(p, reml__spec_ident(p, parts, p->span), 0);
  return NODE(TY_IDENT, 0, name);
}

static bool is_labelled(reml_parser *p, reml_node element) {
  return kind_of(p, element) == REML_NODE_TY_FIELD;
}

static uint32_t labels_of(reml_parser *p, uint32_t list, uint32_t count) {
  reml_semantic labels = NONE;
  for (uint32_t i = 0; i < count; i++) {
    reml_node element = reml__list_at(p->ast, list, i);
    reml_node label = 0;
    if (is_labelled(p, element))
      label = IDENT_NODE(PAIR(field(p, element, 0), field(p, element, 1)));
    labels = APPEND(labels, label);
  }
  return LIST(labels);
}

reml_semantic reml__spec_type_elements(reml_parser *p, reml_semantic elements) {
  uint32_t list = LIST(elements), labelled = 0;
  for (uint32_t i = 0; i < elements.n; i++)
    labelled += is_labelled(p, reml__list_at(p->ast, list, i));
  if (labelled == 0) return VALUE(list);
  reml_semantic types = NONE;
  for (uint32_t i = 0; i < elements.n; i++) {
    reml_node element = reml__list_at(p->ast, list, i);
    types = APPEND(types, is_labelled(p, element) ? field(p, element, 2) : element);
  }
  uint32_t plain = LIST(types);
  return PAIR(plain, labels_of(p, list, elements.n));
}

/* One type in parentheses is that type. */
reml_semantic reml__spec_tuple_type(reml_parser *p, reml_semantic elements, bool has_comma) {
  reml_semantic found = reml__spec_type_elements(p, elements);
  if (found.at != 0) return NODE(TY_TUPLE_LABELS, 0, found.n, found.at);
  if (elements.n == 1 && !has_comma) return VALUE(reml__list_at(p->ast, found.n, 0));
  return NODE(TY_TUPLE, 0, found.n);
}

static reml_node type_field(reml_parser *p, reml_node f) {
  reml_name name = field(p, f, 0);
  uint32_t at = field(p, f, 1), type = field(p, f, 2), value = field(p, f, 3);
  unsigned is_public = reml__node_tag(p->ast, f);
  if (value == 0 && !is_public) return NODE(TY_FIELD, 0, name, at, type).n;
  return NODE(TY_FIELD_SPEC, is_public, name, at, type, value).n;
}

reml_semantic reml__spec_record_type(reml_parser *p, reml_semantic fields) {
  uint32_t count = reml__list_count(p->ast, fields.n);
  reml_semantic converted = NONE;
  for (uint32_t i = 0; i < count; i++)
    converted = APPEND(converted, type_field(p, reml__list_at(p->ast, fields.n, i)));
  return NODE(TY_RECORD, fields.at, LIST(converted));
}

/* --- patterns --- */

reml_semantic reml__spec_literal_pattern(reml_parser *p, reml_semantic literal) {
  bool is_raw = kind_of(p, literal.n) == REML_NODE_STRING &&
                reml__node_tag(p->ast, literal.n) == REML_FORM_RAW;
  return is_raw ? NODE(PAT_REGEX, 0, literal.n, literal.at) : VALUE(literal.n);
}

static bool begins_upper(reml_text name) {
  unsigned char first = (unsigned char)*name.bytes;
  if (first < 0x80) return first >= 'A' && first <= 'Z';
  return reml__identifier_is_upper((const unsigned char *)name.bytes);
}

reml_semantic reml__spec_name_pattern(reml_parser *p, reml_semantic name) {
  if (begins_upper(reml__text(p->ast, name.n))) return NODE(PAT_CONSTRUCTOR, 0, name.n, 0);
  return NODE(PAT_VAR, 0, name.n);
}

reml_node reml__spec_var_pattern(reml_parser *p, reml_semantic name) {
  return reml__node_write(p->ast, REML_NODE_PAT_VAR, 0, name_span(p, name), &name.n, 1);
}

reml_semantic reml__spec_qualified_pattern(reml_parser *p, reml_semantic parts, uint32_t args) {
  reml_name name = field(p, reml__spec_ident(p, parts, p->span), 0);
  return NODE(PAT_QUALIFIED, 0, name, args);
}

reml_semantic reml__spec_tuple_pattern(reml_parser *p, reml_node first, reml_semantic rest) {
  return NODE(PAT_TUPLE, 0, LIST_AFTER(first, rest));
}

/* A range without start and with at most a bare name as its end is a rest (grammar-spec.md 4.14).
 */
reml_node reml__spec_slice_element(reml_parser *p, reml_node pattern) {
  bool is_open = kind_of(p, pattern) == REML_NODE_PAT_RANGE &&
                 reml__node_tag(p->ast, pattern) == 0 && field(p, pattern, 0) == 0;
  if (!is_open) return pattern;
  reml_node end = field(p, pattern, 1);
  reml_range span = reml__node_span(p->ast, pattern);
  if (end == 0) return reml__node_write(p->ast, REML_NODE_PAT_REST, 0, span, FIELDS(0, 0));
  bool bare = kind_of(p, end) == REML_NODE_PAT_VAR || kind_of(p, end) == REML_NODE_PAT_CONSTRUCTOR;
  if (!bare) return pattern;
  uint32_t at = reml__node_span(p->ast, end).start;
  return reml__node_write(p->ast, REML_NODE_PAT_REST, 0, span, FIELDS(field(p, end, 0), at));
}

reml_semantic reml__spec_field_patterns(reml_parser *p, reml_semantic fields) {
  uint32_t all = LIST(fields), rests = 0;
  for (uint32_t i = 0; i < fields.n; i++)
    rests += reml__list_at(p->ast, all, i) == 0;
  if (rests == 0) return VALUE(all);
  reml_semantic kept = NONE;
  for (uint32_t i = 0; i < fields.n; i++) {
    reml_node f = reml__list_at(p->ast, all, i);
    if (f != 0) kept = APPEND(kept, f);
  }
  return PAIR(LIST(kept), 1);
}

reml_semantic reml__spec_active(reml_parser *p, reml_node head, reml_node argument) {
  if (argument == 0) return VALUE(head);
  return NODE(PAT_ACTIVE, reml__node_tag(p->ast, head), field(p, head, 0), field(p, head, 1),
              argument);
}

/* --- expressions --- */

reml_semantic reml__spec_tuple(reml_parser *p, reml_node first, reml_semantic rest) {
  return NODE(TUPLE, 0, LIST_AFTER(first, rest));
}

reml_semantic reml__spec_short_field(reml_parser *p, reml_semantic name) {
  reml_node value = reml__node_write(p->ast, REML_NODE_VAR, 0, name_span(p, name), &name.n, 1);
  return NODE(RECORD_FIELD, 0, name.n, name.at, value);
}

reml_node reml__spec_effect(reml_parser *p, reml_semantic parts, uint32_t start, uint32_t end) {
  uint32_t list = LIST(parts), count = parts.n;
  reml_range span = {start, end};
  reml_node last = reml__list_at(p->ast, list, count - 1), path = 0;
  if (count == 1)
    return reml__node_write(p->ast, REML_NODE_EFFECT_REF, 0, span, FIELDS(0, last, 0));
  reml_node effect = reml__list_at(p->ast, list, count - 2);
  if (count > 2) path = path_of(p, list, count - 2);
  return reml__node_write(p->ast, REML_NODE_EFFECT_REF, 0, span, FIELDS(path, effect, last));
}

/* --- inline assembly --- */

/* Whether all items have a value, or none has (grammar-spec.md 4.16). */
static bool values_are(reml_parser *p, uint32_t items, bool wanted) {
  uint32_t count = reml__list_count(p->ast, items);
  for (uint32_t i = 0; i < count; i++)
    if ((field(p, reml__list_at(p->ast, items, i), 1) != 0) != wanted) return false;
  return true;
}

uint32_t reml__spec_asm_group(reml_parser *p, reml_semantic word, uint32_t items,
                              const reml_entry *at) {
  bool with_values = name_is(p, word.n, "outputs") || name_is(p, word.n, "inputs");
  bool without = name_is(p, word.n, "clobbers") || name_is(p, word.n, "options");
  if (!with_values && !without)
    fail(p, REML_FAILURE_ASM_WORD, at->start, entry_end(at));
  else if (!values_are(p, items, with_values))
    fail(p, REML_FAILURE_ASM_VALUE, at->start, entry_end(at));
  return NODE(ASM_GROUP, 0, word.n, word.at, items).n;
}

reml_semantic reml__spec_llvm_inputs(reml_parser *p, reml_semantic word, reml_semantic inputs,
                                     const reml_entry *at) {
  uint32_t list = LIST(inputs);
  if (!name_is(p, word.n, "inputs")) fail(p, REML_FAILURE_LLVM_WORD, at->start, entry_end(at));
  return VALUE(list);
}
