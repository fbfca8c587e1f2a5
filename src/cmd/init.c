/* `reprise init`: writes an example scenario to start from. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/import_files.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"

static enum exit_status init_main(const struct options *options);

static const struct option init_options[] = {
    {.name = "from",
     .value = "KIND",
     .prose = "create the scenario from these files of that kind, as reprise import does"},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .prose = "scenario file to write; - prints it (default: scenario.yaml)"},
    {.name = NULL},
};

const struct command init_command = {
    .name = "init",
    .synopsis = "init [FILE | --from KIND FILE…]",
    .sentence = "Writes an example scenario with comments to start from (default: scenario.yaml; - "
		"prints it).",
    .options = init_options,
    .list_heading = IMPORT_FILES_LIST_HEADING,
    .list_row = import_files_list_row,
    .more = "  reprise init shop.yaml\n"
	    "  reprise demo                  # something to try it on, in another terminal\n"
	    "  reprise run shop.yaml\n"
	    "  reprise init --from har visit.har -o shop.yaml",
    .main = init_main,
};

static const char starter[] =
    "# A load test: virtual users visit a website. You can change every line.\n"
    "# reprise check finds errors; reprise explain WORD explains a key such as think.\n"
    "name: My site\n"
    "target: http://127.0.0.1:8080   # server to test; override it with: reprise run -t URL\n"
    "\n"
    "parameters:                     # values to change for a run: -p WORD=coat\n"
    "  WORD: {default: hat, description: Search term of the visitors}\n"
    "\n"
    "defaults:\n"
    "  timeout: 10s                  # a slower response is a failure\n"
    "  think: 1s..3s                 # think time after each request\n"
    "\n"
    "load:\n"
    "  users: 10                     # concurrent users; each repeats the steps\n"
    "  ramp_up: 5s                   # users start one after the other in this time\n"
    "  duration: 30s\n"
    "\n"
    "steps:                          # what each user does, from top to bottom\n"
    "  - get: /\n"
    "    expect: {status: 200}\n"
    "  - get: /search\n"
    "    name: Search                # name of this step in results\n"
    "    query: {q: \"${WORD}\"}\n"
    "  - get: /login\n"
    "    extract:                    # save a value from the response\n"
    "      csrf: {form_field: csrf_token}\n"
    "  - post: /login\n"
    "    form:\n"
    "      user: visitor-${user.id}\n"
    "      password: demo\n"
    "      csrf_token: ${csrf}\n"
    "    expect:\n"
    "      body: {contains: Welcome}\n"
    "\n"
    "thresholds:                     # the test passes if all of these are true\n"
    "  - p95 < 500ms\n"
    "  - error_rate < 1%\n";

static bool write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST) {
		log_error("%s already exists; choose another name", path);
		return false;
	}
	bool fine = fd >= 0 && write(fd, starter, sizeof starter - 1) == sizeof starter - 1;

	if (fd >= 0 && close(fd) != 0)
		fine = false;
	if (!fine)
		log_error("cannot write %s: %s", path, strerror(errno));
	return fine;
}

static bool write_starter(const char *path)
{
	if (strcmp(path, "-") != 0)
		return write_file(path);
	fputs(starter, stdout);
	return true;
}

/* Does the same as `reprise import KIND FILE… -o PATH`. */
static bool write_imported(const struct options *options, const char *path)
{
	const struct import_kind *kind = import_files_kind_named(options_value(options, "from"));
	struct import_job job;
	bool fine;

	if (!kind)
		return false;
	job_init(&job, kind, &all_tables);
	job.files = (const char *const *)options->operands;
	job.file_count = options->operand_count;
	fine = import_files_read(&job, false) &&
	       import_files_write(&job, path, IMPORT_FILES_REFUSE, true) == EXIT_PASSED;
	job_release(&job);
	return fine;
}

/* The error in the arguments, or NULL. */
static const char *usage_error(const struct options *options)
{
	if (options_has(options, "from"))
		return options->operand_count ? NULL : "no file to import was given";
	if (options->operand_count + options_has(options, "output") > 1)
		return "expected one file";
	return NULL;
}

static enum exit_status init_main(const struct options *options)
{
	const char *error = usage_error(options), *path = options_value(options, "output");
	bool imports = options_has(options, "from");

	if (error) {
		fprintf(stderr, "error: %s\nusage: reprise %s\n", error, init_command.synopsis);
		return EXIT_USAGE;
	}
	if (!path)
		path = options->operand_count && !imports ? options->operands[0] : "scenario.yaml";
	if (!(imports ? write_imported(options, path) : write_starter(path)))
		return EXIT_USAGE;
	if (strcmp(path, "-") != 0)
		printf("wrote %s; edit it, then run it: reprise run %s\n", path, path);
	return EXIT_PASSED;
}
