/*
 * Measures src/net alone: USERS virtual users send REQUESTS requests in total with net/http.h. Each
 * user sends the next request inside `done`, or after a think time. Prints rate, CPU and memory.
 *
 *   net_driver URL USERS REQUESTS [think=MS] [post] [dyn] [read] [ca=FILE] [insecure] [h2] [pool]
 * [none]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/random.h"
#include "net/http.h"
#include "net/loop.h"

struct driver;

struct visitor {
	struct driver *driver;
	struct http_user *user;
	ns_t due;
};

struct driver {
	struct loop *loop;
	struct http *http;
	struct http_plan *plans[2];
	struct visitor *visitors;
	size_t count;
	long started, done, target, failed, connections, resent;
	ns_t think;
	bool post, dyn, draining;
	const char *url;
	struct visitor **heap; /* thinking users, by due time */
	size_t waiting;
};

static void heap_push(struct driver *d, struct visitor *v)
{
	size_t i = d->waiting++;

	while (i > 0 && d->heap[(i - 1) / 2]->due > v->due) {
		d->heap[i] = d->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	d->heap[i] = v;
}

static struct visitor *heap_pop(struct driver *d)
{
	struct visitor *top = d->heap[0], *last = d->heap[--d->waiting];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < d->waiting; i = child) {
		if (child + 1 < d->waiting && d->heap[child + 1]->due < d->heap[child]->due)
			child++;
		if (d->heap[child]->due >= last->due)
			break;
		d->heap[i] = d->heap[child];
	}
	d->heap[i] = last;
	return top;
}

static void go(struct driver *d, struct visitor *v)
{
	if (d->started >= d->target)
		return;
	struct http_plan *plan = d->plans[d->post && d->started % 5 == 3];
	struct exchange *x = d->http->ops->begin(d->http, plan, v->user);

	x->owner = v;
	if (d->dyn && plan == d->plans[0])
		buf_printf(&x->url, "%s?q=%ld", d->url, d->started);
	d->started++;
	d->http->ops->send(d->http, x);
}

static void on_done(void *owner, struct exchange *x)
{
	struct driver *d = owner;
	struct visitor *v = x->owner;

	if (x->result != HTTP_OK && d->failed++ < 5)
		fprintf(stderr, "result %d: %s\n", x->result, x->error);
	d->connections += x->new_connection;
	d->resent += x->resent;
	d->done++;
	d->http->ops->end(d->http, x);
	if (d->done >= d->target) {
		d->loop->ops->stop(d->loop);
		return;
	}
	if (!d->think) {
		go(d, v);
		return;
	}
	v->due = d->loop->ops->now(d->loop) + d->think;
	heap_push(d, v);
	d->loop->ops->alarm(d->loop, d->heap[0]->due);
}

static void on_alarm(void *owner)
{
	struct driver *d = owner;
	ns_t now = d->loop->ops->now(d->loop);

	while (d->waiting && d->heap[0]->due <= now)
		go(d, heap_pop(d));
	if (d->waiting)
		d->loop->ops->alarm(d->loop, d->heap[0]->due);
}

static long resident_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long all, resident = 0;

	if (f) {
		if (fscanf(f, "%ld %ld", &all, &resident) != 2)
			resident = 0;
		fclose(f);
	}
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static double cpu_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static void report(const struct driver *d, ns_t took, double cpu, long kb)
{
	printf("%ld requests, %ld failed, %.0f/s, cpu %.2f us/request, %.1f KB/user, "
	       "%ld connections, %ld resent\n",
	       d->done, d->failed, (double)d->done * 1e9 / (double)took, cpu / (double)d->done,
	       (double)kb / (double)d->count, d->connections, d->resent);
}

static void make_plans(struct driver *d, bool read, bool h2)
{
	struct http_plan_spec spec = {
	    .method = STR("GET"),
	    .url = d->dyn ? STR_NULL : str_of(d->url),
	    .keep_body = read,
	    .timeout = 10 * NS_PER_S,
	    .connect_timeout = 5 * NS_PER_S,
	    .http_version = h2 ? HTTP_WANT_2 : HTTP_WANT_ANY,
	};
	static const char *const json[] = {"Content-Type: application/json"};

	d->plans[0] = d->http->ops->plan(d->http, &spec);
	spec.method = STR("POST");
	spec.url = str_of(d->url);
	spec.header_lines = json;
	spec.header_count = 1;
	spec.has_body = true;
	spec.body = STR("{\"product\": 12345, \"quantity\": 2}");
	d->plans[1] = d->http->ops->plan(d->http, &spec);
}

static void start_all(struct driver *d)
{
	ns_t now = d->loop->ops->now(d->loop);

	for (size_t i = 0; i < d->count; i++) {
		struct visitor *v = &d->visitors[i];

		v->driver = d;
		v->user = d->http->ops->user_open(d->http);
		v->due = now + (d->think ? d->think * (ns_t)i / (ns_t)d->count : 0);
		if (d->think)
			heap_push(d, v);
		else
			go(d, v);
	}
	if (d->think)
		d->loop->ops->alarm(d->loop, now);
}

int main(int argc, char **argv)
{
	struct driver d = {0};
	struct http_tls_profile tls = {.verify = true};
	struct http_config config = {.tls_profiles = &tls,
				     .tls_profile_count = 1,
				     .cookies = true,
				     .dns_ttl = NS_NEVER,
				     .user_agent = "reprise/0.1"};
	bool read = false, h2 = false;
	struct buf error;

	if (argc < 4)
		return 2;
	d.url = argv[1];
	d.count = (size_t)atol(argv[2]);
	d.target = atol(argv[3]);
	for (int i = 4; i < argc; i++) {
		if (strncmp(argv[i], "think=", 6) == 0)
			d.think = atol(argv[i] + 6) * NS_PER_MS;
		if (strncmp(argv[i], "ca=", 3) == 0)
			tls.ca = argv[i] + 3;
		tls.verify &= strcmp(argv[i], "insecure") != 0;
		d.post |= strcmp(argv[i], "post") == 0;
		d.dyn |= strcmp(argv[i], "dyn") == 0;
		read |= strcmp(argv[i], "read") == 0;
		h2 |= strcmp(argv[i], "h2") == 0;
		if (strcmp(argv[i], "pool") == 0)
			config.reuse = HTTP_REUSE_POOL;
		if (strcmp(argv[i], "none") == 0)
			config.reuse = HTTP_REUSE_NONE;
	}
	config.tls = strncmp(d.url, "https", 5) == 0;
	http_global_init();
	buf_init(&error, 0);
	d.loop = loop_new();
	d.http = http_client_new(d.loop, &config, &error);
	if (!d.http) {
		fprintf(stderr, "%s\n", error.data);
		return 1;
	}
	d.http->done = on_done;
	d.http->owner = &d;
	d.loop->on_alarm = on_alarm;
	d.loop->owner = &d;
	d.visitors = calloc(d.count, sizeof *d.visitors);
	d.heap = calloc(d.count, sizeof *d.heap);
	make_plans(&d, read, h2);
	long kb = resident_kb();
	double cpu = cpu_us();
	ns_t began = clock_monotonic_ns();
	start_all(&d);
	d.loop->ops->run(d.loop);
	report(&d, clock_monotonic_ns() - began, cpu_us() - cpu, resident_kb() - kb);
	d.http->ops->free(d.http);
	d.loop->ops->free(d.loop);
	http_global_cleanup();
	buf_release(&error);
	free(d.visitors);
	free(d.heap);
	return d.failed > 0;
}
