/* Diagnostics for people (contract diagnostics-json.md section 10.1). */
#include "reml_record.h"
#include "reml_config.h"
#include "reml_shown.h"

#include <string.h>

enum { NUMBER_WIDTH = 4 };

static const char bold[] = "\x1b[1m", bold_red[] = "\x1b[1;31m", bold_yellow[] = "\x1b[1;33m";
static const char plain[] = "\x1b[0m";

static void write_styled(reml_out *out, bool color, const char *style, const char *text) {
  if (color) reml__out_text(out, style);
  reml__out_text(out, text);
  if (color) reml__out_text(out, plain);
}

static void write_repeated(reml_out *out, char c, size_t count) {
  for (size_t i = 0; i < count; i++)
    reml__out_char(out, c);
}

/* ---- first line ---- */

static const char *severity_label(reml_severity severity) {
  static const char *const labels[] = {"エラー", "警告", "情報", "ヒント"};
  return labels[severity - REML_ERROR];
}

static const char *domain_label(reml_domain domain) {
  static const char *const labels[] = {
      NULL,         "効果", "ターゲット",   "プラグイン", "LSP",  "実行時",       "構文解析",
      "型システム", "設定", "ネットワーク", "データ",     "監査", "セキュリティ", "CLI"};
  return labels[domain];
}

static void write_header(reml_out *out, const reml_diagnostic *diagnostic, bool color) {
  const char *style = diagnostic->severity == REML_ERROR ? bold_red : bold_yellow;
  reml__out_shown(out, diagnostic->file);
  reml__out_char(out, ':');
  reml__out_uint(out, diagnostic->span.start.line);
  reml__out_char(out, ':');
  reml__out_uint(out, diagnostic->span.start.column);
  reml__out_text(out, ": ");
  write_styled(out, color, style, severity_label(diagnostic->severity));
  if (diagnostic->domain != REML_DOMAIN_NONE) {
    reml__out_text(out, " (");
    reml__out_text(out, domain_label(diagnostic->domain));
    reml__out_char(out, ')');
  }
  if (diagnostic->codes[0] != NULL) {
    reml__out_text(out, " [");
    reml__out_shown_text(out, diagnostic->codes[0]);
    reml__out_char(out, ']');
  }
  reml__out_text(out, ": ");
  reml__out_shown(out, diagnostic->message);
  reml__out_char(out, '\n');
}

/* ---- snippet ---- */

/* A line without its break: bytes begin to end of the source. */
typedef struct line {
  size_t begin, end;
  bool cut_before, cut_after; /* only a part of a long line; an ellipsis says so */
} line;

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

/* The line before the one that begins at `begin`; false at the beginning of the source, or when
 * there is no break in front (which a damaged position may claim). */
static bool find_previous(reml_string source, size_t begin, line *out) {
  if (begin == 0 || !is_break(source.bytes[begin - 1])) return false;
  out->end = begin - 1;
  if (source.bytes[out->end] == '\n' && out->end > 0 && source.bytes[out->end - 1] == '\r')
    out->end--;
  out->begin = out->end;
  while (out->begin > 0 && !is_break(source.bytes[out->begin - 1]))
    out->begin--;
  return true;
}

/* The line behind the one that ends at `end`, unless nothing follows. */
static bool find_next(reml_string source, size_t end, line *out) {
  if (end == source.length) return false;
  bool pair = source.bytes[end] == '\r' && end + 1 < source.length && source.bytes[end + 1] == '\n';
  out->begin = end + (pair ? 2 : 1);
  out->end = find_line_end(source, out->begin);
  return out->begin < source.length;
}

typedef struct snippet {
  reml_string source;
  line middle;
  size_t first, last; /* of the span's bytes on that line, half open */
} snippet;

static size_t smaller(size_t left, size_t right) {
  return left < right ? left : right;
}

/* The line begins where the position's column says, and not at the last break: a break in a
 * character literal begins no line (lexer.md section 1). Positions beyond the source are drawn to
 * its end. */
static snippet locate(reml_string source, const reml_span *span) {
  snippet found = {.source = source, .first = smaller(span->start.offset, source.length)};
  size_t column = span->start.column > 0 ? span->start.column - 1 : 0;
  bool same_line = span->end.line == span->start.line && span->end.offset >= span->start.offset;
  size_t until = same_line ? smaller(span->end.offset, source.length) : found.first;
  found.middle.begin = found.first - smaller(column, found.first);
  found.middle.end = find_line_end(source, until);
  found.last = same_line ? until : found.middle.end;
  return found;
}

/* What is shown of a line when the bytes from `first` to `last` matter. */
static line clip(line whole, size_t first, size_t last) {
  line part = whole;
  if (whole.end - whole.begin <= LONG_LINE) return part;
  if (first - whole.begin > MARGIN) part.begin = first - MARGIN;
  if (last > first + MARGIN) last = first + MARGIN;
  if (whole.end - last > MARGIN) part.end = last + MARGIN;
  part.cut_before = part.begin > whole.begin;
  part.cut_after = part.end < whole.end;
  return part;
}

static void clip_snippet(snippet *found) {
  found->middle = clip(found->middle, found->first, found->last);
  if (found->last > found->middle.end) found->last = found->middle.end;
}

/* Numbers of more than four digits widen all lines of the snippet. */
static size_t digit_count(uint32_t number) {
  size_t count = 1;
  while (number /= 10)
    count++;
  return count;
}

