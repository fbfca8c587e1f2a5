/*
 * The cookies of one user, by RFC 6265bis: domain and path matching, host-only cookies, expiry,
 * Secure, the prefixes __Host- and __Secure-, public suffixes (libpsl) and limits. It stores the
 * Set-Cookie fields of responses and builds the value of the Cookie field of requests, for any
 * transport. A jar takes no memory before its first cookie, and emptying it costs nothing. It
 * belongs to one thread.
 */
#ifndef NET_COOKIE_JAR_H
#define NET_COOKIE_JAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Cookies of a jar, and of one domain in a jar. The least recently used ones are removed first. */
#define COOKIE_JAR_MAX	      1000
#define COOKIE_JAR_DOMAIN_MAX 180

/* All zero: an empty jar. */
struct cookie_jar {
	char *records; /* packed, see cookie_jar.c */
	uint32_t len, cap;
	uint32_t clock; /* counts stores and uses, for their order */
};

/* The request that a cookie belongs to. Views of its URL. */
struct cookie_request {
	struct str host; /* ASCII in any case, without brackets and port */
	struct str path; /* without the query; may be empty */
	bool secure;	 /* https, or this machine, which browsers trust too */
	int64_t now;	 /* seconds since 1970 */
};

/* The request for URL. HOST replaces the host of the URL if its ptr is not NULL (a Host field of
 * the scenario, with or without a port). False if URL is not valid. */
bool cookie_jar_request(struct str url, struct str host, int64_t now, struct cookie_request *out);
/* Stores the value of a Set-Cookie field. False if it is ignored or removes a cookie. */
bool cookie_jar_store(struct cookie_jar *jar, const struct cookie_request *request,
		      struct str field);
/* Appends the value of the Cookie field: the cookies of the jar, then OWN, which is such a value
 * from the scenario ("a=1; b=2") or empty. A name in OWN replaces the cookies of the jar with this
 * name. Appends nothing if there are no cookies. */
void cookie_jar_put(struct cookie_jar *jar, const struct cookie_request *request, struct str own,
		    struct buf *out);
static inline bool cookie_jar_is_empty(const struct cookie_jar *jar)
{
	return jar->len == 0;
}
/* Removes all cookies; keeps a small buffer. */
void cookie_jar_clear(struct cookie_jar *jar);
void cookie_jar_release(struct cookie_jar *jar);

#endif
