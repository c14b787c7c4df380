/* The grammar of Reml, profile `spec`: contract-spec grammar-spec.md section 4, in plain productions;
 * the trees are those of contract-spec ast-spec.md. Tokens come from the layout pass.
 *
 * Reading guide
 * - The value of a symbol is a reml_semantic {n, at}, as in reml.y. For a name, n is the interned
 *   text and `at` its offset; for an open list, n is the number of elements; for everything else n
 *   is a node, a closed list, or 0 for an absent part. What is more than that stands at the symbol.
 * - Helpers are those of reml_build.h and, for what only this profile has, reml_spec.h.
 * - `names`, `types` and so on take at least one element, `..._opt` also none, and a comma at the
 *   end.
 * - Marks in brackets after a production: it gives way to whatever could continue it (LOW), also to
 *   another production (LOW2), or it has the precedence of another operator than its first token.
 */
%name reml_lemon
%token_prefix LEMON_
%token_type {reml_semantic}
%default_type {reml_semantic}
%start_symbol unit

/* The codes are those of reml_tokens.def, whose order this list repeats; tables.c checks it. */
%token MODULE USE AS PUB SELF SUPER LET VAR FN TYPE ALIAS NEW TRAIT IMPL EXTERN EFFECT OPERATION.
%token HANDLER CONDUCTOR CHANNELS EXECUTION MONITORING IF THEN ELSE MATCH WITH FOR IN WHILE LOOP.
%token RETURN DEFER UNSAFE PERFORM DO HANDLE WHERE TRUE FALSE BREAK CONTINUE.
%token PIPE CHANNEL_PIPE DOT DOTDOT COMMA SEMICOLON COLON AT BAR COLONEQ EQEQ NE ARROW DARROW EQ.
%token LPAREN RPAREN POW LBRACKET RBRACKET LBRACE RBRACE PLUS MINUS STAR SLASH PERCENT LT LE GT GE.
%token AND OR NOT QUESTION UNDERSCORE INT FLOAT CHAR STRING IDENT UPPER_IDENT.
%token CONST STRUCT ENUM MACRO ACTOR SPEC PATTERN ASYNC MOVE AWAIT NOT_WORD REC MUT TEST.
%token TEST_PARSER CASE ASM LLVM WHEN END DCOLON ELLIPSIS DOTDOTEQ CONCAT AMP HASH FIXITY FNL.
%token EFFECT_DO EFFROW BREAK_V LETFN LPAREN_BOL LPAREN_FN LBRACKET_BOL VBAR LBRACE_REC.
%token LBRACE_TREC LBRACE_SET.

/* --- precedence, lowest first: grammar-spec.md section 5 --- */
%nonassoc LOW.
%nonassoc LOW2.
%nonassoc ELSE THEN BAR VBAR WITH END COMMA SEMICOLON LBRACE LBRACE_REC LBRACE_SET ARROW DARROW EQ
          COLONEQ IDENT UPPER_IDENT LETFN SELF SUPER UNDERSCORE FIXITY CONTINUE LPAREN_BOL
          LPAREN_FN LBRACKET_BOL INT FLOAT STRING CHAR TRUE FALSE IF MATCH WHILE FOR LOOP FNL RETURN
          BREAK BREAK_V DEFER UNSAFE EFFECT_DO DO HANDLE PERFORM AT HASH ASM LLVM TEST TEST_PARSER
          NOT_WORD REC AWAIT ASYNC WHERE COLON AS.
%left PIPE.
%left OR.
%left AND.
%nonassoc EQEQ NE.
%nonassoc LT LE GT GE.
%left DOTDOT DOTDOTEQ.
%left PLUS MINUS CONCAT.
%left STAR SLASH PERCENT.
%right POW.
%right PREFIX NOT AMP.
%left DOT DCOLON LPAREN LBRACKET QUESTION LBRACE_TREC.

/* --- units, modules, uses --- */

unit(A) ::= .                        { A = reml__spec_empty_unit(p); }
unit(A) ::= items(L).                { A = reml__spec_unit(p, L); }

/* Header, uses, declarations and statements in the order of the source; told apart when all are
 * there. */
items(A) ::= header(H).              { A = reml__spec_kept_item(p, NONE, H.n); }
items(A) ::= SEMICOLON.              { A = NONE; }
items(A) ::= use(U).                 { A = reml__spec_kept_item(p, NONE, U.n); }
items(A) ::= declaration(D).         { A = reml__build_declaration(p, NONE, D.n); }
items(A) ::= statement(S).           { A = reml__spec_top_statement(p, NONE, S.n); }
items    ::= items SEMICOLON.
items(A) ::= items(L) use(U).        { A = reml__spec_kept_item(p, L, U.n); }
items(A) ::= items(L) declaration(D). { A = reml__build_declaration(p, L, D.n); }
items(A) ::= items(L) statement(S).  { A = reml__spec_top_statement(p, L, S.n); }

header(A) ::= MODULE path(P). [LOW]     { A = NODE(HEADER, 0, reml__spec_path(p, P)); }
header(A) ::= PUB MODULE path(P). [LOW] { A = NODE(HEADER, 1, reml__spec_path(p, P)); }

module_items ::= .
module_items    ::= module_items SEMICOLON.
module_items(A) ::= module_items(L) use(U).         { A = APPEND(L, U.n); }
module_items(A) ::= module_items(L) declaration(D). { A = APPEND(L, D.n); }
module_items(A) ::= module_items(L) statement(S).   { A = APPEND(L, S.n); }

/* A path is an open list of Idents; the tag of an Ident tells that `::` stands before it. */
path(A) ::= name(N).                { A = reml__spec_first_part(p, N, 0); }
path(A) ::= SUPER(N).               { A = reml__spec_first_part(p, N, 0); }
path(A) ::= DCOLON name(N).         { A = reml__spec_first_part(p, N, 1); }
path(A) ::= path(L) sep(S) name(N). { A = reml__spec_part(p, L, N, S.n); }
path(A) ::= path(L) sep(S) SUPER(N). { A = reml__spec_part(p, L, N, S.n); }
sep(A)  ::= DOT.                    { A = VALUE(0); }
sep(A)  ::= DCOLON.                 { A = VALUE(1); }

/* A name of more than one part, in the same form. */
qualified(A) ::= SUPER(N).                    { A = reml__spec_first_part(p, N, 0); }
qualified(A) ::= DCOLON name(N).              { A = reml__spec_first_part(p, N, 1); }
qualified(A) ::= name(M) sep(S) name(N). {
  A = reml__spec_part(p, reml__spec_first_part(p, M, 0), N, S.n);
}
qualified(A) ::= qualified(L) sep(S) name(N). { A = reml__spec_part(p, L, N, S.n); }

use(A) ::= use_line(U).             { A = reml__spec_use(p, 0, U); }
use(A) ::= attributes(L) use_line(U). { A = reml__spec_use(p, LIST(L), U); }
/* A use_line is the tree and whether it is public. */
use_line(A) ::= USE use_tree(T).     { A = PAIR(T.n, 0); }
use_line(A) ::= PUB USE use_tree(T). { A = PAIR(T.n, 1); }
use_tree(A) ::= path(P). [LOW]       { A = NODE(USE_PATH, 0, reml__spec_path(p, P), 0); }
use_tree(A) ::= path(P) AS name(N). {
  uint32_t alias = IDENT_NODE(N);
  A = NODE(USE_PATH, 0, reml__spec_path(p, P), alias);
}
use_tree(A) ::= path(P) sep use_brace(L). { A = NODE(USE_BRACE, 0, reml__spec_path(p, P), L.n); }
use_tree(A) ::= path(P) sep STAR(S).      { A = NODE(USE_BRACE, 0, reml__spec_path(p, P), reml__spec_star(p, S)); }
use_brace(A) ::= lb use_items_opt(L) RBRACE. { A = L; }
use_items_opt ::= .
use_items_opt(A) ::= use_items(L).           { A = VALUE(LIST(L)); }
use_items_opt(A) ::= use_items(L) COMMA.     { A = VALUE(LIST(L)); }
use_items(A) ::= use_item(I).                    { A = APPEND(NONE, I.n); }
use_items(A) ::= use_items(L) COMMA use_item(I). { A = APPEND(L, I.n); }
use_item(A) ::= name(N).            { A = NODE(USE_ITEM, 0, N.n, N.at, 0, 0); }
use_item(A) ::= name(N) AS name(S). { A = NODE(USE_ITEM, 0, N.n, N.at, IDENT_NODE(S), 0); }
use_item(A) ::= name(N) sep use_brace(L). {
  A = NODE(USE_ITEM, 0, N.n, N.at, 0, reml__spec_present_list(p, L.n));
}
use_item(A) ::= name(N) sep STAR(S). {
  A = NODE(USE_ITEM, 0, N.n, N.at, 0, reml__spec_star(p, S));
}
use_item(A) ::= name(N) AS name(S) sep use_brace(L). {
  uint32_t alias = IDENT_NODE(S);
  A = NODE(USE_ITEM, 0, N.n, N.at, alias, reml__spec_present_list(p, L.n));
}
use_item(A) ::= STAR(S).            { A = VALUE(reml__spec_star_item(p, S)); }

