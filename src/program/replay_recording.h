/*
 * The recording of a replay as the run uses it: its lines (scenario/replay_file.h), the places of
 * its requests in the program, its headers as they are sent.
 */
#ifndef PROGRAM_REPLAY_RECORDING_H
#define PROGRAM_REPLAY_RECORDING_H

#include "program/program.h"
#include "scenario/replay_file.h"

/* Where each step of the program's replay begins; in A. */
const uint32_t *replay_recording_entries(const struct program *program, struct arena *a);
/* The headers of LINE, "Name: value" and a NUL each, without those that the client sets. */
void replay_recording_put_headers(const struct json_tape *tape, const struct replay_line *line,
				  struct buf *texts, struct buf *out);
/* The full URL of LINE: a path is appended to the target. */
void replay_recording_put_url(const struct program *program, const struct replay_line *line,
			      struct buf *out);

#endif
