/* Streams: outcomes, resuming, options, what is refused, drivers, events, declarations as they
 * come. Sections are those of compat/contract/streaming-spec.md. */
#include "feeder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- outcomes (section 1) --- */

static void try_completing(void) {
  reml_stream_config config = stream_config();
  script producer = SCRIPT(chunk("let x "), chunk("= 1"));
  reml_stream_outcome outcome = play(&config, &producer);
  tap_ok(outcome.continuation == NULL && outcome.result != NULL,
         "a Completed has a result and no continuation");
  tap_batch(outcome.result, &config.run_config, "let x = 1", "... that of a batch run");
  tap_ok(outcome.meta.consumed_bytes == 9 && outcome.meta.chunks_consumed == 2 &&
             outcome.meta.await_count == 0 && outcome.meta.resume_count == 0,
         "... and counts");
  tap_ok(!outcome.meta.has_memo && !outcome.meta.is_automatic, "... of a plain stream");
  script silent = {0};
  outcome = play(&config, &silent);
  tap_batch(outcome.result, &config.run_config, "", "an input that is closed at once is empty");
  script open = SCRIPT(chunk("let x = (1"));
  outcome = play(&config, &open);
  tap_batch(outcome.result, &config.run_config, "let x = (1",
            "an input that ends too early is an error and not a Pending");
}

static void try_early_error(void) {
  reml_stream_config config = stream_config();
  script producer = SCRIPT(chunk("let x = ) "), chunk("let y = 1"));
  config.run_config.require_eof = true;
  reml_stream_outcome outcome = play(&config, &producer);
  tap_batch(outcome.result, &config.run_config, "let x = ) let y = 1",
            "a mistake completes with the result of the whole input");
  tap_int((int64_t)producer.pulls, 1, "... without asking for the rest");
}

static void try_file_names(void) {
  reml_stream_config config = stream_config();
  script producer = SCRIPT(chunk(")"));
  reml_feeder feeder = feeder_of(&producer);
  reml_stream_outcome outcome =
      reml_run_stream(new_context(), &config, (reml_string){NULL, 0}, &feeder);
  tap_string(outcome.result->diagnostics[0].file, "<stream>", "an input without a name has one");
  take_back(&producer.lent);
}

static void try_resuming(void) {
  reml_stream_config config = stream_config();
  reml_stream_outcome outcome = begin(&config, "let x");
  tap_pending(&outcome, REML_PENDING_FEEDER_AWAIT, "an Await is a Pending");
  tap_ok(outcome.result == NULL, "... without a result");
  tap_string(outcome.meta.last_reason, "feeder.await", "... whose reason is the last one");
  outcome = reml_resume_bytes(outcome.continuation, " = 1", 4);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "resumed with bytes: more are needed");
  outcome = reml_resume_bytes(outcome.continuation, NULL, 0);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "resumed with no bytes: the same");
  outcome = resume(outcome.continuation, chunk(" + 2"));
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "resumed with a chunk: the same");
  outcome = resume(outcome.continuation, reml_yield_await());
  tap_pending(&outcome, REML_PENDING_FEEDER_AWAIT, "resumed with Await: still waiting");
  tap_ok(outcome.meta.resume_count == 4 && outcome.meta.await_count == 2 &&
             outcome.meta.chunks_consumed == 4 && outcome.meta.consumed_bytes == 13,
         "... and all of it is counted");
  outcome = resume(outcome.continuation, reml_yield_closed());
  tap_batch(outcome.result, &config.run_config, "let x = 1 + 2", "resumed with Closed: the result");
  tap_int((int64_t)outcome.meta.resume_count, 5, "... which is a resume, too");
}

static void try_resuming_with_error(void) {
  reml_stream_config config = stream_config();
  reml_stream_outcome outcome = begin(&config, "let x = 1");
  outcome = resume(outcome.continuation, reml_yield_error(REML_STREAM_USER_CANCELLED, "enough"));
  tap_ok(outcome.continuation == NULL && !outcome.result->accepted,
         "resumed with Error: completed without a value");
  tap_text(outcome.result->diagnostics[0].codes[0], "parser.stream.cancelled", "... and says why");
}

/* Rule 4. */
static void try_short_chunks(void) {
  reml_stream_config config = stream_config();
  set_int(&config.run_config, "stream", "demand_min_bytes", 10);
  script producer = SCRIPT(reml_yield_await());
  reml_stream_outcome outcome = play(&config, &producer);
  tap_int((int64_t)outcome.demand.min_bytes, 10, "ten bytes are wanted");
  outcome = resume(outcome.continuation, chunk("let "));
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "four are taken, but not enough");
  tap_int((int64_t)outcome.demand.min_bytes, 6, "... six are still to come");
  outcome = resume(outcome.continuation, chunk("x = "));
  tap_int((int64_t)outcome.demand.min_bytes, 2, "... then two");
  outcome = resume(outcome.continuation, reml_yield_await());
  tap_int((int64_t)outcome.demand.min_bytes, 2, "... also after an Await");
  outcome = resume(outcome.continuation, chunk("12"));
  tap_int((int64_t)outcome.demand.min_bytes, 10, "... and then ten again");
  tap_batch(finish(outcome.continuation, " "), &config.run_config, "let x = 12 ",
            "a short rest is enough when the input is closed");
}

static void try_short_pulls(void) {
  reml_stream_config config = stream_config();
  set_int(&config.run_config, "stream", "demand_min_bytes", 4);
  script producer = SCRIPT(chunk("let "), chunk("xyz = "), chunk("1"), chunk("never"));
  reml_stream_outcome outcome = play(&config, &producer);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED,
              "a feeder that gives too little is a Pending");
  tap_int((int64_t)producer.pulls, 3, "... one that gives enough is asked again");
  tap_int((int64_t)outcome.demand.min_bytes, 3, "... and the rest is still wanted");
  script empty = SCRIPT(chunk(""), chunk("never"));
  config = stream_config();
  outcome = play(&config, &empty);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "an empty chunk is never enough");
}

