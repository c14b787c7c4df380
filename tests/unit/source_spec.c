/* Canonical source and tree texts in the profile `spec` (contract-spec): every kind of node is
 * printed, and whatever is accepted survives printing, as in source.c. */
#include "round_trip.h"

#include <stdlib.h>

/* --- the kinds that have been seen --- */

static bool seen[REML_NODE_KIND_COUNT];

/* Kinds that no accepted source of the profile has. */
static const reml_node_kind others[] = {REML_NODE_NONE, REML_NODE_CHAR, REML_NODE_ERROR};

typedef struct node_stack {
  reml_node *nodes;
  size_t count, capacity;
} node_stack;

static void push(node_stack *to, reml_node node) {
  if (node == 0) return;
  if (to->count == to->capacity) {
    to->capacity = to->capacity ? 2 * to->capacity : 256;
    to->nodes = realloc(to->nodes, to->capacity * sizeof *to->nodes);
    if (to->nodes == NULL) tap_bail_out("no memory for the test itself");
  }
  to->nodes[to->count++] = node;
}

static void see(const reml_result *result) {
  node_stack stack = {NULL, 0, 0};
  reml_member member;
  push(&stack, result->unit);
  while (stack.count > 0) {
    reml_node node = stack.nodes[--stack.count];
    seen[reml_node_kind_of(result->tree, node)] = true;
    for (size_t i = 0; reml_node_member(result->tree, node, i, &member); i++) {
      push(&stack, member.child);
      for (size_t at = 0; at < member.count; at++)
        push(&stack, reml_node_element(result->tree, node, i, at));
    }
  }
  free(stack.nodes);
}

static bool can_occur(reml_node_kind kind) {
  for (size_t i = 0; i < TAP_COUNT(others); i++) {
    if (others[i] == kind) return false;
  }
  return true;
}

static void conclude_kinds(void) {
  size_t missing = 0;
  static const char *const names[] = {
      "none",
#define NODE(name, ...) #name,
#include "reml_nodes.def"
#undef NODE
  };
  for (int kind = 0; kind < REML_NODE_KIND_COUNT; kind++) {
    if (seen[kind] || !can_occur((reml_node_kind)kind)) continue;
    missing++;
    tap_note("no row has %s", names[kind]);
  }
  tap_ok(missing == 0, "every kind of node has a row");
}

/* --- what it looks like --- */

static void try_row(const printed_case *one) {
  static bytes printed, text;
  reml_config config = spec_profile();
  const reml_result *result = parse(&config, one->source);
  if (!tap_ok(result->accepted, "accepted: %s", one->source)) return;
  see(result);
  const char *problem = problem_of(&config, result, &printed);
  tap_text(printed.data, one->printed, "... and printed so");
  if (!tap_ok(problem == NULL, "... which is the same")) tap_note("%s", problem);
  print_text(result, &text);
  tap_text(text.data, one->text, "... with this text");
}

static void try_rows(void) {
  each_printed_case(try_row);
  conclude_kinds();
}

/* --- sources from elsewhere --- */

static tally visited; /* for visitors that have no argument */

static void visit(const char *name, const char *source, size_t length) {
  (void)name;
  check(&visited, source, length);
}

static void try_golden(void) {
  visited = (tally){.config = spec_profile()};
  each_golden_source(visit);
  conclude(&visited, 200, "hand-written golden cases");
}

static void try_examples(void) {
  visited = (tally){.config = spec_profile()};
  each_source_in("compat/contract-spec/examples", visit);
  conclude(&visited, 20, "the examples of the contract");
}

/* --- every form in every place of every other --- */

