/*
 * The shards of a fleet, to each other: a folder that all of them see, with a mark for each that
 * says that it lives or is over, and the text in which the first hands over what its setup has
 * left. The folder is one run's, known by its key, and goes with the last of them. A shard whose
 * mark is there already is refused: a part of a load is performed once. Files alone, and no
 * waiting: whoever asks again and again has the clock. Main thread.
 */
#ifndef RUN_HEARTBEAT_H
#define RUN_HEARTBEAT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"

struct heartbeat_spec {
	struct str folder;	/* that all see */
	struct str key;		/* the same for all shards of one run, and for none of another */
	unsigned shard, shards; /* from 1 */
};

struct heartbeat;

/* What another shard's mark says. */
enum heartbeat_state {
	HEARTBEAT_ABSENT,
	HEARTBEAT_SILENT, /* nothing new since it was asked last */
	HEARTBEAT_ALIVE,
	HEARTBEAT_ENDED,
};

/* Sets this shard's mark; NULL with a reason in ERROR. */
struct heartbeat *heartbeat_join(const struct heartbeat_spec *spec, struct buf *error);
/* This shard is over. The last one clears the folder; CLEAR takes what was handed over away though
 * somebody may be left. Frees FLEET, which may be NULL. */
void heartbeat_leave(struct heartbeat *heartbeat, bool clear);

/* Renews this shard's mark, once in HEARTBEAT_EVERY. */
void heartbeat_send(struct heartbeat *heartbeat, ns_t now);
enum heartbeat_state heartbeat_check(struct heartbeat *heartbeat, unsigned shard);

/* What the first shard hands over, for this user's eyes alone. False with errno. */
bool heartbeat_publish_setup(struct heartbeat *heartbeat, struct str text);
/* True and all of it in OUT when it is there. False: it is not, or a reason in ERROR. */
bool heartbeat_receive_setup(struct heartbeat *heartbeat, struct buf *out, struct buf *error);
/* "results/fleet-1a2b3c4d5e6f7a8b/setup.json", for messages; good as long as FLEET. */
const char *heartbeat_setup_file(const struct heartbeat *heartbeat);

#define HEARTBEAT_EVERY (2 * NS_PER_S)

#endif
