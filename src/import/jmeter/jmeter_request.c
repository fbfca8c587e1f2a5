/* One HTTP sampler as a request. */
#include "base/ascii.h"
#include "import/jmeter/jmeter.h"

#define TIME_MAX_MS 3600000 /* the maximum of the language */

bool jmeter_is_http(const struct jmx *e)
{
	return jmeter_is(e, "HTTPSamplerProxy") || jmeter_is(e, "HTTPSampler") ||
	       jmeter_is(e, "HTTPSampler2");
}

struct str jmeter_request_text(const struct jmeter_request *r, const char *name)
{
	struct str value = jmx_text(r->element, name);

	for (size_t i = 0; !value.len && i < r->scope.items.count; i++) {
		const struct jmx *e = r->scope.items.items[i]->element;

		if (jmeter_is(e, "ConfigTestElement") && str_eq(e->gui, STR("HttpDefaultsGui")))
			value = jmx_text(e, name);
	}
	return value;
}

struct yaml_writer_node *jmeter_map(struct jmeter *j, struct yaml_writer_node *parent,
				    struct str key)
{
	struct yaml_writer_node *there = yaml_writer_find(parent, key);

	return there ? there : yaml_writer_put(j->arena, parent, key, yaml_writer_map(j->arena));
}

static void put_method(struct jmeter *j, struct jmeter_request *r)
{
	static const char *const keys[][2] = {
	    {"GET", "get"},	  {"POST", "post"}, {"PUT", "put"},	   {"PATCH", "patch"},
	    {"DELETE", "delete"}, {"HEAD", "head"}, {"OPTIONS", "options"}};
	struct yaml_writer_node *first =
	    yaml_writer_put(j->arena, r->step, STR("get"), yaml_writer_text(j->arena, STR("")));
	struct yaml_writer_node *request;
	struct str name = jmeter_label(j, r->element), url;

	yaml_writer_put_text(j->arena, r->step, STR("name"), name);
	url = jmeter_url(j, r);
	first->text = url;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_eq(r->method, str_of(keys[i][0]))) {
			r->step->members.items[0].key = str_of(keys[i][1]);
			return;
		}
	request = yaml_writer_map(j->arena);
	request->flow = true;
	yaml_writer_put_text(j->arena, request, STR("method"), r->method);
	yaml_writer_put_text(j->arena, request, STR("url"), url);
	r->step->members.items[0].key = STR("request");
	r->step->members.items[0].value = request;
}

/* A time in milliseconds; zero or empty: no limit. */
static void put_time(struct jmeter *j, struct jmeter_request *r, const char *property,
		     const char *key)
{
	struct str text = str_trim(jmeter_request_text(r, property));
	double value;

	if (!text.len || !jmeter_is_number(j, text, &value) || value < 1 || value > TIME_MAX_MS)
		return;
	text = jmeter_number(j, text);
	if (str_to_double(text, &value))
		yaml_writer_put_text(j->arena, r->step, str_of(key),
				     jmeter_duration(j, r->element, text, "ms"));
	else
		yaml_writer_put_text(j->arena, r->step, str_of(key),
				     arena_printf(j->arena, "%.*sms", STR_ARG(text)));
}

static void put_proxy(struct jmeter *j, struct jmeter_request *r)
{
	struct str host = jmeter_constant(j, jmeter_request_text(r, "HTTPSampler.proxyHost"));
	struct str port = jmeter_constant(j, jmeter_request_text(r, "HTTPSampler.proxyPort"));

	if (host.len)
		yaml_writer_put_text(j->arena, r->step, STR("proxy"),
				     arena_printf(j->arena, "http://%.*s:%.*s", STR_ARG(host),
						  STR_ARG(port.len ? port : STR("80"))));
}

static void put_connection(struct jmeter *j, struct jmeter_request *r)
{
	const struct jmx *keep = jmx_property(r->element, "HTTPSampler.use_keepalive");
	const struct jmx *follow = jmx_property(r->element, "HTTPSampler.follow_redirects");
	const struct jmx *automatic = jmx_property(r->element, "HTTPSampler.auto_redirects");

	if (follow && automatic && str_eq(follow->text, STR("false")) &&
	    str_eq(automatic->text, STR("false")))
		yaml_writer_put(j->arena, r->step, STR("follow_redirects"),
				yaml_writer_word(j->arena, STR("no")));
	put_time(j, r, "HTTPSampler.response_timeout", "timeout");
	put_time(j, r, "HTTPSampler.connect_timeout", "connect_timeout");
	put_proxy(j, r);
	if (keep && str_eq(keep->text, STR("false")))
		yaml_writer_put_text(j->arena, jmeter_map(j, r->step, STR("headers")),
				     STR("Connection"), STR("close"));
	if (jmx_is_true(r->element, "HTTPSampler.image_parser"))
		jmeter_note(j, r->element, "embedded resources are not loaded");
}

/* Its own elements, and those that are performed before it. */
static void put_before(struct jmeter *j, const struct jmeter_node *node,
		       const struct jmeter_scope *scope)
{
	for (size_t i = 0; i < node->children.count; i++) {
		const struct jmeter_node *child = node->children.items[i];

		jmeter_put_setting(j, child);
		if (!child->disabled && !j->in_parallel &&
		    jmeter_is(child->element, "UserParameters"))
			jmeter_put_user_parameters(j, child->element);
	}
	jmeter_put_timers(j, scope);
}

