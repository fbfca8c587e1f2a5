/*
 * A server for the simulated client (fake_http.h) that performs the acts of wire_server.h in
 * virtual time: keeps, closes and resets connections, and sends again by the rules of net/resend.h.
 */
#ifndef FAKE_WIRE_H
#define FAKE_WIRE_H

#include "fake_http.h"
#include "wire_server.h"

#define FAKE_WIRE_USERS 16

struct fake_wire {
	const enum wire_act *acts; /* one per request; WIRE_OK after the last one */
	unsigned act_count;
	unsigned requests, connections;
	bool connected[FAKE_WIRE_USERS]; /* by the number of the http_user */
};

/* A `serve` function for fake_http, whose owner is a fake_wire. */
struct fake_response fake_wire_serve(void *owner, const struct fake_request *request);

#endif
