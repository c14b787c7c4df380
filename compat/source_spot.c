/* Where canonical source needs parentheses (reml_source.h): contract grammar.md sections 2.7 and 3.
 */
#include "reml_slot.h"
#include "reml_source.h"

/* How tightly a node holds together, loosest first. */
enum {
  LEVEL_ANY,
  LEVEL_PIPE,
  LEVEL_OR,
  LEVEL_AND,
  LEVEL_EQUALITY,
  LEVEL_ORDER,
  LEVEL_SUM,
  LEVEL_PRODUCT,
  LEVEL_POWER,
  LEVEL_OPERAND, /* prefix forms, keyword forms, function types */
  LEVEL_POSTFIX, /* what a dot behind it would make another token of: integers, tuple indices */
  LEVEL_PRIMARY
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
};
static const operation unary[] = {
    [REML_NOT] = RIGHT("!", LEVEL_OPERAND),
    [REML_NEG] = RIGHT("-", LEVEL_OPERAND),
};
static const operation pipe = LEFT("|>", LEVEL_PIPE);

static const operation *operation_of(const reml_ast *ast, reml_node node) {
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_BINARY: return &binary[reml__node_tag(ast, node)];
  case REML_NODE_UNARY: return &unary[reml__node_tag(ast, node)];
  default: return &pipe;
  }
}

const char *reml__operator_text(const reml_ast *ast, reml_node node) {
  return operation_of(ast, node)->text;
}

/* --- nodes --- */

static unsigned level_of(const reml_ast *ast, reml_node node) {
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_PIPE:
  case REML_NODE_BINARY:
  case REML_NODE_UNARY: return operation_of(ast, node)->level;
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
  case REML_NODE_TY_FN: return LEVEL_OPERAND;
  case REML_NODE_INT:
  case REML_NODE_TUPLE_INDEX: return LEVEL_POSTFIX;
  default: return LEVEL_PRIMARY;
  }
}

static bool lacks(const reml_ast *ast, reml_node node, unsigned member) {
  return reml__slot(ast, node, member).word == 0;
}

/* What a node would take for a part of itself, if it followed (D10, D11, D15 to D17). */
static unsigned swallows(const reml_ast *ast, reml_node node) {
  enum { IF_ELSE = 3, RETURN_VALUE = 1 };
  switch (reml__node_kind(ast, node)) {
  case REML_NODE_LAMBDA: return REML_FOLLOW_OPERATOR;
  case REML_NODE_IF:
    return REML_FOLLOW_OPERATOR | (lacks(ast, node, IF_ELSE) ? REML_FOLLOW_ELSE : 0);
  case REML_NODE_MATCH: return REML_FOLLOW_OPERATOR | REML_FOLLOW_BAR;
  case REML_NODE_RETURN:
    return REML_FOLLOW_OPERATOR |
           (lacks(ast, node, RETURN_VALUE) ? REML_FOLLOW_BAR | REML_FOLLOW_BLOCK : 0);
  case REML_NODE_DEFER: return REML_FOLLOW_OPERATOR | REML_FOLLOW_SEMICOLON;
  default: return 0;
  }
}

/* --- where nodes stand --- */

bool reml__needs_parentheses(const reml_ast *ast, reml_node node, reml_spot spot) {
  return level_of(ast, node) < spot.level || (swallows(ast, node) & spot.follow) != 0;
}

reml_spot reml__spot_of(const reml_ast *ast, reml_node node, reml_spot outer, char mark) {
  /* The `;` behind a statement is no matter of what the statement ends with. */
  unsigned char behind = outer.follow & (unsigned char)~REML_FOLLOW_SEMICOLON;
  switch (mark) {
  case '>': return (reml_spot){.follow = behind};
  case '|': return (reml_spot){.follow = behind | REML_FOLLOW_BAR};
  case '?': return (reml_spot){.follow = REML_FOLLOW_ELSE};
  case '{': return (reml_spot){.follow = REML_FOLLOW_BLOCK};
  case '}': return (reml_spot){.is_body = true};
  case '<':
    return (reml_spot){.level = operation_of(ast, node)->left, .follow = REML_FOLLOW_OPERATOR};
  case '=': return (reml_spot){.level = operation_of(ast, node)->right, .follow = behind};
  case '!': return (reml_spot){.level = LEVEL_POSTFIX};
  default: return (reml_spot){.level = LEVEL_PRIMARY};
  }
}
