/* The properties of streams that section 15 of compat/contract/streaming-spec.md lists, by their
 * numbers. (Number 7 is about edits, which have no stream.) */
#include <gc.h>

#include "feeder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- a source in pieces --- */

enum { LONGEST_PIECE = 24, SHORT_SOURCE = 2048 };

/* First a piece of `first` bytes, then pieces of `piece` bytes, or of random sizes if that is 0;
 * maybe an Await before each but the first. */
typedef struct delivery {
  const char *source;
  size_t length, first, piece;
  uint64_t random;
  bool awaits;
  reml_feeder_access access;
  size_t at, chunks, waits; /* given so far */
  bool waited;
  loan lent;
} delivery;

static size_t size_of_next(delivery *self) {
  size_t left = self->length - self->at;
  size_t wanted = self->piece > 0 ? self->piece : next_random(&self->random) % LONGEST_PIECE;
  if (self->chunks == 0) wanted = self->first;
  return wanted < left ? wanted : left;
}

static reml_yield next_piece(void *user, const reml_demand *demand) {
  delivery *self = user;
  (void)demand;
  if (self->awaits && self->chunks > 0 && !self->waited) {
    self->waited = true;
    self->waits++;
    return lend(&self->lent, reml_yield_await());
  }
  self->waited = false;
  if (self->at == self->length && self->chunks > 0) return lend(&self->lent, reml_yield_closed());
  size_t count = size_of_next(self);
  reml_yield piece = reml_yield_chunk(self->source + self->at, count);
  self->at += count;
  self->chunks++;
  return lend(&self->lent, piece);
}

/* --- what a batch run of the source says --- */

static bytes whole, got;

static bool is_whole(const reml_result *result) {
  print_result(result, &got);
  return got.length == whole.length && memcmp(got.data, whole.data, whole.length) == 0;
}

/* --- ways to the end of a stream; each says whether all results were those of the batch run --- */

typedef bool way(const reml_stream_config *config, delivery *from);

static reml_stream_outcome start(const reml_stream_config *config, delivery *from) {
  reml_feeder feeder = {.pull = next_piece, .user = from, .access = from->access};
  return reml_run_stream(new_context(), config, reml_string_from("case.reml"), &feeder);
}

static reml_stream_outcome go_on(reml_continuation *continuation, delivery *from) {
  reml_yield more = next_piece(from, NULL);
  reml_stream_outcome outcome = reml_resume(continuation, &more);
  take_back(&from->lent);
  return outcome;
}

static const reml_result *result_by_resuming(const reml_stream_config *config, delivery *from) {
  reml_stream_outcome outcome = start(config, from);
  while (outcome.continuation != NULL)
    outcome = go_on(outcome.continuation, from);
  take_back(&from->lent);
  return outcome.result;
}

static bool by_resuming(const reml_stream_config *config, delivery *from) {
  return is_whole(result_by_resuming(config, from));
}

static const reml_result *give_rest(reml_continuation *to, const delivery *from, size_t at) {
  reml_yield rest = reml_yield_chunk(from->source + at, from->length - at);
  reml_stream_outcome outcome = resume(to, rest);
  if (outcome.continuation != NULL) outcome = resume(outcome.continuation, reml_yield_closed());
  return outcome.result;
}

/* Goes on with a fork of every continuation, and afterwards with one of the forked ones. */
static bool by_forking(const reml_stream_config *config, delivery *from) {
  reml_continuation *other = NULL;
  size_t other_at = 0;
  reml_stream_outcome outcome = start(config, from);
  while (outcome.continuation != NULL) {
    reml_continuation *fork = reml_continuation_fork(outcome.continuation);
    if (fork == NULL) return false;
    if (other == NULL || next_random(&from->random) % 4 == 0) {
      other = outcome.continuation;
      other_at = from->at;
    }
    outcome = go_on(fork, from);
  }
  take_back(&from->lent);
  if (!is_whole(outcome.result)) return false;
  return other == NULL || is_whole(give_rest(other, from, other_at));
}

static bool keep_outcome(void *user, const reml_stream_outcome *outcome) {
  *(reml_stream_outcome *)user = *outcome;
  return false;
}

static bool by_pumping(const reml_stream_config *config, delivery *from) {
  reml_stream_outcome last = {0};
  reml_feeder feeder = {.pull = next_piece, .user = from, .access = from->access};
  reml_stream_driver *driver = reml_stream_driver_new(
      new_context(), config, reml_string_from("case.reml"), &feeder, keep_outcome, &last);
  while (reml_stream_driver_pump(driver) != REML_PUMP_FINISHED) {
  }
  take_back(&from->lent);
  return is_whole(last.result);
}

/* --- property 1, each source in turn --- */

static reml_stream_config config_of(const reml_config *run_config) {
  reml_stream_config config = stream_config();
  config.run_config = *run_config;
  return config;
}

