/* The layout pass rule by rule (contract-spec grammar-spec.md sections 1.6, 1.7, 2.2 to 2.7, 3).
 * layout_oracle.c compares it with the rules read word for word.
 *
 * How tokens are written here: names, literals and operators as in the source, keywords in
 * capitals, so that a word in small letters is a name. What only layout tells apart:
 *
 *   {  {r  {t  {s    block, record, typed record, set        <{  }>   virtual braces
 *   (  (n  (p        plain, first on its line, parameters    <|>      virtual bar
 *   [  [n                                                    <row>    EFFROW
 */
#include "fixture.h"
#include "reml_layout.h"
#include "tap.h"

#include <ctype.h>
#include <gc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static reml_memory memory;

/* --- reading --- */

typedef struct station {
  reml_lexer *lexer;
  reml_layout *layout;
} station;

static station open_station(void) {
  reml_lex_rules rules = {.spec = true, .nested_comments = true};
  reml_lexer *lexer = reml__lexer_new(&memory, rules);
  return (station){lexer, reml__layout_new(&memory, lexer)};
}

static station fork_of(station from) {
  reml_lexer *lexer = reml__lexer_fork(from.lexer);
  return (station){lexer, reml__layout_fork(from.layout, lexer)};
}

static const char *special_name(reml_token_kind kind) {
  switch (kind) {
  case REML_TOKEN_LBRACE_REC: return "{r";
  case REML_TOKEN_LBRACE_TREC: return "{t";
  case REML_TOKEN_LBRACE_SET: return "{s";
  case REML_TOKEN_LPAREN_BOL: return "(n";
  case REML_TOKEN_LPAREN_FN: return "(p";
  case REML_TOKEN_LBRACKET_BOL: return "[n";
  case REML_TOKEN_VBAR: return "<|>";
  case REML_TOKEN_EFFROW: return "<row>";
  case REML_TOKEN_FNL: return "FNL";
  case REML_TOKEN_EFFECT_DO: return "EFFECT_DO";
  case REML_TOKEN_BREAK_V: return "BREAK_V";
  case REML_TOKEN_LETFN: return "LETFN";
  case REML_TOKEN_EOF: return "EOF";
  default: return NULL;
  }
}

static void add_capitals(bytes *to, const char *text) {
  for (; *text != '\0'; text++) {
    char letter = (char)toupper((unsigned char)*text);
    bytes_add(to, &letter, 1);
  }
}

static bool has_payload(const reml_token *token) {
  reml_token_category category = reml_token_category_of(token->kind);
  return category == REML_CATEGORY_IDENTIFIER || category == REML_CATEGORY_LITERAL;
}

static void write_token(bytes *to, const reml_token *token) {
  reml_token_category category = reml_token_category_of(token->kind);
  const char *special = special_name(token->kind);
  bool is_virtual = token->start.offset >= token->end.offset;
  if (to->length > 0) bytes_add_text(to, " ");
  if (token->kind == REML_TOKEN_FIXITY) {
    bytes_add_text(to, ":");
    bytes_add(to, token->text, token->length);
  } else if (is_virtual && token->kind == REML_TOKEN_LBRACE) {
    bytes_add_text(to, "<{");
  } else if (is_virtual && token->kind == REML_TOKEN_RBRACE) {
    bytes_add_text(to, "}>");
  } else if (special != NULL) {
    bytes_add_text(to, special);
  } else if (has_payload(token)) {
    bytes_add(to, token->text, token->length);
  } else if (category == REML_CATEGORY_KEYWORD || category == REML_CATEGORY_WORD) {
    add_capitals(to, reml_token_label(token->kind));
  } else {
    bytes_add_text(to, reml_token_label(token->kind));
  }
}

/* Writes what there is, up to EOF or an error. */
static void drain(station from, bytes *to) {
  reml_token token;
  for (;;) {
    switch (reml__layout_next(from.layout, &token)) {
    case REML_LEX_MORE: return;
    case REML_LEX_ERROR: bytes_add_text(to, " ERROR"); return;
    case REML_LEX_TOKEN: break;
    }
    if (token.kind == REML_TOKEN_EOF) return;
    write_token(to, &token);
  }
}

static void feed(station to, const char *source, size_t count, bytes *out) {
  reml__lexer_feed(to.lexer, source, count);
  drain(to, out);
}

static void finish(station at, bytes *out) {
  reml__lexer_finish(at.lexer);
  drain(at, out);
}

static void read_split(const char *source, size_t length, size_t cut, bytes *out) {
  station at = open_station();
  bytes_clear(out);
  feed(at, source, cut, out);
  feed(at, source + cut, length - cut, out);
  finish(at, out);
}

/* The piece is overwritten when it has been read, as a caller may do. */
static void read_bytewise(const char *source, size_t length, bytes *out) {
  station at = open_station();
  bytes_clear(out);
  for (size_t i = 0; i < length; i++) {
    char piece = source[i];
    feed(at, &piece, 1, out);
    piece = '~';
  }
  finish(at, out);
}

/* At each byte a fork reads the rest, and the original goes on after it. */
static size_t wrong_forks(const char *source, size_t length, const char *expected) {
  size_t wrong = 0;
  station at = open_station();
  bytes seen = {0}, whole = {0};
  bytes_add_text(&seen, "");
  for (size_t i = 0; i < length; i++) {
    feed(at, source + i, 1, &seen);
    station fork = fork_of(at);
    bytes_clear(&whole);
    bytes_add(&whole, seen.data, seen.length);
    feed(fork, source + i + 1, length - i - 1, &whole);
    finish(fork, &whole);
    wrong += strcmp(whole.data, expected) != 0;
  }
  finish(at, &seen);
  wrong += strcmp(seen.data, expected) != 0;
  bytes_free(&seen);
  bytes_free(&whole);
  return wrong;
}

