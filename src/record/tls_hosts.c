/* What is known of the hosts that clients ask for by CONNECT. */
#include "record/proxy_private.h"

/* Browsers drop a handshake now and then for reasons of their own. */
#define CLOSED_MOST 3
#define HOSTS_MOST  2000

struct known_host *known_host(struct proxy *p, const char *name)
{
	struct known_host new = {.closed = 0};

	for (size_t i = 0; i < p->hosts.count; i++)
		if (str_ieq(p->hosts.items[i].name, str_of(name)))
			return &p->hosts.items[i];
	/* A hostile page may make names up without end: then the last is shared. */
	if (p->hosts.count == HOSTS_MOST)
		return &p->hosts.items[HOSTS_MOST - 1];
	new.name = arena_str(&p->arena, str_of(name));
	for (size_t i = 0; i < p->config.unread_count; i++)
		new.unread = new.unread || str_glob(new.name, str_of(p->config.unread[i]));
	VEC_PUSH(&p->arena, &p->hosts, new);
	return &p->hosts.items[p->hosts.count - 1];
}

bool host_is_unread(struct proxy *p, const char *name)
{
	return known_host(p, name)->unread;
}

void host_refused(struct connection *c, const char *why)
{
	struct known_host *host = known_host(c->proxy, c->name);
	bool alert = str_find(str_of(why), STR("alert"), 0) != (size_t)-1;

	if (host->unread || (host->good && !alert))
		return;
	if (!alert && ++host->closed < CLOSED_MOST)
		return;
	host->unread = true;
	proxy_tell(
	    c->proxy,
	    "%s: the program does not trust the recorder's certificate (%s); from now on its "
	    "connections there are passed through unread and nothing of them is recorded",
	    c->name, why);
}
