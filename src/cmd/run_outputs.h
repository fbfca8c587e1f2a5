/*
 * The outputs of one run: those that were asked for are opened before the first byte is sent, told
 * how it goes, and closed with the verdict. Main thread.
 */
#ifndef CMD_RUN_OUTPUTS_H
#define CMD_RUN_OUTPUTS_H

#include "cmd/run_options.h"
#include "output/facts.h"

#define RUN_OUTPUTS_MAX 48u

struct run_outputs {
	struct arena arena;
	struct {
		const struct output_kind *kind;
		struct output *output;
		struct str where;
		bool told; /* where it wrote is told at the end */
	} items[RUN_OUTPUTS_MAX];
	size_t count;
	struct str written[RUN_OUTPUTS_MAX];
	struct output_deliveries deliveries;
	ns_t send_wait;
};

/*
 * Opens what the options ask for, and in FOLDER (empty: none), which is made, all that have a file
 * there. FACTS outlive it. False, told on standard error, when one cannot be opened; then there is
 * nothing to close.
 */
bool run_outputs_open(struct run_outputs *outputs, const struct run_options *o, struct str folder,
		      const struct run_facts *facts);
/*
 * Opens in FOLDER, which holds a result, what can be made anew from its seconds: the report always,
 * the rest where it is missing or empty, as a run that was killed leaves it; and the text on
 * standard output. As above.
 */
bool run_outputs_remake(struct run_outputs *outputs, struct str folder,
			const struct run_facts *facts);
/*
 * Opens for a result that is put together: all that have a file in FOLDER (empty: none), which is
 * made; what OPTIONS ask for among --json and --junit; and the text. As above.
 */
bool run_outputs_gather(struct run_outputs *outputs, const struct options *options,
			struct str folder, const struct run_facts *facts);
/* The end; false, told on standard error, when a result could not be written. */
bool run_outputs_close(struct run_outputs *outputs, const struct summary *total,
		       struct verdict *verdict);

/* As run_hooks; OWNER is the struct run_outputs. */
void run_outputs_tick(void *owner, const struct summary *sofar, ns_t now);
void run_outputs_second(void *owner, const struct summary *second, const struct summary *sofar,
			const struct moment *m);
void run_outputs_event(void *owner, const struct run_event *event);

#endif
