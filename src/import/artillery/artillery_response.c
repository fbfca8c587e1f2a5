/* Captures and assertions of an Artillery request. */
#include "base/ascii.h"
#include "base/regex.h"
#include "doc/jsonpath.h"
#include "extract/markup_path.h"
#include "import/artillery/artillery.h"

static struct yaml_writer_node *child(struct artillery *a, struct yaml_writer_node *map,
				      struct str key)
{
	struct yaml_writer_node *there = yaml_writer_find(map, key);

	return there ? there : yaml_writer_put(a->arena, map, key, yaml_writer_map(a->arena));
}

/* Artillery's path in the syntax of RFC 9535: `a.0.b` is $.a[0].b. ptr NULL if it is not a path. */
static struct str json_path(struct artillery *a, struct str text)
{
	struct jsonpath_error error;
	struct jsonpath *path;
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	if (!str_starts(text, STR("$")))
		buf_add(&out, STR("$."));
	for (size_t i = 0; i < text.len; i++) {
		size_t end = i + 1;

		while (text.ptr[i] == '.' && end < text.len && ascii_is_digit(text.ptr[end]))
			end++;
		if (end > i + 1 &&
		    (end == text.len || text.ptr[end] == '.' || text.ptr[end] == '[')) {
			buf_printf(&out, "[%.*s]", STR_ARG(str_slice(text, i + 1, end)));
			i = end - 1;
		} else {
			buf_add_char(&out, text.ptr[i]);
		}
	}
	result = arena_str(a->arena, buf_str(&out));
	buf_release(&out);
	if (str_find(result, STR("{{"), 0) != NOT_FOUND ||
	    str_find(result, STR("${"), 0) != NOT_FOUND)
		return STR_NULL;
	path = jsonpath_new(a->arena, result, &error);
	if (!path)
		return STR_NULL;
	jsonpath_release(path);
	return result;
}

static bool is_regex(struct str text)
{
	struct regex_error error;
	struct regex *regex = regex_new(text, false, &error);

	regex_free(regex);
	return regex;
}

/* ---- capture */

/* $[{{ $randomNumber(1, 5) }}] is a random one of them: $[1:6]; ptr NULL if the path does not
 * end like this. */
static struct str random_path(struct artillery *a, struct str text)
{
	size_t open = str_find(text, STR("[{{"), 0), comma;
	struct str inside;
	int64_t from, to;

	if (open == NOT_FOUND || !str_ends(text, STR("}}]")))
		return STR_NULL;
	inside = str_trim(str_slice(text, open + 3, text.len - 3));
	comma = str_find_char(inside, ',', 0);
	if (!str_starts(inside, STR("$randomNumber(")) || !str_ends(inside, STR(")")) ||
	    comma == NOT_FOUND || !str_to_int(str_trim(str_slice(inside, 14, comma)), &from) ||
	    !str_to_int(str_trim(str_slice(inside, comma + 1, inside.len - 1)), &to) || from < 0 ||
	    to < from || to > 1000000)
		return STR_NULL;
	return json_path(a, arena_printf(a->arena, "%.*s[%d:%d]", STR_ARG(str_slice(text, 0, open)),
					 (int)from, (int)to + 1));
}

static bool capture_json(struct artillery *a, struct str text, struct yaml_writer_node *result)
{
	struct str path = json_path(a, text);

	bool random = !path.ptr;

	if (random)
		path = random_path(a, text);
	if (path.ptr)
		yaml_writer_put_text(a->arena, result, STR("jsonpath"), path);
	if (path.ptr && random)
		yaml_writer_put_text(a->arena, result, STR("match"), STR("random"));
	return path.ptr;
}

/* With its flags at the start, as PCRE2 expects them. */
static bool capture_regex(struct artillery *a, const struct node *value, struct str text,
			  struct yaml_writer_node *result)
{
	const struct node *flags = node_find(value, STR("flags"));
	struct str known = STR("");

