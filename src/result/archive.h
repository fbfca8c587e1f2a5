/*
 * A result as stored in intervals.bin of a result folder, from which everything else can be
 * rebuilt: what was run (the head: facts, thresholds, the table of series), then one block per
 * second with everything that was counted in it, events and failed exchanges, then the end.
 *
 *   file    "reprise result 2\n", the version of the program and "\n", records (archive_record.h)
 *   head    schema and items (archive_schema.h), the last one is `run`
 *   block   items; `second` follows all items of its second
 *   end     items, the last one is `end`
 *
 * Format 1 is that of version 0.1.0 and is read too (archive_v1.c). The file is self-describing: a
 * version that stores more or less can read it.
 */
#ifndef RESULT_ARCHIVE_H
#define RESULT_ARCHIVE_H

#include "base/arena.h"
#include "result/archive_schema.h"
#include "result/facts.h"
#include "stats/failure_samples.h"
#include "stats/summary.h"

/* The name of the file in a result folder. */
#define ARCHIVE_FILE_NAME "intervals.bin"
#define ARCHIVE_MAGIC	  "reprise result "

/* ---- writing */

struct archive_writer {
	const struct run_facts *facts;
	struct buf block;			    /* what has not been written */
	unsigned exchanges[FAILURE_SAMPLES_GROUPS]; /* of each kind that have been written */
};

/* FACTS and their table must outlive W. */
void archive_writer_init(struct archive_writer *w, const struct run_facts *facts);
void archive_writer_release(struct archive_writer *w);
/* Appends the beginning of the file. */
void archive_put_head(struct archive_writer *w, struct buf *out);
/* Adds a second to the block. CLOSE: appends the block to OUT, with the exchanges that failed since
 * the block before. */
void archive_put_second(struct archive_writer *w, const struct summary *second,
			const struct run_interval *m, bool close, struct buf *out);
/* Adds an event to the block; for a level of a capacity search with the curve so far, because the
 * seconds of a search are not stored. CLOSE: as above. */
void archive_put_event(struct archive_writer *w, const struct run_event *event, bool close,
		       struct buf *out);
/* Appends the open block and the end. */
void archive_put_end(struct archive_writer *w, const struct summary *total,
		     const struct verdict *verdict, struct buf *out);

/* ---- reading */

enum archive_item {
	ARCHIVE_SECOND,
	ARCHIVE_EVENT,
	ARCHIVE_END,	   /* the run has ended: the fields of the end are set */
	ARCHIVE_TRUNCATED, /* the file ends before that */
};

struct archive_reader {
	struct arena *arena; /* of the head and the end */
	struct run_facts
	    facts; /* the caller sets the fields judge, signal and stage; failure_samples grows
		      while blocks are read and is freed with the reader */
	struct series_table table;
	unsigned format;  /* 1 or 2 */
	struct str file;  /* not read yet */
	struct buf block; /* the current block */
	struct str items; /* of the block, not read yet */
	struct archive_schema schema;

	struct run_interval interval; /* of the last second */
	double cpu[HEALTH_THREADS];
	char why[HEALTH_WHY];
	int64_t users_peak;
	struct run_event event; /* the last event, with its failure */
	struct failure_note note;
	/* The end. */
	struct verdict verdict; /* without health */
	struct verdict_validity validity;
	int64_t users_max;
	ns_t duration;
	/* facts.capacity if there was a search. Before the end, the levels that have been read. */
	struct capacity capacity;
};

/* Reads the head of BYTES, which must outlive the reader. Returns false, with the reason in WHY, if
 * this version cannot read them. */
bool archive_open(struct archive_reader *r, struct arena *arena, struct str bytes,
		  const char **why);
/* True if BYTES, which archive_open refuses, are only the beginning of a head: they may become a
 * result when more bytes are appended. */
bool archive_head_is_cut(struct str bytes);
void archive_close(struct archive_reader *r);
/* Reads the next item. A second is added to SECOND, which has the reader's table and is empty; the
 * caller closes it (summary_close_second at interval.begin + length). */
enum archive_item archive_next(struct archive_reader *r, struct summary *second);
/* True if the next record is complete and cannot be read. On NFS this can be temporary. */
bool archive_is_damaged(const struct archive_reader *r);
/* Whether BYTES, which archive_open accepts, have an end. Decompresses nothing. */
bool archive_is_complete(struct str bytes);

#endif
