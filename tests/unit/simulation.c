#include "simulation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stats/conservation.h"

static struct fake_response serve_evenly(void *owner, const struct fake_request *request)
{
	const struct simulation *sim = owner;

	(void)request;
	return (struct fake_response){.latency = sim->latency};
}

static void wake_all(void *owner)
{
	struct simulation *sim = owner;

	for (unsigned i = 0; i < sim->plan.threads; i++)
		sim->loops[i].woken = true;
}

static void stop_now(void *owner)
{
	struct simulation *sim = owner;

	run_shared_stop(&sim->shared, RUN_DRAINING,
			SIMULATION_START + sim->stop_at + sim->stop_grace);
}

static void cut_now(void *owner)
{
	struct simulation *sim = owner;

	run_shared_stop(&sim->shared, RUN_ABORTING, 0);
}

void simulation_init(struct simulation *sim)
{
	*sim = (struct simulation){.serve = serve_evenly};
	sim->owner = sim;
	tiny_init(&sim->tiny);
	sim->settings = (struct run_settings){
	    .program = &sim->tiny.p, .load = {.grace = 30 * NS_PER_S}, .seed = 7, .threads = 1};
	sim->stop_grace = 5 * NS_PER_S;
}

void simulation_release(struct simulation *sim)
{
	for (unsigned i = 0; i < sim->plan.threads; i++)
		worker_release(&sim->workers[i]);
	summary_release(&sim->summary);
	run_shared_release(&sim->shared);
	run_plan_release(&sim->plan);
	tiny_release(&sim->tiny);
}

int simulation_setup(void **state)
{
	struct simulation *sim = malloc(sizeof *sim);

	simulation_init(sim);
	*state = sim;
	return 0;
}

int simulation_teardown(void **state)
{
	simulation_release(*state);
	free(*state);
	return 0;
}

static void run_worker(struct simulation *sim, unsigned i)
{
	struct fake_loop *loop = &sim->loops[i];

	fake_loop_init(loop, SIMULATION_START);
	fake_http_init(&sim->https[i], loop);
	sim->https[i].serve = sim->serve;
	sim->https[i].owner = sim->owner;
	sim->https[i].channels = sim->channels;
	sim->https[i].cost = sim->cost;
	worker_init(&sim->workers[i], &sim->plan, &sim->shared, i, &loop->loop,
		    &sim->https[i].http);
	if (sim->stop_at)
		fake_loop_post(loop, SIMULATION_START + sim->stop_at, stop_now, sim);
	if (sim->abort_at)
		fake_loop_post(loop, SIMULATION_START + sim->abort_at, cut_now, sim);
	if (i == 0 && sim->plan.program->fixture[FIXTURE_SETUP] != PC_NONE) {
		worker_run(&sim->workers[0], FIXTURE_SETUP, SIMULATION_START, 0);
		sim->setup_took = loop->now - SIMULATION_START;
	}
	if (!sim->shared.setup_failed)
		worker_run(&sim->workers[i], FIXTURE_NONE, SIMULATION_START + sim->setup_took, 0);
	if (loop->now - SIMULATION_START > sim->duration)
		sim->duration = loop->now - SIMULATION_START;
}

/* Run by the first worker after all others have ended. */
static void run_teardown(struct simulation *sim)
{
	struct fake_loop *loop = &sim->loops[0];

	if (sim->plan.program->fixture[FIXTURE_TEARDOWN] == PC_NONE)
		return;
	atomic_store(&sim->shared.abort_at, NS_NEVER);
	worker_run(&sim->workers[0], FIXTURE_TEARDOWN, loop->now, 0);
}

static void check_counts(const struct summary *summary)
{
	struct buf why;

	buf_init(&why, 0);
	if (!conservation_check(summary, &why))
		fail_msg("%s", why.data);
	buf_release(&why);
}

/* All users and fibers are back in the pool: fibers are allocated in slabs of 64. */
static void check_pool(const struct user_pool *pool)
{
	size_t fibers = 0;

	assert_int_equal(pool->live, 0);
	for (const struct user *u = pool->free_users; u; u = u->next) {
		assert_int_equal(u->state, USER_FREE);
		assert_int_equal(u->fiber->state, FIBER_FREE);
	}
	for (const struct fiber *f = pool->free_fibers; f; f = f->next, fibers++)
		assert_int_equal(f->state, FIBER_FREE);
	assert_int_equal(fibers % 64, 0);
}

void simulation_run(struct simulation *sim)
{
	run_plan_init(&sim->plan, &sim->settings);
	run_shared_init(&sim->shared, &sim->plan);
	sim->shared.owner = sim;
	sim->shared.wake_all = wake_all;
	summary_init(&sim->summary, &sim->plan.table);
	for (unsigned i = 0; i < sim->plan.threads; i++)
		run_worker(sim, i);
	run_teardown(sim);
	for (unsigned i = 0; i < sim->plan.threads; i++)
		for (unsigned k = 0; k < 2; k++)
			summary_drain(&sim->summary,
				      recorder_remaining(&sim->workers[i].recorder, k));
	summary_close_second(&sim->summary, sim->duration);
	for (unsigned i = 0; i < sim->plan.threads; i++) {
		assert_int_equal(sim->https[i].begun, sim->https[i].ended);
		assert_int_equal(sim->https[i].open_users, 0);
		assert_int_equal(sim->https[i].open_channels, 0);
		check_pool(&sim->workers[i].users);
		assert_int_equal(sim->workers[i].timers.count, 0);
	}
	assert_int_equal(sim->summary.users_now, 0);
	check_counts(&sim->summary);
}

struct scenario_plan *simulation_get(struct simulation *sim, const char *name, const char *url)
{
	struct scenario_plan *scenario = tiny_scenario(&sim->tiny, name, 1);

	tiny_request(&sim->tiny, "GET", url);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	return scenario;
}

const struct series_counts *simulation_all(const struct simulation *sim)
{
	return &sim->summary.all.counts;
}

const struct series_total *simulation_step(const struct simulation *sim, unsigned request)
{
	return &sim->summary.series[sim->plan.requests[request].series];
}

const struct series_total *simulation_scenario(const struct simulation *sim, unsigned scenario)
{
	return &sim->summary.series[sim->plan.scenario_series[scenario]];
}

ns_t simulation_percentile(const struct simulation *sim, enum time_kind kind, double percentile)
{
	return histogram_percentile(&sim->summary.all.times[kind], percentile);
}

unsigned long simulation_sent(const struct simulation *sim)
{
	unsigned long sum = 0;

	for (unsigned i = 0; i < sim->plan.threads; i++)
		sum += sim->https[i].sent;
	return sum;
}
