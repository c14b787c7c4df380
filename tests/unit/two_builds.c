/* Two builds of the library in one process, as a host with plugins may have them: a continuation of
 * the one is refused by the other, and stays good. The builds are two copies of the shared library
 * in $REML_BUILD, by default build. */
#include "fixture.h"
#include "tap.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct build {
  reml_context *(*context_new)(void);
  reml_stream_config (*config_default)(void);
  reml_stream_outcome (*run_stream)(reml_context *, const reml_stream_config *, reml_string,
                                    const reml_feeder *);
  reml_stream_outcome (*resume)(reml_continuation *, const reml_yield *);
  reml_continuation *(*fork)(const reml_continuation *);
  reml_status (*write_diagnostic)(const reml_result *, const reml_diagnostic *, reml_write *,
                                  void *);
} build;

static void find(void *library, const char *name, void *function) {
  void *found = dlsym(library, name);
  if (found == NULL) tap_bail_out("the shared library has no %s", name);
  memcpy(function, &found, sizeof found);
}

static build load(const char *path) {
  build self;
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) tap_bail_out("%s", dlerror());
  find(library, "reml_context_new", &self.context_new);
  find(library, "reml_stream_config_default", &self.config_default);
  find(library, "reml_run_stream", &self.run_stream);
  find(library, "reml_resume", &self.resume);
  find(library, "reml_continuation_fork", &self.fork);
  find(library, "reml_write_diagnostic_json", &self.write_diagnostic);
  return self;
}

/* A copy under another name is another library to the loader. */
static build load_copy(const char *path) {
  char copy[] = "/tmp/remlparse-XXXXXX";
  bytes library = {0};
  int file = mkstemp(copy);
  read_file(&library, path);
  if (file < 0 || write(file, library.data, library.length) != (ssize_t)library.length)
    tap_bail_out("no copy of the library");
  close(file);
  build loaded = load(copy);
  unlink(copy);
  bytes_free(&library);
  return loaded;
}

static void try_two_builds(void) {
  char path[4096];
  const char *folder = getenv("REML_BUILD");
  snprintf(path, sizeof path, "%s/libremlparse.so.0", folder == NULL ? "build" : folder);
  build one = load(path), other = load_copy(path);
  reml_stream_config config = one.config_default();
  reml_yield rest = reml_yield_chunk("let x = 1", 9), closed = reml_yield_closed();
  reml_continuation *good =
      one.run_stream(one.context_new(), &config, reml_string_from("a"), NULL).continuation;
  tap_ok(other.fork(good) == NULL, "another build cannot fork a continuation");
  reml_stream_outcome refused = other.resume(good, &rest);
  tap_ok(refused.continuation == NULL && !refused.result->accepted, "... nor resume it");
  bytes text = {0};
  other.write_diagnostic(refused.result, &refused.result->diagnostics[0], bytes_write, &text);
  tap_ok(strstr(text.data, "\"kind\":\"FeederBug\"") && strstr(text.data, "\"blob_version\""),
         "... and says that it is of another build");
  reml_stream_outcome outcome = one.resume(good, &rest);
  outcome = one.resume(outcome.continuation, &closed);
  tap_ok(outcome.result != NULL && outcome.result->accepted,
         "the build that made it resumes it all the same");
  bytes_free(&text);
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {{"two builds", try_two_builds}};
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
