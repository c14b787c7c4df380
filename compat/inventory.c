/* The tables that the component is made of, as one Reml source (contract gates.md section 5): what
 * bootstrap/tables.py makes the tables of again. A row of a table is a line. */
#include "reml_json.h"
#include "reml_node.h"

#include <stdio.h>
#include <string.h>

typedef struct inventory {
  reml_out out;
  bool has_row, has_member;
} inventory;

/* --- the layout --- */

/* The type of its rows. */
static void write_type(inventory *self, const char *type, const char *members) {
  const char *const pieces[] = {"\ntype alias ", type, " = { ", members, " }\n"};
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
    reml__out_text(&self->out, pieces[i]);
}

static void begin_table(inventory *self, const char *comment, const char *name, const char *type) {
  const char *const pieces[] = {"\n// ", comment, "\nlet ", name, ": Array<", type, "> = ["};
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
    reml__out_text(&self->out, pieces[i]);
  self->has_row = false;
}

static void end_table(inventory *self) {
  reml__out_text(&self->out, "\n]\n");
}

static void begin_row(inventory *self) {
  reml__out_text(&self->out, self->has_row ? ",\n  { " : "\n  { ");
  self->has_row = true;
  self->has_member = false;
}

static void end_row(inventory *self) {
  reml__out_text(&self->out, " }");
}

static void begin_member(inventory *self, const char *name) {
  if (self->has_member) reml__out_text(&self->out, ", ");
  self->has_member = true;
  reml__out_text(&self->out, name);
  reml__out_text(&self->out, ": ");
}

/* A string of JSON is one of Reml as long as it needs no escapes but those of quote, backslash and
 * line break. Absent is empty. */
static void text_literal(inventory *self, const char *text) {
  reml__json_text(&self->out, text == NULL ? "" : text);
}

static void add_text(inventory *self, const char *name, const char *text) {
  begin_member(self, name);
  text_literal(self, text);
}

static void add_point(inventory *self, const char *name, unsigned point) {
  char digits[16];
  snprintf(digits, sizeof digits, "0x%04X", point);
  begin_member(self, name);
  reml__out_text(&self->out, digits);
}

/* `A | B` as a list; `0` is the empty one. */
static void add_names(inventory *self, const char *name, const char *names) {
  static const char between[] = " | ";
  begin_member(self, name);
  reml__out_char(&self->out, '[');
  for (const char *at = names; strcmp(names, "0") != 0;) {
    const char *end = strstr(at, between);
    reml__json_string(&self->out, at, end == NULL ? strlen(at) : (size_t)(end - at));
    if (end == NULL) break;
    reml__out_text(&self->out, ", ");
    at = end + sizeof between - 1;
  }
  reml__out_char(&self->out, ']');
}

/* --- the tables --- */

static void token(inventory *self, const char *name, const char *label, const char *category) {
  static const char *const with_text[] = {"KEYWORD", "OPERATOR", "WORD", "SYMBOL"};
  bool has_text = false;
  for (size_t i = 0; i < sizeof with_text / sizeof *with_text; i++)
    has_text |= strcmp(category, with_text[i]) == 0;
  begin_row(self);
  add_text(self, "name", name);
  add_text(self, "text", has_text ? label : NULL);
  add_text(self, "category", category);
  add_text(self, "label", label);
  end_row(self);
}

static void tokens(inventory *self) {
  write_type(self, "Token", "name: String, text: String, category: String, label: String");
  begin_table(self, "The kinds of token. The place of a row is its code.", "tokens", "Token");
#define TOKEN(name, label, category) token(self, #name, label, #category);
#include "reml_tokens.def"
#undef TOKEN
  end_table(self);
}

typedef struct field {
  const char *name, *type;
} field;

static void add_fields(inventory *self, const field *fields, size_t count) {
  begin_member(self, "fields");
  reml__out_char(&self->out, '[');
  for (size_t i = 0; i < count && fields[i].name != NULL; i++) {
    reml__out_text(&self->out, i == 0 ? "{ name: " : ", { name: ");
    text_literal(self, fields[i].name);
    reml__out_text(&self->out, ", holds: ");
    text_literal(self, fields[i].type);
    reml__out_text(&self->out, " }");
  }
  reml__out_char(&self->out, ']');
}

static void node(inventory *self, const char *name, const char *kind, const char *classes,
                 const field *fields, size_t count) {
  begin_row(self);
  add_text(self, "name", name);
  add_text(self, "kind", kind);
  add_names(self, "classes", classes);
  add_fields(self, fields, count);
  end_row(self);
}

