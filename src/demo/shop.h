/*
 * The sample shop: an application to try everything on. A small shop of hats, shoes and coats with
 * HTML pages and a JSON API. All state is in memory and bounded; the oldest sessions and orders
 * make room for new ones. One thread.
 */
#ifndef DEMO_SHOP_H
#define DEMO_SHOP_H

#include "base/clock.h"
#include "base/str.h"
#include "net/server.h"

struct shop_config {
	ns_t latency_low,
	    latency_high;  /* every response takes between the two, evenly distributed */
	double error_rate; /* fraction of requests that get a 500 */
	double capacity; /* requests per second it can process, one after the other; 0: no limit */
	ns_t patience;	 /* with `capacity`: a longer queue gets a 503 */
	struct str password; /* of every account */
	ns_t token_lifetime; /* of the tokens of /oauth/token */
	uint64_t seed;
	const char *log; /* requests are written to this file, or NULL */
};

struct shop;

/* NULL, with errno, if its log cannot be opened. */
struct shop *shop_new(const struct shop_config *config);
void shop_free(struct shop *shop);
/* Must be called before the first request: the shop uses it for delayed responses and shows its
 * counters. */
void shop_attach(struct shop *shop, struct server *server);
/* The handler for server_new; OWNER is the shop. */
void shop_handle(void *owner, struct http_request *http);

#endif
