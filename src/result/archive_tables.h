/*
 * The messages of an intervals.bin and their fields, which are described by one table each. To
 * store a new value, add a row; a row that was released keeps its name and type.
 */
#ifndef RESULT_ARCHIVE_TABLES_H
#define RESULT_ARCHIVE_TABLES_H

#include <stddef.h>

#include "result/facts.h"
#include "stats/failure_samples.h"
#include "stats/summary.h"

/* X(name, C type of the object) */
#define ARCHIVE_MESSAGES(X)                                                                        \
	X(run, struct archive_run) /* last of the head */                                          \
	X(label, struct label)                                                                     \
	X(threshold, struct threshold)                                                             \
	X(series, struct series_def)                                                               \
	X(values, struct series_total)	   /* of one series in one second */                       \
	X(failure, struct archive_failure) /* of one kind in one second */                         \
	X(totals, struct summary)	   /* of one second */                                     \
	X(second, struct archive_second)   /* last of its second */                                \
	X(event, struct archive_event)                                                             \
	X(exchange, struct archive_exchange)                                                       \
	X(reason, struct archive_reason)                                                           \
	X(capacity, struct capacity)                                                               \
	X(trial, struct capacity_trial)                                                            \
	X(end, struct archive_end) /* last of the file */
#define ARCHIVE_MESSAGE_ENUM(name, type) ARCHIVE_##name,
enum archive_message { ARCHIVE_MESSAGES(ARCHIVE_MESSAGE_ENUM) ARCHIVE_MESSAGE_COUNT };
#undef ARCHIVE_MESSAGE_ENUM

/* ---- objects that are stored only here */

struct archive_run {
	struct run_facts facts;
	unsigned histogram_bits; /* the layout of histograms: HISTOGRAM_PAGE_BITS */
};

/* struct failure_note with its text as a view. */
struct archive_failure {
	struct failure_note note;
	struct str text;
};

struct archive_second {
	struct run_interval interval; /* `cpu` and `why` are below */
	int64_t users_peak;
	struct str cpu; /* eight bytes per thread, as varint_put_double writes them */
	struct str why;
};

struct archive_event {
	struct run_event event;
	bool has_failure; /* then FAILURE is set */
	struct archive_failure failure;
};

struct archive_exchange {
	struct failure_sample sample;
	struct archive_failure failure;
};

struct archive_reason {
	enum verdict_cause cause;
	struct str text;
};

struct archive_end {
	struct verdict verdict;
	bool valid;
	int64_t users_max;
	ns_t duration;
};

/* ---- their fields */

struct archive_field {
	const char *name;
	char type;	    /* archive_schema.h */
	unsigned char size; /* of the C type, for types u, i and e */
	size_t offset;
	const char *const *names; /* for type e, by value; NULL where a value has no name */
	unsigned name_count;
};

struct archive_table {
	const char *name;
	const struct archive_field *fields;
	size_t count;
};

/* By enum archive_message. */
extern const struct archive_table archive_tables[ARCHIVE_MESSAGE_COUNT];

#endif
