/*
 * The shards of a run, read side by side. Their seconds lie over each other by the wall clock of
 * their starts, to the second; series are matched by kind, scenario and name. Main thread.
 */
#ifndef RESULT_MERGE_INPUT_H
#define RESULT_MERGE_INPUT_H

#include "result/saved_result.h"
#include "result/rebuild.h"

struct merge_shard {
	struct saved_result saved;
	bool opened;
	unsigned index, of; /* from 1; 0: it does not say */
	unsigned *map;	    /* its series -> those of the whole */
	ns_t offset;	    /* of its start after that of the first, in whole seconds */
	struct summary second;
	bool ready;	/* `second` and the reader's moment are to be used next */
	bool over;	/* nothing more comes */
	bool truncated; /* and its end is missing */
	int64_t users;	/* when it was read last */
};

struct merge_input {
	struct arena arena;
	struct merge_shard *
	    *items; /* once they agree: by index, in whatever order they were named */
	size_t count;
	struct run_facts facts; /* of the whole */
	struct series_table table;
	struct label labels[2];
	bool partial;	    /* shards are missing, or performed something else */
	struct str missing; /* "2/4, 3/4" */
};

/* Reads the heads. False, told on standard error, when a folder holds no result. To be closed
 * either way. */
bool merge_input_open(struct merge_input *shards, const char *const *folders, size_t count);
void merge_input_close(struct merge_input *shards);
/* Is OUT none of their folders? False and told when it is. */
bool merge_input_excludes(const struct merge_input *shards, const char *out);
/* All there, each once, all of one scenario? False and told when not; PARTIAL lets missing and
 * different ones pass. */
bool merge_input_check(struct merge_input *shards, bool partial);
/* All seconds and events, in the order of time. */
void merge_input_replay(struct merge_input *shards, struct rebuild *r);
/* After rebuild_judge: what the shards' own ends say. */
void merge_input_judge(const struct merge_input *shards, struct rebuild *r);
/* The failures kept as evidence, into that of OUT; false and told when one cannot be written. */
bool merge_input_copy_failures(const struct merge_input *shards, const char *out);

#endif
