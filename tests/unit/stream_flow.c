/* Flow control of streams: when they pause, and what they ask for (contract streaming-spec.md
 * sections 2, 6 and 7). */
#include "feeder.h"

#include <math.h>
#include <string.h>

static const uint64_t ns_per_ms = 1000000;

/* --- a driver that is turned by hand --- */

/* Each turn is one step, and says what the producer gives if it is asked. */
typedef struct crank {
  reml_stream_driver *driver;
  reml_yield next;
  bool asked;               /* in the last turn */
  reml_demand demand;       /* when it was asked last */
  reml_stream_outcome last; /* that was delivered */
  uint64_t now;             /* ms; what the clock shows */
  loan lent;
} crank;

static reml_yield next_of_crank(void *user, const reml_demand *demand) {
  crank *self = user;
  self->asked = true;
  self->demand = *demand;
  return lend(&self->lent, self->next);
}

static bool take_outcome(void *user, const reml_stream_outcome *outcome) {
  ((crank *)user)->last = *outcome;
  return false;
}

static uint64_t show_time(void *user) {
  return ((crank *)user)->now * ns_per_ms;
}

/* Ends with stop. */
static void begin_cranking(crank *self, reml_stream_config config, reml_feeder_access access) {
  reml_feeder feeder = {.pull = next_of_crank, .user = self, .access = access};
  *self = (crank){.now = 0};
  config.clock = show_time;
  config.clock_user = self;
  self->driver = reml_stream_driver_new(new_context(), &config, reml_string_from("case.reml"),
                                        &feeder, take_outcome, self);
  if (self->driver == NULL) tap_bail_out("no driver");
}

static void stop(crank *self) {
  take_back(&self->lent);
}

/* "progressed", the reason of the Pending that was delivered, or "finished". */
static const char *turn(crank *self, reml_yield yield) {
  self->next = yield;
  self->asked = false;
  switch (reml_stream_driver_pump(self->driver)) {
  case REML_PUMP_PROGRESSED: return "progressed";
  case REML_PUMP_WAITING: return reml_pending_reason_text(self->last.demand.reason);
  case REML_PUMP_FINISHED: return "finished";
  }
  return NULL;
}

/* --- configurations --- */

/* Any chunk is enough, and the bridge can pause. */
static reml_stream_config flow_config(const reml_flow_controller *controller) {
  reml_stream_config config = stream_config();
  set_int(&config.run_config, "stream", "demand_min_bytes", 1);
  reml_config_set_effects_stage(&config.run_config, reml_string_from("stable"));
  config.flow = controller;
  return config;
}

static reml_flow_controller automatic(uint64_t high, uint64_t low) {
  return (reml_flow_controller){
      .policy = REML_POLICY_AUTO, .high_watermark = high, .low_watermark = low};
}

/* --- stories: what is given when, and whether the stream pauses --- */

typedef struct event {
  uint64_t ms;
  const char *text;
  bool pauses; /* with reason Backpressure */
  const char *name;
} event;

static void play_story(reml_stream_config config, const event *events, size_t count) {
  crank self;
  begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
  for (size_t i = 0; i < count; i++) {
    self.now = events[i].ms;
    tap_text(turn(&self, chunk(events[i].text)),
             events[i].pauses ? "pending.backpressure" : "progressed", "%s", events[i].name);
  }
  stop(&self);
}

static void try_hysteresis(void) {
  static const event events[] = {
      {0, "let x = \"", false, "one byte is held"},
      {0, "234567890", false, "ten are not over the high watermark"},
      {0, "1", true, "eleven are"},
      {0, "2345", false, "... which is told once"},
      {0, "\" + abcd", false, "four are not below the low watermark"},
      {0, "efghijklmn", false, "... so that the high one is no news"},
      {0, " + abc", false, "three are"},
      {0, "defghijklm", true, "... and then the high one is crossed again"},
  };
  reml_flow_controller controller = automatic(10, 4);
  for (int policy = REML_POLICY_MANUAL; policy <= REML_POLICY_AUTO; policy++) {
    controller.policy = (reml_flow_policy)policy;
    tap_note("policy %d", policy);
    play_story(flow_config(&controller), events, TAP_COUNT(events));
  }
}

