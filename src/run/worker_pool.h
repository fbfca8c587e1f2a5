/*
 * The workers of a run with their threads, their loops on the real clock and their HTTP clients.
 * Main thread.
 */
#ifndef RUN_WORKER_POOL_H
#define RUN_WORKER_POOL_H

#include "base/buf.h"
#include "run/worker.h"

struct worker_pool;

/* NULL with a reason in ERROR. */
struct worker_pool *worker_pool_new(const struct run_plan *plan, struct run_shared *shared,
				    struct buf *error);
void worker_pool_free(struct worker_pool *pool);

/* Starts a thread for each worker, or for the first alone if FIXTURE is setup or teardown; they
 * begin at START. To be joined before the next part. False if the system refuses a thread. */
bool worker_pool_start(struct worker_pool *pool, enum fixture_kind fixture, ns_t start,
		       ns_t wall_offset);
/* Readable when a worker has ended. */
int worker_pool_descriptor(const struct worker_pool *pool);
/* True if all workers have ended. */
bool worker_pool_is_done(struct worker_pool *pool);
/* Waits for the threads. */
void worker_pool_join(struct worker_pool *pool);

/* Number of workers. */
unsigned worker_pool_count(const struct worker_pool *pool);
/* The recorder of WORKER, from 0; owned by the pool, valid until worker_pool_free. */
struct recorder *worker_pool_recorder(struct worker_pool *pool, unsigned worker);
/* The use of CPU by a worker's thread since it was started. */
struct worker_usage {
	ns_t cpu;     /* CPU time */
	ns_t waiting; /* time it was ready to run but waited for a CPU; 0: not known */
};
/* The usage of WORKER so far, or up to its end; 0 if it was not started. */
struct worker_usage worker_pool_usage(const struct worker_pool *pool, unsigned worker);

#endif
