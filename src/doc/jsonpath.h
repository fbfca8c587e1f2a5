/*
 * JSONPath as defined by RFC 9535, completely: all selectors, filters, the functions length, count,
 * match, search and value with I-Regexp (RFC 9485), and normalized paths. A path is compiled once,
 * is const and can be shared by all threads. It is evaluated on a tape (doc/json.h); the memory of
 * one thread is in a `jsonpath_work`, which allocates only while it grows. The work is limited:
 * after 20 million steps or 1 million nodes the outcome is JSONPATH_LIMIT, never a wrong result.
 */
#ifndef DOC_JSONPATH_H
#define DOC_JSONPATH_H

#include "base/arena.h"
#include "doc/json.h"

struct jsonpath;
struct regex_scratch;

struct jsonpath_error {
	size_t at; /* offset into the path */
	char text[160];
};

struct jsonpath_work {
	uint32_t *nodes; /* indexes of tape items, used as a stack */
	size_t count, cap;
	uint64_t steps_left;
	struct buf text[2];	     /* decoded strings while two are compared */
	struct regex_scratch *regex; /* borrowed; NULL until set by the owner */
};

enum jsonpath_outcome { JSONPATH_OK, JSONPATH_LIMIT };

/* Compiles TEXT; returns NULL and fills ERROR if it is not a JSONPath. The path is in ARENA, except
 * its regular expressions, which jsonpath_release frees. */
struct jsonpath *jsonpath_new(struct arena *arena, struct str text, struct jsonpath_error *error);
void jsonpath_release(const struct jsonpath *path);

void jsonpath_work_init(struct jsonpath_work *work, struct regex_scratch *regex);
void jsonpath_work_release(struct jsonpath_work *work);

/* The nodes found are work->nodes[0 .. work->count), in the order of the RFC; valid until the next
 * call. */
enum jsonpath_outcome jsonpath_find(const struct jsonpath *path, const struct json_tape *tape,
				    struct jsonpath_work *work);
/* The normalized path of item INDEX (RFC 9535 section 2.7): $['items'][0]['id']. */
void jsonpath_normalized(const struct json_tape *tape, uint32_t index, struct buf *out);
/* Whether .NAME can be written instead of ['NAME']. */
bool jsonpath_is_short_name(struct str name);
/* Appends a normalized path as people write it, where the names allow it: $.items[0].id. */
void jsonpath_put_short(struct str normalized, struct buf *out);
/* Explains "nothing found" in one line: how far the path got and what it found there. */
void jsonpath_explain(const struct jsonpath *path, const struct json_tape *tape,
		      struct jsonpath_work *work, struct buf *out);

#endif
