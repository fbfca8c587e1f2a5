/* `reprise merge`: the results of all shards of a run as one. */

#include "result/merge_input.h"
#include "result/rebuild.h"
#include "cmd/run_outputs.h"

static enum exit_status merge_main(const struct options *options);

static const struct option merge_options[] = {
    {.name = "out",
     .letter = 'o',
     .value = "DIR",
     .prose = "the folder of the result that is made",
     .group = "The result"},
    {.name = "json",
     .value = "FILE",
     .prose = "write the result as JSON; - is standard output",
     .group = "The result"},
    {.name = "junit",
     .value = "FILE",
     .prose = "write the thresholds as JUnit",
     .group = "The result"},
    {.name = "strict",
     .prose = "a result that is not valid is exit status 4",
     .group = "The result"},
    {.name = "quiet",
     .letter = 'q',
     .prose = "print the verdict and what failed",
     .group = "The result"},
    {.name = "partial",
     .prose = "make it although shards are missing or performed something else",
     .group = "The shards"},
    {.name = NULL},
};

const struct command merge_command = {
    .name = "merge",
    .synopsis = "merge DIR… -o DIR",
    .sentence = "Makes one result of those of all shards; thresholds are judged on the whole.",
    .options = merge_options,
    .more = "Each DIR is the --out of one shard. Counts, statuses, failures and histograms add up\n"
	    "without loss; seconds lie over each other by the wall clock. A missing shard, one "
	    "that is\n"
	    "there twice and one of another scenario are refused. Of a shard that was killed, what "
	    "was\n"
	    "kept is used and the result is marked as partial.\n"
	    "\n"
	    "The shards' order does not matter. The result's run_id is that which RUN_ID gave to "
	    "all of\n"
	    "them; without one it is made of theirs: the same shards have the same.\n"
	    "\n"
	    "Exit status: as of run.\n"
	    "\n"
	    "  reprise run --shard 1/2 --start-at 12:00 -o out/1 shop.yaml    # here\n"
	    "  reprise run --shard 2/2 --start-at 12:00 -o out/2 shop.yaml    # there\n"
	    "  reprise merge out/1 out/2 -o out/all",
    .main = merge_main,
};

static enum exit_status status_of(const struct rebuild *r, bool good, bool strict)
{
	if (!r->verdict.reached)
		return EXIT_UNREACHED;
	if (!r->verdict.pass)
		return EXIT_FAILED;
	if (!good)
		return EXIT_NOT_WRITTEN;
	return strict && !r->validity.valid ? EXIT_NOT_VALID : EXIT_PASSED;
}

static enum exit_status merge(struct merge_input *shards, const struct options *options)
{
	const char *out = options_value(options, "out");
	enum exit_status status = EXIT_USAGE;
	struct rebuild r;

	shards->facts.quiet = options_has(options, "quiet");
	rebuild_init(&r, &shards->facts);
	if (run_outputs_open_merged(&r.outputs, options, str_of(out ? out : ""), &r.facts)) {
		bool good;

		merge_input_replay(shards, &r);
		rebuild_judge(&r);
		merge_input_judge(shards, &r);
		good = !out || merge_input_copy_failures(shards, out);
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
		log_error("which folders? usage: reprise %s", merge_command.synopsis);
		return EXIT_USAGE;
	}
	if (merge_input_open(&shards, options->operands, options->operand_count) &&
	    (!out || merge_input_excludes(&shards, out)) &&
	    merge_input_check(&shards, options_has(options, "partial")))
		status = merge(&shards, options);
	merge_input_close(&shards);
	return status;
}
