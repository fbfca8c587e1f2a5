/*
 * A WebSocket of a client of a server (net/server.h): a request that is upgraded, and then the
 * messages of both sides. Compressed messages are supported. The server's thread.
 */
#ifndef NET_SERVER_SOCKET_H
#define NET_SERVER_SOCKET_H

#include <stdbool.h>

#include "base/str.h"

struct http_request;
struct server_socket;

struct server_socket_handler {
	/* PAYLOAD is valid during the call. */
	void (*message)(void *owner, bool text, struct str payload);
	/* The connection has ended, or ends; called once. The socket must not be used anymore. */
	void (*closed)(void *owner);
};

/* True if the request asks for a WebSocket; then it can be opened. */
bool server_socket_is_asked(const struct http_request *request);
/* Replies to REQUEST, for which server_socket_is_asked is true, with the upgrade, and opens the
 * socket. NULL if the client has disconnected. */
struct server_socket *server_socket_open(struct http_request *request,
					 const struct server_socket_handler *handler, void *owner);
/* Sends a message of text. The socket is closed if the client does not read. */
void server_socket_send(struct server_socket *socket, struct str text);
void server_socket_close(struct server_socket *socket, unsigned code, struct str reason);

#endif
