/*
 * `profiles:` named sets of load, thresholds and parameters, of which a run takes at most one. The
 * parameters of the chosen one must be known before anything else is read, so they are looked up in
 * the document first; the rest is read with the file, all profiles, so that a mistake in one that
 * is not chosen is found too.
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

/* The `parameters` of the profile NAME in the document ROOT; NULL when it has none. */
const struct node *profiles_parameters(const struct node *root, struct str name);
/* The one called NAME (from FROM), or NULL after a mistake that names the nearest. */
const struct profile *profiles_find(struct reader *r, const struct field_map *profiles,
				    struct str name, struct str from);
/* The parameters each profile sets must be the file's. */
void profiles_check(struct reader *r, const struct field_map *profiles, const struct model *model);

extern const struct field profile_element;

#endif
