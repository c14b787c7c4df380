/* A mistake while it is told: what is known of its situation, and the diagnostic that grows. */
#ifndef REML_MISTAKE_H
#define REML_MISTAKE_H

#include "reml_explain.h"

typedef struct mistake {
  reml_memory *memory;
  reml_language language;
  const reml_history *history;
  size_t open_count;       /* brackets that are open in front of the place */
  size_t before;           /* how many of the newest tokens are not in front of it */
  const reml_token *token; /* that was refused; NULL: none was */
  reml_parser *parser;
  reml_token_kind kind; /* of the token, by its text alone */
  bool is_virtual;      /* the token is made by the layout and has no text */
  bool wanted[REML_TOKEN_COUNT];
  reml_string expected, found; /* in words */
  reml_diagnostic *out;
} mistake;

/* A mistake at the span of the diagnostic. */
void reml__mistake_open(mistake *m, reml_memory *memory, reml_language language,
                        const reml_history *history, reml_diagnostic *out);
/* It is that a token was refused. */
void reml__mistake_refused(mistake *m, reml_parser *parser, const reml_token *token);

/* The token that is so many tokens in front of the place, 0 for the one before it; NULL: unknown.
 */
const reml_past *reml__past(const mistake *m, size_t back);

/* --- telling it. All but `say` and `label` may be called again, and answer true. --- */

void reml__mistake_say(mistake *m, reml_code code, reml_message message, const reml_string *values);
void reml__mistake_label(mistake *m, reml_message message, const reml_string *values);
void reml__mistake_point(mistake *m, reml_span span, reml_message message,
                         const reml_string *values);
bool reml__mistake_advise(mistake *m, reml_message message, const reml_string *values);
/* Behind the token before the place. */
bool reml__mistake_insert(mistake *m, const char *text);
/* The span of the diagnostic, or another. */
bool reml__mistake_replace(mistake *m, const char *text);
bool reml__mistake_replace_span(mistake *m, reml_span span, const char *text);
bool reml__mistake_delete(mistake *m);

/* --- texts --- */

reml_string reml__quoted(mistake *m, const char *text);
reml_string reml__kind_quoted(mistake *m, reml_token_kind kind);
const char *reml__mistake_joined(mistake *m, const char *first, const char *second);

/* --- what refused tokens and failed checks have in common --- */

/* Whether the token in front of the place is a number. */
bool reml__ends_number(const mistake *m);
/* A name that is glued to the number in front of it: `0b2`. */
bool reml__tell_bad_number(mistake *m, const char *name, size_t length);

/* A word of another language for which there is another one here, NULL: none. */
const char *reml__foreign_declaration(const char *word, size_t length);
bool reml__tell_foreign_declaration(mistake *m, const reml_past *word);

#endif
