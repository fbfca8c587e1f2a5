/*
 * An HTTP server for the tests of the client, with one thread per connection. The path selects the
 * response: /ok /echo /echo_body /cookie?NAME=VALUE /gzip/BYTES /body/BYTES /short /never
 * /bad_chunk /redirect?to=URL /early /first_only /idle_close /no_http /reset /reset_body.
 * /first_only responds only to the first request of a connection and closes the connection at a
 * later one. /never waits until the client closes. The server counts requests, connections and
 * bytes.
 */
#ifndef TINY_SERVER_H
#define TINY_SERVER_H

#include <stdbool.h>

struct tiny_server;

/* On a free port of 127.0.0.1, or on the Unix socket PATH when it is not NULL. */
struct tiny_server *tiny_server_start(const char *path);
void tiny_server_stop(struct tiny_server *server);
unsigned tiny_server_port(const struct tiny_server *server);
unsigned tiny_server_connections(const struct tiny_server *server);
unsigned tiny_server_requests(const struct tiny_server *server);
/* Bytes of requests, headers and bodies. */
unsigned long tiny_server_bytes(const struct tiny_server *server);
/* The head of the last request, NUL-terminated; until the next call. */
const char *tiny_server_last(struct tiny_server *server);

#endif
