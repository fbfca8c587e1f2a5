/* The flow of an Artillery scenario as steps. */
#include "import/artillery.h"

static struct yaml_out *step_of(struct artillery *a, const struct node *node);

static bool is_word(const struct node *node)
{
	return node->kind == NODE_SCALAR && !node_is_quoted(node);
}

struct yaml_out *artillery_texts(struct artillery *a, const struct node *from)
{
	struct yaml_out *map = yaml_out_map(a->arena);

	for (size_t i = 0; from->kind == NODE_MAP && i < from->count; i++) {
		const struct node *k = from->pairs[i].key, *v = from->pairs[i].value;

		if (v->kind == NODE_SCALAR && k->text.len)
			yaml_out_put_text(a->arena, map, k->text, artillery_text(a, v));
		else
			artillery_lost(a, k, v, "it is no text");
	}
	return map;
}

/* ---- requests */

static struct yaml_out *json_of(struct artillery *a, const struct node *node)
{
	struct yaml_out *made;
	double number;

	switch (node->kind) {
	case NODE_MAP:
		made = yaml_out_map(a->arena);
		for (size_t i = 0; i < node->count; i++)
			yaml_out_put(a->arena, made, node->pairs[i].key->text,
				     json_of(a, node->pairs[i].value));
		return made;
	case NODE_LIST:
		made = yaml_out_list(a->arena);
		for (size_t i = 0; i < node->count; i++)
			yaml_out_add(a->arena, made, json_of(a, node->items[i]));
		return made;
	case NODE_SCALAR:
		break;
	}
	if (node_is_empty(node))
		return yaml_out_word(a->arena, STR("null"));
	if (is_word(node) &&
	    (str_to_double(node->text, &number) || str_eq(node->text, STR("true")) ||
	     str_eq(node->text, STR("false")) || str_eq(node->text, STR("null"))))
		return yaml_out_word(a->arena, node->text);
	return yaml_out_typed(a->arena, artillery_text(a, node));
}

static struct yaml_out *parts_of(struct artillery *a, const struct node *from)
{
	struct yaml_out *map = yaml_out_map(a->arena);

	for (size_t i = 0; from->kind == NODE_MAP && i < from->count; i++) {
		const struct node *k = from->pairs[i].key, *v = from->pairs[i].value;
		struct yaml_out *part;

		if (v->kind != NODE_SCALAR || !k->text.len) {
			artillery_lost(a, k, v,
				       "write it as {file: NAME} where the file is beside "
				       "the scenario");
			continue;
		}
		part = yaml_out_put(a->arena, map, k->text, yaml_out_map(a->arena));
		part->flow = true;
		yaml_out_put_text(a->arena, part, STR("value"), artillery_text(a, v));
	}
	return map;
}

/* Blanks outside of templates as %20. */
static struct str without_blanks(struct artillery *a, struct str url)
{
	struct buf out;
	struct str made;
	bool inside = false;

	buf_init(&out, 0);
	for (size_t i = 0; i < url.len; i++) {
		char c = url.ptr[i];

		inside =
		    (inside && c != '}') || (c == '$' && i + 1 < url.len && url.ptr[i + 1] == '{');
		if (!inside && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
			buf_printf(&out, "%%%02X", (unsigned)c);
		else
			buf_add_char(&out, c);
	}
	made = arena_str(a->arena, buf_str(&out));
	buf_release(&out);
	return made;
}

static struct str url_of(struct artillery *a, const struct node *node)
{
	struct str url = without_blanks(a, str_trim(artillery_text(a, node))), host;
	bool whole = str_starts(url, STR("http://")) || str_starts(url, STR("https://"));

	if (whole) {
		size_t from = str_find(url, STR("://"), 0) + 3, end = from;

		while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?' &&
		       url.ptr[end] != '#' && url.ptr[end] != ':')
			end++;
		host = str_slice(url, from, end);
		if (host.len && str_find_char(host, '$', 0) == (size_t)-1 &&
		    str_find_char(host, '@', 0) == (size_t)-1)
			VEC_PUSH(a->arena, &a->hosts, host);
	} else if (!str_starts(url, STR("/")) && (!str_starts(url, STR("${")) || a->around)) {
		url = arena_printf(a->arena, "/%.*s", STR_ARG(url));
	}
	return url;
}

/* A key of a request whose value is a map of texts. */
static const char *map_key(struct str key)
{
	static const char *const keys[][2] = {
	    {"headers", "headers"}, {"cookie", "cookies"}, {"qs", "query"}, {"form", "form"}};

	for (size_t i = 0; i < 4; i++)
		if (str_eq(key, str_of(keys[i][0])))
			return keys[i][1];
	return NULL;
}

static void put_auth(struct artillery *a, const struct node *k, const struct node *v,
		     struct yaml_out *step)
{
	const struct node *user = node_find(v, STR("user")), *pass = node_find(v, STR("pass"));
	struct yaml_out *basic;