typedef struct row {
  const char *source, *expected;
} row;

static void try_row(const row *of) {
  size_t length = strlen(of->source), wrong = 0;
  bytes out = {0};
  read_split(of->source, length, length, &out);
  tap_text(out.data, of->expected, "%s", of->source);
  for (size_t cut = 0; cut < length; cut++) {
    read_split(of->source, length, cut, &out);
    wrong += strcmp(out.data, of->expected) != 0;
  }
  read_bytewise(of->source, length, &out);
  wrong += strcmp(out.data, of->expected) != 0;
  wrong += wrong_forks(of->source, length, of->expected);
  tap_int((int64_t)wrong, 0, "... in pieces, byte by byte and in forks, too");
  bytes_free(&out);
}

static void try_rows(const row *rows, size_t count) {
  if (setjmp(memory.unwind)) tap_bail_out("out of memory");
  for (size_t i = 0; i < count; i++)
    try_row(&rows[i]);
}
#define TRY(rows) try_rows(rows, TAP_COUNT(rows))

/* --- sections 1.6 and 1.7 --- */

static void try_joining(void) {
  static const row rows[] = {
      {"a: :b", "a :: b"},
      {"a:\n/* c */ :b", "a :: b"},
      {"a : : : b", "a :: : b"},
      {"a: ::b", "a : :: b"},
      {"a::b", "a :: b"},
      {"f(:prefix, :postfix)", "f ( :prefix , :postfix )"},
      {"[:infix_left, :infix_right]", "[ :infix_left , :infix_right ]"},
      {"(:infix_nonassoc, :ternary)", "( :infix_nonassoc , :ternary )"},
      {"(: prefix", "( : prefix"},
      {"a:prefix", "a : prefix"},
      {"{:prefix", "{ : prefix"},
      {"(:prefixes", "( : prefixes"},
      {"(: :prefix", "( :: prefix"},
      {"(a, :ternary: b", "( a , :ternary : b"},
  };
  TRY(rows);
}

/* --- section 2, rules 2 and 3 --- */

static void try_names(void) {
  static const row rows[] = {
      {"p.then(q)", "p . then ( q )"},
      {"T::new()", "T :: new ( )"},
      {"a: :match", "a :: match"},
      {"a.super.self.true", "a . SUPER . self . true"},
      {"a.async b", "a . async b"},
      {"a.when", "a . when"},
      {"a.\nlet b", "a . let b"},
      {"type: x", "type : x"},
      {"in = y", "in = y"},
      {"in == y", "IN == y"},
      {"type: :x", "TYPE :: x"},
      {"type::x", "TYPE :: x"},
      {"match", "MATCH"},
      {"type:", "type :"},
      {"let /* c */ : b", "let : b"},
      {"let let: let", "LET let : LET"},
      {"if if = if", "IF if = IF"},
      {"self: super: true: false:", "SELF : SUPER : TRUE : FALSE :"},
      {"else := 1", "ELSE := 1"},
  };
  TRY(rows);
}

/* --- section 2, the table of rule 4 --- */

static void try_words(void) {
  static const row rows[] = {
      {"const a struct B enum test", "CONST a STRUCT B ENUM test"},
      {"const\na struct 1 enum (", "const a struct 1 enum ("},
      {"macro m(a)", "MACRO m ( a )"},
      {"macro m\n(a)", "MACRO m (n a )"},
      {"macro m macro\nm( macro(", "macro m macro m ( macro ("},
      {"actor spec A", "ACTOR SPEC A"},
      {"actor\nspec actor a spec", "actor spec actor a spec"},
      {"pattern (|A|)", "PATTERN ( | A | )"},
      {"pattern (a pattern |", "pattern ( a pattern |"},
      {"pattern (||", "pattern ( ||"},
      {"async fn f", "ASYNC FN f"},
      {"async unsafe {", "ASYNC UNSAFE {"},
      {"async { a }", "ASYNC { a }"},
      {"async {}", "ASYNC { }"},
      {"async |a| b", "ASYNC | a | b"},
      {"async || b", "ASYNC || b"},
      {"async self async a async B", "ASYNC SELF ASYNC a ASYNC B"},
      {"async\nfn f", "async FN f"},
      {"async 1 async(a) async.b", "async 1 async ( a ) async . b"},
      {"async move { a }", "ASYNC MOVE { a }"},
      {"async\nmove move", "async move move"},
      {"await a await B await self", "AWAIT a AWAIT B AWAIT SELF"},
      {"not a not await b", "NOT a NOT AWAIT b"},
      {"not(a) not\na await 1", "not ( a ) not a await 1"},
      {"rec a rec self rec |a| b rec fn", "REC a REC SELF REC | a | b REC FN"},
      {"rec\na rec(b) rec ||", "rec a rec ( b ) rec ||"},
      {"&mut a & mut [", "& MUT a & MUT ["},
      {"let mut a var mut B", "LET MUT a VAR MUT B"},
      {"let mut [a] let mut {a} let mut _", "LET MUT [ a ] LET MUT { a } LET MUT _"},
      {"let mut = a mut b let mut", "LET mut = a mut b LET mut"},
      {"test \"s\" { a }", "TEST s { a }"},
      {"test \"s\" a test\n\"s\" {", "test s a test s {"},
      {"test_parser(a) { b }", "TEST_PARSER ( a ) { b }"},
      {"test_parser(a)\n{", "TEST_PARSER ( a ) {"},
      {"test_parser((a), {b}) c", "test_parser ( ( a ) , { b } ) c"},
      {"test_parser(a", "test_parser ( a"},
      {"test_parser { a }", "test_parser { a }"},
      {"test_parser(test_parser(a) {}) {}", "TEST_PARSER ( TEST_PARSER ( a ) { } ) { }"},
      {"case \"s\" case\n\"s\" case a", "CASE s CASE s case a"},
      {"inline_asm(\"s\") inline_asm(a", "INLINE_ASM ( s ) inline_asm ( a"},
      {"llvm_ir!(a) llvm_ir(a)", "LLVM_IR ! ( a ) llvm_ir ( a )"},
      {"when new alias", "WHEN NEW ALIAS"},
      {"a\nend", "a END"},
      {"a\nend b", "a END b"},
      {"a end", "a end"},
      {"a\nend.b", "a end . b"},
      {"a\nend(b", "a end ( b"},
      {"a\nend[b", "a end [ b"},
      {"a\nend = b", "a end = b"},
      {"a\nend := b", "a end := b"},
      {"a\nend?", "a end ?"},
      {"a\nend\n(b", "a END (n b"},
      {"end", "END"},
  };
  TRY(rows);
}

