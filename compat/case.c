/* Parity cases: reading one and answering its parts (contract gates.md sections 1.1 and 1.2). */
#include "reml_case.h"
#include "reml_config.h"
#include "reml_json.h"

#include <gc.h>
#include <string.h>

/* --- reading a case --- */

static int base64_digit(char c) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *found = c == '\0' ? NULL : strchr(digits, c);
  return found == NULL ? -1 : (int)(found - digits);
}

bool reml__base64_decode(reml_bytes *out, const char *text, size_t length) {
  uint32_t bits = 0;
  int count = 0;
  while (length > 0 && text[length - 1] == '=') {
    length--;
  }
  for (size_t i = 0; i < length; i++) {
    int digit = base64_digit(text[i]);
    if (digit < 0) {
      return false;
    }
    bits = (bits << 6 | (uint32_t)digit) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      char byte = (char)(bits >> count & 0xFF);
      reml__bytes_add(out, &byte, 1);
    }
  }
  return count != 6;
}

static const char *read_source(reml_case *parity, const json_t *object) {
  const json_t *text = json_object_get(object, "source");
  const json_t *base64 = json_object_get(object, "source_b64");
  const json_t *file = json_object_get(object, "source_file");
  int count = (text != NULL) + (base64 != NULL) + (file != NULL);
  parity->has_source = count == 1;
  if (count == 0 && parity->steps != NULL) {
    return NULL;
  }
  if (count != 1) {
    return "a case needs one of source, source_b64 and source_file";
  }
  if (json_is_string(text)) {
    reml__bytes_add(&parity->source, json_string_value(text), json_string_length(text));
    return NULL;
  }
  if (json_is_string(base64)) {
    bool good =
        reml__base64_decode(&parity->source, json_string_value(base64), json_string_length(base64));
    return good ? NULL : "source_b64 is not base64";
  }
  if (json_is_string(file)) {
    bool good = reml__bytes_read_file(&parity->source, json_string_value(file));
    return good ? NULL : "source_file cannot be read";
  }
  return "the source must be a string";
}

static const char *read_steps(reml_case *parity, const json_t *object) {
  parity->steps = json_object_get(object, "steps");
  return parity->steps == NULL || json_is_array(parity->steps) ? NULL : "steps must be a list";
}

/* --- configuration --- */

static bool read_value(const json_t *json, reml_value *value);

static bool read_list(const json_t *json, reml_value *value) {
  size_t count = json_array_size(json);
  reml_value *items = GC_MALLOC((count + 1) * sizeof *items);
  if (items == NULL) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (!read_value(json_array_get(json, i), &items[i])) {
      return false;
    }
  }
  value->kind = REML_VALUE_LIST;
  value->as.list.items = items;
  value->as.list.count = count;
  return true;
}

static bool read_parser_id(const json_t *json, reml_value *value) {
  const json_t *id = json_object_get(json, "parser_id");
  value->kind = REML_VALUE_PARSER_ID;
  value->as.integer = json_integer_value(id);
  return json_is_integer(id) && json_object_size(json) == 1;
}

/* Nesting is bounded by the JSON library's own limit. */
static bool read_value(const json_t *json, reml_value *value) {
  *value = (reml_value){.kind = REML_VALUE_BOOL};
  switch (json_typeof(json)) {
  case JSON_TRUE:
  case JSON_FALSE: value->as.boolean = json_is_true(json); return true;
  case JSON_INTEGER:
    value->kind = REML_VALUE_INT;
    value->as.integer = json_integer_value(json);
    return true;
  case JSON_REAL:
    value->kind = REML_VALUE_FLOAT;
    value->as.number = json_real_value(json);
    return true;
  case JSON_STRING:
    value->kind = REML_VALUE_STRING;
    value->as.string = (reml_string){json_string_value(json), json_string_length(json)};
    return true;
  case JSON_ARRAY: return read_list(json, value);
  case JSON_OBJECT: return read_parser_id(json, value);
  default: return false;
  }
}

static const char *read_extensions(reml_config *config, json_t *extensions) {
  const char *ns, *key;
  json_t *keys, *json;
  if (!json_is_object(extensions)) {
    return "config.extensions must be an object";
  }
  json_object_foreach(extensions, ns, keys) {
    if (!json_is_object(keys)) {
      return "a namespace of config.extensions must be an object";
    }
    json_object_foreach(keys, key, json) {
      reml_value value;
      if (!read_value(json, &value) || reml_config_set(config, ns, key, &value) != REML_OK) {
        return "a value of config.extensions cannot be used";
      }
    }
  }
  return NULL;
}

