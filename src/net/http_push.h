/*
 * Sends texts to a web server with POST, from a separate thread: the caller never waits. A text
 * that is not accepted (no connection, 5xx, 429) is sent again until HTTP_PUSH_QUEUE texts are
 * queued; then the oldest is dropped and counted as lost. One thread opens, adds and closes.
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
	const char *const *header_lines; /* "Name: value"; read only by http_push_new */
	size_t header_count;
};

struct http_push_result {
	uint64_t given, lost;
	bool last_delivered;	   /* the last text was delivered */
	char why[HTTP_PUSH_ERROR]; /* reason of the last loss; empty: nothing was lost */
};

/* Resolves the host and starts the thread. Returns NULL and a sentence in ERROR if it cannot. Call
 * after http_global_init. */
struct http_push *http_push_new(const struct http_push_config *config, struct buf *error);
/* Queues a copy of TEXT. */
void http_push_add(struct http_push *p, struct str text);
/* Waits until all texts are delivered, at most until DEADLINE (monotonic). OUT may be NULL. */
void http_push_close(struct http_push *p, ns_t deadline, struct http_push_result *out);

#endif
