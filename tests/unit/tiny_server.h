/*
 * An HTTP server for the tests of the client, on threads of its own (one a connection), that does
 * what the path asks for: /ok /echo /echo_body /cookie?NAME=VALUE /gzip/BYTES /body/BYTES /short
 * /never /bad_chunk /redirect?to=URL /early /first_only /idle_close /no_http /reset /reset_body. It
 * counts what it saw. /first_only is answered only as the first request of a connection; as a later
 * one the connection is closed instead. /never waits until the client goes.
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
