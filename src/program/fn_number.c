/* Numbers: from text, rounded, compared. */
#include <math.h>

#include "program/fn.h"

bool fn_number(struct eval *eval, const char *name, struct value v, double *out)
{
	if (value_to_number(v, out))
		return true;
	if (v.type == VALUE_NULL)
		return eval_error(eval, "%s needs a number, but the value is missing", name);
	struct str text = v.secret ? STR("***") : fn_text(eval, v);
	return eval_error(eval, "%s needs a number, not \"%.*s\"%s", name,
			  STR_ARG(str_cut(text, 60)), text.len > 60 ? "…" : "");
}

bool fn_int(struct eval *eval, const char *name, struct value v, int64_t *out)
{
	double number;

	if (!fn_number(eval, name, v, &number))
		return false;
	if ((floor(number) != number || fabs(number) > 9007199254740992.0) && v.secret)
		return eval_error(eval, "%s needs a whole number, not ***", name);
	if (floor(number) != number || fabs(number) > 9007199254740992.0)
		return eval_error(eval, "%s needs a whole number, not %.17g", name, number);
	*out = (int64_t)number;
	return true;
}

static bool extreme(struct eval *eval, const char *name, const struct value *args, unsigned count,
		    double sign, struct value *out)
{
	bool list = count == 1 && args[0].type == VALUE_LIST;
	const struct value *items = list ? args[0].items : args;
	size_t n = list ? args[0].count : count;
	double best = 0, one;

	if (!n)
		return eval_error(eval, "%s of an empty list", name);
	for (size_t i = 0; i < n; i++) {
		if (!fn_number(eval, name, items[i], &one))
			return false;
		if (i == 0 || sign * one < sign * best)
			best = one;
	}
	*out = value_number(best);
	return true;
}

static bool min_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	return extreme(eval, "min", args, count, 1, out);
}
PLAIN(min, FUNCTION_PURE, 1, 20, "min(a, b, …)",
      "Smallest of several numbers, or of a list of numbers.", "min(3, 1, 2)", "1");

static bool max_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	return extreme(eval, "max", args, count, -1, out);
}
PLAIN(max, FUNCTION_PURE, 1, 20, "max(a, b, …)",
      "Largest of several numbers, or of a list of numbers.", "max([3, 1, 2])", "3");

static bool int_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	double number;

	(void)count;
	if (args[0].type == VALUE_BOOL)
		return *out = value_number(args[0].yes), true;
	struct value trimmed = args[0];
	if (trimmed.type == VALUE_TEXT)
		trimmed.text = str_trim(trimmed.text);
	if (!fn_number(eval, "int", trimmed, &number))
		return false;
	*out = value_number(trunc(number));
	return true;
}
FILTER(int, 1, 1, "int", "The value as a whole number; decimals are cut off.", "'3.9' | int", "3");

static bool float_call(struct eval *eval, const struct value *args, unsigned count,
		       struct value *out)
{
	struct value trimmed = args[0];
	double number;

	(void)count;
	if (trimmed.type == VALUE_TEXT)
		trimmed.text = str_trim(trimmed.text);
	if (!fn_number(eval, "float", trimmed, &number))
		return false;
	*out = value_number(number);
	return true;
}
FILTER(float, 1, 1, "float", "The value as a number.", "' 3.5' | float", "3.5");

static bool round_call(struct eval *eval, const struct value *args, unsigned count,
		       struct value *out)
{
	int64_t places = 0;
	double number;

	if (!fn_number(eval, "round", args[0], &number) ||
	    (count > 1 && !fn_int(eval, "round", args[1], &places)))
		return false;
	if (places < 0 || places > 15)
		return eval_error(eval, "round needs 0 to 15 decimals");
	double scale = pow(10, (double)places), scaled = number * scale;
	*out = value_number(isfinite(scaled) ? round(scaled) / scale : number);
	return true;
}
FILTER(round, 1, 2, "round(places)",
       "Rounds to n decimals, halves away from zero. Default: to a whole number.",
       "12.345 | round(1)", "12.3");
