/*
 * What the files of the Artillery importer share: the document in the making, the names that mean
 * something in it, and the count of keys that have no counterpart. In the job's arena; one thread.
 */
#ifndef IMPORT_ARTILLERY_ARTILLERY_H
#define IMPORT_ARTILLERY_ARTILLERY_H

#include "base/source.h"
#include "doc/node.h"
#include "import/job.h"

enum artillery_sort {
	NAME_LOCAL,	/* captured, or the element of a loop: of one scenario */
	NAME_MISSING,	/* nothing in the file gives it a value */
	NAME_VARIABLE,	/* of config.variables */
	NAME_LIST,	/* all rows of a payload */
	NAME_COLUMN,	/* of a payload */
	NAME_PARAMETER, /* what environments set differently */
};

/* What `{{ name }}` comes to. */
struct artillery_name {
	enum artillery_sort name_kind;
	struct str name, expression;
	struct str value; /* NAME_MISSING: of the variable that is made for it, a template */
	struct yaml_writer_node *result; /* NAME_LIST */
	const struct node *key;		 /* where the file gives it its value, or NULL */
	size_t used;			 /* which use of all was its first by a step; 0: none */
	bool resolved;			 /* its value was put in at once */
};

struct artillery_taking {
	struct yaml_writer_node *step;
	struct str name, word;
	const struct node *key;
	unsigned scope;
	size_t used; /* as of a name */
};

/* A payload as `data:`. */
struct artillery_set {
	struct str name;
	struct yaml_writer_node *node;
	const struct node *key;
};

/* What the environment or a profile gives a value. */
struct artillery_parameter {
	struct str of; /* the template or variable it stands for */
	struct str name;
	struct yaml_writer_node *node;
	size_t used; /* as of a name */
};

/* A place in the reading that may be gone back to: see artillery_rollback(). */
struct artillery_mark {
	size_t uses, names, missing, captured;
};

struct artillery {
	struct import_job *job;
	struct arena *arena;
	struct yaml_writer_node *root;
	struct str folder;	      /* of the file with the config, ends with / or is empty */
	const struct node *variables; /* of config, or NULL */
	VEC(struct artillery_name) names;
	VEC(struct artillery_name) missing;
	VEC(struct artillery_taking) captured;
	VEC(struct artillery_set) sets;
	VEC(struct artillery_parameter) parameters;
	VEC(struct str) hosts;
	struct yaml_writer_node *profiles;
	struct yaml_writer_node
	    *checks_after; /* where a request's checks are put as steps; NULL in parallel */
	unsigned scope;	   /* the scenario, from 1; 0 before all of them */
	unsigned loops;	   /* around the step that is looked at */
	size_t keys, unsupported;
	size_t uses;	 /* of names, so far */
	bool has_around; /* there is a before or an after */
	bool around;	 /* in before or after: variables are not there */
	bool optional;	 /* what is not found is no failure */
	bool in_profile;
	struct str unsupported_reason; /* what was lost first of the flows: where nothing of them is
					  left */
};

/* NODE has no counterpart: told with its line, at the head of the scenario too; counts its keys. */
void artillery_unsupported(struct artillery *a, const struct node *key, const struct node *value,
			   const char *why);
/* Keys in the tree. */
size_t artillery_count(const struct node *node);
/* NODE is WORD without quotes. */
bool artillery_is_word(const struct node *node, const char *word);
/* A map on one line with KEY, for a list of them. */
struct yaml_writer_node *artillery_map_of(struct artillery *a, const char *key,
					  struct yaml_writer_node *value);

/* ---- artillery_text.c: names and templates */

/* NAME means EXPRESSION from now on. The result lives until the next definition. */
struct artillery_name *artillery_define(struct artillery *a, enum artillery_sort name_kind,
					struct str name, struct str expression);
/* The definition at AT of a->names is none any more. */
void artillery_undefine(struct artillery *a, size_t at);
/* The latest definition, or NULL. */
struct artillery_name *artillery_find_name(const struct artillery *a, struct str name);
struct artillery_mark artillery_mark(const struct artillery *a);
/* What was read since MARK comes to nothing: it has used no name and made none. */
void artillery_rollback(struct artillery *a, struct artillery_mark mark);
/* A word: other bytes become _. */
struct str artillery_sanitize(struct artillery *a, struct str name);
/* One that may stand as a variable: words of the language and names of data and parameters get a _
 * behind. */
