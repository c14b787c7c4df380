/* The expectation cache (contract driver.md section 7). */
#include "fixture.h"
#include "tap.h"

#include <string.h>

static const reml_result *parse_with(reml_cache *cache, const reml_config *config,
                                     const char *source) {
  reml_session *session =
      reml_session_open(new_context(), config, reml_string_from("a.reml"), cache);
  if (session == NULL) tap_bail_out("no session");
  reml_session_feed(session, source, strlen(source));
  return reml_session_finish(session);
}

static void asked(const reml_result *result, unsigned queries, unsigned hits, const char *name) {
  tap_ok(result->has_packrat && result->packrat_queries == queries && result->packrat_hits == hits,
         "%s: %u queries, %u hits", name, queries, hits);
}

static reml_cache *new_cache(void) {
  reml_cache *cache = reml_cache_new();
  if (cache == NULL) tap_bail_out("no cache");
  return cache;
}

static void try_counts(void) {
  reml_config config = reml_config_default(), packrat = config;
  packrat.packrat = true;
  packrat.left_recursion = REML_LEFT_OFF;
  tap_ok(!parse(&config, "let x = )")->has_packrat, "without packrat and cache there is none");
  asked(parse(&packrat, "let x = )"), 8, 7, "packrat brings a fresh one");
  asked(parse(&packrat, "let x = 1"), 0, 0, "success asks nothing");
  asked(parse(&packrat, "let x = $"), 0, 0, "a lexical error asks nothing");
  asked(parse(&packrat, "let x = perform A.b()"), 0, 0, "effects without the switch ask nothing");
  asked(parse(&packrat, "let x = t.0x1"), 0, 0, "a tuple index that is none asks nothing");
  packrat.require_eof = true;
  asked(parse(&packrat, "let x = )"), 8, 7, "require_eof asks nothing more");
}

static void try_reuse(void) {
  reml_config config = reml_config_default();
  reml_cache *cache = new_cache();
  tap_int((int64_t)reml_cache_approx_bytes(cache), 0, "a new cache is empty");
  const reml_result *first = parse_with(cache, &config, "let x = )");
  asked(first, 8, 7, "a cache that is passed in is used without packrat");
  size_t taken = reml_cache_approx_bytes(cache);
  const reml_result *second = parse_with(cache, &config, "let y = 1 + (2 *) ");
  asked(second, 8, 7, "another place is another entry");
  tap_ok(reml_cache_approx_bytes(cache) > taken, "... which takes room");
  taken = reml_cache_approx_bytes(cache);
  const reml_result *again = parse_with(cache, &config, "let x = )");
  asked(again, 8, 8, "the same place is found again");
  tap_int((int64_t)reml_cache_approx_bytes(cache), (int64_t)taken, "... and takes no room");
  tap_ok(again->diagnostics[0].expected == first->diagnostics[0].expected ||
             again->diagnostics[0].expected->count == first->diagnostics[0].expected->count,
         "... with the same set");
  asked(parse_with(cache, &config, "let z = ]"), 8, 8, "the text is not looked at");
  asked(parse_with(cache, &config, "let zz = ]"), 8, 7, "but the offset is");
  asked(parse_with(cache, &config, "let x = 1"), 0, 0, "success asks nothing");
}

/* The automata of the two profiles number their states alike. */
static void try_profiles(void) {
  reml_config config = reml_config_default(), spec = config;
  spec.profile = REML_PROFILE_SPEC;
  reml_cache *cache = new_cache();
  for (int offset = 0; offset < 3; offset++) {
    const char *source = &"  )"[2 - offset];
    asked(parse_with(cache, &config, source), 8, 7, "a cache that both profiles use");
    asked(parse_with(cache, &spec, source), 8, 7, "... has an entry for each of them");
    asked(parse_with(cache, &config, source), 8, 8, "... which the reference finds");
    asked(parse_with(cache, &spec, source), 8, 8, "... and the other one, too");
  }
}

static void try_sizes(void) {
  reml_config config = reml_config_default();
  reml_cache *cache = new_cache();
  const reml_result *result = parse_with(cache, &config, "let x = )");
  tap_int((int64_t)result->diagnostics[0].expected->count, 27, "an expression is expected");
  tap_int((int64_t)strlen(result->diagnostics[0].expected->humanized), 325,
          "... which is 325 bytes for people");
  tap_int((int64_t)reml_cache_approx_bytes(cache), 1802, "... and 1802 in the cache");
  cache = new_cache();
  parse_with(cache, &config, "name");
  tap_int((int64_t)reml_cache_approx_bytes(cache), 986, "the beginning of a file takes 986");
  parse_with(cache, &config, "let x = )");
  tap_int((int64_t)reml_cache_approx_bytes(cache), 986 + 1802, "both together their sum");
}

static void try_pruning(void) {
  reml_config config = reml_config_default();
  reml_cache *cache = new_cache();
  parse_with(cache, &config, "name");      /* offset 0 */
  parse_with(cache, &config, "let x = )"); /* offset 8 */
  reml_cache_prune_before(cache, 0);
  tap_int((int64_t)reml_cache_approx_bytes(cache), 986 + 1802, "before 0 there is nothing");
  reml_cache_prune_before(cache, 1);
  tap_int((int64_t)reml_cache_approx_bytes(cache), 1802, "before 1 there is the first");
  reml_cache_prune_before(cache, 8);
  tap_int((int64_t)reml_cache_approx_bytes(cache), 1802, "an entry at the offset stays");
  asked(parse_with(cache, &config, "let x = )"), 8, 8, "... and is found");
  reml_cache_prune_before(cache, 9);
  tap_int((int64_t)reml_cache_approx_bytes(cache), 0, "an entry in front of it goes");
  asked(parse_with(cache, &config, "let x = )"), 8, 7, "... and is not found");
  reml_cache_prune_before(cache, UINT32_MAX);
  tap_int((int64_t)reml_cache_approx_bytes(cache), 0, "all of them can go");
}

/* A cache grows with the errors it has seen, and an old entry is not disturbed. */
static void try_many(void) {
  reml_config config = reml_config_default();
  reml_cache *cache = new_cache();
  bytes source = {0};
  size_t misses = 0;
  for (size_t blanks = 0; blanks < 200; blanks++) {
    bytes_clear(&source);
    bytes_repeat(&source, " ", blanks);
    bytes_add_text(&source, "name");
    misses += parse_with(cache, &config, source.data)->packrat_hits == 7;
  }
  tap_int((int64_t)misses, 200, "two hundred places are two hundred entries");
  tap_int((int64_t)reml_cache_approx_bytes(cache), 200 * 986, "... with the size of so many");
  asked(parse_with(cache, &config, "name"), 8, 8, "the first is still there");
  reml_cache_prune_before(cache, 150);
  tap_int((int64_t)reml_cache_approx_bytes(cache), 50 * 986, "... until it is pruned");
  bytes_free(&source);
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"counts", try_counts},     {"reuse", try_reuse},     {"sizes", try_sizes},
      {"profiles", try_profiles}, {"pruning", try_pruning}, {"many", try_many},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
