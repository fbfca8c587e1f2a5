/* The entry point: finds the command and runs it; its result is the exit status. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/licences.h"
#include "cmd/newcomer_hints.h"
#include "cmd/options.h"
#include "cmd/standard_streams.h"
#include "cmd/version.h"

static enum exit_status unknown_command(const char *name)
{
	const char *near = commands_nearest(name), *use = newcomer_hints_command(name);
	struct str text = str_of(name);

	if (use)
		fprintf(stderr, "error: unknown command '%s'; use: %s\n", name, use);
	else if (str_ends(text, STR(".yaml")) || str_ends(text, STR(".yml")))
		fprintf(stderr, "error: '%s' is a file, not a command; use: reprise run %s\n", name,
			name);
	else if (str_ends(text, STR(".har")))
		fprintf(stderr,
			"error: '%s' is a file, not a command; use: reprise import har %s\n", name,
			name);
	else if (str_find(text, STR("://"), 0) != NOT_FOUND)
		fprintf(stderr,
			"error: '%s' is a URL, not a command; record a scenario with: reprise "
			"record %s\n",
			name, name);
	else if (*name == '-')
		fprintf(
		    stderr,
		    "error: '%s' is before the command; put options after it: reprise run %s …\n",
		    name, name);
	else if (near)
		fprintf(stderr, "error: unknown command '%s'; did you mean '%s'?\n", name, near);
	else
		fprintf(stderr, "error: unknown command '%s'; for all commands: reprise --help\n",
			name);
	return EXIT_USAGE;
}

/* `reprise help` and `reprise help COMMAND`. */
static enum exit_status help(const char *name)
{
	const struct command *command = name ? commands_find(name) : NULL;

	if (name && !command)
		return unknown_command(name);
	if (command)
		commands_help_for(command, stdout);
	else
		commands_help(stdout);
	return EXIT_PASSED;
}

/* ARGV[0] is the command's name. */
static enum exit_status perform(const struct command *command, int argc, char **argv)
{
	enum exit_status status;
	struct options options;

	switch (options_read(&options, command, argc, argv)) {
	case OPTIONS_READY:
		break;
	case OPTIONS_HELP:
		return EXIT_PASSED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	}
	status = command->main(&options);
	options_release(&options);
	return status;
}

/* `reprise ARGUMENT…`; ARGV ends with NULL. */
static enum exit_status run_program(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		commands_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		version_print();
		if (argc > 2 && strcmp(argv[2], "--licences") == 0) {
			puts("");
			licences_print();
		}
		return EXIT_PASSED;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help(NULL);
	if (strcmp(argv[1], "help") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	command = commands_find(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	return perform(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	standard_streams_open();
	return (int)standard_streams_close(run_program(argc, argv));
}
