/* Nesting and length are limited by memory and max_depth only, never by the C stack: every shape is
 * parsed and printed in a process with a small stack and 2 GiB of address space. */
#include "fixture.h"
#include "tap.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct shape {
  const char *name;
  const char *before, *open, *middle, *close, *after; /* open and close are repeated */
  enum { DEEP, DEEPEST } size;
} shape;

/* --- feeding a source that is never there as a whole --- */

static void feed(reml_session *session, const char *text) {
  reml_session_feed(session, text, strlen(text));
}

static void feed_repeated(reml_session *session, const char *text, size_t times) {
  enum { PIECE = 1 << 16 };
  static bytes piece;
  size_t length = strlen(text);
  if (length == 0) return;
  size_t most = PIECE / length + 1;
  bytes_clear(&piece);
  bytes_repeat(&piece, text, times < most ? times : most);
  for (; times > most; times -= most)
    reml_session_feed(session, piece.data, most * length);
  reml_session_feed(session, piece.data, times * length);
}

static const reml_result *parse_shape(const reml_config *config, const shape *of, size_t times,
                                      bool closed) {
  reml_session *session =
      reml_session_open(new_context(), config, reml_string_from("deep.reml"), NULL);
  if (session == NULL) return NULL;
  feed(session, of->before);
  feed_repeated(session, of->open, times);
  if (closed) {
    feed(session, of->middle);
    feed_repeated(session, of->close, times);
    feed(session, of->after);
  }
  return reml_session_finish(session);
}

/* --- printing it to nowhere --- */

typedef struct counter {
  size_t count;
  long open; /* brackets outside of strings; the sources hold no escapes */
  bool quoted;
} counter;

static bool count_bytes(void *user, const char *data, size_t count) {
  counter *self = user;
  self->count += count;
  for (size_t i = 0; i < count; i++) {
    char c = data[i];
    if (c == '"') self->quoted = !self->quoted;
    if (self->quoted) continue;
    if (c == '{' || c == '[') self->open++;
    if (c == '}' || c == ']') self->open--;
  }
  return true;
}

static bool prints(const reml_result *result, size_t times, bool accepted) {
  counter json = {0}, text = {0}, debug = {0};
  if (reml_write_result_json(result, true, count_bytes, &json) != REML_OK) return false;
  if (json.open != 0 || json.quoted) return false;
  if (reml_write_parse_debug(result, NULL,
                             result->diagnostics ? result->diagnostics->file
                                                 : reml_string_from("deep.reml"),
                             count_bytes, &debug) != REML_OK) {
    return false;
  }
  if (!accepted) return true;
  if (reml_write_ast_text(result, count_bytes, &text) != REML_OK) return false;
  return text.count > 0 && (json.count > times || reml_tree_nodes(result->tree) < 64);
}

/* --- one shape in a process of its own --- */

/* Recursion would already end at the smaller ones. */
static size_t times_wanted(const shape *of) {
  if (is_sanitized()) return 100000;
  return of->size == DEEPEST ? 1000000 : 200000;
}

static void limit(int resource, rlim_t most) {
  struct rlimit limits;
  if (getrlimit(resource, &limits) == 0 && limits.rlim_max != RLIM_INFINITY &&
      limits.rlim_max < most) {
    return;
  }
  limits = (struct rlimit){most, most};
  if (setrlimit(resource, &limits) != 0) _exit(9);
}

static const char *problem_of(const shape *of, bool closed, size_t times) {
  reml_config config = golden_config();
  const reml_result *result = parse_shape(&config, of, times, closed);
  if (result == NULL) return "no session";
  if (result->status != REML_OK) return reml_status_text(result->status);
  if (result->accepted != closed) return closed ? "rejected" : "accepted";
  if (!closed && result->diagnostic_count != 1) return "not one diagnostic";
  if (!prints(result, times, closed)) return "the result cannot be printed";
  return NULL;
}

static const char *child_problem(const shape *of, bool closed, size_t times) {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_STACK, is_sanitized() ? 1 << 20 : 256 << 10);
  if (!is_sanitized()) limit(RLIMIT_AS, (rlim_t)2 << 30);
  return problem_of(of, closed, times);
}

static bool survives(const shape *of, bool closed, size_t times) {
  int status;
  pid_t child = fork();
  if (child < 0) tap_bail_out("no process for a test");
  if (child == 0) {
    const char *problem = child_problem(of, closed, times);
    if (problem != NULL) fprintf(stderr, "# %s: %s\n", of->name, problem);
    _exit(problem != NULL);
  }
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) tap_note("%s: signal %d", of->name, WTERMSIG(status));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void try_shape(const shape *of) {
  size_t times = times_wanted(of);
  tap_ok(survives(of, true, times), "%s, %zu of them, closed: accepted and printed", of->name,
         times);
  tap_ok(survives(of, false, times), "%s, %zu of them, unclosed: one error", of->name, times);
}

