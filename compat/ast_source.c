/* Canonical source (contract gates.md section 5): templates of ast_source.def, interpreted with a
 * stack. The text gives the same tree, spans apart, and that tree the same text. */
#include "reml_bytes.h"
#include "reml_settings.h"
#include "reml_source.h"
#include "reml_walk.h"

static const char *const templates[REML_NODE_KIND_COUNT] = {
#define SOURCE(name, text) [REML_NODE_##name] = text,
#include "ast_source.def"
#undef SOURCE
};

/* A node that is being printed: the rest of its template, and the list that is open in it. */
typedef struct frame {
  const char *rest;
  const char *separator;
  size_t separator_length;
  reml_node node;
  uint32_t list, at, count;   /* at < count while elements are left */
  uint32_t beside, beside_at; /* bounds or labels of the elements */
  char mark;                  /* of the list */
  reml_field_type element;
  reml_spot spot, element_spot;
  unsigned indent; /* to go back to */
  char closer;     /* `)`, a line break, or none */
} frame;

/* What may not come next. */
typedef enum guard {
  GUARD_NONE,
  GUARD_NAME, /* nothing was written since a brace behind which no name may come (D1) */
  GUARD_TYPE  /* ... since a type that could go on */
} guard;

typedef struct printer {
  reml_ink ink;
  const reml_ast *ast;
  reml_memory *memory;
  frame *frames;
  size_t used, capacity;
  guard guard;
  reml_naming naming;
} printer;

/* --- text --- */

static void put(printer *p, const char *bytes, size_t count) {
  reml__ink_put(&p->ink, bytes, count);
  if (count > 0) p->guard = GUARD_NONE;
}

static void put_text(printer *p, const char *text) {
  put(p, text, strlen(text));
}

static void put_name(printer *p, reml_text name) {
  reml__ink_name(&p->ink, name);
  p->guard = GUARD_NONE;
}

static void break_line(printer *p) {
  reml__ink_line(&p->ink);
}

/* The six escapes of strings, and that of the quote that ends a character. */
static const char *escape_of(char c, char quote) {
  switch (c) {
  case '\n': return "\\n";
  case '\t': return "\\t";
  case '\r': return "\\r";
  case '\0': return "\\0";
  case '\\': return "\\\\";
  case '"': return quote == '"' ? "\\\"" : NULL;
  case '\'': return quote == '\'' ? "\\'" : NULL;
  default: return NULL;
  }
}

static void put_quoted(printer *p, reml_text text, char quote) {
  put(p, &quote, 1);
  for (uint32_t at = 0, from = 0; at <= text.length; at++) {
    const char *escape = at < text.length ? escape_of(text.bytes[at], quote) : "";
    if (escape == NULL) continue;
    put(p, text.bytes + from, at - from);
    put_text(p, escape);
    from = at + 1;
  }
  put(p, &quote, 1);
}

/* How many `#` it takes that no quote in the text ends it. */
static unsigned hashes_for(reml_text text) {
  unsigned most = 0;
  for (uint32_t at = 0; at < text.length; at++) {
    if (text.bytes[at] != '"') continue;
    unsigned run = 1;
    while (at + run < text.length && text.bytes[at + run] == '#')
      run++;
    if (run > most) most = run;
  }
  return most;
}

static void put_raw(printer *p, reml_text text, unsigned hashes) {
  put_text(p, "r");
  for (unsigned i = 0; i < hashes; i++)
    put_text(p, "#");
  put_text(p, "\"");
  put(p, text.bytes, text.length);
  put_text(p, "\"");
  for (unsigned i = 0; i < hashes; i++)
    put_text(p, "#");
}

/* A raw or multi-line string that was read holds nothing that could not stand in one. */
static void put_string(printer *p, reml_text text, unsigned form) {
  switch (form) {
  case REML_FORM_NORMAL: put_quoted(p, text, '"'); return;
  case REML_FORM_RAW: put_raw(p, text, hashes_for(text)); return;
  default:
    put_text(p, "\"\"\"");
    put(p, text.bytes, text.length);
    put_text(p, "\"\"\"");
    return;
  }
}

/* A tag, capability or stage that is no name came from a string, and can be one again. */
static void put_ident(printer *p, reml_node ident) {
  reml_text text = reml__text(p->ast, reml__node_field(p->ast, ident, 0));
  if (reml__is_name(text, &p->naming)) {
    put(p, text.bytes, text.length);
  } else {
    put_quoted(p, text, '"');
  }
}

