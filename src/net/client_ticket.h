/*
 * Kerberos tickets for requests with HTTP_AUTH_NEGOTIATE, for the HTTP client (client_private.h).
 * A ticket belongs to a login (user and password, or a credential cache) and a host. It is
 * requested by a thread, because libkrb5 blocks; the requests that need it wait meanwhile. The
 * tickets of a password are renewed before they expire. Part of one client, so of one worker
 * thread.
 */
#ifndef NET_CLIENT_TICKET_H
#define NET_CLIENT_TICKET_H

#include <stdbool.h>

struct client;
struct client_exchange;

void client_ticket_init_all(struct client *c);
void client_ticket_free_all(struct client *c);
/* True: X needs no ticket, or has one, and starts now. False: it waits, and is started or finished
 * later. */
bool client_ticket_ready(struct client_exchange *x);
/* Removes X, which is cancelled, from the queue of its ticket. */
void client_ticket_forget(struct client_exchange *x);
/* The next token that libcurl creates on this thread uses the ticket of X. */
void client_ticket_use(const struct client_exchange *x);

#endif
