/*
 * What this machine lends us: cores by affinity and by the cgroup's quota, and open files. Called
 * once at the start, by the main thread.
 */
#ifndef RUN_LIMITS_H
#define RUN_LIMITS_H

#include <stdint.h>

/* Cores we may use fully, at least 1. */
unsigned limits_cores(void);
/* CPUs a cgroup's quota allows, read below ROOT ("" or a directory of a test); 0: no quota. */
double limits_cgroup_cpus(const char *root);
/* Raises the soft limit of open files to the hard one; returns what it is then. */
uint64_t limits_raise_files(void);

#endif
