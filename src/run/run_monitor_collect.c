/* Once a second: collects the counts of the workers, evaluates the thresholds and informs the
 * outputs. */
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "run/run_monitor.h"

#define UNREACHABLE_AFTER (30 * NS_PER_S)
#define COLLECT_WAIT_MAX                                                                           \
	(100 * NS_PER_MS) /* workers that are later than this deliver their counts a second later  \
			   */

void run_monitor_init(struct run_monitor *w, struct run *run, const struct run_hooks *hooks)
{
	unsigned count = worker_pool_count(run->pool);

	*w = (struct run_monitor){.run = run, .hooks = hooks, .stop_by = NS_NEVER};
	w->collected = alloc_zeroed(count, sizeof(*w->collected));
	w->usage = alloc_zeroed(count, sizeof(*w->usage));
	w->share = alloc_zeroed(count, sizeof(*w->share));
	w->failing = alloc_zeroed(run->judge.count + 1, sizeof(*w->failing));
	summary_init(&w->second, &run->plan.table);
}

void run_monitor_release(struct run_monitor *w)
{
	summary_release(&w->second);
	free(w->failing);
	free(w->collected);
	free(w->usage);
	free(w->share);
}

void run_monitor_stop(struct run_monitor *w, enum run_state state, ns_t grace)
{
	ns_t now = clock_monotonic_ns();

	run_shared_stop(&w->run->shared, state, grace > NS_NEVER - now ? NS_NEVER : now + grace);
}

void run_monitor_request_counts(struct run_monitor *w, ns_t now)
{
	struct worker_pool *pool = w->run->pool;

	for (unsigned i = 0; i < worker_pool_count(pool); i++) {
		w->collected[i] = false;
		recorder_request_swap(worker_pool_recorder(pool, i));
	}
	w->run->shared.wake_all(pool);
	w->requested_at = now;
}

static bool collect_intervals(struct run_monitor *w)
{
	struct worker_pool *pool = w->run->pool;
	bool all = true;

	for (unsigned i = 0; i < worker_pool_count(pool); i++) {
		struct recorder *recorder = worker_pool_recorder(pool, i);
		struct interval *interval = w->collected[i] ? NULL : recorder_take(recorder);

		if (interval) {
			summary_drain(&w->second, interval);
			recorder_return(recorder);
			w->collected[i] = true;
		}
		all &= w->collected[i];
	}
	return all;
}

void run_monitor_begin_usage(struct run_monitor *w, bool fresh)
{
	for (unsigned i = 0; i < worker_pool_count(w->run->pool); i++)
		w->usage[i] =
		    fresh ? (struct worker_usage){.cpu = 0} : worker_pool_usage(w->run->pool, i);
	machine_pressure_read(&w->pressure, "");
	w->usage_at = clock_monotonic_ns();
	if (w->usage_at < w->start)
		w->usage_at = w->start;
}

/* The part of LENGTH that a counter grew by, at most all of it: the clocks differ a little. */
static double part_of(ns_t grown, ns_t length)
{
	double part = (double)grown / (double)length;

	return part < 0 ? 0 : part > 1 ? 1 : part;
}

/* Reads the CPU use of the workers since the last reading, and the pressure on the process. */
static void read_usage(struct run_monitor *w)
{
	struct worker_pool *pool = w->run->pool;
	ns_t now = clock_monotonic_ns(), length = now - w->usage_at;
	struct machine_pressure pressure;

	if (length <= 0)
		length = 1;
	w->pressed.waiting = 0;
	for (unsigned i = 0; i < worker_pool_count(pool); i++) {
		struct worker_usage usage = worker_pool_usage(pool, i);
		double waiting = part_of(usage.waiting - w->usage[i].waiting, length);

		w->share[i] = part_of(usage.cpu - w->usage[i].cpu, length);
		if (waiting > w->pressed.waiting)
			w->pressed.waiting = waiting;
		w->usage[i] = usage;
	}
	machine_pressure_read(&pressure, "");
	w->pressed.throttled = machine_pressure_throttled(&w->pressure, &pressure, length);
	w->pressed.steal = machine_pressure_steal(&w->pressure, &pressure);
	w->pressure = pressure;
	w->usage_at = now;
}

