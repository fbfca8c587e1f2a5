/* The heap of deadlines, compared with a sorted list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "run/fiber.h"
#include "run/timers.h"

#define STRANDS 500

static void they_are_removed_in_order(void **state)
{
	static struct fiber strands[STRANDS];
	struct random_stream draws = random_stream(1, 2, 3, 4);
	struct timers timers;
	ns_t last = 0;
	size_t out = 0;
	struct fiber *s;

	(void)state;
	timers_init(&timers, 0);
	for (size_t i = 0; i < STRANDS; i++) {
		strands[i] = (struct fiber){.clock = random_int(&draws, 0, 1000)};
		timers_add(&timers, &strands[i], strands[i].clock);
	}
	assert_null(timers_pop(&timers, -1));
	for (ns_t now = 0; now <= 1000; now += 10) {
		while ((s = timers_pop(&timers, now))) {
			assert_true(s->clock >= last && s->clock <= now);
			assert_int_equal(s->timer, 0);
			last = s->clock;
			out++;
		}
		assert_true(timers_next(&timers) > now);
	}
	assert_int_equal(out, STRANDS);
	assert_int_equal(timers_next(&timers), NS_NEVER);
	timers_release(&timers);
}

static void any_item_can_be_removed(void **state)
{
	static struct fiber strands[STRANDS];
	struct random_stream draws = random_stream(5, 6, 7, 8);
	struct timers timers;
	size_t left = STRANDS, out = 0;
	ns_t last = 0;
	struct fiber *s;

	(void)state;
	timers_init(&timers, STRANDS);
	for (size_t i = 0; i < STRANDS; i++) {
		strands[i] = (struct fiber){.clock = random_int(&draws, 0, 1000)};
		timers_add(&timers, &strands[i], strands[i].clock);
	}
	for (size_t i = 0; i < STRANDS; i += 1 + (size_t)random_below(&draws, 3)) {
		timers_remove(&timers, &strands[i]);
		timers_remove(&timers, &strands[i]);
		assert_int_equal(strands[i].timer, 0);
		left--;
	}
	while ((s = timers_pop(&timers, NS_NEVER - 1))) {
		assert_true(s->clock >= last);
		last = s->clock;
		out++;
	}
	assert_int_equal(out, left);
	timers_release(&timers);
}

static void equal_times_keep_their_order(void **state)
{
	static struct fiber strands[STRANDS];
	struct timers timers;

	(void)state;
	timers_init(&timers, STRANDS);
	for (size_t i = 0; i < STRANDS; i++) {
		strands[i] = (struct fiber){.timer = 0};
		timers_add(&timers, &strands[i], 7);
	}
	for (size_t i = 0; i < STRANDS; i++)
		assert_ptr_equal(timers_pop(&timers, 7), &strands[i]);
	timers_release(&timers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(they_are_removed_in_order),
	    cmocka_unit_test(any_item_can_be_removed),
	    cmocka_unit_test(equal_times_keep_their_order),
	};

	return cmocka_run_group_tests_name("timers", tests, NULL, NULL);
}
