/* Evaluates expressions, on a stack of its size and without allocating. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "base/regex.h"
#include "program/expr.h"
#include "program/unique.h"
#include "scenario/data.h"

bool eval_error(struct eval *eval, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int length = vsnprintf(eval->error, sizeof eval->error, format, args);
	va_end(args);
	if (length >= (int)sizeof eval->error) {
		size_t end = str_cut(str_of(eval->error), sizeof eval->error - sizeof "…").len;

		memcpy(eval->error + end, "…", sizeof "…");
	}
	return false;
}

static bool unique_value(struct eval *eval, struct value *out)
{
	char text[UNIQUE_CHARS];

	unique_put(&eval->builtins, text);
	*out = value_text(scratch_copy(eval->scratch, str_n(text, sizeof text)));
	return out->text.ptr || eval_error(eval, "the text is larger than 16 MiB");
}

static struct value builtin_value(const struct builtins *b, uint32_t index)
{
	switch ((enum builtin)index) {
	case BUILTIN_USER_ID:
		return value_number((double)b->user_id);
	case BUILTIN_USER_INDEX:
		return value_number((double)b->user_index);
	case BUILTIN_ITERATION:
		return value_number((double)b->iteration);
	case BUILTIN_SCENARIO_NAME:
		return value_text(b->scenario_name);
	case BUILTIN_SHARD_INDEX:
		return value_number((double)b->shard_index);
	case BUILTIN_SHARD_COUNT:
		return value_number((double)b->shard_count);
	case BUILTIN_RUN_ID:
		return value_text(b->run_id);
	case BUILTIN_RESPONSE_STATUS:
		return value_number(b->response_status);
	case BUILTIN_RESPONSE_TIME:
		return value_number((double)(b->response_time / NS_PER_US) / 1000.0);
	case BUILTIN_UNIQUE:
	case BUILTIN_RUN_ORIGIN:
	case BUILTIN_COUNT:
		break;
	}
	BUG("built-in %u", index);
}

/* The next number of a run-wide counter: 1, 2, 3 …; shards take turns. */
static struct value next_number(struct eval *eval, uint32_t index)
{
	uint64_t taken = atomic_fetch_add_explicit(&eval->numbers[index], 1, memory_order_relaxed);
	uint64_t shards = eval->builtins.shard_count, shard = eval->builtins.shard_index;

	return value_number(shards > 1 ? (double)(taken * shards + shard) : (double)(taken + 1));
}

static bool arithmetic(struct eval *eval, enum expr_code code, struct value a, struct value b,
		       struct value *out)
{
	double x, y;

	if (!value_numbers(a, b, &x, &y)) {
		double ignored;
		struct value wrong = value_to_number(a, &ignored) ? b : a;
		struct str text = value_text_of(wrong, eval->scratch);

		if (code == EXPR_ADD && a.type != VALUE_NULL && b.type != VALUE_NULL) {
			size_t mark = eval->scratch->text.len;

			value_put(&eval->scratch->text, a);
			value_put(&eval->scratch->text, b);
			*out = value_text(
			    str_n(eval->scratch->text.data + mark, eval->scratch->text.len - mark));
			return true;
		}
		if (wrong.type == VALUE_NULL)
			return eval_error(eval, "cannot calculate with a missing value");
		if (wrong.secret)
			text = STR("***");
		return eval_error(eval, "\"%.*s\"%s is not a number", STR_ARG(str_cut(text, 60)),
				  text.len > 60 ? "…" : "");
	}
	if ((code == EXPR_DIVIDE || code == EXPR_MODULO) && y == 0)
		return eval_error(eval, "division by zero");
	double z = code == EXPR_ADD	   ? x + y
		   : code == EXPR_SUBTRACT ? x - y
		   : code == EXPR_MULTIPLY ? x * y
		   : code == EXPR_DIVIDE   ? x / y
					   : fmod(x, y);
	if (!isfinite(z))
		return eval_error(eval, "the result is too large");
	*out = value_number(z);
	return true;
}

static struct value index_value(struct value whole, struct value key, struct scratch *scratch)
{
	double at;

