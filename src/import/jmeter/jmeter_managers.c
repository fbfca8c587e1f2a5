/* Header, cookie and authorization managers, by JMeter's rules of scope. */
#include "import/jmeter/jmeter.h"
#include "import/naming.h"

/* ---- headers */

/* Headers that the program sends by itself. */
static bool is_own(struct str name)
{
	static const char *const own[] = {"Content-Length", "Connection", "Host"};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (str_ieq(name, str_of(own[i])))
			return true;
	return false;
}

static struct str header_value(struct jmeter *j, const struct jmx *at, struct str name,
			       struct str value)
{
	size_t space = str_find_char(value, ' ', 0);

	if (str_ieq(name, STR("Authorization")) && space != NOT_FOUND) {
		struct str token = jmeter_secret(j, at, STR("token"),
						 str_trim(str_slice(value, space, value.len)));

		return arena_printf(j->arena, "%.*s%.*s", STR_ARG(str_slice(value, 0, space + 1)),
				    STR_ARG(token));
	}
	return naming_is_secret(name) ? jmeter_secret(j, at, name, value)
				      : jmeter_text(j, at, value);
}

static bool has_header(const struct yaml_writer_node *headers, struct str name)
{
	for (size_t i = 0; i < headers->members.count; i++)
		if (str_ieq(headers->members.items[i].key, name))
			return true;
	return false;
}

static void put_manager(struct jmeter *j, const struct jmx *manager,
			struct yaml_writer_node *headers, const struct yaml_writer_node *outer)
{
	for (size_t i = 0; i < jmx_count(manager, "HeaderManager.headers"); i++) {
		const struct jmx *row = jmx_item(manager, "HeaderManager.headers", i);
		struct str name = str_trim(jmeter_text(j, row, jmx_text(row, "Header.name")));
		struct str value = str_trim(jmx_text(row, "Header.value"));

		if (!name.len || row->disabled || is_own(name) || has_header(outer, name))
			continue;
		if (!str_is_token(name))
			jmeter_unsupported(j, row, "it is not a valid header name");
		else /* a manager can have a header several times */
			yaml_writer_append(
			    j->arena, headers, name,
			    yaml_writer_text(j->arena, header_value(j, row, name, value)));
	}
}

void jmeter_put_headers(struct jmeter *j, struct jmeter_request *r)
{
	struct yaml_writer_node *all = yaml_writer_map(j->arena);

	for (size_t i = 0; i < r->scope.items.count; i++) {
		const struct jmx *e = r->scope.items.items[i]->element;
		struct yaml_writer_node *own = yaml_writer_map(j->arena);

		if (!jmeter_is(e, "HeaderManager"))
			continue;
		put_manager(j, e, own, all);
		yaml_writer_merge(j->arena, all, own);
	}
	if (all->members.count)
		yaml_writer_put(j->arena, r->step, STR("headers"), all);
}

/* ---- logins */

/* Whether a login for PREFIX is sent to the request. */
static bool is_for(struct jmeter *j, const struct jmeter_request *r, struct str prefix)
{
	struct str url = jmeter_constant(j, prefix), own, host;
	struct str domain = jmeter_constant(j, jmeter_request_text(r, "HTTPSampler.domain"));
	struct str path = jmeter_constant(j, jmeter_request_text(r, "HTTPSampler.path"));
	size_t begin, end;

	if (!prefix.len)
		return true;
	if (!url.ptr || !path.ptr)
		return false;
	if (str_find(path, STR("://"), 0) != NOT_FOUND)
		return str_starts(path, url);
	begin = str_find(url, STR("://"), 0);
	begin = begin == NOT_FOUND ? 0 : begin + 3;
	end = str_find_char(url, '/', begin);
	host = str_slice(url, begin, end == NOT_FOUND ? url.len : end);
	host = str_slice(host, 0, str_find_char(host, ':', 0));
	own = end == NOT_FOUND ? STR("") : str_slice(url, end + 1, url.len);
	while (str_starts(path, STR("/")))
		path = str_slice(path, 1, path.len);
	return str_ieq(host, domain) && str_starts(path, own);
}

