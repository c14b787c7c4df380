/* Canonical source (contract gates.md section 5, S5 and S6): whatever is accepted is printed as a
 * source that is accepted, that has the same tree and the same text of the tree, and that is
 * printed as itself. All of it with a small stack. */
#include "round_trip.h"

static tally golden_tally; /* for visitors that have no argument */

static void visit_golden(const char *name, const char *source, size_t length) {
  (void)name;
  check(&golden_tally, source, length);
}

static void try_golden(void) {
  bytes sample = {0};
  golden_tally = (tally){.config = golden_config()};
  each_golden_source(visit_golden);
  conclude(&golden_tally, 200, "hand-written golden cases");
  read_file(&sample, "tests/samples/inventory.reml");
  tally one = {.config = golden_config()};
  check(&one, sample.data, sample.length);
  conclude(&one, 1, "the sample program");
  bytes_free(&sample);
}

/* --- what it looks like --- */

typedef struct row {
  const char *source, *printed; /* printed NULL: as it is, with a line break */
} row;

static void try_rows(const row *rows, size_t count) {
  reml_config config = golden_config();
  bytes expected = {0}, printed = {0};
  for (size_t i = 0; i < count; i++) {
    const reml_result *result = parse(&config, rows[i].source);
    bytes_clear(&expected);
    bytes_add_text(&expected, rows[i].printed ? rows[i].printed : rows[i].source);
    if (!rows[i].printed) bytes_add_text(&expected, "\n");
    if (!tap_ok(result->accepted, "accepted: %s", rows[i].source)) continue;
    const char *problem = problem_of(&config, result, &printed);
    tap_bytes(printed.data, printed.length, expected.data, expected.length, "... and printed so");
    if (!tap_ok(problem == NULL, "... which is the same")) tap_note("%s", problem);
  }
  bytes_free(&expected);
  bytes_free(&printed);
}

static const row files[] = {
    {"", ""},
    {"module a.b use A use ::A.B as C pub use self.a.{b, c as d.{e}} let x=1",
     "module a.b\n\nuse A\nuse ::A.B as C\npub use self.a.{b, c as d.{e}}\n\nlet x = 1\n"},
    {"module super.super", NULL},
    {"module self.self", NULL},
    {"use super.super as a", NULL},
    {"use A.{self}", NULL},
    {"let a=1 var b:T=2 type c=D fn f()=1 fn g(){} let h=3",
     "let a = 1\nvar b: T = 2\ntype c = D\n\nfn f() = 1\n\nfn g() {}\n\nlet h = 3\n"},
    {"@a @b(1,c)pub let x=1", "@a\n@b(1, c)\npub let x = 1\n"},
};

static const row declarations[] = {
    {"fn f<A,B>(a:A=1,(b,_))->C->D where E<F>,G<H,I<J>> !{io,self}=a",
     "fn f<A, B>(a: A = 1, (b, _)) -> C -> D where E<F>, G<H, I<J>> !{ io, self } = a\n"},
    {"fn f() !{} = 1", NULL},
    {"type alias A<T> = { a: (T, U), b: (A -> B) -> C }", NULL},
    {"type A = new B", NULL},
    {"type A=|B()|C(D)", "type A = B | C(D)\n"},
    {"trait T<A> where B<C>{fn f() @x fn g()=1 fn h(){a}}",
     "trait T<A> where B<C> {\n  fn f()\n  @x\n  fn g() = 1\n  fn h() {\n    a\n  }\n}\n"},
    {"trait T {}", NULL},
    {"impl<A> B<A> for C<A> where D<A>{fn f()=1 var x=2}",
     "impl<A> B<A> for C<A> where D<A> {\n  fn f() = 1\n  let x = 2\n}\n"},
    {"impl A -> B {}", NULL},
    {"extern \"C\" fn f(a: B) -> C;", "extern \"C\" {\n  fn f(a: B) -> C;\n}\n"},
    {"extern r\"\\\" {@target(\"t\") fn f();}",
     "extern \"\\\\\" {\n  @target(\"t\")\n  fn f();\n}\n"},
    {"effect E:io{@x operation a:A->B operation b:C}",
     "effect E: io {\n  operation a: A -> B\n  operation b: C\n}\n"},
    {"handler H{@x operation a(b,c=1){d}@y return r{}}",
     "handler H {\n  operation a(b, c = 1) {\n    d\n  }\n  return r {}\n}\n"},
};

