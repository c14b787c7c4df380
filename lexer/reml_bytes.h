/* Bytes and short texts: what the contract trims, lowers and quotes, and comparing. */
#ifndef REML_BYTES_H
#define REML_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What "trimmed" removes: not VT and no other byte (contract driver.md section 1). */
static inline bool reml__is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* "Lower-cased" changes A to Z only. */
static inline char reml__lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* A byte as it stands in a quoted text (contract ast-text.md section 4); returns the length. */
static inline size_t reml__quote_byte(char to[4], unsigned char byte) {
  static const char plain[] = "\"\\\n\t\r\b", letter[] = "\"\\ntrb";
  const char *found = byte == '\0' ? NULL : strchr(plain, byte);
  if (found == NULL && byte >= 0x20 && byte < 0x7F) {
    to[0] = (char)byte;
    return 1;
  }
  to[0] = '\\';
  if (found != NULL) {
    to[1] = letter[found - plain];
    return 2;
  }
  to[1] = (char)('0' + byte / 100);
  to[2] = (char)('0' + byte / 10 % 10);
  to[3] = (char)('0' + byte % 10);
  return 4;
}

/* memcmp for names, which are short: two words that may overlap, without a call. */
static inline bool reml__same_bytes(const char *a, const char *b, size_t length) {
  uint64_t a8, b8, a8_end, b8_end;
  uint32_t a4, b4, a4_end, b4_end;
  if (length > 16) return memcmp(a, b, length) == 0;
  if (length >= 8) {
    memcpy(&a8, a, 8);
    memcpy(&b8, b, 8);
    memcpy(&a8_end, a + length - 8, 8);
    memcpy(&b8_end, b + length - 8, 8);
    return ((a8 ^ b8) | (a8_end ^ b8_end)) == 0;
  }
  if (length >= 4) {
    memcpy(&a4, a, 4);
    memcpy(&b4, b, 4);
    memcpy(&a4_end, a + length - 4, 4);
    memcpy(&b4_end, b + length - 4, 4);
    return ((a4 ^ b4) | (a4_end ^ b4_end)) == 0;
  }
  for (size_t i = 0; i < length; i++) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

#endif
