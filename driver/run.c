/* Entry points in one call: contract driver.md section 2. */
#include "reml_diagnose.h"
#include "reml_session.h"
#include <string.h>

/* The results of a parse for which not even the session could be made. */
static const reml_result no_memory = {.status = REML_NO_MEMORY};
static const reml_result bad_use = {.status = REML_BAD_USE};

const reml_result *reml__result_without_session(reml_status status) {
  return status == REML_NO_MEMORY ? &no_memory : &bad_use;
}

/* In part: what is in front of a mistake may be the value, and the rest is told. */
static reml_partial run(reml_context *context, const reml_config *config, reml_string filename,
                        const void *bytes, size_t count, bool in_part) {
  if (context == NULL || config == NULL || (bytes == NULL && count > 0))
    return (reml_partial){.result = &bad_use};
  reml_config own = *config;
  own.require_eof &= !in_part;
  reml_session *session = reml_session_open(context, &own, filename, NULL);
  if (session == NULL) return (reml_partial){.result = &no_memory};
  if (in_part) reml__session_take_prefix(session);
  reml_session_feed(session, bytes, count);
  reml_partial answer = {.result = reml_session_finish(session)};
  answer.has_rest = reml__session_remains(session, &answer.rest);
  return answer;
}

const reml_result *reml_run(reml_context *context, const reml_config *config, reml_string filename,
                            const void *bytes, size_t count) {
  return run(context, config, filename, bytes, count, false).result;
}

const reml_result *reml_run_string(reml_context *context, const reml_config *config,
                                   const char *text, reml_string filename) {
  return reml_run(context, config, filename, text, text == NULL ? 1 : strlen(text));
}

reml_partial reml_run_partial(reml_context *context, const reml_config *config,
                              reml_string filename, const void *bytes, size_t count) {
  return run(context, config, filename, bytes, count, true);
}

const reml_result *reml_parse(reml_context *context, reml_string filename, const void *bytes,
                              size_t count, const reml_diagnostic **error) {
  reml_config config = reml_config_legacy(true, true);
  const reml_result *result = reml_run(context, &config, filename, bytes, count);
  *error = NULL;
  if (!result->accepted) {
    bool explained = result->diagnostic_count > 0;
    *error = explained ? result->diagnostics : reml__diagnostic(REML_DIAGNOSTIC_NO_DETAILS);
  }
  return result;
}

const char *reml_status_text(reml_status status) {
  switch (status) {
  case REML_OK: return "success";
  case REML_NO_MEMORY: return "out of memory";
  case REML_TOO_LARGE: return "the source is over a limit";
  case REML_BAD_USE: return "a function was called out of order or with a missing argument";
  case REML_BAD_CONFIG: return "a configuration value cannot be kept";
  case REML_IO_FAILED: return "output could not be written";
  }
  return "unknown status";
}

reml_string reml_string_from(const char *text) {
  return (reml_string){text, text == NULL ? 0 : strlen(text)};
}

const char *reml_version(void) {
  return REML_VERSION;
}