static const row blocks[] = {
    {"let x = {}", NULL},
    {"let x={(a)}", "let x = {\n  (a)\n}\n"},
    {"let x={(self)}", "let x = {\n  (self)\n}\n"},
    {"let x={(f)(x);g}", "let x = {\n  (f)(x);\n  g\n}\n"},
    {"let x={(a).b:=c}", "let x = {\n  (a).b := c\n}\n"},
    {"let x={(a)+b*c|>d}", "let x = {\n  (a) + b * c |> d\n}\n"},
    {"let x={((a)+b)*c}", "let x = {\n  (a + b) * c\n}\n"},
    {"let x={{(a)}}", "let x = {\n  {\n    (a)\n  }\n}\n"},
    {"let x={{a:b}}", "let x = {\n  { a: b }\n}\n"},
    {"let x={let a=b;c}", "let x = {\n  let a = b;\n  c\n}\n"},
    {"let x=while a{b}", "let x = while a {\n  b\n}\n"},
    {"let x=loop{a}", "let x = loop {\n  a\n}\n"},
    {"let x=for a in b{c}", "let x = for a in b {\n  c\n}\n"},
    {"let x=unsafe{{(a)}}", "let x = unsafe {\n  {\n    (a)\n  }\n}\n"},
    {"fn f(){a}", "fn f() {\n  a\n}\n"},
    {"fn f(){a b c}", "fn f() {\n  a;\n  b;\n  c\n}\n"},
    {"fn f(){defer a; defer b c}", "fn f() {\n  defer a;\n  (defer b);\n  c\n}\n"},
    {"fn f(){if a then defer b; c}", "fn f() {\n  if a then defer b;\n  c\n}\n"},
    {"fn f(){fn g(){} type T=A; (b)}", "fn f() {\n  fn g() {}\n  type T = A;\n  b\n}\n"},
    {"fn f(){fn g()=a; (b)}", "fn f() {\n  fn g() = a;\n  b\n}\n"},
    {"fn f(){loop{} (1) -2}", "fn f() {\n  loop {};\n  1 - 2\n}\n"},
    {"fn f(){return; return 1}", "fn f() {\n  return;\n  return 1\n}\n"},
    {"fn f(){a.b[0].1?:=c}", "fn f() {\n  a.b[0].1? := c\n}\n"},
    {"fn f() { extern \"C\" fn g();; 1 }",
     "fn f() {\n  extern \"C\" {\n    fn g();\n  }\n  1\n}\n"},
};

