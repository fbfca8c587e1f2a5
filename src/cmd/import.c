/* `reprise import`: a recording, a log or another tool's file as a scenario. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/import_files.h"
#include "cmd/import_verify.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"
#include "import/import.h"

static enum exit_status import_main(const struct options *options);

static const char *const keep_or_drop[] = {"keep", "drop", NULL};

static const struct option import_options[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .prose = "the scenario to write; - prints it (default: the file's name with .yaml)"},
    {.name = "force", .prose = "replace files that are there already"},
    {.name = "explain", .prose = "tell of each entry and each variable what was done and why"},
    {.name = "quiet", .letter = 'q', .prose = "no account, only mistakes"},
#include "cmd/import_options.def"
    {.name = "verify",
     .prose = "perform the scenario once against its target and hold the answers against the "
	      "recorded ones; what is issued anew is found by it",
     .group = "Trying it at once"},
    {.name = "target",
     .letter = 't',
     .value = "URL",
     .prose = "the server to verify with, in place of the recorded one",
     .group = "Trying it at once"},
    {.name = "param",
     .letter = 'p',
     .value = "NAME=VALUE",
     .repeats = true,
     .prose = "a parameter for --verify; without it the recorded password is used",
     .group = "Trying it at once"},
    {.name = "profile",
     .value = "NAME",
     .prose = "a profile of the scenario, for --verify",
     .group = "Trying it at once"},
    {.name = "env-file",
     .value = "FILE",
     .prose = "parameters for --verify as lines of NAME=VALUE",
     .group = "Trying it at once"},
    {.name = NULL},
};

const struct command import_command = {
    .name = "import",
    .synopsis = "import [KIND] FILE…",
    .sentence =
	"Makes a scenario of a recording, a log or another tool's file, and gives an account "
	"of it.",
    .options = import_options,
    .list_heading = IMPORT_FILES_LIST_HEADING,
    .list_row = import_files_list_row,
    .more = "Without KIND the file shows what it is. Packed ones (gzip) are read as they are.\n"
	    "\n"
	    "Nothing is sent and nothing of a file is executed. Passwords and keys are taken out:\n"
	    "the scenario asks for them as parameters.\n"
	    "\n"
	    "  reprise import visit.har\n"
	    "  reprise import har visit.har -o shop.yaml --host '*.example.net'\n"
	    "  reprise import access-log access.log --bots drop --rate x2\n"
	    "  reprise import access-log access.log --fit --busiest 1h",
    .main = import_main,
};

static enum exit_status perform(struct import_job *job, const struct options *options)
{
	bool quiet = options_has(options, "quiet");
	enum exit_status status;
	const char *path;

	import_files_set_options(job, options);
	if (!import_files_read(job, quiet))
		return EXIT_USAGE;
	path = options_value(options, "output");
	if (!path)
		path = import_files_default_path(job);
	status = import_files_write(job, path,
				    options_has(options, "force") ? IMPORT_FILES_REPLACE
								  : IMPORT_FILES_SUGGEST_FORCE,
				    quiet);
	if (status != EXIT_PASSED || !options_has(options, "verify"))
		return status;
	if (!job->conversion || strcmp(path, "-") == 0) {
		log_error("--verify needs a recording with its answers, and a file to write");
		return EXIT_USAGE;
	}
	return import_verify(job, path, options);
}

static enum exit_status import_main(const struct options *options)
{
	enum exit_status status;
	const struct import_kind *kind;
	struct import_job job;
	bool named;

	if (!options->operand_count) {
		fputs("error: which file?\nusage: reprise import [KIND] FILE…\n", stderr);
		return EXIT_USAGE;
	}
	kind = import_find(options->operands[0]);
	named = kind != NULL;
	/* The first word is a kind, or a file that shows what it is. */
	if (!named && (options->operand_count == 1 || access(options->operands[0], F_OK) == 0))
		kind = import_files_kind_of(options->operands[0]);
	else if (!named)
		kind = import_files_kind_named(options->operands[0]);
	if (named && options->operand_count == 1)
		fputs("error: which file?\nusage: reprise import [KIND] FILE…\n", stderr);
	if (!kind || (named && options->operand_count == 1))
		return EXIT_USAGE;
	job_init(&job, kind, &all_tables);
	job.files = (const char *const *)options->operands + named;
	job.file_count = options->operand_count - named;
	status = perform(&job, options);
	job_release(&job);
	return status;
}
