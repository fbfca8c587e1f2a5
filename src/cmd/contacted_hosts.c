#include "cmd/contacted_hosts.h"

#include "base/address.h"
#include "base/ascii.h"
#include "base/log.h"
#include "base/url.h"

static void add(struct arena *a, struct contacted_hosts *hosts, struct str name)
{
	for (size_t i = 0; i < hosts->names.count; i++)
		if (str_eq(hosts->names.items[i], name))
			return;
	VEC_PUSH(a, &hosts->names, arena_str(a, name));
}

/* The host of TEXT, with its port if TEXT has one. */
static void add_url(struct arena *a, struct str text, struct contacted_hosts *hosts)
{
	struct url url;

	if (url_split(text, &url))
		add(a, hosts,
		    url.has_port ? arena_printf(a, "%.*s:%u", STR_ARG(url.host), url.port)
				 : url.host);
}

/* Other machines than the host of a URL that are contacted: a proxy, an address of `resolve`, the
 * server of a socket file. */
static void add_detours(struct arena *a, const struct loaded_file *l, struct contacted_hosts *hosts)
{
	const struct defaults *defaults = &l->model->defaults;

	for (uint32_t i = 0; i < l->program->request_count; i++)
		if (l->program->requests[i].proxy.len)
			add_url(a, l->program->requests[i].proxy, hosts);
	for (size_t i = 0; i < defaults->resolve.count; i++)
		add(a, hosts, *(const struct str *)defaults->resolve.pairs[i].value);
	if (defaults->unix_socket.len)
		add(a, hosts, defaults->unix_socket);
}

void contacted_hosts_collect(struct arena *a, const struct loaded_file *l,
			     struct contacted_hosts *hosts)
{
	add_url(a, l->program->target, hosts);
	add_detours(a, l, hosts);
	for (size_t i = 0; i < l->model->allowed_host_count; i++)
		add(a, hosts, l->model->allowed_hosts[i]);
}

bool contacted_hosts_is_local(struct str name)
{
	size_t end = name.len, colon = str_find_char(name, ':', 0);

	while (end > 0 && ascii_is_digit(name.ptr[end - 1]))
		end--;
	/* An IPv6 address without brackets has several colons and no port. */
	if (end > 0 && name.ptr[end - 1] == ':' &&
	    (colon == end - 1 || (end > 1 && name.ptr[end - 2] == ']')))
		name = str_slice(name, 0, end - 1);
	if (str_starts(name, STR("[")) && str_ends(name, STR("]")))
		name = str_slice(name, 1, name.len - 1);
	return address_is_loopback(name);
}

static bool is_listed(struct str name, struct str list)
{
	while (list.len) {
		size_t comma = str_find_char(list, ',', 0);

		if (str_ieq(name, str_trim(str_slice(list, 0, comma))))
			return true;
		list = comma == NOT_FOUND ? STR("") : str_slice(list, comma + 1, list.len);
	}
	return false;
}

/* Whether L contacts only this machine and the hosts of LIST, separated by commas; reports the
 * first other one. */
static bool permit(const struct loaded_file *l, struct str list)
{
	struct contacted_hosts hosts = {.names = {NULL, 0, 0}};
	struct arena arena;
	bool fine = true;

	arena_init(&arena, 0);
	contacted_hosts_collect(&arena, l, &hosts);
	for (size_t i = 0; i < hosts.names.count && fine; i++) {
		struct str name = hosts.names.items[i];

		fine = contacted_hosts_is_local(name) || is_listed(name, list);
		if (!fine)
			log_error(
			    "%.*s contacts %.*s, which is not in --only-hosts; nothing was sent",
			    STR_ARG(l->name), STR_ARG(name));
	}
	arena_release(&arena);
	return fine;
}

bool contacted_hosts_permit_option(const struct loaded_file *l, const struct options *options)
{
	const char *list = options_value(options, "only-hosts");

	return !list || permit(l, str_of(list));
}
