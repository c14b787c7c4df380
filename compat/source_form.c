/* Canonical source that the kind of a node alone does not tell (reml_source.h). */
#include "reml_source.h"
#include "reml_identifier.h"
#include "reml_slot.h"
#include <string.h>

static reml_node_kind kind_of(const reml_ast *ast, reml_node node) {
  return node == 0 ? REML_NODE_NONE : reml__node_kind(ast, node);
}

static reml_text text_of(const reml_ast *ast, reml_node node, unsigned index) {
  reml_slot slot = reml__slot(ast, node, index);
  return reml__slot_text(ast, node, &slot, NULL);
}

/* The name, or its first part. */
static bool begins_with(reml_text text, const char *word) {
  size_t length = strlen(word);
  return text.length >= length && memcmp(word, text.bytes, length) == 0 &&
         (text.length == length || text.bytes[length] == '.' || text.bytes[length] == ':');
}

/* --- forms --- */

static bool begins_upper(reml_text name, bool spec) {
  if (spec) return reml__identifier_is_upper((const unsigned char *)name.bytes);
  return *name.bytes >= 'A' && *name.bytes <= 'Z';
}

/* A name in small letters is a constructor by its parentheses. */
static const char *constructor_form(const reml_ast *ast, reml_node node, bool spec) {
  enum { NAME = 1 };
  return begins_upper(text_of(ast, node, NAME), spec) ? NULL : "$b($c)";
}

/* In front of a path of two names `self` would not be a name. */
static const char *effect_form(const reml_ast *ast, reml_node node) {
  enum { PATH, NAME };
  if (reml__member(ast, node, PATH) != 0) return NULL;
  return reml__text_is(text_of(ast, reml__member(ast, node, NAME), 0), "self") ? "::$b^c[.$c^]"
                                                                               : NULL;
}

static bool is_single(const reml_ast *ast, reml_node node, unsigned list) {
  return reml__list_count(ast, reml__member(ast, node, list)) == 1;
}

static bool is_star(const reml_ast *ast, uint32_t items) {
  enum { NAME, ALIAS, NESTED };
  if (items == 0 || reml__list_count(ast, items) != 1) return false;
  reml_node item = reml__list_at(ast, items, 0);
  return reml__text_is(text_of(ast, item, NAME), "*") && reml__member(ast, item, NESTED) == 0;
}

static const char *use_form(const reml_ast *ast, reml_node node) {
  enum { BRACE_ITEMS = 1, ITEM_ALIAS = 1, ITEM_NESTED };
  if (kind_of(ast, node) == REML_NODE_USE_BRACE) {
    return is_star(ast, reml__member(ast, node, BRACE_ITEMS)) ? "$a.$b" : NULL;
  }
  bool plain = reml__member(ast, node, ITEM_ALIAS) == 0;
  return plain && is_star(ast, reml__member(ast, node, ITEM_NESTED)) ? "$a.$c" : NULL;
}

static bool takes_self(const reml_ast *ast, uint32_t params) {
  enum { SELF_REF = 4 };
  for (uint32_t i = 0, count = reml__list_count(ast, params); i < count; i++) {
    if (reml__member(ast, reml__list_at(ast, params, i), SELF_REF) != 0) return true;
  }
  return false;
}

/* Only functions take `&self`. */
static const char *closure_form(const reml_ast *ast, reml_node node) {
  enum { PARAMS = 1 };
  return takes_self(ast, reml__member(ast, node, PARAMS)) ? "fn ($b)^c[ -> $1c^] => $>d" : NULL;
}

/* In front of the bar, `new` would be a keyword. */
static const char *sum_form(const reml_ast *ast, reml_node node) {
  enum { VARIANTS = 2 };
  reml_node first = reml__list_at(ast, reml__member(ast, node, VARIANTS), 0);
  return reml__text_is(text_of(ast, first, 0), "new") ? "type $a^b[<$:b>^] = | $c' | '" : NULL;
}

static const char *range_form(const reml_ast *ast, reml_node node) {
  enum { START = 1 };
  reml_node start = reml__member(ast, node, START);
  if (kind_of(ast, start) != REML_NODE_FLOAT) return NULL;
  reml_text text = text_of(ast, start, 0);
  return text.bytes[text.length - 1] == '.' ? "$b ..^d[=^]^c[$c^]" : NULL;
}

/* A label may be any word: the `=` behind it makes it a name, and `:=` would not. */
static const char *assign_form(const reml_ast *ast, reml_node node, unsigned target) {
  reml_node name = reml__member(ast, node, target);
  if (kind_of(ast, name) != REML_NODE_VAR || !reml__is_reserved(text_of(ast, name, 1))) return NULL;
  return target == 0 ? "$!a = $b" : "$!b = $>c";
}

