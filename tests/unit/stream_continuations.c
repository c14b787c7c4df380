/* Continuations of streams: their forks, and what they tell of themselves. Sections are those of
 * compat/contract/streaming-spec.md. */
#include "feeder.h"

#include <stdio.h>
#include <string.h>

/* --- forks --- */

enum { BRANCHES = 4 };

typedef struct branching {
  const char *prefix, *rests[BRANCHES];
} branching;

static const branching branchings[] = {
    {"let x = ", {"1", "a + b", ") oops", "\"s\" let y = 2"}},
    {"let x = a + b * ", {"c", "(c |> d)", "c == d == e", ""}},
    {"fn f() { g(1, ", {"2) }", "x = 3); h() }", "}", "[4, 5], 6)(7).y[8]? }"}},
    {"let x = \"ab", {"c\"", "\\", "\" + 1", "\r\n\" let"}},
    {"let x = \"ab\\", {"\"\"", "n\"", "\\\"", "\""}},
    {"let x = r\"", {"\\\"", "\n\"", "\" \"", ""}},
    {"let x = \"\"\"a\"\"", {"\"", "b\"\"\"", "\"\"", ""}},
    {"let x = \"\"", {"\"a\"\"\"", " + 1", "", "\"\"\"\" )"}},
    {"let x = 1 /* a", {"*/", "/* */ */ let y = 2", "", "**/ )"}},
    {"let x = 1 /* /* a *", {"/*/", "/ */ )", "*/*/", "/"}},
    {"let x = 1 // a", {"\nlet y = 2", " b\r\n)", "", "\rlet"}},
    {"let na", {"me = 1", " = 1", "\xC3\xA9 = 2", "="}},
    {"let \xE3\x81", {"\x82 = 1", "\x82\xE3\x81\x84 = 1", " = 1", "\xFF"}},
    {"let x = 1", {".5", "e+5", " let y = 2", "_0"}},
    {"let x = 1e", {"5", "+", "+5", "x"}},
    {"let x = 0", {"x1F", "b2", ".", "o"}},
    {"let x = 1\r", {"\nlet y", "let y = \"\n\"", "\r\n)", ""}},
    {"let x = |", {">", "a| b", "|| c", "| d"}},
    {"let x = '", {"a'", "\\'' ", "''", "\n' )"}},
    {"use a.", {"b", "{b, c as d}", "", "b.{c.{d}} let x = 1"}},
};

static void join(bytes *to, const char *prefix, const char *rest) {
  bytes_clear(to);
  bytes_add_text(to, prefix);
  bytes_add_text(to, rest);
}

/* Each branch gets a byte in turn, so that all of them are open at the same time. */
static void finish_together(reml_continuation **branches, const branching *one,
                            const reml_result **results) {
  for (size_t at = 0, open = BRANCHES; open > 0; at++) {
    open = 0;
    for (size_t i = 0; i < BRANCHES; i++) {
      if (branches[i] == NULL) continue;
      size_t length = strlen(one->rests[i]);
      reml_yield more = at < length ? reml_yield_chunk(one->rests[i] + at, 1) : reml_yield_closed();
      reml_stream_outcome outcome = resume(branches[i], more);
      branches[i] = outcome.continuation;
      results[i] = outcome.result;
      open += outcome.continuation != NULL;
    }
  }
}

static void check_branching(const reml_stream_config *config, const branching *one) {
  reml_continuation *branches[BRANCHES];
  const reml_result *results[BRANCHES];
  bytes source = {0};
  branches[0] = begin(config, one->prefix).continuation;
  for (size_t i = 1; i < BRANCHES; i++) /* also forks of forks */
    branches[i] = reml_continuation_fork(branches[i / 2]);
  finish_together(branches, one, results);
  for (size_t i = 0; i < BRANCHES; i++) {
    join(&source, one->prefix, one->rests[i]);
    tap_batch(results[i], &config->run_config, source.data, "forked behind `%s`: `%s`", one->prefix,
              one->rests[i]);
  }
  bytes_free(&source);
}