name ::= IDENT.
name ::= UPPER_IDENT.
name ::= LETFN. [LOW]
name ::= SELF.

lb ::= LBRACE.
lb ::= LBRACE_REC.
lb ::= LBRACE_TREC.
lb ::= LBRACE_SET.
lsq ::= LBRACKET.
lsq ::= LBRACKET_BOL.
lp ::= LPAREN.
lp ::= LPAREN_BOL.
lp ::= LPAREN_FN.

/* --- attributes --- */

attributes(A) ::= attribute(T).                { A = APPEND(NONE, T.n); }
attributes(A) ::= attributes(L) attribute(T).  { A = APPEND(L, T.n); }
attributes_opt ::= .
attributes_opt(A) ::= attributes(L).           { A = VALUE(LIST(L)); }
attribute(A) ::= AT name(N). [LOW]             { A = NODE(ATTR, 0, N.n, N.at, 0); }
attribute(A) ::= AT name(N) attribute_args(L). { A = NODE(ATTR, 0, N.n, N.at, L.n); }
attribute(A) ::= AT dotted_name(N). [LOW]      { A = NODE(ATTR_DOTTED, 0, N.n, 0); }
attribute(A) ::= AT dotted_name(N) attribute_args(L).   { A = NODE(ATTR_DOTTED, 0, N.n, L.n); }
attribute(A) ::= HASH lsq name(N) RBRACKET.    { A = NODE(ATTR, 0, N.n, N.at, 0); }
attribute(A) ::= HASH lsq name(N) attribute_args(L) RBRACKET.        { A = NODE(ATTR, 0, N.n, N.at, L.n); }
attribute(A) ::= HASH lsq dotted_name(N) RBRACKET.                   { A = NODE(ATTR_DOTTED, 0, N.n, 0); }
attribute(A) ::= HASH lsq dotted_name(N) attribute_args(L) RBRACKET. { A = NODE(ATTR_DOTTED, 0, N.n, L.n); }
dotted_name(A) ::= dotted_parts(L). { A = VALUE(reml__spec_ident(p, L, p->span)); }
dotted_parts(A) ::= name(M) DOT name(N). {
  A = reml__spec_part(p, reml__spec_first_part(p, M, 0), N, 0);
}
dotted_parts(A) ::= dotted_parts(L) DOT name(N). { A = reml__spec_part(p, L, N, 0); }
attribute_args(A) ::= lp RPAREN.                        { A = NONE; }
attribute_args(A) ::= lp attribute_list(L) RPAREN.      { A = VALUE(LIST(L)); }
attribute_args(A) ::= lp attribute_list(L) COMMA RPAREN. { A = VALUE(LIST(L)); }
attribute_list(A) ::= attribute_arg(R).                         { A = APPEND(NONE, R.n); }
attribute_list(A) ::= attribute_list(L) COMMA attribute_arg(R). { A = APPEND(L, R.n); }
attribute_arg ::= expr.
attribute_arg(A) ::= name(N) EQ expr(E).    { A = NODE(ATTR_NAMED_ARG, 0, N.n, N.at, E.n); }
attribute_arg(A) ::= name(N) COLON expr(E). { A = NODE(ATTR_NAMED_ARG, 0, N.n, N.at, E.n); }

/* --- declarations --- */

declaration(A) ::= decl_body(B).                 { A = NODE(DECL, 0, 0, B.n); }
declaration(A) ::= PUB decl_body(B).             { A = NODE(DECL, 1, 0, B.n); }
declaration(A) ::= attributes(L) decl_body(B).     { A = reml__spec_declaration(p, L, 0, B.n); }
declaration(A) ::= attributes(L) PUB decl_body(B). { A = reml__spec_declaration(p, L, 1, B.n); }

decl_body ::= let_declaration.
decl_body ::= var_declaration.
decl_body ::= const_declaration.
decl_body ::= function.
decl_body ::= type_declaration.
decl_body(A) ::= STRUCT name(N) generics_opt(G) rec_body(R). {
  A = NODE(STRUCT, R.at, N.n, N.at, G.n, R.n, G.at);
}
decl_body(A) ::= STRUCT name(N) generics_opt(G) SEMICOLON. {
  A = NODE(STRUCT, 0, N.n, N.at, G.n, 0, G.at);
}
decl_body(A) ::= ENUM name(N) generics_opt(G) EQ bar_opt enum_variants(L). [LOW] {
  A = NODE(ENUM, 0, N.n, N.at, G.n, LIST(L), G.at);
}
decl_body(A) ::= TRAIT name(N) generics_opt(G) tails(T) lb trait_items(L) RBRACE. {
  uint32_t items = LIST(L);
  A = reml__spec_trait(p, N, G, T, items);
}
decl_body(A) ::= IMPL generics_opt(G) arrow_type(T) tails(W) lb impl_items(L) RBRACE. {
  uint32_t items = LIST(L);
  A = reml__spec_impl(p, G, 0, T.n, W, items);
}
decl_body(A) ::= IMPL generics_opt(G) arrow_type(R) FOR arrow_type(T) tails(W) lb impl_items(L) RBRACE. {
  uint32_t items = LIST(L);
  A = reml__spec_impl(p, G, R.n, T.n, W, items);
}
decl_body(A) ::= EXTERN STRING(S) signature(G). [LOW] {
  A = reml__build_extern(p, S.n, reml__build_extern_single(p, G.n).n);
}
/* The semicolon is part of the declaration's span, as in the reference. */
decl_body(A) ::= EXTERN STRING(S) signature(G) SEMICOLON. {
  A = reml__build_extern(p, S.n, reml__build_extern_single(p, G.n).n);
}
decl_body(A) ::= EXTERN STRING(S) lb extern_items(L) RBRACE. { A = reml__build_extern(p, S.n, LIST(L)); }
decl_body(A) ::= EFFECT name(N) effect_tag_opt(T). [LOW] { A = NODE(EFFECT, 0, N.n, N.at, T.n, T.at, 0); }
decl_body(A) ::= EFFECT name(N) effect_tag_opt(T) lb operations(L) RBRACE. {
  A = NODE(EFFECT, 0, N.n, N.at, T.n, T.at, LIST(L));
}
decl_body(A) ::= HANDLER handler_rest(H).  { A = NODE(HANDLER_DECL, 0, H.n); }
decl_body ::= conductor.
decl_body(A) ::= MODULE path(P) lb module_items(L) RBRACE. { A = reml__spec_module(p, P, L); }
decl_body(A) ::= PATTERN active_head(H) lp params_opt(P) RPAREN EQ expr(E). [LOW] {
  A = reml__spec_active_pattern(p, H.n, FIXED(P), E.n);
}
decl_body(A) ::= MACRO name(N) lp params_opt(P) RPAREN body(B). { A = NODE(MACRO, 0, N.n, N.at, FIXED(P), B.n); }
decl_body(A) ::= ACTOR SPEC name(N) body(B).                    { A = NODE(ACTOR_SPEC, 0, N.n, N.at, 0, B.n); }
decl_body(A) ::= ACTOR SPEC name(N) lp params_opt(P) RPAREN body(B). {
  A = NODE(ACTOR_SPEC, 0, N.n, N.at, FIXED(P), B.n);
}

