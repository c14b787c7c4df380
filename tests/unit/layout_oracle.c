/* The layout pass against a second one that reads the rules word for word (contract-spec
 * grammar-spec.md sections 1.6, 1.7, 2 and 3): passes over the whole list of tokens, one after the
 * other, with as much looking back and ahead as the text has. Both get the same random soups. */
#include "fixture.h"
#include "reml_layout.h"
#include "tap.h"

#include <gc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1024, NOWHERE = -1 };

typedef struct tok {
  reml_token_kind kind;
  bool first;
  uint32_t line, column, start, end;
  char text[16]; /* enough for the words that matter */
} tok;

typedef struct list {
  tok at[MOST];
  int count;
} list;

static void add(list *to, tok token) {
  if (to->count == MOST) tap_bail_out("a soup is too long");
  to->at[to->count++] = token;
}

static void add_virtual(list *to, reml_token_kind kind, const tok *in_front_of) {
  tok token = {.kind = kind,
               .first = in_front_of->first,
               .line = in_front_of->line,
               .column = in_front_of->column,
               .start = in_front_of->start,
               .end = in_front_of->start};
  add(to, token);
}

/* --- sets of kinds; the words are those of section 3 --- */

static bool is_one_of(reml_token_kind kind, ...) {
  va_list kinds;
  bool found = false;
  va_start(kinds, kind);
  for (int next = va_arg(kinds, int); next != 0; next = va_arg(kinds, int))
    found |= next == (int)kind;
  va_end(kinds);
  return found;
}
#define IS(kind, ...) is_one_of(kind, __VA_ARGS__, 0)
#define K(name) REML_TOKEN_##name

static bool is_word(reml_token_kind kind) {
  return reml_token_category_of(kind) == REML_CATEGORY_WORD || IS(kind, K(NEW), K(ALIAS));
}
static bool is_name(reml_token_kind kind) {
  return is_word(kind) || IS(kind, K(IDENT), K(UPPER_IDENT));
}
static bool is_literal(reml_token_kind kind) {
  return IS(kind, K(INT), K(FLOAT), K(STRING), K(CHAR));
}
static bool is_round(reml_token_kind kind) {
  return IS(kind, K(LPAREN), K(LPAREN_BOL), K(LPAREN_FN));
}
static bool is_square(reml_token_kind kind) {
  return IS(kind, K(LBRACKET), K(LBRACKET_BOL));
}
static bool is_brace(reml_token_kind kind) {
  return IS(kind, K(LBRACE), K(LBRACE_REC), K(LBRACE_TREC), K(LBRACE_SET));
}
static bool is_opener(reml_token_kind kind) {
  return is_round(kind) || is_square(kind) || is_brace(kind);
}
static bool is_closer(reml_token_kind kind) {
  return IS(kind, K(RPAREN), K(RBRACKET), K(RBRACE));
}
static bool is_ender(reml_token_kind kind) {
  return is_name(kind) || is_literal(kind) ||
         IS(kind, K(FIXITY), K(RPAREN), K(RBRACKET), K(RBRACE), K(QUESTION), K(UNDERSCORE), K(SELF),
            K(SUPER), K(TRUE), K(FALSE), K(BREAK), K(CONTINUE)) ||
         IS(kind, K(OPERATION), K(CHANNELS), K(EXECUTION), K(MONITORING), K(NEW), K(ALIAS));
}
static bool starts_statement(reml_token_kind kind) {
  return is_name(kind) || is_literal(kind) ||
         IS(kind, K(LET), K(VAR), K(IF), K(MATCH), K(FOR), K(WHILE), K(LOOP), K(RETURN), K(PERFORM),
            K(DO), K(HANDLE), K(UNSAFE), K(DEFER), K(BREAK), K(CONTINUE), K(TRUE), K(FALSE),
            K(SELF));
}
static bool starts_statement_in_brace(reml_token_kind kind) {
  return starts_statement(kind) || is_opener(kind) || IS(kind, K(FN), K(AT), K(NOT));
}
static bool is_introducer(reml_token_kind kind) {
  return IS(kind, K(EQ), K(ARROW), K(DARROW), K(THEN), K(ELSE), K(DO), K(BAR), K(OR));
}

/* --- brackets: a closer closes what is open, whatever it is --- */

static bool is_virtual(const tok *token) {
  return token->start == token->end && token->kind != K(EOF);
}

/* For each token the bracket that it is in, and for a bracket its other end. */
typedef struct brackets {
  int parent[MOST], partner[MOST];
} brackets;

