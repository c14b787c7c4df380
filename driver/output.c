#include "reml_output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool make_parents(const char *path) {
  char *copy = strdup(path);
  if (!copy) return false;
  bool made = true;
  for (char *at = copy; made && (at = strchr(at + 1, '/'));) {
    *at = '\0';
    made = mkdir(copy, 0777) == 0 || errno == EEXIST;
    *at = '/';
  }
  int reason = errno;
  free(copy);
  errno = reason;
  return made;
}

FILE *reml__output_open(const char *path, const char *mode) {
  FILE *file = fopen(path, mode);
  if (file || errno != ENOENT || !*path) return file;
  return make_parents(path) ? fopen(path, mode) : NULL;
}

FILE *reml__output_append(const char *directory, const char *name) {
  char *path;
  if (asprintf(&path, "%s/%s", *directory ? directory : ".", name) < 0) return NULL;
  FILE *file = reml__output_open(path, "ae");
  int reason = errno;
  free(path);
  errno = reason;
  return file;
}
