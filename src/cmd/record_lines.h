/*
 * The lines of `reprise record --ndjson`: a recording as it happens, for programs that show it, one
 * JSON object per line. One thread.
 */
#ifndef CMD_RECORD_LINES_H
#define CMD_RECORD_LINES_H

#include "base/out_file.h"
#include "cmd/record_session.h"

struct capture;

struct record_lines {
	struct out_file file;
	struct buf line;
};

/* False, after reporting the error, if PATH ("-": standard output) cannot be opened. */
bool record_lines_open(struct record_lines *lines, const char *path);
/* The proxy listens at PORT. BROWSER is the program that was started, or NULL; WHY_NOT is the
 * reason if none could be started, or NULL. The functions below do nothing if LINES is NULL. */
void record_lines_ready(struct record_lines *lines, const struct record_plan *plan, unsigned port,
			const char *browser, const char *why_not);
void record_lines_request(struct record_lines *lines, const struct capture *capture);
void record_lines_step(struct record_lines *lines, struct str name);
/* The files of PLAN were written. */
void record_lines_end(struct record_lines *lines, const struct record_plan *plan,
		      const struct record_outcome *outcome);
/* False, after reporting the error, if a line could not be written. */
bool record_lines_close(struct record_lines *lines);

#endif
