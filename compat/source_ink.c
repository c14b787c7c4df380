/* Writing canonical source (reml_source.h): what was written last, and names that are keywords in
 * front of some tokens. */
#include "reml_source.h"
#include <string.h>

/* Such a name is a keyword when the next token is on its line and begins so; `a`, which comes
 * first, stands for every name. */
static const struct {
  const char *name, *before;
} words[] = {{"const", "a"}, {"struct", "a"}, {"enum", "a"}, {"macro", "a"},   {"actor", "a"},
             {"await", "a"}, {"not", "a"},    {"rec", "a|"}, {"async", "a{|"}, {"test", "\""}};

static bool is_letter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool begins_with_name(const char *bytes, size_t count) {
  uint32_t length = 0;
  while (length < count && is_letter((unsigned char)bytes[length]))
    length++;
  return length > 0 && !reml__is_reserved((reml_text){bytes, length});
}

static bool is_wary_of(const char *starts, const char *bytes, size_t count) {
  if (begins_with_name(bytes, count)) return *starts == 'a';
  return count > 0 && !is_letter((unsigned char)*bytes) && strchr(starts, *bytes) != NULL;
}

static void keep_tail(reml_ink *ink, const char *bytes, size_t count) {
  if (!ink->spec) return;
  if (count < REML_INK_TAIL) {
    size_t kept =
        REML_INK_TAIL - count < ink->tail_length ? REML_INK_TAIL - count : ink->tail_length;
    memmove(ink->tail, ink->tail + ink->tail_length - kept, kept);
    memcpy(ink->tail + kept, bytes, count);
    ink->tail_length = kept + count;
  } else {
    memcpy(ink->tail, bytes + count - REML_INK_TAIL, REML_INK_TAIL);
    ink->tail_length = REML_INK_TAIL;
  }
  ink->tail[ink->tail_length] = '\0';
}

/* From some depth on lines are not indented any further: else the text would grow with the square
 * of the depth. */
void reml__ink_line(reml_ink *ink) {
  enum { DEEPEST = 20 };
  ink->wary_of = NULL;
  ink->blank = false;
  reml__out_char(ink->out, '\n');
  for (unsigned i = 0; i < ink->indent && i < DEEPEST; i++)
    reml__out_text(ink->out, "  ");
  keep_tail(ink, "\n", 1);
}

static void write(reml_ink *ink, const char *bytes, size_t count) {
  reml__out_bytes(ink->out, bytes, count);
  keep_tail(ink, bytes, count);
}

/* Behind a word that must not stand on one line with what comes: a line break in place of the
 * blank. */
static void write_behind_word(reml_ink *ink, const char *bytes, size_t count) {
  size_t blanks = 0;
  while (blanks < count && bytes[blanks] == ' ')
    blanks++;
  if (blanks > 0) ink->blank = true;
  if (blanks == count) return;
  if (is_wary_of(ink->wary_of, bytes + blanks, count - blanks)) {
    reml__ink_line(ink);
  } else if (ink->blank) {
    write(ink, " ", 1);
  }
  ink->wary_of = NULL;
  ink->blank = false;
  write(ink, bytes + blanks, count - blanks);
}

void reml__ink_put(reml_ink *ink, const char *bytes, size_t count) {
  if (ink->wary_of != NULL) {
    write_behind_word(ink, bytes, count);
  } else {
    write(ink, bytes, count);
  }
}

void reml__ink_name(reml_ink *ink, reml_text name) {
  reml__ink_put(ink, name.bytes, name.length);
  if (!ink->spec || ink->tail_length == 0) return;
  size_t before = ink->tail_length > name.length ? ink->tail_length - name.length : 0;
  if (before > 0 && (ink->tail[before - 1] == '.' || ink->tail[before - 1] == ':')) return;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (reml__text_is(name, words[i].name)) ink->wary_of = words[i].before;
  }
}

bool reml__ink_ends(const reml_ink *ink, const char *text) {
  size_t length = strlen(text);
  return length <= ink->tail_length &&
         memcmp(ink->tail + ink->tail_length - length, text, length) == 0;
}

bool reml__ink_ends_with_word(const reml_ink *ink, const char *text) {
  if (!reml__ink_ends(ink, text)) return false;
  size_t length = strlen(text);
  if (length == ink->tail_length) return true;
  char before = ink->tail[ink->tail_length - length - 1];
  return !is_letter((unsigned char)before) && (before < '0' || before > '9') && before != '.' &&
         before != ':';
}

char reml__ink_last(const reml_ink *ink) {
  size_t at = ink->tail_length;
  while (at > 0 && (ink->tail[at - 1] == ' ' || ink->tail[at - 1] == '\n'))
    at--;
  return at > 0 ? ink->tail[at - 1] : '\0';
}
