/*
 * The file of a running recording: one line of JSON per event, written immediately and as a whole,
 * so that a crash loses only requests in progress. doc/journal_lines.h lists the lines; the
 * messages of WebSockets and the events of streams are written as they arrive. Mode 0600. When the
 * recording ends, the journal becomes a HAR file; after a crash `reprise record finish` creates
 * that file from it, and `reprise import journal` reads it. It is locked during the recording.
 */
#ifndef RECORD_JOURNAL_H
#define RECORD_JOURNAL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"

struct capture;
struct capture_message;

struct journal {
	const char *path;
	int fd;
	unsigned pages; /* number of marks */
	uint64_t entries, lasting;
	char page[24]; /* the id of the last mark, or "" */
	struct buf line;
	int failed; /* errno of the first line that could not be written, or 0 */
};

/* Creates PATH, which must outlive the journal; an existing file is only replaced with FORCE. CA
 * (or NULL) and INSECURE say how servers are verified, for the scenario. False with a sentence in
 * ERROR. */
bool journal_open(struct journal *j, const char *path, bool force, const char *ca, bool insecure,
		  struct buf *error);
void journal_add(struct journal *j, const struct capture *capture);
/* A WebSocket or an event stream begins: sets its number. */
void journal_begin(struct journal *j, struct capture *capture);
/* A message of one that has begun. */
void journal_message(struct journal *j, const struct capture *capture,
		     const struct capture_message *message);
/* A part of the body of one that has begun. */
void journal_piece(struct journal *j, const struct capture *capture, struct str piece);
/* Later transactions belong to a step with that name. */
void journal_mark(struct journal *j, struct str name, ns_t wall);
/* Closes the file, which stays. */
void journal_close(struct journal *j);

struct journal_facts {
	uint64_t entries, unreadable; /* lines */
};

/* Converts the journal at PATH to the HAR file HAR (mode 0600), entries sorted by their start.
 * Lines that a crash cut off are skipped; without any entry no file is created. False with a
 * sentence in ERROR: it is not a journal, its recording is still running, or a file cannot be read
 * or written. */
bool journal_to_har(const char *path, const char *har, bool force, struct journal_facts *facts,
		    struct buf *error);

#endif