struct str artillery_identifier(struct artillery *a, struct str name);
/* The expression of a path (`a.b[0]`) or $name(…); ptr NULL when it cannot be said. */
struct str artillery_expression(struct artillery *a, struct str inside);
/* Text with {{ }} as our templates; what cannot be said is told with NODE's line and stays text. */
struct str artillery_text(struct artillery *a, const struct node *node);
/* Text whose templates have one value only, which stands in it; ptr NULL when they have not. */
struct str artillery_constant_text(struct artillery *a, const struct node *node);
/* Whether there is a {{ in it. */
bool artillery_is_template(const struct node *node);
/* "10", "10min", "500 ms" as a duration of ours; a bare number counts in seconds. ptr NULL when it
 * is none. */
struct str artillery_duration(struct artillery *a, const struct node *node);
/* ptr NULL when it is more than the variable of the environment. */
struct str artillery_env(struct str inside);

/* ---- artillery_config.c, artillery_load.c, artillery_environments.c, artillery_payload.c */

void artillery_config(struct artillery *a, const struct node *config);
/* `ensure:` as lines of thresholds, at the end of LINES. */
void artillery_ensure(struct artillery *a, const struct node *all, struct yaml_writer_node *lines);
void artillery_plugins(struct artillery *a, const struct node *all);
/* The `variables:` that a step uses, and those that are missing, at the end of INTO. */
void artillery_put_variables(struct artillery *a, struct yaml_writer_node *into);
/* The number behind KEY, from 0 to 1e6. */
bool artillery_number(const struct node *map, const char *key, double *out);
/* PHASES as a load; NULL when they are none. */
struct yaml_writer_node *artillery_load(struct artillery *a, const struct node *phases);
/* Environments as profiles, with a parameter for all that they set differently. */
void artillery_environments(struct artillery *a, const struct node *config);
/* A parameter for OF; the same one each time. Called before any name is used. */
struct artillery_parameter *artillery_parameter(struct artillery *a, struct str of,
						struct str name);
/* `parameters:` and `profiles:`, less what nothing uses. */
void artillery_put_parameters(struct artillery *a);
void artillery_payload(struct artillery *a, const struct node *key, const struct node *value);
/* `data:`, less what nothing uses. */
void artillery_put_data(struct artillery *a);
/* The bytes of a file that is named in a relative way; false when it cannot be had, WHY says it. */
bool artillery_file(struct artillery *a, struct str path, struct str *bytes, const char **why);

/* ---- artillery_steps.c, artillery_request.c, artillery_response.c, artillery_condition.c */

/* The steps of FLOW (a list). */
struct yaml_writer_node *artillery_steps(struct artillery *a, const struct node *flow);
/* One request; its further checks are in a->behind. NULL when it has no URL. */
struct yaml_writer_node *artillery_request(struct artillery *a, const struct node *key,
					   const struct node *value);
/* Lists and maps as they are, texts with their templates. */
struct yaml_writer_node *artillery_tree(struct artillery *a, const struct node *node);
/* Every member of FROM (keys and values of text) as texts; HEADERS: by names of headers only. */
struct yaml_writer_node *artillery_texts(struct artillery *a, const struct node *from,
					 bool headers);
/* A condition as an expression of ours; ptr NULL when it is none, which is told. */
struct str artillery_condition(struct artillery *a, const struct node *key,
			       const struct node *value);
/* TEXT in quotes for an expression; ptr NULL when it cannot stand there. */
struct str artillery_quoted(struct artillery *a, struct str text);
/* `extract:` and `expect:` of a request. */
void artillery_capture(struct artillery *a, const struct node *key, const struct node *value,
		       struct yaml_writer_node *step);
void artillery_expect(struct artillery *a, const struct node *value, struct yaml_writer_node *step);
void artillery_match(struct artillery *a, const struct node *key, const struct node *value,
		     struct yaml_writer_node *step);

#endif
