/*
 * What the shards of a fleet need to find each other, where setup or teardown is performed once for
 * all of them (run/heartbeat.h): the folder, and a key that is this run's. Main thread.
 */
#ifndef CMD_RUN_FLEET_H
#define CMD_RUN_FLEET_H

#include "cmd/load_file.h"
#include "cmd/run_options.h"
#include "run/run_plan.h"

/* For the file NUMBER of those to perform; DIGEST is of what is performed. OUT stays empty where
 * each shard is on its own. False, told, when something is missing. Views go into LOADED's arena.
 */
bool run_fleet_prepare(struct shard_sync_settings *out, const struct run_options *o,
		       struct loaded_file *loaded, size_t number, struct str digest);

#endif
