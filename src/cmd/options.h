/*
 * The command line and the environment read by a command's option table (interface/command.h).
 *
 * Words may stand in any order; "--" ends the options and "-" is no option. Where an option is
 * given more than once the last one counts, unless it repeats. An option on the command line hides
 * the environment's. Values point into ARGV and the environment. One thread.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "interface/command.h"

enum option_origin { OPTION_COMMAND_LINE, OPTION_ENVIRONMENT };

struct option_value {
	const struct option *option;
	const char *value; /* "" for a switch */
	enum option_origin origin;
};

struct options {
	const struct command *command;
	struct option_value *values; /* in the order given, the environment's last */
	size_t value_count;
	const char **operands;
	size_t operand_count;
	bool help; /* --help or -h was given */
};

enum options_result {
	OPTIONS_READY,
	OPTIONS_HELP, /* the help was asked for and printed: the command ends well */
	OPTIONS_WRONG /* the problems were printed: EXIT_USAGE */
};

/* Reads ARGV (ARGV[0] is the command's name) and the environment, prints problems or help. Only
 * with OPTIONS_READY is there something to release. */
enum options_result options_read(struct options *options, const struct command *command, int argc,
				 char **argv);
void options_release(struct options *options);

/* The pure part: every problem is a line "error: …" or "warning: …" in PROBLEMS; false when one is
 * an error. ALL (ends with NULL) are the commands whose environment variables are known. To be
 * released either way. */
bool options_parse(struct options *options, const struct command *command,
		   const struct command *const *all, int argc, const char *const *argv,
		   const char *const *environment, struct buf *problems);

/* The last value given for the option NAME; NULL when it was not given. A NAME that is not in the
 * table is a BUG. */
const char *options_value(const struct options *options, const char *name);
/* As options_value, with where it came from. */
const struct option_value *options_find(const struct options *options, const char *name);
/* How often a switch was given (-vv: 2); 0 when not. */
size_t options_count(const struct options *options, const char *name);
bool options_has(const struct options *options, const char *name);

/* "REPRISE_RAMP_UP" for the option "ramp-up", into OUT. */
void options_variable(const struct option *option, struct buf *out);

#endif
