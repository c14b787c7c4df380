/* The grammar of Reml, `reference` profile: contract grammar.md section 2, in its table form
 * (section 1), with the conflicts decided as contract lemon.md section 2 does.
 *
 * Reading guide
 * - The value of a symbol is a reml_semantic {n, at}. For a name, n is the interned text and `at`
 *   its offset; for an open list, n is the number of elements; for everything else n is a node,
 *   a closed list, or 0 for an absent part. Of a chain (postfix, infix, pipe_form), `at` counts how
 *   often it has grown; whatever passes one on in another role leaves that out (primary).
 * - Helpers are those of reml_build.h: NODE makes a node that spans the production, LIST closes a
 *   list. A production without action passes its only value on.
 * - A list is closed by the production that encloses it, so open lists nest.
 * - Every mark in brackets after a production settles a conflict; lemon reports none that is left.
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

/* The lexer never makes this one. It ends two productions that can never be used (use_prefix), but
 * whose being there keeps LALR states apart (lemon.md section 2). */
%token NEVER.

/* --- precedence, lowest first ---
 *
 * The first four levels settle conflicts that are no matter of operators: LOW1 to LOW3 are marks
 * for productions, weaker than each other in this order; the tokens of the fourth level are those
 * that win against a marked production, because a shift continues the innermost construct
 * (grammar.md section 3). */
%nonassoc LOW1.
%nonassoc LOW2.
%nonassoc LOW3.
%nonassoc BAR CHAR CONTINUE DEFER DO ELSE FALSE FLOAT FOR HANDLE IDENT IF INT LBRACE LOOP MATCH
          NOT PERFORM PUB RETURN SELF SEMICOLON STRING TRUE UNSAFE UPPER_IDENT WHILE.
/* The operators of grammar.md section 2.7. */
%left PIPE.
%left OR.
%left AND.
%nonassoc EQEQ NE.
%nonassoc LT LE GT GE.
%left PLUS MINUS.
%left STAR SLASH PERCENT.
%right POW.
%right UNOT UMINUS.
/* Postfix forms bind tightest by the shape of the grammar; the level is above LOW1 and LOW2 so
 * that a bracket or a dot continues the construct in front of it (D13, D14). */
%left DOT LBRACKET LPAREN.

/* --- 2.1 files, paths --- */

unit(A) ::= header_opt(H) uses(U) declarations(D). {
  uint32_t declarations = LIST(D); /* the inner list is closed first */
  uint32_t uses = LIST(U);
  A = NODE(UNIT, 0, H.n, uses, declarations);
}

header_opt ::= .
header_opt    ::= header.
header(A) ::= MODULE path(P). { A = NODE(HEADER, 0, P.n); }

uses ::= .
uses(A) ::= uses(L) use_line(U).      { A = ITEM(L, U); }

declarations(A) ::= . [LOW1]          { A = reml__build_declarations(p); }
declarations(A) ::= declarations(L) declaration(D). { A = reml__build_declaration(p, L, D.n); }

path(A) ::= COLON COLON dotted(D).            { A = NODE(PATH_ROOT, 0, LIST(D)); }
path(A) ::= path_head(H) path_tail_opt(T).    { A = reml__build_path(p, H, T); }

path_head(A) ::= SELF. [LOW2]                 { A = HEAD_SELF; }
path_head(A) ::= super_chain(S). [LOW1]       { A = HEAD_SUPER(S.n); }
path_head    ::= name. [LOW1]

super_chain(A) ::= SUPER.                     { A = VALUE(1); }
super_chain(A) ::= super_chain(S) DOT SUPER.  { A = VALUE(S.n + 1); }

path_tail_opt ::= .
path_tail_opt    ::= path_tail.
path_tail(A) ::= DOT dotted(D).               { A = D; }

dotted(A) ::= name(N).                        { A = APPEND(NONE, IDENT_NODE(N)); }
dotted(A) ::= dotted(L) DOT name(N).          { A = APPEND(L, IDENT_NODE(N)); }

use_line(A) ::= use_pub_opt(P) USE use_tree(T). { A = NODE(USE, P.n, T.n); }
use_pub_opt ::= .
use_pub_opt(A) ::= PUB.                       { A = VALUE(1); }

