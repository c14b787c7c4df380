/* An editor's buffer that knows after every keystroke what could be typed next.
 *
 *   printf 'lat\177\177et x = 1\n' | editor
 *
 * Reads a line of keystrokes; the byte 0x7F, which terminals send for backspace, takes the last one
 * back. Prints a line for each: the offset of the cursor, the unfinished token in front of it, and
 * what could stand there. At the end, what a compiler says to the text.
 *
 * No text is parsed twice. A fork of the stream is kept for every keystroke, which costs little:
 * backspace goes on from the one that was made before the key.
 */
#include <remlparse.h>
#include <stdio.h>
#include <string.h>

enum { MAX_BYTES = 4096, BACKSPACE = 0x7F };

/* What backspace returns to. */
typedef struct step {
  reml_continuation *state; /* NULL: a mistake is in front of it */
  size_t length;
} step;

typedef struct editor {
  char text[MAX_BYTES];
  size_t length;
  reml_continuation *state; /* behind the text; NULL: it is decided, see result */
  const reml_result *result;
  step past[MAX_BYTES];
  size_t steps;
} editor;

/* Continuations are kept alive by being reachable, for which malloc'ed memory does not count. */
static editor session;

/* ---- keystrokes ---- */

/* The state is forked and then used up. That way round the fork, which may never be resumed, shares
 * all of the tree, and the stream goes on in the memory that it has. */
static bool type(editor *self, const char *key, size_t length) {
  reml_continuation *kept = reml_continuation_fork(self->state);
  if (self->state != NULL && kept == NULL) return false;
  self->past[self->steps++] = (step){kept, self->length};
  memcpy(self->text + self->length, key, length);
  self->length += length;
  if (self->state == NULL) return true;
  reml_stream_outcome outcome = reml_resume_bytes(self->state, key, length);
  self->state = outcome.continuation;
  self->result = outcome.result;
  return true;
}

static void take_back(editor *self) {
  if (self->steps == 0) return;
  step last = self->past[--self->steps];
  self->state = last.state;
  self->length = last.length;
}

/* A character: a byte, and the bytes that continue it in UTF-8. */
static size_t key_length(const char *keys) {
  size_t length = 1;
  while (((unsigned char)keys[length] & 0xC0) == 0x80)
    length++;
  return length;
}

/* ---- what is shown ---- */

static void show_result(const reml_result *result) {
  const reml_diagnostic *first = result->diagnostics;
  if (result->accepted)
    printf("accepted\n");
  else if (result->diagnostic_count == 0)
    printf("%s\n", reml_status_text(result->status));
  else
    printf("mistake at %u:%u: %.*s\n", first->span.start.line, first->span.start.column,
           (int)first->message.length, first->message.bytes);
}

/* Whether a token could be the one that has been begun. A class (an identifier, a literal) is shown
 * where nothing has been typed of it. */
static bool fits(const reml_expectation *one, const char *typed, size_t length) {
  bool has_text = one->kind == REML_EXPECT_KEYWORD || one->kind == REML_EXPECT_TOKEN;
  return length == 0 || (has_text && strncmp(one->label, typed, length) == 0);
}

/* Of the text, what is behind the watermark is the unfinished token. */
static void show_candidates(const editor *self) {
  reml_continuation_meta meta;
  if (!reml_continuation_describe(self->state, &meta)) return;
  const char *typed = self->text + meta.commit_watermark;
  size_t length = (size_t)meta.buffered_bytes;
  printf("\"%.*s\"", (int)length, typed);
  for (size_t i = 0; i < meta.expected_tokens->count; i++) {
    const reml_expectation *one = &meta.expected_tokens->alternatives[i];
    if (fits(one, typed, length)) printf(" %s", one->label);
  }
  putchar('\n');
}

/* ---- a session ---- */

/* A stream begins with a pull; the editor has nothing to give before the first key. */
static reml_yield nothing_yet(void *user, const reml_demand *demand) {
  (void)user, (void)demand;
  return reml_yield_await();
}

static bool begin(editor *self) {
  reml_stream_config config = reml_stream_config_default();
  reml_feeder feeder = {.pull = nothing_yet};
  reml_string name = reml_string_from("buffer");
  self->state = reml_run_stream(reml_context_new(), &config, name, &feeder).continuation;
  return self->state != NULL;
}

/* True if the text is a program. */
static bool end(editor *self) {
  reml_yield closed = reml_yield_closed();
  if (self->state != NULL) self->result = reml_resume(self->state, &closed).result;
  show_result(self->result);
  return self->result->accepted;
}

static bool play(editor *self, const char *keys) {
  for (size_t length; *keys != '\0'; keys += length) {
    length = key_length(keys);
    if (*keys == BACKSPACE)
      take_back(self);
    else if (!type(self, keys, length))
      return false;
    printf("%zu ", self->length);
    if (self->state != NULL)
      show_candidates(self);
    else
      show_result(self->result);
  }
  return true;
}

static int fail(const char *reason) {
  fprintf(stderr, "editor: %s\n", reason);
  return 2;
}

int main(void) {
  static char keys[MAX_BYTES + 1];
  if (fgets(keys, sizeof keys, stdin) != NULL) keys[strcspn(keys, "\n")] = '\0';
  if (strlen(keys) == MAX_BYTES) return fail("too many keys");
  if (!begin(&session) || !play(&session, keys)) return fail(reml_status_text(REML_NO_MEMORY));
  int status = end(&session) ? 0 : 1;
  return fflush(stdout) == 0 && !ferror(stdout) ? status : fail("standard output is lost");
}