static const row operands[] = {
    {"let x = a - (b - c) - d", NULL},
    {"let x = (2 ^ 3) ^ 4 ^ 5", NULL},
    {"let x = (-2)^3", "let x = -2 ^ 3\n"},
    {"let x = -(2 ^ 3)", NULL},
    {"let x = (a == b) == c < d", NULL},
    {"let x = a |> (b |> c) |> d || e", NULL},
    {"let x = --a + !b", NULL},
    {"let x = (-a).b", NULL},
    {"let x = (if a then b else c) + if d then e", NULL},
    {"let x = a * (|b| c) + d", NULL},
    {"let x = -(return 1) * 2", NULL},
    {"let x = return + 1", "let x = (return) + 1\n"},
    {"let x = if a then (if b then c) else d", NULL},
    {"let x = if a then |b| (if c then d) else e", NULL},
    {"let x = if a then if b then c else d else e", NULL},
    {"let x = if a then match b with | c -> (if d then e) else f",
     "let x = if a then match b with\n  | c -> (if d then e) else f\n"},
    {"let x = (|a| b + |c| if d then e) + f", NULL},
    {"let x = while (return) {}", NULL},
    {"let x = for a in b + (return) {}", NULL},
    {"let x = |a = (return), b: T = (match c with | d -> e)| f", "let x = |a = (return), b: T = "
                                                                 "(match c with\n  | d -> e)| f\n"},
    {"let x = | | |a| b", NULL},
    {"let x = |a| -> B -> C {}", NULL},
    {"let x = (loop {})(1) + loop {} - 2", NULL},
    {"let x = 1 .a + 0x1F .b + 1..c + 1.5.d + 1e5.e + 1(2)[3]?",
     "let x = (1).a + (0x1F).b + 1..c + 1.5.d + 1e5.e + 1(2)[3]?\n"},
    {"let x = (t.0).1 + (t.0).a + t.0(b)[c]?", NULL},
    {"let x = {}(1).a", NULL},
    {"let x = { a: 1 }.a", NULL},
    {"let x = f(a, b = c)", NULL},
    {"let x = match match a with|b->c with|d if e->(return)|f->(match g with|h->i)|j->k",
     "let x = match match a with\n  | b -> c with\n  | d if e -> (return)\n  | f -> (match g with\n"
     "    | h -> i)\n  | j -> k\n"},
    {"let x = do ::A.b(1) + perform self.a.b.c() - perform ::X.Y.z()",
     "let x = do A.b(1) + perform self.a.b.c() - perform ::X.Y.z()\n"},
    {"let x = perform ::self.a()", NULL},
    {"let x=handle a with handler H{return r{}}",
     "let x = handle a with handler H {\n  return r {}\n}\n"},
};

static const row patterns[] = {
    {"let (a, _, (B, c()), D(e, F(1)), g.H, i.j(k)) = 1", NULL},
    {"let (A(), b.C()) = 1", "let (A, b.C) = 1\n"},
    {"let { .. } = 1", NULL},
    {"let {} = 1", NULL},
    {"let { a, b: c, d: { e: _ }, .. } = 1", NULL},
    {"let { a: 1, b: c } = 1", NULL},
    {"let { a: { (b) } } = 1", "let { a: {\n  (b)\n} } = 1\n"},
    {"let { a: b + 1, c: d.e } = 1", NULL},
    {"let { a: (b + 1)[2] } = 1", NULL},
    {"let [a, b + 1] = 1", NULL},
    {"let x: { a: B<C> } -> (D, E) -> F = 1", NULL},
};

static const row literals[] = {
    {"let x = [1_0, 0b1_1, 0o7, 0xaF, 1., 1_0.5e-3, true, false, ()]",
     "let x = [10, 0b11, 0o7, 0xaF, 1., 10.5e-3, true, false, ()]\n"},
    {"let x = '\n'", "let x = '\\n'\n"},
    {"let x = ['\\'', '\"', '\\\\', '\\0', 'a']", NULL},
    {"let x = \"a\n\\q\\\"'\\t\\r\\0\\\\\"", "let x = \"a\\n\\\\q\\\"'\\t\\r\\0\\\\\"\n"},
    {"let x = r\"\\n\n\"", NULL},
    {"let x = \"\"\"\"a\"\" \n\\\"\"\"", NULL},
    {"let x = \"\"\"a\r\nb\"\"\"", "let x = \"\"\"a\nb\"\"\"\n"},
};