static void match_brackets(const list *of, brackets *out) {
  static int open[MOST];
  int depth = 0;
  for (int i = 0; i < of->count; i++) {
    /* Brackets that are open at the end are closed by nothing, not by virtual braces either. */
    if (is_closer(of->at[i].kind) && is_virtual(&of->at[i])) {
      while (!is_virtual(&of->at[open[depth - 1]]))
        depth--;
    }
    bool closes = is_closer(of->at[i].kind) && depth > 0;
    out->parent[i] = depth > 0 ? open[depth - 1] : NOWHERE;
    out->partner[i] = NOWHERE;
    if (closes) {
      out->partner[i] = open[--depth];
      out->partner[open[depth]] = i;
    }
    if (is_opener(of->at[i].kind)) open[depth++] = i;
  }
}

/* The token behind i at its depth, skipping the group that i may open. */
static int behind(const list *of, const brackets *in, int i) {
  if (!is_opener(of->at[i].kind)) return i + 1;
  return in->partner[i] == NOWHERE ? of->count - 1 : in->partner[i] + 1;
}

/* --- sections 1.6, 1.7, 2.2, 2.3 --- */

static bool is_reserved(reml_token_kind kind) {
  return reml_token_category_of(kind) == REML_CATEGORY_KEYWORD && !IS(kind, K(NEW), K(ALIAS));
}

static void join_colons(const list *from, list *to) {
  to->count = 0;
  for (int i = 0; i < from->count; i++) {
    add(to, from->at[i]);
    if (from->at[i].kind != K(COLON) || from->at[i + 1].kind != K(COLON)) continue;
    to->at[to->count - 1].kind = K(DCOLON);
    to->at[to->count - 1].end = from->at[++i].end;
  }
}

static void name_labels_and_parts(list *in) {
  for (int i = 0; i + 1 < in->count; i++) {
    reml_token_kind kind = in->at[i].kind, next = in->at[i + 1].kind;
    bool dotted = i > 0 && IS(in->at[i - 1].kind, K(DOT), K(DCOLON));
    if (dotted && kind != K(SUPER) && (is_reserved(kind) || is_word(kind))) {
      in->at[i].kind = K(IDENT);
    } else if (is_reserved(kind) && !IS(kind, K(SELF), K(SUPER), K(TRUE), K(FALSE)) &&
               IS(next, K(COLON), K(EQ))) {
      in->at[i].kind = K(IDENT);
    }
  }
}

static void find_fixity(const list *from, list *to) {
  static const char words[] = " prefix postfix infix_left infix_right infix_nonassoc ternary ";
  to->count = 0;
  for (int i = 0; i < from->count; i++) {
    char word[20];
    const tok *next = &from->at[i + 1];
    add(to, from->at[i]);
    if (from->at[i].kind != K(COLON) || i == 0 || next->kind != K(IDENT) ||
        next->start != from->at[i].end ||
        !IS(from->at[i - 1].kind, K(LPAREN), K(LBRACKET), K(COMMA))) {
      continue;
    }
    snprintf(word, sizeof word, " %s ", next->text);
    if (strstr(words, word) == NULL) continue;
    to->at[to->count - 1].kind = K(FIXITY);
    to->at[to->count - 1].end = next->end;
    i++;
  }
}

/* --- does a token start an arm (L2)? --- */

static bool begins_arm(reml_token_kind kind) {
  return (is_name(kind) && kind != K(WHEN)) || is_literal(kind) || is_opener(kind) ||
         IS(kind, K(TRUE), K(FALSE), K(UNDERSCORE), K(MINUS), K(DOTDOT));
}

static bool is_shallow_line(const list *in, int i, uint32_t column) {
  return in->at[i].first && in->at[i].column < column;
}

/* `shallow`: a line with a smaller column ends the scan. */
static bool starts_arm(const list *in, const brackets *groups, int start, uint32_t shallow) {
  if (!begins_arm(in->at[start].kind)) return false;
  bool guard = false;
  for (int i = behind(in, groups, start); i < in->count; i = behind(in, groups, i)) {
    reml_token_kind kind = in->at[i].kind, last = in->at[i - 1].kind;
    if (is_shallow_line(in, i, shallow)) return false;
    if (kind == K(ARROW)) return true;
    if (in->at[i].first && !IS(kind, K(BAR), K(IF), K(WHEN))) return false;
    if (is_closer(kind) || kind == K(EOF)) return false;
    if (IS(kind, K(IF), K(WHEN))) {
      guard = true;
    } else if (guard) {
      if (IS(kind, K(SEMICOLON), K(COMMA), K(EQ), K(COLONEQ), K(DARROW), K(LET), K(VAR), K(FN),
             K(THEN))) {
        return false;
      }
    } else if (is_name(kind)) {
      if (is_name(last)) return false;
    } else if (!is_literal(kind) && !is_opener(kind) &&
               !IS(kind, K(TRUE), K(FALSE), K(UNDERSCORE), K(SELF), K(DOT), K(DCOLON), K(BAR),
                   K(DOTDOT), K(DOTDOTEQ), K(AT), K(AS), K(MINUS))) {
      return false;
    }
  }
  return false;
}

