/* Names of variables: the last word that says something, as people write it. */
#include <ctype.h>

#include "import/correlate.h"
#include "scenario/parameters.h"

struct str name_snake(struct arena *a, struct buf *out, struct str name)
{
	buf_clear(out);
	for (size_t i = 0; i < name.len && out->len < 40; i++) {
		unsigned char ch = (unsigned char)name.ptr[i];
		bool hump = i && isupper(ch) && islower((unsigned char)name.ptr[i - 1]);

		if (!isalnum(ch) || hump)
			if (out->len && out->data[out->len - 1] != '_')
				buf_add_char(out, '_');
		if (isalnum(ch))
			buf_add_char(out, (char)tolower(ch));
	}
	while (out->len && out->data[out->len - 1] == '_')
		out->len--;
	struct str made = buf_str(out);
	if (str_starts(made, STR("x_")))
		made = str_slice(made, 2, made.len);
	while (made.len && (isdigit((unsigned char)made.ptr[0]) || made.ptr[0] == '_'))
		made = str_slice(made, 1, made.len);
	return arena_str(a, made);
}

struct str name_parameter(struct arena *a, struct str name)
{
	bool letter = name.len && isalpha((unsigned char)name.ptr[0]);
	struct str made = arena_printf(a, "%s%.*s", letter ? "" : "P_", STR_ARG(name));
	char *bytes = arena_cstr(a, made);

	for (size_t i = 0; i < made.len; i++)
		bytes[i] =
		    (char)(isalnum((unsigned char)bytes[i]) ? toupper((unsigned char)bytes[i])
							    : '_');
	made = str_n(bytes, made.len);
	return parameter_name_taken(made) ? arena_printf(a, "%.*s_VALUE", STR_ARG(made)) : made;
}

static struct str snake(struct correlation *c, struct str name)
{
	return name_snake(&c->flow->job->arena, &c->text, name);
}

/* It says which one it is by itself. */
static bool is_telling(struct str name)
{
	static const char *const dull[] = {"id",      "value",	  "key",   "name", "uuid",
					   "content", "data",	  "ref",   "href", "self",
					   "x",	      "location", "code_", NULL};

	for (int i = 0; dull[i]; i++)
		if (str_eq(name, str_of(dull[i])))
			return false;
	return name.len > 1 && name.len < 40;
}

bool name_is_taken(struct str name)
{
	static const char *const words[] = {
	    "user", "iteration", "scenario", "loop",	"shard", "run",	 "response", "env",  "and",
	    "or",   "not",	 "contains", "matches", "in",	 "true", "false",    "null", NULL};

	for (int i = 0; words[i]; i++)
		if (str_eq(name, str_of(words[i])))
			return true;
	return false;
}

struct str variable_name(struct correlation *c, const struct want *want, const struct hit *hit)
{
	struct arena *a = &c->flow->job->arena;
	const struct demand *d = &c->demands.items[want->demands.items[0]];
	struct str supply = snake(c, hit->name), sent = snake(c, d->in_path ? STR("") : d->name);
	struct str name = STR("");

	if (str_eq(sent, STR("authorization")))
		sent = is_telling(supply) ? STR("") : STR("token");
	if (is_telling(sent) && is_id_name(sent))
		name = sent;
	else if (is_telling(supply) && is_id_name(supply))
		name = supply;
	else if (d->in_path && d->name.len > 1)
		name = arena_printf(a, "%.*s_id", STR_ARG(singular(a, snake(c, d->name))));
	else if (is_telling(sent))
		name = sent;
	else if (hit->where == SUPPLY_JSON && last_noun(c->list->items.items[hit->order]->url).len)
		name = arena_printf(
		    a, "%.*s_id",
		    STR_ARG(
			singular(a, snake(c, last_noun(c->list->items.items[hit->order]->url)))));
	else if (is_telling(supply))
		name = supply;
	if (!name.len || str_starts(name, STR("_")))
		name = STR("value");
	if (name_is_taken(name))
		name = arena_printf(a, "%.*s_value", STR_ARG(name));
	return name;
}
