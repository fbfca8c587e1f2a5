/* `reprise replay`: imports a recording and runs it in one step. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/import_files.h"
#include "cmd/run_options.h"
#include "cmd/all_tables.h"
#include "import/verification.h"

static enum exit_status replay_main(const struct options *options);

extern const struct command run_command;

const struct command replay_command = {
    .name = "replay",
    .synopsis = "replay FILE",
    .sentence = "Imports a recording or an access log and runs it in one step.",
    .options = replay_option_table,
    .more =
	"FILE is any file that reprise import supports; its format is detected. For a HAR\n"
	"recording, each user gets its own tokens and ids from the responses of this run, and\n"
	"passwords are those of the recording, unless -p sets others. The requests of an access\n"
	"log are sent at the logged times; each visitor is one user. The scenario is not saved;\n"
	"to save it, use reprise import FILE.\n"
	"\n"
	"  reprise replay visit.har --once\n"
	"  reprise replay visit.har -u 50 -d 2m -t https://staging.example.net\n"
	"  reprise replay access.log.gz --speed 60 -t https://staging.example.net",
    .main = replay_main,
};

/* The scenario, in a temporary folder that only this user can read. */
struct temp_scenario {
	char folder[64];
	struct str file;
};

static bool create_temp(struct import_job *job, struct temp_scenario *temp)
{
	const char *above = getenv("TMPDIR");

	snprintf(temp->folder, sizeof temp->folder, "%s/reprise-XXXXXX",
		 above && *above && strlen(above) < 40 ? above : "/tmp");
	if (!mkdtemp(temp->folder)) {
		log_error("cannot create the folder %s: %s", temp->folder, strerror(errno));
		return false;
	}
	temp->file =
	    arena_printf(&job->arena, "%s/%s", temp->folder, import_files_default_path(job));
	return true;
}

static void remove_temp(struct import_job *job, const struct temp_scenario *temp)
{
	unlink(temp->file.ptr);
	for (size_t i = 0; i < job->extra_files.count; i++)
		unlink(arena_printf(&job->arena, "%s/%.*s", temp->folder,
				    STR_ARG(job->extra_files.items[i].name))
			   .ptr);
	rmdir(temp->folder);
}

/* Calls `run` with the scenario instead of the recording, and with the recorded passwords. */
static enum exit_status run_scenario(struct import_job *job, const struct temp_scenario *temp,
				     const struct options *options)
{
	struct options own = *options;
	const struct option *param = replay_option_table;
	const char *file = temp->file.ptr;
	size_t count = 0;

	while (strcmp(param->name, "param") != 0)
		param++;
	while (verification_parameter(job, count))
		count++;
	own.command = &run_command;
	own.operands = &file;
	own.operand_count = 1;
	own.values =
	    ARENA_ARRAY(&job->arena, options->value_count + count + 1, struct option_value);
	own.value_count = 0;
	for (size_t i = 0; i < count; i++) {
		const char *value = verification_parameter(job, i);
		struct str name =
		    str_slice(str_of(value), 0, str_find_char(str_of(value), '=', 0) + 1);
		bool is_set = false;

		for (size_t k = 0; k < options->value_count; k++)
			is_set = is_set || (strcmp(options->values[k].option->name, "param") == 0 &&
					    str_starts(str_of(options->values[k].value), name));
		if (!is_set)
			own.values[own.value_count++] =
			    (struct option_value){param, value, OPTION_COMMAND_LINE};
	}
	for (size_t i = 0; i < options->value_count; i++)
		own.values[own.value_count++] = options->values[i];
	return run_command.main(&own);
}

static enum exit_status replay(struct import_job *job, const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct temp_scenario temp;

	import_files_set_options(job, options);
	if (!import_files_read(job, options_has(options, "quiet")))
		return EXIT_USAGE;
	if (job->no_target && !options_has(options, "target")) {
		log_error("%s does not name a server; set the server to test with -t URL",
			  job->files[0]);
		return EXIT_USAGE;
	}
	if (!create_temp(job, &temp))
		return EXIT_USAGE;
	if (import_files_write(job, temp.file.ptr, IMPORT_FILES_REFUSE, true) == EXIT_PASSED)
		status = run_scenario(job, &temp, options);
	remove_temp(job, &temp);
	return status;
}

static enum exit_status replay_main(const struct options *options)
{
	const struct import_kind *kind;
	enum exit_status status;
	struct import_job job;

	if (options->operand_count != 1) {
		fputs("error: expected one recording\nusage: reprise replay FILE\n", stderr);
		return EXIT_USAGE;
	}
	kind = import_files_kind_of(options->operands[0]);
	if (!kind)
		return EXIT_USAGE;
	job_init(&job, kind, &all_tables);
	job.files = (const char *const *)options->operands;
	job.file_count = 1;
	status = replay(&job, options);
	job_release(&job);
	return status;
}