/* `width` columns are taken by the number. */
static void write_source_line(reml_out *out, const snippet *from, const line *shown,
                              uint32_t number, size_t width) {
  write_repeated(out, ' ', width - digit_count(number));
  reml__out_uint(out, number);
  reml__out_text(out, " | ");
  if (shown->cut_before) reml__out_text(out, "…");
  reml__out_shown(out, (reml_string){from->source.bytes + shown->begin, shown->end - shown->begin});
  if (shown->cut_after) reml__out_text(out, "…");
  reml__out_char(out, '\n');
}

static void write_caret(reml_out *out, const snippet *from, size_t width, bool color) {
  size_t count = from->last > from->first ? from->last - from->first : 1;
  size_t blanks = width + sizeof " | " - 1 + (from->first - from->middle.begin);
  blanks += from->middle.cut_before; /* the ellipsis */
  write_repeated(out, ' ', blanks);
  if (color) reml__out_text(out, bold);
  write_repeated(out, '^', count);
  if (color) reml__out_text(out, plain);
  reml__out_char(out, '\n');
}

static void write_snippet(reml_out *out, const reml_diagnostic *diagnostic,
                          const reml_text_style *style) {
  line before = {0}, after = {0};
  uint32_t number = diagnostic->span.start.line;
  reml_span span = diagnostic->span;
  if (span.start.offset < style->source_offset) return;
  span.start.offset -= (uint32_t)style->source_offset;
  span.end.offset -= (uint32_t)style->source_offset;
  snippet found = locate(style->source, &span);
  bool has_before = number > 1 && find_previous(found.source, found.middle.begin, &before);
  bool has_after = number < UINT32_MAX && find_next(found.source, found.middle.end, &after);
  size_t digits = digit_count(has_after ? number + 1 : number);
  size_t width = digits > NUMBER_WIDTH ? digits : NUMBER_WIDTH;
  before = clip(before, before.begin, before.begin);
  after = clip(after, after.begin, after.begin);
  clip_snippet(&found);
  if (has_before) write_source_line(out, &found, &before, number - 1, width);
  write_source_line(out, &found, &found.middle, number, width);
  write_caret(out, &found, width, style->color);
  if (has_after) write_source_line(out, &found, &after, number + 1, width);
}

/* ---- what follows ---- */

static const char *kind_label(reml_expectation_kind kind) {
  static const char *const labels[] = {"入力終端",   "トークン", "キーワード", "規則", "否定",
                                       "文字クラス", "その他",   "型",         "境界"};
  return labels[kind];
}

static void write_expected(reml_out *out, const reml_expected *expected) {
  if (expected == NULL) return;
  reml__out_text(out, "期待される入力: ");
  for (size_t i = 0; i < expected->count; i++) {
    const reml_expectation *alternative = &expected->alternatives[i];
    if (i > 0) reml__out_text(out, ", ");
    reml__out_text(out, kind_label(alternative->kind));
    if (alternative->kind == REML_EXPECT_EOF) continue;
    reml__out_text(out, " '");
    reml__out_shown_text(out, alternative->label);
    reml__out_char(out, '\'');
  }
  reml__out_char(out, '\n');
  if (expected->humanized == NULL || expected->humanized[0] == '\0') return;
  reml__out_shown_text(out, expected->humanized);
  reml__out_char(out, '\n');
}

static void write_note(reml_out *out, const char *note) {
  if (note == NULL) return;
  reml__out_text(out, "補足: ");
  reml__out_shown_text(out, note);
  reml__out_char(out, '\n');
}

static void write_extensions(reml_out *out, const reml_map *extensions) {
  for (size_t i = 0; i < extensions->count; i++) {
    const reml_map_entry *entry = &extensions->entries[i];
    if (strcmp(entry->key, "diagnostic.v2") == 0) continue;
    reml__out_text(out, "拡張[");
    reml__out_text(out, entry->key);
    reml__out_text(out, "]: ");
    reml__datum_write(out, &entry->value);
    reml__out_char(out, '\n');
  }
}

static void write_audit(reml_out *out, const reml_record *record, const reml_datum *audit) {
  reml__out_text(out, "監査: ");
  reml__datum_write_pretty(out, audit);
  reml__out_text(out, "\nタイムスタンプ: ");
  reml__out_shown_text(out, record->diagnostic->timestamp);
  reml__out_char(out, '\n');
}

static reml_status write_all(reml_memory *memory, const reml_record *record,
                             const reml_text_style *style, reml_write *write, void *user) {
  reml_out out;
  const reml_diagnostic *diagnostic = record->diagnostic;
  reml_datum audit = reml__record_audit(memory, record);
  reml__out_open(&out, write, user);
  write_header(&out, diagnostic, style->color);
  if (style->snippet) write_snippet(&out, diagnostic, style);
  write_expected(&out, diagnostic->expected);
  write_note(&out, diagnostic->note);
  if (style->metadata) write_extensions(&out, record->extensions);
  if (style->metadata) write_audit(&out, record, &audit);
  return reml__out_close(&out);
}

reml_status reml_write_diagnostic_text(const reml_result *result, const reml_diagnostic *diagnostic,
                                       const reml_text_style *style, reml_write *write,
                                       void *user) {
  reml_memory memory;
  if (style == NULL || !reml__record_possible(result, diagnostic)) return REML_BAD_USE;
  if (setjmp(memory.unwind) != 0) return REML_NO_MEMORY;
  reml_record record = reml__record_build(&memory, result, diagnostic);
  return write_all(&memory, &record, style, write, user);
}
