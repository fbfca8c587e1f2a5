/*
 * A heap for libcurl, which takes and gives back about eighty small blocks per request. With
 * thousands of users glibc's spends a fifth of a request's time on it: it joins what is given back
 * with neighbours that are long out of the cache. Here a block goes back to its thread's list of
 * that size and is the next one taken; nothing is joined, split or returned before the end. Memory
 * for libcurl alone, handed to curl_global_init_mem.
 *
 * libcurl's hooks carry no pointer of ours: a thread finds its lists by itself, and with the stop
 * flag and the log level they are the only state that is not handed in. When a thread ends, the
 * next one takes its lists over. A block may be given back by another thread than the one that took
 * it.
 */
#ifndef NET_CURL_HEAP_H
#define NET_CURL_HEAP_H

#include <stddef.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define CURL_HEAP_OFF
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define CURL_HEAP_OFF
#endif

/* As their namesakes, for libcurl alone: NULL when memory is out. A block may be freed on another
 * thread than it was taken on. */
void *curl_heap_malloc(size_t bytes);
void *curl_heap_calloc(size_t count, size_t bytes);
void *curl_heap_realloc(void *block, size_t bytes);
char *curl_heap_strdup(const char *text);
void curl_heap_free(void *block);
/* The calling thread is done with libcurl for now: the next thread takes its lists over. */
void curl_heap_leave_thread(void);
/* Gives everything back; no block may be in use, no other thread alive. */
void curl_heap_release(void);

#endif