/* --- options --- */

static reml_stream_outcome play_text(const reml_stream_config *config, const char *text) {
  script producer = SCRIPT(chunk(text), reml_yield_await());
  return play(config, &producer);
}

/* Rule 8. */
static void try_complete_on_accept(void) {
  reml_stream_config config = stream_config();
  reml_stream_outcome outcome = play_text(&config, "let x = 1 ");
  tap_ok(outcome.continuation != NULL, "what could be the end is none without Closed");
  set_switch(&config.run_config, "stream", "complete_on_accept", true);
  outcome = play_text(&config, "let x = 1 ");
  tap_batch(outcome.result, &config.run_config, "let x = 1 ", "... but with complete_on_accept");
  outcome = begin(&config, "let x = ");
  outcome = resume(outcome.continuation, chunk("1 "));
  tap_ok(outcome.continuation == NULL && outcome.result->accepted, "... also in a resume");
  static const char *const unfinished[] = {"",           "// a\n",        "let x = 1 +",
                                           "let x = 12", "let x = 1 /* ", "let x = \"a"};
  for (size_t i = 0; i < TAP_COUNT(unfinished); i++)
    tap_ok(play_text(&config, unfinished[i]).continuation != NULL, "`%s` is no end", unfinished[i]);
}

/* The switch that counts is the effective one (driver.md section 4.5). */
static void try_complete_with_eof(void) {
  static const struct {
    const char *name;
    bool field, has_key, key, completes;
  } rows[] = {{"off", false, false, false, true},
              {"on", true, false, false, false},
              {"off, but on by its key", false, true, true, false},
              {"on, but off by its key", true, true, false, true}};
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_stream_config config = stream_config();
    config.run_config.require_eof = rows[i].field;
    if (rows[i].has_key) set_switch(&config.run_config, "config", "require_eof", rows[i].key);
    set_switch(&config.run_config, "stream", "complete_on_accept", true);
    bool completes = play_text(&config, "let x = 1 ").continuation == NULL;
    tap_ok(completes == rows[i].completes, "require_eof is %s: complete_on_accept does%s complete",
           rows[i].name, rows[i].completes ? "" : " not");
  }
}

static bool is_marked(const reml_config *run_config, const char *source) {
  reml_stream_config config = stream_config();
  config.run_config = *run_config;
  script producer = SCRIPT(chunk(source));
  reml_stream_outcome outcome = play(&config, &producer);
  bytes json = {0};
  reml_write_diagnostic_json(outcome.result, outcome.result->diagnostics, bytes_write, &json);
  bool marked = strstr(json.data, "\"stream\":{\"unexpected_eof\":true}") != NULL;
  bytes_free(&json);
  return marked;
}

static void try_annotate_eof(void) {
  reml_config config = golden_config();
  tap_ok(!is_marked(&config, "let x = "), "an unexpected end is not marked");
  set_switch(&config, "stream", "annotate_eof", true);
  tap_ok(is_marked(&config, "let x = "), "... but with annotate_eof");
  tap_ok(!is_marked(&config, "let x = ) "), "... and no other mistake is");
}

/* The result of a source in two pieces. */
static const reml_result *run_cut(const reml_stream_config *config, const char *source,
                                  size_t cut) {
  reml_stream_outcome outcome = begin(config, "");
  outcome = resume(outcome.continuation, reml_yield_chunk(source, cut));
  if (outcome.continuation == NULL) return outcome.result;
  return finish(outcome.continuation, source + cut);
}

/* --- strict_utf8 (section 3) --- */

static const struct {
  const char *name, *source;
  int bad; /* offset of the first sequence that is wrong; -1: none */
} encoded[] = {
    {"all lengths", "let x = \"a\xC3\xA9\xE3\x81\x82\xF0\x9F\x98\x80\"", -1},
    {"the limits", "let x = \"\xC2\x80\xE0\xA0\x80\xED\x9F\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"",
     -1},
    {"a byte that is none", "let x = \"\xFF\"", 9},
    {"a stray continuation", "let x = \"\xC3\xA9\x80\"", 11},
    {"an overlong form of two", "let x = \"\xC0\x80\"", 9},
    {"an overlong form of three", "let x = \"\xE0\x9F\xBF\"", 9},
    {"an overlong form of four", "let x = \"\xF0\x8F\xBF\xBF\"", 9},
    {"a surrogate", "let x = \"\xED\xA0\x80\"", 9},
    {"beyond Unicode", "let x = \"\xF4\x90\x80\x80\"", 9},
    {"a sequence cut short", "let x = \"\xE3\x81\"", 9},
    {"a sequence cut short by another", "let x = \"\xF0\x9F\xC3\xA9\"", 9},
    {"an end within a sequence", "let x = 1 // \xE3\x81", 13},
};

static void check_decoded(const reml_stream_config *config, size_t row, size_t cut) {
  const char *source = encoded[row].source, *name = encoded[row].name;
  const reml_result *result = run_cut(config, source, cut);
  if (encoded[row].bad < 0) {
    tap_batch(result, &config->run_config, source, "%s, cut at %zu: as in a batch run", name, cut);
    return;
  }
  char cause[32];
  snprintf(cause, sizeof cause, "{\"offset\":%d}", encoded[row].bad);
  const reml_diagnostic *error = result->diagnostics;
  tap_text(error->codes[0], "parser.stream.decoder_failed", "%s, cut at %zu: refused", name, cut);
  if (error->stream_error != NULL)
    tap_string(error->stream_error->cause, cause, "... at its place");
}

static void try_strict_utf8(void) {
  reml_stream_config config = stream_config();
  script producer = SCRIPT(chunk("let x = \"\xFF\""));
  reml_stream_outcome outcome = play(&config, &producer);
  tap_batch(outcome.result, &config.run_config, "let x = \"\xFF\"",
            "without strict_utf8 bytes are judged by the lexer");
  set_switch(&config.run_config, "stream", "strict_utf8", true);
  for (size_t row = 0; row < TAP_COUNT(encoded); row++) {
    for (size_t cut = 0; cut <= strlen(encoded[row].source); cut++)
      check_decoded(&config, row, cut);
  }
}

