/*
 * A row per request, as JMeter writes its results (JTL, CSV): for reports and plug-ins that read
 * them. A thread reads the log of requests and writes the file, so that a slow disk delays neither
 * the load nor the statistics; rows that it could not keep up with are counted.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/escape.h"
#include "base/http_status.h"
#include "base/log.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "output/output.h"
#include "result/facts.h"
#include "stats/request_rows.h"

static void *jtl_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool jtl_close(void *output, const struct summary *total, const struct verdict *verdict,
		      struct buf *error);

const struct output_kind output_jtl = {
    .name = "jtl",
    .option = "jtl",
    .sentence =
	"One row per request, in the format of JMeter's results (JTL); - is standard output.",
    .open = jtl_open,
    .close = jtl_close,
};

#define WRITE_EVERY (20 * NS_PER_MS)
#define HEADER                                                                                     \
	"timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,"        \
	"failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect\n"
#define PIECE ((size_t)256 * 1024) /* text that is written with one call */

struct jtl_output {
	const struct run_facts *facts;
	struct out_file file;
	struct buf text, name;
	pthread_t thread;
	atomic_bool ends;
};

/* ---- rows */

static long long ms(ns_t time)
{
	return (long long)(time / NS_PER_MS);
}

/* The status and its reason phrase; without a response, texts like those of JMeter. */
static void put_status(struct buf *out, const struct request_record *r)
{
	if (r->status)
		buf_printf(out, "%u,%s,", r->status, http_status_reason(r->status));
	else
		buf_printf(out,
			   "Non HTTP response code: %s,Non HTTP response message: no response,",
			   failure_name(r->class));
}

/* A thread of JMeter is a user here; its group is the scenario. */
static void put_thread(struct jtl_output *o, const struct request_record *r)
{
	buf_clear(&o->name);
	buf_printf(&o->name, "%.*s 1-%" PRIu64,
		   STR_ARG(o->facts->table->defs.items[r->series].scenario), r->user);
	escape_csv(&o->text, buf_str(&o->name));
}

static void put_row(struct jtl_output *o, const struct request_record *r)
{
	struct buf *out = &o->text;

	buf_printf(out, "%lld,%lld,", ms(r->begin), ms(r->response + NS_PER_MS / 2));
	escape_csv(out, o->facts->table->defs.items[r->series].name);
	buf_add_char(out, ',');
	put_status(out, r);
	put_thread(o, r);
	buf_printf(out, ",text,%s,", r->outcome == OUTCOME_OK ? "true" : "false");
	if (r->outcome != OUTCOME_OK)
		escape_csv(out, str_n(r->text, r->text_len));
	buf_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRId64 ",%" PRId64 ",", r->bytes_received,
		   r->bytes_sent, r->users, r->users);
	escape_csv(out, str_n(r->url, r->url_len));
	buf_printf(out, ",%lld,0,%lld\n", ms(r->latency), ms(r->connect));
}

static void write_text(struct jtl_output *o)
{
	if (o->text.len)
		out_file_write(&o->file, buf_str(&o->text));
	buf_clear(&o->text);
}

/* The worker whose oldest row ended first; the rows of a worker are in that order. False: there is
 * no row. */
static bool find_earliest(struct request_rows *rows, unsigned *worker)
{
	const struct request_record *earliest = NULL;

	for (unsigned i = 0; i < request_rows_workers(rows); i++) {
		const struct request_record *r = request_rows_peek(rows, i);

		if (r &&
		    (!earliest || r->begin + r->response < earliest->begin + earliest->response)) {
			earliest = r;
			*worker = i;
		}
	}
	return earliest != NULL;
}

/* Writes what the queues hold now, ordered by the end of the requests. */
static void write_rows(struct jtl_output *o)
{
	struct request_rows *rows = o->facts->request_rows;
	unsigned worker;

	while (find_earliest(rows, &worker)) {
		put_row(o, request_rows_peek(rows, worker));
		request_rows_drop(rows, worker);
		if (o->text.len >= PIECE)
			write_text(o);
	}
	write_text(o);
}

static void *write_until_end(void *output)
{
	struct jtl_output *o = output;
	const struct timespec pause = {.tv_nsec = WRITE_EVERY};

	for (bool ends = false; !ends; nanosleep(&pause, NULL)) {
		ends = atomic_load(&o->ends);
		write_rows(o);
	}
	return NULL;
}

/* ---- the output */

static void release(struct jtl_output *o)
{
	buf_release(&o->text);
	buf_release(&o->name);
	free(o);
}

static void *jtl_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct jtl_output *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	buf_init(&o->text, 0);
	buf_init(&o->name, 0);
	if (!out_file_open(&o->file, where, facts->part > 0 ? OUT_FILE_APPEND : OUT_FILE_STREAM,
			   error)) {
		release(o);
		return NULL;
	}
	if (o->file.fresh)
		out_file_write(&o->file, STR(HEADER));
	if (pthread_create(&o->thread, NULL, write_until_end, o) != 0) {
		buf_add(error, STR("the system does not allow another thread for --jtl"));
		out_file_discard(&o->file);
		release(o);
		return NULL;
	}
	return o;
}

static bool jtl_close(void *output, const struct summary *total, const struct verdict *verdict,
		      struct buf *error)
{
	struct jtl_output *o = output;
	uint64_t lost = request_rows_lost(o->facts->request_rows);
	bool good;

	(void)total;
	atomic_store(&o->ends, true);
	pthread_join(o->thread, NULL);
	good = out_file_close(&o->file, verdict ? error : NULL);
	if (good && lost && verdict) {
		buf_printf(error,
			   "--jtl: %" PRIu64 " requests are missing in the file, because it could "
			   "not be written fast enough; use a faster disk or a lower load",
			   lost);
		good = false;
	}
	release(o);
	return good;
}
