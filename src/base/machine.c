#include "base/machine.h"

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/machine_cgroup.h"

#define NET "/proc/sys/net/"

static uint64_t number_at(const char *root, const char *path)
{
	char line[64];

	return machine_cgroup_read_line(root, path, line, sizeof(line)) ? strtoull(line, NULL, 10)
									: 0;
}

static bool file_exists(const char *root, const char *path)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	return access(whole, R_OK) == 0;
}

/* Appends the rest of the line of ROOT + PATH that starts with KEY to OUT. */
static bool line_of(const char *root, const char *path, const char *key, char *out, size_t bytes)
{
	char whole[PATH_MAX], line[512];
	FILE *file;
	bool found = false;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	file = fopen(whole, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(out, bytes, "%s", line + strlen(key));
		found = true;
	}
	if (file)
		fclose(file);
	return found;
}

/* "0-3,8" counts 5. */
static unsigned count_list(const char *list)
{
	unsigned count = 0;

	while (*list) {
		char *end;
		unsigned long first = strtoul(list, &end, 10), last = first;

		if (end == list)
			return count;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		count += last >= first ? (unsigned)(last - first) + 1 : 0;
		list = *end == ',' ? end + 1 : end;
	}
	return count;
}

/* ---- capacity of the machine */

static void read_cores(struct machine *m, const char *root)
{
	char line[512];

	if (machine_cgroup_read_line(root, "/sys/devices/system/cpu/online", line, sizeof(line)))
		m->cores_online = count_list(line);
	if (line_of(root, "/proc/self/status", "Cpus_allowed_list:\t", line, sizeof(line)))
		m->cores_affinity = count_list(line);
	m->quota = machine_cgroup_cpus(root);
	if (!machine_cgroup_read_line(root, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
				      m->governor, sizeof(m->governor)))
		m->governor[0] = '\0';
}

static void read_memory(struct machine *m, const char *root)
{
	char line[64];

	if (line_of(root, "/proc/meminfo", "MemAvailable:", line, sizeof(line)))
		m->memory_available = strtoull(line, NULL, 10) * 1024;
	m->memory_limit = (uint64_t)machine_cgroup_memory(root);
}

static uint64_t limit_number(const char *word)
{
	return strcmp(word, "unlimited") == 0 ? MACHINE_NO_LIMIT : strtoull(word, NULL, 10);
}

static void read_files(struct machine *m, const char *root)
{
	char line[128], soft[32], hard[32];
	unsigned long long in_use;

	if (line_of(root, "/proc/self/limits", "Max open files", line, sizeof(line)) &&
	    sscanf(line, "%31s %31s", soft, hard) == 2) {
		m->files_soft = limit_number(soft);
		m->files_hard = limit_number(hard);
	}
	m->files_system = number_at(root, "/proc/sys/fs/file-max");
	if (machine_cgroup_read_line(root, "/proc/sys/fs/file-nr", line, sizeof(line)) &&
	    sscanf(line, "%llu", &in_use) == 1)
		m->files_in_use = in_use;
}

static void read_net(struct machine *m, const char *root)
{
	char line[64];
	unsigned first, last;

	if (machine_cgroup_read_line(root, NET "ipv4/ip_local_port_range", line, sizeof(line)) &&
	    sscanf(line, "%u %u", &first, &last) == 2 && first <= last) {
		m->port_first = first;
		m->port_last = last;
	}
	m->time_wait_reuse = -1;
	if (machine_cgroup_read_line(root, NET "ipv4/tcp_tw_reuse", line, sizeof(line)))
		m->time_wait_reuse = (int)strtol(line, NULL, 10);
	m->conntrack_max = number_at(root, NET "netfilter/nf_conntrack_max");
	m->conntrack_used = number_at(root, NET "netfilter/nf_conntrack_count");
	m->backlog = number_at(root, NET "core/somaxconn");
}

static void read_clock(struct machine *m, const char *root)
{
	char line[64];

	if (!machine_cgroup_read_line(
		root, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		m->clock_source, sizeof(m->clock_source)))
		m->clock_source[0] = '\0';
	m->timer_slack = -1;
	if (machine_cgroup_read_line(root, "/proc/self/timerslack_ns", line, sizeof(line)))
		m->timer_slack = (ns_t)strtoll(line, NULL, 10);
}

