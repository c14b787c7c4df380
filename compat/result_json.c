/* A parse result as JSON (contract driver.md section 3). */
#include "reml_record.h"
#include "reml_walk.h"

void reml__json_place(reml_out *out, const reml_position *place) {
  reml__out_char(out, '[');
  reml__out_uint(out, place->line);
  reml__out_char(out, ',');
  reml__out_uint(out, place->column);
  reml__out_char(out, ',');
  reml__out_uint(out, place->offset);
  reml__out_char(out, ']');
}

void reml__json_span(reml_out *out, const reml_span *span) {
  reml__out_text(out, "{\"start\":");
  reml__json_place(out, &span->start);
  reml__out_text(out, ",\"end\":");
  reml__json_place(out, &span->end);
  reml__out_char(out, '}');
}

static void write_optional_text(reml_out *out, const char *text) {
  if (text == NULL) {
    reml__out_text(out, "null");
  } else {
    reml__json_text(out, text);
  }
}

/* A list of texts, up to the first that is absent. */
static void write_texts(reml_out *out, const char *const *texts, size_t count) {
  reml__out_char(out, '[');
  for (size_t i = 0; i < count && texts[i] != NULL; i++) {
    reml__out_text(out, i == 0 ? "" : ",");
    reml__json_text(out, texts[i]);
  }
  reml__out_char(out, ']');
}

static const char *expectation_name(reml_expectation_kind kind) {
  static const char *const names[] = {"eof",   "token",  "keyword", "rule", "not",
                                      "class", "custom", "type",    "trait"};
  return names[kind];
}

void reml__json_alternatives(reml_out *out, const reml_expected *expected) {
  reml__out_char(out, '[');
  for (size_t i = 0; expected != NULL && i < expected->count; i++) {
    reml__out_text(out, i == 0 ? "[" : ",[");
    reml__json_text(out, expectation_name(expected->alternatives[i].kind));
    reml__out_char(out, ',');
    reml__json_text(out, expected->alternatives[i].label);
    reml__out_char(out, ']');
  }
  reml__out_char(out, ']');
}

/* The raw labels in order (driver.md section 6.4). */
static void write_labels(reml_out *out, const reml_expected *expected) {
  reml__out_char(out, '[');
  for (size_t i = 0; i < expected->count; i++) {
    if (i > 0) {
      reml__out_char(out, ',');
    }
    reml__json_text(out, expected->alternatives[i].label);
  }
  reml__out_char(out, ']');
}

static void write_expected(reml_out *out, const reml_expected *expected) {
  if (expected == NULL) {
    reml__out_text(out, "null");
    return;
  }
  reml__out_text(out, "{\"message_key\":");
  reml__json_text(out, expected->message_key);
  reml__out_text(out, ",\"humanized\":");
  write_optional_text(out, expected->humanized);
  reml__out_text(out, ",\"context_note\":");
  write_optional_text(out, expected->context_note);
  reml__out_text(out, ",\"locale_args\":");
  write_labels(out, expected);
  reml__out_text(out, ",\"alternatives\":");
  reml__json_alternatives(out, expected);
  reml__out_char(out, '}');
}

static void write_diagnostic(reml_out *out, const reml_diagnostic *diagnostic) {
  reml__out_text(out, "{\"severity\":");
  reml__json_text(out, reml__severity_name(diagnostic->severity));
  reml__out_text(out, ",\"domain\":");
  write_optional_text(out, reml__domain_name(diagnostic->domain));
  reml__out_text(out, ",\"codes\":");
  write_texts(out, diagnostic->codes, 2);
  reml__out_text(out, ",\"message\":");
  reml__json_string(out, diagnostic->message.bytes, diagnostic->message.length);
  reml__out_text(out, ",\"span\":");
  reml__json_span(out, &diagnostic->span);
  reml__out_text(out, ",\"notes\":");
  write_texts(out, &diagnostic->note, 1);
  reml__out_text(out, ",\"expected\":");
  write_expected(out, diagnostic->expected);
  reml__out_char(out, '}');
}

