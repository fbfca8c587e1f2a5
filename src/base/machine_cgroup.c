#include "base/machine_cgroup.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_UNLIMITED 1e18 /* version 1 writes a huge number for "none" */

/* A limit of one group; 0: none. */
typedef double limit_of(const char *root, const char *group);

struct cgroup_resource {
	const char *controller; /* its name in version 1 */
	limit_of *v1, *v2;
};

bool machine_cgroup_read_line(const char *root, const char *path, char *out, size_t bytes)
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
	if (!machine_cgroup_read_line(root, path, line, sizeof(line)) ||
	    sscanf(line, "%lf %lf", &quota, &period) != 2 || period <= 0)
		return 0;
	return quota / period;
}

/* cgroup v1: two files; a quota of -1 means that there is none. */
static double cpus_v1(const char *root, const char *group)
{
	static const char *const mounts[] = {"cpu,cpuacct", "cpu"};
	char path[PATH_MAX], line[64];

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		double quota, period;

		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/cpu.cfs_quota_us", mounts[i],
			 group);
		if (!machine_cgroup_read_line(root, path, line, sizeof(line)))
			continue;
		quota = strtod(line, NULL);
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/cpu.cfs_period_us", mounts[i],
			 group);
		if (quota <= 0 || !machine_cgroup_read_line(root, path, line, sizeof(line)))
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
	return machine_cgroup_read_line(root, path, line, sizeof(line)) ? strtod(line, NULL) : 0;
}

static double memory_v1(const char *root, const char *group)
{
	char path[PATH_MAX], line[64];
	double bytes;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/memory%s/memory.limit_in_bytes", group);
	if (!machine_cgroup_read_line(root, path, line, sizeof(line)))
		return 0;
	bytes = strtod(line, NULL);
	return bytes < MEMORY_UNLIMITED ? bytes : 0;
}

/* From GROUP up to the root; GROUP is shortened on the way. */
static void visit_ancestors(const char *root, char *group, bool old, machine_cgroup_visit *visit,
			    void *context)
{
	for (;;) {
		char *slash = strrchr(group, '/');

		visit(context, root, strcmp(group, "/") == 0 ? "" : group, old);
		if (!slash || !*group)
			return;
		*slash = '\0';
	}
}

/* True if NAME is among the controllers "cpu,cpuacct". */
static bool is_named(char *controllers, const char *name)
{
	char *rest = controllers, *one;

	while ((one = strsep(&rest, ",")))
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

/* /proc/self/cgroup has lines "ID:CONTROLLERS:GROUP"; without controllers it is version 2. */
void machine_cgroup_each(const char *root, const char *controller, machine_cgroup_visit *visit,
			 void *context)
{
	char path[PATH_MAX], line[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		char *rest = line, *controllers, *group;
		bool old;

		strsep(&rest, ":");
		controllers = strsep(&rest, ":");
		group = strsep(&rest, "\n");
		if (!controllers || !group)
			continue;
		old = *controllers != '\0';
		if (!old || is_named(controllers, controller))
			visit_ancestors(root, group, old, visit, context);
	}
	fclose(file);
}

struct cgroup_limit {
	const struct cgroup_resource *resource;
	double least; /* 0: no limit so far */
};

static void add_limit(void *context, const char *root, const char *group, bool old)
{
	struct cgroup_limit *limit = context;
	double here = (old ? limit->resource->v1 : limit->resource->v2)(root, group);

	if (here > 0 && (limit->least <= 0 || here < limit->least))
		limit->least = here;
}

static double minimum_of(const char *root, const struct cgroup_resource *resource)
{
	struct cgroup_limit limit = {.resource = resource};

	machine_cgroup_each(root, resource->controller, add_limit, &limit);
	return limit.least;
}

double machine_cgroup_cpus(const char *root)
{
	static const struct cgroup_resource cpu = {"cpu", cpus_v1, cpus_v2};

	return minimum_of(root, &cpu);
}

double machine_cgroup_memory(const char *root)
{
	static const struct cgroup_resource memory = {"memory", memory_v1, memory_v2};

	return minimum_of(root, &memory);
}
