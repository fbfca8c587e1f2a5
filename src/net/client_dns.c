#include "net/client_private.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/log.h"

/*
 * libcurl starts a thread for each lookup until the first result is cached: a thousand users that
 * start together would start a thousand threads. So names are resolved here, once per worker, at
 * start-up or by one thread per name, and the addresses are passed to libcurl (CURLOPT_RESOLVE
 * fills the cache of the multi handle; entries stay until they are replaced). Requests wait while
 * their name is unknown. If the addresses are older than the ttl, the name is resolved again while
 * requests still use the old addresses.
 */

#define ADDRESSES_MAX 16
/* Time before an unknown name is resolved again. */
#define FAILURE_KEPT_NS NS_PER_S
/* The default of libcurl, used if the scenario sets no connect timeout. */
#define USUAL_CONNECT_TIMEOUT_NS (300 * NS_PER_S)
#define LOOKUP_STACK_BYTES	 ((size_t)256 * 1024)

struct client_name {
	struct client_name *next;
	struct client *client;
	char *host;
	unsigned port;
	bool known, in_lookup;
	bool fixed;	      /* set by the scenario: never looked up */
	bool unseeded;	      /* not yet passed to libcurl */
	unsigned version;     /* counts the changes of the addresses */
	struct buf addresses; /* "a,b,c" */
	struct direct_address parsed[ADDRESSES_MAX];
	unsigned parsed_count;
	struct buf pair[2];	/* "host:port:a,b,c": the current text, and the previous one, */
	struct curl_slist seed; /* which a handle may still use */
	ns_t resolved_at, failed_at;
	enum http_cause failure;
	char place[280]; /* "host:port" */
	struct client_list waiting;
};

struct client_names {
	struct client_name *first;
	int our_end, thread_end;   /* a socket pair: threads return finished lookups through it */
	struct event lookup_event; /* on `our_end` */
	struct event deadline;	   /* of the waiting requests */
	ns_t deadline_at;
};

/* One lookup, owned first by its thread, then by the worker. */
struct lookup {
	struct client_name *name; /* not touched by the thread */
	int result_fd;
	int error; /* of getaddrinfo */
	struct buf addresses;
	char host[];
};

static void add_address(struct buf *out, const struct addrinfo *info)
{
	char text[INET6_ADDRSTRLEN];
	bool six = info->ai_family == AF_INET6;
	const void *address;

	if (six)
		address = &((const struct sockaddr_in6 *)(const void *)info->ai_addr)->sin6_addr;
	else
		address = &((const struct sockaddr_in *)(const void *)info->ai_addr)->sin_addr;
	if (inet_ntop(info->ai_family, address, text, sizeof text))
		buf_printf(out, six ? "%s[%s]" : "%s%s", out->len ? "," : "", text);
}

/* Blocks. Returns 0 or an error code for gai_strerror. */
static int look_up(const char *host, struct buf *out)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *infos = NULL;
	int error = getaddrinfo(host, NULL, &hints, &infos);
	unsigned count = 0;

	/* RFC 6761: localhost is this machine even if no hosts file and no resolver knows it. */
	if (error && address_is_loopback(str_of(host)))
		return buf_add(out, STR("127.0.0.1,[::1]")) ? 0 : EAI_MEMORY;
	if (error)
		return error;
	for (struct addrinfo *i = infos; i && count < ADDRESSES_MAX; i = i->ai_next)
		if (i->ai_family == AF_INET || i->ai_family == AF_INET6) {
			add_address(out, i);
			count++;
		}
	freeaddrinfo(infos);
	return out->len ? 0 : EAI_NONAME;
}

static void lookup_free(struct lookup *l)
{
	buf_release(&l->addresses);
	close(l->result_fd);
	free(l);
}

static void *lookup_thread(void *arg)
{
	struct lookup *l = arg;

	l->error = look_up(l->host, &l->addresses);
	/* Fails if the client has been freed. */
	if (send(l->result_fd, &l, sizeof l, MSG_NOSIGNAL) != (ssize_t)sizeof l)
		lookup_free(l);
	return NULL;
}

static bool start_thread(struct lookup *l)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, LOOKUP_STACK_BYTES);
	bool good = pthread_create(&thread, &attributes, lookup_thread, l) == 0;
	pthread_attr_destroy(&attributes);
	return good;
}

static void finish_waiting(struct client_name *name)
{
	struct client_exchange *x;

	while ((x = name->waiting.first)) {
		client_list_remove(&name->waiting, x);
		client_finish_cause(x, name->failure, name->place);
	}
}

static void start_waiting(struct client_name *name, ns_t now)
{
	struct client_exchange *x;

	while ((x = name->waiting.first)) {
		client_list_remove(&name->waiting, x);
		x->name_wait = now - x->pub.times.sent;
		client_start(x);
	}
}

