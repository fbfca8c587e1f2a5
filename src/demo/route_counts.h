/* Requests counted by the shop itself, by method and route; a load test can compare its results
 * with them. */
#ifndef DEMO_ROUTE_COUNTS_H
#define DEMO_ROUTE_COUNTS_H

#include "base/buf.h"
#include "base/str.h"

#define COUNT_ROUTES 64

struct route_count {
	struct str route; /* "GET /products/{id}", constant */
	uint64_t requests;
};

struct route_counts {
	struct route_count routes[COUNT_ROUTES];
	unsigned used;
	uint64_t statuses[6]; /* by hundreds of the status */
	uint64_t requests, logins, tokens, carts, orders, errors_on_purpose, turned_away;
};

/* Counts a request of ROUTE, and its response with STATUS. */
void route_counts_route(struct route_counts *counts, struct str route);
void route_counts_status(struct route_counts *counts, int status);
/* Writes the JSON of /stats; CONNECTIONS is the server's count. */
void route_counts_put(const struct route_counts *counts, uint64_t connections, struct buf *out);

#endif
