#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/alloc.h"
#include "interface/output.h"
#include "output/dashboard_server.h"
#include "output/output.h"
#include "report/html_report.h"
#include "result/rebuild.h"
#include "result/shard_notices.h"

static void *dashboard_open(struct str where, const struct run_facts *facts, struct buf *error);
static void dashboard_restart(void *output, const struct run_facts *facts);
static void dashboard_tick(void *output, const struct summary *sofar, ns_t now);
static void dashboard_second(void *output, const struct summary *second,
			     const struct summary *sofar, const struct run_interval *m);
static bool dashboard_close(void *output, const struct summary *total,
			    const struct verdict *verdict, struct buf *error);

const struct output_kind output_dashboard = {
    .name = "dashboard",
    .option = "dashboard",
    .sentence = "The report during the run, for a browser.",
    .sends = true,
    .open = dashboard_open,
    .restart = dashboard_restart,
    .tick = dashboard_tick,
    .second = dashboard_second,
    .close = dashboard_close,
};

#define LATEST 10u

struct dashboard_output {
	const struct run_facts *facts;
	struct dashboard_server *server;
	struct timeline *timeline;
	struct generator_health health;
	bool fresh; /* a second was recorded since the last update */
	bool draining;
	unsigned notices; /* `changes` of the shards' notices when they were shown last */
	struct failure_note latest[LATEST]; /* newest first */
	size_t latest_count;
	struct buf page, update;
};

static void begin_timeline(struct dashboard_output *o)
{
	o->timeline = timeline_new(o->facts->table, o->facts->planned);
	timeline_keep_metrics(o->timeline, o->facts->thresholds, o->facts->threshold_count);
}

static void *dashboard_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct dashboard_output *o = alloc_zeroed(1, sizeof(*o));
	struct buf policy;

	buf_init(&policy, 0);
	html_report_put_policy(&policy, true);
	buf_add(&policy, STR("; frame-ancestors 'none'"));
	o->facts = facts;
	o->server =
	    dashboard_server_open(where, buf_str(&policy), facts->output_options.hosts,
				  facts->output_options.host_count, (uint64_t)facts->users, error);
	buf_release(&policy);
	if (!o->server) {
		free(o);
		return NULL;
	}
	begin_timeline(o);
	if (facts->quiet) /* it cannot be used without its URL */
		fprintf(stderr, "the dashboard is at %.*s\n",
			STR_ARG(dashboard_server_url(o->server)));
	else
		log_info("the dashboard is at %.*s", STR_ARG(dashboard_server_url(o->server)));
	if (dashboard_server_is_public(o->server))
		log_warning("the dashboard can be reached from the network, and is not encrypted: "
			    "everybody who has its URL can see the run and stop it");
	return o;
}

static void dashboard_restart(void *output, const struct run_facts *facts)
{
	struct dashboard_output *o = output;

	timeline_free(o->timeline);
	o->facts = facts;
	o->health = (struct generator_health){0};
	o->latest_count = 0;
	o->fresh = true;
	begin_timeline(o);
}

/* For browsers that wait for the page, and for browsers that show it. */
static void publish(struct dashboard_output *o, const struct summary *sofar,
		    const struct verdict *verdict)
{
	struct html_report page = {.run = {.facts = o->facts,
					   .summary = sofar,
					   .health = verdict ? verdict->health : &o->health,
					   .timeline = o->timeline,
					   .verdict = verdict},
				   .live = true,
				   .token = dashboard_server_token(o->server),
				   .draining = o->draining,
				   .latest = o->latest,
				   .latest_count = o->latest_count};

	if (dashboard_server_page_requested(o->server))
		html_report_put(&o->page, &page);
	if (o->fresh && dashboard_server_has_viewers(o->server)) {
		buf_add(&o->update, STR("data: "));
		html_report_put_update(&o->update, &page);
		buf_add(&o->update, STR("\n\n"));
		o->fresh = false;
	}
	if (o->page.len || o->update.len)
		dashboard_server_publish(o->server, &o->page, &o->update);
}

static void dashboard_tick(void *output, const struct summary *sofar, ns_t now)
{
	struct dashboard_output *o = output;

	(void)now;
	if (!o->draining && dashboard_server_stop_requested(o->server)) {
		o->draining = true;
		o->fresh = true;
		if (o->facts->stop)
			*o->facts->stop = true;
	}
	if (o->facts->shards && o->facts->shards->changes != o->notices) {
		o->notices = o->facts->shards->changes;
		o->fresh = true;
	}
	publish(o, sofar, NULL);
}

/* One example per kind and second. */
static void collect_latest(struct dashboard_output *o, const struct summary *second)
{
	for (unsigned i = 0; i < second->failure_count; i++) {
		memmove(&o->latest[1], &o->latest[0], (LATEST - 1) * sizeof(o->latest[0]));
		o->latest[0] = second->failures[i];
		o->latest_count += o->latest_count < LATEST;
	}
}

static void dashboard_second(void *output, const struct summary *second,
			     const struct summary *sofar, const struct run_interval *m)
{
	struct dashboard_output *o = output;

	collect_latest(o, second);
	timeline_add_second(o->timeline, sofar, m->limited);
	o->fresh = true;
	if (!o->health.threads)
		health_init(&o->health, m->threads);
	rebuild_health(&o->health, m);
}

static bool dashboard_close(void *output, const struct summary *total,
			    const struct verdict *verdict, struct buf *error)
{
	struct dashboard_output *o = output;

	(void)error;
	o->fresh = true;
	if (verdict)
		publish(o, total, verdict);
	dashboard_server_close(o->server);
	timeline_free(o->timeline);
	buf_release(&o->page);
	buf_release(&o->update);
	free(o);
	return true;
}
