/*
 * Shared by the files of the Artillery importer: the document under construction, the names
 * defined in the file, and the count of keys that are not supported. In the job's arena; one
 * thread.
 */
#ifndef IMPORT_ARTILLERY_ARTILLERY_H
#define IMPORT_ARTILLERY_ARTILLERY_H

#include "base/source.h"
#include "doc/node.h"
#include "import/job.h"

enum artillery_name_kind {
	NAME_LOCAL,	/* captured, or the element of a loop: valid in one scenario */
	NAME_MISSING,	/* the file gives it no value */
	NAME_VARIABLE,	/* a key of config.variables */
	NAME_LIST,	/* all rows of a payload */
	NAME_COLUMN,	/* a column of a payload */
	NAME_PARAMETER, /* set differently by environments */
};

/* The meaning of `{{ name }}`. */
struct artillery_name {
	enum artillery_name_kind name_kind;
	struct str name, expression;
	struct str value; /* NAME_MISSING: name of the variable that is made for it, a template */
	struct yaml_writer_node *result; /* NAME_LIST */
	const struct node *key;		 /* the node that gives it its value, or NULL */
	size_t used;			 /* number of its first use by a step; 0: none */
	bool resolved;			 /* its value was inserted directly */
};

struct artillery_capture {
	struct yaml_writer_node *step;
	struct str name, word;
	const struct node *key;
	unsigned scope;
	size_t used; /* number of uses, as for a name */
};

/* A payload as `data:`. */
struct artillery_set {
	struct str name;
	struct yaml_writer_node *node;
	const struct node *key;
};

/* A value given by the environment or a profile. */
struct artillery_parameter {
	struct str of; /* the template or variable it replaces */
	struct str name;
	struct yaml_writer_node *node;
	size_t used; /* number of uses, as for a name */
};

/* A state of the conversion that can be restored: see artillery_rollback(). */
struct artillery_mark {
	size_t uses, names, missing, captured;
};

struct artillery {
	struct import_job *job;
	struct arena *arena;
	struct yaml_writer_node *root;
	struct str folder;	      /* of the file with the config; ends with / or is empty */
	const struct node *variables; /* node of config, or NULL */
	VEC(struct artillery_name) names;
	VEC(struct artillery_name) missing;
	VEC(struct artillery_capture) captured;
	VEC(struct artillery_set) sets;
	VEC(struct artillery_parameter) parameters;
	VEC(struct str) hosts;
	struct yaml_writer_node *profiles;
	struct yaml_writer_node *checks_after; /* where checks of a request that become steps are
						  added; NULL in parallel */
	unsigned scope; /* number of the scenario, from 1; 0 before all of them */
	unsigned loops; /* nesting around the current step */
	size_t keys, unsupported;
	size_t uses;	 /* uses of names so far */
	bool has_around; /* there is a before or an after */
	bool around;	 /* in before or after: variables do not exist there */
	bool optional;	 /* a missing name is not a failure */
	bool in_profile;
	struct str unsupported_reason; /* the first loss in the flows: reported if no part of them
					  is left */
};

/* NODE is not supported: reports it with its line, also at the top of the scenario; counts its
 * keys. */
void artillery_unsupported(struct artillery *a, const struct node *key, const struct node *value,
			   const char *why);
/* Whether NODE is WORD without quotes. */
bool artillery_is_word(const struct node *node, const char *word);
/* A map on one line with KEY, for a list of such maps. */
struct yaml_writer_node *artillery_map_of(struct artillery *a, const char *key,
					  struct yaml_writer_node *value);

/* ---- artillery_text.c: names and templates */

/* Defines NAME as EXPRESSION. The result is valid until the next definition. */
struct artillery_name *artillery_define(struct artillery *a, enum artillery_name_kind name_kind,
					struct str name, struct str expression);
/* Removes the definition at AT of a->names. */
void artillery_undefine(struct artillery *a, size_t at);
/* The latest definition, or NULL. */
struct artillery_name *artillery_find_name(const struct artillery *a, struct str name);
struct artillery_mark artillery_mark(const struct artillery *a);
/* Discards what was read since MARK: the names it used and defined. */
void artillery_rollback(struct artillery *a, struct artillery_mark mark);
/* A word: other bytes become _. */
struct str artillery_sanitize(struct artillery *a, struct str name);
/* A name that can be a variable: keywords and names of data and parameters get a _
 * appended. */