static const row profiles[] = {
    {"@handles(io) fn f()=1", "@handles(io)\nfn f() !{ io } = 1\n"},
    {"@handles(\"a b\", c)fn f() !{IO, IO}=1", "@handles(\"a b\", c)\nfn f() !{ IO, IO } = 1\n"},
    {"@handles(1) fn f() = 1", "@handles(1)\nfn f() = 1\n"},
    {"@requires_capability(capability == a) fn f() = 1",
     "@requires_capability(capability == a)\nfn f() = 1\n"},
    {"@stable fn f() = 1", "@stable\nfn f() = 1\n"},
    {"@stable fn f() !{} = 1", "@stable\nfn f() = 1\n"},
    {"impl T{@x fn f()=1}", "impl T {\n  fn f() = 1\n}\n"},
    {"impl T{@handles(A, \"b c\", Let) fn f() !{IO}=1}",
     "impl T {\n  @handles(\"b c\", \"let\")\n  fn f() !{ IO, a } = 1\n}\n"},
    {"impl T{@Beta fn f()=1}", "impl T {\n  @requires_capability(Beta)\n  fn f() = 1\n}\n"},
    {"impl T{@requires_capability(\"a b\") fn f()=1}",
     "impl T {\n  @requires_capability(\"a b\")\n  fn f() = 1\n}\n"},
    {"impl T{@dsl_export fn f()=1}",
     "impl T {\n  @requires_capability_at_least(stable)\n  fn f() = 1\n}\n"},
    {"impl T{@requires_capability(1,2,x,capability==[a,\"b c\"]) fn f()=1}",
     "impl T {\n  @requires_capability(capability == [a, \"b c\"])\n"
     "  @requires_capability(1, 2, x, capability == [a, \"b c\"])\n"
     "  @requires_capability(x)\n  fn f() = 1\n}\n"},
    {"impl T{@requires_capability(1) @handles(q == 1) @requires_capability @beta fn f()=1}",
     "impl T {\n  @requires_capability(1)\n  @requires_capability\n  @handles(q == 1)\n  @beta\n"
     "  fn f() = 1\n}\n"},
    {"impl T{@requires_capability(1,2) @allows_effects fn f()=1}",
     "impl T {\n  @requires_capability(1, 2)\n  @dsl_export\n  fn f() = 1\n}\n"},
};

static void try_looks(void) {
  try_rows(files, TAP_COUNT(files));
  try_rows(declarations, TAP_COUNT(declarations));
  try_rows(blocks, TAP_COUNT(blocks));
  try_rows(operands, TAP_COUNT(operands));
  try_rows(patterns, TAP_COUNT(patterns));
  try_rows(literals, TAP_COUNT(literals));
  try_rows(profiles, TAP_COUNT(profiles));
}

/* --- every kind of expression in every place of every other --- */

/* A `%` is a place for another expression, which stands there in parentheses. */
static const char *const expressions[] = {
    "a",
    "1",
    "t.0",
    "\"s\"",
    "{}",
    "continue",
    "return",
    "{ a: 1 }",
    "| | b",
    "loop { a }",
    "% |> %",
    "% || %",
    "% && %",
    "% == %",
    "% < %",
    "% + %",
    "% - %",
    "% * %",
    "% ^ %",
    "!%",
    "-%",
    "if % then %",
    "if % then % else %",
    "|a| %",
    "|a = %| b",
    "|a = %, b| -> T %",
    "match % with | a -> b",
    "match a with | b -> % | c -> d",
    "match a with | b if % -> c | d -> %",
    "while % { % }",
    "for a in % { b; % }",
    "loop { %; % }",
    "unsafe { % }",
    "return %",
    "defer %",
    "perform A.b(%)",
    "handle % with handler H { return r { % } }",
    "{ % }",
    "{ %; % }",
    "{ % := % }",
    "{ defer %; }",
    "{ (defer %); 1 }",
    "{ let a = %; b }",
    "{ fn f() = % }",
    "(%, %)",
    "[%]",
    "{ a: % }",
    "%(a)",
    "a(%, b = %)",
    "%.a",
    "%.0",
    "%[%]",
    "%?",
    "match a with | { b: % } -> c",
    "match a with | { b: 1, c: % } -> [d]",
};

/* All programs of three expressions, one within the other. */
static void try_three(void) {
  reml_config config = golden_config();
  matrix all = {"three expressions within each other",
                "let x = ",
                "",
                expressions,
                TAP_COUNT(expressions),
                1000 * thinned()};
  check_matrix(&config, &all, 8 * thinned());
}

/* --- random programs --- */

static void try_random_expressions(void) {
  bytes source = {0};
  uint64_t state = 1;
  tally self = {.config = golden_config()};
  for (size_t i = 0; i < 8000 / thinned(); i++) {
    bytes_clear(&source);
    bytes_add_text(&source, i % 2 ? "let x = " : "fn f() = ");
    grow(&source, &state, expressions, TAP_COUNT(expressions), 2 + i % 7);
    check(&self, source.data, source.length);
  }
  conclude(&self, 1000, "random expressions");
  bytes_free(&source);
}