/* --- what a producer may not do (sections 2 and 3) --- */

static void try_frame_boundaries(void) {
  static const char *const known[] = {"keyword", "operator", "literal",         "identifier",
                                      "let",     ";",        "upper-identifier"};
  static const char *const unknown[] = {"", "word", "Let", "IDENT"};
  reml_stream_config config = stream_config();
  for (size_t i = 0; i < TAP_COUNT(known); i++) {
    set_text(&config.run_config, "stream", "frame_boundary", known[i]);
    script producer = SCRIPT(reml_yield_await());
    reml_stream_outcome outcome = play(&config, &producer);
    tap_string(outcome.demand.frame_boundary, known[i], "a boundary is passed on: %s", known[i]);
    tap_string(producer.demands[0].frame_boundary, known[i], "... to the feeder, too");
  }
  for (size_t i = 0; i < TAP_COUNT(unknown); i++) {
    set_text(&config.run_config, "stream", "frame_boundary", unknown[i]);
    script producer = {0};
    reml_stream_outcome outcome = play(&config, &producer);
    tap_bug(&outcome, "unknown_frame_boundary", "`%s` is no boundary", unknown[i]);
    tap_int((int64_t)producer.pulls, 0, "... and the feeder is not asked");
  }
}

static void try_offsets(void) {
  reml_stream_config config = stream_config();
  script good = SCRIPT(chunk_at(0, "let "), chunk("x "), chunk_at(6, "= 1"), chunk_at(9, ""));
  reml_stream_outcome outcome = play(&config, &good);
  tap_ok(outcome.continuation != NULL && outcome.meta.consumed_bytes == 9,
         "chunks that say where they begin are taken");
  script overlapping = SCRIPT(chunk_at(0, "let "), chunk_at(3, " x = 1"));
  outcome = play(&config, &overlapping);
  tap_bug(&outcome, "overlapping_chunk", "... unless two overlap");
  outcome = begin(&config, "let ");
  outcome = resume(outcome.continuation, chunk_at(5, "x = 1"));
  tap_bug(&outcome, "overlapping_chunk", "... or something is left out");
}

static void check_await(reml_flow_mode mode, reml_feeder_access access, const char *bug) {
  reml_flow_controller controller = reml_flow_controller_default();
  controller.mode = mode;
  for (int controlled = 0; controlled < 2; controlled++) {
    reml_stream_config config = stream_config();
    config.mode = mode;
    if (controlled) config.flow = &controller;
    script producer = SCRIPT(reml_yield_await());
    producer.access = access;
    reml_stream_outcome outcome = play(&config, &producer);
    const char *with = controlled ? "with" : "without";
    if (bug != NULL) {
      tap_bug(&outcome, bug, "mode %d, access %d, %s a controller: Await is a bug", mode, access,
              with);
    } else {
      tap_pending(&outcome, REML_PENDING_FEEDER_AWAIT,
                  "mode %d, access %d, %s a controller: Await is a Pending", mode, access, with);
    }
  }
}

static void try_await_in_push_mode(void) {
  static const reml_feeder_access accesses[] = {REML_FEEDER_SEQUENTIAL, REML_FEEDER_PUSH_ONLY,
                                                REML_FEEDER_RANDOM_ACCESS};
  static const char bug[] = "await_in_push_mode";
  for (size_t i = 0; i < TAP_COUNT(accesses); i++) {
    bool pushes = accesses[i] == REML_FEEDER_PUSH_ONLY;
    check_await(REML_FLOW_AUTO, accesses[i], pushes ? bug : NULL);
    check_await(REML_FLOW_PUSH, accesses[i], bug);
    check_await(REML_FLOW_PULL, accesses[i], NULL);
    check_await(REML_FLOW_HYBRID, accesses[i], NULL);
  }
  reml_stream_config config = stream_config();
  config.mode = REML_FLOW_PUSH;
  script producer = SCRIPT(chunk("let x"), chunk(""));
  reml_stream_outcome outcome = play(&config, &producer);
  outcome = resume(outcome.continuation, reml_yield_await());
  tap_bug(&outcome, bug, "... also in a resume");
}

static void try_demand_cap(void) {
  reml_stream_config config = stream_config();
  config.demand_cap = (reml_amount){.bytes = 5, .frames = 2};
  set_int(&config.run_config, "stream", "demand_min_bytes", 9);
  script producer = SCRIPT(chunk("let x"), chunk(" = 1 "), chunk("never"));
  reml_stream_outcome outcome = play(&config, &producer);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "a call takes so many chunks");
  tap_int((int64_t)producer.pulls, 2, "... and asks for no more");
  tap_ok(outcome.demand.min_bytes == 5 && outcome.demand.preferred_bytes == 5,
         "... and for so many bytes");
}

static void try_memo(void) {
  reml_stream_config config = stream_config();
  config.run_config.packrat = true;
  script producer = SCRIPT(chunk("let x = )"));
  reml_stream_outcome outcome = play(&config, &producer);
  tap_ok(outcome.meta.has_memo && outcome.meta.memo_bytes > 0,
         "with packrat the expectation cache is counted");
}

/* --- what a caller may not do (section 1 rule 3, section 5 rule 5) --- */

static void try_used_continuations(void) {
  reml_stream_config config = stream_config();
  config.run_config.left_recursion = REML_LEFT_ON; /* its warning is none of a refusal */
  reml_continuation *first = begin(&config, "let x").continuation;
  reml_continuation *second = resume(first, chunk(" = ")).continuation;
  reml_stream_outcome again = resume(first, chunk("ignored"));
  tap_bug(&again, "continuation_reused", "a continuation can be resumed once");
  tap_text(again.result->diagnostics[0].codes[0], "parser.stream.feeder_bug", "... with its code");
  tap_int((int64_t)again.result->diagnostic_count, 1, "... and nothing else");
  reml_continuation_meta meta;
  tap_ok(!reml_continuation_describe(first, &meta), "... then it is not described any more");
  tap_ok(reml_continuation_fork(first) == NULL, "... and not forked");
  tap_ok(reml_continuation_describe(second, &meta) && meta.generation == 2,
         "the newer one is as it was");
  tap_batch(finish(second, "1"), &config.run_config, "let x = 1", "... and leads to the result");
  again = resume(second, reml_yield_closed());
  tap_bug(&again, "continuation_reused", "... once");
}

