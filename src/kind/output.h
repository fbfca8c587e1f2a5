/*
 * An output: something a run's figures are written to. Opened before the first byte is sent (what
 * cannot be opened ends the program with status 2), told once a second, and told the end. One file
 * and one row of output/output.def each. All calls come on the main thread; none may block the load.
 */
#ifndef KIND_OUTPUT_H
#define KIND_OUTPUT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

struct summary;   /* stats/summary.h */
struct run_facts; /* output/facts.h: what does not change during a run: name, target, load in words, seed, labels */
struct verdict;   /* output/facts.h: how it ended */

/* What is being performed; outputs read it through the facts of the run. */
enum run_stage { STAGE_LOAD, STAGE_SETUP, STAGE_TEARDOWN };

struct output;

struct output_kind {
	const char *name;   /* "json" */
	const char *option; /* the option of `run` that asks for it, or NULL: always there */
	const char *sentence;
	/* Opens WHERE (the option's value). NULL and a message in ERROR when it cannot. */
	struct output *(*open)(struct str where, const struct run_facts *facts, struct buf *error);
	/* Called about every 250 ms with the totals so far; NOW counts from the start of the stage.
	 * May be NULL. */
	void (*tick)(struct output *o, const struct summary *sofar, ns_t now);
	/*
	 * The end; false with a message in ERROR when the result could not be written (exit 5). Frees
	 * O. TOTAL and VERDICT NULL: another output could not be opened, so there was no run; nothing
	 * is written.
	 */
	bool (*close)(struct output *o, const struct summary *total, const struct verdict *verdict,
		      struct buf *error);
};

#endif
