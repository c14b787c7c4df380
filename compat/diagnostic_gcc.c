/* Diagnostics as compilers print them, for the programs that read those. */
#include "reml_shown.h"

static const char *severity_word(reml_severity severity) {
  static const char *const words[] = {"error", "warning", "note", "note"};
  return words[severity - REML_ERROR];
}

static void write_place(reml_out *out, const reml_diagnostic *diagnostic, const char *word) {
  const reml_position *start = &diagnostic->span.start;
  reml__out_shown(out, diagnostic->file);
  reml__out_char(out, ':');
  reml__out_uint(out, start->line > 0 ? start->line : 1);
  reml__out_char(out, ':');
  reml__out_uint(out, start->column > 0 ? start->column : 1);
  reml__out_text(out, ": ");
  reml__out_text(out, word);
  reml__out_text(out, ": ");
}

static void write_code(reml_out *out, const char *code) {
  if (code == NULL) return;
  reml__out_text(out, " [");
  reml__out_shown_text(out, code);
  reml__out_char(out, ']');
}

static void write_note(reml_out *out, const reml_diagnostic *diagnostic, const char *note) {
  if (note == NULL || *note == '\0') return;
  write_place(out, diagnostic, "note");
  reml__out_shown_text(out, note);
  reml__out_char(out, '\n');
}

reml_status reml_write_diagnostic_gcc(const reml_diagnostic *diagnostic, reml_write *write,
                                      void *user) {
  reml_out out;
  if (diagnostic == NULL || write == NULL) return REML_BAD_USE;
  reml__out_open(&out, write, user);
  write_place(&out, diagnostic, severity_word(diagnostic->severity));
  reml__out_shown(&out, diagnostic->message);
  write_code(&out, diagnostic->codes[0]);
  reml__out_char(&out, '\n');
  if (diagnostic->expected != NULL) write_note(&out, diagnostic, diagnostic->expected->humanized);
  write_note(&out, diagnostic, diagnostic->note);
  return reml__out_close(&out);
}
