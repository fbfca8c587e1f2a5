/*
 * Loads a scenario file: reads and checks it, parses the thresholds and compiles the program.
 * Shared by `check`, `run` and `show`. Everything loaded is in one arena until load_file_release.
 * One thread loads; afterwards the result is const and any thread may read it.
 */
#ifndef CMD_LOAD_FILE_H
#define CMD_LOAD_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "cmd/options.h"
#include "program/program.h"
#include "scenario/model_read.h"
#include "stats/threshold.h"

struct loaded_file {
	struct arena arena;
	struct diag_list diags;
	struct str name; /* of the file, as shown in results: "<stdin>" for "-" */
	bool is_input;	 /* it is standard input */
	const struct source *source;
	const struct node *root;      /* the tree of the file; NULL if it has none */
	const struct model *model;    /* NULL if the file could not be read */
	struct program *program;      /* NULL if there are errors */
	struct threshold *thresholds; /* of the file, then the defaults */
	size_t threshold_count;
};

/* CHECK reports notes about the encoding of the file; RUN compiles patterns for speed, and reports
 * missing required parameters. */
enum load_file_purpose {
	LOAD_FILE_CHECK,
	LOAD_FILE_SHOW,
	LOAD_FILE_RUN,
	LOAD_FILE_STEPS, /* a run that reports the end of each step */
};

/* Loads PATH ("-": standard input). Returns false if there are errors; all of them are in `diags`.
 * The caller must release L in both cases. */
bool load_file(struct loaded_file *l, const char *path, const struct overrides *overrides,
	       enum load_file_purpose purpose);
/* The same for TEXT, the content of the file PATH; both must live as long as L. */
bool load_file_text(struct loaded_file *l, const char *path, struct str text,
		    const struct overrides *overrides, enum load_file_purpose purpose);
void load_file_release(struct loaded_file *l);
/* Prints `diags` to OUT, and after errors "2 errors in shop.yaml; nothing was sent.". */
void load_file_report(const struct loaded_file *l, bool color, FILE *out);
/* Number of steps of all scenarios and fixtures, including those in blocks. */
size_t load_file_count_steps(const struct loaded_file *l);

/* Headings of the options below in --help. */
#define LOAD_FILE_GROUP	     "Scenario"
#define LOAD_FILE_LOAD_GROUP "Load"

/* Options of every command that loads a file. */
#define LOAD_FILE_OPTIONS                                                                          \
	{.name = "target",                                                                         \
	 .letter = 't',                                                                            \
	 .value = "URL",                                                                           \
	 .environment = true,                                                                      \
	 .sets_key = true,                                                                         \
	 .prose = "server to test; overrides the file's target",                                   \
	 .group = LOAD_FILE_GROUP},                                                                \
	    {.name = "param",                                                                      \
	     .letter = 'p',                                                                        \
	     .value = "NAME=VALUE",                                                                \
	     .repeats = true,                                                                      \
	     .sets_key = true,                                                                     \
	     .prose = "set a parameter of the file; NAME=@FILE reads the value from a file",       \
	     .group = LOAD_FILE_GROUP},                                                            \
	    {.name = "profile",                                                                    \
	     .value = "NAME",                                                                      \
	     .environment = true,                                                                  \
	     .sets_key = true,                                                                     \
	     .prose = "use the load, thresholds and parameters of this profile of the file",       \
	     .group = LOAD_FILE_GROUP},                                                            \
	    {.name = "allow-files",                                                                \
	     .value = "DIR",                                                                       \
	     .repeats = true,                                                                      \
	     .environment = true,                                                                  \
	     .prose = "let the scenario read files below DIR, in addition to files below its own " \
		      "folder; in REPRISE_ALLOW_FILES, separate several folders with ':'",         \
	     .group = LOAD_FILE_GROUP},                                                            \
	    {.name = "stdin-filename",                                                             \
	     .value = "FILE",                                                                      \
	     .prose = "with -: read the scenario as if it were the content of FILE, which need "   \
		      "not exist",                                                                 \
	     .group = LOAD_FILE_GROUP},                                                            \
	{                                                                                          \
		.name = "env-file", .value = "FILE", .environment = true, .sets_key = true,        \
		.prose = "read parameters from FILE, one NAME=VALUE per line; variables of the "   \
			 "environment override them",                                              \
		.group = LOAD_FILE_GROUP                                                           \
	}

