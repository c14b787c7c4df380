/* The public interface to trees (contract ast.md): with nothing but reml_node_*, the canonical JSON
 * can be written, byte for byte as the library writes it. */
#include "fixture.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what reml_nodes.def says beside the public functions --- */

enum {
  SPANNED = 1,
  KINDED = 2,
  IS_EXPR = 4,
  IS_LITERAL = 8,
  IS_PATTERN = 16,
  IS_TYPE = 32,
  IS_STATEMENT = 64,
  IS_DECL = 128
};

static const unsigned classes[REML_NODE_KIND_COUNT] = {
#define NODE(name, kind, flags, ...) [REML_NODE_##name] = (flags),
#include "reml_nodes.def"
#undef NODE
};

/* Members that the JSON leaves out when they have their default. */
enum { MOST_MEMBERS = 16 };
static const bool optional[REML_NODE_KIND_COUNT][MOST_MEMBERS] = {
#define NO_FIELDS false
#define F(name, type) false
#define O(name, type) true
#define NODE(name, kind, flags, ...) [REML_NODE_##name] = {__VA_ARGS__},
#include "reml_nodes.def"
#undef NODE
#undef O
#undef F
#undef NO_FIELDS
};

/* --- a stack of what is still to be written --- */

typedef struct task {
  const char *text; /* or a node in its context */
  reml_node node;
  reml_field_type context;
} task;

static task *tasks;
static size_t task_count, task_capacity;

static void push(task one) {
  if (task_count == task_capacity) {
    task_capacity = task_capacity ? task_capacity * 2 : 1024;
    tasks = realloc(tasks, task_capacity * sizeof *tasks);
    if (tasks == NULL) tap_bail_out("no memory for the test itself");
  }
  tasks[task_count++] = one;
}

static void push_text(const char *text) {
  push((task){.text = text});
}

/* What was pushed since `from` is to be done in the order of pushing. */
static void reverse_since(size_t from) {
  for (size_t i = from, k = task_count; i + 1 < k; i++) {
    task one = tasks[i];
    tasks[i] = tasks[--k];
    tasks[k] = one;
  }
}

/* --- values --- */

static bytes out;
static const reml_tree *tree;

static void add_number(int64_t number) {
  char digits[32];
  snprintf(digits, sizeof digits, "%lld", (long long)number);
  bytes_add_text(&out, digits);
}

static void add_string(reml_string text) {
  bytes_add_text(&out, "\"");
  for (size_t i = 0; i < text.length; i++) {
    static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    unsigned char byte = (unsigned char)text.bytes[i];
    const char *found = byte ? strchr(plain, byte) : NULL;
    char escape[8];
    if (found) {
      snprintf(escape, sizeof escape, "\\%c", letter[found - plain]);
      bytes_add_text(&out, escape);
    } else if (byte < 0x20 || byte == 0x7F) {
      snprintf(escape, sizeof escape, "\\u%04x", byte);
      bytes_add_text(&out, escape);
    } else {
      bytes_add(&out, &text.bytes[i], 1);
    }
  }
  bytes_add_text(&out, "\"");
}

static void add_span(uint32_t start, uint32_t end) {
  bytes_add_text(&out, "[");
  add_number(start);
  bytes_add_text(&out, ",");
  add_number(end);
  bytes_add_text(&out, "]");
}

static void add_ident(const reml_member *member) {
  bytes_add_text(&out, "{\"name\":");
  add_string(member->text);
  bytes_add_text(&out, ",\"span\":");
  add_span(member->start, member->end);
  bytes_add_text(&out, "}");
}

static void add_word(const char *const *words, int64_t at) {
  add_string(reml_string_from(words[at]));
}

static void add_string_of(reml_node node) {
  reml_member text;
  if (node == 0 || !reml_node_member(tree, node, 0, &text)) {
    bytes_add_text(&out, "null");
  } else if (text.type == REML_FIELD_SPAN) { /* of a Var; the name follows */
    reml_node_member(tree, node, 1, &text);
    add_string(text.text);
  } else {
    add_string(text.text);
  }
}

static void add_byte(int64_t byte) {
  char c = (char)byte;
  add_string((reml_string){&c, 1});
}

static void add_scalar(int64_t scalar) {
  char utf8[4];
  unsigned c = (unsigned)scalar, more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
  utf8[0] = (char)(lead[more] | (c >> (6 * more)));
  for (unsigned i = 1; i <= more; i++)
    utf8[i] = (char)(0x80 | ((c >> (6 * (more - i))) & 0x3F));
  add_string((reml_string){utf8, more + 1});
}