void reml__json_diagnostics(reml_out *out, const reml_diagnostic *all, size_t count) {
  reml__out_char(out, '[');
  for (size_t i = 0; i < count; i++) {
    if (i > 0) {
      reml__out_char(out, ',');
    }
    write_diagnostic(out, &all[i]);
  }
  reml__out_char(out, ']');
}

static void write_legacy_error(reml_out *out, const reml_result *result) {
  if (result->legacy_error == NULL) {
    reml__out_text(out, "null");
    return;
  }
  reml__out_text(out, "{\"span\":");
  reml__json_span(out, &result->legacy_error->span);
  reml__out_text(out, ",\"expected\":");
  reml__json_alternatives(out, result->legacy_error->expected);
  reml__out_text(out, ",\"committed\":false,\"far_consumed\":");
  reml__json_bool(out, result->consumed);
  reml__out_char(out, '}');
}

static void write_farthest(reml_out *out, const reml_result *result) {
  if (result->has_farthest) {
    reml__out_uint(out, result->farthest_error_offset);
  } else {
    reml__out_text(out, "null");
  }
}

static void write_span_trace(reml_out *out, const reml_result *result) {
  if (!result->has_span_trace) {
    reml__out_text(out, "null");
    return;
  }
  reml__out_text(out, "[{\"label\":\"compilation_unit\",\"span\":");
  reml__json_span(out, &result->span);
  reml__out_text(out, "}]");
}

static void write_packrat(reml_out *out, const reml_result *result) {
  if (!result->has_packrat) {
    reml__out_text(out, "null");
    return;
  }
  reml__out_text(out, "{\"queries\":");
  reml__out_uint(out, result->packrat_queries);
  reml__out_text(out, ",\"hits\":");
  reml__out_uint(out, result->packrat_hits);
  reml__out_char(out, '}');
}

static void write_value(reml_out *out, const reml_result *result, bool with_ast,
                        reml_memory *memory) {
  reml__out_text(out, "{\"accepted\":");
  reml__json_bool(out, result->accepted);
  reml__out_text(out, ",\"ast\":");
  if (with_ast && result->accepted) {
    reml__ast_json(out, reml__tree_ast(result->tree), result->unit, memory);
  } else {
    reml__out_text(out, "null");
  }
  reml__out_text(out, ",\"span\":");
  if (result->accepted) {
    reml__json_span(out, &result->span);
  } else {
    reml__out_text(out, "null");
  }
}

/* Nothing is ever committed. */
static void write_rest(reml_out *out, const reml_result *result) {
  reml__out_text(out, ",\"diagnostics\":");
  reml__json_diagnostics(out, result->diagnostics, result->diagnostic_count);
  reml__out_text(out, ",\"recovered\":");
  reml__json_bool(out, result->recovered);
  reml__out_text(out, ",\"consumed\":");
  reml__json_bool(out, result->consumed);
  reml__out_text(out, ",\"committed\":false,\"farthest_error_offset\":");
  write_farthest(out, result);
  reml__out_text(out, ",\"legacy_error\":");
  write_legacy_error(out, result);
  reml__out_text(out, ",\"span_trace\":");
  write_span_trace(out, result);
  reml__out_text(out, ",\"packrat_stats\":");
  write_packrat(out, result);
  reml__out_char(out, '}');
}

void reml__result_json(reml_out *out, const reml_result *result, bool with_ast,
                       reml_memory *memory) {
  write_value(out, result, with_ast, memory);
  write_rest(out, result);
}

reml_status reml_write_result_json(const reml_result *result, bool with_ast, reml_write *write,
                                   void *user) {
  if (result == NULL || write == NULL) {
    return REML_BAD_USE;
  }
  reml_memory memory;
  if (setjmp(memory.unwind) != 0) {
    return REML_NO_MEMORY;
  }
  reml_out out;
  reml__out_open(&out, write, user);
  reml__result_json(&out, result, with_ast, &memory);
  return reml__out_close(&out);
}
