/*
 * Failed exchanges kept whole, a few of each kind: what was asked and what came back, secrets
 * masked and bodies bounded by whoever keeps them. Bounded in number and so in memory. Nothing
 * happens here while nothing fails.
 *
 * Workers keep (a lock among them); the main thread looks meanwhile without one: what it can see is
 * complete and stays as it is until the end.
 */
#ifndef STATS_EVIDENCE_H
#define STATS_EVIDENCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "stats/recorder.h"

#define EVIDENCE_GROUPS 64u
#define EVIDENCE_EACH	3u

struct evidence_exchange {
	struct failure_note note; /* its text is `why`, too */
	ns_t wall;		  /* when it was sent */
	struct str method, url;
	struct str asked_headers, asked_body; /* lines ended by '\n' */
	bool asked_more;		      /* the body was longer */
	int status;			      /* 0: no answer came */
	int version;			      /* 10, 11, 20 */
	struct str headers, body;
	bool more;
	uint64_t bytes_received;
	ns_t dns, connect, tls, wait, receive, whole; /* 0 where there was none */
	struct str why;				      /* "HTTP 503 where 2xx was expected" */
};

/* Failures of one kind (failure_note_same). */
struct evidence_group {
	struct failure_note note;
	unsigned number; /* among those of its class, from 1 */
	_Atomic unsigned count;
	struct evidence_exchange *items[EVIDENCE_EACH];
};

struct evidence;

/* Empty; ends the program when memory is out. */
struct evidence *evidence_new(void);
void evidence_free(struct evidence *e);
/* Copies X, where there is room for one of its kind. Any thread. */
void evidence_keep(struct evidence *e, const struct evidence_exchange *x);
/* As of now; E may be NULL. */
unsigned evidence_count(struct evidence *e);
struct evidence_group *evidence_group(struct evidence *e, unsigned i);
/* NULL: none was kept of this kind. */
struct evidence_group *evidence_find(struct evidence *e, const struct failure_note *note);
/* "status-1.har". */
void evidence_put_file(struct buf *out, const struct evidence_group *group);
/* The request as a curl command that can be pasted into a shell; not escaped for where it goes. */
void evidence_put_curl(struct buf *out, const struct evidence_exchange *x);

#endif
