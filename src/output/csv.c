#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "result/facts.h"
#include "output/output.h"

static void *csv_open(struct str where, const struct run_facts *facts, struct buf *error);
static void csv_second(void *output, const struct summary *second, const struct summary *sofar,
		       const struct run_interval *m);
static bool csv_close(void *output, const struct summary *total, const struct verdict *verdict,
		      struct buf *error);

const struct output_kind output_csv = {
    .name = "csv",
    .option = "csv",
    .file = "series.csv",
    .sentence =
	"One row per second: requests, failures, users, response times; - is standard output.",
    .open = csv_open,
    .second = csv_second,
    .close = csv_close,
};

#define HEADER                                                                                     \
	"name,time,at_s,length_s,users,started,ok,failed,cut_off,bytes_sent,bytes_received,"       \
	"iterations_completed,arrivals_planned,arrivals_started,arrivals_dropped,p50_ms,p95_ms,"   \
	"p99_ms,max_ms,schedule_lag_p99_ms,generator_limited,wait_p95_ms,receive_p95_ms,"          \
	"dns_p95_ms,connect_p95_ms,tls_p95_ms,iteration_p95_ms,handshake_p95_ms,message_p95_ms,"   \
	"messages_sent,messages_received,messages_unmatched,messages_dropped,sockets_open\n"

struct csv_output {
	const struct run_facts *facts;
	struct out_file file;
	struct buf line;
};

static void *csv_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct csv_output *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	buf_init(&o->line, 0);
	if (!out_file_open(&o->file, where, facts->part > 0 ? OUT_FILE_APPEND : OUT_FILE_STREAM,
			   error)) {
		free(o);
		return NULL;
	}
	if (o->file.fresh)
		out_file_write(&o->file, STR(HEADER));
	return o;
}

static void put_ms(struct buf *out, ns_t length)
{
	buf_add_char(out, ',');
	if (length >= 0)
		buf_printf(out, "%.3f", (double)length / (double)NS_PER_MS);
}

static void put_interval(struct buf *out, const struct run_interval *m)
{
	char text[32];

	clock_format_utc(text, sizeof text, "%Y-%m-%dT%H:%M:%S", m->wall);
	buf_printf(out, ",%s.%03dZ,%.3f,%.3f,%" PRId64, text, (int)(m->wall % NS_PER_S / NS_PER_MS),
		   (double)m->begin / (double)NS_PER_S, (double)m->length / (double)NS_PER_S,
		   m->users);
}

/* The p95 of each metric of thresholds but the response time. */
static void put_metrics(struct buf *out, const struct summary *second)
{
	static const enum threshold_metric metrics[] = {
	    METRIC_WAIT, METRIC_RECEIVE,   METRIC_DNS,	     METRIC_CONNECT,
	    METRIC_TLS,	 METRIC_ITERATION, METRIC_HANDSHAKE, METRIC_MESSAGE};

	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
		put_ms(out, histogram_percentile(threshold_metric_total(metrics[i], second), 95));
}

static void put_messages(struct buf *out, const struct run_counts *run, uint64_t open)
{
	buf_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
		   run->messages_sent, run->messages_received, run->messages_unmatched,
		   run->messages_dropped, open);
}

static void csv_second(void *output, const struct summary *second, const struct summary *sofar,
		       const struct run_interval *m)
{
	struct csv_output *o = output;
	const struct summary_row *row = &second->last;
	const uint64_t counts[] = {row->started,
				   row->ok,
				   row->failed,
				   row->cut_off,
				   row->bytes_sent,
				   row->bytes_received,
				   row->iterations_completed,
				   row->arrivals_planned,
				   row->arrivals_started,
				   row->arrivals_dropped};
	const ns_t times[] = {row->p50, row->p95, row->p99, row->max, row->lag_p99};

	buf_clear(&o->line);
	escape_csv(&o->line, o->facts->name);
	put_interval(&o->line, m);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		buf_printf(&o->line, ",%" PRIu64, counts[i]);
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		put_ms(&o->line, times[i]);
	buf_printf(&o->line, ",%d", m->limited);
	put_metrics(&o->line, second);
	put_messages(&o->line, &second->run, summary_open_sockets(sofar));
	buf_add_char(&o->line, '\n');
	out_file_write(&o->file, buf_str(&o->line));
}

static bool csv_close(void *output, const struct summary *total, const struct verdict *verdict,
		      struct buf *error)
{
	struct csv_output *o = output;
	bool good = out_file_close(&o->file, error);

	(void)total;
	(void)verdict;
	buf_release(&o->line);
	free(o);
	return good;
}
