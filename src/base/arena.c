#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; the headers of some C libraries lack it */
#endif
#define DEFAULT_BLOCK ((size_t)64 << 10)
#define ALIGNMENT     _Alignof(max_align_t)
/* An arena larger than this grows in larger steps, whose pages are requested in one call. */
#define LARGE_ARENA ((size_t)1 << 20)
#define LARGE_STEP  ((size_t)1 << 20)
/*
 * Beyond HUGE_FROM an arena grows in blocks the size of a huge page: reading a program of ten
 * thousand steps spent a third of its time on page faults.
 */
#define HUGE_PAGE ((size_t)2 << 20)
#define HUGE_FROM ((size_t)1 << 20)

struct arena_block {
	struct arena_block *older;
	size_t bytes;
	_Alignas(max_align_t) char data[];
};

void arena_init(struct arena *a, size_t block_bytes)
{
	*a = (struct arena){.block_bytes = block_bytes ? block_bytes : DEFAULT_BLOCK};
}

void arena_release(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *older = a->blocks->older;

		free(a->blocks);
		a->blocks = older;
	}
	arena_init(a, a->block_bytes);
}

void arena_reset(struct arena *a)
{
	while (a->blocks && a->blocks->older) {
		struct arena_block *older = a->blocks->older;

		free(a->blocks);
		a->blocks = older;
	}
	a->next = a->blocks ? a->blocks->data : NULL;
	a->left = a->total = a->blocks ? a->blocks->bytes : 0;
}

/* One system call instead of one fault per page; where it is refused, nothing is lost. */
static void advise_huge_pages(struct arena_block *block)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = ((uintptr_t)block + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)block->data + block->bytes) & ~(page - 1);

	if (end > begin)
		(void)madvise((void *)begin, end - begin, MADV_POPULATE_WRITE);
}

static struct arena_block *add_block(struct arena *a, size_t bytes)
{
	if (bytes > SIZE_MAX - sizeof(struct arena_block))
		die_out_of_memory();
	size_t whole = sizeof(struct arena_block) + bytes;
	struct arena_block *block =
	    whole == HUGE_PAGE ? aligned_alloc(HUGE_PAGE, whole) : malloc(whole);
	if (!block)
		die_out_of_memory();
	if (whole == HUGE_PAGE)
		(void)madvise(block, whole, MADV_HUGEPAGE);
	block->older = a->blocks;
	block->bytes = bytes;
	a->blocks = block;
	a->total += bytes;
	if (bytes >= LARGE_STEP)
		advise_huge_pages(block);
	return block;
}

static size_t next_block(const struct arena *a)
{
	size_t huge = HUGE_PAGE - sizeof(struct arena_block);

	return a->total >= HUGE_FROM && a->block_bytes < huge ? huge : a->block_bytes;
}

/* Like arena_alloc, but the bytes are not cleared. */
static char *carve(struct arena *a, size_t bytes)
{
	if (bytes > SIZE_MAX - ALIGNMENT)
		die_out_of_memory();
	bytes = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (bytes > a->left) {
		/* A large allocation gets its own block, so that the rest of the current one is not
		 * lost. */
		size_t room = next_block(a);

		if (a->blocks && bytes > room / 4)
			return add_block(a, bytes)->data;
		if (bytes > room)
			room = bytes;
		a->next = add_block(a, room)->data;
		a->left = room;
	}
	char *memory = a->next;
	a->next += bytes;
	a->left -= bytes;
	return memory;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	return memset(carve(a, bytes ? bytes : 1), 0, bytes ? bytes : 1);
}

void *arena_array(struct arena *a, size_t count, size_t bytes)
{
	size_t all;

	if (__builtin_mul_overflow(count, bytes, &all))
		die_out_of_memory();
	return arena_alloc(a, all);
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *copy = carve(a, s.len + 1);

	if (s.len)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

struct str arena_str(struct arena *a, struct str s)
{
	return str_n(arena_cstr(a, s), s.len);
}

struct str arena_vprintf(struct arena *a, const char *format, va_list args)
{
	char small[256];
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(small, sizeof small, format, args);
	if (len < 0)
		BUG("bad format \"%s\"", format);
	char *text = carve(a, (size_t)len + 1);
	if ((size_t)len < sizeof small)
		memcpy(text, small, (size_t)len + 1);
	else
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return str_n(text, (size_t)len);
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	struct str s = arena_vprintf(a, format, args);
	va_end(args);
	return s;
}

void *arena_grow(struct arena *a, const void *items, size_t count, size_t *cap, size_t item_bytes)
{
	/* Most lists stay short: a document has tens of thousands of one or two. */
	size_t more = *cap ? *cap * 2 : 2;
	void *grown = arena_array(a, more, item_bytes);

	if (count)
		memcpy(grown, items, count * item_bytes);
	*cap = more;
	return grown;
}
