#include "reml_names.h"
#include "reml_bytes.h"

enum { FIRST_SLOTS = 1024 };

static reml_name_slot *new_slots(reml_memory *memory, size_t count) {
  reml_name_slot *slots = reml__alloc_atomic(memory, count * sizeof *slots);
  memset(slots, 0, count * sizeof *slots);
  return slots;
}

reml_names *reml__names_new(reml_memory *memory) {
  reml_names *names = reml__alloc(memory, sizeof *names);
  reml__pool_init(&names->pool, memory);
  names->slots = new_slots(memory, FIRST_SLOTS);
  names->mask = FIRST_SLOTS - 1;
  return names;
}

size_t reml__names_bytes(const reml_names *names) {
  return names->pool.next * sizeof(uint32_t) + (names->mask + 1) * sizeof *names->slots;
}

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
    for (size_t i = 0; i < length; i++)
      word = word << 8 | (unsigned char)bytes[i];
  }
  hash = (hash ^ word) * prime;
  return (uint32_t)(hash >> 32 ^ hash >> 15);
}

static size_t free_slot(const reml_names *names, uint32_t hash) {
  size_t at = hash & names->mask;
  while (names->slots[at].name != 0)
    at = (at + 1) & names->mask;
  return at;
}

static void grow_table(reml_names *names) {
  reml_names old = *names;
  size_t count = (old.mask + 1) * 2;
  names->slots = new_slots(old.pool.memory, count);
  names->mask = count - 1;
  for (size_t i = 0; i <= old.mask; i++) {
    reml_name_slot slot = old.slots[i];
    if (slot.name != 0) names->slots[free_slot(names, slot.hash)] = slot;
  }
}

static reml_name keep(reml_names *names, const char *bytes, size_t length) {
  if (length > UINT32_MAX - 8) reml__out_of_memory(names->pool.memory);
  uint32_t words = 1 + (uint32_t)((length + 3) / 4);
  reml_name name = reml__pool_reserve(&names->pool, words);
  uint32_t *to = reml__pool_word(&names->pool, name);
  to[words - 1] = 0; /* the padding is defined */
  to[0] = (uint32_t)length;
  memcpy(to + 1, bytes, length);
  return name;
}

static bool has_text(const reml_names *names, reml_name name, const char *bytes, size_t length) {
  reml_text text = reml__names_text(names, name);
  return text.length == length && reml__same_bytes(text.bytes, bytes, length);
}

static void fill_slot(reml_names *names, size_t at, reml_name_slot slot) {
  names->slots[at] = slot;
  if (++names->count * 2 > names->mask) grow_table(names);
}

reml_name reml__names_intern(reml_names *names, const char *bytes, size_t length) {
  uint32_t hash = hash_bytes(bytes, length);
  size_t at = hash & names->mask;
  for (; names->slots[at].name != 0; at = (at + 1) & names->mask) {
    reml_name_slot slot = names->slots[at];
    if (slot.hash == hash && has_text(names, slot.name, bytes, length)) return slot.name;
  }
  reml_name name = keep(names, bytes, length);
  fill_slot(names, at, (reml_name_slot){hash, name});
  return name;
}

reml_names *reml__names_cut(const reml_names *names, uint32_t end) {
  reml_names *cut = reml__names_new(names->pool.memory);
  cut->pool = names->pool;
  reml__pool_cut(&cut->pool, end);
  for (size_t i = 0; i <= names->mask; i++) {
    reml_name_slot slot = names->slots[i];
    if (slot.name != 0 && slot.name < end) fill_slot(cut, free_slot(cut, slot.hash), slot);
  }
  return cut;
}
