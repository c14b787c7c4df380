/* JSON as bytes: items of objects and arrays without decoding them, and where two texts differ.
 *
 * Recorded answers may hold bytes that are not UTF-8 (compat/golden/README.md), which a JSON
 * library refuses; and what is compared is the text itself. Nothing here recurses.
 */
#include "reml_case.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blanks(const char *at, const char *end) {
  while (at < end && is_blank(*at)) {
    at++;
  }
  return at;
}

/* Past the closing quote of the string that begins at `at`, or end. */
static const char *skip_string(const char *at, const char *end) {
  for (at++; at < end && *at != '"'; at++) {
    if (*at == '\\') {
      at++;
    }
  }
  return at < end ? at + 1 : end;
}

static const char *skip_scalar(const char *at, const char *end) {
  while (at < end && !is_blank(*at) && memchr(",:]}", *at, 4) == NULL) {
    at++;
  }
  return at;
}

static const char *skip_nested(const char *at, const char *end) {
  size_t depth = 0;
  while (at < end) {
    if (*at == '"') {
      at = skip_string(at, end);
      continue;
    }
    if (*at == '{' || *at == '[') {
      depth++;
    } else if ((*at == '}' || *at == ']') && --depth == 0) {
      return at + 1;
    }
    at++;
  }
  return end;
}

static const char *skip_value(const char *at, const char *end) {
  if (at < end && *at == '"') {
    return skip_string(at, end);
  }
  if (at < end && (*at == '{' || *at == '[')) {
    return skip_nested(at, end);
  }
  return skip_scalar(at, end);
}

reml_raw_walk reml__raw_walk(reml_string json) {
  const char *end = json.bytes + json.length;
  const char *at = skip_blanks(json.bytes, end);
  if (at == end || (*at != '{' && *at != '[')) {
    return (reml_raw_walk){.at = end, .end = end};
  }
  return (reml_raw_walk){.at = at + 1, .end = end, .object = *at == '{', .first = true};
}

/* Reads `"key":`; false when it is not there. */
static bool take_key(reml_raw_walk *walk, reml_string *key) {
  if (walk->at == walk->end || *walk->at != '"') {
    return false;
  }
  const char *after = skip_string(walk->at, walk->end);
  if (after - walk->at < 2) {
    return false;
  }
  *key = (reml_string){walk->at + 1, (size_t)(after - walk->at) - 2};
  walk->at = skip_blanks(after, walk->end);
  if (walk->at == walk->end || *walk->at != ':') {
    return false;
  }
  walk->at = skip_blanks(walk->at + 1, walk->end);
  return true;
}

bool reml__raw_next(reml_raw_walk *walk, reml_raw_item *item) {
  walk->at = skip_blanks(walk->at, walk->end);
  if (walk->at == walk->end || *walk->at == '}' || *walk->at == ']') {
    return false;
  }
  if (!walk->first) {
    if (*walk->at != ',') {
      return false;
    }
    walk->at = skip_blanks(walk->at + 1, walk->end);
  }
  walk->first = false;
  item->key = (reml_string){NULL, 0};
  if (walk->object && !take_key(walk, &item->key)) {
    return false;
  }
  const char *from = walk->at;
  walk->at = skip_value(from, walk->end);
  item->value = (reml_string){from, (size_t)(walk->at - from)};
  return item->value.length > 0;
}

static bool is_same(reml_string a, reml_string b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

reml_string reml__raw_member(reml_string json, const char *key) {
  reml_raw_walk walk = reml__raw_walk(json);
  reml_raw_item item;
  reml_string wanted = {key, strlen(key)};
  while (walk.object && reml__raw_next(&walk, &item)) {
    if (is_same(item.key, wanted)) {
      return item.value;
    }
  }
  return (reml_string){NULL, 0};
}

void reml__raw_compact(reml_bytes *out, reml_string json) {
  const char *end = json.bytes + json.length;
  for (const char *at = json.bytes; at < end;) {
    const char *after = *at == '"' ? skip_string(at, end) : at + 1;
    if (!is_blank(*at)) {
      reml__bytes_add(out, at, (size_t)(after - at));
    }
    at = after;
  }
}

static void add_step(reml_bytes *path, const reml_raw_item *item, size_t index) {
  char number[32];
  if (item->key.bytes != NULL) {
    reml__bytes_add_text(path, ".");
    reml__bytes_add(path, item->key.bytes, item->key.length);
    return;
  }
  snprintf(number, sizeof number, "[%zu]", index);
  reml__bytes_add_text(path, number);
}

/* Goes to the first item in which the two differ; false when the values themselves differ. */
static bool descend(reml_raw_difference *found) {
  reml_raw_walk left = reml__raw_walk(found->left);
  reml_raw_walk right = reml__raw_walk(found->right);
  if (left.object != right.object || left.first != right.first) {
    return false;
  }
  for (size_t index = 0;; index++) {
    reml_raw_item a = {0}, b = {0};
    bool has_a = reml__raw_next(&left, &a);
    bool has_b = reml__raw_next(&right, &b);
    if ((!has_a && !has_b) || (has_a && has_b && !is_same(a.key, b.key))) {
      return false;
    }
    if (has_a && has_b && is_same(a.value, b.value)) {
      continue;
    }
    add_step(&found->path, has_a ? &a : &b, index);
    found->left = has_a ? a.value : (reml_string){NULL, 0};
    found->right = has_b ? b.value : (reml_string){NULL, 0};
    return has_a && has_b;
  }
}

void reml__raw_differ(reml_string left, reml_string right, reml_raw_difference *out) {
  out->left = left;
  out->right = right;
  reml__bytes_clear(&out->path);
  while (descend(out)) {
    /* one step deeper each time */
  }
}