static void try_forks(void) {
  reml_stream_config config = stream_config();
  for (size_t i = 0; i < TAP_COUNT(branchings); i++)
    check_branching(&config, &branchings[i]);
}

static void try_forks_with_packrat(void) {
  reml_stream_config config = stream_config();
  config.run_config.packrat = true;
  for (size_t i = 0; i < 3; i++)
    check_branching(&config, &branchings[i]);
}

static bool is_batch(const reml_result *result, const reml_config *config, const char *source,
                     size_t length) {
  bytes got = {0}, wanted = {0};
  print_result(result, &got);
  run_and_print(config, source, length, &wanted);
  bool same = got.length == wanted.length && memcmp(got.data, wanted.data, got.length) == 0;
  bytes_free(&got);
  bytes_free(&wanted);
  return same;
}

/* At every place of a source, the stream goes on with a fork, and the forked one ends otherwise. */
static void fork_everywhere(const char *source, const char *other_end) {
  reml_stream_config config = stream_config();
  bytes other = {0};
  reml_continuation *trunk = begin(&config, "").continuation;
  size_t length = strlen(source), same = 0;
  for (size_t at = 0; at < length; at++) {
    reml_continuation *left = trunk;
    trunk = resume(reml_continuation_fork(left), reml_yield_chunk(source + at, 1)).continuation;
    bytes_clear(&other);
    bytes_add(&other, source, at);
    bytes_add_text(&other, other_end);
    same += is_batch(finish(left, other_end), &config.run_config, other.data, other.length);
  }
  tap_int((int64_t)same, (int64_t)length, "every place of a source can be left with another end");
  tap_batch(finish(trunk, ""), &config.run_config, source,
            "... which a fork of forks does not see");
  bytes_free(&other);
}

static void try_forks_everywhere(void) {
  static const char source[] =
      "module a.b\nuse c.{d, e as f}\n@g(1) pub fn h<T>(i: T = 2) -> T where J<T> ! { io } {\n"
      "  let k = [1, 2.5, 'c'] |> m(n = \"o\\n\", r\"p\") /* q /* r */ */;\n"
      "  if s == t && u then { v: 1 } else match w with | X(y) if z -> a.0 | _ -> |b| -b\n}\n"
      "trait A { fn b(self) -> B } impl C<D> for E { let f = 1 }\n"
      "effect F : g { operation h : I -> J } handler K { operation l(m) { n } return o { p } }\n"
      "type Q = | R(Int) | S extern \"C\" { fn t(u: V) -> W; }";
  fork_everywhere(source, " + \"\" let zz = zzz(1)");
}

/* Many names and nodes on both sides, so that what forks have in common is full of both. */
static void add_names(bytes *to, const char *name, int count) {
  char text[64];
  for (int i = 0; i < count; i++) {
    snprintf(text, sizeof text, "let %s%d = %s%d + %d\n", name, i, name, i / 2, i);
    bytes_add_text(to, text);
  }
}

static void try_large_forks(void) {
  enum { NAMES = 3000, STEPS = 50 };
  static const char *const names[] = {"b", "c"};
  reml_stream_config config = stream_config();
  bytes prefix = {0}, sources[2] = {{0}, {0}};
  add_names(&prefix, "a", NAMES);
  reml_continuation *branches[2] = {begin(&config, prefix.data).continuation};
  branches[1] = reml_continuation_fork(branches[0]);
  for (int b = 0; b < 2; b++)
    bytes_add_text(&sources[b], prefix.data);
  for (int step = 0; step < STEPS; step++) {
    for (int b = 0; b < 2; b++) {
      size_t before = sources[b].length;
      add_names(&sources[b], names[(b + step) % 2], NAMES / STEPS);
      branches[b] = resume(branches[b], chunk(sources[b].data + before)).continuation;
    }
  }
  for (int b = 0; b < 2; b++)
    tap_batch(finish(branches[b], ""), &config.run_config, sources[b].data,
              "branch %d of a stream with many names", b);
  bytes_free(&prefix);
  bytes_free(&sources[0]);
  bytes_free(&sources[1]);
}