use_tree(A) ::= path(P) alias_opt(N).         { A = NODE(USE_PATH, 0, P.n, N.n); }
use_tree(A) ::= use_prefix(P) DOT LBRACE use_items(I) RBRACE. {
  uint32_t items = LIST(I);
  A = NODE(USE_BRACE, 0, reml__build_prefix(p, P).n, items);
}

alias_opt ::= .
alias_opt(A) ::= AS name(N).                  { A = VALUE(IDENT_NODE(N)); }

/* An open prefix is a list of its names in front of which the head was put (build.c). */
use_prefix    ::= COLON COLON dotted NEVER.
use_prefix(A) ::= SELF. [LOW3]                { A = reml__build_prefix_head(p, HEAD_SELF); }
use_prefix    ::= super_chain NEVER.
use_prefix(A) ::= name(N). [LOW2]             { A = reml__build_prefix_head(p, N); }
use_prefix(A) ::= use_prefix(L) DOT name(N).  { A = APPEND(L, IDENT_NODE(N)); }

use_items(A) ::= use_item(I).                     { A = APPEND(NONE, I.n); }
use_items(A) ::= use_items(L) COMMA use_item(I).  { A = APPEND(L, I.n); }
use_item(A) ::= name(N) alias_opt(S) use_nested_opt(U). {
  A = NODE(USE_ITEM, 0, N.n, N.at, S.n, U.n);
}
use_nested_opt ::= .
use_nested_opt(A) ::= DOT LBRACE use_items(I) RBRACE.   { A = VALUE(LIST(I)); }

name       ::= lower_name. [LOW1]
name       ::= upper_name. [LOW1]
lower_name ::= IDENT.
lower_name ::= SELF. [LOW1]
upper_name ::= UPPER_IDENT.

/* --- 2.2 declarations --- */

declaration(A) ::= attributes(L) decl_pub_opt(P) decl_body(B). {
  uint32_t attributes = LIST(L);
  uint32_t body = reml__build_profile(p, B.n, attributes);
  A = NODE(DECL, P.n, attributes, body);
}
decl_pub_opt ::= .
decl_pub_opt(A) ::= PUB.                      { A = VALUE(1); }

attributes ::= .
attributes(A) ::= attributes(L) attribute(T). { A = APPEND(L, T.n); }
attribute(A) ::= AT name(N) attribute_args_opt(L). { A = NODE(ATTR, 0, N.n, N.at, L.n); }
attribute_args_opt ::= .
attribute_args_opt(A) ::= LPAREN exprs(L) RPAREN.  { A = VALUE(LIST(L)); }

decl_body(A) ::= LET pattern(P) type_note_opt(T) EQ expr(E). [LOW1] {
  A = NODE(LET, 0, P.n, T.n, E.n);
}
decl_body(A) ::= VAR pattern(P) type_note_opt(T) EQ expr(E). [LOW1] {
  A = NODE(VAR_DECL, 0, P.n, T.n, E.n);
}
decl_body    ::= function.
decl_body    ::= type_declaration.
decl_body(A) ::= TRAIT name(N) generics_opt(G) where_opt(W) LBRACE trait_items(I) RBRACE. {
  A = NODE(TRAIT, 0, N.n, N.at, G.n, W.n, LIST(I));
}
decl_body(A) ::= IMPL generics_opt(G) impl_head(H) where_opt(W) LBRACE impl_items(I) RBRACE. {
  A = NODE(IMPL, 0, G.n, H.n, H.at, W.n, LIST(I)); /* an impl_head is trait and type */
}
decl_body(A) ::= EXTERN STRING(S) extern_body(B). { A = reml__build_extern(p, S.n, B.n); }
decl_body(A) ::= EFFECT name(N) COLON name(T) LBRACE operations(L) RBRACE. {
  A = NODE(EFFECT, 0, N.n, N.at, T.n, T.at, LIST(L));
}
decl_body(A) ::= HANDLER handler_def(H).      { A = NODE(HANDLER_DECL, 0, H.n); }

function(A) ::= FN name(N) generics_opt(G) params(P) result_opt(R) where_opt(W) effects_opt(E)
                fn_body(B). {
  A = NODE(FN, 0, N.n, N.at, G.n, P.n, R.n, W.n, E.n, B.n);
}
signature(A) ::= FN name(N) generics_opt(G) params(P) result_opt(R) where_opt(W) effects_opt(E). {
  A = NODE(SIGNATURE, 0, N.n, N.at, G.n, P.n, R.n, W.n, E.n);
}

