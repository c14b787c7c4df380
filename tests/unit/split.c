/* A source may be fed in pieces of any size: the result never shows where they were cut. */
#include "fixture.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

/* --- pieces that are gone as soon as they have been fed --- */

static void feed_piece(reml_session *session, const char *data, size_t count) {
  char *piece = malloc(count > 0 ? count : 1);
  if (piece == NULL) tap_bail_out("no memory for the test itself");
  memcpy(piece, data, count);
  reml_session_feed(session, piece, count);
  memset(piece, 0xAA, count);
  free(piece);
}

static reml_session *open_session(reml_context *context) {
  reml_config config = golden_config();
  reml_session *session = reml_session_open(context, &config, reml_string_from("case.reml"), NULL);
  if (session == NULL) tap_bail_out("no session");
  return session;
}

/* --- the result of all of it at once, and comparing with it while it is printed --- */

static bytes whole;

static void print_whole(const char *source, size_t length) {
  reml_config config = golden_config();
  run_and_print(&config, source, length, &whole);
}

typedef struct comparison {
  size_t at;
  bool same;
} comparison;

static bool compare(void *user, const char *data, size_t count) {
  comparison *self = user;
  self->same = self->same && count <= whole.length - self->at &&
               memcmp(whole.data + self->at, data, count) == 0;
  self->at += count;
  return self->same;
}

static bool is_whole(reml_session *session) {
  comparison state = {0, true};
  reml_write_result_json(reml_session_finish(session), true, compare, &state);
  return state.same && state.at == whole.length;
}

/* --- ways to cut --- */

static reml_context *context;

static bool agrees_cut_at(const char *source, size_t length, size_t cut) {
  reml_session *session = open_session(context);
  feed_piece(session, source, cut);
  feed_piece(session, source + cut, length - cut);
  return is_whole(session);
}

static bool agrees_in_pieces_of(const char *source, size_t length, size_t piece) {
  reml_session *session = open_session(context);
  for (size_t at = 0; at < length; at += piece) {
    feed_piece(session, source + at, length - at < piece ? length - at : piece);
  }
  return is_whole(session);
}

static bool agrees_at_random(const char *source, size_t length, uint64_t seed) {
  reml_session *session = open_session(context);
  for (size_t at = 0; at < length;) {
    size_t piece = next_random(&seed) % 24; /* also empty ones */
    if (piece > length - at) piece = length - at;
    feed_piece(session, source + at, piece);
    at += piece;
  }
  return is_whole(session);
}

/* --- cases --- */

enum { SHORT_SOURCE = 2048 };

static void every_cut(const char *name, const char *source, size_t length) {
  if (length > SHORT_SOURCE) return;
  size_t wrong = length + 1;
  context = new_context();
  print_whole(source, length);
  for (size_t cut = 0; cut <= length && wrong > length; cut += thinned()) {
    if (!agrees_cut_at(source, length, cut)) wrong = cut;
  }
  if (!tap_ok(wrong > length, "%s: cut anywhere in two, the result is the same", name)) {
    tap_note("  not when cut at byte %zu", wrong);
  }
}

static void single_bytes(const char *name, const char *source, size_t length) {
  context = new_context();
  print_whole(source, length);
  tap_ok(agrees_in_pieces_of(source, length, 1), "%s: byte by byte, the result is the same", name);
}

static void random_pieces(const char *name, const char *source, size_t length) {
  bool same = true;
  context = new_context();
  print_whole(source, length);
  for (uint64_t seed = 1; seed <= 8 && same; seed++)
    same = agrees_at_random(source, length, seed);
  tap_ok(same, "%s: in random pieces, the result is the same", name);
}

static void try_every_cut(void) {
  each_golden_source(every_cut);
}
static void try_single_bytes(void) {
  each_golden_source(single_bytes);
}
static void try_random_pieces(void) {
  each_golden_source(random_pieces);
}

/* Tokens longer than any piece, and pieces longer than the lexer's window. */
static void try_long_tokens(void) {
  static const char *const wraps[][3] = {
      {"let x = \"", "\\q\xE3\x81\x82\r\n", "\""},
      {"let x = \"\"\"", "\"\"\r", "\"\"\""},
      {"let x = r\"", "\\\n", "\""},
      {"let x = 1 /*", "/* * / */ \xFF", "*/"},
      {"let x = 1 //", " \xE3\x81\x82", "\nlet y = 2"},
      {"let x = ", "0_1", ".5e+10"},
      {"let ", "\xE3\x81\x82z", " = \""},
  };
  static const size_t sizes[] = {1, 2, 3, 5, 4095, 4096, 4097, 65537};
  bytes source = {0};
  context = new_context();
  for (size_t i = 0; i < TAP_COUNT(wraps); i++) {
    bytes_clear(&source);
    bytes_add_text(&source, wraps[i][0]);
    bytes_repeat(&source, wraps[i][1], 40000);
    bytes_add_text(&source, wraps[i][2]);
    print_whole(source.data, source.length);
    for (size_t k = 0; k < TAP_COUNT(sizes); k++) {
      tap_ok(agrees_in_pieces_of(source.data, source.length, sizes[k]),
             "long token %zu: in pieces of %zu, the result is the same", i, sizes[k]);
    }
  }
  bytes_free(&source);
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"two pieces", try_every_cut},
      {"single bytes", try_single_bytes},
      {"random pieces", try_random_pieces},
      {"long tokens", try_long_tokens},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