/* A `%` is a place for another form, which stands there in parentheses. */
static const char *const expressions[] = {
    "a",
    "X",
    "self",
    "super",
    "::x",
    "_",
    "1",
    "1.",
    "t.0",
    "\"s\"",
    "'c'",
    "{}",
    "X {}",
    "a.X { b: 1 }",
    "{ b: 1 }",
    "{ b, c }",
    "{ b }",
    "{ 1, b }",
    "{ 1, }",
    "(b,)",
    "continue",
    "return",
    "break",
    "| | b",
    "loop { a }",
    "effect { a }",
    "perform op()",
    "match b {}",
    "match (%) {}",
    "% |> %",
    "% || %",
    "% && %",
    "% == %",
    "% < %",
    "% .. %",
    "% + %",
    "% ++ %",
    "% * %",
    "% ^ %",
    "!%",
    "-%",
    "*%",
    "&%",
    "&mut %",
    "not a",
    "rec a",
    "rec |b| %",
    "await a.b",
    "await not a(%)",
    "await async a",
    "async { % }",
    "async |a| %",
    "async move %",
    "async unsafe { % }",
    "if % then %",
    "if % then % else %",
    "if (%) { % } else { % }",
    "if a then b := %",
    "|a| %",
    "|a| b := %",
    "|a = %| b",
    "|a = %, b| -> T %",
    "|a| -> X %",
    "|a| -> X {}",
    "|a| -> X { b: 1 }",
    "fn (&self, a = %) -> T { % }",
    "match % with | a -> b",
    "match a with | b -> % | c -> d",
    "match a with | b -> c := % | c -> d",
    "match a with | b if % -> c | d -> %",
    "match a with | b as e when % as f -> c | d -> %",
    "match (%) { b -> %, c -> % }",
    "while % { % }",
    "while % {}",
    "for a in % { b; % }",
    "for (X { a }) in % {}",
    "loop { %; % }",
    "unsafe { % }",
    "do { % }",
    "effect { io } { % }",
    "effect { io } {}",
    "@a { % }",
    "@a(%, b = %) @c unsafe { % }",
    "@A() {}",
    "return %",
    "break %",
    "defer %",
    "perform A.b(%)",
    "handle % with handler H { return r { % } }",
    "{ % }",
    "{ %; % }",
    "{ % := % }",
    "{ type = % }",
    "{ defer %; }",
    "{ (defer %); 1 }",
    "{ let a = %; b }",
    "{ let f<A>(b = %) = %; b }",
    "{ fn f() = % }",
    "{ fn f(); % }",
    "{ struct S { a: T = % } % }",
    "{ enum E = A; % }",
    "{ type T; % }",
    "{ module m { % } % }",
    "{ impl T { const C = % @a fn f() } % }",
    "{ trait T { fn f() = % unsafe fn g() } % }",
    "(%, %)",
    "[%]",
    "{ a: %, b: % }",
    "{ 1, % }",
    "X { a: % }",
    "%(a)",
    "a(%, b = %, type: %)",
    "%.a",
    "%::a",
    "%.0",
    "%[%]",
    "%?",
    "f(:prefix, %)",
    "f((:prefix).a, %)",
    "test \"a\" { % }",
    "test_parser(%) { case \"a\": \"b\" => % }",
    "inline_asm(\"a\", outputs(\"b\": %))",
    "llvm_ir!(T) { \"a\", inputs(%, %) }",
};

static const char *const patterns[] = {
    "a",
    "A",
    "self",
    "_",
    "1",
    "\"a\"",
    "'c'",
    "r#\"a\"#",
    "-1",
    "-1.5",
    "true",
    "()",
    "(%,)",
    "(%, %)",
    "[]",
    "[%, %]",
    "[%, ..]",
    "[..a, %]",
    "{}",
    "{ .. }",
    "{ a }",
    "{ a: %, .. }",
    "A { a: % }",
    "b {}",
    "A.b { .. }",
    "A(%)",
    "b(%, %)",
    "A.b",
    "A::b(%)",
    "::A",
    "% | %",
    "% as a",
    "a @ %",
    "1..2",
    "1. ..2.",
    "..3",
    "4..",
    "..",
    "A..=b.C",
    "-1..=-2",
    "(|A|)",
    "(|A|_|) b",
    "(|A|) (%)",
    "(|A|) {}",
    "(% | %) as a",
};

static const char *const types[] = {
    "A",
    "b",
    "A.b",
    "A::b",
    "::A",
    "super.A",
    "A<%>",
    "A.b<%, %>",
    "A<>",
    "()",
    "(%,)",
    "(%, %)",
    "(a: %)",
    "(%, a: %)",
    "{}",
    "{ a: %, .. }",
    "{ a: % = 1 }",
    "{ pub a: %; b: % }",
    "% -> %",
    "fn() -> %",
    "fn(%) -> %",
    "fn<A>(a: %, %) -> %",
    "[%]",
    "[%; 3]",
    "[%; n]",
    "&%",
    "&mut %",
    "% | %",
    "1",
    "\"a\"",
    "& &A",
    "() -> %",
    "(a: %) -> %",
};

