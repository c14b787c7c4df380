/* Contextual words, words that their followers split, and L5 (contract-spec grammar-spec.md
 * sections 2.4 to 2.7 and 3). The tokens of this stage are the real and the virtual ones. */
#include "layout_parts.h"

static bool is_name(unsigned kind) {
  return traits_of(kind) & TRAIT_NAME;
}
static bool is_round(unsigned kind) {
  return traits_of(kind) & TRAIT_ROUND;
}
static bool is_brace(unsigned kind) {
  return traits_of(kind) & TRAIT_BRACE;
}

static bool opens_generics_or_parameters(unsigned kind) {
  return is_round(kind) || kind == REML_TOKEN_LT;
}

/* --- what the next token says of a word --- */

typedef enum verdict { KEYWORD, NAME, ASK_SECOND, ASK_BRACKET } verdict;

static verdict keyword_if(bool holds) {
  return holds ? KEYWORD : NAME;
}

static bool follows_async(unsigned next) {
  return is_name(next) || is_brace(next) || next == REML_TOKEN_FN || next == REML_TOKEN_UNSAFE ||
         next == REML_TOKEN_BAR || next == REML_TOKEN_OR || next == REML_TOKEN_SELF;
}

static bool follows_rec(unsigned next) {
  return is_name(next) || next == REML_TOKEN_SELF || next == REML_TOKEN_BAR ||
         next == REML_TOKEN_FN;
}

static bool follows_mut(unsigned next) {
  return is_name(next) || is_brace(next) || next == REML_TOKEN_LBRACKET ||
         next == REML_TOKEN_LBRACKET_BOL || next == REML_TOKEN_UNDERSCORE;
}

static bool undoes_end(unsigned next) {
  return next == REML_TOKEN_DOT || is_round(next) || next == REML_TOKEN_LBRACKET ||
         next == REML_TOKEN_LBRACKET_BOL || next == REML_TOKEN_EQ || next == REML_TOKEN_COLONEQ ||
         next == REML_TOKEN_QUESTION;
}

/* `first`: the next token is on another line. */
static verdict judge_by_next(reml_token_kind word, unsigned next, bool first) {
  switch (word) {
  case REML_TOKEN_CONST:
  case REML_TOKEN_STRUCT:
  case REML_TOKEN_ENUM: return keyword_if(!first && is_name(next));
  case REML_TOKEN_MACRO: return !first && is_name(next) ? ASK_SECOND : NAME;
  case REML_TOKEN_ACTOR: return keyword_if(!first && next == REML_TOKEN_SPEC);
  case REML_TOKEN_PATTERN: return is_round(next) ? ASK_SECOND : NAME;
  case REML_TOKEN_ASYNC: return keyword_if(!first && follows_async(next));
  case REML_TOKEN_AWAIT:
  case REML_TOKEN_NOT_WORD: return keyword_if(!first && (is_name(next) || next == REML_TOKEN_SELF));
  case REML_TOKEN_REC: return keyword_if(!first && follows_rec(next));
  case REML_TOKEN_MUT: return keyword_if(follows_mut(next));
  case REML_TOKEN_TEST: return !first && next == REML_TOKEN_STRING ? ASK_SECOND : NAME;
  case REML_TOKEN_TEST_PARSER: return next == REML_TOKEN_LPAREN ? ASK_BRACKET : NAME;
  case REML_TOKEN_CASE: return keyword_if(next == REML_TOKEN_STRING);
  case REML_TOKEN_ASM: return next == REML_TOKEN_LPAREN ? ASK_SECOND : NAME;
  case REML_TOKEN_LLVM: return keyword_if(next == REML_TOKEN_NOT);
  case REML_TOKEN_END: return keyword_if(first || !undoes_end(next));
  case REML_TOKEN_WHEN:
  case REML_TOKEN_NEW:
  case REML_TOKEN_ALIAS: return KEYWORD; /* the parser falls back */
  default: return NAME;
  }
}

static bool agrees_second(reml_token_kind word, unsigned next) {
  switch (word) {
  case REML_TOKEN_PATTERN: return next == REML_TOKEN_BAR;
  case REML_TOKEN_TEST: return is_brace(next);
  case REML_TOKEN_ASM: return next == REML_TOKEN_STRING;
  default: return is_round(next); /* macro */
  }
}

static bool starts_value(unsigned kind, bool first) {
  return !first && traits_of(kind) & TRAIT_VALUE_START;
}