/* Everything but children and lists. */
static void add_leaf(const reml_member *member) {
  static const char *const visibility[] = {"Private", "Public"};
  static const char *const base[] = {"2", "8", "10", "16"};
  static const char *const form[] = {"Normal", "Raw", "Multiline"};
  static const char *const unary[] = {"Not", "Neg", "Deref", "Ref", "RefMut"};
  static const char *const sugar[] = {"perform", "do"}, *const via[] = {"as", "@"};
  static const char *const separator[] = {".", "::"}, *const self_ref[] = {"", "Ref", "RefMut"};
  static const char *const binary[] = {"Add", "Sub", "Mul", "Div", "Mod", "Pow", "Eq",    "Ne",
                                       "Lt",  "Le",  "Gt",  "Ge",  "And", "Or",  "Range", "Concat"};
  switch (member->type) {
  case REML_FIELD_SPAN: add_span(member->start, member->end); return;
  case REML_FIELD_TAG_FLAG0:
  case REML_FIELD_TAG_FLAG1:
  case REML_FIELD_TAG_FLAG2:
  case REML_FIELD_TAG_BOOL: bytes_add_text(&out, member->number ? "true" : "false"); return;
  case REML_FIELD_TAG_VIS: add_word(visibility, member->number); return;
  case REML_FIELD_TAG_BASE: bytes_add_text(&out, base[member->number]); return;
  case REML_FIELD_TAG_FORM: add_word(form, member->number); return;
  case REML_FIELD_TAG_BINARY: add_word(binary, member->number); return;
  case REML_FIELD_TAG_UNARY: add_word(unary, member->number); return;
  case REML_FIELD_TAG_SUGAR: add_word(sugar, member->number); return;
  case REML_FIELD_TAG_SEP: add_word(separator, member->number); return;
  case REML_FIELD_TAG_VIA: add_word(via, member->number); return;
  case REML_FIELD_TAG_SELF_REF: add_word(self_ref, member->number); return;
  case REML_FIELD_WORD_FN: bytes_add_text(&out, "\"fn\""); return;
  case REML_FIELD_HEAD_SELF: bytes_add_text(&out, "{\"kind\":\"Self\"}"); return;
  case REML_FIELD_HEAD_SUPER:
    bytes_add_text(&out, "{\"kind\":\"Super\",\"depth\":");
    add_number(member->number);
    bytes_add_text(&out, "}");
    return;
  case REML_FIELD_HEAD_IDENT:
    bytes_add_text(&out, "{\"kind\":\"Ident\",\"ident\":");
    add_ident(member);
    bytes_add_text(&out, "}");
    return;
  case REML_FIELD_NUMBER: bytes_add(&out, member->text.bytes, member->text.length); return;
  case REML_FIELD_TEXT:
  case REML_FIELD_BYTES: add_string(member->text); return;
  case REML_FIELD_BYTE: add_byte(member->number); return;
  case REML_FIELD_SCALAR: add_scalar(member->number); return;
  case REML_FIELD_COUNT: add_number(member->number); return;
  case REML_FIELD_STRING_OF: add_string_of(member->child); return;
  default:
    if (member->text.length == 0) {
      bytes_add_text(&out, "null");
    } else {
      add_ident(member);
    }
    return;
  }
}

static bool is_default(const reml_member *member) {
  return member->child == 0 && member->count == 0 && member->number == 0 &&
         member->text.length == 0;
}

/* --- nodes --- */

static bool is_list(reml_field_type type) {
  return type >= REML_FIELD_NODES && type <= REML_FIELD_ARGS_OR_NULL;
}

static bool is_child(reml_field_type type) {
  return type >= REML_FIELD_CHILD && type <= REML_FIELD_BODY;
}

static void push_list(reml_node node, size_t index, const reml_member *member) {
  size_t from = task_count;
  bytes_add_text(&out, "[");
  for (size_t i = 0; i < member->count; i++) {
    if (i > 0) push_text(",");
    reml_node element = reml_node_element(tree, node, index, i);
    push((task){.text = element ? NULL : "null", .node = element, .context = member->type});
  }
  push_text("]");
  reverse_since(from);
}

