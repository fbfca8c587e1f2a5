/*
 * A server for HTTP/2 without TLS that sends the same bytes after each request: frames that the
 * test has written by hand. The caller owns the struct, and may change it between requests.
 */
#ifndef FRAME_SERVER_H
#define FRAME_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "socket_server.h"

struct frame_server {
	struct socket_server sockets;
	const char *bytes;
	size_t len;
	size_t cut;  /* the rest is sent after a short time; 0: not divided */
	bool drops;  /* the rest is not sent */
	bool closes; /* afterwards */
};

/* On a free port of 127.0.0.1: server->sockets.port. Ends with socket_server_stop. */
void frame_server_start(struct frame_server *server);

#endif
