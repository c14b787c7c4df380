/* Tokens for embedders: contract lexer.md section 11. In the profile `spec` they are those that the
 * parser gets: the layout pass has classified them. */
#include "reml_bytes.h"
#include "reml_diagnose.h"
#include "reml_explain.h"
#include "reml_layout.h"
#include "reml_settings.h"
#include <gc.h>
#include <stdio.h>
#include <string.h>

struct reml_reader {
  reml_memory memory;
  reml_lexer *lexer;
  reml_layout *layout; /* NULL in the profile `reference` */
  bool ascii_identifiers;
  reml_language language;
  bool failed;
  reml_lexical_error error;
};

reml_reader *reml_reader_open(const reml_config *config, const void *bytes, size_t count) {
  reml_settings settings;
  if (count > REML_MAX_BYTES || reml__settings_derive(config, &settings) != REML_OK) return NULL;
  reml_reader *reader = GC_MALLOC(sizeof *reader);
  if (reader == NULL || setjmp(reader->memory.unwind)) return NULL;
  reader->ascii_identifiers = settings.lex.ascii_identifiers;
  reader->language = reml__language_named(config->locale);
  reader->lexer = reml__lexer_new(&reader->memory, settings.lex);
  if (settings.lex.spec) reader->layout = reml__layout_new(&reader->memory, reader->lexer);
  reml__lexer_feed(reader->lexer, bytes, count);
  reml__lexer_finish(reader->lexer);
  return reader;
}

static reml_lex_status next_token(reml_reader *reader, reml_token *token) {
  return reader->layout != NULL ? reml__layout_next(reader->layout, token)
                                : reml__lexer_next(reader->lexer, token);
}

static void set_error(reml_reader *reader) {
  const reml_lex_error *error = reml__lexer_error(reader->lexer);
  reader->failed = true;
  reml_diagnostic said =
      reader->layout != NULL
          ? reml__explain_lexical(&reader->memory, reader->language, error,
                                  reader->ascii_identifiers)
          : reml__lexical_diagnostic(&reader->memory, error, reader->ascii_identifiers);
  reader->error = (reml_lexical_error){said.message, said.span};
}

static bool no_memory(reml_reader *reader) {
  reader->failed = true;
  reader->error = (reml_lexical_error){.message = {NULL, 0}};
  return false;
}

bool reml_reader_token(reml_reader *reader, reml_token_info *info) {
  reml_token token;
  if (reader->failed) return false;
  if (setjmp(reader->memory.unwind)) return no_memory(reader);
  if (next_token(reader, &token) != REML_LEX_TOKEN) {
    set_error(reader);
    return false;
  }
  reml_place end = reml__has_width(&token) ? token.end : token.start;
  info->kind = token.kind;
  info->text = (reml_string){token.text, token.length};
  info->radix = token.kind == REML_TOKEN_INT ? (int)token.detail : 0;
  info->form =
      token.kind == REML_TOKEN_STRING ? (reml_string_form)(token.detail & 0xFF) : REML_FORM_NORMAL;
  info->span = reml__span(token.start, end);
  return true;
}

const reml_lexical_error *reml_reader_error(const reml_reader *reader) {
  return reader->error.message.bytes != NULL ? &reader->error : NULL;
}

/* --- symbol --- */

/* NAME(payload), with a string's payload quoted and escaped. */
static reml_string display(reml_reader *reader, const reml_token_info *token) {
  const char *name = reml_token_name(token->kind);
  reml_token_category category = reml_token_category_of(token->kind);
  if (category != REML_CATEGORY_LITERAL && category != REML_CATEGORY_IDENTIFIER) {
    return reml_string_from(name);
  }
  bool quoted = token->kind == REML_TOKEN_STRING;
  char *text = reml__alloc_atomic(&reader->memory, strlen(name) + 4 * token->text.length + 6);
  size_t used = (size_t)sprintf(text, quoted ? "%s(\"" : "%s(", name);
  for (size_t i = 0; i < token->text.length; i++) {
    if (quoted) {
      used += reml__quote_byte(text + used, (unsigned char)token->text.bytes[i]);
    } else {
      text[used++] = token->text.bytes[i];
    }
  }
  if (quoted) text[used++] = '"';
  text[used++] = ')';
  return (reml_string){text, used};
}

bool reml_reader_symbol(reml_reader *reader, const char *text) {
  reml_token_info token;
  if (!reml_reader_token(reader, &token)) return false;
  if (setjmp(reader->memory.unwind)) return no_memory(reader);
  reml_string texts[] = {reml_string_from(text), display(reader, &token)};
  bool same = texts[0].length == texts[1].length &&
              memcmp(texts[0].bytes, texts[1].bytes, texts[0].length) == 0;
  if (same) return true;
  reader->failed = true;
  reader->error.message =
      reml__diagnostic_message(&reader->memory, REML_DIAGNOSTIC_OTHER_SYMBOL, texts);
  reader->error.span = token.span;
  return false;
}
