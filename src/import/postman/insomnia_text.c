#include "import/postman/insomnia_private.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "import/postman/collection_build.h"

struct str insomnia_id(const struct node *from)
{
	struct str id = postman_text_at(from, "_id");

	return id.ptr ? id : postman_text_at(node_find(from, STR("meta")), "id");
}

double insomnia_sort_key(const struct node *from)
{
	struct str key = postman_text_at(from, "metaSortKey");
	double number = 0;

	if (!key.ptr)
		key = postman_text_at(node_find(from, STR("meta")), "sortKey");
	return key.ptr && str_to_double(key, &number) ? number : 0;
}

/* ---- tags */

/* The arguments of {% name 'a', 'b', 60 %}: the text in quotes or the word at AT. */
static struct str next_argument(struct str text, size_t *at)
{
	size_t from, end;

	while (*at < text.len && (ascii_is_space(text.ptr[*at]) || text.ptr[*at] == ','))
		(*at)++;
	from = *at;
	if (from < text.len && (text.ptr[from] == '\'' || text.ptr[from] == '"')) {
		end = str_find_char(text, text.ptr[from], from + 1);
		*at = end == NOT_FOUND ? text.len : end + 1;
		return str_slice(text, from + 1, end == NOT_FOUND ? text.len : end);
	}
	while (*at < text.len && !ascii_is_space(text.ptr[*at]) && text.ptr[*at] != ',')
		(*at)++;
	return str_slice(text, from, *at);
}

/* The text of an argument that may be in base64 (b64::…::46b). */
static struct str decoded(struct insomnia *in, struct str argument)
{
	struct buf out;
	struct str result = argument;

