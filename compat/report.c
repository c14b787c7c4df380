/* Diagnostics of the profile `spec` as text: what is wrong, where, and what to do.
 *
 *   FILE:LINE:COLUMN: error[CODE]: MESSAGE
 *      4 | the line
 *        |     ^^^^ LABEL
 *   FILE:LINE:COLUMN: note: TEXT      another place, with its line
 *   note: TEXT
 *   help: TEXT                        with the line as it would be then
 */
#include "reml_report.h"
#include "reml_excerpt.h"
#include "reml_locale.h"
#include "reml_shown.h"

#include <string.h>

enum { NUMBER_WIDTH = 4 };

typedef struct report {
  reml_out *out;
  reml_language language;
  const reml_diagnostic *diagnostic;
  const reml_text_style *style;
} report;

/* ---- color ---- */

static const char bold[] = "\x1b[1m", red[] = "\x1b[1;31m", yellow[] = "\x1b[1;33m";
static const char green[] = "\x1b[1;32m", cyan[] = "\x1b[1;36m", blue[] = "\x1b[34m";
static const char plain[] = "\x1b[0m";

static void color(const report *r, const char *style) {
  if (r->style->color) reml__out_text(r->out, style);
}

static void write_word(const report *r, const char *style, reml_message word) {
  color(r, style);
  reml__out_text(r->out, reml__message(word, r->language));
  color(r, plain);
}

static const char *severity_color(const report *r) {
  return r->diagnostic->severity == REML_ERROR ? red : yellow;
}

/* ---- lines ---- */

static void write_place(const report *r, const reml_position *start) {
  reml__out_shown(r->out, r->diagnostic->file);
  reml__out_char(r->out, ':');
  reml__out_uint(r->out, start->line);
  reml__out_char(r->out, ':');
  reml__out_uint(r->out, start->column);
  reml__out_text(r->out, ": ");
}

/* `FILE:LINE:COLUMN: error[CODE]: MESSAGE`. */
static void write_first_line(const report *r) {
  static const reml_message words[] = {REML_SAY_ERROR, REML_SAY_WARNING, REML_SAY_INFO,
                                       REML_SAY_HINT};
  const reml_diagnostic *diagnostic = r->diagnostic;
  write_place(r, &diagnostic->span.start);
  color(r, severity_color(r));
  reml__out_text(r->out, reml__message(words[diagnostic->severity - REML_ERROR], r->language));
  if (diagnostic->codes[0] != NULL) {
    reml__out_char(r->out, '[');
    reml__out_shown_text(r->out, diagnostic->codes[0]);
    reml__out_char(r->out, ']');
  }
  color(r, plain);
  reml__out_text(r->out, ": ");
  color(r, bold);
  reml__out_shown(r->out, diagnostic->message);
  color(r, plain);
  reml__out_char(r->out, '\n');
}

/* `   4 | `, without a number `     | `. */
static void write_margin(const report *r, uint32_t number, bool numbered) {
  size_t digits = reml__digit_count(number);
  size_t width = digits > NUMBER_WIDTH ? digits : NUMBER_WIDTH;
  for (size_t i = numbered ? digits : 0; i < width; i++)
    reml__out_char(r->out, ' ');
  color(r, blue);
  if (numbered) reml__out_uint(r->out, number);
  reml__out_text(r->out, " |");
  color(r, plain);
  reml__out_char(r->out, ' ');
}

static reml_string part(reml_string source, size_t begin, size_t end) {
  return (reml_string){source.bytes + begin, end > begin ? end - begin : 0};
}

static void write_repeated(const report *r, char c, size_t count) {
  for (size_t i = 0; i < (count > 0 ? count : 1); i++)
    reml__out_char(r->out, c);
}

/* False when the source around the place is not at hand. */
static bool find_excerpt(const report *r, reml_span span, reml_excerpt *out) {
  const reml_text_style *style = r->style;
  if (!style->snippet || style->source.bytes == NULL) return false;
  size_t column = span.start.column > 0 ? span.start.column - 1 : 0;
  if (span.start.offset < style->source_offset + column) return false;
  if (span.start.offset - style->source_offset > style->source.length) return false;
  span.start.offset -= (uint32_t)style->source_offset;
  span.end.offset -= (uint32_t)style->source_offset;
  *out = reml__excerpt_at(style->source, &span);
  reml__excerpt_clip(out);
  return true;
}

static void write_source_line(const report *r, const reml_excerpt *from, uint32_t number) {
  write_margin(r, number, true);
  if (from->middle.cut_before) reml__out_text(r->out, "…");
  reml__out_columns(r->out, part(from->source, from->middle.begin, from->middle.end));
  if (from->middle.cut_after) reml__out_text(r->out, "…");
  reml__out_char(r->out, '\n');
}

