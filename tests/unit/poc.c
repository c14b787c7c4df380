/* Streaming in the profile `poc`: what the recorded scripts do not show (they are compared by
 * reml-compat). Sections are those of compat/contract/streaming-reference.md. */
#include "fixture.h"
#include "reml_poc.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

/* --- scripts --- */

static reml_poc_item chunk(const char *text) {
  return (reml_poc_item){.kind = REML_POC_CHUNK, .text = reml_string_from(text)};
}

static const reml_poc_item await = {.kind = REML_POC_AWAIT};
static const reml_poc_item closed = {.kind = REML_POC_CLOSED};

typedef struct script {
  const reml_poc_item *items;
  size_t count, at;
  char *lent; /* the text of the item given last, in memory that is spoilt afterwards */
  size_t lent_length;
} script;

static void take_back(script *self) {
  if (self->lent != NULL) memset(self->lent, 0xAA, self->lent_length);
  free(self->lent);
  self->lent = NULL;
}

static reml_poc_item next_item(void *user) {
  script *self = user;
  take_back(self);
  if (self->at == self->count) return closed;
  reml_poc_item item = self->items[self->at++];
  if (item.text.bytes == NULL) return item;
  self->lent_length = item.text.length;
  self->lent = malloc(item.text.length + 1);
  if (self->lent == NULL) tap_bail_out("no memory for the test itself");
  memcpy(self->lent, item.text.bytes, item.text.length);
  item.text.bytes = self->lent;
  return item;
}

static reml_poc_outcome run_as(const reml_config *config, reml_string filename,
                               const reml_poc_item *items, size_t count) {
  script self = {.items = items, .count = count};
  reml_poc_outcome outcome = {0};
  reml_status status = reml__poc_run(new_context(), config, filename, next_item, &self, &outcome);
  take_back(&self);
  if (status != REML_OK) tap_bail_out("run: %s", reml_status_text(status));
  return outcome;
}

static reml_poc_outcome run(const reml_config *config, const reml_poc_item *items, size_t count) {
  return run_as(config, reml_string_from(NULL), items, count);
}

static reml_poc_outcome resume(const reml_poc_outcome *from, reml_poc_item item) {
  reml_poc_outcome outcome = {0};
  reml_status status = reml__poc_resume(from->continuation, &item, &outcome);
  if (status != REML_OK) tap_bail_out("resume: %s", reml_status_text(status));
  return outcome;
}

static void set_text(reml_config *config, const char *ns, const char *key, const char *text) {
  reml_value value = {.kind = REML_VALUE_STRING, .as.string = reml_string_from(text)};
  if (reml_config_set(config, ns, key, &value) != REML_OK) tap_bail_out("no configuration");
}

static reml_config automatic(void) {
  reml_config config = golden_config();
  set_text(&config, "stream", "flow_policy", "auto");
  return config;
}

static size_t length_of(const reml_poc_lineage *newest) {
  size_t count = 0;
  for (; newest != NULL; newest = newest->earlier)
    count++;
  return count;
}

static void tap_string(reml_string got, const char *expected, const char *name) {
  tap_bytes(got.bytes, got.length, expected, strlen(expected), "%s", name);
}

/* --- resuming one continuation twice --- */

static void share_events(void) {
  reml_config config = automatic();
  reml_poc_item items[] = {chunk("let x ="), await};
  reml_poc_outcome start = run(&config, items, TAP_COUNT(items));
  reml_poc_outcome one = resume(&start, await);
  reml_poc_outcome other = resume(&start, await);
  reml_poc_outcome last = resume(&start, chunk(" 1"));
  tap_int((int64_t)one.meta.backpressure_events, 2, "the first resume counts a second event");
  tap_int((int64_t)other.meta.backpressure_events, 3, "the second resume sees it");
  tap_int((int64_t)last.meta.backpressure_events, 3, "a resume that completes sees all of them");
  tap_int((int64_t)other.meta.await_count, 2, "awaits are counted from the continuation");
  tap_int((int64_t)other.meta.resume_count, 1, "... and so are resumes");
}

static void keep_continuation(void) {
  reml_config config = automatic();
  reml_poc_item items[] = {chunk("let x ="), await};
  reml_poc_outcome start = run(&config, items, TAP_COUNT(items));
  const reml_poc_continuation *kept = start.continuation;
  reml_poc_continuation before;
  memcpy(&before, kept, sizeof before);
  reml_poc_outcome one = resume(&start, await);
  reml_poc_outcome two = resume(&one, await);
  reml_poc_outcome done = resume(&start, chunk(" 1"));
  tap_ok(memcmp(&before, kept, sizeof before) == 0, "a continuation is not changed by a resume");
  tap_int((int64_t)kept->diagnostic_count, 3, "its diagnostics stay as many");
  tap_int((int64_t)one.continuation->diagnostic_count, 6, "the next one has those and its own");
  tap_int((int64_t)two.continuation->diagnostic_count, 9, "... and so has the one after it");
  tap_int((int64_t)length_of(two.continuation->lineage), 3, "every pending adds to the lineage");
  tap_int((int64_t)length_of(kept->lineage), 1, "... of its own continuation only");
  tap_ok(done.result != NULL && done.result->accepted, "a branch completes on the first text");
  tap_int((int64_t)done.result->diagnostic_count, 3, "... with the diagnostics of that branch");
}

