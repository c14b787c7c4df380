/* The run configuration: values, coercions, setters, persistence, and what a parse makes of it
 * (contract driver.md section 1, lexer.md section 10). */
#include "fixture.h"
#include "reml_config.h"
#include "tap.h"

#include <locale.h>
#include <math.h>
#include <string.h>

/* --- making values --- */

static reml_value bool_value(bool of) {
  return (reml_value){.kind = REML_VALUE_BOOL, .as.boolean = of};
}
static reml_value int_value(int64_t of) {
  return (reml_value){.kind = REML_VALUE_INT, .as.integer = of};
}
static reml_value float_value(double of) {
  return (reml_value){.kind = REML_VALUE_FLOAT, .as.number = of};
}
static reml_value id_value(int64_t of) {
  return (reml_value){.kind = REML_VALUE_PARSER_ID, .as.integer = of};
}
static reml_value text_value(const char *of) {
  return (reml_value){.kind = REML_VALUE_STRING, .as.string = reml_string_from(of)};
}
static reml_value list_value(const reml_value *items, size_t count) {
  return (reml_value){.kind = REML_VALUE_LIST, .as.list = {items, count}};
}

static void set(reml_config *config, const char *ns, const char *key, reml_value value) {
  if (reml_config_set(config, ns, key, &value) != REML_OK) tap_bail_out("a key cannot be set");
}

static reml_config with(const char *ns, const char *key, reml_value value) {
  reml_config config = reml_config_default();
  set(&config, ns, key, value);
  return config;
}

static bool is(reml_string text, const char *expected) {
  return reml__text_equals(text, expected);
}

/* --- defaults --- */

static void try_defaults(void) {
  reml_config config = reml_config_default();
  tap_ok(!config.require_eof && !config.packrat && !config.trace && !config.legacy_result &&
             !config.experimental_effects,
         "the switches are off");
  tap_ok(config.merge_warnings, "... but merge_warnings is on");
  tap_int(config.left_recursion, REML_LEFT_AUTO, "left_recursion is auto");
  tap_ok(config.locale.bytes == NULL, "locale is absent");
  tap_ok(config.extensions == NULL, "extensions are empty");
  tap_ok(config.max_bytes == REML_MAX_BYTES && config.max_depth == REML_DEFAULT_DEPTH,
         "the limits are those of the header");
  for (int i = 0; i < 4; i++) {
    reml_config legacy = reml_config_legacy(i & 1, i & 2);
    tap_ok(legacy.require_eof == (i & 1) && legacy.legacy_result == ((i & 2) != 0) &&
               legacy.merge_warnings && legacy.left_recursion == REML_LEFT_AUTO,
           "legacy(%d, %d) is the default with these two", i & 1, (i & 2) != 0);
  }
}

/* --- coercions --- */

static void try_integers(void) {
  static const struct {
    const char *text;
    bool decodes;
    int64_t number;
  } rows[] = {
      {"0", true, 0},
      {"42", true, 42},
      {"-42", true, -42},
      {"+42", true, 42},
      {"007", true, 7},
      {"1_000", true, 1000},
      {"1__0_", true, 10},
      {"0x1F", true, 31},
      {"0Xff", true, 255},
      {"0o17", true, 15},
      {"0O7", true, 7},
      {"0b101", true, 5},
      {"0B1", true, 1},
      {"0u9", true, 9},
      {"-0x10", true, -16},
      {"0x_1", false, 0},
      {"0x1_", true, 1},
      {"4611686018427387903", true, 4611686018427387903},
      {"4611686018427387904", false, 0},
      {"-4611686018427387904", true, -4611686018427387903 - 1},
      {"-4611686018427387905", false, 0},
      {"0x7fffffffffffffff", true, -1},
      {"0x8000000000000000", false, 0},
      {"99999999999999999999999", false, 0},
      {"", false, 0},
      {"-", false, 0},
      {"+", false, 0},
      {"_1", false, 0},
      {" 1", false, 0},
      {"1 ", false, 0},
      {"1.0", false, 0},
      {"1e3", false, 0},
      {"0x", false, 0},
      {"0b2", false, 0},
      {"0o8", false, 0},
      {"0xg", false, 0},
      {"--1", false, 0},
      {"+-1", false, 0},
      {"ten", false, 0},
  };
  int64_t number;
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_value value = text_value(rows[i].text);
    number = 0;
    bool decodes = reml_value_as_int(&value, &number);
    tap_ok(decodes == rows[i].decodes && (!decodes || number == rows[i].number),
           "the text '%s' %s an integer", rows[i].text, rows[i].decodes ? "is" : "is not");
  }
  reml_value values[] = {int_value(INT64_MIN), id_value(7), float_value(1), bool_value(true),
                         list_value(NULL, 0)};
  tap_ok(reml_value_as_int(&values[0], &number) && number == INT64_MIN, "an Int is an integer");
  tap_ok(reml_value_as_int(&values[1], &number) && number == 7, "a ParserId is an integer");
  for (size_t i = 2; i < TAP_COUNT(values); i++) {
    tap_ok(!reml_value_as_int(&values[i], &number), "a value of kind %d is no integer",
           (int)values[i].kind);
  }
  tap_ok(!reml_value_as_int(NULL, &number), "no value is no integer");
}

