/* The page for a Prometheus server: the text formats 0.0.4 and OpenMetrics 1.0.0. Pure. */
#ifndef OUTPUT_PROMETHEUS_H
#define OUTPUT_PROMETHEUS_H

#include "base/buf.h"
#include "result/facts.h"
#include "stats/summary.h"

/* Current values besides the totals. */
struct prometheus_now {
	int64_t users;
	double arrivals_planned; /* per second */
	ns_t lag_p99;		 /* -1: nothing was scheduled */
};

/* S NULL: no values yet. */
void prometheus_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		    const struct prometheus_now *now, bool openmetrics);

#endif