static bool put_row(struct jmeter *j, struct jmeter_request *r, const struct jmx *row)
{
	struct str mechanism = jmx_text(row, "Authorization.mechanism");
	struct str user = jmx_text(row, "Authorization.username");
	struct yaml_writer_node *keys;

	if (!is_for(j, r, jmx_text(row, "Authorization.url")))
		return false;
	if (str_eq(mechanism, STR("KERBEROS"))) {
		jmeter_unsupported(j, row, "Kerberos is not supported");
		return true;
	}
	keys = yaml_writer_put(
	    j->arena, yaml_writer_put(j->arena, r->step, STR("auth"), yaml_writer_map(j->arena)),
	    str_starts(mechanism, STR("DIGEST")) ? STR("digest") : STR("basic"),
	    yaml_writer_map(j->arena));
	keys->flow = true;
	yaml_writer_put_text(j->arena, keys, STR("user"), jmeter_text(j, row, user));
	yaml_writer_put_text(
	    j->arena, keys, STR("password"),
	    jmeter_secret(j, row, STR("password"), jmx_text(row, "Authorization.password")));
	return true;
}

void jmeter_put_login(struct jmeter *j, struct jmeter_request *r)
{
	for (size_t i = 0; i < r->scope.items.count; i++) {
		const struct jmx *e = r->scope.items.items[i]->element;

		for (size_t k = 0;
		     jmeter_is(e, "AuthManager") && k < jmx_count(e, "AuthManager.auth_list"); k++)
			if (put_row(j, r, jmx_item(e, "AuthManager.auth_list", k)))
				return;
	}
}

/* ---- cookies */

static bool is_in_domain(struct jmeter *j, const struct jmeter_request *r, struct str domain)
{
	struct str host = jmeter_constant(j, jmeter_request_text(r, "HTTPSampler.domain"));
	struct str own = jmeter_constant(j, domain);

	if (!own.len || !host.ptr)
		return domain.len && str_eq(domain, jmeter_request_text(r, "HTTPSampler.domain"));
	while (str_starts(own, STR(".")))
		own = str_slice(own, 1, own.len);
	return str_ieq(host, own) || (str_ends(host, own) && host.len > own.len &&
				      host.ptr[host.len - own.len - 1] == '.');
}

static bool is_https(struct jmeter *j, const struct jmeter_request *r)
{
	struct str path = jmeter_request_text(r, "HTTPSampler.path");

	return str_starts(path, STR("https:")) ||
	       str_ieq(jmeter_constant(j, jmeter_request_text(r, "HTTPSampler.protocol")),
		       STR("https"));
}

static bool is_below(struct jmeter *j, const struct jmeter_request *r, struct str prefix)
{
	struct str path = jmeter_constant(j, jmeter_request_text(r, "HTTPSampler.path"));

	return !prefix.len || str_eq(prefix, STR("/")) || (path.ptr && str_starts(path, prefix));
}

void jmeter_put_cookies(struct jmeter *j, struct jmeter_request *r)
{
	struct yaml_writer_node *all = yaml_writer_map(j->arena);

	for (size_t i = 0; i < r->scope.items.count; i++) {
		const struct jmx *e = r->scope.items.items[i]->element;

		if (!jmeter_is(e, "CookieManager"))
			continue;
		j->cookies = true;
		j->clear_cookies =
		    j->clear_cookies || jmx_is_true(e, "CookieManager.clearEachIteration");
		for (size_t k = 0; k < jmx_count(e, "CookieManager.cookies"); k++) {
			const struct jmx *row = jmx_item(e, "CookieManager.cookies", k);

			if (jmx_is_true(row, "Cookie.secure") && !is_https(j, r))
				continue;
			if (is_in_domain(j, r, jmx_text(row, "Cookie.domain")) &&
			    is_below(j, r, jmx_text(row, "Cookie.path")) && row->name.len &&
			    !yaml_writer_find(all, row->name))
				yaml_writer_put_text(
				    j->arena, all, row->name,
				    header_value(j, row, row->name, jmx_text(row, "Cookie.value")));
		}
	}
	if (all->members.count)
		yaml_writer_put(j->arena, r->step, STR("cookies"), all);
}