static void try_floats(void) {
  static const struct {
    const char *text;
    bool decodes;
    double number;
  } rows[] = {
      {"0.5", true, 0.5},  {"1", true, 1},   {"-1.5e2", true, -150}, {"1_0.2_5", true, 10.25},
      {".5", true, 0.5},   {"5.", true, 5},  {"0x1p4", true, 16},    {"+2", true, 2},
      {"", false, 0},      {"x", false, 0},  {"1,5", false, 0},      {"1.5 ", false, 0},
      {"1.5.5", false, 0}, {"1e", false, 0},
  };
  double number;
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_value value = text_value(rows[i].text);
    number = 0;
    bool decodes = reml_value_as_float(&value, &number);
    tap_ok(decodes == rows[i].decodes && (!decodes || fabs(number - rows[i].number) < 1e-12),
           "the text '%s' %s a float", rows[i].text, rows[i].decodes ? "is" : "is not");
  }
  reml_value values[] = {float_value(0.25), int_value(3), id_value(3), bool_value(true)};
  tap_ok(reml_value_as_float(&values[0], &number) && fabs(number - 0.25) < 1e-12,
         "a Float is a float");
  tap_ok(reml_value_as_float(&values[1], &number) && fabs(number - 3) < 1e-12, "an Int is a float");
  tap_ok(!reml_value_as_float(&values[2], &number), "a ParserId is no float");
  tap_ok(!reml_value_as_float(&values[3], &number), "a Bool is no float");
  tap_ok(!reml_value_as_float(NULL, &number), "no value is no float");
  /* Only when such a locale is installed can this differ. */
  const char *comma = setlocale(LC_NUMERIC, "de_DE.UTF-8");
  reml_value half = text_value("0.5");
  tap_ok(reml_value_as_float(&half, &number) && fabs(number - 0.5) < 1e-12,
         "the decimal point does not depend on the locale (%s)", comma ? comma : "C");
  setlocale(LC_NUMERIC, "C");
}

static void try_texts_and_bools(void) {
  reml_string text;
  bool flag;
  reml_value values[] = {text_value("on"), bool_value(true), int_value(1),
                         float_value(1),   id_value(1),      list_value(NULL, 0)};
  tap_ok(reml_value_as_string(&values[0], &text) && is(text, "on"), "a String is a text");
  tap_ok(reml_value_as_bool(&values[1], &flag) && flag, "a Bool is a switch");
  for (size_t i = 0; i < TAP_COUNT(values); i++) {
    if (i != 0) tap_ok(!reml_value_as_string(&values[i], &text), "kind %zu is no text", i);
    if (i != 1) tap_ok(!reml_value_as_bool(&values[i], &flag), "kind %zu is no switch", i);
  }
  tap_ok(!reml_value_as_string(NULL, &text), "no value is no text");
  tap_ok(!reml_value_as_bool(NULL, &flag), "no value is no switch");
}

