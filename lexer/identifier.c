#include "reml_identifier.h"
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>

typedef struct range {
  uint32_t first, last;
} range;

static const range start_ranges[] = {
#define START(first, last) {first, last},
#define CONTINUE(first, last)
#include "reml_xid.def"
#undef START
#undef CONTINUE
};

static const range continue_ranges[] = {
#define START(first, last)
#define CONTINUE(first, last) {first, last},
#include "reml_xid.def"
#undef START
#undef CONTINUE
};

/* What the profile `spec` adds to libunistring's. */
static const range late_start_ranges[] = {
#define START(first, last) {first, last},
#define CONTINUE(first, last)
#define EMOJI(first, last)
#include "reml_unicode.def"
#undef START
#undef CONTINUE
#undef EMOJI
};

static const range late_continue_ranges[] = {
#define START(first, last)
#define CONTINUE(first, last) {first, last},
#define EMOJI(first, last)
#include "reml_unicode.def"
#undef START
#undef CONTINUE
#undef EMOJI
};

static const range emoji_ranges[] = {
#define START(first, last)
#define CONTINUE(first, last)
#define EMOJI(first, last) {first, last},
#include "reml_unicode.def"
#undef START
#undef CONTINUE
#undef EMOJI
};

static bool in_ranges(const range *ranges, size_t count, uint32_t point) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (point > ranges[middle].last) {
      low = middle + 1;
    } else if (point < ranges[middle].first) {
      high = middle;
    } else {
      return true;
    }
  }
  return false;
}

#define IS_IN(ranges, point) in_ranges(ranges, sizeof(ranges) / sizeof *(ranges), point)

static bool may_start(uint32_t point) {
  return IS_IN(start_ranges, point);
}

static bool may_continue(uint32_t point) {
  return IS_IN(continue_ranges, point);
}

static size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
}

bool reml__is_scalar(uint32_t point) {
  return point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

/* The lexeme has the right lead and continuation bytes; what remains to be refused are overlong
 * forms, surrogates and values above U+10FFFF. */
static bool decode(const unsigned char *bytes, size_t length, uint32_t *point) {
  static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  uint32_t value = bytes[0] & lead_mask[length];
  for (size_t i = 1; i < length; i++)
    value = value << 6 | (bytes[i] & 0x3F);
  *point = value;
  return value >= least[length] && reml__is_scalar(value);
}

bool reml__identifier_check(const unsigned char *bytes, size_t count, bool ascii_only,
                            reml_lex_error_kind *kind, uint32_t *value) {
  for (size_t at = 0; at < count;) {
    size_t length = sequence_length(bytes[at]);
    if (!decode(bytes + at, length, value)) {
      *kind = REML_LEX_BAD_UTF8;
      return false;
    }
    bool allowed = !(ascii_only && *value >= 0x80);
    if (!allowed || !(at == 0 ? may_start(*value) : may_continue(*value))) {
      *kind = at == 0 ? REML_LEX_BAD_START : REML_LEX_BAD_CONTINUE;
      return false;
    }
    at += length;
  }
  return true;
}

/* --- profile `spec` --- */

static bool is_bidi_control(uint32_t point) {
  return (point >= 0x200E && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

/* ASCII that is part of a lexeme is allowed where it is. */
static bool may_start_spec(uint32_t point) {
  return point < 0x80 || uc_is_property_xid_start(point) || IS_IN(late_start_ranges, point);
}

static bool may_continue_spec(uint32_t point) {
  return point < 0x80 || uc_is_property_xid_continue(point) || IS_IN(late_continue_ranges, point) ||
         IS_IN(emoji_ranges, point);
}

/* Code points that make no difference to normalization: they have neither a decomposition nor a
 * combining class, and compose with none before them. Most names have no other. */
static bool is_always_normal(uint32_t point) {
  return point < 0x300 || (point >= 0x3041 && point <= 0x3096) ||
         (point >= 0x30A1 && point <= 0x30FA) || (point >= 0x4E00 && point <= 0x9FFF) ||
         (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0x400 && point <= 0x482);
}

static bool is_normalized(reml_memory *memory, const unsigned char *bytes, size_t count) {
  uint8_t buffer[256];
  size_t length = sizeof buffer;
  uint8_t *normal = u8_normalize(UNINORM_NFC, bytes, count, buffer, &length);
  if (normal == NULL) reml__out_of_memory(memory);
  bool same = length == count && memcmp(normal, bytes, count) == 0;
  if (normal != buffer) free(normal);
  return same;
}

static reml_lex_error_kind kind_of_bad(uint32_t point, bool ascii_only, bool at_start) {
  if (!ascii_only && is_bidi_control(point)) return REML_LEX_BIDI_CONTROL;
  return at_start ? REML_LEX_BAD_START : REML_LEX_BAD_CONTINUE;
}

bool reml__identifier_check_spec(reml_memory *memory, const unsigned char *bytes, size_t count,
                                 bool ascii_only, reml_lex_error_kind *kind, uint32_t *value) {
  bool normal = true;
  for (size_t at = 0; at < count;) {
    size_t length = sequence_length(bytes[at]);
    if (!decode(bytes + at, length, value)) {
      *kind = REML_LEX_BAD_UTF8;
      return false;
    }
    bool allowed = !(ascii_only && *value >= 0x80);
    if (!allowed || !(at == 0 ? may_start_spec(*value) : may_continue_spec(*value))) {
      *kind = kind_of_bad(*value, ascii_only, at == 0);
      return false;
    }
    normal = normal && is_always_normal(*value);
    at += length;
  }
  if (normal || is_normalized(memory, bytes, count)) return true;
  *kind = REML_LEX_NOT_NORMALIZED;
  *value = 0;
  return false;
}

bool reml__identifier_is_upper(const unsigned char *lexeme) {
  uint32_t point;
  return decode(lexeme, sequence_length(*lexeme), &point) && uc_is_property_uppercase(point);
}

/* --- single code points --- */

size_t reml__utf8_decode(const unsigned char *bytes, uint32_t *point) {
  bool is_lead = *bytes < 0x80 || (*bytes >= 0xC2 && *bytes <= 0xF4);
  if (!is_lead) return 0;
  size_t length = sequence_length(*bytes);
  for (size_t i = 1; i < length; i++) {
    if ((bytes[i] & 0xC0) != 0x80) return 0;
  }
  return decode(bytes, length, point) ? length : 0;
}

size_t reml__utf8_encode(unsigned char to[REML_UTF8_MOST], uint32_t point) {
  static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--) {
    to[i] = (unsigned char)(0x80 | (point & 0x3F));
    point >>= 6;
  }
  to[0] = (unsigned char)(lead[length] | point);
  return length;
}