/* --- section 2, rules 5 to 7 --- */

static void try_split_words(void) {
  static const row rows[] = {
      {"fn(a)", "FNL ( a )"},
      {"fn <A>(a)", "FNL < A > ( a )"},
      {"fn f(a)", "FN f ( a )"},
      {"fn <= a", "FN <= a"},
      {"effect { a }", "EFFECT_DO { a }"},
      {"effect { a } { b }", "EFFECT_DO <row> { a } { b }"},
      {"effect { a, b }\n{ c }", "EFFECT_DO <row> {r a , b } { c }"},
      {"effect { effect {} {} } c", "EFFECT_DO { EFFECT_DO <row> { } { } } c"},
      {"effect { a ) {", "EFFECT_DO { a ) {"},
      {"effect A { a }", "EFFECT A { a }"},
      {"break a", "BREAK_V a"},
      {"break\na", "BREAK a"},
      {"break }", "BREAK }"},
      {"break", "BREAK"},
      {"break break -a", "BREAK_V BREAK_V - a"},
      {"break + a break , break =", "BREAK + a BREAK , break ="},
      {"break &a break *a break !a", "BREAK_V & a BREAK_V * a BREAK_V ! a"},
      {"break |a| b break || c", "BREAK_V | a | b BREAK_V || c"},
      {"break {} break [] break ()", "BREAK_V { } BREAK_V [ ] BREAK_V ( )"},
      {"break @a break #[a]", "BREAK_V @ a BREAK_V # [ a ]"},
      {"break :: a break super break _", "BREAK_V :: a BREAK_V SUPER BREAK_V _"},
      {"break if break let", "BREAK_V IF BREAK LET"},
      {"(|a| let b = break)", "( | a | <{ LET b = BREAK }> )"},
      {"let f(a) = b", "LET LETFN ( a ) = b"},
      {"let f<A>(a) = b", "LET LETFN < A > ( a ) = b"},
      {"let mut f(a)", "LET MUT LETFN ( a )"},
      {"let f\n(a)", "LET LETFN (n a )"},
      {"let F(a) let f = b var f(a)", "LET F ( a ) LET f = b VAR f ( a )"},
      {"let f <= a let f[a]", "LET f <= a LET f [ a ]"},
      {"let mut(a)", "LET LETFN ( a )"},
      {"let async(a) let new(a) let test_parser(a) b",
       "LET LETFN ( a ) LET LETFN ( a ) LET LETFN ( a ) b"},
      {"& mut f(a)", "& MUT f ( a )"},
  };
  TRY(rows);
}

/* --- L1 --- */

static void try_line_starts(void) {
  static const row rows[] = {
      {"a\n(b)", "a (n b )"},
      {"a\n[b]", "a [n b ]"},
      {"a (b) [c]", "a ( b ) [ c ]"},
      {"{ a\n(b)\n}", "{ a (n b ) }"},
      {"(a\n(b))", "( a ( b ) )"},
      {"[a\n[b]]", "[ a [ b ] ]"},
      {"(a, { b\n(c) })", "( a , { b (n c ) } )"},
      {"{ x: a\n(b) }", "{r x : a (n b ) }"},
      {"a +\n(b)", "a + ( b )"},
      {"a =\n(b)", "a = ( b )"},
      {"a /*\n*/ (b)", "a (n b )"},
      {"} \n(b)", "} (n b )"},
      {"a?\n[b]", "a ? [n b ]"},
      {"self\n(a) _\n(b) true\n(c)", "SELF (n a ) _ (n b ) TRUE (n c )"},
      {"monitoring\n(a) new\n(b) break\n(c)", "MONITORING (n a ) NEW (n b ) BREAK (n c )"},
      {"then\n(a) return\n(b)", "THEN ( a ) RETURN ( b )"},
      {"\"a\nb\" (c)", "a\nb ( c )"},
      {"\"a\nb\"\n(c)", "a\nb (n c )"},
  };
  TRY(rows);
}

/* --- L2 --- */

