/* `reml-compat extension`: the profile `spec` extends the profile `reference` (contract-spec
 * grammar-spec.md section 8). Of every case that the reference accepts, both profiles' trees are
 * taken. The reference's, changed as D1 to D5 want, must be the other one; if it is not, the other
 * differences that the contract lists must explain why. */
#include "reml_extension.h"
#include "reml_golden.h"
#include "reml_json.h"

#include <string.h>

typedef struct tally {
  size_t accepted, same, extended, unclassified;
  size_t first[REML_RULES + 1], any[REML_RULES + 1], refused[REML_RULES + 1];
  size_t guard_if, attributes, regex;
} tally;

/* --- what is not classified --- */

enum { SHOWN = 400 };

/* A value for people: cut, but not inside a character. */
static void show(reml_string value) {
  size_t length = value.length > SHOWN ? SHOWN : value.length;
  while (length < value.length && length > 0 &&
         ((unsigned char)value.bytes[length] & 0xC0) == 0x80) {
    length--;
  }
  fwrite(value.bytes, 1, length, stdout);
  fputs(length < value.length ? "...\n" : "\n", stdout);
}

static void show_json(reml_string text) {
  reml_bytes line = {0};
  reml_out json;
  reml__out_open(&json, reml__bytes_write, &line);
  reml__json_string(&json, text.bytes, text.length);
  reml__out_close(&json);
  show((reml_string){line.data, line.length});
  reml__bytes_free(&line);
}

static void show_tree(const json_t *tree) {
  char *text = tree == NULL ? NULL : json_dumps(tree, JSON_COMPACT | JSON_ENCODE_ANY);
  show(reml_string_from(text == NULL ? "nothing" : text));
  free(text);
}

enum { BEFORE = 100 }; /* bytes of a source that are shown in front of the place */

static void report(const char *id, const reml_answer *reference, const reml_answer *spec,
                   const reml_explanation *why) {
  uint32_t begin = why->offset > BEFORE ? why->offset - BEFORE : 0;
  printf("%s: not explained at byte %lu\n  source    ", id, (unsigned long)why->offset);
  show_json((reml_string){reference->source.bytes + begin, reference->source.length - begin});
  if (spec->accepted) {
    fputs("  reference ", stdout);
    show_tree(why->reference);
    fputs("  spec      ", stdout);
    show_tree(why->spec);
  } else {
    fputs("  spec      ", stdout);
    show(spec->message);
  }
}

/* --- one case --- */

static void count_rules(tally *self, unsigned rules, bool refused) {
  bool first = true;
  for (int i = 1; i <= REML_RULES; i++) {
    if (rules >> i & 1) {
      self->first[i] += first;
      self->any[i]++;
      self->refused[i] += refused && first;
      first = false;
    }
  }
}

static void count_additions(tally *self, reml_additions found) {
  self->guard_if += found.guard_if;
  self->attributes += found.attributes;
  self->regex += found.regex;
}

static void compare(tally *self, const reml_golden_case *found, reml_answer *reference,
                    reml_answer *spec) {
  if (reml__same_tree(reference, spec)) {
    self->same++;
    return;
  }
  reml_additions additions = reml__extend_tree(reference, spec);
  if (spec->accepted) {
    count_additions(self, additions);
  }
  if (reml__same_tree(reference, spec)) {
    self->extended++;
    return;
  }
  bool refused = !spec->accepted;
  reml_explanation why = reml__explain(&found->parity, reference, spec);
  if (why.whole) {
    count_rules(self, why.rules, refused);
  } else {
    self->unclassified++;
    report(found->id, reference, spec, &why);
  }
}

static const char *extend_case(void *user, const reml_golden_case *found) {
  tally *self = user;
  reml_answer reference, spec;
  if (!found->parity.has_source) {
    return NULL;
  }
  const char *problem = reml__answer_take(&found->parity, REML_PROFILE_REFERENCE, &reference);
  if (problem != NULL || !reference.accepted) {
    reml__answer_free(&reference);
    return problem;
  }
  self->accepted++;
  problem = reml__answer_take(&found->parity, REML_PROFILE_SPEC, &spec);
  if (problem == NULL) {
    compare(self, found, &reference, &spec);
  }
  reml__answer_free(&reference);
  reml__answer_free(&spec);
  return problem;
}

/* --- the summary --- */

static void print_share(const tally *self, size_t count, const char *what) {
  double all = self->accepted == 0 ? 1 : (double)self->accepted;
  printf("%6zu %5.1f%%  %s", count, 100 * (double)count / all, what);
}

static void print_rules(const tally *self) {
  for (int i = 1; i <= REML_RULES; i++) {
    char name[16];
    if (self->any[i] > 0) {
      snprintf(name, sizeof name, "D%d", i);
      print_share(self, self->first[i], name);
      printf(", %zu of them refused; applies to %zu\n", self->refused[i], self->any[i]);
    }
  }
}

static void print_summary(const tally *self) {
  print_share(self, self->accepted, "accepted by the reference\n");
  print_share(self, self->same, "equal as they are\n");
  print_share(self, self->extended, "equal after D1 to D5\n");
  print_rules(self);
  print_share(self, self->unclassified, "unclassified\n");
  printf("members that the tables of ast-spec.md add: guard_if in %zu, attributes in %zu, "
         "PatRegex in %zu\n",
         self->guard_if, self->attributes, self->regex);
}

int reml__extension(char *const *paths, size_t sample) {
  tally self = {0};
  bool usable = reml__golden_each(paths, sample, extend_case, &self);
  print_summary(&self);
  if (!usable) {
    return EXIT_UNUSABLE;
  }
  return self.unclassified > 0 ? EXIT_DIFFERENT : EXIT_PASSED;
}
