/*
 * The lines of --env-file: NAME=VALUE, as shells read them, with quotes, escapes and comments.
 */
#ifndef SCENARIO_ENV_FILE_H
#define SCENARIO_ENV_FILE_H

#include "base/arena.h"
#include "base/str.h"

/* Finds the value of NAME in CONTENT; the last line with it is used. LINE counts from 1. False if
 * there is none, or it is empty. */
bool env_file_value(struct arena *arena, struct str content, struct str name, struct str *out,
		    unsigned *line);

#endif