params(A) ::= LPAREN RPAREN.                  { A = NONE; }
params(A) ::= LPAREN param_list(L) RPAREN.    { A = VALUE(LIST(L)); }
param_list(A) ::= param(P).                   { A = APPEND(NONE, P.n); }
param_list(A) ::= param_list(L) COMMA param(P). { A = APPEND(L, P.n); }
param(A) ::= pattern(P) type_note_opt(T) default_opt(D). { A = NODE(PARAM, 0, P.n, T.n, D.n); }
default_opt ::= .
default_opt(A) ::= EQ expr(E).                { A = E; }

generics_opt ::= .
generics_opt(A) ::= LT generics(L) GT.        { A = VALUE(LIST(L)); }
generics(A) ::= name(N).                      { A = APPEND(NONE, IDENT_NODE(N)); }
generics(A) ::= generics(L) COMMA name(N).    { A = APPEND(L, IDENT_NODE(N)); }

result_opt ::= .
result_opt(A) ::= ARROW type(T).              { A = T; }

where_opt ::= .
where_opt(A) ::= WHERE constraints(L).        { A = VALUE(LIST(L)); }
constraints(A) ::= constraint(C).                       { A = APPEND(NONE, C.n); }
constraints(A) ::= constraints(L) COMMA constraint(C).  { A = APPEND(L, C.n); }
constraint(A) ::= name(N) LT types(L) GT.     { A = NODE(CONSTRAINT, 0, N.n, LIST(L)); }

effects_opt ::= .
effects_opt(A) ::= NOT LBRACE effect_tags_opt(T) RBRACE. {
  A = NODE(PROFILE, 0, T.n, T.n, 0, 0, 0);
}
effect_tags_opt ::= .
effect_tags_opt(A) ::= effect_tags(L).        { A = VALUE(LIST(L)); }
effect_tags(A) ::= name(N).                   { A = APPEND(NONE, IDENT_NODE(N)); }
effect_tags(A) ::= effect_tags(L) COMMA name(N). { A = APPEND(L, IDENT_NODE(N)); }

fn_body(A) ::= EQ expr(E). [LOW1]             { A = E; }
fn_body(A) ::= LBRACE statements(L) RBRACE.   { A = NODE(FN_BLOCK, 0, LIST(L)); }

type_note_opt ::= .
type_note_opt(A) ::= COLON type(T).           { A = T; }

type_declaration(A) ::= TYPE type_def(T).     { A = T; }
type_def(A) ::= ALIAS name(N) generics_opt(G) EQ type(T). {
  A = NODE(TYPE_ALIAS, 0, N.n, N.at, G.n, T.n);
}
type_def(A) ::= name(N) generics_opt(G) EQ NEW type(T). {
  A = NODE(TYPE_NEW, 0, N.n, N.at, G.n, T.n);
}
type_def(A) ::= name(N) generics_opt(G) EQ variants(L). [LOW1] {
  A = NODE(TYPE_SUM, 0, N.n, N.at, G.n, LIST(L));
}
variants(A) ::= variant(V).                   { A = APPEND(NONE, V.n); }
variants(A) ::= BAR variant(V).               { A = APPEND(NONE, V.n); }
variants(A) ::= variants(L) BAR variant(V).   { A = APPEND(L, V.n); }
variant(A) ::= name(N) payload_opt(L).        { A = NODE(VARIANT, 0, N.n, L.n); }
payload_opt ::= . [LOW1]
payload_opt(A) ::= LPAREN types_opt(L) RPAREN. { A = L; }
types_opt ::= .
types_opt(A) ::= types(L).                    { A = VALUE(LIST(L)); }

trait_items ::= .
trait_items(A) ::= trait_items(L) trait_item(I). { A = APPEND(L, I.n); }
trait_item(A) ::= attributes(L) signature(S) default_body_opt(B). {
  uint32_t attributes = LIST(L);
  uint32_t signature = reml__build_profile(p, S.n, attributes);
  A = NODE(TRAIT_ITEM, 0, attributes, signature, B.n);
}
default_body_opt ::= .
default_body_opt(A) ::= EQ expr(E).                  { A = E; }
default_body_opt(A) ::= LBRACE statements(L) RBRACE. { A = NODE(FN_BLOCK, 0, LIST(L)); }

