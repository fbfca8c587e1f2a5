/*
 * The state of the WebSockets of the HTTP client, for its two files: client_channel.c, a channel,
 * and client_channel_all.c, all of them, in particular their end.
 */
#ifndef NET_CLIENT_CHANNEL_PRIVATE_H
#define NET_CLIENT_CHANNEL_PRIVATE_H

#include "net/client_channel.h"
#include "net/client_private.h"
#include "net/fd_watch.h"
#include "net/websocket.h"

#define CLIENT_CHANNEL_INPUT_BYTES ((size_t)64 * 1024)

struct client_channel {
	struct channel pub;
	struct client *client;
	struct client_channel *next, *prev; /* among all */
	struct fd_watch watch;
	struct event timer;
	int fd;
	struct direct_tls tls;
	struct websocket socket;
	struct buf unsent, first; /* first: bytes that arrived with the response */
	size_t unsent_at;
	ns_t idle_ping, last_message;
	ns_t read_at;	  /* the time at which the bytes that are processed now were read */
	bool is_taken;	  /* `done` has returned: messages are given to the owner */
	bool is_given_up; /* by its owner */
	bool is_over;	  /* the end was reported */
	bool is_gone;	  /* to be freed at the end of the current event */
	bool in_event;
};

/* Shared by the channels of a client. */
struct client_channels {
	struct client_channel *first;
	struct websocket_shared shared;
	char *input;
};

/* Closes the connection. */
void client_channel_free(struct client_channel *k);
/* Writes as much of the unsent bytes as the connection accepts. */
void client_channel_write_unsent(struct client_channel *k);

#endif
