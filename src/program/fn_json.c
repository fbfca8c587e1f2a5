/* JSON text from values, and values from JSON text. */
#include "doc/json_cache.h"
#include "doc/json_value.h"
#include "program/fn.h"

static bool json_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	size_t mark = fn_buf(eval)->len;

	(void)count;
	value_put_json(fn_buf(eval), args[0]);
	return fn_result(eval, mark, out);
}
FILTER(json, 1, 1, "json", "The value as JSON.", "['a', 1] | json", "[\"a\",1]");

bool fn_parse_json(struct eval *eval, struct str text, struct value *out)
{
	struct json_cache *json = eval->scratch->json;
	const struct json_tape *tape = json_cache_read(json, text);

	if (!tape)
		return eval_error(eval, "this is not JSON: %s at byte %zu", json->tape.error,
				  json->tape.error_at + 1);
	if (!json_value_from_tape(tape, 0, eval->scratch, out))
		return eval_error(eval, "the JSON has too many values");
	return true;
}

static bool parse_json_call(struct eval *eval, const struct value *args, unsigned count,
			    struct value *out)
{
	(void)count;
	/* The tape points into its text, which must stay valid: text of the response or of the
	 * scratch. */
	return fn_parse_json(eval, fn_text(eval, args[0]), out);
}
FILTER(parse_json, 1, 1, "parse_json", "The value of a JSON text.",
       "('{\"a\": [1, 2]}' | parse_json).a[1]", "2");
