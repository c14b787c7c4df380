/* Outcomes of streaming as JSON (contract gates.md section 1.2, "Stream step"). */
#ifndef REML_STREAM_JSON_H
#define REML_STREAM_JSON_H

#include "reml_poc.h"

reml_status reml__write_poc_outcome(const reml_poc_outcome *outcome, reml_write *write, void *user);

#endif
