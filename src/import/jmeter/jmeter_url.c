/* The servers of a plan, and the URLs of its requests. */
#include "base/ascii.h"
#include "import/jmeter/jmeter.h"
#include "import/naming.h"
#include "import/template_text.h"

#define SERVERS_MAX 64u
#define DEPTH_MAX   10u

/* The parts of a URL in the syntax of JMeter: `http://${host}:8080`, and `/path?query`. */
struct url_parts {
	struct str origin, path;
};

/* TEXT with user defined variables that refer to others replaced by their values. */
static struct str expand(struct jmeter *j, struct str text, unsigned depth)
{
	size_t begin = str_find(text, STR("${"), 0), end;
	const struct jmeter_name *n;

	for (; begin != NOT_FOUND; begin = str_find(text, STR("${"), begin + 2)) {
		end = str_find_char(text, '}', begin);
		n = end == NOT_FOUND ? NULL : jmeter_find_name(j, str_slice(text, begin + 2, end));
		if (n && n->kind == JMETER_COMPOSED && depth < DEPTH_MAX)
			return expand(j,
				      arena_printf(j->arena, "%.*s%.*s%.*s",
						   STR_ARG(str_slice(text, 0, begin)),
						   STR_ARG(n->value),
						   STR_ARG(str_slice(text, end + 1, text.len))),
				      depth + 1);
	}
	return text;
}

static bool is_complete(struct str text)
{
	return str_ieq(str_slice(text, 0, 7), STR("http://")) ||
	       str_ieq(str_slice(text, 0, 8), STR("https://"));
}

/* Where the path of a complete URL begins; a variable may have the scheme and host. */
static size_t path_begin(struct str text)
{
	size_t at = is_complete(text) ? str_find(text, STR("://"), 0) + 3 : 0;

	for (size_t depth = 0; at < text.len; at++) {
		if (text.ptr[at] == '{')
			depth++;
		if (text.ptr[at] == '}' && depth)
			depth--;
		if (!depth && strchr("/?", text.ptr[at]))
			break;
	}
	return at;
}

static bool is_default_port(struct str protocol, struct str port)
{
	int64_t number;

	/* A template of JMeter has the text "port". */
	return !str_to_int(port, &number) || number <= 0 || number > 65535 ||
	       (str_ieq(protocol, STR("http")) && str_eq(port, STR("80"))) ||
	       (str_ieq(protocol, STR("https")) && str_eq(port, STR("443")));
}

/* Whether TEXT can be the name or address of a server; it may have references. */
static bool is_host(struct str text)
{
	if (str_find(text, STR("${"), 0) != NOT_FOUND)
		return true;
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.ptr[i]) && !strchr("-._:[]", text.ptr[i]) &&
		    (unsigned char)text.ptr[i] < 128)
			return false;
	return true;
}

/* Whether TEXT has a host and, if it has a port, a possible one. */
static bool is_origin(struct str text)
{
	size_t from = str_find(text, STR("://"), 0), colon;
	struct str host;
	int64_t port;

	if (str_find(text, STR("${"), 0) != NOT_FOUND)
		return true;
	host = str_slice(text, from == NOT_FOUND ? 0 : from + 3, text.len);
	colon = str_starts(host, STR("[")) ? NOT_FOUND : str_find_char(host, ':', 0);
	if (colon != NOT_FOUND &&
	    (!str_to_int(str_slice(host, colon + 1, host.len), &port) || port < 1 || port > 65535))
		return false;
	return colon != 0 && host.len && is_host(host);
}

static struct url_parts place_of(struct jmeter *j, const struct jmeter_request *r)
{
	struct str path = expand(j, str_trim(jmeter_request_text(r, "HTTPSampler.path")), 0);
	struct str domain = expand(j, str_trim(jmeter_request_text(r, "HTTPSampler.domain")), 0);
	struct str port = str_trim(jmeter_request_text(r, "HTTPSampler.port"));
	struct str protocol = str_trim(jmeter_request_text(r, "HTTPSampler.protocol"));
	struct str constant = jmeter_constant(j, path), port_value = jmeter_constant(j, port);
	struct url_parts place = {.path = path, .origin = STR("")};