	for (size_t i = 0; flags && flags->kind == NODE_SCALAR && i < flags->text.len; i++)
		if (strchr("ims", flags->text.ptr[i]))
			known =
			    arena_printf(a->arena, "%.*s%c", STR_ARG(known), flags->text.ptr[i]);
	if (known.len)
		text = arena_printf(a->arena, "(?%.*s)%.*s", STR_ARG(known), STR_ARG(text));
	if (!is_regex(text))
		return false;
	yaml_writer_put_text(a->arena, result, STR("regex"), text);
	return true;
}

static bool capture_selector(struct artillery *a, const struct node *value, struct str text,
			     struct yaml_writer_node *result)
{
	const struct node *attr = node_find(value, STR("attr"));
	const struct node *index = node_find(value, STR("index"));
	struct markup_path_error error;
	int64_t nth;

	if (!markup_path_from_css(a->arena, text, STR(""), &error))
		return false;
	yaml_writer_put_text(a->arena, result, STR("css"), text);
	if (attr && attr->kind == NODE_SCALAR && attr->text.len)
		yaml_writer_put_text(a->arena, result, STR("attribute"), attr->text);
	if (index && (artillery_is_word(index, "random") || artillery_is_word(index, "last")))
		yaml_writer_put_text(a->arena, result, STR("match"), index->text);
	else if (index && index->kind == NODE_SCALAR && str_to_int(index->text, &nth) && nth >= 0 &&
		 nth < 10000)
		yaml_writer_put(
		    a->arena, result, STR("match"),
		    yaml_writer_word(a->arena, arena_printf(a->arena, "%d", (int)nth + 1)));
	return true;
}

static bool capture_path(struct artillery *a, struct str text, struct yaml_writer_node *result)
{
	struct markup_path_error error;

	if (!markup_path_from_xpath(a->arena, text, &error))
		return false;
	yaml_writer_put_text(a->arena, result, STR("xpath"), text);
	return true;
}

/* The name of a header or of a cookie: text without templates. */
static bool capture_name(struct artillery *a, struct str key, struct str text,
			 struct yaml_writer_node *result)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] <= ' ' || strchr(":;,=\"$", text.ptr[i]))
			return false;
	if (text.len)
		yaml_writer_put_text(a->arena, result, key, text);
	return text.len;
}

/* The extractor for KEY; false if it is not one, or cannot be converted. */
static bool put_capture(struct artillery *a, const struct node *value, const struct node *k,
			const struct node *v, struct yaml_writer_node *result)
{
	bool json = str_eq(k->text, STR("json"));

	if (v->kind != NODE_SCALAR || (artillery_is_template(v) && !json) ||
	    str_find(v->text, STR("${"), 0) != NOT_FOUND)
		return false;
	if (json)
		return capture_json(a, v->text, result);
	if (str_eq(k->text, STR("regexp")))
		return capture_regex(a, value, v->text, result);
	if (str_eq(k->text, STR("selector")))
		return capture_selector(a, value, v->text, result);
	if (str_eq(k->text, STR("xpath")))
		return capture_path(a, v->text, result);
	if (str_eq(k->text, STR("header")) || str_eq(k->text, STR("cookie")))
		return capture_name(a, k->text, v->text, result);
	return false;
}

/* An option of an extractor; false if it is not one. */
static bool is_detail(const struct node *value, const struct node *k, const struct node *v)
{
	static const char *const with[][2] = {{"group", "regexp"},  {"flags", "regexp"},
					      {"attr", "selector"}, {"index", "selector"},
					      {"as", NULL},	    {"strict", NULL}};

	for (size_t i = 0; i < sizeof with / sizeof *with; i++)
		if (str_eq(k->text, str_of(with[i][0])))
			return v->kind == NODE_SCALAR && !artillery_is_template(v) &&
			       (!with[i][1] || node_find(value, str_of(with[i][1])));
	return false;
}

/* The group of a regex: its number or its name. */
static void put_group(struct artillery *a, const struct node *value,
		      struct yaml_writer_node *result)
{
	const struct node *group = node_find(value, STR("group"));
	const struct yaml_writer_node *regex = yaml_writer_find(result, STR("regex"));
	struct regex_error error;
	struct regex *compiled;
	int64_t number;