impl_head(A) ::= name(N) type_args_opt(L) FOR type(T). {
  A = PAIR(NODE(IMPL_TRAIT, 0, N.n, N.at, L.n).n, T.n);
}
impl_head(A) ::= type(T).                     { A = PAIR(0, T.n); }
impl_items ::= .
impl_items(A) ::= impl_items(L) impl_item(I). { A = APPEND(L, I.n); }
impl_item(A) ::= attributes(L) function(F). {
  uint32_t attributes = LIST(L);
  A = VALUE(reml__build_profile(p, F.n, attributes));
}
/* `var` in an impl is a Let item too (ast.md section 3). */
impl_item(A) ::= LET pattern(P) type_note_opt(T) EQ expr(E). { A = NODE(LET, 0, P.n, T.n, E.n); }
impl_item(A) ::= VAR pattern(P) type_note_opt(T) EQ expr(E). { A = NODE(LET, 0, P.n, T.n, E.n); }

extern_body(A) ::= signature(S) SEMICOLON.    { A = reml__build_extern_single(p, S.n); }
extern_body(A) ::= LBRACE extern_items(L) RBRACE. { A = VALUE(LIST(L)); }
extern_items ::= .
extern_items(A) ::= extern_items(L) extern_item(I). { A = APPEND(L, I.n); }
extern_item(A) ::= attributes(L) signature(S) SEMICOLON. {
  A = reml__build_extern_item(p, LIST(L), S.n, 0);
}

operations ::= .
operations(A) ::= operations(L) operation(O). { A = APPEND(L, O.n); }
/* The attributes of operations are parsed and dropped (ast.md section 3). */
operation(A) ::= attributes(L) OPERATION name(N) COLON type(T). {
  reml__build_drop(p, L);
  A = NODE(OPERATION, 0, N.n, N.at, T.n);
}

handler_def(A) ::= name(N) LBRACE handler_entries(L) RBRACE. {
  A = NODE(HANDLER, 0, N.n, N.at, LIST(L));
}
handler_entries(A) ::= handler_entry(E).      { A = APPEND(NONE, E.n); }
handler_entries(A) ::= handler_entries(L) handler_entry(E). { A = APPEND(L, E.n); }
handler_entry(A) ::= attributes(L) OPERATION name(N) LPAREN handler_params_opt(P) RPAREN
                handler_block(B). {
  reml__build_drop(p, L);
  A = NODE(HANDLER_OPERATION, 0, N.n, N.at, P.n, B.n);
}
handler_entry(A) ::= attributes(L) RETURN name(N) handler_block(B). {
  reml__build_drop(p, L);
  A = NODE(HANDLER_RETURN, 0, N.n, N.at, B.n);
}
handler_params_opt ::= .
handler_params_opt(A) ::= param_list(L).            { A = VALUE(LIST(L)); }
handler_block(A) ::= LBRACE statements(L) RBRACE.   { A = VALUE(LIST(L)); }

/* --- 2.3 types --- */

type    ::= type_atom.
type(A) ::= type_atom(P) ARROW type(R). {
  uint32_t params = LIST(APPEND(NONE, P.n));
  A = NODE(TY_FN, 0, params, R.n);
}
type_atom(A) ::= name(N) type_args_opt(L). {
  A = L.n == 0 ? NODE(TY_IDENT, 0, N.n) : NODE(TY_APP, 0, N.n, L.n);
}
type_atom(A) ::= LPAREN type(T) RPAREN.                 { A = T; }
type_atom(A) ::= LPAREN type(T) COMMA types(L) RPAREN. {
  A = NODE(TY_TUPLE, 0, LIST_AFTER(T.n, L));
}
type_atom(A) ::= LBRACE type_fields(L) RBRACE.          { A = NODE(TY_RECORD, 0, LIST(L)); }
type_fields(A) ::= type_field(F).                       { A = APPEND(NONE, F.n); }
type_fields(A) ::= type_fields(L) COMMA type_field(F).  { A = APPEND(L, F.n); }
type_field(A) ::= name(N) COLON type(T).                { A = NODE(TY_FIELD, 0, N.n, N.at, T.n); }
type_args_opt ::= .
type_args_opt(A) ::= LT types(L) GT.          { A = VALUE(LIST(L)); }
types(A) ::= type(T).                         { A = APPEND(NONE, T.n); }
types(A) ::= types(L) COMMA type(T).          { A = APPEND(L, T.n); }

/* --- 2.4 patterns --- */

