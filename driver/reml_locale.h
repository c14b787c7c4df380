/* The languages that the profile `spec` speaks, and what it says (messages.def). */
#ifndef REML_LOCALE_H
#define REML_LOCALE_H

#include "reml_memory.h"
#include "remlparse.h"

typedef enum reml_language { REML_ENGLISH, REML_JAPANESE } reml_language;

/* Of the name of a locale (`ja`, `ja_JP.UTF-8`): Japanese, or else English. */
reml_language reml__language_named(reml_string locale);
/* Of what REML_LOCALE, else LC_ALL, LC_MESSAGES and LANG name. */
reml_language reml__language_of_environment(void);
/* Of the run configuration, else of the environment as the context found it. */
reml_language reml__language(const reml_config *config, const reml_context *context);

typedef enum reml_message {
#define MESSAGE(name, english, japanese) REML_SAY_##name,
#include "messages.def"
#undef MESSAGE
  REML_SAY_COUNT
} reml_message;

const char *reml__message(reml_message message, reml_language language);

/* The message with values for {0}, {1} and {2}. */
reml_string reml__message_with(reml_memory *memory, reml_message message, reml_language language,
                               const reml_string *values);

#endif