static const char *spec_form(const reml_ast *ast, reml_node node, reml_node parent) {
  enum { MATCH_ARMS = 2, BLOCK_STMTS = 1 };
  switch (kind_of(ast, node)) {
  case REML_NODE_ARM: return "| $a^b[^e[ if^]^-e[ when^] $b^] -> $>c";
  case REML_NODE_USE_BRACE:
  case REML_NODE_USE_ITEM: return use_form(ast, node);
  case REML_NODE_TUPLE: return is_single(ast, node, 0) ? "($a,)" : NULL;
  case REML_NODE_SET: return is_single(ast, node, 0) ? "{ $a, }" : NULL;
  case REML_NODE_PAT_TUPLE:
  case REML_NODE_TY_TUPLE: return is_single(ast, node, 1) ? "($b,)" : NULL;
  case REML_NODE_LAMBDA: return closure_form(ast, node);
  case REML_NODE_MATCH: return reml__member(ast, node, MATCH_ARMS) == 0 ? "match ($b) {}" : NULL;
  case REML_NODE_TYPE_SUM:
  case REML_NODE_TYPE_SUM_SPEC: return sum_form(ast, node);
  case REML_NODE_PAT_RANGE: return range_form(ast, node);
  case REML_NODE_ASSIGN: return assign_form(ast, node, 0);
  case REML_NODE_ASSIGN_EXPR: return assign_form(ast, node, 1);
  /* Behind a name in capitals an empty block would be a typed record. */
  case REML_NODE_ATTR:
  case REML_NODE_ATTR_DOTTED:
    return kind_of(ast, parent) == REML_NODE_BLOCK_ATTRS &&
                   reml__member(ast, parent, BLOCK_STMTS) == 0
               ? "@$a($b)"
               : NULL;
  default: return NULL;
  }
}

const char *reml__source_form(const reml_ast *ast, reml_node node, reml_node parent, bool spec) {
  const char *form = spec ? spec_form(ast, node, parent) : NULL;
  if (form != NULL) return form;
  switch (kind_of(ast, node)) {
  case REML_NODE_PAT_CONSTRUCTOR: return constructor_form(ast, node, spec);
  case REML_NODE_EFFECT_REF: return effect_form(ast, node);
  default: return NULL;
  }
}

/* --- what would be misread (contract-spec grammar-spec.md sections 1 and 2) --- */

static bool is_name_misread(reml_text name, reml_node_kind parent, const reml_ink *ink,
                            reml_spot spot) {
  if (begins_with(name, "mut")) return reml__ink_ends(ink, "&");
  return reml__text_is(name, "test_parser") && parent == REML_NODE_CALL && spot.in_head;
}

static bool is_pattern_misread(reml_text name, reml_node_kind parent, const reml_ink *ink) {
  if (parent == REML_NODE_PAT_ACTIVE && begins_with(name, "when")) return true;
  return begins_with(name, "mut") && (reml__ink_ends(ink, "let ") || reml__ink_ends(ink, "var "));
}

static bool is_type_misread(reml_text name, const reml_ink *ink) {
  if (begins_with(name, "mut")) return reml__ink_ends(ink, "&");
  if (reml__text_is(name, "new")) return reml__ink_ends(ink, " = ");
  return begins_with(name, "llvm_ir") || reml__text_is(name, "case");
}

static bool is_reference(const reml_ast *ast, reml_node node) {
  unsigned op = reml__node_tag(ast, node);
  return op == REML_REF || op == REML_REF_MUT;
}

static bool ends_with_dot(reml_text text) {
  return text.bytes[text.length - 1] == '.';
}

bool reml__source_is_misread(const reml_ast *ast, reml_node node, reml_node parent,
                             const reml_ink *ink, reml_spot spot) {
  enum { NAME = 1, LAMBDA_PARAMS = 1 };
  reml_node_kind above = kind_of(ast, parent);
  char last;
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_VAR: return is_name_misread(text_of(ast, node, NAME), above, ink, spot);
  case REML_NODE_FLOAT: return spot.is_dotted && ends_with_dot(text_of(ast, node, 0));
  case REML_NODE_UNARY: return reml__ink_ends(ink, "&") && is_reference(ast, node);
  case REML_NODE_LAMBDA:
    return reml__ink_ends_with_word(ink, "pattern(") && reml__member(ast, node, LAMBDA_PARAMS) != 0;
  case REML_NODE_STRING:
    return reml__ink_ends_with_word(ink, "inline_asm(") && above != REML_NODE_INLINE_ASM;
  case REML_NODE_FIXITY:
    last = reml__ink_last(ink);
    return last != '(' && last != '[' && last != ',';
  case REML_NODE_PAT_CONSTRUCTOR:
    return (reml__ink_ends(ink, "let ") && !begins_upper(text_of(ast, node, NAME), true)) ||
           is_pattern_misread(text_of(ast, node, NAME), above, ink);
  case REML_NODE_PAT_VAR:
  case REML_NODE_PAT_QUALIFIED:
    return above == REML_NODE_PAT_ACTIVE && begins_with(text_of(ast, node, NAME), "when");
  case REML_NODE_PAT_CTOR_RECORD:
    return is_pattern_misread(text_of(ast, reml__member(ast, node, NAME), 0), above, ink);
  case REML_NODE_TY_REF: return reml__ink_ends(ink, "&");
  case REML_NODE_TY_IDENT:
  case REML_NODE_TY_APP: return is_type_misread(text_of(ast, node, NAME), ink);
  case REML_NODE_TY_APP_QUALIFIED:
    return is_type_misread(text_of(ast, reml__member(ast, node, NAME), 0), ink);
  default: return false;
  }
}

