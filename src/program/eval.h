/*
 * Templates and expressions: compiled once to a short postfix list, evaluated without allocating.
 * Names are resolved to slots at compile time; constants are folded. A template is a list of parts,
 * literal or expression; a template that is one `${…}` keeps the value's type.
 */
#ifndef PROGRAM_EVAL_H
#define PROGRAM_EVAL_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/random.h"
#include "interface/field.h"
#include "interface/scratch.h"
#include "interface/value.h"

struct expr;	    /* private to program/ */
struct data_set;    /* scenario/data.h */
struct rows_reader; /* scenario/rows.h */

/* How an evaluated part is encoded in its text. */
enum tmpl_escape {
	ESCAPE_NONE,
	ESCAPE_URL,	   /* percent-encodes what is not allowed in a URL, and keeps the rest */
	ESCAPE_COMPONENT,  /* a value in the query: percent-encodes all except unreserved characters
			    */
	ESCAPE_FORM,	   /* a value in a form: the same, with `+` for a space */
	ESCAPE_JSON_TEXT,  /* inside the quotes of a JSON string */
	ESCAPE_JSON_VALUE, /* a whole JSON value with its own type */
	ESCAPE_HEADER,	   /* a line break is an error */
};

struct tmpl_part {
	struct str literal; /* if expr is NULL; encoded already */
	bool secret;	    /* the literal is, or contains, a secret: masked where it is shown */
	const struct expr *expr;
	enum tmpl_escape escape;
};

struct tmpl {
	const struct tmpl_part *parts;
	size_t count;
	bool constant;	    /* no part varies: `value` is the whole, with NUL-terminated text */
	bool whole;	    /* one expression and nothing else: keeps its type */
	struct value value; /* if constant */
	struct span span;
};

/* Built-in names of expressions: set by the interpreter before an evaluation. */
struct builtins {
	uint64_t user_id, user_index, iteration; /* from 1 */
	struct str scenario_name, run_id;
	uint64_t shard_index, shard_count; /* from 1 */
	int response_status;
	ns_t response_time;
	ns_t run_started; /* since 1970, for `unique` */
};

/* One evaluation: where values come from and where results are stored. Belongs to one worker. */
struct eval {
	const struct value *slots;
	const uint32_t *counters; /* of the fiber: rounds of each LOOP, the current one included */
	struct builtins builtins;
	struct random_stream *draws;
	struct scratch *scratch;
	const struct data_set *data; /* of the model */
	struct rows_reader *rows;
	/* The user's current row of data set SET; false if all rows have been used. */
	bool (*row)(struct eval *eval, uint32_t set, uint64_t *row);
	/* The value of the control NAME of the form that is filled in; false after eval_error. */
	bool (*control)(struct eval *eval, struct str name, struct value *value);
	void *owner; /* the worker, for `row` and `control` */
	uint32_t
	    ended_data; /* number of the set whose rows have all been used, plus one; 0: none */
	_Atomic uint64_t *numbers; /* program.number_count of them, one for each `counter(name)`,
				      run-wide, from 0 */
	ns_t wall;		   /* for now(), since 1970 */
	bool hide_secrets;	   /* eval_render appends *** for them */
	/* Called by eval_render for each secret it appends, with the text before it; or NULL. */
	void (*mark)(void *marked, struct str before, struct str secret);
	void *marked;
	struct span error_span;
	char error[200]; /* set by eval_error */
};

/* Sets the reason why an expression cannot be evaluated (division by zero, not a number); returns
 * false. */
bool eval_error(struct eval *eval, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* False after eval_error. The result is in the scratch, in a slot, or a constant. */
bool eval_expr(const struct expr *expr, struct eval *eval, struct value *out);
/* With its type if the template is one ${…}, otherwise as text in the scratch. */
bool eval_template(const struct tmpl *tmpl, struct eval *eval, struct value *out);
/* Appends the text, encoded as its parts say. False after eval_error, or if OUT is full. */
bool eval_render(const struct tmpl *tmpl, struct eval *eval, struct buf *out);

#endif
