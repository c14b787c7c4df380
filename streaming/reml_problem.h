/* What streaming finds wrong by itself, from problems.def. */
#ifndef REML_PROBLEM_H
#define REML_PROBLEM_H

#include "remlparse.h"

typedef enum reml_problem {
  REML_PROBLEM_NONE,
#define PROBLEM(name, ...) REML_PROBLEM_##name,
#include "problems.def"
#undef PROBLEM
} reml_problem;

typedef struct reml_problem_text {
  reml_stream_error_kind kind;
  const char *code, *message;
} reml_problem_text;
reml_problem_text reml__problem_text(reml_problem problem);

#endif