static const char *read_flag(bool *flag, const json_t *json) {
  *flag = json_is_true(json);
  return json_is_boolean(json) ? NULL : "a switch of config must be true or false";
}

static const char *read_left_recursion(reml_left_recursion *mode, const json_t *json) {
  static const char *const names[] = {"off", "on", "auto"};
  const char *text = json_string_value(json);
  for (int i = 0; text != NULL && i < 3; i++) {
    if (strcmp(names[i], text) == 0) {
      *mode = (reml_left_recursion)i;
      return NULL;
    }
  }
  return "config.left_recursion must be off, on or auto";
}

static const char *read_text(reml_string *text, const json_t *json) {
  if (json_is_string(json)) {
    *text = (reml_string){json_string_value(json), json_string_length(json)};
  }
  return json_is_string(json) || json_is_null(json) ? NULL : "a text of config must be a string";
}

static const char *read_field(reml_config *config, const char *key, json_t *json) {
  int field = 0;
  while (field < REML_CONFIG_FIELD_COUNT &&
         strcmp(reml__config_member((reml_config_field)field).name, key) != 0) {
    field++;
  }
  if (field == REML_CONFIG_FIELD_COUNT) {
    return "config has an unknown field";
  }
  reml_config_member member = reml__config_member((reml_config_field)field);
  void *value = (char *)config + member.offset;
  switch (member.type) {
  case REML_CONFIG_IS_BOOL: return read_flag(value, json);
  case REML_CONFIG_IS_LEFT_RECURSION: return read_left_recursion(value, json);
  case REML_CONFIG_IS_TEXT: return read_text(value, json);
  case REML_CONFIG_IS_EXTENSIONS: break;
  }
  return read_extensions(config, json);
}

static const char *read_config(reml_case *parity, json_t *config) {
  const char *key;
  json_t *json;
  parity->config = reml_config_default();
  if (config == NULL || json_is_null(config)) {
    return NULL;
  }
  if (!json_is_object(config)) {
    return "config must be an object";
  }
  json_object_foreach(config, key, json) {
    const char *problem = read_field(&parity->config, key, json);
    if (problem != NULL) {
      return problem;
    }
  }
  return NULL;
}

static const char *read_filename(reml_case *parity, const json_t *filename) {
  parity->filename = reml_string_from("case.reml");
  if (filename == NULL) {
    return NULL;
  }
  if (!json_is_string(filename)) {
    return "filename must be a string";
  }
  parity->filename = (reml_string){json_string_value(filename), json_string_length(filename)};
  return NULL;
}

const char *reml__case_open(reml_case *parity, json_t *object) {
  *parity = (reml_case){.json = object};
  if (!json_is_object(object)) {
    return "a case must be an object";
  }
  const char *problem = read_steps(parity, object);
  if (problem == NULL) {
    problem = read_source(parity, object);
  }
  if (problem == NULL) {
    problem = read_filename(parity, json_object_get(object, "filename"));
  }
  if (problem == NULL) {
    problem = read_config(parity, json_object_get(object, "config"));
  }
  return problem;
}

void reml__case_close(reml_case *parity) {
  json_decref(parity->json);
  reml__bytes_free(&parity->source);
}

/* --- answering --- */

static const char *status_problem(reml_status status) {
  return status == REML_OK ? NULL : reml_status_text(status);
}

static const char *answer_tokens(const reml_case *parity, reml_bytes *out) {
  return status_problem(reml_write_tokens_json(&parity->config, parity->source.data,
                                               parity->source.length, reml__bytes_write, out));
}

/* A result that can be printed: also one that is over a limit, which has its diagnostic. */
static const char *result_problem(const reml_result *result) {
  if (result == NULL) {
    return reml_status_text(REML_NO_MEMORY);
  }
  return result->status == REML_TOO_LARGE ? NULL : status_problem(result->status);
}

const char *reml__case_run(const reml_case *parity, const reml_result **result) {
  reml_context *context = reml_context_new();
  if (context == NULL) {
    return reml_status_text(REML_NO_MEMORY);
  }
  *result = reml_run(context, &parity->config, parity->filename, parity->source.data,
                     parity->source.length);
  return result_problem(*result);
}

