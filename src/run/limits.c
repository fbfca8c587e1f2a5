#include "run/limits.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static bool read_line(const char *root, const char *path, char *out, size_t bytes)
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
	return ok;
}

/* cgroup v2: "QUOTA PERIOD", "max PERIOD" without one. */
static double quota_v2(const char *root, const char *group)
{
	char path[PATH_MAX], line[128];
	double quota, period;

	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cpu.max", group);
	if (!read_line(root, path, line, sizeof(line)) ||
	    sscanf(line, "%lf %lf", &quota, &period) != 2 || period <= 0)
		return 0;
	return quota / period;
}

/* cgroup v1: two files, a quota of -1 is none. */
static double quota_v1(const char *root, const char *group)
{
	static const char *const mounts[] = {"cpu,cpuacct", "cpu"};
	char path[PATH_MAX], line[64];

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		double quota, period;

		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/cpu.cfs_quota_us", mounts[i],
			 group);
		if (!read_line(root, path, line, sizeof(line)))
			continue;
		quota = strtod(line, NULL);
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/cpu.cfs_period_us", mounts[i],
			 group);
		if (quota <= 0 || !read_line(root, path, line, sizeof(line)))
			continue;
		period = strtod(line, NULL);
		if (period > 0)
			return quota / period;
	}
	return 0;
}

/* The tightest quota from GROUP up to the root; GROUP is cut short on the way. */
static double tightest(const char *root, char *group, double (*quota)(const char *, const char *))
{
	double least = 0;

	for (;;) {
		double here = quota(root, strcmp(group, "/") == 0 ? "" : group);
		char *slash = strrchr(group, '/');

		if (here > 0 && (least <= 0 || here < least))
			least = here;
		if (!slash || !*group)
			return least;
		*slash = '\0';
	}
}

/* Is "cpu" among the controllers "cpu,cpuacct"? */
static bool names_cpu(char *controllers)
{
	char *rest = controllers, *name;

	while ((name = strsep(&rest, ",")))
		if (strcmp(name, "cpu") == 0)
			return true;
	return false;
}

double limits_cgroup_cpus(const char *root)
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
			here = tightest(root, group, quota_v2);
		else if (names_cpu(controllers))
			here = tightest(root, group, quota_v1);
		if (here > 0 && (least <= 0 || here < least))
			least = here;
	}
	fclose(file);
	return least;
}

unsigned limits_cores(void)
{
	double quota = limits_cgroup_cpus("");
	unsigned cores = 1;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cores = (unsigned)CPU_COUNT(&set);
	if (quota > 0 && quota < cores)
		cores = (unsigned)quota;
	return cores ? cores : 1;
}

uint64_t limits_raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	if (limit.rlim_cur < limit.rlim_max) {
		struct rlimit raised = {limit.rlim_max, limit.rlim_max};

		if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
			limit = raised;
	}
	return limit.rlim_cur;
}
