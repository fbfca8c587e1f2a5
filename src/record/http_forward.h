/* Heads as the recorder forwards them. Pure. */
#ifndef RECORD_HTTP_FORWARD_H
#define RECORD_HTTP_FORWARD_H

#include "net/http_head.h"

/*
 * Writes the head that goes to the server: without fields of the connection, without conditions (so
 * that the server sends the body), and only with codings that the recording can decode. UPGRADE:
 * the request for a WebSocket stays, without its extensions. TARGET replaces the request's;
 * PROXY_AUTH (or empty) is added.
 */
void http_forward_request(const struct http_head *head, struct str target, struct str proxy_auth,
			  bool upgrade, struct buf *out);
/* Writes the head that goes to the client: without fields of the connection, and without ways
 * to bypass the recorder (Alt-Svc). KEEP: its connection stays open; UPGRADE: it becomes a
 * WebSocket. */
void http_forward_response(const struct http_head *head, bool keep_alive, bool upgrade,
			   struct buf *out);
/* Writes the head of an interim response (1xx), which has no body. */
void http_forward_interim(const struct http_head *head, struct buf *out);

#endif