static void try_bars(void) {
  static const row rows[] = {
      {"match a with b -> c", "MATCH a WITH <|> b -> c"},
      {"match a with\n| b -> c", "MATCH a WITH | b -> c"},
      {"match a with b -> c\nd -> e", "MATCH a WITH <|> b -> c <|> d -> e"},
      {"match a with | b -> c\n| d -> e", "MATCH a WITH | b -> c | d -> e"},
      {"match a with b -> c d -> e", "MATCH a WITH <|> b -> c d -> e"},
      {"match a with b -> c +\nd -> e", "MATCH a WITH <|> b -> c + d -> e"},
      {"a\nb -> c", "a b -> c"},
      {"match a\nb -> c", "MATCH a b -> c"},
      {"handle a with handler b -> c", "HANDLE a WITH HANDLER b -> c"},
      {"match handle a with handler H {} with b -> c",
       "MATCH HANDLE a WITH HANDLER H {t } WITH <|> b -> c"},
      {"fn f() with a -> b", "FN f ( ) WITH a -> b"},
      {"match a with B(c, -1..=2) as d | e @ .. | f::g.h -> i",
       "MATCH a WITH <|> B ( c , - 1 ..= 2 ) AS d | e @ .. | f :: g . h -> i"},
      {"match a with true -> 1\nfalse -> 2\n_ -> 3\n'c' -> 4\n-1 -> 5\n.. -> 6",
       "MATCH a WITH <|> TRUE -> 1 <|> FALSE -> 2 <|> _ -> 3 <|> c -> 4 <|> - 1 -> 5 <|> .. -> 6"},
      {"match a with b -> c\n(d) -> e\n[f] -> g\n{h} -> i",
       "MATCH a WITH <|> b -> c <|> (n d ) -> e <|> [n f ] -> g <|> { h } -> i"},
      {"match a with b c -> d", "MATCH a WITH b c -> d"},
      {"match a with b(c) d -> e", "MATCH a WITH <|> b ( c ) d -> e"},
      {"match a with b + c -> d", "MATCH a WITH b + c -> d"},
      {"match a with self -> b", "MATCH a WITH SELF -> b"},
      {"match a with b.self -> c", "MATCH a WITH <|> b . self -> c"},
      {"match a with b when c + d -> e", "MATCH a WITH <|> b WHEN c + d -> e"},
      {"match a with b if c(d, e) -> f", "MATCH a WITH <|> b IF c ( d , e ) -> f"},
      {"match a with when b -> c", "MATCH a WITH WHEN b -> c"},
      {"match a with b when c, d -> e", "MATCH a WITH b WHEN c , d -> e"},
      {"match a with b when c = d -> e", "MATCH a WITH b WHEN c = d -> e"},
      {"match a with b when c; d -> e", "MATCH a WITH b WHEN c ; d -> e"},
      {"match a with b when c := d -> e", "MATCH a WITH b WHEN c := d -> e"},
      {"match a with b when c => d -> e", "MATCH a WITH b WHEN c => d -> e"},
      {"match a with b when let -> e", "MATCH a WITH b WHEN LET -> e"},
      {"match a with b when var -> e", "MATCH a WITH b WHEN VAR -> e"},
      {"match a with b when fn -> e", "MATCH a WITH b WHEN FN -> e"},
      {"match a with b if c then d -> e", "MATCH a WITH b IF c THEN d -> e"},
      {"match a with b when c ] -> e", "MATCH a WITH b WHEN c ] -> e"},
      {"match a with b\n-> c", "MATCH a WITH <|> b -> c"},
      {"match a with b\n| c\nwhen d\nif e\n-> f", "MATCH a WITH <|> b | c WHEN d IF e -> f"},
      {"match a with b when\nc -> d", "MATCH a WITH b WHEN c -> d"},
      {"match a with b when f(\nc) -> d", "MATCH a WITH <|> b WHEN f ( c ) -> d"},
      {"match a with b", "MATCH a WITH b"},
      {"match a with b -> |c| d\ne -> f", "MATCH a WITH <|> b -> | c | d <|> e -> f"},
      {"match a with | b -> c | d\ne -> f", "MATCH a WITH | b -> c | d e -> f"},
      {"match a { b -> c\nd -> e }", "MATCH a { b -> c <|> d -> e }"},
      {"match a { b -> c,\nd -> e\nf -> g }", "MATCH a { b -> c , d -> e <|> f -> g }"},
      {"match a { b -> |c, d| e\nf -> g }", "MATCH a { b -> | c , d | e <|> f -> g }"},
      {"match a { b -> c, d\ne -> f }", "MATCH a { b -> c , d e -> f }"},
      {"match A { b: c } { d -> e\nf -> g }", "MATCH A {t b : c } { d -> e <|> f -> g }"},
      {"match a with b -> match c { d -> e }\nf -> g",
       "MATCH a WITH <|> b -> MATCH c { d -> e } <|> f -> g"},
      {"match match a with b -> c with d -> e", "MATCH MATCH a WITH <|> b -> c WITH <|> d -> e"},
      {"match match a { b -> c } { d -> e\nf -> g }",
       "MATCH MATCH a { b -> c } { d -> e <|> f -> g }"},
      {"match match a { b -> c } with d -> e", "MATCH MATCH a { b -> c } WITH <|> d -> e"},
      {"match a with b when match c with d when e -> f",
       "MATCH a WITH <|> b WHEN MATCH c WITH <|> d WHEN e -> f"},
      {"match a with b when match c with d + 1, -> f",
       "MATCH a WITH b WHEN MATCH c WITH d + 1 , -> f"},
      {"match a with b when match c with d + 1 -> f",
       "MATCH a WITH <|> b WHEN MATCH c WITH d + 1 -> f"},
      {"(match a with b -> c)\nd -> e", "( MATCH a WITH <|> b -> c ) d -> e"},
      {"(match a with b -> {\nc\nd -> e\n}\nf -> g)",
       "( MATCH a WITH <|> b -> { c d -> e } <|> f -> g )"},
      {"match a with b ->\n  let c = d\n  e\nf -> g",
       "MATCH a WITH <|> b -> <{ LET c = d e }> <|> f -> g"},
  };
  TRY(rows);
}