static void check_health(struct run_monitor *w)
{
	const struct summary_row *row = &w->run->summary.last;

	read_usage(w);
	health_interval(&w->run->health, row->length, w->share, row->lag_p99, &w->pressed);
}

static void report_second(struct run_monitor *w, bool last)
{
	const struct summary *second = &w->second;
	const struct summary_row *row = &second->last;
	const struct generator_health *health = &w->run->health;
	struct run_interval m = {.begin = row->begin,
				 .length = row->length,
				 .wall = w->wall_start + row->begin,
				 .users = second->users_now,
				 .last = last,
				 .lag_p99 = row->lag_p99,
				 .cpu = w->share,
				 .threads = health->threads,
				 .evaluated = true,
				 .steal = w->pressed.steal,
				 .throttled = w->pressed.throttled,
				 .waiting = w->pressed.waiting,
				 .limited = health->limited_now,
				 .why = health->why};

	if (row->length > 0)
		m.arrivals_planned =
		    (double)row->arrivals_planned * (double)NS_PER_S / (double)row->length;
	if (w->hooks->second && !w->is_trial)
		w->hooks->second(w->hooks->owner, second, &w->run->summary, &m);
}

/* Adds the second to the totals and closes it at END, in time since the start. */
static unsigned close_rows(struct run_monitor *w, ns_t end)
{
	struct summary *total = &w->run->summary;
	unsigned known = total->failure_count;

	summary_add_second(total, &w->second);
	summary_close_second(&w->second, end);
	summary_close_second(total, end);
	return known;
}

/* A run that reaches no server ends soon, not after its full duration. Connections that are
 * still being made are waited for. */
static void stop_if_unreachable(struct run_monitor *w, ns_t now)
{
	struct run *run = w->run;
	const struct series_counts *c = &run->summary.all.counts;
	uint64_t failed = recorder_series_counts_failed(c);

	if (run->gave_up || w->is_trial || now - w->start < UNREACHABLE_AFTER ||
	    atomic_load(&run->shared.reached) || !failed || c->started > failed + c->cut_off ||
	    verdict_reached(&run->summary))
		return;
	run->gave_up = true;
	log_error("no connection could be made for %d s; the run ends here",
		  (int)(UNREACHABLE_AFTER / NS_PER_S));
	run_monitor_stop(w, RUN_DRAINING, run->plan.loads.grace);
}

static void close_second(struct run_monitor *w)
{
	struct run *run = w->run;
	ns_t requested = w->requested_at;
	unsigned known = close_rows(w, requested - w->start);

	w->requested_at = 0;
	check_health(w);
	if (threshold_judge_second(&run->judge, &run->summary, requested - w->start) &&
	    !run->aborted && !w->is_trial) {
		run->aborted = true;
		run_monitor_stop(w, RUN_DRAINING, run->plan.loads.grace);
	}
	stop_if_unreachable(w, requested);
	report_second(w, false);
	run_monitor_report_second(w, known);
	summary_clear(&w->second);
}

void run_monitor_collect(struct run_monitor *w, ns_t now)
{
	if (w->requested_at && (collect_intervals(w) || now - w->requested_at > COLLECT_WAIT_MAX))
		close_second(w);
}

void run_monitor_collect_rest(struct run_monitor *w)
{
	struct run *run = w->run;
	unsigned known;

	for (unsigned i = 0; i < worker_pool_count(run->pool); i++)
		for (unsigned k = 0; k < 2; k++)
			summary_drain(&w->second,
				      recorder_remaining(worker_pool_recorder(run->pool, i), k));
	known = close_rows(w, run->duration);
	check_health(w);
	/* The sum of the workers' peaks: they need not have been at the same time. */
	run->summary.users_max = atomic_load(&run->shared.users_peak);
	report_second(w, true);
	run_monitor_report_second(w, known);
}