static void try_deep_forks(void) {
  enum { DEPTH = 20000 };
  reml_stream_config config = stream_config();
  bytes prefix = {0}, rest = {0}, source = {0};
  bytes_add_text(&prefix, "let x = ");
  bytes_repeat(&prefix, "(", DEPTH);
  bytes_add_text(&rest, "1");
  bytes_repeat(&rest, ")", DEPTH);
  reml_continuation *origin = begin(&config, prefix.data).continuation;
  reml_continuation *fork = reml_continuation_fork(origin);
  join(&source, prefix.data, rest.data);
  tap_batch(finish(fork, rest.data), &config.run_config, source.data, "a fork of a deep stack");
  bytes_clear(&rest);
  bytes_repeat(&rest, "(", DEPTH);
  bytes_add_text(&rest, "]");
  join(&source, prefix.data, rest.data);
  tap_batch(finish(origin, rest.data), &config.run_config, source.data, "... and its origin");
  bytes_free(&prefix);
  bytes_free(&rest);
  bytes_free(&source);
}

/* --- what a continuation tells of itself (section 4) --- */

static reml_continuation_meta describe(const reml_continuation *continuation) {
  reml_continuation_meta meta = {0};
  if (!reml_continuation_describe(continuation, &meta)) tap_bail_out("no description");
  return meta;
}

static reml_continuation_meta describe_prefix(const reml_stream_config *config,
                                              const char *prefix) {
  return describe(begin(config, prefix).continuation);
}

static void print_continuation(const reml_stream_outcome *outcome, bytes *out) {
  reml_continuation_meta meta = describe(outcome->continuation);
  bytes_clear(out);
  reml_write_continuation_json(&meta, &outcome->meta, bytes_write, out);
}

static void try_description(void) {
  reml_stream_config config = stream_config();
  set_text(&config.run_config, "stream", "checkpoint", "here");
  reml_stream_outcome outcome = begin(&config, "let x = 1 let y = ");
  bytes before = {0}, after = {0};
  print_continuation(&outcome, &before);
  reml_continuation_meta meta = describe(outcome.continuation);
  tap_string(meta.file, "case.reml", "a continuation knows its input");
  tap_string(meta.trace_label, "here", "... its label");
  tap_int((int64_t)meta.generation, 1, "... its number");
  tap_ok(meta.engine_bytes > 0, "... and its memory");
  reml_stream_outcome fork = outcome;
  fork.continuation = reml_continuation_fork(outcome.continuation);
  finish(fork.continuation, "\"abc\" let z = )");
  print_continuation(&outcome, &after);
  tap_text(after.data, before.data, "what a fork does changes nothing of it");
  config = stream_config();
  tap_ok(describe_prefix(&config, "").trace_label.bytes == NULL, "a label is absent unless set");
  bytes_free(&before);
  bytes_free(&after);
}

static void try_lineage(void) {
  reml_stream_config config = stream_config();
  reml_stream_outcome outcome = begin(&config, "let x");
  outcome = resume(outcome.continuation, chunk(" "));
  outcome = resume(outcome.continuation, chunk("="));
  reml_continuation_meta meta = describe(outcome.continuation);
  tap_int((int64_t)meta.lineage_count, 3, "every Pending adds to the lineage");
  tap_ok(meta.resume_lineage[0] == REML_PENDING_INPUT_EXHAUSTED &&
             meta.resume_lineage[2] == REML_PENDING_FEEDER_AWAIT,
         "... the newest in front");
  for (int i = 0; i < 40; i++)
    outcome = resume(outcome.continuation, reml_yield_await());
  meta = describe(outcome.continuation);
  tap_int((int64_t)meta.lineage_count, 32, "it is cut behind 32");
  size_t awaits = 0;
  while (awaits < meta.lineage_count && meta.resume_lineage[awaits] == REML_PENDING_FEEDER_AWAIT)
    awaits++;
  tap_int((int64_t)awaits, 32, "... and the oldest are gone");
  tap_int((int64_t)meta.generation, 43, "the number of the Pending counts them all");
}

