/*
 * Complete failed exchanges, a few of each kind: the request and the response, with secrets
 * masked and bodies cut by the caller. Their number is bounded and so is their memory. Costs
 * nothing while nothing fails. Workers add samples under a lock; the main thread reads without
 * one: what it can see is complete and does not change until the end.
 */
#ifndef STATS_FAILURE_SAMPLES_H
#define STATS_FAILURE_SAMPLES_H

#include "base/arena.h"
#include "base/buf.h"
#include "stats/recorder.h"

#define FAILURE_SAMPLES_GROUPS 64u
#define FAILURE_SAMPLES_EACH   3u

struct failure_sample {
	struct failure_note note; /* `why` is its text, too */
	ns_t wall;		  /* time of the send */
	struct str method, url;
	struct str curl; /* the request as a curl command, to be pasted into a shell */
	struct str request_headers, request_body; /* lines ended by '\n' */
	bool request_body_cut;			  /* the body was longer than this */
	int status;				  /* 0: no response */
	int version;				  /* 10, 11, 20 */
	struct str headers, body;
	bool more;
	struct str messages; /* of the socket that a step has waited for (failure_messages.h) */
	uint64_t bytes_received;
	ns_t dns, connect, tls, wait, receive, whole; /* 0 if there was none */
	struct str why;				      /* "HTTP 503, expected 2xx" */
};

/* Failures of one kind (recorder_note_same). */
struct failure_sample_group {
	struct failure_note note;
	unsigned number; /* number among those of its class, from 1 */
	_Atomic unsigned count;
	struct failure_sample *items[FAILURE_SAMPLES_EACH];
};

struct failure_samples;

/* Empty; ends the program if memory runs out. */
struct failure_samples *failure_samples_new(void);
void failure_samples_free(struct failure_samples *e);
/* Copies X, if there is room for one of its kind. Any thread. */
void failure_samples_add(struct failure_samples *e, const struct failure_sample *x);
/* The current number; E may be NULL. */
unsigned failure_samples_count(struct failure_samples *e);
struct failure_sample_group *failure_samples_group(struct failure_samples *e, unsigned i);
/* NULL: there is none of this kind. */
struct failure_sample_group *failure_samples_find(struct failure_samples *e,
						  const struct failure_note *note);
/* "status-1.har". */
void failure_samples_put_file(struct buf *out, const struct failure_sample_group *group);

#endif