/* --- L3 --- */

static void try_let_blocks(void) {
  static const row rows[] = {
      {"a = let b", "a = <{ LET b }>"},
      {"a -> let b", "a -> <{ LET b }>"},
      {"a => let b", "a => <{ LET b }>"},
      {"then let b", "THEN <{ LET b }>"},
      {"else var b", "ELSE <{ VAR b }>"},
      {"do let b", "DO <{ LET b }>"},
      {"|a| let b", "| a | <{ LET b }>"},
      {"|| let b", "|| <{ LET b }>"},
      {"{ let b }", "{ LET b }"},
      {"( let b )", "( LET b )"},
      {"a = let: b", "a = let : b"},
      {"a =\n  let b = c\n  d\ne", "a = <{ LET b = c d }> e"},
      {"a =\n  let b = c\n   d\n  e\n f", "a = <{ LET b = c d e }> f"},
      {"a =\n  let b = (c\n)\n  d\ne", "a = <{ LET b = ( c ) d }> e"},
      {"a =\n\tlet b = c\n  d\n", "a = <{ LET b = c d }>"},
      {"\xC3\xA4\xC3\xA4\xC3\xA4 = let b\n      c\n     d",
       "\xC3\xA4\xC3\xA4\xC3\xA4 = <{ LET b c }> d"},
      {"(a = let b) c", "( a = <{ LET b }> ) c"},
      {"{ a = let b } c", "{r a = <{ LET b }> } c"},
      {"{ a = let b, c }", "{r a = <{ LET b , c }> }"},
      {"(a = let b = c, d)", "( a = <{ LET b = c }> , d )"},
      {"[a = let b = c, d]", "[ a = <{ LET b = c }> , d ]"},
      {"(|a| let b: C<D, E> = f, g)", "( | a | <{ LET b : C < D , E > = f }> , g )"},
      {"(|a| let b = |c, d| e, f)", "( | a | <{ LET b = | c , d | e }> , f )"},
      {"(match a with | b -> let c = d, e)", "( MATCH a WITH | b -> <{ LET c = d }> , e )"},
      {"(a = let b = c | d, e | f, g)", "( a = <{ LET b = c | d }> , e | f , g )"},
      {"a = let b = let c", "a = <{ LET b = <{ LET c }> }>"},
      {"a =\n  let b =\n    let c = d\n    e\n  f\ng", "a = <{ LET b = <{ LET c = d e }> f }> g"},
      {"a =\n  let b =\n let c", "a = <{ LET b = }> LET c"},
      {"a =\nlet b =\nlet c\nd", "a = <{ LET b = <{ LET c d }> }>"},
      {"(a = let b } c", "( a = <{ LET b }> } c"},
      {"a = let b } c", "a = <{ LET b }> } c"},
      {"( { a = let b", "( { a = <{ LET b }>"},
  };
  TRY(rows);
}

static void try_candidates(void) {
  static const row rows[] = {
      {"f(|a|\n  b\n  c\n)", "f ( | a | <{ b c }> )"},
      {"f(|a|\n  b\n  c,\n  d)", "f ( | a | <{ b c }> , d )"},
      {"f(|a|\n  b(\n c)\n  d)", "f ( | a | <{ b ( c ) d }> )"},
      {"f(|a|\n  b\n    c\n  d)", "f ( | a | <{ b c d }> )"},
      {"[a =\n  b\n  c]", "[ a = <{ b c }> ]"},
      {"{a =\n  b\n  c}", "{ a = b c }"},
      {"a =\n  b\n  c", "a = b c"},
      {"f(a = b\n  c\n  d)", "f ( a = b c d )"},
      {"f(|a|\n  b\n)", "f ( | a | b )"},
      {"f(|a|\n  b +\n  c)", "f ( | a | b + c )"},
      {"f(|a|\n  b\n  + c)", "f ( | a | b + c )"},
      {"f(|a|\n  b\n c\n  d)", "f ( | a | b c d )"},
      {"  f(|a|\n  b\n  c)", "f ( | a | b c )"},
      {"f(|a|\n  (b)\n  c)", "f ( | a | ( b ) c )"},
      {"f(|a|\n  b\n  (c))", "f ( | a | b ( c ) )"},
      {"f(|a|\n  b, c\n  d)", "f ( | a | b , c d )"},
      {"f(|a|\n  |b, c| d\n  e)", "f ( | a | | b , c | d e )"},
      {"f(|a|\n  if |b, c| d\n  e)", "f ( | a | <{ IF | b , c | d e }> )"},
      {"f(=\n  if a\n  then b\n  c)", "f ( = IF a THEN b c )"},
      {"f(=\n  if a\n  else b\n  c)", "f ( = IF a ELSE b c )"},
      {"f(=\n  match a with\n  b)", "f ( = MATCH a WITH b )"},
      {"f(=\n  a | b\n  c)", "f ( = a | b c )"},
      {"f(=\n  if a\n  if b\n  c)", "f ( = <{ IF a IF b c }> )"},
      {"f(=\n  a\n  b -> c)", "f ( = a b -> c )"},
      {"f(=\n  a\n  b when c -> d)", "f ( = a b WHEN c -> d )"},
      {"f(=\n  a\n  b when c, d)", "f ( = <{ a b WHEN c }> , d )"},
      {"f(=\n  a\n  b when c else d -> e)", "f ( = a b WHEN c ELSE d -> e )"},
      {"f(=\n  a\n  b\n| c -> d)", "f ( = <{ a b }> | c -> d )"},
      {"f(=\n  a\n  let b -> c)", "f ( = <{ a LET b -> c }> )"},
      {"f(=\n  a =\n    b\n    c\n  d)", "f ( = <{ a = <{ b c }> d }> )"},
      {"f(=\n  a =\n    b\n    c)", "f ( = a = <{ b c }> )"},
      {"f(=\n  a =\n    b\n  c)", "f ( = <{ a = b c }> )"},
      {"f(=\n  a", "f ( = a"},
      {"f(=\n  a\n  b", "f ( = <{ a b }>"},
      {"f(do\n  self\n  1)", "f ( DO <{ SELF 1 }> )"},
      {"f(||\n  return\n  1)", "f ( || RETURN 1 )"},
      {"f(||\n  break\n  continue)", "f ( || <{ BREAK CONTINUE }> )"},
  };
  TRY(rows);
}

