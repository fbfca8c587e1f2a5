/*
 * Counts heap allocations of reprise. The program is linked with --wrap for malloc, calloc
 * and realloc, which catches calls in the program but not in shared libraries, so allocations of
 * libcurl, libevent and OpenSSL are not counted.
 */
#ifndef COUNTED_MALLOC_H
#define COUNTED_MALLOC_H

/* Calls of this thread since its start. */
unsigned long counted_mallocs(void);

#endif