static void put_idents(printer *p, uint32_t list, uint32_t from, uint32_t to) {
  for (uint32_t i = from; i < to; i++) {
    if (i > from) put_text(p, ", ");
    put_ident(p, reml__list_at(p->ast, list, i));
  }
}

static void put_super(printer *p, uint32_t depth) {
  for (uint32_t i = 0; i < depth; i++)
    put_text(p, i == 0 ? "super" : ".super");
}

/* --- leaves --- */

/* Behind words that are keywords only in front of a name, `!` is a word, too. */
static const char *unary_word(const printer *p, reml_node node) {
  static const char *const words[] = {"await ", "async ", "rec ", "not "};
  for (size_t i = 0; i < 4 && reml__node_tag(p->ast, node) == REML_NOT; i++) {
    if (reml__ink_ends(&p->ink, words[i])) return "not ";
  }
  return reml__operator_text(p->ast, node);
}

static const char *tag_word(const printer *p, reml_node node, const reml_slot *slot) {
  static const char *const prefix[] = {"0b", "0o", "", "0x"};
  static const char *const self_ref[] = {"", "&", "&mut "};
  switch (slot->type) {
  case REML_FIELD_TAG_BASE: return prefix[slot->word];
  case REML_FIELD_TAG_BOOL: return slot->word != 0 ? "true" : "false";
  case REML_FIELD_TAG_SUGAR: return slot->word != 0 ? "do" : "perform";
  case REML_FIELD_TAG_SEP: return slot->word != 0 ? "::" : ".";
  case REML_FIELD_TAG_SELF_REF: return self_ref[slot->word];
  case REML_FIELD_TAG_UNARY: return unary_word(p, node);
  default: return reml__operator_text(p->ast, node);
  }
}

static void put_text_of(printer *p, reml_node node, reml_text text) {
  enum { REGEX_HASHES = 2 };
  if (reml__node_kind(p->ast, node) == REML_NODE_PAT_REGEX) {
    put_raw(p, text, reml__slot(p->ast, node, REGEX_HASHES).word);
  } else {
    put_quoted(p, text, '"');
  }
}

static void put_leaf(printer *p, reml_node node, const reml_slot *slot) {
  char bytes[4];
  switch (slot->type) {
  case REML_FIELD_TAG_BASE:
  case REML_FIELD_TAG_BOOL:
  case REML_FIELD_TAG_SUGAR:
  case REML_FIELD_TAG_SEP:
  case REML_FIELD_TAG_SELF_REF:
  case REML_FIELD_TAG_BINARY:
  case REML_FIELD_TAG_UNARY: put_text(p, tag_word(p, node, slot)); return;
  case REML_FIELD_HEAD_SELF: put_text(p, "self"); return;
  case REML_FIELD_HEAD_SUPER: put_super(p, slot->word); return;
  default: break;
  }
  reml_text text = reml__slot_text(p->ast, node, slot, bytes);
  switch (slot->type) {
  case REML_FIELD_BYTE:
  case REML_FIELD_SCALAR: put_quoted(p, text, '\''); return;
  case REML_FIELD_BYTES: put_string(p, text, reml__node_tag(p->ast, node)); return;
  case REML_FIELD_STRING_OF: put_text_of(p, node, text); return;
  default: put_name(p, text); return;
  }
}

/* --- effect profiles (ast.md section 7) --- */

/* The blank before it included. Nothing when attributes alone give the profile. */
static void put_profile(printer *p, reml_node profile) {
  uint32_t tags = reml__written_tags(p->ast, profile, &p->naming);
  uint32_t declared = reml__slot(p->ast, profile, REML_PROFILE_DECLARED).word;
  if (tags == 0 && !reml__profile_is_empty(p->ast, profile)) return;
  put_text(p, tags == 0 ? " !{" : " !{ ");
  for (uint32_t i = 0; i < tags; i++) {
    if (i > 0) put_text(p, ", ");
    reml_node tag = reml__list_at(p->ast, declared, i);
    put_name(p, reml__text(p->ast, reml__node_field(p->ast, tag, 0)));
  }
  put_text(p, tags == 0 ? "}" : " }");
}

