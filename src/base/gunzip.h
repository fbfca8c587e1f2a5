/*
 * Unpacks a gzip text in memory piece by piece, so that the result is never in memory as a whole.
 * Several members one after the other are one text (rotated logs may be concatenated). One thread.
 */
#ifndef BASE_GUNZIP_H
#define BASE_GUNZIP_H

#include <stdbool.h>

#include "base/str.h"

struct gunzip;

/* True if INPUT starts like a gzip file. */
bool gunzip_is_gzip(struct str input);
/* INPUT must outlive it. Unpacks at most MAX bytes. */
struct gunzip *gunzip_open(struct str input, uint64_t max);
/* The next piece, valid until the next call; false at the end. */
bool gunzip_next(struct gunzip *g, struct str *piece);
/* The error that ended it ("it is damaged"), or NULL. */
const char *gunzip_error(const struct gunzip *g);
void gunzip_close(struct gunzip *g);

#endif