static void try_expressions(void) {
  reml_config config = spec_profile();
  static const matrix all = {"three expressions",    "let x = ", "\nlet y = 1", expressions,
                             TAP_COUNT(expressions), 15000};
  static const matrix statements = {"three statements", "fn f() { a; ",         "\nb }",
                                    expressions,        TAP_COUNT(expressions), 5000};
  static const matrix items = {"three top-level statements",
                               "let x = return;",
                               "\nb",
                               expressions,
                               TAP_COUNT(expressions),
                               5000};
  check_matrix(&config, &all, 61 * thinned());
  check_matrix(&config, &statements, 101 * thinned());
  check_matrix(&config, &items, 101 * thinned());
}

/* --- random programs --- */

static void try_random(void) {
  static const char *const around[][2] = {
      {"let x = ", "\nlet y = 1"}, {"fn f() { ", "; 1 }"}, {"fn f() { a\n", "\n(b) }"}};
  bytes source = {0};
  uint64_t state = 1;
  tally self = {.config = spec_profile()};
  for (size_t i = 0; i < 20000 / thinned(); i++) {
    const char *const *frame = around[i % TAP_COUNT(around)];
    bytes_clear(&source);
    bytes_add_text(&source, frame[0]);
    grow(&source, &state, expressions, TAP_COUNT(expressions), 2 + i % 5);
    bytes_add_text(&source, frame[1]);
    check(&self, source.data, source.length);
  }
  conclude(&self, 2000 / thinned(), "random expressions");
  bytes_free(&source);
}

static void try_patterns(void) {
  reml_config config = spec_profile();
  static const char *const around[][2] = {
      {"let ", " = 1"},
      {"var ", ": T = 1"},
      {"fn f(", ", a: T = 1) = 1"},
      {"let x = |", "| 1"},
      {"let x = |", ": T = 1| 1"},
      {"let x = match a with | ", " -> 1 | b -> 2"},
      {"let x = match a with | ", " when b as c -> 1"},
      {"let x = match a { ", " if b -> 1 }"},
      {"let x = for ", " in X {}"},
      {"let x = for (", ") in X {}"},
  };
  for (size_t i = 0; i < TAP_COUNT(around); i++) {
    matrix all = {around[i][0], around[i][0], around[i][1], patterns, TAP_COUNT(patterns), 500};
    check_matrix(&config, &all, 13 * thinned());
  }
}

static void try_types(void) {
  reml_config config = spec_profile();
  static const char *const around[][2] = {
      {"let a: ", " = 1"},
      {"fn f(a: ", " = 1, b: T)"},
      {"fn f() -> ", " { 1 }"},
      {"fn f() -> ", " !{ io }"},
      {"fn f<A: (", ") + B>(a) where (C) = 1"},
      {"fn f() with (", "), A = 1"},
      {"let x = |a: ", "| 1"},
      {"let x = |a| -> (", ") {}"},
      {"let x = |a| -> (", ") ::b"},
      {"type A = ", " fn f() = 1"},
      {"type A = B(", ") | C { d: (E) }"},
      {"type alias A<B> = ", ""},
      {"type A = new ", ""},
      {"struct S { a: ", " = 1, b: C }"},
      {"impl<A> T for (", ") {}"},
      {"trait T { type A: (", ") + B = C }"},
      {"effect E { operation a: ", " operation b }"},
      {"conductor c { channels { a ~> b: ", ", c ~> d: E } }"},
  };
  for (size_t i = 0; i < TAP_COUNT(around); i++) {
    matrix all = {around[i][0], around[i][0], around[i][1], types, TAP_COUNT(types), 300};
    check_matrix(&config, &all, 17 * thinned());
  }
}

/* --- words that are keywords in some places --- */

