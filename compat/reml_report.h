/* Diagnostics of the profile `spec` as text. */
#ifndef REML_REPORT_H
#define REML_REPORT_H

#include "reml_json.h"

void reml__report_write(reml_out *out, const reml_result *result, const reml_diagnostic *diagnostic,
                        const reml_text_style *style);

#endif
