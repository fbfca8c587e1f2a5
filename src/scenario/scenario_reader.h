/*
 * From a document to C structs by the field tables (interface/field.h): unknown keys with the
 * nearest known one and the place where a key belongs, wrong shapes, ranges, words, defaults, all
 * mistakes in one pass. Nothing here knows a key of the language by name. A reader lives as long as
 * one load and belongs to its thread; what it reads lives in its arena and points into the
 * document, which must live as long. The functions that read are declared in interface/reader.h.
 * After a false read on: the caller's own result is only whether to look closer at what was read.
 */
#ifndef SCENARIO_SCENARIO_READER_H
#define SCENARIO_SCENARIO_READER_H

#include <stdbool.h>

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
	const struct field *root;      /* the table of a whole file, to say where a key belongs */
	struct parameters *parameters; /* for FIELD_PARAMETER; NULL: there are none */
	const struct reader_action *actions; /* the action keys of tables->steps, sorted */
	size_t action_count;
};

/* ARENA takes all that is read; ROOT and PARAMETERS may be NULL. */
void scenario_reader_init(struct reader *r, struct arena *arena, struct diag_list *diags,
			  const struct kind_tables *tables, const struct field *root,
			  struct parameters *parameters);

#endif
