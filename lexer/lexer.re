/* The scanner: contract lexer.md, one section after the other, and section 1 of grammar-spec.md,
 * which is named where it is meant.
 *
 * The window holds the input from the present piece on and ends with NULs. Tokens are matched by
 * rules that are compiled twice for each profile: a fast matcher without any test for the end,
 * and, for the last few bytes of the window, one with re2c's eof rule. That one calls YYFILL when
 * a match runs into the end; we never fill there, but note that the end was touched: the token may
 * still grow, so unless the input is finished the scanner forgets it and asks for more. Whatever
 * can be long (comments, strings) is consumed piece by piece instead, with the mode as its state.
 * Only what the scanner holds back at the end of the window is scanned again: a token, once or
 * twice.
 */
#include "reml_lexer.h"
#include "reml_bytes.h"
#include "reml_identifier.h"
#include <string.h>

/* What both profiles share is compiled for each of them, in one piece: what one needs besides must
 * not cost the other a call or a register. */
#if defined(__GNUC__)
#define IN_PLACE static inline __attribute__((always_inline))
#define APART static __attribute__((noinline))
#else
#define IN_PLACE static inline
#define APART static
#endif

enum { WINDOW = 32 * 1024 };

/* The fast matcher looks at up to this many bytes behind a match (`x`, then a four-byte sequence
 * that lacks its last byte). NULs stand behind the window: so many, and as many as may be read of a
 * text without regard to its length. */
enum { LOOKAHEAD = 4, SLACK = REML_TEXT_SLACK };

enum { KEYWORD_SLOTS = 256 };

static const uint32_t NOWHERE = UINT32_MAX; /* no token ends there */

/* Profile `spec`: a string's most `#`, and in how many bytes behind its opening one the second
 * quote of a mistaken character is looked for. Both bound what is scanned again. */
enum { MOST_HASHES = 255, NEAR = 24 };

typedef enum mode {
  MODE_TOKENS,
  MODE_LINE_COMMENT,
  MODE_BLOCK_COMMENT,
  MODE_HASH,
  MODE_STRING,
  MODE_RAW_STRING,
  MODE_MULTILINE_STRING,
  MODE_FAILED
} mode;

/* What a scanning function says: a token, an error, "go on in the present mode", or "more". */
typedef enum step { STEP_TOKEN, STEP_ERROR, STEP_GO_ON, STEP_MORE } step;

typedef struct keyword {
  const char *text;
  uint8_t kind, length; /* length 0: an empty slot */
} keyword;

struct reml_lexer {
  const unsigned char *cursor; /* in the window; must be the first, for reml__lexer_peek */
  reml_memory *memory;
  reml_lex_rules rules;
  mode mode;
  bool finished;
  const unsigned char *input, *input_end; /* what is left of the piece in hand */
  unsigned char *window, *limit;          /* at the limit SLACK NULs begin */
  size_t capacity;                        /* of the window, without the NULs */
  size_t word_seen; /* bytes at the cursor known to be an unfinished word; 0: not known */
  uint32_t base;    /* offset of window[0] */
  uint32_t line, line_start;
  size_t depth;     /* open block comments */
  reml_place bad_hash;
  reml_place opening; /* of the string or comment that is being scanned */
  char *text; /* payload that is not a slice of the window */
  size_t text_used, text_capacity;
  reml_lex_error error;
  keyword *keywords; /* forks have them in common, and the classes */
  uint8_t *classes;  /* of bytes, for looking ahead */
  /* Of the profile `spec`. */
  uint32_t dot_end;                /* behind the newest token `.`; NOWHERE: none yet */
  uint32_t hashes;                 /* that close the raw string */
  uint32_t opening_column;         /* of the opening, in code points */
  uint32_t counted, continuations; /* up to that offset: in the line, bytes that begin no point */
};

_Static_assert(offsetof(reml_lexer, cursor) == 0, "reml__lexer_peek reads the first member");

/* --- places --- */

static uint32_t offset_of(const reml_lexer *lexer, const unsigned char *at) {
  return lexer->base + (uint32_t)(at - lexer->window);
}

static reml_place place_of(const reml_lexer *lexer, const unsigned char *at) {
  return (reml_place){offset_of(lexer, at), lexer->line, lexer->line_start};
}

/* Counts on from what is counted, so that no byte is looked at twice. */
APART uint32_t column_of(reml_lexer *lexer, const unsigned char *at) {
  if (lexer->counted < lexer->line_start) {
    lexer->counted = lexer->line_start;
    lexer->continuations = 0;
  }
  uint32_t continuations = 0, count = offset_of(lexer, at) - lexer->counted;
  const unsigned char *bytes = at - count;
  for (uint32_t i = 0; i < count; i++) continuations += (bytes[i] & 0xC0) == 0x80;
  lexer->counted += count;
  lexer->continuations += continuations;
  return lexer->counted - lexer->line_start - lexer->continuations;
}

static void line_break(reml_lexer *lexer, const unsigned char *after) {
  lexer->line++;
  lexer->line_start = offset_of(lexer, after);
}

/* --- outcomes --- */

static step fail(reml_lexer *lexer, reml_lex_error_kind kind, uint32_t value,
                 const unsigned char *start, const unsigned char *end) {
  lexer->error = (reml_lex_error){kind, value, place_of(lexer, start), place_of(lexer, end)};
  bool is_open = kind == REML_LEX_OPEN_COMMENT || kind == REML_LEX_OPEN_STRING ||
                 kind == REML_LEX_OPEN_RAW_STRING || kind == REML_LEX_OPEN_MULTILINE_STRING;
  if (lexer->rules.spec && is_open) lexer->error.start = lexer->opening;
  lexer->mode = MODE_FAILED;
  return STEP_ERROR;
}

static void set_place(const reml_lexer *lexer, reml_token *token, const unsigned char *start,
                      const unsigned char *end) {
  token->start = place_of(lexer, start);
  token->end = place_of(lexer, end);
}

/* True when no byte will follow those in the window: then touching its end means nothing. */
static bool is_final(const reml_lexer *lexer) {
  return lexer->finished && lexer->input == lexer->input_end;
}

/* --- keywords ---
 *
 * Keywords match as identifiers and are then looked up, because the scanner's loop over the bytes
 * of a name is much faster when no rule competes with it. */

static size_t keyword_slot(const unsigned char *bytes, size_t length) {
  return (bytes[0] * 7u + bytes[1] * 3u + bytes[length - 1] + length) % KEYWORD_SLOTS;
}

static void add_keyword(reml_lexer *lexer, reml_token_kind kind) {
  const char *text = reml_token_label(kind);
  size_t length = strlen(text);
  size_t slot = keyword_slot((const unsigned char *)text, length);
  while (lexer->keywords[slot].length != 0) slot = (slot + 1) % KEYWORD_SLOTS;
  lexer->keywords[slot].text = text;
  lexer->keywords[slot].kind = (uint8_t)kind;
  lexer->keywords[slot].length = (uint8_t)length;
}

