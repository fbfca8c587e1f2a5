/*
 * Templates and expressions: compiled once to a short postfix list, worked out without allocating.
 * Names are resolved to slots at compile time; constants are folded. A template is a list of parts,
 * literal or expression; the whole of one `${…}` keeps the value's type.
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

/* What becomes of a worked-out part before it stands in its text. */
enum tmpl_escape {
	ESCAPE_NONE,
	ESCAPE_URL, /* what cannot stand in a URL is percent-encoded, the rest is left as it is */
	ESCAPE_COMPONENT,  /* a value of the query: everything but unreserved characters */
	ESCAPE_FORM,	   /* a value of a form: the same, a blank is `+` */
	ESCAPE_JSON_TEXT,  /* inside the quotes of a JSON string */
	ESCAPE_JSON_VALUE, /* a whole JSON value of its own type */
	ESCAPE_HEADER,	   /* a line break is an error */
};

struct tmpl_part {
	struct str literal; /* when expr is NULL; escaped already */
	bool secret;	    /* the literal is, or holds, a secret: masked wherever it is shown */
	const struct expr *expr;
	enum tmpl_escape escape;
};

struct tmpl {
	const struct tmpl_part *parts;
	size_t count;
	bool constant;	    /* nothing varies: `value` is the whole, its text NUL-terminated */
	bool whole;	    /* one expression and nothing else: keeps its type */
	struct value value; /* when constant */
	struct span span;
};

/* Built-in names an expression can read: filled by the interpreter before it works anything out. */
struct builtins {
	uint64_t user_id, user_index, iteration; /* from 1 */
	struct str scenario_name, run_id;
	uint64_t shard_index, shard_count; /* from 1 */
	int response_status;
	ns_t response_time;
};

/* One evaluation: where values come from and where their bytes go. Belongs to one worker. */
struct eval {
	const struct value *slots;
	const uint32_t *counters; /* of the strand: rounds of each LOOP, the one at hand included */
	struct builtins builtins;
	struct random_stream *draws;
	struct scratch *scratch;
	const struct data_set *data; /* of the model */
	struct rows_reader *rows;
	/* The row of data set SET this user has now; false when its rows have run out. */
	bool (*row)(struct eval *eval, uint32_t set, uint64_t *row);
	void *owner;	     /* whoever filled this in, for `row` */
	uint32_t ended_data; /* the set whose rows have run out, plus one; 0: none has */
	_Atomic uint64_t
	    *numbers; /* program.number_count of them, one each `counter(name)`, run-wide, from 0 */
	ns_t wall;    /* for now(), since 1970 */
	struct span error_span;
	char error[200]; /* set by eval_error */
};

/* Says why an expression cannot be worked out (division by zero, no number); returns false. */
bool eval_error(struct eval *eval, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* False after eval_error. The result lives in the scratch, in a slot, or is a constant. */
bool eval_expr(const struct expr *expr, struct eval *eval, struct value *out);
/* With its type if it is the whole of one ${…}, else text in the scratch. */
bool eval_template(const struct tmpl *tmpl, struct eval *eval, struct value *out);
/* Appends the text, escaped as its parts say. False after eval_error, or when OUT is full. */
bool eval_render(const struct tmpl *tmpl, struct eval *eval, struct buf *out);

#endif
