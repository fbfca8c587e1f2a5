/* The storage of requests, for the connections of the server. */
#ifndef NET_HTTP_REQUEST_PRIVATE_H
#define NET_HTTP_REQUEST_PRIVATE_H

#include "net/server_private.h"

struct http_request *http_request_new(struct server_connection *c);
/* The request ends; its memory is kept for the next one. */
void http_request_release(struct http_request *request);
/* Sends an upgrade as the reply, with the fields that were added. The request ends. */
void http_request_upgrade(struct http_request *request);
/* Frees a released request. */
void http_request_free(struct http_request *request);

#endif