/* --- L4 --- */

static void try_braces(void) {
  static const row rows[] = {
      {"{}", "{ }"},
      {"{", "{"},
      {"A {}", "A {t }"},
      {"a {}", "a { }"},
      {"A\n{}", "A { }"},
      {"{ a: b }", "{r a : b }"},
      {"{ A, b }", "{r A , b }"},
      {"{ self: b }", "{r SELF : b }"},
      {"{ type: b, in }", "{r type : b , IN }"},
      {"{ test: b }", "{r test : b }"},
      {"{ a.b: c }", "{ a . b : c }"},
      {"{ a :: b }", "{ a :: b }"},
      {"{ a := b }", "{ a := b }"},
      {"{ true: b }", "{ TRUE : b }"},
      {"{ a = b, c }", "{r a = b , c }"},
      {"{ a = b; c }", "{ a = b ; c }"},
      {"{ a = b := c }", "{ a = b := c }"},
      {"{ a = b", "{ a = b"},
      {"{ a = b }", "{r a = b }"},
      {"{ a = b\n}", "{ a = b }"},
      {"{\na = b }", "{ a = b }"},
      {"{ a = f(\n1) }", "{ a = f ( 1 ) }"},
      {"{ a = b\nc, d }", "{ a = b c , d }"},
      {"{ a = b +\nc, d }", "{r a = b + c , d }"},
      {"{ a = b\n+ c, d }", "{r a = b + c , d }"},
      {"{ a = b\nfn c, d }", "{ a = b FN c , d }"},
      {"{ a = b\n(c), d }", "{ a = b (n c ) , d }"},
      {"{ a = b\n[c], d }", "{ a = b [n c ] , d }"},
      {"{ a = b\n{c}, d }", "{ a = b { c } , d }"},
      {"{ a = b\n@c, d }", "{ a = b @ c , d }"},
      {"{ a = b\n!c, d }", "{ a = b ! c , d }"},
      {"{ a = b\ntype, d }", "{r a = b TYPE , d }"},
      {"{ a = (b, c; d) }", "{r a = ( b , c ; d ) }"},
      {"{ a = { b = { c = d }, e } }", "{r a = {r b = {r c = d } , e } }"},
      {"{ a = ) , }", "{r a = ) , }"},
      {"{ \"s\", b }", "{s s , b }"},
      {"{ 1, b } { 1.5, b } { 'c', d }", "{s 1 , b } {s 1.5 , b } {s c , d }"},
      {"{ 1 } { \"s\" }", "{ 1 } { s }"},
      {"{ a } { f() } { (y) } { let z }", "{ a } { f ( ) } { ( y ) } { LET z }"},
      {"A { a: b } A { a, b } A { a = b }", "A {t a : b } A {t a , b } A {t a = b }"},
      {"A { a }", "A { a }"},
      {"A { 1, 2 }", "A {s 1 , 2 }"},
      {"while A { a: b }", "WHILE A { a : b }"},
      {"for a in B {}", "FOR a IN B { }"},
      {"while a { b, c } A { d: e }", "WHILE a { b , c } A {t d : e }"},
      {"while (A { b: c }) {}", "WHILE ( A {t b : c } ) { }"},
      {"for a in { b: c }.d { e: f }", "FOR a IN {r b : c } . d { e : f }"},
      {"{ while a } A { b: c }", "{ WHILE a } A {t b : c }"},
      {"impl A for B<C> { } D { e: f }", "IMPL A FOR B < C > { } D {t e : f }"},
      {"impl A {} for a in B { c: d }", "IMPL A {t } FOR a IN B { c : d }"},
      {"{ a = let b, c }", "{r a = <{ LET b , c }> }"},
  };
  TRY(rows);
}

/* --- L5 --- */

static void try_parameters(void) {
  static const row rows[] = {
      {"a: (b) -> c", "a : (p b ) -> c"},
      {"a = (b) -> c", "a = (p b ) -> c"},
      {"a = ((b), [c\n]) -> c", "a = (p ( b ) , [ c ] ) -> c"},
      {"a = (b)\n-> c", "a = (p b ) -> c"},
      {"a = (b) + c", "a = ( b ) + c"},
      {"a = (b", "a = ( b"},
      {"a = (b] -> c", "a = ( b ] -> c"},
      {"a + (b) -> c", "a + ( b ) -> c"},
      {"a: [b] -> c", "a : [ b ] -> c"},
      {"a = (b = (c) -> d) -> e", "a = (p b = (p c ) -> d ) -> e"},
      {"a = (b = (c) -> d) + e", "a = ( b = (p c ) -> d ) + e"},
  };
  TRY(rows);
}

