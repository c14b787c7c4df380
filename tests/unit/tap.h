/* A small producer of the Test Anything Protocol.
 *
 * A test program is a table of cases. Without arguments all of them run; with arguments those whose
 * name contains one of them. Every assertion prints one line, and says what was got and what was
 * expected when it fails; the plan comes last.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TAP_FORMAT(at) __attribute__((format(printf, at, at + 1)))
#else
#define TAP_FORMAT(at)
#endif

typedef struct tap_case {
  const char *name;
  void (*run)(void);
} tap_case;

#define TAP_COUNT(table) (sizeof(table) / sizeof *(table))

/* Runs the cases that the arguments choose; the exit code of the program. */
int tap_run(int argument_count, char **arguments, const tap_case *cases, size_t count);

/* Each prints one assertion and returns whether it holds. The name is a printf format. */
bool tap_ok(bool holds, const char *name, ...) TAP_FORMAT(2);
bool tap_int(int64_t got, int64_t expected, const char *name, ...) TAP_FORMAT(3);
bool tap_text(const char *got, const char *expected, const char *name, ...) TAP_FORMAT(3);
bool tap_bytes(const char *got, size_t got_length, const char *expected, size_t expected_length,
               const char *name, ...) TAP_FORMAT(5);

void tap_skip(const char *reason, const char *name, ...) TAP_FORMAT(2);
/* A comment line. */
void tap_note(const char *text, ...) TAP_FORMAT(1);
/* Ends the whole test run: the surroundings are not what every test needs. */
_Noreturn void tap_bail_out(const char *reason, ...) TAP_FORMAT(1);

#endif
