/* Diagnostics as compilers print them, for the programs that read those. */
#include "reml_shown.h"

static const char *severity_word(reml_severity severity) {
  static const char *const words[] = {"error", "warning", "note", "note"};
  return words[severity - REML_ERROR];
}

static void write_place(reml_out *out, const reml_diagnostic *diagnostic,
                        const reml_position *start, const char *word) {
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

static void write_text(reml_out *out, const reml_diagnostic *diagnostic, const reml_position *start,
                       reml_string text) {
  if (text.length == 0) return;
  write_place(out, diagnostic, start, "note");
  reml__out_shown(out, text);
  reml__out_char(out, '\n');
}

static void write_note(reml_out *out, const reml_diagnostic *diagnostic, const char *note) {
  write_text(out, diagnostic, &diagnostic->span.start, reml_string_from(note));
}

/* What the profile `spec` says besides. */
static void write_more(reml_out *out, const reml_diagnostic *diagnostic) {
  for (size_t i = 0; i < diagnostic->secondary_count; i++)
    write_text(out, diagnostic, &diagnostic->secondary[i].span.start,
               diagnostic->secondary[i].text);
  write_text(out, diagnostic, &diagnostic->span.start, diagnostic->help);
  for (size_t i = 0; i < diagnostic->fixit_count; i++)
    write_text(out, diagnostic, &diagnostic->fixits[i].span.start,
               diagnostic->fixits[i].description);
}

/* A message that has a label tells by itself what could stand there. */
static const char *expectation(const reml_diagnostic *diagnostic) {
  bool told = diagnostic->expected == NULL || diagnostic->label.length > 0;
  return told ? NULL : diagnostic->expected->humanized;
}

reml_status reml_write_diagnostic_gcc(const reml_diagnostic *diagnostic, reml_write *write,
                                      void *user) {
  reml_out out;
  if (diagnostic == NULL || write == NULL) return REML_BAD_USE;
  reml__out_open(&out, write, user);
  write_place(&out, diagnostic, &diagnostic->span.start, severity_word(diagnostic->severity));
  reml__out_shown(&out, diagnostic->message);
  write_code(&out, diagnostic->codes[0]);
  reml__out_char(&out, '\n');
  write_note(&out, diagnostic, expectation(diagnostic));
  write_note(&out, diagnostic, diagnostic->note);
  write_more(&out, diagnostic);
  return reml__out_close(&out);
}
