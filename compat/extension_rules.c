/* Which of the differences D3 to D13 explain that two answers differ (contract-spec grammar-spec.md
 * section 8). Each has places in the source. A tree must differ there and nowhere else; an error
 * must be there or behind it, but not behind the declaration of the file that it is in. */
#include "reml_extension.h"

#include <gc.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { MOST_PLACES = 4096 };

typedef struct place {
  int rule;
  uint32_t offset;
  uint32_t reach; /* where an error that has to do with it is at the latest */
} place;

typedef struct search {
  const reml_case *parity;
  reml_answer *reference, *spec;
  place places[MOST_PLACES];
  size_t count;
  reml_explanation found;
} search;

/* --- where a node is --- */

typedef struct extent {
  uint32_t start, end; /* equal: none */
} extent;

static extent join(extent one, extent other) {
  if (one.start == one.end || other.start == other.end) {
    return one.start == one.end ? other : one;
  }
  return (extent){one.start < other.start ? one.start : other.start,
                  one.end > other.end ? one.end : other.end};
}

/* From the span of a node, or those of its parts. */
static extent extent_of(const json_t *node) {
  size_t index;
  const char *key;
  json_t *child;
  const json_t *span = json_object_get(node, "span");
  extent all = {0, 0};
  if (json_is_array(span)) {
    return (extent){(uint32_t)json_integer_value(json_array_get(span, 0)),
                    (uint32_t)json_integer_value(json_array_get(span, 1))};
  }
  json_array_foreach((json_t *)node, index, child) {
    all = join(all, extent_of(child));
  }
  json_object_foreach((json_t *)node, key, child) {
    all = join(all, extent_of(child));
  }
  return all;
}

/* --- refused by the lexer: D3, D4, D5 --- */

