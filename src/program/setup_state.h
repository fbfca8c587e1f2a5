/*
 * What the setup of one process has left in the slots, as a text that another process of the same
 * scenario reads back: JSON, with each value's type, order and secrecy kept. Bytes that are no
 * UTF-8 go as base64. Pure: who writes and finds the text is the caller's affair (run/heartbeat.h).
 */
#ifndef PROGRAM_SETUP_STATE_H
#define PROGRAM_SETUP_STATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "program/program.h"

/* What stands beside the values. Views. */
struct setup_state {
	struct str version;  /* of reprise: another may number slots in another way */
	struct str scenario; /* what is performed, as a digest */
	bool failed;	     /* setup did: there are no values */
	struct str failure;  /* its class; empty: it was stopped */
};

void setup_state_put(struct buf *out, const struct setup_state *h, const struct program *p,
		     const struct value *slots);
/* TEXT into H and into SLOTS, of which P has so many and which hold what a run starts with; what
 * they point at lies in A. False with a reason in ERROR: it is not one of this program's. */
bool setup_state_read(struct arena *a, struct str text, const struct program *p,
		      struct setup_state *h, struct value *slots, struct buf *error);

#endif