/* --- ends that run on --- */

/* What stands last in the source of a node, if it can end with `return`; 0: nothing can. */
static reml_node last_part(const reml_ast *ast, reml_node node) {
  enum { IF_THEN = 2, IF_ELSE, MATCH_ARMS = 2, ARM_BODY = 2 };
  reml_node part;
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_IMPL_ITEM: return reml__member(ast, node, 0);
  case REML_NODE_DEFER:
  case REML_NODE_REC:
  case REML_NODE_AWAIT:
  case REML_NODE_BREAK:
  case REML_NODE_RETURN: return reml__member(ast, node, 1);
  case REML_NODE_LET:
  case REML_NODE_LET_SPEC:
  case REML_NODE_VAR_DECL:
  case REML_NODE_CONST:
  case REML_NODE_TRAIT_ITEM:
  case REML_NODE_PIPE:
  case REML_NODE_UNARY:
  case REML_NODE_ASYNC:
  case REML_NODE_ASSIGN_EXPR: return reml__member(ast, node, 2);
  case REML_NODE_DECL:
  case REML_NODE_ACTIVE_PATTERN:
  case REML_NODE_BINARY:
  case REML_NODE_LAMBDA: return reml__member(ast, node, 3);
  case REML_NODE_FN:
  case REML_NODE_FN_SPEC: return reml__member(ast, node, 6);
  case REML_NODE_IF:
    part = reml__member(ast, node, IF_ELSE);
    return part != 0 ? part : reml__member(ast, node, IF_THEN);
  case REML_NODE_MATCH:
    part = reml__member(ast, node, MATCH_ARMS);
    if (part == 0) return 0;
    part = reml__list_at(ast, part, reml__list_count(ast, part) - 1);
    return reml__member(ast, part, ARM_BODY);
  default: return 0;
  }
}

static bool is_marked(const reml_ast *ast, reml_node function) {
  enum { FN_ASYNC = 11, SIGNATURE_ASYNC = 10 };
  unsigned at;
  switch (kind_of(ast, function)) {
  case REML_NODE_FN_SPEC: at = FN_ASYNC; break;
  case REML_NODE_SIGNATURE_SPEC: at = SIGNATURE_ASYNC; break;
  default: return false;
  }
  return reml__member(ast, function, at) != 0 || reml__member(ast, function, at + 1) != 0;
}

/* Whether the first token of an item could be that of an operand. */
static bool begins_like_operand(const reml_ast *ast, reml_node item) {
  enum { DECL_VIS = 1, DECL_KIND = 3, ITEM_SIG = 1, IMPL_ATTRS = 1, IMPL_VIS };
  switch (reml__node_kind(ast, item)) {
  case REML_NODE_DECL:
    return reml__member(ast, item, 0) != 0 || (reml__member(ast, item, DECL_VIS) == 0 &&
                                               is_marked(ast, reml__member(ast, item, DECL_KIND)));
  case REML_NODE_TRAIT_ITEM:
    return reml__member(ast, item, 0) != 0 || is_marked(ast, reml__member(ast, item, ITEM_SIG));
  case REML_NODE_TRAIT_TYPE: return reml__member(ast, item, 0) != 0;
  case REML_NODE_IMPL_ITEM:
    return reml__member(ast, item, IMPL_ATTRS) != 0 ||
           (reml__member(ast, item, IMPL_VIS) == 0 && is_marked(ast, reml__member(ast, item, 0)));
  default: return is_marked(ast, item);
  }
}

bool reml__source_runs_on(const reml_ast *ast, reml_node item, reml_node next) {
  if (!begins_like_operand(ast, next)) return false;
  reml_node last = item;
  for (reml_node part = item; part != 0; part = last_part(ast, part))
    last = part;
  return reml__node_kind(ast, last) == REML_NODE_RETURN;
}
