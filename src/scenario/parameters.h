/*
 * Parameters are values that a run can change without editing the file. They are resolved while the
 * file is read, before any value that can contain a `${PARAMETER}`, from the option -p, the
 * environment (NAME or NAME_FILE), an --env-file, and the default, in this order. All texts are in
 * the reader's arena.
 */
#ifndef SCENARIO_PARAMETERS_H
#define SCENARIO_PARAMETERS_H

#include <stdbool.h>

#include "interface/field.h"
#include "scenario/model.h"

struct reader;

/* The sources of values; all views must be valid while the file is read. */
struct parameter_sources {
	const char *const *options; /* "NAME=VALUE" or "NAME=@FILE", as given to -p */
	size_t option_count;
	char *const *environment;   /* environ, or NULL */
	const struct node *profile; /* `parameters` of the selected profile, or NULL */
	struct str profile_name;
	struct str env_file; /* content of --env-file, or empty */
	struct str env_file_name;
	bool required; /* a required parameter without a value is an error (not for `check`) */
};

struct parameters {
	struct parameter *items; /* in the order of the file */
	size_t count;
	const struct parameter_sources *sources; /* NULL: only defaults */
};

/* The value of `parameters:`: a field_map of `struct parameter`; reading it resolves
 * reader->parameters. */
extern const struct field_special parameters_special;
extern const struct field parameter_element;
/* Reports the -p options of a file that has no `parameters:`. */
void parameters_reject_options(struct reader *r);

/* NULL if there is no parameter with this name. */
const struct parameter *parameters_find(const struct parameters *p, struct str name);
/* [A-Z][A-Z0-9_]* */
bool parameters_name_valid(struct str name);
/* Whether shells and CI systems set a variable named NAME. */
bool parameters_name_reserved(struct str name);

#endif
