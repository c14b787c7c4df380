/* What the harness reads and writes: bytes that grow, and lines of a plain or gzip file, of any
 * length and with any bytes. */
#ifndef REML_LINES_H
#define REML_LINES_H

#include "remlparse.h"
#include <zlib.h>

/* --- bytes that grow (malloc'ed; they never hold pointers to collected memory) --- */

typedef struct reml_bytes {
  char *data;
  size_t length, capacity;
} reml_bytes;

void reml__bytes_clear(reml_bytes *bytes); /* keeps the block */
void reml__bytes_free(reml_bytes *bytes);
/* Appending ends the program with EXIT_UNUSABLE when there is no memory. */
void reml__bytes_add(reml_bytes *bytes, const char *data, size_t count);
void reml__bytes_add_text(reml_bytes *bytes, const char *text);
bool reml__bytes_write(void *bytes, const char *data, size_t count); /* a reml_write */
/* A whole file; false with errno set. */
bool reml__bytes_read_file(reml_bytes *bytes, const char *path);

/* --- lines --- */

typedef struct reml_lines {
  gzFile file;
  reml_bytes buffer;
  size_t at;      /* begin of the next line in the buffer */
  size_t scanned; /* up to here there is no LF */
  size_t number;  /* of the line given last, from 1 */
} reml_lines;

bool reml__lines_open(reml_lines *lines, const char *path); /* false with errno set */
/* The next line without its LF, valid until the next call; false at the end or on an error. */
bool reml__lines_next(reml_lines *lines, reml_string *line);
/* NULL, or why the lines ended early. Closes the file. */
const char *reml__lines_close(reml_lines *lines);

#endif
