/* Does a token start an arm (L2)? What the scan that begins behind it says of the next token at its
 * depth. Bracketed groups are a matter of who scans: only their openers come here. */
#ifndef ARM_SCAN_H
#define ARM_SCAN_H

#include "layout_parts.h"

typedef enum scan_answer { SCAN_ON, SCAN_INTO_GUARD, SCAN_IS_ARM, SCAN_IS_NO_ARM } scan_answer;

static inline scan_answer scan_step(uint8_t scan, unsigned prev, unsigned kind, bool first) {
  /* `end` alone on its line ends a match (D9). */
  if (prev == REML_TOKEN_END && first) return SCAN_IS_NO_ARM;
  switch (kind) {
  case REML_TOKEN_ARROW: return SCAN_IS_ARM;
  case REML_TOKEN_IF:
  case REML_TOKEN_WHEN: return SCAN_INTO_GUARD;
  case REML_TOKEN_BAR: return SCAN_ON;
  default: break;
  }
  uint32_t traits = traits_of(kind);
  if (first) return SCAN_IS_NO_ARM;
  if (scan == SCAN_GUARD) return traits & TRAIT_GUARD_END ? SCAN_IS_NO_ARM : SCAN_ON;
  bool two_names = traits & TRAIT_NAME && traits_of(prev) & TRAIT_NAME;
  return traits & TRAIT_PATTERN && !two_names ? SCAN_ON : SCAN_IS_NO_ARM;
}

#endif
