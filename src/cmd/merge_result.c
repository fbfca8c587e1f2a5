#include "cmd/merge_result.h"

#include "cmd/run_outputs.h"
#include "result/jtl_join.h"
#include "result/merge_input.h"
#include "result/rebuild.h"
#include "result/result_folder.h"

static enum exit_status status_of(const struct rebuild *r, bool good, bool strict)
{
	struct str by = r->verdict.stopped_by;

	if (str_eq(by, STR("SIGINT")) || str_eq(by, STR(RESULT_FOLDER_STOPPED_BY)))
		return EXIT_SIGINT;
	if (str_eq(by, STR("SIGTERM")))
		return EXIT_SIGTERM;
	if (!r->verdict.reached)
		return EXIT_UNREACHED;
	if (verdict_is_failure(r->verdict.outcome))
		return EXIT_FAILED;
	if (!good)
		return EXIT_NOT_WRITTEN;
	return strict && !r->validity.valid ? EXIT_NOT_VALID : EXIT_PASSED;
}

static enum exit_status merge(struct merge_input *shards, const struct options *options,
			      struct output_set *live, bool frame)
{
	const char *out = options_value(options, "out"), *rows = options_value(options, "jtl");
	enum exit_status status = EXIT_USAGE;
	struct rebuild r;

	shards->facts.quiet = options_has(options, "quiet");
	rebuild_init(&r, &shards->facts);
	r.facts.frame_stays = frame && r.facts.output.is_terminal;
	if (run_outputs_open_merged(&r.outputs, options, str_of(out ? out : ""), &r.facts)) {
		bool good;

		if (live)
			output_set_restart(live, &r.facts);
		if (live)
			output_set_prepend(&r.outputs, live);
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

enum exit_status merge_result_write(const char *const *folders, size_t count,
				    const struct options *options, bool partial,
				    struct output_set *live, bool frame)
{
	enum exit_status status = EXIT_USAGE;
	const char *out = options_value(options, "out");
	struct merge_input shards;

	if (merge_input_open(&shards, folders, count) &&
	    (!out || merge_input_excludes(&shards, out)) && merge_input_check(&shards, partial))
		status = merge(&shards, options, live, frame);
	merge_input_close(&shards);
	if (live && live->count)
		output_set_cancel(live);
	return status;
}
