/*
 * The recording proxy: HTTP and, by leaves of its own authority, HTTPS; HTTP/1.1 on both sides.
 * What goes by is passed on at once and copied aside; each transaction is handed over when it ends.
 * Servers are contacted only when something is to be sent to them. Connections whose client does
 * not take the authority's leaf are passed through unread from then on, as is what is no HTTP. One
 * thread; it is freed before its loop.
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
struct take;

struct proxy_config {
	const char *host; /* to listen on */
	unsigned port;	  /* 0: any free one */
	struct ca *authority;
	struct stream_tls *servers; /* the client's side, by which servers are verified */
	const char *via_host;	    /* of a proxy to go through, or NULL */
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
	void (*captured)(void *owner, const struct take *capture);
	/* Something a person should know; untrusted text, one line. */
	void (*reported)(void *owner, struct str text);
	/* A step of that name begins (from the page of PROXY_BUILTIN_HOST). */
	void (*marked)(void *owner, struct str name);
	/* The id of the step that a transaction beginning now belongs to; may be empty. */
	struct str (*page)(void *owner);
};

/* Everything handed in outlives it. NULL with a sentence in ERROR. */
struct proxy *proxy_new(struct stream_loop *loop, const struct proxy_config *config,
			const struct proxy_watch *callbacks, void *owner, struct buf *error);
unsigned proxy_port(const struct proxy *p);
/* Ends all connections; what was under way is handed over as far as it came. NULL is fine. */
void proxy_free(struct proxy *p);

#endif