static void put_attribute(printer *p, const char *before, uint32_t idents, uint32_t from,
                          const char *after) {
  uint32_t count = reml__list_count(p->ast, idents);
  if (from == count) return;
  put_text(p, before);
  put_idents(p, idents, from, count);
  put_text(p, after);
  break_line(p);
}

static frame *open_frame(printer *p, reml_node node, const char *text) {
  if (p->used == p->capacity) {
    p->frames =
        reml__grow_atomic(p->memory, p->frames, p->used, &p->capacity, p->used + 1, sizeof(frame));
  }
  frame *top = &p->frames[p->used++];
  *top = (frame){.rest = text, .node = node, .indent = p->ink.indent};
  return top;
}

static void open_line(printer *p, reml_node node, const char *text) {
  open_frame(p, node, text)->closer = '\n';
}

static const char *stage_template(const printer *p, reml_node stage, bool plain) {
  reml_node_kind kind = reml__node_kind(p->ast, stage);
  if (!plain) return templates[kind];
  return kind == REML_NODE_STAGE_EXACT ? "@$a" : "@dsl_export";
}

/* The attributes of a function in an `impl` are not in the tree: others that give the same profile.
 * All capabilities and tags come first, so that later ones add none, and the stage last, as step 1
 * ends with it. What is to be printed last is opened first. */
static void open_lost_attributes(printer *p, reml_node profile) {
  uint32_t declared = reml__slot(p->ast, profile, REML_PROFILE_DECLARED).word;
  uint32_t capabilities = reml__slot(p->ast, profile, REML_PROFILE_CAPABILITIES).word;
  reml_node stage = reml__slot(p->ast, profile, REML_PROFILE_STAGE).word;
  reml_faulty_attributes faulty = reml__faulty_attributes(p->ast, profile, p->memory);
  put_attribute(p, "@requires_capability(capability == [", capabilities, 0, "])");
  put_attribute(p, "@handles(", declared, reml__written_tags(p->ast, profile, &p->naming), ")");
  if (stage != 0) open_line(p, stage, stage_template(p, stage, faulty.stage_is_plain));
  while (faulty.count > 0)
    open_line(p, faulty.nodes[--faulty.count], templates[REML_NODE_ATTR]);
}

/* --- nodes --- */

/* D1: a name that would begin a record literal. A type would go on with `::`, and with an empty
 * block would be a typed record. */
static bool is_guarded(const printer *p, reml_node node) {
  enum { VAR_NAME = 1, BLOCK_STMTS = 1 };
  if (p->guard == GUARD_NONE) return false;
  reml_node_kind kind = reml__node_kind(p->ast, node);
  if (p->guard == GUARD_NAME) return kind == REML_NODE_VAR;
  if (kind == REML_NODE_BLOCK) return reml__slot(p->ast, node, BLOCK_STMTS).word == 0;
  if (kind != REML_NODE_VAR) return false;
  return *reml__text(p->ast, reml__slot(p->ast, node, VAR_NAME).word).bytes == ':';
}

static bool is_enclosed(const printer *p, reml_node node, reml_node parent, reml_spot spot) {
  if (is_guarded(p, node)) return true;
  if (!p->ink.spec) return reml__needs_parentheses(p->ast, node, spot);
  if (spot.is_dotted && reml__node_kind(p->ast, node) == REML_NODE_TUPLE_INDEX) return false;
  return reml__needs_parentheses(p->ast, node, spot) ||
         reml__source_is_misread(p->ast, node, parent, &p->ink, spot);
}

/* A block that begins with a label and `=` would be a record. */
static void part_from_brace(printer *p, const char *form) {
  if (form != NULL && *form == '$' && reml__ink_last(&p->ink) == '{') put_text(p, "; ");
}

static void open_node(printer *p, reml_node node, reml_field_type context, reml_spot spot) {
  reml_node_kind kind = reml__node_kind(p->ast, node);
  reml_node parent = p->used > 0 ? p->frames[p->used - 1].node : 0;
  if (context == REML_FIELD_BODY && kind != REML_NODE_FN_BLOCK) put_text(p, " = ");
  bool enclosed = is_enclosed(p, node, parent, spot);
  const char *form = reml__source_form(p->ast, node, parent, p->ink.spec);
  if (kind == REML_NODE_ASSIGN) part_from_brace(p, form);
  if (enclosed) put_text(p, "(");
  frame *top = open_frame(p, node, form != NULL ? form : templates[kind]);
  top->spot = enclosed ? (reml_spot){0} : spot;
  top->closer = enclosed ? ')' : '\0';
}

