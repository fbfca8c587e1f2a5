/*
 * Adds a row for each finished request (stats/request_rows.h), if an output reads one. The
 * worker's thread.
 */
#ifndef RUN_REQUEST_RECORDER_H
#define RUN_REQUEST_RECORDER_H

#include "run/worker.h"

/* Adds the counted request of F, whose exchange has not ended. SERIES is its own. Requests that
 * the end of the run cut off are not added. */
void request_recorder_add(struct worker *w, const struct fiber *f, unsigned series);

#endif
