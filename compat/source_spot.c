/* Where canonical source needs parentheses (reml_source.h): contract grammar.md sections 2.7 and 3.
 */
#include "reml_slot.h"
#include "reml_source.h"

/* How tightly a node holds together, loosest first. */
enum {
  LEVEL_ANY, /* or-patterns, union types */
  LEVEL_PIPE,
  LEVEL_OR,
  LEVEL_AND,
  LEVEL_EQUALITY,
  LEVEL_ORDER,
  LEVEL_RANGE,
  LEVEL_SUM,
  LEVEL_PRODUCT,
  LEVEL_POWER,
  LEVEL_OPERAND, /* prefix forms, keyword forms, function types */
  LEVEL_POSTFIX, /* what a dot behind it would make another token of: integers, tuple indices */
  LEVEL_PRIMARY,
  /* patterns */
  LEVEL_BINDING = LEVEL_PIPE,
  LEVEL_PATTERN_RANGE
};

/* --- operators --- */

typedef struct operation {
  const char *text;
  unsigned char level, left, right; /* of the node; at least of its operands */
} operation;

#define LEFT(text, level)                                                                          \
  { text, level, level, level + 1 }
#define RIGHT(text, level)                                                                         \
  { text, level, level + 1, level }
#define NEITHER(text, level)                                                                       \
  { text, level, level + 1, level + 1 }

static const operation binary[] = {
    [REML_ADD] = LEFT("+", LEVEL_SUM),         [REML_SUB] = LEFT("-", LEVEL_SUM),
    [REML_MUL] = LEFT("*", LEVEL_PRODUCT),     [REML_DIV] = LEFT("/", LEVEL_PRODUCT),
    [REML_MOD] = LEFT("%", LEVEL_PRODUCT),     [REML_POW] = RIGHT("^", LEVEL_POWER),
    [REML_EQ] = NEITHER("==", LEVEL_EQUALITY), [REML_NE] = NEITHER("!=", LEVEL_EQUALITY),
    [REML_LT] = NEITHER("<", LEVEL_ORDER),     [REML_LE] = NEITHER("<=", LEVEL_ORDER),
    [REML_GT] = NEITHER(">", LEVEL_ORDER),     [REML_GE] = NEITHER(">=", LEVEL_ORDER),
    [REML_AND] = LEFT("&&", LEVEL_AND),        [REML_OR] = LEFT("||", LEVEL_OR),
    [REML_RANGE] = LEFT("..", LEVEL_RANGE),    [REML_CONCAT] = LEFT("++", LEVEL_SUM),
};
static const operation unary[] = {
    [REML_NOT] = RIGHT("!", LEVEL_OPERAND),         [REML_NEG] = RIGHT("-", LEVEL_OPERAND),
    [REML_DEREF] = RIGHT("*", LEVEL_OPERAND),       [REML_REF] = RIGHT("&", LEVEL_OPERAND),
    [REML_REF_MUT] = RIGHT("&mut ", LEVEL_OPERAND),
};
static const operation prefix_word = RIGHT("", LEVEL_OPERAND);
static const operation pipe = LEFT("|>", LEVEL_PIPE);

static const operation *operation_of(const reml_ast *ast, reml_node node) {
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_BINARY: return &binary[reml__node_tag(ast, node)];
  case REML_NODE_UNARY: return &unary[reml__node_tag(ast, node)];
  case REML_NODE_REC:
  case REML_NODE_AWAIT:
  case REML_NODE_ASYNC: return &prefix_word;
  default: return &pipe;
  }
}

const char *reml__operator_text(const reml_ast *ast, reml_node node) {
  return operation_of(ast, node)->text;
}

/* --- nodes --- */

static unsigned level_of(const reml_ast *ast, reml_node node) {
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_PAT_OR:
  case REML_NODE_TY_UNION: return LEVEL_ANY;
  case REML_NODE_PAT_BIND: return LEVEL_BINDING;
  case REML_NODE_PAT_RANGE: return LEVEL_PATTERN_RANGE;
  case REML_NODE_PIPE:
  case REML_NODE_BINARY:
  case REML_NODE_UNARY: return operation_of(ast, node)->level;
  case REML_NODE_REC:
  case REML_NODE_AWAIT:
  case REML_NODE_ASYNC:
  case REML_NODE_BREAK:
  case REML_NODE_DO_BLOCK:
  case REML_NODE_EFFECT_BLOCK:
  case REML_NODE_PERFORM:
  case REML_NODE_HANDLE:
  case REML_NODE_LAMBDA:
  case REML_NODE_IF:
  case REML_NODE_MATCH:
  case REML_NODE_WHILE:
  case REML_NODE_FOR:
  case REML_NODE_LOOP:
  case REML_NODE_UNSAFE:
  case REML_NODE_CONTINUE:
  case REML_NODE_RETURN:
  case REML_NODE_DEFER:
  case REML_NODE_TY_FN:
  case REML_NODE_TY_FN_FORM: return LEVEL_OPERAND;
  case REML_NODE_INT:
  case REML_NODE_TUPLE_INDEX: return LEVEL_POSTFIX;
  default: return LEVEL_PRIMARY;
  }
}

static bool lacks(const reml_ast *ast, reml_node node, unsigned member) {
  return reml__slot(ast, node, member).word == 0;
}

