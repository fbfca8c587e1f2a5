/*
 * The JSON of the current response, parsed at most once for all paths that read it. Each worker has
 * one, in its scratch; it allocates memory only while its tape grows.
 */
#ifndef DOC_JSON_CACHE_H
#define DOC_JSON_CACHE_H

#include "doc/jsonpath.h"

struct json_cache {
	struct json_tape tape;
	struct jsonpath_work work;
	struct str text; /* the text that the tape was read from; ptr NULL: none yet */
	bool good;
};

/* REGEX is borrowed. */
struct json_cache *json_cache_new(struct regex_scratch *regex);
void json_cache_free(struct json_cache *json);
/* Forgets the text. Must be called between two responses, because they can use the same memory. */
void json_cache_clear(struct json_cache *json);
/* The tape of TEXT, or NULL if it is not JSON; json->tape contains the position and the reason. */
const struct json_tape *json_cache_read(struct json_cache *json, struct str text);

/* Explains why PATH finds nothing in TEXT: it is not JSON, or how far the path got and what it
 * found there. */
void json_cache_explain(const struct jsonpath *path, struct str text, struct buf *out);

#endif
