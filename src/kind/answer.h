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
struct json_answer; /* doc/json_answer.h */

enum answer_need {
	NEEDS_HEADERS = 1 << 0,
	NEEDS_BODY = 1 << 1,
	NEEDS_COOKIES = 1 << 2,
	NEEDS_CERTIFICATE = 1 << 3,
};

struct answer {
	int status;
	struct str headers; /* field lines of the last answer, "Name: value\r\n"…, without the
			       status line */
	struct str body;    /* decoded; empty when nobody asked for it */
	struct str url;	    /* of the last hop */
	ns_t time;	    /* response time so far */
	bool has_certificate; /* the server showed one, and somebody asked for it */
	int64_t certificate_days; /* whole days it is still good for; negative: it was */
};

/* Names compare without case. NTH counts from 0; ptr NULL when there is none. Blanks around are
 * off. */
struct str answer_header(const struct answer *answer, struct str name, size_t nth);

/*
 * What belongs to one worker for the length of one step: the bytes and items of values that are
 * neither constants nor views of the answer. Both rooms are reserved once (TEXT_BYTES, ITEMS) and
 * never move, so what points into them stays good until scratch_clear; past their end things fail
 * with a message instead of growing.
 */
/* Something a kind keeps with the scratch from one answer to the next: the kind that finds DATA NULL
 * fills all three. */
struct scratch_keep {
	void *data;
	void (*forget)(void *data); /* the answer is gone */
	void (*free)(void *data);
};

struct scratch {
	struct regex_scratch *regex;
	struct json_answer *json; /* the answer read as JSON, once */
	struct scratch_keep page; /* the answer read as HTML or XML, once (extract/page.h) */
	struct buf text;
	struct value *items;
	size_t items_used, items_cap;
};

#define SCRATCH_TEXT_BYTES ((size_t)16 << 20) /* address space; pages are taken on first use */
#define SCRATCH_ITEMS	   ((size_t)65536)

void scratch_init(struct scratch *s);
void scratch_release(struct scratch *s);
/* Everything made so far is gone: before a REQUEST, and after each instruction outside an answer.
 */
void scratch_clear(struct scratch *s);
/* Room for N further items, all null; NULL when there is none. */
struct value *scratch_items(struct scratch *s, size_t n);
/* A copy of S in the scratch; ptr NULL when there is no room. */
struct str scratch_copy(struct scratch *s, struct str text);

#endif