/* Options that change the load and the random seed. */
#define LOAD_FILE_LOAD_OPTIONS                                                                     \
	{.name = "users",                                                                          \
	 .letter = 'u',                                                                            \
	 .value = "N",                                                                             \
	 .environment = true,                                                                      \
	 .sets_key = true,                                                                         \
	 .prose = "number of concurrent users; overrides the file's load",                         \
	 .group = LOAD_FILE_LOAD_GROUP},                                                           \
	    {.name = "arrivals",                                                                   \
	     .value = "RATE",                                                                      \
	     .environment = true,                                                                  \
	     .sets_key = true,                                                                     \
	     .prose = "start new users at this rate, such as 20/s; overrides the file's load",     \
	     .group = LOAD_FILE_LOAD_GROUP},                                                       \
	    {.name = "duration",                                                                   \
	     .letter = 'd',                                                                        \
	     .value = "TIME",                                                                      \
	     .environment = true,                                                                  \
	     .sets_key = true,                                                                     \
	     .prose = "duration of the load, such as 5m",                                          \
	     .group = LOAD_FILE_LOAD_GROUP},                                                       \
	    {.name = "iterations",                                                                 \
	     .letter = 'i',                                                                        \
	     .value = "N",                                                                         \
	     .environment = true,                                                                  \
	     .sets_key = true,                                                                     \
	     .prose = "number of iterations of each user; overrides the file's load",              \
	     .group = LOAD_FILE_LOAD_GROUP},                                                       \
	    {.name = "ramp-up",                                                                    \
	     .value = "TIME",                                                                      \
	     .environment = true,                                                                  \
	     .sets_key = true,                                                                     \
	     .prose = "time in which the load grows to its full size, part of the duration",       \
	     .group = LOAD_FILE_LOAD_GROUP},                                                       \
	    {.name = "transport",                                                                  \
	     .value = "curl|auto|direct",                                                          \
	     .environment = true,                                                                  \
	     .sets_key = true,                                                                     \
	     .prose = "transport of the requests; overrides that of the file's defaults",       \
	     .group = LOAD_FILE_LOAD_GROUP},                                                       \
	    {.name = "capacity",                                                                   \
	     .value = "FROM..TO",                                                                  \
	     .environment = true,                                                                  \
	     .prose = "find the maximum load that passes the thresholds: 10/s..500/s, or users "   \
		      "10..500; -d is the duration of each level",                                 \
	     .group = LOAD_FILE_LOAD_GROUP},                                                       \
	    {.name = "grace",                                                                      \
	     .value = "TIME",                                                                      \
	     .environment = true,                                                                  \
	     .sets_key = true,                                                                     \
	     .prose =                                                                              \
		 "time for users to finish their iteration when the load ends (default: that "     \
		 "of the file, or 30s)",                                                           \
	     .group = LOAD_FILE_LOAD_GROUP},                                                       \
	    {.name = "only",                                                                       \
	     .value = "NAME",                                                                      \
	     .repeats = true,                                                                      \
	     .environment = true,                                                                  \
	     .prose = "run only the scenarios with this name; * matches any text, ? any single "   \
		      "character",                                                                 \
	     .group = LOAD_FILE_LOAD_GROUP},                                                       \
	{                                                                                          \
		.name = "seed", .value = "N", .environment = true, .sets_key = true,               \
		.prose = "seed of random choices and arrival times; the same seed repeats them",   \
		.group = LOAD_FILE_LOAD_GROUP                                                      \
	}

/*
 * Sets OUT from the options above. OPTIONS must have LOAD_FILE_OPTIONS, and LOAD_FILE_LOAD_OPTIONS
 * if LOAD. Memory comes from A. Returns false, after reporting the error, if the file of --env-file
 * or a folder of --allow-files cannot be read.
 */
bool load_file_overrides(struct arena *a, const struct options *options, bool load,
			 struct overrides *out);

#endif
