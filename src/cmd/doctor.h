/*
 * What of this machine will matter to a load test: a table of checks on its facts, each saying what
 * was found, what it allows, and the command that lifts it. Pure: the facts are handed in.
 */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

#include "base/buf.h"
#include "base/machine.h"
#include "base/terminal.h"

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_NOTE,	/* good to know */
	DOCTOR_PROBLEM, /* will be in the way of a large run, or spoil the figures of a small one */
};

struct doctor_finding {
	const char *name; /* "open files" */
	enum doctor_level level;
	struct buf found;  /* one sentence: what there is and what it allows */
	struct buf remedy; /* the command that gives more; empty: there is none */
};

#define DOCTOR_CHECKS_MAX 24

/* All findings in the order of the table; returns how many. To be released. */
size_t doctor_run(const struct machine *m, struct doctor_finding findings[DOCTOR_CHECKS_MAX]);
void doctor_release(struct doctor_finding *findings, size_t count);

/* For a person, COLUMNS wide. */
void doctor_put_text(struct buf *out, const struct machine *m, const struct terminal *term,
		     size_t columns);
/* [{"check", "level", "found", "lift"}…] and a newline. */
void doctor_put_json(struct buf *out, const struct machine *m);

#endif
