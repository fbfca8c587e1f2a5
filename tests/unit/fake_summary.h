/*
 * A simulated run for tests of the outputs: two scenarios, three steps, a group, three thresholds,
 * and a minute of requests. One at a time, as cmocka's state.
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
/* A successful request with the response time RESPONSE. */
void fake_request(struct fixture *f, unsigned series, ns_t response);
/* A failed request: STATUS was not expected; TEXT is its note. */
void fake_failure(struct fixture *f, unsigned series, unsigned status, const char *text);
/* Advances the run by a second. */
void fake_second(struct fixture *f);
/* A minute with users, iterations and four failures; thresholds are evaluated. */
void fake_run(struct fixture *f);

/* The final summary, formatted for a file. */
void put_text(struct fixture *f);
void put_frame(struct fixture *f, size_t rows, size_t columns, bool last);
/* Compares TEXT with tests/golden/output/NAME. With UPDATE_GOLDEN set, it writes the file instead:
 * review it before you commit it. */
void golden(const char *name, const struct buf *text);

#endif