static void try_refusal_keeps_numbers(void) {
  reml_stream_config config = stream_config();
  reml_context *context = new_context();
  script producer = SCRIPT(chunk("let x"), reml_yield_await());
  reml_feeder feeder = feeder_of(&producer);
  reml_continuation *first =
      reml_run_stream(context, &config, reml_string_from("case.reml"), &feeder).continuation;
  reml_continuation *second = resume(first, chunk(" = ")).continuation;
  resume(first, chunk("ignored"));
  tap_int((int64_t)finish(second, ")")->diagnostics[0].sequence, 0,
          "a refusal takes no number of the stream's context");
  take_back(&producer.lent);
}

static void try_foreign_continuations(void) {
  reml_stream_outcome outcome = resume(NULL, chunk("x"));
  tap_bug(&outcome, "continuation_foreign", "no continuation is a foreign one");
  outcome = reml_restart(NULL);
  tap_bug(&outcome, "continuation_foreign", "... also to restart");
  tap_ok(reml_continuation_fork(NULL) == NULL, "... and has no fork");
  reml_continuation_meta meta;
  tap_ok(!reml_continuation_describe(NULL, &meta), "... and nothing to describe");
}

static void try_restarting(void) {
  reml_stream_config config = stream_config();
  reml_continuation *old = begin(&config, "let wrong = \"").continuation;
  reml_continuation *used = old;
  old = resume(old, chunk("abc")).continuation;
  reml_stream_outcome outcome = reml_restart(used);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "a restart waits for the first byte again");
  tap_ok(outcome.meta.consumed_bytes == 0 && outcome.meta.chunks_consumed == 0,
         "... and has read nothing");
  reml_stream_outcome stale = resume(old, chunk("\""));
  tap_bug(&stale, "stale_seed", "what was made before is stale");
  stale = resume(used, chunk("\""));
  tap_bug(&stale, "stale_seed", "... used or not");
  tap_ok(reml_continuation_fork(old) == NULL, "... and is not forked");
  tap_batch(finish(outcome.continuation, "let x = 1"), &config.run_config, "let x = 1",
            "what the restart returned leads to the result of the new input");
  outcome = reml_restart(old);
  tap_batch(finish(outcome.continuation, ")"), &config.run_config, ")",
            "a stream that is completed can be restarted, too");
}

static void try_restarting_forgets(void) {
  reml_stream_config config = stream_config();
  set_switch(&config.run_config, "stream", "strict_utf8", true);
  set_int(&config.run_config, "stream", "demand_min_bytes", 10);
  script producer = SCRIPT(chunk("let x = \"\xE3"), chunk("\x81"));
  reml_stream_outcome outcome = play(&config, &producer);
  tap_int((int64_t)outcome.demand.min_bytes, 9, "a stream that is owed bytes, within a character");
  outcome = reml_restart(outcome.continuation);
  tap_int((int64_t)outcome.demand.min_bytes, 10, "... is owed none when it is restarted");
  tap_batch(finish(outcome.continuation, "let x = 1"), &config.run_config, "let x = 1",
            "... and is not within a character");
}

static void try_restarting_forks(void) {
  reml_stream_config config = stream_config();
  reml_continuation *origin = begin(&config, "let x = ").continuation;
  reml_continuation *fork = reml_continuation_fork(origin);
  reml_restart(origin);
  tap_batch(finish(fork, "1"), &config.run_config, "let x = 1",
            "a restart is none of the forks of the stream");
}

/* A producer that sends everything has nothing to be asked. */
static void try_no_feeder(void) {
  reml_stream_config config = stream_config();
  char name[] = "case.reml";
  reml_stream_outcome outcome =
      reml_run_stream(new_context(), &config, reml_string_from(name), NULL);
  memset(name, 'x', sizeof name - 1);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "without a feeder, a stream waits at once");
  reml_continuation_meta meta;
  tap_ok(reml_continuation_describe(outcome.continuation, &meta), "... and tells of itself");
  tap_text(meta.file.bytes, "case.reml", "... its name, which was copied");
  outcome = reml_resume_bytes(outcome.continuation, "let x = ", 8);
  tap_batch(finish(outcome.continuation, "1"), &config.run_config, "let x = 1",
            "... and takes what it is given");
}

static void try_missing(void) {
  reml_stream_config config = stream_config();
  script producer = {0};
  reml_feeder feeder = feeder_of(&producer), dumb = {0};
  reml_context *context = new_context();
  reml_string name = reml_string_from("a");
  const reml_result *results[] = {reml_run_stream(NULL, &config, name, &feeder).result,
                                  reml_run_stream(context, NULL, name, &feeder).result,
                                  reml_run_stream(context, &config, name, &dumb).result};
  for (size_t i = 0; i < TAP_COUNT(results); i++)
    tap_ok(results[i]->status == REML_BAD_USE && results[i]->diagnostic_count == 0,
           "argument %zu of run_stream is needed", i);
  reml_continuation *good = begin(&config, "let x = ").continuation;
  reml_yield nowhere = reml_yield_chunk(NULL, 1), strange = {.kind = (reml_yield_kind)9};
  tap_int(reml_resume(good, NULL).result->status, REML_BAD_USE, "a resume needs a yield");
  tap_int(reml_resume(good, &nowhere).result->status, REML_BAD_USE, "... with its bytes");
  tap_batch(finish(good, "1"), &config.run_config, "let x = 1", "... and is none without");
  script bad = SCRIPT(nowhere);
  tap_int(play(&config, &bad).result->status, REML_BAD_USE, "a feeder has to give its bytes");
  script unknown = SCRIPT(strange);
  tap_int(play(&config, &unknown).result->status, REML_BAD_USE, "... and one of four yields");
  tap_int(reml_write_continuation_json(NULL, NULL, bytes_write, NULL), REML_BAD_USE,
          "printing no continuation");
  tap_int(reml_write_audit_record(NULL, &config.audit), REML_BAD_USE, "recording no event");
}