/* --- spans of what has no width --- */

static void try_spans(void) {
  static const char source[] = "f(\n match a with\n  b ->\n   let c\n  d -> e,\n effect {} {})";
  static const struct {
    reml_token_kind kind;
    uint32_t offset, line;
  } expected[] = {
      {REML_TOKEN_VBAR, 19, 3}, {REML_TOKEN_LBRACE, 27, 4}, {REML_TOKEN_RBRACE, 35, 5},
      {REML_TOKEN_VBAR, 35, 5}, {REML_TOKEN_EFFROW, 51, 6},
  };
  if (setjmp(memory.unwind)) tap_bail_out("out of memory");
  station at = open_station();
  reml_token token;
  size_t found = 0;
  reml__lexer_feed(at.lexer, source, strlen(source));
  reml__lexer_finish(at.lexer);
  while (reml__layout_next(at.layout, &token) == REML_LEX_TOKEN && token.kind != REML_TOKEN_EOF) {
    if (token.start.offset < token.end.offset || found == TAP_COUNT(expected)) continue;
    tap_int(token.kind, expected[found].kind, "number %zu is %s", found,
            reml_token_label(expected[found].kind));
    tap_int(token.start.offset, expected[found].offset, "... it stands where it should");
    tap_int(token.start.line, expected[found].line, "... on its line");
    tap_ok(token.end.offset <= token.start.offset, "... and ends where the token before it does");
    tap_int((int64_t)token.length, 0, "... without a text");
    found++;
  }
  tap_int((int64_t)found, TAP_COUNT(expected), "there are no others");
}

static void try_joined_spans(void) {
  static const char source[] = "a: \n :b(:prefix)";
  if (setjmp(memory.unwind)) tap_bail_out("out of memory");
  station at = open_station();
  reml_token token;
  reml__lexer_feed(at.lexer, source, strlen(source));
  reml__lexer_finish(at.lexer);
  reml__layout_next(at.layout, &token);
  reml__layout_next(at.layout, &token);
  tap_int(token.start.offset, 1, ":: begins with the first colon");
  tap_int(token.end.offset, 6, "... and ends with the second");
  tap_int(token.end.line, 2, "... on the line of that");
  reml__layout_next(at.layout, &token);
  reml__layout_next(at.layout, &token);
  reml__layout_next(at.layout, &token);
  tap_int(token.start.offset, 8, "a fixity symbol begins with its colon");
  tap_int(token.end.offset, 15, "... and ends with its word");
  tap_bytes(token.text, token.length, "prefix", 6, "... which is its text");
}

/* --- the end, errors --- */

static void try_errors(void) {
  static const row rows[] = {
      {"a = let b ~", "a = <{ LET b ERROR"},
      {"f(=\n  a\n  b ~", "f ( = <{ a b ERROR"},
      {"match a with b ~", "MATCH a WITH b ERROR"},
      {"{ a = b ~", "{ a = b ERROR"},
      {"type ~", "TYPE ERROR"},
      {"type: ~", "type : ERROR"},
      {"fn ~", "FN ERROR"},
      {"a = (b) ~", "a = ( b ) ERROR"},
      {"test_parser(a) ~", "test_parser ( a ) ERROR"},
      {"let f \"", "LET f ERROR"},
  };
  TRY(rows);
}

/* What is open stays open behind an error that is passed over. The next token does not follow the
 * one before the error. */
static void try_going_on(void) {
  static const struct {
    const char *source, *before, *behind;
  } rows[] = {
      {"(a =\n  let b = ~ match c with\n  d -> e\nf", "( a = <{ LET b = ERROR",
       "MATCH c WITH <|> d -> e }> f"},
      {"a = ~\nlet b", "a = ERROR", "LET b"},
      {"a = ~ let b", "a = ERROR", "LET b"},
      {"let ~ a(", "LET ERROR", "a ("},
      {"a = ~ (b) -> c", "a = ERROR", "( b ) -> c"},
  };
  bytes out = {0};
  if (setjmp(memory.unwind)) tap_bail_out("out of memory");
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    station at = open_station();
    bytes_clear(&out);
    bytes_add_text(&out, "");
    feed(at, rows[i].source, strlen(rows[i].source), &out);
    tap_text(out.data, rows[i].before, "an error is told");
    reml__lexer_forgive(at.lexer);
    reml__layout_forgive(at.layout);
    bytes_clear(&out);
    drain(at, &out);
    finish(at, &out);
    tap_text(out.data, rows[i].behind, "the rest comes in the same brackets");
  }
  bytes_free(&out);
}

/* --- what is held --- */

