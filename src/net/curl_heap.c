#include "net/curl_heap.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * A block is a multiple of 16 bytes: 8 bytes for its size class, then the bytes for libcurl.
 * Classes are 16 bytes apart up to 1 KiB, then four per doubling up to 64 KiB; larger blocks come
 * from malloc.
 */
#define STEP	    ((size_t)16)
#define FINE_BYTES  ((size_t)1024)
#define FINE_COUNT  (FINE_BYTES / STEP)
#define BYTES_MAX   ((size_t)65536)
#define CLASS_COUNT (FINE_COUNT + 24)
#define CLASS_LARGE UINT64_MAX
#define CHUNK_BYTES ((size_t)256 * 1024)

struct block {
	uint64_t class;
	struct block *next; /* if free; otherwise libcurl's bytes start here */
};

struct chunk {
	struct chunk *next;
	uint64_t pad;
};

struct heap {
	struct heap *next; /* if retired */
	struct block *spare[CLASS_COUNT];
	char *fresh; /* the unused end of its last chunk */
	size_t left;
};

static _Thread_local struct heap *heap;

static struct {
	pthread_mutex_t lock;
	pthread_once_t once;
	pthread_key_t key; /* retires a thread's heap when the thread ends */
	struct chunk *chunks;
	struct heap *retired;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

/* BYTES includes the 8. */
static size_t class_of(size_t bytes)
{
	if (bytes <= FINE_BYTES)
		return (bytes - 1) / STEP;
	size_t doubling = 53 - (size_t)__builtin_clzll(bytes - 1); /* 0 for 1,025 to 2,048 */
	size_t quarter = (FINE_BYTES << doubling) / 4;

	return FINE_COUNT + doubling * 4 + (bytes - 1 - (FINE_BYTES << doubling)) / quarter;
}

static size_t class_bytes(size_t class)
{
	if (class < FINE_COUNT)
		return (class + 1) * STEP;
	size_t doubling = (class - FINE_COUNT) / 4;
	size_t quarter = (FINE_BYTES << doubling) / 4;

	return (FINE_BYTES << doubling) + ((class - FINE_COUNT) % 4 + 1) * quarter;
}

static struct block *block_of(void *bytes)
{
	return (struct block *)(void *)((char *)bytes - offsetof(struct block, next));
}

static void retire(void *arg)
{
	struct heap *done = arg;

	pthread_mutex_lock(&shared.lock);
	done->next = shared.retired;
	shared.retired = done;
	pthread_mutex_unlock(&shared.lock);
}

static void make_key(void)
{
	pthread_key_create(&shared.key, retire);
}

/* Gives the thread a heap: one of a thread that has ended, or a new one. */
static bool new_heap(void)
{
	pthread_once(&shared.once, make_key);
	pthread_mutex_lock(&shared.lock);
	heap = shared.retired;
	if (heap)
		shared.retired = heap->next;
	pthread_mutex_unlock(&shared.lock);
	if (!heap)
		heap = calloc(1, sizeof *heap);
	return heap && pthread_setspecific(shared.key, heap) == 0;
}

static bool new_chunk(void)
{
	struct chunk *chunk = malloc(CHUNK_BYTES);

	if (!chunk)
		return false;
	pthread_mutex_lock(&shared.lock);
	chunk->next = shared.chunks;
	shared.chunks = chunk;
	pthread_mutex_unlock(&shared.lock);
	/* Blocks start 8 bytes before a multiple of 16, so that libcurl's part is aligned. */
	heap->fresh = (char *)chunk + sizeof *chunk + 8;
	heap->left = CHUNK_BYTES - sizeof *chunk - 8;
	return true;
}

static struct block *cut(size_t class)
{
	size_t bytes = class_bytes(class);

	if (heap->left < bytes && !new_chunk())
		return NULL;
	struct block *block = (struct block *)(void *)heap->fresh;
	heap->fresh += bytes;
	heap->left -= bytes;
	block->class = class;
	return block;
}

static void *map_large(size_t bytes)
{
	char *block = bytes < SIZE_MAX - STEP ? malloc(bytes + STEP) : NULL;

	if (!block)
		return NULL;
	block_of(block + STEP)->class = CLASS_LARGE;
	return block + STEP;
}

void *curl_heap_malloc(size_t bytes)
{
	if (bytes > BYTES_MAX - 8)
		return map_large(bytes);
	if (!heap && !new_heap())
		return NULL;
	size_t class = class_of(bytes + 8);
	struct block *block = heap->spare[class];
	if (block)
		heap->spare[class] = block->next;
	else if (!(block = cut(class)))
		return NULL;
	return &block->next;
}

void *curl_heap_calloc(size_t count, size_t bytes)
{
	size_t all;

	if (__builtin_mul_overflow(count, bytes, &all))
		return NULL;
	void *block = curl_heap_malloc(all);
	return block ? memset(block, 0, all) : NULL;
}

void curl_heap_free(void *bytes)
{
	if (!bytes)
		return;
	struct block *block = block_of(bytes);
	if (block->class == CLASS_LARGE) {
		free((char *)bytes - STEP);
		return;
	}
	if (!heap && !new_heap())
		return; /* out of memory: the block is leaked */
	block->next = heap->spare[block->class];
	heap->spare[block->class] = block;
}

static void *realloc_large(void *bytes, size_t wanted)
{
	char *block =
	    wanted < SIZE_MAX - STEP ? realloc((char *)bytes - STEP, wanted + STEP) : NULL;

	return block ? block + STEP : NULL;
}

void *curl_heap_realloc(void *bytes, size_t wanted)
{
	if (!bytes)
		return curl_heap_malloc(wanted);
	uint64_t class = block_of(bytes)->class;
	if (class == CLASS_LARGE)
		return realloc_large(bytes, wanted);
	size_t room = class_bytes(class) - 8;
	if (wanted <= room)
		return bytes;
	void *moved = curl_heap_malloc(wanted);
	if (moved) {
		memcpy(moved, bytes, room);
		curl_heap_free(bytes);
	}
	return moved;
}

char *curl_heap_strdup(const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = curl_heap_malloc(bytes);

	return copy ? memcpy(copy, text, bytes) : NULL;
}

void curl_heap_leave_thread(void)
{
	if (!heap)
		return;
	pthread_setspecific(shared.key, NULL);
	retire(heap);
	heap = NULL;
}

void curl_heap_release(void)
{
	curl_heap_leave_thread();
	while (shared.retired) {
		struct heap *next = shared.retired->next;

		free(shared.retired);
		shared.retired = next;
	}
	while (shared.chunks) {
		struct chunk *next = shared.chunks->next;

		free(shared.chunks);
		shared.chunks = next;
	}
}
