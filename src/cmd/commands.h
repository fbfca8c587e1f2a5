/*
 * The table of commands, in the order of cmd.def, and the help texts generated from it. The table
 * is const; any thread may read it.
 */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include <stdio.h>

#include "base/buf.h"
#include "interface/command.h"

/* All commands; ends with NULL. */
const struct command *const *commands_all(void);
/* NULL if there is no command with this name. */
const struct command *commands_find(const char *name);
/* The command name most similar to NAME, or NULL. */
const char *commands_nearest(const char *name);

/* Prints `reprise --help`: one line per command. */
void commands_help(FILE *out);
/* Appends the part of the help after the options: the list of the command, then its paragraphs. */
void commands_put_details(const struct command *command, struct buf *out);
/* Prints `reprise NAME --help`: synopsis, sentence, options by group, details. */
void commands_help_for(const struct command *command, FILE *out);

#endif
