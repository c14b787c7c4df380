/* Checking UTF-8 that comes in pieces (contract streaming-spec.md section 3, DecoderFailed). */
#ifndef REML_UTF8_H
#define REML_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct reml_utf8 {
  uint64_t offset;   /* of the sequence in hand */
  uint8_t left;      /* bytes of it still to come */
  uint8_t low, high; /* bounds of the next of them */
  uint8_t seen;      /* bytes of it that came */
} reml_utf8;

/* False: the bytes are not UTF-8; utf8->offset is where the bad sequence begins. */
bool reml__utf8_check(reml_utf8 *utf8, const unsigned char *bytes, size_t count);
/* False: the input ends within a sequence. */
bool reml__utf8_finish(const reml_utf8 *utf8);

#endif