static unsigned swallows(const reml_ast *ast, reml_node node);

/* A word that begins a prefix form is one by what follows it, which no parenthesis can be: so the
 * whole form gets the parentheses that its operand needs. */
static unsigned prefix_swallows(const reml_ast *ast, reml_node operand) {
  switch (reml__node_kind(ast, operand)) {
  case REML_NODE_REC:
  case REML_NODE_AWAIT:
  case REML_NODE_ASYNC:
  case REML_NODE_UNARY: return REML_FOLLOW_ANYTHING;
  default: return swallows(ast, operand);
  }
}

/* What a node would take for a part of itself, if it followed (D10, D11, D15 to D17). */
static unsigned swallows(const reml_ast *ast, reml_node node) {
  enum { IF_ELSE = 3, RETURN_VALUE = 1, REC_VALUE = 1, ASYNC_VALUE };
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_REC:
  case REML_NODE_AWAIT: return prefix_swallows(ast, reml__slot(ast, node, REC_VALUE).word);
  case REML_NODE_ASYNC: return prefix_swallows(ast, reml__slot(ast, node, ASYNC_VALUE).word);
  case REML_NODE_PAT_OR:
  case REML_NODE_TY_UNION: return REML_FOLLOW_BAR;
  case REML_NODE_EFFECT_BLOCK: return REML_FOLLOW_BLOCK;
  case REML_NODE_LAMBDA: return REML_FOLLOW_OPERATOR;
  case REML_NODE_IF:
    return REML_FOLLOW_OPERATOR | (lacks(ast, node, IF_ELSE) ? REML_FOLLOW_ELSE : 0);
  case REML_NODE_MATCH: return REML_FOLLOW_OPERATOR | REML_FOLLOW_BAR;
  case REML_NODE_RETURN:
  case REML_NODE_BREAK:
    return REML_FOLLOW_OPERATOR |
           (lacks(ast, node, RETURN_VALUE) ? REML_FOLLOW_BAR | REML_FOLLOW_BLOCK : 0);
  case REML_NODE_DEFER: return REML_FOLLOW_OPERATOR | REML_FOLLOW_SEMICOLON;
  default: return 0;
  }
}

/* --- where nodes stand --- */

/* Whether a brace of the node can stand behind what ends an expression, or its `while` or `for`
 * claims the first one. */
static bool has_open_brace(const reml_ast *ast, reml_node node) {
  enum { ACTIVE_ARG = 3 };
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_TYPED_RECORD:
  case REML_NODE_LAMBDA:
  case REML_NODE_MATCH:
  case REML_NODE_WHILE:
  case REML_NODE_FOR:
  case REML_NODE_HANDLE:
  case REML_NODE_REC:
  case REML_NODE_AWAIT:
  case REML_NODE_ASYNC:
  case REML_NODE_EFFECT_BLOCK:
  case REML_NODE_TEST_BLOCK:
  case REML_NODE_TEST_PARSER:
  case REML_NODE_LLVM_IR:
  case REML_NODE_BLOCK_ATTRS:
  case REML_NODE_UNSAFE_ATTRS:
  case REML_NODE_BREAK:
  case REML_NODE_PAT_CTOR_RECORD: return true;
  case REML_NODE_UNARY: return reml__node_tag(ast, node) == REML_REF_MUT;
  case REML_NODE_PAT_ACTIVE: return !lacks(ast, node, ACTIVE_ARG);
  default: return false;
  }
}

bool reml__needs_parentheses(const reml_ast *ast, reml_node node, reml_spot spot) {
  return level_of(ast, node) < spot.level || (swallows(ast, node) & spot.follow) != 0 ||
         (spot.in_head && has_open_brace(ast, node));
}

static reml_spot spot_of(const reml_ast *ast, reml_node node, reml_spot outer, char mark) {
  /* The `;` behind a statement is no matter of what the statement ends with. */
  unsigned char behind = outer.follow & (unsigned char)~REML_FOLLOW_SEMICOLON;
  switch (mark) {
  case '~': return (reml_spot){0};
  case '>': return (reml_spot){.follow = behind};
  case '|': return (reml_spot){.follow = behind | REML_FOLLOW_BAR};
  case '?': return (reml_spot){.follow = REML_FOLLOW_ELSE};
  case '{': return (reml_spot){.follow = REML_FOLLOW_BLOCK};
  case ';': return (reml_spot){.follow = REML_FOLLOW_BAR | REML_FOLLOW_BLOCK};
  case '<':
    return (reml_spot){.level = operation_of(ast, node)->left, .follow = REML_FOLLOW_OPERATOR};
  case '=': return (reml_spot){.level = operation_of(ast, node)->right, .follow = behind};
  case '1': return (reml_spot){.level = LEVEL_BINDING, .follow = behind};
  case '2': return (reml_spot){.level = LEVEL_PATTERN_RANGE, .follow = behind};
  case '!': return (reml_spot){.level = LEVEL_POSTFIX};
  default: return (reml_spot){.level = LEVEL_PRIMARY, .is_dotted = true};
  }
}

reml_spot reml__spot_of(const reml_ast *ast, reml_node node, reml_spot outer, char mark) {
  if (mark == '}') return (reml_spot){.is_body = true};
  reml_spot spot = spot_of(ast, node, outer, mark);
  spot.in_head = outer.in_head;
  return spot;
}
