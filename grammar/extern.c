/* Extern blocks and their metadata: contract ast.md section 8. */
#include "reml_build.h"
#include <string.h>

enum { TARGET, CALLING_CONVENTION, LINK_NAME, OWNERSHIP, META_FIELDS };

static const struct {
  const char *key;
  int field;
} meta_keys[] = {
    {"ffi_target", TARGET},
    {"target", TARGET},
    {"ffi_calling_convention", CALLING_CONVENTION},
    {"callconv", CALLING_CONVENTION},
    {"ffi_link_name", LINK_NAME},
    {"link_name", LINK_NAME},
    {"ffi_ownership", OWNERSHIP},
    {"ownership", OWNERSHIP},
};

static int meta_field(reml_text key) {
  for (size_t i = 0; i < sizeof meta_keys / sizeof *meta_keys; i++) {
    if (key.length == strlen(meta_keys[i].key) &&
        memcmp(key.bytes, meta_keys[i].key, key.length) == 0) {
      return meta_keys[i].field;
    }
  }
  return META_FIELDS;
}

/* The first argument if it is a string or a plain name, else 0. */
static reml_node meta_value(reml_parser *p, reml_node attribute) {
  uint32_t args = reml__build_attribute_args(p, attribute);
  if (args == 0) return 0;
  reml_node first = reml__list_at(p->ast, args, 0);
  reml_text text;
  return reml__build_text_of(p, first, &text) ? first : 0;
}

static reml_semantic add_invalid(reml_parser *p, reml_semantic invalid, reml_node_kind reason,
                                 reml_node attribute, reml_name key) {
  reml_range span = reml__node_span(p->ast, attribute);
  reml_node why = reml__node_write(p->ast, reason, 0, span, &key, 1);
  return APPEND(invalid,
                reml__node_write(p->ast, REML_NODE_INVALID, 0, span, FIELDS(attribute, why)));
}

static reml_node extern_meta(reml_parser *p, uint32_t attributes) {
  reml_node values[META_FIELDS] = {0};
  reml_semantic invalid = NONE;
  uint32_t count = reml__list_count(p->ast, attributes);
  for (uint32_t i = 0; i < count; i++) {
    reml_node attribute = reml__list_at(p->ast, attributes, i);
    reml_name key = reml__build_attribute_key(p, attribute);
    int field = meta_field(reml__text(p->ast, key));
    if (field == META_FIELDS) {
      invalid = add_invalid(p, invalid, REML_NODE_EXTERN_UNKNOWN_KEY, attribute, key);
      continue;
    }
    reml_node value = meta_value(p, attribute);
    if (value == 0) {
      invalid = add_invalid(p, invalid, REML_NODE_EXTERN_MISSING_STRING, attribute, key);
    } else if (values[field] != 0) {
      invalid = add_invalid(p, invalid, REML_NODE_EXTERN_DUPLICATE_KEY, attribute, key);
    } else {
      values[field] = value;
    }
  }
  return NODE(EXTERN_META, 0, values[TARGET], values[CALLING_CONVENTION], values[LINK_NAME],
              values[OWNERSHIP], LIST(invalid))
      .n;
}

reml_semantic reml__build_extern_item(reml_parser *p, uint32_t attributes, reml_node signature,
                                      unsigned is_public) {
  reml_node with_profile = reml__build_profile(p, signature, attributes);
  return NODE(EXTERN_ITEM, is_public, attributes, with_profile, extern_meta(p, attributes));
}

reml_semantic reml__build_extern_single(reml_parser *p, reml_node signature) {
  reml_semantic item = reml__build_extern_item(p, 0, signature, 0);
  return VALUE(LIST(APPEND(NONE, item.n)));
}

static reml_node item_target(reml_parser *p, uint32_t items, uint32_t i) {
  reml_node item = reml__list_at(p->ast, items, i);
  if (reml__node_kind(p->ast, item) == REML_NODE_ERROR) return 0;
  reml_node meta = reml__node_field(p->ast, item, 2);
  return reml__node_field(p->ast, meta, 0);
}

static bool same_text(reml_parser *p, reml_node a, reml_node b) {
  reml_text left, right;
  if (a == 0 || b == 0) return a == b;
  reml__build_text_of(p, a, &left);
  reml__build_text_of(p, b, &right);
  return left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0;
}

/* The first item's target when all items have the same one, else none. */
static reml_node common_target(reml_parser *p, uint32_t items) {
  if (items == 0) return 0;
  reml_node target = item_target(p, items, 0);
  uint32_t count = reml__list_count(p->ast, items);
  for (uint32_t i = 1; i < count; i++) {
    if (!same_text(p, target, item_target(p, items, i))) return 0;
  }
  return target;
}

reml_semantic reml__build_extern(reml_parser *p, reml_node abi, uint32_t items) {
  return NODE(EXTERN, 0, abi, common_target(p, items), items);
}