static void try_limits_of_watermarks(void) {
  static const event empty_is_low[] = {
      {0, "let x = \"", true, "over a high watermark of 0 is every byte"},
      {0, "2", false, "... which is told once"},
      {0, "\" + ", false, "an empty buffer is below a low watermark of 0"},
      {0, "\"", true, "... so that the next byte is news"},
  };
  static const event equal[] = {
      {0, "let x = \"234", false, "with equal watermarks: not over the high one"},
      {0, "5", true, "... over it"},
      {0, "\" + abc", false, "... below the low one"},
      {0, "de", true, "... and over the high one again"},
  };
  reml_flow_controller zero = automatic(0, 0), four = automatic(4, 4);
  play_story(flow_config(&zero), empty_is_low, TAP_COUNT(empty_is_low));
  play_story(flow_config(&four), equal, TAP_COUNT(equal));
}

static void try_lag_in_bytes(void) {
  static const event events[] = {
      {0, "let x = \"2345", false, "five bytes behind are few enough"},
      {0, "6", true, "six are too many"},
      {0, "7", false, "... which is told once"},
      {0, "\" + abc", false, "three are few, but not below the low watermark"},
      {0, "defg", false, "... so that seven are no news"},
      {0, " + a", false, "one is below it"},
      {0, "bcdefg", true, "... and then seven are too many again"},
  };
  static const event calm[] = {
      {0, "let x = \"2345", false, "with policy manual: five bytes"},
      {0, "67890", false, "... or ten: there is no lag"},
  };
  reml_flow_controller controller = automatic(1000, 2);
  controller.max_lag_bytes = 5;
  play_story(flow_config(&controller), events, TAP_COUNT(events));
  controller.policy = REML_POLICY_MANUAL;
  play_story(flow_config(&controller), calm, TAP_COUNT(calm));
}

static void try_lag_in_time(void) {
  static const event events[] = {
      {0, "let x = \"", false, "a byte has come"},
      {50, "a", false, "after half of the time"},
      {100, "a", false, "... and after all of it, it is not late"},
      {101, "a", true, "a moment later it is"},
      {150, "a", false, "... which is told once"},
      {160, "\" ", false, "when all is settled"},
      {400, "+ \"", false, "... nothing is late, however long ago it came"},
      {500, "b", false, "the next byte counts from its own arrival"},
      {501, "b", true, "... until it is late"},
      {600, "\" + \"c", false, "so does a byte of the chunk that settles the ones before"},
      {700, "d", false, "... which is not late yet"},
      {701, "d", true, "... and now it is"},
  };
  reml_flow_controller controller = automatic(1000, 500);
  controller.max_lag_ns = 100 * ns_per_ms;
  play_story(flow_config(&controller), events, TAP_COUNT(events));
}

static void try_debounce(void) {
  static const event events[] = {
      {0, "let x = \"2345", true, "the first crossing is told at once"},
      {3, "\" + ", false, "it is over"},
      {5, "\"2345", false, "the second one comes too soon"},
      {9, "6", false, "... and is remembered"},
      {10, "7", true, "... to the end of the interval"},
      {12, "\" + ", false, "it is over"},
      {14, "\"2345", false, "the third one comes too soon"},
      {16, "\" + ", false, "... and is over again"},
      {25, "\"2", false, "... so that it is not told"},
      {40, "345", true, "the fourth one is told at once"},
  };
  reml_flow_controller controller = automatic(4, 2);
  controller.debounce_ns = 10 * ns_per_ms;
  play_story(flow_config(&controller), events, TAP_COUNT(events));
}

/* --- throttling --- */

static void check_throttled(double ratio, reml_flow_policy policy, uint64_t wanted) {
  reml_flow_controller controller = automatic(4, 2);
  controller.throttle_ratio = ratio;
  controller.policy = policy;
  reml_stream_config config = flow_config(&controller);
  set_int(&config.run_config, "stream", "demand_preferred_bytes", 1001);
  set_int(&config.run_config, "stream", "demand_min_bytes", 2);
  crank self;
  begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
  turn(&self, chunk("let x = "));
  tap_int((int64_t)self.demand.preferred_bytes, 1001, "ratio %g: nothing is throttled yet", ratio);
  turn(&self, chunk("\"2345"));
  tap_int((int64_t)self.last.demand.preferred_bytes, (int64_t)wanted, "... the Pending is");
  turn(&self, chunk("67"));
  tap_int((int64_t)self.demand.preferred_bytes, (int64_t)wanted, "... and so is what follows");
  turn(&self, chunk("89"));
  tap_int((int64_t)self.demand.preferred_bytes, (int64_t)wanted, "... by no more than that");
  turn(&self, chunk("\" + "));
  turn(&self, chunk("aa"));
  tap_int((int64_t)self.demand.preferred_bytes, 1001, "... as long as it is restrained");
  stop(&self);
}