let_declaration(A) ::= LET pattern(P) EQ expr(E). [LOW]                      { A = NODE(LET, 0, P.n, 0, E.n); }
let_declaration(A) ::= LET pattern(P) COLON type(T) EQ expr(E). [LOW]        { A = NODE(LET, 0, P.n, T.n, E.n); }
let_declaration(A) ::= LET MUT pattern(P) type_note_opt(T) EQ expr(E). [LOW] { A = NODE(LET, 1, P.n, T.n, E.n); }
let_declaration(A) ::= LET LETFN(N) lp params_opt(P) RPAREN let_result_opt(R) tails(W) EQ expr(E). [LOW] {
  reml__spec_drop_tails(p, W);
  A = reml__spec_let_function(p, N, NONE, FIXED(P), R.n, E.n, START(2));
}
let_declaration(A) ::= LET LETFN(N) name_args(G) lp params_opt(P) RPAREN let_result_opt(R) tails(W) EQ expr(E). [LOW] {
  reml__spec_drop_tails(p, W);
  A = reml__spec_let_function(p, N, reml__spec_generics(p, G.n), FIXED(P), R.n, E.n, START(2));
}
let_result_opt ::= .
let_result_opt(A) ::= ARROW type(T).     { A = T; }
let_result_opt(A) ::= COLON type(T).     { A = T; }
var_declaration(A) ::= VAR pattern(P) type_note_opt(T) EQ expr(E). [LOW]     { A = NODE(VAR_DECL, 0, P.n, T.n, E.n); }
var_declaration(A) ::= VAR MUT pattern(P) type_note_opt(T) EQ expr(E). [LOW] { A = NODE(VAR_DECL, 1, P.n, T.n, E.n); }
const_declaration(A) ::= CONST qname(N) type_note_opt(T) EQ expr(E). [LOW] { A = NODE(CONST, 0, N.n, T.n, E.n); }
type_note_opt ::= .
type_note_opt(A) ::= COLON type(T).      { A = T; }
/* An Ident, of one or more parts. */
qname(A) ::= name(N). [LOW]              { A = VALUE(IDENT_NODE(N)); }
qname(A) ::= qualified(L). [LOW]         { A = VALUE(reml__spec_ident(p, L, p->span)); }

/* fn_head is the flags of reml_spec.h. fn_name is a word, or several parts (reml__spec_method). */
function(A) ::= fn_head(H) fn_name(N) generics_opt(G) lp params_opt(P) RPAREN result_opt(R) tails(W) fn_body(B). {
  A = reml__spec_function(p, &(reml_function){H.n, N, G, P, R.n, W, B.n, true});
}
signature(A) ::= fn_head(H) fn_name(N) generics_opt(G) lp params_opt(P) RPAREN result_opt(R) tails(W). [LOW] {
  A = reml__spec_signature(p, &(reml_function){H.n, N, G, P, R.n, W, 0, false});
}
fn_head(A) ::= FN.                       { A = VALUE(0); }
fn_head(A) ::= ASYNC FN.                 { A = VALUE(REML_FN_ASYNC); }
fn_head(A) ::= UNSAFE FN.                { A = VALUE(REML_FN_UNSAFE); }
fn_head(A) ::= ASYNC UNSAFE FN.          { A = VALUE(REML_FN_ASYNC | REML_FN_UNSAFE); }
fn_name ::= name.
fn_name(A) ::= fn_name(L) sep(S) name(N). { A = reml__spec_method(p, L, N, S.n); }
fn_name(A) ::= fn_name(L) name_args(G) sep(S) name(N). { A = reml__spec_receiver(p, L, G.n, N, S.n); }
fn_body ::= . [LOW]
fn_body(A) ::= EQ body_expr(E). [LOW]    { A = E; }
fn_body(A) ::= lb statements(L) RBRACE.  { A = NODE(FN_BLOCK, 0, LIST(L)); }
result_opt ::= . [LOW]
result_opt(A) ::= ARROW type(T). [LOW]   { A = T; }

/* Generic parameters: the Idents, and in `at` their bounds. */
generics_opt ::= . [LOW]
generics_opt(A) ::= name_args(G).        { A = reml__spec_generics(p, G.n); }
name_args(A) ::= LT GT.                       { A = NONE; }
name_args(A) ::= LT name_arg_list(L) GT.      { A = VALUE(LIST(L)); }
name_args(A) ::= LT name_arg_list(L) COMMA GT. { A = VALUE(LIST(L)); }
name_arg_list(A) ::= name_arg(R).                        { A = reml__spec_name_arg(p, NONE, R.n, &p->rhs[0]); }
name_arg_list(A) ::= name_arg_list(L) COMMA name_arg(R). { A = reml__spec_name_arg(p, L, R.n, &p->rhs[2]); }
name_arg ::= type.
name_arg(A) ::= type(T) COLON bounds(L). { A = NODE(BOUND, 0, T.n, LIST(L)); }
bounds(A) ::= atom_type(T).                  { A = APPEND(NONE, T.n); }
bounds(A) ::= bounds(L) PLUS atom_type(T).   { A = APPEND(L, T.n); }

/* A closed list; `at` tells that it ends with `...`. */
params_opt ::= .
params_opt(A) ::= params(L).             { A = reml__spec_params(p, L); }
params_opt(A) ::= params(L) COMMA.       { A = reml__spec_params(p, L); }
params(A) ::= param(P).                  { A = APPEND(NONE, P.n); }
params(A) ::= params(L) COMMA param(P).  { A = APPEND(L, P.n); }
/* What may be missing has productions of its own where programs have most of it, here and in `let`
 * and the arms: to reduce nothing costs as much as to reduce something. */
param(A) ::= pattern(P).                             { A = NODE(PARAM, 0, P.n, 0, 0); }
param(A) ::= pattern(P) EQ expr(D).                  { A = NODE(PARAM, 0, P.n, 0, D.n); }
param(A) ::= pattern(P) COLON type(T).               { A = NODE(PARAM, 0, P.n, T.n, 0); }
param(A) ::= pattern(P) COLON type(T) EQ expr(D).    { A = NODE(PARAM, 0, P.n, T.n, D.n); }
param(A) ::= AMP SELF(N).                { A = NODE(PARAM, 1, reml__spec_var_pattern(p, N), 0, 0); }
param(A) ::= AMP MUT SELF(N).            { A = NODE(PARAM, 2, reml__spec_var_pattern(p, N), 0, 0); }
param(A) ::= ELLIPSIS.                   { A = reml__spec_ellipsis(p); }
default_opt ::= .
default_opt(A) ::= EQ expr(E).           { A = E; }

/* What follows a signature: once there is any, a record of effect row, where and with on the side
 * stack. */
tails ::= . [LOW]
tails(A) ::= tails(W) NOT lb tags_opt(L) RBRACE. {
  uint32_t row = reml__node_write(p->ast, REML_NODE_PROFILE, 0, reml__spec_span_from(p, 2),
                                  FIELDS(L.n, L.n, 0, 0, 0));
  A = reml__spec_tail(p, W, REML_TAIL_EFFECTS, row);
}
tails(A) ::= tails(W) WHERE predicates(L). [LOW]   { A = reml__spec_tail(p, W, REML_TAIL_WHERE, LIST(L)); }
tails(A) ::= tails(W) WITH atom_types(L). [LOW]    { A = reml__spec_tail(p, W, REML_TAIL_WITH, LIST(L)); }
tags_opt ::= .
tags_opt(A) ::= tags(L).                 { A = VALUE(LIST(L)); }
tags_opt(A) ::= tags(L) COMMA.           { A = VALUE(LIST(L)); }
tags(A) ::= tag(N).                      { A = APPEND(NONE, IDENT_NODE(N)); }
tags(A) ::= tags(L) COMMA tag(N).        { A = APPEND(L, IDENT_NODE(N)); }
tag ::= name.
tag ::= UNSAFE.
predicates(A) ::= predicate(C).                     { A = APPEND(NONE, C.n); }
predicates(A) ::= predicates(L) COMMA predicate(C). { A = APPEND(L, C.n); }
predicate(A) ::= atom_type(T).                { A = reml__spec_constraint(p, T.n); }
predicate(A) ::= atom_type(T) COLON bounds(L). [LOW] { A = NODE(BOUND, 0, T.n, LIST(L)); }
atom_types(A) ::= atom_type(T).                     { A = APPEND(NONE, T.n); }
atom_types(A) ::= atom_types(L) COMMA atom_type(T). { A = APPEND(L, T.n); }

