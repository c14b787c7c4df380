/* Effects: the operand of perform and do (contract grammar.md section 5) and the effect profile
 * that attributes give a function (contract ast.md section 7, whose steps the names follow). */
#include "reml_build.h"
#include <string.h>

/* --- perform, do, handle --- */

void reml__build_need_effects(reml_parser *p) {
  if (!p->effects_on) reml__build_fail(p, REML_FAILURE_EFFECTS_OFF, p->rhs);
}

static uint32_t path_segments(reml_parser *p, reml_node path) {
  switch (reml__node_kind(p->ast, path)) {
  case REML_NODE_PATH_SUPER: return reml__node_field(p->ast, path, 1);
  case REML_NODE_PATH_IDENT: return reml__node_field(p->ast, path, 2);
  default: return reml__node_field(p->ast, path, 0);
  }
}

static reml_node path_head_ident(reml_parser *p, reml_node path) {
  return IDENT_NODE(PAIR(reml__node_field(p->ast, path, 0), reml__node_field(p->ast, path, 1)));
}

/* The path without its last two names. */
static reml_node shorten_path(reml_parser *p, reml_node path, uint32_t segments, uint32_t keep) {
  reml_node_kind kind = reml__node_kind(p->ast, path);
  reml_semantic kept = NONE;
  for (uint32_t i = 0; i < keep; i++)
    kept = APPEND(kept, reml__list_at(p->ast, segments, i));
  uint32_t list = LIST(kept);
  if (kind == REML_NODE_PATH_ROOT) return keep == 0 ? 0 : NODE(PATH_ROOT, 0, list).n;
  if (kind == REML_NODE_PATH_SELF) return NODE(PATH_SELF, 0, list).n;
  uint32_t head = reml__node_field(p->ast, path, 0);
  if (kind == REML_NODE_PATH_SUPER) return NODE(PATH_SUPER, 0, head, list).n;
  return NODE(PATH_IDENT, 0, head, reml__node_field(p->ast, path, 1), list).n;
}

reml_semantic reml__build_effect_target(reml_parser *p, reml_node path) {
  bool named_head = reml__node_kind(p->ast, path) == REML_NODE_PATH_IDENT;
  uint32_t segments = path_segments(p, path);
  uint32_t count = reml__list_count(p->ast, segments);
  if (count + named_head < 2) {
    reml__build_fail(p, REML_FAILURE_SHORT_EFFECT_PATH, p->rhs);
    return NONE;
  }
  reml_node operation = reml__list_at(p->ast, segments, count - 1);
  if (count == 1) return NODE(EFFECT_REF, 0, 0, path_head_ident(p, path), operation);
  reml_node effect = reml__list_at(p->ast, segments, count - 2);
  reml_node rest = shorten_path(p, path, segments, count - 2);
  return NODE(EFFECT_REF, 0, rest, effect, operation);
}

reml_semantic reml__build_handle(reml_parser *p, reml_node target, reml_node handler,
                                 uint32_t handler_start) {
  /* In a handle expression the handler's span begins at its keyword (ast.md section 6.1 no. 7). */
  reml_range span = {handler_start, p->span.end};
  uint32_t name = reml__node_field(p->ast, handler, 0), at = reml__node_field(p->ast, handler, 1);
  uint32_t entries = reml__node_field(p->ast, handler, 2);
  reml_node moved = reml__node_write(p->ast, REML_NODE_HANDLER, 0, span, FIELDS(name, at, entries));
  return NODE(HANDLE, 0, target, moved);
}

/* --- profiles --- */

typedef struct vector {
  uint32_t *items;
  size_t count, capacity;
} vector;

static void push(reml_parser *p, vector *to, uint32_t item) {
  to->items =
      reml__grow_atomic(p->memory, to->items, to->count, &to->capacity, to->count + 1, sizeof item);
  to->items[to->count++] = item;
}

enum key {
  KEY_ALLOWS_EFFECTS = 1,
  KEY_HANDLES = 2,
  KEY_EFFECT = 4,
  KEY_EFFECTS = 8,
  DEFAULT_KEYS = 15,
  KEY_STAGE = 16,
  KEY_CAPABILITY = 32,
  /* attributes */
  KEY_DSL_EXPORT = 64,
  KEY_STAGE_NAME = 128, /* experimental, beta, stable */
  KEY_EXACT = 256,
  KEY_AT_LEAST = 512
};