static void try_words(void) {
  static const char *const words[] = {
      "const",  "struct",  "enum",  "macro",     "actor",       "spec",    "pattern", "async",
      "move",   "await",   "not",   "rec",       "mut",         "test",    "case",    "inline_asm",
      "when",   "end",     "new",   "alias",     "test_parser", "llvm_ir", "type",    "match",
      "then",   "self",    "super", "operation", "return",      "fn",      "true",    "mut.a",
      "when.b", "async.X", "X",     "channels",  "break",       "as"};
  static const char *const places[] = {
      "let % = 1",
      "let x = %",
      "let x: % = 1",
      "var (%) = 1",
      "let (% { a }) = 1",
      "let (%(a)) = 1",
      "let %(a) = 1",
      "let %<A>(a) = 1",
      "fn %() = 1",
      "fn f(%: T, b) = 1",
      "fn f(a: %, b) = 1",
      "fn f<%: A, B>() -> %",
      "fn f() -> (%) !{ %, io }",
      "fn f() !{ % } { 1 }",
      "@%(x = 1) fn f() = 1",
      "let x = @% { a }",
      "let x = @%\n{ a }",
      "use a.% as b",
      "use % as a",
      "use a.{% as b, %}",
      "module %\nlet x = 1",
      "type % = A",
      "type A = | (%)",
      "type A = | % | B",
      "type A = B\n| %\n| C",
      "type A = new (%)",
      "type A = %<B> -> C",
      "type A = & (%) | B",
      "type A = B | (%)",
      "enum % = A",
      "enum E = % | B",
      "enum E = %\n| B",
      "struct % { %: T = % }",
      "struct S { a: T = %, %: U = x }",
      "trait T { type % fn %() }",
      "impl (%) for % {}",
      "effect %: % { operation % : % }",
      "handler % { operation %(%) {} return % { % } }",
      "const %: T = 1",
      "let x = %(a)",
      "let x = %(\"a\")",
      "let x = %((\"a\"))",
      "let x = (%)(\"a\" + b)",
      "let x = %(|a| b)",
      "let x = (%)(|a| b)",
      "let x = %((|a| b))",
      "let x = %.%",
      "let x = %::%",
      "let x = a.% || b",
      "let x = % + %",
      "let x = (%) || (%)",
      "let x = (%) |> a",
      "let x = % { a: 1 }",
      "let x = f(% = 1, %: 2, %)",
      "let x = { %: 1, a }",
      "let x = { a, % }",
      "let x = { % }",
      "let x = {\n%\n}",
      "fn f() {\nmatch a with | b -> c;\n%\n}",
      "fn f() {\n% = 1\n}",
      "fn f() {\n%.a = |b, c| d\n}",
      "fn f() {\n% = |b, c| d\n; 1 }",
      "let x = if (%) then (%) else (%)",
      "let x = while (%) { a }",
      "let x = while (%(a)) { a }",
      "let x = while %(a) { a }",
      "let x = for (%) in (%) { a }",
      "let x = match (%) with | (%) when (%) -> (%) | b -> c",
      "let x = match a with | % if % -> % | b -> c",
      "let x = match a with | % as % -> 1 | b -> c",
      "let x = match a with | b @ (%) when c -> 1",
      "let x = match a with | (%) | b -> 1",
      "let x = match a with | (|A|) (%) -> 1",
      "let x = match a with | (|A|) (%(b)) when c -> 1",
      "let x = match a with | (|%|) -> 1",
      "let x = match a with | %..% -> 1",
      "let x = match a with | { %: b, c } -> 1",
      "let x = match a with | { % } -> 1",
      "let x = match a with | [..%] -> 1",
      "let x = |%| 1",
      "let x = |a, %| 1",
      "let x = |(%), a| 1",
      "let x = |a: (%)| 1",
      "let x = |a| -> (%) (b)",
      "let x = |a| -> (%) (\"b\")",
      "let x = & (%)",
      "let x = &mut (%)",
      "let x = & (% + 1)",
      "let x = & (%.a(1))",
      "let x = await a.%",
      "let x = await %",
      "let x = rec %",
      "let x = async move %",
      "let x = async %",
      "let x = do %.%(|a| b)",
      "let x = do %()",
      "let x = handle (%) with handler % { return a {} }",
      "let x = effect { % } { a }",
      "let x = return (%)",
      "let x = f(\n%\n)",
      "conductor % { %: % |> %(|a| b) }",
      "conductor a { b: c = match d with | e -> f\n%: g }",
      "conductor a { channels { %.% ~> %: % } }",
      "conductor a { monitoring % { b } }",
      "conductor a { monitoring with a.% { b } }",
      "let x = inline_asm(\"a\", outputs(\"b\": %))",
      "let x = test \"a\" { % }",
      "let x = test_parser(%) { case \"a\" => %; case \"b\" => c }",
  };
  bytes source = {0};
  tally self = {.config = spec_profile()};
  for (size_t i = 0; i < TAP_COUNT(words); i++) {
    for (size_t k = 0; k < TAP_COUNT(places); k++) {
      bytes_clear(&source);
      for (const char *at = places[k]; *at != '\0'; at++) {
        if (*at == '%') {
          bytes_add_text(&source, words[i]);
        } else {
          bytes_add(&source, at, 1);
        }
      }
      check(&self, source.data, source.length);
    }
  }
  conclude(&self, 1000, "words as names");
  bytes_free(&source);
}