type_declaration(A) ::= TYPE ALIAS name(N) generics_opt(G) EQ type(T). [LOW] { A = reml__spec_type_alias(p, N, G, T.n, 0); }
type_declaration(A) ::= TYPE name(N) generics_opt(G) EQ NEW type(T). [LOW]   { A = reml__spec_type_new(p, N, G, T.n); }
type_declaration(A) ::= TYPE name(N) generics_opt(G) EQ bar_opt members(L). [LOW] { A = reml__spec_type_members(p, N, G, L); }
type_declaration(A) ::= TYPE name(N) generics_opt(G). [LOW] {
  A = NODE(TYPE_OPAQUE, 0, N.n, N.at, G.n, G.at);
}
bar_opt ::= .
bar_opt ::= BAR.
members(A) ::= member(M).                { A = APPEND(NONE, M.n); }
members(A) ::= members(L) BAR member(M). { A = APPEND(L, M.n); }
member ::= arrow_type. [LOW]
member ::= variant_payload.
enum_variants(A) ::= variant(V).                        { A = APPEND(NONE, V.n); }
enum_variants(A) ::= enum_variants(L) BAR variant(V).   { A = APPEND(L, V.n); }
enum_variants(A) ::= enum_variants(L) COMMA variant(V). { A = APPEND(L, V.n); }
variant(A) ::= name(N). [LOW]            { A = NODE(VARIANT, 0, N.n, 0); }
variant ::= variant_payload.
variant_payload(A) ::= name(N) lp elements_of_type_opt(L) RPAREN. { A = reml__spec_variant(p, N, L); }
variant_payload(A) ::= name(N) rec_body(R).   { A = NODE(VARIANT_SPEC, R.at, N.n, 0, 0, R.n); }

/* The fields as FieldT; `at` tells whether `..` is among them. */
rec_body(A) ::= lb RBRACE.                              { A = NONE; }
rec_body(A) ::= lb type_fields(L) RBRACE.               { A = reml__spec_field_patterns(p, L); }
rec_body(A) ::= lb type_fields(L) field_sep RBRACE.     { A = reml__spec_field_patterns(p, L); }
type_fields(A) ::= type_field(F).                         { A = APPEND(NONE, F.n); }
type_fields(A) ::= type_fields(L) field_sep type_field(F). { A = APPEND(L, F.n); }
field_sep ::= COMMA.
field_sep ::= SEMICOLON.
type_field(A) ::= name(N) COLON type(T) default_opt(D).     { A = NODE(FIELD_T, 0, N.n, N.at, T.n, D.n); }
type_field(A) ::= PUB name(N) COLON type(T) default_opt(D). { A = NODE(FIELD_T, 1, N.n, N.at, T.n, D.n); }
type_field(A) ::= DOTDOT.                                   { A = NONE; }

trait_items ::= .
trait_items    ::= trait_items SEMICOLON.
trait_items(A) ::= trait_items(L) trait_item(I). { A = APPEND(L, I.n); }
trait_item(A) ::= attributes_opt(L) fn_head(H) fn_name(N) generics_opt(G) lp params_opt(P) RPAREN result_opt(R) tails(W) fn_body(B). {
  reml_node signature = reml__spec_signature(p, &(reml_function){H.n, N, G, P, R.n, W, 0, true}).n;
  A = NODE(TRAIT_ITEM, 0, L.n, reml__build_profile(p, signature, L.n), B.n);
}
trait_item(A) ::= attributes_opt(L) TYPE name(N) assoc_bounds_opt(B) assoc_default_opt(T). {
  uint32_t bounds = B.n;
  uint32_t assoc = NODE(ASSOC, 0, N.n, N.at, bounds, T.n).n;
  A = NODE(TRAIT_TYPE, 0, L.n, assoc);
}
assoc_bounds_opt ::= . [LOW]
assoc_bounds_opt(A) ::= COLON bounds(L). [LOW] { A = VALUE(LIST(L)); }
assoc_default_opt ::= . [LOW]
assoc_default_opt(A) ::= EQ type(T). [LOW]    { A = T; }

impl_items ::= .
impl_items    ::= impl_items SEMICOLON.
impl_items(A) ::= impl_items(L) impl_item(I). { A = APPEND(L, I.n); }
impl_item(A) ::= attributes_opt(L) impl_body(B).     { A = reml__spec_impl_item(p, L.n, 0, B.n); }
impl_item(A) ::= attributes_opt(L) PUB impl_body(B). { A = reml__spec_impl_item(p, L.n, 1, B.n); }
impl_body ::= function.
impl_body ::= let_declaration.
impl_body(A) ::= var_declaration(V).          { A = reml__spec_var_as_let(p, V.n); }
impl_body ::= const_declaration.
impl_body ::= type_declaration.

extern_items ::= .
extern_items    ::= extern_items SEMICOLON.
extern_items(A) ::= extern_items(L) extern_item(I). { A = APPEND(L, I.n); }
extern_item(A) ::= attributes_opt(L) signature(G).     { A = reml__build_extern_item(p, L.n, G.n, 0); }
extern_item(A) ::= attributes_opt(L) PUB signature(G). { A = reml__build_extern_item(p, L.n, G.n, 1); }

effect_tag_opt ::= . [LOW]
effect_tag_opt(A) ::= COLON name(N).     { A = N; }
operations ::= .
operations    ::= operations SEMICOLON.
operations(A) ::= operations(L) operation(O). { A = APPEND(L, O.n); }
operation(A) ::= attributes_opt(L) OPERATION name(N) type_note_opt(T). { A = reml__spec_operation(p, L.n, N, T.n); }

handler_rest(A) ::= name(N) lb handler_entries(L) RBRACE. { A = NODE(HANDLER, 0, N.n, N.at, LIST(L)); }
handler_entries(A) ::= handler_entry(I).                    { A = APPEND(NONE, I.n); }
handler_entries(A) ::= handler_entries(L) handler_entry(I). { A = APPEND(L, I.n); }
handler_entry(A) ::= attributes_opt(L) OPERATION name(N) lp params_opt(P) RPAREN block_list(B). {
  A = reml__spec_handler_operation(p, L.n, N, FIXED(P), B.n);
}
handler_entry(A) ::= attributes_opt(L) RETURN name(N) block_list(B). { A = reml__spec_handler_return(p, L.n, N, B.n); }
block_list(A) ::= lb statements(L) RBRACE.    { A = VALUE(LIST(L)); }

/* --- conductors --- */

conductor(A) ::= CONDUCTOR name(N) lb sections(L) RBRACE. { A = reml__spec_conductor(p, N, L); }
/* Defs, routes, the blocks of `execution` and Mons, told apart by their kinds. */
sections ::= .
sections(A) ::= sections(L) def(D).           { A = APPEND(L, D.n); }
sections(A) ::= sections(L) CHANNELS lb routes(R) RBRACE. { A = reml__spec_routes(p, L, R.n); }
sections(A) ::= sections(L) EXECUTION body(B). { A = APPEND(L, B.n); }
sections(A) ::= sections(L) monitoring(M).    { A = APPEND(L, M.n); }
def(A) ::= name(N) COLON qname(Q) def_tails(L). [LOW]  { A = NODE(DEF, 0, N.n, N.at, Q.n, 0, LIST(L)); }
def(A) ::= name(N) COLON qname(Q) EQ expr(E). [LOW]    { A = NODE(DEF, 0, N.n, N.at, Q.n, E.n, 0); }
def_tails ::= . [LOW]
def_tails(A) ::= def_tails(L) def_tail(T).    { A = APPEND(L, T.n); }
def_tail(A) ::= PIPE qname(N). [LOW]          { A = NODE(TAIL, 0, N.n, 0); }
def_tail(A) ::= PIPE qname(N) args(L).        { A = NODE(TAIL, 0, N.n, reml__spec_present_list(p, L.n)); }
routes ::= .
routes(A) ::= routes(L) route(R) field_seps.  { A = APPEND(L, R.n); }
field_seps ::= .
field_seps ::= field_seps field_sep.
route(A) ::= endpoint(S) CHANNEL_PIPE endpoint(T) COLON type(Y). [LOW] {
  uint32_t target = LIST(T);
  A = NODE(ROUTE, 0, LIST(S), target, Y.n);
}
endpoint(A) ::= name(N).                      { A = APPEND(NONE, IDENT_NODE(N)); }
endpoint(A) ::= endpoint(L) DOT name(N).      { A = APPEND(L, IDENT_NODE(N)); }
monitoring(A) ::= MONITORING. [LOW]           { A = NODE(MON, 0, 0, 0); }
monitoring(A) ::= MONITORING body(B).         { A = NODE(MON, 0, 0, B.n); }
monitoring(A) ::= MONITORING mon_target(T). [LOW]   { A = NODE(MON, 0, T.n, 0); }
monitoring(A) ::= MONITORING mon_target(T) body(B). { A = NODE(MON, 0, T.n, B.n); }
mon_target(A) ::= WITH path(P). [LOW]         { A = NODE(MON_MODULE, 0, reml__spec_path(p, P)); }
mon_target(A) ::= endpoint(L). [LOW]          { A = NODE(MON_ENDPOINT, 0, LIST(L)); }