/* --- limits through streams --- */

static void try_limits(void) {
  static const char source[] = "let x = ((((1))))";
  reml_stream_config small = stream_config(), shallow = stream_config();
  small.run_config.max_bytes = sizeof source - 2;
  shallow.run_config.max_depth = 8;
  for (size_t cut = 0; cut < sizeof source; cut += 4) {
    const reml_result *result = run_cut(&small, source, cut);
    tap_int(result->status, REML_TOO_LARGE, "an input over max_bytes is too large");
    tap_batch(result, &small.run_config, source, "... as in a batch run");
    result = run_cut(&shallow, source, cut);
    tap_int(result->status, REML_TOO_LARGE, "nesting over max_depth is too deep");
    tap_batch(result, &shallow.run_config, source, "... as in a batch run");
  }
}

/* --- drivers (section 8) --- */

/* Takes what a driver delivers; keeps continuations if it is told to. */
typedef struct sink {
  bool keeps;
  reml_stream_outcome last;
  size_t pendings, completions;
} sink;

static bool take_outcome(void *user, const reml_stream_outcome *outcome) {
  sink *self = user;
  self->last = *outcome;
  self->pendings += outcome->continuation != NULL;
  self->completions += outcome->result != NULL;
  return self->keeps;
}

static reml_stream_driver *new_driver(const reml_stream_config *config, script *producer,
                                      sink *to) {
  reml_feeder feeder = feeder_of(producer);
  return reml_stream_driver_new(new_context(), config, reml_string_from("case.reml"), &feeder,
                                take_outcome, to);
}

static void try_driver(void) {
  reml_stream_config config = stream_config();
  sink to = {0};
  script producer = SCRIPT(chunk("let x"), reml_yield_await(), chunk(" = 1"));
  reml_stream_driver *driver = new_driver(&config, &producer, &to);
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_PROGRESSED, "a step takes a chunk");
  tap_int((int64_t)producer.pulls, 1, "... with one pull");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_WAITING, "a step delivers a Pending");
  tap_pending(&to.last, REML_PENDING_FEEDER_AWAIT, "... with its reason");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_PROGRESSED, "then the driver goes on");
  tap_int((int64_t)reml_stream_driver_meta(driver).resume_count, 1, "... by a resume");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_FINISHED, "the last step delivers the result");
  tap_batch(to.last.result, &config.run_config, "let x = 1", "... that of a batch run");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_FINISHED, "then there are no more steps");
  tap_ok(producer.pulls == 4 && to.pendings == 1 && to.completions == 1, "... and nothing is done");
  tap_int((int64_t)reml_stream_driver_meta(driver).consumed_bytes, 9, "the counts stay");
  take_back(&producer.lent);
}

static void try_keeping_sink(void) {
  reml_stream_config config = stream_config();
  sink to = {.keeps = true};
  script producer = SCRIPT(chunk("let x"), reml_yield_await(), chunk(" = 1"));
  reml_stream_driver *driver = new_driver(&config, &producer, &to);
  reml_stream_driver_pump(driver);
  reml_stream_driver_pump(driver);
  reml_continuation *kept = to.last.continuation;
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_WAITING, "a sink may keep the continuation");
  tap_ok(producer.pulls == 2 && to.pendings == 1, "... and the driver waits for it");
  tap_int(reml_stream_driver_give(driver, kept), REML_PUMP_WAITING, "when it is given back");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_PROGRESSED, "... the driver goes on");
  reml_stream_driver_pump(driver);
  tap_batch(to.last.result, &config.run_config, "let x = 1", "... to the result");
  take_back(&producer.lent);
}

/* The sink may go on by itself, and give back what is newest then. */
static void try_resuming_sink(void) {
  reml_stream_config config = stream_config();
  sink to = {.keeps = true};
  script producer = SCRIPT(chunk("let x"), reml_yield_await(), chunk(" 2"));
  reml_stream_driver *driver = new_driver(&config, &producer, &to);
  reml_stream_driver_pump(driver);
  reml_stream_driver_pump(driver);
  reml_continuation *used = to.last.continuation;
  reml_continuation *newer = resume(used, chunk(" = 1 +")).continuation;
  tap_int(reml_stream_driver_give(driver, used), REML_PUMP_WAITING,
          "a used continuation is refused");
  tap_bug(&to.last, "continuation_reused", "... and the sink is told so");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_WAITING, "... and the driver still waits");
  reml_stream_driver_give(driver, newer);
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_PROGRESSED, "the newest one is taken");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_FINISHED, "... to the end");
  tap_batch(to.last.result, &config.run_config, "let x = 1 + 2", "... with all bytes");
  take_back(&producer.lent);
}

static void try_foreign_sink(void) {
  reml_stream_config config = stream_config();
  sink to = {.keeps = true}, other_to = {.keeps = true};
  script producer = SCRIPT(reml_yield_await()), other_producer = SCRIPT(reml_yield_await());
  reml_stream_driver *driver = new_driver(&config, &producer, &to);
  reml_stream_driver *other = new_driver(&config, &other_producer, &other_to);
  reml_stream_driver_pump(driver);
  reml_stream_driver_pump(other);
  reml_continuation *own = to.last.continuation;
  reml_stream_driver_give(driver, other_to.last.continuation);
  tap_bug(&to.last, "continuation_foreign", "a continuation of another driver is refused");
  reml_stream_driver_give(driver, NULL);
  tap_bug(&to.last, "continuation_foreign", "... and so is none");
  reml_stream_driver_give(driver, reml_continuation_fork(own));
  tap_bug(&to.last, "continuation_foreign", "... and a fork, which is a stream of its own");
  tap_int((int64_t)to.completions, 3, "each refusal is delivered");
  reml_stream_driver_give(driver, own);
  reml_stream_driver_pump(driver);
  tap_batch(to.last.result, &config.run_config, "", "its own one is taken even then");
  reml_stream_driver_give(other, other_to.last.continuation);
  tap_int(reml_stream_driver_pump(other), REML_PUMP_FINISHED, "the other driver is unharmed");
}

