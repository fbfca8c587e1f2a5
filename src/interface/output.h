/*
 * An output: a file or a service that receives the metrics of a run. It is opened before the first
 * byte is sent (if that fails, the program exits with status 2), called once per second, and closed
 * at the end. Each is one file and one row of output/output.def. All calls are made on the main
 * thread and must not block the load.
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
struct run_facts; /* result/facts.h: facts that do not change during a run: name, target,
		     description of the load, seed, labels */
struct verdict;	  /* result/facts.h: how it ended */

enum output_rebuild {
	OUTPUT_NOT_REBUILT,
	OUTPUT_REBUILT_IF_MISSING, /* from the saved seconds, if the run did not write it */
	OUTPUT_REBUILT,		   /* always */
};

struct output_kind {
	const char *name;   /* "json" */
	const char *option; /* the option of `run` that selects it, or NULL */
	/*
	 * Its name in the folder of --out, which opens all outputs that have one: "series.csv" is
	 * opened as DIR/series.csv. A name that ends with '/' is a folder; it exists and is empty
	 * when it is opened. NULL: none. An output with neither an option nor a file is always
	 * opened; one with both may be opened twice.
	 */
	const char *file;
	enum output_rebuild rebuild; /* whether `report` creates the file again */
	bool listed;		     /* the end of a run names the file in the folder */
	bool merged_option;	     /* `merge` has the option too */
	bool progress;		     /* shows a run that lasts; not opened with --quiet */
	/* Prints the result; on standard error if standard output receives a document. */
	bool prints;
	const char *sentence;
	bool sends; /* WHERE is an address: there is no file to look at after the run */
	/* The value from the environment if the option is not set (in A, or static); NULL: none.
	 * May be NULL. */
	const char *(*implied)(struct arena *a);
	/* Opens WHERE (the option's value) and returns the output for the calls below. Returns NULL
	 * and sets ERROR if it cannot be opened. */
	void *(*open)(struct str where, const struct run_facts *facts, struct buf *error);
	/* For `watch`: another shard is known, so the run is shown again from its beginning, with
	 * FACTS in place of the earlier ones. NULL if the output is not used by it. */
	void (*restart)(void *output, const struct run_facts *facts);
	/* Called about every 250 ms with the totals so far; NOW is the time since the start of the
	 * stage. May be NULL. */
	void (*tick)(void *output, const struct summary *sofar, ns_t now);
	/*
	 * Called once per second of the load, and a last time for the rest: SECOND contains the
	 * changes since the last call (same table; counts, histograms, statuses, failures; its
	 * `last` is the row), SOFAR the totals including it. May be NULL.
	 */
	void (*second)(void *output, const struct summary *second, const struct summary *sofar,
		       const struct run_interval *m);
	/* An event of the run. May be NULL. */
	void (*event)(void *output, const struct run_event *event);
	/* A line of JSON, with its end, about what the run does (--once). May be NULL. */
	void (*line)(void *output, struct str line);
	/*
	 * Ends the output and frees it. Returns false and sets ERROR if the result could not be
	 * written (exit status 5). TOTAL and VERDICT are NULL if another output could not be
	 * opened: there was no run, and nothing is written.
	 */
	bool (*close)(void *output, const struct summary *total, const struct verdict *verdict,
		      struct buf *error);
};

#endif
