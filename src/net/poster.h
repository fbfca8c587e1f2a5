/*
 * Texts handed to a web server by POST, from a thread of its own: whoever gives one never waits. A
 * text that is not taken (no connection, 5xx, 429) is tried again until POSTER_QUEUE others wait
 * behind it; then the oldest is lost, and counted. Opened, given to and closed by one thread.
 */
#ifndef NET_POSTER_H
#define NET_POSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#define POSTER_QUEUE 32u
#define POSTER_WHY   160

struct poster;

struct poster_config {
	struct str url;
	const char *const *header_lines; /* "Name: value"; read at the opening alone */
	size_t header_count;
};

struct poster_outcome {
	uint64_t given, lost;
	bool last_taken;      /* the text given last arrived */
	char why[POSTER_WHY]; /* of the last loss; empty: nothing was lost */
};

/* Looks the host up and starts the thread. NULL and a sentence in ERROR. After http_global_init. */
struct poster *poster_new(const struct poster_config *config, struct buf *error);
/* TEXT is copied. */
void poster_give(struct poster *p, struct str text);
/* Waits until all is taken, at most until DEADLINE (monotonic); OUT may be NULL. */
void poster_close(struct poster *p, ns_t deadline, struct poster_outcome *out);

#endif
