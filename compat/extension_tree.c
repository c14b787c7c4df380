/* The reference's tree as the contract wants it of `spec` (contract-spec grammar-spec.md section 8
 * D1 to D5 and D8, ast-spec.md). Strings are decoded here once more, so that a mistake of the lexer
 * is not on both sides of the comparison. */
#include "reml_extension.h"

#include <string.h>
#include <unictype.h>
#include <unistr.h>

typedef struct work {
  reml_answer *answer;
  reml_additions found;
  reml_visit_pattern *visit;
  void *user;
} work;

/* --- JSON --- */

void reml__each_node(json_t *tree, reml_visit_node *visit, void *user) {
  size_t index;
  const char *key;
  json_t *child;
  if (json_is_object(tree)) {
    visit(user, tree);
  }
  json_array_foreach(tree, index, child) {
    reml__each_node(child, visit, user);
  }
  json_object_foreach(tree, key, child) {
    reml__each_node(child, visit, user);
  }
}

static bool has_text(const json_t *object, const char *key, const char *text) {
  const char *value = json_string_value(json_object_get(object, key));
  return value != NULL && strcmp(value, text) == 0;
}

bool reml__node_is(const json_t *node, const char *kind) {
  return has_text(node, "kind", kind);
}

static uint32_t start_of(const json_t *node) {
  const json_t *span = json_object_get(node, "span");
  return (uint32_t)json_integer_value(json_array_get(span, 0));
}

static void set_start(json_t *node, uint32_t offset) {
  json_array_set_new(json_object_get(node, "span"), 0, json_integer(offset));
}

/* Makes of a node another one with the same span, in the order of the members given. Steals. */
static void become(json_t *node, const char *kind, const char *key, json_t *value,
                   const char *other_key, json_t *other) {
  json_t *span = json_incref(json_object_get(node, "span"));
  json_object_clear(node);
  json_object_set_new(node, "kind", json_string(kind));
  json_object_set_new(node, "span", span);
  json_object_set_new(node, key, value);
  if (other_key != NULL) {
    json_object_set_new(node, other_key, other);
  }
}

static json_t *take(const json_t *object, const char *key) {
  return json_incref(json_object_get(object, key));
}

/* --- D1 and D2: spans --- */

