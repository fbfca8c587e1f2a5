/*
 * Reads a file of Bruno (.bru): blocks such as `headers { name: value }` with pairs, `body:json { …
 * }` with text, and `vars:secret [ a, b ]` with names. Everything is in the arena; one thread.
 * Source: the reference of the Bru markup language.
 */
#ifndef IMPORT_POSTMAN_BRU_FILE_H
#define IMPORT_POSTMAN_BRU_FILE_H

#include "base/arena.h"
#include "base/source.h"

struct bru_pair {
	struct str name, value;
	bool off; /* it has ~ before its name */
	struct span span;
};

struct bru_block {
	struct str name; /* "body:json" */
	struct str text; /* what is between the brackets, without the indentation of two spaces */
	VEC(struct bru_pair) pairs;
	struct span span;
};

struct bru_file {
	VEC(struct bru_block) blocks;
};

/* False if SOURCE is not such a file: *LINE is then the line that is not valid. */
bool bru_file_read(struct arena *a, const struct source *source, struct bru_file *file,
		   unsigned *line);
/* The block NAME; NULL if there is none. */
const struct bru_block *bru_file_find(const struct bru_file *file, const char *name);
/* The value of NAME in BLOCK, which may be NULL; ptr NULL if there is none. */
struct str bru_file_value(const struct bru_block *block, const char *name);

#endif