/* In the profile `spec` also the words that are keywords in some places only. */
static void add_keywords(reml_lexer *lexer) {
  lexer->keywords = reml__alloc(lexer->memory, KEYWORD_SLOTS * sizeof *lexer->keywords);
  for (int kind = 0; kind < REML_TOKEN_COUNT; kind++) {
    reml_token_category category = reml_token_category_of((reml_token_kind)kind);
    if (category == REML_CATEGORY_KEYWORD ||
        (category == REML_CATEGORY_WORD && lexer->rules.spec)) {
      add_keyword(lexer, (reml_token_kind)kind);
    }
  }
}

/* What an ASCII name is (section 8.5). Keywords begin with a small letter and have two or more. */
IN_PLACE reml_token_kind name_kind(const reml_lexer *lexer, const unsigned char *bytes,
                                 size_t length) {
  if (*bytes >= 'A' && *bytes <= 'Z') return REML_TOKEN_UPPER_IDENT;
  if (length == 1) return *bytes == '_' ? REML_TOKEN_UNDERSCORE : REML_TOKEN_IDENT;
  for (size_t slot = keyword_slot(bytes, length); lexer->keywords[slot].length != 0;
       slot = (slot + 1) % KEYWORD_SLOTS) {
    if (lexer->keywords[slot].length == length &&
        reml__same_bytes(lexer->keywords[slot].text, (const char *)bytes, length)) {
      return (reml_token_kind)lexer->keywords[slot].kind;
    }
  }
  return REML_TOKEN_IDENT;
}

/* --- payload --- */

static void set_text(reml_token *token, const unsigned char *bytes, size_t length) {
  token->text = (const char *)bytes;
  token->length = length;
}

/* What is no slice of the window is put together. */
static void append(reml_lexer *lexer, const unsigned char *bytes, size_t count) {
  if (count == 0) return;
  lexer->text = reml__grow_atomic(lexer->memory, lexer->text, lexer->text_used,
                                  &lexer->text_capacity, lexer->text_used + count + SLACK, 1);
  memcpy(lexer->text + lexer->text_used, bytes, count);
  lexer->text_used += count;
}

static void append_byte(reml_lexer *lexer, unsigned char byte) { append(lexer, &byte, 1); }

static void append_point(reml_lexer *lexer, uint32_t point) {
  unsigned char bytes[REML_UTF8_MOST];
  append(lexer, bytes, reml__utf8_encode(bytes, point));
}

/* Digits are kept as text without `_` (lexer.md section 5). */
IN_PLACE void set_digits(reml_lexer *lexer, reml_token *token, const unsigned char *start,
                       const unsigned char *end) {
  size_t length = (size_t)(end - start);
  set_text(token, start, length);
  if (memchr(start, '_', length) == NULL) return;
  lexer->text_used = 0;
  append(lexer, start, length);
  size_t kept = 0;
  for (size_t i = 0; i < length; i++) {
    if (lexer->text[i] != '_') lexer->text[kept++] = lexer->text[i];
  }
  set_text(token, (const unsigned char *)lexer->text, kept);
}

static unsigned char escape_of(unsigned char letter) {
  switch (letter) {
  case 'n': return '\n';
  case 't': return '\t';
  case 'r': return '\r';
  case '0': return '\0';
  default: return letter;
  }
}