static void nodes(inventory *self) {
  write_type(self, "Node",
             "name: String, kind: String, classes: Array<String>, "
             "fields: Array<{ name: String, holds: String }>");
  begin_table(self, "The kinds of node; fields are in the order of the canonical JSON.", "nodes",
              "Node");
#define NO_FIELDS {NULL, NULL}
#define F(name, type)                                                                              \
  { name, #type }
#define O(name, type)                                                                              \
  { name, #type "?" }
#define NODE(name, kind, classes, ...)                                                             \
  {                                                                                                \
    static const field fields[] = {__VA_ARGS__};                                                   \
    node(self, #name, kind, #classes, fields, sizeof fields / sizeof *fields);                     \
  }
#include "reml_nodes.def"
#undef NODE
#undef F
#undef O
#undef NO_FIELDS
  end_table(self);
}

static void range(inventory *self, unsigned first, unsigned last) {
  begin_row(self);
  add_point(self, "first", first);
  add_point(self, "last", last);
  end_row(self);
}

static void identifier_ranges(inventory *self) {
  write_type(self, "Range", "first: Int, last: Int");
  begin_table(self, "Code points that may begin an identifier, inclusive.", "identifier_start",
              "Range");
#define START(first, last) range(self, first, last);
#define CONTINUE(first, last)
#include "reml_xid.def"
#undef START
#undef CONTINUE
  end_table(self);
  begin_table(self, "Code points that may continue an identifier, inclusive.",
              "identifier_continue", "Range");
#define START(first, last)
#define CONTINUE(first, last) range(self, first, last);
#include "reml_xid.def"
#undef START
#undef CONTINUE
  end_table(self);
}

typedef struct diagnostic {
  const char *name, *severity, *domain, *marks, *codes[2], *message, *note;
} diagnostic;

static void add_codes(inventory *self, const char *const codes[2]) {
  begin_member(self, "codes");
  reml__out_char(&self->out, '[');
  for (size_t i = 0; i < 2 && codes[i] != NULL; i++) {
    if (i > 0) reml__out_text(&self->out, ", ");
    text_literal(self, codes[i]);
  }
  reml__out_char(&self->out, ']');
}

static void diagnostic_row(inventory *self, const diagnostic *about) {
  begin_row(self);
  add_text(self, "name", about->name);
  add_text(self, "severity", about->severity);
  add_text(self, "domain", about->domain);
  add_names(self, "marks", about->marks);
  add_codes(self, about->codes);
  add_text(self, "message", about->message);
  add_text(self, "note", about->note);
  end_row(self);
}

static void diagnostics(inventory *self) {
  write_type(self, "Diagnostic",
             "name: String, severity: String, domain: String, marks: Array<String>, "
             "codes: Array<String>, message: String, note: String");
  begin_table(self, "Every diagnostic. What stands in braces is filled in.", "diagnostics",
              "Diagnostic");
#define DIAGNOSTIC(name, severity, domain, marks, code, second_code, message, note)                \
  diagnostic_row(                                                                                  \
      self, &(diagnostic){#name, #severity, #domain, #marks, {code, second_code}, message, note});
#include "diagnostics.def"
#undef DIAGNOSTIC
  end_table(self);
}

static void problem(inventory *self, const char *name, const char *kind, const char *code,
                    const char *message) {
  begin_row(self);
  add_text(self, "name", name);
  add_text(self, "kind", kind);
  add_text(self, "code", code);
  add_text(self, "message", message);
  end_row(self);
}

static void problems(inventory *self) {
  write_type(self, "Problem", "name: String, kind: String, code: String, message: String");
  begin_table(self, "What streaming finds wrong by itself.", "problems", "Problem");
#define PROBLEM(name, kind, code, message) problem(self, #name, #kind, code, message);
#include "problems.def"
#undef PROBLEM
  end_table(self);
}

static void config_field(inventory *self, const char *name, const char *member, const char *type) {
  begin_row(self);
  add_text(self, "name", name);
  add_text(self, "member", member);
  add_text(self, "holds", type);
  end_row(self);
}

static void config_key(inventory *self, const char *name, const char *ns, const char *key,
                       const char *type) {
  begin_row(self);
  add_text(self, "name", name);
  add_text(self, "namespace", ns);
  add_text(self, "key", key);
  add_text(self, "holds", type);
  end_row(self);
}

static void run_configuration(inventory *self) {
  write_type(self, "ConfigField", "name: String, member: String, holds: String");
  begin_table(self, "The fields of the run configuration.", "config_fields", "ConfigField");
#define FIELD(name, member, type) config_field(self, #name, #member, #type);
#define KEY(name, ns, key, type)
#include "config_keys.def"
#undef FIELD
#undef KEY
  end_table(self);
  write_type(self, "ConfigKey", "name: String, namespace: String, key: String, holds: String");
  begin_table(self, "The keys of its extensions.", "config_keys", "ConfigKey");
#define FIELD(name, member, type)
#define KEY(name, ns, key, type) config_key(self, #name, ns, key, #type);
#include "config_keys.def"
#undef FIELD
#undef KEY
  end_table(self);
}

reml_status reml_write_inventory(reml_write *write, void *user) {
  inventory self = {.has_row = false};
  reml__out_open(&self.out, write, user);
  reml__out_text(&self.out, "// What remlparse is made of: the tables that it was built from, "
                            "printed by --emit-inventory.\n");
  tokens(&self);
  nodes(&self);
  identifier_ranges(&self);
  diagnostics(&self);
  problems(&self);
  run_configuration(&self);
  return reml__out_close(&self.out);
}
