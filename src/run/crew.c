#include "run/crew.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/url.h"
#include "net/no_proxy.h"

struct member {
	struct worker worker;
	struct crew *crew;
	pthread_t thread;
	bool started;
	_Atomic bool ended;
	enum around part;
	ns_t start, wall_offset;
};

struct crew {
	const struct run_plan *plan;
	struct http_tls_profile *tls; /* the program's; the clients keep pointing at them */
	struct arena arena;
	const char **resolve, **sources, **no_proxy; /* the clients keep pointing at them too */
	struct member *members;
	unsigned count;
	int ended_fd;
};

static void wake_all(void *owner)
{
	struct crew *crew = owner;

	for (unsigned i = 0; i < crew->count; i++) {
		struct loop *loop = crew->members[i].worker.loop;

		loop->ops->wake(loop);
	}
}

/* ---- what the HTTP client is told */

static const char *or_null(struct str text)
{
	return text.len ? text.ptr : NULL;
}

/* Users keep TLS sessions only where https is sure to be asked for: they cost memory. */
static bool wants_tls(const struct program *program)
{
	if (str_starts(program->target, STR("https:")))
		return true;
	for (uint32_t i = 0; i < program->request_count; i++) {
		const struct tmpl *url = program->requests[i].url;

		if (url->constant && str_starts(url->value.text, STR("https:")))
			return true;
	}
	return false;
}

static struct http_tls_profile tls_of(const struct tls_settings *tls)
{
	return (struct http_tls_profile){
	    .verify = tls->verify,
	    .ca = or_null(tls->ca),
	    .cert = or_null(tls->cert),
	    .key = or_null(tls->key),
	    .min_version = tls->min_version ? 13 : 12,
	};
}

static struct http *client_of(const struct crew *crew, struct loop *loop, struct buf *error)
{
	const struct run_plan *plan = crew->plan;
	const struct defaults *d = &plan->program->model->defaults;
	struct http_config config = {
	    .tls_profiles = crew->tls,
	    .tls_profile_count = plan->program->tls_count,
	    .unix_socket = or_null(d->unix_socket),
	    .cookies = d->cookie_jar != COOKIES_NONE,
	    .reuse = d->connections.reuse,
	    .tls = wants_tls(plan->program),
	    .dns_ttl = d->dns.ttl ? d->dns.ttl : NS_NEVER,
	    .no_proxy = crew->no_proxy,
	    .no_proxy_count = d->no_proxy.count,
	    .resolve = crew->resolve,
	    .resolve_count = d->resolve.count,
	    .sources = crew->sources,
	    .source_count = d->source_addresses.count,
	    .most_users = plan->worker_users,
	    .user_agent = or_null(d->user_agent.raw),
	    .most_down = d->bandwidth.down,
	    .most_up = d->bandwidth.up,
	};

	return http_client_new(loop, &config, error);
}

/* Through a proxy it is the proxy's name that must be known. */
static void resolve_target(const struct crew *crew, struct http *http)
{
	const struct program *program = crew->plan->program;
	const struct defaults *d = &program->model->defaults;
	struct url url;
	char host[256];

	if (d->unix_socket.len || !url_split(program->target, &url))
		return;
	if (d->proxy.len && !no_proxy_holds(crew->no_proxy, d->no_proxy.count, url.host) &&
	    !url_split(d->proxy, &url))
		return;
	if (url.host.len >= sizeof(host))
		return;
	memcpy(host, url.host.ptr, url.host.len);
	host[url.host.len] = '\0';
	/* A name that cannot be resolved now fails its requests one by one, and is counted there.
	 */
	(void)http->ops->resolve(http, host, url.port);
}

/* ---- life */

static bool member_init(struct crew *crew, unsigned i, struct run_shared *shared, struct buf *error)
{
	struct member *m = &crew->members[i];
	struct loop *loop = loop_new();
	struct http *http;

	m->crew = crew;
	atomic_init(&m->ended, false);
	if (!loop) {
		buf_add(error, STR("no event loop: this process may open no further files"));
		return false;
	}
	http = client_of(crew, loop, error);
	if (!http) {
		loop->ops->free(loop);
		return false;
	}
	resolve_target(crew, http);
	worker_init(&m->worker, crew->plan, shared, i, loop, http);
	crew->count++;
	return true;
}