pattern    ::= literal. [LOW1]
pattern(A) ::= lower_name(N). [LOW2]          { A = NODE(PAT_VAR, 0, N.n); }
pattern(A) ::= upper_name(N). [LOW2]          { A = NODE(PAT_CONSTRUCTOR, 0, N.n, 0); }
pattern(A) ::= UNDERSCORE.                    { A = NODE0(PAT_WILDCARD, 0); }
pattern(A) ::= LPAREN pattern(P) RPAREN.      { A = P; }
pattern(A) ::= LPAREN pattern(P) COMMA pattern_tail(L) RPAREN. {
  A = NODE(PAT_TUPLE, 0, LIST_AFTER(P.n, L));
}
pattern(A) ::= upper_name(N) LPAREN patterns_opt(L) RPAREN. {
  A = NODE(PAT_CONSTRUCTOR, 0, N.n, L.n);
}
pattern(A) ::= lower_name(N) LPAREN patterns_opt(L) RPAREN. {
  A = NODE(PAT_CONSTRUCTOR, 0, N.n, L.n);
}
pattern(A) ::= name(N) DOT dotted_rest(R). {
  A = NODE(PAT_QUALIFIED, 0, reml__build_qualified(p, N, R), 0);
}
pattern(A) ::= name(N) DOT dotted_rest(R) LPAREN patterns_opt(L) RPAREN. {
  A = NODE(PAT_QUALIFIED, 0, reml__build_qualified(p, N, R), L.n);
}
pattern(A) ::= LBRACE record_pattern(R) RBRACE. { A = NODE(PAT_RECORD, R.at, R.n); }

pattern_tail(A) ::= pattern(P).                       { A = APPEND(NONE, P.n); }
pattern_tail(A) ::= pattern_tail(L) COMMA pattern(P). { A = APPEND(L, P.n); }
patterns_opt ::= .
patterns_opt(A) ::= patterns(L).              { A = VALUE(LIST(L)); }
patterns(A) ::= pattern(P).                   { A = APPEND(NONE, P.n); }
patterns(A) ::= patterns(L) COMMA pattern(P). { A = APPEND(L, P.n); }
/* Right recursive (grammar.md section 2.4): the names come last to first. */
dotted_rest(A) ::= name(N).                       { A = APPEND(NONE, N.n); }
dotted_rest(A) ::= name(N) DOT dotted_rest(R).    { A = APPEND(R, N.n); }
/* A record_pattern is its fields and whether `..` ends it. */
record_pattern(A) ::= DOTDOT.                           { A = PAIR(0, 1); }
record_pattern(A) ::= field_patterns(L) rest_opt(R).    { A = PAIR(LIST(L), R.n); }
rest_opt ::= .
rest_opt(A) ::= COMMA DOTDOT.                           { A = VALUE(1); }
field_patterns(A) ::= field_pattern(F).                         { A = APPEND(NONE, F.n); }
field_patterns(A) ::= field_patterns(L) COMMA field_pattern(F). { A = APPEND(L, F.n); }
field_pattern(A) ::= name(N) COLON pattern(P).          { A = NODE(PAT_FIELD, 0, N.n, N.at, P.n); }
field_pattern(A) ::= name(N).                           { A = NODE(PAT_FIELD, 0, N.n, N.at, 0); }

/* --- 2.5 expressions --- */

expr ::= operand.
expr ::= pipe_form.
pipe_form(A) ::= expr(L) PIPE expr(R). {
  A = reml__build_merged(p, REML_NODE_PIPE, 0, L, R);
}

operand ::= postfix. [LOW1]
operand ::= perform_expr.
operand ::= do_expr.
operand ::= handle_expr.
operand ::= infix.
operand ::= prefix.
operand ::= if_expr.
operand ::= lambda.
operand ::= match_expr.
operand ::= while_expr.
operand ::= for_expr.
operand ::= loop_expr.
operand ::= continue_expr.
operand ::= return_expr.
operand ::= defer_expr.
operand ::= unsafe_expr.