static delivery in_pieces(const char *source, size_t length, size_t first, size_t piece) {
  return (delivery){.source = source, .length = length, .first = first, .piece = piece};
}

static delivery at_random(const char *source, size_t length, uint64_t seed) {
  uint64_t random = seed;
  size_t first = next_random(&random) % LONGEST_PIECE;
  return (delivery){.source = source, .length = length, .first = first, .random = random};
}

static void every_cut(const char *name, const char *source, size_t length) {
  if (length > SHORT_SOURCE) return;
  reml_stream_config config = stream_config();
  size_t wrong = length + 1;
  run_and_print(&config.run_config, source, length, &whole);
  for (size_t cut = 0; cut <= length && wrong > length; cut += thinned()) {
    delivery from = in_pieces(source, length, cut, SIZE_MAX);
    if (!by_resuming(&config, &from)) wrong = cut;
  }
  if (!tap_ok(wrong > length, "%s: cut anywhere in two, the result is the same", name))
    tap_note("  not when cut at byte %zu", wrong);
}

static void byte_by_byte(const char *name, const char *source, size_t length) {
  reml_stream_config config = stream_config();
  run_and_print(&config.run_config, source, length, &whole);
  delivery pulled = in_pieces(source, length, 1, 1);
  delivery resumed = pulled, forked = pulled;
  resumed.awaits = forked.awaits = true;
  tap_ok(by_resuming(&config, &pulled), "%s: byte by byte, the result is the same", name);
  tap_ok(by_resuming(&config, &resumed), "%s: ... with an Await behind each byte", name);
  tap_ok(by_forking(&config, &forked), "%s: ... and with a fork behind each", name);
}

enum { RANDOM_CUTS = 50 };

static void random_cuts(const char *name, const char *source, size_t length) {
  static way *const ways[] = {by_resuming, by_forking, by_pumping};
  reml_stream_config config = stream_config();
  uint64_t wrong = 0;
  run_and_print(&config.run_config, source, length, &whole);
  for (uint64_t seed = 1; seed <= RANDOM_CUTS && wrong == 0; seed += thinned()) {
    delivery from = at_random(source, length, seed);
    from.awaits = seed % 2 == 0;
    if (!ways[seed % TAP_COUNT(ways)](&config, &from)) wrong = seed;
  }
  if (!tap_ok(wrong == 0, "%s: in random pieces, the result is the same", name))
    tap_note("  not with seed %d", (int)wrong);
}

static void try_every_cut(void) {
  each_golden_source(every_cut);
}
static void try_single_bytes(void) {
  each_golden_source(byte_by_byte);
}
static void try_random_cuts(void) {
  each_golden_source(random_cuts);
}

/* --- property 1 under flow control --- */

/* Now and then nothing, now and then one chunk only. */
static reml_amount ask_at_random(void *user) {
  uint64_t *random = user;
  return (reml_amount){.bytes = next_random(random) % 6, .frames = next_random(random) % 3};
}

typedef struct flow_case {
  const char *name;
  bool present;
  reml_flow_controller controller;
} flow_case;

static uint64_t demand_random;

static const flow_case flows[] = {
    {.name = "no controller"},
    {.name = "policy manual",
     .present = true,
     .controller = {.high_watermark = 8, .low_watermark = 2, .policy = REML_POLICY_MANUAL}},
    {.name = "policy manual with on_demand",
     .present = true,
     .controller = {.high_watermark = 8,
                    .low_watermark = 2,
                    .policy = REML_POLICY_MANUAL,
                    .on_demand = ask_at_random,
                    .user = &demand_random}},
    {.name = "policy auto",
     .present = true,
     .controller = {.high_watermark = 8,
                    .low_watermark = 2,
                    .policy = REML_POLICY_AUTO,
                    .max_lag_bytes = 6,
                    .throttle_ratio = 0.5}},
};

static const reml_flow_mode modes[] = {REML_FLOW_AUTO, REML_FLOW_PUSH, REML_FLOW_PULL,
                                       REML_FLOW_HYBRID};
static const reml_feeder_access accesses[] = {REML_FEEDER_SEQUENTIAL, REML_FEEDER_PUSH_ONLY,
                                              REML_FEEDER_RANDOM_ACCESS};

/* A producer that pushes never says Await. */
static bool may_await(reml_flow_mode mode, reml_feeder_access access) {
  bool pushes = mode == REML_FLOW_AUTO && access == REML_FEEDER_PUSH_ONLY;
  return mode != REML_FLOW_PUSH && !pushes;
}

static bool agrees_under(const flow_case *flow, reml_flow_mode mode, delivery from) {
  reml_flow_controller controller = flow->controller;
  reml_stream_config config = stream_config();
  reml_config_set_effects_stage(&config.run_config, reml_string_from("stable"));
  controller.mode = config.mode = mode;
  if (flow->present) config.flow = &controller;
  from.awaits = may_await(mode, from.access) && next_random(&from.random) % 2 == 0;
  delivery again = from;
  return by_resuming(&config, &from) && by_pumping(&config, &again);
}