static const struct {
  const char *text;
  unsigned key;
} keys[] = {
    {"allows_effects", KEY_ALLOWS_EFFECTS},
    {"handles", KEY_HANDLES},
    {"effect", KEY_EFFECT},
    {"effects", KEY_EFFECTS},
    {"stage", KEY_STAGE},
    {"capability", KEY_CAPABILITY},
    {"capabilities", KEY_CAPABILITY},
    {"dsl_export", KEY_DSL_EXPORT},
    {"experimental", KEY_STAGE_NAME},
    {"beta", KEY_STAGE_NAME},
    {"stable", KEY_STAGE_NAME},
    {"requires_capability", KEY_EXACT},
    {"requires_capability_exact", KEY_EXACT},
    {"requires_capability_at_least", KEY_AT_LEAST},
};

static unsigned key_of(reml_parser *p, reml_name name) {
  reml_text text = reml__text(p->ast, reml__build_normal(p, reml__text(p->ast, name)));
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (strlen(keys[i].text) == text.length && memcmp(keys[i].text, text.bytes, text.length) == 0) {
      return keys[i].key;
    }
  }
  return 0;
}

/* What one walk over the attributes collects. */
typedef struct findings {
  reml_parser *p;
  reml_node attribute; /* the one being looked at */
  vector idents;       /* tags or capabilities */
  vector *invalid;
  reml_node_kind wrong_value; /* reason for an expression that is no tag or capability */
  vector work, work_keys;     /* expressions and record fields still to be walked, with keys */
} findings;

static reml_node ident_at(reml_parser *p, reml_name name, reml_range span) {
  return reml__node_write(p->ast, REML_NODE_IDENT, 0, span, &name, 1);
}

static void add_invalid(findings *f, vector *to, reml_node_kind reason, uint32_t value,
                        reml_range span) {
  reml_ast *ast = f->p->ast;
  uint32_t words = reason == REML_NODE_MISSING_STAGE_VALUE ? 0 : 1;
  reml_node why = reml__node_write(ast, reason, 0, span, &value, words);
  push(f->p, to, reml__node_write(ast, REML_NODE_INVALID, 0, span, FIELDS(f->attribute, why)));
}

static void wrong_expression(findings *f, reml_node_kind reason, reml_node expression) {
  add_invalid(f, f->invalid, reason, expression, reml__node_span(f->p->ast, expression));
}

static void unknown_key(findings *f, reml_node ident) {
  add_invalid(f, f->invalid, REML_NODE_UNKNOWN_KEY, ident, reml__node_span(f->p->ast, ident));
}

static void later(findings *f, reml_node node, unsigned allowed) {
  push(f->p, &f->work, node);
  push(f->p, &f->work_keys, allowed);
}

/* The elements are pushed last to first, so that they are walked first to last. */
static void later_all(findings *f, uint32_t list, unsigned allowed) {
  for (uint32_t i = reml__list_count(f->p->ast, list); i-- > 0;) {
    later(f, reml__list_at(f->p->ast, list, i), allowed);
  }
}

static void collect_pair(findings *f, reml_node binary, unsigned allowed) {
  reml_ast *ast = f->p->ast;
  reml_node left = reml__node_field(ast, binary, 0), right = reml__node_field(ast, binary, 1);
  if (reml__node_kind(ast, left) != REML_NODE_VAR) {
    wrong_expression(f, f->wrong_value, left);
  } else if (key_of(f->p, reml__node_field(ast, left, 0)) & allowed) {
    later(f, right, DEFAULT_KEYS);
  } else {
    unknown_key(f, ident_at(f->p, reml__node_field(ast, left, 0), reml__node_span(ast, left)));
  }
}

static reml_node field_ident(findings *f, reml_node field) {
  reml_ast *ast = f->p->ast;
  return reml__build_ident(f->p,
                           PAIR(reml__node_field(ast, field, 0), reml__node_field(ast, field, 1)));
}

static void collect_field(findings *f, reml_node field, unsigned allowed) {
  reml_ast *ast = f->p->ast;
  if (key_of(f->p, reml__node_field(ast, field, 0)) & allowed) {
    later(f, reml__node_field(ast, field, 2), DEFAULT_KEYS);
  } else {
    unknown_key(f, field_ident(f, field));
  }
}

