/* What an Artillery request takes out of its answer and expects of it. */
#include "base/regex.h"
#include "doc/jsonpath.h"
#include "import/artillery.h"

static struct yaml_out *child(struct artillery *a, struct yaml_out *map, struct str key)
{
	struct yaml_out *there = yaml_out_find(map, key);

	return there ? there : yaml_out_put(a->arena, map, key, yaml_out_map(a->arena));
}

/* Their path as RFC 9535 has it: `a.0.b` is $.a[0].b. ptr NULL when it is no path. */
static struct str json_path(struct artillery *a, struct str text)
{
	struct jsonpath_error error;
	struct jsonpath *path;
	struct buf out;
	struct str made;

	buf_init(&out, 0);
	if (!str_starts(text, STR("$")))
		buf_add(&out, STR("$."));
	for (size_t i = 0; i < text.len; i++) {
		size_t end = i + 1;

		while (text.ptr[i] == '.' && end < text.len && text.ptr[end] >= '0' &&
		       text.ptr[end] <= '9')
			end++;
		if (end > i + 1 &&
		    (end == text.len || text.ptr[end] == '.' || text.ptr[end] == '[')) {
			buf_printf(&out, "[%.*s]", STR_ARG(str_slice(text, i + 1, end)));
			i = end - 1;
		} else {
			buf_add_char(&out, text.ptr[i]);
		}
	}
	made = arena_str(a->arena, buf_str(&out));
	buf_release(&out);
	if (str_find(made, STR("{{"), 0) != (size_t)-1 ||
	    str_find(made, STR("${"), 0) != (size_t)-1)
		return STR_NULL;
	path = jsonpath_new(a->arena, made, &error);
	if (!path)
		return STR_NULL;
	jsonpath_release(path);
	return made;
}

static bool is_regex(struct str text)
{
	struct regex_error error;
	struct regex *regex = regex_new(text, false, &error);

	regex_free(regex);
	return regex;
}

/* ---- capture */

static struct yaml_out *taking(struct artillery *a, const struct node *value)
{
	struct yaml_out *made = yaml_out_map(a->arena);

	made->flow = true;
	for (size_t i = 0; i < value->count; i++) {
		const struct node *k = value->pairs[i].key, *v = value->pairs[i].value;
		struct str path;

		if (v->kind != NODE_SCALAR || artillery_is_template(v)) {
			artillery_lost(a, k, v, "it has no counterpart in extract");
		} else if (str_eq(k->text, STR("json"))) {
			path = json_path(a, v->text);
			if (path.ptr)
				yaml_out_put_text(a->arena, made, STR("jsonpath"), path);
			else
				artillery_lost(a, k, v, "it is no JSONPath of RFC 9535");
		} else if (str_eq(k->text, STR("regexp")) && is_regex(v->text)) {
			yaml_out_put_text(a->arena, made, STR("regex"), v->text);
		} else if (str_eq(k->text, STR("group")) || str_eq(k->text, STR("xpath")) ||
			   str_eq(k->text, STR("header"))) {
			yaml_out_put_text(a->arena, made, k->text, v->text);
		} else if (str_eq(k->text, STR("strict"))) {
			if (str_eq(v->text, STR("false")))
				yaml_out_put_text(a->arena, made, STR("default"), STR(""));
		} else if (!str_eq(k->text, STR("as"))) {
			artillery_lost(a, k, v, "it has no counterpart in extract");
		}
	}
	return made;
}

void artillery_capture(struct artillery *a, const struct node *key, const struct node *value,
		       struct yaml_out *step)
{
	static const char *const kinds[] = {"jsonpath", "regex", "xpath", "header"};
	const struct node *as = node_find(value, STR("as"));
	struct yaml_out *made;
	size_t found = 0;

	if (value->kind == NODE_LIST) {
		for (size_t i = 0; i < value->count; i++)
			artillery_capture(a, key, value->items[i], step);
		return;
	}
	if (!as || as->kind != NODE_SCALAR || !as->text.len) {
		artillery_lost(a, key, value, "it does not say as what");
		return;
	}
	made = taking(a, value);
	for (size_t i = 0; i < 4; i++)
		found += yaml_out_find(made, str_of(kinds[i])) != NULL;
	struct str word = artillery_word(a, as->text);
	struct yaml_out *all = child(a, step, STR("extract"));

	if (found != 1 || yaml_out_find(all, word)) {
		artillery_lost(a, key, NULL, "nothing is taken out here");
		if (!all->members.count)
			for (size_t i = 0; i < step->members.count; i++)
				if (step->members.items[i].value == all)
					step->members.count--;
		return;
	}
	yaml_out_put(a->arena, all, word, made);
	artillery_define(a, as->text, word);
	struct artillery_taking taken = {step, as->text, word, key};

	VEC_PUSH(a->arena, &a->takings, taken);
}

/* ---- expect, match */

static void put_predicate(struct artillery *a, const struct node *key, struct yaml_out *map,
			  struct str name, const char *word, struct yaml_out *what)
{
	struct yaml_out *judged;

