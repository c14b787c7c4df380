/* A diagnostic as the reference builds it: extensions, audit metadata and audit envelope in their
 * order of writing (contract diagnostics-json.md sections 4 to 6). */
#ifndef REML_RECORD_H
#define REML_RECORD_H

#include "reml_config.h"
#include "reml_map.h"

typedef struct reml_record {
  const reml_diagnostic *diagnostic;
  reml_map *extensions;
  reml_map *audit_metadata;
  reml_map *envelope; /* its metadata */
  const char *audit_id;
  reml_datum change_set;
} reml_record;

/* False for what must not be written (section 2, last sentence). */
bool reml__record_possible(const reml_result *result, const reml_diagnostic *diagnostic);
reml_record reml__record_build(reml_memory *memory, const reml_result *result,
                               const reml_diagnostic *diagnostic);
/* The audit envelope, the same for sections 2 and 10. */
reml_datum reml__record_audit(reml_memory *memory, const reml_record *record);
/* {"start","end"} of {"file","line","column","offset"} (section 11). */
reml_datum reml__record_span(reml_memory *memory, reml_string file, const reml_span *span);
/* {"token","label","hint","kind"} of so many alternatives at most (driver.md section 6.6). */
reml_datum reml__record_tokens(reml_memory *memory, const reml_expected *expected, size_t most);
/* {"kind","value"} of each alternative (section 3). */
reml_datum reml__record_alternatives(reml_memory *memory, const reml_expected *expected);
/* The wire object stream_meta (streaming-spec.md section 10). */
reml_datum reml__record_counts(reml_memory *memory, const reml_stream_meta *meta);
/* The list of its codes. */
reml_datum reml__record_codes(reml_memory *memory, const reml_diagnostic *diagnostic);
/* Sections 2 and 3. */
reml_datum reml__record_json(reml_memory *memory, const reml_record *record);

/* The run-configuration metadata (section 5): extensions are set in one map, the audit keys, in
 * order of writing, in the other. */
void reml__runconfig_describe(reml_memory *memory, const reml_config *config, reml_map *extensions,
                              reml_map *audit);

/* Writes a field of the configuration into an object; nothing for one that is absent or that is not
 * a single value. */
void reml__runconfig_set_field(reml_map *map, const reml_config *config, reml_config_field field);

const char *reml__severity_name(reml_severity severity);
/* NULL for none. */
const char *reml__severity_hint(const reml_diagnostic *diagnostic);
const char *reml__left_recursion_name(reml_left_recursion mode);
/* NULL for none. */
const char *reml__domain_name(reml_domain domain);
/* As in the extension `recover` and in legacy errors (driver.md section 6.6). */
const char *reml__expectation_hint(reml_expectation_kind kind);

#endif
