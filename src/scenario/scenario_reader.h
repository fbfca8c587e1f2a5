/*
 * Reads a document into C structs by the field tables (interface/field.h). It reports unknown keys
 * with the nearest known key or the place where the key belongs, wrong types, ranges and words,
 * applies defaults, and finds all errors in one pass. It knows no key of the language by name. A
 * reader is used for one load and belongs to its thread; its results are in its arena and point
 * into the document, which must live as long. The read functions are declared in
 * interface/reader.h. Callers continue after a false result, which only says that the value must
 * not be used.
 */
#ifndef SCENARIO_SCENARIO_READER_H
#define SCENARIO_SCENARIO_READER_H

#include <stdbool.h>

#include "base/allowed_files.h"
#include "base/arena.h"
#include "base/diag.h"
#include "doc/node.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/field.h"
#include "interface/reader.h"
#include "interface/step.h"
#include "scenario/kind_tables.h"

struct parameters; /* scenario/parameters.h */
struct reader_action;

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	const struct kind_tables *tables;
	const struct field *root; /* the table of a whole file, to report where a key belongs */
	struct parameters *parameters;	     /* for FIELD_PARAMETER; NULL: no parameters */
	const struct reader_action *actions; /* the action keys of tables->steps, sorted */
	size_t action_count;
	struct allowed_files allowed_files;
	bool reads_messages; /* the expectations that are being read are about messages */
};

/* All results are in ARENA; ROOT and PARAMETERS may be NULL. */
void scenario_reader_init(struct reader *r, struct arena *arena, struct diag_list *diags,
			  const struct kind_tables *tables, const struct field *root,
			  struct parameters *parameters);

/* Opens the file at PATH: FD is a descriptor, which the caller closes, or a negative errno. If the
 * scenario may not read it, reports an error at SPAN and returns false. */
bool scenario_reader_open(struct reader *r, struct span span, struct str path, int *fd);

#endif
