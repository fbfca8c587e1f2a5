/*
 * Security schemes: credentials become parameters that a run must set. What most operations share
 * is in `defaults`.
 */
#include "base/url.h"
#include "import/openapi/openapi.h"

enum scheme_kind {
	SCHEME_NONE, /* not supported */
	SCHEME_HEADER,
	SCHEME_QUERY,
	SCHEME_COOKIE,
	SCHEME_AUTH /* a key of `auth` */
};

static const struct node *find_scheme(struct openapi *o, struct str name)
{
	const struct node *all =
	    o->version == OPENAPI_2
		? node_find(o->top, STR("securityDefinitions"))
		: node_find(node_find(o->top, STR("components")), STR("securitySchemes"));

	return openapi_resolve(o, node_find(all, name));
}

static enum scheme_kind kind_of(const struct node *scheme)
{
	struct str type = openapi_text_at(scheme, "type"), in = openapi_text_at(scheme, "in");
	struct str http = openapi_text_at(scheme, "scheme");

	if (str_eq(type, STR("apiKey")))
		return str_eq(in, STR("header"))  ? SCHEME_HEADER
		       : str_eq(in, STR("query")) ? SCHEME_QUERY
						  : SCHEME_COOKIE;
	if (str_eq(type, STR("http")))
		return str_ieq(http, STR("basic")) || str_ieq(http, STR("bearer")) ||
			       str_ieq(http, STR("digest"))
			   ? SCHEME_AUTH
			   : SCHEME_NONE;
	return str_eq(type, STR("basic")) || str_eq(type, STR("oauth2")) ||
		       str_eq(type, STR("openIdConnect"))
		   ? SCHEME_AUTH
		   : SCHEME_NONE;
}

/* ---- alternatives */

static const struct node *requirements_of(const struct openapi *o,
					  const struct openapi_operation *op)
{
	const struct node *own = node_find(op->node, STR("security"));

	return own ? own : node_find(o->top, STR("security"));
}

static bool is_supported(struct openapi *o, const struct node *alternative)
{
	size_t auths = 0;

	for (size_t i = 0; i < alternative->count; i++) {
		const struct node *scheme = find_scheme(o, alternative->pairs[i].key->text);
		enum scheme_kind kind = scheme ? kind_of(scheme) : SCHEME_NONE;

		auths += kind == SCHEME_AUTH;
		if (kind == SCHEME_NONE || auths > 1)
			return false;
	}
	return true;
}

/* The alternative that is used: the first one that is supported and is not empty. NULL: none. */
static const struct node *chosen(struct openapi *o, const struct openapi_operation *op)
{
	const struct node *list = requirements_of(o, op);
	bool optional = false;

	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
		const struct node *one = list->items[i];

		if (one->kind != NODE_MAP)
			continue;
		optional |= !one->count;
		if (one->count && is_supported(o, one))
			return one;
	}
	for (size_t i = 0; !optional && list && list->kind == NODE_LIST && i < list->count; i++) {
		const struct node *one = list->items[i];

		for (size_t k = 0; one->kind == NODE_MAP && k < one->count; k++) {
			struct str what = arena_printf(o->arena, "security scheme %.*s",
						       STR_ARG(one->pairs[k].key->text));
			bool again = false;

			for (size_t n = 0; n < o->reported.count; n++)
				again |= str_eq(o->reported.items[n], what);
			if (again)
				continue;
			VEC_PUSH(o->arena, &o->reported, what);
			openapi_unsupported(o, one->pairs[k].key, what,
					    "requests are sent without these credentials");
		}
	}
	return NULL;
}

/* The name of the scheme that becomes `auth`; ptr NULL: none. */
static struct str auth_of(struct openapi *o, const struct node *alternative)
{
	for (size_t i = 0; alternative && i < alternative->count; i++) {
		struct str name = alternative->pairs[i].key->text;
		const struct node *scheme = find_scheme(o, name);

		if (scheme && kind_of(scheme) == SCHEME_AUTH)
			return name;
	}
	return STR_NULL;
}

/* ---- credentials */

static struct str credential(struct openapi *o, struct str scheme, const char *what)
{
	struct str name = arena_printf(o->arena, "%.*s%s", STR_ARG(scheme), what);
	const struct node *node = find_scheme(o, scheme);

	return openapi_template(
	    o, openapi_secret(o, arena_printf(o->arena, "scheme %.*s", STR_ARG(name)), name,
			      openapi_text_at(node, "description")));
}

/* All scopes that operations require of the scheme NAME, each once. */
static struct str scopes_of(struct openapi *o, struct str name)
{
	VEC(struct str) scopes = {.count = 0};
	struct str all = STR("");

	for (size_t i = 0; i < o->operations.count; i++) {
		const struct openapi_operation *op = o->operations.items[i];
		const struct node *list = op->wanted ? node_find(chosen(o, op), name) : NULL;

		for (size_t k = 0; list && list->kind == NODE_LIST && k < list->count; k++) {
			bool again = false;

			for (size_t n = 0; n < scopes.count; n++)
				again |= str_eq(scopes.items[n], list->items[k]->text);
			if (!again)
				VEC_PUSH(o->arena, &scopes, list->items[k]->text);
		}
	}
	for (size_t i = 0; i < scopes.count; i++)
		all = arena_printf(o->arena, "%.*s%s%.*s", STR_ARG(all), i ? " " : "",
				   STR_ARG(scopes.items[i]));
	return all;
}