static void try_lists(void) {
  reml_value items[] = {text_value("a"), int_value(1), text_value("b"), list_value(NULL, 0)};
  reml_recover_settings recover;
  reml_config config = with("recover", "sync_tokens", list_value(items, 4));
  tap_int(reml__config_recover(&config, &recover), REML_OK, "a list of texts is read");
  tap_ok(recover.sync_tokens.count == 2 && is(recover.sync_tokens.items[0], "a") &&
             is(recover.sync_tokens.items[1], "b"),
         "... without the members that are no texts");
  config = with("recover", "sync_tokens", text_value(";"));
  tap_int(reml__config_recover(&config, &recover), REML_OK, "a text is read");
  tap_ok(recover.sync_tokens.count == 1 && is(recover.sync_tokens.items[0], ";"),
         "... as a list of one");
  config = with("recover", "sync_tokens", int_value(1));
  tap_int(reml__config_recover(&config, &recover), REML_OK, "an integer is read");
  tap_int((int64_t)recover.sync_tokens.count, 0, "... as an empty list");
  tap_ok(!recover.notes, "notes are off by default");
  config = with("recover", "notes", text_value("true"));
  tap_ok(reml__config_recover(&config, &recover) == REML_OK && !recover.notes,
         "... and not turned on by a text");
  config = with("recover", "notes", bool_value(true));
  tap_ok(reml__config_recover(&config, &recover) == REML_OK && recover.notes, "... but by a Bool");
}

/* --- the known keys --- */

static void try_switches(void) {
  static const struct {
    const char *text;
    int is; /* -1: neither */
  } rows[] = {{"1", 1},      {"true", 1}, {"YES", 1}, {" on\n", 1}, {"0", 0},     {"False", 0},
              {"\tno\f", 0}, {"off", 0},  {"", -1},   {"2", -1},    {"\von", -1}, {"o n", -1}};
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    reml_config config = with("stream", "enabled", text_value(rows[i].text));
    tap_int(reml__config_stream(&config).enabled, rows[i].is == 1,
            "stream.enabled = '%s' turns it %s", rows[i].text, rows[i].is == 1 ? "on" : "off");
    config = with("stream", "packrat_enabled", text_value(rows[i].text));
    config.packrat = rows[i].is < 0;
    tap_int(reml__config_stream(&config).packrat_enabled, rows[i].is != 0,
            "stream.packrat_enabled = '%s' %s", rows[i].text,
            rows[i].is < 0 ? "leaves what packrat is" : "is what it says");
  }
  reml_config config = with("stream", "enabled", int_value(1));
  tap_ok(!reml__config_stream(&config).enabled, "stream.enabled is not turned on by an Int");
  config = with("stream", "packrat_enabled", int_value(5));
  tap_ok(reml__config_stream(&config).packrat_enabled, "but stream.packrat_enabled is");
  config = with("stream", "packrat_enabled", int_value(0));
  config.packrat = true;
  tap_ok(!reml__config_stream(&config).packrat_enabled, "... and turned off by 0");
}

static void try_stream_keys(void) {
  reml_config config = reml_config_default();
  reml_stream_settings stream = reml__config_stream(&config);
  tap_ok(!stream.enabled && stream.checkpoint.bytes == NULL && !stream.chunk_size.present &&
             !stream.flow.present && stream.flow_checkpoints_closed == 0,
         "without keys all is absent");
  set(&config, "stream", "checkpoint", text_value(" c "));
  set(&config, "stream", "demand_min_bytes", text_value("0x10"));
  set(&config, "stream", "demand_preferred_bytes", id_value(9));
  set(&config, "stream", "chunk_size", text_value("many"));
  set(&config, "stream", "flow_checkpoints_closed", bool_value(true));
  stream = reml__config_stream(&config);
  tap_ok(is(stream.checkpoint, " c "), "a checkpoint is not trimmed");
  tap_ok(stream.demand_min_bytes.present && stream.demand_min_bytes.number == 16,
         "a number may be a text");
  tap_ok(stream.demand_preferred_bytes.present && stream.demand_preferred_bytes.number == 9,
         "... or a parser id");
  tap_ok(!stream.chunk_size.present, "what is no number is absent");
  tap_int(stream.flow_checkpoints_closed, 1, "flow_checkpoints_closed may be a Bool");
  set(&config, "stream", "flow_policy", text_value(" AUTO\t"));
  stream = reml__config_stream(&config);
  tap_ok(stream.flow.present && stream.flow.automatic, "a policy is trimmed and lower-cased");
  set(&config, "stream", "flow_policy", text_value("fast"));
  tap_ok(!reml__config_stream(&config).flow.present, "an unknown policy is no flow");
  set(&config, "stream", "flow_throttle_ratio", int_value(1));
  stream = reml__config_stream(&config);
  tap_ok(stream.flow.present && !stream.flow.automatic, "one key makes a flow, which is manual");
}

