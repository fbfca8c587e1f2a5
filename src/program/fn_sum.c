/* sum: the total of a list. */
#include "program/fn.h"

static bool sum_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	double total = 0, number;

	(void)count;
	if (args[0].type != VALUE_LIST)
		return eval_error(eval, "sum needs a list of numbers");
	for (size_t i = 0; i < args[0].count; i++) {
		if (!fn_number(eval, "sum", args[0].items[i], &number))
			return false;
		total += number;
	}
	*out = value_number(total);
	return true;
}
FILTER(sum, 1, 1, "sum", "The sum of a list of numbers.", "[19.99, 5] | sum", "24.99");
