/* Parsing a file as it arrives: the command's -Zstreaming. Internal. */
#ifndef REML_LIVE_H
#define REML_LIVE_H

#include "reml_input.h"
#include "reml_options.h"

typedef struct reml_live_input {
  const reml_options *options;
  const reml_config *config;
  reml_context *context;
  const char *path, *name;
  reml_kept *kept; /* the end of the input, for a snippet */
} reml_live_input;

typedef struct reml_live_end {
  const reml_result *result; /* NULL: the file could not be opened */
  reml_stream_meta meta;
  int open_error;   /* errno */
  int read_error;   /* errno; 0: none */
  int signal;       /* that ended the input; 0: none */
  bool output_lost; /* a declaration could not be printed; errno in output_error */
  int output_error;
  int audit_error; /* errno of the first audit record that was lost; 0: none was */
} reml_live_end;

/* Reports what is complete as soon as it is, and waits for the rest. From now on SIGINT and SIGTERM
 * end the input and not the program, once. */
reml_live_end reml__live_parse(const reml_live_input *input);

#endif
