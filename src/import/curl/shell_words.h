/*
 * Splits a command line into words as the shells do for which browsers copy commands: a POSIX
 * shell with bash's $'…', cmd.exe with its carets, PowerShell with its backticks. Nothing is
 * ever executed, expanded or read: a command that would need it is refused with the reason; a
 * variable is kept as a mark (TX_VARIABLE). Pure; words live in the arena. Source: POSIX.1-2017,
 * Shell Command Language, 2.2 and 2.3.
 */
#ifndef IMPORT_CURL_SHELL_WORDS_H
#define IMPORT_CURL_SHELL_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum shell { SHELL_POSIX, SHELL_CMD, SHELL_POWERSHELL };

struct shell_command {
	uint32_t line; /* line of its first word, from 1 */
	VEC(struct str) words;
	bool piped;	    /* its input is another command's output */
	struct str input;   /* text of a here-document or here-string; ptr NULL: none */
	struct str refused; /* why it cannot be converted, a phrase; empty: it can */
};

struct shell_variable {
	struct str name; /* as the name of a parameter; the mark contains it */
	struct str written;
};

struct shell_commands {
	VEC(struct shell_command) items;
	VEC(struct shell_variable) variables; /* each once */
};

/* Detected from its quoting and line ends. */
enum shell shell_words_kind(struct str text);
/* All commands of TEXT, in order; comments and empty lines are ignored. */
void shell_words_read(struct arena *a, struct str text, enum shell shell,
		      struct shell_commands *out);

#endif
