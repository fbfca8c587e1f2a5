/*
 * Joins the rows of requests that the shards of a run wrote (output/jtl.c), ordered by the time at
 * which the requests ended. The files are read in parallel and never held in memory. Main thread.
 */
#ifndef RESULT_JTL_JOIN_H
#define RESULT_JTL_JOIN_H

#include "result/merge_input.h"

/* The name of the rows of a shard in its result folder. */
#define JTL_FILE_NAME "requests.jtl"

/* Writes the rows of all SHARDS to WHERE ("-": standard output). Returns false, after reporting the
 * error, if a shard has none, a file is not a JTL file, or WHERE cannot be written. */
bool jtl_join(const struct merge_input *shards, const char *where);

#endif