	if (!user || !pass || user->kind != NODE_SCALAR || pass->kind != NODE_SCALAR) {
		artillery_lost(a, k, v, "only a user and a password have a counterpart");
		return;
	}
	basic = yaml_out_put(a->arena,
			     yaml_out_put(a->arena, step, STR("auth"), yaml_out_map(a->arena)),
			     STR("basic"), yaml_out_map(a->arena));
	basic->flow = true;
	yaml_out_put_text(a->arena, basic, STR("user"), artillery_text(a, user));
	yaml_out_put_text(a->arena, basic, STR("password"), artillery_text(a, pass));
}

static bool is_body(const struct yaml_out *step)
{
	return yaml_out_find(step, STR("json")) || yaml_out_find(step, STR("form")) ||
	       yaml_out_find(step, STR("body")) || yaml_out_find(step, STR("multipart"));
}

static void put_key(struct artillery *a, const struct node *k, const struct node *v,
		    struct yaml_out *step)
{
	struct arena *arena = a->arena;
	const char *map = map_key(k->text);
	struct yaml_out *made;

	if (map && v->kind == NODE_MAP && !(str_eq(k->text, STR("form")) && is_body(step))) {
		made = artillery_texts(a, v);
		if (made->members.count)
			yaml_out_put(arena, step, str_of(map), made);
	} else if (str_eq(k->text, STR("json")) && !is_body(step)) {
		yaml_out_put(arena, step, STR("json"), json_of(a, v));
	} else if (str_eq(k->text, STR("body")) && v->kind == NODE_SCALAR && !is_body(step)) {
		yaml_out_put_text(arena, step, STR("body"), artillery_text(a, v));
	} else if (str_eq(k->text, STR("formData")) && v->kind == NODE_MAP && !is_body(step)) {
		made = parts_of(a, v);
		if (made->members.count)
			yaml_out_put(arena, step, STR("multipart"), made);
	} else if (str_eq(k->text, STR("auth"))) {
		put_auth(a, k, v, step);
	} else if (str_eq(k->text, STR("followRedirect")) && is_word(v) &&
		   (str_eq(v->text, STR("true")) || str_eq(v->text, STR("false")))) {
		if (!yaml_out_find(step, STR("follow_redirects")))
			yaml_out_put(arena, step, STR("follow_redirects"),
				     yaml_out_word(arena, v->text));
	} else if (str_eq(k->text, STR("gzip")) && is_word(v) && str_eq(v->text, STR("true"))) {
		yaml_out_put(arena, step, STR("compressed"), yaml_out_word(arena, v->text));
	} else if (str_eq(k->text, STR("capture"))) {
		artillery_capture(a, k, v, step);
	} else if (str_eq(k->text, STR("match"))) {
		artillery_match(a, k, v, step);
	} else if (str_eq(k->text, STR("expect"))) {
		artillery_expect(a, v, step);
	} else if (str_eq(k->text, STR("beforeRequest")) || str_eq(k->text, STR("afterResponse"))) {
		artillery_lost(a, k, v, "JavaScript is not executed");
	} else {
		artillery_lost(a, k, v, "it has no counterpart");
	}
}

static struct yaml_out *request(struct artillery *a, const struct node *key,
				const struct node *value)
{
	const struct node *url = node_find(value, STR("url"));
	const struct node *name = node_find(value, STR("name"));
	struct yaml_out *step = yaml_out_map(a->arena);

	url = url ? url : node_find(value, STR("uri"));
	if (!url || url->kind != NODE_SCALAR || !url->text.len) {
		artillery_lost(a, key, value, "it has no url");
		return NULL;
	}
	yaml_out_put_text(a->arena, step, key->text, url_of(a, url));
	if (name && name->kind == NODE_SCALAR && name->text.len && !artillery_is_template(name))
		yaml_out_put_text(a->arena, step, STR("name"), artillery_text(a, name));
	for (size_t i = 0; i < value->count; i++) {
		const struct node *k = value->pairs[i].key;

		if (!str_eq(k->text, STR("url")) && !str_eq(k->text, STR("uri")) &&
		    !str_eq(k->text, STR("name")))
			put_key(a, k, value->pairs[i].value, step);
	}
	return step;
}

/* ---- the other steps */

static struct yaml_out *text_step(struct artillery *a, const char *key, struct str text)
{
	struct yaml_out *step = yaml_out_map(a->arena);

	yaml_out_put_text(a->arena, step, str_of(key), text);
	return step;
}

/* The inside of the one ${…} that TEXT is, or TEXT as a name. */
static struct str list_of(struct artillery *a, const struct node *over)
{
	struct node named = *over;
	struct buf list;
	struct str made;

