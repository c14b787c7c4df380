#include "reml_bridge.h"
#include "reml_config.h"

/* Only `experimental` is below `beta`; a stage that is not known passes. */
bool reml__bridge_refuses(const reml_config *config) {
  reml_string stage = reml__text_trim(reml__config_text(config, "effects", "stage"));
  return stage.length == 0 || reml__text_equals_lowered(stage, "experimental");
}

void reml__bridge_describe(reml_diagnostic *diagnostic, const reml_bridge_failure *failure) {
  diagnostic->severity = REML_ERROR;
  diagnostic->domain = REML_DOMAIN_RUNTIME;
  diagnostic->codes[0] = "bridge.stage.backpressure";
  diagnostic->codes[1] = "effects.contract.stage_mismatch";
  diagnostic->message = reml_string_from(
      "Runtime Bridge \"core.parse.streaming\" は Stage BETA を要求しますが、現在の Stage は "
      "EXPERIMENTAL です。Flow policy=auto でバックプレッシャ信号を処理できません。");
  diagnostic->bridge = failure;
}
