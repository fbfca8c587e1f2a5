/*
 * The values that the setup of one process has stored in the slots, as a text for other processes
 * with the same scenario: JSON that keeps each value's type, order and secrecy. Bytes that are not
 * UTF-8 are written as base64. Pure: writing and finding the text is up to the caller
 * (run/heartbeat.h).
 */
#ifndef PROGRAM_SETUP_STATE_H
#define PROGRAM_SETUP_STATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "program/program.h"

/* The other fields of the text. Views. */
struct setup_state {
	struct str version;  /* of reprise: another version may number slots differently */
	struct str scenario; /* digest of what is performed */
	bool failed;	     /* setup failed: there are no values */
	struct str failure;  /* its failure class; empty: it was stopped */
	uint64_t generation; /* of the values, which are renewed during the run; from 1 */
};

/* Appends H, and SLOTS by the names of P, as JSON. */
void setup_state_put(struct buf *out, const struct setup_state *h, const struct program *p,
		     const struct value *slots);
/* Reads TEXT into H and into SLOTS, which P numbers and which have the values that a run starts
 * with; strings are in A. False with a reason in ERROR: it does not belong to this program. */
bool setup_state_read(struct arena *a, struct str text, const struct program *p,
		      struct setup_state *h, struct value *slots, struct buf *error);

#endif