static void take_addresses(struct crew *crew, const struct defaults *d)
{
	const struct str *sources = d->source_addresses.items, *direct = d->no_proxy.items;

	arena_init(&crew->arena, 0);
	crew->resolve = ARENA_ARRAY(&crew->arena, d->resolve.count + 1, const char *);
	crew->sources = ARENA_ARRAY(&crew->arena, d->source_addresses.count + 1, const char *);
	crew->no_proxy = ARENA_ARRAY(&crew->arena, d->no_proxy.count + 1, const char *);
	for (size_t i = 0; i < d->resolve.count; i++) {
		const struct field_pair *pair = &d->resolve.pairs[i];
		struct str address = *(const struct str *)pair->value;
		bool six = str_find_char(address, ':', 0) != (size_t)-1;

		crew->resolve[i] = arena_cstr(
		    &crew->arena, arena_printf(&crew->arena, six ? "%.*s:[%.*s]" : "%.*s:%.*s",
					       STR_ARG(pair->key), STR_ARG(address)));
	}
	for (size_t i = 0; i < d->source_addresses.count; i++)
		crew->sources[i] = arena_cstr(&crew->arena, sources[i]);
	for (size_t i = 0; i < d->no_proxy.count; i++)
		crew->no_proxy[i] = arena_cstr(&crew->arena, direct[i]);
}

struct crew *crew_new(const struct run_plan *plan, struct run_shared *shared, struct buf *error)
{
	struct crew *crew = calloc(1, sizeof(*crew));

	if (!crew)
		die_out_of_memory();
	crew->plan = plan;
	take_addresses(crew, &plan->program->model->defaults);
	crew->tls = calloc(plan->program->tls_count, sizeof(*crew->tls));
	crew->members = calloc(plan->threads, sizeof(*crew->members));
	if (!crew->members || !crew->tls)
		die_out_of_memory();
	for (uint32_t i = 0; i < plan->program->tls_count; i++)
		crew->tls[i] = tls_of(&plan->program->tls[i]);
	crew->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (crew->ended_fd < 0) {
		buf_add(error, STR("this process may open no further files"));
		crew_free(crew);
		return NULL;
	}
	for (unsigned i = 0; i < plan->threads; i++) {
		if (!member_init(crew, i, shared, error)) {
			crew_free(crew);
			return NULL;
		}
	}
	shared->owner = crew;
	shared->wake_all = wake_all;
	return crew;
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	for (unsigned i = 0; i < crew->count; i++)
		worker_release(&crew->members[i].worker);
	if (crew->ended_fd >= 0)
		close(crew->ended_fd);
	free(crew->members);
	free(crew->tls);
	arena_release(&crew->arena);
	free(crew);
}

/* ---- threads */

static void *member_main(void *argument)
{
	struct member *m = argument;
	uint64_t one = 1;

	worker_run(&m->worker, m->part, m->start, m->wall_offset);
	atomic_store(&m->ended, true);
	if (write(m->crew->ended_fd, &one, sizeof(one)) != sizeof(one))
		BUG("an eventfd takes no more");
	return NULL;
}

bool crew_start(struct crew *crew, enum around part, ns_t start, ns_t wall_offset)
{
	unsigned count = part == AROUND_NONE ? crew->count : 1;

	for (unsigned i = 0; i < count; i++) {
		struct member *m = &crew->members[i];

		atomic_store(&m->ended, false);
		m->part = part;
		m->start = start;
		m->wall_offset = wall_offset;
		if (pthread_create(&m->thread, NULL, member_main, m) != 0)
			return false;
		m->started = true;
	}
	return true;
}

int crew_descriptor(const struct crew *crew)
{
	return crew->ended_fd;
}

bool crew_is_done(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++)
		if (crew->members[i].started && !atomic_load(&crew->members[i].ended))
			return false;
	return true;
}

void crew_join(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++) {
		if (crew->members[i].started)
			pthread_join(crew->members[i].thread, NULL);
		crew->members[i].started = false;
	}
}

unsigned crew_count(const struct crew *crew)
{
	return crew->count;
}

struct recorder *crew_recorder(struct crew *crew, unsigned worker)
{
	return &crew->members[worker].worker.recorder;
}

ns_t crew_cpu(const struct crew *crew, unsigned worker)
{
	const struct member *m = &crew->members[worker];
	struct timespec used;
	clockid_t clock;

	if (!m->started || atomic_load(&m->ended) ||
	    pthread_getcpuclockid(m->thread, &clock) != 0 || clock_gettime(clock, &used) != 0)
		return -1;
	return (ns_t)used.tv_sec * NS_PER_S + used.tv_nsec;
}
