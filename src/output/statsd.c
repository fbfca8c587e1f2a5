/*
 * statsd: once a second what was added up in it, counters as sums and a bounded number of timers
 * with their rate. Names come from the scenario, never from URLs:
 *
 *   reprise.SCENARIO.STEP.requests:5|c       …ok, …cut_off, …failed.CLASS
 *   reprise.SCENARIO.STEP.response_time:12.3|ms|@0.5
 *   reprise.SCENARIO.STEP.wait:8.1|ms      …each metric that a threshold uses
 *   reprise.SCENARIO.iteration:5100.2|ms
 *
 * Two steps whose names become equal get a number. With tags (DogStatsD) the names
 * are reprise.requests and so on, and scenario, step and class are tags.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/escape.h"
#include "base/log.h"
#include "interface/output.h"
#include "net/datagram.h"
#include "result/facts.h"
#include "output/output.h"
#include "output/destination.h"

static void *statsd_open(struct str where, const struct run_facts *facts, struct buf *error);
static void statsd_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m);
static bool statsd_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error);
static const char *statsd_implied(struct arena *a);

const struct output_kind output_statsd = {
    .name = "statsd",
    .option = "statsd",
    .sentence = "Counters and timers to a statsd server, over UDP.",
    .sends = true,
    .implied = statsd_implied,
    .open = statsd_open,
    .second = statsd_second,
    .close = statsd_close,
};

#define PORT	    8125u
#define TIMERS_MAX  2000u /* per second, of all steps */
#define TIMERS_STEP 100u  /* per second, of one step and metric */

struct statsd_output {
	const struct run_facts *facts;
	struct datagram socket;
	struct str where;
	struct arena arena;
	struct str
	    *names; /* for each series: "Buy.Search", or its tags; known from the first second */
	struct buf line;
};

static const char *statsd_implied(struct arena *a)
{
	const char *host = getenv("STATSD_HOST"), *port = getenv("STATSD_PORT");

	if (!host || !*host)
		return NULL;
	if (!port || !*port)
		port = "8125";
	return arena_cstr(a, arena_printf(a, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port));
}

static void *statsd_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct statsd_output *o = alloc_zeroed(1, sizeof *o);
	struct address address;

	if (!address_parse(where, PORT, &address, error) ||
	    !datagram_open(&o->socket, address.host, address.port, error)) {
		free(o);
		return NULL;
	}
	o->facts = facts;
	arena_init(&o->arena, 0);
	o->where = arena_str(&o->arena, where);
	buf_init(&o->line, 0);
	return o;
}

/* ---- names */

static bool name_is_used(const struct statsd_output *o, size_t until, struct str name)
{
	for (size_t i = 0; i < until; i++)
		if (str_eq(o->names[i], name))
			return true;
	return false;
}

static void put_path(struct buf *out, const struct series_def *def)
{
	escape_statsd_part(out, def->scenario);
	if (def->kind == SERIES_SCENARIO)
		return;
	buf_add_char(out, '.');
	escape_statsd_part(out, def->name);
}

static void put_tags(struct buf *out, const struct run_facts *facts, const struct series_def *def)
{
	buf_add(out, STR("|#scenario:"));
	escape_statsd_tag(out, def->scenario);
	if (def->kind != SERIES_SCENARIO) {
		buf_add(out, STR(",step:"));
		escape_statsd_tag(out, def->name);
	}
	for (size_t i = 0; i < facts->label_count; i++) {
		buf_add_char(out, ',');
		escape_statsd_tag(out, facts->labels[i].name);
		buf_add_char(out, ':');
		escape_statsd_tag(out, facts->labels[i].value);
	}
}

static void name_series(struct statsd_output *o, const struct series_table *table)
{
	struct buf name;

	o->names = ARENA_ARRAY(&o->arena, table->defs.count, struct str);
	buf_init(&name, 0);
	for (size_t i = 0; i < table->defs.count; i++) {
		size_t len;

		buf_clear(&name);
		if (o->facts->output_options.statsd_tags) {
			put_tags(&name, o->facts, &table->defs.items[i]);
		} else {
			put_path(&name, &table->defs.items[i]);
			len = name.len;
			for (unsigned n = 2; name_is_used(o, i, buf_str(&name)); n++) {
				name.len = len;
				buf_printf(&name, "_%u", n);
			}
		}
		o->names[i] = arena_str(&o->arena, buf_str(&name));
	}
	buf_release(&name);
}

/* ---- lines */

static void begin_line(struct statsd_output *o, unsigned series, const char *metric)
{
	buf_clear(&o->line);
	buf_add(&o->line, STR("reprise."));
	if (!o->facts->output_options.statsd_tags) {
		buf_add(&o->line, o->names[series]);
		buf_add_char(&o->line, '.');
	}
	buf_add(&o->line, str_of(metric));
}

/* CLASS, for a failure, is a part of the name or a tag. */
static void put_counter(struct statsd_output *o, unsigned series, const char *metric,
			const char *class, uint64_t value)
{
	bool tags = o->facts->output_options.statsd_tags;

	if (!value)
		return;
	begin_line(o, series, metric);
	if (class && !tags)
		buf_printf(&o->line, ".%s", class);
	buf_printf(&o->line, ":%" PRIu64 "|c", value);
	if (tags)
		buf_add(&o->line, o->names[series]);
	if (class && tags)
		buf_printf(&o->line, ",class:%s", class);
	datagram_add(&o->socket, buf_str(&o->line));
}

