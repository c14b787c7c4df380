/* How an entry of the action table reads: what to do in the high bits, a state or production in the
 * low ones. An entry of the goto table is a state, or REML_ACCEPT. */
#ifndef REML_TABLES_FORMAT_H
#define REML_TABLES_FORMAT_H

#include <stdint.h>

/* Of a production: its nonterminal, and how many symbols are on its right. */
typedef struct reml_rule {
  uint16_t lhs;
  uint8_t length;
} reml_rule;

/* The actions of a state are in stripes of so many tokens; all states of one stripe come before those
 * of the next. */
enum { REML_STRIPE = 32 };

enum {
  REML_NO_ACTION = 0,
  REML_SHIFT = 0x1000,        /* push the token, go to the state */
  REML_SHIFT_REDUCE = 0x2000, /* push the token, then reduce by the production */
  REML_REDUCE = 0x3000,       /* reduce by the production, then look at the token again */
  REML_PASS = 0x4000,         /* reduce by the production, which only passes its value on */
  REML_ACCEPT = 0x5000,
  REML_ACTION_MASK = 0xF000,
  REML_TARGET_MASK = 0x0FFF
};

/* How a left-recursive nonterminal grows: an operator chain, a postfix chain, a list that begins
 * with no element or with one. */
typedef enum reml_left_kind {
  REML_LEFT_NOT,
  REML_LEFT_INFIX,
  REML_LEFT_POSTFIX,
  REML_LEFT_FROM_NOTHING,
  REML_LEFT_FROM_ONE
} reml_left_kind;

typedef struct reml_left_recursive {
  const char *name;
  reml_left_kind kind;
} reml_left_recursive;

#endif
