/* What a run needs to know of its configuration, decoded once at the start of a parse
 * (contract driver.md section 1, lexer.md section 10). */
#ifndef REML_SETTINGS_H
#define REML_SETTINGS_H

#include "remlparse.h"
#include "reml_lexer.h"

typedef struct reml_settings {
  reml_lex_rules lex;
  bool require_eof;      /* effective: extensions.config.require_eof beats the field */
  bool stream_enabled;   /* decoded stream.enabled */
  reml_config effective; /* lex.profile, lex.identifier_profile, config.trivia and lex.space_id
                            written back */
} reml_settings;

/* REML_OK, or REML_NO_MEMORY. */
reml_status reml__settings_derive(const reml_config *config, reml_settings *out);

#endif