static void share_cache(void) {
  reml_config config = golden_config();
  config.packrat = true;
  config.left_recursion = REML_LEFT_OFF;
  reml_poc_item items[] = {chunk("let x ="), await};
  reml_poc_outcome start = run(&config, items, TAP_COUNT(items));
  tap_int((int64_t)start.meta.memo_bytes, 0, "the snapshot does not use the cache");
  reml_poc_outcome one = resume(&start, closed);
  reml_poc_outcome other = resume(&start, closed);
  tap_int(one.result->packrat_hits, 7, "the first resume fills the cache");
  tap_int(other.result->packrat_hits, 8, "the second resume finds the entry");
  tap_int((int64_t)one.meta.memo_bytes, 1802, "the entry is counted");
  tap_int((int64_t)other.meta.memo_bytes, 1802, "... once");
  reml_poc_outcome later = resume(&start, chunk(" = "));
  tap_int(later.result->packrat_hits, 7, "another place is another entry");
  tap_ok(later.meta.memo_bytes > 1802, "... beside the first");
}

/* Entries before the watermark go: section 2. */
static void prune_cache(void) {
  reml_config config = golden_config();
  config.packrat = true;
  config.left_recursion = REML_LEFT_OFF;
  reml_poc_item items[] = {chunk("let = 1"), await};
  reml_poc_outcome start = run(&config, items, TAP_COUNT(items));
  reml_poc_outcome one = resume(&start, closed);
  tap_ok(one.meta.memo_bytes > 0, "an error before the watermark makes an entry");
  reml_poc_outcome other = resume(&start, await);
  tap_int((int64_t)other.meta.memo_bytes, 0, "the next resume drops it");
}

/* --- texts --- */

static void take_any_bytes(void) {
  static const char source[] = "let x = \"a\0b\" // \0\xFF\n";
  reml_string text = {source, sizeof source - 1};
  reml_config config = golden_config();
  reml_poc_item items[] = {
      {.kind = REML_POC_CHUNK, .text = {source, 11}},
      {.kind = REML_POC_CHUNK, .text = {source + 11, text.length - 11}},
  };
  bytes whole = {0}, streamed = {0};
  run_and_print(&config, text.bytes, text.length, &whole);
  reml_poc_outcome outcome = run(&config, items, TAP_COUNT(items));
  print_result(outcome.result, &streamed);
  tap_ok(outcome.result->accepted, "a text with NUL is accepted");
  tap_text(streamed.data, whole.data, "... with the result of one piece");
  tap_int((int64_t)outcome.meta.consumed_bytes, (int64_t)text.length, "every byte is counted");
  bytes_free(&whole);
  bytes_free(&streamed);
}

static void keep_messages(void) {
  static const char reason[] = "stream.error:bo\0om";
  reml_config config = golden_config();
  reml_poc_item items[] = {{.kind = REML_POC_ERROR, .text = {"bo\0om", 5}}};
  reml_poc_outcome outcome = run(&config, items, TAP_COUNT(items));
  reml_string got = outcome.continuation->lineage->reason;
  tap_bytes(got.bytes, got.length, reason, sizeof reason - 1, "a message may hold NUL");
  items[0].text = (reml_string){NULL, 0};
  outcome = run(&config, items, TAP_COUNT(items));
  tap_string(outcome.meta.last_reason, "stream.error:", "... or be absent");
}

static void keep_hints(void) {
  char words[] = "hint", why[] = "why";
  reml_config config = golden_config();
  reml_poc_demand hint = {.action = REML_POC_CONTINUE,
                          .min_bytes = {true, -3},
                          .resume_hint = reml_string_from(words),
                          .reason = reml_string_from(why)};
  reml_poc_item items[] = {{.kind = REML_POC_AWAIT, .hint = &hint}};
  reml_poc_outcome outcome = run(&config, items, TAP_COUNT(items));
  memset(words, 'x', sizeof words - 1);
  memset(why, 'x', sizeof why - 1);
  const reml_poc_demand *demand = &outcome.continuation->demand;
  tap_string(demand->resume_hint, "hint", "the text of a hint is copied");
  tap_string(demand->reason, "why", "... and so is its reason");
  tap_int(demand->min_bytes.number, -3, "without flow a hint is taken as it is");
  tap_ok(!demand->preferred_bytes.present, "what nobody asks for stays absent");
}