/* --- keys --- */

typedef struct walk {
  bytes text;
  size_t most;
} walk;

static bool append_key(void *user, reml_string ns, reml_string key, const reml_value *value) {
  walk *self = user;
  bytes_add(&self->text, ns.bytes, ns.length);
  bytes_add_text(&self->text, ".");
  bytes_add(&self->text, key.bytes, key.length);
  bytes_add_text(&self->text, value->kind == REML_VALUE_INT ? "# " : " ");
  return --self->most > 0;
}

static void keys_are(const reml_config *config, const char *expected, const char *name) {
  walk self = {.most = SIZE_MAX};
  bytes_clear(&self.text);
  reml_config_each(config, append_key, &self);
  tap_text(self.text.data, expected, "%s", name);
  bytes_free(&self.text);
}

static void try_keys(void) {
  reml_config config = reml_config_default();
  reml_value one = int_value(1);
  keys_are(&config, "", "there are no keys");
  set(&config, "b", "z", one);
  set(&config, "a", "y", one);
  set(&config, "b", "x", one);
  keys_are(&config, "b.z# b.x# a.y# ", "keys are in the order of their insertion");
  set(&config, "b", "z", text_value("t"));
  keys_are(&config, "b.z b.x# a.y# ", "a key that is set again keeps its place");
  tap_int(reml_config_set(&config, "b", "z", NULL), REML_OK, "a key can be removed");
  keys_are(&config, "b.x# a.y# ", "... and is gone");
  tap_int(reml_config_set(&config, "b", "z", NULL), REML_OK, "... also when it is not there");
  tap_int(reml_config_set(&config, "b", "x", NULL), REML_OK, "the last key of a namespace");
  keys_are(&config, "a.y# ", "... takes the namespace with it");
  set(&config, "b", "x", one);
  keys_are(&config, "a.y# b.x# ", "... which comes last when it is there again");
  walk first = {.most = 1};
  reml_config_each(&config, append_key, &first);
  tap_text(first.text.data, "a.y# ", "a walk can be ended");
  bytes_free(&first.text);
  tap_int(reml_config_set(&config, "a", "y", NULL), REML_OK, "all of them");
  tap_int(reml_config_set(&config, "b", "x", NULL), REML_OK, "... can be removed");
  tap_ok(config.extensions == NULL, "then extensions are empty again");
  tap_ok(reml_config_get(&config, "a", "y") == NULL, "a key that is not there has no value");
  set(&config, "", "", one);
  tap_ok(reml_config_get(&config, "", "") != NULL, "empty names are names");
  tap_int(reml_config_set(NULL, "a", "b", &one), REML_BAD_USE, "no configuration is bad use");
  tap_int(reml_config_set(&config, NULL, "b", &one), REML_BAD_USE, "no namespace is bad use");
  tap_int(reml_config_set(&config, "a", NULL, &one), REML_BAD_USE, "no key is bad use");
  tap_ok(reml_config_get(NULL, "a", "b") == NULL && reml_config_get(&config, NULL, "b") == NULL &&
             reml_config_get(&config, "a", NULL) == NULL,
         "... and reading with them gives nothing");
}

static void try_copies(void) {
  char text[] = "text";
  reml_value items[] = {{.kind = REML_VALUE_STRING, .as.string = {text, 4}}, int_value(1)};
  reml_value nested[] = {list_value(items, 2)};
  reml_config config = with("ns", "list", list_value(nested, 1));
  memset(text, 'x', 4);
  items[1] = int_value(2);
  nested[0] = bool_value(false);
  const reml_value *kept = reml_config_get(&config, "ns", "list");
  tap_ok(kept && kept->kind == REML_VALUE_LIST && kept->as.list.count == 1, "a list is kept");
  const reml_value *inner = kept->as.list.items;
  tap_ok(inner->kind == REML_VALUE_LIST && inner->as.list.count == 2, "... with its list");
  tap_ok(is(inner->as.list.items[0].as.string, "text"), "... whose text is a copy");
  tap_int(inner->as.list.items[1].as.integer, 1, "... and whose number, too");
  reml_value zeros = {.kind = REML_VALUE_STRING, .as.string = {"a\0b", 3}};
  set(&config, "ns", "zeros", zeros);
  kept = reml_config_get(&config, "ns", "zeros");
  tap_bytes(kept->as.string.bytes, kept->as.string.length, "a\0b", 3, "a text may hold NUL");
}

