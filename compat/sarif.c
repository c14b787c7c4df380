/* SARIF 2.1.0 logs. They are kept as JSON values until they are written, because what went wrong
 * with one input stands beside the results of all. */
#include "reml_explain.h"
#include "reml_record.h"
#include "reml_shown.h"

#include <gc.h>
#include <string.h>

#define SCHEMA                                                                                     \
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

typedef struct list {
  reml_datum *items;
  size_t count, capacity;
} list;

struct reml_sarif {
  reml_memory memory;
  list results, notices;
  bool has_spec; /* a result of the profile `spec`, which has rules of its own */
  reml_language language;
};

/* ---- codes ---- */

typedef struct descriptor {
  const char *code, *level, *text;
} descriptor;

/* Those of the reference come first. */
static const descriptor rules[] = {
#define RULE(code, level, text) {code, level, text},
#define NOTICE(code, level, text)
#include "sarif.def"
#define SPEC(code, title) {code, "error", title},
#define COMMON(code, title)
#define CODE(name, code, profiles, title, ...) profiles(code, title)
#include "explain.def"
#undef CODE
#undef COMMON
#undef SPEC
};

enum {
  REFERENCE_RULES = 0
#define RULE(code, level, text) +1
#define NOTICE(code, level, text)
#include "sarif.def"
};

static const descriptor notices[] = {
#define RULE(code, level, text)
#define NOTICE(code, level, text) {code, level, text},
#include "sarif.def"
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The place of a code, -1: it is not there. */
static int64_t find(const descriptor *table, size_t count, const char *code) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(table[i].code, code) == 0) return (int64_t)i;
  return -1;
}

/* ---- small values ---- */

static void set_text(reml_map *map, const char *key, const char *text) {
  reml__map_set(map, key, reml__datum_text(text));
}

static void set_number(reml_map *map, const char *key, int64_t number) {
  reml__map_set(map, key, reml__datum_int(number));
}

static reml_datum only(reml_memory *memory, reml_datum item) {
  return reml__datum_list(memory, &item, 1);
}

/* {"KEY": value} */
static reml_datum wrapped(reml_memory *memory, const char *key, reml_datum value) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, key, value);
  return reml__datum_object(fields);
}

static reml_datum text_object(reml_memory *memory, reml_datum text) {
  return wrapped(memory, "text", text);
}

static void add(reml_memory *memory, list *to, reml_datum item) {
  to->items = reml__grow(memory, to->items, to->count, &to->capacity, to->count + 1, sizeof item);
  to->items[to->count++] = item;
}

/* ---- places ---- */

static bool may_stand(unsigned char c) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~/", c) != NULL);
}

/* The path without "./" in front, which viewers need not understand. */
static reml_string without_dot(reml_string path) {
  while (path.length > 2 && memcmp(path.bytes, "./", 2) == 0) {
    size_t skipped = 2;
    while (skipped + 1 < path.length && path.bytes[skipped] == '/')
      skipped++;
    path = (reml_string){path.bytes + skipped, path.length - skipped};
  }
  return path;
}

/* A relative reference, or for an absolute path a URI. */
static reml_datum uri(reml_memory *memory, reml_string file) {
  static const char hex[] = "0123456789ABCDEF", scheme[] = "file://";
  reml_string path = without_dot(file);
  char *text = reml__alloc_atomic(memory, sizeof scheme + 3 * path.length);
  size_t used = 0;
  if (path.length > 0 && path.bytes[0] == '/') {
    memcpy(text, scheme, sizeof scheme - 1);
    used = sizeof scheme - 1;
  }
  for (size_t i = 0; i < path.length; i++) {
    unsigned char c = (unsigned char)path.bytes[i];
    if (may_stand(c)) {
      text[used++] = (char)c;
      continue;
    }
    text[used++] = '%';
    text[used++] = hex[c >> 4];
    text[used++] = hex[c & 15];
  }
  return reml__datum_string((reml_string){text, used});
}

/* What is known of an input: bytes from an offset on. */
typedef struct known {
  reml_string bytes;
  size_t offset;
} known;

/* Counts characters, as columnKind says; 0: the line is not known. */
static int64_t column_of(const reml_position *place, const known *source) {
  size_t width = place->column > 0 ? place->column - 1 : 0;
  size_t end = source->offset + source->bytes.length;
  bool inside = place->offset >= width && place->offset - width >= source->offset;
  if (source->bytes.bytes == NULL || !inside || place->offset > end) return 0;
  const char *begin = source->bytes.bytes + (place->offset - width - source->offset);
  return 1 + (int64_t)reml__character_count((reml_string){begin, width});
}

