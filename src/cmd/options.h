/*
 * Parses the command line and the environment with a command's option table
 * (interface/command.h).
 *
 * Options and operands may be in any order; "--" ends the options, and "-" is an operand. If an
 * option is given more than once, the last one is used, unless it repeats. An option on the command
 * line overrides its environment variable. Values point into ARGV and the environment. One thread.
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
	struct option_value *values; /* in the order given; those of the environment last */
	size_t value_count;
	const char **operands;
	size_t operand_count;
	char *copies; /* of values that were overwritten (cmd/process_title.h), or NULL */
	bool help;    /* --help or -h was given */
};

enum options_result {
	OPTIONS_READY,
	OPTIONS_HELP, /* the help was requested and printed */
	OPTIONS_WRONG /* the problems were printed: EXIT_USAGE */
};

/* Parses ARGV (ARGV[0] is the command's name) and the environment, and prints problems or the help.
 * The caller releases OPTIONS only after OPTIONS_READY. */
enum options_result options_read(struct options *options, const struct command *command, int argc,
				 char **argv);
void options_release(struct options *options);

/* The part without I/O: appends each problem to PROBLEMS as a line "error: …" or "warning: …".
 * Returns false if one is an error. ALL (ends with NULL) are the commands whose environment
 * variables are known. The caller must release OPTIONS in both cases. */
bool options_parse(struct options *options, const struct command *command,
		   const struct command *const *all, int argc, const char *const *argv,
		   const char *const *environment, struct buf *problems);

/* The last value given for the option NAME; NULL if it was not given. A NAME that is not in the
 * table is a BUG. */
const char *options_value(const struct options *options, const char *name);
/* As options_value, with the origin. */
const struct option_value *options_find(const struct options *options, const char *name);
/* How often a switch was given (-vv: 2). */
size_t options_count(const struct options *options, const char *name);
/* Whether the option NAME was given. */
bool options_has(const struct options *options, const char *name);

/* Appends the name of the option's variable: "REPRISE_RAMP_UP" for "ramp-up". */
void options_variable(const struct option *option, struct buf *out);

#endif
