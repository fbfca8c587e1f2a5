/*
 * A capacity search: a series of trials of the same load at different levels, each evaluated on its
 * own. The level that was found is then held a second time, and the result describes that last run.
 * Requests of the trials are counted as unmeasured.
 */
#include <stdio.h>

#include "base/log.h"
#include "run/run_monitor.h"

/* largest part of the seconds in which the load generator may not keep up */
#define LIMITED_SHARE_MAX 3u

/* Forgets the counts of the trial before. */
static void clear_counts(struct run_monitor *w)
{
	struct run *run = w->run;
	const struct threshold *thresholds = run->judge.thresholds;
	size_t count = run->judge.count;

	summary_release(&run->summary);
	summary_init(&run->summary, &run->plan.table);
	threshold_judge_release(&run->judge);
	threshold_judge_init(&run->judge, thresholds, count);
	health_init(&run->health, run->plan.threads);
	atomic_store(&run->shared.users_peak, 0);
	/* Its clock starts again, too. */
	summary_release(&w->second);
	summary_init(&w->second, &run->plan.table);
}

static void begin_trial(struct run_monitor *w, double level)
{
	struct run *run = w->run;

	load_plan_level(&run->plan.loads, &run->plan.arena, level,
			run->plan.settings.load.capacity.hold);
	clear_counts(w);
}

/* The level under way is not in the curve, so the result has no figures of it. */
static void end_interrupted(struct run_monitor *w, const struct run_counts *sent)
{
	capacity_interrupt(&w->run->capacity);
	clear_counts(w);
	recorder_run_counts_add(&w->second.run, sent);
	w->run->duration = 0;
}

/* Adds the requests of the trials to the counts of the result. */
static void add_sent(struct run_counts *sum, const struct summary *s)
{
	const struct series_counts *c = &s->all.counts;

	for (int i = 0; i < UNMEASURED_KIND_COUNT; i++)
		sum->unmeasured[i] += s->run.unmeasured[i];
	sum->unmeasured[UNMEASURED_search] += c->started + c->redirects + c->retries + c->resent;
	sum->connections_opened += s->run.connections_opened;
	sum->reconnects += s->run.reconnects;
}

static void report_trial(struct run_monitor *w, const struct capacity_trial *t)
{
	const char *unit = w->run->capacity.whole ? " users" : "/s";
	const char *verdict = t->holds	   ? "passed"
			      : t->limited ? "is too much for this load generator"
					   : "failed";
	struct run_event event = {.kind = RUN_EVENT_level};
	char p95[40] = "";

	if (t->p95 >= 0)
		snprintf(p95, sizeof p95, ", p95 %.4g ms", (double)t->p95 / (double)NS_PER_MS);
	log_info("capacity: %.4g%s %s%s", t->level, unit, verdict, p95);
	run_monitor_event(w, &event, "%.4g%s %s%s", t->level, unit, verdict, p95);
}

static bool is_running(const struct run *run)
{
	return atomic_load(&run->shared.state) == RUN_RUNNING && !run->thread_failed;
}

/* The figures of the trial that has just ended. */
static struct capacity_trial measure_trial(struct run *run, double level)
{
	const struct generator_health *health = &run->health;
	struct capacity_trial trial;

	capacity_measure(&trial, level, &run->summary);
	/* Our own delays are part of the measured times: they matter only if a threshold failed. */
	trial.holds =
	    threshold_judge_end(&run->judge, &run->summary) && verdict_has_data(&run->summary);
	trial.limited = !trial.holds && health->limited * LIMITED_SHARE_MAX > health->evaluated;
	return trial;
}

static void perform_trial(struct run_monitor *w, double level, struct run_counts *sent)
{
	struct run *run = w->run;
	struct capacity_trial trial;

	begin_trial(w, level);
	run_monitor_load(w);
	run_monitor_collect_rest(w);
	add_sent(sent, &run->summary);
	if (!is_running(run))
		return;
	trial = measure_trial(run, level);
	capacity_add_trial(&run->capacity, &trial);
	report_trial(w, &trial);
}

void run_monitor_search(struct run_monitor *w)
{
	struct run *run = w->run;
	struct run_counts sent = {0};
	double level;

	w->is_trial = true;
	while (is_running(run) && capacity_next(&run->capacity, &level))
		perform_trial(w, level, &sent);
	w->is_trial = false;
	if (!is_running(run)) {
		end_interrupted(w, &sent);
		return;
	}
	level = capacity_found(&run->capacity);
	begin_trial(w, level > 0 ? level : run->capacity.from);
	recorder_run_counts_add(&w->second.run, &sent);
	run_monitor_load(w);
	if (is_running(run))
		run->result_level = level > 0 ? level : run->capacity.from;
}

void run_monitor_end_search(struct run *run)
{
	struct capacity_trial trial;

	if (run->result_level <= 0)
		return;
	trial = measure_trial(run, run->result_level);
	capacity_add_result(&run->capacity, &trial);
}