static void try_deep_values(void) {
  enum { DEPTH = 5000 };
  static reml_value levels[DEPTH];
  reml_config config = reml_config_default();
  levels[0] = int_value(1);
  for (size_t i = 1; i < DEPTH; i++)
    levels[i] = list_value(&levels[i - 1], 1);
  tap_int(reml_config_set(&config, "a", "b", &levels[1000]), REML_OK,
          "a value of a thousand lists in each other is kept");
  tap_int(reml_config_set(&config, "a", "b", &levels[DEPTH - 1]), REML_BAD_CONFIG,
          "one of five thousand is not");
  tap_int(reml_config_get(&config, "a", "b")->kind, REML_VALUE_LIST, "... and changes nothing");
}

static void try_persistence(void) {
  reml_config first = with("ns", "key", int_value(1));
  reml_config second = first;
  set(&second, "ns", "key", int_value(2));
  set(&second, "ns", "more", int_value(3));
  set(&second, "other", "key", int_value(4));
  reml_config third = second;
  if (reml_config_set(&third, "ns", "key", NULL) != REML_OK) tap_bail_out("cannot remove");
  keys_are(&first, "ns.key# ", "a copy made before keeps its keys");
  tap_int(reml_config_get(&first, "ns", "key")->as.integer, 1, "... and its values");
  keys_are(&second, "ns.key# ns.more# other.key# ", "so does one made in between");
  tap_int(reml_config_get(&second, "ns", "key")->as.integer, 2, "... with its own value");
  keys_are(&third, "ns.more# other.key# ", "and the last has its own");
}

/* --- with_extension --- */

static reml_status edit_add(reml_config *config, const char *ns, void *user) {
  reml_value value = int_value(*(const int64_t *)user);
  reml_value stray = bool_value(true);
  reml_config_set(config, "elsewhere", "key", &stray);
  config->trace = true;
  return reml_config_set(config, ns, "added", &value);
}

static reml_status edit_clear(reml_config *config, const char *ns, void *user) {
  (void)user;
  if (reml_config_get(config, ns, "b") != NULL) reml_config_set(config, ns, "b", NULL);
  return reml_config_set(config, ns, "a", NULL);
}

static reml_status edit_fail(reml_config *config, const char *ns, void *user) {
  int64_t number = 1;
  (void)user;
  edit_add(config, ns, &number);
  return REML_BAD_CONFIG;
}

static void try_with_extension(void) {
  int64_t seven = 7;
  reml_config before = with("ns", "a", int_value(1)), after;
  set(&before, "ns", "b", int_value(2));
  tap_int(reml_config_with_extension(&before, "ns", edit_add, &seven, &after), REML_OK,
          "a namespace is edited");
  keys_are(&after, "ns.a# ns.b# ns.added# ", "... in the new configuration, and nothing else");
  tap_ok(!after.trace, "... and no field");
  keys_are(&before, "ns.a# ns.b# ", "the old one is as it was");
  tap_int(reml_config_with_extension(&before, "new", edit_add, &seven, &after), REML_OK,
          "an empty namespace can be edited");
  keys_are(&after, "ns.a# ns.b# new.added# ", "... and is there then");
  tap_int(reml_config_with_extension(&before, "ns", edit_clear, NULL, &after), REML_OK,
          "a namespace can be emptied");
  keys_are(&after, "", "... and is gone then");
  tap_int(reml_config_with_extension(&before, "none", edit_clear, NULL, &after), REML_OK,
          "also one that is empty");
  keys_are(&after, "ns.a# ns.b# ", "... which changes nothing");
  after = with("un", "touched", int_value(1));
  tap_int(reml_config_with_extension(&before, "ns", edit_fail, NULL, &after), REML_BAD_CONFIG,
          "an edit that fails is reported");
  keys_are(&after, "un.touched# ", "... and gives nothing");
  tap_int(reml_config_with_extension(&before, "ns", edit_add, &seven, &before), REML_OK,
          "a configuration can be replaced by its edition");
  keys_are(&before, "ns.a# ns.b# ns.added# ", "... in place");
  tap_ok(reml_config_with_extension(NULL, "ns", edit_add, &seven, &after) == REML_BAD_USE &&
             reml_config_with_extension(&before, NULL, edit_add, &seven, &after) == REML_BAD_USE &&
             reml_config_with_extension(&before, "ns", NULL, NULL, &after) == REML_BAD_USE &&
             reml_config_with_extension(&before, "ns", edit_add, &seven, NULL) == REML_BAD_USE,
         "missing arguments are bad use");
}

