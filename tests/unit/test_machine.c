/*
 * The limits of a machine, read from invented files, and the output of doctor. Each test creates
 * its own root directory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/machine.h"
#include "base/machine_cgroup.h"
#include "base/machine_pressure.h"
#include "cmd/doctor.h"

struct root {
	char path[64];
};

/* Writes a file and its folders below the root. */
static void lay(const struct root *root, const char *path, const char *text)
{
	char whole[512];
	FILE *file;

	snprintf(whole, sizeof whole, "%s%s", root->path, path);
	for (char *slash = whole + strlen(root->path) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int setup(void **state)
{
	struct root *root = calloc(1, sizeof *root);

	snprintf(root->path, sizeof root->path, "/tmp/reprise-machine-XXXXXX");
	if (!mkdtemp(root->path))
		return -1;
	*state = root;
	return 0;
}

static int teardown(void **state)
{
	struct root *root = *state;
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", root->path);
	free(root);
	return system(command);
}

/* A machine without warnings. */
static void lay_good(const struct root *root)
{
	static const struct {
		const char *path, *text;
	} files[] = {
	    {"/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n"},
	    {"/sys/devices/system/cpu/online", "0-15\n"},
	    {"/proc/self/status",
	     "Name:\treprise\nCpus_allowed:\tffff\nCpus_allowed_list:\t0-15\n"},
	    {"/proc/meminfo", "MemTotal:       65536000 kB\nMemAvailable:   32768000 kB\n"},
	    {"/proc/self/limits",
	     "Limit                     Soft Limit           Hard Limit\n"
	     "Max open files            1024                 1048576    files\n"},
	    {"/proc/sys/fs/file-max", "9223372036854775807\n"},
	    {"/proc/sys/fs/file-nr", "4448\t0\t9223372036854775807\n"},
	    {"/proc/sys/net/ipv4/ip_local_port_range", "1024\t65535\n"},
	    {"/proc/sys/net/ipv4/tcp_tw_reuse", "1\n"},
	    {"/proc/sys/net/core/somaxconn", "4096\n"},
	    {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"},
	    {"/proc/self/timerslack_ns", "50000\n"},
	    {"/proc/self/cgroup", "0::/user.slice\n"},
	    {"/etc/ssl/certs/ca-certificates.crt", "-----BEGIN\n"},
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		lay(root, files[i].path, files[i].text);
}

static struct machine machine_of(const struct root *root)
{
	struct machine m;

	machine_read(&m, root->path);
	return m;
}

static void test_reads(void **state)
{
	struct machine m;

	lay_good(*state);
	lay(*state, "/proc/sys/net/netfilter/nf_conntrack_max", "65536\n");
	lay(*state, "/proc/sys/net/netfilter/nf_conntrack_count", "12\n");
	lay(*state, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
	m = machine_of(*state);
	assert_string_equal(m.kernel, "6.1.0-18-amd64");
	assert_int_equal(m.cores_online, 16);
	assert_int_equal(m.cores_affinity, 16);
	assert_int_equal(machine_cores(&m), 16);
	assert_true(m.memory_available == UINT64_C(32768000) * 1024);
	assert_int_equal(m.files_soft, 1024);
	assert_int_equal(m.files_hard, 1048576);
	assert_int_equal(m.files_in_use, 4448);
	assert_int_equal(machine_ports(&m), 64512);
	assert_int_equal(m.time_wait_reuse, 1);
	assert_int_equal(m.conntrack_max, 65536);
	assert_int_equal(m.conntrack_used, 12);
	assert_int_equal(m.backlog, 4096);
	assert_string_equal(m.clock_source, "tsc");
	assert_string_equal(m.governor, "powersave");
	assert_int_equal(m.timer_slack, 50000);
	assert_string_equal(m.ca_bundle, "/etc/ssl/certs/ca-certificates.crt");
	assert_false(m.container);
	assert_false(m.superuser);
}

static void test_nothing_known(void **state)
{
	struct doctor_finding findings[DOCTOR_CHECKS_MAX];
	struct machine m = machine_of(*state);
	size_t count = doctor_run(&m, findings);

	assert_int_equal(machine_cores(&m), 1);
	assert_int_equal(machine_ports(&m), 0);
	assert_null(m.ca_bundle);
	for (size_t i = 0; i < count; i++) {
		assert_true(findings[i].found.len > 0);
		assert_true(findings[i].level != DOCTOR_PROBLEM ||
			    strcmp(findings[i].name, "certificates") == 0);
	}
	doctor_release(findings, count);
}

static void test_affinity(void **state)
{
	struct machine m;

	lay(*state, "/proc/self/status", "Cpus_allowed_list:\t0-1,4,6-7\n");
	m = machine_of(*state);
	assert_int_equal(m.cores_affinity, 5);
	assert_int_equal(machine_cores(&m), 5);
}

static void test_unlimited_files(void **state)
{
	lay(*state, "/proc/self/limits",
	    "Max open files            unlimited   unlimited  files\n");
	assert_true(machine_of(*state).files_hard == MACHINE_NO_LIMIT);
}

/* Version 2: the tightest limit of the process's group and its parents. In a container, the group
 * may be the visible root. */
static void test_quota_v2(void **state)
{
	const struct root *root = *state;
	struct machine m;

	lay(root, "/proc/self/status", "Cpus_allowed_list:\t0-7\n");
	lay(root, "/proc/self/cgroup", "0::/a.slice/b.scope\n");
	lay(root, "/sys/fs/cgroup/a.slice/cpu.max", "250000 100000\n");
	lay(root, "/sys/fs/cgroup/a.slice/b.scope/cpu.max", "max 100000\n");
	lay(root, "/sys/fs/cgroup/a.slice/memory.max", "536870912\n");
	lay(root, "/sys/fs/cgroup/a.slice/b.scope/memory.max", "max\n");
	m = machine_of(root);
	assert_true(m.quota > 2.49 && m.quota < 2.51);
	assert_int_equal(machine_cores(&m), 2);
	assert_true(m.memory_limit == 536870912);
	assert_true(machine_memory(&m) == 536870912);
	lay(root, "/proc/self/cgroup", "0::/\n");
	lay(root, "/sys/fs/cgroup/cpu.max", "50000 100000\n");
	m = machine_of(root);
	assert_true(m.quota > 0.49 && m.quota < 0.51);
	assert_int_equal(machine_cores(&m), 1);
}

static void test_quota_v1(void **state)
{
	const struct root *root = *state;
	struct machine m;

	lay(root, "/proc/self/status", "Cpus_allowed_list:\t0-7\n");
	lay(root, "/proc/self/cgroup", "11:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n");
	lay(root, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
	lay(root, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
	lay(root, "/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "1048576000\n");
	lay(root, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
	m = machine_of(root);
	assert_true(m.quota > 1.49 && m.quota < 1.51);
	assert_true(m.memory_limit == 1048576000);
	lay(root, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
	assert_true(machine_cgroup_cpus(root->path) < 0.001);
}

static void test_pressure(void **state)
{
	const struct root *root = *state;
	struct machine_pressure before, now;

	machine_pressure_read(&before, root->path);
	assert_int_equal(before.throttled, 0);
	assert_int_equal(before.ticks, 0);
	lay(root, "/proc/self/cgroup", "1:cpu,cpuacct:/v1/job\n0::/pod/box\n");
	lay(root, "/sys/fs/cgroup/pod/cpu.stat",
	    "usage_usec 9\nnr_throttled 3\nthrottled_usec 2000000\n");
	lay(root, "/proc/stat", "cpu  100 0 100 200 0 0 0 10 5 5\ncpu0 1 2 3\n");
	machine_pressure_read(&before, root->path);
	assert_int_equal(before.throttled, 2 * NS_PER_S);
	assert_int_equal(before.stolen, 10);
	assert_int_equal(before.ticks, 410);
	lay(root, "/sys/fs/cgroup/pod/cpu.stat", "throttled_usec 2500000\n");
	lay(root, "/proc/stat", "cpu  150 0 100 200 0 0 0 60 5 5\n");
	machine_pressure_read(&now, root->path);
	assert_true(machine_pressure_throttled(&before, &now, NS_PER_S) == 0.5);
	assert_true(machine_pressure_throttled(&before, &now, NS_PER_MS) == 1);
	assert_true(machine_pressure_throttled(&before, &before, NS_PER_S) == 0);
	assert_true(machine_pressure_steal(&before, &now) == 0.5);
	assert_true(machine_pressure_steal(&now, &now) == 0);
	assert_int_equal(machine_pressure_waiting(7, root->path), -1);
	lay(root, "/proc/self/task/7/schedstat", "1000 7400000000 3\n");
	assert_int_equal(machine_pressure_waiting(7, root->path), 7400 * NS_PER_MS);
	lay(root, "/proc/self/task/7/schedstat", "0 0 0\n");
	assert_int_equal(machine_pressure_waiting(7, root->path), -1);
	lay(root, "/sys/fs/cgroup/cpu,cpuacct/v1/cpu.stat", "throttled_time 7000000000\n");
	machine_pressure_read(&now, root->path);
	assert_int_equal(now.throttled, 7 * NS_PER_S);
}

static void test_containers(void **state)
{
	lay(*state, "/proc/1/cgroup", "0::/init.scope\n");
	assert_false(machine_of(*state).container);
	lay(*state, "/proc/1/cgroup", "12:pids:/kubepods/besteffort/pod1\n");
	assert_true(machine_of(*state).container);
	lay(*state, "/proc/1/cgroup", "0::/\n");
	assert_false(machine_of(*state).container);
	lay(*state, "/run/.containerenv", "");
	assert_true(machine_of(*state).container);
}

/* ---- doctor */

/* One change to a machine without warnings, and the result of the check with that name. */
static const struct ailment {
	const char *path, *text;
	const char *check;
	enum doctor_level level;
	const char *found, *remedy;
} ailments[] = {
    {"/proc/self/status", "Cpus_allowed_list:\t0\n", "one machine", DOCTOR_PROBLEM,
     "shares the only core", ""},
    {"/proc/self/status", "Cpus_allowed_list:\t0-3\n", "cores", DOCTOR_OK, "4 of the machine's 16",
     "taskset -c 0-15 reprise run FILE"},
    {"/proc/self/status", "Cpus_allowed_list:\t0-3\n", "one machine", DOCTOR_NOTE, "shares 4 cores",
     "taskset -c 0-2 SERVER; taskset -c 3 reprise run FILE"},
    {"/sys/fs/cgroup/cpu.max", "50000 100000\n", "CPU quota", DOCTOR_PROBLEM,
     "0.50 CPUs, set by the cgroup", "systemctl set-property"},
    {"/proc/meminfo", "MemAvailable: 102400 kB\n", "memory", DOCTOR_PROBLEM,
     "about 5,120 users with open connections, 853 with TLS", ""},
    {"/proc/self/limits", "Max open files            1024       4096    files\n", "open files",
     DOCTOR_PROBLEM, "about 4,030 concurrent connections", "limits.d"},
    {"/proc/sys/fs/file-max", "50000\n", "files, system", DOCTOR_PROBLEM, "45,552 left",
     "sudo sysctl -w fs.file-max=2000000"},
    {"/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n", "local ports", DOCTOR_OK,
     "28,232 (32768 to 60999)", "sudo sysctl -w net.ipv4.ip_local_port_range='1024 65535'"},
    {"/proc/sys/net/ipv4/ip_local_port_range", "60000\t60999\n", "local ports", DOCTOR_PROBLEM,
     "1,000", "ip_local_port_range"},
    {"/proc/sys/net/ipv4/tcp_tw_reuse", "2\n", "TIME_WAIT", DOCTOR_NOTE,
     "except on loopback, a port is blocked for 60 s after its connection: at most 1,075 new",
     "sudo sysctl -w net.ipv4.tcp_tw_reuse=1"},
    {"/proc/sys/net/netfilter/nf_conntrack_max", "8192\n", "conntrack", DOCTOR_PROBLEM,
     "can track 8,192 more", "nf_conntrack_max=1000000"},
    {"/proc/sys/net/core/somaxconn", "128\n", "accept queue", DOCTOR_NOTE, "128 connections",
     "net.core.somaxconn=4096"},
    {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n", "clock",
     DOCTOR_PROBLEM, "hpet: slow", " | sudo tee /sys/devices/system/clocksource"},
    {"/proc/self/timerslack_ns", "50000000\n", "timers", DOCTOR_PROBLEM, "slack 50 ms", ""},
    {"/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n", "CPU frequency",
     DOCTOR_NOTE, "powersave", "cpupower frequency-set -g performance"},
    {"/.dockerenv", "", "container", DOCTOR_NOTE, "127.0.0.1 is this container, not",
     "--network host"},
    {"/.dockerenv", "", "open files", DOCTOR_OK, "1,048,576", "docker run --ulimit nofile="},
};

static void assert_ailment(const struct ailment *a, const struct doctor_finding *findings,
			   size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct doctor_finding *f = &findings[i];

		if (strcmp(f->name, a->check) != 0)
			continue;
		if (f->level != a->level || !strstr(f->found.data, a->found))
			fail_msg("%s: level %d, %s", a->check, (int)f->level, f->found.data);
		if (*a->remedy ? !f->remedy.len || !strstr(f->remedy.data, a->remedy)
			       : f->remedy.len > 0)
			fail_msg("%s: %s", a->check,
				 f->remedy.len ? f->remedy.data : "nothing lifts it");
		return;
	}
	fail_msg("no check %s", a->check);
}

static void test_good_machine(void **state)
{
	const struct terminal look = {.ascii = true};
	struct doctor_finding findings[DOCTOR_CHECKS_MAX];
	struct machine m;
	struct buf text;
	size_t count;

	lay_good(*state);
	m = machine_of(*state);
	m.environment = (const char *const[]){"HOME=/", NULL};
	count = doctor_run(&m, findings);
	for (size_t i = 0; i < count; i++)
		if (findings[i].level != DOCTOR_OK)
			fail_msg("%s: %s", findings[i].name, findings[i].found.data);
	doctor_release(findings, count);
	buf_init(&text, 0);
	doctor_put_text(&text, &m, &look, 80);
	assert_non_null(strstr(text.data, "No warnings for this machine: 16 usable cores, "
					  "33.6 GB of memory, Linux 6.1.0-18-amd64\n"));
	buf_release(&text);
}

static void test_ailments(void **state)
{
	struct doctor_finding findings[DOCTOR_CHECKS_MAX];

	for (size_t i = 0; i < sizeof ailments / sizeof *ailments; i++) {
		struct machine m;
		size_t count;

		lay_good(*state);
		lay(*state, ailments[i].path, ailments[i].text);
		m = machine_of(*state);
		count = doctor_run(&m, findings);
		assert_ailment(&ailments[i], findings, count);
		doctor_release(findings, count);
		teardown(state);
		setup(state);
	}
}

/* The clock of a processor cannot be replaced by a better one. */
#ifdef __aarch64__
#define CLOCK_REMEDY "echo arch_sys_counter | sudo tee"
#else
#define CLOCK_REMEDY ""
#endif

/* A measured cost has priority over the name of the clock. */
static void test_measured(void **state)
{
	struct doctor_finding findings[DOCTOR_CHECKS_MAX];
	static const struct ailment measured[] = {
	    {NULL, NULL, "clock", DOCTOR_PROBLEM, "tsc, 900 ns per reading: slow", CLOCK_REMEDY},
	    {NULL, NULL, "timers", DOCTOR_PROBLEM, "a sleep ends 3 ms late", ""}};
	struct machine m;
	size_t count;

	lay_good(*state);
	m = machine_of(*state);
	m.clock_cost = 900;
	m.sleep_late = 3 * NS_PER_MS;
	count = doctor_run(&m, findings);
	assert_ailment(&measured[0], findings, count);
	assert_ailment(&measured[1], findings, count);
	doctor_release(findings, count);
	machine_measure(&m);
	assert_in_range(m.clock_cost, 1, 100 * NS_PER_US);
	assert_in_range(m.sleep_late, 0, NS_PER_S);
}

/* The machine that runs the test. */
static void test_here(void **state)
{
	struct machine m;

	(void)state;
	machine_read(&m, "");
	assert_int_equal(machine_cores(&m), machine_detect_cores());
	assert_true(m.files_hard > 0);
	assert_true(machine_raise_files() > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_reads),		TEST(test_nothing_known), TEST(test_affinity),
	    TEST(test_unlimited_files), TEST(test_quota_v2),	  TEST(test_quota_v1),
	    TEST(test_pressure),	TEST(test_containers),	  TEST(test_good_machine),
	    TEST(test_ailments),	TEST(test_measured),	  TEST(test_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
