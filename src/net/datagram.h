/*
 * Sends lines by UDP, several per packet, without waiting: lines that cannot be sent immediately
 * are lost and counted. Belongs to the thread that opened it.
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

#define DATAGRAM_BYTES 1432u /* fits an Ethernet frame with any headers */

struct datagram {
	int fd;
	struct buf packet;
	uint64_t given, lost; /* packets */
	int failed;	      /* errno of the last loss; 0: none */
};

/* Looks HOST up and connects. False with a sentence in ERROR. */
bool datagram_open(struct datagram *d, const char *host, unsigned port, struct buf *error);
/* LINE has no line end. Sends the collected lines first if LINE does not fit into their packet; a
 * line longer than a packet is dropped. */
void datagram_add(struct datagram *d, struct str line);
void datagram_flush(struct datagram *d);
/* Sends the rest, and counts the losses known at that time. */
void datagram_end(struct datagram *d);
void datagram_close(struct datagram *d);

#endif