static void try_throttle(void) {
  check_throttled(0.25, REML_POLICY_AUTO, 251);
  check_throttled(1e-9, REML_POLICY_AUTO, 2); /* min_bytes */
  check_throttled(0.25, REML_POLICY_MANUAL, 1001);
  const double none[] = {0.0, 1.0, 1.5, -0.5, NAN, INFINITY};
  for (size_t i = 0; i < TAP_COUNT(none); i++)
    check_throttled(none[i], REML_POLICY_AUTO, 1001);
}

/* --- watermark_order (section 7) --- */

static void try_watermark_order(void) {
  reml_flow_controller wrong = automatic(1, 2);
  reml_stream_config config = flow_config(&wrong);
  script producer = SCRIPT(chunk("let x = 1"));
  reml_stream_outcome outcome = play(&config, &producer);
  tap_bug(&outcome, "watermark_order", "watermarks that are the wrong way round");
  tap_int((int64_t)producer.pulls, 0, "... before anything is read");
  crank self;
  begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
  tap_text(turn(&self, chunk("let x = 1")), "finished", "... end a driver, too");
  tap_bug(&self.last, "watermark_order", "... which tells its sink");
  stop(&self);
}

static reml_stream_outcome resume_with(reml_continuation *continuation, const char *text,
                                       const reml_flow_controller *flow) {
  reml_yield more = chunk(text);
  return reml_resume_with(continuation, &more, flow);
}

static void try_new_controller(void) {
  reml_stream_config config = flow_config(NULL);
  reml_flow_controller low = automatic(4, 2), high = automatic(8, 2);
  reml_stream_outcome outcome = begin(&config, "let x = \"2345");
  tap_ok(!outcome.meta.is_automatic, "a stream without a controller");
  outcome = resume_with(outcome.continuation, "6", &high);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "gets one at a resume");
  tap_ok(outcome.meta.is_automatic, "... that is automatic");
  outcome = resume(outcome.continuation, chunk("789"));
  tap_pending(&outcome, REML_PENDING_BACKPRESSURE, "... and stays");
  outcome = resume_with(outcome.continuation, "\" + \"23", &low);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "another one takes its place");
  outcome = resume(outcome.continuation, chunk("\" + \"2345"));
  tap_ok(outcome.continuation != NULL, "... with watermarks of its own");
  tap_batch(finish(outcome.continuation, "\""), &config.run_config,
            "let x = \"23456789\" + \"23\" + \"2345\"", "... and the result is the same");
}

static void try_refused_controller(void) {
  reml_flow_controller good = automatic(8, 2), wrong = automatic(1, 2);
  reml_stream_config config = flow_config(&good);
  wrong.mode = REML_FLOW_PUSH;
  reml_continuation *continuation = begin(&config, "let x = \"2345").continuation;
  reml_stream_outcome refused = resume_with(continuation, "never", &wrong);
  tap_bug(&refused, "watermark_order", "a resume refuses a wrong controller");
  reml_stream_outcome outcome = resume(continuation, chunk("678"));
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "... and the continuation is still good");
  tap_int((int64_t)outcome.meta.resume_count, 1, "... as if it had not been resumed");
  outcome = resume(outcome.continuation, chunk("9"));
  tap_pending(&outcome, REML_PENDING_BACKPRESSURE, "... with the controller that it had");
  outcome = resume(outcome.continuation, reml_yield_await());
  tap_pending(&outcome, REML_PENDING_FEEDER_AWAIT, "... and its mode");
  tap_batch(finish(outcome.continuation, "\""), &config.run_config, "let x = \"23456789\"",
            "... and no byte of the refused chunk");
}

static void try_refused_first_controller(void) {
  reml_flow_controller wrong = automatic(1, 2);
  reml_stream_config config = stream_config();
  reml_continuation *continuation = begin(&config, "let x = \"2345").continuation;
  reml_stream_outcome refused = resume_with(continuation, "never", &wrong);
  tap_bug(&refused, "watermark_order", "a stream without a controller refuses it, too");
  reml_stream_outcome outcome = resume(continuation, chunk("678"));
  tap_ok(!outcome.meta.is_automatic && outcome.demand.preferred_bytes == 4,
         "... and has none then");
}

