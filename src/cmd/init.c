/* `reprise init`: a scenario to begin with. */
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
     .prose = "make the scenario of these files of that kind, as reprise import does"},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .prose = "the scenario to write; - prints it (default: scenario.yaml)"},
    {.name = NULL},
};

const struct command init_command = {
    .name = "init",
    .synopsis = "init [FILE | --from KIND FILE…]",
    .sentence = "Writes a commented scenario to begin with (default: scenario.yaml; - prints it).",
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
    "# A visit to a web site, performed by many users at once. Every line can be changed;\n"
    "# reprise check tells mistakes, reprise explain WORD tells more of a word.\n"
    "name: My site\n"
    "target: http://127.0.0.1:8080   # the server to test; another one: reprise run -t URL\n"
    "\n"
    "parameters:                     # what a run may change: -p WORD=coat, or the environment\n"
    "  WORD: {default: hat, description: What the visitors look for}\n"
    "\n"
    "defaults:\n"
    "  timeout: 10s                  # an answer that takes longer is a failure\n"
    "  think: 1s..3s                 # after each request people read for a while\n"
    "\n"
    "load:\n"
    "  users: 10                     # so many people at once; each begins again at its end\n"
    "  ramp_up: 5s                   # they come one after the other\n"
    "  duration: 30s\n"
    "\n"
    "steps:                          # what each of them does, from top to bottom\n"
    "  - get: /\n"
    "    expect: {status: 200}\n"
    "  - get: /search\n"
    "    name: Search                # what results call this step\n"
    "    query: {q: \"${WORD}\"}\n"
    "  - get: /login\n"
    "    extract:                    # keep something of the answer for later\n"
    "      csrf: {form_field: csrf_token}\n"
    "  - post: /login\n"
    "    form:\n"
    "      user: visitor-${user.id}\n"
    "      password: demo\n"
    "      csrf: ${csrf}\n"
    "    expect:\n"
    "      body: {contains: Welcome}\n"
    "\n"
    "thresholds:                     # the test fails unless all of these hold\n"
    "  - p95 < 500ms\n"
    "  - error_rate < 1%\n";

static bool write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST) {
		log_error("%s is there already; give another name", path);
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

/* What `reprise import KIND FILE… -o PATH` does. */
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

/* What is wrong with the words given; NULL when nothing is. */
static const char *usage_error(const struct options *options)
{
	if (options_has(options, "from"))
		return options->operand_count ? NULL : "which file is it to be made of?";
	if (options->operand_count + options_has(options, "output") > 1)
		return "one file is expected";
	return NULL;
}

static enum exit_status init_main(const struct options *options)
{
	const char *mistake = usage_error(options), *path = options_value(options, "output");
	bool imports = options_has(options, "from");

	if (mistake) {
		fprintf(stderr, "error: %s\nusage: reprise %s\n", mistake, init_command.synopsis);
		return EXIT_USAGE;
	}
	if (!path)
		path = options->operand_count && !imports ? options->operands[0] : "scenario.yaml";
	if (!(imports ? write_imported(options, path) : write_starter(path)))
		return EXIT_USAGE;
	if (strcmp(path, "-") != 0)
		printf("wrote %s; look at it, then: reprise run %s\n", path, path);
	return EXIT_PASSED;
}