/* --- decisions --- */

static void decide(slot *at, reml_token_kind kind) {
  at->token.kind = kind;
  at->waits &= (uint8_t)~WAITS_FOR_WORD;
}

/* `named_function`: what follows would make it the name of a function behind `let`. */
static void decide_name(slot *at, bool named_function) {
  decide(at, at->after_let && named_function ? REML_TOKEN_LETFN : REML_TOKEN_IDENT);
}

static void push_bracket(reml_layout *layout, size_t number, int why) {
  size_t count = layout->words.count;
  layout->words.brackets = room_for_one(layout->memory, layout->words.brackets, count,
                                        &layout->words.capacity, sizeof *layout->words.brackets);
  layout->words.brackets[layout->words.count++] =
      (word_bracket){layout->words.depth + 1, number, why};
  slot_at(layout, number)->waits |= WAITS_FOR_WORD;
}

/* Decides the word in front of the token, or lets it wait on. */
static void judge_word(reml_layout *layout, size_t number, unsigned next, bool first) {
  slot *at = slot_at(layout, number);
  bool named_function = opens_generics_or_parameters(next);
  switch (at->token.kind) {
  case REML_TOKEN_FN: decide(at, named_function ? REML_TOKEN_FNL : REML_TOKEN_FN); return;
  case REML_TOKEN_EFFECT:
    decide(at, is_brace(next) ? REML_TOKEN_EFFECT_DO : REML_TOKEN_EFFECT);
    return;
  case REML_TOKEN_BREAK:
    decide(at, starts_value(next, first) ? REML_TOKEN_BREAK_V : REML_TOKEN_BREAK);
    return;
  default: break;
  }
  switch (judge_by_next(at->token.kind, next, first)) {
  case ASK_SECOND: layout->words.second = number; break;
  case ASK_BRACKET: push_bracket(layout, number, BRACKET_TEST); break;
  case NAME: decide_name(at, named_function); break;
  case KEYWORD:
    decide(at, at->after_let && named_function ? REML_TOKEN_LETFN : at->token.kind);
    break;
  }
}

static void judge_second(reml_layout *layout, size_t number, unsigned next) {
  slot *at = slot_at(layout, number);
  layout->words.second = NONE;
  if (agrees_second(at->token.kind, next)) {
    decide(at, at->token.kind);
  } else {
    decide_name(at, at->token.kind != REML_TOKEN_TEST && at->token.kind != REML_TOKEN_MACRO);
  }
}

static void decide_bracket(reml_layout *layout, const word_bracket *bracket, bool holds) {
  slot *at = slot_at(layout, bracket->slot);
  switch (bracket->why) {
  case BRACKET_TEST:
    if (holds) {
      decide(at, at->token.kind);
    } else {
      decide_name(at, true);
    }
    break;
  case BRACKET_ROW:
    decide(at, at->token.kind);
    at->row = holds;
    break;
  case BRACKET_PARAMETERS: decide(at, holds ? REML_TOKEN_LPAREN_FN : REML_TOKEN_LPAREN); break;
  }
}

static void judge_closed(reml_layout *layout, unsigned next) {
  const word_bracket *closed = &layout->words.closed;
  bool holds = closed->why == BRACKET_PARAMETERS ? next == REML_TOKEN_ARROW : is_brace(next);
  layout->words.has_closed = false;
  decide_bracket(layout, closed, holds);
}

static void meet_closer(reml_layout *layout, unsigned kind) {
  size_t depth = layout->words.depth, count = layout->words.count;
  if (depth > 0) layout->words.depth--;
  if (count == 0 || layout->words.brackets[count - 1].depth != depth) return;
  word_bracket closed = layout->words.brackets[--layout->words.count];
  unsigned closer = closed.why == BRACKET_ROW ? REML_TOKEN_RBRACE : REML_TOKEN_RPAREN;
  layout->words.has_closed = kind == closer;
  layout->words.closed = closed;
  if (kind != closer) decide_bracket(layout, &closed, false);
}