/* --- items in any order --- */

static void try_items(void) {
  static const char *const items[] = {
      "use a.b",
      "@x use c",
      "let x = a",
      "let x = return;",
      "let x = if a then return;",
      "let x = match a with | b -> return;",
      "let x = match a with | b -> c",
      "let x = |a| break",
      "fn f()",
      "fn f() -> T",
      "fn f() = return;",
      "fn f() { 1 }",
      "async fn f() = 1",
      "unsafe fn f()",
      "@a fn f() = 1",
      "pub fn f() = 1",
      "@a pub let x = return;",
      "type T",
      "type T = A | B",
      "type T = new A",
      "enum E = A",
      "struct S;",
      "struct S { a: T }",
      "trait T { fn f() = return; @a fn g() fn h() = return; async fn i() type J }",
      "impl T { fn f() = return; @a fn g() let h = return; unsafe fn i() const J = 1 }",
      "effect E",
      "extern \"C\" fn f()",
      "handler H { return r {} }",
      "conductor c {}",
      "module m { use a let x = return; @a fn f() b }",
      "const C = return;",
      "pattern (|A|)(n) = return;",
      "macro m() {}",
      "actor spec A {}",
      "a",
      "(a)",
      "[a];",
      "{ a }",
      "-a;",
      "::a",
      "| | a",
      "end",
      "@a { b }",
      "test \"a\" {}",
      "a := b",
      "type = 1",
      "defer a;",
      "match a with | b -> c",
      "return;",
      "if a then b",
  };
  static const char *const around[][2] = {{"", ""}, {"module m;\n", ""}, {"module m {\n", "\n}"}};
  bytes source = {0};
  tally self = {.config = spec_profile()};
  for (size_t i = 0; i < TAP_COUNT(around); i++) {
    for (size_t a = 0; a < TAP_COUNT(items); a++) {
      for (size_t b = 0; b < TAP_COUNT(items); b++) {
        bytes_clear(&source);
        bytes_add_text(&source, around[i][0]);
        bytes_add_text(&source, items[a]);
        bytes_add_text(&source, "\n");
        bytes_add_text(&source, items[b]);
        bytes_add_text(&source, around[i][1]);
        check(&self, source.data, source.length);
      }
    }
  }
  conclude(&self, 4000, "two items");
  bytes_free(&source);
}

/* --- characters --- */

static void try_characters(void) {
  static const char *const literals[] = {
      "'\\u{0}'",
      "'\\u{7F}'",
      "'\\u{D7FF}'",
      "'\\u{E000}'",
      "'\\u{10FFFF}'",
      "'\\x0A'",
      "'\\x09'",
      "'\\r'",
      "'\t'",
      "'\\u{200E}'",
      "'\\u{FEFF}'",
      "'\"'",
      "'あ'",
      "'\\''",
      "'\\\\'",
      "\"\\u{0}\"",
      "\"\\u{1F600}\"",
      "\"\\/\\'\"",
      "\"\\q\\x41\"",
      "\"a\\\\u{41}\"",
      "r\"\\\"",
      "r#\"\"#",
      "r#\"\"\"#",
      "r##\"\"#\"##",
      "r###\"\"##\"###",
      "\"\"\"a\"\"b\"\"\"",
      "\"\"\"\\u{41}\n\"\"\"",
  };
  static const char *const around[][2] = {{"let x = ", ""},
                                          {"let x = match a with | ", " -> 1"},
                                          {"let x = { ", ", 1 }"},
                                          {"let x = f(", "..b)"},
                                          {"let x = match a with | ", "..='z' -> 1"}};
  bytes source = {0};
  tally self = {.config = spec_profile()};
  for (size_t i = 0; i < TAP_COUNT(literals); i++) {
    for (size_t k = 0; k < TAP_COUNT(around); k++) {
      bytes_clear(&source);
      bytes_add_text(&source, around[k][0]);
      bytes_add_text(&source, literals[i]);
      bytes_add_text(&source, around[k][1]);
      check(&self, source.data, source.length);
    }
  }
  conclude(&self, 80, "characters and strings");
  bytes_free(&source);
}

