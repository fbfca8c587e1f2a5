/*
 * The file a recording grows in: a line of JSON for each thing that happened, written at once and
 * whole, so that a crash loses nothing that had ended. Lines are entries of a HAR recording or
 * {"page": ...} for the marks; the first says what it is. Mode 0600. When the recording ends it
 * becomes a HAR file; after a crash `reprise record finish` makes that file of it, and `reprise
 * import journal` reads it. It is locked while the recording goes on.
 */
#ifndef RECORD_JOURNAL_H
#define RECORD_JOURNAL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"

struct take;

struct journal {
	const char *path;
	int fd;
	unsigned pages; /* marks so far */
	uint64_t entries;
	char page[24]; /* the id of the last, or "" */
	struct buf line;
	int failed; /* errno of the first line that could not be written, or 0 */
};

/* Makes PATH, which must outlive the journal; a file that is there already is only replaced with
 * FORCE. CA (or NULL) and INSECURE say how servers are verified, for the scenario. False with a
 * sentence in ERROR. */
bool journal_open(struct journal *j, const char *path, bool force, const char *ca, bool insecure,
		  struct buf *error);
void journal_add(struct journal *j, const struct take *capture);
/* What comes from now on belongs to a step of that name. */
void journal_mark(struct journal *j, struct str name, ns_t wall);
/* Closes the file, which stays. */
void journal_close(struct journal *j);

struct journal_facts {
	uint64_t entries, unreadable; /* lines */
};

/* The journal at PATH as the HAR file at HAR (mode 0600), entries by their start. Lines that a
 * crash tore cost nothing but themselves; without any entry no file is made. False with a sentence
 * in ERROR: it is no journal, its recording goes on, or a file cannot be read or written. */
bool journal_to_har(const char *path, const char *har, bool force, struct journal_facts *facts,
		    struct buf *error);

#endif
