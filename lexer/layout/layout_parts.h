/* What the parts of the layout pass share: the ring of tokens and the state of each stage.
 *
 * Tokens run through five stages in the order of section 3. A stage looks at a token once, when the
 * stage before has decided everything that concerns it, and may leave its own decision open until
 * later tokens have come; the token waits in the ring that long. What waits is remembered in the
 * frame of the bracket that it looks at, so a token meets only the decisions of its own depth.
 */
#ifndef LAYOUT_PARTS_H
#define LAYOUT_PARTS_H

#include "reml_layout.h"
#include "traits.h"
#include <string.h>

static const size_t NONE = SIZE_MAX;

/* Stages that can let a token wait. */
enum { WAITS_FOR_BLOCK = 1, WAITS_FOR_BRACE = 2, WAITS_FOR_ARM = 4, WAITS_FOR_WORD = 8 };

typedef struct slot {
  reml_token token;
  uint64_t text_at; /* of the kept texts, once the text is among them */
  size_t link;      /* the next slot of the same list */
  uint32_t column;  /* only of tokens for which it can matter */
  uint32_t closes;  /* virtual `}` in front */
  uint8_t waits;
  bool kept;      /* the text has been copied */
  bool first;     /* on its line */
  bool opens;     /* a virtual `{` in front */
  bool bar;       /* a virtual bar in front */
  bool row;       /* EFFROW in front */
  bool after_let; /* a name that may be a function's */
  bool body;      /* a brace that is the body of a loop, a branch or a handler, and no pattern */
} slot;

/* --- L3 --- */

typedef struct virtual_block {
  size_t slot; /* of the first token */
  size_t link; /* the next block that waits for the same scan */
  uint32_t column;
  enum { BLOCK_OPEN, BLOCK_UNDECIDED, BLOCK_REFUSED } state;
} virtual_block;

typedef struct block_frame {
  size_t blocks;    /* where its blocks begin */
  size_t undecided; /* where its candidates begin in the list of them */
  size_t scanned;   /* blocks that open unless the token under scan starts an arm */
  uint32_t column;  /* of those */
  uint8_t scan;     /* arm_scan */
  bool round;       /* ( or [ */
  bool header;      /* between let or var and its = */
  bool parameters;  /* between the bars of a closure */
} block_frame;

/* --- L4 --- */

typedef struct brace_frame {
  size_t slot;    /* of the brace whose class is not decided */
  uint32_t line;  /* of that brace */
  uint8_t look;   /* what has been seen behind it, braces.c */
  bool typed;     /* it follows UPPER: a record is a typed record */
  uint32_t loops; /* heads of while and for that are open */
  bool branch;    /* an `if` without `then` */
  bool handler;   /* the name of a handler comes */
  bool impl;      /* the next `for` belongs to an impl */
} brace_frame;

/* --- L1, L2 --- */

typedef enum arm_scan { SCAN_NONE, SCAN_PATTERN, SCAN_GUARD } arm_scan;

typedef enum match_phase {
  PHASE_NONE, /* no match in progress */
  PHASE_HEAD,
  PHASE_BEFORE, /* before the first arm */
  PHASE_PATTERN,
  PHASE_BODY
} match_phase;

typedef struct arm_frame {
  size_t heads;    /* where its matches that are in their head begin */
  size_t newest;   /* the slot whose scan is in the pattern; NONE */
  size_t guarded;  /* the slots whose scans are in the guard and share their fate; NONE */
  uint8_t phase;   /* of the innermost match */
  bool brace;      /* { */
  bool arms;       /* the braces of a match */
  bool parameters; /* between the bars of a closure in a body */
} arm_frame;

/* --- words, L5 --- */

/* A bracket behind whose end a decision falls. */
typedef struct word_bracket {
  size_t depth; /* in it */
  size_t slot;
  enum { BRACKET_TEST, BRACKET_ROW, BRACKET_PARAMETERS } why;
} word_bracket;

/* Who has a previous token of its own: it may be further on than the others, and know more. */
enum { AT_LEXER, AT_NAMES, AT_BLOCKS, AT_BRACES, AT_ARMS, AT_WORDS };

struct reml_layout {
  reml_layout_gate gate; /* must be the first */
  reml_token newest;     /* for reml__layout_next */
  size_t given, end;     /* numbers of tokens: what is between them is held back */
  reml_place given_end;  /* of the newest token that was held back, once it has been given out */
  uint8_t prev[8];       /* kinds of the tokens before, as the stages know them */
  uint32_t end_line;     /* where the newest token of the ring ends */
  reml_memory *memory;

