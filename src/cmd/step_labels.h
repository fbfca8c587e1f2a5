/*
 * The steps of a compiled file with the texts that name them: the path as in diagnostics, the name,
 * the place in the file. Finds the step of `run --until`. One thread.
 */
#ifndef CMD_STEP_LABELS_H
#define CMD_STEP_LABELS_H

#include "cmd/load_file.h"

struct step_label {
	struct str path; /* JSON Pointer; ptr NULL: the step is in an included file */
	struct str name; /* of the request, group or flow; otherwise the kind of the step */
	struct str at;	 /* "shop.yaml:24" */
};

/* One for each step of L's program, in its order; in A. */
const struct step_label *step_labels_new(struct arena *a, const struct loaded_file *l);

/* Finds the step TEXT, a path or a name, among LABELS, and marks its rows in FOUND, which has one
 * item for each step of the program. False after reporting that there is none or that there are
 * several. */
bool step_labels_find(const struct step_label *labels, const struct loaded_file *l, struct str text,
		      bool *found);

#endif