/* Up to the marks. */
static void write_marks_margin(const report *r, const reml_excerpt *from, uint32_t number) {
  write_margin(r, number, false);
  if (from->middle.cut_before) reml__out_char(r->out, ' ');
  reml__out_padding(r->out, part(from->source, from->middle.begin, from->first));
}

static void write_excerpt(const report *r, const reml_span *span, const char *style,
                          reml_string label) {
  reml_excerpt found;
  if (!find_excerpt(r, *span, &found)) return;
  write_source_line(r, &found, span->start.line);
  write_marks_margin(r, &found, span->start.line);
  color(r, style);
  write_repeated(r, '^', reml__column_count(part(found.source, found.first, found.last)));
  if (label.length > 0) reml__out_char(r->out, ' ');
  reml__out_shown(r->out, label);
  color(r, plain);
  reml__out_char(r->out, '\n');
}

/* ---- other places ---- */

static void write_secondary(const report *r, const reml_label *label) {
  write_place(r, &label->span.start);
  write_word(r, cyan, REML_SAY_NOTE);
  reml__out_text(r->out, ": ");
  reml__out_shown(r->out, label->text);
  reml__out_char(r->out, '\n');
  write_excerpt(r, &label->span, cyan, (reml_string){NULL, 0});
}

static void write_text(const report *r, const char *style, reml_message word, reml_string text) {
  if (text.length == 0) return;
  write_word(r, style, word);
  reml__out_text(r->out, ": ");
  reml__out_shown(r->out, text);
  reml__out_char(r->out, '\n');
}

/* ---- what to do ---- */

/* The line as it is, with marks under what is to go. */
static void write_deletion(const report *r, const reml_excerpt *found, uint32_t number) {
  write_source_line(r, found, number);
  write_marks_margin(r, found, number);
  color(r, red);
  write_repeated(r, '-', reml__column_count(part(found->source, found->first, found->last)));
}

/* The line as it would be, with marks under what is new: `+`, or `~` for what takes the place of
 * something. */
static void write_change(const report *r, const reml_excerpt *found, const reml_fixit *fixit) {
  size_t blanks = strspn(fixit->text.bytes, " ");
  if (blanks == fixit->text.length) blanks = 0;
  reml_string seen = {fixit->text.bytes + blanks, fixit->text.length - blanks};
  write_margin(r, fixit->span.start.line, true);
  if (found->middle.cut_before) reml__out_text(r->out, "…");
  reml__out_columns(r->out, part(found->source, found->middle.begin, found->first));
  reml__out_columns(r->out, fixit->text);
  reml__out_columns(r->out, part(found->source, found->last, found->middle.end));
  if (found->middle.cut_after) reml__out_text(r->out, "…");
  reml__out_char(r->out, '\n');
  write_marks_margin(r, found, fixit->span.start.line);
  for (size_t i = 0; i < blanks; i++)
    reml__out_char(r->out, ' ');
  color(r, green);
  write_repeated(r, found->first == found->last ? '+' : '~', reml__column_count(seen));
}

static void write_fixit(const report *r, const reml_fixit *fixit) {
  reml_excerpt found;
  write_text(r, green, REML_SAY_HELP, fixit->description);
  if (fixit->span.start.line != fixit->span.end.line) return;
  if (!find_excerpt(r, fixit->span, &found)) return;
  if (fixit->text.length > 0)
    write_change(r, &found, fixit);
  else
    write_deletion(r, &found, fixit->span.start.line);
  color(r, plain);
  reml__out_char(r->out, '\n');
}

/* ---- all of it ---- */

void reml__report_write(reml_out *out, const reml_result *result, const reml_diagnostic *diagnostic,
                        const reml_text_style *style) {
  const report r = {.out = out,
                    .language = reml__language(&result->config, result->context),
                    .diagnostic = diagnostic,
                    .style = style};
  write_first_line(&r);
  write_excerpt(&r, &diagnostic->span, severity_color(&r), diagnostic->label);
  for (size_t i = 0; i < diagnostic->secondary_count; i++)
    write_secondary(&r, &diagnostic->secondary[i]);
  if (diagnostic->note != NULL)
    write_text(&r, cyan, REML_SAY_NOTE, reml_string_from(diagnostic->note));
  write_text(&r, green, REML_SAY_HELP, diagnostic->help);
  for (size_t i = 0; i < diagnostic->fixit_count; i++)
    write_fixit(&r, &diagnostic->fixits[i]);
}
