/*
 * Lines sent by UDP, several to a packet, never waiting: what cannot be sent at once is lost and
 * counted. The thread that opened it.
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

#define DATAGRAM_BYTES 1432u /* fits an Ethernet frame with whatever headers */

struct datagram {
	int fd;
	struct buf packet;
	uint64_t given, lost; /* packets */
	int failed;	      /* errno of the last loss; 0: none */
};

/* Looks HOST up and connects. False with a sentence in ERROR. */
bool datagram_open(struct datagram *d, const char *host, unsigned port, struct buf *error);
/* LINE without its end. Sends what was gathered when it does not fit behind that; a line longer
 * than a packet is left out. */
void datagram_add(struct datagram *d, struct str line);
void datagram_flush(struct datagram *d);
/* Sends the rest; what is lost by now is known then. */
void datagram_end(struct datagram *d);
void datagram_close(struct datagram *d);

#endif