/* --- L3 --- */

/* Where the bracket around i begins, behind its opener. */
static int bracket_begin(const brackets *in, int i) {
  return in->parent[i] + 1;
}

static bool is_in_list(const list *in, const brackets *groups, int i) {
  int parent = groups->parent[i];
  return parent != NOWHERE && !is_brace(in->at[parent].kind);
}

/* Virtual braces that L3 puts in front of each token. */
typedef struct blocks {
  bool opens[MOST];
  int closes[MOST];
} blocks;

/* Does a `|` open or close the parameters of a closure, or is it a bar? And is token i in a header,
 * or between such bars? `closes` is known from `known` on. */
typedef struct place {
  bool header, parameters, arm_bar;
} place;

static bool is_behind_ender(const list *in, const blocks *found, int i) {
  return found->closes[i] > 0 || (i > 0 && is_ender(in->at[i - 1].kind));
}

static place place_until(const list *in, const brackets *groups, const blocks *found, int i,
                         bool with_it) {
  place now = {false, false, false};
  for (int j = bracket_begin(groups, i); j < i + with_it; j = behind(in, groups, j)) {
    reml_token_kind kind = in->at[j].kind;
    reml_token_kind last = j > 0 ? in->at[j - 1].kind : K(EOF);
    now.arm_bar = false;
    if (IS(kind, K(LET), K(VAR))) now.header = true;
    if (kind == K(EQ)) now.header = false;
    if (kind != K(BAR)) continue;
    if (now.parameters) {
      now.parameters = false;
    } else if (is_behind_ender(in, found, j)) {
      now.arm_bar = true;
    } else if (last != K(WITH)) {
      now.parameters = true;
    }
  }
  return now;
}

static place place_of(const list *in, const brackets *groups, const blocks *found, int i) {
  return place_until(in, groups, found, i, true);
}

static bool ends_element(const list *in, const brackets *groups, const blocks *found, int i) {
  if (in->at[i].kind != K(COMMA) || !is_in_list(in, groups, i)) return false;
  place at = place_of(in, groups, found, i);
  return !at.header && !at.parameters;
}

/* Is a block that opens at `from` closed in front of `to`, a token at its depth? */
static bool ends_block(const list *in, const brackets *groups, const blocks *found, int from,
                       int to) {
  const tok *token = &in->at[to];
  if (is_closer(token->kind) || token->kind == K(EOF)) return true;
  return is_shallow_line(in, to, in->at[from].column) || ends_element(in, groups, found, to);
}

/* Sets `closes` by `opens`, from the beginning. */
static void count_closes(const list *in, const brackets *groups, blocks *found) {
  memset(found->closes, 0, sizeof found->closes);
  for (int to = 0; to < in->count; to++) {
    int count = 0;
    for (int from = 0; from < to; from++) {
      if (!found->opens[from]) continue;
      int end = behind(in, groups, from);
      while (end < in->count - 1 && !ends_block(in, groups, found, from, end))
        end = behind(in, groups, end);
      count += end == to;
    }
    found->closes[to] = count;
  }
}

/* Has the candidate a second statement? What follows is decided already. */
static bool has_second_statement(const list *in, const brackets *groups, const blocks *found,
                                 int candidate) {
  uint32_t column = in->at[candidate].column;
  for (int i = behind(in, groups, candidate); i < in->count; i = behind(in, groups, i)) {
    reml_token_kind kind = in->at[i].kind;
    if (is_shallow_line(in, i, column) || is_closer(kind) || kind == K(EOF)) return false;
    if (IS(kind, K(THEN), K(ELSE), K(WITH)) || ends_element(in, groups, found, i)) return false;
    if (kind == K(BAR) && place_of(in, groups, found, i).arm_bar) return false;
    if (!in->at[i].first || in->at[i].column != column || !starts_statement(kind)) continue;
    if (is_behind_ender(in, found, i)) return !starts_arm(in, groups, i, column);
  }
  return false;
}

/* A bar that does not end the parameters of a closure introduces a pattern, and an arrow behind one
 * that does a type. */
static bool introduces_block(const list *in, const brackets *groups, const blocks *found, int i) {
  if (in->at[i].kind == K(BAR)) return place_until(in, groups, found, i, false).parameters;
  if (in->at[i].kind != K(ARROW) || i == 0) return true;
  if (in->at[i - 1].kind == K(OR)) return false;
  return in->at[i - 1].kind != K(BAR) || !introduces_block(in, groups, found, i - 1);
}

static bool may_be_candidate(const list *in, const brackets *groups, int i) {
  int line = i - 1; /* the first token of the introducer's line */
  while (line > 0 && !in->at[line].first)
    line--;
  return is_in_list(in, groups, i) && in->at[i].first && in->at[i].column > in->at[line].column &&
         starts_statement(in->at[i].kind);
}

