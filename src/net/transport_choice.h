/*
 * Decides which transport sends a request: the direct one sends what it can, libcurl the rest. A
 * request is checked by itself, so two requests of a user may use different transports; both
 * have the same rules and the same messages. Pure.
 */
#ifndef NET_TRANSPORT_CHOICE_H
#define NET_TRANSPORT_CHOICE_H

#include <stdbool.h>

/* The properties of a request. */
struct transport_facts {
	int transport;	  /* enum http_transport */
	int auth;	  /* enum http_auth */
	int http_version; /* enum http_version_wanted */
	bool proxy;	/* one that the direct transport cannot use */
	bool websocket; /* it can use a proxy with http:// */
	bool bandwidth;
	bool framed_by_hand; /* the scenario sends Content-Length or Transfer-Encoding */
	bool https;
};

/* NULL: the request is sent directly; otherwise what it needs libcurl for. */
const char *transport_choice_obstacle(const struct transport_facts *facts);

#endif
