/* The context: environment and counter (contract diagnostics-json.md section 7). */
#include "reml_context.h"
#include "reml_config.h"

#include <errno.h>
#include <gc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SHORT_COMMIT = 7 };

static const char *keep(const char *text, size_t length) {
  char *copy = GC_MALLOC_ATOMIC(length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

/* Copies a variable of the environment that is not blank, at most `limit` bytes of it. *out stays
 * as it is without one. The copy is needed because the environment may change later. */
static bool read_variable(const char *name, size_t limit, const char **out) {
  const char *text = getenv(name);
  if (text == NULL || reml__text_is_blank((reml_string){text, strlen(text)})) return true;
  *out = keep(text, strnlen(text, limit));
  return *out != NULL;
}

static bool read_commit(reml_context *context) {
  if (!read_variable("REMLC_GIT_COMMIT", SIZE_MAX, &context->commit)) return false;
  return context->commit != NULL || read_variable("GITHUB_SHA", SHORT_COMMIT, &context->commit);
}

/* A directory that cannot be found out only means that no file name is inside of it. */
static bool read_directory(reml_context *context) {
  char *path = getcwd(NULL, 0);
  if (path == NULL) return errno != ENOMEM;
  context->directory = keep(path, strlen(path));
  free(path);
  return context->directory != NULL;
}

reml_context *reml_context_new(void) {
  GC_INIT();
  reml_context *context = GC_MALLOC(sizeof *context);
  if (context == NULL) return NULL;
  *context = (reml_context){.workspace = ".", .language = reml__language_of_environment()};
  bool complete = read_variable("REMLC_FIXED_TIMESTAMP", SIZE_MAX, &context->fixed_timestamp) &&
                  read_variable("REMLC_WORKSPACE_ROOT", SIZE_MAX, &context->workspace) &&
                  read_commit(context) && read_directory(context);
  return complete ? context : NULL;
}

void reml_context_reset(reml_context *context) {
  if (context != NULL) context->next_sequence = 0;
}

uint64_t reml__context_next_sequence(reml_context *context) {
  return context->next_sequence++;
}

const char *reml__context_timestamp(const reml_context *context) {
  if (context->fixed_timestamp != NULL) return context->fixed_timestamp;
  time_t now = time(NULL);
  struct tm parts = {.tm_mday = 1};
  char text[64];
  gmtime_r(&now, &parts);
  size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return keep(text, length);
}

static char *new_text(reml_memory *memory, size_t length) {
  char *text = reml__alloc_atomic(memory, length + 1);
  text[length] = '\0';
  return text;
}

/* The timestamp without `-` and `:`, and the commit. */
const char *reml__context_build_id(reml_memory *memory, const reml_context *context,
                                   const char *timestamp) {
  const char *commit = context->commit;
  size_t used = 0;
  size_t room = strlen(timestamp) + (commit != NULL ? strlen(commit) + 1 : 0);
  char *text = new_text(memory, room);
  for (const char *from = timestamp; *from != '\0'; from++)
    if (*from != '-' && *from != ':') text[used++] = *from;
  text[used] = '\0';
  if (commit != NULL) snprintf(text + used, room - used + 1, "-%s", commit);
  return text;
}

const char *reml__context_audit_id(reml_memory *memory, const char *build_id, uint64_t sequence) {
  size_t room = sizeof REML_AUDIT_CHANNEL "/#" + strlen(build_id) + 20;
  char *text = new_text(memory, room);
  snprintf(text, room + 1, REML_AUDIT_CHANNEL "/%s#%llu", build_id, (unsigned long long)sequence);
  return text;
}
