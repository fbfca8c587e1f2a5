/* The hosts that may be contacted. */
#include "base/url.h"
#include "program/program.h"

static bool default_port(const struct url *url)
{
	return (str_ieq(url->scheme, STR("http")) && url->port == 80) ||
	       (str_ieq(url->scheme, STR("https")) && url->port == 443);
}

static bool host_matches(struct str allowed, const struct url *url)
{
	size_t colon = str_find_char(allowed, ':', 0);
	struct str name = colon == NOT_FOUND ? allowed : str_slice(allowed, 0, colon);
	int64_t port;

	if (str_find_char(allowed, ':', colon + 1) != NOT_FOUND && colon != NOT_FOUND)
		return str_ieq(allowed, url->host); /* an IPv6 address */
	if (colon != NOT_FOUND &&
	    (!str_to_int(str_slice(allowed, colon + 1, allowed.len), &port) || port != url->port))
		return false;
	if (str_starts(name, STR("*."))) {
		struct str tail = str_slice(name, 1, name.len);

		return url->host.len > tail.len &&
		       str_ieq(str_slice(url->host, url->host.len - tail.len, url->host.len), tail);
	}
	return str_ieq(name, url->host);
}

bool program_host_allowed(const struct program *program, const struct url *url)
{
	struct url target;

	if (url_split(program->target, &target) && str_ieq(target.host, url->host) &&
	    (target.port == url->port || (default_port(&target) && default_port(url))))
		return true;
	for (size_t i = 0; i < program->model->allowed_host_count; i++)
		if (host_matches(program->model->allowed_hosts[i], url))
			return true;
	return false;
}