/* The configuration is fixed at the start (section 1 rule 2). */
static void try_changed_controller(void) {
  reml_flow_controller controller = automatic(4, 2);
  crank self;
  begin_cranking(&self, flow_config(&controller), REML_FEEDER_SEQUENTIAL);
  controller = automatic(1, 2);
  tap_text(turn(&self, chunk("let x = \"234")), "progressed",
           "what a controller was made from may change afterwards");
  tap_text(turn(&self, chunk("5")), "pending.backpressure", "... and the controller does not");
  stop(&self);
}

/* A byte that came before there was a controller is as late as it is. */
static void try_late_controller(void) {
  reml_flow_controller controller = automatic(1000, 500);
  controller.max_lag_ns = 100 * ns_per_ms;
  reml_stream_config config = flow_config(NULL);
  crank clock = {.now = 1000};
  config.clock = show_time;
  config.clock_user = &clock;
  reml_stream_outcome outcome = begin(&config, "let x = \"a");
  clock.now += 50;
  outcome = resume_with(outcome.continuation, "b", &controller);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "a new controller finds nothing late yet");
  clock.now += 51;
  outcome = resume(outcome.continuation, chunk("c"));
  tap_pending(&outcome, REML_PENDING_BACKPRESSURE, "... until the oldest byte is");
}

/* --- modes --- */

/* Gives too little before and after an Await, and again when nothing is buffered any more. */
static void check_mode(const char *name, reml_flow_mode mode, reml_feeder_access access,
                       const char *before, const char *after) {
  reml_flow_controller controller = automatic(1000, 500);
  controller.mode = mode;
  reml_stream_config config = flow_config(&controller);
  set_int(&config.run_config, "stream", "demand_min_bytes", 10);
  crank self;
  begin_cranking(&self, config, access);
  tap_text(turn(&self, chunk("let x = \"a")), "progressed", "%s: what was asked for", name);
  tap_text(turn(&self, chunk("b")), before, "... less than that");
  if (mode != REML_FLOW_PUSH && access != REML_FEEDER_PUSH_ONLY)
    tap_text(turn(&self, reml_yield_await()), "feeder.await", "... an Await");
  tap_text(turn(&self, chunk("c")), after, "... less, while bytes are buffered");
  tap_text(turn(&self, chunk("d")), after, "... again");
  turn(&self, chunk("\" +       "));
  turn(&self, chunk("      "));
  tap_text(turn(&self, chunk("1")), before, "... less, when nothing was buffered");
  stop(&self);
}

static void try_modes(void) {
  static const char push[] = "progressed", pull[] = "pending.input_exhausted";
  const reml_feeder_access sequential = REML_FEEDER_SEQUENTIAL;
  check_mode("Push", REML_FLOW_PUSH, sequential, push, push);
  check_mode("Pull", REML_FLOW_PULL, sequential, pull, pull);
  check_mode("Hybrid", REML_FLOW_HYBRID, sequential, pull, push);
  check_mode("Auto, push only", REML_FLOW_AUTO, REML_FEEDER_PUSH_ONLY, push, push);
  check_mode("Auto, random access", REML_FLOW_AUTO, REML_FEEDER_RANDOM_ACCESS, pull, pull);
  check_mode("Auto, sequential", REML_FLOW_AUTO, sequential, pull, push);
}

/* --- on_demand --- */

static reml_amount say(void *user) {
  return *(const reml_amount *)user;
}

static reml_flow_controller manual(reml_amount *amount) {
  return (reml_flow_controller){.policy = REML_POLICY_MANUAL,
                                .high_watermark = 1000,
                                .low_watermark = 100,
                                .on_demand = say,
                                .user = amount};
}

static void try_on_demand(void) {
  reml_amount amount = {7, 0};
  reml_flow_controller controller = manual(&amount);
  reml_stream_config config = flow_config(&controller);
  set_text(&config.run_config, "effects", "stage", "experimental");
  crank self;
  begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
  tap_text(turn(&self, chunk("let x =")), "progressed", "on_demand wants bytes");
  tap_ok(self.demand.preferred_bytes == 7 && self.demand.min_bytes == 1, "... which are asked for");
  amount.bytes = 0;
  tap_text(turn(&self, chunk("never")), "pending.backpressure", "on_demand wants none");
  tap_ok(!self.asked, "... and the producer is not asked");
  tap_text(turn(&self, chunk("never")), "pending.backpressure", "... as long as that is so");
  tap_int((int64_t)self.last.meta.backpressure_events, 2, "... and each time it is counted");
  amount.bytes = 3;
  tap_text(turn(&self, chunk(" 12")), "progressed", "on_demand wants bytes again");
  tap_int((int64_t)self.demand.preferred_bytes, 3, "... so many");
  tap_text(turn(&self, reml_yield_closed()), "finished", "the end of the input");
  tap_batch(self.last.result, &config.run_config, "let x = 12", "... with no diagnostic");
  stop(&self);
}