/* --- nesting --- */

static const shape nested[] = {
    {"parentheses", "let x = ", "(", "1", ")", "", DEEPEST},
    {"brackets", "let x = ", "[", "1", "]", "", DEEPEST},
    {"blocks", "let x = ", "{", "1", "}", "", DEEPEST},
    {"records", "let x = ", "{a:", "1", "}", "", DEEP},
    {"tuples", "let x = ", "(a,", "1", ")", "", DEEP},
    {"tuples nested in the first element", "let x = ", "(", "1", ",a)", "", DEEP},
    {"unary minus", "let x = ", "-", "1", "", "", DEEPEST},
    {"unary not", "let x = ", "!", "a", "", "", DEEPEST},
    {"if, nested in else", "let x = ", "if a then b else ", "c", "", "", DEEPEST},
    {"if, nested in then", "let x = ", "if a then ", "b", " else c", "", DEEP},
    {"if, nested in the condition", "let x = ", "if ", "a", " then b", "", DEEP},
    {"match, nested in the arm", "let x = ", "match a with|b->", "c", "", "", DEEPEST},
    {"match, nested in the scrutinee", "let x = ", "match ", "a", " with|b->c", "", DEEP},
    {"match, nested in the guard", "let x = match a with|b if ", "match a with|b if ", "c", "->d",
     "->d", DEEP},
    {"lambdas", "let x = ", "|a| ", "b", "", "", DEEPEST},
    {"lambdas nested in default values", "let x = ", "|a=", "1", "|b", "", DEEP},
    {"calls, nested in arguments", "let x = ", "f(", "a", ")", "", DEEP},
    {"calls, nested in named arguments", "let x = ", "f(n=", "a", ")", "", DEEP},
    {"calls of calls", "let x = f", "(", "a", ")", "", DEEP},
    {"indices", "let x = a", "[a", "[0]", "]", "", DEEP},
    {"while", "let x = ", "while a{", "1", "}", "", DEEP},
    {"for", "let x = ", "for a in b{", "1", "}", "", DEEP},
    {"loop", "let x = ", "loop{", "1", "}", "", DEEP},
    {"unsafe", "let x = ", "unsafe{", "1", "}", "", DEEP},
    {"defer", "let x = ", "defer ", "1", "", "", DEEP},
    {"handle", "let x = ", "handle ", "a", " with handler H{return r{}}", "", DEEP},
    {"handlers nested in entries", "", "handler H{return r{", "", "}}", "", DEEP},
    {"perform, nested in arguments", "let x = ", "perform A.b(", "1", ")", "", DEEP},
    {"right-associative powers", "let x = ", "a^", "b", "", "", DEEP},
    {"nested functions", "", "fn f(){", "1", "}", "", DEEP},
    {"implementations nested in functions", "", "impl T{fn f(){", "1", "}}", "", DEEP},
    {"types: arrows", "let x:", "A->", "B", "", "=1", DEEPEST},
    {"types: parentheses", "let x:", "(", "A", ")", "=1", DEEP},
    {"types: arguments", "let x:", "A<", "B", ">", " =1", DEEP},
    {"types: tuples", "let x:", "(A,", "B", ")", "=1", DEEP},
    {"types: records", "let x:", "{a:", "B", "}", "=1", DEEP},
    {"patterns: parentheses", "let ", "(", "a", ")", "=1", DEEP},
    {"patterns: tuples", "let ", "(a,", "b", ")", "=1", DEEP},
    {"patterns: records", "let ", "{a:", "b", "}", "=1", DEEPEST},
    {"patterns: constructors", "let ", "A(", "b", ")", "=1", DEEP},
    {"patterns: right-recursive dots", "let ", "a.", "b", "", "=1", DEEPEST},
    {"patterns: records of expressions", "let ", "{a:", "1", "}", "=1", DEEP},
    {"attributes: arrays", "@handles(", "[", "a", "]", ") fn f()=1", DEEPEST},
    {"attributes: records", "@handles(", "{handles:", "a", "}", ") fn f()=1", DEEP},
    {"attributes: wrong records", "@requires_capability(", "{stage:", "1", "}", ") fn f()=1", DEEP},
    {"attributes: capabilities", "@requires_capability({capability:", "{handles:", "a", "}",
     "}) fn f()=1", DEEP},
    {"attributes: equations", "@handles(", "effects==(", "a", ")", ") fn f()=1", DEEP},
    {"attributes: tuples", "@allows_effects(", "(a,", "b", ")", ") fn f()=1", DEEP},
    {"attributes of attributed functions", "", "@a(unsafe{", "1", "}) let x=1", "", DEEP},
    {"use trees", "use A", ".{a", "", "}", "", DEEP},
    {"nested comments", "", "/*", "", "*/", "let x=1", DEEPEST},
};