/* A result that the sink has reached is the driver's, too. */
static void try_completing_sink(void) {
  reml_stream_config config = stream_config();
  sink to = {.keeps = true};
  script producer = SCRIPT(chunk("let x = "), reml_yield_await(), chunk("never"));
  reml_stream_driver *driver = new_driver(&config, &producer, &to);
  reml_stream_driver_pump(driver);
  reml_stream_driver_pump(driver);
  tap_ok(finish(to.last.continuation, "1")->accepted, "a sink may go on to the result");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_FINISHED, "... then the driver has finished");
  tap_int((int64_t)producer.pulls, 2, "... without asking the feeder again");
  take_back(&producer.lent);
}

/* A sink that has not kept a continuation may not use it. */
static void try_late_sink(void) {
  reml_stream_config config = stream_config();
  sink to = {0};
  script producer = SCRIPT(chunk("let x"), reml_yield_await(), chunk(" = 1"));
  reml_stream_driver *driver = new_driver(&config, &producer, &to);
  reml_stream_driver_pump(driver);
  reml_stream_driver_pump(driver);
  reml_continuation *late = to.last.continuation;
  reml_stream_driver_pump(driver);
  reml_stream_outcome outcome = resume(late, chunk("never"));
  tap_bug(&outcome, "continuation_reused", "the driver has resumed what the sink did not keep");
  reml_stream_driver_pump(driver);
  tap_batch(to.last.result, &config.run_config, "let x = 1", "... and goes on to the result");
  take_back(&producer.lent);
}

static void try_driver_frames(void) {
  reml_stream_config config = stream_config();
  sink to = {0};
  script producer = SCRIPT(chunk("let "), chunk("x "), chunk("= "), chunk("1 "), chunk("+ 2"));
  config.demand_cap.frames = 2;
  reml_stream_driver *driver = new_driver(&config, &producer, &to);
  while (reml_stream_driver_pump(driver) != REML_PUMP_FINISHED) {
  }
  tap_int((int64_t)to.pendings, 2, "a driver pauses behind every so many chunks");
  tap_batch(to.last.result, &config.run_config, "let x = 1 + 2", "... on its way to the result");
}

static void try_driver_refusals(void) {
  reml_stream_config config = stream_config();
  script producer = {0};
  sink to = {0};
  reml_feeder feeder = feeder_of(&producer), dumb = {0};
  reml_context *context = new_context();
  reml_string name = reml_string_from("a");
  tap_ok(!reml_stream_driver_new(NULL, &config, name, &feeder, take_outcome, &to) &&
             !reml_stream_driver_new(context, NULL, name, &feeder, take_outcome, &to) &&
             !reml_stream_driver_new(context, &config, name, NULL, take_outcome, &to) &&
             !reml_stream_driver_new(context, &config, name, &dumb, take_outcome, &to) &&
             !reml_stream_driver_new(context, &config, name, &feeder, NULL, &to),
         "a driver needs all but the file name");
  set_text(&config.run_config, "stream", "frame_boundary", "nothing");
  reml_stream_driver *driver = new_driver(&config, &producer, &to);
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_FINISHED, "a wrong configuration is the end");
  tap_bug(&to.last, "unknown_frame_boundary", "... of which the sink is told");
  config = stream_config();
  script bad = SCRIPT(reml_yield_chunk(NULL, 1), chunk("never"));
  to = (sink){0};
  driver = new_driver(&config, &bad, &to);
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_FINISHED, "... and so is a chunk of nowhere");
  tap_int(to.last.result->status, REML_BAD_USE, "... which is bad use");
  tap_int(reml_stream_driver_pump(driver), REML_PUMP_FINISHED, "... after which nothing is done");
  tap_ok(bad.pulls == 1 && to.completions == 1, "... any more");
}

/* --- events (section 9) --- */

/* The kinds of all events, in order, and the newest of each. */
typedef struct journal {
  bytes kinds;
  reml_stream_event last[4];
  uint64_t produced, consumed; /* of the newest event */
  bool falls;                  /* one of both has fallen */
  size_t described;
} journal;

static void note_event(void *user, const reml_stream_event *event) {
  static const char *const names[] = {"progress ", "pending ", "error ", "closed "};
  journal *self = user;
  reml_continuation_meta meta;
  bytes_add_text(&self->kinds, names[event->kind]);
  self->last[event->kind] = *event;
  self->falls |= event->produced < self->produced || event->meta.consumed_bytes < self->consumed;
  self->produced = event->produced;
  self->consumed = event->meta.consumed_bytes;
  if (event->kind == REML_EVENT_PENDING)
    self->described += reml_continuation_describe(event->continuation, &meta);
}

static reml_stream_config noted_config(journal *to) {
  reml_stream_config config = stream_config();
  config.on_event = note_event;
  config.event_user = to;
  return config;
}

static void try_events(void) {
  journal noted = {0};
  reml_stream_config config = noted_config(&noted);
  config.resume_notes = true;
  reml_stream_outcome outcome = begin(&config, "let x = ");
  outcome = resume(outcome.continuation, chunk("1"));
  outcome = resume(outcome.continuation, reml_yield_closed());
  tap_text(noted.kinds.data, "progress pending progress pending closed ",
           "a Progress for each chunk, a Pending for each pause, Closed at the end");
  const reml_stream_event *pending = &noted.last[REML_EVENT_PENDING];
  tap_ok(pending->reason == REML_PENDING_INPUT_EXHAUSTED && pending->with_notes,
         "a Pending has its reason, and notes if they are wanted");
  tap_int((int64_t)noted.described, 2, "... and its continuation can be described");
  const reml_stream_event *closed = &noted.last[REML_EVENT_CLOSED];
  tap_ok(closed->meta.consumed_bytes == 9 && closed->meta.chunks_consumed == 2 &&
             closed->meta.resume_count == 2,
         "Closed has the counts");
  tap_ok(noted.produced > 0 && !noted.falls, "nodes are counted as they are made");
  bytes_free(&noted.kinds);
}