static void collect_leaf(findings *f, reml_node expression) {
  reml_text text;
  if (!reml__build_text_of(f->p, expression, &text)) {
    wrong_expression(f, f->wrong_value, expression);
    return;
  }
  reml_range span = reml__node_span(f->p->ast, expression);
  push(f->p, &f->idents, ident_at(f->p, reml__build_normal(f->p, text), span));
}

/* Steps 2 and 3: the tags or capabilities in an expression. The walk keeps its own stack, as
 * arguments can be nested to any depth. */
static void collect(findings *f, reml_node expression, unsigned allowed) {
  reml_ast *ast = f->p->ast;
  later(f, expression, allowed);
  while (f->work.count > 0) {
    reml_node node = f->work.items[--f->work.count];
    unsigned keys_here = f->work_keys.items[--f->work_keys.count];
    reml_node_kind kind = reml__node_kind(ast, node);
    if (kind == REML_NODE_ARRAY || kind == REML_NODE_TUPLE) {
      later_all(f, reml__node_field(ast, node, 0), DEFAULT_KEYS);
    } else if (kind == REML_NODE_RECORD) {
      later_all(f, reml__node_field(ast, node, 0), keys_here);
    } else if (kind == REML_NODE_RECORD_FIELD || kind == REML_NODE_ATTR_NAMED_ARG) {
      collect_field(f, node, keys_here);
    } else if (kind == REML_NODE_BINARY && reml__node_tag(ast, node) == REML_EQ) {
      collect_pair(f, node, keys_here);
    } else {
      collect_leaf(f, node);
    }
  }
}

typedef struct stage {
  reml_node ident; /* 0: none */
  reml_node_kind kind;
  reml_range span;
} stage;

static void stage_value(findings *f, reml_node value, stage *found) {
  reml_ast *ast = f->p->ast;
  reml_text text;
  reml_range span = reml__node_span(ast, value);
  if (!reml__build_text_of(f->p, value, &text)) {
    wrong_expression(f, REML_NODE_UNSUPPORTED_STAGE_VALUE, value);
    return;
  }
  if (found->ident != 0) return; /* the first stage wins */
  bool plain = reml__node_kind(ast, value) == REML_NODE_VAR;
  reml_name name = plain ? reml__node_field(ast, value, 0) : reml__build_normal(f->p, text);
  found->ident = ident_at(f->p, name, span);
  found->span = span;
}

static bool keyed_stage_argument(findings *f, reml_name key, reml_node value, stage *found) {
  unsigned known = key_of(f->p, key);
  if (known == KEY_STAGE) stage_value(f, value, found);
  if (known == KEY_CAPABILITY) collect(f, value, DEFAULT_KEYS);
  return known == KEY_STAGE || known == KEY_CAPABILITY;
}

/* A record field or named argument. */
static void field_stage_argument(findings *f, reml_node field, stage *found) {
  reml_name key = reml__node_field(f->p->ast, field, 0);
  if (!keyed_stage_argument(f, key, reml__node_field(f->p->ast, field, 2), found))
    unknown_key(f, field_ident(f, field));
}

static void record_stage_argument(findings *f, reml_node record, stage *found) {
  reml_ast *ast = f->p->ast;
  uint32_t fields = reml__node_field(ast, record, 0);
  uint32_t count = reml__list_count(ast, fields);
  for (uint32_t i = 0; i < count; i++) {
    field_stage_argument(f, reml__list_at(ast, fields, i), found);
  }
}

static void pair_stage_argument(findings *f, reml_node binary, stage *found) {
  reml_ast *ast = f->p->ast;
  reml_node left = reml__node_field(ast, binary, 0), right = reml__node_field(ast, binary, 1);
  if (reml__node_kind(ast, left) != REML_NODE_VAR) {
    wrong_expression(f, REML_NODE_UNSUPPORTED_STAGE_VALUE, left);
    return;
  }
  reml_name key = reml__node_field(ast, left, 0);
  if (!keyed_stage_argument(f, key, right, found)) {
    unknown_key(f, ident_at(f->p, key, reml__node_span(ast, left)));
  }
}

