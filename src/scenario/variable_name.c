#include "scenario/variable_name.h"

#include "base/ascii.h"
#include "scenario/scenario_reader.h"

static const char *const built_in[] = {"user",	"iteration", "scenario", "loop",
				       "shard", "run",	     "response", "env"};

static bool is_valid(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!ascii_is_name_start(c) && !(i > 0 && ascii_is_digit(c)))
			return false;
	}
	return name.len > 0;
}

/* Whether it is the first word of a built-in name: user, iteration, scenario, loop, shard, run,
 * response, env. */
static bool is_built_in(struct str name)
{
	for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++) {
		if (str_eq(name, str_of(built_in[i])))
			return true;
	}
	return false;
}

static void report_not_valid(struct reader *r, const struct node *key)
{
	struct diag *diag = reader_error(
	    r, key->span, DIAG_E218,
	    "'%.*s' is not a valid variable name; use letters, digits and _, and do not start with "
	    "a digit",
	    STR_ARG(key->text));
	char *name = arena_cstr(r->arena, key->text);

	for (char *c = name; *c; c++)
		if (strchr("- .", *c))
			*c = '_';
	if (is_valid(str_of(name)) && !is_built_in(str_of(name)))
		reader_fix_value(r, diag, key, str_of(name));
}

bool variable_name_check(struct reader *r, const struct node *key)
{
	if (!is_valid(key->text))
		report_not_valid(r, key);
	else if (is_built_in(key->text))
		reader_error(r, key->span, DIAG_E219,
			     "'%.*s' is a built-in name; choose another name for the variable",
			     STR_ARG(key->text));
	else
		return true;
	return false;
}
