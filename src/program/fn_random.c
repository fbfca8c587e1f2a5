/* Random functions: keyed by seed, user and iteration, so that a run can be repeated. */
#include "program/fn.h"

static bool uuid_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t high = random_u64(eval->draws), low = random_u64(eval->draws);
	char text[36];
	size_t at = 0;

	(void)args;
	(void)count;
	high = (high & ~UINT64_C(0xf000)) | UINT64_C(0x4000);
	low = (low & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
	for (int i = 0; i < 32; i++) {
		uint64_t half = i < 16 ? high : low;

		if (i == 8 || i == 12 || i == 16 || i == 20)
			text[at++] = '-';
		text[at++] = digits[half >> (60 - 4 * (i % 16)) & 15];
	}
	*out = value_text(scratch_copy(eval->scratch, str_n(text, at)));
	return true;
}
PLAIN(uuid, FUNCTION_DRAWS, 0, 0, "uuid()", "A random UUID (version 4).", "uuid() | length", "36");

static bool random_int_call(struct eval *eval, const struct value *args, unsigned count,
			    struct value *out)
{
	int64_t a, b;

	(void)count;
	if (!fn_int(eval, "random_int", args[0], &a) || !fn_int(eval, "random_int", args[1], &b))
		return false;
	*out = value_number((double)random_int(eval->draws, a, b));
	return true;
}
PLAIN(random_int, FUNCTION_DRAWS, 2, 2, "random_int(a, b)",
      "A random whole number from a to b, both included.", "random_int(7, 7)", "7");

static bool random_float_call(struct eval *eval, const struct value *args, unsigned count,
			      struct value *out)
{
	double a, b;

	(void)count;
	if (!fn_number(eval, "random_float", args[0], &a) ||
	    !fn_number(eval, "random_float", args[1], &b))
		return false;
	*out = value_number(a + (b - a) * random_unit(eval->draws));
	return true;
}
PLAIN(random_float, FUNCTION_DRAWS, 2, 2, "random_float(a, b)",
      "A random number from a to b, without b.", "random_float(0, 1) < 1", "true");

static bool random_letters(struct eval *eval, const char *name, struct value n, const char *letters,
			   size_t letter_count, struct value *out)
{
	size_t mark = fn_buf(eval)->len;
	int64_t length;

	if (!fn_int(eval, name, n, &length))
		return false;
	if (length < 0 || length > 1000000)
		return eval_error(eval, "%s needs a length from 0 to 1,000,000", name);
	for (int64_t i = 0; i < length; i++)
		buf_add_char(fn_buf(eval), letters[random_below(eval->draws, letter_count)]);
	return fn_result(eval, mark, out);
}

static bool random_text_call(struct eval *eval, const struct value *args, unsigned count,
			     struct value *out)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	(void)count;
	return random_letters(eval, "random_text", args[0], letters, sizeof letters - 1, out);
}
PLAIN(random_text, FUNCTION_DRAWS, 1, 1, "random_text(n)", "n random letters and digits.",
      "random_text(12) | length", "12");

static bool random_hex_call(struct eval *eval, const struct value *args, unsigned count,
			    struct value *out)
{
	(void)count;
	return random_letters(eval, "random_hex", args[0], "0123456789abcdef", 16, out);
}
PLAIN(random_hex, FUNCTION_DRAWS, 1, 1, "random_hex(n)", "n random hexadecimal digits.",
      "random_hex(8) matches '^[0-9a-f]{8}$'", "true");

static bool pick_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	(void)count;
	if (args[0].type != VALUE_LIST || !args[0].count)
		return eval_error(eval, "pick needs a list with at least one item");
	*out = args[0].items[random_below(eval->draws, args[0].count)];
	return true;
}
PLAIN(pick, FUNCTION_DRAWS, 1, 1, "pick(list)", "A random item of a list, drawn for each use.",
      "pick(['hat'])", "hat");

/* The parser replaces it by its own op: its number belongs to the run. */
static bool counter_call(struct eval *eval, const struct value *args, unsigned count,
			 struct value *out)
{
	(void)args;
	(void)count;
	(void)out;
	return eval_error(eval, "counter() cannot be used here");
}
PLAIN(counter, 0, 0, 1, "counter(name)",
      "Counts 1, 2, 3 … over the whole run; each name is a separate counter.", "counter('orders')",
      NULL);
