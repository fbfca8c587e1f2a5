/*
 * Counts what our own objects ask of the heap. The program is linked with --wrap for malloc, calloc
 * and realloc, which catches the calls of everything linked into it and none of the shared
 * libraries: what libcurl, libevent and OpenSSL allocate is theirs.
 */
#ifndef COUNTED_MALLOC_H
#define COUNTED_MALLOC_H

/* Calls of this thread since it began. */
unsigned long counted_mallocs(void);

#endif
