/*
 * The source of each use of a value: of the responses that have the value, the one that the
 * scenario takes it from. The uses of whole texts are examined first, because a part of a text
 * needs no separate source if the whole text has one. In the job's arena; one thread.
 */
#ifndef IMPORT_CORRELATE_USE_SOURCE_H
#define IMPORT_CORRELATE_USE_SOURCE_H

#include "import/correlate/correlation.h"

#define USE_SOURCE_ACCEPT 4 /* points of score_pair that suffice */

/* A use of a value, and its source. */
struct value_use {
	struct request_value *sent;
	const struct occurrence *source, *best; /* accepted; with the highest score */
	int score;				/* of `best` */
	struct str why;
};

/* Finds the sources of the uses that are whole texts. */
void use_source_find_whole(struct correlation *c);
/* Completes the uses of TRACKED_VALUE, in the order of its request_values: first count of them. */
struct value_use *use_source_find(struct correlation *c, struct tracked_value *tracked_value);
/* The same for a use that no source fits by itself, although the value is accepted elsewhere: it is
 * long or varies, so it is the same value. */
void use_source_find_any(struct correlation *c, struct tracked_value *tracked_value,
			 struct value_use *use);
/* The extractor for OCCURRENCE of the value; NULL if none finds its value. */
const struct extractor_spec *use_source_written(struct correlation *c,
						struct tracked_value *tracked_value,
						const struct occurrence *occurrence);

#endif
