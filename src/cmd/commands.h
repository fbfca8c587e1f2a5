/*
 * The table of commands, in the order of cmd.def, and the help made from it. All of it is const and
 * free for all threads; the help goes to standard output.
 */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include <stdio.h>

#include "base/buf.h"
#include "interface/command.h"

/* All commands; ends with NULL. */
const struct command *const *commands_all(void);
/* NULL when no command has that name. */
const struct command *commands_find(const char *name);
/* The name nearest to NAME, or NULL. */
const char *commands_nearest(const char *name);

/* `reprise --help`: a line a command. */
void commands_help(FILE *out);
/* What a command tells after its options: its list, then its paragraphs. Nothing when it has
 * neither. */
void commands_put_details(const struct command *command, struct buf *out);
/* `reprise NAME --help`: synopsis, sentence, options by group, whatever more there is. */
void commands_help_for(const struct command *command, FILE *out);

#endif
