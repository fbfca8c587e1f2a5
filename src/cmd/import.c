/* `reprise import`: a recording, a log or another tool's file as a scenario. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cmd/import_files.h"
#include "cmd/import_verify.h"
#include "cmd/options.h"
#include "cmd/tables.h"
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
    {.name = "host",
     .value = "NAMES",
     .repeats = true,
     .prose = "requests to these hosts are kept too; commas between, * stands for anything",
     .group = "What is kept of a recording"},
    {.name = "assets",
     .value = "keep|drop",
     .words = keep_or_drop,
     .prose = "pictures, styles, scripts and fonts (default: drop)",
     .group = "What is kept of a recording"},
    {.name = "analytics",
     .value = "keep|drop",
     .words = keep_or_drop,
     .prose = "requests that only count visitors (default: drop)",
     .group = "What is kept of a recording"},
    {.name = "literal",
     .prose = "values stay as they were recorded: nothing is taken from answers or made anew",
     .group = "What is kept of a recording"},
    {.name = "format",
     .value = "TEXT",
     .prose = "how its lines are written, as nginx's log_format or Apache's LogFormat says it "
	      "(default: found by trying)",
     .group = "What is kept of an access log"},
    {.name = "methods",
     .value = "NAMES",
     .prose = "the methods that are sent, commas between; a log has no bodies (default: "
	      "GET,HEAD)",
     .group = "What is kept of an access log"},
    {.name = "bots",
     .value = "keep|drop",
     .words = keep_or_drop,
     .prose = "requests of robots; health probes are always left out (default: keep)",
     .group = "What is kept of an access log"},
    {.name = "only-ok",
     .prose = "leaves out what was answered with 4xx or 5xx",
     .group = "What is kept of an access log"},
    {.name = "from",
     .value = "TIME",
     .prose = "nothing before it, such as 2026-01-31T14:00:00+01:00; without a zone it is UTC",
     .group = "What is kept of an access log"},
    {.name = "to",
     .value = "TIME",
     .prose = "nothing from then on",
     .group = "What is kept of an access log"},
    {.name = "headers",
     .value = "keep|drop",
     .words = keep_or_drop,
     .prose = "user agents and referers are sent as recorded (default: drop)",
     .group = "What is kept of an access log"},
    {.name = "rate",
     .value = "FACTOR",
     .prose = "so many sessions for each recorded one, at the recorded clock: x2, 0.5",
     .group = "How an access log is sent"},
    {.name = "speed",
     .value = "FACTOR",
     .prose = "so many times as fast as recorded (default: 1)",
     .group = "How an access log is sent"},
    {.name = "max-gap",
     .value = "TIME",
     .prose = "pauses of all that are longer become that long",
     .group = "How an access log is sent"},
    {.name = "fit",
     .prose = "in place of a replay a scenario to read and change: its paths with weights, their "
	      "ids as data, its arrivals as stages",
     .group = "An access log as a scenario"},
    {.name = "visits",
     .prose = "with --fit: visits arrive, not requests, with pauses between their requests",
     .group = "An access log as a scenario"},
    {.name = "busiest",
     .value = "TIME",
     .prose = "with --fit: the busiest such while of the log alone, such as 1h",
     .group = "An access log as a scenario"},
    {.name = "paths",
     .value = "COUNT",
     .prose = "with --fit: so many paths stand on their own, the rarer ones together (default: "
	      "20, of a percent each)",
     .group = "An access log as a scenario"},
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
    .synopsis = "import KIND FILE…",
    .sentence =
	"Makes a scenario of a recording, a log or another tool's file, and gives an account "
	"of it.",
    .options = import_options,
    .list_heading = IMPORT_LIST_HEADING,
    .list_row = import_list_row,
    .more = "Nothing is sent and nothing of a file is executed. Passwords and keys are taken out:\n"
	    "the scenario asks for them as parameters.\n"
	    "\n"
	    "  reprise import har visit.har\n"
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

	import_take_wishes(job, options);
	if (!import_read(job, quiet))
		return EXIT_USAGE;
	path = options_value(options, "output");
	if (!path)
		path = import_default_path(job);
	status = import_write(
	    job, path, options_has(options, "force") ? IMPORT_REPLACES : IMPORT_OFFERS, quiet);
	if (status != EXIT_PASSED || !options_has(options, "verify"))
		return status;
	if (!job->flow || strcmp(path, "-") == 0) {
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

	if (options->operand_count < 2) {
		fputs("error: what kind of file, and which?\nusage: reprise import KIND FILE…\n",
		      stderr);
		return EXIT_USAGE;
	}
	kind = import_kind_named(options->operands[0]);
	if (!kind)
		return EXIT_USAGE;
	job_init(&job, kind, &all_tables);
	job.files = (const char *const *)options->operands + 1;
	job.file_count = options->operand_count - 1;
	status = perform(&job, options);
	job_release(&job);
	return status;
}