static bool is_hex_digit(unsigned char byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

static uint32_t hex_value(const unsigned char *digits, size_t count) {
  uint32_t value = 0;
  for (size_t i = 0; i < count; i++) {
    unsigned char digit = digits[i];
    value = value << 4 | (digit <= '9' ? digit - (unsigned)'0' : (digit | 0x20u) - 'a' + 10u);
  }
  return value;
}

/* --- scanning functions, one for each mode ---
 *
 * Each begins at lexer->cursor and leaves it where the next one is to begin. */

/*!re2c
  re2c:define:YYCTYPE = "unsigned char";
  re2c:define:YYCURSOR = at;
  re2c:define:YYLIMIT = limit;
  re2c:define:YYMARKER = marker;

  any     = [\x00-\xFF];
  newline = "\r\n" | "\n" | "\r";
  c       = [\x80-\xBF];
  wide    = [\xC2-\xDF] c | [\xE0-\xEF] c c | [\xF0-\xF4] c c c;
  name    = ([A-Za-z_] | wide) ([A-Za-z0-9_] | wide)*;
  decimal = [0-9] [0-9_]*;
  exponent = [eE] [+-]? [0-9]+;
*/

/* What a match in MODE_TOKENS is: a token kind, or one of these. */
enum {
  MATCH_NEWLINE = REML_TOKEN_COUNT,
  MATCH_HASH,
  MATCH_LINE_COMMENT,
  MATCH_BLOCK_COMMENT,
  MATCH_PREFIXED_INT, /* 0b, 0o, 0x */
  MATCH_ESCAPED_CHAR,
  MATCH_APOSTROPHE,     /* spec: begins a character, which is scanned by hand */
  MATCH_INT_BEFORE_DOT, /* spec: digits, a `.` that is none of theirs, the byte that tells so */
  MATCH_RAW_HASH,       /* spec: r# */
  MATCH_QUOTE,
  MATCH_RAW_QUOTE,
  MATCH_TRIPLE_QUOTE,
  MATCH_WIDE_NAME, /* an identifier that is not pure ASCII: to be validated */
  MATCH_END,
  MATCH_OTHER
};

#define MATCHED(what) return (*end = at, (int)(what))

/* Sections 2 to 6 and 8: which rule matches, written once and compiled for each matcher below. */
/*!rules:re2c:common
    newline       { MATCHED(MATCH_NEWLINE); }
    "#"           { MATCHED(MATCH_HASH); }
    "//"          { MATCHED(MATCH_LINE_COMMENT); }
    "/" "*"       { MATCHED(MATCH_BLOCK_COMMENT); }

    "|>"          { MATCHED(REML_TOKEN_PIPE); }
    "~>"          { MATCHED(REML_TOKEN_CHANNEL_PIPE); }
    "."           { MATCHED(REML_TOKEN_DOT); }
    ".."          { MATCHED(REML_TOKEN_DOTDOT); }
    ","           { MATCHED(REML_TOKEN_COMMA); }
    ";"           { MATCHED(REML_TOKEN_SEMICOLON); }
    ":"           { MATCHED(REML_TOKEN_COLON); }
    "@"           { MATCHED(REML_TOKEN_AT); }
    "|"           { MATCHED(REML_TOKEN_BAR); }
    ":="          { MATCHED(REML_TOKEN_COLONEQ); }
    "=="          { MATCHED(REML_TOKEN_EQEQ); }
    "!="          { MATCHED(REML_TOKEN_NE); }
    "->"          { MATCHED(REML_TOKEN_ARROW); }
    "=>"          { MATCHED(REML_TOKEN_DARROW); }
    "="           { MATCHED(REML_TOKEN_EQ); }
    "("           { MATCHED(REML_TOKEN_LPAREN); }
    ")"           { MATCHED(REML_TOKEN_RPAREN); }
    "^"           { MATCHED(REML_TOKEN_POW); }
    "["           { MATCHED(REML_TOKEN_LBRACKET); }
    "]"           { MATCHED(REML_TOKEN_RBRACKET); }
    "{"           { MATCHED(REML_TOKEN_LBRACE); }
    "}"           { MATCHED(REML_TOKEN_RBRACE); }
    "+"           { MATCHED(REML_TOKEN_PLUS); }
    "-"           { MATCHED(REML_TOKEN_MINUS); }
    "*"           { MATCHED(REML_TOKEN_STAR); }
    "/"           { MATCHED(REML_TOKEN_SLASH); }
    "%"           { MATCHED(REML_TOKEN_PERCENT); }
    "<"           { MATCHED(REML_TOKEN_LT); }
    "<="          { MATCHED(REML_TOKEN_LE); }
    ">"           { MATCHED(REML_TOKEN_GT); }
    ">="          { MATCHED(REML_TOKEN_GE); }
    "&&"          { MATCHED(REML_TOKEN_AND); }
    "||"          { MATCHED(REML_TOKEN_OR); }
    "!"           { MATCHED(REML_TOKEN_NOT); }
    "?"           { MATCHED(REML_TOKEN_QUESTION); }

    decimal           { MATCHED(REML_TOKEN_INT); }
    decimal exponent  { MATCHED(REML_TOKEN_FLOAT); }

    ["]           { MATCHED(MATCH_QUOTE); }
    "r" ["]       { MATCHED(MATCH_RAW_QUOTE); }
    ["]{3}        { MATCHED(MATCH_TRIPLE_QUOTE); }

    [A-Za-z_] [A-Za-z0-9_]*    { MATCHED(REML_TOKEN_IDENT); }
    name                       { MATCHED(MATCH_WIDE_NAME); }

    *             { MATCHED(MATCH_OTHER); }
*/

/*!rules:re2c:tokens
    !use:common;

    "0b" [01] [01_]*                { MATCHED(MATCH_PREFIXED_INT); }
    "0o" [0-7] [0-7_]*              { MATCHED(MATCH_PREFIXED_INT); }
    "0x" [0-9a-fA-F] [0-9a-fA-F_]*  { MATCHED(MATCH_PREFIXED_INT); }
    decimal "." decimal? exponent?  { MATCHED(REML_TOKEN_FLOAT); }

    "'" (any \ [\\']) "'"           { MATCHED(REML_TOKEN_CHAR); }
    "'\\" [ntr\\'"0] "'"            { MATCHED(MATCH_ESCAPED_CHAR); }
*/

/* Section 1 of grammar-spec.md: numbers 3, 4 and 6. */
/*!rules:re2c:spec_tokens
    !use:common;

    "::"          { MATCHED(REML_TOKEN_DCOLON); }
    "..."         { MATCHED(REML_TOKEN_ELLIPSIS); }
    "..="         { MATCHED(REML_TOKEN_DOTDOTEQ); }
    "++"          { MATCHED(REML_TOKEN_CONCAT); }
    "&"           { MATCHED(REML_TOKEN_AMP); }

    "0" [bB] [01] [01_]*                { MATCHED(MATCH_PREFIXED_INT); }
    "0" [oO] [0-7] [0-7_]*              { MATCHED(MATCH_PREFIXED_INT); }
    "0" [xX] [0-9a-fA-F] [0-9a-fA-F_]*  { MATCHED(MATCH_PREFIXED_INT); }
    decimal "."                         { MATCHED(REML_TOKEN_FLOAT); }
    decimal "." decimal exponent?       { MATCHED(REML_TOKEN_FLOAT); }
    decimal "." exponent                { MATCHED(REML_TOKEN_FLOAT); }
    decimal "." ([.A-Za-z_] | wide)     { MATCHED(MATCH_INT_BEFORE_DOT); }

    "'"           { MATCHED(MATCH_APOSTROPHE); }
    "r#"          { MATCHED(MATCH_RAW_HASH); }
*/

/* The fast matchers: they may look past the end of the window without noticing. */
IN_PLACE int match(const unsigned char *at, const unsigned char **end) {
  const unsigned char *marker = at;
  /*!use:re2c:tokens
    re2c:yyfill:enable = 0;
    re2c:flags:bit-vectors = 1;
  */
}

IN_PLACE int match_spec(const unsigned char *at, const unsigned char **end) {
  const unsigned char *marker = at;
  /*!use:re2c:spec_tokens
    re2c:yyfill:enable = 0;
    re2c:flags:bit-vectors = 1;
  */
}

/* The same near the end of the window: *touched tells whether bytes that are not there yet
 * could make the match longer or another one. */
static int match_at_edge(const unsigned char *at, const unsigned char *limit,
                         const unsigned char **end, bool *touched) {
  const unsigned char *marker = at;
  /*!use:re2c:tokens
    re2c:define:YYFILL = "!(*touched = true)";
    re2c:define:YYFILL:naked = 1;
    re2c:eof = 0;
    $      { MATCHED(MATCH_END); }
  */
}

static int match_spec_at_edge(const unsigned char *at, const unsigned char *limit,
                              const unsigned char **end, bool *touched) {
  const unsigned char *marker = at;
  /*!use:re2c:spec_tokens
    re2c:define:YYFILL = "!(*touched = true)";
    re2c:define:YYFILL:naked = 1;
    re2c:eof = 0;
    $      { MATCHED(MATCH_END); }
  */
}

/* A match that will stay what it is whatever follows; false when more input is needed to know. */
IN_PLACE bool match_final(const reml_lexer *lexer, const unsigned char *start,
                          const unsigned char **end, int *what, bool spec) {
  *what = spec ? match_spec(start, end) : match(start, end);
  if (lexer->limit - *end >= LOOKAHEAD) return true;
  bool touched = false;
  *what = spec ? match_spec_at_edge(start, lexer->limit, end, &touched)
               : match_at_edge(start, lexer->limit, end, &touched);
  return !touched || is_final(lexer);
}

static step enter(reml_lexer *lexer, mode next, const unsigned char *from) {
  lexer->mode = next;
  lexer->cursor = from;
  lexer->text_used = 0;
  return STEP_GO_ON;
}

/* Nobody asks for the column of what stands behind another token. */
static bool may_begin_line(const reml_lexer *lexer, const unsigned char *at) {
  while (at > lexer->window && (at[-1] == ' ' || at[-1] == '\t')) at--;
  return at == lexer->window || at[-1] == '\n' || at[-1] == '\r' || at[-1] == '/';
}

IN_PLACE step open_string(reml_lexer *lexer, mode next, const unsigned char *start,
                          const unsigned char *from, bool spec) {
  lexer->opening = place_of(lexer, start);
  lexer->hashes = 0;
  if (spec && may_begin_line(lexer, start)) lexer->opening_column = column_of(lexer, start);
  return enter(lexer, next, from);
}

/* Section 1 no. 2 of grammar-spec.md: a name that is not pure ASCII. */
static bool set_spec_name(reml_lexer *lexer, reml_token *token, const unsigned char *name) {
  if (reml__identifier_is_upper(name)) token->kind = REML_TOKEN_UPPER_IDENT;
  return reml__identifier_check_spec(lexer->memory, name, token->length,
                                     lexer->rules.ascii_identifiers, &lexer->error.kind,
                                     &lexer->error.value);
}

static const unsigned char *skip_digits(const unsigned char *at) {
  while ((*at >= '0' && *at <= '9') || *at == '_') at++;
  return at;
}

/* Returns where the number ends. In the profile `spec` it has neither prefix nor fraction nor
 * exponent behind a `.` (section 1 no. 3 of grammar-spec.md). */
IN_PLACE const unsigned char *set_number(reml_lexer *lexer, reml_token *token, int what,
                                         const unsigned char *start, const unsigned char *end,
                                         bool spec) {
  bool index = spec && offset_of(lexer, start) == lexer->dot_end;
  const unsigned char *digits = start;
  if (index) end = skip_digits(start);
  token->kind = what == REML_TOKEN_FLOAT && !index ? REML_TOKEN_FLOAT : REML_TOKEN_INT;
  token->detail = 10;
  if (what == MATCH_PREFIXED_INT && !index) {
    token->detail = (start[1] | 0x20) == 'x' ? 16 : (start[1] | 0x20) == 'o' ? 8 : 2;
    digits = start + 2;
  }
  set_digits(lexer, token, digits, end);
  return end;
}

/* Sections 5, 6 and 8: what a literal or name carries. */
IN_PLACE bool set_payload(reml_lexer *lexer, reml_token *token, int what,
                          const unsigned char *start, const unsigned char **behind, bool spec) {
  const unsigned char *end = *behind;
  if (what < REML_TOKEN_INT) { /* an operator, as most tokens are */
    set_text(token, start, 0);
    if (spec && what == REML_TOKEN_DOT) lexer->dot_end = offset_of(lexer, end);
    return true;
  }
  switch (what) {
  case REML_TOKEN_IDENT:
    set_text(token, start, (size_t)(end - start));
    token->kind = name_kind(lexer, start, token->length);
    return true;
  case REML_TOKEN_INT:
  case REML_TOKEN_FLOAT:
  case MATCH_PREFIXED_INT:
    *behind = set_number(lexer, token, what, start, end, spec);
    return true;
  case REML_TOKEN_CHAR: set_text(token, start + 1, 1); return true;
  case MATCH_ESCAPED_CHAR:
    token->kind = REML_TOKEN_CHAR;
    lexer->text_used = 0;
    append_byte(lexer, escape_of(start[2]));
    set_text(token, (const unsigned char *)lexer->text, 1);
    return true;
  case MATCH_WIDE_NAME:
    token->kind = *start >= 'A' && *start <= 'Z' ? REML_TOKEN_UPPER_IDENT : REML_TOKEN_IDENT;
    set_text(token, start, (size_t)(end - start));
    if (spec) return set_spec_name(lexer, token, start);
    return reml__identifier_check(start, token->length, lexer->rules.ascii_identifiers,
                                  &lexer->error.kind, &lexer->error.value);
  default: set_text(token, start, 0); return true;
  }
}

/* Section 4 no. 4 and 5, of a `#` before `next`: `#!` is a comment as shebang or not at all. */
static bool hash_is_comment(const reml_lexer *lexer, uint32_t offset, unsigned char next) {
  if (next == '!') return lexer->rules.shebang && offset == 0;
  return lexer->rules.hash_comments;
}

/* --- what grammar-spec.md section 1 adds --- */

/* No. 6: a `#` that begins no comment is a token. Only where it might, the next byte is needed. */
static step scan_spec_hash(reml_lexer *lexer, const unsigned char *behind) {
  uint32_t offset = offset_of(lexer, lexer->cursor);
  if (!lexer->rules.hash_comments && !(lexer->rules.shebang && offset == 0)) return STEP_TOKEN;
  if (behind == lexer->limit && !is_final(lexer)) return STEP_MORE;
  if (!hash_is_comment(lexer, offset, *behind)) return STEP_TOKEN;
  return enter(lexer, MODE_LINE_COMMENT, behind);
}

/* No. 5: r, hashes and a quote. Else it is the name `r`, which STEP_TOKEN says. */
static step scan_raw_opening(reml_lexer *lexer) {
  const unsigned char *at = lexer->cursor + 1;
  while (*at == '#' && at - lexer->cursor <= MOST_HASHES) at++;
  if (at == lexer->limit && !is_final(lexer)) return STEP_MORE;
  if (*at != '"') return STEP_TOKEN;
  uint32_t hashes = (uint32_t)(at - lexer->cursor - 1);
  (void)open_string(lexer, MODE_RAW_STRING, lexer->cursor, at + 1, true);
  lexer->hashes = hashes;
  return STEP_GO_ON;
}

/* The scalar value between the quotes: behind it, or NULL when there is none. The NULs behind the
 * window let nothing be taken that is not there. */
static const unsigned char *char_value(const unsigned char *at, uint32_t *value) {
  if (*at == '\'') return NULL;
  if (*at != '\\') {
    size_t length = reml__utf8_decode(at, value);
    return length == 0 ? NULL : at + length;
  }
  size_t digits = 0;
  switch (at[1]) {
  case 'n':
  case 't':
  case 'r':
  case '\\':
  case '\'':
  case '"':
  case '0': *value = escape_of(at[1]); return at + 2;
  case 'x':
    if (!is_hex_digit(at[2]) || !is_hex_digit(at[3])) return NULL;
    *value = hex_value(at + 2, 2);
    return at + 4;
  case 'u':
    if (at[2] != '{') return NULL;
    while (digits < 6 && is_hex_digit(at[3 + digits])) digits++;
    *value = hex_value(at + 3, digits);
    return digits > 0 && at[3 + digits] == '}' && reml__is_scalar(*value) ? at + 4 + digits : NULL;
  default: return NULL;
  }
}

/* A mistaken character extends to the second quote if that is near and in the line. NULL: more
 * input is needed to know. */
static const unsigned char *mistaken_char_end(const reml_lexer *lexer) {
  const unsigned char *const first = lexer->cursor + 1;
  for (const unsigned char *at = first; at - first < NEAR; at++) {
    if (at == lexer->limit) return is_final(lexer) ? first : NULL;
    if (*at == '\'') return at + 1;
    if (*at == '\n' || *at == '\r') break;
    if (*at == '\\' && (at[1] == '\\' || at[1] == '\'')) at++;
  }
  return first;
}

/* No. 4. */
static step scan_char(reml_lexer *lexer, reml_token *token) {
  const unsigned char *const start = lexer->cursor;
  uint32_t value = 0;
  const unsigned char *end = char_value(start + 1, &value);
  if (end == lexer->limit && !is_final(lexer)) return STEP_MORE;
  /* A NUL that is not of the input makes no character. */
  if (end == NULL || end >= lexer->limit || *end != '\'') {
    end = mistaken_char_end(lexer);
    if (end == NULL) return STEP_MORE;
    return fail(lexer, REML_LEX_BAD_CHAR, 0, start, end);
  }
  token->kind = REML_TOKEN_CHAR;
  token->detail = value;
  lexer->text_used = 0;
  append_point(lexer, value);
  set_text(token, (const unsigned char *)lexer->text, lexer->text_used);
  set_place(lexer, token, start, end + 1);
  lexer->cursor = end + 1;
  return STEP_TOKEN;
}

/* A match that the reference does not have. STEP_TOKEN: it is one, of what and up to where is told.
 */
APART step scan_spec_match(reml_lexer *lexer, int *what, const unsigned char **end) {
  const unsigned char *const start = lexer->cursor;
  step outcome;
  switch (*what) {
  case MATCH_INT_BEFORE_DOT:
    *what = REML_TOKEN_INT;
    *end = memchr(start, '.', (size_t)(*end - start));
    return STEP_TOKEN;
  case MATCH_RAW_HASH:
    outcome = scan_raw_opening(lexer);
    *what = REML_TOKEN_IDENT;
    *end = start + 1;
    return outcome;
  default:
    outcome = scan_spec_hash(lexer, *end);
    *what = REML_TOKEN_HASH;
    return outcome;
  }
}

static bool is_spec_match(int what) {
  return what == MATCH_INT_BEFORE_DOT || what == MATCH_RAW_HASH || what == MATCH_HASH;
}

/* --- tokens --- */

/* What stands between tokens, and what opens a comment or a string; STEP_TOKEN: it is neither. */
IN_PLACE step scan_between(reml_lexer *lexer, int *what, const unsigned char **end, bool spec) {
  const unsigned char *const start = lexer->cursor;
  switch (*what) {
  case MATCH_NEWLINE: line_break(lexer, *end); return enter(lexer, MODE_TOKENS, *end);
  case MATCH_HASH:
    lexer->bad_hash = place_of(lexer, start);
    return enter(lexer, MODE_HASH, start);
  case MATCH_LINE_COMMENT: return enter(lexer, MODE_LINE_COMMENT, *end);
  case MATCH_BLOCK_COMMENT:
    lexer->depth = 1;
    lexer->opening = place_of(lexer, start);
    return enter(lexer, MODE_BLOCK_COMMENT, *end);
  case MATCH_QUOTE: return open_string(lexer, MODE_STRING, start, *end, spec);
  case MATCH_RAW_QUOTE: return open_string(lexer, MODE_RAW_STRING, start, *end, spec);
  case MATCH_TRIPLE_QUOTE: return open_string(lexer, MODE_MULTILINE_STRING, start, *end, spec);
  case MATCH_OTHER: return fail(lexer, REML_LEX_UNEXPECTED_BYTE, *start, start, *end);
  case MATCH_END:
    *what = REML_TOKEN_EOF;
    *end = start;
    return STEP_TOKEN;
  default: return STEP_TOKEN;
  }
}

IN_PLACE step scan_token(reml_lexer *lexer, reml_token *token, bool spec) {
  const unsigned char *at = lexer->cursor, *start;
  int what;
  while (*at == ' ' || *at == '\t') at++;
  lexer->cursor = start = at;
  if (!match_final(lexer, start, &at, &what, spec)) return STEP_MORE;
  if (what >= REML_TOKEN_COUNT) {
    if (spec && what == MATCH_APOSTROPHE) return scan_char(lexer, token);
    step outcome = spec && is_spec_match(what) ? scan_spec_match(lexer, &what, &at)
                                               : scan_between(lexer, &what, &at, spec);
    if (outcome != STEP_TOKEN) return outcome;
  }
  token->kind = (reml_token_kind)what;
  if (!set_payload(lexer, token, what, start, &at, spec)) {
    return fail(lexer, lexer->error.kind, lexer->error.value, start, at);
  }
  set_place(lexer, token, start, at);
  lexer->cursor = at;
  return STEP_TOKEN;
}

/* Section 4 no. 2. */
static step scan_line_comment(reml_lexer *lexer) {
  const unsigned char *at = lexer->cursor;
  while (*at != '\n' && *at != '\r' && (*at != '\0' || at < lexer->limit)) at++;
  lexer->cursor = at;
  if (at == lexer->limit && !is_final(lexer)) return STEP_MORE;
  lexer->mode = MODE_TOKENS;
  return STEP_GO_ON;
}

/* Section 4 no. 4 and 5: a comment where the profile allows it, else an error up to the end of the
 * line. The cursor is at the `#` first and in the run behind it later. */
IN_PLACE step scan_hash(reml_lexer *lexer) {
  bool at_hash = offset_of(lexer, lexer->cursor) == lexer->bad_hash.offset;
  if (at_hash && lexer->limit - lexer->cursor < 2 && !is_final(lexer)) return STEP_MORE;
  /* the NUL behind a last `#` is no `!` */
  if (at_hash && hash_is_comment(lexer, lexer->bad_hash.offset, lexer->cursor[1])) {
    lexer->mode = MODE_LINE_COMMENT;
    return STEP_GO_ON;
  }
  step outcome = scan_line_comment(lexer);
  if (outcome == STEP_MORE) return outcome;
  fail(lexer, REML_LEX_UNEXPECTED_HASH, 0, lexer->cursor, lexer->cursor);
  lexer->error.start = lexer->bad_hash;
  return STEP_ERROR;
}

/* Section 4 no. 3. */
IN_PLACE step scan_block_comment(reml_lexer *lexer) {
  const unsigned char *at = lexer->cursor, *start;
  const unsigned char *const limit = lexer->limit;
  bool touched = false;

again:
  start = at;
  /*!re2c
    re2c:define:YYFILL = "!(touched = true)";
    re2c:define:YYFILL:naked = 1;
    re2c:eof = 0;
    [^*/\r\n]+ { goto again; }
    newline { if (touched && !is_final(lexer)) goto more; line_break(lexer, at); goto again; }
    "/" "*" { if (lexer->rules.nested_comments) lexer->depth++; else at = start + 1; goto again; }
    "*" "/" { if (--lexer->depth > 0) goto again;
              lexer->cursor = at; lexer->mode = MODE_TOKENS; return STEP_GO_ON; }
    *       { if (touched && !is_final(lexer)) goto more; goto again; }
    $       { if (is_final(lexer)) return fail(lexer, REML_LEX_OPEN_COMMENT, 0, limit, limit); }
  */
more:
  lexer->cursor = start;
  return STEP_MORE;
}