/* Step 1a. */
static void stage_arguments(findings *f, uint32_t args, stage *found) {
  reml_ast *ast = f->p->ast;
  uint32_t count = reml__list_count(ast, args);
  if (count == 0) {
    reml_range span = reml__node_span(ast, f->attribute);
    add_invalid(f, f->invalid, REML_NODE_MISSING_STAGE_VALUE, 0, span);
  }
  for (uint32_t i = 0; i < count; i++) {
    reml_node arg = reml__list_at(ast, args, i);
    reml_node_kind kind = reml__node_kind(ast, arg);
    if (kind == REML_NODE_RECORD) {
      record_stage_argument(f, arg, found);
    } else if (kind == REML_NODE_ATTR_NAMED_ARG) {
      field_stage_argument(f, arg, found);
    } else if (kind == REML_NODE_BINARY && reml__node_tag(ast, arg) == REML_EQ) {
      pair_stage_argument(f, arg, found);
    } else {
      stage_value(f, arg, found);
    }
  }
}

static reml_node first_default_stage(reml_parser *p, uint32_t attributes) {
  uint32_t count = reml__list_count(p->ast, attributes);
  for (uint32_t i = 0; i < count; i++) {
    reml_node attribute = reml__list_at(p->ast, attributes, i);
    unsigned key = key_of(p, reml__build_attribute_name(p, attribute));
    if (key == KEY_DSL_EXPORT || key == KEY_ALLOWS_EFFECTS) return attribute;
  }
  return 0;
}

static void reverse(vector *items) {
  for (size_t i = 0, j = items->count; i + 1 < j; i++) {
    uint32_t item = items->items[i];
    items->items[i] = items->items[--j];
    items->items[j] = item;
  }
}

/* Step 1. */
static stage find_stage(findings *f, uint32_t attributes) {
  reml_ast *ast = f->p->ast;
  stage found = {0, REML_NODE_STAGE_EXACT, {0, 0}};
  uint32_t count = reml__list_count(ast, attributes);
  for (uint32_t i = 0; i < count; i++) {
    f->attribute = reml__list_at(ast, attributes, i);
    unsigned key = key_of(f->p, reml__build_attribute_name(f->p, f->attribute));
    if (key == KEY_STAGE_NAME) {
      found.ident = field_ident(f, f->attribute);
      found.span = reml__node_span(ast, f->attribute);
      return found;
    }
    if (key != KEY_EXACT && key != KEY_AT_LEAST) continue;
    stage_arguments(f, reml__build_attribute_args(f->p, f->attribute), &found);
    if (found.ident == 0) continue;
    found.kind = key == KEY_EXACT ? REML_NODE_STAGE_EXACT : REML_NODE_STAGE_AT_LEAST;
    reverse(f->invalid);
    return found;
  }
  reml_node by_default = first_default_stage(f->p, attributes);
  if (by_default == 0) return found;
  found.kind = REML_NODE_STAGE_AT_LEAST;
  found.span = reml__node_span(ast, by_default);
  found.ident = ident_at(f->p, reml__name(ast, "stable", 6), found.span);
  return found;
}

/* Step 2. */
static void find_tags(findings *f, uint32_t attributes) {
  reml_ast *ast = f->p->ast;
  uint32_t count = reml__list_count(ast, attributes);
  for (uint32_t i = 0; i < count; i++) {
    f->attribute = reml__list_at(ast, attributes, i);
    unsigned key = key_of(f->p, reml__build_attribute_name(f->p, f->attribute)), allowed;
    if (key == KEY_DSL_EXPORT) {
      allowed = KEY_ALLOWS_EFFECTS;
    } else if (key == KEY_ALLOWS_EFFECTS) {
      allowed = DEFAULT_KEYS;
    } else if (key == KEY_HANDLES) {
      allowed = KEY_HANDLES | KEY_EFFECT | KEY_EFFECTS;
    } else {
      continue;
    }
    uint32_t args = reml__build_attribute_args(f->p, f->attribute);
    uint32_t arg_count = reml__list_count(ast, args);
    for (uint32_t j = 0; j < arg_count; j++)
      collect(f, reml__list_at(ast, args, j), allowed);
  }
}

/* A set of names, as an open-addressing table sized for all that may come. */
typedef struct name_set {
  uint32_t *slots;
  size_t mask;
} name_set;

static name_set new_set(reml_parser *p, size_t most) {
  size_t size = 4;
  while (size < most * 2)
    size *= 2;
  uint32_t *slots = reml__alloc_atomic(p->memory, size * sizeof *slots);
  memset(slots, 0, size * sizeof *slots);
  return (name_set){slots, size - 1};
}

