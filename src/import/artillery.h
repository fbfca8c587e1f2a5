/*
 * What the files of the Artillery importer share: the document in the making, the names that mean
 * something in it, and the count of keys that have no counterpart. In the job's arena; one thread.
 */
#ifndef IMPORT_ARTILLERY_H
#define IMPORT_ARTILLERY_H

#include "base/source.h"
#include "doc/node.h"
#include "import/job.h"

struct artillery_name {
	struct str name, expression;
	struct str value; /* of a variable that is made for it, a template */
	bool used;
};

struct artillery_taking {
	struct yaml_out *step;
	struct str name, word;
	const struct node *key;
};

struct artillery {
	struct import_job *job;
	struct arena *arena;
	struct yaml_out *root;
	VEC(struct artillery_name) names;   /* what `{{ name }}` comes to */
	VEC(struct artillery_name) missing; /* names that nothing in the file gives a value */
	VEC(struct artillery_taking) takings;
	VEC(struct str) hosts;
	size_t keys, lost;
	bool around; /* in before or after: variables are not there */
};

/* NODE has no counterpart: told with its line, at the head of the scenario too; counts its keys. */
void artillery_lost(struct artillery *a, const struct node *key, const struct node *value,
		    const char *why);
/* Keys in the tree. */
size_t artillery_count(const struct node *node);

/* NAME means EXPRESSION from now on; the first one stays. */
void artillery_define(struct artillery *a, struct str name, struct str expression);
/* Whether a template has named it. */
bool artillery_uses(const struct artillery *a, struct str name);
/* A word that may stand as a variable: other bytes become _, words of the language get one behind.
 */
struct str artillery_word(struct artillery *a, struct str name);
/* Text with {{ }} as our templates; what cannot be said is told with NODE's line and stays text. */
struct str artillery_text(struct artillery *a, const struct node *node);
/* Whether there is a {{ in it. */
bool artillery_is_template(const struct node *node);
/* "10", "10min", "500 ms" as a duration of ours; a bare number counts in seconds. ptr NULL when it
 * is none. */
struct str artillery_duration(struct artillery *a, const struct node *node);

/* The number behind KEY, from 0 to 1e6. */
bool artillery_number(const struct node *map, const char *key, double *out);
/* PHASES as a load; NULL when they are none. */
struct yaml_out *artillery_load(struct artillery *a, const struct node *phases);
void artillery_environments(struct artillery *a, const struct node *all);

/* The steps of FLOW (a list). */
struct yaml_out *artillery_steps(struct artillery *a, const struct node *flow);
/* Every member of FROM (keys and values of text) as texts. */
struct yaml_out *artillery_texts(struct artillery *a, const struct node *from);
/* `extract:` and `expect:` of a request. */
void artillery_capture(struct artillery *a, const struct node *key, const struct node *value,
		       struct yaml_out *step);
void artillery_expect(struct artillery *a, const struct node *value, struct yaml_out *step);
void artillery_match(struct artillery *a, const struct node *key, const struct node *value,
		     struct yaml_out *step);

#endif
