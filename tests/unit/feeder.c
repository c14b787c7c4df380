#include "feeder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- bytes that are lent --- */

void take_back(loan *of) {
  if (of->bytes != NULL) memset(of->bytes, 0xAA, of->length);
  free(of->bytes);
  *of = (loan){NULL, 0};
}

reml_yield lend(loan *to, reml_yield yield) {
  take_back(to);
  if (yield.bytes == NULL) return yield;
  to->length = yield.count;
  to->bytes = malloc(yield.count > 0 ? yield.count : 1);
  if (to->bytes == NULL) tap_bail_out("no memory for the test itself");
  memcpy(to->bytes, yield.bytes, yield.count);
  yield.bytes = to->bytes;
  return yield;
}

/* --- yields --- */

reml_yield chunk(const char *text) {
  return reml_yield_chunk(text, strlen(text));
}

reml_yield chunk_at(uint64_t offset, const char *text) {
  reml_yield yield = chunk(text);
  yield.has_offset = true;
  yield.offset = offset;
  return yield;
}

reml_yield failure(reml_stream_error_kind kind, const char *message, const char *cause) {
  reml_yield yield = reml_yield_error(kind, message);
  yield.error.cause = reml_string_from(cause);
  return yield;
}

/* --- producers --- */

static reml_yield next_of_script(void *user, const reml_demand *demand) {
  script *self = user;
  if (self->pulls < SCRIPT_DEMANDS) self->demands[self->pulls] = *demand;
  self->pulls++;
  if (self->at == self->count) return lend(&self->lent, reml_yield_closed());
  return lend(&self->lent, self->yields[self->at++]);
}

reml_feeder feeder_of(script *self) {
  return (reml_feeder){.pull = next_of_script, .user = self, .access = self->access};
}

/* --- configurations --- */

reml_stream_config stream_config(void) {
  reml_stream_config config = reml_stream_config_default();
  config.run_config = golden_config();
  return config;
}

static void set_value(reml_config *config, const char *ns, const char *key, reml_value value) {
  if (reml_config_set(config, ns, key, &value) != REML_OK) tap_bail_out("no configuration");
}

void set_switch(reml_config *config, const char *ns, const char *key, bool on) {
  set_value(config, ns, key, (reml_value){.kind = REML_VALUE_BOOL, .as.boolean = on});
}

void set_int(reml_config *config, const char *ns, const char *key, int64_t number) {
  set_value(config, ns, key, (reml_value){.kind = REML_VALUE_INT, .as.integer = number});
}

void set_text(reml_config *config, const char *ns, const char *key, const char *text) {
  reml_value value = {.kind = REML_VALUE_STRING, .as.string = reml_string_from(text)};
  set_value(config, ns, key, value);
}

/* --- streams --- */

reml_stream_outcome play(const reml_stream_config *config, script *producer) {
  reml_feeder feeder = feeder_of(producer);
  reml_stream_outcome outcome =
      reml_run_stream(new_context(), config, reml_string_from("case.reml"), &feeder);
  take_back(&producer->lent);
  return outcome;
}

reml_stream_outcome begin(const reml_stream_config *config, const char *prefix) {
  script producer = SCRIPT(chunk(prefix), reml_yield_await());
  reml_stream_outcome outcome = play(config, &producer);
  if (outcome.continuation == NULL) tap_bail_out("nothing waits behind `%s`", prefix);
  return outcome;
}

reml_stream_outcome resume(reml_continuation *continuation, reml_yield more) {
  loan lent = {NULL, 0};
  reml_yield yield = lend(&lent, more);
  reml_stream_outcome outcome = reml_resume(continuation, &yield);
  take_back(&lent);
  return outcome;
}

const reml_result *finish(reml_continuation *continuation, const char *rest) {
  reml_stream_outcome outcome = resume(continuation, chunk(rest));
  if (outcome.continuation != NULL) outcome = resume(outcome.continuation, reml_yield_closed());
  return outcome.result;
}

/* --- assertions --- */

/* The name of an assertion, from a printf format. */
typedef struct title {
  char text[512];
} title;

static title make_title(const char *format, va_list values) {
  title made;
  vsnprintf(made.text, sizeof made.text, format, values);
  return made;
}

#define MAKE_TITLE(to)                                                                             \
  va_list values;                                                                                  \
  va_start(values, name);                                                                          \
  title to = make_title(name, values);                                                             \
  va_end(values)

bool tap_string(reml_string got, const char *expected, const char *name, ...) {
  MAKE_TITLE(made);
  if (got.bytes == NULL) return tap_text(NULL, expected, "%s", made.text);
  return tap_bytes(got.bytes, got.length, expected, expected ? strlen(expected) : 0, "%s",
                   made.text);
}

static const char *shown(const reml_stream_outcome *outcome) {
  if (outcome->continuation == NULL) return "completed";
  return reml_pending_reason_text(outcome->demand.reason);
}

bool tap_pending(const reml_stream_outcome *outcome, reml_pending_reason reason, const char *name,
                 ...) {
  MAKE_TITLE(made);
  return tap_text(shown(outcome), reml_pending_reason_text(reason), "%s", made.text);
}

/* The cause of the stream error that an outcome reports; empty if it reports none. */
static reml_string cause_of(const reml_stream_outcome *outcome) {
  const reml_result *result = outcome->result;
  if (result == NULL || result->accepted || result->diagnostic_count == 0)
    return reml_string_from("");
  const reml_diagnostic *last = &result->diagnostics[result->diagnostic_count - 1];
  bool bug = last->stream_error != NULL && last->stream_error->kind == REML_STREAM_FEEDER_BUG;
  return bug ? last->stream_error->cause : reml_string_from("");
}

bool tap_bug(const reml_stream_outcome *outcome, const char *code, const char *name, ...) {
  char wanted[64];
  MAKE_TITLE(made);
  int length = snprintf(wanted, sizeof wanted, "{\"code\":\"%s\"", code);
  reml_string cause = cause_of(outcome);
  size_t compared = cause.length < (size_t)length ? cause.length : (size_t)length;
  return tap_bytes(cause.bytes, compared, wanted, (size_t)length, "%s", made.text);
}

bool tap_batch(const reml_result *got, const reml_config *config, const char *source,
               const char *name, ...) {
  bytes printed = {0}, whole = {0};
  MAKE_TITLE(made);
  if (got == NULL) return tap_ok(false, "%s", made.text);
  print_result(got, &printed);
  run_and_print(config, source, strlen(source), &whole);
  bool same = tap_bytes(printed.data, printed.length, whole.data, whole.length, "%s", made.text);
  bytes_free(&printed);
  bytes_free(&whole);
  return same;
}
