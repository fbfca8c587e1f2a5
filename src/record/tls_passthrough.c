/* What is known of the hosts that clients ask for by CONNECT. */
#include "record/proxy_private.h"

/* Browsers drop a handshake now and then for reasons of their own. */
#define CLOSED_MAX 3
#define HOSTS_MAX  2000

struct known_host *proxy_known_host(struct proxy *p, const char *name)
{
	struct known_host new = {.closed = 0};

	for (size_t i = 0; i < p->hosts.count; i++)
		if (str_ieq(p->hosts.items[i].name, str_of(name)))
			return &p->hosts.items[i];
	/* A hostile page may make names up without end: then the last is shared. */
	if (p->hosts.count == HOSTS_MAX)
		return &p->hosts.items[HOSTS_MAX - 1];
	new.name = arena_str(&p->arena, str_of(name));
	for (size_t i = 0; i < p->config.passthrough_count; i++)
		new.passthrough =
		    new.passthrough || str_glob(new.name, str_of(p->config.passthrough[i]));
	VEC_PUSH(&p->arena, &p->hosts, new);
	return &p->hosts.items[p->hosts.count - 1];
}

bool proxy_host_is_passthrough(struct proxy *p, const char *name)
{
	return proxy_known_host(p, name)->passthrough;
}

void proxy_host_handshake_failed(struct connection *c, const char *why)
{
	struct known_host *host = proxy_known_host(c->proxy, c->name);
	bool alert = str_find(str_of(why), STR("alert"), 0) != NOT_FOUND;

	if (host->passthrough || (host->good && !alert))
		return;
	if (!alert && ++host->closed < CLOSED_MAX)
		return;
	host->passthrough = true;
	proxy_report(
	    c->proxy,
	    "%s: the program does not trust the recorder's certificate (%s); from now on its "
	    "connections there are passed through unread and nothing of them is recorded",
	    c->name, why);
}