static void take_empty_chunks(void) {
  reml_config config = golden_config();
  reml_poc_item items[] = {chunk(""), {.kind = REML_POC_CHUNK}, await};
  reml_poc_outcome start = run(&config, items, TAP_COUNT(items));
  tap_int((int64_t)start.meta.chunks_consumed, 2, "empty chunks are counted");
  tap_int((int64_t)start.meta.consumed_bytes, 0, "... as no bytes");
  tap_ok(start.continuation->snapshot == NULL, "an empty text has an empty snapshot");
  tap_int((int64_t)start.event_count, 1, "... and so no event of an error");
  reml_poc_outcome end = resume(&start, (reml_poc_item){.kind = REML_POC_CHUNK});
  tap_ok(end.result != NULL && end.continuation == NULL, "a resume with one completes");
  tap_int((int64_t)end.meta.chunks_consumed, 3, "... and counts it");
  tap_ok(end.result->accepted, "... with the result of an empty text");
}

/* --- demands --- */

static void restrain_large_numbers(void) {
  reml_config config = automatic();
  reml_value ratio = {.kind = REML_VALUE_FLOAT, .as.number = 1e300};
  reml_config_set(&config, "stream", "flow_throttle_ratio", &ratio);
  reml_poc_demand hint = {.preferred_bytes = {true, INT64_MAX}};
  reml_poc_item items[] = {{.kind = REML_POC_AWAIT, .hint = &hint}};
  reml_poc_outcome outcome = run(&config, items, TAP_COUNT(items));
  tap_ok(outcome.continuation->demand.preferred_bytes.number == INT64_MAX,
         "a demand that is too large for a number is the largest number");
}

/* --- diagnostics --- */

static void name_files(void) {
  reml_config config = automatic();
  reml_poc_item items[] = {chunk("let x ="), await};
  reml_poc_outcome unnamed = run(&config, items, TAP_COUNT(items));
  reml_poc_outcome named = run_as(&config, reml_string_from("a.reml"), items, TAP_COUNT(items));
  for (size_t i = 0; i < unnamed.continuation->diagnostic_count; i++) {
    tap_string(unnamed.continuation->diagnostics[i].file, "<stream>", "a stream without a name");
    tap_string(named.continuation->diagnostics[i].file, "a.reml", "a stream with a name");
  }
}

static void number_diagnostics(void) {
  reml_config config = automatic();
  reml_poc_item items[] = {chunk("let x ="), await};
  reml_poc_outcome outcome = run(&config, items, TAP_COUNT(items));
  const reml_diagnostic *found = outcome.continuation->diagnostics;
  tap_int((int64_t)outcome.continuation->diagnostic_count, 3, "syntax, waiting and bridge");
  for (uint64_t i = 0; i < outcome.continuation->diagnostic_count; i++)
    tap_ok(found[i].sequence >= i, "diagnostic %d has a number of its own", (int)i);
  tap_text(found[2].codes[0], "bridge.stage.backpressure", "the bridge has a primary code");
  tap_text(found[2].codes[1], "effects.contract.stage_mismatch", "... and a second one");
}

static void print_both_codes(void) {
  reml_config config = automatic();
  reml_poc_item items[] = {chunk("let x = 1"), await};
  reml_poc_outcome start = run(&config, items, TAP_COUNT(items));
  reml_poc_outcome end = resume(&start, closed);
  bytes json = {0};
  reml_status status =
      reml_write_diagnostic_json(end.result, &end.result->diagnostics[1], bytes_write, &json);
  tap_int(status, REML_OK, "a diagnostic of the stream is printed in full");
  tap_ok(strstr(json.data, "\"codes\":[\"bridge.stage.backpressure\","
                           "\"effects.contract.stage_mismatch\"]") != NULL,
         "... with both codes");
  tap_ok(strstr(json.data, "\"event.kind\":\"bridge.stage.backpressure\"") != NULL,
         "... the first of which is the kind of the event");
  bytes_free(&json);
}

/* --- wrong calls --- */

static void refuse_wrong_calls(void) {
  reml_config config = golden_config();
  reml_context *context = new_context();
  reml_poc_outcome out = {0};
  script self = {0};
  reml_string name = {NULL, 0};
  tap_int(reml__poc_run(NULL, &config, name, next_item, &self, &out), REML_BAD_USE, "no context");
  tap_int(reml__poc_run(context, NULL, name, next_item, &self, &out), REML_BAD_USE,
          "no configuration");
  tap_int(reml__poc_run(context, &config, name, NULL, NULL, &out), REML_BAD_USE, "no feeder");
  tap_int(reml__poc_resume(NULL, &closed, &out), REML_BAD_USE, "no continuation");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"shared events", share_events},
      {"continuations stay", keep_continuation},
      {"shared cache", share_cache},
      {"pruned cache", prune_cache},
      {"any bytes", take_any_bytes},
      {"messages", keep_messages},
      {"hints", keep_hints},
      {"empty chunks", take_empty_chunks},
      {"large numbers", restrain_large_numbers},
      {"file names", name_files},
      {"numbers and codes", number_diagnostics},
      {"printed codes", print_both_codes},
      {"wrong calls", refuse_wrong_calls},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
