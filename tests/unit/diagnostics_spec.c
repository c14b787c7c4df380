/* Diagnostics of the profile `spec` as programs that use the library see them. */
#include "reml_session.h"

#include "fixture.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

/* --- helpers --- */

static const char *const variables[] = {"REML_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG"};

static void clear_environment(void) {
  for (size_t i = 0; i < TAP_COUNT(variables); i++)
    unsetenv(variables[i]);
}

static reml_config spec_config(const char *locale) {
  reml_config config = reml_config_default();
  config.profile = REML_PROFILE_SPEC;
  config.locale = reml_string_from(locale);
  return config;
}

static const reml_diagnostic *first(const reml_result *result) {
  if (result->diagnostic_count == 0) tap_bail_out("no diagnostic");
  return result->diagnostics;
}

static const reml_diagnostic *diagnose(const char *source) {
  reml_config config = spec_config("en");
  return first(parse(&config, source));
}

static void text_is(reml_string got, const char *expected, const char *name) {
  tap_bytes(got.bytes, got.length, expected, strlen(expected), "%s", name);
}

static void message_is(const reml_diagnostic *got, const char *expected, const char *name) {
  text_is(got->message, expected, name);
}

static const char english[] = "`(` is never closed: expected `)`, but the input ends here";
static const char japanese[] = "`(`が閉じられていません: `)`が必要ですが、入力が終わっています";

/* --- the language --- */

static void try_language(void) {
  static const struct {
    const char *locale, *variable, *message, *name;
  } cases[] = {
      {NULL, NULL, english, "English without anything"},
      {"ja", NULL, japanese, "Japanese by the configuration"},
      {"ja_JP.UTF-8", NULL, japanese, "... also by the name of a locale"},
      {"fr", NULL, english, "English for any other language"},
      {NULL, "ja_JP.UTF-8", japanese, "Japanese by the environment"},
      {"en", "ja_JP.UTF-8", english, "the configuration beats it"},
      {"", "ja_JP.UTF-8", japanese, "... unless it is empty"},
  };
  for (size_t i = 0; i < TAP_COUNT(cases); i++) {
    clear_environment();
    if (cases[i].variable != NULL) setenv("LANG", cases[i].variable, 1);
    reml_config config = spec_config(cases[i].locale);
    message_is(first(parse(&config, "let x = (1")), cases[i].message, cases[i].name);
  }
  clear_environment();
}

/* The context keeps what it found. */
static void try_context(void) {
  clear_environment();
  reml_context *context = new_context();
  reml_config config = spec_config(NULL);
  setenv("LANG", "ja", 1);
  const reml_result *result =
      reml_run_string(context, &config, "let x = (1", reml_string_from("a.reml"));
  message_is(first(result), english, "the environment is read when a context is made");
  clear_environment();
}

/* --- parts --- */

static void try_parts(void) {
  const reml_diagnostic *got = diagnose("let x = (1 + 2\nlet y = 3\n");
  tap_text(got->codes[0], "parser.syntax.unclosed_delimiter", "a mistake has a code");
  text_is(got->label, "expected `)`", "... a label");
  tap_int((int64_t)got->secondary_count, 1, "... another place");
  tap_int(got->secondary[0].span.start.offset, 8, "... which is where the bracket is");
  tap_int(got->secondary[0].span.end.offset, 9, "... up to its end");
  text_is(got->secondary[0].text, "`(` is opened here", "... with a text");
  tap_int((int64_t)got->fixit_count, 1, "... and a change");
  tap_int(got->fixits[0].span.start.offset, 14, "... behind the token in front");
  tap_int(got->fixits[0].span.end.offset, 14, "... which inserts");
  text_is(got->fixits[0].text, ")", "... what is missing");
  text_is(got->fixits[0].description, "insert `)`", "... and says so");
  tap_ok(got->help.bytes == NULL, "a change needs no advice besides");
  tap_text(got->expected->humanized, "expected an operator, `,` or `)`",
           "the expected set is in words");
}

static void try_farthest(void) {
  reml_config config = spec_config("en");
  const reml_result *result = parse(&config, "let x = 1\nfn match() = 1\n");
  tap_int(result->farthest_error_offset, 18, "the farthest error is so by its end");
}

/* Every kind that the layout makes has the text of another one, and is told once. */
static void try_expected(void) {
  const reml_expected *expected = diagnose("let x = ;")->expected;
  for (size_t i = 1; i < expected->count; i++)
    if (strcmp(expected->alternatives[i].label, expected->alternatives[i - 1].label) == 0)
      tap_ok(false, "%s is told once", expected->alternatives[i].label);
  tap_ok(expected->count > 20, "an expression can begin in many ways");
  tap_text(expected->humanized, "expected an expression", "... which are told in a word");
}

/* What a token is said to be does not depend on where the pieces of the input are cut. */
static void try_pieces(void) {
  static const char source[] = "fn f() {\n  func g(x: Int) -> Int { x }\n}\n";
  reml_config config = spec_config("en");
  reml_session *session =
      reml_session_open(new_context(), &config, reml_string_from("a.reml"), NULL);
  for (size_t i = 0; i + 1 < sizeof source; i++)
    reml_session_feed(session, source + i, 1);
  const reml_diagnostic *cut = first(reml_session_finish(session));
  const reml_diagnostic *whole = diagnose(source);
  message_is(whole, "`func` is not a keyword of Reml: write `fn`",
             "an earlier word is the mistake");
  tap_int(whole->span.start.offset, 11, "... at its place");
  tap_bytes(cut->message.bytes, cut->message.length, whole->message.bytes, whole->message.length,
            "in pieces it is told in the same words");
}

/* --- what was read --- */

