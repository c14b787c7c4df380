/* Reading a source in pieces. */
#include "reml_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

static int open_source(const char *path) {
  if (!strcmp(path, "-")) return STDIN_FILENO;
  return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static bool keep(reml_kept *kept, const char *bytes, size_t count) {
  if (kept->capacity - kept->length < count) {
    size_t capacity = kept->capacity ? kept->capacity * 2 : (size_t)PIECE;
    char *grown = realloc(kept->bytes, capacity);
    if (!grown) return false;
    kept->bytes = grown;
    kept->capacity = capacity;
  }
  memcpy(kept->bytes + kept->length, bytes, count);
  kept->length += count;
  return true;
}

static ssize_t read_piece(int source, char *piece) {
  ssize_t count;
  do
    count = read(source, piece, PIECE);
  while (count < 0 && errno == EINTR);
  return count;
}

static reml_read_end read_all(int source, reml_kept *kept, reml_take *take, void *user) {
  char piece[PIECE];
  for (;;) {
    ssize_t count = read_piece(source, piece);
    if (count < 0) return REML_READ_FAILED;
    if (count == 0) return REML_READ_ALL;
    if (kept->wanted && !keep(kept, piece, (size_t)count)) return REML_READ_NO_MEMORY;
    if (!take(user, piece, (size_t)count)) return REML_READ_ALL;
  }
}

reml_read_end reml__input_read(const char *path, reml_kept *kept, reml_take *take, void *user) {
  int source = open_source(path);
  if (source < 0) return REML_READ_FAILED;
  reml_read_end end = read_all(source, kept, take, user);
  int reason = errno;
  if (source != STDIN_FILENO) close(source);
  errno = reason;
  return end;
}