static void try_small_demands(void) {
  reml_amount amount = {7, 0};
  reml_flow_controller controller = manual(&amount);
  reml_stream_config config = flow_config(&controller);
  set_int(&config.run_config, "stream", "demand_min_bytes", 20);
  crank self;
  begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
  tap_text(turn(&self, chunk("let x =")), "progressed", "what on_demand wants is enough");
  tap_ok(self.demand.min_bytes == 7 && self.demand.preferred_bytes == 7,
         "... also where the configuration wants more");
  stop(&self);
  amount = (reml_amount){100, 2};
  config = flow_config(&controller);
  script producer = SCRIPT(chunk("let "), chunk("x "), chunk("never"));
  reml_stream_outcome outcome = play(&config, &producer);
  tap_pending(&outcome, REML_PENDING_INPUT_EXHAUSTED, "on_demand may want so many chunks");
  tap_int((int64_t)producer.pulls, 2, "... and no more are taken");
}

/* --- demands (section 2) --- */

/* What is asked for behind a prefix; 0: not set. */
static const struct {
  const char *name;
  int64_t min_key, preferred_key;
  uint64_t cap;
  bool controlled;
  uint64_t high, low;
  const char *prefix;
  uint64_t min, preferred;
} demands[] = {
    {"nothing is set", 0, 0, 0, false, 0, 0, "", 1, 4},
    {"min", 10, 0, 0, false, 0, 0, "", 10, 40},
    {"preferred", 0, 100, 0, false, 0, 0, "", 1, 100},
    {"both", 10, 100, 0, false, 0, 0, "", 10, 100},
    {"min over preferred", 10, 5, 0, false, 0, 0, "", 10, 10},
    {"negative numbers are not set", -10, -5, 0, false, 0, 0, "", 1, 4},
    {"cap", 0, 0, 2, false, 0, 0, "", 1, 2},
    {"cap below min", 10, 0, 8, false, 0, 0, "", 8, 8},
    {"cap below preferred", 3, 100, 8, false, 0, 0, "", 3, 8},
    {"cap above all", 3, 9, 80, false, 0, 0, "", 3, 9},
    {"the largest min", INT64_MAX, 0, 0, false, 0, 0, "", INT64_MAX, UINT64_MAX},
    {"watermarks", 0, 0, 0, true, 1000, 200, "", 200, 1000},
    {"watermarks, a byte buffered", 0, 0, 0, true, 1000, 200, "let x = \"", 199, 1000},
    {"a low watermark below 64", 0, 0, 0, true, 1000, 10, "", 64, 1000},
    {"as much buffered as the low watermark", 0, 0, 0, true, 1000, 5, "let x = \"2345", 64, 1000},
    {"a high watermark below 64", 0, 0, 0, true, 10, 5, "", 64, 64},
    {"watermarks and cap", 0, 0, 50, true, 1000, 200, "", 50, 50},
    {"watermarks and a wide cap", 0, 0, 500, true, 1000, 200, "", 200, 500},
    {"watermarks and min", 10, 0, 0, true, 1000, 200, "", 10, 1000},
    {"watermarks and preferred", 0, 300, 0, true, 1000, 200, "", 200, 300},
    {"one of two bytes", 0, 0, 0, true, 1, 1, "let \xC3", 64, 64},
    {"min, one of two bytes", 1, 0, 0, true, 9, 1, "let \xC3", 1, 9},
    {"min, one of three bytes", 1, 0, 0, true, 9, 1, "let \xE3", 2, 9},
    {"min, one of four bytes", 1, 0, 0, true, 9, 1, "let \xF0", 3, 9},
    {"min, two of four bytes", 1, 0, 0, true, 9, 1, "let x\xF0\x9F", 2, 9},
    {"min, three of four bytes", 1, 0, 0, true, 9, 1, "let x\xF0\x9F\x98", 1, 9},
    {"a larger min, one of four bytes", 7, 0, 0, true, 9, 1, "let \xF0", 7, 9},
    {"no controller, one of four bytes", 0, 0, 0, false, 0, 0, "let \xF0", 3, 4},
    {"no controller, a wider preferred", 0, 2, 0, false, 0, 0, "let \xF0", 3, 3},
    {"one byte of an operator", 1, 0, 0, true, 9, 1, "let x =", 1, 9},
    {"a character within a string", 1, 0, 0, true, 9, 1, "let x = \"\xF0", 1, 9},
    {"a character within a comment", 1, 0, 0, true, 9, 1, "/* \xF0", 1, 9},
};

