/* The stage that a runtime bridge must have to be told to pause (contract streaming-spec.md section
 * 13, diagnostics-json.md section 9). Both profiles of streaming ask the same. */
#ifndef REML_BRIDGE_H
#define REML_BRIDGE_H

#include "remlparse.h"

/* effects.stage is below `beta`. */
bool reml__bridge_refuses(const reml_config *config);

/* The diagnostic of the bridge, at line 0, in the words of the profile; place, file and time are
 * still to come. */
reml_diagnostic reml__bridge_diagnostic(const reml_bridge_failure *failure,
                                        const reml_config *config, const reml_context *context);

#endif
