/*
 * The recording proxy: HTTP and, with leaves of the recorder's authority, HTTPS; HTTP/1.1 on both
 * sides. Bytes are forwarded immediately and copied; each transaction is reported when it ends.
 * Servers are contacted only when there is a request for them. If a client refuses the authority's
 * leaf, later connections to that host are passed through unread, and so is input that is not HTTP.
 * One thread; it is freed before its loop.
 */
#ifndef RECORD_PROXY_H
#define RECORD_PROXY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "net/stream_loop.h"

#define PROXY_BUILTIN_HOST "recorder.local"

struct ca;
struct proxy;
struct stream_tls;
struct capture;
struct capture_message;

struct proxy_config {
	const char *host; /* to listen on */
	unsigned port;	  /* 0: any free port */
	struct ca *authority;
	struct stream_tls *servers; /* the client's side, which verifies servers */
	const char *via_host;	    /* address of the proxy to use, or NULL */
	unsigned via_port;
	struct str via_auth; /* "Basic …" for it, or empty */
	const char *const *no_proxy;
	size_t no_proxy_count;
	const char *const
	    *passthrough; /* hosts, with *, whose TLS connections are passed through */
	size_t passthrough_count;
};

struct proxy_watch {
	/* A transaction has ended. */
	void (*captured)(void *owner, const struct capture *capture);
	/* A WebSocket or an event stream has begun; `captured` follows at its end. */
	void (*begun)(void *owner, struct capture *capture);
	/* A message or a part of the body of one that has begun. */
	void (*message)(void *owner, const struct capture *capture,
			const struct capture_message *message);
	void (*piece)(void *owner, const struct capture *capture, struct str piece);
	/* A note for the user; untrusted text, one line. */
	void (*reported)(void *owner, struct str text);
	/* A step with that name starts (from the page of PROXY_BUILTIN_HOST). */
	void (*marked)(void *owner, struct str name);
	/* The id of the step for a transaction that starts now; may be empty. */
	struct str (*page)(void *owner);
};

/* All arguments must outlive it. NULL with a sentence in ERROR. */
struct proxy *proxy_new(struct stream_loop *loop, const struct proxy_config *config,
			const struct proxy_watch *callbacks, void *owner, struct buf *error);
unsigned proxy_port(const struct proxy *p);
/* The token that http://recorder.local/mark needs, safe in a URL. */
const char *proxy_token(const struct proxy *p);
/* Ends all connections; transactions in progress are reported as far as they got. NULL is fine. */
void proxy_free(struct proxy *p);

#endif
