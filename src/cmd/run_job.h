/*
 * The run of one file by `reprise run`, and the facts about it that outputs show. Private to run.c
 * and run_job_facts.c. Main thread.
 */
#ifndef CMD_RUN_JOB_H
#define CMD_RUN_JOB_H

#include "cmd/run_options.h"
#include "cmd/run_steps.h"
#include "result/facts.h"
#include "result/output_set.h"
#include "run/run.h"

/* The run of one file. */
struct run_job {
	const struct run_options *options;
	size_t number; /* of the operands */
	unsigned part; /* number of files run before it */
	struct loaded_file loaded;
	struct run run;
	struct run_facts facts;
	struct label labels[3];
	size_t label_count;
	struct str folder;			 /* of --out; empty if there is none */
	struct failure_samples *failure_samples; /* NULL if no output needs them */
	struct request_rows *request_rows;	 /* NULL if no output reads it */
	struct run_steps *steps;		 /* of --once; NULL: not wanted */
	struct output_set outputs;
	bool unwritten; /* an output could not be written */
	bool opened;	/* the outputs were opened; those of the next file are appended */
};

/* Returns TEXT without the secrets of PROGRAM, in A. */
struct str run_job_masked(struct arena *a, const struct program *program, struct str text);
/* A digest of the file, the load and the target, in A. */
struct str run_job_digest(struct arena *a, const struct run_job *p);
/* Fills the facts of P, whose run is initialized with SETTINGS. */
void run_job_build_facts(struct run_job *p, const struct run_settings *settings);

#endif
