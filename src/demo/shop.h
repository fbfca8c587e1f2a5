/*
 * The sample shop: something real to try everything on. A small shop of hats, shoes and coats with
 * pages for people and a JSON API for programs. All state is in memory and bounded; the oldest
 * sessions and orders make room for new ones. One thread.
 */
#ifndef DEMO_SHOP_H
#define DEMO_SHOP_H

#include "base/clock.h"
#include "base/str.h"
#include "net/server.h"

struct shop_config {
	ns_t latency_low, latency_high; /* every answer takes between the two, evenly spread */
	double error_rate;		/* share of requests answered 500 */
	double capacity;     /* requests per second it can do, one after the other; 0: any */
	ns_t patience;	     /* with `capacity`: a longer queue is answered 503 */
	struct str password; /* of every account */
	uint64_t seed;
	const char *log; /* what is asked is written to this file, or NULL */
};

struct shop;

/* NULL, with errno, when its log cannot be written. */
struct shop *shop_new(const struct shop_config *config);
void shop_free(struct shop *shop);
/* Must be called before the first visit: the shop answers late through it and shows its counters.
 */
void shop_attach(struct shop *shop, struct server *server);
/* The handler for server_new; OWNER is the shop. */
void shop_handle(void *owner, struct http_request *http);

#endif
