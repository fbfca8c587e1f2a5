/*
 * What an extractor or an expectation may look at: the last answer of a request, as views into the
 * exchange buffer. They are gone when the step is settled; results are copied to the user's slots.
 */
#ifndef KIND_ANSWER_H
#define KIND_ANSWER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "kind/value.h"

struct regex_scratch;

enum answer_need {
	NEEDS_HEADERS = 1 << 0,
	NEEDS_BODY = 1 << 1,
	NEEDS_COOKIES = 1 << 2,
};

struct answer {
	int status;
	struct str headers; /* field lines of the last answer, "Name: value\r\n"…, without the status line */
	struct str body;    /* decoded; empty when nobody asked for it */
	struct str url;     /* of the last hop */
	ns_t time;          /* response time so far */
};

/* Names compare without case. NTH counts from 0; ptr NULL when there is none. Blanks around are off. */
struct str answer_header(const struct answer *answer, struct str name, size_t nth);

/* What belongs to one worker for the length of one step; nothing here allocates once warm. */
struct scratch {
	struct regex_scratch *regex;
	struct buf text;    /* values that are not views of the answer; addresses stay good until the step is settled */
	struct value *items; /* room for lists */
	size_t items_used, items_cap;
};

#endif
