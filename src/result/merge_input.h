/*
 * The shards of a run, read in parallel. Their seconds are aligned by the wall clock of their
 * starts, rounded to seconds; series are matched by kind, scenario and name. Shards that still run
 * are attached and followed instead (result/shard_watch.h). Main thread.
 */
#ifndef RESULT_MERGE_INPUT_H
#define RESULT_MERGE_INPUT_H

#include "result/saved_result.h"
#include "result/rebuild.h"

struct merge_shard {
	struct saved_result saved;
	bool opened;
	unsigned index, of; /* from 1; 0: unknown */
	unsigned *map;	    /* its series -> those of the merged run */
	ns_t offset;	    /* from the start of the first shard, in whole seconds */
	struct summary second;
	bool ready;	/* `second` and the reader's interval have been read and not used */
	bool over;	/* there are no more seconds */
	bool truncated; /* and the end is missing */
	int64_t users;	/* in its last second that was used */
	/* Only if the shard is followed. */
	bool follows;
	bool skipped;	      /* the others do not wait for its seconds */
	enum run_stage stage; /* as in its last event */
};

struct merge_input {
	struct arena arena;
	struct merge_shard **items; /* by index, after merge_input_check */
	size_t count;
	struct run_facts facts; /* of the merged run */
	struct series_table table;
	struct label labels[2];
	bool partial;	    /* shards are missing or performed something else */
	struct str missing; /* "2/4, 3/4" */
	ns_t passed;	    /* the last second that was passed on; -1: none */
	int64_t users;	    /* in it */
};

/* Reads the heads. Returns false, after reporting the error, if a folder is not a result. The
 * caller must close SHARDS in both cases. */
bool merge_input_open(struct merge_input *shards, const char *const *folders, size_t count);
void merge_input_close(struct merge_input *shards);
/* Opens one shard that grows, as saved_result_open_growing. */
bool merge_input_open_growing(struct merge_shard *shard, const char *folder, struct buf *why);
/* SHARD may be closed. */
void merge_input_close_shard(struct merge_shard *shard);
/* Returns false, after reporting it, if OUT is the folder of a shard. */
bool merge_input_excludes(const struct merge_input *shards, const char *out);
/* Returns false, after reporting the error, if a shard is missing, is there twice, has no end or
 * performed another scenario. PARTIAL allows this, except for duplicates. */
bool merge_input_check(struct merge_input *shards, bool partial);
/* Passes all seconds and events to R, in the order of time. */
void merge_input_replay(struct merge_input *shards, struct rebuild *r);
/* Makes SHARDS from the COUNT shards in ITEMS, which are opened, at their beginning, and belong to
 * one run of at least one shard. They belong to the caller and must outlive SHARDS. */
void merge_input_attach(struct merge_input *shards, struct merge_shard *const *items, size_t count);
void merge_input_detach(struct merge_input *shards);
/* Passes to R the seconds that all attached shards have, apart from skipped ones. A second that
 * comes after its time was passed on is added to the next one, so that the totals are right. */
void merge_input_follow(struct merge_input *shards, struct rebuild *r);
/* Evaluates R, and adds facts that only the ends of the shards have. */
void merge_input_judge(const struct merge_input *shards, struct rebuild *r);
/* Copies the failed exchanges of all shards to OUT. Returns false, after reporting the error, if
 * one cannot be written. */
bool merge_input_copy_failures(const struct merge_input *shards, const char *out);

#endif
