/*
 * A result made again from seconds that were kept (output/archive.h): they go through the same
 * totals, judges and outputs as those of a run. For report and merge. Main thread.
 */
#ifndef CMD_REMAKE_H
#define CMD_REMAKE_H

#include "base/mapped.h"
#include "cmd/run_outputs.h"
#include "output/archive.h"

/* ---- a result that is read */

struct kept {
	struct arena arena;
	struct str folder; /* as named */
	struct mapped file;
	struct archive_reader reader;
};

/* False, told on standard error, when FOLDER holds no result. */
bool kept_open(struct kept *kept, const char *folder);
void kept_close(struct kept *kept);
/* The value of a label; empty: it has none. */
struct str kept_label(const struct kept *kept, struct str name);

/* ---- one that is made */

struct remake {
	struct run_facts facts;
	struct summary total;
	struct threshold_judge judge;
	struct generator_health health;
	struct verdict_validity validity;
	struct verdict verdict;
	struct run_outputs outputs;
};

/* FACTS with their table and thresholds outlive it. */
void remake_init(struct remake *r, const struct run_facts *facts);
void remake_release(struct remake *r);
/* A second with all in it; closed here at the end of M. */
void remake_second(struct remake *r, struct summary *second, const struct moment *m);
/* Thresholds and validity are judged. */
void remake_judge(struct remake *r);

#endif
