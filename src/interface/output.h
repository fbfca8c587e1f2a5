/*
 * An output: something a run's figures are written to. Opened before the first byte is sent (what
 * cannot be opened ends the program with status 2), told once a second, and told the end. One file
 * and one row of output/output.def each. All calls come on the main thread; none may block the
 * load.
 */
#ifndef INTERFACE_OUTPUT_H
#define INTERFACE_OUTPUT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "interface/run_event.h"

struct summary;	  /* stats/summary.h */
struct run_facts; /* result/facts.h: what does not change during a run: name, target, load in words,
		     seed, labels */
struct verdict;	  /* result/facts.h: how it ended */

struct output_kind {
	const char *name;   /* "json" */
	const char *option; /* the option of `run` that asks for it, or NULL */
	/*
	 * Its name in the folder of --out, which asks for all outputs that have one: "series.csv"
	 * is opened as DIR/series.csv. One that ends with '/' is a folder, which is there and empty
	 * when it is opened. NULL: none. An output with neither option nor file is always there;
	 * one with both may be opened twice.
	 */
	const char *file;
	bool rebuilt; /* that file is made anew by report and merge, from the seconds that were kept
		       */
	const char *sentence;
	bool sends; /* WHERE is an address: nothing that is there to be looked at afterwards */
	/* What the environment asks for where the option is not given (in A, or for ever); NULL:
	 * nothing. May be NULL. */
	const char *(*implied)(struct arena *a);
	/* Opens WHERE (the option's value); what it returns is the output of the calls below. NULL
	 * and a message in ERROR when it cannot. */
	void *(*open)(struct str where, const struct run_facts *facts, struct buf *error);
	/* Called about every 250 ms with the totals so far; NOW counts from the start of the stage.
	 * May be NULL. */
	void (*tick)(void *output, const struct summary *sofar, ns_t now);
	/*
	 * Once a second of the load, and once more for the rest at the end: SECOND is what happened
	 * since the last call alone (same table; counts, histograms, statuses, failures; its `last`
	 * is the row), SOFAR the totals with it. May be NULL.
	 */
	void (*second)(void *output, const struct summary *second, const struct summary *sofar,
		       const struct run_interval *m);
	/* Something happened to the run. May be NULL. */
	void (*event)(void *output, const struct run_event *event);
	/*
	 * The end; false with a message in ERROR when the result could not be written (exit 5).
	 * Frees it. TOTAL and VERDICT NULL: another output could not be opened, so there was no
	 * run; nothing is written.
	 */
	bool (*close)(void *output, const struct summary *total, const struct verdict *verdict,
		      struct buf *error);
};

#endif
