/* What codes mean: --explain. */
#include "reml_explain.h"
#include "reml_json.h"

#include <string.h>
#include <unilbrk.h>

typedef struct explanation {
  const char *code, *title[2], *text[2], *wrong, *right;
} explanation;

static const explanation explanations[] = {
#define CODE(name, code, profiles, title, title_ja, text, text_ja, wrong, right)                   \
  {code, {title, title_ja}, {text, text_ja}, wrong, right},
#include "explain.def"
#undef CODE
};

enum { COUNT = sizeof explanations / sizeof *explanations, LONGEST = 80 };

/* ---- finding ---- */

static const explanation *find(reml_string code) {
  for (size_t i = 0; i < COUNT; i++) {
    const char *text = explanations[i].code;
    if (strlen(text) == code.length && memcmp(text, code.bytes, code.length) == 0)
      return &explanations[i];
  }
  return NULL;
}

/* The one that so many come before. */
const char *reml_explained_code(size_t index) {
  for (size_t i = 0; i < COUNT; i++) {
    size_t before = 0;
    for (size_t other = 0; other < COUNT; other++)
      before += strcmp(explanations[other].code, explanations[i].code) < 0;
    if (before == index) return explanations[i].code;
  }
  return NULL;
}

static size_t smaller(size_t left, size_t right) {
  return left < right ? left : right;
}

/* How many letters must be changed, added or left out. */
static size_t distance(reml_string from, const char *to) {
  size_t row[LONGEST + 1], width = strlen(to);
  for (size_t i = 0; i <= width; i++)
    row[i] = i;
  for (size_t at = 0; at < from.length; at++) {
    size_t diagonal = row[0]++;
    for (size_t i = 1; i <= width; i++) {
      size_t above = row[i], change = diagonal + (from.bytes[at] != to[i - 1]);
      row[i] = smaller(change, 1 + smaller(above, row[i - 1]));
      diagonal = above;
    }
  }
  return row[width];
}

/* A part of a code is as near as the code itself. SIZE_MAX: not near. */
static size_t badness(reml_string code, const char *other) {
  if (code.length > LONGEST || strlen(other) > LONGEST) return SIZE_MAX;
  if (code.length > 2 && memmem(other, strlen(other), code.bytes, code.length) != NULL) return 0;
  const char *last = strrchr(other, '.') + 1;
  size_t far = smaller(distance(code, other), distance(code, last));
  return far <= 2 + code.length / 4 ? far : SIZE_MAX;
}

const char *reml_similar_code(reml_string code, size_t index) {
  for (size_t i = 0; code.bytes != NULL && i < COUNT; i++) {
    size_t bad = badness(code, explanations[i].code), before = 0;
    if (bad == SIZE_MAX) continue;
    for (size_t other = 0; other < COUNT; other++) {
      size_t worse = badness(code, explanations[other].code);
      before += worse < bad || (worse == bad && other < i);
    }
    if (before == index) return explanations[i].code;
  }
  return NULL;
}

/* ---- printing ---- */

enum { WIDTH = 80, LONGEST_TEXT = 4096 };

#define CODE(NAME, code, profiles, title, title_ja, text, text_ja, wrong, right)                   \
  _Static_assert(sizeof text <= LONGEST_TEXT && sizeof text_ja <= LONGEST_TEXT, code);
#include "explain.def"
#undef CODE

/* In lines that end where the rules of Unicode allow it, without the blank there. */
static void write_wrapped(reml_out *out, const char *text) {
  char breaks[LONGEST_TEXT];
  size_t length = strlen(text);
  u8_width_linebreaks((const uint8_t *)text, length, WIDTH, 0, 0, NULL, "UTF-8", breaks);
  for (size_t i = 0; i < length; i++) {
    bool ends = i + 1 < length && breaks[i + 1] == UC_BREAK_POSSIBLE;
    if (breaks[i] == UC_BREAK_POSSIBLE) reml__out_char(out, '\n');
    if (text[i] != ' ' || !ends) reml__out_char(out, text[i]);
  }
  reml__out_char(out, '\n');
}

static void write_example(reml_out *out, reml_language language, reml_message title,
                          const char *source) {
  if (*source == '\0') return;
  reml__out_char(out, '\n');
  reml__out_text(out, reml__message(title, language));
  reml__out_text(out, "\n\n");
  while (*source != '\0') {
    size_t length = strcspn(source, "\n");
    reml__out_text(out, "    ");
    reml__out_bytes(out, source, length);
    reml__out_char(out, '\n');
    source += length + 1;
  }
}

reml_status reml_write_explanation(const reml_context *context, reml_string locale,
                                   reml_string code, reml_write *write, void *user) {
  reml_out out;
  reml_config config = {.locale = locale};
  const explanation *found = code.bytes != NULL ? find(code) : NULL;
  if (found == NULL || write == NULL) return REML_BAD_USE;
  reml_language language = reml__language(&config, context);
  reml__out_open(&out, write, user);
  reml__out_text(&out, found->code);
  reml__out_text(&out, ": ");
  reml__out_text(&out, found->title[language]);
  reml__out_text(&out, "\n\n");
  write_wrapped(&out, found->text[language]);
  write_example(&out, language, REML_SAY_EXAMPLE_WRONG, found->wrong);
  write_example(&out, language, REML_SAY_EXAMPLE_RIGHT, found->right);
  return reml__out_close(&out);
}
