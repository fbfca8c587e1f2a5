#include "result/rebuild.h"

#include <unistd.h>

#include "stats/verdict.h"

void rebuild_init(struct rebuild *r, const struct run_facts *facts)
{
	*r = (struct rebuild){.facts = *facts};
	summary_init(&r->total, facts->table);
	threshold_judge_init(&r->judge, facts->thresholds, facts->threshold_count);
	health_init(&r->health, 0);
	r->facts.judge = &r->judge;
	r->facts.output = terminal_detect(STDOUT_FILENO, TERMINAL_COLOR_AUTO);
	r->facts.error = terminal_detect(STDERR_FILENO, TERMINAL_COLOR_AUTO);
	r->verdict =
	    (struct verdict){.reached = true, .validity = &r->validity, .health = &r->health};
}

void rebuild_release(struct rebuild *r)
{
	threshold_judge_release(&r->judge);
	summary_release(&r->total);
}

void rebuild_health(struct generator_health *health, const struct run_interval *m)
{
	const struct health_pressure pressure = {m->steal, m->throttled, m->waiting};

	if (m->evaluated || !m->last)
		health_interval(health, m->length, m->cpu, m->lag_p99, &pressure);
}

void rebuild_second(struct rebuild *r, struct summary *second, const struct run_interval *m)
{
	ns_t end = m->begin + m->length;

	summary_add_second(&r->total, second);
	summary_close_second(second, end);
	summary_close_second(&r->total, end);
	/* Also for a run without a complete second: its threads are known, their CPU is 0. */
	if (m->threads > r->health.threads)
		r->health.threads = m->threads;
	rebuild_health(&r->health, m);
	if (!m->last)
		threshold_judge_second(&r->judge, &r->total, end);
	output_set_second(&r->outputs, second, &r->total, m);
}

void rebuild_judge(struct rebuild *r)
{
	struct verdict_evidence evidence = {
	    .summary = &r->total,
	    .thresholds = r->judge.count,
	    .thresholds_passed = threshold_judge_end(&r->judge, &r->total),
	    .shard = r->facts.unjudged,
	    .reached = verdict_reached(&r->total),
	    .failed = r->verdict.setup_failed,
	};

	verdict_judge(&r->validity, &r->total, &r->health);
	r->verdict.reached = evidence.reached;
	r->verdict.outcome = verdict_decide(&evidence);
}
