#include "reml_build.h"
#include "reml_bytes.h"
#include <string.h>

/* --- lists ---
 *
 * The elements of open lists lie on parser->open, one list above the other. A list that grows over
 * FAN elements moves them to the pool by arrays of FAN and keeps the arrays' handles in their
 * place, and so on level by level; the handles of the highest level lie lowest. So an open list
 * never holds more than FAN handles for each level, however long it is. */

static void push_open(reml_parser *p, uint32_t handle) {
  if (p->open_count == p->open_capacity)
    p->open = reml__grow_atomic(p->memory, p->open, p->open_count, &p->open_capacity,
                                p->open_count + 1, sizeof *p->open);
  p->open[p->open_count++] = handle;
}

/* Moves the topmost handles to the pool. */
static uint32_t pop_array(reml_parser *p, uint32_t count, uint32_t room_before) {
  uint32_t array = reml__ast_reserve(p->ast, room_before + count);
  p->open_count -= count;
  memcpy(reml__ast_word(p->ast, array) + room_before, p->open + p->open_count,
         count * sizeof *p->open);
  return array;
}

/* Adds a handle to a level that has `count` of them; depth of the recursion is the number of
 * levels, at most six. */
static void push_level(reml_parser *p, uint32_t handle, uint32_t count) {
  if (count > 0 && count % REML_LIST_FAN == 0) {
    uint32_t array = pop_array(p, REML_LIST_FAN, 0);
    push_level(p, array, count / REML_LIST_FAN - 1);
  }
  push_open(p, handle);
}

reml_semantic reml__build_append(reml_parser *p, reml_semantic list, uint32_t element) {
  push_level(p, element, list.n);
  return VALUE(list.n + 1);
}

/* The element is the production's last symbol, and ends where the last token that was read does. */
static void set_checkpoint(reml_parser *p) {
  p->checkpoint.present = true;
  p->checkpoint.start = p->top->start;
  p->checkpoint.end = p->last_end;
}

reml_semantic reml__build_item(reml_parser *p, reml_semantic list, uint32_t element) {
  set_checkpoint(p);
  return reml__build_append(p, list, element);
}

reml_semantic reml__build_declarations(reml_parser *p) {
  p->prelude = reml__ast_mark(p->ast);
  return NONE;
}

reml_semantic reml__build_declaration(reml_parser *p, reml_semantic list, reml_node declaration) {
  if (!p->hands_out) return reml__build_item(p, list, declaration);
  set_checkpoint(p);
  p->declaration = declaration;
  p->stop = REML_PARSE_DECLARATION;
  return list;
}

uint32_t reml__build_close(reml_parser *p, reml_semantic list) {
  if (list.n == 0) return 0;
  if (list.n <= REML_LIST_FAN) {
    uint32_t flat = pop_array(p, list.n, 1);
    *reml__ast_word(p->ast, flat) = list.n;
    return flat;
  }
  uint32_t level = list.n, array;
  for (;;) {
    array = pop_array(p, (level - 1) % REML_LIST_FAN + 1, 0);
    if (level <= REML_LIST_FAN) break;
    uint32_t parents = (level - 1) / REML_LIST_FAN;
    push_level(p, array, parents);
    level = parents + 1;
  }
  uint32_t root = reml__ast_reserve(p->ast, 2);
  uint32_t *words = reml__ast_word(p->ast, root);
  words[0] = list.n;
  words[1] = array;
  return root;
}

uint32_t reml__build_close_after(reml_parser *p, uint32_t first, reml_semantic list) {
  if (list.n < REML_LIST_FAN) {
    push_open(p, 0);
    uint32_t *run = p->open + p->open_count - list.n - 1;
    memmove(run + 1, run, list.n * sizeof *run);
    *run = first;
    return reml__build_close(p, VALUE(list.n + 1));
  }
  uint32_t tail = reml__build_close(p, list);
  reml_semantic whole = APPEND(NONE, first);
  for (uint32_t i = 0; i < list.n; i++)
    whole = APPEND(whole, reml__list_at(p->ast, tail, i));
  return reml__build_close(p, whole);
}

void reml__build_drop(reml_parser *p, reml_semantic list) {
  for (uint32_t level = list.n; level > 0; level = (level - 1) / REML_LIST_FAN) {
    p->open_count -= (level - 1) % REML_LIST_FAN + 1;
  }
}

/* --- names and paths --- */

static reml_node ident_node(reml_parser *p, reml_name name, reml_range span) {
  return reml__node_write(p->ast, REML_NODE_IDENT, 0, span, &name, 1);
}

reml_node reml__build_ident(reml_parser *p, reml_semantic name) {
  uint32_t length = reml__text(p->ast, name.n).length;
  return ident_node(p, name.n, (reml_range){name.at, name.at + length});
}

static reml_semantic relative_path(reml_parser *p, reml_semantic head, uint32_t segments) {
  if (head.at == REML_HEAD_SELF) return NODE(PATH_SELF, 0, segments);
  if (head.at == REML_HEAD_SUPER) return NODE(PATH_SUPER, 0, head.n, segments);
  return NODE(PATH_IDENT, 0, head.n, head.at, segments);
}

reml_semantic reml__build_path(reml_parser *p, reml_semantic head, reml_semantic tail) {
  return relative_path(p, head, LIST(tail));
}

reml_semantic reml__build_prefix_head(reml_parser *p, reml_semantic head) {
  return APPEND(NONE, head.at == REML_HEAD_SELF ? 0 : IDENT_NODE(head));
}

