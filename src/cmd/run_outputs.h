/*
 * Which outputs a run, a report and a merge open: those that were asked for, before the first byte
 * is sent. Main thread.
 */
#ifndef CMD_RUN_OUTPUTS_H
#define CMD_RUN_OUTPUTS_H

#include "result/output_set.h"
#include "cmd/run_options.h"
#include "result/facts.h"

/*
 * Opens what the options ask for, and in FOLDER (empty: none), which is made, all that have a file
 * there. FACTS outlive it. False, told on standard error, when one cannot be opened; then there is
 * nothing to close.
 */
bool run_outputs_open(struct output_set *outputs, const struct run_options *o, struct str folder,
		      const struct run_facts *facts);
/*
 * Opens in FOLDER, which holds a result, what can be made anew from its seconds: the report always,
 * the rest where it is missing or empty, as a run that was killed leaves it; and the text on
 * standard output. As above.
 */
bool run_outputs_open_rebuilt(struct output_set *outputs, struct str folder,
			      const struct run_facts *facts);
/*
 * Opens for a result that is put together: all that have a file in FOLDER (empty: none), which is
 * made; what OPTIONS ask for among --json and --junit; and the text. As above.
 */
bool run_outputs_open_merged(struct output_set *outputs, const struct options *options,
			     struct str folder, const struct run_facts *facts);

#endif