/* The closing delimiter of a string is its token (section 7 no. 4). A value that is one run of the
 * source is not copied. */
IN_PLACE step close_string(reml_lexer *lexer, reml_token *token, reml_string_form form,
                         const unsigned char *run, const unsigned char *delimiter, size_t width) {
  if (lexer->text_used == 0) {
    set_text(token, run, (size_t)(delimiter - run));
  } else {
    append(lexer, run, (size_t)(delimiter - run));
    set_text(token, (const unsigned char *)lexer->text, lexer->text_used);
  }
  token->kind = REML_TOKEN_STRING;
  token->detail = form;
  set_place(lexer, token, delimiter, delimiter + width);
  lexer->cursor = delimiter + width;
  lexer->mode = MODE_TOKENS;
  return STEP_TOKEN;
}

/* In the profile `spec` all of it is the token. */
static step close_spec_string(reml_lexer *lexer, reml_token *token, reml_string_form form,
                              const unsigned char *run, const unsigned char *delimiter,
                              size_t width) {
  step closed = close_string(lexer, token, form, run, delimiter, width);
  token->start = lexer->opening;
  return closed;
}

/* Keeps the run that ends at `at` and says that the scanner waits there. */
static step suspend_string(reml_lexer *lexer, const unsigned char *run, const unsigned char *at) {
  append(lexer, run, (size_t)(at - run));
  lexer->cursor = at;
  return STEP_MORE;
}

