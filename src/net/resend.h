/*
 * Decides whether a request is sent a second time, as browsers do: a server may close a kept
 * connection at any time, and a request that arrives too late is lost without being processed.
 * Every transport uses these rules. Pure.
 */
#ifndef NET_RESEND_H
#define NET_RESEND_H

#include <stdbool.h>

#include "net/http_cause.h"

/* A send whose connection was lost, or that the server refused. */
struct resend_facts {
	bool never;    /* the scenario forbids it: `resend: never` */
	bool second;   /* this was already the second send */
	bool reused;   /* sent on a connection that had been used before */
	bool received; /* a part of a response was received */
	bool refused;  /* the HTTP/2 server reported that it did not process the request */
	bool reset;    /* the connection was reset, not closed */
};

/* True if the request is sent a second time, on a new connection. */
bool resend_applies(const struct resend_facts *facts);
/* The cause to report if it is not sent again and nothing was received. */
enum http_cause resend_failure(const struct resend_facts *facts);
/* True if METHOD is idempotent (RFC 9110 section 9.2.2): a second send has no further effect. */
bool resend_is_idempotent(const char *method);

#endif