/* --- setters --- */

static void text_is(const reml_config *config, const char *ns, const char *key,
                    const char *expected, const char *name) {
  const reml_value *value = reml_config_get(config, ns, key);
  bool same = expected ? value && value->kind == REML_VALUE_STRING && is(value->as.string, expected)
                       : value == NULL;
  tap_ok(same, "%s", name);
}

static void try_setters(void) {
  reml_config config = reml_config_default();
  int64_t number = 12;
  tap_int(reml_config_set_stream_text(&config, "checkpoint", reml_string_from(" ")), REML_OK,
          "a stream text is set");
  text_is(&config, "stream", "checkpoint", " ", "... as it is, also when blank");
  reml_config_set_stream_text(&config, "checkpoint", (reml_string){NULL, 0});
  text_is(&config, "stream", "checkpoint", NULL, "... and removed when absent");
  tap_int(reml_config_set_stream_int(&config, "chunk_size", &number), REML_OK,
          "a stream number is set");
  tap_int(reml_config_get(&config, "stream", "chunk_size")->as.integer, 12, "... as an Int");
  reml_config_set_stream_int(&config, "chunk_size", NULL);
  tap_ok(reml_config_get(&config, "stream", "chunk_size") == NULL, "... and removed when absent");
  reml_config_set_stream_enabled(&config, true);
  tap_ok(reml_config_get(&config, "stream", "enabled")->as.boolean, "stream.enabled is set");
  reml_config_set_stream_enabled(&config, false);
  tap_ok(config.extensions == NULL, "... and removed when false, with its namespace");
  reml_config_set_effects_stage(&config, reml_string_from(" \tBeta\r\n"));
  text_is(&config, "effects", "stage", "beta", "a stage is trimmed and lower-cased");
  reml_config_set_effects_stage(&config, reml_string_from("\vX\xC3\x89\v"));
  text_is(&config, "effects", "stage", "\vx\xC3\x89\v", "... as far as ASCII and without VT");
  reml_config_set_effects_stage(&config, reml_string_from(" \n "));
  text_is(&config, "effects", "stage", NULL, "... and removed when blank");
  reml_config_set_effects_stage(&config, reml_string_from("x"));
  reml_config_set_effects_stage(&config, (reml_string){NULL, 0});
  text_is(&config, "effects", "stage", NULL, "... and when absent");
}

static void try_capabilities(void) {
  reml_config config = reml_config_default();
  reml_string names[] = {reml_string_from("net"), reml_string_from(" IO "), reml_string_from(""),
                         reml_string_from("io"),  reml_string_from("io2"),  reml_string_from("  "),
                         reml_string_from("NET")};
  tap_int(reml_config_set_required_capabilities(&config, names, TAP_COUNT(names)), REML_OK,
          "capabilities are set");
  const reml_value *value = reml_config_get(&config, "effects", "required_capabilities");
  tap_ok(value && value->kind == REML_VALUE_LIST && value->as.list.count == 3 &&
             is(value->as.list.items[0].as.string, "io") &&
             is(value->as.list.items[1].as.string, "io2") &&
             is(value->as.list.items[2].as.string, "net"),
         "... trimmed, lower-cased, sorted, unique and without blanks");
  reml_config_set_required_capabilities(&config, &names[2], 1);
  tap_ok(config.extensions == NULL, "... and removed when there are none");
  reml_config_set_required_capabilities(&config, names, 2);
  reml_config_set_required_capabilities(&config, NULL, 0);
  tap_ok(config.extensions == NULL, "... also when none are given");
  tap_int(reml_config_set_required_capabilities(&config, names, SIZE_MAX), REML_BAD_CONFIG,
          "more than memory can hold are refused");
}