  slot *ring;
  size_t ring_size; /* a power of two */
  size_t words_at, arms_at, braces_at,
      blocks_at;      /* each stage has done the tokens in front of its cursor */
  size_t shown;       /* tokens of zero width that have been given out for the token `given` */
  bool failed;        /* the lexer has; the last slot stands for the end and is not given out */
  bool after_failure; /* the lexer's newest token will be the first behind one that was forgiven */

  char *text; /* of the tokens in the ring */
  size_t text_used, text_capacity;
  uint64_t text_base; /* texts that have been let go are counted, too */

  struct {
    bool keyword; /* the last slot but one, or the last, may be a label */
    bool colon;   /* the last slot is a colon that may be a part of something */
    bool fixity;  /* ... of a fixity symbol */
  } names;

  struct {
    block_frame *frames;
    virtual_block *items;
    size_t *undecided; /* numbers of items */
    size_t frame_count, frame_capacity, count, capacity, undecided_count, undecided_capacity;
    uint32_t line_column;  /* of the first token of the line */
    bool ended_parameters; /* the newest bar ends the parameters of a closure */
    bool result_arrow;     /* the newest `->` is behind them */
    uint32_t open;
  } blocks;

  struct {
    brace_frame *frames;
    size_t frame_count, frame_capacity;
  } braces;

  struct {
    arm_frame *frames;
    uint8_t *heads; /* for each match in its head, what was going on around it */
    size_t frame_count, frame_capacity, head_count, head_capacity;
    bool with;                      /* the previous token is the `with` of a match */
    uint8_t with_phase, with_outer; /* what it has changed */
  } arms;

  struct {
    word_bracket *brackets;
    size_t count, capacity, depth;
    size_t next, second; /* slots that wait for one token more, for two; NONE */
    bool has_closed;     /* the previous token has closed the bracket `closed` */
    word_bracket closed;
    bool let_mut; /* the previous token is the `mut` of a let */
  } words;
};

static inline slot *slot_at(reml_layout *layout, size_t number) {
  return &layout->ring[number & (layout->ring_size - 1)];
}

/* Takes the lexer's newest token into the ring: `: :`, labels, fixity symbols, words behind a dot.
 * Returns the number of tokens that these rules have decided. */
size_t reml__layout_append(reml_layout *layout, const reml_token *token, bool first);

/* The other stages, each for one token. */
void reml__layout_do_blocks(reml_layout *layout, slot *at, size_t number);
void reml__layout_do_braces(reml_layout *layout, slot *at, size_t number);
void reml__layout_do_arms(reml_layout *layout, slot *at, size_t number);
void reml__layout_do_words(reml_layout *layout, slot *at, size_t number);

/* The next token while others are held back; the token that the lexer has given, or what it has
 * said instead. */
reml_lex_status reml__layout_next_held(reml_layout *layout, reml_token *token);
reml_lex_status reml__layout_hold(reml_layout *layout, const reml_token *before, reml_token *token,
                                  reml_lex_status status);

/* Tokens that took the short way have left no mark; the stages get to know the last of them. */
static inline void catch_up(reml_layout *layout, const reml_token *before) {
  if (before->end.offset == layout->given_end.offset) return;
  memset(layout->prev, (int)before->kind, sizeof layout->prev);
  layout->given_end = before->end;
}

/* Room for one more item of a stack. */
static inline void *room_for_one(reml_memory *memory, void *items, size_t count, size_t *capacity,
                                 size_t item) {
  if (count < *capacity) return items;
  return reml__grow_atomic(memory, items, count, capacity, count + 1, item);
}

/* --- open brackets; the first frame of each stage stands for none --- */

static inline block_frame *push_block_frame(reml_layout *layout, bool round) {
  size_t count = layout->blocks.frame_count;
  layout->blocks.frames = room_for_one(layout->memory, layout->blocks.frames, count,
                                       &layout->blocks.frame_capacity, sizeof(block_frame));
  block_frame *frame = &layout->blocks.frames[layout->blocks.frame_count++];
  *frame = (block_frame){.blocks = layout->blocks.count,
                         .undecided = layout->blocks.undecided_count,
                         .scanned = NONE,
                         .round = round};
  return frame;
}

static inline brace_frame *push_brace_frame(reml_layout *layout) {
  size_t count = layout->braces.frame_count;
  layout->braces.frames = room_for_one(layout->memory, layout->braces.frames, count,
                                       &layout->braces.frame_capacity, sizeof(brace_frame));
  brace_frame *frame = &layout->braces.frames[layout->braces.frame_count++];
  *frame = (brace_frame){.slot = NONE};
  return frame;
}

