/*
 * How the shards of a fleet see each other: a shared folder with one file per shard, its mark,
 * which says that the shard lives or has ended, and with the text in which the first shard passes
 * on the values of its setup. The folder belongs to one run, identified by its key, and is removed
 * with the last shard. A shard whose mark already exists is refused, because a part of a load must
 * be performed once. This module works with files only and never waits: callers poll. Main thread.
 */
#ifndef RUN_HEARTBEAT_H
#define RUN_HEARTBEAT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"

struct heartbeat_spec {
	struct str folder;	/* the shared folder */
	struct str key;		/* the same for all shards of one run, and different for each run */
	unsigned shard, shards; /* from 1 */
};

struct heartbeat;

/* The content of another shard's mark. */
enum heartbeat_state {
	HEARTBEAT_ABSENT,
	HEARTBEAT_SILENT, /* nothing new since it was last read */
	HEARTBEAT_ALIVE,
	HEARTBEAT_ENDED,
};

/* Creates this shard's mark; NULL with a reason in ERROR. */
struct heartbeat *heartbeat_join(const struct heartbeat_spec *spec, struct buf *error);
/* This shard has ended. The last one clears the folder; with CLEAR the text for the other shards
 * is removed even if some are left. Frees HEARTBEAT, which may be NULL. */
void heartbeat_leave(struct heartbeat *heartbeat, bool clear);

/* Renews this shard's mark; to be called once every HEARTBEAT_EVERY. */
void heartbeat_send(struct heartbeat *heartbeat, ns_t now);
enum heartbeat_state heartbeat_check(struct heartbeat *heartbeat, unsigned shard);

/* Writes the text of the first shard; only this user may read it. False with errno. */
bool heartbeat_publish_setup(struct heartbeat *heartbeat, struct str text);
/* True with the whole text in OUT if it exists. False: it does not, or a reason is in ERROR. */
bool heartbeat_receive_setup(struct heartbeat *heartbeat, struct buf *out, struct buf *error);
/* True if that text has changed since it was last received. */
bool heartbeat_has_news(struct heartbeat *heartbeat);
/* Another shard than the first: a server refuses the values of GENERATION. Several calls with the
 * same one write once. */
void heartbeat_ask_renewal(struct heartbeat *heartbeat, uint64_t generation);
/* The first shard: whether another one has asked for a renewal of the values of GENERATION. */
bool heartbeat_is_asked(const struct heartbeat *heartbeat, uint64_t generation);
/* "results/fleet-1a2b3c4d5e6f7a8b/setup.json", for messages; valid as long as HEARTBEAT. */
const char *heartbeat_setup_file(const struct heartbeat *heartbeat);

#define HEARTBEAT_EVERY (2 * NS_PER_S)

#endif
