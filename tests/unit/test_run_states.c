/* The states of users and fibers: each transition of the tables in run/user.h and run/fiber.h is
 * allowed, and every other ends the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/user.h"

struct transition {
	uint8_t from, to;
};

static const struct transition of_fibers[] = {
    {FIBER_FREE, FIBER_RUNNING},	  {FIBER_RUNNING, FIBER_FREE},
    {FIBER_RUNNING, FIBER_SLEEPING},	  {FIBER_RUNNING, FIBER_AT_RENDEZVOUS},
    {FIBER_RUNNING, FIBER_FORKING},	  {FIBER_RUNNING, FIBER_PREPARED},
    {FIBER_SLEEPING, FIBER_RUNNING},	  {FIBER_SLEEPING, FIBER_ABORTED},
    {FIBER_AT_RENDEZVOUS, FIBER_RUNNING}, {FIBER_AT_RENDEZVOUS, FIBER_ABORTED},
    {FIBER_FORKING, FIBER_JOINING},	  {FIBER_JOINING, FIBER_FORKING},
    {FIBER_JOINING, FIBER_RUNNING},	  {FIBER_JOINING, FIBER_ABORTED},
    {FIBER_PREPARED, FIBER_RUNNING},	  {FIBER_PREPARED, FIBER_IN_FLIGHT},
    {FIBER_PREPARED, FIBER_QUEUED},	  {FIBER_QUEUED, FIBER_IN_FLIGHT},
    {FIBER_QUEUED, FIBER_RUNNING},	  {FIBER_QUEUED, FIBER_ABORTED},
    {FIBER_IN_FLIGHT, FIBER_CHECKING},	  {FIBER_IN_FLIGHT, FIBER_CANCELLING},
    {FIBER_CHECKING, FIBER_IN_FLIGHT},	  {FIBER_CHECKING, FIBER_QUEUED},
    {FIBER_CHECKING, FIBER_RUNNING},	  {FIBER_CHECKING, FIBER_RETRYING},
    {FIBER_RETRYING, FIBER_PREPARED},	  {FIBER_RETRYING, FIBER_RUNNING},
    {FIBER_RETRYING, FIBER_ABORTED},	  {FIBER_CANCELLING, FIBER_ABORTED},
    {FIBER_ABORTED, FIBER_RUNNING},	  {FIBER_ABORTED, FIBER_FREE},
    {FIBER_RUNNING, FIBER_AWAITING},	  {FIBER_AWAITING, FIBER_RUNNING},
    {FIBER_AWAITING, FIBER_ABORTED},
};

static const struct transition of_users[] = {
    {USER_FREE, USER_ADMITTED},	     {USER_ADMITTED, USER_ACTIVE},  {USER_ADMITTED, USER_IDLE},
    {USER_ADMITTED, USER_FREE},	     {USER_ACTIVE, USER_ACTIVE},    {USER_ACTIVE, USER_BACKING_OFF},
    {USER_ACTIVE, USER_IDLE},	     {USER_ACTIVE, USER_ABORTING},  {USER_ACTIVE, USER_FREE},
    {USER_BACKING_OFF, USER_ACTIVE}, {USER_BACKING_OFF, USER_FREE}, {USER_IDLE, USER_ACTIVE},
    {USER_IDLE, USER_FREE},	     {USER_ABORTING, USER_ACTIVE},  {USER_ABORTING, USER_FREE},
};

static void enter_fiber_state(uint8_t from, uint8_t to)
{
	struct fiber fiber = {.state = from};

	fiber_enter(&fiber, (enum fiber_state)to);
	_exit(fiber.state == to ? 0 : 1);
}

static void enter_user_state(uint8_t from, uint8_t to)
{
	struct user user = {.state = from};

	user_enter(&user, (enum user_state)to);
	_exit(user.state == to ? 0 : 1);
}

/* The exit status of a process that performs ENTER. */
static int status_of(void (*enter)(uint8_t from, uint8_t to), uint8_t from, uint8_t to)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		enter(from, to);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void check_all(const struct transition *rows, size_t count, uint8_t states,
		      void (*enter)(uint8_t from, uint8_t to))
{
	for (uint8_t from = 0; from < states; from++) {
		for (uint8_t to = 0; to < states; to++) {
			unsigned found = 0;
			int status = status_of(enter, from, to);

			for (size_t i = 0; i < count; i++)
				found += rows[i].from == from && rows[i].to == to;
			assert_true(found <= 1);
			if (status != (found ? 0 : 70))
				fail_msg("from %d to %d: %d", from, to, status);
		}
	}
}

static void fibers_take_these_transitions_only(void **state)
{
	(void)state;
	check_all(of_fibers, sizeof of_fibers / sizeof of_fibers[0], FIBER_STATE_COUNT,
		  enter_fiber_state);
}

static void users_take_these_transitions_only(void **state)
{
	(void)state;
	check_all(of_users, sizeof of_users / sizeof of_users[0], USER_STATE_COUNT,
		  enter_user_state);
}

/* Bit i: state i can be reached from START in any number of transitions. */
static unsigned reachable(const struct transition *rows, size_t count, uint8_t start)
{
	unsigned seen = 1u << start, before = 0;

	while (seen != before) {
		before = seen;
		for (size_t i = 0; i < count; i++)
			if (seen >> rows[i].from & 1)
				seen |= 1u << rows[i].to;
	}
	return seen;
}

/* Every state can be entered, and none is a dead end: all users return to the pool. */
static void all_states_lead_to_the_pool(void **state)
{
	size_t fibers = sizeof of_fibers / sizeof of_fibers[0];
	size_t users = sizeof of_users / sizeof of_users[0];

	(void)state;
	assert_int_equal(reachable(of_fibers, fibers, FIBER_FREE), (1u << FIBER_STATE_COUNT) - 1);
	assert_int_equal(reachable(of_users, users, USER_FREE), (1u << USER_STATE_COUNT) - 1);
	for (uint8_t i = 0; i < FIBER_STATE_COUNT; i++)
		assert_true(reachable(of_fibers, fibers, i) >> FIBER_FREE & 1);
	for (uint8_t i = 0; i < USER_STATE_COUNT; i++)
		assert_true(reachable(of_users, users, i) >> USER_FREE & 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fibers_take_these_transitions_only),
	    cmocka_unit_test(users_take_these_transitions_only),
	    cmocka_unit_test(all_states_lead_to_the_pool),
	};

	return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