static void try_nesting(void) {
  for (size_t i = 0; i < TAP_COUNT(nested); i++)
    try_shape(&nested[i]);
}

/* --- length --- */

static const shape chains[] = {
    {"a chain of +", "let x = ", "a+", "b", "", "", DEEPEST},
    {"a chain of ||", "let x = ", "a||", "b", "", "", DEEP},
    {"a chain of pipes", "let x = ", "a|>", "b", "", "", DEEPEST},
    {"a chain of pipes into lambdas", "let x = ", "a|>|b|", "c", "", "", DEEP},
    {"a chain of mixed operators", "let x = ", "a+b*-c^d-", "e", "", "", DEEP},
};

static const shape lists[] = {
    {"a long array", "let x = [", "a,", "b]", "", "", DEEPEST},
    {"a long tuple", "let x = (", "a,", "b)", "", "", DEEPEST},
    {"a long tuple type", "let x:(", "A,", "B)=1", "", "", DEEPEST},
    {"a long tuple pattern", "let (", "a,", "b)=1", "", "", DEEPEST},
    {"a long tuple of expressions in a pattern", "let {a:(1,", "a,", "b)}=1", "", "", DEEP},
    {"a long record", "let x = {", "a:b,", "c:d}", "", "", DEEP},
    {"a long record type", "let x:{", "a:B,", "c:D}=1", "", "", DEEP},
    {"a long record pattern", "let {", "a,", "b}=1", "", "", DEEP},
    {"many type arguments", "let x:A<", "B,", "C> =1", "", "", DEEP},
    {"many pattern arguments", "let A(", "b,", "c)=1", "", "", DEEP},
    {"many statements", "fn f(){", "a;", "b}", "", "", DEEPEST},
    {"many declarations as statements", "fn f(){", "let a=1;", "b}", "", "", DEEP},
    {"many arguments", "let x = f(", "a,", "b)", "", "", DEEPEST},
    {"many parameters", "fn f(", "a,", "b)=1", "", "", DEEP},
    {"many lambda parameters", "let x = |", "a,", "b|c", "", "", DEEP},
    {"many generics", "fn f<", "A,", "B>()=1", "", "", DEEP},
    {"many constraints", "fn f() where ", "A<B>,", "C<D> =1", "", "", DEEP},
    {"many effect tags", "fn f()!{", "a,", "b}=1", "", "", DEEP},
    {"many attributes", "", "@a ", "fn f()=1", "", "", DEEP},
    {"many attribute arguments", "@handles(", "a,", "c)fn f()=1", "", "", DEEP},
    {"many variant payloads", "type A=B(", "C,", "D)", "", "", DEEP},
    {"many trait items", "trait T{", "fn f()", "fn g()}", "", "", DEEP},
    {"many implementation items", "impl T{", "fn f()=1 ", "}", "", "", DEEP},
    {"many extern items", "extern \"C\"{", "fn f();", "}", "", "", DEEP},
    {"many operations", "effect E:io{", "operation a:T ", "}", "", "", DEEP},
    {"many handler entries", "handler H{", "return r{}", "return r{}}", "", "", DEEP},
    {"many items of a use", "use A.{", "a,", "b}", "", "", DEEP},
    {"a long prefix", "use A.", "b.", "c.{d}", "", "", DEEP},
    {"a long chain of fields", "let x=a.", "b.", "c", "", "", DEEP},
    {"a long effect path", "let x=perform A.", "b.", "c()", "", "", DEEP},
};

/* Unclosed these are programs, so only the closed form is tried. */
static const shape programs[] = {
    {"return", "let x = ", "return ", "1", "", "", DEEP},
    {"many arms", "let x = match a with", "|b->c", "|d->e", "", "", DEEP},
    {"many variants", "type A=B", "|C", "|D", "", "", DEEP},
    {"a long path", "module a", ".b", ".c", "", "", DEEP},
    {"a path of super", "use super", ".super", "", "", "", DEEP},
    {"many declarations", "", "let a=1 ", "", "", "", DEEPEST},
    {"many uses", "", "use A ", "", "", "", DEEP},
    {"many functions", "", "fn f(a)=a ", "", "", "", DEEP},
    {"a chain of calls", "let x = f", "(a)", "", "", "", DEEP},
    {"a chain of indices", "let x = a", "[0]", "", "", "", DEEP},
    {"a chain of ?", "let x = a", "?", "", "", "", DEEP},
    {"many line comments", "", "//\n", "let x=1", "", "", DEEP},
    {"many block comments", "", "/**/", "let x=1", "", "", DEEP},
};

