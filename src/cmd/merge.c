/* `reprise merge`: combines the results of all shards of a run. */

#include "base/log.h"
#include "cmd/merge_result.h"

static enum exit_status merge_main(const struct options *options);

static const struct option merge_options[] = {
#include "cmd/merge_options.def"
    {.name = NULL},
};

const struct command merge_command = {
    .name = "merge",
    .synopsis = "merge DIR… -o DIR",
    .sentence = "Merges the results of all shards into one; thresholds are evaluated over all "
		"shards.",
    .options = merge_options,
    .more = "Each DIR is the --out of one shard. Counts, statuses, failures and histograms are\n"
	    "added without loss; seconds are aligned by the wall clock. Missing shards, duplicate\n"
	    "shards, shards of a different scenario and shards that were killed are refused;\n"
	    "--partial uses what there is, and the result is marked as partial.\n"
	    "\n"
	    "The order of the shards does not matter. The run_id of the result is the RUN_ID of\n"
	    "all shards; without one it is derived from the run_ids of the shards, so that the\n"
	    "same shards always give the same run_id.\n"
	    "\n"
	    "Exit status: as for run; 2 also if shards are refused; 130 and 143 if a signal\n"
	    "or the stop file stopped a shard before its end.\n"
	    "\n"
	    "  reprise run --shard 1/2 --start-at 2026-06-01T12:00:00Z -o out/1 shop.yaml\n"
	    "  reprise run --shard 2/2 --start-at 2026-06-01T12:00:00Z -o out/2 shop.yaml\n"
	    "  reprise merge out/1 out/2 -o out/all",
    .main = merge_main,
};

static enum exit_status merge_main(const struct options *options)
{
	if (!options->operand_count) {
		log_error("no folder was given; usage: reprise %s", merge_command.synopsis);
		return EXIT_USAGE;
	}
	return merge_result_write(options->operands, options->operand_count, options,
				  options_has(options, "partial"), NULL, false);
}
