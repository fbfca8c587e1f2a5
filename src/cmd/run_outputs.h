/*
 * Opens the outputs of `run`, `report` and `merge`, before the first request is sent. Main thread.
 */
#ifndef CMD_RUN_OUTPUTS_H
#define CMD_RUN_OUTPUTS_H

#include "result/output_set.h"
#include "cmd/run_options.h"
#include "result/facts.h"

/*
 * Opens the outputs that options request, and in FOLDER (empty: none), which is created, all
 * outputs with a file in result folders. FACTS must outlive OUTPUTS. Returns false, after reporting
 * the error, if one cannot be opened; then there is nothing to close.
 */
bool run_outputs_open(struct output_set *outputs, const struct run_options *o, struct str folder,
		      const struct run_facts *facts);
/*
 * Opens the outputs in FOLDER, an existing result, that can be created from its saved seconds: the
 * report always, others if their file is missing or empty, as after a run that was killed; and the
 * text on standard output. Errors as above.
 */
bool run_outputs_open_rebuilt(struct output_set *outputs, struct str folder,
			      const struct run_facts *facts);
/*
 * Opens the outputs of a merged result: all with a file in FOLDER (empty: none), which is created;
 * --json and --junit of OPTIONS; and the text. Errors as above.
 */
bool run_outputs_open_merged(struct output_set *outputs, const struct options *options,
			     struct str folder, const struct run_facts *facts);

#endif