static void check_demand(size_t row) {
  reml_stream_config config = stream_config();
  reml_flow_controller controller = {.high_watermark = demands[row].high,
                                     .low_watermark = demands[row].low};
  if (demands[row].min_key != 0)
    set_int(&config.run_config, "stream", "demand_min_bytes", demands[row].min_key);
  if (demands[row].preferred_key != 0)
    set_int(&config.run_config, "stream", "demand_preferred_bytes", demands[row].preferred_key);
  config.demand_cap.bytes = demands[row].cap;
  if (demands[row].controlled) config.flow = &controller;
  bytes prefix = {0};
  if (*demands[row].prefix != '\0') bytes_repeat(&prefix, " ", 300); /* nothing stays owed */
  bytes_add_text(&prefix, demands[row].prefix);
  script producer = SCRIPT(chunk(prefix.data), chunk(""));
  reml_stream_outcome outcome = play(&config, &producer);
  bytes_free(&prefix);
  tap_ok(outcome.demand.min_bytes == demands[row].min, "%s: min is %llu, wanted %llu",
         demands[row].name, (unsigned long long)outcome.demand.min_bytes,
         (unsigned long long)demands[row].min);
  tap_ok(outcome.demand.preferred_bytes == demands[row].preferred,
         "... preferred is %llu, wanted %llu", (unsigned long long)outcome.demand.preferred_bytes,
         (unsigned long long)demands[row].preferred);
}

static void try_demands(void) {
  for (size_t row = 0; row < TAP_COUNT(demands); row++)
    check_demand(row);
}

/* What is left of an earlier demand is no reason to ask for a part of a character. */
static void try_owed_character(void) {
  reml_stream_config config = stream_config();
  set_int(&config.run_config, "stream", "demand_min_bytes", 4);
  script producer = SCRIPT(reml_yield_await());
  reml_stream_outcome outcome = play(&config, &producer);
  outcome = resume(outcome.continuation, chunk("xy\xE3"));
  tap_int((int64_t)outcome.demand.min_bytes, 2, "one byte is owed, but two are missing");
}

static void try_hint(void) {
  reml_stream_config config = stream_config();
  set_text(&config.run_config, "stream", "resume_hint", "a hint");
  script producer = SCRIPT(chunk("let x"), reml_yield_await());
  reml_stream_outcome outcome = play(&config, &producer);
  tap_string(outcome.demand.resume_hint, "a hint", "the hint is passed on");
  tap_string(producer.demands[0].resume_hint, "a hint", "... to the producer, too");
  config = stream_config();
  outcome = begin(&config, "let x");
  tap_ok(outcome.demand.resume_hint.bytes == NULL && outcome.demand.frame_boundary.bytes == NULL,
         "what is not set is absent");
}

/* --- controllers of the configuration --- */

static void try_configured_policy(void) {
  static const struct {
    const char *key, *text;
    bool present, is_automatic;
  } rows[] = {
      {"flow_policy", "auto", true, true},         {"flow_policy", " AUTO\t", true, true},
      {"flow_policy", "manual", true, false},      {"flow_policy", "fast", false, false},
      {"flow_max_lag_bytes", "5", true, false},    {"flow_debounce_ms", "5", true, false},
      {"flow_throttle_ratio", "0.5", true, false}, {"flow_max_lag_bytes", "x", false, false},
      {"checkpoint", "auto", false, false},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_stream_config config = stream_config();
    set_text(&config.run_config, "stream", rows[i].key, rows[i].text);
    script producer = SCRIPT(reml_yield_await());
    reml_stream_outcome outcome = play(&config, &producer);
    tap_int((int64_t)outcome.demand.preferred_bytes, rows[i].present ? 65536 : 4,
            "%s = `%s`: there is %s controller", rows[i].key, rows[i].text,
            rows[i].present ? "a" : "no");
    tap_ok(outcome.meta.is_automatic == rows[i].is_automatic, "... and its policy is%s automatic",
           rows[i].is_automatic ? "" : " not");
  }
}

