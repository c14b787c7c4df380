#include "reml_problem.h"

static const reml_problem_text problems[] = {
    [REML_PROBLEM_NONE] = {REML_STREAM_FEEDER_BUG, NULL, ""},
#define PROBLEM(name, kind, code, message)                                                         \
  [REML_PROBLEM_##name] = {REML_STREAM_##kind, code, message},
#include "problems.def"
#undef PROBLEM
};

reml_problem_text reml__problem_text(reml_problem problem) {
  return problems[problem];
}