static void open_blocks(const list *from, list *to) {
  static brackets groups;
  static blocks found;
  memset(&found, 0, sizeof found);
  match_brackets(from, &groups);
  /* From the end, so that what a candidate looks at is decided. */
  for (int i = from->count - 1; i > 0; i--) {
    if (!is_introducer(from->at[i - 1].kind)) continue;
    bool let = IS(from->at[i].kind, K(LET), K(VAR));
    if (!let && !may_be_candidate(from, &groups, i)) continue;
    count_closes(from, &groups, &found);
    if (!let && !introduces_block(from, &groups, &found, i - 1)) continue;
    found.opens[i] = let || has_second_statement(from, &groups, &found, i);
  }
  /* A brace that is closed in front of a token stands between it and its introducer. */
  count_closes(from, &groups, &found);
  for (int i = 0; i < from->count; i++) {
    if (found.opens[i] && found.closes[i] > 0) {
      found.opens[i] = false;
      count_closes(from, &groups, &found);
    }
  }
  to->count = 0;
  for (int i = 0; i < from->count; i++) {
    for (int j = 0; j < found.closes[i]; j++)
      add_virtual(to, K(RBRACE), &from->at[i]);
    if (found.opens[i]) add_virtual(to, K(LBRACE), &from->at[i]);
    add(to, from->at[i]);
  }
}

/* --- L4 --- */

static bool is_real_brace(const list *in, int i) {
  return i > 0 && is_brace(in->at[i].kind) && !is_virtual(&in->at[i]);
}

static bool is_impl_for(const list *in, const brackets *groups, int i) {
  bool impl = false;
  for (int j = bracket_begin(groups, i); j < i; j = behind(in, groups, j)) {
    if (in->at[j].kind == K(IMPL)) impl = true;
    if (IS(in->at[j].kind, K(FOR)) || (in->at[j].kind == K(LBRACE) && !is_virtual(&in->at[j])))
      impl = false;
  }
  return impl;
}

/* The brace behind the name of a handler. */
static bool is_of_handler(const list *in, const brackets *groups, int brace) {
  bool handler = false;
  for (int j = bracket_begin(groups, brace); j < brace; j = behind(in, groups, j)) {
    if (in->at[j].kind == K(HANDLER)) handler = true;
    if (is_real_brace(in, j) && is_ender(in->at[j - 1].kind)) handler = false;
  }
  return handler;
}

/* A closer that closes nothing is passed over. */
static void find_bodies(const list *in, const brackets *groups, bool *is_body) {
  memset(is_body, 0, MOST);
  for (int i = in->count - 1; i >= 0; i--) {
    bool loop =
        in->at[i].kind == K(WHILE) || (in->at[i].kind == K(FOR) && !is_impl_for(in, groups, i));
    for (int j = i + 1; loop && j < in->count; j = behind(in, groups, j)) {
      if (is_closer(in->at[j].kind) && groups->partner[j] != NOWHERE) break;
      if (!is_real_brace(in, j) || is_body[j] || !is_ender(in->at[j - 1].kind)) continue;
      if (is_of_handler(in, groups, j)) continue;
      is_body[j] = true;
      break;
    }
  }
}

static bool value_is_of_record(const list *in, const brackets *groups, int brace, int from) {
  for (int i = from; i < in->count; i = behind(in, groups, i)) {
    reml_token_kind kind = in->at[i].kind;
    if (kind == K(COMMA)) return true;
    if (IS(kind, K(SEMICOLON), K(COLONEQ)) || kind == K(EOF)) return false;
    if (in->at[i].first && is_ender(in->at[i - 1].kind) && starts_statement_in_brace(kind))
      return false;
    if (is_closer(kind)) return groups->partner[brace] == i && in->at[i].line == in->at[brace].line;
  }
  return false;
}

static reml_token_kind class_of(const list *in, const brackets *groups, int brace) {
  reml_token_kind one = in->at[brace + 1].kind, two = in->at[brace + 2].kind;
  bool typed = brace > 0 && !in->at[brace].first && in->at[brace - 1].kind == K(UPPER_IDENT);
  reml_token_kind record = typed ? K(LBRACE_TREC) : K(LBRACE_REC);
  if (groups->partner[brace] == brace + 1 && one == K(RBRACE))
    return typed ? K(LBRACE_TREC) : K(LBRACE);
  if (is_literal(one)) return two == K(COMMA) ? K(LBRACE_SET) : K(LBRACE);
  if (!is_name(one) && one != K(SELF)) return K(LBRACE);
  if (IS(two, K(COLON), K(COMMA))) return record;
  if (two != K(EQ)) return K(LBRACE);
  return value_is_of_record(in, groups, brace, brace + 3) ? record : K(LBRACE);
}

