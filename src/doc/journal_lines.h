/*
 * The file of a running recording (record/journal.h) as its lines of JSON:
 *
 *   {"journal":"reprise",…}                     the first line
 *   {"page":{…}}                                the start of a step
 *   {"startedDateTime":…}                       a transaction, as an entry of a HAR recording
 *   {"begun":7,"startedDateTime":…}             one that lasts: a WebSocket or an event stream
 *   {"of":7,"message":{…}}                      a message of it
 *   {"of":7,"piece":"…"} or {"of":7,"base64":"…"}   a part of its body
 *   {"ended":7}                                 its complete entry follows
 *
 * After a crash, the entry of one that has not ended is assembled from these lines. One thread.
 */
#ifndef DOC_JOURNAL_LINES_H
#define DOC_JOURNAL_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct journal_line {
	struct str text;
	uint32_t number;   /* from 1 */
	const char *error; /* why it cannot be read; NULL: it can */
};

struct journal_lines {
	struct str tls; /* an object, from the first line; or empty */
	VEC(struct str) pages;
	VEC(struct journal_line) entries; /* in the order of the file; also those with an error */
	uint64_t unreadable;
};

/* Reads TEXT, which must outlive the result; the rest is in A. False if it is not a journal. */
bool journal_lines_read(struct arena *a, struct str text, struct journal_lines *out);

#endif
