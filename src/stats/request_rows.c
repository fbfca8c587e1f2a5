#include "stats/request_rows.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define QUEUE_RECORDS 16384u /* a power of two */

/* `added` belongs to the worker and `taken` to the reader; each reads the other's. */
struct queue {
	struct request_record *records;
	_Atomic uint64_t added, taken, lost;
};

struct request_rows {
	unsigned workers;
	struct queue queues[];
};

struct request_rows *request_rows_new(unsigned workers)
{
	struct request_rows *log = alloc_zeroed(1, sizeof(*log) + workers * sizeof(log->queues[0]));

	log->workers = workers;
	for (unsigned i = 0; i < workers; i++)
		log->queues[i].records = alloc_zeroed(QUEUE_RECORDS, sizeof(struct request_record));
	return log;
}

void request_rows_free(struct request_rows *log)
{
	if (!log)
		return;
	for (unsigned i = 0; i < log->workers; i++)
		free(log->queues[i].records);
	free(log);
}

struct request_record *request_rows_next(struct request_rows *log, unsigned worker)
{
	struct queue *queue = &log->queues[worker];
	uint64_t added = atomic_load_explicit(&queue->added, memory_order_relaxed);

	if (added - atomic_load_explicit(&queue->taken, memory_order_acquire) == QUEUE_RECORDS) {
		atomic_fetch_add_explicit(&queue->lost, 1, memory_order_relaxed);
		return NULL;
	}
	return &queue->records[added % QUEUE_RECORDS];
}

void request_rows_add(struct request_rows *log, unsigned worker)
{
	atomic_fetch_add_explicit(&log->queues[worker].added, 1, memory_order_release);
}

void request_rows_set_text(char *bytes, size_t max, uint16_t *len, struct str text)
{
	text = str_cut(text, max);
	*len = (uint16_t)text.len;
	if (text.len)
		memcpy(bytes, text.ptr, text.len);
}

const struct request_record *request_rows_peek(struct request_rows *log, unsigned worker)
{
	struct queue *queue = &log->queues[worker];
	uint64_t taken = atomic_load_explicit(&queue->taken, memory_order_relaxed);

	if (taken == atomic_load_explicit(&queue->added, memory_order_acquire))
		return NULL;
	return &queue->records[taken % QUEUE_RECORDS];
}

void request_rows_drop(struct request_rows *log, unsigned worker)
{
	atomic_fetch_add_explicit(&log->queues[worker].taken, 1, memory_order_release);
}

unsigned request_rows_workers(const struct request_rows *log)
{
	return log->workers;
}

uint64_t request_rows_lost(const struct request_rows *log)
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < log->workers; i++)
		lost += atomic_load_explicit(&log->queues[i].lost, memory_order_relaxed);
	return lost;
}
