#include "run/worker_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/idn.h"
#include "base/log.h"
#include "base/machine_pressure.h"
#include "base/url.h"
#include "net/no_proxy.h"

struct worker_thread {
	struct worker worker;
	struct worker_pool *pool;
	pthread_t thread;
	bool started;
	_Atomic bool ended;
	enum fixture_kind fixture;
	ns_t start, wall_offset;
	_Atomic long id;	   /* of the thread, for the kernel; 0: it does not run yet */
	struct worker_usage final; /* written before ENDED is set */
};

struct worker_pool {
	const struct run_plan *plan;
	struct http_tls_profile *tls; /* the program's; the clients keep pointers to them */
	struct arena arena;
	const char **resolve, **sources, **no_proxy; /* the clients keep pointers to them too */
	struct worker_thread *workers;
	unsigned count;
	int ended_fd;
};

static void wake_all(void *owner)
{
	struct worker_pool *pool = owner;

	for (unsigned i = 0; i < pool->count; i++) {
		struct loop *loop = pool->workers[i].worker.loop;

		loop->ops->wake(loop);
	}
}

/* ---- configuration of the HTTP client */

static const char *or_null(struct str text)
{
	return text.len ? text.ptr : NULL;
}

/* Users keep TLS sessions only if https is certainly used: they cost memory. */
static bool needs_tls(const struct program *program)
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

static struct http_tls_profile tls_of(const struct tls_plan *tls)
{
	return (struct http_tls_profile){
	    .verify = tls->verify,
	    .ca = or_null(tls->ca),
	    .cert = tls->cert_file,
	    .key = tls->key_file,
	    .passphrase = tls->key_passphrase,
	    .min_version = tls->min_version ? 13 : 12,
	};
}

static struct http *new_client(const struct worker_pool *pool, struct loop *loop, struct buf *error)
{
	const struct run_plan *plan = pool->plan;
	const struct defaults *d = &plan->program->model->defaults;
	struct http_config config = {
	    .tls_profiles = pool->tls,
	    .tls_profile_count = plan->program->tls_count,
	    .unix_socket = or_null(d->unix_socket),
	    .cookies = d->cookie_jar != COOKIES_NONE,
	    .transport = d->transport,
	    .reuse = d->connections.reuse,
	    .tls = needs_tls(plan->program),
	    .dns_ttl = d->dns.ttl ? d->dns.ttl : NS_NEVER,
	    .no_proxy = pool->no_proxy,
	    .no_proxy_count = d->no_proxy.count,
	    .resolve = pool->resolve,
	    .resolve_count = d->resolve.count,
	    .sources = pool->sources,
	    .source_count = d->source_addresses.count,
	    .most_users = plan->worker_users,
	    .user_agent = or_null(d->user_agent.raw),
	    .bandwidth_down = d->bandwidth.down,
	    .bandwidth_up = d->bandwidth.up,
	};

	return http_client_new(loop, &config, error);
}

/* With a proxy, the proxy's name must be resolved instead, unless the proxy gets addresses. */
static void resolve_target(const struct worker_pool *pool, struct http *http)
{
	const struct program *program = pool->plan->program;
	const struct defaults *d = &program->model->defaults;
	struct url url;
	char host[256];

	if (d->unix_socket.len || !url_split(program->target, &url))
		return;
	if (d->proxy.len && !str_starts(d->proxy, STR("socks5:")) &&
	    !no_proxy_matches(pool->no_proxy, d->no_proxy.count, url.host) &&
	    !url_split(d->proxy, &url))
		return;
	if (url.host.len >= sizeof(host))
		return;
	memcpy(host, url.host.ptr, url.host.len);
	host[url.host.len] = '\0';
	/* If a name cannot be resolved now, each of its requests fails and is counted. */
	(void)http->ops->resolve(http, host, url.port);
}

/* ---- life */

static bool worker_thread_init(struct worker_pool *pool, unsigned i, struct run_shared *shared,
			       struct buf *error)
{
	struct worker_thread *m = &pool->workers[i];
	struct loop *loop = loop_new();
	struct http *http;

	m->pool = pool;
	atomic_init(&m->ended, false);
	if (!loop) {
		buf_add(error,
			STR("cannot create an event loop: this process cannot open more files"));
		return false;
	}
	http = new_client(pool, loop, error);
	if (!http) {
		loop->ops->free(loop);
		return false;
	}
	resolve_target(pool, http);
	worker_init(&m->worker, pool->plan, shared, i, loop, http);
	pool->count++;
	return true;
}

/* "host:port" with the host in ASCII form. */
static struct str ascii_name(struct worker_pool *pool, struct str name)
{
	size_t colon = str_find_char(name, ':', 0);
	struct buf ascii;

	buf_init(&ascii, 0);
	if (idn_host(str_slice(name, 0, colon), &ascii)) {
		buf_add(&ascii, str_slice(name, colon, name.len));
		name = arena_str(&pool->arena, buf_str(&ascii));
	}
	buf_release(&ascii);
	return name;
}

static void copy_addresses(struct worker_pool *pool, const struct defaults *d)
{
	const struct str *sources = d->source_addresses.items, *direct = d->no_proxy.items;

	arena_init(&pool->arena, 0);
	pool->resolve = ARENA_ARRAY(&pool->arena, d->resolve.count + 1, const char *);
	pool->sources = ARENA_ARRAY(&pool->arena, d->source_addresses.count + 1, const char *);
	pool->no_proxy = ARENA_ARRAY(&pool->arena, d->no_proxy.count + 1, const char *);
	for (size_t i = 0; i < d->resolve.count; i++) {
		const struct field_pair *pair = &d->resolve.pairs[i];
		struct str address = *(const struct str *)pair->value;
		bool six = str_find_char(address, ':', 0) != NOT_FOUND;

		pool->resolve[i] = arena_cstr(
		    &pool->arena,
		    arena_printf(&pool->arena, six ? "%.*s:[%.*s]" : "%.*s:%.*s",
				 STR_ARG(ascii_name(pool, pair->key)), STR_ARG(address)));
	}
	for (size_t i = 0; i < d->source_addresses.count; i++)
		pool->sources[i] = arena_cstr(&pool->arena, sources[i]);
	for (size_t i = 0; i < d->no_proxy.count; i++)
		pool->no_proxy[i] = arena_cstr(&pool->arena, direct[i]);
}

