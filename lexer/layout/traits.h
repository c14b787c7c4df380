/* What the layout rules ask of a kind of token (contract-spec grammar-spec.md sections 2 and 3). */
#ifndef TRAITS_H
#define TRAITS_H

#include "reml_token.h"
#include <stdint.h>

enum reml_trait {
  TRAIT_NAME = 1 << 0, /* IDENT, UPPER, and the words that are not resolved yet */
  TRAIT_LITERAL = 1 << 1,
  TRAIT_ENDER = 1 << 2,
  TRAIT_OPENER = 1 << 3,
  TRAIT_CLOSER = 1 << 4,
  TRAIT_ROUND = 1 << 5,       /* ( and what equals it */
  TRAIT_BRACE = 1 << 6,       /* { and what equals it */
  TRAIT_RESERVED = 1 << 7,    /* a reserved word that can be a label */
  TRAIT_DOTTED = 1 << 8,      /* a word that is a name behind a dot */
  TRAIT_DOT = 1 << 9,         /* . or :: */
  TRAIT_INTRODUCER = 1 << 10, /* L3 opens blocks behind it */
  TRAIT_BLOCK_START = 1 << 11,
  TRAIT_STATEMENT_START = 1 << 12, /* L4 */
  TRAIT_ARM_START = 1 << 13,
  TRAIT_PATTERN = 1 << 14,
  TRAIT_GUARD_END = 1 << 15,   /* not in a guard */
  TRAIT_VALUE_START = 1 << 16, /* of an expression, behind `break` */
  TRAIT_PLAIN = 1 << 17,       /* no rule asks for it unless it is first on its line */
  TRAIT_CAREFUL = 1 << 18,     /* ... or behind one of these */
  TRAIT_WORD = 1 << 19,        /* contextual */
  TRAIT_COUNTED = 1 << 20,     /* no rule asks for it right inside of ( or [ */
  TRAIT_QUIET = 1 << 21        /* a word that has a rule of the short way */
};

extern const uint32_t reml__traits[REML_TOKEN_COUNT];

static inline uint32_t traits_of(unsigned kind) {
  return reml__traits[kind];
}

#endif
