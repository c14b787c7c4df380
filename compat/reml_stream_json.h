/* Outcomes of streaming as JSON (contract gates.md section 1.2, "Stream step"). */
#ifndef REML_STREAM_JSON_H
#define REML_STREAM_JSON_H

#include "reml_map.h"
#include "reml_poc.h"

/* An audit event (streaming-reference.md section 8): its name, and its metadata. The result gives
 * context and configuration of its diagnostic. */
const char *reml__poc_event_category(const reml_poc_event *event);
const reml_map *reml__poc_event_metadata(reml_memory *memory, const reml_poc_event *event,
                                         const reml_result *result);

reml_status reml__write_poc_outcome(const reml_poc_outcome *outcome, reml_write *write, void *user);

#endif
