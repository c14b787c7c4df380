/* The stage that a runtime bridge must have to be told to pause (contract streaming-spec.md section
 * 13, diagnostics-json.md section 9). Both profiles of streaming ask the same. */
#ifndef REML_BRIDGE_H
#define REML_BRIDGE_H

#include "remlparse.h"

/* effects.stage is below `beta`. */
bool reml__bridge_refuses(const reml_config *config);

/* Makes the diagnostic one of the bridge: all but place, file and time. */
void reml__bridge_describe(reml_diagnostic *diagnostic, const reml_bridge_failure *failure);

#endif
