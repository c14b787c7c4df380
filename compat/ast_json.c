/* The canonical JSON of a tree (contract ast.md), driven by the table of node shapes. */
#include "reml_walk.h"

/* A node that is being printed. */
typedef struct frame {
  const reml_node_shape *shape;
  reml_node node;
  uint32_t list, at, count;      /* the open list, when `listing` */
  reml_field_type element;       /* what its elements are printed as */
  unsigned char member, closers; /* next member; braces to close at the end */
  bool listing, first;           /* first: no member written yet */
} frame;

typedef struct printer {
  reml_out *out;
  const reml_ast *ast;
  reml_memory *memory;
  frame *frames;
  size_t used, capacity;
} printer;

static void write_span(reml_out *out, reml_range span) {
  reml__out_char(out, '[');
  reml__out_uint(out, span.start);
  reml__out_char(out, ',');
  reml__out_uint(out, span.end);
  reml__out_char(out, ']');
}

static void write_ident(printer *p, const reml_slot *slot) {
  reml_text name = reml__slot_text(p->ast, 0, slot, NULL);
  reml__out_text(p->out, "{\"name\":");
  reml__json_string(p->out, name.bytes, name.length);
  reml__out_text(p->out, ",\"span\":");
  write_span(p->out, slot->span);
  reml__out_char(p->out, '}');
}

static void write_string(printer *p, reml_node node, const reml_slot *slot) {
  char bytes[4];
  reml_text text = reml__slot_text(p->ast, node, slot, bytes);
  reml__json_string(p->out, text.bytes, text.length);
}

static const char *tag_word(reml_field_type type, uint32_t tag) {
  static const char *const vis[] = {"Private", "Public"};
  static const char *const unary[] = {"Not", "Neg", "Deref", "Ref", "RefMut"};
  static const char *const sugar[] = {"perform", "do"};
  static const char *const binary[] = {"Add", "Sub", "Mul", "Div", "Mod", "Pow", "Eq",    "Ne",
                                       "Lt",  "Le",  "Gt",  "Ge",  "And", "Or",  "Range", "Concat"};
  static const char *const separator[] = {".", "::"}, *const via[] = {"as", "@"};
  static const char *const self_ref[] = {NULL, "Ref", "RefMut"};
  switch (type) {
  case REML_FIELD_TAG_VIS: return vis[tag];
  case REML_FIELD_TAG_FORM: return reml__form_name(tag);
  case REML_FIELD_TAG_UNARY: return unary[tag];
  case REML_FIELD_TAG_SUGAR: return sugar[tag];
  case REML_FIELD_TAG_SEP: return separator[tag];
  case REML_FIELD_TAG_VIA: return via[tag];
  case REML_FIELD_TAG_SELF_REF: return self_ref[tag];
  case REML_FIELD_WORD_FN: return "fn";
  default: return binary[tag];
  }
}

/* Heads of relative paths (ast.md section 1). */
static void write_head(printer *p, const reml_slot *slot) {
  if (slot->type == REML_FIELD_HEAD_SELF) {
    reml__out_text(p->out, "{\"kind\":\"Self\"}");
    return;
  }
  if (slot->type == REML_FIELD_HEAD_SUPER) {
    reml__out_text(p->out, "{\"kind\":\"Super\",\"depth\":");
    reml__out_uint(p->out, slot->word);
  } else {
    reml__out_text(p->out, "{\"kind\":\"Ident\",\"ident\":");
    write_ident(p, slot);
  }
  reml__out_char(p->out, '}');
}

static void write_number(printer *p, const reml_slot *slot) {
  reml_text digits = reml__slot_text(p->ast, 0, slot, NULL);
  reml__out_bytes(p->out, digits.bytes, digits.length);
}