	if (whole.type == VALUE_OBJECT) {
		struct str name = value_text_of(key, scratch);

		/* The last of equal keys, like JSON readers. */
		for (size_t i = whole.count; i-- > 0;)
			if (str_eq(whole.items[2 * i].text, name))
				return whole.items[2 * i + 1];
		return VALUE_NOTHING;
	}
	if (whole.type != VALUE_LIST || !value_to_number(key, &at))
		return VALUE_NOTHING;
	if (at < 0)
		at += (double)whole.count;
	if (at < 0 || at >= (double)whole.count)
		return VALUE_NOTHING;
	return whole.items[(size_t)at];
}

static bool collect(struct eval *eval, const struct expr_op *op, const struct value *values,
		    struct value *out)
{
	size_t n = op->code == EXPR_OBJECT ? 2u * op->count : op->count;
	struct value *items = scratch_items(eval->scratch, n);

	if (!items)
		return eval_error(eval, "the lists of this step are too long");
	memcpy(items, values, n * sizeof *items);
	*out = (struct value){.type = op->code == EXPR_OBJECT ? VALUE_OBJECT : VALUE_LIST,
			      .items = items,
			      .count = op->count};
	for (size_t i = 0; i < n; i++)
		out->secret |= items[i].secret;
	return true;
}

static bool matches(struct eval *eval, const struct expr_op *op, struct value v, struct value *out)
{
	struct str text = value_text_of(v, eval->scratch);
	enum regex_outcome outcome = regex_find(op->regex, eval->scratch->regex, text, 0);

	if (outcome == REGEX_LIMIT)
		return eval_error(eval,
				  "the pattern of `matches` takes too many steps on this text");
	*out = value_bool(outcome == REGEX_MATCH);
	return true;
}

/* Appends a path to the target; a full URL is unchanged, and its host is checked later. */
static bool join_url(struct eval *eval, const struct expr_op *op, struct value v, struct value *out)
{
	struct str text = value_text_of(v, eval->scratch);
	struct buf *buf = &eval->scratch->text;
	size_t mark = buf->len;

	if (str_find(str_slice(text, 0, 12), STR("://"), 0) != NOT_FOUND) {
		*out = value_text(text);
		out->secret = v.secret;
		return true;
	}
	if (text.len && text.ptr[0] != '/' && v.secret)
		return eval_error(eval, "the URL \"***\" must begin with / or http://");
	if (text.len && text.ptr[0] != '/')
		return eval_error(eval, "the URL \"%.*s\"%s must begin with / or http://",
				  STR_ARG(str_cut(text, 60)), text.len > 60 ? "…" : "");
	buf_add(buf, op->constant->text);
	buf_add(buf, text);
	*out = value_text(str_n(buf->data + mark, buf->len - mark));
	out->secret = v.secret || op->constant->secret;
	return true;
}

static bool compare(struct eval *eval, enum expr_code code, struct value a, struct value b,
		    struct value *out)
{
	struct scratch *s = eval->scratch;
	bool yes = code == EXPR_EQUAL	     ? value_equal(a, b, s)
		   : code == EXPR_UNEQUAL    ? !value_equal(a, b, s)
		   : code == EXPR_CONTAINS   ? value_contains(a, b, s)
		   : code == EXPR_LESS	     ? value_compare(a, b, s) < 0
		   : code == EXPR_LESS_EQUAL ? value_compare(a, b, s) <= 0
		   : code == EXPR_MORE	     ? value_compare(a, b, s) > 0
					     : value_compare(a, b, s) >= 0;

	*out = value_bool(yes);
	return true;
}

/* A text, list or object that is derived from a secret is secret too. Numbers and booleans, such as
 * a length, are not. */
static void pass_mark(const struct value *args, unsigned count, struct value *out)
{
	if (out->type == VALUE_NUMBER || out->type == VALUE_BOOL)
		return;
	for (unsigned i = 0; i < count; i++)
		out->secret |= args[i].secret;
}

/* Performs an op that replaces the values at ARGS by one. */
static bool eval_op(struct eval *eval, const struct expr_op *op, const struct value *args,
		    struct value *out)
{
	double x;

