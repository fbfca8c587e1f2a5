/*
 * From the name of a scenario file to a program that can run: read, checked, thresholds taken
 * apart, compiled; what `check`, `run` and `show` have in common. All that is loaded lives in one
 * arena until load_file_release. One thread; afterwards const, for any thread.
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
	struct str name; /* of the file, as results show it: "<stdin>" for "-" */
	const struct source *source;
	const struct model *model; /* NULL when there was nothing to look at */
	struct program *program;   /* NULL when there are errors */
	struct threshold *thresholds;
	size_t threshold_count;
};

/* Loads PATH ("-": standard input). False when there are errors, all of them in `diags`. RUN:
 * compile patterns for speed, and insist on required parameters. To be released either way. */
bool load_file(struct loaded_file *l, const char *path, const struct overrides *overrides,
	       bool run);
void load_file_release(struct loaded_file *l);
/* Prints what is in `diags`, and after errors "2 errors in shop.yaml; nothing was sent.", to OUT.
 */
void load_file_report(const struct loaded_file *l, bool color, FILE *out);
/* Steps of all scenarios and around them, those inside blocks included. */
size_t load_file_count_steps(const struct loaded_file *l);

/* The rows of the option table that every command takes which loads a file. */
#define LOAD_FILE_OPTIONS                                                                          \
	{.name = "target",                                                                         \
	 .letter = 't',                                                                            \
	 .value = "URL",                                                                           \
	 .environment = true,                                                                      \
	 .prose = "the server to test, in place of the file's target",                             \
	 .group = "The scenario"},                                                                 \
	    {.name = "param",                                                                      \
	     .letter = 'p',                                                                        \
	     .value = "NAME=VALUE",                                                                \
	     .repeats = true,                                                                      \
	     .prose = "set a parameter of the file; NAME=@FILE takes the value from a file",       \
	     .group = "The scenario"},                                                             \
	    {.name = "profile",                                                                    \
	     .value = "NAME",                                                                      \
	     .environment = true,                                                                  \
	     .prose = "load, thresholds and parameters of this profile of the file",               \
	     .group = "The scenario"},                                                             \
	{                                                                                          \
		.name = "env-file", .value = "FILE", .environment = true,                          \
		.prose = "parameters as lines of NAME=VALUE, beneath the environment's own",       \
		.group = "The scenario"                                                            \
	}

/* The rows that change the load and the choices. */
#define LOAD_FILE_LOAD_OPTIONS                                                                     \
	{.name = "users",                                                                          \
	 .letter = 'u',                                                                            \
	 .value = "N",                                                                             \
	 .environment = true,                                                                      \
	 .prose = "so many users, in place of the file's load",                                    \
	 .group = "The load"},                                                                     \
	    {.name = "arrivals",                                                                   \
	     .value = "RATE",                                                                      \
	     .environment = true,                                                                  \
	     .prose = "new users at this rate, such as 20/s, in place of the file's load",         \
	     .group = "The load"},                                                                 \
	    {.name = "duration",                                                                   \
	     .letter = 'd',                                                                        \
	     .value = "TIME",                                                                      \
	     .environment = true,                                                                  \
	     .prose = "how long, such as 5m",                                                      \
	     .group = "The load"},                                                                 \
	    {.name = "iterations",                                                                 \
	     .letter = 'i',                                                                        \
	     .value = "N",                                                                         \
	     .environment = true,                                                                  \
	     .prose = "so many iterations for each user, in place of the file's load",             \
	     .group = "The load"},                                                                 \
	    {.name = "ramp-up",                                                                    \
	     .value = "TIME",                                                                      \
	     .environment = true,                                                                  \
	     .prose = "the first part of the duration, in which the load grows",                   \
	     .group = "The load"},                                                                 \
	    {.name = "capacity",                                                                   \
	     .value = "FROM..TO",                                                                  \
	     .environment = true,                                                                  \
	     .prose = "search the most that keeps the thresholds: 10/s..500/s, or users 10..500; " \
		      "-d is how long each is held",                                               \
	     .group = "The load"},                                                                 \
	    {.name = "grace",                                                                      \
	     .value = "TIME",                                                                      \
	     .environment = true,                                                                  \
	     .prose = "how long users may finish what they have begun",                            \
	     .group = "The load"},                                                                 \
	    {.name = "only",                                                                       \
	     .value = "NAME",                                                                      \
	     .repeats = true,                                                                      \
	     .environment = true,                                                                  \
	     .prose = "only the scenarios of this name, in which * and ? stand for anything",      \
	     .group = "The load"},                                                                 \
	{                                                                                          \
		.name = "seed", .value = "N", .environment = true,                                 \
		.prose = "the same seed makes the same choices and arrivals", .group = "The load"  \
	}

/*
 * What the options of these rows say; OPTIONS must have LOAD_FILE_OPTIONS, and
 * LOAD_FILE_LOAD_OPTIONS if LOAD. Memory in A. False, and told on standard error, when an
 * --env-file cannot be read.
 */
bool load_file_overrides(struct arena *a, const struct options *options, bool load,
			 struct overrides *out);

#endif
