#include "scenario/names.h"

#include "scenario/reader.h"

static const char *const built_in[] = {"user",	"iteration", "scenario", "loop",
				       "shard", "run",	     "response", "env"};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool name_ok(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!is_letter(c) && !(i > 0 && c >= '0' && c <= '9'))
			return false;
	}
	return name.len > 0;
}

bool name_is_built_in(struct str name)
{
	for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++) {
		if (str_eq(name, str_of(built_in[i])))
			return true;
	}
	return false;
}

bool name_check(struct reader *r, const struct node *key)
{
	if (!name_ok(key->text))
		reader_error(
		    r, key->span, DIAG_E218,
		    "'%.*s' cannot be the name of a variable: letters, digits and _ are, the "
		    "first no digit",
		    STR_ARG(key->text));
	else if (name_is_built_in(key->text))
		reader_error(r, key->span, DIAG_E219,
			     "'%.*s' is built in and cannot be the name of a variable",
			     STR_ARG(key->text));
	else
		return true;
	return false;
}
