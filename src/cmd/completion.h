/* Generates the shell completions from the tables of commands and options. One thread. */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Appends the completion for SHELL: bash, zsh or fish. Returns false for any other name. */
bool completion_put(struct buf *out, struct str shell);

#endif
