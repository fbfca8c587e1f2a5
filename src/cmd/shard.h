/*
 * The part of the load that this process runs, and its start time: from the options --shard and
 * --shards, or from the index that an orchestrator sets in the environment. An empty or impossible
 * index is an error; it never means the first shard. Pure: the caller passes the environment.
 */
#ifndef CMD_SHARD_H
#define CMD_SHARD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

/* A variable in which an orchestrator gives the index of a process. */
struct shard_variable {
	const char *name;
	const char *count; /* the variable with the number of shards; NULL: --shards is needed */
	unsigned first;	   /* the index of the first shard */
	const char *prose; /* "shard index, from 0" */
};

/* In the order in which they are looked for; ends with a NULL name. */
extern const struct shard_variable shard_variables[];

/* The value of the variable NAME in ENVIRONMENT, which ends with NULL; NULL: it is not set. */
const char *shard_variable(const char *const *environment, const char *name);

struct shard_position {
	unsigned index, count; /* counted from 1; 1 of 1: the whole load */
	const char *from;      /* "--shard", "SLURM_ARRAY_TASK_ID"; NULL for the whole load */
};

/* SHARD is "I/N" and SHARDS "N", each as given or NULL; ENVIRONMENT ends with NULL. Returns false
 * with a message in ERROR if they are wrong. */
bool shard_find(struct shard_position *out, const char *shard, const char *shards,
		const char *const *environment, struct buf *error);
/* Parses a time: RFC 3339 ("2026-01-01T12:00:00Z", with a fraction or an offset) or seconds since
 * 1970. OUT is in nanoseconds since 1970, UTC. Returns false if TEXT is neither. */
bool shard_parse_time(struct str text, ns_t *out);

#endif