static void classify_braces(list *in, const brackets *groups) {
  static bool is_body[MOST];
  static reml_token_kind class[MOST];
  find_bodies(in, groups, is_body);
  for (int i = 0; i < in->count; i++) {
    class[i] = in->at[i].kind;
    if (class[i] == K(LBRACE) && !is_virtual(&in->at[i]) && !is_body[i])
      class[i] = class_of(in, groups, i);
  }
  for (int i = 0; i < in->count; i++)
    in->at[i].kind = class[i];
}

/* --- L1 --- */

static void mark_line_starts(list *in, const brackets *groups) {
  for (int i = 1; i < in->count; i++) {
    int parent = groups->parent[i];
    if (!in->at[i].first || !is_ender(in->at[i - 1].kind)) continue;
    if (parent != NOWHERE && !is_brace(in->at[parent].kind)) continue;
    if (in->at[i].kind == K(LPAREN)) in->at[i].kind = K(LPAREN_BOL);
    if (in->at[i].kind == K(LBRACKET)) in->at[i].kind = K(LBRACKET_BOL);
  }
}

/* --- L2 --- */

typedef enum phase { HEAD, BEFORE, PATTERN, BODY } phase;

/* The matches in progress in one bracket, the innermost last. */
typedef struct matches {
  uint8_t phases[MOST]; /* each a phase */
  int count;
  bool brace_form;
  bool parameters; /* between the bars of a closure in a body */
} matches;

static matches *new_matches(bool brace_form) {
  matches *made = GC_MALLOC(sizeof *made);
  made->brace_form = brace_form;
  if (brace_form) made->phases[made->count++] = PATTERN;
  return made;
}

static uint8_t *innermost(matches *of) {
  return of->count > 0 ? &of->phases[of->count - 1] : NULL;
}

/* The innermost match in its head goes on; those in its head are over. */
static bool leave_head(matches *of) {
  int head = of->count - 1;
  while (head >= 0 && of->phases[head] != HEAD)
    head--;
  if (head < 0) return false;
  of->phases[head] = BEFORE;
  of->parameters = false;
  of->count = head + 1;
  return true;
}

static void follow_match(matches *now, reml_token_kind kind, bool behind_ender) {
  uint8_t *inner = innermost(now);
  switch (kind) {
  case K(MATCH):
    now->phases[now->count++] = HEAD;
    now->parameters = false;
    break;
  case K(ARROW):
    if (inner != NULL && *inner != HEAD) *inner = BODY;
    break;
  case K(BAR):
    if (inner == NULL) break;
    if (*inner == BODY && (now->parameters || !behind_ender)) {
      now->parameters = !now->parameters;
    } else if (*inner == BODY || *inner == BEFORE) {
      *inner = PATTERN;
    }
    break;
  case K(COMMA):
    if (now->brace_form && !now->parameters) {
      now->phases[0] = PATTERN;
      now->count = 1;
    }
    break;
  default: break;
  }
}

static void insert_bars(const list *from, const brackets *groups, list *to) {
  static matches *open[MOST];
  int depth = 0;
  bool behind_with = false;
  open[0] = new_matches(false);
  to->count = 0;
  for (int i = 0; i < from->count; i++) {
    const tok *token = &from->at[i];
    matches *now = open[depth];
    uint8_t *inner = innermost(now);
    bool behind_ender = i > 0 && is_ender(from->at[i - 1].kind);
    bool next = token->first && behind_ender && inner != NULL && *inner == BODY;
    if ((behind_with || next) && starts_arm(from, groups, i, 0)) {
      add_virtual(to, K(VBAR), token);
      *inner = PATTERN;
      now->parameters = false;
    }
    add(to, *token);
    behind_with = token->kind == K(WITH) && from->at[i + 1].kind != K(HANDLER) && leave_head(now);
    follow_match(now, token->kind, behind_ender);
    if (is_closer(token->kind) && depth > 0) depth--;
    if (!is_opener(token->kind)) continue;
    bool brace_form = is_brace(token->kind) && token->kind != K(LBRACE_TREC) && inner != NULL &&
                      *inner == HEAD && behind_ender;
    if (brace_form) {
      now->count--;
      inner = innermost(now);
      if (inner != NULL && *inner != HEAD) *inner = BODY;
    }
    open[++depth] = new_matches(brace_form);
  }
}

/* --- sections 2.4 to 2.7, L5 --- */

static bool starts_value(reml_token_kind kind) {
  return is_name(kind) || is_literal(kind) || is_opener(kind) ||
         IS(kind, K(SUPER), K(DCOLON), K(UNDERSCORE), K(FIXITY), K(CONTINUE), K(TRUE), K(FALSE),
            K(SELF), K(MINUS), K(NOT), K(STAR), K(AMP), K(BAR), K(OR), K(IF), K(MATCH), K(WHILE)) ||
         IS(kind, K(FOR), K(LOOP), K(FN), K(RETURN), K(BREAK), K(DEFER), K(UNSAFE), K(EFFECT),
            K(DO), K(HANDLE), K(PERFORM), K(AT), K(HASH));
}

