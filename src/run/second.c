/* Once a second: what the workers have counted is gathered, judged and told. */
#include <stdlib.h>

#include "base/log.h"
#include "run/watch.h"

#define GIVE_UP	    (30 * NS_PER_S)
#define ASK_AT_MOST (100 * NS_PER_MS) /* then the late ones bring theirs a second later */

void watch_init(struct watch *w, struct run *run, const struct run_hooks *hooks)
{
	unsigned count = crew_count(run->crew);

	*w = (struct watch){.run = run, .hooks = hooks, .stop_by = NS_NEVER};
	w->taken = calloc(count, sizeof(*w->taken));
	w->cpu = calloc(count, sizeof(*w->cpu));
	w->share = calloc(count, sizeof(*w->share));
	w->broken = calloc(run->judge.count + 1, sizeof(*w->broken));
	if (!w->taken || !w->cpu || !w->share || !w->broken)
		die_out_of_memory();
	summary_init(&w->second, &run->plan.table);
}

void watch_release(struct watch *w)
{
	summary_release(&w->second);
	free(w->broken);
	free(w->taken);
	free(w->cpu);
	free(w->share);
}

void watch_stop(struct watch *w, enum run_state state, ns_t grace)
{
	ns_t now = clock_monotonic_ns();

	run_shared_stop(&w->run->shared, state, grace > NS_NEVER - now ? NS_NEVER : now + grace);
}

void watch_ask(struct watch *w, ns_t now)
{
	struct crew *crew = w->run->crew;

	for (unsigned i = 0; i < crew_count(crew); i++) {
		w->taken[i] = false;
		recorder_ask(crew_recorder(crew, i));
	}
	w->run->shared.wake_all(crew);
	w->asked_at = now;
}

static bool gather(struct watch *w)
{
	struct crew *crew = w->run->crew;
	bool all = true;

	for (unsigned i = 0; i < crew_count(crew); i++) {
		struct recorder *recorder = crew_recorder(crew, i);
		struct interval *interval = w->taken[i] ? NULL : recorder_take(recorder);

		if (interval) {
			summary_drain(&w->second, interval);
			recorder_give_back(recorder);
			w->taken[i] = true;
		}
		all &= w->taken[i];
	}
	return all;
}

static void take_pressure(struct watch *w, ns_t length)
{
	struct machine_pressure now;

	machine_pressure_read(&now, "");
	w->pressed.throttled = machine_throttled(&w->pressure, &now, length);
	w->pressed.steal = machine_steal(&w->pressure, &now);
	w->pressure = now;
}

static void judge_health(struct watch *w, ns_t now, ns_t lag_p99)
{
	struct crew *crew = w->run->crew;
	ns_t length = now - w->second_began;

	for (unsigned i = 0; i < crew_count(crew); i++) {
		ns_t used = crew_cpu(crew, i);

		w->share[i] = used < 0 ? 0 : (double)(used - w->cpu[i]) / (double)length;
		if (used >= 0)
			w->cpu[i] = used;
	}
	take_pressure(w, length);
	w->second_began = now;
	health_second(&w->run->health, w->share, lag_p99, &w->pressed);
}

static void tell_second(struct watch *w, bool last)
{
	const struct summary *second = &w->second;
	const struct summary_row *row = &second->last;
	const struct generator_health *health = &w->run->health;
	struct moment m = {.begin = row->begin,
			   .length = row->length,
			   .wall = w->wall_start + row->begin,
			   .users = second->users_now,
			   .last = last,
			   .lag_p99 = row->lag_p99,
			   .cpu = w->share,
			   .threads = health->threads,
			   .steal = w->pressed.steal,
			   .throttled = w->pressed.throttled,
			   .limited = !last && health->limited,
			   .why = last ? "" : health->why};

	if (row->length > 0)
		m.arrivals_planned =
		    (double)row->arrivals_planned * (double)NS_PER_S / (double)row->length;
	if (w->hooks->second && !w->quiet)
		w->hooks->second(w->hooks->owner, second, &w->run->summary, &m);
}

/* Moves the second into the totals and closes it at END since the start. */
static unsigned close_rows(struct watch *w, ns_t end)
{
	struct summary *total = &w->run->summary;
	unsigned known = total->failure_count;

	summary_take(total, &w->second);
	summary_second(&w->second, end);
	summary_second(total, end);
	return known;
}

/* A run that reaches nobody says so soon, and not when its hour is over. Who may still be
 * connecting is waited for. */
static void give_up(struct watch *w, ns_t now)
{
	struct run *run = w->run;
	const struct series_counts *c = &run->summary.all.counts;
	uint64_t failed = series_counts_failed(c);

	if (run->given_up || w->quiet || now - w->start < GIVE_UP ||
	    atomic_load(&run->shared.reached) || !failed || c->started > failed + c->cut_off ||
	    verdict_reached(&run->summary))
		return;
	run->given_up = true;
	log_error("no connection could be made for %d s: the run ends here",
		  (int)(GIVE_UP / NS_PER_S));
	watch_stop(w, RUN_STOPS, run->plan.loads.grace);
}

static void close_second(struct watch *w)
{
	struct run *run = w->run;
	ns_t asked = w->asked_at;
	unsigned known = close_rows(w, asked - w->start);

	w->asked_at = 0;
	judge_health(w, asked, run->summary.last.lag_p99);
	if (threshold_judge_second(&run->judge, &run->summary, asked - w->start) && !run->aborted &&
	    !w->quiet) {
		run->aborted = true;
		watch_stop(w, RUN_STOPS, run->plan.loads.grace);
	}
	give_up(w, asked);
	tell_second(w, false);
	watch_tell_second(w, known);
	summary_clear(&w->second);
}

void watch_gather(struct watch *w, ns_t now)
{
	if (w->asked_at && (gather(w) || now - w->asked_at > ASK_AT_MOST))
		close_second(w);
}

void watch_rest(struct watch *w)
{
	struct run *run = w->run;
	unsigned known;

	for (unsigned i = 0; i < crew_count(run->crew); i++)
		for (unsigned k = 0; k < 2; k++)
			summary_drain(&w->second, recorder_rest(crew_recorder(run->crew, i), k));
	known = close_rows(w, run->duration);
	/* The workers' own peaks, which are added up, need not have come at the same moment. */
	run->summary.users_max = atomic_load(&run->shared.users_most);
	tell_second(w, true);
	watch_tell_second(w, known);
}