/* libcurl and this program can be built without some kinds of authentication. */
static bool check_auth(const struct program *program, struct buf *error)
{
	for (uint32_t i = 0; i < program->request_count; i++) {
		const struct request_plan *r = &program->requests[i];
		const char *obstacle = http_auth_obstacle((int)r->auth.kind);

		if (!obstacle)
			continue;
		buf_printf(error, "'%.*s' uses auth: %s, but %s", STR_ARG(r->name),
			   r->auth.kind == AUTH_NTLM ? "ntlm" : "negotiate", obstacle);
		return false;
	}
	return true;
}

struct worker_pool *worker_pool_new(const struct run_plan *plan, struct run_shared *shared,
				    struct buf *error)
{
	struct worker_pool *pool = alloc_zeroed(1, sizeof(*pool));

	pool->plan = plan;
	copy_addresses(pool, &plan->program->model->defaults);
	if (!check_auth(plan->program, error)) {
		worker_pool_free(pool);
		return NULL;
	}
	pool->tls = alloc_zeroed(plan->program->tls_count, sizeof(*pool->tls));
	pool->workers = alloc_zeroed(plan->threads, sizeof(*pool->workers));
	for (uint32_t i = 0; i < plan->program->tls_count; i++)
		pool->tls[i] = tls_of(&plan->program->tls[i]);
	pool->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->ended_fd < 0) {
		buf_add(error, STR("this process cannot open more files"));
		worker_pool_free(pool);
		return NULL;
	}
	for (unsigned i = 0; i < plan->threads; i++) {
		if (!worker_thread_init(pool, i, shared, error)) {
			worker_pool_free(pool);
			return NULL;
		}
	}
	shared->owner = pool;
	shared->wake_all = wake_all;
	return pool;
}

void worker_pool_free(struct worker_pool *pool)
{
	if (!pool)
		return;
	for (unsigned i = 0; i < pool->count; i++)
		worker_release(&pool->workers[i].worker);
	if (pool->ended_fd >= 0)
		close(pool->ended_fd);
	free(pool->workers);
	free(pool->tls);
	arena_release(&pool->arena);
	free(pool);
}

/* ---- threads */

static struct worker_usage usage_of(clockid_t clock, long id)
{
	struct worker_usage usage = {.cpu = 0};
	struct timespec used;

	if (clock_gettime(clock, &used) == 0)
		usage.cpu = (ns_t)used.tv_sec * NS_PER_S + used.tv_nsec;
	usage.waiting = id ? machine_pressure_waiting(id, "") : 0;
	if (usage.waiting < 0)
		usage.waiting = 0;
	return usage;
}

static void *worker_thread_main(void *argument)
{
	struct worker_thread *m = argument;
	long id = syscall(SYS_gettid);
	uint64_t one = 1;

	atomic_store(&m->id, id);
	worker_run(&m->worker, m->fixture, m->start, m->wall_offset);
	m->final = usage_of(CLOCK_THREAD_CPUTIME_ID, id);
	atomic_store(&m->ended, true);
	if (write(m->pool->ended_fd, &one, sizeof(one)) != sizeof(one))
		BUG("cannot write to an eventfd");
	return NULL;
}

bool worker_pool_start(struct worker_pool *pool, enum fixture_kind fixture, ns_t start,
		       ns_t wall_offset)
{
	unsigned count = fixture == FIXTURE_NONE ? pool->count : 1;

	for (unsigned i = 0; i < count; i++) {
		struct worker_thread *m = &pool->workers[i];

		atomic_store(&m->ended, false);
		atomic_store(&m->id, 0);
		m->final = (struct worker_usage){.cpu = 0};
		m->fixture = fixture;
		m->start = start;
		m->wall_offset = wall_offset;
		if (pthread_create(&m->thread, NULL, worker_thread_main, m) != 0)
			return false;
		m->started = true;
	}
	return true;
}

int worker_pool_descriptor(const struct worker_pool *pool)
{
	return pool->ended_fd;
}

bool worker_pool_is_done(struct worker_pool *pool)
{
	for (unsigned i = 0; i < pool->count; i++)
		if (pool->workers[i].started && !atomic_load(&pool->workers[i].ended))
			return false;
	return true;
}

void worker_pool_join(struct worker_pool *pool)
{
	for (unsigned i = 0; i < pool->count; i++) {
		if (pool->workers[i].started)
			pthread_join(pool->workers[i].thread, NULL);
		pool->workers[i].started = false;
	}
}

unsigned worker_pool_count(const struct worker_pool *pool)
{
	return pool->count;
}

struct recorder *worker_pool_recorder(struct worker_pool *pool, unsigned worker)
{
	return &pool->workers[worker].worker.recorder;
}

struct worker_usage worker_pool_usage(const struct worker_pool *pool, unsigned worker)
{
	const struct worker_thread *m = &pool->workers[worker];
	clockid_t clock;

	if (atomic_load(&m->ended))
		return m->final;
	if (!m->started || pthread_getcpuclockid(m->thread, &clock) != 0)
		return (struct worker_usage){.cpu = 0};
	return usage_of(clock, atomic_load(&m->id));
}