	if (over->kind == NODE_SCALAR) {
		if (!artillery_is_template(over))
			named.text = arena_printf(a->arena, "{{%.*s}}", STR_ARG(over->text));
		made = artillery_text(a, &named);
		return str_starts(made, STR("${")) && str_find_char(made, '}', 0) == made.len - 1
			   ? made
			   : STR_NULL;
	}
	buf_init(&list, 0);
	buf_add(&list, STR("${["));
	for (size_t i = 0; over->kind == NODE_LIST && i < over->count; i++) {
		struct str text = over->items[i]->text;
		bool fine = over->items[i]->kind == NODE_SCALAR;

		for (size_t k = 0; fine && k < text.len; k++)
			fine = text.ptr[k] != '"' && text.ptr[k] != '\\' && text.ptr[k] != '{' &&
			       text.ptr[k] != '}' && (unsigned char)text.ptr[k] >= ' ';
		if (fine)
			buf_printf(&list, "%s\"%.*s\"", i ? ", " : "", STR_ARG(text));
		else
			over = &named, named.kind = NODE_MAP;
	}
	buf_add(&list, STR("]}"));
	made =
	    over->kind == NODE_LIST && over->count ? arena_str(a->arena, buf_str(&list)) : STR_NULL;
	buf_release(&list);
	return made;
}

static struct yaml_out *loop(struct artillery *a, const struct node *node)
{
	const struct node_pair *count = node_find_pair(node, STR("count"));
	const struct node_pair *over = node_find_pair(node, STR("over"));
	const struct node_pair *until = node_find_pair(node, STR("whileTrue"));
	struct yaml_out *step = yaml_out_map(a->arena), *steps;
	struct str list = over ? list_of(a, over->value) : STR_NULL;
	int64_t times = 1;

	if (over && list.ptr) {
		artillery_define(a, STR("$loopElement"), STR("loop_element"));
		yaml_out_put_text(a->arena, step, STR("for_each"), STR("loop_element"));
		yaml_out_put_text(a->arena, step, STR("in"), list);
	} else {
		if (over)
			artillery_lost(a, over->key, over->value, "it is no list that is known");
		if (count &&
		    (count->value->kind != NODE_SCALAR || !str_to_int(count->value->text, &times) ||
		     times < 1 || times > 1000000)) {
			artillery_lost(a, count->key, count->value,
				       "performed once: it is no number");
			times = 1;
		}
		yaml_out_put(a->arena, step, STR("repeat"),
			     yaml_out_word(a->arena, arena_printf(a->arena, "%d", (int)times)));
	}
	if (until)
		artillery_lost(a, until->key, until->value, "JavaScript is not executed");
	steps = artillery_steps(a, node_find(node, STR("loop")));
	if (!steps->members.count)
		return NULL;
	yaml_out_put(a->arena, step, STR("steps"), steps);
	return step;
}

static struct yaml_out *parallel(struct artillery *a, const struct node *value)
{
	struct yaml_out *list = yaml_out_list(a->arena), *step = yaml_out_map(a->arena);

	for (size_t i = 0; value->kind == NODE_LIST && i < value->count; i++) {
		struct yaml_out *one = step_of(a, value->items[i]);

		if (one)
			yaml_out_add(a->arena, list, one);
	}
	if (!list->members.count)
		return NULL;
	yaml_out_put(a->arena, step, STR("parallel"), list);
	return step;
}

static struct yaml_out *one_key(struct artillery *a, const struct node *k, const struct node *v)
{
	static const char *const methods[] = {"get",	"post", "put",	   "patch",
					      "delete", "head", "options", NULL};
	struct str length;

	for (size_t i = 0; methods[i]; i++)
		if (str_eq(k->text, str_of(methods[i])))
			return request(a, k, v);
	if (str_eq(k->text, STR("think")) && (length = artillery_duration(a, v)).ptr)
		return text_step(a, "think", length);
	if (str_eq(k->text, STR("log")) && v->kind == NODE_SCALAR)
		return text_step(a, "log", artillery_text(a, v));
	if (str_eq(k->text, STR("parallel")))
		return parallel(a, v);
	artillery_lost(a, k, v,
		       str_eq(k->text, STR("function")) ? "JavaScript is not executed"
							: "there is no such step");
	return NULL;
}

static struct yaml_out *step_of(struct artillery *a, const struct node *node)
{
	const struct node_pair *loops = node_find_pair(node, STR("loop"));
	struct yaml_out *made = NULL;

	if (loops && loops->value->kind == NODE_LIST)
		return loop(a, node);
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
		const struct node_pair *pair = &node->pairs[i];

		if (made)
			artillery_lost(a, pair->key, pair->value, "it has no counterpart");
		else
			made = one_key(a, pair->key, pair->value);
	}
	return made;
}

struct yaml_out *artillery_steps(struct artillery *a, const struct node *flow)
{
	struct yaml_out *list = yaml_out_list(a->arena);

	for (size_t i = 0; flow && flow->kind == NODE_LIST && i < flow->count; i++) {
		struct yaml_out *step = step_of(a, flow->items[i]);

		if (step)
			yaml_out_add(a->arena, list, step);
	}
	return list;
}
