#include "reml_ast.h"
#include "reml_bytes.h"
#include <string.h>

enum { FIRST_TABLE = 1024, ARENA = 32 * 1024 };

/* Words of the largest extent for ordinary records: 8 MiB. */
enum { MAX_EXTENT = 1 << 21 };

/* --- the pool --- */

static void add_block(reml_ast *ast, uint32_t *words) {
  ast->blocks = reml__grow(ast->memory, ast->blocks, ast->block_count, &ast->block_capacity,
                           ast->block_count + 1, sizeof *ast->blocks);
  ast->blocks[ast->block_count++] = words;
}

/* Opens room for a record that the current block cannot hold. Memory comes in extents, as large as
 * the pool is already, up to a limit; an extent is blocks that follow one another in memory, so a
 * record longer than a block is contiguous too. */
void reml__ast_open_block(reml_ast *ast, uint32_t words) {
  size_t blocks = (words + (size_t)REML_BLOCK_WORDS - 1) >> REML_BLOCK_BITS;
  if (blocks < ast->block_count) blocks = ast->block_count;
  size_t most = words > MAX_EXTENT ? blocks : MAX_EXTENT >> REML_BLOCK_BITS;
  if (blocks > most) blocks = most;
  size_t total = ast->block_count + blocks;
  if (total << REML_BLOCK_BITS > UINT32_MAX) reml__out_of_memory(ast->memory);
  uint32_t *extent =
      reml__alloc_atomic(ast->memory, blocks * REML_BLOCK_WORDS * sizeof(uint32_t));
  ast->next = (uint32_t)(ast->block_count << REML_BLOCK_BITS);
  for (size_t i = 0; i < blocks; i++) add_block(ast, extent + i * REML_BLOCK_WORDS);
  ast->limit = (uint32_t)(ast->block_count << REML_BLOCK_BITS);
}

reml_ast *reml__ast_new(reml_memory *memory) {
  reml_ast *ast = reml__alloc(memory, sizeof *ast);
  ast->memory = memory;
  reml__ast_reserve(ast, 1); /* index 0 means none */
  ast->table_mask = FIRST_TABLE - 1;
  ast->table = reml__alloc_atomic(memory, FIRST_TABLE * sizeof *ast->table);
  memset(ast->table, 0, FIRST_TABLE * sizeof *ast->table);
  ast->texts = reml__grow(memory, NULL, 0, &ast->text_capacity, 1, sizeof *ast->texts);
  ast->texts[0] = (reml_text){"", UINT32_MAX, 0}; /* equal to no text */
  ast->text_count = 1;
  return ast;
}

size_t reml__ast_bytes(const reml_ast *ast) {
  return ast->next * sizeof(uint32_t) + ast->arena_bytes +
         ast->text_count * sizeof *ast->texts + (ast->table_mask + 1) * sizeof *ast->table;
}

/* --- names --- */

/* Multiply and fold, eight bytes at a time. */
static uint32_t hash_bytes(const char *bytes, size_t length) {
  const uint64_t prime = UINT64_C(0x9E3779B97F4A7C15);
  uint64_t hash = length * prime, word;
  for (; length >= 8; bytes += 8, length -= 8) {
    memcpy(&word, bytes, 8);
    hash = (hash ^ word) * prime;
    hash ^= hash >> 32;
  }
  if (length >= 4) {
    uint32_t low, high;
    memcpy(&low, bytes, 4);
    memcpy(&high, bytes + length - 4, 4);
    word = (uint64_t)high << 32 | low;
  } else {
    word = 0;
    for (size_t i = 0; i < length; i++) word = word << 8 | (unsigned char)bytes[i];
  }
  hash = (hash ^ word) * prime;
  return (uint32_t)(hash >> 32 ^ hash >> 15);
}

static const char *keep_text(reml_ast *ast, const char *bytes, size_t length) {
  if (length > ast->arena_left) {
    ast->arena_left = length > ARENA ? length : ARENA;
    ast->arena = reml__alloc_atomic(ast->memory, ast->arena_left);
  }
  char *copy = ast->arena;
  memcpy(copy, bytes, length);
  ast->arena += length;
  ast->arena_left -= length;
  ast->arena_bytes += length;
  return copy;
}

static void grow_table(reml_ast *ast) {
  size_t size = (ast->table_mask + 1) * 2;
  uint32_t *table = reml__alloc_atomic(ast->memory, size * sizeof *table);
  memset(table, 0, size * sizeof *table);
  for (size_t name = 1; name < ast->text_count; name++) {
    size_t slot = ast->texts[name].hash & (size - 1);
    while (table[slot] != 0) slot = (slot + 1) & (size - 1);
    table[slot] = (uint32_t)name;
  }
  ast->table = table;
  ast->table_mask = size - 1;
}

static reml_name add_name(reml_ast *ast, const char *bytes, size_t length, uint32_t hash,
                          size_t slot) {
  if (length > UINT32_MAX || ast->text_count == UINT32_MAX) reml__out_of_memory(ast->memory);
  ast->texts = reml__grow(ast->memory, ast->texts, ast->text_count, &ast->text_capacity,
                          ast->text_count + 1, sizeof *ast->texts);
  reml_name name = (reml_name)ast->text_count;
  ast->texts[name] = (reml_text){keep_text(ast, bytes, length), (uint32_t)length, hash};
  ast->text_count++;
  ast->table[slot] = name;
  if (ast->text_count * 2 > ast->table_mask) grow_table(ast);
  return name;
}

