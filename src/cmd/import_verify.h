/* `--verify`: performs the scenario and compares the responses with the recording. */
#ifndef CMD_IMPORT_VERIFY_H
#define CMD_IMPORT_VERIFY_H

#include "cmd/import_files.h"
#include "run/run_plan.h"

/*
 * Performs PATH, which JOB was written to: user 1 twice, then user 2 twice; with `--verify once`
 * one user once. If the responses show that values are issued each time, or must be unique, repairs
 * the scenario, and writes it again if the next round proves the repair, at most three rounds in
 * all. Prints first what will be sent, at the end the differences. EXIT_FAILED: something differs
 * that matters; EXIT_USAGE: it could not be performed; EXIT_UNREACHED: no server was reached.
 * Appends what was found to JSON, as an object.
 */
enum exit_status import_verify(struct import_job *job, const char *path,
			       const struct options *options, struct buf *json);

/* Performs a run of a verification without outputs. Sets *STATUS if it could not be performed, was
 * ended by a signal or reached no server. */
void import_verify_run(const struct run_settings *settings, enum exit_status *status);

#endif