static int64_t line_of(const reml_position *place) {
  return place->line > 0 ? place->line : 1;
}

static reml_datum region(reml_memory *memory, const reml_span *span, const known *source) {
  reml_map *fields = reml__map_new(memory);
  const reml_position *start = &span->start;
  const reml_position *end = span->end.offset < start->offset ? start : &span->end;
  int64_t first = column_of(start, source), last = column_of(end, source);
  bool has_columns = first > 0 && last > 0;
  set_number(fields, "startLine", line_of(start));
  if (has_columns) set_number(fields, "startColumn", first);
  set_number(fields, "endLine", line_of(end));
  if (has_columns) set_number(fields, "endColumn", last);
  set_number(fields, "byteOffset", start->offset);
  set_number(fields, "byteLength", end->offset - start->offset);
  return reml__datum_object(fields);
}

/* span NULL: the whole file. */
static reml_datum physical_location(reml_memory *memory, reml_string file, const reml_span *span,
                                    const known *source) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "artifactLocation", wrapped(memory, "uri", uri(memory, file)));
  if (span != NULL) reml__map_set(fields, "region", region(memory, span, source));
  return reml__datum_object(fields);
}

static reml_datum locations(reml_memory *memory, reml_string file, const reml_span *span,
                            const known *source) {
  reml_datum place = physical_location(memory, file, span, source);
  return only(memory, wrapped(memory, "physicalLocation", place));
}

/* ---- results and notifications ---- */

static const char *level_of(reml_severity severity) {
  static const char *const levels[] = {"error", "warning", "note", "note"};
  return levels[severity - REML_ERROR];
}

static bool has_text(const char *text) {
  return text != NULL && *text != '\0';
}

/* The message and, as most viewers show nothing else, what could stand there, the note and what to
 * do. A message that has a label tells by itself what could stand there. */
static reml_datum message(reml_memory *memory, const reml_diagnostic *diagnostic) {
  const reml_expected *expected = diagnostic->label.length > 0 ? NULL : diagnostic->expected;
  const char *lines[] = {expected != NULL ? expected->humanized : NULL, diagnostic->note,
                         diagnostic->help.bytes};
  reml_string first = reml__utf8_copy(memory, diagnostic->message);
  size_t room = first.length, used = first.length;
  for (size_t i = 0; i < COUNT_OF(lines); i++)
    room += has_text(lines[i]) ? 1 + strlen(lines[i]) : 0;
  char *text = reml__alloc_atomic(memory, room + 1);
  memcpy(text, first.bytes, first.length);
  for (size_t i = 0; i < COUNT_OF(lines); i++) {
    if (!has_text(lines[i])) continue;
    text[used++] = '\n';
    memcpy(text + used, lines[i], strlen(lines[i]));
    used += strlen(lines[i]);
  }
  return text_object(memory, reml__datum_string((reml_string){text, used}));
}

static reml_datum properties(reml_memory *memory, const reml_diagnostic *diagnostic) {
  reml_map *fields = reml__map_new(memory);
  const char *domain = reml__domain_name(diagnostic->domain);
  if (domain != NULL) set_text(fields, "domain", domain);
  if (diagnostic->expected != NULL)
    reml__map_set(fields, "expected", reml__record_alternatives(memory, diagnostic->expected));
  return reml__datum_object(fields);
}

/* What results and notifications have in common. */
static void set_body(reml_map *fields, const reml_diagnostic *diagnostic, const known *source) {
  reml_memory *memory = fields->memory;
  set_text(fields, "level", level_of(diagnostic->severity));
  reml__map_set(fields, "message", message(memory, diagnostic));
  reml__map_set(fields, "locations",
                locations(memory, diagnostic->file, &diagnostic->span, source));
  reml__map_set(fields, "properties", properties(memory, diagnostic));
}

/* ---- what the profile `spec` says besides ---- */