static void try_error_events(void) {
  static const struct {
    const char *source, *kinds;
  } rows[] = {{"let x = )", "progress error error "},
              {"let x = ", "progress closed error "},
              {"let x = \"a", "progress closed error error "},
              {"let x = 1", "progress closed "}};
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    journal noted = {0};
    reml_stream_config config = noted_config(&noted);
    config.run_config.require_eof = true;
    config.run_config.left_recursion = REML_LEFT_ON; /* a warning is no Error event */
    script producer = SCRIPT(chunk(rows[i].source));
    reml_stream_outcome outcome = play(&config, &producer);
    tap_text(noted.kinds.data, rows[i].kinds, "`%s`: an Error for each error", rows[i].source);
    const reml_stream_event *error = &noted.last[REML_EVENT_ERROR];
    size_t last = outcome.result->diagnostic_count - 1;
    tap_ok(outcome.result->accepted || (error->diagnostic == &outcome.result->diagnostics[last] &&
                                        error->result == outcome.result),
           "... which is one of the result");
    bytes_free(&noted.kinds);
  }
}

static void try_stream_error_event(void) {
  journal noted = {0};
  reml_stream_config config = noted_config(&noted);
  reml_stream_outcome outcome = begin(&config, "let x = ");
  resume(outcome.continuation, reml_yield_error(REML_STREAM_IO_FAILED, "gone"));
  tap_text(noted.kinds.data, "progress pending error ", "a stream error is an Error and no Closed");
  tap_string(noted.last[REML_EVENT_ERROR].meta.last_reason, "stream.error:gone",
             "... with its reason");
  bytes_free(&noted.kinds);
}

static uint64_t count_up(void *user) {
  return *(uint64_t *)user += 10;
}

static void try_laps(void) {
  journal noted = {0};
  reml_stream_config config = noted_config(&noted);
  uint64_t now = 0;
  config.clock = count_up;
  config.clock_user = &now;
  begin(&config, "let x = ");
  tap_ok(noted.last[REML_EVENT_PROGRESS].lap_ns > 0 && noted.last[REML_EVENT_PENDING].lap_ns > 0,
         "events have the time since the one before");
  tap_ok(noted.last[REML_EVENT_PROGRESS].lap_ns + noted.last[REML_EVENT_PENDING].lap_ns <= now,
         "... and together no more than has passed");
  bytes_free(&noted.kinds);
}

/* --- declarations as they come --- */

enum { UNIT_DECLS = 2 }; /* the member of a unit that lists them */

typedef struct collection {
  bytes json; /* of each, on a line */
  size_t count, most;
} collection;

static bool collect(void *user, const reml_tree *tree, reml_node declaration) {
  collection *self = user;
  reml_write_node_json(tree, declaration, bytes_write, &self->json);
  bytes_add_text(&self->json, "\n");
  return ++self->count < self->most;
}

static reml_stream_config collecting_config(collection *to) {
  reml_stream_config config = stream_config();
  config.on_declaration = collect;
  config.declaration_user = to;
  to->most = SIZE_MAX;
  return config;
}

static void print_declarations(const reml_result *result, bytes *out) {
  reml_member decls;
  bytes_clear(out);
  reml_node_member(result->tree, result->unit, UNIT_DECLS, &decls);
  for (size_t i = 0; i < decls.count; i++) {
    reml_node node = reml_node_element(result->tree, result->unit, UNIT_DECLS, i);
    reml_write_node_json(result->tree, node, bytes_write, out);
    bytes_add_text(out, "\n");
  }
}

/* In pieces of random sizes. */
static const reml_result *collect_from(const char *source, size_t length, collection *to) {
  reml_stream_config config = collecting_config(to);
  reml_stream_outcome outcome = begin(&config, "");
  uint64_t random = length;
  for (size_t at = 0, piece; at < length && outcome.continuation != NULL; at += piece) {
    piece = next_random(&random) % 40;
    if (piece > length - at) piece = length - at;
    outcome = resume(outcome.continuation, reml_yield_chunk(source + at, piece));
  }
  return outcome.continuation ? finish(outcome.continuation, "") : outcome.result;
}

static void declarations_of(const char *name, const char *source, size_t length) {
  reml_config config = golden_config();
  collection got = {0};
  bytes wanted = {0};
  reml_string file = reml_string_from("case.reml");
  const reml_result *batch = reml_run(new_context(), &config, file, source, length);
  const reml_result *streamed = collect_from(source, length, &got);
  if (!batch->accepted) {
    bytes errors = {0};
    print_result(streamed, &errors);
    print_result(batch, &wanted);
    tap_text(errors.data, wanted.data, "%s: the same mistake", name);
    bytes_free(&errors);
  } else if (tap_ok(streamed->accepted, "%s: accepted", name)) {
    print_declarations(batch, &wanted);
    bytes_add_text(&got.json, "");
    tap_text(got.json.data, wanted.data, "... each declaration once and in order");
    reml_member left;
    reml_node_member(streamed->tree, streamed->unit, UNIT_DECLS, &left);
    tap_int((int64_t)left.count, 0, "... and none is kept");
  }
  bytes_free(&got.json);
  bytes_free(&wanted);
}

static void try_declarations(void) {
  each_golden_source(declarations_of);
}

