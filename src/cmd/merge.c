/* `reprise merge`: combines the results of all shards of a run. */

#include "result/jtl_join.h"
#include "result/merge_input.h"
#include "result/rebuild.h"
#include "cmd/run_outputs.h"

static enum exit_status merge_main(const struct options *options);

static const struct option merge_options[] = {
    {.name = "out",
     .letter = 'o',
     .value = "DIR",
     .prose = "folder of the merged result",
     .group = "Result"},
    {.name = "json",
     .value = "FILE",
     .prose = "write the result as JSON; - is standard output",
     .group = "Result"},
    {.name = "junit", .value = "FILE", .prose = "write the thresholds as JUnit", .group = "Result"},
    {.name = "jtl",
     .value = "FILE",
     .prose = "merge the requests.jtl files of all DIR, sorted by time; - is standard output",
     .group = "Result"},
    {.name = "k6-summary",
     .value = "FILE",
     .prose = "write the result in the format of k6 run --summary-export",
     .group = "Result"},
    {.name = "strict", .prose = "exit with status 4 if the result is not valid", .group = "Result"},
    {.name = "quiet",
     .letter = 'q',
     .prose = "print only the verdict and the failures",
     .group = "Result"},
    {.name = "partial",
     .prose = "merge even if shards are missing or ran a different scenario",
     .group = "Shards"},
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
	    "Exit status: as for run; 2 also if shards are refused.\n"
	    "\n"
	    "  reprise run --shard 1/2 --start-at 2026-06-01T12:00:00Z -o out/1 shop.yaml\n"
	    "  reprise run --shard 2/2 --start-at 2026-06-01T12:00:00Z -o out/2 shop.yaml\n"
	    "  reprise merge out/1 out/2 -o out/all",
    .main = merge_main,
};

static enum exit_status status_of(const struct rebuild *r, bool good, bool strict)
{
	if (!r->verdict.reached)
		return EXIT_UNREACHED;
	if (verdict_is_failure(r->verdict.outcome))
		return EXIT_FAILED;
	if (!good)
		return EXIT_NOT_WRITTEN;
	return strict && !r->validity.valid ? EXIT_NOT_VALID : EXIT_PASSED;
}

static enum exit_status merge(struct merge_input *shards, const struct options *options)
{
	const char *out = options_value(options, "out"), *rows = options_value(options, "jtl");
	enum exit_status status = EXIT_USAGE;
	struct rebuild r;

	shards->facts.quiet = options_has(options, "quiet");
	rebuild_init(&r, &shards->facts);
	if (run_outputs_open_merged(&r.outputs, options, str_of(out ? out : ""), &r.facts)) {
		bool good;

		merge_input_replay(shards, &r);
		merge_input_judge(shards, &r);
		good = !out || merge_input_copy_failures(shards, out);
		good &= !rows || jtl_join(shards, rows);
		good &= output_set_close(&r.outputs, &r.total, &r.verdict);
		status = status_of(&r, good, options_has(options, "strict"));
	}
	rebuild_release(&r);
	return status;
}

static enum exit_status merge_main(const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	const char *out = options_value(options, "out");
	struct merge_input shards;

	if (!options->operand_count) {
		log_error("no folder was given; usage: reprise %s", merge_command.synopsis);
		return EXIT_USAGE;
	}
	if (merge_input_open(&shards, options->operands, options->operand_count) &&
	    (!out || merge_input_excludes(&shards, out)) &&
	    merge_input_check(&shards, options_has(options, "partial")))
		status = merge(&shards, options);
	merge_input_close(&shards);
	return status;
}