static void write_leaf(printer *p, reml_node node, const reml_slot *slot) {
  switch (slot->type) {
  case REML_FIELD_SPAN: write_span(p->out, slot->span); return;
  case REML_FIELD_TAG_FLAG0:
  case REML_FIELD_TAG_FLAG1:
  case REML_FIELD_TAG_FLAG2:
  case REML_FIELD_TAG_BOOL: reml__json_bool(p->out, slot->word != 0); return;
  case REML_FIELD_TAG_BASE: reml__out_uint(p->out, reml__tag_base(slot->word)); return;
  case REML_FIELD_HEAD_SELF:
  case REML_FIELD_HEAD_SUPER:
  case REML_FIELD_HEAD_IDENT: write_head(p, slot); return;
  case REML_FIELD_IDENT:
    if (slot->word == 0) {
      reml__out_text(p->out, "null");
      return;
    }
    write_ident(p, slot);
    return;
  case REML_FIELD_IDENT_SELF:
  case REML_FIELD_IDENT_HEAD:
  case REML_FIELD_IDENT_TAIL: write_ident(p, slot); return;
  case REML_FIELD_NUMBER: write_number(p, slot); return;
  case REML_FIELD_COUNT: reml__out_uint(p->out, slot->word); return;
  case REML_FIELD_TEXT:
  case REML_FIELD_BYTE:
  case REML_FIELD_SCALAR:
  case REML_FIELD_BYTES: write_string(p, node, slot); return;
  case REML_FIELD_STRING_OF:
    if (slot->word == 0) {
      reml__out_text(p->out, "null");
    } else {
      write_string(p, node, slot);
    }
    return;
  default: reml__json_text(p->out, tag_word(slot->type, slot->word)); return;
  }
}

/* The object that a context puts around a node (ast.md sections 3 and 4); NULL for none. */
static const char *context_wrapper(reml_field_type context, reml_node_kind kind, unsigned classes) {
  switch (context) {
  case REML_FIELD_STMTS:
    if (classes & REML_CLASS_STATEMENT) {
      return NULL;
    }
    return classes & REML_CLASS_DECL ? "{\"kind\":\"Decl\",\"decl\":"
                                     : "{\"kind\":\"Expr\",\"expr\":";
  case REML_FIELD_ARGS:
  case REML_FIELD_ARGS_OR_NULL:
    return kind == REML_NODE_NAMED_ARG ? NULL : "{\"kind\":\"Positional\",\"value\":";
  case REML_FIELD_BODY: return kind == REML_NODE_FN_BLOCK ? NULL : "{\"kind\":\"Expr\",\"expr\":";
  default: return NULL;
  }
}

/* The kind of the expression or pattern that holds a literal; NULL where literals stand bare. */
static const char *literal_wrapper(reml_field_type context) {
  switch (context) {
  case REML_FIELD_EXPR:
  case REML_FIELD_EXPRS:
  case REML_FIELD_ARGS:
  case REML_FIELD_ARGS_OR_NULL:
  case REML_FIELD_STMTS:
  case REML_FIELD_BODY: return "{\"kind\":\"Literal\",\"span\":";
  case REML_FIELD_PATTERN:
  case REML_FIELD_PATTERNS: return "{\"kind\":\"PatLiteral\",\"span\":";
  default: return NULL;
  }
}

/* Opens the objects around a node and returns how many. */
static unsigned char open_wrappers(printer *p, reml_node node, unsigned classes,
                                   reml_field_type context) {
  unsigned char opened = 0;
  const char *outer = context_wrapper(context, reml__node_kind(p->ast, node), classes);
  if (outer != NULL) {
    reml__out_text(p->out, outer);
    opened++;
  }
  const char *literal = classes & REML_CLASS_LITERAL ? literal_wrapper(context) : NULL;
  if (literal != NULL) {
    reml__out_text(p->out, literal);
    write_span(p->out, reml__node_span(p->ast, node));
    reml__out_text(p->out, ",\"literal\":");
    opened++;
  }
  return opened;
}

static void push_frame(printer *p, frame top) {
  if (p->used == p->capacity) {
    p->frames =
        reml__grow_atomic(p->memory, p->frames, p->used, &p->capacity, p->used + 1, sizeof(frame));
  }
  p->frames[p->used++] = top;
}

static void open_node(printer *p, reml_node node, reml_field_type context) {
  const reml_node_shape *shape = reml__node_shape(reml__node_kind(p->ast, node));
  unsigned char opened = open_wrappers(p, node, shape->classes, context);
  bool kinded = (shape->classes & (REML_CLASS_KINDED | REML_CLASS_LITERAL)) != 0;
  reml__out_char(p->out, '{');
  if (kinded) {
    reml__out_text(p->out, "\"kind\":");
    reml__json_text(p->out, shape->kind);
  }
  push_frame(p, (frame){.shape = shape,
                        .node = node,
                        .closers = (unsigned char)(opened + 1),
                        .first = !kinded});
}

