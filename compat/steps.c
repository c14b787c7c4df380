/* Streaming scripts of parity cases (contract streaming-reference.md section 9): the steps are fed
 * one by one, and every outcome is written. */
#include "reml_case.h"
#include "reml_stream_json.h"

#include <string.h>

/* --- reading steps --- */

/* Where a script stands. An item refers to `chunk` and `hint`, so there is one at a time. */
typedef struct script {
  const json_t *steps;
  size_t at;
  reml_bytes chunk;
  reml_poc_demand hint;
  const char *problem; /* a step that cannot be used; nothing is fed after it */
} script;

static reml_string text_of(const json_t *json) {
  return (reml_string){json_string_value(json), json_string_length(json)};
}

static bool is_absent(const json_t *json) {
  return json == NULL || json_is_null(json);
}

static bool read_count(const json_t *json, reml_optional_int *out) {
  *out = (reml_optional_int){json_is_integer(json), json_integer_value(json)};
  return out->present || is_absent(json);
}

static bool read_text(const json_t *json, reml_string *out) {
  *out = text_of(json); /* absent when there is no string */
  return out->bytes != NULL || is_absent(json);
}

static bool read_action(const json_t *json, reml_poc_action *out) {
  const char *name = json_string_value(json);
  *out = REML_POC_PAUSE;
  if (name == NULL) {
    return false;
  }
  if (strcmp(name, "continue") == 0) {
    *out = REML_POC_CONTINUE;
  }
  return *out == REML_POC_CONTINUE || strcmp(name, "pause") == 0;
}

static const char *read_hint(const json_t *json, reml_poc_demand *hint) {
  bool good = read_action(json_object_get(json, "action"), &hint->action) &&
              read_count(json_object_get(json, "min_bytes"), &hint->min_bytes) &&
              read_count(json_object_get(json, "preferred_bytes"), &hint->preferred_bytes) &&
              read_text(json_object_get(json, "resume_hint"), &hint->resume_hint) &&
              read_text(json_object_get(json, "reason"), &hint->reason);
  return good ? NULL : "a hint of an await cannot be used";
}

static const char *read_word(const json_t *step, reml_poc_item *item) {
  static const char problem[] = "a step is a word other than await and closed";
  bool is_await = strcmp(json_string_value(step), "await") == 0;
  item->kind = is_await ? REML_POC_AWAIT : REML_POC_CLOSED;
  return is_await || strcmp(json_string_value(step), "closed") == 0 ? NULL : problem;
}

static const char *read_chunk(script *self, const json_t *text, reml_poc_item *item) {
  bool good = reml__base64_decode(&self->chunk, json_string_value(text), json_string_length(text));
  *item = (reml_poc_item){.kind = REML_POC_CHUNK, .text = {self->chunk.data, self->chunk.length}};
  return good ? NULL : "chunk_b64 is not base64";
}

/* A step that is an object with one member. */
static const char *read_object(script *self, const json_t *step, reml_poc_item *item) {
  const json_t *chunk = json_object_get(step, "chunk");
  const json_t *base64 = json_object_get(step, "chunk_b64");
  const json_t *error = json_object_get(step, "error");
  const json_t *hint = json_object_get(step, "await");
  if (json_object_size(step) == 1 && json_is_string(chunk)) {
    *item = (reml_poc_item){.kind = REML_POC_CHUNK, .text = text_of(chunk)};
    return NULL;
  }
  if (json_object_size(step) == 1 && json_is_string(base64)) {
    return read_chunk(self, base64, item);
  }
  if (json_object_size(step) == 1 && json_is_string(error)) {
    *item = (reml_poc_item){.kind = REML_POC_ERROR, .text = text_of(error)};
    return NULL;
  }
  if (json_object_size(step) == 1 && json_is_object(hint)) {
    *item = (reml_poc_item){.kind = REML_POC_AWAIT, .hint = &self->hint};
    return read_hint(hint, &self->hint);
  }
  return "a step must be a word, a chunk, an await with a hint or an error";
}

static bool is_over(const script *self) {
  return self->problem != NULL || self->at == json_array_size(self->steps);
}

/* When the steps are used up, the producer is at its end. */
static reml_poc_item next_item(void *user) {
  script *self = user;
  reml_poc_item item = {.kind = REML_POC_CLOSED};
  if (is_over(self)) {
    return item;
  }
  const json_t *step = json_array_get(self->steps, self->at++);
  reml__bytes_clear(&self->chunk);
  self->problem = json_is_string(step) ? read_word(step, &item) : read_object(self, step, &item);
  return item;
}

/* --- answering --- */

static const char *play(const reml_case *parity, script *self, reml_bytes *out) {
  reml_poc_outcome outcome;
  reml_context *context = reml_context_new();
  if (context == NULL) {
    return reml_status_text(REML_NO_MEMORY);
  }
  reml_status status =
      reml__poc_run(context, &parity->config, parity->filename, next_item, self, &outcome);
  while (status == REML_OK && self->problem == NULL) {
    status = reml__write_poc_outcome(&outcome, reml__bytes_write, out);
    if (status != REML_OK || outcome.continuation == NULL || is_over(self)) {
      break;
    }
    reml__bytes_add_text(out, ",");
    reml_poc_item item = next_item(self);
    status = reml__poc_resume(outcome.continuation, &item, &outcome);
  }
  return status == REML_OK ? self->problem : reml_status_text(status);
}

const char *reml__steps_answer(const reml_case *parity, reml_bytes *out) {
  script self = {.steps = parity->steps};
  reml__bytes_add_text(out, "{\"steps\":[");
  const char *problem = play(parity, &self, out);
  reml__bytes_add_text(out, "]}");
  reml__bytes_free(&self.chunk);
  return problem;
}
