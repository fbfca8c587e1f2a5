/*
 * Facts for outputs in addition to the summary: those that do not change during a run, and how
 * it ended. Plain data that the caller keeps until the last output is closed; main thread only.
 * Texts can contain anything a user wrote; each output escapes them for its format.
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
struct shard_notices; /* result/shard_notices.h */
struct request_rows;  /* stats/request_rows.h */

struct label {
	struct str name, value;
};

/* Options of single outputs other than their destinations. */
struct output_options {
	bool statsd_tags;	  /* DogStatsD: tags instead of long names */
	ns_t send_wait;		  /* maximum time to wait at the end for receivers */
	ns_t prometheus_linger;	  /* maximum time to wait until the last values are fetched */
	const char *const *hosts; /* allowed in the Host header, next to localhost and addresses */
	size_t host_count;
};

struct run_facts {
	struct str version;   /* "0.1.0" */
	struct str name;      /* of the scenario file */
	struct str target;    /* without credentials */
	struct str trace_url; /* of --trace-url, with {trace_id}; empty: none */
	struct str load;      /* as text: "50 users for 2m, ramp 10s" */
	uint64_t seed;
	ns_t started;	     /* wall clock */
	ns_t planned;	     /* length of the run; 0: unknown */
	uint64_t iterations; /* total planned; 0: unknown */
	int64_t users;	     /* planned maximum; 0: unknown */
	unsigned cores;	     /* useful number of threads; 0: unknown */
	bool container;	     /* 127.0.0.1 is the container itself */
	const struct label *labels;
	size_t label_count;
	struct str
	    scenario; /* a digest of the scenario and the load: equal for the shards of one run */
	const struct series_table *table;
	const struct threshold
	    *thresholds; /* of the scenario, also for shards that do not evaluate them */
	size_t threshold_count;
	const struct threshold_judge *judge; /* live; count 0 without thresholds */
	const int *signal;		     /* live: not 0 once the run must stop; may be NULL */
	bool *stop; /* set by an output when a user stops the run; NULL: not possible */
	const enum run_stage *stage;   /* live; NULL: always the load */
	struct terminal output, error; /* for results; for progress and messages */
	bool live; /* redraw the progress on `error`: it is a terminal, and --plain was not given */
	bool frame_stays; /* that table is directly above the text summary: do not print it again */
	bool quiet;	  /* only the verdict and the failures, without tables */
	bool document_on_output; /* standard output receives a document and nothing else */
	struct str out;		 /* the folder of --out during the run; else empty */
	struct failure_samples
	    *failure_samples; /* live: complete failed exchanges; NULL: none are kept */
	struct request_rows *request_rows; /* live: finished requests; NULL: none are kept */
	unsigned part; /* runs of this command before this one that wrote to the same outputs */
	struct output_options output_options;
	const struct capacity *capacity; /* result of a capacity search; NULL: none */
	const struct report_run
	    *baseline;	   /* html_report.h: an earlier result to compare with, or NULL */
	struct str folder; /* the result's own version if it is rebuilt; else empty */
	bool unjudged;	   /* a shard: thresholds are evaluated on the merged result */
	const ns_t *skew;  /* delay of its start; NULL or 0: none */
	const struct shard_notices *shards; /* live: the shards of a run that is watched; or NULL */
};

/* Data that an output delivered, and data it lost. */
struct output_delivery {
	const char *output; /* name of the output */
	struct str where;   /* without secrets; lives as long as the verdict */
	uint64_t sent, lost;
	const char *unit; /* "packets" */
	char why[160];	  /* reason of the latest loss; empty: no loss */
};

#define DELIVERIES_MAX 8u
struct output_deliveries {
	struct arena *arena;
	unsigned count;
	struct output_delivery items[DELIVERIES_MAX];
};

struct verdict {
	enum verdict_outcome outcome;
	bool partial;		    /* the result is incomplete: the end of a killed run, a shard */
	char missing[VERDICT_TEXT]; /* what is missing: "the run was killed; everything after 6 s is
				       lost" */
	bool setup_failed;	    /* so no user started */
	bool reached;		    /* false: no connection to the target was ever made */
	struct str stopped_by; /* "SIGINT", "a threshold with abort"; empty: it ran to its end */
	const struct verdict_validity *validity;
	const struct generator_health *health;
	const struct str *written; /* written files, as the user named them */
	size_t written_count;
	struct output_deliveries
	    *deliveries; /* outputs that send add theirs when they are closed */
	ns_t patience;	 /* deadline for them, on the monotonic clock */
};

#endif
