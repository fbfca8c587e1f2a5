#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "net/loop.h"

struct run_monitor {
	struct loop *loop;
	ns_t asked, rang;
	unsigned alarms, wakes;
	unsigned timely; /* alarms that were at most 100 us late */
	ns_t step;	 /* to the next alarm, 0: stop */
	ns_t latest;
	unsigned max;
};

static void on_alarm(void *owner)
{
	struct run_monitor *w = owner;
	ns_t now = w->loop->ops->now(w->loop);

	w->alarms++;
	w->rang = now;
	if (now - w->asked < 100 * NS_PER_US)
		w->timely++;
	if (now - w->asked > w->latest)
		w->latest = now - w->asked;
	if (w->step == 0 || w->alarms == w->max) {
		w->loop->ops->stop(w->loop);
		return;
	}
	w->asked += w->step;
	w->loop->ops->alarm(w->loop, w->asked);
}

static void on_wake(void *owner)
{
	struct run_monitor *w = owner;

	w->wakes++;
	w->loop->ops->stop(w->loop);
}

static void watch_open(struct run_monitor *w)
{
	*w = (struct run_monitor){.loop = loop_new()};
	assert_non_null(w->loop);
	w->loop->on_alarm = on_alarm;
	w->loop->on_wake = on_wake;
	w->loop->owner = w;
}

static void ask(struct run_monitor *w, ns_t after)
{
	w->asked = w->loop->ops->now(w->loop) + after;
	w->loop->ops->alarm(w->loop, w->asked);
}

static void test_never_early(void **state)
{
	static const ns_t waits[] = {0, 1, 999, 1000, 1500, 100000, 1234567, 20 * NS_PER_MS};
	struct run_monitor w;

	(void)state;
	watch_open(&w);
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		ask(&w, waits[i]);
		w.loop->ops->run(w.loop);
		assert_int_equal(w.alarms, i + 1);
		assert_true(w.rang >= w.asked);
	}
	w.loop->ops->free(w.loop);
}

static void test_later_call_replaces(void **state)
{
	struct run_monitor w;

	(void)state;
	watch_open(&w);
	ask(&w, NS_PER_MS);
	ask(&w, 30 * NS_PER_MS); /* later */
	w.loop->ops->run(w.loop);
	assert_int_equal(w.alarms, 1);
	assert_true(w.rang >= w.asked);
	ask(&w, 10 * NS_PER_S);
	ask(&w, NS_PER_MS); /* earlier */
	w.loop->ops->run(w.loop);
	assert_int_equal(w.alarms, 2);
	assert_true(w.rang - w.asked < NS_PER_S);
	ask(&w, NS_PER_MS);
	w.loop->ops->alarm(w.loop, NS_NEVER);
	ask(&w, 20 * NS_PER_MS);
	w.loop->ops->run(w.loop);
	assert_int_equal(w.alarms, 3);
	w.loop->ops->free(w.loop);
}

/* Whether most of 40 waits of a quarter of a millisecond ended in time. */
static bool is_precise(void)
{
	struct run_monitor w;
	bool precise;

	watch_open(&w);
	w.step = 250 * NS_PER_US;
	w.max = 40;
	ns_t began = w.loop->ops->now(w.loop);
	ask(&w, w.step);
	w.loop->ops->run(w.loop);
	assert_int_equal(w.alarms, w.max);
	assert_true(w.rang - began >= w.step * w.max);
	precise = w.timely * 2 > w.alarms;
	w.loop->ops->free(w.loop);
	return precise;
}

/* Without a precise timer, three of four waits are too long even on an idle machine. With it, a
 * busy machine delays some waits, but not in every attempt. */
static void test_precise(void **state)
{
	unsigned attempts = 500;

	(void)state;
	while (attempts > 0 && !is_precise())
		attempts--;
	assert_int_not_equal(attempts, 0);
}

static void *wake_soon(void *arg)
{
	struct run_monitor *w = arg;
	struct timespec t = {0, 5000000};

	nanosleep(&t, NULL);
	w->loop->ops->wake(w->loop);
	return NULL;
}

static void test_wake_from_another_thread(void **state)
{
	struct run_monitor w;
	pthread_t thread;

	(void)state;
	watch_open(&w);
	assert_int_equal(pthread_create(&thread, NULL, wake_soon, &w), 0);
	w.loop->ops->run(w.loop);
	pthread_join(thread, NULL);
	assert_int_equal(w.wakes, 1);
	w.loop->ops->wake(w.loop); /* before the loop runs: not lost */
	w.loop->ops->run(w.loop);
	assert_int_equal(w.wakes, 2);
	w.loop->ops->free(w.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_never_early),
	    cmocka_unit_test(test_later_call_replaces),
	    cmocka_unit_test(test_precise),
	    cmocka_unit_test(test_wake_from_another_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