static bool is_name(const reml_ast *ast, reml_name name, uint32_t hash, const char *bytes,
                    size_t length) {
  const reml_text *text = &ast->texts[name];
  return text->hash == hash && text->length == length &&
         reml__same_bytes(text->bytes, bytes, length);
}

static reml_name look_up(reml_ast *ast, const char *bytes, size_t length, uint32_t hash) {
  for (size_t slot = hash & ast->table_mask;; slot = (slot + 1) & ast->table_mask) {
    reml_name name = ast->table[slot];
    if (name == 0) return add_name(ast, bytes, length, hash, slot);
    if (is_name(ast, name, hash, bytes, length)) return name;
  }
}

reml_name reml__name(reml_ast *ast, const char *bytes, size_t length) {
  uint32_t hash = hash_bytes(bytes, length);
  reml_name *recent = &ast->recent[hash % REML_RECENT_NAMES];
  if (!is_name(ast, *recent, hash, bytes, length)) *recent = look_up(ast, bytes, length, hash);
  return *recent;
}

/* --- shapes --- */

#define SPANNED REML_CLASS_SPANNED
#define KINDED REML_CLASS_KINDED
#define IS_EXPR REML_CLASS_EXPR
#define IS_LITERAL REML_CLASS_LITERAL
#define IS_PATTERN REML_CLASS_PATTERN
#define IS_TYPE REML_CLASS_TYPE
#define IS_STATEMENT REML_CLASS_STATEMENT
#define IS_DECL REML_CLASS_DECL
#define NO_FIELDS {NULL, REML_FIELD_NONE}
#define F(name, type) {name, REML_FIELD_##type}

static const reml_node_shape shapes[REML_NODE_KIND_COUNT] = {
    [REML_NODE_NONE] = {"", 0, {NO_FIELDS}},
#define NODE(name, kind, classes, ...) [REML_NODE_##name] = {kind, classes, {__VA_ARGS__}},
#include "reml_nodes.def"
#undef NODE
};

const reml_node_shape *reml__node_shape(reml_node_kind kind) { return &shapes[kind]; }

unsigned reml__field_words(reml_field_type type) {
  if (type <= REML_FIELD_HEAD_SELF) return 0;
  return type == REML_FIELD_IDENT || type == REML_FIELD_HEAD_IDENT ? 2 : 1;
}

/* --- nodes --- */

reml_node reml__node_write_bytes(reml_ast *ast, unsigned form, reml_range span, const char *bytes,
                                 size_t length) {
  uint32_t *to;
  uint32_t words = (uint32_t)((length + 3) / 4);
  reml_node node = reml__node_begin(ast, REML_NODE_STRING, form, span, 1 + words, &to);
  to[0] = (uint32_t)length;
  if (words > 0) to[words] = 0; /* the padding is defined, so equal trees are equal bytes */
  memcpy(to + 1, bytes, length);
  return node;
}

reml_range reml__node_span(const reml_ast *ast, reml_node node) {
  const uint32_t *word = reml__ast_word(ast, node);
  if (!reml__spanned[*word & 0xFF]) return (reml_range){0, 0};
  uint32_t length = *word >> 12, start = word[1];
  uint32_t end = length == REML_SPAN_WIDE ? *reml__ast_word(ast, node - 1) : start + length;
  return (reml_range){start, end};
}

uint32_t reml__node_field(const reml_ast *ast, reml_node node, unsigned i) {
  const uint32_t *word = reml__ast_word(ast, node);
  return word[1 + reml__spanned[*word & 0xFF] + i];
}

const char *reml__node_bytes(const reml_ast *ast, reml_node node, size_t *length) {
  const uint32_t *word = reml__ast_word(ast, node); /* header, start, length, bytes */
  *length = word[2];
  return (const char *)(word + 3);
}

/* --- lists --- */

uint32_t reml__list_count(const reml_ast *ast, uint32_t list) {
  return list == 0 ? 0 : *reml__ast_word(ast, list);
}

/* A list of up to FAN elements is [count, handles]. A longer one is [count, root]: the root is an
 * array of up to FAN handles of arrays of the level below, and so on down to the elements; every
 * array but the last of its level is full. */
reml_node reml__list_at(const reml_ast *ast, uint32_t list, uint32_t index) {
  const uint32_t *words = reml__ast_word(ast, list);
  uint32_t count = words[0];
  if (count <= REML_LIST_FAN) return words[1 + index];
  uint64_t below = REML_LIST_FAN; /* elements under one handle of the array in hand */
  while (below * REML_LIST_FAN < count) below *= REML_LIST_FAN;
  uint32_t array = words[1];
  for (; below > 0; below /= REML_LIST_FAN) {
    array = *reml__ast_word(ast, array + (uint32_t)(index / below % REML_LIST_FAN));
  }
  return array;
}
