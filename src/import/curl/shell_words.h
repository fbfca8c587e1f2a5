/*
 * A command line cut into words the way the shells do that browsers copy for: a POSIX shell with
 * bash's $'…', cmd.exe with its carets, PowerShell with its backticks. Nothing is ever executed,
 * expanded or read: what would need that makes its command refused, with the reason; a variable is
 * left as a mark (TX_VARIABLE). Pure; words live in the arena. Source: POSIX.1-2017, Shell
 * Command Language, 2.2 and 2.3.
 */
#ifndef IMPORT_CURL_SHELL_WORDS_H
#define IMPORT_CURL_SHELL_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum shell { SHELL_POSIX, SHELL_CMD, SHELL_POWERSHELL };

struct shell_command {
	uint32_t line; /* of its first word, from 1 */
	VEC(struct str) words;
	bool piped;	    /* its input is another command's output */
	struct str input;   /* of a here-document or here-string; ptr NULL: none */
	struct str refused; /* why it cannot be taken, a phrase; empty: it can */
};

struct shell_variable {
	struct str name; /* as a parameter's; the mark has it */
	struct str written;
};

struct shell_commands {
	VEC(struct shell_command) items;
	VEC(struct shell_variable) variables; /* each once */
};

/* By its quoting and its ends of lines. */
enum shell shell_words_kind(struct str text);
/* All commands of TEXT, in order; comments and empty lines are none. */
void shell_words_read(struct arena *a, struct str text, enum shell shell,
		      struct shell_commands *out);

#endif