	switch (op->code) {
	case EXPR_LIST:
	case EXPR_OBJECT:
		return collect(eval, op, args, out);
	case EXPR_INDEX:
		*out = index_value(args[0], args[1], eval->scratch);
		out->secret |= args[0].secret;
		return true;
	case EXPR_NEGATE:
		if (!value_to_number(args[0], &x))
			return arithmetic(eval, EXPR_SUBTRACT, value_number(0), args[0], out);
		*out = value_number(-x);
		return true;
	case EXPR_NOT:
		*out = value_bool(!value_is_true(args[0]));
		return true;
	case EXPR_ADD:
	case EXPR_SUBTRACT:
	case EXPR_MULTIPLY:
	case EXPR_DIVIDE:
	case EXPR_MODULO:
		if (!arithmetic(eval, (enum expr_code)op->code, args[0], args[1], out))
			return false;
		pass_mark(args, 2, out);
		return true;
	case EXPR_MATCHES:
		return matches(eval, op, args[0], out);
	case EXPR_JOIN_URL:
		return join_url(eval, op, args[0], out);
	case EXPR_CALL:
		if (!op->function->call(eval, args, op->count, out))
			return false;
		pass_mark(args, op->count, out);
		return true;
	case EXPR_EQUAL:
	case EXPR_UNEQUAL:
	case EXPR_LESS:
	case EXPR_LESS_EQUAL:
	case EXPR_MORE:
	case EXPR_MORE_EQUAL:
	case EXPR_CONTAINS:
		return compare(eval, (enum expr_code)op->code, args[0], args[1], out);
	default:
		break;
	}
	BUG("expression op %u", op->code);
}

unsigned expr_pop_count(const struct expr_op *op)
{
#define EXPR_TAKES(name, takes, meaning) takes,
	static const signed char table[] = {EXPR_CODES(EXPR_TAKES)};
#undef EXPR_TAKES
	int takes = table[op->code];

	return takes >= 0 ? (unsigned)takes : takes == EXPR_N ? op->count : 2u * op->count;
}

static bool push_cell(struct eval *eval, const struct expr_op *op, struct value *out)
{
	const struct data_set *set = &eval->data[op->index];
	uint64_t row;

	if (!eval->row(eval, op->index, &row)) {
		eval->ended_data = op->index + 1;
		return eval_error(eval, "all %zu rows of %.*s have been used", set->rows.count,
				  STR_ARG(set->name));
	}
	if (!rows_cell(&set->rows, eval->rows, row, op->count, eval->scratch, out))
		return eval_error(eval, "a cell of %.*s is too large", STR_ARG(set->name));
	out->secret = set->is_secret[op->count];
	return true;
}

/* If OP only pushes a value: pushes it and returns true. */
static bool push(struct eval *eval, const struct expr_op *op, struct value *top, bool *ok)
{
	switch (op->code) {
	case EXPR_CONST:
		*top = *op->constant;
		return true;
	case EXPR_SLOT:
		*top = eval->slots[op->index];
		return true;
	case EXPR_BUILTIN:
		if (op->index == BUILTIN_UNIQUE)
			*ok = unique_value(eval, top);
		else
			*top = builtin_value(&eval->builtins, op->index);
		return true;
	case EXPR_DATA:
		*ok = push_cell(eval, op, top);
		return true;
	case EXPR_COUNTER:
		*top = value_number(eval->counters[op->index]);
		return true;
	case EXPR_NEXT:
		*top = next_number(eval, op->index);
		return true;
	case EXPR_FORM:
		*ok = eval->control(eval, op->constant->text, top);
		return true;
	case EXPR_TEMPLATE:
		*ok = eval_template(op->tmpl, eval, top);
		return true;
	default:
		return false;
	}
}

bool eval_expr(const struct expr *expr, struct eval *eval, struct value *out)
{
	struct value stack[EXPR_STACK_MAX], made;
	unsigned depth = 0;
	bool ok = true;

	for (uint32_t i = 0; i < expr->count; i++) {
		const struct expr_op *op = &expr->ops[i];

		if (op->code == EXPR_AND || op->code == EXPR_OR) {
			if (value_is_true(stack[depth - 1]) == (op->code == EXPR_OR))
				i = op->index - 1;
			else
				depth--;
			continue;
		}
		if (push(eval, op, &stack[depth], &ok)) {
			depth++;
		} else {
			unsigned n = expr_pop_count(op);

			made = VALUE_NOTHING;
			ok = eval_op(eval, op, stack + depth - n, &made);
			depth = depth - n + 1;
			stack[depth - 1] = made;
		}
		if (ok && eval->scratch->text.overflow)
			ok = eval_error(eval, "the text is larger than 16 MiB");
		if (!ok) {
			eval->error_span = op->span;
			return false;
		}
	}
	*out = stack[0];
	return true;
}
