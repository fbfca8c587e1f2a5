/*
 * An HTTP client without a network, on a fake loop: a test's own function says of each send how
 * long the answer takes and what it is. Counts what a server would have seen.
 */
#ifndef FAKE_HTTP_H
#define FAKE_HTTP_H

#include "base/arena.h"
#include "fake_loop.h"
#include "net/http.h"

/* What the server does with a request; zeroes mean an empty 200 at once. */
struct fake_response {
	ns_t latency;
	enum http_result result;
	int status;  /* 0: 200 */
	int version; /* 0: 11 */
	const char *redirect_to, *headers, *body;
	bool new_connection;
	unsigned resent;
};

/* A request as the server sees it. */
struct fake_request {
	const char *method;
	struct str url, body;
	const struct exchange *exchange;
	unsigned long user; /* number of the http_user, in the order they came */
	ns_t at;
};

struct http_plan {
	struct http_plan_spec spec;
};

struct http_user {
	unsigned long number;
	unsigned in_flight;
	unsigned long cleared; /* cookies */
	struct http_user *next;
};

struct fake_exchange;

struct fake_http {
	struct http http;
	struct fake_loop *loop;
	struct arena arena;
	struct fake_response (*serve)(void *owner, const struct fake_request *request);
	void *owner;
	ns_t cost; /* the clock moves so much with each send: a slow generator */
	struct fake_exchange *spare;
	struct http_user *spare_users;
	unsigned long users, open_users, begun, ended, sent, cancelled, in_flight, most_in_flight;
	unsigned long user_most_in_flight;
};

void fake_http_init(struct fake_http *h, struct fake_loop *loop);

#endif