bool machine_is_container(const char *root)
{
	static const char *const marks[] = {"docker", "kubepods", "libpod", "lxc", "containerd"};
	char line[512];

	if (file_exists(root, "/.dockerenv") || file_exists(root, "/run/.containerenv") ||
	    file_exists(root, "/run/systemd/container") ||
	    file_exists(root, "/var/run/secrets/kubernetes.io"))
		return true;
	if (!machine_cgroup_read_line(root, "/proc/1/cgroup", line, sizeof(line)))
		return false;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(line, marks[i]))
			return true;
	return false;
}

const char *machine_ca_bundle(const char *root)
{
	static const char *const paths[] = {
	    "/etc/ssl/certs/ca-certificates.crt", /* Debian, Alpine, Arch */
	    "/etc/pki/tls/certs/ca-bundle.crt",	  /* Fedora */
	    "/etc/ssl/ca-bundle.pem",		  /* openSUSE */
	    "/etc/ssl/cert.pem",
	};
	const char *named = *root ? NULL : getenv("SSL_CERT_FILE");

	if (named && access(named, R_OK) == 0)
		return named;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (file_exists(root, paths[i]))
			return paths[i];
	return NULL;
}

void machine_read(struct machine *m, const char *root)
{
	*m = (struct machine){.timer_slack = -1, .clock_cost = -1, .sleep_late = -1};
	if (!machine_cgroup_read_line(root, "/proc/sys/kernel/osrelease", m->kernel,
				      sizeof(m->kernel)))
		m->kernel[0] = '\0';
	read_cores(m, root);
	read_memory(m, root);
	read_files(m, root);
	read_net(m, root);
	read_clock(m, root);
	m->container = machine_is_container(root);
	m->superuser = !*root && geteuid() == 0;
	m->ca_bundle = machine_ca_bundle(root);
}

/* ---- measurements */

#define CLOCK_READS  20000
#define SLEEPS	     50
#define SLEEP_LENGTH NS_PER_MS
#define SLEEPS_IGNORED                                                                             \
	5 /* percentage of wake-ups that may be later than the reported value: chance */

static int compare_times(const void *a, const void *b)
{
	ns_t x = *(const ns_t *)a, y = *(const ns_t *)b;

	return x < y ? -1 : x > y;
}

void machine_measure(struct machine *m)
{
	struct timespec nap = {.tv_nsec = SLEEP_LENGTH};
	ns_t begin = clock_monotonic_ns(), late[SLEEPS];

	for (int i = 0; i < CLOCK_READS; i++)
		clock_monotonic_ns();
	m->clock_cost = (clock_monotonic_ns() - begin) / CLOCK_READS;
	for (int i = 0; i < SLEEPS; i++) {
		begin = clock_monotonic_ns();
		nanosleep(&nap, NULL);
		late[i] = clock_monotonic_ns() - begin - SLEEP_LENGTH;
	}
	qsort(late, SLEEPS, sizeof(late[0]), compare_times);
	m->sleep_late = late[SLEEPS - 1 - SLEEPS_IGNORED];
}

/* ---- derived values */

static unsigned within_quota(unsigned cores, double quota)
{
	if (quota > 0 && quota < cores)
		cores = (unsigned)quota;
	return cores ? cores : 1;
}

unsigned machine_cores(const struct machine *m)
{
	return within_quota(m->cores_affinity, m->quota);
}

unsigned machine_detect_cores(void)
{
	cpu_set_t set;
	unsigned cores = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cores = (unsigned)CPU_COUNT(&set);
	return within_quota(cores, machine_cgroup_cpus(""));
}

uint64_t machine_memory(const struct machine *m)
{
	if (m->memory_limit && (m->memory_limit < m->memory_available || !m->memory_available))
		return m->memory_limit;
	return m->memory_available;
}

unsigned machine_ports(const struct machine *m)
{
	return m->port_last ? m->port_last - m->port_first + 1 : 0;
}

uint64_t machine_raise_files(void)
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