static void parse_addresses(struct client_name *name)
{
	struct str all = buf_str(&name->addresses);

	name->parsed_count = 0;
	for (size_t at = 0; at < all.len && name->parsed_count < ADDRESSES_MAX;) {
		size_t comma = str_find_char(all, ',', at);

		comma = comma == NOT_FOUND ? all.len : comma;
		if (direct_address_parse(str_slice(all, at, comma), name->port,
					 &name->parsed[name->parsed_count]))
			name->parsed_count++;
		at = comma + 1;
	}
}

const struct direct_address *client_name_address(const struct client_name *name, unsigned at)
{
	return at < name->parsed_count ? &name->parsed[at] : NULL;
}

static void learn(struct client_name *name, struct str addresses)
{
	name->known = true;
	if (str_eq(buf_str(&name->addresses), addresses))
		return;
	buf_clear(&name->addresses);
	buf_add(&name->addresses, addresses);
	struct buf *pair = &name->pair[++name->version % 2];
	buf_clear(pair);
	buf_printf(pair, "%s:%u:%.*s", name->host, name->port, STR_ARG(addresses));
	name->seed.data = pair->data;
	parse_addresses(name);
	name->unseeded = true;
}

/* If the lookup failed, known addresses are used for another ttl. */
static void finish_lookup(struct client_name *name, int error, struct str addresses)
{
	ns_t now = clock_monotonic_ns();

	name->in_lookup = false;
	if (error == 0)
		learn(name, addresses);
	name->resolved_at = now;
	if (name->known) {
		start_waiting(name, now);
		return;
	}
	name->failed_at = now;
	buf_clear(&name->addresses);
	name->failure =
	    error == EAI_AGAIN || error == EAI_FAIL ? HTTP_CAUSE_no_dns : HTTP_CAUSE_unknown_name;
	snprintf(name->place, sizeof name->place, "%s:%u", name->host, name->port);
	finish_waiting(name);
}

static void on_lookups(evutil_socket_t fd, short what, void *arg)
{
	struct lookup *l;

	(void)what;
	(void)arg;
	while (recv(fd, &l, sizeof l, MSG_DONTWAIT) == (ssize_t)sizeof l) {
		finish_lookup(l->name, l->error, buf_str(&l->addresses));
		lookup_free(l);
	}
}

static void start_lookup(struct client_name *name)
{
	struct client_names *names = name->client->names;
	size_t bytes = strlen(name->host) + 1;
	struct lookup *l = alloc_zeroed(1, sizeof *l + bytes);

	l->name = name;
	memcpy(l->host, name->host, bytes);
	l->result_fd = dup(names->thread_end);
	name->in_lookup = true;
	if (l->result_fd >= 0 && start_thread(l))
		return;
	/* Out of descriptors or threads: block the worker. */
	l->error = look_up(l->host, &l->addresses);
	finish_lookup(name, l->error, buf_str(&l->addresses));
	if (l->result_fd >= 0)
		lookup_free(l);
	else
		free(l);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg);

void client_names_init(struct client *c)
{
	struct client_names *names = ARENA_NEW(&c->arena, struct client_names);
	int pair[2] = {-1, -1};

	c->names = names;
	names->deadline_at = NS_NEVER;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		log_warning("no free file descriptor: DNS lookups block the worker");
	names->our_end = pair[0];
	names->thread_end = pair[1];
	event_assign(&names->deadline, c->base, -1, 0, on_deadline, c);
	if (names->our_end < 0)
		return;
	event_assign(&names->lookup_event, c->base, names->our_end, EV_READ | EV_PERSIST,
		     on_lookups, c);
	event_add(&names->lookup_event, NULL);
}

void client_names_free(struct client *c)
{
	struct client_names *names = c->names;
	struct lookup *l;

	event_del(&names->deadline);
	if (names->our_end >= 0) {
		event_del(&names->lookup_event);
		/* A thread that finishes after this frees its lookup itself. */
		shutdown(names->our_end, SHUT_RDWR);
		while (recv(names->our_end, &l, sizeof l, MSG_DONTWAIT) == (ssize_t)sizeof l)
			lookup_free(l);
		close(names->our_end);
		close(names->thread_end);
	}
	for (struct client_name *name = names->first; name; name = name->next) {
		buf_release(&name->addresses);
		buf_release(&name->pair[0]);
		buf_release(&name->pair[1]);
	}
}

static bool is_address(struct str host)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr four;

	if (host.len == 0 || host.len >= sizeof text)
		return false;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET, text, &four) == 1;
}

/* libcurl converts other names to ASCII itself. */
static bool is_ascii(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if ((unsigned char)host.ptr[i] >= 0x80 || host.ptr[i] == '%')
			return false;
	return true;
}

/* Uses the address of NAME from the scenario, if it has one. */
static void use_fixed(struct client *c, struct client_name *name)
{
	char prefix[300];
	int len = snprintf(prefix, sizeof prefix, "%s:%u:", name->host, name->port);

	for (size_t i = 0; i < c->config.resolve_count; i++) {
		if (strncasecmp(c->config.resolve[i], prefix, (size_t)len) != 0)
			continue;
		learn(name, str_of(c->config.resolve[i] + len));
		name->fixed = true;
	}
}

static struct client_name *name_find(struct client *c, struct str host, unsigned port)
{
	struct client_name *name;

