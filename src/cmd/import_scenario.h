/*
 * The scenario that an import has written, read again: the paths of its steps and texts, for the
 * report of `import --json`. One thread.
 */
#ifndef CMD_IMPORT_SCENARIO_H
#define CMD_IMPORT_SCENARIO_H

#include "cmd/step_labels.h"
#include "import/job.h"

/* A scalar of the scenario. */
struct import_scalar {
	struct str path; /* JSON Pointer */
	struct str key;	 /* its last part, unescaped */
	const struct node *node;
};

struct import_scenario {
	struct arena arena;
	struct loaded_file l;
	bool is_read;			  /* false: the other members are empty */
	const struct step_label **labels; /* of each request of the program; NULL: none */
	const struct step_label **steps;  /* of each step of the conversion; NULL: none */
	VEC(struct import_scalar) scalars;
};

/* Reads PATH; NULL or "-": nothing. JOB must outlive S. Release S in any case. */
void import_scenario_read(struct import_scenario *s, const struct import_job *job,
			  const char *path);
void import_scenario_release(struct import_scenario *s);
/* Whether TEXT has ${…} with the variable NAME in it. */
bool import_scenario_uses(struct str text, struct str name);

#endif