/* False when the name was there already. */
static bool insert(name_set *set, reml_name name) {
  size_t slot = name * UINT32_C(2654435761) & set->mask;
  while (set->slots[slot] != 0 && set->slots[slot] != name)
    slot = (slot + 1) & set->mask;
  bool is_new = set->slots[slot] == 0;
  set->slots[slot] = name;
  return is_new;
}

/* The list, then each ident whose name is not in it yet (step 4, no. 4 and 6). */
static uint32_t merge(reml_parser *p, uint32_t list, const vector *idents) {
  uint32_t count = reml__list_count(p->ast, list);
  name_set seen = new_set(p, count + idents->count);
  reml_semantic merged = NONE;
  for (uint32_t i = 0; i < count; i++) {
    reml_node ident = reml__list_at(p->ast, list, i);
    insert(&seen, reml__node_field(p->ast, ident, 0));
    merged = APPEND(merged, ident);
  }
  for (size_t i = 0; i < idents->count; i++) {
    if (insert(&seen, reml__node_field(p->ast, idents->items[i], 0))) {
      merged = APPEND(merged, idents->items[i]);
    }
  }
  return LIST(merged);
}

static uint32_t concatenate(reml_parser *p, const vector *first, const vector *second) {
  reml_semantic all = NONE;
  for (size_t i = 0; i < first->count; i++)
    all = APPEND(all, first->items[i]);
  for (size_t i = 0; i < second->count; i++)
    all = APPEND(all, second->items[i]);
  return LIST(all);
}

/* Records are never changed, so a function with another profile is written again. */
enum { FN_EFFECTS = 6, MOST_FIELDS = 12 };

/* How many words a function or signature has; 0 for what takes no profile. */
static uint32_t words_of(reml_parser *p, reml_node declaration) {
  switch (reml__node_kind(p->ast, declaration)) {
  case REML_NODE_SIGNATURE: return 7;
  case REML_NODE_FN: return 8;
  case REML_NODE_SIGNATURE_SPEC: return 11;
  case REML_NODE_FN_SPEC: return MOST_FIELDS;
  default: return 0;
  }
}

static reml_node with_profile(reml_parser *p, reml_node function, reml_node profile) {
  reml_node_kind kind = reml__node_kind(p->ast, function);
  uint32_t count = words_of(p, function);
  uint32_t fields[MOST_FIELDS];
  for (uint32_t i = 0; i < count; i++)
    fields[i] = reml__node_field(p->ast, function, i);
  fields[FN_EFFECTS] = profile;
  return reml__node_write(p->ast, kind, reml__node_tag(p->ast, function), p->span, fields, count);
}

reml_node reml__build_profile(reml_parser *p, reml_node declaration, uint32_t attributes) {
  if (attributes == 0 || words_of(p, declaration) == 0) return declaration;
  reml_ast *ast = p->ast;
  vector stage_invalid = {NULL, 0, 0}, tag_invalid = {NULL, 0, 0};
  findings stages = {
      .p = p, .invalid = &stage_invalid, .wrong_value = REML_NODE_UNSUPPORTED_CAPABILITY_VALUE};
  findings tags = {.p = p, .invalid = &tag_invalid, .wrong_value = REML_NODE_UNKNOWN_EFFECT_TAG};
  stage found = find_stage(&stages, attributes);
  find_tags(&tags, attributes);
  size_t all = stages.idents.count + tags.idents.count + stage_invalid.count + tag_invalid.count;
  if (found.ident == 0 && all == 0) return declaration;

  /* Step 4. A profile that came from the source has neither stage nor capabilities. */
  reml_node base = reml__node_field(ast, declaration, FN_EFFECTS);
  uint32_t declared = merge(p, base == 0 ? 0 : reml__node_field(ast, base, 0), &tags.idents);
  uint32_t capabilities = merge(p, 0, &stages.idents);
  uint32_t invalid = concatenate(p, &stage_invalid, &tag_invalid);
  reml_range span = reml__node_span(ast, reml__list_at(ast, attributes, 0));
  reml_node stage_node = 0;
  if (found.ident != 0) {
    span = found.span;
    stage_node = reml__node_write(ast, found.kind, 0, span, &found.ident, 1);
  }
  reml_node profile =
      reml__node_write(ast, REML_NODE_PROFILE, 0, span,
                       FIELDS(declared, declared, stage_node, capabilities, invalid));
  return with_profile(p, declaration, profile);
}
