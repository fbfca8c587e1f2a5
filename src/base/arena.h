/*
 * Memory by lifetime: arena_release frees everything that was allocated from an arena.
 * Nothing is freed singly. An arena belongs to one thread at a time; once filled, its contents may
 * be read by many. Out of memory ends the program with a message (exit 70): arenas serve loading
 * and start-up, never a request.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;
	char *next;
	size_t left;
	size_t block_bytes;
	size_t total;
};

/* An empty arena that grows in steps of at least BLOCK_BYTES (0: 64 KiB). */
void arena_init(struct arena *a, size_t block_bytes);
void arena_release(struct arena *a);
/* Frees everything but the first block, for a short life repeated often. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_array(struct arena *a, size_t count, size_t bytes);
/* A copy with a NUL after it; the length does not count the NUL. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#define ARENA_NEW(a, type)	((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

/*
 * A growing array inside an arena: VEC(struct thing) things; then VEC_PUSH(arena, &things, thing).
 * Growth doubles and copies; the old array stays until the arena is released.
 */
#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t count, cap;                                                                 \
	}
#define VEC_PUSH(a, vec, item)                                                                     \
	do {                                                                                       \
		if ((vec)->count == (vec)->cap)                                                    \
			(vec)->items = arena_grow((a), (vec)->items, (vec)->count, &(vec)->cap,    \
						  sizeof *(vec)->items);                           \
		(vec)->items[(vec)->count++] = (item);                                             \
	} while (0)
/* A copy of COUNT items with room for more; sets *CAP. */
void *arena_grow(struct arena *a, const void *items, size_t count, size_t *cap, size_t item_bytes);

#endif
