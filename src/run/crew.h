/*
 * The workers of a run with their threads, their loops on the real clock and their HTTP clients.
 * Main thread; only `crew_wake` may be called from any.
 */
#ifndef RUN_CREW_H
#define RUN_CREW_H

#include "base/buf.h"
#include "run/worker.h"

struct crew;

/* NULL with a reason in ERROR. */
struct crew *crew_new(const struct run_plan *plan, struct run_shared *shared, struct buf *error);
void crew_free(struct crew *crew);

/* Starts a thread for each worker, or for the first alone when PART is setup or teardown; they begin
 * at START. To be joined before the next part. False when the system refuses. */
bool crew_start(struct crew *crew, enum around part, ns_t start, ns_t wall_offset);
/* Readable when a worker has ended. */
int crew_descriptor(const struct crew *crew);
/* Have all ended? */
bool crew_is_done(struct crew *crew);
/* Waits for the threads. */
void crew_join(struct crew *crew);

/* How many workers there are. */
unsigned crew_count(const struct crew *crew);
/* What WORKER, from 0, counts: the crew's, good until crew_free. */
struct recorder *crew_recorder(struct crew *crew, unsigned worker);
/* CPU time a worker has used; -1 when it has ended. */
ns_t crew_cpu(const struct crew *crew, unsigned worker);

#endif