infix(A) ::= expr(L) PLUS expr(R).     { A = BINARY(REML_ADD, L, R); }
infix(A) ::= expr(L) MINUS expr(R).    { A = BINARY(REML_SUB, L, R); }
infix(A) ::= expr(L) STAR expr(R).     { A = BINARY(REML_MUL, L, R); }
infix(A) ::= expr(L) SLASH expr(R).    { A = BINARY(REML_DIV, L, R); }
infix(A) ::= expr(L) PERCENT expr(R).  { A = BINARY(REML_MOD, L, R); }
infix(A) ::= expr(L) POW expr(R).      { A = BINARY(REML_POW, L, R); }
infix(A) ::= expr(L) EQEQ expr(R).     { A = BINARY(REML_EQ, L, R); }
infix(A) ::= expr(L) NE expr(R).       { A = BINARY(REML_NE, L, R); }
infix(A) ::= expr(L) LT expr(R).       { A = BINARY(REML_LT, L, R); }
infix(A) ::= expr(L) LE expr(R).       { A = BINARY(REML_LE, L, R); }
infix(A) ::= expr(L) GT expr(R).       { A = BINARY(REML_GT, L, R); }
infix(A) ::= expr(L) GE expr(R).       { A = BINARY(REML_GE, L, R); }
infix(A) ::= expr(L) AND expr(R).      { A = BINARY(REML_AND, L, R); }
infix(A) ::= expr(L) OR expr(R).       { A = BINARY(REML_OR, L, R); }

prefix(A) ::= NOT expr(E). [UNOT]      { A = NODE(UNARY, REML_NOT, E.n); }
prefix(A) ::= MINUS expr(E). [UMINUS]  { A = NODE(UNARY, REML_NEG, E.n); }

perform_expr(A) ::= PERFORM effect_target(T) LPAREN args_opt(L) RPAREN. {
  reml__build_need_effects(p);
  A = NODE(PERFORM, 0, T.n, L.n);
}
do_expr(A) ::= DO effect_target(T) LPAREN args_opt(L) RPAREN. {
  reml__build_need_effects(p);
  A = NODE(PERFORM, 1, T.n, L.n);
}
effect_target(A) ::= path(P).          { A = reml__build_effect_target(p, P.n); }
handle_expr(A) ::= HANDLE expr(E) WITH HANDLER handler_def(H). {
  reml__build_need_effects(p);
  A = reml__build_handle(p, E.n, H.n, START(4));
}

if_expr(A) ::= IF expr(C) THEN expr(T) else_opt(E). { A = NODE(IF, 0, C.n, T.n, E.n); }
else_opt ::= . [LOW1]
else_opt(A) ::= ELSE expr(E). [LOW1]   { A = E; }

lambda(A) ::= BAR lambda_params_opt(L) BAR result_opt(R) lambda_body(B). {
  A = NODE(LAMBDA, 0, L.n, R.n, B.n);
}
lambda_params_opt ::= .
lambda_params_opt(A) ::= lambda_params(L).          { A = VALUE(LIST(L)); }
lambda_params(A) ::= param(P).                      { A = APPEND(NONE, P.n); }
lambda_params(A) ::= lambda_params(L) COMMA param(P). { A = APPEND(L, P.n); }
/* A block as body is reached through expr (D20); the alternative of its own would be dead. */
lambda_body ::= expr. [LOW1]

match_expr(A) ::= MATCH expr(E) WITH arms(L). [LOW1]  { A = NODE(MATCH, 0, E.n, LIST(L)); }
arms(A) ::= arm(R).                    { A = APPEND(NONE, R.n); }
arms(A) ::= arms(L) arm(R).            { A = APPEND(L, R.n); }
arm(A) ::= BAR pattern(P) guard_opt(G) ARROW expr(E). [LOW1] { A = NODE(ARM, 0, P.n, G.n, E.n); }
guard_opt ::= .
guard_opt(A) ::= IF expr(E).           { A = E; }

while_expr(A) ::= WHILE expr(C) block(B).                { A = NODE(WHILE, 0, C.n, B.n); }
for_expr(A) ::= FOR pattern(P) IN expr(S) block(B).      { A = NODE(FOR, 0, P.n, S.n, B.n); }
loop_expr(A) ::= LOOP block(B).                          { A = NODE(LOOP, 0, B.n); }
unsafe_expr(A) ::= UNSAFE block(B).                      { A = NODE(UNSAFE, 0, B.n); }
continue_expr(A) ::= CONTINUE.                           { A = NODE0(CONTINUE, 0); }
return_expr(A) ::= RETURN expr(E). [LOW1]                { A = NODE(RETURN, 0, E.n); }
return_expr(A) ::= RETURN. [LOW1]                        { A = NODE(RETURN, 0, 0); }
defer_expr(A) ::= DEFER expr(E). [LOW1]                  { A = NODE(DEFER, 0, E.n); }

