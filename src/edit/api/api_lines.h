/*
 * The lines that a job has printed, numbered from 0. The oldest are removed when there are many:
 * the numbers stay. One thread.
 */
#ifndef EDIT_API_API_LINES_H
#define EDIT_API_API_LINES_H

#include <stdint.h>

#include "base/json_writer.h"

struct api_line;

struct api_lines {
	struct api_line *oldest, *newest;
	uint64_t first, next; /* numbers of the oldest line and of the next one */
	size_t bytes;
};

/* LINE is a JSON value. */
void api_lines_add(struct api_lines *lines, struct str line);
/* Members of a response: `lines` from the number FROM on, with `from`, the number of the first of
 * them, and `next`, the number to continue with. */
void api_lines_put(struct json_writer *j, const struct api_lines *lines, uint64_t from);
/* The newest line; ptr NULL if there is none. */
struct str api_lines_newest(const struct api_lines *lines);
void api_lines_release(struct api_lines *lines);

#endif