/* The token behind the group that i opens. */
static reml_token_kind behind_group(const list *in, const brackets *groups, int i,
                                    reml_token_kind closer) {
  int end = groups->partner[i];
  if (end == NOWHERE || in->at[end].kind != closer) return K(EOF);
  return in->at[end + 1].kind;
}

static bool is_keyword(const list *in, const brackets *groups, int i) {
  static const tok none = {.kind = K(EOF)};
  const tok *last = i > 0 ? &in->at[i - 1] : &none;
  const tok *one = &in->at[i + 1];
  const tok *two = i + 2 < in->count ? &in->at[i + 2] : &none;
  bool same = !one->first, name = is_name(one->kind), self = one->kind == K(SELF);
  switch (in->at[i].kind) {
  case K(CONST):
  case K(STRUCT):
  case K(ENUM): return same && name;
  case K(MACRO): return same && name && is_round(two->kind);
  case K(ACTOR): return same && one->kind == K(SPEC);
  case K(SPEC): return last->kind == K(ACTOR) && !in->at[i].first;
  case K(PATTERN): return is_round(one->kind) && two->kind == K(BAR);
  case K(ASYNC):
    return same &&
           (name || self || is_brace(one->kind) || IS(one->kind, K(FN), K(UNSAFE), K(BAR), K(OR)));
  case K(MOVE): return last->kind == K(ASYNC);
  case K(AWAIT):
  case K(NOT_WORD): return same && (name || self);
  case K(REC): return same && (name || self || IS(one->kind, K(BAR), K(FN)));
  case K(MUT):
    return last->kind == K(AMP) ||
           (IS(last->kind, K(LET), K(VAR)) &&
            (name || is_square(one->kind) || is_brace(one->kind) || one->kind == K(UNDERSCORE)));
  case K(TEST): return same && one->kind == K(STRING) && is_brace(two->kind);
  case K(TEST_PARSER):
    return one->kind == K(LPAREN) && is_brace(behind_group(in, groups, i + 1, K(RPAREN)));
  case K(CASE): return one->kind == K(STRING);
  case K(ASM): return one->kind == K(LPAREN) && two->kind == K(STRING);
  case K(LLVM): return one->kind == K(NOT);
  case K(END):
    return in->at[i].first &&
           (one->first || !(is_round(one->kind) || is_square(one->kind) ||
                            IS(one->kind, K(DOT), K(EQ), K(COLONEQ), K(QUESTION))));
  default: return true; /* when, new, alias: the parser falls back */
  }
}

static reml_token_kind resolve(const list *in, const brackets *groups, int i) {
  const tok *token = &in->at[i], *next = &in->at[i + 1];
  reml_token_kind last = i > 0 ? in->at[i - 1].kind : K(EOF);
  bool let = last == K(LET) || (last == K(MUT) && i > 1 && in->at[i - 2].kind == K(LET));
  bool named = let && (is_round(next->kind) || next->kind == K(LT));
  reml_token_kind kind = token->kind;
  switch (kind) {
  case K(FN): return is_round(next->kind) || next->kind == K(LT) ? K(FNL) : kind;
  case K(EFFECT): return is_brace(next->kind) ? K(EFFECT_DO) : kind;
  case K(BREAK): return !next->first && starts_value(next->kind) ? K(BREAK_V) : kind;
  case K(LPAREN):
    if (!IS(last, K(COLON), K(EQ))) return kind;
    return behind_group(in, groups, i, K(RPAREN)) == K(ARROW) ? K(LPAREN_FN) : kind;
  case K(WHEN):
  case K(NEW):
  case K(ALIAS):
  case K(END):
    if (named) return K(LETFN);
    break;
  case K(IDENT): return named ? K(LETFN) : kind;
  default: break;
  }
  if (!is_word(kind) || is_keyword(in, groups, i)) return kind;
  return named ? K(LETFN) : K(IDENT);
}

static void resolve_words(list *in, const brackets *groups, list *to) {
  to->count = 0;
  for (int i = 0; i < in->count; i++) {
    if (i > 0 && in->at[i - 1].kind == K(EFFECT_DO) &&
        is_brace(behind_group(in, groups, i, K(RBRACE)))) {
      add_virtual(to, K(EFFROW), &in->at[i]);
    }
    in->at[i].kind = resolve(in, groups, i);
    add(to, in->at[i]);
  }
}

/* --- the whole --- */

static reml_memory memory;

static uint32_t column_of(const char *source, uint32_t offset) {
  uint32_t column = 0;
  for (; offset > 0 && source[offset - 1] != '\n'; offset--)
    column += (source[offset - 1] & 0xC0) != 0x80;
  return column;
}

