#include "reml_bridge.h"
#include "reml_config.h"
#include "reml_explain.h"

/* Only `experimental` is below `beta`; a stage that is not known passes. */
bool reml__bridge_refuses(const reml_config *config) {
  reml_string stage = reml__text_trim(reml__config_text(config, REML_KEY_EFFECTS_STAGE_TEXT));
  return stage.length == 0 || reml__text_equals_lowered(stage, "experimental");
}

reml_diagnostic reml__bridge_diagnostic(const reml_bridge_failure *failure,
                                        const reml_config *config, const reml_context *context) {
  reml_diagnostic diagnostic = *reml__diagnostic(REML_DIAGNOSTIC_BRIDGE);
  if (config->profile == REML_PROFILE_SPEC)
    diagnostic = reml__explain_plain(REML_DIAGNOSTIC_BRIDGE, reml__language(config, context));
  diagnostic.span = (reml_span){{0, 0, 0}, {0, 0, 0}};
  diagnostic.bridge = failure;
  return diagnostic;
}
