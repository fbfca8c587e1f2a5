/*
 * The result of a capacity search: for people, a sentence and the curve with a line per load;
 * for programs, the same as a JSON object. Nothing if there was no search.
 */
#ifndef RESULT_CAPACITY_TABLE_H
#define RESULT_CAPACITY_TABLE_H

#include "base/buf.h"
#include "base/json_writer.h"
#include "result/text_format.h"
#include "stats/capacity.h"

/* "capacity  198/s, which passed twice; the next larger load failed the thresholds." and the
 * curve. */
void capacity_table_put(struct buf *out, const struct capacity *c, const struct terminal *term);
/* "198/s", "40 users". */
void capacity_table_put_level(struct buf *out, const struct capacity *c, double level);
/* {"find": "arrivals", "value": 198, …}. */
void capacity_table_put_json(struct json_writer *j, const char *key, const struct capacity *c);

/* The trials in order of load, at most CAPACITY_TRIALS. */
void capacity_table_sort(const struct capacity *c, struct capacity_trial *curve);

#endif