	if (is_complete(path) ||
	    (str_starts(path, STR("${")) && (constant.ptr ? is_complete(constant) : !domain.len))) {
		place.origin = str_slice(path, 0, path_begin(path));
		place.path = str_slice(path, place.origin.len, path.len);
		if (!is_origin(place.origin))
			place.origin = STR("");
		return place;
	}
	if (!domain.len)
		return place;
	if (is_complete(domain)) { /* people write the scheme into the field of the host */
		place.origin = str_slice(domain, 0, path_begin(domain));
		if (!is_origin(place.origin))
			place.origin = STR("");
		return place;
	}
	constant = jmeter_constant(j, protocol);
	/* A property can be without a value, and a field can have another text. */
	if (constant.ptr && !str_ieq(constant, STR("http")) && !str_ieq(constant, STR("https")))
		protocol = constant = STR("http");
	if (!is_host(domain))
		return place;
	if (port_value.ptr && is_default_port(constant, port_value))
		place.origin =
		    arena_printf(j->arena, "%.*s://%.*s", STR_ARG(protocol), STR_ARG(domain));
	else
		place.origin = arena_printf(j->arena, "%.*s://%.*s:%.*s", STR_ARG(protocol),
					    STR_ARG(domain), STR_ARG(port));
	return place;
}

/* Whether all references of TEXT are parameters of the run. */
static bool is_fixed(struct jmeter *j, struct str text)
{
	struct jmeter_parts parts = jmeter_parse(j, text);

	for (size_t i = 0; i < parts.items.count; i++) {
		const struct jmeter_part *part = &parts.items.items[i];
		const struct jmeter_name *n = jmeter_find_name(j, part->text);

		if (part->kind == JMETER_VARIABLE && n && n->kind != JMETER_PARAMETER &&
		    n->kind != JMETER_MISSING)
			return false;
		if (part->kind == JMETER_FUNCTION && !str_eq(part->text, STR("__P")) &&
		    !str_eq(part->text, STR("__property")))
			return false;
	}
	return true;
}

/* ---- the target */

struct server_count {
	struct str origin;
	size_t count;
};

static void count_servers(struct jmeter *j, const struct jmeter_node *node,
			  struct server_count *all, size_t *used)
{
	struct jmeter_request r = {.node = node, .element = node->element};
	struct str origin;
	size_t i = 0;

	if (node->disabled || jmeter_is_fragment(node))
		return;
	for (size_t k = 0; k < node->children.count; k++)
		count_servers(j, node->children.items[k], all, used);
	if (!jmeter_is_http(node->element))
		return;
	r.scope = jmeter_scope(j, node, false);
	origin = place_of(j, &r).origin;
	if (!origin.len || !is_fixed(j, origin))
		return;
	while (i < *used && !str_eq(all[i].origin, origin))
		i++;
	if (i < *used)
		all[i].count++;
	else if (*used < SERVERS_MAX)
		all[(*used)++] = (struct server_count){origin, 1};
}

void jmeter_find_target(struct jmeter *j)
{
	struct server_count all[SERVERS_MAX], *best = NULL;
	size_t used = 0;

	count_servers(j, j->plan, all, &used);
	for (size_t i = 0; i < used; i++)
		if (!best || all[i].count > best->count)
			best = &all[i];
	if (!best)
		return;
	j->target = best->origin;
	yaml_writer_put_text(j->arena, j->root, STR("target"),
			     jmeter_text(j, j->plan->element, best->origin));
}

