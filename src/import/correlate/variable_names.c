/* Names of variables: the last meaningful word, in snake_case. */

#include "base/ascii.h"
#include "import/correlate/correlation.h"
#include "import/naming.h"
#include "import/correlate/score.h"
#include "import/correlate/value_shape.h"

/* A number or a digest: the place of a field in a list. */
static bool is_index(struct str piece)
{
	return !piece.len || value_shape_is_all(piece, ascii_is_hex);
}

/* "fields_type" for fields_type[multi_edit][0][9a0364b9]. */
static struct str without_index(struct str name)
{
	size_t open = str_find_char(name, '[', 0), last = open;
	struct str piece;

	if (open == NOT_FOUND || !open)
		return name;
	for (size_t at = open; (at = str_find_char(name, '[', at)) != NOT_FOUND; at++)
		last = at;
	piece = str_slice(name, last + 1, str_find_char(name, ']', last));
	return is_index(piece) ? str_slice(name, 0, open) : name;
}

static struct str snake(struct correlation *c, struct str name)
{
	name = without_index(name);
	return naming_snake_case(&c->conversion->job->arena, &c->text, name);
}

/* The word is specific enough by itself. */
static bool is_descriptive(struct str name)
{
	static const char *const dull[] = {"id",      "value",	  "key",   "name", "uuid",
					   "content", "data",	  "ref",   "href", "self",
					   "x",	      "location", "code_", NULL};

	for (int i = 0; dull[i]; i++)
		if (str_eq(name, str_of(dull[i])))
			return false;
	return name.len > 1 && name.len < 40;
}

struct str correlation_variable_name(struct correlation *c, const struct request_value *use,
				     const struct occurrence *occurrence)
{
	struct arena *a = &c->conversion->job->arena;
	struct str received_name = snake(c, occurrence->name),
		   sent_name = snake(c, use->in_path ? STR("") : use->name);
	struct str name = STR("");

	if (str_eq(sent_name, STR("authorization")))
		sent_name = is_descriptive(received_name) ? STR("") : STR("token");
	/* The noun of a path names the resource, not its id: "orders" in /orders/4711. */
	if (use->in_path && score_same_name(occurrence->name, use->name))
		received_name = STR("");
	if (is_descriptive(sent_name) && score_is_id_name(sent_name))
		name = sent_name;
	else if (is_descriptive(received_name) && score_is_id_name(received_name))
		name = received_name;
	else if (use->in_path && use->name.len > 1)
		name = arena_printf(a, "%.*s_id", STR_ARG(score_singular(a, snake(c, use->name))));
	else if (is_descriptive(sent_name))
		name = sent_name;
	else if (occurrence->found_in == VALUE_SOURCE_JSON &&
		 score_last_noun(c->list->items.items[occurrence->order]->url).len)
		name = arena_printf(
		    a, "%.*s_id",
		    STR_ARG(score_singular(
			a,
			snake(c, score_last_noun(c->list->items.items[occurrence->order]->url)))));
	else if (is_descriptive(received_name))
		name = received_name;
	if (!name.len && sent_name.len && sent_name.len < 40)
		name = arena_printf(a, "%.*s_value", STR_ARG(sent_name));
	if (!name.len || str_starts(name, STR("_")))
		name = STR("value");
	if (naming_is_reserved(name))
		name = arena_printf(a, "%.*s_value", STR_ARG(name));
	return name;
}
