/*
 * The shards of a run, read side by side. Their seconds lie over each other by the wall clock of
 * their starts, to the second; series are matched by kind, scenario and name. Main thread.
 */
#ifndef CMD_MERGE_SHARDS_H
#define CMD_MERGE_SHARDS_H

#include "cmd/remake.h"

struct shard {
	struct kept kept;
	bool opened;
	unsigned index, of; /* from 1; 0: it does not say */
	unsigned *map;	    /* its series -> those of the whole */
	ns_t offset;	    /* of its start after that of the first, in whole seconds */
	struct summary second;
	bool ready;    /* `second` and the reader's moment are to be used next */
	bool over;     /* nothing more comes */
	bool torn;     /* and its end is missing */
	int64_t users; /* when it was read last */
};

struct shards {
	struct arena arena;
	struct shard **items; /* once they agree: by index, in whatever order they were named */
	size_t count;
	struct run_facts facts; /* of the whole */
	struct series_table table;
	struct label labels[2];
	bool partial;	   /* shards are missing, or performed something else */
	struct str absent; /* "2/4, 3/4" */
};

/* Reads the heads. False, told on standard error, when a folder holds no result. To be closed
 * either way. */
bool shards_open(struct shards *shards, const char *const *folders, size_t count);
void shards_close(struct shards *shards);
/* Is OUT none of their folders? False and told when it is. */
bool shards_spare(const struct shards *shards, const char *out);
/* All there, each once, all of one scenario? False and told when not; PARTIAL lets missing and
 * different ones pass. */
bool shards_agree(struct shards *shards, bool partial);
/* All seconds and events, in the order of time. */
void shards_replay(struct shards *shards, struct remake *r);
/* After remake_judge: what the shards' own ends say. */
void shards_judge(const struct shards *shards, struct remake *r);
/* The failures kept as evidence, into that of OUT; false and told when one cannot be written. */
bool shards_copy_failures(const struct shards *shards, const char *out);

#endif