	if (!group || !regex || group->kind != NODE_SCALAR)
		return;
	compiled = regex_new(regex->text, false, &error);
	if (compiled && (str_to_int(group->text, &number)
			     ? number >= 0 && number <= (int64_t)regex_groups(compiled)
			     : regex_group_number(compiled, group->text) > 0))
		yaml_writer_put_text(a->arena, result, STR("group"), group->text);
	else
		artillery_unsupported(a, node_find_pair(value, STR("group"))->key, NULL,
				      "the pattern has no such group");
	regex_free(compiled);
}

/* The extractor of a capture: its only key, or none. */
static struct yaml_writer_node *capture_extractor(struct artillery *a, const struct node *value)
{
	struct yaml_writer_node *result = yaml_writer_map(a->arena);
	const struct node *strict = node_find(value, STR("strict"));
	bool found = false;

	result->flow = true;
	for (size_t i = 0; i < value->count; i++) {
		const struct node *k = value->pairs[i].key, *v = value->pairs[i].value;

		if (is_detail(value, k, v))
			continue;
		if (!found && put_capture(a, value, k, v, result))
			found = true;
		else
			artillery_unsupported(a, k, v,
					      str_eq(k->text, STR("transform"))
						  ? "JavaScript is not run"
						  : "not supported in extract");
	}
	put_group(a, value, result);
	if (found && (strict ? artillery_is_word(strict, "false") : a->optional))
		yaml_writer_put_text(a->arena, result, STR("default"), STR(""));
	return found ? result : NULL;
}

void artillery_capture(struct artillery *a, const struct node *key, const struct node *value,
		       struct yaml_writer_node *step)
{
	const struct node *as = node_find(value, STR("as"));
	struct yaml_writer_node *result, *all;
	size_t unsupported = a->unsupported;
	struct str word;

	for (size_t i = 0; value->kind == NODE_LIST && i < value->count; i++)
		artillery_capture(a, key, value->items[i], step);
	if (value->kind == NODE_LIST)
		return;
	if (!as || as->kind != NODE_SCALAR || !as->text.len) {
		artillery_unsupported(a, key, value, "it has no `as`");
		return;
	}
	result = capture_extractor(a, value);
	word = artillery_identifier(a, as->text);
	all = yaml_writer_find(step, STR("extract"));
	if (!result && a->unsupported > unsupported) { /* the reason was already reported */
		a->unsupported++;
		return;
	}
	if (!result || (all && yaml_writer_find(all, word))) {
		artillery_unsupported(a, key, NULL, "nothing is extracted here");
		return;
	}
	yaml_writer_put(a->arena, child(a, step, STR("extract")), word, result);
	artillery_define(a, NAME_LOCAL, as->text, word);
	VEC_PUSH(a->arena, &a->captured,
		 ((struct artillery_capture){step, as->text, word, key, a->scope, false}));
}

/* ---- expect, match */

static void put_predicate(struct artillery *a, const struct node *key, struct yaml_writer_node *map,
			  struct str name, const char *word, struct yaml_writer_node *what)
{
	struct yaml_writer_node *judged;

	if (yaml_writer_find(map, name)) {
		artillery_unsupported(a, key, NULL, "the same is already expected in other words");
		return;
	}
	judged = yaml_writer_put(a->arena, map, name, yaml_writer_map(a->arena));
	judged->flow = true;
	yaml_writer_put(a->arena, judged, str_of(word), what);
}

/* ---- checks that become steps after the request */

/* The expression that is all of NODE: a name or a text; ptr NULL for anything else. */
static struct str side_of(struct artillery *a, const struct node *node)
{
	struct str text;

	if (node->kind != NODE_SCALAR)
		return STR_NULL;
	text = str_trim(node->text);
	if (!artillery_is_template(node))
		return artillery_quoted(a, node->text);
	if (!str_starts(text, STR("{{")) || str_find(text, STR("}}"), 0) != text.len - 2)
		return STR_NULL;
	text = artillery_expression(a, str_slice(text, 2, text.len - 2));
	return text.ptr && str_find_char(text, '|', 0) == NOT_FOUND ? text : STR_NULL;
}

