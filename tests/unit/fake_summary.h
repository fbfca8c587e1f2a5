/*
 * A made-up run for the tests of what people and scripts are shown: two scenarios, three steps, a
 * group, three thresholds, and a minute of requests. One at a time, as cmocka's state.
 */
#ifndef UNIT_FAKE_SUMMARY_H
#define UNIT_FAKE_SUMMARY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "result/facts.h"
#include "terminal/frame.h"
#include "terminal/summary_text.h"

struct fixture {
	struct arena arena;
	struct series_table table;
	struct recorder recorder;
	struct summary summary;
	struct generator_health health;
	struct verdict_validity validity;
	struct threshold thresholds[3];
	struct threshold_judge judge;
	struct label labels[2];
	struct str written[2];
	struct run_facts facts;
	struct verdict verdict;
	struct buf out;
	unsigned buy, login, search, checkout, browse, home;
	ns_t now;
};

int fake_setup(void **state);
int fake_teardown(void **state);
/* An ok answer that took RESPONSE. */
void fake_request(struct fixture *f, unsigned series, ns_t response);
/* A failed one: STATUS was not expected; TEXT is its note. */
void fake_failure(struct fixture *f, unsigned series, unsigned status, const char *text);
/* A second goes by. */
void fake_second(struct fixture *f);
/* A minute with users, iterations and four failures, judged. */
void fake_run(struct fixture *f);

/* The text at the end, as for a file. */
void put_text(struct fixture *f);
void put_frame(struct fixture *f, size_t rows, size_t columns, bool last);
/* TEXT is what tests/golden/output/NAME holds; with UPDATE_GOLDEN set the file is written instead:
 * look at it before it is committed. */
void golden(const char *name, const struct buf *text);

#endif