static void set_related(reml_map *fields, const reml_diagnostic *diagnostic, const known *source) {
  reml_memory *memory = fields->memory;
  reml_datum *items;
  if (diagnostic->secondary_count == 0) return;
  reml_datum all = reml__datum_new_list(memory, diagnostic->secondary_count, &items);
  for (size_t i = 0; i < diagnostic->secondary_count; i++) {
    const reml_label *label = &diagnostic->secondary[i];
    reml_map *one = reml__map_new(memory);
    reml__map_set(one, "physicalLocation",
                  physical_location(memory, diagnostic->file, &label->span, source));
    reml__map_set(one, "message", text_object(memory, reml__datum_string(label->text)));
    items[i] = reml__datum_object(one);
  }
  reml__map_set(fields, "relatedLocations", all);
}

static reml_datum change(reml_memory *memory, const reml_diagnostic *diagnostic,
                         const reml_fixit *fixit, const known *source) {
  reml_map *edit = reml__map_new(memory), *file = reml__map_new(memory);
  reml_datum text = text_object(memory, reml__datum_string(fixit->text));
  reml__map_set(edit, "deletedRegion", region(memory, &fixit->span, source));
  if (fixit->text.length > 0) reml__map_set(edit, "insertedContent", text);
  reml__map_set(file, "artifactLocation", wrapped(memory, "uri", uri(memory, diagnostic->file)));
  reml__map_set(file, "replacements", only(memory, reml__datum_object(edit)));
  return reml__datum_object(file);
}

static void set_fixes(reml_map *fields, const reml_diagnostic *diagnostic, const known *source) {
  reml_memory *memory = fields->memory;
  reml_datum *items;
  if (diagnostic->fixit_count == 0) return;
  reml_datum all = reml__datum_new_list(memory, diagnostic->fixit_count, &items);
  for (size_t i = 0; i < diagnostic->fixit_count; i++) {
    const reml_fixit *fixit = &diagnostic->fixits[i];
    reml_map *one = reml__map_new(memory);
    reml_datum description = reml__datum_string(fixit->description);
    reml__map_set(one, "description", text_object(memory, description));
    reml__map_set(one, "artifactChanges", only(memory, change(memory, diagnostic, fixit, source)));
    items[i] = reml__datum_object(one);
  }
  reml__map_set(fields, "fixes", all);
}

static reml_datum result_json(reml_memory *memory, const char *code,
                              const reml_diagnostic *diagnostic, const known *source) {
  reml_map *fields = reml__map_new(memory);
  int64_t index = find(rules, COUNT_OF(rules), code);
  set_text(fields, "ruleId", code);
  if (index >= 0) set_number(fields, "ruleIndex", index);
  set_body(fields, diagnostic, source);
  set_related(fields, diagnostic, source);
  set_fixes(fields, diagnostic, source);
  return reml__datum_object(fields);
}

static void set_descriptor(reml_map *fields, int64_t index) {
  reml_map *reference = reml__map_new(fields->memory);
  set_text(reference, "id", notices[index].code);
  set_number(reference, "index", index);
  reml__map_set(fields, "descriptor", reml__datum_object(reference));
}

static void add_diagnostic(reml_sarif *log, const reml_diagnostic *diagnostic,
                           const known *source) {
  const char *code = diagnostic->codes[0] != NULL ? diagnostic->codes[0] : rules[0].code;
  int64_t notice = find(notices, COUNT_OF(notices), code);
  if (notice < 0) {
    add(&log->memory, &log->results, result_json(&log->memory, code, diagnostic, source));
    return;
  }
  reml_map *fields = reml__map_new(&log->memory);
  set_descriptor(fields, notice);
  set_body(fields, diagnostic, source);
  add(&log->memory, &log->notices, reml__datum_object(fields));
}

/* ---- the log ---- */

static reml_datum descriptors(reml_memory *memory, const descriptor *table, size_t count) {
  reml_datum *items;
  reml_datum all = reml__datum_new_list(memory, count, &items);
  for (size_t i = 0; i < count; i++) {
    reml_map *fields = reml__map_new(memory);
    reml_datum text = text_object(memory, reml__datum_text(table[i].text));
    reml_datum level = reml__datum_text(table[i].level);
    set_text(fields, "id", table[i].code);
    reml__map_set(fields, "shortDescription", text);
    reml__map_set(fields, "defaultConfiguration", wrapped(memory, "level", level));
    items[i] = reml__datum_object(fields);
  }
  return all;
}

