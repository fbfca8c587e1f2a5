/*
 * Causes that take CPU time from this process, as counters that only grow: the quota of its control
 * groups (version 1 and 2), and other guests of the same host ("steal"). Files are read below ROOT
 * ("" or a directory of a test); a value that cannot be read counts as 0. Main thread.
 */
#ifndef BASE_MACHINE_PRESSURE_H
#define BASE_MACHINE_PRESSURE_H

#include <stdint.h>

#include "base/clock.h"

struct machine_pressure {
	ns_t throttled; /* time the quota held threads back; of the group with the longest */
	uint64_t stolen, ticks; /* of all CPUs of the machine */
};

/* The counters now; 0 for those that the system does not show. ROOT replaces / in tests. */
void machine_pressure_read(struct machine_pressure *p, const char *root);
/* Fraction of LENGTH, between BEFORE and NOW, in which the quota held us back; at most 1. */
double machine_pressure_throttled(const struct machine_pressure *before,
				  const struct machine_pressure *now, ns_t length);
/* Fraction of the machine's CPU time that other guests used. */
double machine_pressure_steal(const struct machine_pressure *before,
			      const struct machine_pressure *now);

/* Total time that thread THREAD of this process (its kernel id) was ready to run but waited for a
 * CPU; -1 if the kernel does not show. */
ns_t machine_pressure_waiting(long thread, const char *root);

#endif