static bool is_bidi_control(ucs4_t point) {
  return (point >= 0x200E && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

static bool is_normalized(const uint8_t *bytes, size_t length) {
  size_t size = 0;
  uint8_t *normal = u8_normalize(UNINORM_NFC, bytes, length, NULL, &size);
  bool same = normal != NULL && size == length && memcmp(normal, bytes, size) == 0;
  free(normal);
  return same;
}

static bool is_bad_name(const reml_answer *answer, const reml_seen_token *token) {
  const uint8_t *bytes = (const uint8_t *)answer->source.bytes;
  for (uint32_t at = token->start; at < token->end;) {
    ucs4_t point;
    int length = u8_mbtouc(&point, bytes + at, token->end - at);
    bool good = at == token->start ? point == '_' || uc_is_property_xid_start(point)
                                   : uc_is_property_xid_continue(point);
    if (!good || is_bidi_control(point)) {
      return true;
    }
    at += (uint32_t)length;
  }
  return !is_normalized(bytes + token->start, token->end - token->start);
}

/* The token of the reference in which the other profile's lexer stops. */
static int rule_of_lexical(const reml_answer *reference, const reml_answer *spec) {
  const reml_seen_token *token = reml__answer_token(reference, spec->refused_at);
  token -= token->first > spec->refused_at && token > reference->tokens;
  bool is_name = token->kind == REML_TOKEN_IDENT || token->kind == REML_TOKEN_UPPER_IDENT;
  if (is_name && token->start == spec->refused_at && token->end == spec->refused_end) {
    return is_bad_name(reference, token) ? 3 : 0;
  }
  if (token->kind == REML_TOKEN_CHAR && token->end - token->start == 3) {
    return (unsigned char)reference->source.bytes[token->start + 1] >= 0x80 ? 4 : 0;
  }
  bool is_normal = token->kind == REML_TOKEN_STRING && token->form == REML_FORM_NORMAL;
  bool at_escape = token->start > spec->refused_at + 1 &&
                   memcmp(reference->source.bytes + spec->refused_at, "\\u", 2) == 0;
  return is_normal && at_escape ? 5 : 0;
}

/* --- places of the others --- */

/* The first token behind the declaration of the file that the offset is in. */
static uint32_t end_of_reach(const reml_answer *reference, uint32_t offset) {
  size_t index;
  json_t *declaration, *declarations = json_object_get(reference->tree, "decls");
  json_array_foreach(declarations, index, declaration) {
    uint32_t end = extent_of(declaration).end;
    if (end > offset) {
      return reml__answer_token(reference, end)->first;
    }
  }
  return offset;
}

static void add_place(search *self, int rule, uint32_t offset, uint32_t reach) {
  if (self->count < MOST_PLACES) {
    self->places[self->count++] = (place){rule, offset, reach};
  }
}

static void add_token_place(search *self, int rule, uint32_t offset) {
  add_place(self, rule, offset, end_of_reach(self->reference, offset));
}

/* Of a float `1.` that a `.` or a name follows at once: its last byte. */
static bool is_split_float(const reml_answer *answer, const reml_seen_token *token) {
  if (token->kind != REML_TOKEN_FLOAT || answer->source.bytes[token->end - 1] != '.' ||
      token[1].start != token->end) {
    return false;
  }
  reml_token_kind next = token[1].kind;
  reml_token_category category = reml_token_category_of(next);
  return next == REML_TOKEN_DOT || next == REML_TOKEN_DOTDOT || next == REML_TOKEN_UNDERSCORE ||
         category == REML_CATEGORY_IDENTIFIER || category == REML_CATEGORY_KEYWORD;
}

static void find_reference_places(search *self) {
  const reml_answer *answer = self->reference;
  for (const reml_seen_token *token = answer->tokens; token->kind != REML_TOKEN_EOF; token++) {
    if (is_split_float(answer, token)) {
      add_token_place(self, 6, token->end - 1);
    }
    if (token->kind == REML_TOKEN_RETURN && token[1].kind == REML_TOKEN_AT) {
      add_token_place(self, 12, token[1].start);
    }
  }
}

static int rule_of_token(reml_token_kind kind) {
  switch (kind) {
  case REML_TOKEN_LETFN: return 10;
  case REML_TOKEN_LBRACE_TREC: return 11;
  default: return reml_token_category_of(kind) == REML_CATEGORY_WORD ? 9 : 0;
  }
}

typedef struct body_search {
  uint32_t offset;
  bool found;
} body_search;

static void find_body(void *user, json_t *node) {
  body_search *self = user;
  if (reml__node_is(node, "While") || reml__node_is(node, "For")) {
    self->found |= extent_of(json_object_get(node, "body")).start == self->offset;
  }
}

/* The brace of a body of `while` or `for` begins no typed record (D11). */
static bool is_loop_body(const reml_answer *reference, uint32_t offset) {
  body_search body = {.offset = offset};
  reml__each_node(reference->tree, find_body, &body);
  return body.found;
}

static void find_spec_places(search *self) {
  for (size_t i = 0; i < self->spec->count; i++) {
    const reml_seen_token *token = &self->spec->tokens[i];
    int rule = rule_of_token(token->kind);
    if (rule != 0 && !(rule == 11 && is_loop_body(self->reference, token->start))) {
      add_token_place(self, rule, token->start);
    }
  }
}

/* --- refused by the parser --- */

/* An expression in a pattern is an error in it, or at the token behind it. */
static void note_pattern(void *user, const json_t *node, bool is_pattern) {
  search *self = user;
  extent at = extent_of(node);
  if (!self->spec->accepted && !is_pattern) {
    add_place(self, 8, at.start, at.end);
  } else if (self->spec->accepted && is_pattern) {
    self->found.rules |= 1u << 8;
  }
}

static void explain_refusal(search *self) {
  uint32_t at = self->spec->refused_at;
  unsigned rules = 0;
  self->found.offset = at;
  if (self->spec->lexical) {
    int rule = rule_of_lexical(self->reference, self->spec);
    rules = rule == 0 ? 0 : 1u << rule;
  }
  for (size_t i = 0; i < self->count && !self->spec->lexical; i++) {
    const place *found = &self->places[i];
    if (found->offset <= at && at <= found->reach) {
      rules |= 1u << found->rule;
    }
  }
  self->found.rules |= rules;
  self->found.whole = rules != 0;
}

/* --- another tree --- */

static extent narrow(extent outer, const json_t *node) {
  extent own = extent_of(node);
  return own.start == own.end ? outer : own;
}

static bool holds(extent all, uint32_t offset) {
  return all.start <= offset && offset < all.end;
}

/* What differs, and where: NULL and no extent when one side has nothing. */
typedef struct pair {
  const json_t *left, *right;
  extent left_at, right_at;
} pair;

static pair narrowed(pair outer, const json_t *left, const json_t *right) {
  return (pair){left, right, narrow(outer.left_at, left), narrow(outer.right_at, right)};
}

static void explain_place(search *self, pair what) {
  unsigned rules = 0;
  for (size_t i = 0; i < self->count; i++) {
    uint32_t offset = self->places[i].offset;
    if (holds(what.left_at, offset) || holds(what.right_at, offset)) {
      rules |= 1u << self->places[i].rule;
    }
  }
  self->found.rules |= rules;
  if (rules == 0 && self->found.whole) {
    self->found.whole = false;
    self->found.offset = what.left == NULL ? what.right_at.start : what.left_at.start;
    self->found.reference = what.left;
    self->found.spec = what.right;
  }
}

static void explain_tree(search *self, pair what);

static extent extent_from(const json_t *list, size_t begin, size_t cut) {
  extent all = {0, 0};
  for (size_t i = begin; i + cut < json_array_size(list); i++) {
    all = join(all, extent_of(json_array_get(list, i)));
  }
  return all;
}

/* Lists of other lengths differ between what is equal at their beginnings and at their ends. */
static void explain_list(search *self, pair what) {
  size_t left = json_array_size(what.left), right = json_array_size(what.right);
  size_t least = left < right ? left : right, begin = 0, cut = 0;
  if (left == right) {
    for (size_t i = 0; i < left; i++) {
      explain_tree(self,
                   narrowed(what, json_array_get(what.left, i), json_array_get(what.right, i)));
    }
    return;
  }
  while (begin < least &&
         json_equal(json_array_get(what.left, begin), json_array_get(what.right, begin))) {
    begin++;
  }
  while (begin + cut < least && json_equal(json_array_get(what.left, left - 1 - cut),
                                           json_array_get(what.right, right - 1 - cut))) {
    cut++;
  }
  what.left_at = extent_from(what.left, begin, cut);
  what.right_at = extent_from(what.right, begin, cut);
  what.left = begin + cut < left ? json_array_get(what.left, begin) : NULL;
  what.right = begin + cut < right ? json_array_get(what.right, begin) : NULL;
  explain_place(self, what);
}

static bool has_same_members(const json_t *left, const json_t *right) {
  const char *key;
  json_t *value;
  const json_t *left_kind = json_object_get(left, "kind"), *kind = json_object_get(right, "kind");
  bool same = json_object_size(left) == json_object_size(right) &&
              (left_kind == NULL ? kind == NULL : json_equal(left_kind, kind));
  json_object_foreach((json_t *)left, key, value) {
    same = same && json_object_get(right, key) != NULL;
  }
  return same;
}

/* D10: the constructor pattern of a Let, and its value, are the name and the value of the other. */
static bool is_sugar(const search *self, pair what, const json_t **lambda) {
  const json_t *pattern = json_object_get(what.left, "pattern");
  const json_t *other = json_object_get(what.right, "pattern");
  *lambda = json_object_get(what.right, "value");
  bool same_name = pattern != NULL && other != NULL &&
                   json_equal(json_object_get(pattern, "name"), json_object_get(other, "ident"));
  for (size_t i = 0; i < self->count && same_name; i++) {
    if (self->places[i].rule == 10 && self->places[i].offset == extent_of(other).start) {
      return extent_of(*lambda).start == extent_of(other).start;
    }
  }
  return false;
}

static void explain_sugar(search *self, pair what, const json_t *lambda) {
  const json_t *arguments = json_object_get(json_object_get(what.left, "pattern"), "args");
  const json_t *parameters = json_object_get(lambda, "params");
  pair list = narrowed(what, arguments, parameters);
  self->found.rules |= 1u << 10;
  if (json_array_size(arguments) != json_array_size(parameters)) {
    explain_list(self, list);
    return;
  }
  for (size_t i = 0; i < json_array_size(arguments); i++) {
    const json_t *parameter = json_object_get(json_array_get(parameters, i), "pattern");
    explain_tree(self, narrowed(what, json_array_get(arguments, i), parameter));
  }
  explain_tree(self,
               narrowed(what, json_object_get(what.left, "type"), json_object_get(lambda, "ret")));
  explain_tree(
      self, narrowed(what, json_object_get(what.left, "value"), json_object_get(lambda, "body")));
}

/* Every difference between the trees must be at a place. */
static void explain_tree(search *self, pair what) {
  const char *key;
  const json_t *lambda;
  json_t *value;
  if (json_equal(what.left, what.right)) {
    return;
  }
  if (json_is_array(what.left) && json_is_array(what.right)) {
    explain_list(self, what);
    return;
  }
  if (is_sugar(self, what, &lambda)) {
    explain_sugar(self, what, lambda);
    return;
  }
  if (!json_is_object(what.left) || !json_is_object(what.right) ||
      !has_same_members(what.left, what.right)) {
    explain_place(self, what);
    return;
  }
  json_object_foreach((json_t *)what.left, key, value) {
    explain_tree(self, narrowed(what, value, json_object_get(what.right, key)));
  }
}

/* --- D7 and D13: line breaks --- */

static bool is_line_bracket(reml_token_kind kind) {
  return kind == REML_TOKEN_LPAREN_BOL || kind == REML_TOKEN_LBRACKET_BOL;
}

/* A bracket that the reference has for a call or an index across the break: it begins an arm (D13),
 * or anything else (D7). */
static bool is_at_break(const reml_answer *spec, size_t index, int rule) {
  const reml_seen_token *token = &spec->tokens[index];
  if (rule == 13) {
    reml_token_kind next = index + 1 < spec->count ? token[1].kind : REML_TOKEN_EOF;
    return token->kind == REML_TOKEN_VBAR &&
           (is_line_bracket(next) || next == REML_TOKEN_LPAREN || next == REML_TOKEN_LBRACKET);
  }
  bool is_arm = index > 0 && token[-1].kind == REML_TOKEN_VBAR;
  return is_line_bracket(token->kind) && !is_arm;
}

static bool has_break(const char *from, const char *end) {
  while (from < end && *from != '\n' && *from != '\r') {
    from++;
  }
  return from < end;
}

/* The brackets of the reference that are open in front of the offset: whether the innermost is a
 * brace, or there is none. */
static bool is_in_braces(const reml_answer *reference, uint32_t offset) {
  size_t closed = 0;
  const reml_seen_token *token = reml__answer_token(reference, offset);
  while (token > reference->tokens) {
    token--;
    switch (token->kind) {
    case REML_TOKEN_RPAREN:
    case REML_TOKEN_RBRACKET:
    case REML_TOKEN_RBRACE: closed++; break;
    case REML_TOKEN_LPAREN:
    case REML_TOKEN_LBRACKET:
      if (closed-- == 0) return false;
      break;
    case REML_TOKEN_LBRACE:
      if (closed-- == 0) return true;
      break;
    default: break;
    }
  }
  return true;
}

/* Blanks instead of what stands in front of such tokens; false when there are none. The lexer of
 * `spec` is not believed that there is a break and that L1 holds. */
static bool join_lines(const search *self, int rule, char *source) {
  uint32_t end = 0;
  bool found = false;
  for (size_t i = 0; i < self->spec->count; i++) {
    const reml_seen_token *token = &self->spec->tokens[i];
    if (is_at_break(self->spec, i, rule) && has_break(source + end, source + token->start) &&
        (rule == 13 || is_in_braces(self->reference, token->start))) {
      memset(source + end, ' ', token->start - end);
      found = true;
    }
    end = token->end > token->start ? token->end : end;
  }
  return found;
}

/* The reference does not look at line breaks: what it says of the case it says of the same with the
 * lines joined, where the rule does not hold. If the answer of `spec` is another one there, the
 * rule applies, and what is left to explain is that other answer. */
static const char *answer_joined(search *self, int rule) {
  reml_case again = *self->parity;
  reml_answer answer;
  again.source.data = GC_MALLOC_ATOMIC(again.source.length + 1);
  memcpy(again.source.data, self->spec->source.bytes, again.source.length);
  if (!join_lines(self, rule, again.source.data)) {
    return NULL;
  }
  const char *problem = reml__answer_take(&again, REML_PROFILE_SPEC, &answer);
  if (problem == NULL) {
    reml__reduce_tree(&answer);
    bool same = answer.accepted == self->spec->accepted &&
                (answer.accepted ? json_equal(answer.tree, self->spec->tree)
                                 : answer.refused_at == self->spec->refused_at);
    self->found.rules |= same ? 0 : 1u << rule;
  }
  reml__answer_free(self->spec);
  *self->spec = answer;
  return problem;
}

/* --- all of them --- */

reml_explanation reml__explain(const reml_case *parity, reml_answer *reference, reml_answer *spec) {
  search self = {.parity = parity, .reference = reference, .spec = spec, .found.whole = true};
  if (answer_joined(&self, 7) != NULL || answer_joined(&self, 13) != NULL) {
    self.found.whole = false;
    return self.found;
  }
  find_reference_places(&self);
  find_spec_places(&self);
  reml__extend_patterns(reference, note_pattern, &self);
  if (!spec->accepted) {
    explain_refusal(&self);
  } else if (!reml__same_tree(reference, spec)) {
    explain_tree(&self, (pair){.left = reference->tree, .right = spec->tree});
  }
  self.found.whole = self.found.whole && self.found.rules != 0;
  return self.found;
}
