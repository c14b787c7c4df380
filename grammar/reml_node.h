/* The kinds of node and their members (contract ast.md). Installed with remlparse.h. */
#ifndef REML_NODE_H
#define REML_NODE_H

#include <stdint.h>

/* A node of a tree, or 0 for none. Valid for the tree that it came from. */
typedef uint32_t reml_node;

typedef enum reml_node_kind {
  REML_NODE_NONE,
#define NODE(name, ...) REML_NODE_##name,
#include "reml_nodes.def"
#undef NODE
  REML_NODE_KIND_COUNT
} reml_node_kind;

/* Binary operators and unary operators, in the order of the tag of their node. */
typedef enum reml_binary_op {
  REML_ADD,
  REML_SUB,
  REML_MUL,
  REML_DIV,
  REML_MOD,
  REML_POW,
  REML_EQ,
  REML_NE,
  REML_LT,
  REML_LE,
  REML_GT,
  REML_GE,
  REML_AND,
  REML_OR,
  REML_RANGE, /* from here on: profile `spec` */
  REML_CONCAT
} reml_binary_op;
typedef enum reml_unary_op {
  REML_NOT,
  REML_NEG,
  REML_DEREF, /* from here on: profile `spec` */
  REML_REF,
  REML_REF_MUT
} reml_unary_op;

/* How a member is stored and printed. A member written with O( ) in reml_nodes.def is left out of
 * the JSON when it has its default: null, empty, false. */
typedef enum reml_field_type {
  REML_FIELD_NONE,
  /* computed from the header: no word */
  REML_FIELD_SPAN,         /* [start,end] */
  REML_FIELD_TAG_BOOL,     /* tag 0 or 1 */
  REML_FIELD_TAG_VIS,      /* Private, Public */
  REML_FIELD_TAG_BASE,     /* 2, 8, 10, 16 */
  REML_FIELD_TAG_FORM,     /* Normal, Raw, Multiline */
  REML_FIELD_TAG_BINARY,   /* Add ... Or */
  REML_FIELD_TAG_UNARY,    /* Not, Neg */
  REML_FIELD_TAG_SUGAR,    /* perform, do */
  REML_FIELD_TAG_SEP,      /* ., :: */
  REML_FIELD_TAG_VIA,      /* as, @ */
  REML_FIELD_TAG_SELF_REF, /* nothing, Ref, RefMut */
  REML_FIELD_TAG_FLAG0,    /* bit 0 of the tag, as a bool; and so on */
  REML_FIELD_TAG_FLAG1,
  REML_FIELD_TAG_FLAG2,
  REML_FIELD_WORD_FN,   /* always "fn" */
  REML_FIELD_HEAD_SELF, /* {"kind":"Self"} */
  /* one word: a child, 0 = null */
  REML_FIELD_CHILD,     /* printed as its own object */
  REML_FIELD_EXPR,      /* a literal is wrapped in {"kind":"Literal",...} */
  REML_FIELD_PATTERN,   /* a literal is wrapped in {"kind":"PatLiteral",...} */
  REML_FIELD_BODY,      /* an expression is wrapped in {"kind":"Expr","expr":...} */
  REML_FIELD_STRING_OF, /* the text of a String or Var node */
  REML_FIELD_INLINE,    /* printed as its members, without an object of its own */
  /* one word: a list, 0 = empty */
  REML_FIELD_NODES,
  REML_FIELD_NODES_OR_NULL, /* 0 = null */
  REML_FIELD_EXPRS,
  REML_FIELD_PATTERNS,
  REML_FIELD_STMTS,        /* an expression or Decl is wrapped */
  REML_FIELD_ARGS,         /* an expression is wrapped in {"kind":"Positional",...} */
  REML_FIELD_ARGS_OR_NULL, /* the same; 0 = null, the empty list is a list without elements */
  /* one word: a name */
  REML_FIELD_TEXT,       /* a JSON string */
  REML_FIELD_NUMBER,     /* a JSON number */
  REML_FIELD_IDENT_SELF, /* an Ident with the node's span */
  REML_FIELD_IDENT_HEAD, /* an Ident that begins where the node begins */
  REML_FIELD_IDENT_TAIL, /* an Ident that ends where the node ends */
  /* one word: a number */
  REML_FIELD_HEAD_SUPER, /* {"kind":"Super","depth":n} */
  REML_FIELD_BYTE,       /* a string of one byte */
  REML_FIELD_SCALAR,     /* a string of one Unicode scalar value */
  REML_FIELD_COUNT,      /* a JSON number */
  /* two words: name, start */
  REML_FIELD_IDENT,      /* an Ident; name 0 = null */
  REML_FIELD_HEAD_IDENT, /* {"kind":"Ident","ident":Ident} */
  /* byte count, then the bytes */
  REML_FIELD_BYTES
} reml_field_type;

#endif
