/*
 * Estimates what a run will send, from the steps of the scenario alone: requests and pauses of one
 * iteration, and requests per second. For `show`. Pure functions.
 */
#ifndef CMD_PLAN_ESTIMATE_H
#define CMD_PLAN_ESTIMATE_H

#include <stdbool.h>

#include "program/program.h"
#include "scenario/model.h"

/* The response time that the estimates assume, in seconds. */
#define PLAN_ESTIMATE_RESPONSE_S 0.02

/* The requests and pauses of one iteration, if every condition is true. */
struct plan_estimate {
	double requests, pause_s;
	bool loops_counted_once; /* there are loops of unknown length */
};

struct plan_estimate plan_estimate_scenario(const struct model *m, const struct scenario *scenario);
/* The mean of the scenarios that share the common load, by weight; zeros without them. */
struct plan_estimate plan_estimate_iteration(const struct model *m);
/* Requests per second if all scenarios share one constant load; 0 if unknown. ITERATION is that
 * of plan_estimate_iteration. */
double plan_estimate_rate(const struct model *m, const struct plan_estimate *iteration);
/* The length of one iteration in seconds, with its pauses. */
double plan_estimate_iteration_s(const struct plan_estimate *iteration);
/* Whether one iteration is longer than the run, so that probably none is completed. False if the
 * run has no duration or scenarios have their own loads. */
bool plan_estimate_is_too_long(const struct model *m, const struct plan_estimate *iteration);
/* Maximum number of concurrent connections of a user to one host. */
uint64_t plan_estimate_connections(const struct program *program);

#endif
