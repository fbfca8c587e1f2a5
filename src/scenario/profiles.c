#include "scenario/profiles.h"

#include "scenario/scenario_file.h"
#include "scenario/load.h"
#include "scenario/parameters.h"
#include "scenario/scenario_reader.h"

static const struct field value_element = {.type = FIELD_TEXT, .bytes = sizeof(struct str)};

static const struct field profile_fields[] = {
    FIELD(struct profile, parameters, "parameters", FIELD_MAP, .element = &value_element,
	  .example = "{SEARCH: coat}",
	  .prose = "Values of parameters; they replace the defaults. The environment and -p have "
		   "precedence over them."),
    FIELD(struct profile, load, "load", FIELD_OBJECT, .fields = load_fields, .check = load_check,
	  .example = "{users: 1, iterations: 1}",
	  .prose = "Load that replaces the load of the file."),
    FIELD(struct profile, thresholds, "thresholds", FIELD_LIST, .label = "Thresholds", .element = &threshold_element,
	  .flags = FIELD_ONE_OK, .example = "[error_rate < 1%]",
	  .prose = "Thresholds that replace the thresholds of the file."),
    FIELD_END,
};

const struct field profile_element = {
    .type = FIELD_OBJECT, .bytes = sizeof(struct profile), .fields = profile_fields};

const struct node *profiles_parameters(const struct node *root, struct str name)
{
	const struct node *all = root->kind == NODE_MAP ? node_find(root, STR("profiles")) : NULL;
	const struct node *one = all && all->kind == NODE_MAP ? node_find(all, name) : NULL;
	const struct node *set =
	    one && one->kind == NODE_MAP ? node_find(one, STR("parameters")) : NULL;

	return set && set->kind == NODE_MAP ? set : NULL;
}

const struct profile *profiles_find(struct reader *r, const struct field_map *profiles,
				    struct str name, struct str from)
{
	struct str *names = ARENA_ARRAY(r->arena, profiles->count + 1, struct str), near;

	for (size_t i = 0; i < profiles->count; i++) {
		names[i] = profiles->pairs[i].key;
		if (str_eq(names[i], name))
			return profiles->pairs[i].value;
	}
	near = diag_nearest(name, names, profiles->count);
	if (near.ptr)
		reader_error(r, SPAN_NONE, DIAG_E229,
			     "%.*s: there is no profile named '%.*s'; did you mean '%.*s'?",
			     STR_ARG(from), STR_ARG(name), STR_ARG(near));
	else if (profiles->count)
		reader_error(
		    r, SPAN_NONE, DIAG_E229,
		    "%.*s: there is no profile named '%.*s'; the first one in the file is '%.*s'",
		    STR_ARG(from), STR_ARG(name), STR_ARG(names[0]));
	else
		reader_error(r, SPAN_NONE, DIAG_E229,
			     "%.*s: there is no profile named '%.*s'; the file has no profiles",
			     STR_ARG(from), STR_ARG(name));
	return NULL;
}

static void check_parameter(struct reader *r, const struct field_pair *pair,
			    const struct model *model)
{
	struct str *names = ARENA_ARRAY(r->arena, model->parameter_count + 1, struct str), near;

	for (size_t i = 0; i < model->parameter_count; i++) {
		names[i] = model->parameters[i].name;
		if (str_eq(names[i], pair->key))
			return;
	}
	near = diag_nearest(pair->key, names, model->parameter_count);
	if (near.ptr)
		diag_edit_word(r->diags,
			       reader_error(r, pair->key_span, DIAG_E213,
					    "unknown parameter '%.*s'; did you mean '%.*s'?",
					    STR_ARG(pair->key), STR_ARG(near)),
			       pair->key_span, pair->key, near);
	else
		reader_error(r, pair->key_span, DIAG_E213,
			     "unknown parameter '%.*s'; declare it under 'parameters'",
			     STR_ARG(pair->key));
}

void profiles_check(struct reader *r, const struct field_map *profiles, const struct model *model)
{
	for (size_t i = 0; i < profiles->count; i++) {
		const struct profile *profile = profiles->pairs[i].value;

		for (size_t k = 0; k < profile->parameters.count; k++)
			check_parameter(r, &profile->parameters.pairs[k], model);
	}
}