static void close_node(printer *p, const frame *top) {
  p->ink.indent = top->indent;
  p->used--;
  if (top->closer == ')') put_text(p, ")");
  if (top->closer == '\n') break_line(p);
}

/* --- lists --- */

/* Behind these a `;` is not needed, or there is one. */
static bool ends_itself(const printer *p, reml_node statement) {
  enum { DECL_KIND = 3, FN_BODY = 6 };
  reml_node_kind kind = reml__node_kind(p->ast, statement);
  if (kind != REML_NODE_DECL) return kind == REML_NODE_DEFER_STMT;
  reml_node decl = reml__slot(p->ast, statement, DECL_KIND).word, body;
  switch (reml__node_kind(p->ast, decl)) {
  case REML_NODE_FN:
  case REML_NODE_FN_SPEC:
    body = reml__slot(p->ast, decl, FN_BODY).word;
    return body != 0 && reml__node_kind(p->ast, body) == REML_NODE_FN_BLOCK;
  case REML_NODE_TRAIT:
  case REML_NODE_TRAIT_SPEC:
  case REML_NODE_IMPL:
  case REML_NODE_IMPL_SPEC:
  case REML_NODE_STRUCT:
  case REML_NODE_MODULE:
  case REML_NODE_MACRO:
  case REML_NODE_ACTOR_SPEC:
  case REML_NODE_CONDUCTOR:
  case REML_NODE_EXTERN:
  case REML_NODE_EFFECT:
  case REML_NODE_HANDLER_DECL: return true;
  default: return false;
  }
}

/* `a .. |b| -> c d` behind a brace is an arm of a match that the block had before. */
static bool looks_like_arm(const printer *p, reml_node statement) {
  return reml__node_kind(p->ast, statement) == REML_NODE_BINARY &&
         reml__node_tag(p->ast, statement) == REML_RANGE;
}

/* What stands between the element before and the next one. */
static void separate(printer *p, const frame *top) {
  reml_node before = reml__list_at(p->ast, top->list, top->at - 1);
  if (top->element == REML_FIELD_STMTS) {
    reml_node next = reml__list_at(p->ast, top->list, top->at);
    if (!ends_itself(p, before) || looks_like_arm(p, next)) put_text(p, ";");
    break_line(p);
  } else if (*top->separator == '\n') {
    reml_node next = reml__list_at(p->ast, top->list, top->at);
    if (p->ink.spec && reml__source_runs_on(p->ast, before, next)) put_text(p, ";");
    break_line(p);
  } else {
    put(p, top->separator, top->separator_length);
  }
}

static void put_label(printer *p, const frame *top) {
  reml_node label = reml__list_at(p->ast, top->beside, top->at);
  if (label == 0) return;
  put_name(p, reml__text(p->ast, reml__node_field(p->ast, label, 0)));
  put_text(p, ": ");
}

static void next_element(printer *p, frame *top) {
  enum { FN_EFFECTS = 5 };
  if (top->at > 0) separate(p, top);
  bool in_impl = reml__node_kind(p->ast, top->node) == REML_NODE_IMPL;
  if (top->beside != 0 && top->mark == '%') put_label(p, top);
  reml_node node = reml__list_at(p->ast, top->list, top->at++);
  reml_field_type element = top->element;
  reml_spot spot = top->element_spot;
  /* Opened before the element, printed behind it. */
  reml_node bound = 0;
  if (top->mark == ':') bound = reml__bound_of(p->ast, top->beside, &top->beside_at, node);
  if (bound != 0) open_frame(p, bound, ": $!b' + '");
  open_node(p, node, element, spot);
  if (in_impl && reml__node_kind(p->ast, node) == REML_NODE_FN) {
    reml_node profile = reml__slot(p->ast, node, FN_EFFECTS).word;
    if (profile != 0) open_lost_attributes(p, profile);
  }
}