static void try_rest(void) {
  static const struct {
    const char *source;
    uint32_t settled, blocks;
    bool at_rest;
  } rows[] = {
      {"a b ", 4, 0, true},
      {"a type ", 2, 0, false},
      {"a = let b = 1 ", 14, 1, true},
      {"a { b ", 2, 0, false},
      {"a { b ; ", 8, 0, true},
      {"f(=\n a\n b + ", 12, 1, true},
      {"match a with b ", 13, 0, false},
      {"(a = let b = let c = 1 ", 23, 2, true},
      {"(a = let b = 1) ", 16, 0, true},
  };
  if (setjmp(memory.unwind)) tap_bail_out("out of memory");
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    bytes out = {0};
    station at = open_station();
    feed(at, rows[i].source, strlen(rows[i].source), &out);
    reml_lex_rest rest = reml__lexer_rest(at.lexer);
    size_t lexer_bytes = rest.bytes;
    reml__layout_rest(at.layout, &rest);
    tap_int(rest.settled, rows[i].settled, "settled in '%s'", rows[i].source);
    tap_int(rest.at_rest, rows[i].at_rest, "... is %sat rest", rows[i].at_rest ? "" : "not ");
    tap_int(reml__layout_open_blocks(at.layout), rows[i].blocks, "... with its blocks");
    tap_ok(rest.bytes > lexer_bytes, "... and its memory is counted");
    bytes_free(&out);
  }
}

/* --- the public reader --- */

static size_t count_bars(reml_profile profile, reml_token_info *last) {
  static const char source[] = "match a with b -> r\"x\"";
  reml_config config = reml_config_default();
  reml_token_info token;
  size_t bars = 0;
  config.profile = profile;
  reml_reader *reader = reml_reader_open(&config, source, strlen(source));
  if (reader == NULL) tap_bail_out("no reader");
  while (reml_reader_token(reader, &token) && token.kind != REML_TOKEN_EOF) {
    bars += token.kind == REML_TOKEN_VBAR;
    *last = token;
  }
  return bars;
}

static void try_reader(void) {
  reml_token_info last;
  tap_int((int64_t)count_bars(REML_PROFILE_REFERENCE, &last), 0, "no layout in the reference");
  tap_int((int64_t)count_bars(REML_PROFILE_SPEC, &last), 1, "a virtual bar in the profile spec");
  tap_int(last.form, REML_FORM_RAW, "... and a raw string");
  tap_int(last.span.start.offset, 18, "... that begins where it is opened");
}

/* --- much of everything: the pass ends at all, and holds no more than it has to --- */

static size_t count_tokens(const bytes *source, size_t *most_bytes) {
  station at = open_station();
  reml_token token;
  size_t count = 0;
  *most_bytes = 0;
  for (size_t i = 0; i < source->length; i += 4096) {
    size_t left = source->length - i;
    reml__lexer_feed(at.lexer, source->data + i, left < 4096 ? left : 4096);
    while (reml__layout_next(at.layout, &token) == REML_LEX_TOKEN)
      count++;
    reml_lex_rest rest = {0};
    reml__layout_rest(at.layout, &rest);
    if (rest.bytes > *most_bytes) *most_bytes = rest.bytes;
  }
  reml__lexer_finish(at.lexer);
  while (reml__layout_next(at.layout, &token) == REML_LEX_TOKEN && token.kind != REML_TOKEN_EOF)
    count++;
  return count;
}

static void try_nests(void) {
  static const char *const nests[] = {"(",
                                      "{",
                                      "{ a = ",
                                      "(=\n a\n b when (",
                                      "x when match y with ",
                                      "match ",
                                      "test_parser(",
                                      "effect { ",
                                      "a = (",
                                      "= let a ",
                                      "(|a|\n  b\n  c when d || ",
                                      "match a { b -> ",
                                      "let ",
                                      "a: "};
  if (setjmp(memory.unwind)) tap_bail_out("out of memory");
  for (size_t i = 0; i < TAP_COUNT(nests); i++) {
    bytes source = {0};
    size_t most;
    if (strncmp(nests[i], "x when", 6) == 0) bytes_add_text(&source, "match a with ");
    bytes_repeat(&source, nests[i], 1000000 / strlen(nests[i]));
    tap_ok(count_tokens(&source, &most) > 100000, "1 MB of '%s' ends", nests[i]);
    bytes_free(&source);
  }
}

static void try_lengths(void) {
  static const char *const lines[] = {"let a = (b, { c = d }) + |e| f\n",
                                      "match a with b -> c\n",
                                      "{ match a with\n| b ->\nc\n d -> (e)\n}\n",
                                      "f(=\n  a\n  b\n)\n",
                                      "f(match a with | b ->\n     c | d ->\n     e)\n",
                                      "test_parser(a) { case \"b\" }\n",
                                      "impl A for B<C> { fn d() = let e = 1\n }\n"};
  if (setjmp(memory.unwind)) tap_bail_out("out of memory");
  for (size_t i = 0; i < TAP_COUNT(lines); i++) {
    bytes source = {0};
    size_t most;
    bytes_repeat(&source, lines[i], 1000000 / strlen(lines[i]));
    tap_ok(count_tokens(&source, &most) > 100000, "1 MB of '%s' ends", lines[i]);
    tap_ok(most < 64 * 1024, "... and is never held (%zu bytes)", most);
    bytes_free(&source);
  }
}

int main(int argument_count, char **arguments) {
  static const tap_case cases[] = {
      {"joining", try_joining},
      {"names", try_names},
      {"words", try_words},
      {"split words", try_split_words},
      {"line starts", try_line_starts},
      {"bars", try_bars},
      {"let blocks", try_let_blocks},
      {"candidates", try_candidates},
      {"braces", try_braces},
      {"parameters", try_parameters},
      {"spans", try_spans},
      {"joined spans", try_joined_spans},
      {"errors", try_errors},
      {"going on", try_going_on},
      {"rest", try_rest},
      {"reader", try_reader},
      {"nests", try_nests},
      {"lengths", try_lengths},
  };
  return tap_run(argument_count, arguments, cases, TAP_COUNT(cases));
}