static void put_after(struct jmeter *j, struct jmeter_request *r, const struct jmeter_scope *scope)
{
	for (size_t i = 0; i < scope->items.count; i++) {
		const struct jmeter_node *item = scope->items.items[i];

		if (jmeter_is_extractor(item->element))
			jmeter_put_extractor(j, r, item->element, item->parent != r->node);
	}
	for (size_t i = 0; i < scope->items.count; i++)
		if (jmeter_is_assertion(scope->items.items[i]->element))
			jmeter_put_assertion(j, r, scope->items.items[i]->element);
}

static bool is_method(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_upper(text.ptr[i]))
			return false;
	return text.len > 0;
}

void jmeter_put_request(struct jmeter *j, const struct jmeter_node *node)
{
	struct jmeter_scope outer = jmeter_scope(j, node, true);
	struct jmeter_request r = {.node = node, .element = node->element};
	struct str method;

	r.scope = jmeter_scope(j, node, false);
	r.step = yaml_writer_map(j->arena);
	r.after = yaml_writer_list(j->arena);
	method = jmeter_constant(j, jmeter_request_text(&r, "HTTPSampler.method"));
	r.method = method.len ? str_trim(method) : STR("GET");
	if (!is_method(r.method) ||
	    str_ieq(jmeter_request_text(&r, "HTTPSampler.protocol"), STR("file"))) {
		jmeter_unsupported(j, r.element,
				   is_method(r.method) ? "files are not requested"
						       : "its method is not valid");
		return;
	}
	put_before(j, node, &outer);
	put_method(j, &r);
	jmeter_put_headers(j, &r);
	jmeter_put_login(j, &r);
	jmeter_put_cookies(j, &r);
	jmeter_put_body(j, &r);
	put_connection(j, &r);
	put_after(j, &r, &outer);
	j->requests++;
	jmeter_add_step(j, r.step);
	VEC_PUSH(j->arena, &j->request_steps, r.step);
	for (size_t i = 0; i < r.after->members.count && !j->in_parallel; i++)
		yaml_writer_add(j->arena, j->steps, r.after->members.items[i].value);
}

/* ---- what all requests have */

static bool all_have(const struct jmeter *j, const char *outer, struct str key, struct str text)
{
	for (size_t i = 0; i < j->request_steps.count; i++) {
		const struct yaml_writer_node *map = j->request_steps.items[i], *value;

		if (outer)
			map = yaml_writer_find(map, str_of(outer));
		value = map ? yaml_writer_find(map, key) : NULL;
		if (!value || value->members.count || !str_eq(value->text, text))
			return false;
	}
	return true;
}

/* Whether TEXT refers to other than parameters: variables have no value in some places. */
static bool has_variables(struct str text)
{
	for (size_t at = 0; (at = str_find(text, STR("${"), at)) != NOT_FOUND;)
		for (at += 2; at < text.len && text.ptr[at] != '}'; at++)
			if (!ascii_is_upper(text.ptr[at]) && !ascii_is_digit(text.ptr[at]) &&
			    text.ptr[at] != '_')
				return true;
	return false;
}

static void move_headers(struct jmeter *j, struct yaml_writer_node *defaults)
{
	struct yaml_writer_node *first =
	    yaml_writer_find(j->request_steps.items[0], STR("headers"));
	struct yaml_writer_node *common = yaml_writer_map(j->arena);

	for (size_t i = 0; first && i < first->members.count; i++) {
		struct yaml_writer_member m = first->members.items[i];

		if (m.value->members.count || !m.value->text.len || has_variables(m.value->text) ||
		    !all_have(j, "headers", m.key, m.value->text))
			continue;
		yaml_writer_put(j->arena, common, m.key, m.value);
		for (size_t k = 0; k < j->request_steps.count; k++)
			yaml_writer_remove(
			    yaml_writer_find(j->request_steps.items[k], STR("headers")), m.key);
		i--;
	}
	for (size_t k = 0; k < j->request_steps.count; k++) {
		struct yaml_writer_node *headers =
		    yaml_writer_find(j->request_steps.items[k], STR("headers"));

		if (headers && !headers->members.count)
			yaml_writer_remove(j->request_steps.items[k], STR("headers"));
	}
	if (common->members.count)
		yaml_writer_put(j->arena, defaults, STR("headers"), common);
}

void jmeter_put_defaults(struct jmeter *j)
{
	static const char *const keys[] = {"timeout", "connect_timeout", "follow_redirects",
					   "proxy"};
	struct yaml_writer_node *defaults = yaml_writer_map(j->arena);

	if (j->request_steps.count > 1)
		move_headers(j, defaults);
	for (size_t i = 0; j->request_steps.count > 1 && i < sizeof keys / sizeof *keys; i++) {
		struct str key = str_of(keys[i]);
		struct yaml_writer_node *value = yaml_writer_find(j->request_steps.items[0], key);

		if (!value || !all_have(j, NULL, key, value->text))
			continue;
		yaml_writer_put(j->arena, defaults, key, value);
		for (size_t k = 0; k < j->request_steps.count; k++)
			yaml_writer_remove(j->request_steps.items[k], key);
	}
	if (!j->cookies || j->clear_cookies)
		yaml_writer_put_text(j->arena, defaults, STR("cookie_jar"),
				     j->cookies ? STR("per_iteration") : STR("none"));
	if (defaults->members.count)
		yaml_writer_put(j->arena, j->root, STR("defaults"), defaults);
}
