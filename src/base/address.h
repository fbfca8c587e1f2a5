/* An address to listen on or to send to: HOST:PORT, [IPV6]:PORT, :PORT or PORT. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

#define ADDRESS_HOST 256

struct address {
	char host[ADDRESS_HOST]; /* without brackets; 127.0.0.1 if TEXT has none */
	unsigned port;
};

/* PORT is the default; 0 means that TEXT must have a port. False with a sentence in ERROR. */
bool address_parse(struct str text, unsigned port, struct address *out, struct buf *error);

/* True if HOST, a name or an address without brackets, is this machine: localhost and names below
 * it (RFC 6761), 127.0.0.0/8 and ::1. */
bool address_is_loopback(struct str host);

/* The host by which this machine reaches a server that listens on HOST: 127.0.0.1 for 0.0.0.0, ::1
 * for ::, else HOST itself. */
const char *address_to_reach(const char *host);

#endif
