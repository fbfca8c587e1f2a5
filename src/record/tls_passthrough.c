/* State of the hosts that clients request by CONNECT. */
#include "record/proxy_private.h"

/* Browsers sometimes abort a handshake for other reasons. */
#define CLOSED_MAX 3
#define HOSTS_MAX  2000

struct known_host *proxy_known_host(struct proxy *p, const char *name)
{
	struct known_host new = {.closed = 0};

	for (size_t i = 0; i < p->hosts.count; i++)
		if (str_ieq(p->hosts.items[i].name, str_of(name)))
			return &p->hosts.items[i];
	/* A hostile page may use any number of names: then they share the last entry. */
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
	    "%s: the program does not trust the recorder's certificate (%s); later connections "
	    "to this host are passed through unread and are not recorded",
	    c->name, why);
}
