/*
 * `reprise show --config`: lists every setting of a run with its value and its origin (option,
 * environment, profile, file or default). Secrets are masked. One thread.
 */
#ifndef CMD_SHOW_CONFIG_H
#define CMD_SHOW_CONFIG_H

#include "base/buf.h"
#include "base/json_writer.h"
#include "cmd/load_file.h"

/* Appends the list to OUT. L was loaded with OVERRIDES. Reads the environment for the options of
 * `run`. */
void show_config_put(const struct loaded_file *l, const struct overrides *overrides,
		     struct buf *out);
/* The same as the member "settings" of an object that is open: a list of objects. */
void show_config_put_json(const struct loaded_file *l, const struct overrides *overrides,
			  struct json_writer *j);

#endif
