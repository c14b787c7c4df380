/* Expected sets in words: whole groups by their names, single tokens as they are written. */
#include "reml_explain.h"
#include <stdio.h>
#include <string.h>

enum { MOST_WORDS = 6 };

typedef struct set {
  bool has[REML_TOKEN_COUNT];
} set;

#define LIST(...) ((const reml_token_kind[]){__VA_ARGS__, REML_TOKEN_EOF})
#define T(name) REML_TOKEN_##name

/* A group is named when all of `core` and none of `without` is expected; what it `covers` is then
 * not listed. Of groups that go by the same name the first one counts. */
typedef struct group {
  reml_message name;
  const reml_token_kind *core, *without, *covers;
} group;

#define DECLARING                                                                                  \
  T(LET), T(VAR), T(CONST), T(FN), T(TYPE), T(STRUCT), T(ENUM), T(TRAIT), T(IMPL), T(EXTERN),      \
      T(EFFECT), T(HANDLER), T(CONDUCTOR), T(MODULE), T(PATTERN), T(MACRO), T(ACTOR), T(PUB),      \
      T(AT), T(HASH), T(USE), T(ASYNC), T(UNSAFE)
#define NAMING                                                                                     \
  T(IDENT), T(UPPER_IDENT), T(SELF), T(SUPER), T(DCOLON), T(WHEN), T(END), T(NEW), T(ALIAS)
#define LITERALS T(INT), T(FLOAT), T(CHAR), T(STRING), T(TRUE), T(FALSE)
#define OPERAND                                                                                    \
  NAMING, LITERALS, T(IF), T(MATCH), T(WHILE), T(FOR), T(LOOP), T(RETURN), T(BREAK), T(CONTINUE),  \
      T(DEFER), T(UNSAFE), T(PERFORM), T(DO), T(HANDLE), T(EFFECT), T(FN), T(BAR), T(OR),          \
      T(LPAREN), T(LBRACKET), T(LBRACE), T(MINUS), T(NOT), T(STAR), T(AMP), T(NOT_WORD), T(REC),   \
      T(AWAIT), T(ASYNC), T(UNDERSCORE), T(COLON), T(AT), T(HASH), T(ASM), T(LLVM), T(TEST),       \
      T(TEST_PARSER)
#define CONTINUING                                                                                 \
  T(PIPE), T(OR), T(AND), T(EQEQ), T(NE), T(LT), T(LE), T(GT), T(GE), T(DOTDOT), T(PLUS),          \
      T(MINUS), T(CONCAT), T(STAR), T(SLASH), T(PERCENT), T(POW), T(DOT), T(DCOLON), T(LPAREN),    \
      T(LBRACKET), T(QUESTION)

static const group groups[] = {
    {REML_SAY_STATEMENT, LIST(T(LET), T(FN), T(INT), T(IF)), NULL, LIST(DECLARING, OPERAND)},
    {REML_SAY_DECLARATION, LIST(T(FN), T(TYPE)), LIST(T(INT)), LIST(DECLARING)},
    {REML_SAY_EXPRESSION, LIST(T(INT), T(IF)), LIST(T(LET)), LIST(OPERAND)},
    {REML_SAY_PATTERN, LIST(T(UNDERSCORE), T(IDENT)), LIST(T(IF)),
     LIST(NAMING, LITERALS, T(UNDERSCORE), T(LPAREN), T(LBRACKET), T(LBRACE), T(MINUS), T(DOTDOT),
          T(DOTDOTEQ))},
    {REML_SAY_TYPE, LIST(T(IDENT), T(LPAREN), T(LBRACKET), T(AMP)), LIST(T(IF), T(UNDERSCORE)),
     LIST(NAMING, T(STRING), T(INT), T(LPAREN), T(LBRACKET), T(LBRACE), T(AMP), T(FN))},
    {REML_SAY_OPERATOR, LIST(T(PLUS), T(SLASH)), NULL, LIST(CONTINUING)},
    {REML_SAY_LITERAL, LIST(T(INT), T(STRING)), LIST(T(IDENT)), LIST(LITERALS, T(MINUS))},
    {REML_SAY_NAME, LIST(T(IDENT)), NULL, LIST(NAMING)},
};

static bool has_all(const set *of, const reml_token_kind *kinds) {
  while (*kinds != REML_TOKEN_EOF && of->has[*kinds])
    kinds++;
  return *kinds == REML_TOKEN_EOF;
}

static bool has_any(const set *of, const reml_token_kind *kinds) {
  while (kinds != NULL && *kinds != REML_TOKEN_EOF)
    if (of->has[*kinds++]) return true;
  return false;
}

/* --- a list in words --- */

typedef struct listing {
  reml_memory *memory;
  reml_language language;
  reml_string items[MOST_WORDS];
  size_t count;
} listing;

static void put(listing *to, reml_string item) {
  if (to->count < MOST_WORDS) to->items[to->count] = item;
  to->count++;
}

