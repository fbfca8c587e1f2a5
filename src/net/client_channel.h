/* The WebSockets of the HTTP client (net/channel.h); for the files of the client only. */
#ifndef NET_CLIENT_CHANNEL_H
#define NET_CLIENT_CHANNEL_H

#include "net/channel.h"

struct client;
struct client_exchange;

void client_channel_init_all(struct client *c);
/* Closes all; waits briefly until the other sides have seen it. */
void client_channel_free_all(struct client *c);
/* Adds the key of the handshake to the lines of X. */
void client_channel_prepare(struct client_exchange *x);
/* The server has switched to WebSocket: completes X, with its channel. REST arrived after the
 * response. */
void client_channel_open(struct client_exchange *x, struct str rest);

#endif
