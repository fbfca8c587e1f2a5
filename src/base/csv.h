/*
 * Tables of comma-separated values as RFC 4180 has them: a header row, cells that may be quoted,
 * quotes doubled inside, line ends inside quotes; LF and CRLF; a UTF-8 byte order mark is skipped;
 * empty lines are skipped. The text is not copied: a table is an index of four bytes a row over it,
 * const once made and shared by all threads. A cell is a view of the text, or, where quotes are
 * doubled in it, put together in the caller's buffer.
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
	uint32_t *rows; /* offset of each row; free'd by csv_release */
	size_t row_count;
};

/* What is wrong with a table and where; lines count from 1. */
struct csv_error {
	size_t line;
	char text[160];
};

/* DELIMITER 0: the one of , ; tab | that the header row has most of (a comma when none). Reads the
 * whole text once. False with ERROR filled: no header, an unnamed or repeated column, a row with
 * more or fewer cells than the header, an open quote, more than CSV_COLUMNS columns or 4 GiB. */
bool csv_read(struct csv *csv, struct arena *arena, struct str text, char delimiter,
	      struct csv_error *error);
void csv_release(struct csv *csv);
/* The column called NAME, or -1. */
int csv_column(const struct csv *csv, struct str name);
/* A cell; the view is of the text, or of the end of SCRATCH when quotes had to be taken out. */
struct str csv_cell(const struct csv *csv, size_t row, unsigned column, struct buf *scratch);

#endif