/* --- types --- */

/* Where a chain of productions only passes a value on, its ends are joined directly: most types and patterns
 * are one word. */
type ::= atom_type. [LOW]
type ::= long_type. [LOW]
type(A) ::= union_type(L). [LOW]  { A = NODE(TY_UNION, 0, LIST(L)); }
union_type(A) ::= arrow_type(S) BAR arrow_type(T). { A = APPEND(APPEND(NONE, S.n), T.n); }
union_type(A) ::= union_type(L) BAR arrow_type(T). { A = APPEND(L, T.n); }
arrow_type ::= atom_type. [LOW2]
arrow_type ::= long_type. [LOW2]
long_type(A) ::= atom_type(P) ARROW arrow_type(R). {
  uint32_t params = LIST(APPEND(NONE, P.n));
  A = NODE(TY_FN, 0, params, R.n);
}
long_type(A) ::= FNL generics_opt(G) lp elements_of_type_opt(L) RPAREN ARROW arrow_type(R). {
  A = NODE(TY_FN_FORM, 0, L.n, R.n, L.at, G.n);
}
atom_type(A) ::= name(N). [LOW]               { A = NODE(TY_IDENT, 0, N.n); }
atom_type(A) ::= name(N) type_args(L).        { A = NODE(TY_APP, 0, N.n, L.n); }
atom_type(A) ::= qualified(Q). [LOW]          { A = reml__spec_qualified_type(p, Q); }
atom_type(A) ::= qualified(Q) type_args(L). {
  A = NODE(TY_APP_QUALIFIED, 0, IDENT_OF(1, Q), L.n);
}
atom_type(A) ::= lp RPAREN.                   { A = NODE(TY_TUPLE, 0, 0); }
atom_type(A) ::= lp elements_of_type(L) RPAREN.       { A = reml__spec_tuple_type(p, L, false); }
atom_type(A) ::= lp elements_of_type(L) COMMA RPAREN. { A = reml__spec_tuple_type(p, L, true); }
atom_type(A) ::= rec_body(R).                 { A = reml__spec_record_type(p, R); }
atom_type(A) ::= lsq type(T) RBRACKET.        { A = NODE(TY_SLICE, 0, T.n); }
atom_type(A) ::= lsq type(T) SEMICOLON INT(N) RBRACKET.  { A = NODE(TY_ARRAY, 0, T.n, N.n); }
atom_type(A) ::= lsq type(T) SEMICOLON name(N) RBRACKET. { A = NODE(TY_ARRAY, 0, T.n, IDENT_NODE(N)); }
atom_type(A) ::= AMP atom_type(T).            { A = NODE(TY_REF, 0, T.n); }
atom_type(A) ::= AMP MUT atom_type(T).        { A = NODE(TY_REF, 1, T.n); }
atom_type(A) ::= STRING(S).                   { A = NODE(TY_LITERAL, 0, S.n); }
atom_type(A) ::= INT(N).                      { A = NODE(TY_LITERAL, 0, N.n); }
type_args(A) ::= LT GT.                       { A = NONE; }
type_args(A) ::= LT types(L) GT.              { A = VALUE(LIST(L)); }
type_args(A) ::= LT types(L) COMMA GT.        { A = VALUE(LIST(L)); }
types(A) ::= type(T).                         { A = APPEND(NONE, T.n); }
types(A) ::= types(L) COMMA type(T).          { A = APPEND(L, T.n); }
/* Types, and in `at` the labels, if there is any. An open list holds labelled ones as TyField. */
elements_of_type_opt ::= .
elements_of_type_opt(A) ::= elements_of_type(L).         { A = reml__spec_type_elements(p, L); }
elements_of_type_opt(A) ::= elements_of_type(L) COMMA.   { A = reml__spec_type_elements(p, L); }
elements_of_type(A) ::= element_of_type(T).                           { A = APPEND(NONE, T.n); }
elements_of_type(A) ::= elements_of_type(L) COMMA element_of_type(T). { A = APPEND(L, T.n); }
element_of_type ::= type.
element_of_type(A) ::= name(N) COLON type(T). { A = NODE(TY_FIELD, 0, N.n, N.at, T.n); }

/* --- patterns --- */

