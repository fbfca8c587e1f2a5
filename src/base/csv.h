/*
 * Tables of comma-separated values as defined in RFC 4180: a header row, cells that may be quoted,
 * quotes doubled inside, line ends inside quotes; LF and CRLF; a UTF-8 byte order mark is skipped;
 * empty lines are skipped; a first line `sep=;` names the delimiter. The text is not copied: a table is an index of four bytes per row. It is
 * const once it is read and is shared by all threads. A cell is a view of the text or, if it
 * contains doubled quotes, a copy in the caller's buffer.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/arena.h"
#include "base/buf.h"

#define CSV_COLUMNS 256

struct csv {
	struct str text;
	char delimiter;
	struct str *names; /* of the columns, in the arena */
	unsigned columns;
	uint32_t *rows; /* offset of each row; freed by csv_release */
	size_t row_count;
	size_t skipped;	      /* rows whose cells are all empty */
	size_t first_skipped; /* line of the first one, from 1 */
};

/* The error in a table and its place; lines count from 1. */
struct csv_error {
	size_t line;
	char text[160];
};

/* DELIMITER 0: that of a `sep=` line, else the one of , ; tab | that occurs most often in the header
 * row (a comma if there is none). Reads the whole text once. False with ERROR filled: no header, an unnamed or repeated
 * column, a row with more or fewer cells than the header, an open quote, more than CSV_COLUMNS
 * columns or 4 GiB. */
bool csv_read(struct csv *csv, struct arena *arena, struct str text, char delimiter,
	      struct csv_error *error);
void csv_release(struct csv *csv);
/* Index of the column named NAME, or -1. */
int csv_column(const struct csv *csv, struct str name);
/* A cell: a view of the text, or of the end of SCRATCH if quotes had to be removed. */
struct str csv_cell(const struct csv *csv, size_t row, unsigned column, struct buf *scratch);

#endif
