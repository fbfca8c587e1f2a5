#include "base/machine_cgroup.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_MEMORY_LIMIT 1e18 /* version 1 writes a huge number for "none" */

/* A limit of one group; 0: none. */
typedef double limit_of(const char *root, const char *group);

struct resource {
	const char *controller; /* its name in version 1 */
	limit_of *v1, *v2;
};

bool machine_line(const char *root, const char *path, char *out, size_t bytes)
{
	char whole[PATH_MAX];
	FILE *file;
	bool ok;

	if (snprintf(whole, sizeof(whole), "%s%s", root, path) >= (int)sizeof(whole))
		return false;
	file = fopen(whole, "re");
	if (!file)
		return false;
	ok = fgets(out, (int)bytes, file) != NULL;
	fclose(file);
	if (ok)
		out[strcspn(out, "\n")] = '\0';
	return ok;
}

/* cgroup v2: "QUOTA PERIOD", "max PERIOD" without one. */
static double cpus_v2(const char *root, const char *group)
{
	char path[PATH_MAX], line[128];
	double quota, period;

	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cpu.max", group);
	if (!machine_line(root, path, line, sizeof(line)) ||
	    sscanf(line, "%lf %lf", &quota, &period) != 2 || period <= 0)
		return 0;
	return quota / period;
}

/* cgroup v1: two files, a quota of -1 is none. */
static double cpus_v1(const char *root, const char *group)
{
	static const char *const mounts[] = {"cpu,cpuacct", "cpu"};
	char path[PATH_MAX], line[64];

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		double quota, period;

		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/cpu.cfs_quota_us", mounts[i],
			 group);
		if (!machine_line(root, path, line, sizeof(line)))
			continue;
		quota = strtod(line, NULL);
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/cpu.cfs_period_us", mounts[i],
			 group);
		if (quota <= 0 || !machine_line(root, path, line, sizeof(line)))
			continue;
		period = strtod(line, NULL);
		if (period > 0)
			return quota / period;
	}
	return 0;
}

static double memory_v2(const char *root, const char *group)
{
	char path[PATH_MAX], line[64];

	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.max", group);
	return machine_line(root, path, line, sizeof(line)) ? strtod(line, NULL) : 0;
}

static double memory_v1(const char *root, const char *group)
{
	char path[PATH_MAX], line[64];
	double bytes;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/memory%s/memory.limit_in_bytes", group);
	if (!machine_line(root, path, line, sizeof(line)))
		return 0;
	bytes = strtod(line, NULL);
	return bytes < NO_MEMORY_LIMIT ? bytes : 0;
}

/* The tightest limit from GROUP up to the root; GROUP is cut short on the way. */
static double tightest(const char *root, char *group, limit_of *limit)
{
	double least = 0;

	for (;;) {
		double here = limit(root, strcmp(group, "/") == 0 ? "" : group);
		char *slash = strrchr(group, '/');

		if (here > 0 && (least <= 0 || here < least))
			least = here;
		if (!slash || !*group)
			return least;
		*slash = '\0';
	}
}

/* Is NAME among the controllers "cpu,cpuacct"? */
static bool is_named(char *controllers, const char *name)
{
	char *rest = controllers, *one;

	while ((one = strsep(&rest, ",")))
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

/* /proc/self/cgroup has lines "ID:CONTROLLERS:GROUP"; without controllers it is version 2. */
static double least_of(const char *root, const struct resource *resource)
{
	char path[PATH_MAX], line[PATH_MAX];
	double least = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		char *rest = line, *controllers, *group;
		double here = 0;

		strsep(&rest, ":");
		controllers = strsep(&rest, ":");
		group = strsep(&rest, "\n");
		if (!controllers || !group)
			continue;
		if (!*controllers)
			here = tightest(root, group, resource->v2);
		else if (is_named(controllers, resource->controller))
			here = tightest(root, group, resource->v1);
		if (here > 0 && (least <= 0 || here < least))
			least = here;
	}
	fclose(file);
	return least;
}

double machine_cgroup_cpus(const char *root)
{
	static const struct resource cpu = {"cpu", cpus_v1, cpus_v2};

	return least_of(root, &cpu);
}

double machine_cgroup_memory(const char *root)
{
	static const struct resource memory = {"memory", memory_v1, memory_v2};

	return least_of(root, &memory);
}