static void try_configured_numbers(void) {
  static const event lag[] = {
      {0, "let x = \"2345", false, "flow_max_lag_bytes: few enough"},
      {0, "6", true, "... too many"},
      {1, "\" + \"a", false, "it is over"},
      {5, "bcdefg", false, "flow_debounce_ms: too soon"},
      {10, "h", true, "... and now it is told"},
  };
  reml_stream_config config = flow_config(NULL);
  set_text(&config.run_config, "stream", "flow_policy", "auto");
  set_int(&config.run_config, "stream", "flow_max_lag_bytes", 5);
  set_int(&config.run_config, "stream", "flow_debounce_ms", 10);
  set_text(&config.run_config, "stream", "flow_throttle_ratio", "0.5");
  play_story(config, lag, TAP_COUNT(lag));
  crank self;
  begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
  turn(&self, chunk("let x = \"23456"));
  tap_int((int64_t)self.last.demand.preferred_bytes, 32768, "flow_throttle_ratio: half of 64 KiB");
  stop(&self);
}

static void try_configured_mode(void) {
  reml_stream_config config = flow_config(NULL);
  set_text(&config.run_config, "stream", "flow_policy", "manual");
  config.mode = REML_FLOW_PUSH;
  script producer = SCRIPT(reml_yield_await());
  reml_stream_outcome outcome = play(&config, &producer);
  tap_bug(&outcome, "await_in_push_mode", "a configured controller has the stream's mode");
  reml_flow_controller controller = automatic(500, 100);
  config.flow = &controller;
  script other = SCRIPT(reml_yield_await());
  outcome = play(&config, &other);
  tap_pending(&outcome, REML_PENDING_FEEDER_AWAIT, "a given controller has its own");
  tap_ok(outcome.meta.is_automatic && outcome.demand.preferred_bytes == 500,
         "... and is taken instead of the configured one");
}

/* --- reasons (section 6) --- */

/* What the newest turn gives reason to: the producer's words, or that it says too little. */
static const char *due_reason(const crank *self, uint64_t wanted) {
  if (wanted == 0) return "pending.backpressure";
  if (self->next.kind == REML_YIELD_AWAIT) return "feeder.await";
  return self->next.count < self->demand.min_bytes ? "pending.input_exhausted" : "progressed";
}

static void try_reasons(void) {
  enum { TURNS = 2000 };
  static const char text[] = "aaaaaaaaaaaaaaaaaaaa";
  reml_amount amount = {1, 0};
  reml_flow_controller controller = manual(&amount);
  reml_stream_config config = flow_config(&controller);
  uint64_t random = 1;
  size_t wrong = 0, pauses = 0, awaits = 0, exhausted = 0;
  crank self;
  controller.mode = REML_FLOW_PULL;
  controller.high_watermark = TURNS * sizeof text;
  set_int(&config.run_config, "stream", "demand_min_bytes", 8);
  begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
  turn(&self, chunk("let "));
  for (int i = 0; i < TURNS; i++) {
    amount.bytes = next_random(&random) % 12;
    reml_yield more = reml_yield_chunk(text, next_random(&random) % 12);
    const char *got = turn(&self, next_random(&random) % 5 == 0 ? reml_yield_await() : more);
    const char *due = due_reason(&self, amount.bytes);
    wrong += strcmp(got, due) != 0;
    pauses += strcmp(due, "pending.backpressure") == 0;
    awaits += strcmp(due, "feeder.await") == 0;
    exhausted += strcmp(due, "pending.input_exhausted") == 0;
  }
  stop(&self);
  tap_int((int64_t)wrong, 0, "every Pending has its reason (%zu, %zu, %zu)", pauses, awaits,
          exhausted);
  tap_ok(pauses > 10 && awaits > 10 && exhausted > 10, "... and each of three reasons comes up");
}

static void try_reason_texts(void) {
  static const char *const texts[] = {"pending.backpressure", "pending.input_exhausted",
                                      "feeder.await", "feeder.closed"};
  for (size_t i = 0; i < TAP_COUNT(texts); i++)
    tap_text(reml_pending_reason_text((reml_pending_reason)i), texts[i], "reason %zu", i);
}

