/* Once a run is warm, nothing of ours is allocated for a request, an iteration or a user. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "counted_malloc.h"
#include "simulation.h"

#define WARM 3000u /* requests */
#define OVER 9000u

struct window {
	unsigned seen;
	unsigned long before, after;
};

static struct fake_answer count(void *owner, const struct fake_request *request)
{
	static const char *const bodies[] = {"a short answer", "one that is somewhat longer", "no"};
	struct window *w = owner;
	unsigned n = w->seen++;

	if (n == WARM)
		w->before = counted_mallocs();
	if (n == OVER)
		w->after = counted_mallocs();
	/* Few kinds of times and failures: the page or note of a new kind may be taken any time. */
	return (struct fake_answer){.latency = 3 * NS_PER_MS,
				    .status = *request->method == 'P' && n % 8 == 0 ? 503 : 200,
				    .body = bodies[n % 3]};
}

static void visit(struct tiny *t)
{
	tiny_scenario(t, "Visit", 1);
	tiny_request_keeping(t, "GET", "http://shop/", 0);
	tiny_think(t, THINK_FIXED, 5 * NS_PER_MS, 0);
	tiny_parallel(t, 6, 3, 1);
	tiny_request(t, "POST", "http://shop/form")->on_failure = FAILURE_CONTINUE;
	tiny_op(t, OP_END, 0, 0, 0);
}

static void perform(struct simulation *sim)
{
	struct window window = {.seen = 0};

	visit(&sim->tiny);
	sim->serve = count;
	sim->owner = &window;
	simulation_run(sim);
	assert_true(window.seen > OVER);
	assert_true(window.before > 0);
	assert_int_equal(window.after - window.before, 0);
}

static void nothing_for_a_request(void **state)
{
	struct simulation *sim = malloc(sizeof *sim);

	(void)state;
	simulation_init(sim);
	sim->settings.load.users = 20;
	sim->settings.load.iterations = 100;
	perform(sim);
	simulation_release(sim);
	free(sim);
}

static void nothing_for_a_user(void **state)
{
	struct simulation *sim = malloc(sizeof *sim);

	(void)state;
	simulation_init(sim);
	sim->settings.load.arrivals = 200;
	sim->settings.load.duration = 10 * NS_PER_S;
	perform(sim);
	simulation_release(sim);
	free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_for_a_request),
	    cmocka_unit_test(nothing_for_a_user),
	};

	return cmocka_run_group_tests_name("memory of a run", tests, NULL, NULL);
}
