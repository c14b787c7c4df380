/* Output buffer and JSON lexemes, byte for byte as the contract wants them
 * (compat/contract/gates.md section 1.2, diagnostics-json.md section 5 for floats). */
#ifndef REML_JSON_H
#define REML_JSON_H

#include "remlparse.h"

typedef struct reml_out {
  reml_write *write;
  void *user;
  bool failed; /* the write function gave up; everything later is dropped */
  size_t used;
  char buffer[8192];
} reml_out;

void reml__out_open(reml_out *out, reml_write *write, void *user);
void reml__out_bytes(reml_out *out, const char *bytes, size_t count);
void reml__out_text(reml_out *out, const char *text);
void reml__out_char(reml_out *out, char c);
void reml__out_uint(reml_out *out, uint64_t number);
void reml__out_int(reml_out *out, int64_t number);
/* Writes what is buffered: REML_OK or REML_IO_FAILED. */
reml_status reml__out_close(reml_out *out);

/* A JSON string with its quotes: minimal escapes, bytes from 80 up unchanged. */
void reml__json_string(reml_out *out, const char *bytes, size_t count);
void reml__json_text(reml_out *out, const char *text); /* the same for a NUL-terminated text */
/* Shortest of 16 or 17 significant digits that round-trips, always with '.' or an exponent. */
void reml__json_float(reml_out *out, double number);
void reml__json_bool(reml_out *out, bool value);

#endif
