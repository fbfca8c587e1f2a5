/*
 * Templates and expressions: compiled once to a short postfix list, worked out without allocating.
 * Names are resolved to slots at compile time; constants are folded. A template is a list of parts,
 * literal or expression; the whole of one `${…}` keeps the value's type.
 */
#ifndef PROGRAM_EXPRESSION_H
#define PROGRAM_EXPRESSION_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/random.h"
#include "kind/answer.h"
#include "kind/field.h"
#include "kind/value.h"

struct expr; /* private to program/ */
struct emitter;

enum tmpl_escape { ESCAPE_NONE, ESCAPE_JSON /* inside a JSON string */, ESCAPE_URL /* a path segment or query */ };

struct tmpl_part {
	struct str literal;      /* when expr is NULL */
	const struct expr *expr;
};

struct tmpl {
	const struct tmpl_part *parts;
	size_t count;
	bool constant;        /* every part is literal; `text` is the whole */
	bool whole;           /* one expression and nothing else: keeps its type */
	struct value value;   /* when constant */
	enum tmpl_escape escape;
	struct span span;
};

/* Built-in names an expression can read: filled by the interpreter before it works anything out. */
struct builtins {
	uint64_t user_id, user_index, iteration, loop_index, loop_count;
	struct str scenario_name, run_id;
	uint64_t shard_index, shard_count;
	int response_status;
	ns_t response_time;
};

/* One evaluation: where values come from and where their bytes go. Belongs to one worker. */
struct eval {
	const struct value *slots;
	struct builtins builtins;
	struct draws *draws;
	struct scratch *scratch;
	ns_t wall; /* for now() */
	struct span error_span;
	char error[200]; /* set by eval_error */
};

/* Says why an expression cannot be worked out (division by zero, no number); returns false. */
bool eval_error(struct eval *eval, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* False after eval_error. The result lives in the scratch, in a slot, or is a constant. */
bool expr_eval(const struct expr *expr, struct eval *eval, struct value *out);
/* With its type if it is the whole of one ${…}, else text. */
bool tmpl_value(const struct tmpl *tmpl, struct eval *eval, struct value *out);
/* Appends the text, escaped as the template says. */
bool tmpl_render(const struct tmpl *tmpl, struct eval *eval, struct buf *out);

/* What a value is as text: numbers in their shortest exact form, lists and objects as JSON. */
void value_put(struct buf *out, struct value v);
/* SCENARIO.md: false, null, 0, "", empty lists and "false" are not true. */
bool value_is_true(struct value v);
/* Bytes and items V needs, and a deep copy of it into STORE of at least so many (aligned for a pointer). */
size_t value_bytes(struct value v);
struct value value_copy(struct value v, void *store);

#endif
