/* Options: reading them, --help, and the run configuration they make. */
#include "reml_options.h"
#include "reml_config.h"

#include <getopt.h>
#include <math.h>
#include <string.h>

enum kind {
  ON,
  OFF,
  CHOICE,
  TEXT,
  RAW,
  COUNT,
  LEVEL,
  FLOW,
  RATIO,
  IGNORED,
  EXPLAIN,
  SHOW_HELP,
  SHOW_VERSION,
  SHOW_INVENTORY
};

struct row {
  const char *name;
  enum kind kind;
  size_t offset; /* of the member in reml_options */
  const char *argument, *noun, *help;
};

static const struct row rows[] = {
#define SECTION(title)
#define OPTION(name, kind, member, argument, noun, help)                                           \
  {name, kind, offsetof(reml_options, member), argument, noun, help},
#define SHORT(letter, value, member)
#include "options.def"
};

static const struct short_row {
  char letter;
  const char *value;
  size_t offset;
} short_rows[] = {
#define SECTION(title)
#define OPTION(name, kind, member, argument, noun, help)
#define SHORT(letter, value, member) {letter, value, offsetof(reml_options, member)},
#include "options.def"
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { FIRST_LONG = 256 }; /* above every short option, so that getopt's answers do not meet */

static const reml_options defaults = {
    .audit_dir = {".", 1},
    .snippet = true,
    .merge_warnings = true,
    .profile = REML_PROFILE_SPEC,
    .left_recursion = REML_LEFT_AUTO,
    .verbose = 1,
};

static const char usage_text[] = "Usage: remlparse [options] FILE...\n";
static const char hint_text[] = "`remlparse --help` lists the options.\n";

/* ---- values ---- */

static void *member_of(reml_options *options, size_t offset) {
  return (char *)options + offset;
}

/* Item number `index` of a list "a|b|c"; absent past the last one. */
static reml_string choice_at(const char *list, int index) {
  for (; index > 0; index--) {
    list = strchr(list, '|');
    if (!list) return (reml_string){NULL, 0};
    list++;
  }
  return (reml_string){list, strcspn(list, "|")};
}

static int choice_number(const char *list, const char *value) {
  for (int number = 0;; number++) {
    reml_string item = choice_at(list, number);
    if (!item.bytes) return -1;
    if (item.length == strlen(value) && !memcmp(item.bytes, value, item.length)) return number;
  }
}

static void read_choice(reml_options *options, const struct row *row, const char *value) {
  int *member = member_of(options, row->offset);
  *member = choice_number(row->argument, value);
  if (*member >= 0) return;
  *member = *(const int *)((const char *)&defaults + row->offset);
  reml_string used = choice_at(row->argument, *member);
  fprintf(stderr, "Warning: unknown %s '%s', using '%.*s'\n", row->noun, value, (int)used.length,
          used.bytes);
}

/* Blanks as driver.md section 1 defines "trimmed": no vertical tab. */
static reml_string trimmed(const char *value) {
  static const char blanks[] = " \t\n\f\r";
  value += strspn(value, blanks);
  size_t length = strlen(value);
  while (length > 0 && strchr(blanks, value[length - 1]))
    length--;
  return (reml_string){length ? value : NULL, length};
}

static bool integer_of(const char *value, int64_t *out) {
  reml_value text = {.kind = REML_VALUE_STRING, .as.string = reml_string_from(value)};
  return reml_value_as_int(&text, out);
}

/* The sentences are the reference's own (diagnostics-json.md section 10). */
static void warn_integer(const struct row *row, const char *value) {
  fprintf(stderr, "Warning: --%s には 0 以上の整数を指定してください（入力値: %s）。\n", row->name,
          value);
}

static void read_count(reml_options *options, const struct row *row, const char *value) {
  int64_t number;
  if (!integer_of(value, &number) || number < 0) {
    warn_integer(row, value);
    return;
  }
  *(reml_optional_count *)member_of(options, row->offset) = (reml_optional_count){true, number};
}

static void read_level(reml_options *options, const struct row *row, const char *value) {
  int64_t number;
  if (!integer_of(value, &number)) {
    warn_integer(row, value);
    return;
  }
  options->verbose = number < 0 ? 0 : number > 3 ? 3 : number;
}

static void read_flow(reml_options *options, const struct row *row, const char *value) {
  if (choice_number(row->argument, value) >= 0) {
    options->flow_policy = reml_string_from(value);
    return;
  }
  fprintf(stderr, "Warning: --%s には manual または auto を指定してください（入力値: %s）。\n",
          row->noun, value);
}

static void read_ratio(reml_options *options, const struct row *row, const char *value) {
  reml_value text = {.kind = REML_VALUE_STRING, .as.string = reml_string_from(value)};
  double number;
  const char *what = "数値";
  if (reml_value_as_float(&text, &number) && isfinite(number)) {
    if (number >= 0.0 && number <= 1.0) {
      options->flow_throttle = (reml_optional_ratio){true, number};
      return;
    }
    what = "範囲で数値";
  }
  fprintf(stderr, "Warning: --%s には 0.0〜1.0 の%sを指定してください（入力値: %s）。\n", row->name,
          what, value);
}

static void read_row(reml_options *options, const struct row *row, const char *value) {
  void *member = member_of(options, row->offset);
  switch (row->kind) {
  case ON: *(bool *)member = true; return;
  case OFF: *(bool *)member = false; return;
  case CHOICE: read_choice(options, row, value); return;
  case TEXT: *(reml_string *)member = trimmed(value); return;
  case EXPLAIN:
  case RAW: *(reml_string *)member = reml_string_from(value); return;
  case COUNT: read_count(options, row, value); return;
  case LEVEL: read_level(options, row, value); return;
  case FLOW: read_flow(options, row, value); return;
  case RATIO: read_ratio(options, row, value); return;
  case IGNORED:
  case SHOW_HELP:
  case SHOW_VERSION:
  case SHOW_INVENTORY: return;
  }
}

static bool read_short(reml_options *options, int letter, const char *value) {
  for (size_t i = 0; i < COUNT_OF(short_rows); i++) {
    if (short_rows[i].letter != letter || strcmp(short_rows[i].value, value) != 0) continue;
    *(bool *)member_of(options, short_rows[i].offset) = true;
    return true;
  }
  return false;
}

/* ---- reading argv ---- */

static void fill_long_options(struct option *out) {
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    out[i] = (struct option){
        .name = rows[i].name,
        .has_arg = *rows[i].argument ? required_argument : no_argument,
        .val = FIRST_LONG + (int)i,
    };
  out[COUNT_OF(rows)] = (struct option){0};
}

/* ":" makes getopt tell a missing argument from an unknown option. */
static void fill_short_options(char *out) {
  *out++ = ':';
  for (size_t i = 0; i < COUNT_OF(short_rows); i++) {
    *out++ = short_rows[i].letter;
    *out++ = ':';
  }
  *out = '\0';
}

/* The element of argv that getopt has just read, without its separate argument. */
static const char *element_read(char **argv) {
  bool separate = optarg && optind >= 2 && optarg == argv[optind - 1];
  return argv[separate ? optind - 2 : optind - 1];
}

/* getopt also takes abbreviations. They are refused: a later option would change what they mean. */
static bool is_abbreviation(const char *element, const char *name) {
  size_t length = strcspn(element + 2, "=");
  return length != strlen(name);
}

static reml_request refuse(const char *what, const char *element, const char *rest) {
  fprintf(stderr, "remlparse: %s '%s'%s\n%s%s", what, element, rest, usage_text, hint_text);
  return REML_REQUEST_NONE;
}

static reml_request refuse_answer(int answer, char **argv) {
  char letter[] = {'-', (char)optopt, '\0'};
  if (answer == ':' && optopt < FIRST_LONG) return refuse("option", letter, " needs an argument");
  if (answer == ':') return refuse("option", argv[optind - 1], " needs an argument");
  if (optopt >= FIRST_LONG)
    return refuse("option", argv[optind - 1], " has an argument but takes none");
  return refuse("unknown option", optopt ? letter : argv[optind - 1], "");
}

static reml_request read_answer(reml_options *options, int answer, char **argv) {
  if (answer == ':' || answer == '?') return refuse_answer(answer, argv);
  const char *element = element_read(argv);
  if (answer < FIRST_LONG)
    return read_short(options, answer, optarg) ? REML_REQUEST_PARSE
                                               : refuse("unknown option", element, "");
  const struct row *row = &rows[answer - FIRST_LONG];
  if (is_abbreviation(element, row->name)) return refuse("unknown option", element, "");
  if (row->kind == SHOW_HELP) return REML_REQUEST_HELP;
  if (row->kind == SHOW_VERSION) return REML_REQUEST_VERSION;
  if (row->kind == SHOW_INVENTORY) return REML_REQUEST_INVENTORY;
  read_row(options, row, optarg);
  return row->kind == EXPLAIN ? REML_REQUEST_EXPLAIN : REML_REQUEST_PARSE;
}

/* On standard output, of an accepted file. */
static bool prints_anything(const reml_options *options) {
  return options->emit_ast || options->emit_ast_json || options->emit_source ||
         options->emit_tokens || options->emit != REML_EMIT_NONE || options->dump_continuation;
}

reml_request reml__options_read(int argc, char **argv, reml_options *out) {
  struct option long_options[COUNT_OF(rows) + 1];
  char short_options[2 * COUNT_OF(short_rows) + 2];
  fill_long_options(long_options);
  fill_short_options(short_options);
  *out = defaults;
  opterr = 0;
  int answer;
  while ((answer = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
    reml_request request = read_answer(out, answer, argv);
    if (request != REML_REQUEST_PARSE) return request;
  }
  if (out->streaming && out->emit == REML_EMIT_DECLARATIONS &&
      (out->emit_ast || out->emit_ast_json || out->emit_source))
    return refuse("options", "--streaming --emit declarations",
                  " keep no tree for --emit-ast, --emit-ast-json or --emit-source");
  if (out->streaming && out->emit_tokens)
    return refuse("option", "--streaming", " keeps no source for --emit-tokens");
  if (out->format == REML_FORMAT_SARIF && prints_anything(out))
    return refuse("option", "--format sarif", " needs standard output for itself");
  out->files = argv + optind;
  out->file_count = argc - optind;
  if (out->file_count > 0) return REML_REQUEST_PARSE;
  fputs("Error: no input file\n", stderr);
  return REML_REQUEST_NONE;
}

/* ---- the run configuration ---- */

struct setting {
  reml_config_key key;
  reml_value value;
};

static reml_value flag_value(bool flag) {
  return (reml_value){.kind = REML_VALUE_BOOL, .as.boolean = flag};
}

static reml_value text_value(reml_string text) {
  return (reml_value){.kind = REML_VALUE_STRING, .as.string = text};
}

static reml_value literal_value(const char *text) {
  return text_value(reml_string_from(text));
}

static const char *left_recursion_name(const reml_options *options) {
  static const char *const names[] = {"off", "on", "auto"};
  return names[options->left_recursion];
}

/* An absent text is not set at all. */
static reml_status set_all(reml_config *config, const struct setting *settings, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const reml_value *value = &settings[i].value;
    if (value->kind == REML_VALUE_STRING && !value->as.string.bytes) continue;
    reml_status status = reml__config_set_value(config, settings[i].key, value);
    if (status != REML_OK) return status;
  }
  return REML_OK;
}

static reml_status set_namespaces(const reml_options *options, reml_config *config) {
  bool has_profile = options->lex_profile.bytes;
  const struct setting settings[] = {
      {REML_KEY_CONFIG_SOURCE_TEXT, literal_value("cli")},
      {REML_KEY_CONFIG_REQUIRE_EOF_BOOL, flag_value(options->require_eof)},
      {REML_KEY_CONFIG_PACKRAT_BOOL, flag_value(options->packrat)},
      {REML_KEY_CONFIG_LEFT_RECURSION_TEXT, literal_value(left_recursion_name(options))},
      {REML_KEY_CONFIG_TRACE_BOOL, flag_value(options->trace)},
      {REML_KEY_CONFIG_MERGE_WARNINGS_BOOL, flag_value(options->merge_warnings)},
      {REML_KEY_CONFIG_EXPERIMENTAL_EFFECTS_BOOL, flag_value(options->experimental_effects)},
      {REML_KEY_CONFIG_LEGACY_RESULT_BOOL, flag_value(true)},
      {REML_KEY_RECOVER_MODE_TEXT,
       options->recover ? literal_value("collect") : text_value((reml_string){NULL, 0})},
      {REML_KEY_LEX_PROFILE_TEXT,
       has_profile ? text_value(options->lex_profile) : literal_value("strict_json")},
      {REML_KEY_LEX_IDENTIFIER_PROFILE_TEXT, text_value(options->identifier_profile)},
      {REML_KEY_EFFECTS_TYPE_ROW_MODE_TEXT, literal_value("ty-integrated")},
      {REML_KEY_EFFECTS_REGISTRY_PATH_TEXT, text_value(options->capabilities)},
  };
  return set_all(config, settings, COUNT_OF(settings));
}

static reml_status set_stream_texts(const reml_options *options, reml_config *config) {
  const struct setting settings[] = {
      {REML_KEY_STREAM_CHECKPOINT_TEXT, text_value(options->checkpoint)},
      {REML_KEY_STREAM_RESUME_HINT_TEXT, text_value(options->resume_hint)},
      {REML_KEY_STREAM_FLOW_POLICY_TEXT, text_value(options->flow_policy)},
  };
  return set_all(config, settings, COUNT_OF(settings));
}

static reml_status set_stream_numbers(const reml_options *options, reml_config *config) {
  const struct {
    reml_config_key key;
    const reml_optional_count *count;
  } counts[] = {
      {REML_KEY_STREAM_DEMAND_MIN_BYTES_INT, &options->demand_min},
      {REML_KEY_STREAM_DEMAND_PREFERRED_BYTES_INT, &options->demand_preferred},
      {REML_KEY_STREAM_CHUNK_SIZE_INT, &options->chunk_size},
      {REML_KEY_STREAM_FLOW_MAX_LAG_BYTES_INT, &options->flow_max_lag},
      {REML_KEY_STREAM_FLOW_DEBOUNCE_MS_INT, &options->flow_debounce},
  };
  for (size_t i = 0; i < COUNT_OF(counts); i++) {
    reml_value number = {.kind = REML_VALUE_INT, .as.integer = counts[i].count->value};
    reml_status status =
        reml__config_set_value(config, counts[i].key, counts[i].count->set ? &number : NULL);
    if (status != REML_OK) return status;
  }
  if (!options->flow_throttle.set) return REML_OK;
  reml_value ratio = {.kind = REML_VALUE_FLOAT, .as.number = options->flow_throttle.value};
  return reml__config_set_value(config, REML_KEY_STREAM_FLOW_THROTTLE_RATIO_FLOAT, &ratio);
}

reml_status reml__options_config(const reml_options *options, reml_config *out) {
  *out = reml_config_legacy(options->require_eof, true);
  out->profile = (reml_profile)options->profile;
  out->allow_top_level_expr = options->allow_top_level_expr;
  out->packrat = options->packrat;
  out->trace = options->trace;
  out->merge_warnings = options->merge_warnings;
  out->experimental_effects = options->experimental_effects;
  out->left_recursion = (reml_left_recursion)options->left_recursion;
  reml_status status = set_namespaces(options, out);
  if (status == REML_OK && options->effect_stage.bytes)
    status = reml_config_set_effects_stage(out, options->effect_stage);
  if (status == REML_OK && options->streaming) status = reml_config_set_stream_enabled(out, true);
  if (status == REML_OK) status = set_stream_texts(options, out);
  if (status == REML_OK) status = set_stream_numbers(options, out);
  return status;
}

/* ---- --help ---- */

static void help_row(FILE *to, const char *name, const char *argument, const char *help) {
  int width = fprintf(to, "  --%s%s%s", name, *argument ? " " : "", argument);
  if (!*help) {
    fputs("\n", to);
    return;
  }
  if (width > 32) width = fprintf(to, "\n") - 1;
  fprintf(to, "%*s%s\n", 34 - width, "", help);
}

void reml__options_help(FILE *to) {
  fputs(usage_text, to);
  fputs("Parses Reml files. `-` is standard input, shown as <stdin>. `--option value` and\n"
        "`--option=value` mean the same.\n",
        to);
#define SECTION(title) fputs("\n" title ":\n", to);
#define OPTION(name, kind, member, argument, noun, help) help_row(to, name, argument, help);
#define SHORT(letter, value, member)
#include "options.def"
  fputs("\nExit status: 0 all files were accepted; 1 a bad option, no file, or a file that does\n"
        "not parse; 2 a file that cannot be read, output that cannot be written, out of memory;\n"
        "with streaming, 128 and the number of the signal that ended it (130 for Ctrl-C).\n",
        to);
}
