/* Coercions of configuration values and rules for texts (contract driver.md section 1). */
#include "reml_bytes.h"
#include "reml_config.h"

#include <gc.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts ---- */

reml_string reml__text_trim(reml_string text) {
  while (text.length > 0 && reml__is_blank(text.bytes[text.length - 1]))
    text.length--;
  while (text.length > 0 && reml__is_blank(*text.bytes)) {
    text.bytes++;
    text.length--;
  }
  return text;
}

bool reml__text_is_blank(reml_string text) {
  return reml__text_trim(text).length == 0;
}

bool reml__text_equals(reml_string text, const char *literal) {
  size_t length = strlen(literal);
  return text.bytes != NULL && text.length == length && memcmp(text.bytes, literal, length) == 0;
}

bool reml__text_equals_lowered(reml_string text, const char *literal) {
  if (text.bytes == NULL || text.length != strlen(literal)) return false;
  for (size_t i = 0; i < text.length; i++)
    if (reml__lower(text.bytes[i]) != literal[i]) return false;
  return true;
}

int reml__text_compare(reml_string left, reml_string right) {
  size_t common = left.length < right.length ? left.length : right.length;
  int order = common > 0 ? memcmp(left.bytes, right.bytes, common) : 0;
  return order != 0 ? order : (left.length > right.length) - (left.length < right.length);
}

bool reml__text_lower(reml_string text, reml_string *out) {
  char *copy = GC_MALLOC_ATOMIC(text.length + 1);
  if (copy == NULL) return false;
  for (size_t i = 0; i < text.length; i++)
    copy[i] = reml__lower(text.bytes[i]);
  copy[text.length] = '\0';
  *out = (reml_string){copy, text.length};
  return true;
}

static bool skip_char(reml_string *text, char c) {
  if (text->length == 0 || reml__lower(*text->bytes) != c) return false;
  text->bytes++;
  text->length--;
  return true;
}

/* ---- integers, in the notation of OCaml's int_of_string ---- */

/* Integers have 63 bits there. */
#define INT_LIMIT (UINT64_C(1) << 62)
#define WORD_LIMIT (UINT64_C(1) << 63)

typedef struct notation {
  unsigned base;
  bool wraps; /* a prefix was given: all 63 bits may be used, so the number may turn negative */
} notation;

static notation read_prefix(reml_string *text) {
  static const struct {
    char letter;
    unsigned base;
  } prefixes[] = {{'x', 16}, {'o', 8}, {'b', 2}, {'u', 10}};
  if (text->length < 2 || *text->bytes != '0') return (notation){10, false};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    if (reml__lower(text->bytes[1]) != prefixes[i].letter) continue;
    *text = (reml_string){text->bytes + 2, text->length - 2};
    return (notation){prefixes[i].base, true};
  }
  return (notation){10, false};
}

static unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') return (unsigned)(c - '0');
  char letter = reml__lower(c);
  return letter >= 'a' && letter <= 'f' ? (unsigned)(letter - 'a') + 10 : UINT_MAX;
}

static bool read_digits(reml_string text, unsigned base, uint64_t *out) {
  uint64_t number = 0;
  if (text.length == 0 || *text.bytes == '_') return false;
  for (size_t i = 0; i < text.length; i++) {
    if (text.bytes[i] == '_') continue;
    unsigned digit = digit_value(text.bytes[i]);
    if (digit >= base || number > (UINT64_MAX - digit) / base) return false;
    number = number * base + digit;
  }
  *out = number;
  return true;
}

/* The value of the low 63 bits as a signed number. */
static int64_t sign_extend(uint64_t bits) {
  bits &= WORD_LIMIT - 1;
  return bits < INT_LIMIT ? (int64_t)bits : -(int64_t)(WORD_LIMIT - bits);
}

static bool int_of_text(reml_string text, int64_t *out) {
  uint64_t magnitude;
  bool negative = skip_char(&text, '-');
  if (!negative) skip_char(&text, '+');
  notation form = read_prefix(&text);
  if (!read_digits(text, form.base, &magnitude)) return false;
  if (form.wraps ? magnitude >= WORD_LIMIT : magnitude >= INT_LIMIT + negative) return false;
  *out = sign_extend(negative ? UINT64_C(0) - magnitude : magnitude);
  return true;
}

/* ---- floats, in the notation of OCaml's float_of_string ---- */

/* strtod with the decimal point of the C locale; the whole text must be a number. */
static bool read_number(const char *text, size_t length, double *out) {
  char *end;
  locale_t neutral = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (neutral == (locale_t)0) return false;
  *out = strtod_l(text, &end, neutral);
  freelocale(neutral);
  return length > 0 && end == text + length;
}

/* Underscores may stand anywhere, except in the exponent of a hexadecimal number (and no other
 * number has a `p`). */
static size_t drop_underscores(reml_string text, char *to) {
  size_t used = 0;
  bool keeps = false;
  for (size_t i = 0; i < text.length; i++) {
    if (reml__lower(text.bytes[i]) == 'p') keeps = true;
    if (text.bytes[i] != '_' || keeps) to[used++] = text.bytes[i];
  }
  to[used] = '\0';
  return used;
}

static bool float_of_text(reml_string text, double *out) {
  char *digits = GC_MALLOC_ATOMIC(text.length + 1);
  if (digits == NULL) return false;
  size_t length = drop_underscores(text, digits);
  return read_number(digits, length, out);
}

/* ---- coercions ---- */

bool reml_value_as_int(const reml_value *value, int64_t *out) {
  if (value == NULL) return false;
  switch (value->kind) {
  case REML_VALUE_INT:
  case REML_VALUE_PARSER_ID: *out = value->as.integer; return true;
  case REML_VALUE_STRING: return int_of_text(value->as.string, out);
  default: return false;
  }
}

bool reml_value_as_float(const reml_value *value, double *out) {
  if (value == NULL) return false;
  switch (value->kind) {
  case REML_VALUE_FLOAT: *out = value->as.number; return true;
  case REML_VALUE_INT: *out = (double)value->as.integer; return true;
  case REML_VALUE_STRING: return float_of_text(value->as.string, out);
  default: return false;
  }
}

bool reml_value_as_string(const reml_value *value, reml_string *out) {
  if (value == NULL || value->kind != REML_VALUE_STRING) return false;
  *out = value->as.string;
  return true;
}

bool reml_value_as_bool(const reml_value *value, bool *out) {
  if (value == NULL || value->kind != REML_VALUE_BOOL) return false;
  *out = value->as.boolean;
  return true;
}
