/*
 * The arguments of the process, which other users of the machine can read (ps, /proc): secrets in
 * them are overwritten once they are read. Main thread, before others start.
 */
#ifndef CMD_PROCESS_TITLE_H
#define CMD_PROCESS_TITLE_H

#include "cmd/options.h"

/* Copies the values of --param, and those of options that are URLs with a password, and overwrites
 * them in the arguments with asterisks. */
void process_title_hide(struct options *options);

#endif
