/* Where to listen or to send: HOST:PORT, [IPV6]:PORT, :PORT or PORT. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

#define ADDRESS_HOST 256

struct address {
	char host[ADDRESS_HOST]; /* without brackets; 127.0.0.1 where none is written */
	unsigned port;
};

/* PORT where none is written, 0: it must be. False with a sentence in ERROR. */
bool address_parse(struct str text, unsigned port, struct address *out, struct buf *error);

/* True if HOST, a name or an address without brackets, is this machine: localhost and names below
 * it (RFC 6761), 127.0.0.0/8 and ::1. */
bool address_is_loopback(struct str host);

#endif
