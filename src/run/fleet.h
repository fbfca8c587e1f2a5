/*
 * The shards of a fleet, to each other: a folder that all of them see, with a mark for each that
 * says that it lives or is over, and the text in which the first hands over what its setup has
 * left. The folder is one run's, known by its key, and goes with the last of them. A shard whose
 * mark is there already is refused: a part of a load is performed once. Files alone, and no
 * waiting: whoever asks again and again has the clock. Main thread.
 */
#ifndef RUN_FLEET_H
#define RUN_FLEET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"

struct fleet_spec {
	struct str folder;	/* that all see */
	struct str key;		/* the same for all shards of one run, and for none of another */
	unsigned shard, shards; /* from 1 */
};

struct fleet;

/* What another shard's mark says. */
enum fleet_sign {
	FLEET_ABSENT,
	FLEET_SILENT, /* nothing new since it was asked last */
	FLEET_LIVES,
	FLEET_OVER,
};

/* Sets this shard's mark; NULL with a reason in ERROR. */
struct fleet *fleet_join(const struct fleet_spec *spec, struct buf *error);
/* This shard is over. The last one clears the folder; CLEAR takes what was handed over away though
 * somebody may be left. Frees FLEET, which may be NULL. */
void fleet_leave(struct fleet *fleet, bool clear);

/* Renews this shard's mark, once in FLEET_SIGN_EVERY. */
void fleet_sign(struct fleet *fleet, ns_t now);
enum fleet_sign fleet_ask(struct fleet *fleet, unsigned shard);

/* What the first shard hands over, for this user's eyes alone. False with errno. */
bool fleet_hand_over(struct fleet *fleet, struct str text);
/* True and all of it in OUT when it is there. False: it is not, or a reason in ERROR. */
bool fleet_take_over(struct fleet *fleet, struct buf *out, struct buf *error);
/* "results/fleet-1a2b3c4d5e6f7a8b/setup.json", for messages; good as long as FLEET. */
const char *fleet_file(const struct fleet *fleet);

#define FLEET_SIGN_EVERY (2 * NS_PER_S)

#endif
