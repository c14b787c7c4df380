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
  uint32_t list, at, count; /* at < count while elements are left */
  reml_field_type element;
  reml_spot spot, element_spot;
  unsigned indent; /* to go back to */
  char closer;     /* `)`, a line break, or none */
} frame;

typedef struct printer {
  reml_out *out;
  const reml_ast *ast;
  reml_memory *memory;
  frame *frames;
  size_t used, capacity;
  unsigned indent;
  bool guarded; /* nothing was written since a brace behind which no name may come (D1) */
  bool ascii_names;
} printer;

/* --- text --- */

static void put(printer *p, const char *bytes, size_t count) {
  reml__out_bytes(p->out, bytes, count);
  if (count > 0) p->guarded = false;
}

static void put_text(printer *p, const char *text) {
  put(p, text, strlen(text));
}

/* From some depth on lines are not indented any further: else the text would grow with the square
 * of the depth. */
static void break_line(printer *p) {
  enum { DEEPEST = 20 };
  reml__out_char(p->out, '\n');
  for (unsigned i = 0; i < p->indent && i < DEEPEST; i++)
    reml__out_text(p->out, "  ");
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

/* A raw or multi-line string that was read holds nothing that could not stand in one. */
static void put_string(printer *p, reml_text text, unsigned form) {
  if (form == REML_FORM_NORMAL) {
    put_quoted(p, text, '"');
    return;
  }
  put_text(p, form == REML_FORM_RAW ? "r\"" : "\"\"\"");
  put(p, text.bytes, text.length);
  put_text(p, form == REML_FORM_RAW ? "\"" : "\"\"\"");
}

/* A tag, capability or stage that is no name came from a string, and can be one again. */
static void put_ident(printer *p, reml_node ident) {
  reml_text text = reml__text(p->ast, reml__node_field(p->ast, ident, 0));
  if (reml__is_name(text, p->ascii_names)) {
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

static const char *tag_word(const printer *p, reml_node node, const reml_slot *slot) {
  static const char *const prefix[] = {"0b", "0o", "", "0x"};
  switch (slot->type) {
  case REML_FIELD_TAG_BASE: return prefix[slot->word];
  case REML_FIELD_TAG_BOOL: return slot->word != 0 ? "true" : "false";
  case REML_FIELD_TAG_SUGAR: return slot->word != 0 ? "do" : "perform";
  default: return reml__operator_text(p->ast, node);
  }
}

static void put_leaf(printer *p, reml_node node, const reml_slot *slot) {
  char bytes[4];
  switch (slot->type) {
  case REML_FIELD_TAG_BASE:
  case REML_FIELD_TAG_BOOL:
  case REML_FIELD_TAG_SUGAR:
  case REML_FIELD_TAG_BINARY:
  case REML_FIELD_TAG_UNARY: put_text(p, tag_word(p, node, slot)); return;
  case REML_FIELD_HEAD_SELF: put_text(p, "self"); return;
  case REML_FIELD_HEAD_SUPER: put_super(p, slot->word); return;
  default: break;
  }
  reml_text text = reml__slot_text(p->ast, node, slot, bytes);
  switch (slot->type) {
  case REML_FIELD_BYTE: put_quoted(p, text, '\''); return;
  case REML_FIELD_BYTES: put_string(p, text, reml__node_tag(p->ast, node)); return;
  case REML_FIELD_STRING_OF: put_quoted(p, text, '"'); return;
  default: put(p, text.bytes, text.length); return;
  }
}

/* --- effect profiles (ast.md section 7) --- */

/* The blank before it included. Nothing when attributes alone give the profile. */
static void put_profile(printer *p, reml_node profile) {
  uint32_t tags = reml__written_tags(p->ast, profile, p->ascii_names);
  uint32_t declared = reml__slot(p->ast, profile, REML_PROFILE_DECLARED).word;
  if (tags == 0 && !reml__profile_is_empty(p->ast, profile)) return;
  put_text(p, tags == 0 ? " !{" : " !{ ");
  put_idents(p, declared, 0, tags);
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
  *top = (frame){.rest = text, .node = node, .indent = p->indent};
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
  put_attribute(p, "@handles(", declared, reml__written_tags(p->ast, profile, p->ascii_names), ")");
  if (stage != 0) open_line(p, stage, stage_template(p, stage, faulty.stage_is_plain));
  while (faulty.count > 0)
    open_line(p, faulty.nodes[--faulty.count], templates[REML_NODE_ATTR]);
}

/* --- nodes --- */

static bool is_text(const printer *p, reml_name name, const char *text) {
  reml_text found = reml__text(p->ast, name);
  return strlen(text) == found.length && memcmp(text, found.bytes, found.length) == 0;
}

static bool begins_upper(const printer *p, reml_name name) {
  char first = *reml__text(p->ast, name).bytes;
  return first >= 'A' && first <= 'Z';
}

/* A name in small letters is a constructor by its parentheses; in front of a path of two names
 * `self` would not be one. */
static const char *template_of(const printer *p, reml_node node) {
  enum { CONSTRUCTOR_NAME = 1, EFFECT_PATH = 0, EFFECT_NAME = 1 };
  reml_node_kind kind = reml__node_kind(p->ast, node);
  if (kind == REML_NODE_PAT_CONSTRUCTOR &&
      !begins_upper(p, reml__slot(p->ast, node, CONSTRUCTOR_NAME).word)) {
    return "$b($c)";
  }
  if (kind == REML_NODE_EFFECT_REF && reml__slot(p->ast, node, EFFECT_PATH).word == 0) {
    reml_node name = reml__slot(p->ast, node, EFFECT_NAME).word;
    if (is_text(p, reml__node_field(p->ast, name, 0), "self")) return "::$b.$c";
  }
  return templates[kind];
}

/* D1: a name that would begin a record literal. */
static bool is_guarded(const printer *p, reml_node node) {
  return p->guarded && reml__node_kind(p->ast, node) == REML_NODE_VAR;
}

static void open_node(printer *p, reml_node node, reml_field_type context, reml_spot spot) {
  bool enclosed = is_guarded(p, node) || reml__needs_parentheses(p->ast, node, spot);
  if (context == REML_FIELD_BODY && reml__node_kind(p->ast, node) != REML_NODE_FN_BLOCK) {
    put_text(p, " = ");
  }
  if (enclosed) put_text(p, "(");
  frame *top = open_frame(p, node, template_of(p, node));
  top->spot = enclosed ? (reml_spot){0} : spot;
  top->closer = enclosed ? ')' : '\0';
}

static void close_node(printer *p, const frame *top) {
  p->indent = top->indent;
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
  reml_node decl = reml__slot(p->ast, statement, DECL_KIND).word;
  switch (reml__node_kind(p->ast, decl)) {
  case REML_NODE_FN:
    return reml__node_kind(p->ast, reml__slot(p->ast, decl, FN_BODY).word) == REML_NODE_FN_BLOCK;
  case REML_NODE_TRAIT:
  case REML_NODE_IMPL:
  case REML_NODE_EXTERN:
  case REML_NODE_EFFECT:
  case REML_NODE_HANDLER_DECL: return true;
  default: return false;
  }
}

/* What stands between the element before and the next one. */
static void separate(printer *p, const frame *top) {
  if (top->element == REML_FIELD_STMTS) {
    if (!ends_itself(p, reml__list_at(p->ast, top->list, top->at - 1))) put_text(p, ";");
    break_line(p);
  } else if (*top->separator == '\n') {
    break_line(p);
  } else {
    put(p, top->separator, top->separator_length);
  }
}

static void next_element(printer *p, frame *top) {
  enum { FN_EFFECTS = 5 };
  if (top->at > 0) separate(p, top);
  bool in_impl = reml__node_kind(p->ast, top->node) == REML_NODE_IMPL;
  reml_node node = reml__list_at(p->ast, top->list, top->at++);
  open_node(p, node, top->element, top->element_spot);
  if (in_impl && reml__node_kind(p->ast, node) == REML_NODE_FN) {
    reml_node profile = reml__slot(p->ast, node, FN_EFFECTS).word;
    if (profile != 0) open_lost_attributes(p, profile);
  }
}

/* Takes the optional separator behind a list's letter and opens the list. */
static void open_list(printer *p, frame *top, const reml_slot *slot, reml_spot spot) {
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
}

/* --- templates --- */

static bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

static reml_slot take_slot(const printer *p, frame *top) {
  return reml__slot(p->ast, top->node, (unsigned)(*top->rest++ - 'a'));
}

/* $a and $>a; the template stands behind the `$`. */
static void put_member(printer *p, frame *top) {
  reml_spot spot = {0};
  if (!is_letter(*top->rest)) {
    spot = reml__spot_of(p->ast, top->node, top->spot, *top->rest++);
  }
  reml_slot slot = take_slot(p, top);
  switch (reml__slot_shape(slot.type)) {
  case REML_SLOT_LEAF: put_leaf(p, top->node, &slot); return;
  case REML_SLOT_LIST: open_list(p, top, &slot, spot); return;
  case REML_SLOT_CHILD: break;
  }
  if (slot.word == 0) return;
  switch (reml__node_kind(p->ast, slot.word)) {
  case REML_NODE_IDENT: put_ident(p, slot.word); return;
  case REML_NODE_PROFILE: put_profile(p, slot.word); return;
  default: open_node(p, slot.word, slot.type, spot); return;
  }
}

/* Goes on behind the ^] of the group that is open. */
static void skip_group(frame *top) {
  for (unsigned open = 1; open > 0; top->rest++) {
    top->rest = strchr(top->rest, '^') + 1;
    open = *top->rest == ']' ? open - 1 : open + 1;
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
  if (present != wanted) skip_group(top);
}

/* One step of the template: the text up to the next mark, and the mark. */
static void next_mark(printer *p, frame *top) {
  size_t plain = strcspn(top->rest, "$^&\n\t\b");
  put(p, top->rest, plain);
  char mark = top->rest[plain];
  top->rest += plain + (mark == '\0' ? 0 : 1);
  switch (mark) {
  case '$': put_member(p, top); return;
  case '^': enter_group(p, top); return;
  case '&': p->guarded = !top->spot.is_body; return;
  case '\t':
    p->indent = top->indent + 1;
    break_line(p);
    return;
  case '\b':
    p->indent = top->indent;
    break_line(p);
    return;
  case '\n': break_line(p); return;
  default: close_node(p, top); return;
  }
}

static void put_node(printer *p, reml_node node) {
  open_node(p, node, REML_FIELD_CHILD, (reml_spot){0});
  while (p->used > 0 && !p->out->failed) {
    frame *top = &p->frames[p->used - 1];
    if (top->at < top->count) {
      next_element(p, top);
    } else {
      next_mark(p, top);
    }
  }
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
  case REML_NODE_TYPE_SUM: return false;
  default: return true;
  }
}

/* The items of a member of the unit; a blank line between those that are apart, and before the
 * first if something stands before it. */
static void put_items(printer *p, uint32_t list, bool first) {
  bool apart = true;
  for (uint32_t i = 0, count = reml__list_count(p->ast, list); i < count && !p->out->failed; i++) {
    reml_node item = reml__list_at(p->ast, list, i);
    bool was_apart = apart;
    apart = is_apart(p, item);
    if (!first && (apart || was_apart)) put_text(p, "\n");
    first = false;
    put_node(p, item);
    put_text(p, "\n");
  }
}

static void put_unit(printer *p, reml_node unit) {
  enum { HEADER, USES, DECLS };
  reml_node header = reml__slot(p->ast, unit, HEADER).word;
  uint32_t uses = reml__slot(p->ast, unit, USES).word;
  if (header != 0) {
    put_node(p, header);
    put_text(p, "\n");
  }
  put_items(p, uses, header == 0);
  put_items(p, reml__slot(p->ast, unit, DECLS).word, header == 0 && uses == 0);
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
  printer p = {.out = &out,
               .ast = reml__tree_ast(result->tree),
               .memory = &memory,
               .ascii_names = settings.lex.ascii_identifiers};
  put_unit(&p, result->unit);
  return reml__out_close(&out);
}
