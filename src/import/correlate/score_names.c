/* Whether the name of a value in a response and its name in a request mean the same. */
#include <string.h>

#include "import/correlate/score.h"
#include "base/ascii.h"
#include "import/correlate/value_index.h"
#include "import/correlate/value_shape.h"

struct str score_singular(struct arena *a, struct str noun)
{
	if (noun.len > 4 && str_ends(noun, STR("ies")))
		return arena_printf(a, "%.*sy", STR_ARG(str_slice(noun, 0, noun.len - 3)));
	if (noun.len > 4 && (str_ends(noun, STR("sses")) || str_ends(noun, STR("xes")) ||
			     str_ends(noun, STR("ches"))))
		return str_slice(noun, 0, noun.len - 2);
	if (noun.len > 2 && str_ends(noun, STR("s")) && !str_ends(noun, STR("ss")))
		return str_slice(noun, 0, noun.len - 1);
	return noun;
}

struct str score_last_noun(struct str url)
{
	struct url parts;
	struct str best = STR("");

	if (!url_split(url, &parts))
		return best;
	for (size_t at = 0; at < parts.path.len;) {
		size_t end = str_find_char(parts.path, '/', at + 1);

		end = end == NOT_FOUND ? parts.path.len : end;
		struct str segment = str_slice(parts.path, at + 1, end);
		if (str_ends(segment, STR(".json")) || str_ends(segment, STR(".xml")))
			segment = str_slice(segment, 0, str_find_char(segment, '.', 0));
		if (segment.len > 1 && !value_shape_has(segment, ascii_is_digit) &&
		    segment.len < 40)
			best = segment;
		at = end;
	}
	return best;
}

/* /orders created it and it is sent to /orders/{id}, or its id is sent as `order`. */
bool score_plural_rule(const struct correlation *c, const struct occurrence *occurrence,
		       const struct request_value *request_value)
{
	const struct transaction *tx = c->list->items.items[occurrence->order];
	const struct transaction *head = tx->merged_into ? tx->merged_into : tx;

	if (request_value->name.len < 3)
		return false;
	if (!request_value->in_path)
		return str_ieq(occurrence->name, STR("id")) &&
		       score_same_name(
			   score_singular(&c->conversion->job->arena, score_last_noun(head->url)),
			   request_value->name);
	if (!str_ends(request_value->name, STR("s")))
		return false;
	if (occurrence->found_in == VALUE_SOURCE_LOCATION &&
	    score_same_name(occurrence->name, request_value->name))
		return true;
	return score_same_name(score_last_noun(head->url), request_value->name);
}

/* The name of the resource in "post_ID" and "posts"; ID: it was the name of its id. */
static struct str noun_of(struct arena *a, struct str name, bool *id)
{
	struct str word, last = name;
	size_t end = 0;

	for (size_t at = 0; score_next_word(name, &at, &word);) {
		end = str_ieq(word, STR("id")) ? (size_t)(word.ptr - name.ptr) : at;
		last = word;
	}
	*id = str_ieq(last, STR("id")) && end > 1;
	if (*id)
		for (name = str_slice(name, 0, end);
		     name.len && !ascii_is_alnum(name.ptr[name.len - 1]);)
			name.len--;
	return score_singular(a, name);
}

/* The same value in the path of the request: /posts/5 for the id of what is sent there; else
 * itself.
 */
const struct request_value *score_in_path_too(const struct correlation *c,
					      const struct request_value *request_value)
{
	const struct tracked_value *tracked_value =
	    str_ieq(request_value->name, STR("id"))
		? value_index_find(c->value_index, request_value->value)
		: NULL;

	for (size_t i = 0; tracked_value && i < tracked_value->request_values.count; i++) {
		const struct request_value *other =
		    &c->request_values.items[tracked_value->request_values.items[i]];

		if (other->step == request_value->step && other->in_path)
			return other;
	}
	return request_value;
}

/* "posts" for an id in a body that is sent to /posts/{id}. */
static struct str resource_of(const struct correlation *c,
			      const struct request_value *request_value)
{
	const struct request_value *other = score_in_path_too(c, request_value);

	return other != request_value
		   ? other->name
		   : score_last_noun(c->conversion->steps.items[request_value->step].tx->url);
}

/* "post_id" for /posts/{id}, post=, or the `id` of what is sent to /posts/{id}. */
static bool same_noun(const struct correlation *c, const struct occurrence *occurrence,
		      const struct request_value *request_value)
{
	struct arena *a = &c->conversion->job->arena;
	bool id, sent_id;
	struct str noun = noun_of(a, occurrence->name, &id), sent;

	if (str_ieq(request_value->name, STR("id")) && id)
		sent = score_singular(a, resource_of(c, request_value));
	else
		sent = noun_of(a, request_value->name, &sent_id);
	return id && noun.len > 2 && score_same_name(noun, sent);
}

/* Whether WORD, a part of a function's name, is the resource of an id that is sent as NAME:
 * "contact" for `contact_id`, `contact`, `contacts` and `_cid`. */
static bool is_id_of(struct arena *a, struct str word, struct str name)
{
	struct str one = STR(""), first;
	bool id;
	size_t at = 0;

	if (word.len < 3 || str_ieq(word, STR("row")))
		return false;
	if (score_same_name(noun_of(a, name, &id), word))
		return true;
	score_next_word(name, &at, &one);
	return one.len == 3 && !score_next_word(name, &at, &first) &&
	       str_ieq(str_slice(one, 1, 3), STR("id")) &&
	       ascii_to_lower(one.ptr[0]) == ascii_to_lower(word.ptr[0]);
}

/* Whether a function such as add_contact_row has the id of what the request sends. The first word
 * is a verb. */
static bool is_argument_of(const struct correlation *c, const struct occurrence *occurrence,
			   const struct request_value *request_value)
{
	struct arena *a = &c->conversion->job->arena;
	struct str word, name = request_value->name;
	size_t at = 0;

	if (!occurrence->is_argument)
		return false;
	if (!request_value->in_path && str_ieq(name, STR("id")))
		name = resource_of(c, request_value);
	score_next_word(occurrence->name, &at, &word);
	while (score_next_word(occurrence->name, &at, &word))
		if (is_id_of(a, word, name))
			return true;
	return false;
}

/* "order_id" in a response for /orders/{id}. */
bool score_names_equal(const struct correlation *c, const struct occurrence *occurrence,
		       const struct request_value *request_value)
{
	struct str noun;
	char id[128];

	if (score_same_name(occurrence->name, request_value->name) ||
	    same_noun(c, occurrence, request_value) || is_argument_of(c, occurrence, request_value))
		return true;
	if (!request_value->in_path || request_value->name.len < 3)
		return false;
	noun = score_singular(&c->conversion->job->arena, request_value->name);
	if (noun.len + 2 > sizeof id)
		return false;
	memcpy(id, noun.ptr, noun.len);
	memcpy(id + noun.len, "id", 2);
	return score_same_name(occurrence->name, str_n(id, noun.len + 2));
}

bool score_names_fit(const struct correlation *c, const struct occurrence *occurrence,
		     const struct request_value *request_value)
{
	return score_names_equal(c, occurrence, request_value) ||
	       score_plural_rule(c, occurrence, request_value);
}
