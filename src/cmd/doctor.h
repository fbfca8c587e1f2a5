/*
 * Checks whether this machine is suitable for a load test: a table of checks, each with a finding,
 * what it allows, and the command that raises the limit. Pure: the caller passes the machine's
 * facts.
 */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

#include "base/buf.h"
#include "base/machine.h"
#include "base/terminal.h"

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_NOTE,	/* useful information */
	DOCTOR_PROBLEM, /* limits a large run, or distorts the results of a small one */
};

struct doctor_finding {
	const char *name; /* "open files" */
	enum doctor_level level;
	struct buf found;  /* one sentence: the limit and what it allows */
	struct buf remedy; /* the command that raises the limit; empty if there is none */
};

#define DOCTOR_CHECKS_MAX 24

/* Stores all findings in the order of the table and returns their number. The caller must release
 * them. */
size_t doctor_run(const struct machine *m, struct doctor_finding findings[DOCTOR_CHECKS_MAX]);
void doctor_release(struct doctor_finding *findings, size_t count);

/* Appends the findings as text, COLUMNS wide. */
void doctor_put_text(struct buf *out, const struct machine *m, const struct terminal *term,
		     size_t columns);

#endif
