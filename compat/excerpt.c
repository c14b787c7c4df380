#include "reml_excerpt.h"

#include <unistr.h>
#include <uniwidth.h>

/* A line of more bytes is shown in part: up to MARGIN bytes on either side of the span, or, around
 * it, its beginning. The reference shows all of it, megabytes too. */
enum { LONG_LINE = 64 * 1024, MARGIN = 120 };

static bool is_break(char c) {
  return c == '\n' || c == '\r';
}

static size_t find_line_end(reml_string source, size_t from) {
  while (from < source.length && !is_break(source.bytes[from]))
    from++;
  return from;
}

bool reml__line_before(reml_string source, size_t begin, reml_line *out) {
  if (begin == 0 || !is_break(source.bytes[begin - 1])) return false;
  out->end = begin - 1;
  if (source.bytes[out->end] == '\n' && out->end > 0 && source.bytes[out->end - 1] == '\r')
    out->end--;
  out->begin = out->end;
  while (out->begin > 0 && !is_break(source.bytes[out->begin - 1]))
    out->begin--;
  return true;
}

bool reml__line_behind(reml_string source, size_t end, reml_line *out) {
  if (end == source.length) return false;
  bool pair = source.bytes[end] == '\r' && end + 1 < source.length && source.bytes[end + 1] == '\n';
  out->begin = end + (pair ? 2 : 1);
  out->end = find_line_end(source, out->begin);
  return out->begin < source.length;
}

static size_t smaller(size_t left, size_t right) {
  return left < right ? left : right;
}

/* The line begins where the position's column says, and not at the last break: a break in a
 * character literal begins no line (lexer.md section 1). Positions beyond the source are drawn to
 * its end. */
reml_excerpt reml__excerpt_at(reml_string source, const reml_span *span) {
  reml_excerpt found = {.source = source, .first = smaller(span->start.offset, source.length)};
  size_t column = span->start.column > 0 ? span->start.column - 1 : 0;
  bool same_line = span->end.line == span->start.line && span->end.offset >= span->start.offset;
  size_t until = same_line ? smaller(span->end.offset, source.length) : found.first;
  found.middle.begin = found.first - smaller(column, found.first);
  found.middle.end = find_line_end(source, until);
  found.last = same_line ? until : found.middle.end;
  return found;
}

reml_line reml__line_clipped(reml_line whole, size_t first, size_t last) {
  reml_line part = whole;
  if (whole.end - whole.begin <= LONG_LINE) return part;
  if (first - whole.begin > MARGIN) part.begin = first - MARGIN;
  if (last > first + MARGIN) last = first + MARGIN;
  if (whole.end - last > MARGIN) part.end = last + MARGIN;
  part.cut_before = part.begin > whole.begin;
  part.cut_after = part.end < whole.end;
  return part;
}

void reml__excerpt_clip(reml_excerpt *found) {
  found->middle = reml__line_clipped(found->middle, found->first, found->last);
  if (found->last > found->middle.end) found->last = found->middle.end;
}

size_t reml__digit_count(uint32_t number) {
  size_t count = 1;
  while (number /= 10)
    count++;
  return count;
}

/* ---- text whose columns count ---- */

#define REPLACEMENT 0xFFFD
#define PICTURES 0x2400 /* the pictures of the controls of ASCII */

static bool turns_direction(ucs4_t c) {
  return c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* What is shown of the character at the beginning of the text, and how many bytes it has. A byte
 * that is no UTF-8 is one of its own. */
static ucs4_t shown(reml_string text, size_t *length) {
  ucs4_t c;
  int count = u8_mbtoucr(&c, (const uint8_t *)text.bytes, text.length);
  *length = count > 0 ? (size_t)count : 1;
  if (count <= 0 || (c >= 0x80 && c < 0xA0) || turns_direction(c)) return REPLACEMENT;
  if (c == '\t') return c;
  if (c < 0x20) return PICTURES + c;
  return c == 0x7F ? PICTURES + 0x21 : c;
}

static size_t width_of(ucs4_t c) {
  int width = uc_width(c, "UTF-8");
  return width > 0 ? (size_t)width : 0;
}

static reml_string rest_of(reml_string text, size_t length) {
  return (reml_string){text.bytes + length, text.length - length};
}

void reml__out_columns(reml_out *out, reml_string text) {
  uint8_t utf8[6];
  for (size_t length; text.length > 0; text = rest_of(text, length)) {
    int count = u8_uctomb(utf8, shown(text, &length), sizeof utf8);
    reml__out_bytes(out, (const char *)utf8, count > 0 ? (size_t)count : 0);
  }
}

void reml__out_padding(reml_out *out, reml_string text) {
  for (size_t length; text.length > 0; text = rest_of(text, length)) {
    ucs4_t c = shown(text, &length);
    size_t width = c == '\t' ? 0 : width_of(c);
    if (c == '\t') reml__out_char(out, '\t');
    while (width-- > 0)
      reml__out_char(out, ' ');
  }
}

size_t reml__column_count(reml_string text) {
  size_t count = 0;
  for (size_t length; text.length > 0; text = rest_of(text, length)) {
    ucs4_t c = shown(text, &length);
    count += c == '\t' ? 1 : width_of(c);
  }
  return count;
}