static void put_message(listing *to, reml_message message) {
  put(to, reml_string_from(reml__message(message, to->language)));
}

static void put_kind(listing *to, reml_token_kind kind) {
  static const struct {
    reml_token_kind kind;
    reml_message name;
  } classes[] = {
      {REML_TOKEN_EOF, REML_SAY_END_OF_INPUT}, {REML_TOKEN_INT, REML_SAY_INTEGER},
      {REML_TOKEN_FLOAT, REML_SAY_FLOAT},      {REML_TOKEN_CHAR, REML_SAY_CHARACTER},
      {REML_TOKEN_STRING, REML_SAY_STRING},
  };
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    if (classes[i].kind != kind) continue;
    put_message(to, classes[i].name);
    return;
  }
  reml_string label = reml_string_from(reml_token_label(kind));
  put(to, reml__message_with(to->memory, REML_SAY_QUOTED, to->language, &label));
}

static void put_groups(listing *to, set *left) {
  const set all = *left;
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    if (!has_all(&all, groups[i].core) || has_any(&all, groups[i].without)) continue;
    if (!has_any(left, groups[i].core)) continue;
    put_message(to, groups[i].name);
    for (const reml_token_kind *kind = groups[i].covers; *kind != REML_TOKEN_EOF; kind++)
      left->has[*kind] = false;
  }
  /* Assignments follow whatever operators do. */
  if (all.has[REML_TOKEN_PLUS] && all.has[REML_TOKEN_COLONEQ])
    left->has[REML_TOKEN_COLONEQ] = left->has[REML_TOKEN_EQ] = false;
  /* Words that are keywords here and there are names everywhere. */
  if (all.has[REML_TOKEN_IDENT])
    for (int kind = REML_TOKEN_CONST; kind <= REML_TOKEN_END; kind++)
      left->has[kind] = false;
}

/* Where a construct can go on in many ways, these are meant most often. */
static const reml_token_kind usual[] = {T(COMMA),  T(EQ),   T(COLON), T(ARROW),  T(DARROW),
                                        T(IN),     T(THEN), T(WITH),  T(RPAREN), T(RBRACKET),
                                        T(RBRACE), T(EOF),  T(PIPE),  T(LPAREN)};

static bool is_closing(reml_token_kind kind) {
  return kind == REML_TOKEN_EOF || kind == REML_TOKEN_RPAREN || kind == REML_TOKEN_RBRACKET ||
         kind == REML_TOKEN_RBRACE;
}

static void take(listing *to, set *left, reml_token_kind kind) {
  if (left->has[kind]) put_kind(to, kind);
  left->has[kind] = false;
}

static size_t count_of(const set *of) {
  size_t count = 0;
  for (int kind = 0; kind < REML_TOKEN_COUNT; kind++)
    count += of->has[kind];
  return count;
}

/* Of few, what closes something comes last. */
static void put_rest(listing *to, set *left) {
  bool too_many = to->count + count_of(left) > MOST_WORDS;
  for (size_t i = 0; too_many && i < sizeof usual / sizeof *usual; i++)
    take(to, left, usual[i]);
  for (int kind = 0; kind < REML_TOKEN_COUNT; kind++)
    if (!is_closing((reml_token_kind)kind)) take(to, left, (reml_token_kind)kind);
  for (int kind = REML_TOKEN_COUNT; kind-- > 0;)
    take(to, left, (reml_token_kind)kind);
}

/* Of many, some examples and how many more there are. */
static reml_string joined(const listing *from) {
  bool too_many = from->count > MOST_WORDS;
  size_t shown = too_many ? MOST_WORDS - 1 : from->count;
  reml_words words = {.memory = from->memory};
  const char *comma = reml__message(REML_SAY_COMMA, from->language);
  const char * or = reml__message(REML_SAY_OR, from->language);
  for (size_t i = 0; i < shown; i++) {
    const char *between = i + 1 < shown || too_many ? comma : or ;
    if (i > 0) reml__words_add(&words, between, strlen(between));
    reml__words_add(&words, from->items[i].bytes, from->items[i].length);
  }
  reml_string text = {words.bytes, words.used};
  if (!too_many) return text;
  char number[16];
  size_t length = (size_t)snprintf(number, sizeof number, "%zu", from->count - shown);
  const reml_string values[] = {text, {number, length}};
  return reml__message_with(from->memory, REML_SAY_AND_MORE, from->language, values);
}

reml_string reml__expected_in_words(reml_memory *memory, reml_language language,
                                    const reml_token_kind *kinds, size_t count) {
  set left = {{false}};
  listing words = {.memory = memory, .language = language};
  for (size_t i = 0; i < count; i++)
    left.has[reml__token_plain(kinds[i])] = true;
  put_groups(&words, &left);
  put_rest(&words, &left);
  if (words.count == 0) put_message(&words, REML_SAY_NOTHING);
  return joined(&words);
}
