/* Output buffer and JSON lexemes (reml_json.h). */
#include "reml_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void reml__out_open(reml_out *out, reml_write *write, void *user) {
  out->write = write;
  out->user = user;
  out->failed = write == NULL;
  out->used = 0;
}

static void hand_over(reml_out *out, const char *bytes, size_t count) {
  if (!out->failed && count > 0 && !out->write(out->user, bytes, count)) {
    out->failed = true;
  }
}

static void flush(reml_out *out) {
  hand_over(out, out->buffer, out->used);
  out->used = 0;
}

void reml__out_bytes(reml_out *out, const char *bytes, size_t count) {
  if (count > sizeof out->buffer - out->used) {
    flush(out);
    if (count > sizeof out->buffer) {
      hand_over(out, bytes, count);
      return;
    }
  }
  if (count > 0) {
    memcpy(out->buffer + out->used, bytes, count);
    out->used += count;
  }
}

void reml__out_text(reml_out *out, const char *text) {
  reml__out_bytes(out, text, strlen(text));
}

void reml__out_char(reml_out *out, char c) {
  if (out->used == sizeof out->buffer) {
    flush(out);
  }
  out->buffer[out->used++] = c;
}

void reml__out_uint(reml_out *out, uint64_t number) {
  char digits[20];
  size_t first = sizeof digits;
  do {
    digits[--first] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  reml__out_bytes(out, digits + first, sizeof digits - first);
}

void reml__out_int(reml_out *out, int64_t number) {
  if (number < 0) {
    reml__out_char(out, '-');
    reml__out_uint(out, UINT64_C(0) - (uint64_t)number); /* also right for the least number */
    return;
  }
  reml__out_uint(out, (uint64_t)number);
}

reml_status reml__out_close(reml_out *out) {
  flush(out);
  return out->failed ? REML_IO_FAILED : REML_OK;
}

static bool is_plain(unsigned char c) {
  return c >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
}

static char short_escape(unsigned char c) {
  switch (c) {
  case '"': return '"';
  case '\\': return '\\';
  case '\b': return 'b';
  case '\t': return 't';
  case '\n': return 'n';
  case '\f': return 'f';
  case '\r': return 'r';
  default: return 0;
  }
}

static void escaped_byte(reml_out *out, unsigned char c) {
  static const char hex[] = "0123456789abcdef";
  char letter = short_escape(c);
  if (letter != 0) {
    reml__out_char(out, '\\');
    reml__out_char(out, letter);
    return;
  }
  reml__out_text(out, "\\u00");
  reml__out_char(out, hex[c >> 4]);
  reml__out_char(out, hex[c & 15]);
}

void reml__json_string(reml_out *out, const char *bytes, size_t count) {
  reml__out_char(out, '"');
  size_t at = 0;
  while (at < count) {
    size_t from = at;
    while (at < count && is_plain((unsigned char)bytes[at])) {
      at++;
    }
    reml__out_bytes(out, bytes + from, at - from);
    if (at < count) {
      escaped_byte(out, (unsigned char)bytes[at++]);
    }
  }
  reml__out_char(out, '"');
}

void reml__json_text(reml_out *out, const char *text) {
  reml__json_string(out, text, strlen(text));
}

static bool is_number_char(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == 'e';
}

/* The decimal point is the process locale's, maybe several bytes, and output must not
 * depend on the locale (gates.md section 5, S7): whatever is not part of a number is the point. */
static void restore_point(char *text) {
  char *to = text;
  bool in_point = false;
  for (const char *from = text; *from != '\0'; from++) {
    if (is_number_char(*from)) {
      *to++ = *from;
      in_point = false;
    } else if (!in_point) {
      *to++ = '.';
      in_point = true;
    }
  }
  *to = '\0';
}

void reml__json_float(reml_out *out, double number) {
  char text[64];
  if (!isfinite(number)) {
    reml__out_text(out, "null"); /* JSON has no such number */
    return;
  }
  snprintf(text, sizeof text, "%.16g", number);
  if (strtod(text, NULL) < number || strtod(text, NULL) > number) {
    snprintf(text, sizeof text, "%.17g", number);
  }
  restore_point(text);
  reml__out_text(out, text);
  if (strpbrk(text, ".e") == NULL) {
    reml__out_text(out, ".0");
  }
}

void reml__json_bool(reml_out *out, bool value) {
  reml__out_text(out, value ? "true" : "false");
}
