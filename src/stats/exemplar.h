/*
 * An example of a request, with its trace: outputs show it next to the numbers, so that the trace
 * can be found where the servers send theirs. Plain data.
 */
#ifndef STATS_EXEMPLAR_H
#define STATS_EXEMPLAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

/* A trace identifier of 16 bytes. LOW 0: there is none. */
struct exemplar_trace {
	uint64_t high, low;
};

struct exemplar {
	struct exemplar_trace trace;
	uint64_t span;
	ns_t time; /* its response time */
	ns_t when; /* its scheduled start, since the start of the run */
	uint64_t user, iteration;
};

static inline bool exemplar_has_trace(struct exemplar_trace trace)
{
	return trace.low != 0;
}

/* Keeps the slower one in INTO. */
static inline void exemplar_add(struct exemplar *into, const struct exemplar *x)
{
	if (exemplar_has_trace(x->trace) &&
	    (!exemplar_has_trace(into->trace) || x->time > into->time))
		*into = *x;
}

/* 32 hexadecimal digits. */
void exemplar_put_trace(struct buf *out, struct exemplar_trace trace);
/* 16 hexadecimal digits. */
void exemplar_put_span(struct buf *out, uint64_t span);
/* URL with its {trace_id} replaced; the identifier alone if URL is empty. */
void exemplar_put_link(struct buf *out, struct str url, struct exemplar_trace trace);

#endif
