/* The totals of a run as an ExportMetricsServiceRequest of OTLP 1.0 in JSON. Pure. */
#ifndef OUTPUT_OTLP_H
#define OUTPUT_OTLP_H

#include "base/buf.h"
#include "result/facts.h"
#include "stats/summary.h"

/* Values at the time WALL; USERS at that time. */
void otlp_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
	      int64_t users, ns_t wall);

#endif
