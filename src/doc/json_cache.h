/*
 * The JSON of the answer at hand, read at most once however many paths look into it. One for each
 * worker, in its scratch; allocates only while its tape grows.
 */
#ifndef DOC_JSON_CACHE_H
#define DOC_JSON_CACHE_H

#include "doc/jsonpath.h"

struct json_cache {
	struct json_tape tape;
	struct jsonpath_work work;
	struct str text; /* what the tape was read from; ptr NULL: nothing yet */
	bool good;
};

/* REGEX is borrowed. */
struct json_cache *json_cache_new(struct regex_scratch *regex);
void json_cache_free(struct json_cache *json);
/* The next answer's bytes may stand where the last one's stood: to be called between them. */
void json_cache_clear(struct json_cache *json);
/* The tape of TEXT, or NULL when it is no JSON; json->tape says where and why. */
const struct json_tape *json_cache_read(struct json_cache *json, struct str text);

/* Why PATH finds nothing in TEXT: that it is no JSON, or how far the path got and what was there.
 */
void json_cache_explain(const struct jsonpath *path, struct str text, struct buf *out);

#endif