static void put_timer(struct statsd_output *o, unsigned series, const char *metric, double ms,
		      double rate)
{
	begin_line(o, series, metric);
	buf_printf(&o->line, ":%.3f|ms", ms);
	if (rate < 1)
		buf_printf(&o->line, "|@%.9f", rate);
	if (o->facts->output_options.statsd_tags)
		buf_add(&o->line, o->names[series]);
	datagram_add(&o->socket, buf_str(&o->line));
}

/* At most MAX of the values, evenly spaced from the lowest to the highest. */
static void put_timers(struct statsd_output *o, unsigned series, const char *metric,
		       const struct histogram *h, uint64_t max)
{
	struct histogram_walk walk = histogram_walk(h);
	uint64_t count = h->m.count, shown = count < max ? count : max, i = 0;

	if (!count)
		return;
	histogram_walk_next(&walk);
	for (; i < shown; i++) {
		uint64_t rank = (2 * i + 1) * count / (2 * shown); /* from 0 */
		double us;

		while (walk.until <= rank && histogram_walk_next(&walk))
			;
		us = (double)(histogram_low_us(walk.index) + histogram_high_us(walk.index)) / 2;
		put_timer(o, series, metric, us / 1000, (double)shown / (double)count);
	}
}

static bool is_sent(const struct statsd_output *o, enum threshold_metric metric,
		    const struct histogram *times)
{
	return metric == METRIC_RESPONSE_TIME ||
	       threshold_metric_is_reported(o->facts->thresholds, o->facts->threshold_count, metric,
					    times);
}

/* The metrics of KIND of series that thresholds use, and the response time of steps. */
static void put_metrics(struct statsd_output *o, unsigned series, const struct series_total *total,
			enum series_kind kind, uint64_t timers)
{
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		enum threshold_metric metric = (enum threshold_metric)i;

		const struct histogram *times = &total->times[threshold_metric_time(metric)];

		if (threshold_metric_series(metric) == kind && is_sent(o, metric, times))
			put_timers(o, series, threshold_metric_name(metric), times, timers);
	}
}

/* A value of the whole run; TYPE: c or g. */
static void put_value(struct statsd_output *o, const char *name, uint64_t value, const char *type)
{
	buf_clear(&o->line);
	buf_printf(&o->line, "reprise.%s:%" PRIu64 "|%s", name, value, type);
	datagram_add(&o->socket, buf_str(&o->line));
}

/* Only of runs with WebSockets or `listen`. */
static void put_sockets(struct statsd_output *o, const struct summary *second,
			const struct summary *sofar)
{
	const struct run_counts *run = &second->run;

	put_value(o, "messages.sent", run->messages_sent, "c");
	put_value(o, "messages.received", run->messages_received, "c");
	put_value(o, "messages.unmatched", run->messages_unmatched, "c");
	put_value(o, "messages.dropped", run->messages_dropped, "c");
	put_value(o, "sockets", summary_open_sockets(sofar), "g");
}

/* Only of runs with renewals. */
static void put_renewals(struct statsd_output *o, const struct run_counts *run)
{
	put_value(o, "renewals.count", run->renewals, "c");
	put_value(o, "renewals.failed", run->renewals_failed, "c");
	put_value(o, "renewals.waited", run->renewals_waited, "c");
}

static void put_series(struct statsd_output *o, unsigned series, const struct series_total *total,
		       uint64_t timers)
{
	const struct series_counts *c = &total->counts;

	put_counter(o, series, "requests", NULL, c->started);
	put_counter(o, series, "ok", NULL, c->ok);
	put_counter(o, series, "cut_off", NULL, c->cut_off);
	if (c->events)
		put_counter(o, series, "events", NULL, c->events);
	for (unsigned class = 0; class < FAILURE_CLASS_COUNT; class ++)
		put_counter(o, series, "failed", failure_name((enum failure_class) class),
			    c->failed[class]);
	put_metrics(o, series, total, SERIES_STEP, timers);
}

static void statsd_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m)
{
	struct statsd_output *o = output;
	const struct series_table *table = second->table;
	unsigned active = 0, metrics = 0;
	uint64_t timers;

	(void)m;
	if (!o->names)
		name_series(o, table);
	for (unsigned i = 0; i < table->defs.count; i++)
		active += table->defs.items[i].kind == SERIES_STEP && second->series[i].touched;
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		metrics += is_sent(o, (enum threshold_metric)i,
				   threshold_metric_total((enum threshold_metric)i, second));
	timers = TIMERS_MAX / ((active ? active : 1) * metrics);
	if (timers > TIMERS_STEP)
		timers = TIMERS_STEP;
	if (timers == 0)
		timers = 1;
	for (unsigned i = 0; i < table->defs.count; i++) {
		enum series_kind kind = table->defs.items[i].kind;

		if (!second->series[i].touched)
			continue;
		if (kind == SERIES_STEP)
			put_series(o, i, &second->series[i], timers);
		else if (kind == SERIES_SCENARIO)
			put_metrics(o, i, &second->series[i], kind, timers);
	}
	if (summary_has_renewals(sofar))
		put_renewals(o, &second->run);
	if (sofar->run.sockets_opened)
		put_sockets(o, second, sofar);
	datagram_flush(&o->socket);
}

static bool statsd_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error)
{
	struct statsd_output *o = output;

	(void)total;
	(void)error;
	destination_close_datagrams(&o->socket, "statsd", o->where, verdict);
	buf_release(&o->line);
	arena_release(&o->arena);
	free(o);
	return true;
}
