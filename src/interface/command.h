/*
 * A command of the program: one row of cmd/cmd.def each. Options are tables too: the help, the man
 * page, the shell completions and the environment variables come from them.
 */
#ifndef INTERFACE_COMMAND_H
#define INTERFACE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct options; /* cmd/options.h */

/* The exit status of the program. If several apply, the first of 70, 2, 130/143, 3, 1, 5, 4. */
enum exit_status {
	EXIT_PASSED = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_UNREACHED = 3,
	EXIT_NOT_VALID = 4,
	EXIT_NOT_WRITTEN = 5,
	EXIT_INTERNAL = 70,
	EXIT_SIGINT = 130,
	EXIT_SIGTERM = 143,
};

struct option {
	const char *name;  /* "users": --users, and REPRISE_USERS where `environment` */
	char letter;	   /* 'u', or 0 */
	const char *value; /* "N"; NULL for a switch */
	bool repeats;
	bool environment;
	const char *prose;	    /* one sentence, lower case, no full stop */
	const char *group;	    /* heading in --help */
	const char *const *choices; /* the only values there are, for completion; or NULL */
};

struct command {
	const char *name;
	bool hidden; /* a tool of the build: not in the help, the manual, the completions */
	const char *synopsis; /* "run FILE…" */
	const char *sentence;
	const struct option *options; /* ends with name NULL; or NULL */
	/* What an operand or a value may be, told after the options: a heading, and of each row its
	 * word and sentence, until there is no such row (false). Or both NULL. */
	const char *list_heading;
	bool (*list_row)(size_t row, const char **word, const char **sentence);
	const char *more; /* paragraphs after the options in --help, examples among them */
	/* With the options read, the help not asked for; OPTIONS belong to the caller. */
	enum exit_status (*main)(const struct options *options);
};

#endif
