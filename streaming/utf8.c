#include "reml_utf8.h"

/* Begins a sequence (Unicode table 3-7); false for a byte that begins none. */
static bool lead(reml_utf8 *utf8, unsigned char byte) {
  utf8->low = 0x80;
  utf8->high = 0xBF;
  if (byte < 0xC2 || byte > 0xF4) return false;
  utf8->left = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) utf8->low = 0xA0;
  if (byte == 0xED) utf8->high = 0x9F;
  if (byte == 0xF0) utf8->low = 0x90;
  if (byte == 0xF4) utf8->high = 0x8F;
  utf8->seen = 1;
  return true;
}

static bool trail(reml_utf8 *utf8, unsigned char byte) {
  if (byte < utf8->low || byte > utf8->high) return false;
  utf8->low = 0x80;
  utf8->high = 0xBF;
  utf8->seen++;
  if (--utf8->left > 0) return true;
  utf8->offset += utf8->seen;
  return true;
}

bool reml__utf8_check(reml_utf8 *utf8, const unsigned char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (utf8->left > 0) {
      if (!trail(utf8, bytes[i])) return false;
    } else if (bytes[i] < 0x80) {
      utf8->offset++;
    } else if (!lead(utf8, bytes[i])) {
      return false;
    }
  }
  return true;
}

bool reml__utf8_finish(const reml_utf8 *utf8) {
  return utf8->left == 0;
}
