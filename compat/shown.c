#include "reml_shown.h"

#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Number of bytes of the UTF-8 character at the beginning of the text; 0 if there is none. */
static size_t character_length(const unsigned char *at, size_t room) {
  static const struct {
    unsigned char first, last, least, most; /* of the lead byte, of the byte behind it */
    size_t length;
  } forms[] = {
      {0x00, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
      {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
      {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
  };
  size_t form = 0, length = 1;
  while (form < sizeof forms / sizeof *forms && at[0] > forms[form].last)
    form++;
  if (form == sizeof forms / sizeof *forms || at[0] < forms[form].first) return 0;
  if (forms[form].length > room) return 0;
  if (forms[form].length > 1 && (at[1] < forms[form].least || at[1] > forms[form].most)) return 0;
  for (length = 2; length < forms[form].length; length++)
    if ((at[length] & 0xC0) != 0x80) return 0;
  return forms[form].length;
}

/* What is taken at once: a character, or a byte that is none. */
typedef struct unit {
  const unsigned char *at;
  size_t length;
  bool valid;
} unit;

/* The unit at *offset, which moves behind it; false at the end. */
static bool next_unit(reml_string text, size_t *offset, unit *out) {
  if (*offset >= text.length) return false;
  out->at = (const unsigned char *)text.bytes + *offset;
  out->length = character_length(out->at, text.length - *offset);
  out->valid = out->length > 0;
  if (!out->valid) out->length = 1;
  *offset += out->length;
  return true;
}

size_t reml__character_count(reml_string text) {
  size_t count = 0;
  unit one;
  for (size_t at = 0; next_unit(text, &at, &one);)
    count++;
  return count;
}

reml_string reml__utf8_copy(reml_memory *memory, reml_string text) {
  size_t room = 0, used = 0;
  unit one;
  for (size_t at = 0; next_unit(text, &at, &one);)
    room += one.valid ? one.length : sizeof REPLACEMENT - 1;
  char *copy = reml__alloc_atomic(memory, room + 1);
  for (size_t at = 0; next_unit(text, &at, &one);) {
    size_t length = one.valid ? one.length : sizeof REPLACEMENT - 1;
    memcpy(copy + used, one.valid ? (const char *)one.at : REPLACEMENT, length);
    used += length;
  }
  copy[used] = '\0';
  return (reml_string){copy, used};
}

/* One character for each byte, so that columns, which count bytes, stay true: a blank for a tab,
 * the control picture (U+2400 and up) for another control byte. A terminal sees none of them. */
static void write_control(reml_out *out, unsigned char c) {
  if (c == '\t') {
    reml__out_char(out, ' ');
    return;
  }
  char picture[] = "\xE2\x90\x80";
  picture[2] = (char)(c == 0x7F ? 0xA1 : 0x80 + c);
  reml__out_text(out, picture);
}

static bool is_control(const unit *one) {
  return one->length == 1 && (*one->at < 0x20 || *one->at == 0x7F);
}

/* U+0080 to U+009F. */
static bool is_high_control(const unit *one) {
  return one->length == 2 && one->at[0] == 0xC2 && one->at[1] < 0xA0;
}

void reml__out_shown(reml_out *out, reml_string text) {
  unit one;
  for (size_t at = 0; next_unit(text, &at, &one);) {
    if (is_control(&one))
      write_control(out, *one.at);
    else if (!one.valid || is_high_control(&one))
      reml__out_text(out, REPLACEMENT);
    else
      reml__out_bytes(out, (const char *)one.at, one.length);
  }
}

void reml__out_shown_text(reml_out *out, const char *text) {
  reml__out_shown(out, (reml_string){text, strlen(text)});
}
