#include "run/request_recorder.h"

#include "run/live_secrets.h"
#include "stats/request_rows.h"

/* The wall clock at the monotonic time AT. */
static ns_t wall(const struct worker *w, ns_t at)
{
	return at + w->wall_offset;
}

static ns_t measured(ns_t time)
{
	return time == SAMPLE_NONE || time < 0 ? 0 : time;
}

static void set_times(struct request_record *record, const struct sample *s)
{
	ns_t receive = measured(s->receive);

	record->response = s->response;
	record->latency = s->status ? s->response - receive : 0;
	if (record->latency < 0)
		record->latency = 0;
	record->connect = measured(s->dns) + measured(s->connect) + measured(s->tls);
}

static void set_url(struct worker *w, const struct fiber *f, struct request_record *record)
{
	buf_clear(&w->text);
	if (f->exchange && f->exchange->last_url)
		buf_add(&w->text, str_of(f->exchange->last_url));
	live_secrets_mask(w, f, &w->text);
	request_rows_set_text(record->url, sizeof record->url, &record->url_len, buf_str(&w->text));
}

static void set_failure(struct worker *w, const struct fiber *f, struct request_record *record)
{
	record->class = f->sample.class;
	record->text_len = 0;
	if (!f->failed)
		return;
	live_secrets_mask(w, f, &w->failure_text);
	request_rows_set_text(record->text, sizeof record->text, &record->text_len,
			      buf_str(&w->failure_text));
}

void request_recorder_add(struct worker *w, const struct fiber *f, unsigned series)
{
	struct request_rows *log = w->plan->settings.request_rows;
	const struct sample *s = &f->sample;
	struct request_record *record;

	if (s->outcome == OUTCOME_CUT_OFF)
		return;
	record = request_rows_next(log, w->index);
	if (!record)
		return;
	record->begin = wall(w, f->due);
	record->series = series;
	record->outcome = s->outcome;
	record->status = s->status;
	record->user = f->user->number + 1;
	record->users = atomic_load(&w->shared->users_now);
	record->bytes_sent = s->bytes_sent;
	record->bytes_received = s->bytes_received;
	set_times(record, s);
	set_url(w, f, record);
	set_failure(w, f, record);
	request_rows_add(log, w->index);
}