/* --- the effective configuration of a parse --- */

static const char source[] = "# x\n#!y\n/* a /* b */ c */ \xE3\x81\x82";

/* What the parse of `text` says: its error's offset, or -1. */
static int64_t error_of(const reml_config *config, const char *text) {
  const reml_result *result = parse(config, text);
  return result->diagnostic_count > 0 ? (int64_t)result->diagnostics[0].span.start.offset : -1;
}

static void profile_is(const reml_config *config, const char *profile, const char *identifiers,
                       const char *name) {
  const reml_result *result = parse(config, "");
  text_is(&result->config, "lex", "profile", profile, name);
  text_is(&result->config, "config", "trivia", profile, "... also in config.trivia");
  text_is(&result->config, "lex", "identifier_profile", identifiers, "... with the identifiers'");
}

static void try_profiles(void) {
  static const struct {
    const char *written, *canonical;
  } rows[] = {{"strict_json", "strict_json"},
              {"Strict-JSON", "strict_json"},
              {"json_relaxed", "json_relaxed"},
              {"JSON-RELAXED", "json_relaxed"},
              {"toml-relaxed", "toml_relaxed"},
              {"Toml_Relaxed", "toml_relaxed"},
              {"Custom Name", "Custom Name"},
              {" toml_relaxed", " toml_relaxed"},
              {"", ""}};
  static const struct {
    const char *written, *canonical;
  } identifiers[] = {{"unicode", "unicode"},           {" Unicode\n", "unicode"},
                     {"ascii", "ascii-compat"},        {"ASCII_compat", "ascii-compat"},
                     {"ascii-compat", "ascii-compat"}, {"weird", "ascii-compat"},
                     {"  ", "ascii-compat"},           {"\vunicode", "ascii-compat"}};
  reml_config config = reml_config_default();
  profile_is(&config, "strict_json", "unicode", "by default the profile is strict_json");
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    config = with("lex", "profile", text_value(rows[i].written));
    profile_is(&config, rows[i].canonical, "unicode", rows[i].written);
    config = with("lex", "profile", text_value("toml_relaxed"));
    set(&config, "config", "trivia", text_value(rows[i].written));
    profile_is(&config, rows[i].canonical, "unicode", "config.trivia beats lex.profile");
  }
  for (size_t i = 0; i < TAP_COUNT(identifiers); i++) {
    config = with("lex", "identifier_profile", text_value(identifiers[i].written));
    profile_is(&config, "strict_json", identifiers[i].canonical, identifiers[i].written);
    tap_int(error_of(&config, "let \xE3\x81\x82 = 1"),
            strcmp(identifiers[i].canonical, "unicode") == 0 ? -1 : 4, "... which decides");
  }
  config = with("lex", "identifier_profile", int_value(1));
  profile_is(&config, "strict_json", "unicode", "an identifier profile that is no text is unicode");
  config = with("config", "trivia", int_value(1));
  set(&config, "lex", "profile", text_value("toml_relaxed"));
  profile_is(&config, "toml_relaxed", "unicode", "config.trivia that is no text is not there");
}

static void try_space_id(void) {
  reml_config config = with("lex", "space_id", text_value("0x10"));
  const reml_value *id = reml_config_get(&parse(&config, "")->config, "lex", "space_id");
  tap_ok(id && id->kind == REML_VALUE_PARSER_ID && id->as.integer == 16,
         "lex.space_id is written back as a parser id");
  config = with("lex", "space_id", text_value("x"));
  id = reml_config_get(&parse(&config, "")->config, "lex", "space_id");
  tap_ok(id && id->kind == REML_VALUE_STRING, "... or left alone when it is none");
  tap_ok(reml_config_get(&config, "lex", "profile") == NULL,
         "the configuration that was passed in stays as it is");
}

