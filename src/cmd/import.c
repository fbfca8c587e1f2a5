/* `reprise import`: creates a scenario from a recording, an access log or another tool's file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/import_draft.h"
#include "cmd/import_files.h"
#include "cmd/import_json.h"
#include "cmd/import_verify.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"
#include "import/import.h"

static enum exit_status import_main(const struct options *options);

#define IMPORT_VERIFY "Verification"

static const char *const keep_or_drop[] = {"keep", "drop", NULL};

static const struct option import_options[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .prose = "scenario file to write; - prints it (default: the file's name with .yaml)"},
    {.name = "force", .prose = "replace existing files"},
    {.name = "explain", .prose = "explain for each entry and variable what was done and why"},
    {.name = "quiet", .letter = 'q', .prose = "print only errors, no report"},
    {.name = "json",
     .value = "FILE",
     .prose = "write the report, and the result of --verify, as JSON; - is standard output"},
#include "cmd/import_options.def"
    {.name = "tag",
     .value = "NAMES",
     .repeats = true,
     .prose = "convert only operations with these tags, separated by commas, and the operations "
	      "that create what they need",
     .group = "Specifications: what to convert"},
    {.name = "verify",
     .word = "once",
     .prose =
	 "perform the scenario on its target, with two users and two iterations each, one "
	 "after the other and then at the same time, and "
	 "compare what happens with the recording; finds and repairs values that the server "
	 "issues each time. --verify once performs it once and repairs nothing. A scenario that "
	 "is not from a recording is performed once, and each request is reported",
     .group = IMPORT_VERIFY},
    {.name = "only-hosts",
     .value = "HOSTS",
     .prose = "with --verify: send nothing if the scenario can contact another machine than HOSTS, "
	      "names separated by commas",
     .group = IMPORT_VERIFY},
    {.name = "target",
     .letter = 't',
     .value = "URL",
     .prose = "server for --verify; overrides the recorded one",
     .group = IMPORT_VERIFY},
    {.name = "param",
     .letter = 'p',
     .value = "NAME=VALUE",
     .repeats = true,
     .prose = "parameter for --verify; the default is the recorded password",
     .group = IMPORT_VERIFY},
    {.name = "profile",
     .value = "NAME",
     .prose = "profile of the scenario for --verify",
     .group = IMPORT_VERIFY},
    {.name = "env-file",
     .value = "FILE",
     .prose = "read parameters for --verify from FILE, one NAME=VALUE per line",
     .group = IMPORT_VERIFY},
    {.name = NULL},
};

const struct command import_command = {
    .name = "import",
    .synopsis = "import [KIND] FILE…",
    .sentence =
	"Creates a scenario from a recording, an access log or another tool's file, and prints a "
	"report.",
    .options = import_options,
    .list_heading = IMPORT_FILES_LIST_HEADING,
    .list_row = import_files_list_row,
    .more = "Without KIND the format is detected. Files compressed with gzip are supported.\n"
	    "\n"
	    "Nothing is sent, except with --verify, which also sends the requests that change\n"
	    "data, several times: use a test server. No code in a file is run. Passwords and\n"
	    "keys are not written into the scenario: it requires them as parameters.\n"
	    "\n"
	    "Exit status: 0 the scenario was written, and with --verify nothing differs that\n"
	    "matters; 1 something differs; 2 errors in the input, or the scenario cannot run;\n"
	    "3 no server was reached; 5 a file could not be written.\n"
	    "\n"
	    "  reprise import visit.har\n"
	    "  reprise import har visit.har -o shop.yaml --host '*.example.net'\n"
	    "  reprise import access-log access.log --bots drop --rate x2\n"
	    "  reprise import access-log access.log --fit --busiest 1h\n"
	    "  reprise import openapi api.yaml --tag orders --methods GET,POST",
    .main = import_main,
};

/* Sets *WRITTEN to the path of the scenario once it is written. Appends to VERIFICATION what
 * --verify finds. */
static enum exit_status convert(struct import_job *job, const struct options *options,
				const char **written, struct buf *verification)
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
	*written = status == EXIT_PASSED ? path : NULL;
	if (status != EXIT_PASSED || !options_has(options, "verify"))
		return status;
	if (strcmp(path, "-") == 0 || job->is_replay) {
		log_error("%s", job->is_replay
				    ? "--verify cannot be used with a replay of a log; add --fit"
				    : "--verify needs an output file; write -o FILE");
		return EXIT_USAGE;
	}
	if (job->conversion)
		return import_verify(job, path, options, verification);
	status = import_draft_verify(job, path, options);
	if (status == EXIT_PASSED || status == EXIT_FAILED)
		buf_printf(verification, "{\"passed\": %s}",
			   status == EXIT_PASSED ? "true" : "false");
	return status;
}

static enum exit_status perform(struct import_job *job, const struct options *options)
{
	const char *json = options_value(options, "json"), *path = options_value(options, "output"),
		   *written = NULL;
	enum exit_status status;
	struct buf verification;

	if (json && path && strcmp(json, "-") == 0 && strcmp(path, "-") == 0) {
		log_error("the scenario and the report cannot both go to standard output; give -o "
			  "or --json the name of a file");
		return EXIT_USAGE;
	}
	buf_init(&verification, 0);
	status = convert(job, options, &written, &verification);
	if (json)
		status = import_json_write(job, json, written, buf_str(&verification), status);
	buf_release(&verification);
	return status;
}

/* No file was given: prints what can be imported, or the example of KIND unless it is NULL. */
static void print_kinds(const struct import_kind *kind)
{
	const struct import_kind *const *all = import_all();

	fputs("error: no file was given\nusage: reprise import [KIND] FILE…\n", stderr);
	if (!kind)
		fputs("The kinds of files, with an example of each:\n", stderr);
	for (size_t i = 0; all[i]; i++)
		if (!kind || kind == all[i])
			fprintf(stderr, "  %s\n      reprise import %s %s\n", all[i]->sentence,
				all[i]->name, all[i]->example);
}

static enum exit_status import_main(const struct options *options)
{
	enum exit_status status;
	const struct import_kind *kind;
	struct import_job job;
	bool named;

	if (!options->operand_count) {
		print_kinds(NULL);
		return EXIT_USAGE;
	}
	kind = import_find(options->operands[0]);
	named = kind != NULL;
	/* The first operand is a kind, or a file whose format is detected. */
	if (!named && (options->operand_count == 1 || access(options->operands[0], F_OK) == 0))
		kind = import_files_kind_of(options->operands[0]);
	else if (!named)
		kind = import_files_kind_named(options->operands[0]);
	if (named && options->operand_count == 1)
		print_kinds(kind);
	if (!kind || (named && options->operand_count == 1))
		return EXIT_USAGE;
	job_init(&job, kind, &all_tables);
	job.files = (const char *const *)options->operands + named;
	job.file_count = options->operand_count - named;
	status = perform(&job, options);
	job_release(&job);
	return status;
}