/* The program has no page on the web, but it has a manual. */
static reml_datum driver(reml_memory *memory, const reml_sarif *log) {
  size_t rule_count = log->has_spec ? COUNT_OF(rules) : (size_t)REFERENCE_RULES;
  reml_map *fields = reml__map_new(memory);
  set_text(fields, "name", "remlparse");
  set_text(fields, "version", reml_version());
  set_text(fields, "semanticVersion", reml_version());
  set_text(fields, "informationUri", "man:remlparse(1)");
  reml__map_set(fields, "rules", descriptors(memory, rules, rule_count));
  reml__map_set(fields, "notifications", descriptors(memory, notices, COUNT_OF(notices)));
  return reml__datum_object(fields);
}

static reml_datum items_of(reml_memory *memory, const list *from) {
  return reml__datum_list(memory, from->items, from->count);
}

static reml_datum invocation(reml_memory *memory, const reml_sarif *log) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "executionSuccessful", reml__datum_bool(log->notices.count == 0));
  reml__map_set(fields, "toolExecutionNotifications", items_of(memory, &log->notices));
  return reml__datum_object(fields);
}

/* The line breaks of lexer.md section 1. */
static reml_datum newlines(reml_memory *memory) {
  const reml_datum items[] = {reml__datum_text("\r\n"), reml__datum_text("\n"),
                              reml__datum_text("\r")};
  return reml__datum_list(memory, items, COUNT_OF(items));
}

static reml_datum run_json(reml_memory *memory, const reml_sarif *log) {
  reml_map *fields = reml__map_new(memory);
  reml__map_set(fields, "tool", wrapped(memory, "driver", driver(memory, log)));
  bool english = log->has_spec && log->language == REML_ENGLISH;
  set_text(fields, "language", english ? "en" : "ja");
  set_text(fields, "columnKind", "unicodeCodePoints");
  reml__map_set(fields, "newlineSequences", newlines(memory));
  reml__map_set(fields, "invocations", only(memory, invocation(memory, log)));
  reml__map_set(fields, "results", items_of(memory, &log->results));
  return reml__datum_object(fields);
}

static reml_datum log_json(reml_memory *memory, const reml_sarif *log) {
  reml_map *fields = reml__map_new(memory);
  set_text(fields, "$schema", SCHEMA);
  set_text(fields, "version", "2.1.0");
  reml__map_set(fields, "runs", only(memory, run_json(memory, log)));
  return reml__datum_object(fields);
}

/* ---- interface ---- */

reml_sarif *reml_sarif_new(void) {
  GC_INIT();
  return GC_MALLOC(sizeof(reml_sarif));
}

reml_status reml_sarif_add(reml_sarif *log, const reml_result *result, reml_string source,
                           size_t source_offset) {
  if (log == NULL || result == NULL) return REML_BAD_USE;
  const size_t results = log->results.count, failures = log->notices.count;
  if (setjmp(log->memory.unwind) != 0) {
    log->results.count = results; /* all of it or nothing */
    log->notices.count = failures;
    return REML_NO_MEMORY;
  }
  known part = {source, source_offset};
  if (result->config.profile == REML_PROFILE_SPEC) {
    log->has_spec = true;
    log->language = reml__language(&result->config, result->context);
  }
  for (size_t i = 0; i < result->diagnostic_count; i++)
    add_diagnostic(log, &result->diagnostics[i], &part);
  return REML_OK;
}

reml_status reml_sarif_add_failure(reml_sarif *log, reml_string file, reml_string reason) {
  if (log == NULL) return REML_BAD_USE;
  reml_memory *memory = &log->memory;
  if (setjmp(memory->unwind) != 0) return REML_NO_MEMORY;
  reml_map *fields = reml__map_new(memory);
  reml_string text = reml__utf8_copy(memory, reason);
  set_descriptor(fields, 0);
  set_text(fields, "level", notices[0].level);
  reml__map_set(fields, "message", text_object(memory, reml__datum_string(text)));
  reml__map_set(fields, "locations", locations(memory, file, NULL, NULL));
  add(memory, &log->notices, reml__datum_object(fields));
  return REML_OK;
}

static reml_status write_log(reml_memory *memory, const reml_sarif *log, reml_json_mode mode,
                             reml_write *write, void *user) {
  reml_datum json = log_json(memory, log);
  return reml__datum_print(&json, mode, write, user);
}

reml_status reml_write_sarif(const reml_sarif *log, reml_json_mode mode, reml_write *write,
                             void *user) {
  reml_memory memory;
  if (log == NULL || write == NULL) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  return write_log(&memory, log, mode, write, user);
}