/* Takes the optional separator behind a list's letter and opens the list. */
static void open_list(printer *p, frame *top, const reml_slot *slot, char mark) {
  bool plain = mark == '\0' || mark == ':' || mark == '%';
  reml_spot spot = {0};
  if (!plain) spot = reml__spot_of(p->ast, top->node, top->spot, mark);
  top->separator = ", ";
  top->separator_length = 2;
  if (*top->rest == '\'') {
    top->separator = top->rest + 1;
    top->separator_length = strcspn(top->separator, "'");
    top->rest = top->separator + top->separator_length + 1;
  }
  if (slot->type == REML_FIELD_STMTS) spot.follow = REML_FOLLOW_SEMICOLON;
  top->list = slot->word;
  top->at = 0;
  top->count = reml__list_count(p->ast, slot->word);
  top->element = slot->type;
  top->element_spot = spot;
  top->mark = mark;
  top->beside = reml__list_beside(p->ast, top->node, mark);
  top->beside_at = 0;
}

/* --- templates --- */

static bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

static reml_slot take_slot(const printer *p, frame *top) {
  return reml__slot(p->ast, top->node, (unsigned)(*top->rest++ - 'a'));
}

/* The place of a member with this mark. */
static reml_spot spot_at(const printer *p, const frame *top, char mark) {
  if (mark == '\0') return (reml_spot){0};
  reml_spot spot = reml__spot_of(p->ast, top->node, top->spot, mark);
  if (mark == '{' && p->ink.spec) spot.in_head = true;
  return spot;
}

static bool is_stage(const printer *p, reml_node node) {
  reml_node_kind kind = reml__node_kind(p->ast, node);
  return kind == REML_NODE_STAGE_EXACT || kind == REML_NODE_STAGE_AT_LEAST;
}

static void put_child(printer *p, const frame *top, const reml_slot *slot, char mark) {
  reml_node child = slot->word;
  if (mark == '@') {
    open_frame(p, child, "($b)^c[ -> $c^] = $d");
    return;
  }
  switch (reml__node_kind(p->ast, child)) {
  case REML_NODE_IDENT:
    if (is_stage(p, top->node)) {
      put_ident(p, child);
    } else {
      put_name(p, reml__text(p->ast, reml__node_field(p->ast, child, 0)));
    }
    return;
  case REML_NODE_PROFILE: put_profile(p, child); return;
  default: open_node(p, child, slot->type, spot_at(p, top, mark)); return;
  }
}

/* $a and $>a; the template stands behind the `$`. */
static void put_member(printer *p, frame *top) {
  char mark = is_letter(*top->rest) ? '\0' : *top->rest++;
  reml_slot slot = take_slot(p, top);
  switch (reml__slot_shape(slot.type)) {
  case REML_SLOT_LEAF: put_leaf(p, top->node, &slot); return;
  case REML_SLOT_LIST: open_list(p, top, &slot, mark); return;
  case REML_SLOT_CHILD:
    if (slot.word != 0) put_child(p, top, &slot, mark);
    return;
  }
}

/* ^a[ and ^-a[ and ^]; the template stands behind the `^`. An empty list is 0, too. */
static void enter_group(printer *p, frame *top) {
  if (*top->rest == ']') {
    top->rest++;
    return;
  }
  bool wanted = *top->rest != '-';
  top->rest += wanted ? 0 : 1;
  bool present = take_slot(p, top).word != 0;
  top->rest++;
  if (present != wanted) top->rest = reml__behind_group(top->rest);
}

/* One step of the template: the text up to the next mark, and the mark. */
static void next_mark(printer *p, frame *top) {
  size_t plain = strcspn(top->rest, "$^#%\n\t\b");
  put(p, top->rest, plain);
  char mark = top->rest[plain];
  top->rest += plain + (mark == '\0' ? 0 : 1);
  switch (mark) {
  case '$': put_member(p, top); return;
  case '^': enter_group(p, top); return;
  case '#': p->guard = top->spot.is_body || p->ink.spec ? GUARD_NONE : GUARD_NAME; return;
  case '%': p->guard = p->ink.spec ? GUARD_TYPE : GUARD_NONE; return;
  case '\t':
    p->ink.indent = top->indent + 1;
    break_line(p);
    return;
  case '\b':
    p->ink.indent = top->indent;
    break_line(p);
    return;
  case '\n': break_line(p); return;
  default: close_node(p, top); return;
  }
}