	if (!str_starts(argument, STR("b64::")))
		return argument;
	buf_init(&out, 0);
	if (base64_decode(&out, str_slice(argument, 5, str_find(argument, STR("::46b"), 5))))
		result = arena_str(in->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* The JavaScript that reads the value of a response tag; ptr NULL: not supported. */
static struct str response_value(struct insomnia *in, struct str what, struct str filter)
{
	if (str_eq(what, STR("header")))
		return arena_printf(in->arena, "pm.response.headers.get(\"%.*s\")",
				    STR_ARG(filter));
	if (str_eq(what, STR("raw")))
		return STR("pm.response.text()");
	if (!str_eq(what, STR("body")) || !str_starts(filter, STR("$")) ||
	    str_find(filter, STR(".."), 0) != NOT_FOUND ||
	    str_find_char(filter, '*', 0) != NOT_FOUND ||
	    str_find_char(filter, '?', 0) != NOT_FOUND)
		return STR_NULL;
	return arena_printf(in->arena, "pm.response.json()%.*s",
			    STR_ARG(str_slice(filter, 1, filter.len)));
}

/* {{name}} for a response tag; its value is set by the request that it names. */
static struct str response_tag(struct insomnia *in, struct str tag, size_t at)
{
	struct insomnia_response made;
	struct str what = next_argument(tag, &at), request = next_argument(tag, &at);
	struct str value = response_value(in, what, decoded(in, next_argument(tag, &at)));
	size_t number;

	if (!value.ptr || !request.len)
		return STR_NULL;
	for (number = 0; number < in->responses.count; number++)
		if (str_eq(in->responses.items[number].request, request) &&
		    str_find(in->responses.items[number].script, value, 0) != NOT_FOUND)
			break;
	if (number == in->responses.count) {
		made.request = arena_str(in->arena, request);
		made.script = arena_printf(in->arena, "pm.environment.set(\"response_%zu\", %.*s);",
					   number + 1, STR_ARG(value));
		VEC_PUSH(in->arena, &in->responses, made);
	}
	return arena_printf(in->arena, "{{response_%zu}}", number + 1);
}

/* The tag TEXT ("uuid 'v4'") as Postman writes it; ptr NULL: it is not supported. */
static struct str convert_tag(struct insomnia *in, struct str text)
{
	size_t at = 0;
	struct str name = next_argument(text, &at), argument;

	if (str_eq(name, STR("response")))
		return response_tag(in, text, at);
	argument = next_argument(text, &at);
	if (str_eq(name, STR("uuid")))
		return STR("{{$guid}}");
	if (str_eq(name, STR("timestamp")) ||
	    (str_eq(name, STR("now")) && str_eq(argument, STR("unix"))))
		return STR("{{$timestamp}}");
	if (str_eq(name, STR("now")))
		return STR("{{$isoTimestamp}}");
	if (str_eq(name, STR("faker")))
		return arena_printf(in->arena, "{{$%.*s}}", STR_ARG(argument));
	if (str_eq(name, STR("prompt")) && argument.len)
		return arena_printf(in->arena, "{{%.*s}}", STR_ARG(argument));
	return STR_NULL;
}

/* "_.a['b c']" as a.b c; filters such as `| upper` are not supported. */
static struct str variable_name(struct insomnia *in, struct str text)
{
	struct buf out;
	struct str result;

	text = str_trim(text);
	if (str_starts(text, STR("_.")))
		text = str_slice(text, 2, text.len);
	else if (str_starts(text, STR("_[")))
		text = str_slice(text, 1, text.len);
	buf_init(&out, 0);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '[' && out.len)
			buf_add_char(&out, '.');
		if (!strchr("[]'\"", text.ptr[i]))
			buf_add_char(&out, text.ptr[i]);
	}
	result = arena_str(in->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

struct str insomnia_text(struct insomnia *in, const struct node *at, struct str text)
{
	struct buf out;
	struct str result;

	if (!text.ptr || str_find_char(text, '{', 0) == NOT_FOUND)
		return text;
	buf_init(&out, 0);
	for (size_t from = 0; from < text.len;) {
		bool tag = str_starts(str_slice(text, from, text.len), STR("{%"));
		bool variable = str_starts(str_slice(text, from, text.len), STR("{{"));
		size_t end = tag	? str_find(text, STR("%}"), from)
			     : variable ? str_find(text, STR("}}"), from)
					: NOT_FOUND;
		struct str inner, made;

		if (end == NOT_FOUND) {
			buf_add_char(&out, text.ptr[from++]);
			continue;
		}
		inner = str_trim(str_slice(text, from + 2, end));
		made = tag ? convert_tag(in, inner)
			   : arena_printf(in->arena, "{{%.*s}}", STR_ARG(variable_name(in, inner)));
		if (made.ptr)
			buf_add(&out, made);
		else
			postman_unsupported(in->postman, at, inner, "left empty: not supported");
		from = end + 2;
	}
	result = arena_str(in->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

struct str insomnia_script(struct insomnia *in, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t from = 0; from < text.len;) {
		size_t found = str_find(text, STR("insomnia."), from);

		buf_add(&out, str_slice(text, from, found == NOT_FOUND ? text.len : found));
		if (found == NOT_FOUND)
			break;
		buf_add(&out, found && ascii_is_name(text.ptr[found - 1]) ? STR("insomnia.")
									  : STR("pm."));
		from = found + 9;
	}
	result = arena_str(in->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* ---- environments */

void insomnia_add_values(struct insomnia *in, const struct node *data, struct node *list,
			 struct str prefix)
{
	for (size_t i = 0; data && data->kind == NODE_MAP && i < data->count; i++) {
		const struct node *value = data->pairs[i].value;
		struct str name = data->pairs[i].key->text;

		if (prefix.len)
			name = arena_printf(in->arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(name));
		if (value->kind == NODE_MAP)
			insomnia_add_values(in, value, list, name);
		else if (value->kind == NODE_SCALAR)
			collection_build_row(in->arena, list, value->span, name,
					     insomnia_text(in, value, value->text), false);
	}
}

static void add_environment(struct insomnia *in, const struct node *from)
{
	struct node *file = collection_build_map(in->arena, from->span);
	struct node *values = collection_build_put(in->arena, file, "values",
						   collection_build_list(in->arena, from->span));

	insomnia_add_values(in, node_find(from, STR("data")), values, STR(""));
	postman_add_file(in->postman, file);
}

/* Environments below the base environment: the first one is used, as a person selects one. */
static void note_others(struct insomnia *in, const struct node *used, size_t others)
{
	struct str name = postman_text_at(used, "name");

	if (others)
		job_note(in->postman->job, "look at",
			 "the values are from the environment %.*s; %zu other environment%s can be "
			 "used by "
			 "setting values with -p",
			 STR_ARG(name), others, others == 1 ? "" : "s");
}

static void add_version_5(struct insomnia *in, const struct node *base)
{
	const struct node *below = node_find(base, STR("subEnvironments"));

	add_environment(in, base);
	if (!below || below->kind != NODE_LIST || !below->count)
		return;
	add_environment(in, below->items[0]);
	note_others(in, below->items[0], below->count - 1);
}

void insomnia_add_environments(struct insomnia *in, const struct node *top)
{
	const struct node *first = NULL;
	size_t others = 0;

	if (node_find(top, STR("environments")))
		add_version_5(in, node_find(top, STR("environments")));
	for (int round = 0; in->resources && round < 2; round++)
		for (size_t i = 0; i < in->resources->count; i++) {
			const struct node *one = in->resources->items[i];
			bool base = str_starts(postman_text_at(one, "parentId"), STR("wrk_"));

			if (!str_eq(postman_text_at(one, "_type"), STR("environment")) ||
			    base == (round == 1))
				continue;
			if (base || !first)
				add_environment(in, one);
			if (!base && first)
				others++;
			else if (!base)
				first = one;
		}
	if (first)
		note_others(in, first, others);
}

/* ---- responses */

void insomnia_note_request(struct insomnia *in, struct str id, struct node *item)
{
	VEC_PUSH(in->arena, &in->ids, id);
	VEC_PUSH(in->arena, &in->items, item);
}

void insomnia_put_responses(struct insomnia *in)
{
	for (size_t i = 0; i < in->responses.count; i++)
		for (size_t k = 0; k < in->ids.count; k++)
			if (str_eq(in->ids.items[k], in->responses.items[i].request))
				collection_build_script(in->arena, in->items.items[k], "test",
							in->items.items[k]->span,
							in->responses.items[i].script);
}
