/*
 * What an extractor or an expectation may look at: the last answer of a request, as views into the
 * exchange buffer. They are gone when the step is settled; results are copied to the user's slots.
 */
#ifndef INTERFACE_RESPONSE_H
#define INTERFACE_RESPONSE_H

#include "base/clock.h"
#include "base/str.h"

enum response_need {
	NEEDS_HEADERS = 1 << 0,
	NEEDS_BODY = 1 << 1,
	NEEDS_COOKIES = 1 << 2,
	NEEDS_CERTIFICATE = 1 << 3,
};

struct response {
	int status;
	struct str headers;   /* field lines of the last answer, "Name: value\r\n"…, without the
				 status line */
	struct str body;      /* decoded; empty when nobody asked for it */
	struct str url;	      /* of the last hop */
	ns_t time;	      /* response time so far */
	bool has_certificate; /* the server showed one, and somebody asked for it */
	int64_t certificate_days; /* whole days it is still good for; negative: it was */
};

/* Names compare without case. NTH counts from 0; ptr NULL when there is none. Blanks around are
 * off. */
struct str response_header(const struct response *response, struct str name, size_t nth);

#endif