static void under_every_flow(const char *name, const char *source, size_t length) {
  reml_config config = golden_config();
  reml_config_set_effects_stage(&config, reml_string_from("stable"));
  run_and_print(&config, source, length, &whole);
  for (size_t f = 0; f < TAP_COUNT(flows); f++) {
    bool same = true;
    for (size_t i = 0; i < TAP_COUNT(modes) * TAP_COUNT(accesses) && same; i++) {
      delivery from = at_random(source, length, 1 + i);
      from.access = accesses[i % TAP_COUNT(accesses)];
      same = agrees_under(&flows[f], modes[i % TAP_COUNT(modes)], from);
      if (!same) tap_note("  not in mode %d with access %d", (int)modes[i % 4], (int)from.access);
    }
    tap_ok(same, "%s: %s, in every mode the result is the same", name, flows[f].name);
  }
}

static void try_flows(void) {
  each_golden_source(under_every_flow);
}

/* --- property 1, diagnostics in full --- */

static void print_diagnostics(const reml_result *result, bytes *out) {
  bytes_clear(out);
  for (size_t i = 0; i < result->diagnostic_count; i++) {
    reml_write_diagnostic_json(result, &result->diagnostics[i], bytes_write, out);
    bytes_add_text(out, "\n");
  }
}

/* With all that a run can add to its diagnostics. */
static reml_config talkative_config(void) {
  reml_config config = golden_config();
  config.require_eof = config.packrat = config.trace = true;
  config.left_recursion = REML_LEFT_ON;
  reml_config_set_stream_enabled(&config, true);
  return config;
}

static void print_batch(const reml_config *config, const char *source, size_t length) {
  reml_string name = reml_string_from("case.reml");
  const reml_result *result = reml_run(new_context(), config, name, source, length);
  print_diagnostics(result, &whole);
}

static bool same_diagnostics(const reml_config *run_config, delivery from) {
  reml_stream_config config = config_of(run_config);
  print_diagnostics(result_by_resuming(&config, &from), &got);
  return got.length == whole.length && memcmp(got.data, whole.data, whole.length) == 0;
}

static void diagnostics_of(const char *name, const char *source, size_t length) {
  const reml_config configs[] = {golden_config(), talkative_config()};
  bool same = true;
  for (size_t i = 0; i < TAP_COUNT(configs) && same; i++) {
    print_batch(&configs[i], source, length);
    delivery single = in_pieces(source, length, 1, 1), random = at_random(source, length, 1 + i);
    random.awaits = true;
    same = same_diagnostics(&configs[i], single) && same_diagnostics(&configs[i], random);
  }
  tap_ok(same, "%s: diagnostics are the same to the last byte", name);
}

static void fix_timestamp(void) {
  setenv("REMLC_FIXED_TIMESTAMP", "1970-01-01T00:00:00Z", 1);
}

static void try_diagnostics(void) {
  fix_timestamp();
  each_golden_source(diagnostics_of);
}

/* --- property 1 with an expectation cache --- */

static void with_packrat(const char *name, const char *source, size_t length) {
  reml_config run_config = talkative_config();
  reml_stream_config config = config_of(&run_config);
  delivery from = at_random(source, length, 7);
  from.awaits = true;
  run_and_print(&run_config, source, length, &whole);
  tap_ok(by_forking(&config, &from), "%s: with packrat, forked at random, the result is the same",
         name);
}

static void try_packrat(void) {
  each_golden_source(with_packrat);
}

/* --- property 2 --- */

static void counts_of(const char *name, const char *source, size_t length) {
  reml_stream_config config = stream_config();
  delivery from = at_random(source, length, length + 1);
  from.awaits = true;
  uint64_t resumes = 0;
  reml_stream_outcome outcome = start(&config, &from);
  for (; outcome.continuation != NULL; resumes++)
    outcome = go_on(outcome.continuation, &from);
  const reml_stream_meta *meta = &outcome.meta;
  bool to_the_end = outcome.result->accepted;
  tap_ok(meta->resume_count == resumes && meta->consumed_bytes == from.at &&
             meta->chunks_consumed == from.chunks && meta->await_count == from.waits &&
             (!to_the_end || from.at == length),
         "%s: resumes, bytes, chunks and awaits are counted", name);
}

static void try_counts(void) {
  each_golden_source(counts_of);
}

/* --- property 3 --- */

enum { HIGH = 16, LOW = 6 };

/* The rule of section 7, and what was seen beside it. */
typedef struct observer {
  uint64_t fill; /* after the newest chunk */
  bool restrained;
  bool is_due; /* a Pending with reason Backpressure */
  size_t crossings, reports, surprises;
  size_t demands, bad_demands, other_hints;
} observer;

