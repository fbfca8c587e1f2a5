/*
 * A command of the program; each is one row of cmd/cmd.def. Options are tables too: the help, the
 * man page, the shell completions and the environment variables are generated from them.
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
	const char *word;  /* a word that may follow a switch and becomes its value; or NULL */
	bool repeats;
	bool environment;
	bool sets_key;	   /* its value becomes that of a key or parameter of the scenario file */
	const char *prose; /* one sentence, lower case, no full stop */
	const char *group; /* heading in --help */
	const char *const *choices; /* the only valid values, for completion; or NULL */
};

struct command {
	const char *name;
	bool hidden;	      /* a build tool: not in the help, the manual or the completions */
	const char *synopsis; /* "run FILE…" */
	const char *sentence;
	const struct option *options; /* ends with name NULL; or NULL */
	/* A list of the valid operands or values, printed after the options: its heading, and for
	 * each row the word and its sentence; list_row returns false after the last row. Or both
	 * NULL. */
	const char *list_heading;
	bool (*list_row)(size_t row, const char **word, const char **sentence);
	const char *more; /* paragraphs after the options in --help, such as examples */
	/* Called after the options were read, unless the help was requested. The caller owns
	 * OPTIONS. */
	enum exit_status (*main)(const struct options *options);
};

#endif
