/* Listening sockets for the servers of this room. The caller owns the descriptor. */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "base/buf.h"

/* Opens a listening socket, non-blocking, with TCP_NODELAY for accepted connections; PORT 0: any
 * free port. -1 with a sentence in ERROR. */
int listen_on(const char *host, unsigned port, struct buf *error);
/* The port that FD listens on; 0 if it is unknown. */
unsigned listen_port(int fd);

#endif