static const reml_diagnostic *diagnose_long(const char *head, const char *part, size_t times,
                                            const char *tail) {
  bytes source = {0};
  bytes_add_text(&source, head);
  bytes_repeat(&source, part, times);
  bytes_add_text(&source, tail);
  const reml_diagnostic *got = diagnose(source.data);
  bytes_free(&source);
  return got;
}

static void try_words(void) {
  const reml_diagnostic *got = diagnose("fn f() = {\n  abcdefghijklmnop += 1\n}\n");
  text_is(got->fixits[0].text, ":= abcdefghijklmnop +", "a word of 16 bytes is known");
  got = diagnose("fn f() = {\n  abcdefghijklmnopq += 1\n}\n");
  text_is(got->help, "assign the whole value: `:= x +`", "of a longer one nothing is");
  got = diagnose("fn f() = {\n  \xE3\x81\x82 += 1\n}\n");
  text_is(got->fixits[0].text, ":= \xE3\x81\x82 +", "it may be at the end of what is at hand");
}

static void try_long_past(void) {
  const reml_diagnostic *got = diagnose_long("let x = (1", " + 1", 1000, "\nlet y = 2");
  tap_text(got->codes[0], "parser.syntax.unclosed_delimiter", "a bracket is open for long");
  tap_int(got->secondary[0].span.start.offset, 8, "... and is still known");
  got = diagnose_long("let x = ", "(((([", 30, "1}");
  tap_text(got->codes[0], "parser.syntax.mismatched_delimiter", "there are many of them");
  tap_int(got->secondary[0].span.start.offset, 157, "... and the innermost is meant");
  got = diagnose_long("fn f(a) = { case b", " + 1", 20, " => 1 }");
  tap_text(got->codes[0], "parser.syntax.foreign_word", "a word is known for some tokens");
  got = diagnose_long("fn f(a) = { case b", " + 1", 200, " => 1 }");
  tap_text(got->codes[0], "parser.syntax.wrong_token", "... and then it is not");
  got = diagnose_long("def f", "", 0, "\nlet y = 2\n");
  tap_text(got->codes[0], "parser.syntax.foreign_word", "so is the beginning of a statement");
  got = diagnose_long("x", " + def", 200, "\nlet y = 2\n");
  tap_text(got->codes[0], "parser.top_level_expr.disallowed", "... which no other token is");
}

/* Both go on by themselves. */
static void try_fork(void) {
  reml_config config = spec_config("en");
  reml_session *session =
      reml_session_open(new_context(), &config, reml_string_from("a.reml"), NULL);
  reml_session_feed(session, "let x = [(1, ", 13);
  reml_session *fork = reml__session_fork(session);
  reml_session_feed(session, "2)\n", 3);
  reml_session_feed(fork, "{ 3\n", 4);
  const reml_diagnostic *own = first(reml_session_finish(session));
  const reml_diagnostic *other = first(reml_session_finish(fork));
  tap_int(own->secondary[0].span.start.offset, 8, "a session has its brackets");
  tap_int(other->secondary[0].span.start.offset, 13, "... and a fork its own");
  tap_ok(reml__session_size(session).bytes > 64 * sizeof(reml_token), "they count as memory");
}

/* The reference has none of it. */
static void try_reference(void) {
  reml_config config = reml_config_default();
  config.locale = reml_string_from("en");
  const reml_diagnostic *got = first(parse(&config, "let x = (1"));
  tap_ok(got->codes[0] == NULL, "the reference has no code");
  tap_ok(got->label.bytes == NULL && got->help.bytes == NULL, "... no label and no advice");
  tap_int((int64_t)(got->secondary_count + got->fixit_count), 0, "... no places and no changes");
  message_is(got, "構文エラー: 入力を解釈できません", "... and its own words");
}

/* --- explanations --- */

static bool refuse(void *user, const char *data, size_t count) {
  (void)user, (void)data, (void)count;
  return false;
}

static reml_status explain(const char *code, const char *locale, bytes *out) {
  bytes_clear(out);
  return reml_write_explanation(NULL, reml_string_from(locale), reml_string_from(code), bytes_write,
                                out);
}

static void try_explanations(void) {
  bytes out = {0}, other = {0};
  size_t count = 0;
  for (const char *code; (code = reml_explained_code(count)) != NULL; count++) {
    tap_int(explain(code, NULL, &out), REML_OK, "%s is explained", code);
    tap_ok(strncmp(out.data, code, strlen(code)) == 0, "... by its name");
    explain(code, "ja", &other);
    tap_ok(strcmp(out.data, other.data) != 0, "... in another way in Japanese");
    tap_text(reml_similar_code(reml_string_from(code), 0), code, "... and is most like itself");
  }
  tap_ok(count > 40, "there are codes");
  tap_int(explain("nothing", NULL, &out), REML_BAD_USE, "what is no code is not explained");
  tap_int(explain(NULL, NULL, &out), REML_BAD_USE, "nor is nothing");
  tap_ok(reml_similar_code(reml_string_from("xyzzy"), 0) == NULL, "not everything is like a code");
  tap_ok(reml_similar_code(reml_string_from(NULL), 0) == NULL, "nothing is not");
  tap_int(reml_write_explanation(NULL, reml_string_from(NULL),
                                 reml_string_from("lexer.unclosed_string"), refuse, NULL),
          REML_IO_FAILED, "an explanation is refused");
  bytes_free(&out);
  bytes_free(&other);
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"language", try_language},
      {"context", try_context},
      {"parts", try_parts},
      {"farthest error", try_farthest},
      {"expected sets", try_expected},
      {"pieces", try_pieces},
      {"words", try_words},
      {"long past", try_long_past},
      {"fork", try_fork},
      {"reference", try_reference},
      {"explanations", try_explanations},
  };
  clear_environment();
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
