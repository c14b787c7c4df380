/* Comparing short texts. */
#ifndef REML_BYTES_H
#define REML_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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
