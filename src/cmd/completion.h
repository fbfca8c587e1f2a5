/* The shell completions, made from the tables of commands and options. One thread. */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* SHELL is bash, zsh or fish; false for another. */
bool completion_put(struct buf *out, struct str shell);

#endif