static step scan_string(reml_lexer *lexer, reml_token *token) {
  const unsigned char *at = lexer->cursor, *start, *run = at;
  const unsigned char *const limit = lexer->limit;
  bool touched = false;

again:
  start = at;
  /*!re2c
    re2c:define:YYFILL = "!(touched = true)";
    re2c:define:YYFILL:naked = 1;
    re2c:eof = 0;
    [^"\\\r\n]+     { goto again; }
    ["]             { return close_string(lexer, token, REML_FORM_NORMAL, run, start, 1); }
    "\\" [ntr\\"0]  { append(lexer, run, (size_t)(start - run));
                      append_byte(lexer, escape_of(start[1])); run = at; goto again; }
    newline         { if (touched && !is_final(lexer)) goto more;
                      append(lexer, run, (size_t)(start - run)); append_byte(lexer, '\n');
                      line_break(lexer, at); run = at; goto again; }
    *               { if (touched && !is_final(lexer)) goto more; goto again; }
    $               { if (is_final(lexer)) {
                        return fail(lexer, REML_LEX_OPEN_STRING, 0, limit, limit);
                      } }
  */
more:
  return suspend_string(lexer, run, start);
}

/* Section 1 no. 5 of grammar-spec.md: `\u{...}` from the backslash on. The span of a bad one
 * extends to a `}` that is near, else behind its digits. */
