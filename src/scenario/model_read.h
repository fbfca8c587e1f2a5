/*
 * A document to a checked model: everything the file says, by the tables of
 * scenario/scenario_file.h, with parameters settled and what comes from outside (options,
 * environment) put over it. What is wrong is in the diagnostics; the model is there all the same,
 * so that the compiler can look for more.
 */
#ifndef SCENARIO_MODEL_READ_H
#define SCENARIO_MODEL_READ_H

#include "base/arena.h"
#include "base/diag.h"
#include "doc/node.h"
#include "scenario/model.h"
#include "scenario/parameters.h"
#include "scenario/kind_tables.h"

/* A value that replaces one of the file; TEXT ptr NULL: not given. FROM names its origin: "option
 * -u". */
struct override {
	struct str text;
	struct str from;
};

struct overrides {
	struct override target, users, arrivals, duration, iterations, ramp_up, grace, capacity,
	    seed, profile;
	const char *const *only; /* names of scenarios, with * and ?; the others are left out */
	size_t only_count;
	struct parameter_sources parameters;
};

/* The root of SOURCE's document; it, the tables and OUTSIDE must live as long as the model. Never
 * NULL. */
struct model *model_read(struct arena *arena, const struct source *source, const struct node *root,
			 const struct kind_tables *tables, const struct overrides *overrides,
			 struct diag_list *diags);

#endif
