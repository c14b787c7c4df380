/* Reading a source in pieces. Internal. */
#ifndef REML_INPUT_H
#define REML_INPUT_H

#include <stdbool.h>
#include <stddef.h>

/* The bytes read so far, when they are kept. */
typedef struct reml_kept {
  bool wanted;
  char *bytes; /* malloc'ed: it holds no pointers, and goes as soon as the file is done */
  size_t length, capacity;
  size_t offset; /* in the input, of the first byte that is kept */
} reml_kept;

/* False when out of memory. */
bool reml__kept_add(reml_kept *kept, const char *bytes, size_t count);
/* Forgets the beginning, up to a line break that leaves at least so many bytes if there is one. */
void reml__kept_trim(reml_kept *kept, size_t least);

/* Whether what is kept goes on to the end of the line behind that offset of the input, or far
 * enough for a snippet. */
bool reml__kept_shows(const reml_kept *kept, size_t offset);

/* Takes a piece; false ends the reading. */
typedef bool reml_take(void *user, const char *bytes, size_t count);

typedef enum reml_read_end {
  REML_READ_ALL,    /* to the end, or to where `take` ended it */
  REML_READ_FAILED, /* errno says why */
  REML_READ_NO_MEMORY
} reml_read_end;

/* A descriptor for `path` ("-": standard input), or -1; and what closes it. errno says why. Opening
 * at once does not wait for the writer of a FIFO; reading from it must be waited for, then. */
typedef enum reml_open_how { REML_OPEN_WAITING, REML_OPEN_AT_ONCE } reml_open_how;
int reml__input_open(const char *path, reml_open_how how);
void reml__input_close(int source);

/* Opens `path` ("-": standard input) and hands its bytes to `take`. */
reml_read_end reml__input_read(const char *path, reml_kept *kept, reml_take *take, void *user);

#endif