static step point_escape(reml_lexer *lexer, const unsigned char *start, const unsigned char *end) {
  uint32_t value = 0;
  if (char_value(start, &value) != end) {
    return fail(lexer, REML_LEX_BAD_ESCAPE, value, start, end);
  }
  append_point(lexer, value);
  return STEP_GO_ON;
}

static step scan_spec_string(reml_lexer *lexer, reml_token *token) {
  const unsigned char *at = lexer->cursor, *marker = at, *start, *run = at;
  const unsigned char *const limit = lexer->limit;
  bool touched = false;

again:
  start = at;
  /*!re2c
    re2c:define:YYFILL = "!(touched = true)";
    re2c:define:YYFILL:naked = 1;
    re2c:eof = 0;
    [^"\\\r\n]+       { goto again; }
    ["]               { return close_spec_string(lexer, token, REML_FORM_NORMAL, run, start, 1); }
    "\\" [ntr\\"0'/]  { append(lexer, run, (size_t)(start - run));
                        append_byte(lexer, escape_of(start[1])); run = at; goto again; }
    "\\u{" [0-9A-Fa-f]{0,16} | "\\u{" [^"\\\r\n}]{0,16} "}" {
                        if (touched && !is_final(lexer)) goto more;
                        append(lexer, run, (size_t)(start - run));
                        if (point_escape(lexer, start, at) == STEP_ERROR) return STEP_ERROR;
                        run = at; goto again; }
    newline           { if (touched && !is_final(lexer)) goto more;
                        append(lexer, run, (size_t)(start - run)); append_byte(lexer, '\n');
                        line_break(lexer, at); run = at; goto again; }
    *                 { if (touched && !is_final(lexer)) goto more; goto again; }
    $                 { if (is_final(lexer)) {
                          return fail(lexer, REML_LEX_OPEN_STRING, 0, limit, limit);
                        } }
  */
more:
  return suspend_string(lexer, run, start);
}

static step scan_raw_string(reml_lexer *lexer, reml_token *token) {
  const unsigned char *at = lexer->cursor, *start, *run = at;
  const unsigned char *const limit = lexer->limit;
  bool touched = false;

again:
  start = at;
  /*!re2c
    re2c:define:YYFILL = "!(touched = true)";
    re2c:define:YYFILL:naked = 1;
    re2c:eof = 0;
    [^"\r\n]+ { goto again; }
    ["]       { return close_string(lexer, token, REML_FORM_RAW, run, start, 1); }
    newline   { if (touched && !is_final(lexer)) goto more;
                append(lexer, run, (size_t)(start - run)); append_byte(lexer, '\n');
                line_break(lexer, at); run = at; goto again; }
    *         { goto again; }
    $         { if (is_final(lexer)) {
                  return fail(lexer, REML_LEX_OPEN_RAW_STRING, 0, limit, limit);
                } }
  */
more:
  return suspend_string(lexer, run, start);
}

/* The same with any number of hashes behind the closing quote. */
static step scan_hashed_string(reml_lexer *lexer, reml_token *token) {
  const unsigned char *at = lexer->cursor, *start, *run = at;
  const unsigned char *const limit = lexer->limit;
  bool touched = false;
  uint32_t hashes;

again:
  start = at;
  /*!re2c
    re2c:define:YYFILL = "!(touched = true)";
    re2c:define:YYFILL:naked = 1;
    re2c:eof = 0;
    [^"\r\n]+ { goto again; }
    ["]       { for (hashes = 0; hashes < lexer->hashes && *at == '#'; hashes++) at++;
                if (hashes == lexer->hashes) {
                  close_spec_string(lexer, token, REML_FORM_RAW, run, start, 1 + hashes);
                  token->detail |= hashes << 8;
                  return STEP_TOKEN;
                }
                if (at == limit && !is_final(lexer)) goto more;
                goto again; }
    newline   { if (touched && !is_final(lexer)) goto more;
                append(lexer, run, (size_t)(start - run)); append_byte(lexer, '\n');
                line_break(lexer, at); run = at; goto again; }
    *         { goto again; }
    $         { if (is_final(lexer)) {
                  return fail(lexer, REML_LEX_OPEN_RAW_STRING, 0, limit, limit);
                } }
  */
more:
  return suspend_string(lexer, run, start);
}

IN_PLACE step scan_multiline_string(reml_lexer *lexer, reml_token *token, bool spec) {
  const unsigned char *at = lexer->cursor, *marker = at, *start, *run = at;
  const unsigned char *const limit = lexer->limit;
  bool touched = false;

again:
  start = at;
  /*!re2c
    re2c:define:YYFILL = "!(touched = true)";
    re2c:define:YYFILL:naked = 1;
    re2c:eof = 0;
    [^"\r\n]+ { goto again; }
    ["]{3}    { if (spec) {
                  return close_spec_string(lexer, token, REML_FORM_MULTILINE, run, start, 3);
                }
                return close_string(lexer, token, REML_FORM_MULTILINE, run, start, 3); }
    newline   { if (touched && !is_final(lexer)) goto more;
                append(lexer, run, (size_t)(start - run)); append_byte(lexer, '\n');
                line_break(lexer, at); run = at; goto again; }
    *         { if (touched && !is_final(lexer)) goto more; goto again; }
    $         { if (is_final(lexer)) {
                  return fail(lexer, REML_LEX_OPEN_MULTILINE_STRING, 0, limit, limit);
                } }
  */
more:
  return suspend_string(lexer, run, start);
}

