/* Files that the command writes besides its standard streams. Internal. */
#ifndef REML_OUTPUT_H
#define REML_OUTPUT_H

#include <stdio.h>

/* Opens a file as fopen does and makes missing directories. NULL: errno says why. */
FILE *reml__output_open(const char *path, const char *mode);
/* The file `name` in a directory ("": the current one), to append to it. */
FILE *reml__output_append(const char *directory, const char *name);

#endif