reml_semantic reml__build_prefix(reml_parser *p, reml_semantic prefix) {
  uint32_t names = LIST(prefix);
  reml_node first = reml__list_at(p->ast, names, 0);
  reml_semantic segments = NONE;
  for (uint32_t i = 1; i < prefix.n; i++) {
    segments = APPEND(segments, reml__list_at(p->ast, names, i));
  }
  reml_semantic head = HEAD_SELF;
  if (first != 0) {
    head = PAIR(reml__node_field(p->ast, first, 0), reml__node_span(p->ast, first).start);
  }
  return relative_path(p, head, LIST(segments));
}

reml_name reml__build_qualified(reml_parser *p, reml_semantic first, reml_semantic rest) {
  uint32_t names = LIST(rest);
  size_t length = reml__text(p->ast, first.n).length;
  for (uint32_t i = 0; i < rest.n; i++) {
    length += 1 + (size_t)reml__text(p->ast, reml__list_at(p->ast, names, i)).length;
  }
  char *joined = reml__alloc_atomic(p->memory, length);
  char *to = joined;
  reml_text text = reml__text(p->ast, first.n);
  memcpy(to, text.bytes, text.length);
  to += text.length;
  for (uint32_t i = rest.n; i-- > 0;) {
    text = reml__text(p->ast, reml__list_at(p->ast, names, i));
    *to++ = '.';
    memcpy(to, text.bytes, text.length);
    to += text.length;
  }
  return reml__name(p->ast, joined, length);
}

/* --- expressions --- */

uint32_t reml__build_growth(const reml_ast *ast, reml_semantic expression) {
  reml_node_kind kind = reml__node_kind(ast, expression.n);
  return kind == REML_NODE_BINARY || kind == REML_NODE_PIPE ? expression.at : 0;
}

reml_semantic reml__build_merged(reml_parser *p, reml_node_kind kind, unsigned op,
                                 reml_semantic left, reml_semantic right) {
  reml_range a = reml__node_span(p->ast, left.n), b = reml__node_span(p->ast, right.n);
  reml_range span = {a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
  reml_node node = reml__node_write(p->ast, kind, op, span, FIELDS(left.n, right.n));
  return PAIR(node, reml__build_growth(p->ast, left) + 1);
}

reml_semantic reml__build_call(reml_parser *p, reml_node callee, uint32_t args) {
  reml_range span = {reml__node_span(p->ast, callee).start, p->span.end};
  return VALUE(reml__node_write(p->ast, REML_NODE_CALL, 0, span, FIELDS(callee, args)));
}

void reml__build_fail(reml_parser *p, reml_failure_kind kind, const reml_entry *from) {
  if (p->failure.kind != REML_FAILURE_NONE) return;
  p->failure = (reml_failure){.kind = kind, .start = from->start};
  p->stop = REML_PARSE_FAILED;
}

/* Decimal digits whose value is at most 2^62 - 1 (grammar.md section 6), as text without leading
 * zeros; 0 for any other index. */
static reml_name index_text(reml_parser *p, reml_text digits) {
  static const char limit[] = "4611686018427387903";
  while (digits.length > 1 && *digits.bytes == '0') {
    digits.bytes++;
    digits.length--;
  }
  size_t most = sizeof limit - 1;
  if (digits.length > most) return 0;
  if (digits.length == most && memcmp(digits.bytes, limit, most) > 0) return 0;
  return reml__name(p->ast, digits.bytes, digits.length);
}

reml_semantic reml__build_tuple_index(reml_parser *p, reml_node target, reml_node index) {
  bool decimal = reml__node_tag(p->ast, index) == 2;
  reml_name text = 0;
  if (decimal) text = index_text(p, reml__text(p->ast, reml__node_field(p->ast, index, 0)));
  if (text == 0) reml__build_fail(p, REML_FAILURE_TUPLE_INDEX, &p->rhs[2]);
  return NODE(TUPLE_INDEX, 0, target, text);
}

/* --- attributes --- */

reml_name reml__build_normal(reml_parser *p, reml_text text) {
  size_t start = 0, end = text.length;
  while (start < end && reml__is_blank(text.bytes[start]))
    start++;
  while (end > start && reml__is_blank(text.bytes[end - 1]))
    end--;
  char *copy = reml__alloc_atomic(p->memory, end - start + 1);
  for (size_t i = start; i < end; i++)
    copy[i - start] = reml__lower(text.bytes[i]);
  return reml__name(p->ast, copy, end - start);
}

bool reml__build_text_of(reml_parser *p, reml_node expression, reml_text *text) {
  reml_node_kind kind = reml__node_kind(p->ast, expression);
  if (kind == REML_NODE_VAR) {
    *text = reml__text(p->ast, reml__node_field(p->ast, expression, 0));
    return true;
  }
  if (kind != REML_NODE_STRING) return false;
  size_t length;
  text->bytes = reml__node_bytes(p->ast, expression, &length);
  text->length = (uint32_t)length;
  return true;
}

static bool is_dotted(reml_parser *p, reml_node attribute) {
  return reml__node_kind(p->ast, attribute) == REML_NODE_ATTR_DOTTED;
}

reml_name reml__build_attribute_name(reml_parser *p, reml_node attribute) {
  uint32_t name = reml__node_field(p->ast, attribute, 0);
  return is_dotted(p, attribute) ? reml__node_field(p->ast, name, 0) : name;
}

uint32_t reml__build_attribute_args(reml_parser *p, reml_node attribute) {
  return reml__node_field(p->ast, attribute, is_dotted(p, attribute) ? 1 : 2);
}

reml_name reml__build_attribute_key(reml_parser *p, reml_node attribute) {
  return reml__build_normal(p, reml__text(p->ast, reml__build_attribute_name(p, attribute)));
}
