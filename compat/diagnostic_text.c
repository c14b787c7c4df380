/* Diagnostics for people (contract diagnostics-json.md section 10.1). */
#include "reml_record.h"
#include "reml_config.h"
#include "reml_excerpt.h"
#include "reml_report.h"
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

/* `width` columns are taken by the number; more than four digits widen all lines of the snippet. */
static void write_source_line(reml_out *out, const reml_excerpt *from, const reml_line *shown,
                              uint32_t number, size_t width) {
  write_repeated(out, ' ', width - reml__digit_count(number));
  reml__out_uint(out, number);
  reml__out_text(out, " | ");
  if (shown->cut_before) reml__out_text(out, "…");
  reml__out_shown(out, (reml_string){from->source.bytes + shown->begin, shown->end - shown->begin});
  if (shown->cut_after) reml__out_text(out, "…");
  reml__out_char(out, '\n');
}

static void write_caret(reml_out *out, const reml_excerpt *from, size_t width, bool color) {
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
  reml_line before = {0}, after = {0};
  uint32_t number = diagnostic->span.start.line;
  reml_span span = diagnostic->span;
  if (span.start.offset < style->source_offset) return;
  span.start.offset -= (uint32_t)style->source_offset;
  span.end.offset -= (uint32_t)style->source_offset;
  reml_excerpt found = reml__excerpt_at(style->source, &span);
  bool has_before = number > 1 && reml__line_before(found.source, found.middle.begin, &before);
  bool has_after = number < UINT32_MAX && reml__line_behind(found.source, found.middle.end, &after);
  size_t digits = reml__digit_count(has_after ? number + 1 : number);
  size_t width = digits > NUMBER_WIDTH ? digits : NUMBER_WIDTH;
  before = reml__line_clipped(before, before.begin, before.begin);
  after = reml__line_clipped(after, after.begin, after.begin);
  reml__excerpt_clip(&found);
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

static void write_reference(reml_out *out, const reml_record *record,
                            const reml_text_style *style) {
  const reml_diagnostic *diagnostic = record->diagnostic;
  write_header(out, diagnostic, style->color);
  if (style->snippet) write_snippet(out, diagnostic, style);
  write_expected(out, diagnostic->expected);
  write_note(out, diagnostic->note);
}

static reml_status write_all(reml_memory *memory, const reml_result *result,
                             const reml_record *record, const reml_text_style *style,
                             reml_write *write, void *user) {
  reml_out out;
  reml_datum audit = reml__record_audit(memory, record);
  reml__out_open(&out, write, user);
  if (result->config.profile == REML_PROFILE_SPEC)
    reml__report_write(&out, result, record->diagnostic, style);
  else
    write_reference(&out, record, style);
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
  return write_all(&memory, result, &record, style, write, user);
}