/* The string whose closing delimiter begins there; it is the beginning of nothing else. */
static const reml_seen_token *string_at(const reml_answer *answer, uint32_t offset) {
  size_t low = 0, high = answer->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const reml_seen_token *token = &answer->tokens[middle];
    if (token->start == offset && token->kind == REML_TOKEN_STRING) {
      return token;
    }
    if (token->start < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return NULL;
}

static void start_at_token(const reml_answer *answer, json_t *node) {
  set_start(node, reml__answer_token(answer, start_of(node))->first);
}

static void start_all_at_token(const reml_answer *answer, json_t *nodes) {
  size_t index;
  json_t *node;
  json_array_foreach(nodes, index, node) {
    start_at_token(answer, node);
  }
}

/* --- D3: which names are upper-case --- */

/* As far as the reference calls the name lower-case. */
static bool is_newly_upper(const reml_answer *answer, uint32_t offset) {
  ucs4_t point;
  const char *bytes = answer->source.bytes + offset;
  if ((unsigned char)*bytes < 0x80) {
    return false;
  }
  u8_mbtouc(&point, (const uint8_t *)bytes, answer->source.length - offset);
  return uc_is_property_uppercase(point);
}

static void become_constructor(json_t *node, json_t *name, json_t *arguments) {
  become(node, "PatConstructor", "name", name, "args", arguments);
}

/* --- D5: normal strings --- */

static int hex_digit(char byte) {
  static const char digits[] = "0123456789abcdef";
  const char *found = byte == '\0' ? NULL : strchr(digits, byte | 0x20);
  return found == NULL ? -1 : (int)(found - digits);
}

/* Appends the character of `\u{H...}`; its length, or 0 when it is none. */
static size_t decode_scalar(reml_bytes *out, const char *from, size_t length) {
  uint8_t bytes[6];
  ucs4_t point = 0;
  size_t at = 3;
  for (; at < length && hex_digit(from[at]) >= 0; at++) {
    point = point * 16 + (ucs4_t)hex_digit(from[at]);
  }
  if (length < 3 || memcmp(from, "\\u{", 3) != 0 || at < 4 || at > 9 || at == length ||
      from[at] != '}') {
    return 0;
  }
  int count = u8_uctomb(bytes, point, sizeof bytes);
  if (count > 0) {
    reml__bytes_add(out, (const char *)bytes, (size_t)count);
  }
  return count > 0 ? at + 1 : 0;
}

/* Appends what begins here, and says how long it is. */
static size_t decode_one(reml_bytes *out, const char *from, size_t length) {
  static const char escapes[] = "ntr\\\"0'/", meanings[] = "\n\t\r\\\"\0'/";
  bool has_next = length > 1 && from[1] != '\0';
  if (*from == '\r') {
    reml__bytes_add(out, "\n", 1);
    return length > 1 && from[1] == '\n' ? 2 : 1;
  }
  if (*from == '\\' && has_next) {
    const char *found = strchr(escapes, from[1]);
    if (found != NULL) {
      reml__bytes_add(out, &meanings[found - escapes], 1);
      return 2;
    }
    size_t taken = decode_scalar(out, from, length);
    if (taken > 0) {
      return taken;
    }
  }
  reml__bytes_add(out, from, 1);
  return 1;
}

/* The value of a normal string. */
static void decode(const reml_answer *answer, const reml_seen_token *token, reml_bytes *out) {
  const char *from = answer->source.bytes + token->first + 1;
  const char *end = answer->source.bytes + token->start;
  while (from < end) {
    from += decode_one(out, from, (size_t)(end - from));
  }
}

/* norm() of ast.md section 7. */
static void normalise(reml_bytes *text) {
  static const char blanks[] = " \t\n\f\r";
  size_t begin = 0, end = text->length;
  while (begin < end && text->data[begin] != '\0' && strchr(blanks, text->data[begin]) != NULL) {
    begin++;
  }
  while (begin < end && text->data[end - 1] != '\0' &&
         strchr(blanks, text->data[end - 1]) != NULL) {
    end--;
  }
  for (size_t i = begin; i < end; i++) {
    char byte = text->data[i];
    text->data[i - begin] = byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
  }
  text->length = end - begin;
}

static void set_string(const reml_answer *answer, const reml_seen_token *token, json_t *object,
                       const char *key, bool normal) {
  reml_bytes text = {0};
  if (token->form != REML_FORM_NORMAL) {
    return;
  }
  decode(answer, token, &text);
  if (normal) {
    normalise(&text);
  }
  json_object_set_new(object, key, reml__answer_text(text.data, text.length));
  reml__bytes_free(&text);
}

/* The ABI of an extern declaration has no span: it stands behind the first `extern` that is behind
 * the attributes. */
static void set_abi(const reml_answer *answer, json_t *declaration) {
  const json_t *attributes = json_object_get(declaration, "attrs");
  const json_t *last = json_array_get(attributes, json_array_size(attributes) - 1);
  const json_t *span = json_object_get(last == NULL ? declaration : last, "span");
  const reml_seen_token *token = reml__answer_token(
      answer, (uint32_t)json_integer_value(json_array_get(span, last == NULL ? 0 : 1)));
  while (token->kind != REML_TOKEN_EXTERN) {
    token++;
  }
  set_string(answer, token + 1, json_object_get(declaration, "decl"), "abi", false);
}

/* --- one node --- */

static void extend_strings(work *self, json_t *node) {
  json_t *literal = json_object_get(node, "literal");
  const reml_seen_token *token = string_at(self->answer, start_of(node));
  if (token == NULL) {
    return;
  }
  set_start(node, token->first);
  if (reml__node_is(literal, "String")) {
    set_string(self->answer, token, literal, "value", false);
  } else if (json_is_string(json_object_get(node, "name"))) {
    set_string(self->answer, token, node, "name", true); /* a name in an effect profile */
  }
}

/* What a node is by its members; kinds without "kind" are known by those that no other one has. */
static void extend_declaration(work *self, json_t *node) {
  bool is_declaration = json_object_get(node, "decl") != NULL && json_object_get(node, "vis");
  if (is_declaration || (json_object_get(node, "tree") && json_object_get(node, "pub"))) {
    start_at_token(self->answer, node);
  }
  if (is_declaration && reml__node_is(json_object_get(node, "decl"), "Extern")) {
    set_abi(self->answer, node);
  }
  if (reml__node_is(node, "Effect")) {
    start_all_at_token(self->answer, json_object_get(node, "operations"));
  }
  if (json_object_get(node, "entries")) {
    start_all_at_token(self->answer, json_object_get(node, "entries"));
  }
}

static bool is_raw(const json_t *literal) {
  return reml__node_is(literal, "String") && has_text(literal, "form", "Raw");
}

static void become_regex(json_t *node) {
  json_t *value = take(json_object_get(node, "literal"), "value");
  become(node, "PatRegex", "value", value, "hashes", json_integer(0));
}

static void extend_pattern(work *self, json_t *node) {
  if (reml__node_is(node, "PatVar") && is_newly_upper(self->answer, start_of(node))) {
    become_constructor(node, take(node, "ident"), json_array());
  }
  if (reml__node_is(node, "PatLiteral") && is_raw(json_object_get(node, "literal"))) {
    self->found.regex = true;
    become_regex(node);
  }
}

/* ast-spec.md contradicts itself in three places. Its rule 1 wants the old bytes for an input
 * without new constructs, and grammar-spec.md section 8 does not list these as differences. But its
 * tables say that a guard written with `if`, the only one of the reference, is marked; that
 * attributes of operations, handler entries and items of impls are kept; and that a raw string as a
 * pattern is PatRegex. The tables hold. */
static void extend_node(void *user, json_t *node) {
  work *self = user;
  extend_declaration(self, node);
  if (json_is_array(json_object_get(node, "span"))) {
    extend_strings(self, node);
  }
  extend_pattern(self, node);
  const json_t *guard = json_object_get(node, "guard");
  if (guard != NULL && !json_is_null(guard)) {
    self->found.guard_if = true;
    json_object_set_new(node, "guard_if", json_true());
  }
}

static void drop_attributes(bool *found, json_t *nodes) {
  size_t index;
  json_t *node;
  json_array_foreach(nodes, index, node) {
    *found |= json_object_del(node, "attrs") == 0;
  }
}

static void reduce_node(void *user, json_t *node) {
  if (reml__node_is(node, "Effect")) {
    drop_attributes(user, json_object_get(node, "operations"));
  }
  if (reml__node_is(node, "Impl")) {
    drop_attributes(user, json_object_get(node, "items"));
  }
  drop_attributes(user, json_object_get(node, "entries"));
}

reml_additions reml__extend_tree(reml_answer *reference, reml_answer *spec) {
  work self = {.answer = reference};
  reml__each_node(reference->tree, extend_node, &self);
  self.found.attributes = reml__reduce_tree(spec);
  return self.found;
}

bool reml__reduce_tree(reml_answer *spec) {
  bool found = false;
  reml__each_node(spec->tree, reduce_node, &found);
  return found;
}

bool reml__same_tree(const reml_answer *reference, const reml_answer *spec) {
  if (!reference->accepted || !spec->accepted) {
    return false;
  }
  char *left = json_dumps(reference->tree, JSON_COMPACT);
  char *right = json_dumps(spec->tree, JSON_COMPACT);
  bool same = left != NULL && right != NULL && strcmp(left, right) == 0;
  free(left);
  free(right);
  return same;
}

/* --- D8: literals in patterns --- */

static bool to_pattern(work *self, json_t *node);

static bool to_patterns(work *self, json_t *nodes) {
  size_t index;
  json_t *node;
  json_array_foreach(nodes, index, node) {
    if (!to_pattern(self, node)) {
      return false;
    }
  }
  return true;
}

/* Of {"name","value"} makes {"name","pattern"}. */
static bool to_field_patterns(work *self, json_t *fields) {
  size_t index;
  json_t *field;
  json_array_foreach(fields, index, field) {
    if (!to_pattern(self, json_object_get(field, "value"))) {
      return false;
    }
    json_object_set(field, "pattern", json_object_get(field, "value"));
    json_object_del(field, "value");
  }
  return true;
}

static bool literal_to_pattern(work *self, json_t *node) {
  json_t *literal = json_object_get(node, "literal");
  json_t *elements = json_object_get(literal, "elements");
  json_t *fields = json_object_get(literal, "fields");
  if (!to_patterns(self, elements) || !to_field_patterns(self, fields)) {
    return false;
  }
  if (reml__node_is(literal, "Array")) {
    become(node, "PatSlice", "elements", json_incref(elements), NULL, NULL);
  } else if (reml__node_is(literal, "Tuple")) {
    become(node, "PatTuple", "elements", json_incref(elements), NULL, NULL);
  } else if (reml__node_is(literal, "Record")) {
    become(node, "PatRecord", "fields", json_incref(fields), "rest", json_false());
  } else if (is_raw(literal)) {
    become_regex(node);
  } else {
    json_object_set_new(node, "kind", json_string("PatLiteral"));
  }
  return true;
}

/* The parts of `a.b.C` joined, as the bytes of a name. */
static bool join_name(const json_t *node, reml_bytes *out) {
  const json_t *part = json_object_get(node, reml__node_is(node, "Var") ? "ident" : "field");
  if (reml__node_is(node, "Field")) {
    if (!join_name(json_object_get(node, "target"), out)) {
      return false;
    }
    reml__bytes_add_text(out, ".");
  }
  reml__bytes_add_text(out, part == NULL ? "" : json_string_value(json_object_get(part, "name")));
  return part != NULL;
}

/* A constructor with these arguments (NULL: without parentheses); a qualified name has the span of
 * the whole pattern. */
static bool name_to_pattern(work *self, json_t *node, const json_t *head, json_t *arguments) {
  reml_bytes text = {0};
  if (reml__node_is(head, "Var")) {
    json_t *ident = take(head, "ident");
    char first = *json_string_value(json_object_get(ident, "name"));
    bool upper = (first >= 'A' && first <= 'Z') || is_newly_upper(self->answer, start_of(ident));
    if (upper || arguments != NULL) {
      become_constructor(node, ident, arguments == NULL ? json_array() : arguments);
    } else {
      become(node, "PatVar", "ident", ident, NULL, NULL);
    }
    return true;
  }
  bool is_name = reml__node_is(head, "Field") && join_name(head, &text);
  if (is_name) {
    json_t *name = json_pack("{s:s%,s:O}", "name", text.data, text.length, "span",
                             json_object_get(node, "span"));
    become_constructor(node, name, arguments == NULL ? json_array() : arguments);
  } else {
    json_decref(arguments);
  }
  reml__bytes_free(&text);
  return is_name;
}

static bool call_to_pattern(work *self, json_t *node) {
  size_t index;
  json_t *argument, *patterns = json_array(), *head = take(node, "callee");
  bool good = true;
  json_array_foreach(json_object_get(node, "args"), index, argument) {
    json_t *value = json_object_get(argument, "value");
    good = good && reml__node_is(argument, "Positional") && to_pattern(self, value);
    json_array_append(patterns, value);
  }
  if (good) {
    good = name_to_pattern(self, node, head, patterns);
  } else {
    json_decref(patterns);
  }
  json_decref(head);
  return good;
}

static bool negation_to_pattern(json_t *node) {
  json_t *literal = json_object_get(json_object_get(node, "operand"), "literal");
  bool good = has_text(node, "op", "Neg") &&
              (reml__node_is(literal, "Int") || reml__node_is(literal, "Float"));
  if (good) {
    become(node, "PatNeg", "literal", json_incref(literal), NULL, NULL);
  }
  return good;
}

/* Makes a pattern of an expression, if it is written like one; else it may be half made. */
static bool to_pattern(work *self, json_t *node) {
  if (reml__node_is(node, "Literal")) {
    return literal_to_pattern(self, node);
  }
  if (reml__node_is(node, "Call")) {
    return call_to_pattern(self, node);
  }
  if (reml__node_is(node, "Unary")) {
    return negation_to_pattern(node);
  }
  if (reml__node_is(node, "Block") && json_array_size(json_object_get(node, "stmts")) == 0) {
    become(node, "PatRecord", "fields", json_array(), "rest", json_false());
    return true;
  }
  json_t *head = json_copy(node);
  bool good = name_to_pattern(self, node, head, NULL);
  json_decref(head);
  return good;
}

static void change_pattern(void *user, json_t *node) {
  work *self = user;
  json_t *literal = json_object_get(node, "literal");
  if (!reml__node_is(node, "PatLiteral") ||
      !(reml__node_is(literal, "Array") || reml__node_is(literal, "Record"))) {
    return;
  }
  json_t *copy = json_deep_copy(node);
  bool good = literal_to_pattern(self, copy);
  self->visit(self->user, node, good);
  if (good) {
    json_object_clear(node);
    json_object_update(node, copy);
  }
  json_decref(copy);
}

void reml__extend_patterns(reml_answer *reference, reml_visit_pattern *visit, void *user) {
  work self = {.answer = reference, .visit = visit, .user = user};
  reml__each_node(reference->tree, change_pattern, &self);
}
