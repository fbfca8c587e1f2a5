/*
 * Options and commands that users of other tools type out of habit, and what to write instead.
 */
#ifndef CMD_NEWCOMER_HINTS_H
#define CMD_NEWCOMER_HINTS_H

#include "base/arena.h"
#include "interface/command.h"

/* The end of a message after "use " for the unknown option NAME (without dashes, not terminated) of
 * COMMAND: "--users", "'tls: {verify: no}' under 'defaults' in the file"; NULL if there is none. */
const char *newcomer_hints_option(const struct command *command, const char *name, size_t length);
/* The command line for the unknown command NAME: "reprise check FILE"; NULL if there is none. */
const char *newcomer_hints_command(const char *name);
/* What to do about the scenario file PATH, which cannot be read: "did you mean shop.yaml?"; empty
 * if there is nothing to add to the error. */
struct str newcomer_hints_file(struct arena *a, const char *path);

#endif
