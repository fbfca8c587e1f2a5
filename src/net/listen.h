/* Listening sockets, for the servers of this room. The descriptor is the caller's. */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "base/buf.h"

/* A socket that listens, non-blocking, with TCP_NODELAY for what it accepts; PORT 0: any free one.
 * -1 with a sentence in ERROR. */
int listen_on(const char *host, unsigned port, struct buf *error);
/* The port FD listens on; 0 when it cannot be told. */
unsigned listen_port(int fd);
/* That sentence: why (WHAT) nobody listens there. */
void listen_refused(struct buf *error, const char *what, const char *host, unsigned port);

#endif
