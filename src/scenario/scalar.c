#include "scenario/scalar.h"

#include "base/ascii.h"
#include "doc/node.h"

/* `0123`, `+1`, `.5` and `5.` look like numbers, but are not JSON numbers. */
static bool is_json_number(struct str s, double *out)
{
	size_t at = s.len && s.ptr[0] == '-';
	bool digit = at < s.len && ascii_is_digit(s.ptr[at]);
	bool zero = digit && s.ptr[at] == '0' && at + 1 < s.len && ascii_is_digit(s.ptr[at + 1]);

	return digit && !zero && s.ptr[s.len - 1] != '.' &&
	       str_find(s, STR(".e"), 0) == NOT_FOUND && str_find(s, STR(".E"), 0) == NOT_FOUND &&
	       str_to_double(s, out);
}

struct value scalar_value(const struct node *node)
{
	struct value v = value_text(node->text);

	if (node_is_quoted(node))
		return v;
	if (str_eq(node->text, STR("true")) || str_eq(node->text, STR("false")))
		return value_bool(node->text.len == 4);
	if (str_eq(node->text, STR("null")) || node->text.len == 0)
		return VALUE_NOTHING;
	if (is_json_number(node->text, &v.number))
		v.type = VALUE_NUMBER; /* keeps its lexeme: 1.50 is sent as 1.50 */
	return v;
}