/* Inside of a comment or a string. */
IN_PLACE step scan_inside(reml_lexer *lexer, reml_token *token, bool spec) {
  switch (lexer->mode) {
  case MODE_LINE_COMMENT: return scan_line_comment(lexer);
  case MODE_BLOCK_COMMENT: return scan_block_comment(lexer);
  case MODE_HASH: return scan_hash(lexer);
  case MODE_STRING:
    return spec ? scan_spec_string(lexer, token) : scan_string(lexer, token);
  case MODE_RAW_STRING:
    if (spec) return scan_hashed_string(lexer, token);
    return scan_raw_string(lexer, token);
  case MODE_MULTILINE_STRING: return scan_multiline_string(lexer, token, spec);
  default: return STEP_ERROR;
  }
}

APART step scan_inside_reference(reml_lexer *lexer, reml_token *token) {
  return scan_inside(lexer, token, false);
}

APART step scan_inside_spec(reml_lexer *lexer, reml_token *token) {
  return scan_inside(lexer, token, true);
}

IN_PLACE step scan(reml_lexer *lexer, reml_token *token, bool spec) {
  if (lexer->mode == MODE_TOKENS) return scan_token(lexer, token, spec);
  return spec ? scan_inside_spec(lexer, token) : scan_inside_reference(lexer, token);
}

/* --- the window --- */

