/*
 * The messages of an intervals.bin. A message is a C object that a table of fields describes. The
 * file begins with the names and types of all fields (its schema), so that values need no tags and
 * another version can read it: fields are matched by name, unknown ones are skipped, and missing
 * ones are zero.
 *
 * A payload is a sequence of items: message, number, length, values in the order of the schema. The
 * number is the series for ARCHIVE_VALUES and 0 for others.
 *
 *   type   value in the file                                     in C
 *   u      unsigned number                                       unsigned integer or bool
 *   i      signed number                                         signed integer
 *   d      eight bytes                                           double
 *   s      length and bytes                                      struct str
 *   e      as s: the name of the enumerator                      enum
 *   h      counters that are not zero, sum, minimum, maximum     struct histogram
 *   t      counts of statuses that are not zero                  uint64_t *, STATUS_SLOTS of them
 *
 * Numbers are coded as in base/varint.h. Pure functions; no threads.
 */
#ifndef RESULT_ARCHIVE_SCHEMA_H
#define RESULT_ARCHIVE_SCHEMA_H

#include "base/arena.h"
#include "base/varint.h"
#include "result/archive_tables.h"

/* The fields of the file, matched with those of this version. */
struct archive_schema {
	struct archive_schema_message {
		int own; /* enum archive_message; -1: unknown, all of it is skipped */
		struct archive_schema_field {
			char type;
			int own; /* index into the fields of the own message; -1: it is skipped */
		} * fields;
		size_t count;
	} * messages;
	size_t count;
};

/* An item that was read. */
struct archive_schema_item {
	int message; /* enum archive_message; -1: unknown */
	uint64_t number;
	const struct archive_schema_message *from;
	struct str values;
};

/* Appends the schema of this version. */
void archive_schema_put(struct buf *out);
/* Appends OBJECT, of the type of MESSAGE (archive_tables.h), as an item. */
void archive_schema_put_item(struct buf *out, enum archive_message message, uint64_t number,
			     const void *object);

/* Reads a schema. Memory comes from A. Returns false if it is damaged. */
bool archive_schema_get(struct archive_schema *schema, struct arena *a, struct varint_reader *u);
/* Reads the next item, but not its values. Returns false at the end, or with U->bad set. */
bool archive_schema_next(const struct archive_schema *schema, struct varint_reader *u,
			 struct archive_schema_item *item);
/* Reads the values into OBJECT. Histograms and statuses are added to those of OBJECT, anything else
 * is replaced. Texts point into the item. Returns false if the item is damaged. */
bool archive_schema_read(const struct archive_schema_item *item, void *object);

/* The two composite types, for archive_v1.c. */
void archive_schema_get_histogram(struct varint_reader *u, struct histogram *h);

#endif
