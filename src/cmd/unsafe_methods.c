#include "cmd/unsafe_methods.h"

#include "base/address.h"
#include "base/url.h"

#define VARIABLE_HOST "a host from a variable"

struct host_methods {
	struct str host;
	VEC(struct str) methods;
};

struct collector {
	struct arena arena;
	VEC(struct host_methods) hosts;
};

/* The text of TEMPLATE before its first expression. */
static struct str literal_prefix(struct arena *a, const struct tmpl *template)
{
	struct str prefix = template->constant ? template->value.text : STR("");

	for (size_t i = 0; !template->constant && i < template->count && !template->parts[i].expr;
	     i++)
		prefix = arena_printf(a, "%.*s%.*s", STR_ARG(prefix),
				      STR_ARG(template->parts[i].literal));
	return prefix;
}

/* The host that a request is sent to, for messages; empty if it is a loopback host. */
static struct str host_of(struct arena *a, const struct program *program,
			  const struct tmpl *template)
{
	struct str prefix = literal_prefix(a, template);
	bool known = template->constant || str_find_char(prefix, '/', 8) != NOT_FOUND;
	struct url url;

	/* Without allowed hosts, variables can only lead to the target. */
	if (!known && program->model->allowed_host_count)
		return STR(VARIABLE_HOST);
	if (!url_split(known ? prefix : program->target, &url))
		return STR(VARIABLE_HOST);
	if (address_is_loopback(url.host))
		return STR("");
	return url.has_port ? arena_printf(a, "%.*s:%u", STR_ARG(url.host), url.port) : url.host;
}

static struct host_methods *find_host(struct collector *c, struct str host)
{
	for (size_t i = 0; i < c->hosts.count; i++)
		if (str_ieq(c->hosts.items[i].host, host))
			return &c->hosts.items[i];
	VEC_PUSH(&c->arena, &c->hosts, ((struct host_methods){.host = host}));
	return &c->hosts.items[c->hosts.count - 1];
}

static void add_method(struct collector *c, struct host_methods *host, struct str method)
{
	for (size_t i = 0; i < host->methods.count; i++)
		if (str_eq(host->methods.items[i], method))
			return;
	VEC_PUSH(&c->arena, &host->methods, method);
}

static void put_host(struct buf *out, const struct host_methods *host)
{
	for (size_t i = 0; i < host->methods.count; i++) {
		if (i)
			buf_add(out, i + 1 == host->methods.count ? STR(" and ") : STR(", "));
		buf_add(out, host->methods.items[i]);
	}
	buf_printf(out, " to %.*s", STR_ARG(host->host));
}

void unsafe_methods_put(const struct program *program, struct buf *out)
{
	struct collector c = {.hosts = {NULL, 0, 0}};

	arena_init(&c.arena, 0);
	for (uint32_t i = 0; i < program->request_count; i++) {
		const struct request_plan *plan = &program->requests[i];
		struct str host;

		if (plan->wait || str_eq(plan->method, STR("GET")) || str_eq(plan->method, STR("HEAD")))
			continue;
		host = host_of(&c.arena, program, plan->url);
		if (host.len)
			add_method(&c, find_host(&c, host), plan->method);
	}
	for (size_t i = 0; i < c.hosts.count; i++) {
		if (i)
			buf_add(out, STR(", "));
		put_host(out, &c.hosts.items[i]);
	}
	arena_release(&c.arena);
}