/* --- depth and length --- */

static const shape shapes[] = {
    {"blocks", "let x=", "{", "1", "}", ""},
    {"typed records", "let x=", "X{a:", "1", "}", ""},
    {"sets", "let x=", "{1,", "2", "}", ""},
    {"ranges", "let x=", "a..", "b", "", ""},
    {"references", "let x=", "&(", "a", ")", ""},
    {"await", "let x=", "await ", "a", "", ""},
    {"await in parentheses", "let x=", "(await a(", "a", ")).b", ""},
    {"rec and not", "let x=", "rec not ", "a", "", ""},
    {"async blocks", "let x=", "async {", "1", "}", ""},
    {"closures with types", "let x=", "|a|->T ", "b", "", ""},
    {"attributed blocks", "let x=", "@a {", "1", "}", ""},
    {"effect blocks", "let x=", "effect {", "1", "}", ""},
    {"match in arms", "let x=", "match a with b->", "c", "", ""},
    {"match in braces", "let x=", "match a {b->", "c", "}", ""},
    {"break", "let x=", "break ", "1", "", ""},
    {"heads", "let x=", "while (", "a", ") {}", ""},
    {"modules", "", "module a{", "", "}", ""},
    {"functions in modules", "", "module a{fn f(){", "", "}}", ""},
    {"bindings", "let x=match y with |", "a @ ", "b", "", "->1"},
    {"aliases", "let ", "(", "a", " as b)", "=1"},
    {"or-patterns", "let x=match y with ", "|a", "|b", "", "->1"},
    {"or-patterns in parentheses", "let ", "(a|", "b", ")", "=1"},
    {"slices", "let ", "[", "..", "]", "=1"},
    {"active patterns", "let ", "(|A|) ", "b", "", "=1"},
    {"record patterns", "let ", "A{a:", "b", "}", "=1"},
    {"unions", "let x:", "A|", "B", "", "=1"},
    {"unions in parentheses", "let x:", "(A|", "B", ")", "=1"},
    {"function types", "let x:", "fn(A)->", "B", "", "=1"},
    {"record types", "let x:", "{a:", "B", "}", "=1"},
    {"references to types", "let x:", "&(", "B", ")", "=1"},
    {"bounds", "fn f<A: ", "A + ", "B", "", ">()"},
    {"generics with bounds", "fn f<", "A: B,", "", "", ">()"},
    {"labels", "type A = B(", "a: B,C,", "", "", ")"},
    {"top-level statements", "", "(a);", "b", "", ""},
    {"declarations with return", "", "let a=return;@b fn f()=2 ", "", "", ""},
    {"routes", "conductor c{channels{", "a~>b:C ", "", "", "}}"},
    {"tails", "conductor c{a:b", "|>c()", "", "", "}"},
    {"cases", "test_parser(a){", "case \"b\"=>c ", "", "", "}"},
};

static void try_shapes(void) {
  reml_config config = spec_profile();
  check_shapes(&config, shapes, TAP_COUNT(shapes), 50000 / thinned());
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"rows", try_rows},
      {"golden", try_golden},
      {"examples", try_examples},
      {"expressions", try_expressions},
      {"random", try_random},
      {"patterns", try_patterns},
      {"types", try_types},
      {"words", try_words},
      {"items", try_items},
      {"characters", try_characters},
      {"depth and length", try_shapes},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