static void run(printer *p) {
  while (p->used > 0 && !p->ink.out->failed) {
    frame *top = &p->frames[p->used - 1];
    if (top->at < top->count) {
      next_element(p, top);
    } else {
      next_mark(p, top);
    }
  }
}

static void put_node(printer *p, reml_node node) {
  open_node(p, node, REML_FIELD_CHILD, (reml_spot){0});
  run(p);
}

/* --- files --- */

/* Declarations of one line stand together, the others apart. */
static bool is_apart(const printer *p, reml_node item) {
  enum { DECL_KIND = 3 };
  if (reml__node_kind(p->ast, item) != REML_NODE_DECL) return false;
  switch (reml__node_kind(p->ast, reml__slot(p->ast, item, DECL_KIND).word)) {
  case REML_NODE_LET:
  case REML_NODE_VAR_DECL:
  case REML_NODE_TYPE_ALIAS:
  case REML_NODE_TYPE_NEW:
  case REML_NODE_TYPE_SUM:
  case REML_NODE_LET_SPEC:
  case REML_NODE_CONST:
  case REML_NODE_TYPE_ALIAS_SPEC:
  case REML_NODE_TYPE_NEW_SPEC:
  case REML_NODE_TYPE_SUM_SPEC:
  case REML_NODE_TYPE_OPAQUE: return false;
  default: return true;
  }
}

static void put_gap(printer *p, uint32_t list, uint32_t at) {
  if (!p->ink.spec || at == reml__list_count(p->ast, list)) return;
  reml_node item = reml__list_at(p->ast, list, at), before = reml__list_at(p->ast, list, at - 1);
  if (reml__node_kind(p->ast, item) != REML_NODE_DECL) return;
  if (reml__source_runs_on(p->ast, before, item)) put_text(p, ";");
}

/* The items of a member of the unit; a blank line between those that are apart, and before the
 * first if something stands before it. */
static void put_items(printer *p, uint32_t list, bool first, const char *end) {
  bool apart = true;
  uint32_t count = reml__list_count(p->ast, list);
  for (uint32_t i = 0; i < count && !p->ink.out->failed; i++) {
    reml_node item = reml__list_at(p->ast, list, i);
    bool was_apart = apart;
    apart = is_apart(p, item);
    if (!first && (apart || was_apart)) put_text(p, "\n");
    first = false;
    put_node(p, item);
    put_gap(p, list, i + 1);
    put_text(p, i + 1 == count ? end : "\n");
  }
}

/* Statements could go on with what stands before them. */
static void put_unit(printer *p, reml_node unit) {
  enum { HEADER, USES, DECLS, STMTS };
  reml_node header = reml__slot(p->ast, unit, HEADER).word;
  uint32_t uses = reml__slot(p->ast, unit, USES).word;
  uint32_t decls = reml__slot(p->ast, unit, DECLS).word, statements = 0;
  if (reml__node_kind(p->ast, unit) == REML_NODE_UNIT_SPEC) {
    statements = reml__slot(p->ast, unit, STMTS).word;
  }
  const char *end = statements != 0 ? ";\n" : "\n";
  if (header != 0) {
    put_node(p, header);
    put_text(p, uses == 0 && decls == 0 ? end : "\n");
  }
  put_items(p, uses, header == 0, decls == 0 ? end : "\n");
  put_items(p, decls, header == 0 && uses == 0, end);
  if (statements == 0) return;
  if (header != 0 || uses != 0 || decls != 0) put_text(p, "\n");
  open_frame(p, unit, "$d");
  run(p);
  put_text(p, "\n");
}

reml_status reml_write_source(const reml_result *result, reml_write *write, void *user) {
  if (result == NULL || write == NULL || result->tree == NULL) return REML_BAD_USE;
  reml_memory memory;
  reml_settings settings;
  reml_status status = reml__settings_derive(&result->config, &settings);
  if (status != REML_OK) return status;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  reml_out out;
  reml__out_open(&out, write, user);
  bool spec = result->config.profile == REML_PROFILE_SPEC;
  printer p = {.ink = {.out = &out, .spec = spec},
               .ast = reml__tree_ast(result->tree),
               .memory = &memory,
               .naming = {&memory, settings.lex.ascii_identifiers, spec}};
  put_unit(&p, result->unit);
  return reml__out_close(&out);
}