static void try_watermark(void) {
  static const struct {
    const char *prefix;
    int settled;
  } rows[] = {
      {"", 0},
      {"let x = \"ab", 8},
      {"let x = \"a\\", 8},
      {"let x = r\"ab", 8},
      {"let x = \"\"\"ab\"", 8},
      {"let x = \"\"", 8},
      {"let abc", 4},
      {"let \xE3\x81", 4},
      {"let x = 1.", 8},
      {"let x = |", 8},
      {"let x = 'a", 8},
      {"let x = \"a\"", 11},
      {"let x = 12 ", 11},
      {"let x = (", 9},
  };
  reml_stream_config config = stream_config();
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_continuation_meta meta = describe_prefix(&config, rows[i].prefix);
    tap_int((int64_t)meta.commit_watermark, rows[i].settled, "`%s` is settled up to byte %d",
            rows[i].prefix, rows[i].settled);
    tap_int((int64_t)(meta.commit_watermark + meta.buffered_bytes), (int64_t)strlen(rows[i].prefix),
            "... and the rest is buffered");
  }
}

/* --- along whole sources --- */

typedef struct progress {
  uint64_t watermark, checkpoint_end;
} progress;

static bool rises(progress *last, const reml_continuation_meta *meta, uint64_t received) {
  const reml_span *item = &meta->last_checkpoint;
  if (meta->commit_watermark < last->watermark) return false;
  if (meta->commit_watermark + meta->buffered_bytes != received) return false;
  last->watermark = meta->commit_watermark;
  if (!meta->has_checkpoint) return last->checkpoint_end == 0;
  if (item->start.offset >= item->end.offset || item->end.offset < last->checkpoint_end)
    return false;
  last->checkpoint_end = item->end.offset;
  return item->end.offset <= received;
}

/* Described behind every byte, which must not show in the result. */
static void progress_of(const char *name, const char *source, size_t length) {
  reml_stream_config config = stream_config();
  reml_stream_outcome outcome = begin(&config, "");
  progress last = {0, 0};
  bool risen = true;
  for (size_t at = 0; outcome.continuation != NULL && at <= length; at++) {
    reml_continuation_meta meta = describe(outcome.continuation);
    risen = risen && rises(&last, &meta, at);
    reml_yield more = at < length ? reml_yield_chunk(source + at, 1) : reml_yield_closed();
    outcome = resume(outcome.continuation, more);
  }
  tap_ok(risen, "%s: watermark and checkpoint never fall", name);
  tap_ok(is_batch(outcome.result, &config.run_config, source, length),
         "%s: descriptions do not show in the result", name);
}

static void try_progress(void) {
  each_golden_source(progress_of);
}

/* --- the last checkpoint --- */

enum { UNIT_USES = 1, UNIT_DECLS = 2 };

static bool last_of(const reml_result *result, size_t list, uint32_t *start, uint32_t *end) {
  reml_member member;
  if (!reml_node_member(result->tree, result->unit, list, &member) || member.count == 0)
    return false;
  reml_node node = reml_node_element(result->tree, result->unit, list, member.count - 1);
  return reml_node_span(result->tree, node, start, end);
}

/* The place behind the token that ends at an offset; the start of the input if there is none. */
static reml_position place_behind_token(const char *source, size_t length, uint32_t offset) {
  reml_config config = golden_config();
  reml_reader *reader = reml_reader_open(&config, source, length);
  reml_token_info token;
  while (offset > 0 && reml_reader_token(reader, &token)) {
    if (token.span.end.offset == offset) return token.span.end;
    if (token.kind == REML_TOKEN_EOF) break;
  }
  return (reml_position){1, 1, 0};
}

