/*
 * The end of a recording: creates the HAR file and the scenario from the journal. `reprise record
 * finish` does the same for a recording that was killed.
 */
#ifndef CMD_RECORD_END_H
#define CMD_RECORD_END_H

#include "cmd/record_session.h"
#include "interface/command.h"

/* Sets the files of PLAN from OUTPUT ("buy.yaml": buy.har and buy.journal); memory from A. Returns
 * false, after reporting the error, if OUTPUT is not a file or a file exists without --force. */
bool record_end_files(const struct options *options, struct arena *a, const char *output,
		      struct record_plan *plan);
/* Writes both files. Uses the files and `quiet` of PLAN, and the import options of OPTIONS. */
enum exit_status record_end(const struct record_plan *plan, const struct options *options,
			    const struct record_outcome *outcome);
/* The operands are "finish" and the journal. */
enum exit_status record_end_finish(const struct options *options);

#endif
