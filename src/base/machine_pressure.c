#include "base/machine_pressure.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/machine_cgroup.h"

/* The value of KEY in ROOT + PATH, whose lines are "key value"; 0 if it is missing. */
static uint64_t value_of(const char *root, const char *path, const char *key)
{
	char whole[PATH_MAX], line[128], name[64];
	uint64_t value = 0, found = 0;
	FILE *file;

	if (snprintf(whole, sizeof(whole), "%s%s", root, path) >= (int)sizeof(whole))
		return 0;
	file = fopen(whole, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %" SCNu64, name, &value) == 2 && strcmp(name, key) == 0)
			found = value;
	fclose(file);
	return found;
}

static ns_t throttled_v2(const char *root, const char *group)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cpu.stat", group);
	return (ns_t)value_of(root, path, "throttled_usec") * NS_PER_US;
}

static ns_t throttled_v1(const char *root, const char *group)
{
	static const char *const mounts[] = {"cpu,cpuacct", "cpu"};
	char path[PATH_MAX];
	uint64_t max = 0;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		uint64_t here;

		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/cpu.stat", mounts[i], group);
		here = value_of(root, path, "throttled_time");
		max = here > max ? here : max;
	}
	return (ns_t)max;
}

/* Covers the groups of this process and those above them, because a quota of any of them
 * applies. */
static void add_throttled(void *context, const char *root, const char *group, bool old)
{
	ns_t here = old ? throttled_v1(root, group) : throttled_v2(root, group), *max = context;

	*max = here > *max ? here : *max;
}

/* "cpu user nice system idle iowait irq softirq steal guest…"; guests are in user already. */
static void read_ticks(struct machine_pressure *p, const char *root)
{
	char path[PATH_MAX];
	uint64_t t[8] = {0};
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/stat", root);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fscanf(file,
		   "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64 " %" SCNu64,
		   &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) == 8) {
		p->stolen = t[7];
		for (size_t i = 0; i < 8; i++)
			p->ticks += t[i];
	}
	fclose(file);
}

void machine_pressure_read(struct machine_pressure *p, const char *root)
{
	*p = (struct machine_pressure){.throttled = 0};
	machine_cgroup_each(root, "cpu", add_throttled, &p->throttled);
	read_ticks(p, root);
}

double machine_pressure_throttled(const struct machine_pressure *before,
				  const struct machine_pressure *now, ns_t length)
{
	double share;

	if (length <= 0 || now->throttled <= before->throttled)
		return 0;
	share = (double)(now->throttled - before->throttled) / (double)length;
	return share < 1 ? share : 1;
}

double machine_pressure_steal(const struct machine_pressure *before,
			      const struct machine_pressure *now)
{
	if (now->ticks <= before->ticks || now->stolen <= before->stolen)
		return 0;
	return (double)(now->stolen - before->stolen) / (double)(now->ticks - before->ticks);
}

/* "running waiting slices", the times in nanoseconds; all 0 where the kernel does not count. */
ns_t machine_pressure_waiting(long thread, const char *root)
{
	char path[PATH_MAX];
	int64_t running = 0, waiting = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/self/task/%ld/schedstat", root, thread);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%" SCNd64 " %" SCNd64, &running, &waiting) != 2 || running <= 0)
		waiting = -1;
	fclose(file);
	return waiting;
}