/* `line:column@offset-line:column@offset`. */
static void print_span(reml_position start, reml_position end, bytes *out) {
  char text[96];
  bytes_clear(out);
  snprintf(text, sizeof text, "%u:%u@%u-%u:%u@%u", start.line, start.column, start.offset, end.line,
           end.column, end.offset);
  bytes_add_text(out, text);
}

/* The span of the last item in the tree, as a checkpoint; empty without an item. */
static void print_last_item(const reml_result *batch, const char *source, size_t length,
                            bytes *out) {
  uint32_t start, end;
  bytes_clear(out);
  if (last_of(batch, UNIT_DECLS, &start, &end) || last_of(batch, UNIT_USES, &start, &end))
    print_span(place_behind_token(source, length, start), place_behind_token(source, length, end),
               out);
}

static void print_checkpoint(const reml_continuation *continuation, bytes *out) {
  reml_continuation_meta meta = describe(continuation);
  bytes_clear(out);
  if (meta.has_checkpoint) print_span(meta.last_checkpoint.start, meta.last_checkpoint.end, out);
}

static bool is_in_comment(const char *prefix) {
  reml_stream_config config = stream_config();
  return describe(begin(&config, prefix).continuation).in_comment;
}

/* Nothing is buffered in a comment, so only this tells it from a place where a token may come. */
static void try_comments(void) {
  tap_ok(is_in_comment("let x = 1 /* a") && is_in_comment("let x = 1 // a"),
         "a continuation within a comment says so");
  tap_ok(!is_in_comment("let x = 1 /* a */ ") && !is_in_comment("let x = \"/* ") &&
             !is_in_comment("// a\n"),
         "... and no other");
}

/* What completes an item may be read by a fork only. */
static void try_checkpoints_of_forks(void) {
  reml_stream_config config = stream_config();
  bytes got = {0};
  reml_continuation *origin = begin(&config, "let a = 1 ").continuation;
  reml_continuation *fork = reml_continuation_fork(origin);
  resume(origin, chunk("\n+ 22 let b = 3 "));
  fork = resume(fork, chunk("let c = 4 ")).continuation;
  print_checkpoint(fork, &got);
  tap_text(got.data, "1:1@0-1:10@9", "a fork has the checkpoint of what it has read");
  bytes_free(&got);
}

/* A new declaration completes the one before, whose span begins behind the token before it. */
static void checkpoint_of(const char *name, const char *source, size_t length) {
  reml_stream_config config = stream_config();
  bytes got = {0}, wanted = {0};
  reml_string file = reml_string_from("case.reml");
  const reml_result *batch = reml_run(new_context(), &config.run_config, file, source, length);
  if (!batch->accepted) return;
  reml_stream_outcome outcome = begin(&config, "");
  outcome = resume(outcome.continuation, reml_yield_chunk(source, length));
  outcome = resume(outcome.continuation, chunk("\nlet next"));
  print_checkpoint(outcome.continuation, &got);
  print_last_item(batch, source, length, &wanted);
  tap_text(got.data, wanted.data, "%s: the checkpoint is the last item", name);
  bytes_free(&got);
  bytes_free(&wanted);
}

static void try_checkpoints(void) {
  each_golden_source(checkpoint_of);
  reml_stream_config config = stream_config();
  reml_continuation_meta meta = describe_prefix(&config, "let x = 1 ");
  tap_ok(!meta.has_checkpoint, "a declaration that may go on is no checkpoint");
  meta = describe_prefix(&config, "fn f() {\n  a;\n  b; c");
  tap_ok(meta.has_checkpoint && meta.last_checkpoint.start.line == 3 &&
             meta.last_checkpoint.start.column == 3 && meta.last_checkpoint.end.column == 5,
         "a complete statement is one");
  meta = describe_prefix(&config, "fn f() { a; }");
  tap_ok(meta.has_checkpoint && meta.last_checkpoint.start.offset == 0 &&
             meta.last_checkpoint.end.offset == 13,
         "a function is one as soon as it is closed");
}