static struct str token_url(struct openapi *o, struct str text)
{
	struct url url;

	if (url_split(text, &url)) {
		openapi_allow_host(o, text);
		return text;
	}
	return str_starts(text, STR("/")) ? text : arena_printf(o->arena, "/%.*s", STR_ARG(text));
}

/* The flow in which the run can request a token itself; NULL: a person must log in. */
static const struct node *own_flow(struct openapi *o, const struct node *scheme, bool *password)
{
	const struct node *flows = node_find(scheme, STR("flows")), *flow = NULL;
	struct str kind = openapi_text_at(scheme, "flow");

	*password = false;
	if (o->version == OPENAPI_2) {
		*password = str_eq(kind, STR("password"));
		flow = *password || str_eq(kind, STR("application")) ? scheme : NULL;
	} else {
		flow = node_find(flows, STR("clientCredentials"));
		if (!flow) {
			flow = node_find(flows, STR("password"));
			*password = flow;
		}
	}
	return openapi_text_at(flow, "tokenUrl").len ? flow : NULL;
}

static void put_oauth2(struct openapi *o, struct str name, const struct node *flow, bool password,
		       struct yaml_writer_node *auth)
{
	struct yaml_writer_node *keys =
	    yaml_writer_put(o->arena, auth, STR("oauth2"), yaml_writer_map(o->arena));
	struct str scopes = scopes_of(o, name);

	yaml_writer_put_text(o->arena, keys, STR("token_url"),
			     token_url(o, openapi_text_at(flow, "tokenUrl")));
	if (password)
		yaml_writer_put_text(o->arena, keys, STR("grant"), STR("password"));
	yaml_writer_put_text(o->arena, keys, STR("client_id"), credential(o, name, "_client_id"));
	yaml_writer_put_text(o->arena, keys, STR("client_secret"),
			     credential(o, name, "_client_secret"));
	if (password) {
		yaml_writer_put_text(o->arena, keys, STR("user"), credential(o, name, "_user"));
		yaml_writer_put_text(o->arena, keys, STR("password"),
				     credential(o, name, "_password"));
	}
	if (scopes.len)
		yaml_writer_put_text(o->arena, keys, STR("scope"), openapi_template(o, scopes));
}

static void put_login(struct openapi *o, struct str name, const char *kind,
		      struct yaml_writer_node *auth)
{
	struct yaml_writer_node *keys =
	    yaml_writer_put(o->arena, auth, str_of(kind), yaml_writer_map(o->arena));

	auth->flow = keys->flow = true;
	yaml_writer_put_text(o->arena, keys, STR("user"), credential(o, name, "_user"));
	yaml_writer_put_text(o->arena, keys, STR("password"), credential(o, name, "_password"));
}

/* The value of `auth` for the scheme NAME. */
static struct yaml_writer_node *make_auth(struct openapi *o, struct str name)
{
	const struct node *scheme = find_scheme(o, name), *flow;
	struct yaml_writer_node *auth = yaml_writer_map(o->arena);
	struct str http = openapi_text_at(scheme, "scheme");
	struct str type = openapi_text_at(scheme, "type");
	bool password;

	flow = own_flow(o, scheme, &password);
	if (str_eq(type, STR("basic")) || str_ieq(http, STR("basic"))) {
		put_login(o, name, "basic", auth);
	} else if (str_ieq(http, STR("digest"))) {
		put_login(o, name, "digest", auth);
	} else if (flow) {
		put_oauth2(o, name, flow, password, auth);
	} else {
		auth->flow = true;
		yaml_writer_put_text(o->arena, auth, STR("bearer"), credential(o, name, "_token"));
	}
	return auth;
}

/* A scheme whose tokens a person gets in a browser is used with a token as a parameter. */
static void report_login(struct openapi *o, struct str name)
{
	const struct node *scheme = find_scheme(o, name);
	struct str type = openapi_text_at(scheme, "type");
	bool password;

	if (str_eq(type, STR("openIdConnect")))
		openapi_unsupported(
		    o, scheme, arena_printf(o->arena, "openIdConnect of %.*s", STR_ARG(name)),
		    "its token endpoint is not in this file; the token is a parameter");
	else if (str_eq(type, STR("oauth2")) && !own_flow(o, scheme, &password))
		openapi_unsupported(o, scheme,
				    arena_printf(o->arena, "login of %.*s", STR_ARG(name)),
				    "a person logs in with a browser; the token is a parameter");
}

