/*
 * Texts handed to a web server by POST, from a thread of its own: whoever gives one never waits. A
 * text that is not taken (no connection, 5xx, 429) is tried again until HTTP_PUSH_QUEUE others wait
 * behind it; then the oldest is lost, and counted. Opened, given to and closed by one thread.
 */
#ifndef NET_HTTP_PUSH_H
#define NET_HTTP_PUSH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#define HTTP_PUSH_QUEUE 32u
#define HTTP_PUSH_ERROR 160

struct http_push;

struct http_push_config {
	struct str url;
	const char *const *header_lines; /* "Name: value"; read at the opening alone */
	size_t header_count;
};

struct http_push_result {
	uint64_t given, lost;
	bool last_delivered;	   /* the text given last arrived */
	char why[HTTP_PUSH_ERROR]; /* of the last loss; empty: nothing was lost */
};

/* Looks the host up and starts the thread. NULL and a sentence in ERROR. After http_global_init. */
struct http_push *http_push_new(const struct http_push_config *config, struct buf *error);
/* TEXT is copied. */
void http_push_add(struct http_push *p, struct str text);
/* Waits until all is taken, at most until DEADLINE (monotonic); OUT may be NULL. */
void http_push_close(struct http_push *p, ns_t deadline, struct http_push_result *out);

#endif
