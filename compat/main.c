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
    "       reml-compat results [--recorded] [--sample K] PATH...\n"
    "       reml-compat closure [--sample K] PATH...\n"
    "       reml-compat extension [--sample K] PATH...\n"
    "\n"
    "answer     reads cases as JSON lines from standard input and writes one line for each\n"
    "diff       recomputes recorded answers and compares them byte for byte\n"
    "results    prints the answers of recorded cases, computed again: a line for each case\n"
    "closure    prints accepted cases from their trees, and parses and prints that again\n"
    "extension  compares the trees of accepted cases with those of the profile spec\n"
    "\n"
    "A PATH is a golden folder, a .reml file with its .json, or a .jsonl or .jsonl.gz file.\n"
    "\n"
    "  --sample K  take every K-th case only\n"
    "  --recorded  print answers as they are recorded\n"
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

typedef struct golden_options {
  size_t sample;
  bool recorded;
  char **paths;
} golden_options;

/* NULL, or what is wrong with the arguments. */
static const char *read_golden_options(char **arguments, bool may_be_recorded,
                                       golden_options *options) {
  *options = (golden_options){.sample = 1};
  for (; *arguments != NULL && **arguments == '-'; arguments++) {
    if (may_be_recorded && strcmp(*arguments, "--recorded") == 0) {
      options->recorded = true;
    } else if (strcmp(*arguments, "--sample") != 0) {
      return "unknown option";
    } else if (arguments[1] == NULL || !read_sample(*++arguments, &options->sample)) {
      return "--sample needs a number from 1 up";
    }
  }
  options->paths = arguments;
  if (*arguments == NULL) {
    return "a path is needed";
  }
  for (; *arguments != NULL; arguments++) {
    if (**arguments == '-') {
      return "options come first";
    }
  }
  return NULL;
}

typedef int reml_comparison(char *const *paths, size_t sample);

/* NULL: there is no subcommand of this name. */
static reml_comparison *comparison(const char *subcommand) {
  static const struct {
    const char *name;
    reml_comparison *run;
  } all[] = {{"diff", reml__diff}, {"closure", reml__closure}, {"extension", reml__extension}};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (strcmp(all[i].name, subcommand) == 0) {
      return all[i].run;
    }
  }
  return NULL;
}

static int run_on_golden(const char *subcommand, char **arguments) {
  bool is_results = strcmp(subcommand, "results") == 0;
  reml_comparison *compare = comparison(subcommand);
  golden_options options;
  if (!is_results && compare == NULL) {
    return wrong_usage("unknown subcommand");
  }
  const char *problem = read_golden_options(arguments, is_results, &options);
  if (problem != NULL) {
    return wrong_usage(problem);
  }
  return is_results ? reml__results(options.paths, options.sample, options.recorded)
                    : compare(options.paths, options.sample);
}

static int run(char **arguments) {
  if (*arguments == NULL) {
    return wrong_usage("a subcommand is needed");
  }
  if (strcmp(*arguments, "--help") == 0 || strcmp(*arguments, "-h") == 0) {
    fputs(usage, stdout);
    return EXIT_PASSED;
  }
  if (strcmp(*arguments, "answer") == 0) {
    return arguments[1] == NULL ? reml__answer(stdin, stdout)
                                : wrong_usage("answer takes no arguments");
  }
  return run_on_golden(*arguments, arguments + 1);
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
