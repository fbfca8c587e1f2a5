/*
 * `profiles:` are named sets of load, thresholds and parameters; a run uses at most one. The
 * parameters of the selected profile must be known before anything else is read, so they are found
 * in the document first. The rest of all profiles is read with the file, so that errors in other
 * profiles are found too.
 */
#ifndef SCENARIO_PROFILES_H
#define SCENARIO_PROFILES_H

#include "doc/node.h"
#include "interface/field.h"
#include "scenario/model.h"

struct reader;

struct profile {
	struct keys keys;
	struct load load;
	struct field_list thresholds; /* of struct threshold_line */
	struct field_map parameters;  /* of struct str: the values as written */
};

/* The `parameters` of the profile NAME in the document ROOT; NULL if it has none. */
const struct node *profiles_parameters(const struct node *root, struct str name);
/* The profile named NAME (set by FROM); NULL after an error that suggests the nearest name. */
const struct profile *profiles_find(struct reader *r, const struct field_map *profiles,
				    struct str name, struct str from);
/* Reports parameters in profiles that the file does not declare. */
void profiles_check(struct reader *r, const struct field_map *profiles, const struct model *model);

extern const struct field profile_element;

#endif