static void allow_host(struct jmeter *j, const struct jmeter_request *r, struct str origin)
{
	struct str host = origin, value;
	size_t from, end;

	if (!is_complete(origin) && jmeter_constant(j, origin).ptr)
		host = jmeter_constant(j, origin);
	from = str_find(host, STR("://"), 0);
	if (from == NOT_FOUND || !is_fixed(j, host)) {
		jmeter_note(j, r->element,
			    "its host is not known before the run; add it to allowed_hosts");
		return;
	}
	host = str_slice(host, from + 3, host.len);
	for (end = 0; end < host.len && host.ptr[end] != ':'; end++)
		while (host.ptr[end] == '{' && end + 1 < host.len && host.ptr[end + 1] != '}')
			end++;
	value = jmeter_text(j, r->element, str_slice(host, 0, end));
	VEC_PUSH(j->arena, &j->hosts, value);
}

/* ---- the query */

struct jmeter_arguments jmeter_arguments(struct jmeter *j, const struct jmeter_request *r)
{
	static const char *const property = "HTTPsampler.Arguments";
	struct jmeter_arguments all = {0};

	for (size_t i = 0; i < jmx_count(r->element, property); i++)
		if (!jmx_item(r->element, property, i)->disabled)
			VEC_PUSH(j->arena, &all.items, jmx_item(r->element, property, i));
	for (size_t k = 0; k < r->scope.items.count; k++) {
		const struct jmx *e = r->scope.items.items[k]->element;

		if (jmeter_is(e, "ConfigTestElement") && str_eq(e->gui, STR("HttpDefaultsGui")))
			for (size_t i = 0; i < jmx_count(e, property); i++)
				VEC_PUSH(j->arena, &all.items, jmx_item(e, property, i));
	}
	return all;
}

/* Whether JMeter sends TEXT unchanged, and the language would encode it. */
static bool needs_encoding(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.ptr[i]) && !strchr("-._~${}()", text.ptr[i]))
			return true;
	return false;
}

static bool is_always_encoded(const struct jmx *argument)
{
	const struct jmx *p = jmx_property(argument, "HTTPArgument.always_encode");

	return !p || str_eq(p->text, STR("true"));
}

static struct str argument_value(struct jmeter *j, const struct jmx *argument)
{
	struct str name = jmx_text(argument, "Argument.name"),
		   value = jmx_text(argument, "Argument.value");

	return naming_is_secret(name) ? jmeter_secret(j, argument, name, value)
				      : jmeter_text(j, argument, value);
}

/* Whether all arguments can be keys of `query`, in any form. */
static bool is_plain_query(const struct jmeter_arguments *all)
{
	for (size_t i = 0; i < all->items.count; i++) {
		const struct jmx *a = all->items.items[i];
		struct str name = jmx_text(a, "Argument.name"),
			   value = jmx_text(a, "Argument.value");
		const struct jmx *equals = jmx_property(a, "HTTPArgument.use_equals");

		if (str_find_char(name, '$', 0) != NOT_FOUND ||
		    (!is_always_encoded(a) && (needs_encoding(name) || needs_encoding(value))) ||
		    (!value.len && equals && str_eq(equals->text, STR("false"))))
			return false;
	}
	return true;
}

/* TEXT as URLEncoder encodes it, with its variables. */
static void put_encoded(struct jmeter *j, struct buf *out, const struct jmx *at, struct str text)
{
	struct jmeter_parts parts = jmeter_parse(j, text);

	for (size_t i = 0; i < parts.items.count; i++) {
		const struct jmeter_part *part = &parts.items.items[i];
		struct str value;

		if (part->kind != JMETER_LITERAL) {
			value = part->kind == JMETER_VARIABLE ? jmeter_use(j, at, part->text)
							      : jmeter_function(j, at, part);
			if (value.ptr)
				buf_printf(out, "${%.*s | url_encode}",
					   STR_ARG(jmeter_operand(j, value)));
			continue;
		}
		for (size_t k = 0; k < part->text.len; k++) {
			unsigned char c = (unsigned char)part->text.ptr[k];

			if (ascii_is_alnum((char)c) || strchr("-._*", c))
				buf_add_char(out, (char)c);
			else if (c == ' ')
				buf_add_char(out, '+');
			else
				buf_printf(out, "%%%02X", c);
		}
	}
}

