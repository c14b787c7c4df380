/* The answer of one profile to a case: tokens and tree (reml_extension.h). */
#include "reml_extension.h"
#include "reml_settings.h"

#include <gc.h>
#include <string.h>

/* --- bytes as text --- */

static void add_latin1(reml_bytes *out, const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    char pair[2] = {(char)(0xC0 | byte >> 6), (char)(0x80 | (byte & 0x3F))};
    reml__bytes_add(out, byte < 0x80 ? &bytes[i] : pair, byte < 0x80 ? 1 : 2);
  }
}

json_t *reml__answer_text(const char *bytes, size_t count) {
  reml_bytes text = {0};
  add_latin1(&text, bytes, count);
  json_t *json = json_stringn(text.data == NULL ? "" : text.data, text.length);
  reml__bytes_free(&text);
  return json;
}

/* --- tokens --- */

static bool is_break(char byte) {
  return byte == '\n' || byte == '\r';
}

static size_t line_rest(reml_string source, size_t at) {
  size_t length = 0;
  while (at + length < source.length && !is_break(source.bytes[at + length])) {
    length++;
  }
  return length;
}

static bool has_two(reml_string source, size_t at, const char *two) {
  return at + 1 < source.length && memcmp(source.bytes + at, two, 2) == 0;
}

static size_t comment_rest(reml_string source, size_t at, bool nested) {
  size_t begin = at;
  for (unsigned depth = 0; at < source.length;) {
    if (has_two(source, at, "/*") && (depth == 0 || nested)) {
      depth++;
      at += 2;
    } else if (has_two(source, at, "*/")) {
      at += 2;
      if (--depth == 0) break;
    } else {
      at++;
    }
  }
  return at - begin;
}

/* Behind blanks and comments. In front of a token that was read, every `#` begins a comment. */
static uint32_t skip_trivia(reml_string source, size_t at, bool nested) {
  for (size_t length = 1; at < source.length && length > 0; at += length) {
    char byte = source.bytes[at];
    if (byte == '#' || has_two(source, at, "//")) {
      length = line_rest(source, at);
    } else if (has_two(source, at, "/*")) {
      length = comment_rest(source, at, nested);
    } else {
      length = byte == ' ' || byte == '\t' || is_break(byte);
    }
  }
  return (uint32_t)at;
}

static const char *read_tokens(const reml_config *config, reml_answer *out) {
  reml_settings settings;
  reml_token_info info;
  size_t room = 64;
  uint32_t behind = 0;
  reml_reader *reader = reml_reader_open(config, out->source.bytes, out->source.length);
  out->tokens = GC_MALLOC_ATOMIC(room * sizeof *out->tokens);
  if (reader == NULL || reml__settings_derive(config, &settings) != REML_OK) {
    return reml_status_text(REML_NO_MEMORY);
  }
  do {
    if (!reml_reader_token(reader, &info)) {
      const reml_lexical_error *error = reml_reader_error(reader);
      out->lexical = error != NULL && error->span.start.offset == out->refused_at;
      out->refused_end = error == NULL ? 0 : error->span.end.offset;
      return error == NULL ? reml_status_text(REML_NO_MEMORY) : NULL;
    }
    if (out->count == room) {
      room *= 2;
      out->tokens = GC_REALLOC(out->tokens, room * sizeof *out->tokens);
    }
    uint32_t start = info.span.start.offset, end = info.span.end.offset;
    bool is_string = info.kind == REML_TOKEN_STRING && config->profile == REML_PROFILE_REFERENCE;
    uint32_t first =
        is_string ? skip_trivia(out->source, behind, settings.lex.nested_comments) : start;
    out->tokens[out->count++] = (reml_seen_token){info.kind, info.form, first, start, end};
    behind = end;
  } while (info.kind != REML_TOKEN_EOF);
  return NULL;
}

const reml_seen_token *reml__answer_token(const reml_answer *answer, uint32_t offset) {
  size_t low = 0, high = answer->count - 1;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (answer->tokens[middle].first < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return &answer->tokens[low];
}

/* --- the whole answer --- */

static const char *read_tree(const reml_result *result, reml_answer *out) {
  reml_bytes json = {0}, text = {0};
  json_error_t error;
  reml_status status = reml_write_ast_json(result, reml__bytes_write, &json);
  add_latin1(&text, json.data, json.length);
  if (status == REML_OK) {
    out->tree = json_loadb(text.data, text.length, JSON_ALLOW_NUL, &error);
  }
  reml__bytes_free(&json);
  reml__bytes_free(&text);
  if (status != REML_OK) {
    return reml_status_text(status);
  }
  return out->tree == NULL ? "the tree is no JSON, or too deep" : NULL;
}

static void note_refusal(const reml_result *result, reml_answer *out) {
  for (size_t i = 0; i < result->diagnostic_count; i++) {
    const reml_diagnostic *diagnostic = &result->diagnostics[i];
    if (diagnostic->severity == REML_ERROR) {
      out->refused_at = diagnostic->span.start.offset;
      out->message = diagnostic->message;
      return;
    }
  }
}

const char *reml__answer_take(const reml_case *parity, reml_profile profile, reml_answer *out) {
  reml_case asked = *parity;
  const reml_result *result = NULL;
  *out = (reml_answer){.source = {parity->source.data, parity->source.length}};
  asked.config.profile = profile;
  const char *problem = reml__case_run(&asked, &result);
  if (problem != NULL) {
    return problem;
  }
  out->accepted = result->accepted;
  if (!out->accepted) {
    note_refusal(result, out);
  } else {
    problem = read_tree(result, out);
  }
  return problem != NULL ? problem : read_tokens(&asked.config, out);
}

void reml__answer_free(reml_answer *answer) {
  json_decref(answer->tree);
}
