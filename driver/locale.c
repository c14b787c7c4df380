#include "reml_locale.h"
#include "reml_context.h"
#include "reml_diagnose.h"
#include <stdlib.h>
#include <string.h>

static const char *const messages[][2] = {
#define MESSAGE(name, english, japanese) {english, japanese},
#include "messages.def"
#undef MESSAGE
};

reml_language reml__language_named(reml_string locale) {
  bool japanese = locale.length >= 2 && memcmp(locale.bytes, "ja", 2) == 0 &&
                  (locale.length == 2 || strchr("_-.@", locale.bytes[2]) != NULL);
  return japanese ? REML_JAPANESE : REML_ENGLISH;
}

reml_language reml__language_of_environment(void) {
  static const char *const variables[] = {"REML_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
    const char *locale = getenv(variables[i]);
    if (locale != NULL && *locale != '\0') return reml__language_named(reml_string_from(locale));
  }
  return REML_ENGLISH;
}

reml_language reml__language(const reml_config *config, const reml_context *context) {
  if (config->locale.length > 0) return reml__language_named(config->locale);
  return context != NULL ? context->language : REML_ENGLISH;
}

const char *reml__message(reml_message message, reml_language language) {
  return messages[message][language];
}

reml_string reml__message_with(reml_memory *memory, reml_message message, reml_language language,
                               const reml_string *values) {
  reml_words out = {.memory = memory};
  const char *at = reml__message(message, language);
  for (const char *gap; (gap = strchr(at, '{')) != NULL;) {
    bool is_gap = gap[1] >= '0' && gap[1] <= '2' && gap[2] == '}';
    reml__words_add(&out, at, (size_t)(gap - at) + (is_gap ? 0 : 1));
    if (is_gap) reml__words_add(&out, values[gap[1] - '0'].bytes, values[gap[1] - '0'].length);
    at = gap + (is_gap ? 3 : 1);
  }
  reml__words_add(&out, at, strlen(at));
  return (reml_string){out.bytes, out.used};
}
