/*
 * The part of a response that an extractor or an assertion can read: the last response of a
 * request, as views into the exchange buffer. The views are valid until the step ends; results are
 * copied to the user's slots.
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
	NEEDS_EVENTS = 1 << 4,	   /* the response is read as an event stream */
	NEEDS_EVENT_TYPE = 1 << 5, /* only for a message: its event type */
};

/* Whether a response has the form again that its request submitted. */
enum response_form {
	RESPONSE_FORM_NONE,	/* no form was submitted, or the page does not have it */
	RESPONSE_FORM_AGAIN,	/* the page has it: empty, or after a GET, a redirect, an error */
	RESPONSE_FORM_REJECTED, /* the page has it, with the values of a POST */
};

struct stream_event; /* base/event_stream.h */

/* The facts about an event stream. Times are from the scheduled start; -1: there was none. */
struct response_events {
	uint64_t count;
	uint64_t outputs; /* events with output */
	ns_t first_event, first_output;
};

struct response {
	int status;
	struct str headers; /* header lines of the last response, "Name: value\r\n"…, without the
			       status line */
	struct str body;    /* decoded; empty if nothing needs it */
	struct str note;    /* what a message about the body must say too, or empty */
	struct str url;	    /* of the last response after redirects */
	bool redirected;    /* a redirect was followed, or the response is one */
	enum response_form form;
	struct str form_error; /* with RESPONSE_FORM_REJECTED: an error message on the page, or its
				  title */
	ns_t time;	       /* response time so far */
	ns_t wait;	       /* from the send to the first byte */
	bool has_certificate;  /* the server sent one, and something needs it */
	const struct response_events *events; /* NULL: not an event stream */
	const struct stream_event *event;     /* for an extractor that needs events: one of them;
						 for an expectation about a message: that message */
	int64_t certificate_days; /* whole days until it expires; negative: it has expired */
};

/* Names are compared without case. NTH counts from 0; ptr is NULL if there is no such header.
 * Surrounding spaces are removed. */
struct str response_header(const struct response *response, struct str name, size_t nth);

#endif
