/*
 * A text written by the user (a scenario file, standard input) and places in it. Sources live in
 * the document's arena as long as anything points to them; spans are byte ranges and are passed by
 * value. Lines and columns count from 1; a column counts code points.
 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct source {
	struct str name; /* as the user gave it: "shop.yaml", "<stdin>" */
	struct str text;
	const uint32_t *line_starts;
	uint32_t line_count;
};

struct span {
	const struct source *source; /* NULL: no place in a file (the program created it) */
	uint32_t begin, end;
};

#define SPAN_NONE ((struct span){NULL, 0, 0})

struct source_position {
	uint32_t line, column;
};

/* TEXT must outlive the source; NAME is copied. */
const struct source *source_new(struct arena *a, struct str name, struct str text);
struct source_position source_position(const struct source *source, uint32_t offset);
/* The line (from 1) without its line end. */
struct str source_line(const struct source *source, uint32_t line);
/* "shop.yaml:24", or "" for SPAN_NONE; the view lives in A. */
struct str source_span_label(struct arena *a, struct span span);
struct span source_span_join(struct span a, struct span b);

#endif
