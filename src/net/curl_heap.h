/*
 * A heap for libcurl, which allocates and frees about eighty small blocks per request. With
 * thousands of users, glibc's heap takes a fifth of the time of a request: it merges freed blocks
 * with neighbors that have long left the cache. Here a freed block is put on its thread's list for
 * that size and is the next one allocated; blocks are never merged, split or returned to the system
 * before the end. For libcurl only, installed with curl_global_init_mem.
 *
 * The hooks of libcurl have no context pointer, so each thread finds its lists in a thread-local
 * variable. When a thread ends, the next new thread takes over its lists. A block may be freed by
 * another thread than the one that allocated it.
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

/* Like the functions of the C library, for libcurl only; NULL if out of memory. A block may be
 * freed by another thread than the one that allocated it. */
void *curl_heap_malloc(size_t bytes);
void *curl_heap_calloc(size_t count, size_t bytes);
void *curl_heap_realloc(void *block, size_t bytes);
char *curl_heap_strdup(const char *text);
void curl_heap_free(void *block);
/* The calling thread no longer uses libcurl: the next thread takes over its lists. */
void curl_heap_leave_thread(void);
/* Frees all memory. No block may be in use, and no other thread may use the heap. */
void curl_heap_release(void);

#endif
