/*
 * URLs as defined in RFC 3986, as far as we must parse them ourselves: splitting for the list of
 * allowed hosts, joining a path to the target, resolving a redirect, percent-encoding. Pure
 * functions on views.
 */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct url {
	struct str scheme;   /* as written; compare without case */
	struct str userinfo; /* without @ */
	struct str host;     /* without brackets and zone */
	struct str zone;     /* of an IPv6 host, without %; ptr NULL when there is none */
	bool host_is_ipv6;
	uint16_t port; /* the scheme's default if the URL has none; 0: unknown scheme */
	bool has_port;
	struct str path;     /* from the slash; may be empty */
	struct str query;    /* without ?; ptr NULL when there is none */
	struct str fragment; /* without #; ptr NULL when there is none */
};

/* False unless TEXT is an absolute URL with a host; a space or control byte anywhere is refused. */
bool url_split(struct str text, struct url *out);
/* scheme, host and port equal (RFC 6454). */
bool url_same_origin(const struct url *a, const struct url *b);
/* Resolves REFERENCE by RFC 3986 section 5.2 against BASE, fragment dropped, dots removed. False if
 * the result is not a URL. */
bool url_resolve(const struct url *base, struct str reference, struct buf *out);
/* Appends the target of a request to URL (RFC 9112 section 3.2.1): the path without dot segments
 * and the query, with bytes beyond ASCII encoded. */
void url_put_target(struct buf *out, const struct url *url);
/* Appends S; spaces and bytes beyond ASCII are encoded. */
void url_put_printable(struct buf *out, struct str s);
/* Appends S with everything but unreserved characters encoded; SPACE_AS_PLUS for form bodies. */
void url_encode(struct buf *out, struct str s, bool space_as_plus);
/* Appends S decoded; false on a bad escape (which is copied unchanged). */
bool url_decode(struct buf *out, struct str s, bool plus_as_space);

#endif
