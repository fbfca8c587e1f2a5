/*
 * A gzip text in memory, piece by piece, so that what it unpacks to is never held whole. Several
 * members one after the other are one text (rotated logs are put together so). One thread.
 */
#ifndef BASE_GUNZIP_H
#define BASE_GUNZIP_H

#include <stdbool.h>

#include "base/str.h"

struct gunzip;

/* INPUT begins as a gzip file does. */
bool gunzip_is_gzip(struct str input);
/* INPUT outlives it. More than MAX bytes are not unpacked. */
struct gunzip *gunzip_open(struct str input, uint64_t max);
/* The next piece, good until the next call; false at the end. */
bool gunzip_next(struct gunzip *g, struct str *piece);
/* Why it ended before its end ("it is damaged"), or NULL. */
const char *gunzip_error(const struct gunzip *g);
void gunzip_close(struct gunzip *g);

#endif