static void put_check(struct artillery *a, struct str wrong, struct str said)
{
	struct yaml_writer_node *step =
	    yaml_writer_add(a->arena, a->checks_after, yaml_writer_map(a->arena));
	struct yaml_writer_node *then = yaml_writer_list(a->arena);

	yaml_writer_put_text(a->arena, step, STR("if"),
			     arena_printf(a->arena, "${%.*s}", STR_ARG(wrong)));
	yaml_writer_put_text(a->arena, yaml_writer_add(a->arena, then, yaml_writer_map(a->arena)),
			     STR("fail"), said);
	yaml_writer_put(a->arena, step, STR("then"), then);
}

/* Asserts that all texts are equal. */
static bool put_equals(struct artillery *a, const struct node *v)
{
	struct str first, wrong = STR(""), other;

	if (!a->checks_after || v->kind != NODE_LIST || v->count < 2)
		return false;
	first = side_of(a, v->items[0]);
	for (size_t i = 1; first.ptr && i < v->count; i++) {
		other = side_of(a, v->items[i]);
		if (!other.ptr)
			return false;
		wrong = arena_printf(a->arena, "%.*s%s%.*s != %.*s", STR_ARG(wrong),
				     i > 1 ? " or " : "", STR_ARG(first), STR_ARG(other));
	}
	if (first.ptr)
		put_check(a, wrong, STR("values that must be equal differ"));
	return first.ptr;
}

/* Accepts any status; a step after the request checks that STATUS is, or is not, IS. */
static bool put_status_check(struct artillery *a, const struct node *v, bool is,
			     struct yaml_writer_node *expect, struct yaml_writer_node *step)
{
	static const char *const any[] = {"3xx", "2xx", "4xx", "5xx"};
	const struct yaml_writer_node *follows = yaml_writer_find(step, STR("follow_redirects"));
	bool last =
	    follows && str_eq(follows->text, STR("false")); /* a redirect is also a response */
	struct yaml_writer_node *list;
	struct str wanted;

	int64_t code;

	if (!a->checks_after || v->kind != NODE_SCALAR || !(wanted = side_of(a, v)).ptr)
		return false;
	if (str_to_int(v->text, &code))
		wanted = v->text;
	if (!yaml_writer_find(expect, STR("status"))) {
		list = yaml_writer_put(a->arena, expect, STR("status"), yaml_writer_list(a->arena));
		list->flow = true;
		for (size_t i = !last; i < 4; i++)
			yaml_writer_add(a->arena, list, yaml_writer_word(a->arena, str_of(any[i])));
	}
	put_check(
	    a, arena_printf(a->arena, "response.status %s %.*s", is ? "!=" : "==", STR_ARG(wanted)),
	    STR("the status is ${response.status}"));
	return true;
}

static bool put_status(struct artillery *a, const struct node *v, struct yaml_writer_node *expect,
		       struct yaml_writer_node *step)
{
	const struct yaml_writer_node *follows = yaml_writer_find(step, STR("follow_redirects"));
	struct yaml_writer_node *list = yaml_writer_list(a->arena);
	bool redirects = false;

	list->flow = true;
	for (size_t i = 0; i < (v->kind == NODE_LIST ? v->count : 1); i++) {
		const struct node *one = v->kind == NODE_LIST ? v->items[i] : v;
		int64_t code;

		if (one->kind != NODE_SCALAR || !str_to_int(one->text, &code) || code < 100 ||
		    code > 599)
			return false;
		redirects = redirects || code / 100 == 3;
		yaml_writer_add(
		    a->arena, list,
		    yaml_writer_word(a->arena, arena_printf(a->arena, "%d", (int)code)));
	}
	if (!list->members.count || yaml_writer_find(expect, STR("status")) ||
	    (redirects && follows && str_eq(follows->text, STR("true"))))
		return false;
	yaml_writer_put(a->arena, expect, STR("status"),
			list->members.count == 1 ? list->members.items[0].value : list);
	if (redirects && !follows)
		yaml_writer_put(a->arena, step, STR("follow_redirects"),
				yaml_writer_word(a->arena, STR("false")));
	return true;
}

