/* `reprise replay`: a recording imported and run in one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/import_files.h"
#include "cmd/run_options.h"
#include "cmd/tables.h"
#include "import/verify.h"

static enum exit_status replay_main(const struct options *options);

extern const struct command run_command;

const struct command replay_command = {
    .name = "replay",
    .synopsis = "replay FILE",
    .sentence = "Imports a recording or an access log and runs it in one.",
    .options = replay_option_table,
    .more =
	"FILE is what reprise import takes, recognised by what it holds. Of a HAR recording\n"
	"tokens and ids are taken from the answers of this run, for each of --users its own;\n"
	"passwords are those of the recording, unless -p gives others. The requests of an access\n"
	"log are sent at their times, those of one visitor by one user. The scenario is not kept:\n"
	"reprise import FILE writes it.\n"
	"\n"
	"  reprise replay visit.har --once\n"
	"  reprise replay visit.har -u 50 -d 2m -t https://staging.example.net\n"
	"  reprise replay access.log.gz --speed 60 -t https://staging.example.net",
    .main = replay_main,
};

/* The scenario in a folder of its own, which only we can read and which goes again. */
struct place_for_it {
	char folder[64];
	struct str file;
};

static bool make_place(struct import_job *job, struct place_for_it *place)
{
	const char *above = getenv("TMPDIR");

	snprintf(place->folder, sizeof place->folder, "%s/reprise-XXXXXX",
		 above && *above && strlen(above) < 40 ? above : "/tmp");
	if (!mkdtemp(place->folder)) {
		log_error("cannot make a folder in %s: %s", place->folder, strerror(errno));
		return false;
	}
	place->file = arena_printf(&job->arena, "%s/%s", place->folder, import_default_path(job));
	return true;
}

static void remove_place(struct import_job *job, const struct place_for_it *place)
{
	unlink(place->file.ptr);
	for (size_t i = 0; i < job->beside.count; i++)
		unlink(arena_printf(&job->arena, "%s/%.*s", place->folder,
				    STR_ARG(job->beside.items[i].name))
			   .ptr);
	rmdir(place->folder);
}

/* The options as `run` gets them: the scenario for the recording, and what was taken out of it. */
static enum exit_status run_it(struct import_job *job, const struct place_for_it *place,
			       const struct options *options)
{
	struct options own = *options;
	const struct option *param = replay_option_table;
	const char *file = place->file.ptr;
	size_t count = 0;

	while (strcmp(param->name, "param") != 0)
		param++;
	while (verify_parameter(job, count))
		count++;
	own.command = &run_command;
	own.operands = &file;
	own.operand_count = 1;
	own.given = ARENA_ARRAY(&job->arena, options->given_count + count + 1, struct option_given);
	own.given_count = 0;
	for (size_t i = 0; i < count; i++) {
		const char *value = verify_parameter(job, i);
		struct str name =
		    str_slice(str_of(value), 0, str_find_char(str_of(value), '=', 0) + 1);
		bool given = false;

		for (size_t k = 0; k < options->given_count; k++)
			given = given || (strcmp(options->given[k].option->name, "param") == 0 &&
					  str_starts(str_of(options->given[k].value), name));
		if (!given)
			own.given[own.given_count++] =
			    (struct option_given){param, value, OPTION_COMMAND_LINE};
	}
	for (size_t i = 0; i < options->given_count; i++)
		own.given[own.given_count++] = options->given[i];
	return run_command.main(&own);
}

static enum exit_status replay(struct import_job *job, const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct place_for_it place;

	import_take_wishes(job, options);
	if (!import_read(job, options_has(options, "quiet")))
		return EXIT_USAGE;
	if (job->no_target && !options_has(options, "target")) {
		log_error("%s does not say which server it is of; say where to send it: -t URL",
			  job->files[0]);
		return EXIT_USAGE;
	}
	if (!make_place(job, &place))
		return EXIT_USAGE;
	if (import_write(job, place.file.ptr, IMPORT_KEEPS, true) == EXIT_PASSED)
		status = run_it(job, &place, options);
	remove_place(job, &place);
	return status;
}

static enum exit_status replay_main(const struct options *options)
{
	const struct import_kind *kind;
	enum exit_status status;
	struct import_job job;

	if (options->operand_count != 1) {
		fputs("error: one recording is expected\nusage: reprise replay FILE\n", stderr);
		return EXIT_USAGE;
	}
	kind = import_kind_of(options->operands[0]);
	if (!kind)
		return EXIT_USAGE;
	job_init(&job, kind, &all_tables);
	job.files = (const char *const *)options->operands;
	job.file_count = 1;
	status = replay(&job, options);
	job_release(&job);
	return status;
}
