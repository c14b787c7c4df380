/* Reading a source in pieces. */
#include "reml_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

int reml__input_open(const char *path, reml_open_how how) {
  if (!strcmp(path, "-")) return STDIN_FILENO;
  int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
  return open(path, how == REML_OPEN_AT_ONCE ? flags | O_NONBLOCK : flags);
}

void reml__input_close(int source) {
  if (source >= 0 && source != STDIN_FILENO) close(source);
}

bool reml__kept_add(reml_kept *kept, const char *bytes, size_t count) {
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

void reml__kept_trim(reml_kept *kept, size_t least) {
  size_t cut = kept->length > least ? kept->length - least : 0;
  size_t begin = cut;
  while (begin > 0 && kept->bytes[begin - 1] != '\n')
    begin--;
  if (begin == 0) begin = cut;
  memmove(kept->bytes, kept->bytes + begin, kept->length - begin);
  kept->length -= begin;
  kept->offset += begin;
}

/* A snippet ends with the line behind the mistake; of a very long one the beginning will do. */
enum { SNIPPET_TAIL = 1 << 16 };

bool reml__kept_shows(const reml_kept *kept, size_t offset) {
  size_t breaks = 0, from = offset > kept->offset ? offset - kept->offset : 0;
  for (size_t i = from; i + 1 < kept->length && breaks < 2; i++) {
    bool pair = kept->bytes[i] == '\r' && kept->bytes[i + 1] == '\n';
    breaks += (kept->bytes[i] == '\r' && !pair) || kept->bytes[i] == '\n';
  }
  return breaks == 2 || (kept->length > from && kept->length - from >= SNIPPET_TAIL);
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
    if (kept->wanted && !reml__kept_add(kept, piece, (size_t)count)) return REML_READ_NO_MEMORY;
    if (!take(user, piece, (size_t)count)) return REML_READ_ALL;
  }
}

reml_read_end reml__input_read(const char *path, reml_kept *kept, reml_take *take, void *user) {
  int source = reml__input_open(path, REML_OPEN_WAITING);
  if (source < 0) return REML_READ_FAILED;
  reml_read_end end = read_all(source, kept, take, user);
  int reason = errno;
  reml__input_close(source);
  errno = reason;
  return end;
}
