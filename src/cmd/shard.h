/*
 * Which part of a fleet's load this process performs, and when it begins: the options --shard and
 * --shards, or the index an orchestrator gives its copies in the environment. An index that is
 * empty or impossible is refused and never read as the first. Pure: the environment is handed in.
 */
#ifndef CMD_SHARD_H
#define CMD_SHARD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

struct shard_position {
	unsigned index, count; /* from 1; 1 of 1: the whole load */
	const char *from;      /* "--shard", "SLURM_ARRAY_TASK_ID"; NULL: it is the whole */
};

/* SHARD is "I/N" and SHARDS "N", each as given or NULL; ENVIRONMENT ends with NULL. False with the
 * mistake in ERROR. */
bool shard_find(struct shard_position *out, const char *shard, const char *shards,
		const char *const *environment, struct buf *error);
/* A moment: RFC 3339 ("2026-01-01T12:00:00Z", with a fraction or an offset) or seconds since 1970.
 * Nanoseconds since 1970, UTC. False when TEXT is neither. */
bool shard_parse_time(struct str text, ns_t *out);

#endif
