/*
 * `run --once` for programs: --until stops the run after a step, --exchanges writes each exchange
 * to a file, and --ndjson gets a line for each step. The worker reports steps and exchanges, the
 * main thread writes them in the same order, so that the files of a step exist before its line.
 */
#ifndef CMD_RUN_STEPS_H
#define CMD_RUN_STEPS_H

#include "cmd/run_options.h"
#include "result/output_set.h"
#include "run/run_plan.h"

struct run_steps;

/* Whether OPTIONS ask for anything of this, so that the file is loaded with LOAD_FILE_STEPS. */
bool run_steps_wanted(const struct run_options *options);
/* For L, which has a program; L and OPTIONS must outlive it. NULL after reporting an error: an
 * unknown step, or a folder that cannot be used. */
struct run_steps *run_steps_new(const struct run_options *options, const struct loaded_file *l);
/* STEPS may be NULL here and below. */
void run_steps_free(struct run_steps *steps);
/* For the settings of the run; NULL without STEPS. */
const struct run_step_sink *run_steps_sink(const struct run_steps *steps);
/* Writes what the worker has reported so far: lines to OUTPUTS. Main thread. */
void run_steps_write(struct run_steps *steps, struct output_set *outputs);
/* Writes the rest, and a line about the whole run. REACHED: the step of --until has ended. False, after reporting the first error, if an
 * exchange could not be written. */
bool run_steps_finish(struct run_steps *steps, struct output_set *outputs, bool reached);

#endif
