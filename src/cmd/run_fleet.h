/*
 * The settings with which shards find each other if setup or teardown runs once for all of them
 * (run/heartbeat.h): the shared folder, and a key for this run. Main thread.
 */
#ifndef CMD_RUN_FLEET_H
#define CMD_RUN_FLEET_H

#include "cmd/load_file.h"
#include "cmd/run_options.h"
#include "run/run_plan.h"

/* Sets OUT for the file NUMBER on the command line; DIGEST is that of the file and its load. OUT
 * stays empty if shards do not need each other. Returns false, after reporting the error, if an
 * option is missing. Memory comes from LOADED's arena. */
bool run_fleet_prepare(struct shard_sync_settings *out, const struct run_options *o,
		       struct loaded_file *loaded, size_t number, struct str digest);

#endif