/* The objects around a node (ast.md sections 1, 3 and 4); returns how many. */
static int add_wrappers(reml_node node, reml_field_type context) {
  reml_node_kind kind = reml_node_kind_of(tree, node);
  unsigned is = classes[kind];
  int opened = 0;
  if (context == REML_FIELD_STMTS && !(is & IS_STATEMENT)) {
    bytes_add_text(&out,
                   is & IS_DECL ? "{\"kind\":\"Decl\",\"decl\":" : "{\"kind\":\"Expr\",\"expr\":");
    opened++;
  } else if ((context == REML_FIELD_ARGS || context == REML_FIELD_ARGS_OR_NULL) &&
             kind != REML_NODE_NAMED_ARG) {
    bytes_add_text(&out, "{\"kind\":\"Positional\",\"value\":");
    opened++;
  } else if (context == REML_FIELD_BODY && kind != REML_NODE_FN_BLOCK) {
    bytes_add_text(&out, "{\"kind\":\"Expr\",\"expr\":");
    opened++;
  }
  bool bare = context == REML_FIELD_CHILD || context == REML_FIELD_NODES;
  if ((is & IS_LITERAL) && !bare) {
    bool pattern = context == REML_FIELD_PATTERN || context == REML_FIELD_PATTERNS;
    uint32_t start = 0, end = 0;
    reml_node_span(tree, node, &start, &end);
    bytes_add_text(&out, pattern ? "{\"kind\":\"PatLiteral\",\"span\":"
                                 : "{\"kind\":\"Literal\",\"span\":");
    add_span(start, end);
    bytes_add_text(&out, ",\"literal\":");
    opened++;
  }
  return opened;
}

/* A node is written member by member: this is the rest of it from one of them on. */
typedef struct frame {
  reml_node node;
  size_t next;
  int closers;
} frame;

static frame *frames;
static size_t frame_count, frame_capacity;

/* The members of an INLINE node stand among those of the node around it. */
static void open_node(reml_node node, reml_field_type context) {
  bool within = context == REML_FIELD_INLINE;
  int closers = within ? 0 : add_wrappers(node, context) + 1;
  reml_node_kind kind = reml_node_kind_of(tree, node);
  if (!within) bytes_add_text(&out, "{");
  if (classes[kind] & (KINDED | IS_LITERAL)) {
    bytes_add_text(&out, "\"kind\":");
    add_string(reml_string_from(reml_node_kind_name(kind)));
  }
  if (frame_count == frame_capacity) {
    frame_capacity = frame_capacity ? frame_capacity * 2 : 1024;
    frames = realloc(frames, frame_capacity * sizeof *frames);
    if (frames == NULL) tap_bail_out("no memory for the test itself");
  }
  frames[frame_count++] = (frame){node, 0, closers};
  push_text(NULL); /* go on with the topmost frame */
}

static void go_on(void) {
  frame *top = &frames[frame_count - 1];
  reml_member member;
  size_t index = top->next++;
  reml_node_kind kind = reml_node_kind_of(tree, top->node);
  if (!reml_node_member(tree, top->node, index, &member)) {
    bytes_repeat(&out, "}", (size_t)top->closers);
    frame_count--;
    return;
  }
  push_text(NULL);
  if (index < MOST_MEMBERS && optional[kind][index] && is_default(&member)) return;
  if (out.data[out.length - 1] != '{') bytes_add_text(&out, ",");
  if (member.type == REML_FIELD_INLINE) {
    push((task){.node = member.child, .context = member.type});
    return;
  }
  add_string(reml_string_from(member.name));
  bytes_add_text(&out, ":");
  if (is_list(member.type)) {
    bool nullable =
        member.type == REML_FIELD_NODES_OR_NULL || member.type == REML_FIELD_ARGS_OR_NULL;
    if (nullable && member.number == 0) {
      bytes_add_text(&out, "null");
    } else {
      push_list(top->node, index, &member);
    }
  } else if (!is_child(member.type)) {
    add_leaf(&member);
  } else if (member.child == 0) {
    bytes_add_text(&out, "null");
  } else {
    push((task){.node = member.child, .context = member.type});
  }
}

static void write_tree(const reml_result *result) {
  tree = result->tree;
  bytes_clear(&out);
  push((task){.node = result->unit, .context = REML_FIELD_CHILD});
  while (task_count > 0) {
    task one = tasks[--task_count];
    if (one.text != NULL) {
      bytes_add_text(&out, one.text);
    } else if (one.node != 0) {
      open_node(one.node, one.context);
    } else {
      go_on();
    }
  }
}