/* --- expected tokens --- */

static const char *sample_of(reml_token_kind kind) {
  switch (kind) {
  case REML_TOKEN_INT: return "0";
  case REML_TOKEN_FLOAT: return "0.0";
  case REML_TOKEN_CHAR: return "'a'";
  case REML_TOKEN_STRING: return "\"\"";
  case REML_TOKEN_IDENT: return "value";
  case REML_TOKEN_UPPER_IDENT: return "Value";
  default: return reml_token_label(kind);
  }
}

/* Whether the stream could go on with such a token. Line breaks keep it apart from a comment. */
static bool takes(const reml_continuation *continuation, reml_token_kind kind) {
  char text[32];
  reml_continuation *fork = reml_continuation_fork(continuation);
  if (kind == REML_TOKEN_EOF) return resume(fork, reml_yield_closed()).result->accepted;
  snprintf(text, sizeof text, "\n%s\n", sample_of(kind));
  return resume(fork, chunk(text)).continuation != NULL;
}

static bool lists(const reml_expected *expected, reml_token_kind kind) {
  for (size_t i = 0; i < expected->count; i++)
    if (strcmp(expected->alternatives[i].label, reml_token_label(kind)) == 0) return true;
  return false;
}

static size_t check_expected(const char *name, size_t at, const reml_continuation *continuation) {
  reml_continuation_meta meta = describe(continuation);
  size_t wrong = 0;
  for (int kind = 0; kind < REML_REFERENCE_TOKEN_COUNT; kind++) {
    if (lists(meta.expected_tokens, (reml_token_kind)kind) ==
        takes(continuation, (reml_token_kind)kind))
      continue;
    tap_note("  %s, byte %zu: %s", name, at, reml_token_label((reml_token_kind)kind));
    wrong++;
  }
  return wrong;
}

/* Nothing waits behind a prefix with a mistake, and within strings and comments no token comes. */
static bool is_between_tokens(const char *source, size_t length) {
  reml_config config = golden_config();
  reml_string file = reml_string_from("case.reml");
  const reml_result *result = reml_run(new_context(), &config, file, source, length);
  if (result->accepted) return true;
  const reml_diagnostic *error = result->diagnostics;
  return error->expected != NULL && error->span.start.offset == length;
}

static void expected_in(const char *name, const char *source, size_t length) {
  reml_stream_config config = stream_config();
  size_t wrong = 0, blanks = 0;
  for (size_t at = 0; at < length; at++) {
    bool blank = at > 0 && (source[at - 1] == ' ' || source[at - 1] == '\n');
    if (!blank || blanks++ % (4 * thinned()) != 0 || !is_between_tokens(source, at)) continue;
    script producer = SCRIPT(reml_yield_chunk(source, at), reml_yield_await());
    wrong += check_expected(name, at, play(&config, &producer).continuation);
  }
  tap_int((int64_t)wrong, 0, "%s: what is expected is what can come", name);
}

static void try_expected(void) {
  each_golden_source(expected_in);
}

static void print_labels(const reml_expected *expected, bytes *out) {
  bytes_clear(out);
  for (size_t i = 0; i < expected->count; i++) {
    bytes_add_text(out, i > 0 ? " " : "");
    bytes_add_text(out, expected->alternatives[i].label);
  }
}

