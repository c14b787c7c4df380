/* reml-compat: answers parity cases and compares recorded answers (contract gates.md). */
#include "reml_case.h"

#include <errno.h>
#include <gc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: reml-compat answer < CASES\n"
    "       reml-compat diff [--sample K] PATH...\n"
    "\n"
    "answer  reads cases as JSON lines from standard input and writes one line for each\n"
    "diff    recomputes recorded answers and compares them byte for byte; a PATH is a golden\n"
    "        folder, a .reml file with its .json, or a .jsonl or .jsonl.gz file\n"
    "\n"
    "  --sample K  take every K-th case only\n"
    "\n"
    "exit code: 0 all good, 1 differences or unusable cases, 2 wrong usage, or input or output "
    "that fails\n";

static int wrong_usage(const char *problem) {
  fprintf(stderr, "reml-compat: %s\n%s", problem, usage);
  return EXIT_UNUSABLE;
}

static bool read_sample(const char *text, size_t *sample) {
  char *end;
  errno = 0;
  unsigned long number = strtoul(text, &end, 10);
  *sample = number;
  return errno == 0 && *end == '\0' && number > 0 && text[0] >= '0' && text[0] <= '9';
}

static int run_diff(char **arguments) {
  size_t sample = 1;
  if (*arguments != NULL && strcmp(*arguments, "--sample") == 0) {
    if (arguments[1] == NULL || !read_sample(arguments[1], &sample)) {
      return wrong_usage("--sample needs a number from 1 up");
    }
    arguments += 2;
  }
  if (*arguments == NULL) {
    return wrong_usage("diff needs a path");
  }
  for (char **path = arguments; *path != NULL; path++) {
    if (**path == '-') {
      return wrong_usage("options come first, and the only one is --sample");
    }
  }
  return reml__diff(arguments, sample);
}

static int run(char **arguments) {
  if (*arguments == NULL) {
    return wrong_usage("a subcommand is needed");
  }
  if (strcmp(*arguments, "--help") == 0 || strcmp(*arguments, "-h") == 0) {
    fputs(usage, stdout);
    return EXIT_PASSED;
  }
  if (strcmp(*arguments, "diff") == 0) {
    return run_diff(arguments + 1);
  }
  if (strcmp(*arguments, "answer") != 0) {
    return wrong_usage("unknown subcommand");
  }
  return arguments[1] == NULL ? reml__answer(stdin, stdout)
                              : wrong_usage("answer takes no arguments");
}

int main(int count, char **arguments) {
  GC_INIT();
  signal(SIGPIPE, SIG_IGN); /* a closed pipe is then an error of the write */
  int code = run(count > 0 ? arguments + 1 : arguments);
  bool written = fflush(stdout) == 0 && !ferror(stdout);
  if (!written && code != EXIT_UNUSABLE) {
    fprintf(stderr, "reml-compat: cannot write: %s\n", strerror(errno));
  }
  return written ? code : EXIT_UNUSABLE;
}
