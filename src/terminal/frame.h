/*
 * The live view on the terminal: head, progress, totals, steps, thresholds; laid out for the
 * available space, 20 x 5 and up. Pure: shows the summary at one point in time.
 */
#ifndef TERMINAL_FRAME_H
#define TERMINAL_FRAME_H

#include "result/facts.h"
#include "terminal/rate_window.h"
#include "stats/summary.h"

struct frame_view {
	struct terminal_size room;	  /* available lines and columns */
	const struct rate_window *window; /* NULL: rates over the whole run */
	bool last;			  /* the final frame, after the run */
};

/* Appends a frame of the live view; NOW counts from the start of the stage. */
void frame_put(struct buf *out, const struct run_facts *facts, const struct summary *s, ns_t now,
	       const struct frame_view *view);
/* "Web shop · http://… · 50 users for 2m · seed 7", broken where COLUMNS end; returns with a
 * newline. */
void frame_put_head(struct buf *out, const struct run_facts *facts, const struct terminal *term,
		    size_t columns);

#endif
