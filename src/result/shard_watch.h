/*
 * Watches the result folders of the shards of a run while they grow, and merges the seconds that
 * all of them have. Folders can appear at any time, be on a volume that other machines write to, be
 * cut off, or be damaged. Such a problem does not end the watch; it becomes a notice
 * (result/shard_notices.h). The caller looks once a second and passes the time. Main thread.
 */
#ifndef RESULT_SHARD_WATCH_H
#define RESULT_SHARD_WATCH_H

#include "base/buf.h"
#include "result/merge_input.h"
#include "result/rebuild.h"

enum watched_state {
	WATCHED_EMPTY,	/* no result yet, or a part of its head */
	WATCHED_BROKEN, /* it cannot be read: `why` */
	WATCHED_RUNNING,
	WATCHED_SILENT, /* nothing new for the time of `late` */
	WATCHED_ENDED,
};

/* Why an opened result is not merged. */
enum watched_place {
	WATCHED_MERGED,
	WATCHED_NO_SHARD,  /* of a run in one part, such as a merged result */
	WATCHED_EARLIER,   /* of an earlier run */
	WATCHED_OTHER_RUN, /* another number of shards */
	WATCHED_DUPLICATE, /* another folder has the same shard */
};

struct watched_folder {
	struct str path;
	struct merge_shard shard;
	enum watched_state state;
	enum watched_place place;
	bool replaced;	   /* by another file, which is opened when the shards are merged again */
	bool was_complete; /* it had ended when it was opened first */
	bool resumed;	   /* it was silent, and has new data since the last look */
	bool unstoppable;  /* the stop file could not be written: `why` */
	struct buf why;
	ns_t changed_at; /* when it last had something new, on the monotonic clock */
	ns_t modified;	 /* the time of its result file */
	ns_t alive_at;	 /* when that time was last new, on the monotonic clock */
	ns_t damaged_at; /* since when its next record cannot be read; 0: it can, or does not exist
			  */
	uint64_t read;	 /* bytes of its result that have been read */
};

struct shard_watch {
	struct arena arena;
	const char *const *operands; /* result folders, and folders of result folders */
	size_t operand_count;
	const char *out; /* a folder that is not watched; NULL: none */
	ns_t late;	 /* a shard that starts this late, or is silent for this long, is named */
	VEC(struct watched_folder *) folders;
	unsigned of;	 /* number of shards of the run; 0: unknown */
	ns_t first_at;	 /* when the first shard was seen, on the monotonic clock */
	ns_t alive_at;	 /* when any shard last gave a sign of life */
	bool attached;	 /* `merged` exists */
	bool stale;	 /* the shards to merge have changed since then */
	ns_t attach_at;	 /* not before this time: to attach again reads everything again */
	struct merge_input merged;
	struct series_table nothing;
	struct run_facts unknown; /* before any shard is known */
	struct rebuild r;	  /* the merged result so far, and the outputs that show it */
};

/* OPERANDS and OUT must outlive W. */
void shard_watch_init(struct shard_watch *w, const char *const *operands, size_t count,
		      const char *out, ns_t late);
/* The outputs of W->r must be closed before. */
void shard_watch_release(struct shard_watch *w);
/* Reads what is new at the time NOW, on the monotonic clock, and passes it to the outputs. */
void shard_watch_look(struct shard_watch *w, ns_t now);
/* The folder of shard INDEX that is merged, or NULL. */
struct watched_folder *shard_watch_find(const struct shard_watch *w, unsigned index);
/* All shards of the run are known and have ended. */
bool shard_watch_has_ended(const struct shard_watch *w);
/* When the last of the merged shards ended, on the wall clock. Only if all have ended. */
ns_t shard_watch_ended_at(const struct shard_watch *w);
/* No shard is running: those that have not ended are missing, silent or broken. */
bool shard_watch_is_quiet(const struct shard_watch *w);
/* Creates the stop file in the folder of every shard that has not ended. */
void shard_watch_stop(struct shard_watch *w);

#endif