/* --- what is told of it (section 10) --- */

static void try_meta(void) {
  reml_flow_controller controller = automatic(4, 2);
  reml_stream_config config = flow_config(&controller);
  crank self;
  begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
  turn(&self, chunk("let x = \"2"));
  self.now = 30;
  reml_stream_meta meta = reml_stream_driver_meta(self.driver);
  tap_ok(meta.is_automatic, "the policy is automatic");
  tap_ok(meta.buffer_fill_ratio == 0.5, "... half of what is allowed is buffered");
  tap_int((int64_t)meta.lag_ns, (int64_t)(30 * ns_per_ms), "... for so long");
  turn(&self, chunk("345"));
  turn(&self, chunk("\" + "));
  turn(&self, chunk("\"2345"));
  reml_continuation_meta described;
  tap_int((int64_t)self.last.meta.backpressure_events, 2, "each pause is counted");
  tap_ok(reml_continuation_describe(self.last.continuation, &described) &&
             described.backpressure_counter == 2,
         "... in the continuation, too");
  tap_string(self.last.meta.last_reason, "pending.backpressure", "... and is the last reason");
  stop(&self);
}

/* --- the bridge (section 13, rule 9 of section 1) --- */

static void try_stages(void) {
  static const struct {
    const char *stage;
    bool pauses;
  } rows[] = {{NULL, false},  {"experimental", false}, {" Experimental ", false},
              {"beta", true}, {" BETA ", true},        {"stable", true}};
  reml_flow_controller controller = automatic(4, 2);
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_stream_config config = flow_config(&controller);
    reml_config_set_effects_stage(&config.run_config, reml_string_from(NULL));
    if (rows[i].stage != NULL) set_text(&config.run_config, "effects", "stage", rows[i].stage);
    crank self;
    begin_cranking(&self, config, REML_FEEDER_SEQUENTIAL);
    const char *outcome = turn(&self, chunk("let x = \"2345"));
    tap_text(outcome, rows[i].pauses ? "pending.backpressure" : "finished",
             "stage `%s`: a bridge that can%s pause", rows[i].stage ? rows[i].stage : "",
             rows[i].pauses ? "" : "not");
    stop(&self);
  }
}

static void try_refusing_bridge(void) {
  reml_flow_controller controller = automatic(4, 2);
  reml_stream_config config = flow_config(&controller);
  set_text(&config.run_config, "effects", "stage", "experimental");
  reml_stream_outcome outcome = begin(&config, "let x = ");
  outcome = resume(outcome.continuation, chunk("\"2345"));
  tap_ok(outcome.continuation == NULL && !outcome.result->accepted, "the run ends with an error");
  tap_int((int64_t)outcome.result->diagnostic_count, 1, "... and with no other diagnostic");
  const reml_diagnostic *error = outcome.result->diagnostics;
  tap_text(error->codes[0], "bridge.stage.backpressure", "... its first code");
  tap_text(error->codes[1], "effects.contract.stage_mismatch", "... and its second");
  controller.policy = REML_POLICY_MANUAL;
  outcome = begin(&config, "let x = ");
  outcome = resume(outcome.continuation, chunk("\"2345"));
  tap_pending(&outcome, REML_PENDING_BACKPRESSURE, "a manual policy asks no bridge");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"hysteresis", try_hysteresis},
      {"limits of watermarks", try_limits_of_watermarks},
      {"lag in bytes", try_lag_in_bytes},
      {"lag in time", try_lag_in_time},
      {"debounce", try_debounce},
      {"throttle", try_throttle},
      {"watermark order", try_watermark_order},
      {"new controller", try_new_controller},
      {"refused controller", try_refused_controller},
      {"refused first controller", try_refused_first_controller},
      {"changed controller", try_changed_controller},
      {"late controller", try_late_controller},
      {"modes", try_modes},
      {"on_demand", try_on_demand},
      {"small demands", try_small_demands},
      {"demands", try_demands},
      {"owed character", try_owed_character},
      {"hint", try_hint},
      {"configured policy", try_configured_policy},
      {"configured numbers", try_configured_numbers},
      {"configured mode", try_configured_mode},
      {"reasons", try_reasons},
      {"texts of reasons", try_reason_texts},
      {"counts and ratios", try_meta},
      {"stages", try_stages},
      {"refusing bridge", try_refusing_bridge},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