block(A) ::= LBRACE statements(L) RBRACE.                { A = NODE(BLOCK, 0, LIST(L)); }

primary    ::= literal. [LOW2]
primary(A) ::= name(N). [LOW1]                           { A = NODE(VAR, 0, N.n); }
primary    ::= block.
primary(A) ::= LPAREN expr(E) COMMA tuple_tail(L) RPAREN. {
  A = NODE(TUPLE, 0, LIST_AFTER(E.n, L));
}
primary(A) ::= LPAREN expr(E) RPAREN.                    { A = VALUE(E.n); }
tuple_tail(A) ::= expr(E).                               { A = APPEND(NONE, E.n); }
tuple_tail(A) ::= tuple_tail(L) COMMA expr(E).           { A = APPEND(L, E.n); }

/* The tokens of literals arrive as nodes (parser.c). */
literal    ::= INT.
literal    ::= FLOAT.
literal    ::= CHAR.
literal    ::= STRING.
literal(A) ::= TRUE.                                     { A = NODE0(BOOL, 1); }
literal(A) ::= FALSE.                                    { A = NODE0(BOOL, 0); }
literal(A) ::= LPAREN RPAREN.                            { A = NODE0(UNIT_LITERAL, 0); }
literal(A) ::= LBRACKET elements_opt(L) RBRACKET.        { A = NODE(ARRAY, 0, L.n); }
literal(A) ::= LBRACE record_fields_opt(L) RBRACE.       { A = NODE(RECORD, 0, L.n); }
elements_opt ::= .
elements_opt(A) ::= exprs(L).                            { A = VALUE(LIST(L)); }
exprs(A) ::= expr(E).                                    { A = APPEND(NONE, E.n); }
exprs(A) ::= exprs(L) COMMA expr(E).                     { A = APPEND(L, E.n); }
record_fields_opt ::= . [LOW1]
record_fields_opt(A) ::= record_fields(L).               { A = VALUE(LIST(L)); }
record_fields(A) ::= record_field(F).                    { A = APPEND(NONE, F.n); }
record_fields(A) ::= record_fields(L) COMMA record_field(F). { A = APPEND(L, F.n); }
record_field(A) ::= name(N) COLON expr(E). {
  A = NODE(RECORD_FIELD, 0, N.n, N.at, E.n);
}

postfix    ::= primary.
postfix(A) ::= postfix(C) LPAREN args_opt(L) RPAREN.     { A = GROWN(C, reml__build_call(p, C.n, L.n)); }
postfix(A) ::= postfix(T) DOT name(N).                   { A = GROWN(T, NODE(FIELD, 0, T.n, N.n)); }
postfix    ::= tuple_access.
postfix(A) ::= postfix(T) LBRACKET expr(E) RBRACKET.     { A = GROWN(T, NODE(INDEX, 0, T.n, E.n)); }
postfix(A) ::= postfix(T) QUESTION.                      { A = GROWN(T, NODE(PROPAGATE, 0, T.n)); }
tuple_access(A) ::= postfix(T) DOT INT(I). {
  A = GROWN(T, reml__build_tuple_index(p, T.n, I.n));
}

args_opt ::= .
args_opt(A) ::= args(L).                                 { A = VALUE(LIST(L)); }
args(A) ::= arg(R).                                      { A = APPEND(NONE, R.n); }
args(A) ::= args(L) COMMA arg(R).                        { A = APPEND(L, R.n); }
arg    ::= expr.
arg(A) ::= name(N) EQ expr(E).                           { A = NODE(NAMED_ARG, 0, N.n, N.at, E.n); }

/* --- 2.6 statements --- */

statements ::= . [LOW2]
statements(A) ::= statements(L) statement(S).            { A = ITEM(L, S); }
statement(A) ::= declaration(D) SEMICOLON.               { A = D; }
statement    ::= declaration.
statement(A) ::= postfix(T) COLONEQ expr(E) SEMICOLON.   { A = NODE(ASSIGN, 0, T.n, E.n); }
statement(A) ::= postfix(T) COLONEQ expr(E). [LOW1]      { A = NODE(ASSIGN, 0, T.n, E.n); }
statement(A) ::= DEFER expr(E) SEMICOLON.                { A = NODE(DEFER_STMT, 0, E.n); }
statement(A) ::= expr(E) SEMICOLON.                      { A = E; }
statement    ::= expr. [LOW1]
