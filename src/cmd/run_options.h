/*
 * The options of `run`: a table, and what they say as a struct. Values of the load go through
 * `outside` into the model, which checks them; the rest is checked here. One thread.
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
	unsigned threads; /* 0: as many as there are cores for */
	ns_t stop_grace;
	struct shard_position shard;
	const char *fleet_dir; /* that all shards see, or NULL */
	ns_t fleet_wait;       /* for one of them that gives no sign */
	ns_t start_at;	       /* on the wall clock; 0: at once */
	bool once;	       /* each scenario once, one user, no think, no thresholds */
	bool fail_fast;
	bool no_think;
	double think_factor; /* 0: as written */
	int64_t trace_user;  /* 0: nobody */
	bool strict;	     /* not valid is a failure */
	const char *out;     /* a folder for --out, or NULL */
	struct output_options output_options;
	bool plain;
	struct terminal output, error; /* what the streams are, after --color */
	bool live;		       /* progress in place on standard error */
	enum log_level level;
	struct str run_id;  /* RUN_ID, or empty */
	struct str host_ip; /* HOST_IP, or empty */
};

/* For the command's row. */
extern const struct option run_option_table[];
/* Those of `replay`: what it keeps of a recording or a log, and run's. */
extern const struct option replay_option_table[];

/* False: the problems were told, and there is nothing to release. OPTIONS outlive it. */
bool run_options_read(struct run_options *o, const struct options *options);
/* Does an output write a document to standard output? Then nothing else may stand there. */
bool run_options_prints_document(const struct run_options *o);
void run_options_release(struct run_options *o);

#endif
