/* Bytes that grow, and lines of a plain or gzip file (reml_lines.h). */
#include "reml_lines.h"
#include "reml_case.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- bytes --- */

void reml__bytes_clear(reml_bytes *bytes) {
  bytes->length = 0;
}

void reml__bytes_free(reml_bytes *bytes) {
  free(bytes->data);
  *bytes = (reml_bytes){0};
}

static void make_room(reml_bytes *bytes, size_t count) {
  if (bytes->capacity - bytes->length >= count) {
    return;
  }
  size_t capacity = bytes->capacity * 2 + count + 256;
  char *data = realloc(bytes->data, capacity);
  if (data == NULL) {
    fputs("reml-compat: out of memory\n", stderr);
    exit(EXIT_UNUSABLE);
  }
  bytes->data = data;
  bytes->capacity = capacity;
}

void reml__bytes_add(reml_bytes *bytes, const char *data, size_t count) {
  make_room(bytes, count);
  if (count > 0) {
    memcpy(bytes->data + bytes->length, data, count);
    bytes->length += count;
  }
}

void reml__bytes_add_text(reml_bytes *bytes, const char *text) {
  reml__bytes_add(bytes, text, strlen(text));
}

bool reml__bytes_write(void *bytes, const char *data, size_t count) {
  reml__bytes_add(bytes, data, count);
  return true;
}

bool reml__bytes_read_file(reml_bytes *bytes, const char *path) {
  enum { PIECE = 1 << 16 };
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return false;
  }
  size_t got;
  do {
    make_room(bytes, PIECE);
    got = fread(bytes->data + bytes->length, 1, PIECE, file);
    bytes->length += got;
  } while (got > 0);
  int error = ferror(file) ? errno : 0; /* a directory opens but does not read */
  fclose(file);
  errno = error;
  return error == 0;
}

/* --- lines; zlib reads plain files too --- */

bool reml__lines_open(reml_lines *lines, const char *path) {
  *lines = (reml_lines){.file = gzopen(path, "rb")};
  return lines->file != NULL;
}

static bool read_more(reml_lines *lines) {
  char piece[1 << 16];
  int got = gzread(lines->file, piece, sizeof piece);
  if (got <= 0) {
    return false;
  }
  if (lines->at > 0) { /* what was given is no longer needed */
    memmove(lines->buffer.data, lines->buffer.data + lines->at, lines->buffer.length - lines->at);
    lines->buffer.length -= lines->at;
    lines->scanned -= lines->at;
    lines->at = 0;
  }
  reml__bytes_add(&lines->buffer, piece, (size_t)got);
  return true;
}

static bool give(reml_lines *lines, size_t end, reml_string *line) {
  *line = (reml_string){lines->buffer.data + lines->at, end - lines->at};
  lines->at = lines->scanned = end < lines->buffer.length ? end + 1 : end;
  lines->number++;
  return true;
}

bool reml__lines_next(reml_lines *lines, reml_string *line) {
  do {
    const char *data = lines->buffer.data;
    size_t left = lines->buffer.length - lines->scanned;
    const char *found = left == 0 ? NULL : memchr(data + lines->scanned, '\n', left);
    if (found != NULL) {
      return give(lines, (size_t)(found - data), line);
    }
    lines->scanned = lines->buffer.length;
  } while (read_more(lines));
  return lines->buffer.length > lines->at && give(lines, lines->buffer.length, line);
}

const char *reml__lines_close(reml_lines *lines) {
  int code;
  gzerror(lines->file, &code);
  gzclose_r(lines->file);
  reml__bytes_free(&lines->buffer);
  return code == Z_OK || code == Z_STREAM_END ? NULL : "the file is damaged or cannot be read";
}
