/*
 * Operations and patches as JSON: the file that `reprise edit --apply` reads, its undo log, and the
 * changes for a program that keeps the text itself. The members of each operation are in the
 * section EDITING of reprise(1).
 */
#ifndef EDIT_EDIT_JSON_H
#define EDIT_EDIT_JSON_H

#include "base/json_writer.h"
#include "edit/edit.h"

struct edit_json_error {
	size_t at;	   /* the byte */
	struct str reason; /* a sentence without a full stop */
};

/* Reads a list of operations. False, with ERROR, if it is not one. Everything is in A. */
bool edit_json_read(struct arena *a, struct str json, const struct edit_op **ops, size_t *count,
		    struct edit_json_error *error);
/* "set", "remove" …, and "literal" …, or "everywhere" … */
const char *edit_json_kind(enum edit_kind kind);
/* `alias`, `no-path` …: a code for programs. */
const char *edit_json_refusal(enum edit_refusal refusal);

enum edit_json_unit { EDIT_JSON_BYTES, EDIT_JSON_UTF16 };
/* A list [{"begin", "end", "text"}] of PATCHES of TEXT. */
void edit_json_put_patches(struct json_writer *j, const char *key, struct str text,
			   struct edit_patches patches, enum edit_json_unit unit);
/* An object with the result: of accepted operations `edits` and `undo`, of a refused one its
 * number, `code`, `message`, `path`, and the line and byte of its place. TEXT is the old text. */
void edit_json_put_result(struct buf *out, struct arena *a, struct str text,
			  const struct edit_op *ops, size_t count,
			  const struct edit_result *result);
/* A list with the one operation `undo`, which turns the text after PATCHES back into TEXT. */
void edit_json_put_undo(struct buf *out, struct arena *a, struct str text,
			struct edit_patches patches);

#endif
