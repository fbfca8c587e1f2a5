/*
 * Limits of the control groups of this process, version 1 and 2 alike: the tightest limit from its
 * own group up to the root. Files are read below ROOT.
 */
#ifndef BASE_MACHINE_CGROUP_H
#define BASE_MACHINE_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

/* A group's path below its mount, "" for the root; OLD: version 1. */
typedef void machine_cgroup_visit(void *context, const char *root, const char *group, bool old);
/* Visits the groups of this process that CONTROLLER ("cpu") governs, each followed by the groups
 * above it; visits nothing where there are no control groups. */
void machine_cgroup_each(const char *root, const char *controller, machine_cgroup_visit *visit,
			 void *context);
/* CPUs; 0: no quota. */
double machine_cgroup_cpus(const char *root);
/* Bytes of memory; 0: no limit. */
double machine_cgroup_memory(const char *root);
/* Appends the first line of ROOT + PATH without its newline; false if there is none. */
bool machine_cgroup_read_line(const char *root, const char *path, char *out, size_t bytes);

#endif