static reml_lexer *new_lexer(void) {
  return reml__lexer_new(&memory, (reml_lex_rules){.spec = true, .nested_comments = true});
}

static void read_tokens(const char *source, list *to) {
  reml_lexer *lexer = new_lexer();
  uint32_t line = 0;
  to->count = 0;
  reml__lexer_feed(lexer, source, strlen(source));
  reml__lexer_finish(lexer);
  do {
    reml_token from;
    if (reml__lexer_next(lexer, &from) != REML_LEX_TOKEN) tap_bail_out("soup: %s", source);
    tok token = {.kind = from.kind,
                 .first = from.start.line != line,
                 .line = from.start.line,
                 .column = column_of(source, from.start.offset),
                 .start = from.start.offset,
                 .end = from.end.offset};
    snprintf(token.text, sizeof token.text, "%.*s", (int)from.length, from.text);
    line = from.end.line;
    add(to, token);
  } while (to->at[to->count - 1].kind != K(EOF));
}

static list *by_the_text(const char *source) {
  static list one, two;
  static brackets groups;
  read_tokens(source, &one);
  join_colons(&one, &two);
  name_labels_and_parts(&two);
  find_fixity(&two, &one);
  open_blocks(&one, &two);
  match_brackets(&two, &groups);
  classify_braces(&two, &groups);
  mark_line_starts(&two, &groups);
  insert_bars(&two, &groups, &one);
  match_brackets(&one, &groups);
  resolve_words(&one, &groups, &two);
  return &two;
}

/* Reads the tokens of the layout pass; the bytes come in pieces, and after some of them the rest is
 * read by a fork. */
static void by_the_pass(const char *source, size_t piece, bool forks, list *to) {
  reml_lexer *lexer = new_lexer();
  reml_layout *layout = reml__layout_new(&memory, lexer);
  size_t length = strlen(source), at = 0;
  to->count = 0;
  for (;;) {
    reml_token from;
    reml_lex_status status = reml__layout_next(layout, &from);
    if (status == REML_LEX_ERROR) tap_bail_out("soup: %s", source);
    if (status == REML_LEX_MORE) {
      size_t count = length - at < piece ? length - at : piece;
      if (forks && at % 7 == 3) {
        lexer = reml__lexer_fork(lexer);
        layout = reml__layout_fork(layout, lexer);
      }
      reml__lexer_feed(lexer, source + at, count);
      if (count == 0) reml__lexer_finish(lexer);
      at += count;
      continue;
    }
    bool has_width = from.start.offset < from.end.offset;
    tok token = {.kind = from.kind,
                 .start = from.start.offset,
                 .end = has_width ? from.end.offset : from.start.offset};
    snprintf(token.text, sizeof token.text, "%.*s", (int)from.length, from.text);
    add(to, token);
    if (from.kind == K(EOF)) return;
  }
}

static bool same_tokens(const list *a, const list *b) {
  if (a->count != b->count) return false;
  for (int i = 0; i < a->count; i++) {
    const tok *x = &a->at[i], *y = &b->at[i];
    if (x->kind != y->kind || x->start != y->start || x->end != y->end) return false;
  }
  return true;
}

static void note_tokens(const char *title, const list *of) {
  static const char *const names[] = {
#define TOKEN(name, label, category) #name,
#include "reml_tokens.def"
#undef TOKEN
  };
  bytes line = {0};
  for (int i = 0; i < of->count; i++) {
    char text[64];
    snprintf(text, sizeof text, " %s@%u-%u", names[of->at[i].kind], of->at[i].start, of->at[i].end);
    bytes_add_text(&line, text);
  }
  tap_note("  %s:%s", title, line.data);
  bytes_free(&line);
}

/* --- soups --- */

static uint64_t seed = 20;
static uint32_t random_below(uint32_t limit) {
  return (uint32_t)(next_random(&seed) >> 16) % limit;
}

static const char *const common[] = {
    "a", "B", "1",  "\"s\"", "_",  "self", "(", ")", "[", "]", "{", "}", "{", "}",  "(",   ")",
    ",", "|", "->", "=",     ":=", ";",    ":", "a", "b", ".", "-", "+", "C", "..", "let", "true"};
static const char *const rare[] = {
    "module", "as",         "super",   "var",    "fn",      "type",     "impl",
    "effect", "operation",  "handler", "if",     "then",    "else",     "match",
    "with",   "for",        "in",      "while",  "loop",    "return",   "defer",
    "unsafe", "perform",    "do",      "handle", "false",   "break",    "continue",
    "new",    "alias",      "|>",      "@",      "=>",      "^",        "<",
    ">",      "&&",         "||",      "!",      "?",       "'c'",      "1.5",
    "const",  "struct",     "macro",   "actor",  "spec",    "pattern",  "async",
    "move",   "await",      "not",     "rec",    "mut",     "test",     "test_parser",
    "case",   "inline_asm", "llvm_ir", "when",   "end",     "::",       "...",
    "..=",    "++",         "&",       "#",      ":prefix", ":ternary", "/* c */",
    "/*\n*/", "channels",   "match",   "with",   "when",    "if",       "let",
    "->",     "|",          "=",       "match"};