/* Says which of several alternatives is used, once for each. */
static void report_choice(struct openapi *o, const struct openapi_operation *op)
{
	const struct node *list = requirements_of(o, op), *one = chosen(o, op);
	struct str what;

	if (!one || list->count < 2)
		return;
	what = arena_printf(o->arena, "%.*s is used, the first of %zu alternatives",
			    STR_ARG(one->pairs[0].key->text), list->count);
	for (size_t i = 0; i < o->reported.count; i++)
		if (str_eq(o->reported.items[i], what))
			return;
	VEC_PUSH(o->arena, &o->reported, what);
	job_note(o->job, "security", "%.*s: %.*s", STR_ARG(openapi_line(o, list)), STR_ARG(what));
}

/* ---- operations */

static bool uses(struct openapi *o, const struct openapi_operation *op, struct str scheme)
{
	const struct node *one = chosen(o, op);

	return one && node_find_pair(one, scheme);
}

/* Keys in a header that all operations send are in `defaults`. */
static void find_shared_keys(struct openapi *o)
{
	const struct node *first = NULL;

	for (size_t i = 0; i < o->operations.count && !first; i++)
		if (o->operations.items[i]->wanted)
			first = chosen(o, o->operations.items[i]);
	for (size_t k = 0; first && k < first->count; k++) {
		struct str name = first->pairs[k].key->text;
		bool shared = kind_of(find_scheme(o, name)) == SCHEME_HEADER;

		for (size_t i = 0; i < o->operations.count && shared; i++)
			shared = !o->operations.items[i]->selected ||
				 uses(o, o->operations.items[i], name);
		if (shared)
			VEC_PUSH(o->arena, &o->shared_keys, name);
	}
}

static bool is_shared(const struct openapi *o, struct str scheme)
{
	for (size_t i = 0; i < o->shared_keys.count; i++)
		if (str_eq(o->shared_keys.items[i], scheme))
			return true;
	return false;
}

void openapi_read_security(struct openapi *o)
{
	struct str best = STR_NULL;
	size_t best_count = 0;
	VEC(struct str) names = {.count = 0};

	for (size_t i = 0; i < o->operations.count; i++) {
		struct openapi_operation *op = o->operations.items[i];
		struct str name = op->wanted ? auth_of(o, chosen(o, op)) : STR_NULL;
		bool again = !name.ptr;
		size_t count = 0;

		if (op->wanted)
			report_choice(o, op);
		for (size_t k = 0; k < names.count && !again; k++)
			again = str_eq(names.items[k], name);
		if (again)
			continue;
		VEC_PUSH(o->arena, &names, name);
		report_login(o, name);
		for (size_t k = 0; k < o->operations.count; k++)
			count += o->operations.items[k]->wanted &&
				 str_eq(auth_of(o, chosen(o, o->operations.items[k])), name);
		if (count > best_count) {
			best = name;
			best_count = count;
		}
	}
	find_shared_keys(o);
	o->default_scheme = best;
	if (best.ptr)
		o->default_auth = make_auth(o, best);
}

bool openapi_has_auth(struct openapi *o, const struct openapi_operation *op)
{
	return auth_of(o, chosen(o, op)).ptr;
}

static void put_api_key(struct openapi *o, struct str name, const struct node *scheme,
			struct yaml_writer_node *step)
{
	struct str key = openapi_text_at(scheme, "name"), value = credential(o, name, "");
	enum scheme_kind kind = kind_of(scheme);
	struct yaml_writer_node *map;

	if (kind == SCHEME_HEADER) {
		map = openapi_headers(o, step);
		if (!str_is_token(key))
			return;
	} else {
		struct str at = kind == SCHEME_QUERY ? STR("query") : STR("cookies");

		map = yaml_writer_find(step, at);
		if (!map)
			map = yaml_writer_put(o->arena, step, at, yaml_writer_map(o->arena));
		map->flow = true;
	}
	if (yaml_writer_find(map, key))
		yaml_writer_remove(map, key);
	if (key.len)
		yaml_writer_put_text(o->arena, map, key, value);
}

void openapi_put_security(struct openapi *o, const struct openapi_operation *op,
			  struct yaml_writer_node *step)
{
	const struct node *alternative = chosen(o, op);
	struct str auth = auth_of(o, alternative);

	for (size_t i = 0; alternative && i < alternative->count; i++) {
		struct str name = alternative->pairs[i].key->text;
		const struct node *scheme = find_scheme(o, name);

		if (kind_of(scheme) != SCHEME_AUTH && !is_shared(o, name))
			put_api_key(o, name, scheme, step);
	}
	if (auth.ptr && !str_eq(auth, o->default_scheme)) {
		yaml_writer_put(o->arena, step, STR("auth"), make_auth(o, auth));
	} else if (!auth.ptr && o->default_scheme.ptr) {
		struct yaml_writer_node *none =
		    yaml_writer_put(o->arena, step, STR("auth"), yaml_writer_map(o->arena));

		none->flow = true;
		yaml_writer_put(o->arena, none, STR("none"),
				yaml_writer_word(o->arena, STR("yes")));
	}
}

void openapi_put_shared_keys(struct openapi *o, struct yaml_writer_node *defaults)
{
	for (size_t i = 0; i < o->shared_keys.count; i++)
		put_api_key(o, o->shared_keys.items[i], find_scheme(o, o->shared_keys.items[i]),
			    defaults);
}