/* The arguments as the text of a query. */
static struct str query_text(struct jmeter *j, const struct jmeter_arguments *all)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t i = 0; i < all->items.count; i++) {
		const struct jmx *a = all->items.items[i];
		struct str name = jmx_text(a, "Argument.name"),
			   value = jmx_text(a, "Argument.value");
		const struct jmx *equals = jmx_property(a, "HTTPArgument.use_equals");
		bool secret = naming_is_secret(name) && value.len;

		if (!name.len)
			continue;
		if (out.len)
			buf_add_char(&out, '&');
		if (is_always_encoded(a))
			put_encoded(j, &out, a, name);
		else
			buf_add(&out, jmeter_text(j, a, name));
		if (value.len || !equals || !str_eq(equals->text, STR("false")))
			buf_add_char(&out, '=');
		if (is_always_encoded(a) && !secret)
			put_encoded(j, &out, a, value);
		else
			buf_add(&out, argument_value(j, a));
	}
	result = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static bool has_query_arguments(struct str method)
{
	return str_eq(method, STR("GET")) || str_eq(method, STR("DELETE")) ||
	       str_eq(method, STR("OPTIONS"));
}

/* Adds the arguments to PATH, or as `query`. */
static struct str with_query(struct jmeter *j, const struct jmeter_request *r, struct str path)
{
	struct jmeter_arguments all = jmeter_arguments(j, r);
	struct yaml_writer_node *query;
	struct str text;

	if (!has_query_arguments(r->method) || !all.items.count ||
	    jmx_is_true(r->element, "HTTPSampler.postBodyRaw"))
		return path;
	if (!is_plain_query(&all)) {
		text = query_text(j, &all);
		return text.len ? arena_printf(j->arena, "%.*s%s%.*s", STR_ARG(path),
					       str_find_char(path, '?', 0) == NOT_FOUND ? "?" : "&",
					       STR_ARG(text))
				: path;
	}
	query = yaml_writer_map(j->arena);
	for (size_t i = 0; i < all.items.count; i++) {
		struct str name = jmx_text(all.items.items[i], "Argument.name");

		if (name.len)
			yaml_writer_append(
			    j->arena, query, name,
			    yaml_writer_text(j->arena, argument_value(j, all.items.items[i])));
	}
	if (query->members.count)
		yaml_writer_put(j->arena, r->step, STR("query"), query);
	return path;
}

/* Where the fragment begins, which is not sent. */
static size_t fragment_at(struct str text)
{
	for (size_t i = 0, depth = 0; i < text.len; i++) {
		if (text.ptr[i] == '{')
			depth++;
		else if (text.ptr[i] == '}' && depth)
			depth--;
		else if (text.ptr[i] == '#' && !depth)
			return i;
	}
	return text.len;
}

struct str jmeter_url(struct jmeter *j, const struct jmeter_request *r)
{
	struct url_parts place = place_of(j, r);
	struct str path = str_slice(place.path, 0, fragment_at(place.path)), origin;

	if (!place.origin.len && j->target.len)
		place.origin = j->target;
	path = jmeter_text(j, r->element, path);
	if (!str_starts(path, STR("/")))
		path = arena_printf(j->arena, "/%.*s", STR_ARG(path));
	if (!str_eq(place.origin, j->target)) {
		allow_host(j, r, place.origin);
		origin = jmeter_text(j, r->element, place.origin);
		path = arena_printf(j->arena, "%.*s%.*s", STR_ARG(origin), STR_ARG(path));
	}
	return template_text_url(j->arena, with_query(j, r, path));
}
