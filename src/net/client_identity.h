/*
 * The client certificates of the HTTP client (client_private.h): those of TLS profiles, which are
 * loaded when the client is created, and those that are set per send, which are loaded when a
 * request needs one for the first time. Each has a number. A connection or a TLS session
 * that was made with a certificate is only used for requests with the same number.
 * Part of one client, so of one worker thread.
 */
#ifndef NET_CLIENT_IDENTITY_H
#define NET_CLIENT_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct client;
struct client_exchange;
struct ssl_st;
typedef void CURL;

/* Loads the certificates of the TLS profiles. False, with the reason in ERROR. */
bool client_identity_init_all(struct client *c, struct buf *error);
void client_identity_free_all(struct client *c);
/* Finds the certificate of X, which is about to be sent. False if X failed. */
bool client_identity_find(struct client_exchange *x);
/* X has ended. */
void client_identity_done(struct client_exchange *x);
/* The number of the certificate of X; 0: none. */
uint64_t client_identity_number(const struct client_exchange *x);
/* Sets the certificate of X for a new connection. */
void client_identity_use(const struct client_exchange *x, struct ssl_st *ssl);
void client_identity_use_curl(const struct client_exchange *x, CURL *easy);

#endif