static inline arm_frame *push_arm_frame(reml_layout *layout, bool brace) {
  size_t count = layout->arms.frame_count;
  layout->arms.frames = room_for_one(layout->memory, layout->arms.frames, count,
                                     &layout->arms.frame_capacity, sizeof(arm_frame));
  arm_frame *frame = &layout->arms.frames[layout->arms.frame_count++];
  *frame = (arm_frame){
      .heads = layout->arms.head_count, .newest = NONE, .guarded = NONE, .brace = brace};
  return frame;
}

static inline block_frame *top_blocks(reml_layout *layout) {
  return &layout->blocks.frames[layout->blocks.frame_count - 1];
}

static inline brace_frame *top_braces(reml_layout *layout) {
  return &layout->braces.frames[layout->braces.frame_count - 1];
}

static inline arm_frame *top_arms(reml_layout *layout) {
  return &layout->arms.frames[layout->arms.frame_count - 1];
}

/* --- what both the stages and the short way do --- */

/* To be called when the innermost bracket is another one, and nothing is held back. */
static inline void note_bracket(reml_layout *layout) {
  layout->gate.quiet = !top_blocks(layout)->round && !top_arms(layout)->arms;
}

/* What is to be known of the newest token before the lexer is asked for the next one. */
static inline void watch(reml_layout *layout, unsigned kind) {
  layout->gate.watchful = layout->given != layout->end || traits_of(kind) & TRAIT_CAREFUL;
  if (layout->given == layout->end) note_bracket(layout);
}

/* A bar for the first stage: of the two around the parameters of a closure, it notes the second. */
static inline void meet_block_bar(reml_layout *layout, block_frame *frame, unsigned prev) {
  layout->blocks.ended_parameters = frame->parameters;
  frame->parameters =
      !frame->parameters && !(traits_of(prev) & TRAIT_ENDER) && prev != REML_TOKEN_WITH;
}

/* What the first stage keeps of an `->` that follows a token `prev`. */
static inline void note_arrow(reml_layout *layout, unsigned prev) {
  layout->blocks.result_arrow =
      prev == REML_TOKEN_OR || (prev == REML_TOKEN_BAR && layout->blocks.ended_parameters);
}

/* A real bar. The two around the parameters of a closure are no bars of arms, nor is a comma
 * between them the end of one. */
static inline void meet_arm_bar(arm_frame *frame, bool behind_ender) {
  if (frame->phase == PHASE_BODY && (frame->parameters || !behind_ender)) {
    frame->parameters = !frame->parameters;
  } else if (frame->phase == PHASE_BODY || frame->phase == PHASE_BEFORE) {
    frame->phase = PHASE_PATTERN;
  }
}

/* What a `{` that follows a token `prev` is to the brackets around it. */
typedef enum reml_brace { BRACE_ALONE, BRACE_OF_LOOP, BRACE_OF_BODY } reml_brace;
static inline reml_brace enter_brace(reml_layout *layout, unsigned prev) {
  brace_frame *outer = top_braces(layout);
  bool behind_ender = traits_of(prev) & TRAIT_ENDER;
  bool body = outer->loops > 0 && behind_ender && !outer->handler;
  bool other = behind_ender && (outer->branch || outer->handler);
  outer->loops -= body;
  outer->impl = false;
  if (behind_ender) {
    outer->branch &= body;
    outer->handler = false;
  }
  push_brace_frame(layout);
  return body ? BRACE_OF_LOOP : other ? BRACE_OF_BODY : BRACE_ALONE;
}

/* An opening bracket for L1 and L2. */
static inline void enter_arms(reml_layout *layout, unsigned kind, unsigned prev) {
  arm_frame *frame = top_arms(layout);
  bool brace = traits_of(kind) & TRAIT_BRACE;
  bool arms = brace && kind != REML_TOKEN_LBRACE_TREC && frame->phase == PHASE_HEAD &&
              traits_of(prev) & TRAIT_ENDER;
  if (arms) frame->phase = layout->arms.heads[--layout->arms.head_count];
  frame = push_arm_frame(layout, brace);
  frame->arms = arms;
  if (arms) frame->phase = PHASE_PATTERN;
}

/* What these words mean for L4, L2 and L2. */
void reml__layout_meet_for(brace_frame *frame);
void reml__layout_meet_match(reml_layout *layout);
void reml__layout_meet_with(reml_layout *layout);

/* Gives the brackets that are only counted their frames. */
void reml__layout_give_frames(reml_layout *layout);
static inline void firm(reml_layout *layout) {
  if (layout->gate.light > 0) reml__layout_give_frames(layout);
}

#endif
