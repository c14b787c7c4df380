#include "reml_identifier.h"

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

static bool may_start(uint32_t point) {
  return in_ranges(start_ranges, sizeof start_ranges / sizeof *start_ranges, point);
}

static bool may_continue(uint32_t point) {
  return in_ranges(continue_ranges, sizeof continue_ranges / sizeof *continue_ranges, point);
}

static size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
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
  if (value < least[length] || value > 0x10FFFF) return false;
  return value < 0xD800 || value > 0xDFFF;
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
