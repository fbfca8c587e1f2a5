/* Parses Set-Cookie fields and their dates (RFC 6265bis sections 5.1.1 and 5.6). Pure. */
#ifndef NET_COOKIE_PARSE_H
#define NET_COOKIE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define COOKIE_PARSE_SESSION INT64_MAX

/* A parsed Set-Cookie field; views of it. */
struct cookie_fields {
	struct str name, value;
	struct str domain; /* without a leading dot, in the server's case; empty: host-only */
	struct str path;   /* ptr NULL: no valid Path */
	int64_t expires;   /* seconds since 1970; COOKIE_PARSE_SESSION: with the session */
	bool secure;
};

/* Parses FIELD. False if the whole field must be ignored. NOW is in seconds since 1970. */
bool cookie_parse_field(struct str field, int64_t now, struct cookie_fields *out);
/* Parses a cookie date into seconds since 1970; false if it is not one. */
bool cookie_parse_date(struct str text, int64_t *out);

#endif
