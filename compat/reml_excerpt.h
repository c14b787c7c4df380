/* Lines of a source around a place of it. */
#ifndef REML_EXCERPT_H
#define REML_EXCERPT_H

#include "reml_json.h"

/* A line without its break: bytes begin to end of the source. */
typedef struct reml_line {
  size_t begin, end;
  bool cut_before, cut_after; /* only a part of a long line; an ellipsis says so */
} reml_line;

typedef struct reml_excerpt {
  reml_string source;
  reml_line middle;
  size_t first, last; /* of the span's bytes on that line, half open */
} reml_excerpt;

/* The line of a span. */
reml_excerpt reml__excerpt_at(reml_string source, const reml_span *span);

/* The line before the one that begins at `begin`; false at the beginning of the source, or when
 * there is no break in front (which a damaged position may claim). */
bool reml__line_before(reml_string source, size_t begin, reml_line *out);
/* The line behind the one that ends at `end`, unless nothing follows. */
bool reml__line_behind(reml_string source, size_t end, reml_line *out);

/* What is shown of a line when the bytes from `first` to `last` matter: all of it, unless it is
 * very long. */
reml_line reml__line_clipped(reml_line whole, size_t first, size_t last);
void reml__excerpt_clip(reml_excerpt *excerpt);

size_t reml__digit_count(uint32_t number);

/* ---- text whose columns count ---- */

/* As it is, tabs too, but without anything that would steer a terminal. */
void reml__out_columns(reml_out *out, reml_string text);
/* Blanks as wide as that, with its tabs. */
void reml__out_padding(reml_out *out, reml_string text);
/* Columns on a terminal; a tab counts one. */
size_t reml__column_count(reml_string text);

#endif
