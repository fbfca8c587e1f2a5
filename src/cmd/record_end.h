/*
 * The end of a recording: its journal becomes the HAR file and the scenario. `reprise record
 * finish` does the same for a recording that was killed.
 */
#ifndef CMD_RECORD_END_H
#define CMD_RECORD_END_H

#include "cmd/record_session.h"
#include "interface/command.h"

/* The files of PLAN from the OUTPUT that was asked for ("buy.yaml": buy.har and buy.journal), in A.
 * False, told, when it is none or something is there already that was not to be replaced. */
bool record_end_files(const struct options *options, struct arena *a, const char *output,
		      struct record_plan *plan);
/* Of PLAN the files and `quiet` count; OPTIONS say what becomes of the recording. */
enum exit_status record_end(const struct record_plan *plan, const struct options *options,
			    const struct record_outcome *outcome);
/* Its operands are "finish" and the journal. */
enum exit_status record_end_finish(const struct options *options);

#endif