static bool is_word_byte(unsigned char byte) {
  unsigned char letter = byte | 0x20;
  return (letter >= 'a' && letter <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
         byte >= 0x80;
}

/* For looking ahead: a loop over bytes asks one question. */
enum { CLASS_WORD = 1, CLASS_GROUP = 2 /* means something among brackets */ };

static void add_classes(reml_lexer *lexer) {
  lexer->classes = reml__alloc_atomic(lexer->memory, 256);
  for (int byte = 0; byte < 256; byte++)
    lexer->classes[byte] = is_word_byte((unsigned char)byte) ? CLASS_WORD : 0;
  for (const char *at = "()[]{}\"'/#"; *at != '\0'; at++)
    lexer->classes[(unsigned char)*at] = CLASS_GROUP;
  lexer->classes[0] = CLASS_GROUP;
}

/* A name or number at the end of the window cannot end before a byte comes that is no part of a
 * word. Waiting for one keeps a long word in small chunks from being scanned again and again. */
static void note_word(reml_lexer *lexer) {
  size_t held = (size_t)(lexer->limit - lexer->cursor);
  bool word = held > 0 && is_word_byte(*lexer->cursor) && is_word_byte(lexer->limit[-1]);
  lexer->word_seen = lexer->mode == MODE_TOKENS && word ? held : 0;
}

IN_PLACE bool still_in_word(reml_lexer *lexer) {
  if (lexer->word_seen == 0) return false;
  size_t held = (size_t)(lexer->limit - lexer->cursor);
  while (lexer->word_seen < held && is_word_byte(lexer->cursor[lexer->word_seen])) {
    lexer->word_seen++;
  }
  bool waiting = lexer->word_seen == held && !is_final(lexer);
  if (!waiting) lexer->word_seen = 0;
  return waiting;
}

static void make_room(reml_lexer *lexer) {
  size_t held = (size_t)(lexer->limit - lexer->cursor);
  if (lexer->rules.spec) (void)column_of(lexer, lexer->cursor); /* counts what is let go */
  lexer->base = offset_of(lexer, lexer->cursor);
  unsigned char *window = lexer->window;
  if (held > lexer->capacity / 2 || lexer->capacity < WINDOW) {
    lexer->capacity = lexer->capacity < WINDOW ? WINDOW : lexer->capacity * 2;
    while (held > lexer->capacity / 2)
      lexer->capacity *= 2;
    window = reml__alloc_atomic(lexer->memory, lexer->capacity + SLACK);
  }
  memmove(window, lexer->cursor, held);
  lexer->window = window;
  lexer->cursor = window;
  lexer->limit = window + held;
}

/* Takes as much of the input as the window holds; false when there is none left. */
IN_PLACE bool refill(reml_lexer *lexer) {
  if (lexer->input == lexer->input_end) return false;
  if (lexer->cursor == lexer->limit || lexer->limit == lexer->window + lexer->capacity) {
    make_room(lexer);
  }
  size_t room = (size_t)(lexer->window + lexer->capacity - lexer->limit);
  size_t left = (size_t)(lexer->input_end - lexer->input);
  size_t count = left < room ? left : room;
  memcpy(lexer->limit, lexer->input, count);
  lexer->input += count;
  lexer->limit += count;
  memset(lexer->limit, 0, SLACK);
  return true;
}

/* --- interface --- */

reml_lexer *reml__lexer_new(reml_memory *memory, reml_lex_rules rules) {
  reml_lexer *lexer = reml__alloc(memory, sizeof *lexer);
  lexer->memory = memory;
  lexer->rules = rules;
  lexer->capacity = WINDOW;
  lexer->window = reml__alloc_atomic(memory, WINDOW + SLACK);
  lexer->cursor = lexer->limit = lexer->window;
  memset(lexer->limit, 0, SLACK);
  lexer->line = 1;
  lexer->dot_end = NOWHERE;
  add_keywords(lexer);
  if (rules.spec) add_classes(lexer);
  return lexer;
}

/* The copy's window is as large as what is held; it becomes a full one when bytes come. */
reml_lexer *reml__lexer_fork(const reml_lexer *lexer) {
  reml_lexer *fork = reml__alloc(lexer->memory, sizeof *fork);
  size_t held = (size_t)(lexer->limit - lexer->cursor);
  *fork = *lexer;
  if (lexer->rules.spec) (void)column_of(fork, lexer->cursor); /* what the copy does not hold */
  fork->base = offset_of(lexer, lexer->cursor);
  fork->capacity = held;
  fork->window = reml__alloc_atomic(lexer->memory, held + SLACK);
  memcpy(fork->window, lexer->cursor, held + SLACK);
  fork->cursor = fork->window;
  fork->limit = fork->window + held;
  fork->input = fork->input_end = NULL;
  fork->text = NULL;
  fork->text_used = fork->text_capacity = 0;
  append(fork, (const unsigned char *)lexer->text, lexer->text_used);
  return fork;
}

static uint32_t settled(const reml_lexer *lexer) {
  switch (lexer->mode) {
  case MODE_STRING:
  case MODE_RAW_STRING:
  case MODE_MULTILINE_STRING: return lexer->opening.offset;
  case MODE_HASH: return lexer->bad_hash.offset;
  default: return offset_of(lexer, lexer->cursor);
  }
}

/* Of the sequence at the end of the window (section 8): a name cannot end within one. */
static uint32_t missing_bytes(const reml_lexer *lexer) {
  const unsigned char *lead = lexer->limit;
  if (lexer->mode != MODE_TOKENS) return 1;
  while (lead > lexer->cursor && lexer->limit - lead < 3 && lead[-1] >= 0x80 && lead[-1] < 0xC0)
    lead--;
  if (lead == lexer->cursor || lead[-1] < 0xC2) return 1;
  uint32_t wanted = lead[-1] >= 0xF0 ? 3 : lead[-1] >= 0xE0 ? 2 : 1;
  uint32_t present = (uint32_t)(lexer->limit - lead);
  return wanted > present ? wanted - present : 1;
}

reml_lex_rest reml__lexer_rest(const reml_lexer *lexer) {
  return (reml_lex_rest){
      .settled = settled(lexer),
      .missing = missing_bytes(lexer),
      .in_comment = lexer->mode == MODE_LINE_COMMENT || lexer->mode == MODE_BLOCK_COMMENT,
      .at_rest = lexer->mode == MODE_TOKENS && lexer->cursor == lexer->limit,
      .bytes = sizeof *lexer + lexer->capacity + SLACK + lexer->text_capacity,
  };
}

void reml__lexer_feed(reml_lexer *lexer, const void *bytes, size_t count) {
  lexer->input = bytes;
  lexer->input_end = lexer->input + count;
}

void reml__lexer_finish(reml_lexer *lexer) { lexer->finished = true; }

/* Most lines are indented a little, by ASCII: then the column is the number of bytes. */
static bool is_short_indent(const reml_lexer *lexer, uint32_t length) {
  uint64_t words[2];
  if (length > sizeof words || lexer->line_start < lexer->base) return false;
  memcpy(words, lexer->window + (lexer->line_start - lexer->base), sizeof words);
  return ((words[0] | words[1]) & UINT64_C(0x8080808080808080)) == 0;
}

uint32_t reml__lexer_column(reml_lexer *lexer, const reml_token *newest) {
  if (newest->kind == REML_TOKEN_STRING) return lexer->opening_column;
  uint32_t length = newest->start.offset - newest->start.line_start;
  if (is_short_indent(lexer, length)) return length;
  return column_of(lexer, lexer->window + (newest->start.offset - lexer->base));
}

static reml_token_kind word_kind(const reml_lexer *lexer, const unsigned char *word,
                                 const unsigned char *end) {
  for (const unsigned char *at = word; at < end; at++)
    if (*at >= 0x80) return REML_TOKEN_IDENT;
  return name_kind(lexer, word, (size_t)(end - word));
}

/* --- looking ahead --- */

/* Behind blanks and line comments. */
static const unsigned char *skip_lines(const unsigned char *at, const unsigned char *limit) {
  for (;;) {
    at = reml__skip_blanks(at);
    if (at[0] != '/' || at[1] != '/') return at;
    while (at < limit && *at != '\n' && *at != '\r') at++;
  }
}

reml_word_ahead reml__lexer_word_ahead(const reml_lexer *lexer) {
  const unsigned char *word = skip_lines(lexer->cursor, lexer->limit), *end = word;
  if (*word < '0' || *word > '9') {
    while (lexer->classes[*end] & CLASS_WORD) end++;
  }
  const unsigned char *behind = reml__skip_blanks(end);
  reml_word_ahead ahead = {.is_word = end > word, .behind = *behind};
  ahead.assigns = behind[0] == ':' && behind[1] == '=';
  if (*behind != ',' && *behind != ':') return ahead;
  if (ahead.is_word) ahead.kind = word_kind(lexer, word, end);
  ahead.next = *reml__skip_blanks(behind + 1);
  return ahead;
}

enum { GROUP_MOST = 256 };

/* The end of a string; NULL: none is near. */
static const unsigned char *string_end(const unsigned char *at, const unsigned char *limit) {
  while (at < limit && *at != '"' && *at != '\n' && *at != '\0') at += 1 + (*at == '\\');
  return at < limit && *at == '"' ? at : NULL;
}

/* The end of a character of ASCII; NULL: it is none, or has a long escape. */
static const unsigned char *char_end(const unsigned char *at) {
  const unsigned char *end = at + (*at == '\\' ? 2 : 1);
  return *at != '\'' && *at < 0x80 && *end == '\'' ? end : NULL;
}

static bool may_be_arrow(const unsigned char *at) {
  switch (*at) {
  case '\0': case '#': return true;
  case '/': return at[1] == '/' || at[1] == '*' || at[1] == '\0';
  case '-': return at[1] == '>' || at[1] == '\0';
  default: return false;
  }
}

bool reml__lexer_group_before_arrow(const reml_lexer *lexer) {
  const unsigned char *limit = lexer->cursor + GROUP_MOST;
  size_t depth = 1;
  if (limit > lexer->limit) limit = lexer->limit;
  for (const unsigned char *at = lexer->cursor; at < limit; at++) {
    if (!(lexer->classes[*at] & CLASS_GROUP)) continue;
    switch (*at) {
    case '(': case '[': case '{': depth++; break;
    case ')': case ']': case '}':
      if (--depth == 0) return may_be_arrow(reml__skip_blanks(at + 1));
      break;
    case '"':
      if (at > lexer->cursor && is_word_byte(at[-1])) return true;
      at = string_end(at + 1, limit);
      if (at == NULL || at[1] == '"') return true;
      break;
    case '\'':
      at = char_end(at + 1);
      if (at == NULL) return true;
      break;
    case '/':
      if (at[1] == '/' || at[1] == '*') return true;
      break;
    case '\0': case '#': return true;
    default: break;
    }
  }
  return true;
}

/* What the scanner holds back has no line break in it, or is one whose end is not known yet. */
reml_place reml__lexer_place(const reml_lexer *lexer) { return place_of(lexer, lexer->limit); }

/* Behind a bad escape what is left of the string is a string. */
void reml__lexer_forgive(reml_lexer *lexer) {
  const unsigned char *from = lexer->window + (lexer->error.end.offset - lexer->base);
  if (lexer->error.kind == REML_LEX_BAD_ESCAPE) {
    (void)open_string(lexer, MODE_STRING, from, from, true);
  } else {
    enter(lexer, MODE_TOKENS, from);
  }
}

const reml_lex_error *reml__lexer_error(const reml_lexer *lexer) {
  return lexer->mode == MODE_FAILED ? &lexer->error : NULL;
}

IN_PLACE reml_lex_status next_token(reml_lexer *lexer, reml_token *token, bool spec) {
  for (;;) {
    step outcome = still_in_word(lexer) ? STEP_MORE : scan(lexer, token, spec);
    if (outcome == STEP_TOKEN) return REML_LEX_TOKEN;
    if (outcome == STEP_ERROR) return REML_LEX_ERROR;
    if (outcome == STEP_GO_ON) continue;
    if (lexer->word_seen == 0) note_word(lexer);
    if (!refill(lexer)) return REML_LEX_MORE;
  }
}

reml_lex_status reml__lexer_next_spec(reml_lexer *lexer, reml_token *token) {
  return next_token(lexer, token, true);
}

reml_lex_status reml__lexer_next(reml_lexer *lexer, reml_token *token) {
  if (lexer->rules.spec) return reml__lexer_next_spec(lexer, token);
  return next_token(lexer, token, false);
}
