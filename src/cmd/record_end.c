#include "cmd/record_end.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/units.h"
#include "cmd/import_files.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"

/* ---- files */

static bool refuse_existing(const char *path, bool force)
{
	if (force || access(path, F_OK) != 0)
		return false;
	log_error("%s already exists; choose another name with -o, or use --force to replace it",
		  path);
	return true;
}

/* Reports existing files before the visit, not after it. */
bool record_end_files(const struct options *options, struct arena *a, const char *output,
		      struct record_plan *plan)
{
	struct str stem = str_of(output);

	plan->force = options_has(options, "force");
	plan->quiet = options_has(options, "quiet");
	plan->scenario = output;
	if (str_eq(stem, STR("-"))) {
		log_error("--output must be a file: the recording is written next to it");
		return false;
	}
	if (str_ends(stem, STR(".yaml")))
		stem.len -= 5;
	else if (str_ends(stem, STR(".yml")))
		stem.len -= 4;
	plan->har = arena_printf(a, "%.*s.har", STR_ARG(stem)).ptr;
	plan->journal = arena_printf(a, "%.*s.journal", STR_ARG(stem)).ptr;
	return !refuse_existing(plan->scenario, plan->force) &&
	       !refuse_existing(plan->har, plan->force);
}

/* ---- HAR file and scenario */

static enum exit_status make_scenario(const struct record_plan *plan, const struct options *options)
{
	enum exit_status status = EXIT_FAILED;
	struct import_job job;

	job_init(&job, import_find("har"), &all_tables);
	job.files = (const char *const *)&plan->har;
	job.file_count = 1;
	import_files_set_options(&job, options);
	if (import_run(&job)) {
		if (!plan->quiet)
			import_files_report(&job);
		status = import_files_write(&job, plan->scenario, plan->force, plan->quiet);
	} else {
		for (size_t i = 0; i < job.errors.count; i++)
			log_error("%.*s", STR_ARG(job.errors.items[i]));
	}
	job_release(&job);
	return status == EXIT_USAGE ? EXIT_NOT_WRITTEN : status;
}

/* Writes the HAR file, then deletes the journal. Returns false, after reporting the error, if it
 * cannot be written. Sets *ENTRIES to 0, and keeps the journal, if the journal has no request. */
static bool make_har(const struct record_plan *plan, uint64_t *entries)
{
	struct journal_facts facts;
	struct buf error;
	bool written;

	buf_init(&error, 0);
	written = journal_to_har(plan->journal, plan->har, plan->force, &facts, &error);
	if (!written)
		log_error("%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	*entries = facts.entries;
	if (!written || !facts.entries)
		return written;
	if (facts.unreadable)
		log_warning("%llu %s of %s could not be read: the recorder ended while writing",
			    (unsigned long long)facts.unreadable,
			    facts.unreadable == 1 ? "line" : "lines", plan->journal);
	unlink(plan->journal);
	if (!plan->quiet)
		log_info("wrote %s: the whole recording, including secrets; only you can read it",
			 plan->har);
	return true;
}

enum exit_status record_end(const struct record_plan *plan, const struct options *options,
			    const struct record_outcome *outcome)
{
	enum exit_status status;
	uint64_t entries;

	if (!outcome->entries) {
		unlink(plan->journal);
		log_error("nothing was recorded");
		return EXIT_FAILED;
	}
	if (!make_har(plan, &entries)) {
		log_error("the recording is in %s", plan->journal);
		return EXIT_NOT_WRITTEN;
	}
	status = make_scenario(plan, options);
	return outcome->written ? status : EXIT_NOT_WRITTEN;
}

/* ---- record finish */

static enum exit_status finish(const struct record_plan *plan, const struct options *options)
{
	uint64_t entries;

	if (!make_har(plan, &entries))
		return EXIT_USAGE;
	if (entries)
		return make_scenario(plan, options);
	log_error("%s contains no requests", plan->journal);
	return EXIT_FAILED;
}

enum exit_status record_end_finish(const struct options *options)
{
	const char *output = options_value(options, "output");
	enum exit_status status = EXIT_USAGE;
	struct record_plan plan = {0};
	struct arena arena;
	struct str stem;

	if (options->operand_count != 2) {
		log_error("record finish needs the journal of the recording, such as "
			  "visit.journal");
		return EXIT_USAGE;
	}
	arena_init(&arena, 0);
	stem = str_of(options->operands[1]);
	if (str_ends(stem, STR(".journal")))
		stem.len -= 8;
	if (!output)
		output = arena_printf(&arena, "%.*s.yaml", STR_ARG(stem)).ptr;
	if (record_end_files(options, &arena, output, &plan)) {
		plan.journal = options->operands[1];
		status = finish(&plan, options);
	}
	arena_release(&arena);
	return status;
}