/* Where the end of input reduces nothing, the sets are the same. */
static void try_expected_at_end(void) {
  static const char *const prefixes[] = {"let ",     "let x ",  "let x = ",  "fn f",
                                         "fn f(a, ", "use a.{", "type T = ", "match"};
  reml_stream_config config = stream_config();
  bytes got = {0}, wanted = {0};
  for (size_t i = 0; i < TAP_COUNT(prefixes) - 1; i++) {
    bytes source = {0};
    join(&source, prefixes[i], " ");
    print_labels(describe_prefix(&config, source.data).expected_tokens, &got);
    const reml_result *batch = parse(&config.run_config, source.data);
    print_labels(batch->diagnostics[0].expected, &wanted);
    tap_text(got.data, wanted.data, "`%s`: expected is what a batch run expects at the end",
             prefixes[i]);
    bytes_free(&source);
  }
  print_labels(describe_prefix(&config, "let x = (a ").expected_tokens, &got);
  tap_ok(strstr(got.data, " [") != NULL,
         "no look-ahead has reduced what could still be called or indexed");
  bytes_free(&got);
  bytes_free(&wanted);
}

/* --- seeds (section 5 rule 7) --- */

static void print_seeds(const reml_continuation_meta *meta, bytes *out) {
  char text[96];
  bytes_clear(out);
  bytes_add_text(out, "");
  for (size_t i = 0; i < meta->seed_count; i++) {
    const reml_seed *seed = &meta->seeds[i];
    snprintf(text, sizeof text, "%s%s %u-%u x%u", i > 0 ? ", " : "", seed->rule, seed->start,
             seed->end, seed->steps);
    bytes_add_text(out, text);
  }
}

static void check_seeds(reml_left_recursion mode, const char *prefix, const char *wanted) {
  reml_stream_config config = stream_config();
  bytes printed = {0};
  config.run_config.left_recursion = mode;
  reml_continuation_meta meta = describe_prefix(&config, prefix);
  print_seeds(&meta, &printed);
  tap_text(printed.data, wanted, "seeds of `%s`", prefix);
  bytes_free(&printed);
}

static void try_chain_seeds(void) {
  static const char *const rows[][2] = {
      {"let x = ", ""},
      {"let x = a ", "postfix 8-9 x1"},
      {"let x = a + b ", "expr 8-9 x1, postfix 12-13 x1"},
      {"let x = a + b + c ", "expr 8-13 x2, postfix 16-17 x1"},
      {"let x = a + b + c + ", "expr 8-17 x3"},
      {"let x = (a + b) + c ", "expr 8-15 x1, postfix 18-19 x1"},
      {"let x = (a + b ", "expr 9-10 x1, postfix 13-14 x1"},
      {"let x = a * b * c + d * ", "expr 8-17 x3, expr 20-21 x1"},
      {"let x = a |> b |> c |> ", "expr 8-19 x3"},
      {"let x = f(1)(2).x ", "postfix 8-17 x4"},
      {"let x = a[1]?.b ", "postfix 8-15 x4"},
      {"let x = f(a + b + ", "postfix 8-9 x1, expr 10-15 x2"},
      {"let x = \"s\" + ", "expr 10-11 x1"},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++)
    check_seeds(REML_LEFT_AUTO, rows[i][0], rows[i][1]);
}

static void try_list_seeds(void) {
#define FRONT "uses 0-0 x1, declarations 0-0 x1, attributes 0-0 x1"
  static const char *const rows[][2] = {
      {"let x = a + b + ", FRONT ", expr 8-13 x2"},
      {"let x = f(1, 2, ", FRONT ", postfix 8-9 x1, args 10-14 x2"},
      {"let x = [1, 2, 3, ", FRONT ", exprs 9-16 x3"},
      {"fn f() { a; b; ", FRONT ", statements 8-14 x3"},
      {"fn f(a, b, ", FRONT ", param_list 5-9 x2"},
      {"@a @b let ", "uses 0-0 x1, declarations 0-0 x1, attributes 0-5 x3"},
      {"let a = 1 let b = 2 let ", "uses 0-0 x1, declarations 0-19 x3, attributes 19-19 x1"},
      {"module a.b.c.", "dotted 9-12 x2"},
  };
#undef FRONT
  for (size_t i = 0; i < TAP_COUNT(rows); i++)
    check_seeds(REML_LEFT_ON, rows[i][0], rows[i][1]);
}

