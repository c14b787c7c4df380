/* The tokens of a source as JSON (contract gates.md section 1.2). */
#include "reml_walk.h"

static void write_pair(reml_out *out, const reml_token_info *token) {
  reml__out_char(out, '[');
  reml__json_string(out, token->text.bytes, token->text.length);
  reml__out_char(out, ',');
  if (token->kind == REML_TOKEN_INT) {
    reml__out_int(out, token->radix);
  } else {
    reml__json_text(out, reml__form_name(token->form));
  }
  reml__out_char(out, ']');
}

static void write_payload(reml_out *out, const reml_token_info *token) {
  switch (token->kind) {
  case REML_TOKEN_INT:
  case REML_TOKEN_STRING: write_pair(out, token); return;
  case REML_TOKEN_FLOAT:
  case REML_TOKEN_CHAR:
  case REML_TOKEN_IDENT:
  case REML_TOKEN_UPPER_IDENT:
    reml__json_string(out, token->text.bytes, token->text.length);
    return;
  default: reml__out_text(out, "null"); return;
  }
}

static void write_token(reml_out *out, const reml_token_info *token) {
  reml__out_char(out, '[');
  reml__json_text(out, reml_token_name(token->kind));
  reml__out_char(out, ',');
  write_payload(out, token);
  reml__out_char(out, ',');
  reml__json_place(out, &token->span.start);
  reml__out_char(out, ',');
  reml__json_place(out, &token->span.end);
  reml__out_char(out, ']');
}

static void write_offsets(reml_out *out, const reml_span *span) {
  reml__out_char(out, '[');
  reml__out_uint(out, span->start.offset);
  reml__out_char(out, ',');
  reml__out_uint(out, span->end.offset);
  reml__out_char(out, ']');
}

/* The last match of the scanner is the error's span for every error there is (gates.md 1.2). */
static void write_error(reml_out *out, const reml_lexical_error *error) {
  reml__out_text(out, "{\"error\":");
  reml__json_string(out, error->message.bytes, error->message.length);
  reml__out_text(out, ",\"span\":");
  write_offsets(out, &error->span);
  reml__out_text(out, ",\"lexeme\":");
  write_offsets(out, &error->span);
  reml__out_char(out, '}');
}

/* False when the reader stopped without an error of the source: out of memory. */
static bool write_tokens(reml_out *out, reml_reader *reader) {
  reml_token_info token;
  const char *before = "[";
  do {
    bool read = reml_reader_token(reader, &token);
    const reml_lexical_error *error = read ? NULL : reml_reader_error(reader);
    reml__out_text(out, before);
    before = ",";
    if (read) {
      write_token(out, &token);
    } else if (error != NULL) {
      write_error(out, error);
      break;
    } else {
      return false;
    }
  } while (token.kind != REML_TOKEN_EOF && !out->failed);
  reml__out_char(out, ']');
  return true;
}

reml_status reml_write_tokens_json(const reml_config *config, const void *bytes, size_t count,
                                   reml_write *write, void *user) {
  if (config == NULL || write == NULL || (bytes == NULL && count > 0)) {
    return REML_BAD_USE;
  }
  reml_reader *reader = reml_reader_open(config, bytes, count);
  if (reader == NULL) {
    return REML_NO_MEMORY;
  }
  reml_out out;
  reml__out_open(&out, write, user);
  if (!write_tokens(&out, reader)) {
    return REML_NO_MEMORY;
  }
  return reml__out_close(&out);
}
