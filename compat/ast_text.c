/* --emit-ast (contract ast-text.md): templates of ast_text.def, interpreted with a stack. */
#include "reml_bytes.h"
#include "reml_walk.h"

#include <string.h>

static const char *const templates[REML_NODE_KIND_COUNT] = {
#define TEXT(name, text) [REML_NODE_##name] = text,
#include "ast_text.def"
#undef TEXT
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
} frame;

typedef struct printer {
  reml_out *out;
  const reml_ast *ast;
  reml_memory *memory;
  frame *frames;
  size_t used, capacity;
  bool spec; /* the tree is one of the profile `spec` */
} printer;

static void write_quoted(reml_out *out, reml_text text) {
  reml__out_char(out, '"');
  for (size_t i = 0; i < text.length; i++) {
    char quoted[4];
    size_t length = reml__quote_byte(quoted, (unsigned char)text.bytes[i]);
    reml__out_bytes(out, quoted, length);
  }
  reml__out_char(out, '"');
}

static void write_super(reml_out *out, uint32_t depth) {
  for (uint32_t i = 0; i < depth; i++) {
    reml__out_text(out, i == 0 ? "super" : ".super");
  }
}

/* Tags that the contract prints; the others only decide about groups. */
static const char *tag_word(reml_field_type type, uint32_t tag) {
  static const char *const form[] = {"normal", "raw", "multiline"};
  static const char *const unary[] = {"!", "-", "*", "&", "&mut "};
  static const char *const binary[] = {
      "+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "..", "++"};
  static const char *const separator[] = {".", "::"}, *const self_ref[] = {"", "&", "&mut "};
  switch (type) {
  case REML_FIELD_TAG_BOOL: return tag != 0 ? "true" : "false";
  case REML_FIELD_TAG_FORM: return form[tag];
  case REML_FIELD_TAG_UNARY: return unary[tag];
  case REML_FIELD_TAG_BINARY: return binary[tag];
  case REML_FIELD_TAG_SEP: return separator[tag];
  case REML_FIELD_TAG_SELF_REF: return self_ref[tag];
  default: return "";
  }
}

static void write_leaf(printer *p, reml_node node, const reml_slot *slot) {
  char bytes[4];
  reml_text text;
  switch (slot->type) {
  case REML_FIELD_TAG_BASE: reml__out_uint(p->out, reml__tag_base(slot->word)); return;
  case REML_FIELD_HEAD_SELF: reml__out_text(p->out, "self"); return;
  case REML_FIELD_HEAD_SUPER: write_super(p->out, slot->word); return;
  case REML_FIELD_COUNT: reml__out_uint(p->out, slot->word); return;
  case REML_FIELD_BYTE:
  case REML_FIELD_SCALAR:
  case REML_FIELD_BYTES: write_quoted(p->out, reml__slot_text(p->ast, node, slot, bytes)); return;
  case REML_FIELD_TAG_BOOL:
  case REML_FIELD_TAG_FORM:
  case REML_FIELD_TAG_SEP:
  case REML_FIELD_TAG_SELF_REF:
  case REML_FIELD_TAG_BINARY:
  case REML_FIELD_TAG_UNARY: reml__out_text(p->out, tag_word(slot->type, slot->word)); return;
  default:
    text = reml__slot_text(p->ast, node, slot, bytes);
    if (reml__node_kind(p->ast, node) == REML_NODE_PAT_REGEX) {
      write_quoted(p->out, text);
    } else {
      reml__out_bytes(p->out, text.bytes, text.length);
    }
    return;
  }
}

/* A declaration in a statement prints its kind only (ast-text.md section 1). */
static reml_node bare_declaration(const printer *p, reml_node decl) {
  enum { DECL_KIND = 3 };
  return reml__slot(p->ast, decl, DECL_KIND).word;
}

/* Writes what the context puts before a node and returns the node to print. */
static reml_node enter_context(printer *p, reml_node node, reml_field_type context) {
  reml_node_kind kind = reml__node_kind(p->ast, node);
  unsigned classes = reml__node_shape(kind)->classes;
  if (context == REML_FIELD_BODY && kind != REML_NODE_FN_BLOCK) {
    reml__out_text(p->out, " = ");
  }
  if (context != REML_FIELD_STMTS || (classes & REML_CLASS_STATEMENT)) {
    return node;
  }
  if (classes & REML_CLASS_DECL) {
    reml__out_text(p->out, "decl:");
    return bare_declaration(p, node);
  }
  reml__out_text(p->out, "expr:");
  return node;
}

/* In the profile `spec` a tuple of one is told from its element, and an arm whose guard was written
 * with `if` from others. */
static const char *template_of(const printer *p, reml_node node) {
  enum { TUPLE_ELEMENTS = 1 };
  reml_node_kind kind = reml__node_kind(p->ast, node);
  if (!p->spec) return templates[kind];
  switch (kind) {
  case REML_NODE_ARM: return "$a^b[^e[ if^]^-e[ when^] $b^] => $c";
  case REML_NODE_PAT_TUPLE:
  case REML_NODE_TY_TUPLE: {
    uint32_t elements = reml__slot(p->ast, node, TUPLE_ELEMENTS).word;
    return reml__list_count(p->ast, elements) == 1 ? "($b,)" : templates[kind];
  }
  default: return templates[kind];
  }
}

static void open_frame(printer *p, reml_node node, const char *text) {
  if (p->used == p->capacity) {
    p->frames =
        reml__grow_atomic(p->memory, p->frames, p->used, &p->capacity, p->used + 1, sizeof(frame));
  }
  p->frames[p->used++] = (frame){.rest = text == NULL ? "" : text, .node = node};
}

static void open_node(printer *p, reml_node node, reml_field_type context) {
  node = enter_context(p, node, context);
  open_frame(p, node, template_of(p, node));
}

static void write_label(printer *p, const frame *top) {
  reml_node label = reml__list_at(p->ast, top->beside, top->at);
  if (label == 0) return;
  reml_text text = reml__text(p->ast, reml__node_field(p->ast, label, 0));
  reml__out_bytes(p->out, text.bytes, text.length);
  reml__out_text(p->out, ": ");
}

static void next_element(printer *p, frame *top) {
  if (top->at > 0) {
    reml__out_bytes(p->out, top->separator, top->separator_length);
  }
  if (top->beside != 0 && top->mark == '%') write_label(p, top);
  reml_node node = reml__list_at(p->ast, top->list, top->at++);
  reml_field_type element = top->element;
  /* Opened before the element, printed behind it. */
  reml_node bound = 0;
  if (top->mark == ':') {
    bound = reml__bound_of(p->ast, top->beside, &top->beside_at, node);
  }
  if (bound != 0) open_frame(p, bound, ": $b' + '");
  open_node(p, node, element);
}

static uint32_t list_count(const printer *p, const reml_slot *slot) {
  return slot->word == 0 ? 0 : reml__list_count(p->ast, slot->word);
}

/* Takes the optional separator behind a list's letter and opens the list. */
static void open_list(printer *p, frame *top, const reml_slot *slot, char mark) {
  top->separator = ", ";
  top->separator_length = 2;
  if (*top->rest == '\'') {
    top->separator = top->rest + 1;
    top->separator_length = strcspn(top->separator, "'");
    top->rest = top->separator + top->separator_length + 1;
  }
  top->list = slot->word;
  top->at = 0;
  top->count = list_count(p, slot);
  top->element = slot->type;
  top->mark = mark;
  top->beside = reml__list_beside(p->ast, top->node, mark);
  top->beside_at = 0;
}

static unsigned take_letter(frame *top) {
  return (unsigned)(*top->rest++ - 'a');
}

/* $a, $:a and $c/a; the template stands behind the `$`. */
static void write_member(printer *p, frame *top) {
  char mark = *top->rest == ':' || *top->rest == '%' ? *top->rest++ : '\0';
  reml_node node = top->node;
  reml_slot slot = reml__slot(p->ast, node, take_letter(top));
  if (*top->rest == '/') {
    top->rest++;
    node = slot.word;
    slot = reml__slot(p->ast, node, take_letter(top));
  }
  switch (reml__slot_shape(slot.type)) {
  case REML_SLOT_LEAF: write_leaf(p, node, &slot); return;
  case REML_SLOT_LIST: open_list(p, top, &slot, mark); return;
  case REML_SLOT_CHILD: break;
  }
  if (slot.word != 0) {
    open_node(p, slot.word, slot.type);
  }
}

static bool is_present(const printer *p, const reml_slot *slot) {
  bool nullable = slot->type == REML_FIELD_NODES_OR_NULL || slot->type == REML_FIELD_ARGS_OR_NULL;
  if (!nullable && reml__slot_shape(slot->type) == REML_SLOT_LIST) {
    return list_count(p, slot) > 0;
  }
  return slot->word != 0;
}

/* ^a[ and ^-a[ and ^]; the template stands behind the `^`. */
static void enter_group(printer *p, frame *top) {
  if (*top->rest == ']') {
    top->rest++;
    return;
  }
  bool wanted = *top->rest != '-';
  top->rest += wanted ? 0 : 1;
  reml_slot slot = reml__slot(p->ast, top->node, take_letter(top));
  top->rest++;
  if (is_present(p, &slot) != wanted) {
    top->rest = reml__behind_group(top->rest);
  }
}

static void write_count(printer *p, frame *top) {
  reml_slot slot = reml__slot(p->ast, top->node, take_letter(top));
  reml__out_uint(p->out, list_count(p, &slot));
}

/* One step of the template: the text up to the next mark, and the mark. */
static void next_mark(printer *p, frame *top) {
  size_t plain = strcspn(top->rest, "$#^");
  reml__out_bytes(p->out, top->rest, plain);
  char mark = top->rest[plain];
  top->rest += plain + (mark == '\0' ? 0 : 1);
  switch (mark) {
  case '$': write_member(p, top); return;
  case '#': write_count(p, top); return;
  case '^': enter_group(p, top); return;
  default: p->used--; return;
  }
}

static void write_node(printer *p, reml_node node, reml_field_type context) {
  open_node(p, node, context);
  while (p->used > 0 && !p->out->failed) {
    frame *top = &p->frames[p->used - 1];
    if (top->at < top->count) {
      next_element(p, top);
    } else {
      next_mark(p, top);
    }
  }
}

static void write_line(printer *p, reml_node node, reml_field_type context, bool *first) {
  if (!*first) {
    reml__out_char(p->out, '\n');
  }
  *first = false;
  write_node(p, node, context);
}

static void write_unit(printer *p, reml_node unit) {
  bool first = true;
  unsigned members = reml__slot_count(reml__node_kind(p->ast, unit));
  for (unsigned member = 0; member < members && !p->out->failed; member++) {
    reml_slot slot = reml__slot(p->ast, unit, member);
    if (reml__slot_shape(slot.type) == REML_SLOT_CHILD && slot.word != 0) {
      write_line(p, slot.word, REML_FIELD_CHILD, &first);
    }
    if (reml__slot_shape(slot.type) != REML_SLOT_LIST) {
      continue;
    }
    for (uint32_t i = 0, count = list_count(p, &slot); i < count && !p->out->failed; i++) {
      write_line(p, reml__list_at(p->ast, slot.word, i), slot.type, &first);
    }
  }
}

reml_status reml_write_ast_text(const reml_result *result, reml_write *write, void *user) {
  if (result == NULL || write == NULL || result->tree == NULL) {
    return REML_BAD_USE;
  }
  reml_memory memory;
  if (setjmp(memory.unwind) != 0) {
    return REML_NO_MEMORY;
  }
  reml_out out;
  reml__out_open(&out, write, user);
  printer p = {.out = &out,
               .ast = reml__tree_ast(result->tree),
               .memory = &memory,
               .spec = result->config.profile == REML_PROFILE_SPEC};
  write_unit(&p, result->unit);
  return reml__out_close(&out);
}
