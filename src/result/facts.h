/*
 * What outputs are told besides the summary: what does not change during a run, and how it ended.
 * Plain data that the caller keeps until the last output is closed; main thread only. Texts may
 * hold anything a person wrote; each output escapes for its own border.
 */
#ifndef RESULT_FACTS_H
#define RESULT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/terminal.h"
#include "interface/run_event.h"
#include "interface/output.h"
#include "stats/capacity.h"
#include "stats/threshold.h"
#include "stats/verdict.h"

struct report_run;

struct label {
	struct str name, value;
};

/* What single outputs are asked for beyond where they go. */
struct output_options {
	bool statsd_tags;	  /* DogStatsD: tags instead of long names */
	ns_t send_wait;		  /* the end waits so long for those who are sent to */
	ns_t prometheus_linger;	  /* how long the last values may wait to be fetched */
	const char *const *hosts; /* allowed in the Host header, next to localhost and addresses */
	size_t host_count;
};

struct run_facts {
	struct str version; /* "0.1.0" */
	struct str name;    /* of the scenario file */
	struct str target;  /* without credentials */
	struct str load;    /* in words: "50 users for 2m, ramp 10s" */
	uint64_t seed;
	ns_t started;	     /* wall clock */
	ns_t planned;	     /* length of the run; 0: not known beforehand */
	uint64_t iterations; /* planned in all; 0: not known */
	int64_t users;	     /* planned at most; 0: not known */
	unsigned cores;	     /* what more threads could use; 0: not known */
	bool container;	     /* 127.0.0.1 is the container's own */
	const struct label *labels;
	size_t label_count;
	struct str scenario; /* a digest of what is performed: shards of one run have the same */
	const struct series_table *table;
	const struct threshold *thresholds; /* of the scenario, even where others judge them */
	size_t threshold_count;
	const struct threshold_judge *judge; /* live; count 0 without thresholds */
	const int *signal;		     /* live: not 0 once the run is to stop; may be NULL */
	bool *stop; /* an output sets it where a person asks for the end; NULL: nobody can */
	const enum run_stage *stage;   /* live; NULL: always the load */
	struct terminal output, error; /* where results go; where progress and messages go */
	bool live;	  /* progress in place on `error`: it can, and nobody asked for --plain */
	bool frame_stays; /* that frame stands just above the text summary: no second table */
	bool quiet;	  /* the verdict and what failed, without tables */
	bool document_on_output; /* standard output holds a document and nothing else */
	struct str out;		 /* the folder of --out, which is being filled; else empty */
	struct failure_samples
	    *failure_samples; /* live: failed exchanges, whole; NULL: none are kept */
	unsigned part; /* runs of this command before this one that wrote to the same outputs */
	struct output_options output_options;
	const struct capacity *capacity;   /* what a search found; NULL: none was asked for */
	const struct report_run *baseline; /* page.h: an earlier result to compare with, or NULL */
	struct str folder; /* the result's own, where it is made again; else empty */
	bool unjudged;	   /* a shard: thresholds are judged on the whole, by merge */
	const ns_t *skew;  /* how much later than asked it began; NULL or 0: not */
};

/* What an output that sends could hand over, and what not. */
struct output_delivery {
	const char *output; /* the kind's name */
	struct str where;   /* without what is secret; as long as the verdict lives */
	uint64_t sent, lost;
	const char *unit; /* "packets" */
	char why[160];	  /* of what was lost last; empty: nothing was */
};

#define DELIVERIES_MAX 8u
struct output_deliveries {
	struct arena *arena;
	unsigned count;
	struct output_delivery items[DELIVERIES_MAX];
};

struct verdict {
	enum verdict_outcome outcome;
	bool partial;		    /* something is missing: the end of a killed run, a shard */
	char missing[VERDICT_TEXT]; /* what: "the run was killed; everything after 6 s is lost" */
	bool setup_failed;	    /* so no user started */
	bool reached;		    /* false: no connection to the target was ever made */
	struct str stopped_by; /* "SIGINT", "a threshold with abort"; empty: it ran to its end */
	const struct verdict_validity *validity;
	const struct generator_health *health;
	const struct str *written; /* files made, as the user named them */
	size_t written_count;
	struct output_deliveries *deliveries; /* outputs that send note theirs as they are closed */
	ns_t patience;			      /* they give up then, on the monotonic clock */
};

#endif