static void try_early_declarations(void) {
  collection got = {0};
  reml_stream_config config = collecting_config(&got);
  reml_stream_outcome outcome = begin(&config, "let a = 1 ");
  tap_int((int64_t)got.count, 0, "a declaration that may go on is not reported");
  outcome = resume(outcome.continuation, chunk("fn f() {"));
  tap_int((int64_t)got.count, 1, "... before it is known to be complete");
  outcome = resume(outcome.continuation, chunk("}"));
  tap_int((int64_t)got.count, 2, "a closed function is reported at once");
  outcome = resume(outcome.continuation, chunk(" fn g() {} let b = 2"));
  tap_int((int64_t)got.count, 3, "... also in the middle of a chunk");
  tap_ok(finish(outcome.continuation, "")->accepted, "the end of the input");
  tap_int((int64_t)got.count, 4, "... completes the last one");
  bytes_free(&got.json);
}

static void check_cancelled(const reml_stream_outcome *outcome, const collection *got,
                            const char *when) {
  bool completed = outcome->continuation == NULL && !outcome->result->accepted;
  tap_ok(completed, "%s: a declaration that is not taken ends the stream", when);
  if (!completed) return;
  const reml_diagnostic *error = outcome->result->diagnostics;
  tap_text(error->codes[0], "parser.stream.cancelled", "... as cancelled");
  tap_ok(error->stream_error && error->stream_error->kind == REML_STREAM_USER_CANCELLED,
         "... by the user");
  tap_int((int64_t)got->count, (int64_t)got->most, "... and none follows");
}

static void try_cancelling(void) {
  collection got = {0};
  reml_stream_config config = collecting_config(&got);
  got.most = 2;
  script producer = SCRIPT(chunk("fn f() {} fn g() {} fn h() {} fn i() {}"), chunk("fn j() {}"));
  reml_stream_outcome outcome = play(&config, &producer);
  check_cancelled(&outcome, &got, "in a chunk");
  tap_int((int64_t)producer.pulls, 1, "... and no more bytes are wanted");
  got.count = 0;
  got.most = 1;
  script closing = SCRIPT(chunk("let a = 1"));
  outcome = play(&config, &closing);
  check_cancelled(&outcome, &got, "at the end");
  bytes_free(&got.json);
}

/* A stream that hands its declarations out, with the source it was given and what it reported. */
typedef struct branch {
  reml_continuation *continuation;
  bytes source, json;
} branch;

static void resume_branch(branch *self, const char *text, collection *got) {
  bytes_add_text(&self->source, text);
  bytes_clear(&got->json);
  self->continuation = resume(self->continuation, chunk(text)).continuation;
  bytes_add(&self->json, got->json.data, got->json.length);
}

/* So many, all in all, that the stream gives memory back. */
static void add_declarations(branch *self, char name, int step, collection *got) {
  char line[96];
  bytes text = {0};
  for (int i = 0; i < 400; i++) {
    snprintf(line, sizeof line, "let %c%d = f(%c%d + %d, [a])\n", name, i * step, name, i, step);
    bytes_add_text(&text, line);
  }
  resume_branch(self, text.data, got);
  bytes_free(&text);
}

static void check_branch(branch *self, const reml_config *config, collection *got) {
  bytes wanted = {0};
  bytes_clear(&got->json);
  tap_ok(finish(self->continuation, "")->accepted, "a branch without a tree is accepted");
  bytes_add(&self->json, got->json.data, got->json.length);
  print_declarations(parse(config, self->source.data), &wanted);
  tap_text(self->json.data, wanted.data, "... and has reported what a batch run has");
  bytes_free(&wanted);
  bytes_free(&self->source);
  bytes_free(&self->json);
}

static void try_forked_declarations(void) {
  enum { STEPS = 10 };
  collection got = {0};
  reml_stream_config config = collecting_config(&got);
  branch one = {.continuation = begin(&config, "").continuation}, other = {0};
  resume_branch(&one, "use a fn f() {} let x = (y, ", &got);
  other.continuation = reml_continuation_fork(one.continuation);
  bytes_add_text(&other.source, one.source.data);
  bytes_add_text(&other.json, one.json.data);
  resume_branch(&one, "z) fn g() {}", &got);
  for (int step = 0; step < STEPS; step++)
    add_declarations(&one, 'b', step, &got);
  resume_branch(&other, "another) fn h() {}", &got);
  for (int step = 0; step < STEPS; step++) {
    add_declarations(&other, 'c', step, &got);
    add_declarations(&one, 'd', step, &got);
  }
  check_branch(&one, &config.run_config, &got);
  check_branch(&other, &config.run_config, &got);
  bytes_free(&got.json);
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"completing", try_completing},
      {"early error", try_early_error},
      {"file names", try_file_names},
      {"resuming", try_resuming},
      {"resuming with an error", try_resuming_with_error},
      {"short chunks", try_short_chunks},
      {"short pulls", try_short_pulls},
      {"complete_on_accept", try_complete_on_accept},
      {"complete_on_accept and require_eof", try_complete_with_eof},
      {"annotate_eof", try_annotate_eof},
      {"strict_utf8", try_strict_utf8},
      {"frame boundaries", try_frame_boundaries},
      {"offsets", try_offsets},
      {"await in push mode", try_await_in_push_mode},
      {"demand cap", try_demand_cap},
      {"memo", try_memo},
      {"used continuations", try_used_continuations},
      {"refusals", try_refusal_keeps_numbers},
      {"foreign continuations", try_foreign_continuations},
      {"restarting", try_restarting},
      {"restarting forgets", try_restarting_forgets},
      {"restarting forks", try_restarting_forks},
      {"no feeder", try_no_feeder},
      {"missing arguments", try_missing},
      {"limits", try_limits},
      {"driver", try_driver},
      {"sink that keeps", try_keeping_sink},
      {"sink that resumes", try_resuming_sink},
      {"sink that gives another", try_foreign_sink},
      {"sink that completes", try_completing_sink},
      {"sink that is late", try_late_sink},
      {"driver and frames", try_driver_frames},
      {"driver refusals", try_driver_refusals},
      {"events", try_events},
      {"error events", try_error_events},
      {"stream error event", try_stream_error_event},
      {"laps", try_laps},
      {"declarations", try_declarations},
      {"early declarations", try_early_declarations},
      {"cancelling", try_cancelling},
      {"forked declarations", try_forked_declarations},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
