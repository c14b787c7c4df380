/* Names, and effect profiles as source (reml_source.h): contract ast.md section 7. */
#include "reml_source.h"
#include "reml_bytes.h"
#include "reml_identifier.h"
#include "reml_slot.h"

/* --- names --- */

/* Bytes of the sequence of a name's shape (lexer.md section 8.1) that begins here; 0: none does. */
static size_t shape_length(const unsigned char *at, size_t left) {
  size_t length = *at < 0x80 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
  if (length > left || (*at >= 0x80 && *at < 0xC2) || *at > 0xF4) return 0;
  for (size_t i = 1; i < length; i++) {
    if (at[i] < 0x80 || at[i] > 0xBF) return 0;
  }
  return length;
}

static bool has_shape(const unsigned char *bytes, size_t count) {
  size_t at = 0, length = 1;
  for (; at < count && length > 0; at += length)
    length = shape_length(bytes + at, count - at);
  return count > 0 && length > 0;
}

static bool is_label(reml_text text, reml_token_kind kind) {
  return reml__text_is(text, reml_token_label(kind));
}

static bool is_word(reml_token_kind kind) {
  return kind != REML_TOKEN_SELF &&
         (reml_token_category_of(kind) == REML_CATEGORY_KEYWORD || kind == REML_TOKEN_UNDERSCORE);
}

/* What looks like a name and is another token. */
static bool is_other_token(reml_text text) {
  for (int kind = 0; kind < REML_REFERENCE_TOKEN_COUNT; kind++) {
    if (is_word((reml_token_kind)kind) && is_label(text, (reml_token_kind)kind)) return true;
  }
  return false;
}

bool reml__is_reserved(reml_text text) {
  return is_other_token(text) && !is_label(text, REML_TOKEN_NEW) &&
         !is_label(text, REML_TOKEN_ALIAS);
}

static bool is_ascii_part(unsigned char c, bool at_start) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return c >= 0x80 || letter || (!at_start && c >= '0' && c <= '9');
}

/* The lexer finds the end of what it checks by the ASCII characters. */
static bool is_spec_identifier(reml_text text, const reml_naming *naming) {
  const unsigned char *bytes = (const unsigned char *)text.bytes;
  reml_lex_error_kind kind;
  uint32_t value;
  for (uint32_t i = 0; i < text.length; i++) {
    if (!is_ascii_part(bytes[i], i == 0)) return false;
  }
  return reml__identifier_check_spec(naming->memory, bytes, text.length, naming->ascii_only, &kind,
                                     &value);
}

static bool is_identifier(reml_text text, const reml_naming *naming) {
  reml_lex_error_kind kind;
  uint32_t value;
  if (naming->spec) return is_spec_identifier(text, naming);
  return reml__identifier_check((const unsigned char *)text.bytes, text.length, naming->ascii_only,
                                &kind, &value);
}

bool reml__is_name(reml_text text, const reml_naming *naming) {
  return has_shape((const unsigned char *)text.bytes, text.length) &&
         !(naming->spec ? reml__is_reserved(text) : is_other_token(text)) &&
         is_identifier(text, naming);
}

/* --- profiles --- */

/* `unsafe` is a tag in the profile `spec`. */
static bool is_tag(reml_text text, const reml_naming *naming) {
  return (naming->spec && is_label(text, REML_TOKEN_UNSAFE)) || reml__is_name(text, naming);
}

uint32_t reml__written_tags(const reml_ast *ast, reml_node profile, const reml_naming *naming) {
  uint32_t list = reml__member(ast, profile, REML_PROFILE_DECLARED);
  uint32_t count = reml__list_count(ast, list), at = 0;
  while (at < count) {
    reml_name name = reml__node_field(ast, reml__list_at(ast, list, at), 0);
    if (!is_tag(reml__text(ast, name), naming)) break;
    at++;
  }
  return at;
}

bool reml__profile_is_empty(const reml_ast *ast, reml_node profile) {
  return reml__member(ast, profile, REML_PROFILE_DECLARED) == 0 &&
         reml__member(ast, profile, REML_PROFILE_STAGE) == 0 &&
         reml__member(ast, profile, REML_PROFILE_CAPABILITIES) == 0 &&
         reml__member(ast, profile, REML_PROFILE_INVALID) == 0;
}

static reml_node attribute_of(const reml_ast *ast, uint32_t faults, uint32_t at) {
  enum { ATTRIBUTE };
  return reml__member(ast, reml__list_at(ast, faults, at), ATTRIBUTE);
}

/* Of the attributes that can be faulty, only those of step 1, requires_capability and the like,
 * begin so. */
static bool is_of_step_1(const reml_ast *ast, reml_node attribute) {
  reml_text name = reml__text(ast, reml__node_field(ast, attribute, 0));
  return reml__lower(*name.bytes) == 'r';
}

static uint32_t count_of_step_1(const reml_ast *ast, uint32_t faults) {
  uint32_t count = reml__list_count(ast, faults), at = 0;
  while (at < count && is_of_step_1(ast, attribute_of(ast, faults, at)))
    at++;
  return at;
}

/* The faults of one attribute stand together. */
static void add(reml_faulty_attributes *all, reml_node attribute, reml_memory *memory) {
  if (all->count > 0 && all->nodes[all->count - 1] == attribute) return;
  all->nodes = reml__grow_atomic(memory, all->nodes, all->count, &all->capacity, all->count + 1,
                                 sizeof *all->nodes);
  all->nodes[all->count++] = attribute;
}

static bool is_reversed(const reml_ast *ast, uint32_t faults, uint32_t count) {
  reml_range first = reml__node_span(ast, reml__list_at(ast, faults, 0));
  reml_range last = reml__node_span(ast, reml__list_at(ast, faults, count - 1));
  return first.start > last.start;
}

/* Step 1 gives the faults of its attributes in reverse order if one of these gave the stage. */
reml_faulty_attributes reml__faulty_attributes(const reml_ast *ast, reml_node profile,
                                               reml_memory *memory) {
  reml_faulty_attributes all = {0};
  uint32_t faults = reml__member(ast, profile, REML_PROFILE_INVALID);
  uint32_t count = reml__list_count(ast, faults), stages = count_of_step_1(ast, faults);
  bool reversed = stages > 1 && is_reversed(ast, faults, stages);
  all.stage_is_plain = stages > 1 && !reversed;
  for (uint32_t i = 0; i < stages; i++)
    add(&all, attribute_of(ast, faults, reversed ? stages - 1 - i : i), memory);
  for (uint32_t i = stages; i < count; i++)
    add(&all, attribute_of(ast, faults, i), memory);
  return all;
}