/* --- comparing with the printer --- */

static bytes expected;

static bool is_printed(const reml_result *result, const char *name) {
  bytes_clear(&expected);
  if (reml_write_ast_json(result, bytes_write, &expected) != REML_OK) return false;
  write_tree(result);
  return tap_bytes(out.data, out.length, expected.data, expected.length,
                   "%s: the members are those of the canonical JSON", name);
}

static size_t compared;

static void compare(const reml_config *config, const char *name, const char *source,
                    size_t length) {
  const reml_result *result =
      reml_run(new_context(), config, reml_string_from("case.reml"), source, length);
  if (!result->accepted) return;
  is_printed(result, name);
  compared++;
}

static void compare_source(const char *name, const char *source, size_t length) {
  reml_config config = golden_config();
  compare(&config, name, source, length);
}

static void try_golden(void) {
  compared = 0;
  each_golden_source(compare_source);
  tap_ok(compared > 200, "%zu trees were compared", compared);
}

static void compare_spec(const char *name, const char *source, size_t length) {
  reml_config config = spec_profile();
  compare(&config, name, source, length);
}

static void compare_row(const printed_case *row) {
  compare_spec(row->source, row->source, strlen(row->source));
}

/* Among the rows is every kind of node. */
static void try_spec(void) {
  compared = 0;
  each_printed_case(compare_row);
  tap_ok(compared > 100, "%zu trees of rows were compared", compared);
  each_source_in("compat/contract-spec/examples", compare_spec);
  each_golden_source(compare_spec);
  tap_ok(compared > 400, "%zu trees were compared", compared);
}

/* --- lists of every size --- */

typedef struct list_form {
  const char *name, *before, *element, *last, *after;
  size_t fewest;
} list_form;

static reml_node value_of(const reml_result *result, size_t index) {
  reml_member member;
  reml_node decl = reml_node_element(result->tree, result->unit, 2, 0);
  reml_node let = reml_node_member(result->tree, decl, 3, &member) ? member.child : 0;
  return reml_node_member(result->tree, let, index, &member) ? member.child : 0;
}

static const reml_result *parse_list(const list_form *form, size_t count) {
  reml_config config = golden_config();
  bytes source = {0};
  bytes_add_text(&source, form->before);
  if (count > 0) bytes_repeat(&source, form->element, count - 1);
  if (count > 0) bytes_add_text(&source, form->last);
  bytes_add_text(&source, form->after);
  const reml_result *result = parse(&config, source.data);
  bytes_free(&source);
  return result;
}

/* Every element begins later than the one before, and there is none behind the last. */
static void check_order(const reml_result *result, reml_node node, size_t index, size_t count) {
  uint32_t before = 0, start, end;
  size_t ordered = 0;
  for (size_t i = 0; i < count; i++) {
    reml_node element = reml_node_element(result->tree, node, index, i);
    if (!reml_node_span(result->tree, element, &start, &end)) break;
    if (start <= before || end <= start) break;
    before = start;
    ordered++;
  }
  tap_int((int64_t)ordered, (int64_t)count, "... all in order");
  tap_int(reml_node_element(result->tree, node, index, count), 0, "... with none behind them");
}

static void try_lists(void) {
  static const size_t sizes[] = {0, 1, 2, 63, 64, 65, 127, 128, 4095, 4096, 4097, 4160, 300000};
  static const struct {
    list_form form;
    size_t member, index; /* of the let, of its value or pattern */
  } rows[] = {
      {{"an array", "let x = [", "a,", "a", "]", 0}, 2, 0},
      {{"a tuple", "let x = (", "a,", "a", ")", 2}, 2, 0},
      {{"arguments", "let x = f(", "a,", "a", ")", 0}, 2, 2},
      {{"statements", "let x = unsafe {", "(a);", "(a)", "}", 0}, 2, 0},
      {{"a tuple pattern", "let (", "a,", "a", ") = 1", 2}, 0, 1},
      {{"pattern arguments", "let A(", "a,", "a", ") = 1", 0}, 0, 2},
      {{"a tuple type", "let x: (", "A,", "A", ") = 1", 2}, 1, 1},
      {{"lambda parameters", "let x = | ", "a,", "a", " | b", 0}, 2, 1},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    for (size_t k = 0; k < TAP_COUNT(sizes); k++) {
      size_t count = sizes[k], index = rows[i].index;
      reml_member member = {0};
      if (count < rows[i].form.fewest) continue;
      const reml_result *result = parse_list(&rows[i].form, count);
      if (!tap_ok(result->accepted, "%s of %zu", rows[i].form.name, count)) continue;
      reml_node node = value_of(result, rows[i].member);
      if (reml_node_kind_of(result->tree, node) == REML_NODE_UNSAFE) {
        index = 1;
        node = reml_node_member(result->tree, node, 1, &member) ? member.child : 0;
      }
      reml_node_member(result->tree, node, index, &member);
      tap_int((int64_t)member.count, (int64_t)count, "... has that many elements");
      check_order(result, node, index, count);
      if (count <= 4160) is_printed(result, "... and");
    }
  }
}