struct str artillery_identifier(struct artillery *a, struct str name);
/* The expression for a path (`a.b[0]`) or $name(…); ptr NULL if it cannot be expressed. */
struct str artillery_expression(struct artillery *a, struct str inside);
/* Text with {{ }} as our templates; what cannot be converted is reported with NODE's line and
 * stays text. */
struct str artillery_text(struct artillery *a, const struct node *node);
/* Text whose templates have one value only, with the value inserted; ptr NULL otherwise. */
struct str artillery_constant_text(struct artillery *a, const struct node *node);
/* Whether it contains a {{. */
bool artillery_is_template(const struct node *node);
/* "10", "10min", "500 ms" as our duration; a number without a unit is in seconds. ptr NULL
 * if it is not a duration. */
struct str artillery_duration(struct artillery *a, const struct node *node);
/* ptr NULL if it is more than the variable of the environment. */
struct str artillery_env(struct str inside);

/* ---- artillery_config.c, artillery_load.c, artillery_environments.c, artillery_payload.c */

void artillery_config(struct artillery *a, const struct node *config);
/* Appends `ensure:` to LINES, as lines of thresholds. */
void artillery_ensure(struct artillery *a, const struct node *all, struct yaml_writer_node *lines);
void artillery_plugins(struct artillery *a, const struct node *all);
/* Appends the `variables:` that a step uses, and the missing ones, to INTO. */
void artillery_put_variables(struct artillery *a, struct yaml_writer_node *into);
/* The number at KEY, from 0 to 1e6. */
bool artillery_number(const struct node *map, const char *key, double *out);
/* PHASES as a load; NULL if they are not valid phases. */
struct yaml_writer_node *artillery_load(struct artillery *a, const struct node *phases);
/* Environments as profiles, with a parameter for everything they set differently. */
void artillery_environments(struct artillery *a, const struct node *config);
/* The parameter for OF; the same one each time. Called before any name is used. */
struct artillery_parameter *artillery_parameter(struct artillery *a, struct str of,
						struct str name);
/* `parameters:` and `profiles:`, without unused ones. */
void artillery_put_parameters(struct artillery *a);
void artillery_payload(struct artillery *a, const struct node *key, const struct node *value);
/* `data:`, without unused ones. */
void artillery_put_data(struct artillery *a);
/* The bytes of a file with a relative name; false, with WHY, if it cannot be read. */
bool artillery_file(struct artillery *a, struct str path, struct str *bytes, const char **why);

/* ---- artillery_steps.c, artillery_request.c, artillery_response.c, artillery_condition.c */

/* The steps of FLOW (a list). */
struct yaml_writer_node *artillery_steps(struct artillery *a, const struct node *flow);
/* One request; its further checks are in a->checks_after. NULL if it has no URL. */
struct yaml_writer_node *artillery_request(struct artillery *a, const struct node *key,
					   const struct node *value);
/* Lists and maps unchanged, texts with their templates converted. */
struct yaml_writer_node *artillery_tree(struct artillery *a, const struct node *node);
/* Every member of FROM (texts) as text; HEADERS: only valid header names. */
struct yaml_writer_node *artillery_texts(struct artillery *a, const struct node *from,
					 bool headers);
/* A condition as our expression; ptr NULL if it is not one, which is reported. */
struct str artillery_condition(struct artillery *a, const struct node *key,
			       const struct node *value);
/* TEXT in quotes for an expression; ptr NULL if it cannot be quoted. */
struct str artillery_quoted(struct artillery *a, struct str text);
/* `extract:` and `expect:` of a request. */
void artillery_capture(struct artillery *a, const struct node *key, const struct node *value,
		       struct yaml_writer_node *step);
void artillery_expect(struct artillery *a, const struct node *value, struct yaml_writer_node *step);
void artillery_match(struct artillery *a, const struct node *key, const struct node *value,
		     struct yaml_writer_node *step);

#endif