pattern ::= atom_pattern. [LOW]
pattern ::= range. [LOW]
pattern ::= binding. [LOW]
pattern(A) ::= or_pattern(L). [LOW]                    { A = NODE(PAT_OR, 0, LIST(L)); }
or_pattern(A) ::= bind_pattern(P) BAR bind_pattern(Q). { A = APPEND(APPEND(NONE, P.n), Q.n); }
or_pattern(A) ::= or_pattern(L) BAR bind_pattern(P).   { A = APPEND(L, P.n); }
bind_pattern ::= atom_pattern. [LOW]
bind_pattern ::= range. [LOW]
bind_pattern ::= binding. [LOW]
binding(A) ::= atom_pattern(P) AS name(N). { A = NODE(PAT_BIND, 0, P.n, N.n, N.at); }
binding(A) ::= range(P) AS name(N). { A = NODE(PAT_BIND, 0, P.n, N.n, N.at); }
binding(A) ::= name(N) AT bind_pattern(P).  { A = NODE(PAT_BIND, 1, P.n, N.n, N.at); }
range(A) ::= atom_pattern(S) DOTDOT. [LOW]      { A = NODE(PAT_RANGE, 0, S.n, 0); }
range(A) ::= atom_pattern(S) DOTDOT bound(E).   { A = NODE(PAT_RANGE, 0, S.n, E.n); }
range(A) ::= atom_pattern(S) DOTDOTEQ bound(E). { A = NODE(PAT_RANGE, 1, S.n, E.n); }
range(A) ::= DOTDOT. [LOW]                      { A = NODE(PAT_RANGE, 0, 0, 0); }
range(A) ::= DOTDOT bound(E).                   { A = NODE(PAT_RANGE, 0, 0, E.n); }
range(A) ::= DOTDOTEQ bound(E).                 { A = NODE(PAT_RANGE, 1, 0, E.n); }
bound ::= literal.
bound ::= negative.
bound(A) ::= name(N). [LOW]              { A = reml__spec_name_pattern(p, N); }
bound(A) ::= qualified(Q). [LOW]         { A = reml__spec_qualified_pattern(p, Q, 0); }
negative(A) ::= MINUS INT(N).            { A = NODE(PAT_NEG, 0, N.n); }
negative(A) ::= MINUS FLOAT(N).          { A = NODE(PAT_NEG, 0, N.n); }
atom_pattern(A) ::= literal(S).          { A = reml__spec_literal_pattern(p, S); }
atom_pattern ::= negative.
atom_pattern(A) ::= UNDERSCORE.          { A = NODE0(PAT_WILDCARD, 0); }
atom_pattern(A) ::= lp RPAREN.           { A = NODE0(UNIT_LITERAL, 0); }
atom_pattern(A) ::= lp pattern(P) RPAREN. { A = P; }
atom_pattern(A) ::= lp pattern(P) COMMA patterns_opt(L) RPAREN. { A = reml__spec_tuple_pattern(p, P.n, L); }
atom_pattern(A) ::= lsq RBRACKET.        { A = NODE(PAT_SLICE, 0, 0); }
atom_pattern(A) ::= lsq slice(L) RBRACKET.       { A = NODE(PAT_SLICE, 0, LIST(L)); }
atom_pattern(A) ::= lsq slice(L) COMMA RBRACKET. { A = NODE(PAT_SLICE, 0, LIST(L)); }
atom_pattern(A) ::= record_pattern(R).   { A = NODE(PAT_RECORD, R.at, R.n); }
atom_pattern(A) ::= name(N). [LOW]       { A = reml__spec_name_pattern(p, N); }
atom_pattern(A) ::= name(N) lp patterns_opt(L) RPAREN. { A = NODE(PAT_CONSTRUCTOR, 0, N.n, LIST(L)); }
atom_pattern(A) ::= name(N) record_pattern(R). {
  A = NODE(PAT_CTOR_RECORD, R.at, IDENT_NODE(N), R.n);
}
atom_pattern(A) ::= qualified(Q). [LOW]  { A = reml__spec_qualified_pattern(p, Q, 0); }
atom_pattern(A) ::= qualified(Q) lp patterns_opt(L) RPAREN. {
  uint32_t args = LIST(L);
  A = reml__spec_qualified_pattern(p, Q, args);
}
atom_pattern(A) ::= qualified(Q) record_pattern(R). {
  A = NODE(PAT_CTOR_RECORD, R.at, IDENT_OF(1, Q), R.n);
}
atom_pattern(A) ::= active_head(H). [LOW]           { A = reml__spec_active(p, H.n, 0); }
atom_pattern(A) ::= active_head(H) atom_pattern(P). { A = reml__spec_active(p, H.n, P.n); }
/* A PatActive without argument. */
active_head(A) ::= lp BAR name(N) BAR RPAREN.                { A = NODE(PAT_ACTIVE, 0, N.n, N.at, 0); }
active_head(A) ::= lp BAR name(N) BAR UNDERSCORE BAR RPAREN. { A = NODE(PAT_ACTIVE, 1, N.n, N.at, 0); }
/* An open list. */
patterns_opt ::= .
patterns_opt ::= patterns.
patterns_opt(A) ::= patterns(L) COMMA.   { A = L; }
patterns(A) ::= pattern(P).                   { A = APPEND(NONE, P.n); }
patterns(A) ::= patterns(L) COMMA pattern(P). { A = APPEND(L, P.n); }
slice(A) ::= pattern(P).                 { A = APPEND(NONE, reml__spec_slice_element(p, P.n)); }
slice(A) ::= slice(L) COMMA pattern(P).  { A = APPEND(L, reml__spec_slice_element(p, P.n)); }
/* The fields, and whether `..` is among them. */
record_pattern(A) ::= lb RBRACE.                        { A = NONE; }
record_pattern(A) ::= lb field_patterns(L) RBRACE.      { A = reml__spec_field_patterns(p, L); }
record_pattern(A) ::= lb field_patterns(L) COMMA RBRACE. { A = reml__spec_field_patterns(p, L); }
field_patterns(A) ::= field_pattern(F).                         { A = APPEND(NONE, F.n); }
field_patterns(A) ::= field_patterns(L) COMMA field_pattern(F). { A = APPEND(L, F.n); }
field_pattern(A) ::= name(N).                  { A = NODE(PAT_FIELD, 0, N.n, N.at, 0); }
field_pattern(A) ::= name(N) COLON pattern(P). { A = NODE(PAT_FIELD, 0, N.n, N.at, P.n); }
field_pattern(A) ::= DOTDOT.                   { A = NONE; }

/* --- statements --- */

statements ::= .
statements    ::= statements SEMICOLON.
statements(A) ::= statements(L) declaration(D). { A = ITEM(L, D); }
statements(A) ::= statements(L) statement(S).   { A = ITEM(L, S); }
statement    ::= expr. [LOW]
statement(A) ::= postfix(T) COLONEQ expr(E). [LOW] { A = NODE(ASSIGN, 0, T.n, E.n); }
statement(A) ::= postfix(T) EQ expr(E). [LOW]      { A = NODE(ASSIGN, 0, T.n, E.n); }
statement(A) ::= DEFER expr(E) SEMICOLON.          { A = NODE(DEFER_STMT, 0, E.n); }
body_expr    ::= expr. [LOW]
body_expr(A) ::= postfix(T) COLONEQ expr(E). [LOW] { A = NODE(ASSIGN_EXPR, 0, T.n, E.n); }
body_expr(A) ::= postfix(T) EQ expr(E). [LOW]      { A = NODE(ASSIGN_EXPR, 0, T.n, E.n); }
body(A) ::= lb statements(L) RBRACE.     { A = NODE(BLOCK, 0, LIST(L)); }
block(A) ::= LBRACE statements(L) RBRACE. { A = NODE(BLOCK, 0, LIST(L)); }

/* --- expressions --- */

expr ::= postfix. [LOW]
expr(A) ::= expr(L) PIPE expr(R).      { A = reml__build_merged(p, REML_NODE_PIPE, 0, L, R); }
expr(A) ::= expr(L) OR expr(R).        { A = BINARY(REML_OR, L, R); }
expr(A) ::= expr(L) AND expr(R).       { A = BINARY(REML_AND, L, R); }
expr(A) ::= expr(L) EQEQ expr(R).      { A = BINARY(REML_EQ, L, R); }
expr(A) ::= expr(L) NE expr(R).        { A = BINARY(REML_NE, L, R); }
expr(A) ::= expr(L) LT expr(R).        { A = BINARY(REML_LT, L, R); }
expr(A) ::= expr(L) LE expr(R).        { A = BINARY(REML_LE, L, R); }
expr(A) ::= expr(L) GT expr(R).        { A = BINARY(REML_GT, L, R); }
expr(A) ::= expr(L) GE expr(R).        { A = BINARY(REML_GE, L, R); }
expr(A) ::= expr(L) DOTDOT expr(R).    { A = BINARY(REML_RANGE, L, R); }
expr(A) ::= expr(L) PLUS expr(R).      { A = BINARY(REML_ADD, L, R); }
expr(A) ::= expr(L) MINUS expr(R).     { A = BINARY(REML_SUB, L, R); }
expr(A) ::= expr(L) CONCAT expr(R).    { A = BINARY(REML_CONCAT, L, R); }
expr(A) ::= expr(L) STAR expr(R).      { A = BINARY(REML_MUL, L, R); }
expr(A) ::= expr(L) SLASH expr(R).     { A = BINARY(REML_DIV, L, R); }
expr(A) ::= expr(L) PERCENT expr(R).   { A = BINARY(REML_MOD, L, R); }
expr(A) ::= expr(L) POW expr(R).       { A = BINARY(REML_POW, L, R); }
expr ::= prefix.
expr ::= form. [LOW]

prefix(A) ::= MINUS expr(E). [PREFIX]    { A = NODE(UNARY, REML_NEG, E.n); }
prefix(A) ::= NOT expr(E). [PREFIX]      { A = NODE(UNARY, REML_NOT, E.n); }
prefix(A) ::= NOT_WORD expr(E). [PREFIX] { A = NODE(UNARY, REML_NOT, E.n); }
prefix(A) ::= STAR expr(E). [PREFIX]     { A = NODE(UNARY, REML_DEREF, E.n); }
prefix(A) ::= AMP expr(E). [PREFIX]      { A = NODE(UNARY, REML_REF, E.n); }
prefix(A) ::= AMP MUT expr(E). [PREFIX]  { A = NODE(UNARY, REML_REF_MUT, E.n); }
prefix(A) ::= REC expr(E). [PREFIX]      { A = NODE(REC, 0, E.n); }
prefix(A) ::= AWAIT expr(E). [PREFIX]    { A = NODE(AWAIT, 0, E.n); }
prefix(A) ::= ASYNC expr(E). [PREFIX]    { A = NODE(ASYNC, 0, E.n); }
prefix(A) ::= ASYNC MOVE expr(E). [PREFIX] { A = NODE(ASYNC, 1, E.n); }