/* Members of a node among those of the one that is being printed: this has `kind` of its own. */
static void open_inline(printer *p, reml_node node) {
  const reml_node_shape *shape = reml__node_shape(reml__node_kind(p->ast, node));
  reml__out_text(p->out, "\"kind\":");
  reml__json_text(p->out, shape->kind);
  p->frames[p->used - 1].first = false;
  push_frame(p, (frame){.shape = shape, .node = node});
}

static void close_node(printer *p, const frame *top) {
  for (unsigned i = 0; i < top->closers; i++) {
    reml__out_char(p->out, '}');
  }
  p->used--;
}

static void open_node_or_null(printer *p, reml_node node, reml_field_type context) {
  if (node == 0) {
    reml__out_text(p->out, "null");
  } else {
    open_node(p, node, context);
  }
}

static void open_list(printer *p, frame *top, const reml_slot *slot) {
  bool nullable = slot->type == REML_FIELD_NODES_OR_NULL || slot->type == REML_FIELD_ARGS_OR_NULL;
  if (nullable && slot->word == 0) {
    reml__out_text(p->out, "null");
    return;
  }
  reml__out_char(p->out, '[');
  top->listing = true;
  top->list = slot->word;
  top->at = 0;
  top->count = slot->word == 0 ? 0 : reml__list_count(p->ast, slot->word);
  top->element = slot->type;
}

static void next_element(printer *p, frame *top) {
  if (top->at == top->count) {
    reml__out_char(p->out, ']');
    top->listing = false;
    return;
  }
  if (top->at > 0) {
    reml__out_char(p->out, ',');
  }
  open_node_or_null(p, reml__list_at(p->ast, top->list, top->at++), top->element);
}

static void next_member(printer *p, frame *top) {
  unsigned index = top->member++;
  reml_slot slot = reml__slot(p->ast, top->node, index);
  if (slot.optional && slot.word == 0) return;
  if (slot.type == REML_FIELD_INLINE) {
    open_inline(p, slot.word);
    return;
  }
  if (!top->first) {
    reml__out_char(p->out, ',');
  }
  top->first = false;
  reml__json_text(p->out, slot.name);
  reml__out_char(p->out, ':');
  switch (reml__slot_shape(slot.type)) {
  case REML_SLOT_LEAF: write_leaf(p, top->node, &slot); return;
  case REML_SLOT_LIST: open_list(p, top, &slot); return;
  case REML_SLOT_CHILD: open_node_or_null(p, slot.word, slot.type); return;
  }
}

static bool has_member(const frame *top) {
  return top->member < REML_MAX_FIELDS && top->shape->fields[top->member].name != NULL;
}

void reml__ast_json(reml_out *out, const reml_ast *ast, reml_node node, reml_memory *memory) {
  if (node == 0) {
    reml__out_text(out, "null");
    return;
  }
  printer p = {.out = out, .ast = ast, .memory = memory};
  open_node(&p, node, REML_FIELD_CHILD);
  while (p.used > 0 && !out->failed) {
    frame *top = &p.frames[p.used - 1];
    if (top->listing) {
      next_element(&p, top);
    } else if (has_member(top)) {
      next_member(&p, top);
    } else {
      close_node(&p, top);
    }
  }
}

reml_status reml_write_ast_json(const reml_result *result, reml_write *write, void *user) {
  if (result == NULL) {
    return REML_BAD_USE;
  }
  return reml_write_node_json(result->tree, result->unit, write, user);
}

reml_status reml_write_node_json(const reml_tree *tree, reml_node node, reml_write *write,
                                 void *user) {
  if (write == NULL || (tree == NULL && node != 0)) {
    return REML_BAD_USE;
  }
  reml_memory memory;
  if (setjmp(memory.unwind) != 0) {
    return REML_NO_MEMORY;
  }
  reml_out out;
  reml__out_open(&out, write, user);
  reml__ast_json(&out, reml__tree_ast(tree), node, &memory);
  return reml__out_close(&out);
}
