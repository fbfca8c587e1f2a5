/*
 * Writes the merged result of shards: `merge`, and the end of `watch`. Main thread.
 */
#ifndef CMD_MERGE_RESULT_H
#define CMD_MERGE_RESULT_H

#include "cmd/options.h"
#include "result/output_set.h"

/*
 * Merges the results in FOLDERS and writes what OPTIONS (cmd/merge_options.def) request. PARTIAL
 * allows missing shards. LIVE, or NULL, are open outputs that show the merged result from its
 * beginning to its end; they are closed in any case. FRAME: one of them leaves the table of the
 * live view on the terminal. Returns EXIT_USAGE, after reporting the error, if the shards are
 * refused.
 */
enum exit_status merge_result_write(const char *const *folders, size_t count,
				    const struct options *options, bool partial,
				    struct output_set *live, bool frame);

#endif
