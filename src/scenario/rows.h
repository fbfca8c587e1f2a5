/*
 * The rows of a data set: CSV, TSV, a JSON array of objects, JSON Lines, or rows written in the
 * scenario. A file is mapped once for the whole program and indexed with four bytes per row; cells
 * are views of it. A file in another encoding than UTF-8 is converted to memory. Const after
 * opening and shared by all threads; the state for reading a cell belongs to one thread
 * (rows_reader).
 */
#ifndef SCENARIO_ROWS_H
#define SCENARIO_ROWS_H

#include "base/csv.h"
#include "base/mapped_file.h"
#include "doc/json.h"
#include "interface/scratch.h"
#include "interface/value.h"

enum rows_form { ROWS_CSV, ROWS_JSON, ROWS_INLINE };

struct rows {
	enum rows_form form;
	size_t count;
	const struct str *names; /* column names */
	unsigned columns;
	struct mapped_file mapped;
	struct buf decoded; /* the text of a file that is not in UTF-8 */
	struct csv csv;
	uint32_t *starts;	   /* ROWS_JSON: offset of each row's object */
	const struct value *cells; /* ROWS_INLINE: all cells, row by row */
};

struct rows_error {
	size_t line; /* 0: the whole file */
	char text[200];
	const char *encoding; /* the `encoding` to write; or NULL */
};

/* The state of one thread for reading JSON rows; the last row read is kept parsed. */
struct rows_reader {
	struct json_tape tape;
	const struct rows *rows;
	size_t row;
};

/* How a file is read. */
struct rows_format {
	char delimiter;	      /* 0: detect it */
	const char *encoding; /* a known one (base/charset.h); NULL: UTF-8 */
};

/* FD is the file NAME, or a negative errno; it is closed. The format depends on the name: .csv .tsv
 * .json .jsonl .ndjson; any other name is read as CSV. Names are in ARENA. Returns false with ERROR
 * filled. */
bool rows_open(struct rows *rows, struct arena *arena, struct str name, int fd,
	       const struct rows_format *format, struct rows_error *error);
void rows_close(struct rows *rows);
/* The index of the column named NAME, or -1. */
int rows_column(const struct rows *rows, struct str name);

/* The line of ROW in its file, from 1; 0: the rows are not from a file. */
size_t rows_line(const struct rows *rows, size_t row);

/* The buffers for reading cells, one per thread. */
void rows_reader_init(struct rows_reader *reader);
void rows_reader_release(struct rows_reader *reader);
/* Reads a cell: CSV cells are text, JSON cells keep their type. False if the scratch has no room.
 */
bool rows_cell(const struct rows *rows, struct rows_reader *reader, size_t row, unsigned column,
	       struct scratch *scratch, struct value *out);

#endif