	if (yaml_out_find(map, name)) {
		artillery_lost(a, key, NULL, "the same is expected twice in other words");
		return;
	}
	judged = yaml_out_put(a->arena, map, name, yaml_out_map(a->arena));
	judged->flow = true;
	yaml_out_put(a->arena, judged, str_of(word), what);
}

static bool put_status(struct artillery *a, const struct node *v, struct yaml_out *expect,
		       struct yaml_out *step)
{
	struct yaml_out *list = yaml_out_list(a->arena);
	bool redirects = false;

	list->flow = true;
	for (size_t i = 0; i < (v->kind == NODE_LIST ? v->count : 1); i++) {
		const struct node *one = v->kind == NODE_LIST ? v->items[i] : v;
		int64_t code;

		if (one->kind != NODE_SCALAR || !str_to_int(one->text, &code) || code < 100 ||
		    code > 599)
			return false;
		redirects = redirects || code / 100 == 3;
		yaml_out_add(a->arena, list,
			     yaml_out_word(a->arena, arena_printf(a->arena, "%d", (int)code)));
	}
	if (!list->members.count || yaml_out_find(expect, STR("status")))
		return false;
	yaml_out_put(a->arena, expect, STR("status"),
		     list->members.count == 1 ? list->members.items[0].value : list);
	if (redirects && !yaml_out_find(step, STR("follow_redirects")))
		yaml_out_put(a->arena, step, STR("follow_redirects"),
			     yaml_out_word(a->arena, STR("false")));
	return true;
}

static bool put_one(struct artillery *a, const struct node *k, const struct node *v,
		    struct yaml_out *expect, struct yaml_out *step)
{
	struct arena *arena = a->arena;
	struct str path;

	if (str_eq(k->text, STR("statusCode")))
		return put_status(a, v, expect, step);
	if (str_eq(k->text, STR("headerEquals")) && v->kind == NODE_LIST && v->count == 2 &&
	    v->items[0]->kind == NODE_SCALAR && v->items[1]->kind == NODE_SCALAR &&
	    !yaml_out_find(child(a, expect, STR("header")), v->items[0]->text)) {
		yaml_out_put_text(arena, child(a, expect, STR("header")), v->items[0]->text,
				  artillery_text(a, v->items[1]));
		return true;
	}
	if (v->kind != NODE_SCALAR || artillery_is_template(v) || !v->text.len)
		return false;
	if (str_eq(k->text, STR("contentType")))
		put_predicate(a, k, child(a, expect, STR("header")), STR("Content-Type"),
			      "contains", yaml_out_text(arena, v->text));
	else if (str_eq(k->text, STR("hasHeader")))
		put_predicate(a, k, child(a, expect, STR("header")), v->text, "exists",
			      yaml_out_word(arena, STR("true")));
	else if (str_eq(k->text, STR("hasProperty")) && (path = json_path(a, v->text)).ptr)
		put_predicate(a, k, child(a, expect, STR("jsonpath")), path, "exists",
			      yaml_out_word(arena, STR("true")));
	else if (str_eq(k->text, STR("notHasProperty")) && (path = json_path(a, v->text)).ptr)
		put_predicate(a, k, child(a, expect, STR("jsonpath")), path, "exists",
			      yaml_out_word(arena, STR("false")));
	else if (str_eq(k->text, STR("matchesRegexp")) && is_regex(v->text))
		put_predicate(a, k, expect, STR("body"), "matches", yaml_out_text(arena, v->text));
	else
		return false;
	return true;
}

void artillery_expect(struct artillery *a, const struct node *value, struct yaml_out *step)
{
	struct yaml_out *expect = yaml_out_find(step, STR("expect"));
	struct yaml_out *made = expect ? expect : yaml_out_map(a->arena);

	if (value->kind == NODE_LIST) {
		for (size_t i = 0; i < value->count; i++)
			artillery_expect(a, value->items[i], step);
		return;
	}
	for (size_t i = 0; value->kind == NODE_MAP && i < value->count; i++)
		if (!put_one(a, value->pairs[i].key, value->pairs[i].value, made, step))
			artillery_lost(a, value->pairs[i].key, value->pairs[i].value,
				       "it has no counterpart in expect");
	if (!expect && made->members.count)
		yaml_out_put(a->arena, step, STR("expect"), made);
}

void artillery_match(struct artillery *a, const struct node *key, const struct node *value,
		     struct yaml_out *step)
{
	const struct node *json = node_find(value, STR("json"));
	const struct node *wanted = node_find(value, STR("value"));
	struct str path = json && json->kind == NODE_SCALAR ? json_path(a, json->text) : STR_NULL;
	struct yaml_out *all;

	if (!path.ptr || !wanted || wanted->kind != NODE_SCALAR || value->count != 2) {
		artillery_lost(a, key, value, "only a JSON path and its value have a counterpart");
		return;
	}
	all = child(a, child(a, step, STR("expect")), STR("jsonpath"));
	if (yaml_out_find(all, path))
		artillery_lost(a, key, value, "the same is expected twice");
	else
		yaml_out_put_text(a->arena, all, path, artillery_text(a, wanted));
}
