/*
 * A complete run in virtual time: a handwritten program, a scripted server, one or more workers
 * that run one after another, and the totals. The run starts at SIMULATION_START on the virtual
 * clock.
 */
#ifndef SIMULATION_H
#define SIMULATION_H

#include "fake_http.h"
#include "fake_loop.h"
#include "run/run_plan.h"
#include "run/run_shared.h"
#include "run/worker.h"
#include "stats/summary.h"
#include "tiny_program.h"

#define SIMULATION_START   (1000 * NS_PER_S)
#define SIMULATION_WORKERS 4

struct simulation {
	struct tiny tiny;
	struct run_settings settings;
	/* The server: a test's function, or the same latency for all. */
	struct fake_response (*serve)(void *owner, const struct fake_request *request);
	void *owner;
	const struct fake_channel_calls *channels;
	ns_t latency;
	ns_t cost;
	/* Time of an external request to the run, such as a signal; 0: never. */
	ns_t stop_at, abort_at;
	ns_t stop_grace;

	struct run_plan plan;
	struct run_shared shared;
	struct fake_loop loops[SIMULATION_WORKERS];
	struct fake_http https[SIMULATION_WORKERS];
	struct worker workers[SIMULATION_WORKERS];
	struct summary summary;
	ns_t setup_took;
	ns_t duration; /* until the last worker had ended */
};

void simulation_init(struct simulation *sim);
void simulation_release(struct simulation *sim);
/* For cmocka: *STATE is a simulation before its run. */
int simulation_setup(void **state);
int simulation_teardown(void **state);
#define SIMULATION_TEST(name)                                                                      \
	cmocka_unit_test_setup_teardown(name, simulation_setup, simulation_teardown)
/* Runs it. Also checks that all resources are released and that the counts add up. */
void simulation_run(struct simulation *sim);
/* Adds a scenario with one GET of URL. */
struct scenario_plan *simulation_get(struct simulation *sim, const char *name, const char *url);
/* The counts of all requests. */
const struct series_counts *simulation_all(const struct simulation *sim);
/* The count of a series by its index in the program. */
const struct series_total *simulation_step(const struct simulation *sim, unsigned request);
const struct series_total *simulation_scenario(const struct simulation *sim, unsigned scenario);
ns_t simulation_percentile(const struct simulation *sim, enum time_kind kind, double percentile);
/* Number of requests that the server received, over all workers. */
unsigned long simulation_sent(const struct simulation *sim);

#endif
