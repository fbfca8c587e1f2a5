/*
 * The open outputs of one run: they receive its events, and are closed with the verdict. Main
 * thread.
 */
#ifndef RESULT_OUTPUT_SET_H
#define RESULT_OUTPUT_SET_H

#include "base/arena.h"
#include "result/facts.h"

#define OUTPUT_SET_MAX 48u

struct output_set {
	struct arena arena;
	struct {
		const struct output_kind *kind;
		void *output;
		struct str where;
		bool listed; /* report at the end where it wrote */
	} items[OUTPUT_SET_MAX];
	size_t count;
	struct str written[OUTPUT_SET_MAX];
	struct output_deliveries deliveries;
	ns_t send_wait;
};

/* SEND_WAIT: the maximum time that outputs may wait for their receivers at the end. */
void output_set_init(struct output_set *set, ns_t send_wait);
/* Opens KIND at WHERE, which is reported at the end if LISTED. FACTS must outlive it. False,
 * after reporting the error on standard error, if it cannot be opened. */
bool output_set_add(struct output_set *set, const struct output_kind *kind, struct str where,
		    const struct run_facts *facts, bool listed);
/* The run is shown again from its beginning, with FACTS, by outputs that can do that. */
void output_set_restart(struct output_set *set, const struct run_facts *facts);
/* Moves the outputs of FROM, which is then empty, in front of those of SET. */
void output_set_prepend(struct output_set *set, struct output_set *from);
/* Used instead of output_set_close if there is no run: nothing is written. */
void output_set_cancel(struct output_set *set);
/* The end; false, after reporting the error on standard error, if a result could not be written. */
bool output_set_close(struct output_set *set, const struct summary *total, struct verdict *verdict);

/* For run_hooks; OWNER is the struct output_set. */
void output_set_tick(void *owner, const struct summary *sofar, ns_t now);
void output_set_second(void *owner, const struct summary *second, const struct summary *sofar,
		       const struct run_interval *m);
void output_set_event(void *owner, const struct run_event *event);
/* LINE is a JSON object with a line end. */
void output_set_line(void *owner, struct str line);

#endif
