/* Text that may hold any byte, in outputs that must be UTF-8. */
#ifndef REML_SHOWN_H
#define REML_SHOWN_H

#include "reml_json.h"
#include "reml_memory.h"

/* Characters of the text; a byte that is no UTF-8 counts as one. */
size_t reml__character_count(reml_string text);

/* A copy in which bytes that are no UTF-8 are U+FFFD, one each. */
reml_string reml__utf8_copy(reml_memory *memory, reml_string text);

/* For people: one line, without anything that would steer a terminal. */
void reml__out_shown(reml_out *out, reml_string text);
void reml__out_shown_text(reml_out *out, const char *text);

#endif