/* No primary: in the reference a bracket behind it begins the next statement, and that stays so. */
expr ::= performed. [LOW]
performed(A) ::= perform(K) name(N) perform_args(L). {
  A = NODE(PERFORM, K.n, reml__spec_effect(p, reml__spec_first_part(p, N, 0), START(2), END_OF(2)), L.n);
}
performed(A) ::= perform(K) qualified(Q) perform_args(L). {
  A = NODE(PERFORM, K.n, reml__spec_effect(p, Q, START(2), END_OF(2)), L.n);
}
postfix(A) ::= performed(T) DOT name(N).    { A = GROWN(NONE, NODE(FIELD, 0, T.n, N.n)); }
postfix(A) ::= performed(T) DCOLON name(N). { A = GROWN(NONE, NODE(FIELD, 1, T.n, N.n)); }
postfix(A) ::= performed(T) DOT INT(I).     { A = GROWN(NONE, reml__build_tuple_index(p, T.n, I.n)); }
postfix(A) ::= performed(T) QUESTION.       { A = GROWN(NONE, NODE(PROPAGATE, 0, T.n)); }

/* What extends as far to the right as it can. */
form(A) ::= IF expr(C) THEN body_expr(T). [LOW]                   { A = NODE(IF, 0, C.n, T.n, 0); }
form(A) ::= IF expr(C) THEN body_expr(T) ELSE body_expr(E). [LOW] { A = NODE(IF, 0, C.n, T.n, E.n); }
form(A) ::= IF expr(C) body(T). [LOW]                             { A = NODE(IF, 0, C.n, T.n, 0); }
form(A) ::= IF expr(C) body(T) ELSE body_expr(E). [LOW]           { A = NODE(IF, 0, C.n, T.n, E.n); }
form(A) ::= MATCH expr(E) WITH arms(L). [LOW]         { A = NODE(MATCH, 0, E.n, LIST(L)); }
form(A) ::= MATCH expr(E) WITH arms(L) END.           { A = NODE(MATCH, 0, E.n, LIST(L)); }
form(A) ::= MATCH expr(E) lb brace_arms(L) RBRACE.    { A = NODE(MATCH, 0, E.n, LIST(L)); }
form(A) ::= WHILE expr(C) body(B).                    { A = NODE(WHILE, 0, C.n, B.n); }
form(A) ::= FOR pattern(P) IN expr(S) body(B).        { A = NODE(FOR, 0, P.n, S.n, B.n); }
form(A) ::= LOOP body(B).                             { A = NODE(LOOP, 0, B.n); }
form ::= lambda.
form(A) ::= RETURN. [LOW]                             { A = NODE(RETURN, 0, 0); }
form(A) ::= RETURN expr(E). [LOW]                     { A = NODE(RETURN, 0, E.n); }
form(A) ::= CONTINUE.                                 { A = NODE0(CONTINUE, 0); }
form(A) ::= BREAK.                                    { A = NODE(BREAK, 0, 0); }
form(A) ::= BREAK_V expr(E). [LOW]                    { A = NODE(BREAK, 0, E.n); }
form(A) ::= DEFER expr(E). [LOW]                      { A = NODE(DEFER, 0, E.n); }
form(A) ::= UNSAFE body(B).                           { A = NODE(UNSAFE, 0, B.n); }
form(A) ::= EFFECT_DO body(B).                        { A = NODE(EFFECT_BLOCK, 0, 0, B.n); }
form(A) ::= EFFECT_DO EFFROW lb tags_opt(L) RBRACE body(B). { A = NODE(EFFECT_BLOCK, 0, L.n, B.n); }
form(A) ::= DO body(B).                               { A = NODE(DO_BLOCK, 0, B.n); }
form(A) ::= HANDLE expr(E) WITH HANDLER handler_rest(H). { A = reml__build_handle(p, E.n, H.n, START(4)); }

lambda(A) ::= BAR lambda_params_opt(L) BAR body_expr(B). [LOW] { A = NODE(LAMBDA, 0, L.n, 0, B.n); }
lambda(A) ::= BAR lambda_params_opt(L) BAR ARROW arrow_type(R) body_expr(B). [LOW] { A = NODE(LAMBDA, 0, L.n, R.n, B.n); }
lambda(A) ::= OR body_expr(B). [LOW]                           { A = NODE(LAMBDA, 0, 0, 0, B.n); }
lambda(A) ::= OR ARROW arrow_type(R) body_expr(B). [LOW]       { A = NODE(LAMBDA, 0, 0, R.n, B.n); }
lambda(A) ::= FNL lp params_opt(P) RPAREN lambda_result_opt(R) DARROW body_expr(B). [LOW] { A = NODE(LAMBDA, 0, FIXED(P), R.n, B.n); }
lambda(A) ::= FNL lp params_opt(P) RPAREN lambda_result_opt(R) body(B). { A = NODE(LAMBDA, 0, FIXED(P), R.n, B.n); }
lambda_result_opt ::= .
lambda_result_opt(A) ::= ARROW arrow_type(T). { A = T; }
lambda_params_opt ::= .
lambda_params_opt(A) ::= lambda_params(L).    { A = VALUE(LIST(L)); }
lambda_params_opt(A) ::= lambda_params(L) COMMA. { A = VALUE(LIST(L)); }
lambda_params(A) ::= lambda_param(P).                        { A = APPEND(NONE, P.n); }
lambda_params(A) ::= lambda_params(L) COMMA lambda_param(P). { A = APPEND(L, P.n); }
lambda_param(A) ::= bind_pattern(P) lambda_note_opt(T) default_opt(D). { A = NODE(PARAM, 0, P.n, T.n, D.n); }
lambda_note_opt ::= .
lambda_note_opt(A) ::= COLON arrow_type(T).   { A = T; }

arms(A) ::= arm(R).                      { A = APPEND(NONE, R.n); }
arms(A) ::= arms(L) arm(R).              { A = APPEND(L, R.n); }
arm(A) ::= bar pattern(P) ARROW body_expr(B). [LOW]          { A = NODE(ARM, 0, P.n, 0, B.n); }
arm(A) ::= bar pattern(P) AS name(N) ARROW body_expr(B). [LOW] {
  A = NODE(ARM_ALIAS, 0, P.n, 0, B.n, N.n, N.at);
}
arm(A) ::= bar pattern(P) guard(G) ARROW body_expr(B). [LOW] { A = NODE(ARM, G.at, P.n, G.n, B.n); }
arm(A) ::= bar pattern(P) guard(G) AS name(N) ARROW body_expr(B). [LOW] {
  A = NODE(ARM_ALIAS, G.at, P.n, G.n, B.n, N.n, N.at);
}
brace_arms ::= .
brace_arms(A) ::= brace_arms(L) brace_arm(R). [LOW]  { A = APPEND(L, R.n); }
brace_arms(A) ::= brace_arms(L) brace_arm(R) COMMA.  { A = APPEND(L, R.n); }
brace_arm ::= arm.
brace_arm(A) ::= pattern(P) ARROW body_expr(B). [LOW]          { A = NODE(ARM, 0, P.n, 0, B.n); }
brace_arm(A) ::= pattern(P) AS name(N) ARROW body_expr(B). [LOW] {
  A = NODE(ARM_ALIAS, 0, P.n, 0, B.n, N.n, N.at);
}
brace_arm(A) ::= pattern(P) guard(G) ARROW body_expr(B). [LOW] { A = NODE(ARM, G.at, P.n, G.n, B.n); }
brace_arm(A) ::= pattern(P) guard(G) AS name(N) ARROW body_expr(B). [LOW] {
  A = NODE(ARM_ALIAS, G.at, P.n, G.n, B.n, N.n, N.at);
}
bar ::= BAR.
bar ::= VBAR.
/* `at` tells that it is written with `if`. */
guard(A) ::= WHEN expr(E).               { A = PAIR(E.n, 0); }
guard(A) ::= IF expr(E).                 { A = PAIR(E.n, 1); }