	for (name = c->names->first; name; name = name->next)
		if (name->port == port && str_ieq(str_of(name->host), host))
			return name;
	name = ARENA_NEW(&c->arena, struct client_name);
	name->client = c;
	name->host = arena_cstr(&c->arena, host);
	name->port = port;
	name->failed_at = -FAILURE_KEPT_NS;
	name->next = c->names->first;
	c->names->first = name;
	use_fixed(c, name);
	return name;
}

/* Host and port of URL. False if the host is an address or cannot be looked up. */
static bool split_authority(const char *url, struct str *host, unsigned *port)
{
	const char *start = strstr(url, "://");

	if (!start)
		return false;
	*port = strncasecmp(url, "https:", 6) == 0 ? 443 : 80;
	start += 3;
	struct str authority = str_n(start, strcspn(start, "/?#"));
	const char *at = memchr(authority.ptr, '@', authority.len);
	if (at)
		authority = str_slice(authority, (size_t)(at + 1 - authority.ptr), authority.len);
	if (authority.len == 0 || authority.ptr[0] == '[')
		return false;
	size_t colon = str_find_char(authority, ':', 0);
	if (colon != NOT_FOUND && colon + 1 < authority.len)
		*port = (unsigned)strtoul(authority.ptr + colon + 1, NULL, 10);
	*host = str_slice(authority, 0, colon);
	return host->len > 0 && host->len < 256 && *port > 0 && *port <= 65535 &&
	       !is_address(*host) && is_ascii(*host);
}

struct client_name *client_name_of(struct client *c, const char *url)
{
	struct str host;
	unsigned port;

	if (c->config.unix_socket || !split_authority(url, &host, &port))
		return NULL;
	return name_find(c, host, port);
}

enum http_result client_resolve(struct http *http, const char *host, unsigned port)
{
	struct client *c = (struct client *)http;
	struct str text = str_of(host);
	struct buf addresses;

	if (c->config.unix_socket || is_address(text) || strchr(host, ':') || !is_ascii(text))
		return HTTP_OK;
	struct client_name *name = name_find(c, text, port);
	if (name->known)
		return HTTP_OK;
	buf_init(&addresses, 0);
	int error = look_up(name->host, &addresses);
	finish_lookup(name, error, buf_str(&addresses));
	buf_release(&addresses);
	return name->known ? HTTP_OK : HTTP_DNS;
}

static void arm_deadline(struct client *c, ns_t due, ns_t now)
{
	ns_t us = due > now ? (due - now) / NS_PER_US + 1 : 1;
	struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};

	if (due >= c->names->deadline_at)
		return;
	event_add(&c->names->deadline, &tv);
	c->names->deadline_at = due;
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	ns_t now = clock_monotonic_ns();
	struct client_exchange *next;

	(void)fd;
	(void)what;
	c->names->deadline_at = NS_NEVER;
	for (struct client_name *name = c->names->first; name; name = name->next)
		for (struct client_exchange *x = name->waiting.first; x; x = next) {
			next = x->next;
			if (x->name_deadline > now) {
				arm_deadline(c, x->name_deadline, now);
				continue;
			}
			client_list_remove(&name->waiting, x);
			client_finish(x, HTTP_TIMEOUT_CONNECT,
				      "the DNS lookup took longer than the connect timeout");
		}
}

static void wait_for_name(struct client_exchange *x, ns_t now)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;
	ns_t limit = spec->connect_timeout ? spec->connect_timeout : USUAL_CONNECT_TIMEOUT_NS;
	ns_t whole = x->pub.timeout ? x->pub.timeout : spec->timeout;

	if (whole && whole < limit)
		limit = whole;
	x->state = EXCHANGE_RESOLVING;
	x->name_deadline = now + limit;
	client_list_push(&x->name->waiting, x);
	arm_deadline(x->client, x->name_deadline, now);
}

bool client_name_ready(struct client_exchange *x, ns_t now)
{
	struct client_name *name = x->name;

	x->name_wait = 0;
	if (!name)
		return true;
	if (name->known) {
		if (x->client->config.dns_ttl != NS_NEVER && !name->in_lookup && !name->fixed &&
		    now - name->resolved_at > x->client->config.dns_ttl)
			start_lookup(name);
		return true;
	}
	if (now - name->failed_at < FAILURE_KEPT_NS) {
		client_finish_cause(x, name->failure, name->place);
		return false;
	}
	wait_for_name(x, now);
	if (!name->in_lookup)
		start_lookup(name);
	return false;
}

void client_name_forget(struct client_exchange *x)
{
	client_list_remove(&x->name->waiting, x);
}

struct curl_slist *client_name_seed(struct client_exchange *x)
{
	if (!x->name || !x->name->unseeded)
		return NULL;
	x->curl.seeds = true;
	x->curl.seed_version = x->name->version;
	return &x->name->seed;
}

void client_name_seeded(struct client_exchange *x)
{
	if (x->sends && x->curl.seed_version == x->name->version)
		x->name->unseeded = false;
}
