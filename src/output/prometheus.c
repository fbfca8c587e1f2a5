/*
 * A server on its own thread for programs that fetch /metrics. Once a second the main thread
 * writes the page again; a request gets a copy of it and blocks nothing.
 */
#include "output/prometheus.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/units.h"
#include "interface/output.h"
#include "net/host_check.h"
#include "net/server.h"
#include "net/stream_listener.h"
#include "output/output.h"

static void *prometheus_open(struct str where, const struct run_facts *facts, struct buf *error);
static void prometheus_second(void *output, const struct summary *second,
			      const struct summary *sofar, const struct run_interval *m);
static bool prometheus_close(void *output, const struct summary *total,
			     const struct verdict *verdict, struct buf *error);

const struct output_kind output_prometheus = {
    .name = "prometheus",
    .option = "prometheus",
    .sentence = "A page of metrics for Prometheus (and OpenMetrics).",
    .sends = true,
    .open = prometheus_open,
    .second = prometheus_second,
    .close = prometheus_close,
};

#define POLL_INTERVAL (50 * NS_PER_MS)
#define PLAIN	      "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS   "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct prometheus_output {
	const struct run_facts *facts;
	struct server *server;
	struct address address;
	bool local; /* only this machine can connect */
	pthread_t thread;
	_Atomic bool fetched; /* the last page */

	pthread_mutex_t lock; /* of the pages: 0 plain, 1 OpenMetrics */
	struct buf pages[2];
	bool last;
	struct buf next; /* being written; belongs to the main thread */
	struct prometheus_now now;
};

/* ---- the server's thread */

static void response(void *owner, struct http_request *request)
{
	struct prometheus_output *o = owner;
	const struct output_options *options = &o->facts->output_options;
	struct str accept = http_request_header(request, "Accept");
	bool open = str_find(accept, STR("application/openmetrics-text"), 0) != NOT_FOUND;
	bool last;

	if (o->local && !host_check_allows(http_request_header(request, "Host"), options->hosts,
					   options->host_count)) {
		http_request_reply(request, 403, "text/plain",
				   STR("use the address of this server, or --allow-host\n"));
		return;
	}
	if (!str_eq(http_request_view(request)->path, STR("/metrics"))) {
		http_request_reply(request, 404, "text/plain",
				   STR("The metrics are at /metrics.\n"));
		return;
	}
	if (http_request_view(request)->method != HTTP_REQUEST_GET &&
	    http_request_view(request)->method != HTTP_REQUEST_HEAD) {
		http_request_reply(request, 405, "text/plain", STR("GET only.\n"));
		return;
	}
	pthread_mutex_lock(&o->lock);
	last = o->last;
	http_request_reply(request, 200, open ? OPENMETRICS : PLAIN, buf_str(&o->pages[open]));
	pthread_mutex_unlock(&o->lock);
	if (last)
		atomic_store(&o->fetched, true);
}

static void *serve(void *argument)
{
	struct prometheus_output *o = argument;

	server_run(o->server, false);
	return NULL;
}

/* ---- the main thread */

static void write_pages(struct prometheus_output *o, const struct summary *s, bool last)
{
	for (unsigned i = 0; i < 2; i++) {
		struct buf old;

		buf_clear(&o->next);
		prometheus_put(&o->next, o->facts, s, &o->now, i == 1);
		pthread_mutex_lock(&o->lock);
		old = o->pages[i];
		o->pages[i] = o->next;
		o->last = last && i == 1;
		pthread_mutex_unlock(&o->lock);
		o->next = old;
	}
}

/* Signals are handled by the main thread. */
static bool start(struct prometheus_output *o)
{
	sigset_t all, old;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&o->thread, NULL, serve, o);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return code == 0;
}

static void release(struct prometheus_output *o)
{
	server_free(o->server);
	pthread_mutex_destroy(&o->lock);
	for (unsigned i = 0; i < 2; i++)
		buf_release(&o->pages[i]);
	buf_release(&o->next);
	free(o);
}

static void *prometheus_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct prometheus_output *o = alloc_zeroed(1, sizeof *o);
	struct server_config config = {.name = "metrics",
				       .connections_max =
					   stream_listener_visitors_max((uint64_t)facts->users)};

	if (!address_parse(where, 0, &o->address, error)) {
		free(o);
		return NULL;
	}
	o->facts = facts;
	pthread_mutex_init(&o->lock, NULL);
	o->local = address_is_loopback(str_of(o->address.host));
	config.host = o->address.host;
	config.port = o->address.port;
	o->server = server_new(&config, response, o, error);
	if (!o->server) {
		release(o);
		return NULL;
	}
	write_pages(o, NULL, false);
	if (!start(o)) {
		buf_add(error, STR("the system cannot create another thread"));
		release(o);
		return NULL;
	}
	log_info("metrics: http://%s:%u/metrics", o->address.host, server_port(o->server));
	return o;
}

static void prometheus_second(void *output, const struct summary *second,
			      const struct summary *sofar, const struct run_interval *m)
{
	struct prometheus_output *o = output;

	(void)second;
	o->now = (struct prometheus_now){
	    .users = m->users, .arrivals_planned = m->arrivals_planned, .lag_p99 = m->lag_p99};
	write_pages(o, sofar, false);
}

/* Until the last page was fetched, the time has passed, or a signal arrives. */
static void linger(struct prometheus_output *o)
{
	struct timespec look = {0, POLL_INTERVAL};
	ns_t until = clock_monotonic_ns() + o->facts->output_options.prometheus_linger;
	sigset_t ends, old;
	struct buf words;

	buf_init(&words, 0);
	units_put_time(&words, o->facts->output_options.prometheus_linger, false);
	log_info(
	    "the last values stay at http://%s:%u/metrics until they are fetched, for at most %.*s",
	    o->address.host, server_port(o->server), STR_ARG(buf_str(&words)));
	buf_release(&words);
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, &old);
	while (!atomic_load(&o->fetched) && clock_monotonic_ns() < until)
		if (sigtimedwait(&ends, NULL, &look) > 0)
			break;
	/* The response is being sent: give it time to leave. */
	if (atomic_load(&o->fetched))
		sigtimedwait(&ends, NULL, &look);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static bool prometheus_close(void *output, const struct summary *total,
			     const struct verdict *verdict, struct buf *error)
{
	struct prometheus_output *o = output;

	(void)error;
	if (verdict) {
		o->now = (struct prometheus_now){.lag_p99 = -1};
		write_pages(o, total, true);
		if (o->facts->output_options.prometheus_linger &&
		    !(o->facts->signal && *o->facts->signal))
			linger(o);
	}
	server_stop(o->server);
	pthread_join(o->thread, NULL);
	release(o);
	return true;
}