static void try_chains(void) {
  for (size_t i = 0; i < TAP_COUNT(chains); i++)
    try_shape(&chains[i]);
}

static void try_lists(void) {
  for (size_t i = 0; i < TAP_COUNT(lists); i++)
    try_shape(&lists[i]);
}

static void try_programs(void) {
  for (size_t i = 0; i < TAP_COUNT(programs); i++) {
    size_t times = times_wanted(&programs[i]);
    tap_ok(survives(&programs[i], true, times), "%s, %zu of them: accepted and printed",
           programs[i].name, times);
  }
}

/* --- max_depth --- */

static reml_status status_at(const shape *of, size_t times, uint32_t max_depth) {
  reml_config config = golden_config();
  config.max_depth = max_depth;
  return parse_shape(&config, of, times, true)->status;
}

/* The smallest max_depth with which the shape is accepted. */
static uint32_t depth_needed(const shape *of, size_t times) {
  uint32_t low = 0, high = 1 << 20; /* too small, enough */
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (status_at(of, times, middle) == REML_OK) {
      high = middle;
    } else {
      low = middle;
    }
  }
  return high;
}

static void check_limit_result(const reml_result *result) {
  bytes json = {0};
  tap_int(result->status, REML_TOO_LARGE, "one less: the status is REML_TOO_LARGE");
  tap_ok(!result->accepted && result->tree == NULL, "... there is no tree");
  if (tap_int((int64_t)result->diagnostic_count, 1, "... there is one diagnostic")) {
    const reml_diagnostic *only = result->diagnostics;
    tap_text(only->codes[0], "parser.limit.depth", "... with the code of this limit");
    tap_int(only->severity, REML_ERROR, "... which is an error");
    tap_ok(only->message.length > 0, "... with a message");
  }
  print_result(result, &json);
  tap_ok(json.length > 0 && json.data[0] == '{', "... and it can be printed");
  bytes_free(&json);
}

static void try_limit(void) {
  const shape *parentheses = &nested[0];
  uint32_t at_100 = depth_needed(parentheses, 100), at_101 = depth_needed(parentheses, 101);
  uint32_t at_5000 = depth_needed(parentheses, 5000);
  /* nine symbols stand before the first parenthesis, and a literal in the last one */
  tap_ok(at_100 >= 110 && at_100 <= 112, "a hundred parentheses need as many symbols (%u)", at_100);
  tap_int((int64_t)at_101 - at_100, 1, "one parenthesis more needs a max_depth of one more");
  tap_int((int64_t)at_5000 - at_100, 4900, "4900 parentheses more need 4900 more");
  reml_config config = golden_config();
  config.max_depth = at_100 - 1;
  check_limit_result(parse_shape(&config, parentheses, 100, true));
  for (size_t i = 0; i < TAP_COUNT(nested); i++) {
    uint32_t depth = depth_needed(&nested[i], 50);
    tap_int(status_at(&nested[i], 50, depth), REML_OK, "%s: accepted with the depth that they need",
            nested[i].name);
    if (depth > 1) {
      tap_int(status_at(&nested[i], 50, depth - 1), REML_TOO_LARGE, "... not with one less");
    }
  }
  tap_int(reml_config_default().max_depth, REML_DEFAULT_DEPTH, "the default is what it says");
  tap_int(status_at(parentheses, 3, 0), REML_TOO_LARGE, "a max_depth of 0 accepts nothing");
  tap_int(status_at(parentheses, 3, UINT32_MAX), REML_OK, "the largest max_depth can be given");
}

/* The length of a list does not count as depth. */
static void try_limit_and_length(void) {
  for (size_t i = 0; i < TAP_COUNT(lists); i++) {
    uint32_t few = depth_needed(&lists[i], 100), many = depth_needed(&lists[i], 200);
    tap_int(many, few, "%s: no more depth than for a short one", lists[i].name);
  }
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"nesting", try_nesting},
      {"chains", try_chains},
      {"lists", try_lists},
      {"programs", try_programs},
      {"the limit is exact", try_limit},
      {"length is not depth", try_limit_and_length},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
