/*
 * Creates a checked model from a document, using the tables of scenario/scenario_file.h. Parameters
 * are resolved, and values from options and the environment replace those of the file. Errors are
 * in the diagnostics; the model is returned even after errors, so that the compiler can find more
 * of them.
 */
#ifndef SCENARIO_MODEL_READ_H
#define SCENARIO_MODEL_READ_H

#include "base/arena.h"
#include "base/diag.h"
#include "doc/node.h"
#include "scenario/model.h"
#include "scenario/parameters.h"
#include "scenario/kind_tables.h"

/* A value that replaces one of the file; TEXT ptr NULL: not set. FROM is its origin: "option -u".
 */
struct override {
	struct str text;
	struct str from;
};

struct overrides {
	struct override target, users, arrivals, duration, iterations, ramp_up, grace, capacity,
	    seed, profile, transport;
	const char *const *only; /* names of scenarios, with * and ?; the others are not run */
	size_t only_count;
	const char *const *allowed_folders; /* further folders whose files the scenario may read */
	size_t allowed_folder_count;
	struct parameter_sources parameters;
	const char *input_name; /* of standard input: the path that it has in messages; or NULL */
};

/* ROOT is the document of SOURCE; it, the tables and OVERRIDES must live as long as the model.
 * Never returns NULL. */
struct model *model_read(struct arena *arena, const struct source *source, const struct node *root,
			 const struct kind_tables *tables, const struct overrides *overrides,
			 struct diag_list *diags);

#endif
