/*
 * The options of `run`: a table, and the parsed values as a struct. Values of the load go through
 * `overrides` into the model, which checks them; the other values are checked here. One thread.
 */
#ifndef CMD_RUN_OPTIONS_H
#define CMD_RUN_OPTIONS_H

#include "base/arena.h"
#include "base/log.h"
#include "base/terminal.h"
#include "cmd/load_file.h"
#include "cmd/options.h"
#include "cmd/shard.h"
#include "result/facts.h"

struct run_options {
	struct arena arena;
	const struct options *options; /* the caller's; the files are its operands, at least one */
	struct overrides overrides;
	unsigned threads; /* 0: one per core */
	ns_t stop_grace;
	struct shard_position shard;
	const char *fleet_dir; /* folder shared by all shards, or NULL */
	ns_t fleet_wait;       /* maximum time to wait for a shard that does not respond */
	ns_t start_at;	       /* wall clock; 0: immediately */
	bool once;	       /* each scenario once, one user, no think times, no thresholds */
	bool fail_fast;
	int64_t max_requests; /* 0: no limit */
	bool no_think;
	double think_factor; /* 0: unchanged */
	int64_t trace_user;  /* 0: none */
	struct str trace_url; /* empty: none */
	bool strict;	     /* a result that is not valid changes the exit status */
	const char *out;     /* the folder of --out, or NULL */
	struct output_options output_options;
	bool plain;
	struct terminal output, error; /* properties of both streams, after --color */
	bool live;		       /* redraw the progress on standard error */
	enum log_level level;
	struct str run_id;  /* RUN_ID, or empty */
	struct str host_ip; /* HOST_IP, or empty */
};

/* The options of `run`. */
extern const struct option run_option_table[];
/* The options of `replay`: those of `run`, and those about the input file. */
extern const struct option replay_option_table[];

/* Returns false after reporting the problems; then there is nothing to release. OPTIONS must
 * outlive O. */
bool run_options_read(struct run_options *o, const struct options *options);
/* Whether an output writes a document to standard output; then nothing else may be printed there.
 */
bool run_options_prints_document(const struct options *options);
void run_options_release(struct run_options *o);

#endif
