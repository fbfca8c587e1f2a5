/*
 * A result as it is kept in a folder's intervals.bin, from which everything else can be made again:
 * who and what (the head: facts, thresholds, the table of series), then blocks of some seconds each
 * with all that was counted in them, what happened and which failed exchanges were kept whole, then
 * the end. Every record has a checksum,
 * so that a file cut off anywhere (a killed run, a full disk) is good up to there.
 *
 *   file    "reprise result 1\n" record…
 *   record  u32 length, u32 CRC-32 of type and payload, type 'H' 'B' or 'E', payload (deflated)
 *
 * Response times are kept for each second; other times, of the seconds of a block together, in its
 * last second. All numbers as base/varint.h has them. A file is read by the version whose counters
 * are the same; the head says which they are.
 */
#ifndef RESULT_ARCHIVE_H
#define RESULT_ARCHIVE_H

#include "base/arena.h"
#include "result/facts.h"
#include "stats/failure_samples.h"
#include "stats/summary.h"

/* Its name in the folder of a result. */
#define ARCHIVE_FILE_NAME "intervals.bin"

/* ---- writing */

struct archive_writer {
	const struct run_facts *facts;
	struct summary rest; /* what the seconds of the block have beside response times */
	bool ready;	     /* `rest` is */
	unsigned seconds;    /* in the block */
	struct buf block;    /* of the seconds and events so far */
	unsigned
	    exchanges[FAILURE_SAMPLES_GROUPS]; /* of each kind that are in the file or the block */
};

/* FACTS with their table outlive it. */
void archive_writer_init(struct archive_writer *w, const struct run_facts *facts);
void archive_writer_release(struct archive_writer *w);
/* The beginning of the file. */
void archive_put_head(struct archive_writer *w, struct buf *out);
/* Into the block at hand. CLOSE: it is the last of it, and the block is appended to OUT with the
 * exchanges that failed meanwhile. */
void archive_put_second(struct archive_writer *w, const struct summary *second,
			const struct run_interval *m, bool close, struct buf *out);
void archive_put_event(struct archive_writer *w, const struct run_event *event);
/* The block of events alone, where no second came, and how it ended. */
void archive_put_end(struct archive_writer *w, const struct summary *total,
		     const struct verdict *verdict, struct buf *out);

/* ---- reading */

enum archive_item {
	ARCHIVE_SECOND,
	ARCHIVE_EVENT,
	ARCHIVE_END,	   /* the run came to its end: `end` holds */
	ARCHIVE_TRUNCATED, /* the file stops before that */
};

struct archive_reader {
	struct arena *arena;	/* of the head and the end */
	struct run_facts facts; /* judge, signal and stage are the caller's to fill in; evidence
				   grows with the blocks that are read and goes with the reader */
	struct series_table table;
	struct str file; /* what is not read yet */
	struct buf block;
	struct str items; /* of the block, not read yet */

	struct run_interval interval; /* of the second read last */
	double cpu[HEALTH_THREADS];
	char why[HEALTH_WHY];
	int64_t users_peak;
	struct run_event event; /* the event read last, with its failure */
	struct failure_note note;
	/* Of the end. */
	struct verdict verdict; /* health is not filled in */
	struct verdict_validity validity;
	int64_t users_max;
	ns_t duration;
	struct capacity capacity; /* facts.capacity, where there was a search */
};

/* Reads the head of BYTES, which outlive the reader. False, with a few words in WHY, when they are
 * no result of this version. */
bool archive_open(struct archive_reader *r, struct arena *arena, struct str bytes,
		  const char **why);
void archive_close(struct archive_reader *r);
/* The next item. A second is added to SECOND, which is of the reader's table and clear; it is the
 * caller's to close (summary_close_second at moment.begin + length). */
enum archive_item archive_next(struct archive_reader *r, struct summary *second);

#endif