static const char *const phrases[] = {"match a with",
                                      "match a {",
                                      "b ->",
                                      "| B ->",
                                      "when c",
                                      "a when match b with c",
                                      "with handler",
                                      "f(|a|",
                                      "(a =",
                                      "=>\n  a\n  b",
                                      "{ a =",
                                      "{ \"s\",",
                                      "B {",
                                      "B { a:",
                                      "while a",
                                      "for a in b {",
                                      "effect {",
                                      "effect { a } {",
                                      "test_parser (a) {",
                                      "= (a) ->",
                                      ": (",
                                      ") ->",
                                      "let f(",
                                      "let mut f(",
                                      "let a =",
                                      "= let a: B<C, D> = 1\n",
                                      "-> let a = b\n",
                                      "async move {",
                                      "break\n",
                                      "break 1",
                                      "end\n",
                                      "\nend",
                                      "actor spec",
                                      "macro a (",
                                      "pattern (|",
                                      "test \"s\" {",
                                      "impl A for B",
                                      "inline_asm(\"s\"",
                                      "llvm_ir!",
                                      "case \"s\"",
                                      ": :",
                                      "(:prefix",
                                      ", :ternary",
                                      "type:",
                                      ".if",
                                      "::match",
                                      "&mut",
                                      "fn(",
                                      "fn <",
                                      "not a",
                                      "const A",
                                      "a\n b\n b",
                                      "(=\n a\n b",
                                      "do\n   a\n   a ->",
                                      "else\n   a\n   if",
                                      "->\n  a(\n )\n  b",
                                      "[ ->\n    self\n    self"};

/* Each soup has a few words only, so that they meet. */
static void cook(bytes *out) {
  const char *words[14];
  size_t count = 5 + random_below(9);
  uint32_t breaks = 2 + random_below(8), deepest = 1 + random_below(6);
  for (size_t i = 0; i < count; i++) {
    uint32_t choice = random_below(3);
    words[i] = choice == 0   ? common[random_below(TAP_COUNT(common))]
               : choice == 1 ? rare[random_below(TAP_COUNT(rare))]
                             : phrases[random_below(TAP_COUNT(phrases))];
  }
  bytes_clear(out);
  bytes_add_text(out, ""); /* never without a NUL */
  for (uint32_t left = 3 + random_below(45); left > 0; left--) {
    const char *word = words[random_below((uint32_t)count)];
    if (random_below(5) == 0) word = common[random_below(TAP_COUNT(common))];
    bytes_add_text(out, word);
    if (random_below(breaks) == 0) {
      bytes_add_text(out, "\n");
      bytes_repeat(out, " ", random_below(deepest));
    } else if (strcmp(word, ":") != 0 || random_below(2)) {
      bytes_add_text(out, " ");
    }
  }
}

static void compare(void) {
  size_t soups = 30000 / thinned(), wrong = 0, wrong_pieces = 0;
  bytes source = {0};
  static list by_pass, by_pieces;
  for (size_t i = 0; i < soups && wrong + wrong_pieces < 3; i++) {
    cook(&source);
    const list *expected = by_the_text(source.data);
    by_the_pass(source.data, source.length + 1, false, &by_pass);
    if (!same_tokens(&by_pass, expected)) {
      wrong++;
      tap_note("soup %zu:\n%s", i, source.data);
      note_tokens("by the text", expected);
      note_tokens("by the pass", &by_pass);
    }
    by_the_pass(source.data, 1, i % 2, &by_pieces);
    bool texts = by_pass.count == by_pieces.count;
    for (int j = 0; texts && j < by_pass.count; j++)
      texts = strcmp(by_pass.at[j].text, by_pieces.at[j].text) == 0;
    if (!texts || !same_tokens(&by_pass, &by_pieces)) {
      wrong_pieces++;
      tap_note("soup %zu, byte by byte:\n%s", i, source.data);
      note_tokens("at once", &by_pass);
      note_tokens("byte by byte", &by_pieces);
    }
  }
  tap_int((int64_t)wrong, 0, "the pass does what the text says, in %zu soups", soups);
  tap_int((int64_t)wrong_pieces, 0, "... and the same byte by byte, with forks");
  bytes_free(&source);
}

static void try_soups(void) {
  if (setjmp(memory.unwind)) tap_bail_out("out of memory");
  compare();
}

int main(int argument_count, char **arguments) {
  static const tap_case cases[] = {{"soups", try_soups}};
  return tap_run(argument_count, arguments, cases, TAP_COUNT(cases));
}
