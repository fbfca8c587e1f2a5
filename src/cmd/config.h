/*
 * `reprise show --config`: every setting of a run with its value and where that came from (option,
 * environment, profile, file or default); what is secret is masked. One thread.
 */
#ifndef CMD_CONFIG_H
#define CMD_CONFIG_H

#include "base/buf.h"
#include "cmd/load_file.h"

/* L was loaded with OUTSIDE; the environment is asked about the options of `run`. */
void config_put(const struct loaded_file *l, const struct overrides *overrides, struct buf *out);

#endif
