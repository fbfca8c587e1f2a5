/*
 * Trace context: the header lines with which servers add their work to a trace (W3C Trace Context,
 * B3 of Zipkin). Each group has a trace, and requests without a group have one per iteration; each
 * send of a step is a span in it. Identifiers are random and differ between runs with the same
 * seed, because a collector keeps the traces of all runs. Worker's thread; costs nothing if the
 * scenario does not ask for it.
 */
#ifndef RUN_TRACE_CONTEXT_H
#define RUN_TRACE_CONTEXT_H

#include "run/worker.h"

/* Prepares the identifiers of W, whose run starts at WALL. */
void trace_context_init(struct worker *w, ns_t wall);
/* Appends the header lines for the next send of F, each ended by NUL, and notes its trace. Call it
 * only if the plan has a trace context. */
void trace_context_put(struct worker *w, struct fiber *f, struct buf *out);

#endif