static void try_seed_switch(void) {
  reml_stream_config config = stream_config();
  check_seeds(REML_LEFT_OFF, "let x = f(a + b + ", "");
  check_seeds(REML_LEFT_AUTO, "fn f() { a; b; ", "");
  reml_stream_outcome outcome = begin(&config, "let x = a + b");
  outcome = resume(outcome.continuation, chunk(" + "));
  outcome = resume(outcome.continuation, chunk("c * "));
  reml_continuation_meta meta = describe(outcome.continuation);
  tap_int((int64_t)meta.seed_count, 2, "a seed for each open chain");
  for (size_t i = 0; i < meta.seed_count; i++)
    tap_int((int64_t)meta.seeds[i].generation, (int64_t)meta.generation,
            "... with the number of the continuation");
}

static void try_long_chain(void) {
  enum { LINKS = 100000 };
  bytes prefix = {0};
  reml_stream_config config = stream_config();
  bytes_add_text(&prefix, "let x = a");
  bytes_repeat(&prefix, "+a", LINKS);
  bytes_add_text(&prefix, "+ ");
  reml_continuation_meta meta = describe_prefix(&config, prefix.data);
  tap_ok(meta.seed_count == 1 && meta.seeds[0].steps == LINKS + 1, "a long chain is one seed");
  bytes_free(&prefix);
}

/* --- continuations as JSON (sections 4 and 10) --- */

static size_t count_of(const char *text, const char *part) {
  size_t count = 0;
  for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
    count++;
  return count;
}

static void try_continuation_json(void) {
  static const char *const members[] = {"\"continuation_meta\":{",
                                        "\"commit_watermark\":8",
                                        "\"buffered_bytes\":0",
                                        "\"resume_hint\":{",
                                        "\"action\":\"continue\"",
                                        "\"reason\":\"feeder.await\"",
                                        "\"expected_tokens\":[",
                                        "\"resume_lineage\":[\"feeder.await\"]",
                                        "\"backpressure_counter\":0",
                                        "\"stream_meta\":{",
                                        "\"bytes_consumed\":8",
                                        "\"chunks_consumed\":1",
                                        "\"await_count\":1",
                                        "\"resume_count\":0",
                                        "\"last_reason\":\"feeder.await\"",
                                        "\"backpressure_events\":0",
                                        "\"seeds\":["};
  reml_stream_config config = stream_config();
  reml_stream_outcome outcome = begin(&config, "let x = ");
  reml_continuation_meta meta = describe(outcome.continuation);
  bytes json = {0};
  print_continuation(&outcome, &json);
  for (size_t i = 0; i < TAP_COUNT(members); i++)
    tap_ok(strstr(json.data, members[i]) != NULL, "a continuation has %s", members[i]);
  tap_ok(meta.expected_tokens->count > 16 && count_of(json.data, "\"token\":") == 16,
         "... and at most 16 expected tokens");
  tap_ok(strstr(json.data, "\"last_checkpoint\"") == NULL &&
             strstr(json.data, "trace_label") == NULL,
         "what is absent is left out");
  tap_ok(json.data[json.length - 1] == '\n' && count_of(json.data, "\n") == 1, "it is one line");
  bytes_free(&json);
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"forks", try_forks},
      {"forks with packrat", try_forks_with_packrat},
      {"forks everywhere", try_forks_everywhere},
      {"large forks", try_large_forks},
      {"deep forks", try_deep_forks},
      {"description", try_description},
      {"lineage", try_lineage},
      {"watermark", try_watermark},
      {"progress", try_progress},
      {"checkpoints", try_checkpoints},
      {"comments", try_comments},
      {"checkpoints of forks", try_checkpoints_of_forks},
      {"expected tokens", try_expected},
      {"expected tokens at the end", try_expected_at_end},
      {"seeds of chains", try_chain_seeds},
      {"seeds of lists", try_list_seeds},
      {"seeds by left_recursion", try_seed_switch},
      {"seeds of a long chain", try_long_chain},
      {"continuation as JSON", try_continuation_json},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