/* The bytes that are trivia under a configuration: the offset of what is not. */
static void try_overrides(void) {
  reml_value pair[] = {text_value("/*"), text_value("*/"), bool_value(false)};
  reml_value other[] = {text_value("(*"), text_value("*)")};
  reml_value wrong[] = {text_value("/*"), int_value(1)};
  reml_value flat[] = {list_value(pair, 3)}, nested[] = {list_value(pair, 2)};
  reml_value both[] = {list_value(other, 2), list_value(pair, 2), list_value(pair, 3)};
  reml_value broken[] = {list_value(pair, 3), list_value(wrong, 2)};
  reml_value shorter[] = {list_value(pair, 1)};
  static const char comment[] = "/* a /* b */ let x = 1";
  reml_config config = reml_config_default();
  tap_int(error_of(&config, source), 0, "by default # is no comment");
  set(&config, "lex", "hash_inline", bool_value(true));
  tap_int(error_of(&config, source), 4, "lex.hash_inline makes it one, but not #!");
  set(&config, "lex", "hash_inline", text_value("true"));
  tap_int(error_of(&config, source), 0, "... if it is a Bool");
  tap_int(error_of(&config, "#!y"), 0, "by default #! is no comment");
  set(&config, "lex", "shebang", bool_value(true));
  tap_int(error_of(&config, "#!y"), -1, "lex.shebang makes it one");
  tap_int(error_of(&config, "\n#!y"), 1, "... at the beginning");
  tap_int(error_of(&config, comment), (int64_t)sizeof comment - 1, "by default comments nest");
  const struct {
    reml_value value;
    bool nests;
    const char *name;
  } rows[] = {
      {list_value(flat, 1), false, "a pair with false does not nest"},
      {list_value(nested, 1), true, "a pair without it nests"},
      {list_value(NULL, 0), false, "no pair does not nest"},
      {list_value(both, 3), true, "the first pair that is slash and star decides"},
      {list_value(both, 1), false, "another pair does not nest"},
      {list_value(broken, 2), true, "a malformed pair makes the override void"},
      {list_value(shorter, 1), true, "... also one that is too short"},
      {text_value("/*"), true, "what is no list is ignored"},
  };
  for (size_t i = 0; i < TAP_COUNT(rows); i++) {
    config = with("lex", "block", rows[i].value);
    tap_int(error_of(&config, comment), rows[i].nests ? (int64_t)sizeof comment - 1 : -1, "%s",
            rows[i].name);
  }
  config = with("lex", "profile", text_value("toml_relaxed"));
  tap_int(error_of(&config, comment), -1, "toml_relaxed does not nest");
  set(&config, "lex", "block", list_value(nested, 1));
  tap_int(error_of(&config, comment), (int64_t)sizeof comment - 1, "... unless block says so");
}

static void try_require_eof(void) {
  for (int field = 0; field < 2; field++) {
    for (int key = -1; key < 2; key++) {
      reml_config config = reml_config_default();
      config.require_eof = field;
      if (key >= 0) set(&config, "config", "require_eof", bool_value(key));
      size_t expected = (key >= 0 ? key : field) ? 2 : 1;
      tap_int((int64_t)parse(&config, "let x = )")->diagnostic_count, (int64_t)expected,
              "require_eof %d with config.require_eof %d gives %zu errors", field, key, expected);
      reml_partial partial =
          reml_run_partial(new_context(), &config, reml_string_from("a"), "let x = )", 9);
      tap_int((int64_t)partial.result->diagnostic_count, key == 1 ? 2 : 1,
              "... and run_partial asks the key only");
    }
  }
  reml_config config = with("config", "require_eof", text_value("true"));
  tap_int((int64_t)parse(&config, "let x = )")->diagnostic_count, 1,
          "a config.require_eof that is no Bool is not there");
}

int main(int count, char **arguments) {
  static const tap_case cases[] = {
      {"defaults", try_defaults},
      {"integers", try_integers},
      {"floats", try_floats},
      {"texts and switches", try_texts_and_bools},
      {"lists", try_lists},
      {"switches of the stream", try_switches},
      {"keys of the stream", try_stream_keys},
      {"keys", try_keys},
      {"copies", try_copies},
      {"deep values", try_deep_values},
      {"persistence", try_persistence},
      {"with_extension", try_with_extension},
      {"setters", try_setters},
      {"capabilities", try_capabilities},
      {"profiles", try_profiles},
      {"space_id", try_space_id},
      {"overrides", try_overrides},
      {"require_eof", try_require_eof},
  };
  return tap_run(count, arguments, cases, TAP_COUNT(cases));
}