const char *reml__case_error_code(const reml_case *parity) {
  const reml_result *result = NULL;
  if (reml__case_run(parity, &result) != NULL || result->accepted) {
    return NULL;
  }
  for (size_t i = 0; i < result->diagnostic_count; i++) {
    if (result->diagnostics[i].severity == REML_ERROR) {
      return result->diagnostics[i].codes[0];
    }
  }
  return NULL;
}

static const char *answer_run(const reml_case *parity, bool with_ast, reml_bytes *out) {
  const reml_result *result = NULL;
  const char *problem = reml__case_run(parity, &result);
  if (problem != NULL) {
    return problem;
  }
  return status_problem(reml_write_result_json(result, with_ast, reml__bytes_write, out));
}

static const char *answer_diagnostics(const reml_case *parity, reml_bytes *out) {
  const reml_result *result = NULL;
  const char *problem = reml__case_run(parity, &result);
  if (problem != NULL) {
    return problem;
  }
  reml__bytes_add_text(out, "[");
  for (size_t i = 0; i < result->diagnostic_count && problem == NULL; i++) {
    reml__bytes_add_text(out, i == 0 ? "" : ",");
    problem = status_problem(
        reml_write_diagnostic_json(result, &result->diagnostics[i], reml__bytes_write, out));
  }
  reml__bytes_add_text(out, "]");
  return problem;
}

static const char *answer_partial(const reml_case *parity, reml_bytes *out) {
  reml_context *context = reml_context_new();
  if (context == NULL) {
    return reml_status_text(REML_NO_MEMORY);
  }
  reml_partial partial = reml_run_partial(context, &parity->config, parity->filename,
                                          parity->source.data, parity->source.length);
  const char *problem = result_problem(partial.result);
  if (problem != NULL) {
    return problem;
  }
  char rest[32] = "null";
  if (partial.has_rest) {
    snprintf(rest, sizeof rest, "%lu", (unsigned long)partial.rest);
  }
  reml__bytes_add_text(out, "{\"result\":");
  problem = status_problem(reml_write_result_json(partial.result, true, reml__bytes_write, out));
  reml__bytes_add_text(out, ",\"rest\":");
  reml__bytes_add_text(out, rest);
  reml__bytes_add_text(out, "}");
  return problem;
}

static const char *answer_ast_text(const reml_case *parity, reml_bytes *out) {
  const reml_result *result = NULL;
  const char *problem = reml__case_run(parity, &result);
  if (problem != NULL) {
    return problem;
  }
  if (!result->accepted) {
    reml__bytes_add_text(out, "null");
    return NULL;
  }
  reml_bytes text = {0};
  problem = status_problem(reml_write_ast_text(result, reml__bytes_write, &text));
  reml_out json;
  reml__out_open(&json, reml__bytes_write, out);
  reml__json_string(&json, text.data, text.length);
  reml__out_close(&json);
  reml__bytes_free(&text);
  return problem;
}

static const char *const part_names[REML_PART_COUNT] = {
    "tokens", "run", "run_noast", "diag_json", "run_partial", "ast_text", "stream"};

const char *reml__part_name(reml_part part) {
  return part_names[part];
}

reml_part reml__part_from(const char *name, size_t length) {
  for (unsigned i = 0; i < REML_PART_COUNT; i++) {
    if (strlen(part_names[i]) == length && memcmp(part_names[i], name, length) == 0) {
      return (reml_part)i;
    }
  }
  return REML_PART_COUNT;
}

const char *reml__part_lacks(const reml_case *parity, reml_part part) {
  if (part == REML_PART_STREAM) {
    return parity->steps != NULL ? NULL : "the part stream needs steps";
  }
  return parity->has_source ? NULL : "every part but stream needs a source";
}

const char *reml__part_answer(const reml_case *parity, reml_part part, reml_bytes *out) {
  const char *lack = reml__part_lacks(parity, part);
  if (lack != NULL) {
    return lack;
  }
  switch (part) {
  case REML_PART_TOKENS: return answer_tokens(parity, out);
  case REML_PART_RUN: return answer_run(parity, true, out);
  case REML_PART_RUN_NOAST: return answer_run(parity, false, out);
  case REML_PART_DIAG_JSON: return answer_diagnostics(parity, out);
  case REML_PART_RUN_PARTIAL: return answer_partial(parity, out);
  case REML_PART_AST_TEXT: return answer_ast_text(parity, out);
  case REML_PART_STREAM: return reml__steps_answer(parity, out);
  case REML_PART_COUNT: break;
  }
  return "unknown part";
}