static const char *const attributes[] = {
    "@x",
    "@beta",
    "@Stable",
    "@experimental(1)",
    "@handles",
    "@handles(io)",
    "@handles(\"a b\", IO)",
    "@handles(1, 2 == a, q == b, effects == [c, \"D e\"])",
    "@allows_effects",
    "@allows_effects(Let, { handles: g, z: 1 })",
    "@dsl_export(\"parser\", handles == b)",
    "@dsl_export({ allows_effects: { handles: a, k: b } })",
    "@requires_capability",
    "@requires_capability(1, 2)",
    "@requires_capability(1, Beta, 2)",
    "@Requires_Capability_Exact(\" X y \")",
    "@requires_capability_at_least(stage == (a))",
    "@requires_capability_at_least({ stage: 1, capability: [p, \"q r\"], z: 2 })",
    "@requires_capability(capability == [P, 3, { effects: s }], 4 == 5)",
    "@requires_capability_exact({ Stage: beta, stage: 7 }, capability == v)",
};

static reml_config config_of(reml_profile profile) {
  reml_config config = golden_config();
  config.profile = profile;
  return config;
}

static void random_attributes(reml_profile profile) {
  static const char *const sets[] = {"", " !{}", " !{ io }", " !{ IO, b, IO, self }"};
  static const char *const around[][2] = {
      {"impl T { ", " }"}, {"", ""}, {"trait T { ", " }"}, {"fn g() { ", "; 1 }"}};
  bytes source = {0};
  uint64_t state = 7;
  tally self = {.config = config_of(profile)};
  for (size_t i = 0; i < 8000 / thinned(); i++) {
    const char *const *frame = around[i % 8 < 4 ? i % 4 : 0];
    bytes_clear(&source);
    bytes_add_text(&source, frame[0]);
    for (size_t k = below(&state, 6); k > 0; k--) {
      bytes_add_text(&source, attributes[below(&state, TAP_COUNT(attributes))]);
      bytes_add_text(&source, " ");
    }
    bytes_add_text(&source, "fn f()");
    bytes_add_text(&source, sets[below(&state, TAP_COUNT(sets))]);
    bytes_add_text(&source, " = 1");
    bytes_add_text(&source, frame[1]);
    check(&self, source.data, source.length);
  }
  conclude(&self, 8000 / thinned(), "random attributes");
  bytes_free(&source);
}

static void try_random_attributes(void) {
  random_attributes(REML_PROFILE_REFERENCE);
  random_attributes(REML_PROFILE_SPEC);
}

/* Tags that are names only in one of the identifier profiles, and tags of any bytes. */
static void identifier_profiles(reml_profile profile) {
  static const char *const sources[] = {
      "@handles(\"\xE3\x81\x82\", a) fn f() = 1",
      "impl T { @handles(\"\xE3\x81\x82\", a) fn f() = 1 }",
      "impl T { @handles(\"\xE3\x81\", \"\x80\", \"\xFF\", \"\xED\xA0\x80\", \"\xC3\", \"\xE3"
      "ab\") fn f() = 1 "
      "}",
      "impl T { @handles(\"\", \"_\", \"__\", \"9a\", \"a9\", \"self\", \"if\", \"a-b\") fn f() = "
      "1 }",
      "impl T { @handles(\"x\xC2\xB7\", \"\xEF\xBD\x81\", \"\xF4\x90\x80\x80\") fn f() = 1 }",
  };
  static const char *const names[] = {"unicode", "ascii"};
  for (size_t i = 0; i < 2; i++) {
    tally self = {.config = config_of(profile)};
    reml_value name = {REML_VALUE_STRING, {.string = reml_string_from(names[i])}};
    reml_config_set(&self.config, "lex", "identifier_profile", &name);
    for (size_t k = 0; k < TAP_COUNT(sources); k++)
      check_text(&self, sources[k]);
    conclude(&self, TAP_COUNT(sources), names[i]);
  }
}