static bool put_one(struct artillery *a, const struct node *k, const struct node *v,
		    struct yaml_writer_node *expect, struct yaml_writer_node *step)
{
	struct arena *arena = a->arena;
	struct str path;

	if (str_eq(k->text, STR("statusCode")))
		return artillery_is_template(v) ? put_status_check(a, v, true, expect, step)
						: put_status(a, v, expect, step);
	if (str_eq(k->text, STR("notStatusCode")))
		return put_status_check(a, v, false, expect, step);
	if (str_eq(k->text, STR("equals")))
		return put_equals(a, v);
	if (str_eq(k->text, STR("headerEquals")) && v->kind == NODE_LIST && v->count == 2 &&
	    v->items[0]->kind == NODE_SCALAR && v->items[1]->kind == NODE_SCALAR &&
	    !yaml_writer_find(child(a, expect, STR("header")), v->items[0]->text)) {
		yaml_writer_put_text(arena, child(a, expect, STR("header")), v->items[0]->text,
				     artillery_text(a, v->items[1]));
		return true;
	}
	if (v->kind != NODE_SCALAR || artillery_is_template(v) || !v->text.len)
		return false;
	if (str_eq(k->text, STR("contentType")))
		put_predicate(a, k, child(a, expect, STR("header")), STR("Content-Type"),
			      "contains", yaml_writer_text(arena, v->text));
	else if (str_eq(k->text, STR("hasHeader")))
		put_predicate(a, k, child(a, expect, STR("header")), v->text, "exists",
			      yaml_writer_word(arena, STR("true")));
	else if (str_eq(k->text, STR("hasProperty")) && (path = json_path(a, v->text)).ptr)
		put_predicate(a, k, child(a, expect, STR("jsonpath")), path, "exists",
			      yaml_writer_word(arena, STR("true")));
	else if (str_eq(k->text, STR("notHasProperty")) && (path = json_path(a, v->text)).ptr)
		put_predicate(a, k, child(a, expect, STR("jsonpath")), path, "exists",
			      yaml_writer_word(arena, STR("false")));
	else if (str_eq(k->text, STR("matchesRegexp")) && is_regex(v->text))
		put_predicate(a, k, expect, STR("body"), "matches",
			      yaml_writer_text(arena, v->text));
	else
		return false;
	return true;
}

void artillery_expect(struct artillery *a, const struct node *value, struct yaml_writer_node *step)
{
	struct yaml_writer_node *expect = yaml_writer_find(step, STR("expect"));
	struct yaml_writer_node *result = expect ? expect : yaml_writer_map(a->arena);

	if (value->kind == NODE_LIST) {
		for (size_t i = 0; i < value->count; i++)
			artillery_expect(a, value->items[i], step);
		return;
	}
	for (size_t i = 0; value->kind == NODE_MAP && i < value->count; i++)
		if (!put_one(a, value->pairs[i].key, value->pairs[i].value, result, step))
			artillery_unsupported(a, value->pairs[i].key, value->pairs[i].value,
					      str_eq(value->pairs[i].key->text, STR("equals")) &&
						      value->pairs[i].value->count == 1
						  ? "a single text cannot be compared"
						  : "not supported in expect");
	if (!expect && result->members.count)
		yaml_writer_put(a->arena, step, STR("expect"), result);
}

void artillery_match(struct artillery *a, const struct node *key, const struct node *value,
		     struct yaml_writer_node *step)
{
	const struct node *json = node_find(value, STR("json"));
	const struct node *wanted = node_find(value, STR("value"));
	struct str path = json && json->kind == NODE_SCALAR ? json_path(a, json->text) : STR_NULL;
	struct yaml_writer_node *all;

	if (!path.ptr || !wanted || wanted->kind != NODE_SCALAR || value->count != 2) {
		artillery_unsupported(a, key, value,
				      "only a JSON path and its value are supported");
		return;
	}
	all = child(a, child(a, step, STR("expect")), STR("jsonpath"));
	if (yaml_writer_find(all, path))
		artillery_unsupported(a, key, value, "the same is already expected");
	else
		yaml_writer_put_text(a->arena, all, path, artillery_text(a, wanted));
}
