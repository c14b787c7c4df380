/* reml_tree is the public, opaque name of reml_ast; only here does one become the other. */
#ifndef REML_TREE_H
#define REML_TREE_H

#include "reml_ast.h"
#include "remlparse.h"

static inline const reml_ast *reml__tree_ast(const reml_tree *tree) {
  return (const reml_ast *)(const void *)tree;
}

static inline const reml_tree *reml__ast_tree(const reml_ast *ast) {
  return (const reml_tree *)(const void *)ast;
}

#endif