static void try_long_tree(void) {
  const list_form declarations = {"declarations", "", "let a = (b, 'c', \"d\") ",
                                  "let e = 1",    "", 0};
  const reml_result *result = parse_list(&declarations, 100000);
  tap_ok(result->accepted, "a hundred thousand declarations are accepted");
  is_printed(result, "they");
}

static void try_deep_tree(void) {
  reml_config config = golden_config();
  bytes source = {0};
  size_t depth = 300000;
  bytes_add_text(&source, "let x = ");
  bytes_repeat(&source, "[-", depth);
  bytes_add_text(&source, "a");
  bytes_repeat(&source, "]", depth);
  const reml_result *result = parse(&config, source.data);
  tap_ok(result->accepted, "three hundred thousand levels are accepted");
  is_printed(result, "they");
  bytes_free(&source);
}

/* --- single functions --- */

static void try_functions(void) {
  reml_config config = golden_config();
  const reml_result *result = parse(&config, "module a.b let x = (1, \"two\")");
  const reml_tree *of = result->tree;
  reml_member member;
  uint32_t start = 99, end = 99;
  tap_ok(result->accepted, "there is a tree");
  tap_int(reml_node_kind_of(of, result->unit), REML_NODE_UNIT, "its root is the unit");
  tap_text(reml_node_kind_name(REML_NODE_TY_APP), "TyApp", "kinds have names");
  tap_text(reml_node_kind_name(REML_NODE_NONE), "", "... but none");
  tap_int(reml_node_kind_of(of, 0), REML_NODE_NONE, "the node 0 is none");
  tap_ok(!reml_node_member(of, 0, 0, &member), "... without members");
  tap_ok(!reml_node_span(of, 0, &start, &end) && start == 99, "... without a span");
  tap_int(reml_node_element(of, 0, 0, 0), 0, "... without elements");
  tap_ok(!reml_node_span(of, result->unit, &start, &end), "the unit has no span");
  tap_ok(reml_node_member(of, result->unit, 2, &member), "the unit has three members");
  tap_text(member.name, "decls", "... the last of which is decls");
  tap_int((int64_t)member.count, 1, "... with one element");
  tap_ok(!reml_node_member(of, result->unit, 3, &member), "... and no more");
  tap_ok(!reml_node_member(of, result->unit, SIZE_MAX, &member), "... not even far away");
  tap_int(reml_node_element(of, result->unit, 0, 0), 0, "a child is not a list");
  tap_int(reml_node_element(of, result->unit, 2, 1), 0, "a list has no element behind its last");
  tap_int(reml_node_element(of, result->unit, 2, SIZE_MAX), 0, "... not even far away");
  tap_int(reml_node_element(of, result->unit, 9, 0), 0, "a member that is not there has none");
  reml_node decl = reml_node_element(of, result->unit, 2, 0);
  tap_ok(reml_node_span(of, decl, &start, &end) && start == 10 && end == 29,
         "a declaration has its span");
  tap_ok(reml_tree_nodes(of) >= 9, "the nodes are counted");
  tap_ok(reml_tree_bytes(of) > 100, "the bytes are counted");
  const reml_result *longer = parse(&config, "let x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]");
  const reml_result *shorter = parse(&config, "let x = []");
  tap_ok(reml_tree_nodes(longer->tree) >= reml_tree_nodes(shorter->tree) + 12,
         "... and more elements are more nodes");
  tap_ok(reml_tree_bytes(longer->tree) > reml_tree_bytes(shorter->tree), "... and more bytes");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"golden sources", try_golden}, {"the profile spec", try_spec}, {"lists", try_lists},
      {"a long tree", try_long_tree}, {"a deep tree", try_deep_tree}, {"functions", try_functions},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
