/*
 * The rows of a data set: CSV, TSV, a JSON array of objects, JSON Lines, or rows written in the
 * scenario. A file is mapped once for the whole program and indexed with four bytes per row; cells
 * are views of it. Const after opening and shared by all threads; the state for reading a cell
 * belongs to one thread (rows_reader).
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
	struct csv csv;
	uint32_t *starts;	   /* ROWS_JSON: offset of each row's object */
	const struct value *cells; /* ROWS_INLINE: all cells, row by row */
};

struct rows_error {
	size_t line; /* 0: the whole file */
	char text[200];
	const char *charset; /* the encoding that iconv must convert from; or NULL */
};

/* The state of one thread for reading JSON rows; the last row read is kept parsed. */
struct rows_reader {
	struct json_tape tape;
	const struct rows *rows;
	size_t row;
};

/* FD is the file NAME, or a negative errno; it is closed. The format depends on the name: .csv .tsv
 * .json .jsonl .ndjson; any other name is read as CSV. DELIMITER 0: detect it. Names are in ARENA.
 * Returns false with ERROR filled. */
bool rows_open(struct rows *rows, struct arena *arena, struct str name, int fd, char delimiter,
	       struct rows_error *error);
/* The same for a text in memory, which must outlive the rows. JSON: one object per line if LINES is
 * set, else one array of objects. */
bool rows_from_json(struct rows *rows, struct arena *arena, struct str text, bool lines,
		    struct rows_error *error);
void rows_close(struct rows *rows);
/* The index of the column named NAME, or -1. */
int rows_column(const struct rows *rows, struct str name);

/* The buffers for reading cells, one per thread. */
void rows_reader_init(struct rows_reader *reader);
void rows_reader_release(struct rows_reader *reader);
/* Reads a cell: CSV cells are text, JSON cells keep their type. False if the scratch has no room.
 */
bool rows_cell(const struct rows *rows, struct rows_reader *reader, size_t row, unsigned column,
	       struct scratch *scratch, struct value *out);

#endif
