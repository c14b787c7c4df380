#include "tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned asserted, failed;

/* --- lines --- */

/* A name must not hold a line break, or `#`, which begins a directive. */
static void print_name(const char *format, va_list values) {
  char name[512];
  vsnprintf(name, sizeof name, format, values);
  for (const char *c = name; *c; c++) {
    if (*c == '#') putchar('\\');
    putchar(*c == '\n' ? ' ' : *c);
  }
}

static bool assertion(bool holds, const char *format, va_list values) {
  printf("%sok %u - ", holds ? "" : "not ", ++asserted);
  print_name(format, values);
  putchar('\n');
  if (!holds) failed++;
  return holds;
}

/* Bytes for people, cut to an excerpt. */
static void print_excerpt(const char *label, const char *bytes, size_t length, size_t from) {
  enum { BEFORE = 32, SHOWN = 96 };
  size_t start = from > BEFORE ? from - BEFORE : 0;
  printf("#   %s: ", label);
  if (start > 0) printf("...");
  for (size_t i = start; i < length && i < start + SHOWN; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    if (byte >= 0x20 && byte != 0x7F) {
      putchar(byte);
    } else {
      printf("\\x%02x", byte);
    }
  }
  printf("%s (%zu bytes)\n", length > start + SHOWN ? "..." : "", length);
}

/* --- assertions --- */

bool tap_ok(bool holds, const char *name, ...) {
  va_list values;
  va_start(values, name);
  assertion(holds, name, values);
  va_end(values);
  return holds;
}

bool tap_int(int64_t got, int64_t expected, const char *name, ...) {
  va_list values;
  va_start(values, name);
  if (!assertion(got == expected, name, values)) {
    printf("#   got: %" PRId64 "\n#   expected: %" PRId64 "\n", got, expected);
  }
  va_end(values);
  return got == expected;
}

bool tap_text(const char *got, const char *expected, const char *name, ...) {
  bool same = got == expected || (got && expected && strcmp(got, expected) == 0);
  va_list values;
  va_start(values, name);
  if (!assertion(same, name, values)) {
    printf("#   got: %s\n#   expected: %s\n", got ? got : "NULL", expected ? expected : "NULL");
  }
  va_end(values);
  return same;
}

bool tap_bytes(const char *got, size_t got_length, const char *expected, size_t expected_length,
               const char *name, ...) {
  size_t common = got_length < expected_length ? got_length : expected_length;
  size_t at = 0;
  while (at < common && got[at] == expected[at])
    at++;
  bool same = at == common && got_length == expected_length;
  va_list values;
  va_start(values, name);
  if (!assertion(same, name, values)) {
    printf("#   first difference at byte %zu\n", at);
    print_excerpt("got", got, got_length, at);
    print_excerpt("expected", expected, expected_length, at);
  }
  va_end(values);
  return same;
}

void tap_skip(const char *reason, const char *name, ...) {
  va_list values;
  printf("ok %u - ", ++asserted);
  va_start(values, name);
  print_name(name, values);
  va_end(values);
  printf(" # SKIP %s\n", reason);
}

void tap_note(const char *text, ...) {
  va_list values;
  va_start(values, text);
  printf("# ");
  vprintf(text, values);
  putchar('\n');
  va_end(values);
}

void tap_bail_out(const char *reason, ...) {
  va_list values;
  va_start(values, reason);
  printf("Bail out! ");
  vprintf(reason, values);
  putchar('\n');
  va_end(values);
  exit(255);
}

/* --- cases --- */

static bool is_chosen(const char *name, int count, char **arguments) {
  for (int i = 1; i < count; i++) {
    if (strstr(name, arguments[i]) != NULL) return true;
  }
  return count <= 1;
}

int tap_run(int argument_count, char **arguments, const tap_case *cases, size_t count) {
  setvbuf(stdout, NULL, _IOLBF, 0); /* what was shown is true even if the next step crashes */
  for (size_t i = 0; i < count; i++) {
    if (!is_chosen(cases[i].name, argument_count, arguments)) continue;
    tap_note("%s", cases[i].name);
    unsigned before = asserted;
    cases[i].run();
    if (asserted == before) tap_ok(false, "%s: asserts something", cases[i].name);
  }
  printf("1..%u\n", asserted);
  if (asserted == 0) fprintf(stderr, "%s: no case has such a name\n", arguments[0]);
  return failed > 0 || asserted == 0;
}
