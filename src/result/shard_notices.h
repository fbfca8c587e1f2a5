/*
 * The problems of the shards of a run that is watched (result/shard_watch.h), one
 * sentence for each: late, silent, missing, damaged. The live views show them, and each is logged
 * when it appears. Main thread.
 */
#ifndef RESULT_SHARD_NOTICES_H
#define RESULT_SHARD_NOTICES_H

#include "result/shard_watch.h"

struct shard_notices {
	struct arena arena; /* of the texts */
	VEC(struct str) items;
	unsigned of, running, ended, silent, broken, missing; /* numbers of shards */
	bool stopping;					      /* the stop files were written */
	unsigned changes; /* how often any of this has changed */
};

void shard_notices_init(struct shard_notices *n);
void shard_notices_release(struct shard_notices *n);
/* Replaces the notices by those of W at the time NOW, and logs the new ones. */
void shard_notices_update(struct shard_notices *n, const struct shard_watch *w, ns_t now);
/* Appends "6 of 8 running, 1 silent, 1 not started". */
void shard_notices_put_counts(struct buf *out, const struct shard_notices *n);

#endif
