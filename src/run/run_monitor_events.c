/* Reports the events of a run as text. */
#include <stdarg.h>
#include <string.h>

#include "run/run_monitor.h"

void run_monitor_event(struct run_monitor *w, struct run_event *event, const char *format, ...)
{
	struct buf text;
	va_list args;

	if (!w->hooks->event)
		return;
	buf_init(&text, 0);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	event->stage = w->run->stage;
	event->at = clock_monotonic_ns() - w->tick_from;
	if (event->at < 0 || w->start == 0)
		event->at = 0;
	event->wall = clock_wall_ns();
	event->users = w->run->summary.users_now;
	event->text = buf_str(&text);
	w->hooks->event(w->hooks->owner, event);
	buf_release(&text);
}

void run_monitor_report_stage(struct run_monitor *w)
{
	static const char *const names[] = {[STAGE_LOAD] = "load",
					    [STAGE_SETUP] = "setup",
					    [STAGE_WARM_UP] = "warm-up",
					    [STAGE_TEARDOWN] = "teardown"};
	struct run_event event = {.kind = RUN_EVENT_phase};

	run_monitor_event(w, &event, "%s", names[w->run->stage]);
}

static void report_failure(struct run_monitor *w, const struct failure_note *note)
{
	const struct series_def *def = &w->run->plan.table.defs.items[note->series];
	struct run_event event = {.kind = RUN_EVENT_failure, .failure = note};

	run_monitor_event(w, &event, "%s at %.*s: %.*s", failure_name(note->class),
			  STR_ARG(def->name), (int)note->text_len, note->text);
}

/* A minimum that must be reached by the end has not failed before the end. */
static bool may_still_pass(const struct threshold *t)
{
	bool grows = t->stat == STAT_REQUESTS || t->stat == STAT_ITERATIONS;

	return grows && (t->op == THRESHOLD_GREATER || t->op == THRESHOLD_GREATER_EQUAL);
}

static void report_threshold(struct run_monitor *w, size_t i)
{
	const struct threshold *t = &w->run->judge.thresholds[i];
	const struct threshold_result *r = &w->run->judge.results[i];
	struct run_event event = {.kind = RUN_EVENT_threshold, .threshold = i, .holds = r->pass};
	struct buf value;

	if (!r->has_value || r->pass != w->failing[i] || may_still_pass(t))
		return;
	w->failing[i] = !r->pass;
	buf_init(&value, 0);
	threshold_put_measured(&value, t, r);
	run_monitor_event(w, &event, "%.*s %s: %.*s", STR_ARG(t->text),
			  r->pass ? "passes again" : "failed", STR_ARG(buf_str(&value)));
	buf_release(&value);
}

static void report_users(struct run_monitor *w)
{
	struct run_event event = {.kind = RUN_EVENT_users};
	uint64_t users = w->run->plan.users;

	if (w->users_reported || !users || w->run->summary.users_max < (int64_t)users)
		return;
	w->users_reported = true;
	run_monitor_event(w, &event, "%llu user%s", (unsigned long long)users,
			  users == 1 ? "" : "s");
}

static void report_limited(struct run_monitor *w)
{
	const struct generator_health *h = &w->run->health;
	struct run_event event = {.kind = RUN_EVENT_limited, .holds = !h->limited_now};

	if (h->limited_now == w->limited_reported)
		return;
	w->limited_reported = h->limited_now;
	if (h->limited_now)
		run_monitor_event(w, &event, "the load generator cannot keep up: %s", h->why);
	else
		run_monitor_event(w, &event, "the load generator keeps up again");
}

void run_monitor_report_second(struct run_monitor *w, unsigned known)
{
	const struct summary *s = &w->run->summary;

	if (w->is_trial)
		return;
	for (unsigned i = known; i < s->failure_count; i++)
		report_failure(w, &s->failures[i]);
	report_users(w);
	for (size_t i = 0; i < w->run->judge.count; i++)
		report_threshold(w, i);
	report_limited(w);
}

void run_monitor_report_stop(struct run_monitor *w)
{
	struct run *run = w->run;
	struct run_event event = {.kind = RUN_EVENT_stop};
	const char *why = "a step requested it";

	if (w->stop_reported || atomic_load(&run->shared.state) == RUN_RUNNING)
		return;
	w->stop_reported = true;
	if (run->stop_file_found)
		why = "the stop file";
	else if (run->signal)
		why = strsignal(run->signal);
	else if (atomic_load(&run->shared.failed_fast))
		why = "--fail-fast: the first failure";
	else if (atomic_load(&run->shared.until_reached))
		why = "the step of --until has ended";
	else if (run->aborted)
		why = "a threshold with abort";
	else if (atomic_load(&run->shared.limit_reached))
		why = "the maximum number of requests";
	else if (run->stop_requested)
		why = "requested at the dashboard";
	else if (run->setup_failed)
		why = "setup failed";
	else if (run->gave_up)
		why = "no connection could be made";
	run_monitor_event(w, &event, "%s", why);
}

void run_monitor_report_end(struct run_monitor *w)
{
	static const char *const texts[] = {
	    [VERDICT_PASS] = "passed",
	    [VERDICT_FAIL] = "failed",
	    [VERDICT_NO_DATA] = "failed: no request was measured",
	    [VERDICT_UNJUDGED] = "ended",
	};
	struct run_event event = {.kind = RUN_EVENT_end};

	run_monitor_event(w, &event, "%s%s", texts[w->run->outcome],
			  w->run->validity.valid ? "" : ", not valid");
}
