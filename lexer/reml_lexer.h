/* The push lexer: bytes in pieces of any size -> tokens (contract lexer.md).
 *
 * Feed a piece, take tokens until REML_LEX_MORE, feed the next one, and finish once. A chunk border
 * may fall anywhere. Bytes are copied into a window that ends with NULs, so that the generated
 * scanner needs no bounds test; a token that may still grow stays in the window.
 */
#ifndef REML_LEXER_H
#define REML_LEXER_H

#include "reml_memory.h"
#include "reml_token.h"
#include <stdbool.h>
#include <stdint.h>

/* A place in the input. Line counts from 1; column = offset - line_start + 1 (lexer.md section 1).
 */
typedef struct reml_place {
  uint32_t offset, line, line_start;
} reml_place;

static inline uint32_t reml__offset_in_line(reml_place place) {
  return place.offset - place.line_start;
}

typedef struct reml_token {
  reml_token_kind kind;
  uint32_t detail;  /* INT: radix; STRING: enum reml_string_form, in `spec` | hashes << 8; CHAR
                       in `spec`: the scalar value */
  reml_place start; /* a string's is its closing delimiter (lexer.md section 7), but in `spec` */
  reml_place end;   /* on the line of the start, but for a string of the profile `spec` */
  const char *text; /* payload bytes; valid until the next call on the lexer */
  size_t length;    /* unless it is 0, REML_TEXT_SLACK bytes more may be read */
} reml_token;
enum { REML_TEXT_SLACK = 16 };

/* Of a token that the layout has put in, or EOF: false. */
static inline bool reml__has_width(const reml_token *token) {
  return token->start.offset < token->end.offset;
}

/* Of a bracket that opens, the kind that closes it; 0 of everything else. */
extern const uint8_t reml__closers[REML_TOKEN_COUNT];

static inline bool reml__is_closer(reml_token_kind kind) {
  return kind == REML_TOKEN_RPAREN || kind == REML_TOKEN_RBRACKET || kind == REML_TOKEN_RBRACE;
}

typedef enum reml_lex_error_kind {
  REML_LEX_UNEXPECTED_BYTE, /* value: the byte */
  REML_LEX_UNEXPECTED_HASH, /* a `#` or `#!` run that the trivia profile does not allow */
  REML_LEX_OPEN_COMMENT,
  REML_LEX_OPEN_STRING,
  REML_LEX_OPEN_RAW_STRING,
  REML_LEX_OPEN_MULTILINE_STRING,
  REML_LEX_BAD_START,    /* value: the code point */
  REML_LEX_BAD_CONTINUE, /* value: the code point */
  REML_LEX_BAD_UTF8,
  /* profile `spec` only */
  REML_LEX_BIDI_CONTROL,   /* in an identifier; value: the code point */
  REML_LEX_NOT_NORMALIZED, /* an identifier that is not in NFC */
  REML_LEX_BAD_ESCAPE,     /* \\u{} that is ill-formed or no scalar value */
  REML_LEX_BAD_CHAR        /* a character literal that is not one scalar value */
} reml_lex_error_kind;

typedef struct reml_lex_error {
  reml_lex_error_kind kind;
  uint32_t value;
  reml_place start, end;
} reml_lex_error;

/* What the lexer consults of the trivia and identifier profiles (lexer.md sections 4 and 8.4). */
typedef struct reml_lex_rules {
  bool nested_comments; /* the first block pair that is exactly slash-star has nested = true */
  bool shebang;         /* `#!` at byte 0 is a comment */
  bool hash_comments;   /* `#` to the end of the line is a comment */
  bool ascii_identifiers;
  bool spec; /* the profile `spec`: contract-spec grammar-spec.md section 1 */
} reml_lex_rules;

typedef enum reml_lex_status { REML_LEX_TOKEN, REML_LEX_MORE, REML_LEX_ERROR } reml_lex_status;

typedef struct reml_lexer reml_lexer;

/* The kind that a token has by its text alone: of a kind of layout, the one it was made from. */
reml_token_kind reml__token_plain(reml_token_kind kind);

reml_lexer *reml__lexer_new(reml_memory *memory, reml_lex_rules rules);

/* Hands over the next piece; it must stay readable until reml__lexer_next says REML_LEX_MORE. */
void reml__lexer_feed(reml_lexer *lexer, const void *bytes, size_t count);

/* No more bytes will come; from now on reml__lexer_next ends with EOF instead of REML_LEX_MORE. */
void reml__lexer_finish(reml_lexer *lexer);

/* REML_LEX_TOKEN: *token is the next one (after EOF, EOF again). REML_LEX_ERROR: scanning has
 * ended, see reml__lexer_error. */
reml_lex_status reml__lexer_next(reml_lexer *lexer, reml_token *token);
/* The same, of a lexer of the profile `spec` only: saves a step. */
reml_lex_status reml__lexer_next_spec(reml_lexer *lexer, reml_token *token);
/* What the lexer holds while it says REML_LEX_MORE. */
typedef struct reml_lex_rest {
  uint32_t settled; /* offset in front of which every byte is in a token or is none of one */
  uint32_t missing; /* bytes without which the unfinished token cannot go on; at least 1 */
  bool in_comment;
  bool at_rest; /* nothing is unfinished: no token, comment or string */
  size_t bytes; /* of memory */
} reml_lex_rest;
reml_lex_rest reml__lexer_rest(const reml_lexer *lexer);

/* Code points between the beginning of its line and the token: of the newest token only, in
 * the profile `spec` only; of a string only when that is the first on its line. */
uint32_t reml__lexer_column(reml_lexer *lexer, const reml_token *newest);

static inline const unsigned char *reml__skip_blanks(const unsigned char *at) {
  while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
    at++;
  return at;
}

/* The first byte behind the newest token that is no blank, tab or line break, if it is at hand; 0:
 * not known. A hint that saves looking at the next token. */
static inline unsigned char reml__lexer_peek(const reml_lexer *lexer) {
  const unsigned char *const *cursor = (const unsigned char *const *)lexer;
  return *reml__skip_blanks(*cursor);
}

/* Whether a word comes behind the newest token, and the byte behind it; 0 if not known. Blanks are
 * skipped, line comments in front of the word, too. Without a word `behind` is the byte where one
 * could be. Where it is `,` or `:`, also the byte behind that and the kind of the word. */
typedef struct reml_word_ahead {
  bool is_word, assigns; /* assigns: `:=` follows */
  unsigned char behind, next;
  reml_token_kind kind; /* IDENT also for a name that is not ASCII */
} reml_word_ahead;
reml_word_ahead reml__lexer_word_ahead(const reml_lexer *lexer);

/* The newest token opens a bracket: false when the bytes at hand show that no `->` follows the
 * bracket that closes it. */
bool reml__lexer_group_before_arrow(const reml_lexer *lexer);

/* A lexer in the same state. Only while it says REML_LEX_MORE. Costs what is held. */
reml_lexer *reml__lexer_fork(const reml_lexer *lexer);

/* Behind the last byte that was fed. */
reml_place reml__lexer_place(const reml_lexer *lexer);

/* Goes on behind what ended the scanning. */
void reml__lexer_forgive(reml_lexer *lexer);

/* What ended the scanning, or NULL. */
const reml_lex_error *reml__lexer_error(const reml_lexer *lexer);

#endif