postfix    ::= primary.
postfix(A) ::= postfix(C) args(L).                    { A = GROWN(C, reml__build_call(p, C.n, L.n)); }
postfix(A) ::= postfix(T) DOT name(N).                { A = GROWN(T, NODE(FIELD, 0, T.n, N.n)); }
postfix(A) ::= postfix(T) DCOLON name(N).             { A = GROWN(T, NODE(FIELD, 1, T.n, N.n)); }
postfix(A) ::= postfix(T) DOT INT(I).                 { A = GROWN(T, reml__build_tuple_index(p, T.n, I.n)); }
postfix(A) ::= postfix(T) LBRACKET expr(E) RBRACKET.  { A = GROWN(T, NODE(INDEX, 0, T.n, E.n)); }
postfix(A) ::= postfix(T) QUESTION.                   { A = GROWN(T, NODE(PROPAGATE, 0, T.n)); }
postfix(A) ::= postfix(T) LBRACE_TREC record_fields_opt(L) RBRACE. { A = GROWN(T, NODE(TYPED_RECORD, 0, T.n, L.n)); }

args(A) ::= LPAREN RPAREN.                     { A = NONE; }
args(A) ::= LPAREN arg_list(L) RPAREN.         { A = VALUE(LIST(L)); }
args(A) ::= LPAREN arg_list(L) COMMA RPAREN.   { A = VALUE(LIST(L)); }
perform_args(A) ::= lp RPAREN.                 { A = NONE; }
perform_args(A) ::= lp arg_list(L) RPAREN.     { A = VALUE(LIST(L)); }
perform_args(A) ::= lp arg_list(L) COMMA RPAREN. { A = VALUE(LIST(L)); }
arg_list(A) ::= arg(R).                        { A = APPEND(NONE, R.n); }
arg_list(A) ::= arg_list(L) COMMA arg(R).      { A = APPEND(L, R.n); }
arg ::= expr.
arg(A) ::= name(N) EQ expr(E).                 { A = NODE(NAMED_ARG, 0, N.n, N.at, E.n); }
arg(A) ::= name(N) COLON expr(E).              { A = NODE(NAMED_ARG, 0, N.n, N.at, E.n); }

primary ::= literal.
primary(A) ::= name(N). [LOW]                  { A = NODE(VAR, 0, N.n); }
primary(A) ::= SUPER(N).                       { A = NODE(VAR, 0, N.n); }
primary(A) ::= DCOLON name(N).                 { A = NODE(VAR, 0, reml__spec_root_name(p, N)); }
primary(A) ::= UNDERSCORE.                     { A = NODE0(PLACEHOLDER, 0); }
primary(A) ::= FIXITY(N).                      { A = NODE(FIXITY, 0, N.n); }
primary(A) ::= plp RPAREN.                     { A = NODE0(UNIT_LITERAL, 0); }
primary(A) ::= plp expr(E) RPAREN.             { A = VALUE(E.n); }
primary(A) ::= plp expr(E) COMMA exprs_opt(L) RPAREN. { A = reml__spec_tuple(p, E.n, L); }
primary(A) ::= lsq exprs_opt(L) RBRACKET.      { A = NODE(ARRAY, 0, LIST(L)); }
primary ::= block.
primary(A) ::= LBRACE_REC record_fields_opt(L) RBRACE.  { A = NODE(RECORD, 0, L.n); }
/* Behind the result type of a closure, where no expression comes before. */
primary(A) ::= LBRACE_TREC RBRACE.                        { A = NODE(BLOCK, 0, 0); }
primary(A) ::= LBRACE_TREC record_fields(L) comma_opt RBRACE. { A = NODE(RECORD, 0, LIST(L)); }
primary(A) ::= LBRACE_SET exprs_opt(L) RBRACE. { A = NODE(SET, 0, LIST(L)); }
primary(A) ::= attributes(L) LBRACE statements(S) RBRACE. {
  uint32_t list = LIST(S);
  A = NODE(BLOCK_ATTRS, 0, list, LIST(L));
}
primary(A) ::= attributes(L) UNSAFE body(B).   { A = NODE(UNSAFE_ATTRS, 0, B.n, LIST(L)); }
primary(A) ::= ASM LPAREN STRING(S) asm_groups(L) comma_opt RPAREN. { A = NODE(INLINE_ASM, 0, S.n, LIST(L)); }
primary(A) ::= LLVM NOT LPAREN type(T) RPAREN lb STRING(S) llvm_inputs(L) RBRACE. { A = NODE(LLVM_IR, 0, T.n, S.n, L.n); }
primary(A) ::= TEST STRING(S) body(B).         { A = NODE(TEST_BLOCK, 0, S.n, B.n); }
primary(A) ::= TEST_PARSER LPAREN expr(E) RPAREN lb cases(L) RBRACE. { A = NODE(TEST_PARSER, 0, E.n, LIST(L)); }
plp ::= LPAREN.
plp ::= LPAREN_BOL.
perform(A) ::= PERFORM.                        { A = VALUE(0); }
perform(A) ::= DO.                             { A = VALUE(1); }

literal ::= INT.
literal ::= FLOAT.
literal ::= STRING.
literal ::= CHAR.
literal(A) ::= TRUE.                           { A = NODE0(BOOL, 1); }
literal(A) ::= FALSE.                          { A = NODE0(BOOL, 0); }

/* An open list. */
exprs_opt ::= .
exprs_opt ::= exprs.
exprs_opt(A) ::= exprs(L) COMMA.               { A = L; }
exprs(A) ::= expr(E).                          { A = APPEND(NONE, E.n); }
exprs(A) ::= exprs(L) COMMA expr(E).           { A = APPEND(L, E.n); }

record_fields_opt ::= .
record_fields_opt(A) ::= record_fields(L).     { A = VALUE(LIST(L)); }
record_fields_opt(A) ::= record_fields(L) COMMA. { A = VALUE(LIST(L)); }
record_fields(A) ::= record_field(F).                        { A = APPEND(NONE, F.n); }
record_fields(A) ::= record_fields(L) COMMA record_field(F). { A = APPEND(L, F.n); }
record_field(A) ::= name(N).                     { A = reml__spec_short_field(p, N); }
record_field(A) ::= name(N) field_eq expr(E).    { A = NODE(RECORD_FIELD, 0, N.n, N.at, E.n); }
record_field(A) ::= name(N) field_eq LPAREN_FN params_opt(P) RPAREN ARROW expr(E). {
  reml_node lambda = reml__node_write(p->ast, REML_NODE_LAMBDA, 0, reml__spec_span_from(p, 3),
                                      FIELDS(FIXED(P), 0, E.n));
  A = NODE(RECORD_FIELD, 0, N.n, N.at, lambda);
}
field_eq ::= COLON.
field_eq ::= EQ.

comma_opt ::= .
comma_opt ::= COMMA.
asm_groups ::= .
asm_groups(A) ::= asm_groups(L) COMMA IDENT(N) LPAREN asm_items_opt(I) RPAREN. {
  A = APPEND(L, reml__spec_asm_group(p, N, I.n, &p->rhs[2]));
}
asm_items_opt ::= .
asm_items_opt(A) ::= asm_items(L).             { A = VALUE(LIST(L)); }
asm_items_opt(A) ::= asm_items(L) COMMA.       { A = VALUE(LIST(L)); }
asm_items(A) ::= asm_item(I).                    { A = APPEND(NONE, I.n); }
asm_items(A) ::= asm_items(L) COMMA asm_item(I). { A = APPEND(L, I.n); }
asm_item(A) ::= STRING(S).                     { A = NODE(ASM_ITEM, 0, S.n, 0); }
asm_item(A) ::= STRING(S) COLON expr(E).       { A = NODE(ASM_ITEM, 0, S.n, E.n); }
llvm_inputs(A) ::= comma_opt.                  { A = NONE; }
llvm_inputs(A) ::= COMMA IDENT(N) LPAREN exprs_opt(L) RPAREN comma_opt. {
  A = reml__spec_llvm_inputs(p, N, L, &p->rhs[1]);
}
cases ::= .
cases(A) ::= cases(L) case(C). [LOW]           { A = APPEND(L, C.n); }
cases(A) ::= cases(L) case(C) SEMICOLON.       { A = APPEND(L, C.n); }
case(A) ::= CASE STRING(S) DARROW expr(E).               { A = NODE(CASE, 0, 0, S.n, E.n); }
case(A) ::= CASE STRING(N) COLON STRING(S) DARROW expr(E). { A = NODE(CASE, 0, N.n, S.n, E.n); }
