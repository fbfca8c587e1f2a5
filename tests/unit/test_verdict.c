/* How a run ended: each reason alone, and which one decides if several apply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/verdict.h"

struct row {
	const char *name;
	enum verdict_outcome outcome;
	/* The counts of the run. */
	uint64_t ok, failed, iterations_failed, users_failed, after_users_failed, teardowns_failed;
	unsigned failures_listed;
	/* The work of the shard. */
	uint64_t users, arrivals;
	/* The rest of the evidence. */
	bool unreached, failed_otherwise, shard, once, has_thresholds, thresholds_passed;
};

static const struct row rows[] = {
    {"passes", VERDICT_PASS, .ok = 9, .has_thresholds = true, .thresholds_passed = true},
    {"threshold failed", VERDICT_FAIL, .ok = 9, .has_thresholds = true},
    {"failures that thresholds allow", VERDICT_PASS, .ok = 9, .failed = 1, .iterations_failed = 1,
     .failures_listed = 1, .has_thresholds = true, .thresholds_passed = true},
    {"every request failed", VERDICT_FAIL, .failed = 9, .has_thresholds = true},
    {"every request failed, allowed", VERDICT_PASS, .failed = 9, .has_thresholds = true,
     .thresholds_passed = true},
    {"no request", VERDICT_NO_DATA, .users = 2, .has_thresholds = true, .thresholds_passed = true},
    {"not reached", VERDICT_FAIL, .failed = 9, .unreached = true, .has_thresholds = true,
     .thresholds_passed = true},
    {"not reached, no request", VERDICT_FAIL, .unreached = true},
    {"setup failed", VERDICT_FAIL, .failed_otherwise = true},
    {"teardown failed", VERDICT_FAIL, .ok = 9, .teardowns_failed = 1, .has_thresholds = true,
     .thresholds_passed = true},
    {"once", VERDICT_PASS, .ok = 9, .once = true},
    {"once, a failure in a fixture", VERDICT_FAIL, .ok = 9, .once = true, .failures_listed = 1},
    {"0.1.0 without failures", VERDICT_PASS, .ok = 9},
    {"0.1.0, a failed request", VERDICT_FAIL, .ok = 9, .failed = 1},
    {"0.1.0, a failed iteration", VERDICT_FAIL, .ok = 9, .iterations_failed = 1},
    {"0.1.0, before_user failed", VERDICT_FAIL, .ok = 9, .users_failed = 1},
    {"0.1.0, after_user failed", VERDICT_FAIL, .ok = 9, .after_users_failed = 1},
    {"shard", VERDICT_UNJUDGED, .ok = 9, .users = 2, .shard = true, .has_thresholds = true},
    {"shard without users", VERDICT_UNJUDGED, .shard = true, .has_thresholds = true},
    {"shard whose users sent nothing", VERDICT_NO_DATA, .users = 2, .shard = true},
    {"shard whose arrivals sent nothing", VERDICT_NO_DATA, .arrivals = 2, .shard = true},
    {"shard, teardown failed", VERDICT_FAIL, .ok = 9, .teardowns_failed = 1, .shard = true},
    {"shard, not reached", VERDICT_FAIL, .unreached = true, .shard = true},
};

static void each_outcome_has_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct summary s = {.failure_count = r->failures_listed,
				    .run = {.users_started = r->users,
					    .users_failed = r->users_failed,
					    .after_users_failed = r->after_users_failed,
					    .teardowns_failed = r->teardowns_failed,
					    .arrivals_planned = r->arrivals}};
		struct verdict_evidence e = {.summary = &s,
					     .thresholds = r->has_thresholds,
					     .thresholds_passed = r->thresholds_passed,
					     .once = r->once,
					     .shard = r->shard,
					     .reached = !r->unreached,
					     .failed = r->failed_otherwise};
		enum verdict_outcome outcome;

		s.all.counts.ok = r->ok;
		s.all.counts.failed[FAILURE_status] = r->failed;
		s.iterations.counts.failed[FAILURE_extract] = r->iterations_failed;
		outcome = verdict_decide(&e);
		if (outcome != r->outcome)
			fail_msg("%s: %s, expected %s", r->name, verdict_outcome_name(outcome),
				 verdict_outcome_name(r->outcome));
	}
}

/* Only a run whose connections all failed has not reached the target. */
static void a_target_is_reached_by_one_connection(void **state)
{
	static const enum failure_class unmade[] = {FAILURE_dns, FAILURE_connect,
						    FAILURE_timeout_connect};

	(void)state;
	for (size_t i = 0; i < sizeof unmade / sizeof *unmade; i++) {
		struct summary s = {.failure_count = 0};
		struct series_counts *counts = &s.all.counts;

		assert_true(verdict_reached(&s));
		counts->failed[unmade[i]] = 3;
		assert_false(verdict_reached(&s));
		counts->ok = 1;
		assert_true(verdict_reached(&s));
		counts->ok = 0;
		counts->failed[FAILURE_timeout] = 1;
		assert_true(verdict_reached(&s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_outcome_has_its_reason),
	    cmocka_unit_test(a_target_is_reached_by_one_connection),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