/* What every token, a virtual one, too, means for those in front of it. */
static void meet(reml_layout *layout, unsigned kind, bool first) {
  size_t next = layout->words.next, second = layout->words.second;
  if (layout->words.has_closed) judge_closed(layout, kind);
  if (second != NONE) judge_second(layout, second, kind);
  if (next != NONE) {
    slot *word = slot_at(layout, next);
    layout->words.next = NONE;
    judge_word(layout, next, kind, first);
    bool mutable = word->token.kind == REML_TOKEN_MUT && layout->prev[AT_WORDS] == REML_TOKEN_MUT;
    layout->words.let_mut = mutable && word->after_let;
    layout->prev[AT_WORDS] = (uint8_t)word->token.kind;
  }
}

static void meet_end(reml_layout *layout) {
  while (layout->words.count > 0) {
    decide_bracket(layout, &layout->words.brackets[--layout->words.count], false);
  }
}

static void wait_for_next(reml_layout *layout, slot *at, size_t number) {
  at->waits |= WAITS_FOR_WORD;
  layout->words.next = number;
}

/* A word whose situation does not depend on what follows; the others wait. */
static void meet_word(reml_layout *layout, slot *at, size_t number) {
  uint8_t prev = layout->prev[AT_WORDS];
  switch (at->token.kind) {
  case REML_TOKEN_SPEC:
    if (prev == REML_TOKEN_ACTOR) return;
    break;
  case REML_TOKEN_MOVE:
    if (prev == REML_TOKEN_ASYNC) return;
    break;
  case REML_TOKEN_MUT:
    if (prev == REML_TOKEN_AMP) return;
    if (prev == REML_TOKEN_LET || prev == REML_TOKEN_VAR) {
      wait_for_next(layout, at, number);
      return;
    }
    break;
  case REML_TOKEN_END:
    if (at->first) {
      wait_for_next(layout, at, number);
      return;
    }
    break;
  case REML_TOKEN_WHEN:
  case REML_TOKEN_NEW:
  case REML_TOKEN_ALIAS:
    if (at->after_let) wait_for_next(layout, at, number);
    return;
  default: wait_for_next(layout, at, number); return;
  }
  at->token.kind = REML_TOKEN_IDENT;
  if (at->after_let) wait_for_next(layout, at, number);
}

static void meet_opener(reml_layout *layout, const slot *at, size_t number) {
  uint8_t prev = layout->prev[AT_WORDS];
  if (prev == REML_TOKEN_EFFECT_DO) {
    push_bracket(layout, number, BRACKET_ROW);
  } else if (at->token.kind == REML_TOKEN_LPAREN && reml__may_precede_parameters(prev)) {
    push_bracket(layout, number, BRACKET_PARAMETERS);
  }
  layout->words.depth++;
}

static void meet_token(reml_layout *layout, slot *at, size_t number) {
  uint32_t traits = traits_of(at->token.kind);
  uint8_t prev = layout->prev[AT_WORDS];
  at->after_let = (prev == REML_TOKEN_LET || (prev == REML_TOKEN_MUT && layout->words.let_mut)) &&
                  (at->token.kind == REML_TOKEN_IDENT || traits & TRAIT_WORD);
  if (traits & TRAIT_OPENER) {
    meet_opener(layout, at, number);
  } else if (traits & TRAIT_CLOSER) {
    meet_closer(layout, at->token.kind);
  } else if (traits & TRAIT_WORD) {
    meet_word(layout, at, number);
  } else if (at->after_let || at->token.kind == REML_TOKEN_FN ||
             at->token.kind == REML_TOKEN_EFFECT || at->token.kind == REML_TOKEN_BREAK) {
    wait_for_next(layout, at, number);
  }
}

void reml__layout_do_words(reml_layout *layout, slot *at, size_t number) {
  if (at->token.kind == REML_TOKEN_EOF) meet_end(layout);
  for (uint32_t i = 0; i < at->closes; i++) {
    meet(layout, REML_TOKEN_RBRACE, at->first);
    meet_closer(layout, REML_TOKEN_RBRACE);
    layout->prev[AT_WORDS] = REML_TOKEN_RBRACE;
  }
  if (at->opens) {
    meet(layout, REML_TOKEN_LBRACE, at->first);
    layout->words.depth++;
    layout->prev[AT_WORDS] = REML_TOKEN_LBRACE;
  }
  if (at->bar) {
    meet(layout, REML_TOKEN_VBAR, at->first);
    layout->prev[AT_WORDS] = REML_TOKEN_VBAR;
  }
  meet(layout, at->token.kind, at->first);
  meet_token(layout, at, number);
  layout->prev[AT_WORDS] = (uint8_t)at->token.kind;
}