static void observe_chunk(void *user, const reml_stream_event *event) {
  observer *self = user;
  if (event->kind != REML_EVENT_PROGRESS) return;
  self->fill = (uint64_t)(event->meta.buffer_fill_ratio * HIGH + 0.5);
  if (!self->restrained && self->fill > HIGH) {
    self->restrained = self->is_due = true;
    self->crossings++;
  } else if (self->restrained && self->fill < LOW) {
    self->restrained = false;
  }
}

static void observe_demand(observer *self, const reml_demand *demand) {
  self->demands++;
  if (demand->min_bytes < 1 || demand->preferred_bytes < demand->min_bytes) self->bad_demands++;
}

static bool same_text(reml_string a, reml_string b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static bool same_demand(const reml_demand *a, const reml_demand *b) {
  return a->min_bytes == b->min_bytes && a->preferred_bytes == b->preferred_bytes &&
         a->reason == b->reason && same_text(a->resume_hint, b->resume_hint) &&
         same_text(a->frame_boundary, b->frame_boundary);
}

static bool observe_outcome(void *user, const reml_stream_outcome *outcome) {
  observer *self = user;
  reml_continuation_meta meta;
  if (outcome->continuation == NULL) return false;
  observe_demand(self, &outcome->demand);
  bool described = reml_continuation_describe(outcome->continuation, &meta);
  if (!described || !same_demand(&meta.resume_hint, &outcome->demand)) self->other_hints++;
  bool reported = outcome->demand.reason == REML_PENDING_BACKPRESSURE;
  if (reported != self->is_due) self->surprises++;
  if (reported) self->reports++;
  self->is_due = false;
  return false;
}

typedef struct observed_delivery {
  delivery from;
  observer *seen;
} observed_delivery;

static reml_yield next_observed(void *user, const reml_demand *demand) {
  observed_delivery *self = user;
  observe_demand(self->seen, demand);
  if (self->seen->is_due) self->seen->surprises++; /* it should have paused */
  return next_piece(&self->from, demand);
}

static void observe(const char *source, size_t length, uint64_t seed, observer *seen) {
  reml_stream_config config = stream_config();
  reml_flow_controller controller = {
      .high_watermark = HIGH, .low_watermark = LOW, .policy = REML_POLICY_AUTO};
  observed_delivery from = {at_random(source, length, seed), seen};
  reml_feeder feeder = {.pull = next_observed, .user = &from};
  from.from.awaits = seed % 2 == 0;
  reml_config_set_effects_stage(&config.run_config, reml_string_from("stable"));
  set_text(&config.run_config, "stream", "resume_hint", "later");
  set_text(&config.run_config, "stream", "frame_boundary", "keyword");
  config.flow = &controller;
  config.on_event = observe_chunk;
  config.event_user = seen;
  reml_stream_driver *driver = reml_stream_driver_new(
      new_context(), &config, reml_string_from("case.reml"), &feeder, observe_outcome, seen);
  while (reml_stream_driver_pump(driver) != REML_PUMP_FINISHED) {
  }
  take_back(&from.from.lent);
}

/* Tokens of all lengths, so that the fill comes and goes on both sides of both watermarks. */
static void add_tokens(bytes *to) {
  uint64_t random = 1;
  bytes_add_text(to, "let x = 0");
  for (int i = 0; i < 2000; i++) {
    bytes_add_text(to, i % 3 == 0 ? " + \"" : " * n");
    bytes_repeat(to, "a", next_random(&random) % (2 * HIGH));
    if (i % 3 == 0) bytes_add_text(to, "\"");
  }
}

static void try_watermarks(void) {
  observer seen = {0};
  bytes source = {0};
  add_tokens(&source);
  for (uint64_t seed = 1; seed <= 10; seed++)
    observe(source.data, source.length, seed, &seen);
  bytes_free(&source);
  tap_ok(seen.crossings > 1000, "the high watermark is crossed (%zu times)", seen.crossings);
  tap_int((int64_t)seen.reports, (int64_t)seen.crossings,
          "every crossing pauses the producer once");
  tap_int((int64_t)seen.surprises, 0, "... at once, and nothing between the watermarks does");
  tap_int((int64_t)seen.bad_demands, 0, "of %zu demands all have preferred >= min >= 1",
          seen.demands);
  tap_int((int64_t)seen.other_hints, 0, "... and that of a Pending is its continuation's hint");
}

/* --- property 4 --- */

typedef struct construct {
  const char *name, *source;
  const char *profile; /* NULL: the default one */
} construct;

static const construct constructs[] = {
    {"two-byte character", "let \xC3\xA9\xC3\xA8 = \"\xC3\xA9\"", NULL},
    {"three-byte character", "let \xE3\x81\x82\xE5\x90\x8D = \"\xE3\x81\x82\" // \xE3\x81\x82",
     NULL},
    {"four-byte character", "let x = \"\xF0\x9F\x98\x80\" let \xF0\xA0\xAE\xB7 = 1", NULL},
    {"broken character", "let x = \"\xE3\x81\" let y = \xE3\x81", NULL},
    {"CR LF", "let a = 1\r\nlet b = \"\r\n\" /* \r\n */ // c\r\n)", NULL},
    {"CR and LF apart", "let a = 1\r\rlet b = 2\n\rlet c = '\r' )", NULL},
    {"multi-line string", "let x = \"\"\"a\"b\"\"c\r\n\\\"\"\" + \"\"", NULL},
    {"multi-line string with more quotes", "let x = \"\"\"\"a\"\"\"\" + 1", NULL},
    {"raw string", "let x = r\"a\\\" + r + rr", NULL},
    {"raw string left open", "let x = r\"\"\"", NULL},
    {"escapes", "let x = \"\\n\\\\\\\"\\q\\\n\\0\"", NULL},
    {"character literals", "let x = '\\'' let y = '\\n' let z = 'a'", NULL},
    {"broken character literal", "let x = '\\x'", NULL},
    {"block comment", "let x /* a * / b */ = /**/ 1 /*/ */", NULL},
    {"block comment left open", "let x = 1 /* a *", NULL},
    {"nested comments", "let x /* /* /*/ */ * / */ */ = 1 */", NULL},
    {"comments that do not nest", "let x /* /* */ = 1", "toml_relaxed"},
    {"line comment", "let x = 6 // / /* \n / 2", NULL},
    {"operators", "let x = a |> b == c != d <= e >= f && g || h -> i", NULL},
    {"operators apart", "let x = a | > b", NULL},
    {"long runs of operators", "let x = |a||b|c ||> d", NULL},
    {"assignment", "fn f() { a := b == c; d.0 := [..] }", NULL},
    {"dots", "fn f({..}) = a.b..c", NULL},
    {"floats", "let x = 1. + 1.5 + 1e+5 + 1e-5 + 1.5e10 + 1_000.0_1", NULL},
    {"almost floats", "let x = 1e+ + 1", NULL},
    {"number and word", "let x = 1ex", NULL},
    {"integers", "let x = 0x1F + 0b101 + 0o17 + 1_000 + 0b12", NULL},
    {"keywords in identifiers", "let lets = iff + i + elsewhere + selfish + doo + matchx", NULL},
    {"keywords", "fn f() { if self then match a with | b -> do else loop { continue } }", NULL},
    {"identifier that is not one", "let x\xE2\x86\x92y = 1", NULL},
    {"shebang", "#!/usr/bin/reml\r\nlet x = 1", "json_relaxed"},
    {"shebang that is not allowed", "#!/usr/bin/reml\nlet x = 1", NULL},
    {"shebang in the second line", "\n#! x", "json_relaxed"},
    {"hash comment", "let x = 1 # !\nlet y = 2 #", "toml_relaxed"},
    {"stray byte", "let x = 1 & 2", NULL},
};

/* In three pieces, that is with an Await behind each of two places. */
static bool agrees_cut_twice(const reml_stream_config *config, const char *source, size_t one,
                             size_t other) {
  script producer = {.yields =
                         (const reml_yield[]){reml_yield_chunk(source, one), reml_yield_await()},
                     .count = 2};
  reml_stream_outcome outcome = play(config, &producer);
  if (outcome.continuation != NULL)
    outcome = resume(outcome.continuation, reml_yield_chunk(source + one, other - one));
  if (outcome.continuation == NULL) return is_whole(outcome.result);
  return is_whole(finish(outcome.continuation, source + other));
}

static void cut_construct(const construct *one) {
  reml_stream_config config = stream_config();
  size_t length = strlen(one->source), wrong_first = 0, wrong_second = 0;
  if (one->profile != NULL) set_text(&config.run_config, "lex", "profile", one->profile);
  run_and_print(&config.run_config, one->source, length, &whole);
  bool same = true;
  for (size_t first = 0; first <= length && same; first++) {
    for (size_t second = first; second <= length && same; second += thinned()) {
      same = agrees_cut_twice(&config, one->source, first, second);
      wrong_first = first;
      wrong_second = second;
    }
  }
  if (!tap_ok(same, "%s: cut at any two places, the result is the same", one->name))
    tap_note("  not at %zu and %zu", wrong_first, wrong_second);
}

static void try_cut_points(void) {
  for (size_t i = 0; i < TAP_COUNT(constructs); i++)
    cut_construct(&constructs[i]);
}

/* --- property 5 --- */

typedef struct error_case {
  reml_stream_error_kind kind;
  const char *name, *code, *cause;
} error_case;

static const error_case errors[] = {
    {REML_STREAM_IO_FAILED, "IoFailed", "parser.stream.io_failed", "{\"errno\":5}"},
    {REML_STREAM_DECODER_FAILED, "DecoderFailed", "parser.stream.decoder_failed", "{\"offset\":3}"},
    {REML_STREAM_FEEDER_BUG, "FeederBug", "parser.stream.feeder_bug", "{\"code\":\"lost\"}"},
    {REML_STREAM_USER_CANCELLED, "UserCancelled", "parser.stream.cancelled", NULL},
};

static const char spoilt[] = "let x =\n \"a";

static void check_place(const reml_diagnostic *error) {
  const reml_position *at = &error->span.start, *end = &error->span.end;
  tap_ok(at->offset == end->offset && at->line == end->line && at->column == end->column,
         "... with an empty span");
  tap_ok(at->offset == sizeof spoilt - 1 && at->line == 2 && at->column == 4,
         "... at the end of the input (%u:%u, byte %u)", at->line, at->column, at->offset);
}

static void check_json(const reml_result *result, const reml_diagnostic *error,
                       const error_case *expected) {
  bytes json = {0}, wanted = {0};
  bytes_add_text(&wanted, "\"stream.error\":{\"kind\":\"");
  bytes_add_text(&wanted, expected->name);
  bytes_add_text(&wanted, "\",\"message\":\"it \\\"broke\\\"\",\"cause\":");
  bytes_add_text(&wanted, expected->cause ? expected->cause : "null");
  reml_write_diagnostic_json(result, error, bytes_write, &json);
  if (!tap_ok(strstr(json.data, wanted.data) != NULL, "... and the extension stream.error"))
    tap_note("  which should be %s}", wanted.data);
  bytes_free(&json);
  bytes_free(&wanted);
}

/* The left-recursion warning is recorded before the error. */
static void check_failed(const reml_stream_outcome *outcome, const error_case *expected,
                         const char *from) {
  const reml_result *result = outcome->result;
  bool completed = tap_ok(outcome->continuation == NULL && result != NULL && !result->accepted,
                          "%s from %s: completes without a value", expected->name, from);
  if (!completed) return;
  tap_ok(result->tree == NULL && result->status == REML_OK, "... and without a tree");
  if (!tap_int((int64_t)result->diagnostic_count, 2, "... what was recorded stays")) return;
  tap_int(result->diagnostics[0].severity, REML_WARNING, "... in front");
  const reml_diagnostic *error = &result->diagnostics[1];
  tap_text(error->codes[0], expected->code, "... the error has its code");
  tap_string(error->message, "it \"broke\"", "... its message");
  tap_ok(error->severity == REML_ERROR && error->domain == REML_DOMAIN_PARSER,
         "... is an error of the parser");
  check_place(error);
  check_json(result, error, expected);
  tap_string(outcome->meta.last_reason, "stream.error:it \"broke\"", "... and is the last reason");
}

static void try_errors(void) {
  reml_stream_config config = stream_config();
  config.run_config.left_recursion = REML_LEFT_ON;
  for (size_t i = 0; i < TAP_COUNT(errors); i++) {
    reml_yield broken = failure(errors[i].kind, "it \"broke\"", errors[i].cause);
    script producer = SCRIPT(chunk("let x =\n "), chunk("\"a"), broken, chunk("never"));
    reml_stream_outcome outcome = play(&config, &producer);
    check_failed(&outcome, &errors[i], "a feeder");
    tap_int((int64_t)producer.pulls, 3, "... which is asked for nothing more");
    outcome = begin(&config, spoilt);
    outcome = resume(outcome.continuation, broken);
    check_failed(&outcome, &errors[i], "a resume");
  }
}

/* --- property 6 --- */

static void play_audited(reml_stream_config config, bytes *to) {
  config.audit.write = bytes_write;
  config.audit.user = to;
  config.audit.command = reml_string_from("check");
  config.audit.run_id = reml_string_from("run-1");
  script producer = SCRIPT(chunk("let a = 1 let b "), reml_yield_await());
  reml_stream_outcome outcome = play(&config, &producer);
  finish(outcome.continuation, "= (1 + ");
}

/* What is behind `key` in a text, up to the next quotation mark. */
static bool find_text(const char *in, const char *key, reml_string *out) {
  const char *found = strstr(in, key);
  if (found == NULL) return false;
  *out = (reml_string){found + strlen(key), strcspn(found + strlen(key), "\"")};
  return true;
}

static const struct {
  const char *kind;
  const char *keys[8];
} events[] = {
    {"parser.stream.progress", {"consumed_bytes", "produced", "lap_ns"}},
    {"parser.stream.pending",
     {"reason", "last_reason", "resume_hint", "expected_tokens", "resume_lineage",
      "backpressure_events", "last_checkpoint"}},
    {"parser.stream.error", {"diagnostic", "resume_hint", "last_reason", "expected_tokens"}},
    {"parser.stream.closed", {"consumed_bytes", "chunks", "resume_count"}},
};

static bool has_member(const char *line, const char *prefix, const char *key) {
  char wanted[96];
  snprintf(wanted, sizeof wanted, "\"%s%s%s\":", prefix, *prefix ? "." : "", key);
  return strstr(line, wanted) != NULL;
}

static void check_common_keys(const char *line, size_t length, size_t number) {
  static const char *const keys[] = {"schema.version", "audit.channel", "cli.command", "cli.phase",
                                     "cli.run_id"};
  static const char start_of_line[] = "{\"timestamp\":\"1970-01-01T00:00:00Z\",\"envelope\":{";
  tap_ok(strncmp(line, start_of_line, sizeof start_of_line - 1) == 0 && line[length - 1] == '}',
         "line %zu is an object with a timestamp and an envelope", number);
  tap_ok(has_member(line, "", "capability") && strstr(line, "\"core.parse.streaming\"") != NULL,
         "... with the capability");
  for (size_t i = 0; i < TAP_COUNT(keys); i++)
    tap_ok(has_member(line, "", keys[i]), "... with %s", keys[i]);
}

static void check_keys_of_event(const char *line) {
  reml_string kind = {"", 0};
  size_t e = 0;
  find_text(line, "\"event.kind\":\"", &kind);
  while (e < TAP_COUNT(events) && (kind.length != strlen(events[e].kind) ||
                                   memcmp(kind.bytes, events[e].kind, kind.length) != 0))
    e++;
  if (!tap_ok(e < TAP_COUNT(events), "... with a known event.kind")) return;
  for (size_t i = 0; i < TAP_COUNT(events[e].keys) && events[e].keys[i] != NULL; i++)
    tap_ok(has_member(line, events[e].kind, events[e].keys[i]), "... with %s.%s", events[e].kind,
           events[e].keys[i]);
}

/* Calls `check` with every line, without its line break. */
static size_t each_line(bytes *text,
                        void (*check)(const char *line, size_t length, size_t number)) {
  size_t count = 0, length;
  for (char *line = text->data; *line != '\0'; line += length + 1) {
    length = strcspn(line, "\n");
    if (line[length] == '\0') return SIZE_MAX;
    line[length] = '\0';
    check(line, length, ++count);
  }
  return count;
}

static void check_line(const char *line, size_t length, size_t number) {
  check_common_keys(line, length, number);
  check_keys_of_event(line);
}

static void try_audit_lines(void) {
  bytes lines = {0};
  reml_config run_config = talkative_config();
  reml_stream_config config = config_of(&run_config);
  fix_timestamp();
  play_audited(config, &lines);
  tap_ok(strstr(lines.data, "\"schema.version\":\"3.0.0-alpha\"") != NULL, "a schema of its own");
  tap_ok(strstr(lines.data, "\"cli.command\":\"check\"") && strstr(lines.data, "\"run-1\""),
         "the names that the caller gives");
  tap_ok(strstr(lines.data, "\"stream.last_reason\":") != NULL, "an error has its last reason");
  tap_ok(strstr(lines.data, "\"parser.stream.pending.seeds\":") != NULL, "a Pending has its seeds");
  tap_ok(strstr(lines.data, "pending.notes") == NULL && strstr(lines.data, "fill_ratio") == NULL,
         "... but what is not asked for is absent");
  tap_int((int64_t)each_line(&lines, check_line), 6, "every event is a line");
  bytes_clear(&lines);
  config.audit.compat_schema = config.resume_notes = true;
  play_audited(config, &lines);
  tap_ok(strstr(lines.data, "\"schema.version\":\"1.1\"") != NULL,
         "or the schema of the reference");
  tap_ok(strstr(lines.data, "\"parser.stream.pending.notes\":[{\"token\":") != NULL,
         "... and notes, if they are wanted");
  bytes_free(&lines);
}

/* The audit id of the first diagnostic of a batch run in a context of its own. */
static bytes batch_audit_id(const reml_config *config, const char *source) {
  bytes json = {0}, id = {0};
  reml_string found = {"", 0};
  const reml_result *result = parse(config, source);
  reml_write_diagnostic_json(result, result->diagnostics, bytes_write, &json);
  find_text(json.data, "\"audit_id\":\"", &found);
  bytes_add(&id, found.bytes, found.length);
  bytes_free(&json);
  return id;
}

static bytes wanted_id;

static void check_audit_id(const char *line, size_t length, size_t number) {
  reml_string found = {"", 0};
  (void)length;
  find_text(line, "\"envelope\":{\"audit_id\":\"", &found);
  tap_bytes(found.bytes, found.length, wanted_id.data, wanted_id.length,
            "line %zu has the audit id of the batch run", number);
}

static void try_audit_id(void) {
  reml_config configs[] = {golden_config(), talkative_config()};
  fix_timestamp();
  for (size_t i = 0; i < TAP_COUNT(configs); i++) {
    bytes lines = {0};
    wanted_id = batch_audit_id(&configs[i], "let a = 1 let b = (1 + ");
    tap_ok(wanted_id.length > 0, "the batch run has an audit id: %s", wanted_id.data);
    play_audited(config_of(&configs[i]), &lines);
    each_line(&lines, check_audit_id);
    bytes_free(&lines);
    bytes_free(&wanted_id);
  }
}

/* --- property 8 --- */

enum { CHUNK = 4096, AWAIT_EVERY = 64 };

/* Declarations without end, up to a length. */
typedef struct generator {
  bytes unit;
  size_t length, at, chunks;
  size_t declarations, pendings;
  size_t heap_before, heap_most;
  size_t engine_first, engine_most;
} generator;

static reml_yield next_generated(void *user, const reml_demand *demand) {
  generator *self = user;
  (void)demand;
  size_t heap = GC_get_heap_size();
  if (heap > self->heap_most) self->heap_most = heap;
  if (self->at >= self->length) return reml_yield_closed();
  if (++self->chunks % AWAIT_EVERY == 0) return reml_yield_await();
  size_t left = self->length - self->at, count = left < CHUNK ? left : CHUNK;
  const char *from = self->unit.data + self->at % (self->unit.length / 2);
  self->at += count;
  return reml_yield_chunk(from, count);
}

static bool count_declaration(void *user, const reml_tree *tree, reml_node declaration) {
  generator *self = user;
  (void)tree;
  (void)declaration;
  self->declarations++;
  return true;
}

static bool measure_engine(void *user, const reml_stream_outcome *outcome) {
  generator *self = user;
  reml_continuation_meta meta;
  if (outcome->continuation == NULL) {
    tap_ok(outcome->result->accepted, "%zu KiB of declarations are accepted", self->length >> 10);
    return false;
  }
  if (!reml_continuation_describe(outcome->continuation, &meta)) return false;
  if (self->pendings++ == 0) self->engine_first = meta.engine_bytes;
  if (meta.engine_bytes > self->engine_most) self->engine_most = meta.engine_bytes;
  return false;
}

static void generate(generator *self, size_t length) {
  static const char declaration[] =
      "@test pub fn f_name(first: Int, second: List<Int>) -> Int {\n"
      "  let total = first + length(second) * 2; // a comment\n"
      "  match second with | Empty -> \"nothing\" | Some(x) -> x |> show(1.5, 'c')\n}\n\n";
  *self = (generator){.length = length, .heap_before = GC_get_heap_size()};
  while (self->unit.length < CHUNK)
    bytes_add_text(&self->unit, declaration);
  bytes once = {0};
  bytes_add(&once, self->unit.data, self->unit.length);
  bytes_add(&self->unit, once.data, once.length); /* twice, so that a chunk may begin anywhere */
  self->length -= length % once.length;
  bytes_free(&once);
}

/* CPU seconds. */
static double run_generated(generator *self) {
  reml_stream_config config = stream_config();
  reml_feeder feeder = {.pull = next_generated, .user = self};
  config.on_declaration = count_declaration;
  config.declaration_user = self;
  clock_t begun = clock();
  reml_stream_driver *driver = reml_stream_driver_new(
      new_context(), &config, reml_string_from("big.reml"), &feeder, measure_engine, self);
  while (reml_stream_driver_pump(driver) != REML_PUMP_FINISHED) {
  }
  bytes_free(&self->unit);
  return (double)(clock() - begun) / CLOCKS_PER_SEC;
}

static void try_memory(void) {
  enum { PARTS = 8 };
  size_t length = (size_t)10 << 20;
  generator small, large;
  generate(&small, length / PARTS);
  double short_time = run_generated(&small);
  generate(&large, length);
  double long_time = run_generated(&large);
  tap_ok(large.declarations > 0 && large.pendings > 2, "%zu declarations, %zu times Pending",
         large.declarations, large.pendings);
  size_t growth = large.heap_most - small.heap_before;
  tap_ok(growth <= 2 * large.length, "the heap grows by no more than twice the input (%zu KiB)",
         growth >> 10);
  tap_int((int64_t)large.engine_most, (int64_t)large.engine_first,
          "the memory of the stream stays as it was");
  tap_ok(long_time < 4 * PARTS * (short_time + 0.01),
         "%d times the input takes about as many times as long (%.2f s, %.2f s)", PARTS, short_time,
         long_time);
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"8: memory and time", try_memory}, /* first, while the heap is small */
      {"1: every cut in two", try_every_cut},
      {"1: single bytes", try_single_bytes},
      {"1: random cuts", try_random_cuts},
      {"1: flow control", try_flows},
      {"1: diagnostics", try_diagnostics},
      {"1: packrat", try_packrat},
      {"2: counts", try_counts},
      {"3: watermarks and demands", try_watermarks},
      {"4: cut points", try_cut_points},
      {"5: errors", try_errors},
      {"6: audit lines", try_audit_lines},
      {"6: audit id", try_audit_id},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