static void try_identifier_profiles(void) {
  identifier_profiles(REML_PROFILE_REFERENCE);
  identifier_profiles(REML_PROFILE_SPEC);
}

/* --- depth and length --- */

static const shape shapes[] = {
    {"blocks", "let x=", "{", "1", "}", ""},
    {"parentheses", "let x=", "(", "1", ")", ""},
    {"parentheses that stay", "let x=", "(1-", "1", ")", ""},
    {"records", "let x=", "{a:", "1", "}", ""},
    {"prefixes", "let x=", "-", "1", "", ""},
    {"postfixes", "let x=a", ".b[0]", "", "", ""},
    {"calls", "let x=", "f(", "1", ")", ""},
    {"sums", "let x=", "a+", "b", "", ""},
    {"powers", "let x=", "a^", "b", "", ""},
    {"leading names", "let x=", "{(a)+", "1", "}", ""},
    {"if in then", "let x=", "if a then ", "b", " else c", ""},
    {"if in else", "let x=", "if a then b else ", "c", "", ""},
    {"match in arms", "let x=", "match a with|b->", "c", "", ""},
    {"match in scrutinees", "let x=", "match ", "a", " with|b->c", ""},
    {"lambdas", "let x=", "|a| ", "b", "", ""},
    {"lambdas in default values", "let x=", "|a=", "1", "|b", ""},
    {"return", "let x=", "return ", "1", "", ""},
    {"while", "let x=", "while a{", "1", "}", ""},
    {"handlers", "", "handler H{return r{", "", "}}", ""},
    {"functions", "", "fn f(){", "1", "}", ""},
    {"implementations", "", "impl T{@handles(a) fn f(){", "1", "}}", ""},
    {"function types", "let x:", "A->", "B", "", "=1"},
    {"function types as parameters", "let x:", "(", "A", "->B)", "=1"},
    {"type arguments", "let x:", "A<", "B", ">", " =1"},
    {"patterns", "let ", "{a:", "b", "}", "=1"},
    {"literal patterns", "let ", "{a:", "1", "}", "=1"},
    {"attributes", "@handles(", "[", "a", "]", ") fn f()=1"},
    {"faulty attributes", "impl T{", "@handles(1) ", "fn f()=1}", "", ""},
    {"use trees", "use A", ".{a", "", "}", ""},
    {"declarations", "", "let a=1 fn f()=2 ", "", "", ""},
    {"statements", "fn f(){", "a;", "b}", "", ""},
    {"elements", "let x=[", "a,", "b]", "", ""},
};

static void try_shapes(void) {
  reml_config config = golden_config();
  check_shapes(&config, shapes, TAP_COUNT(shapes), 100000 / thinned());
}

/* --- use --- */

static bool gives_up(void *user, const char *data, size_t count) {
  (void)user;
  (void)data;
  (void)count;
  return false;
}

static void try_use(void) {
  reml_config config = golden_config();
  bytes out = {0};
  const reml_result *result = parse(&config, "let x = 1"), *wrong = parse(&config, "let x");
  tap_int(reml_write_source(result, bytes_write, &out), REML_OK, "a result can be printed");
  tap_text(out.data, "let x = 1\n", "... as what it is");
  tap_int(reml_write_source(result, gives_up, NULL), REML_IO_FAILED, "a write that gives up");
  tap_int(reml_write_source(wrong, bytes_write, &out), REML_BAD_USE, "a result without a tree");
  tap_int(reml_write_source(NULL, bytes_write, &out), REML_BAD_USE, "no result");
  tap_int(reml_write_source(result, NULL, NULL), REML_BAD_USE, "no write function");
  bytes_free(&out);
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"golden", try_golden},
      {"looks", try_looks},
      {"three expressions", try_three},
      {"random expressions", try_random_expressions},
      {"random attributes", try_random_attributes},
      {"identifier profiles", try_identifier_profiles},
      {"depth and length", try_shapes},
      {"use", try_use},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
