#include "cmd/doctor.h"

#include <string.h>

#include "base/units.h"
#include "cmd/shard.h"

#define USER_KB	      20  /* memory of a user with an open connection */
#define TLS_USER_KB   120 /* the same with TLS */
#define OWN_FILES     64  /* file descriptors that users do not need */
#define FILES_FEW     10000
#define SYSTEM_FEW    100000
#define MEMORY_LITTLE (UINT64_C(256) << 20)
#define TIME_WAIT_S   60
#define CONNTRACK_FEW 100000
#define BACKLOG_SHORT 4096
#define CLOCK_SLOW    500 /* ns per reading */
#define SLACK_MUCH    NS_PER_MS
#define LATE_MUCH     NS_PER_MS
#define CORE_REQUESTS 30000 /* small requests per second that one core can send with a reserve */
#define SHARED_CORES  8	    /* a machine with fewer cores may also run the server, as a laptop */
#define BYTES_A_KB    1024

typedef enum doctor_level check_function(const struct machine *m, struct buf *found,
					 struct buf *remedy);

static check_function check_cores, check_quota, check_sharing, check_memory, check_files,
    check_system_files, check_ports, check_time_wait, check_conntrack, check_backlog, check_clock,
    check_timers, check_governor, check_container, check_certificates, check_shard;

static const struct doctor_check {
	const char *name;
	check_function *run;
} checks[] = {
    {"cores", check_cores},
    {"CPU quota", check_quota},
    {"one machine", check_sharing},
    {"memory", check_memory},
    {"open files", check_files},
    {"files, system", check_system_files},
    {"local ports", check_ports},
    {"TIME_WAIT", check_time_wait},
    {"conntrack", check_conntrack},
    {"accept queue", check_backlog},
    {"clock", check_clock},
    {"timers", check_timers},
    {"CPU frequency", check_governor},
    {"container", check_container},
    {"certificates", check_certificates},
    {"shard", check_shard},
};
#define CHECKS (sizeof(checks) / sizeof(checks[0]))

size_t doctor_run(const struct machine *m, struct doctor_finding findings[DOCTOR_CHECKS_MAX])
{
	for (size_t i = 0; i < CHECKS; i++) {
		struct doctor_finding *f = &findings[i];

		f->name = checks[i].name;
		buf_init(&f->found, 0);
		buf_init(&f->remedy, 0);
		f->level = checks[i].run(m, &f->found, &f->remedy);
	}
	return CHECKS;
}

void doctor_release(struct doctor_finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_release(&findings[i].found);
		buf_release(&findings[i].remedy);
	}
}

static enum doctor_level unknown(struct buf *found)
{
	buf_add(found, STR("unknown on this machine"));
	return DOCTOR_NOTE;
}

/* Appends COUNT rounded down to three digits, as it is an estimate. */
static void put_about(struct buf *found, uint64_t count)
{
	uint64_t unit = 1;

	while (count / unit >= 1000)
		unit *= 10;
	units_put_count(found, count / unit * unit);
}

static const char *sudo(const struct machine *m)
{
	return m->superuser ? "" : "sudo ";
}

/* A container has its own network settings, set at its start; all other settings are the host's. */
static void put_sysctl(struct buf *remedy, const struct machine *m, const char *setting)
{
	if (m->container && strncmp(setting, "net.", 4) == 0)
		buf_printf(remedy, "docker run --sysctl %s ...", setting);
	else if (m->container)
		buf_printf(remedy, "on the host: sudo sysctl -w %s", setting);
	else
		buf_printf(remedy, "%ssysctl -w %s", sudo(m), setting);
}

/* ---- cores and memory */

static enum doctor_level check_cores(const struct machine *m, struct buf *found, struct buf *remedy)
{
	unsigned cores = m->cores_affinity;

	if (!cores)
		return unknown(found);
	buf_printf(found, "%u", cores);
	if (cores < m->cores_online) {
		buf_printf(found, " of the machine's %u", m->cores_online);
		buf_printf(remedy, "taskset -c 0-%u reprise run FILE", m->cores_online - 1);
	}
	buf_add(found, cores == 1 ? STR(", enough for about ") : STR(", each enough for about "));
	units_put_count(found, CORE_REQUESTS);
	buf_add(found, STR(" small requests per second over plain HTTP"));
	return DOCTOR_OK;
}

static enum doctor_level check_quota(const struct machine *m, struct buf *found, struct buf *remedy)
{
	if (m->quota <= 0) {
		buf_add(found, STR("none"));
		return DOCTOR_OK;
	}
	buf_printf(found,
		   "%.2f CPUs, set by the cgroup: when they are used up, all threads stop until "
		   "the next period, and requests are sent late",
		   m->quota);
	buf_add(remedy, m->container
			    ? STR("docker run --cpus N ...; Kubernetes: resources.limits.cpu")
			    : STR("systemctl set-property UNIT CPUQuota="));
	return m->quota < m->cores_affinity ? DOCTOR_PROBLEM : DOCTOR_OK;
}

static enum doctor_level check_sharing(const struct machine *m, struct buf *found,
				       struct buf *remedy)
{
	unsigned cores = m->cores_affinity;

	if (cores > SHARED_CORES || !cores) {
		buf_add(found, STR("enough cores for the load generator and a server"));
		return DOCTOR_OK;
	}
	if (cores == 1) {
		buf_add(found, STR("a server on this machine shares the only core with the load "
				   "generator, which distorts the results"));
		return DOCTOR_PROBLEM;
	}
	buf_printf(found,
		   "a server on this machine shares %u cores with the load generator: give each "
		   "its own cores, otherwise the results are distorted",
		   cores);
	if (cores == 2)
		buf_add(remedy, STR("taskset -c 0 SERVER; taskset -c 1 reprise run FILE"));
	else
		buf_printf(remedy, "taskset -c 0-%u SERVER; taskset -c %u reprise run FILE",
			   cores - 2, cores - 1);
	return DOCTOR_NOTE;
}

static enum doctor_level check_memory(const struct machine *m, struct buf *found,
				      struct buf *remedy)
{
	uint64_t bytes = machine_memory(m);

	if (!bytes)
		return unknown(found);
	units_put_bytes(found, bytes);
	buf_add(found, bytes == m->memory_limit ? STR(", set by the cgroup: enough for about ")
						: STR(" free: enough for about "));
	put_about(found, bytes / (USER_KB * BYTES_A_KB));
	buf_add(found, STR(" users with open connections, "));
	put_about(found, bytes / (TLS_USER_KB * BYTES_A_KB));
	buf_add(found, STR(" with TLS"));
	if (bytes == m->memory_limit && m->container)
		buf_add(remedy,
			STR("docker run --memory 2g ...; Kubernetes: resources.limits.memory"));
	return bytes < MEMORY_LITTLE ? DOCTOR_PROBLEM : DOCTOR_OK;
}

/* ---- files and ports */

static enum doctor_level check_files(const struct machine *m, struct buf *found, struct buf *remedy)
{
	uint64_t max = m->files_hard;

	if (!max)
		return unknown(found);
	if (max == MACHINE_NO_LIMIT) {
		buf_add(found, STR("no limit"));
		return DOCTOR_OK;
	}
	units_put_count(found, max);
	buf_add(found, STR(" (reprise raises its own limit to this): about "));
	put_about(found, max > OWN_FILES ? max - OWN_FILES : 0);
	buf_add(found, STR(" concurrent connections"));
	if (m->container)
		buf_add(remedy, STR("docker run --ulimit nofile=1048576:1048576 ..."));
	else if (m->superuser)
		buf_add(remedy, STR("ulimit -Hn 1048576"));
	else
		buf_add(remedy, STR("echo \"$USER - nofile 1048576\" | sudo tee "
				    "/etc/security/limits.d/reprise.conf; then log in again"));
	return max < FILES_FEW ? DOCTOR_PROBLEM : DOCTOR_OK;
}

static enum doctor_level check_system_files(const struct machine *m, struct buf *found,
					    struct buf *remedy)
{
	uint64_t left = m->files_system > m->files_in_use ? m->files_system - m->files_in_use : 0;

	if (!m->files_system)
		return unknown(found);
	if (m->files_system > UINT64_C(1) << 40) {
		buf_add(found, STR("no limit"));
		return DOCTOR_OK;
	}
	units_put_count(found, left);
	buf_add(found, STR(" left for all programs"));
	if (left >= SYSTEM_FEW)
		return DOCTOR_OK;
	put_sysctl(remedy, m, "fs.file-max=2000000");
	return DOCTOR_PROBLEM;
}

static enum doctor_level check_ports(const struct machine *m, struct buf *found, struct buf *remedy)
{
	unsigned ports = machine_ports(m);

	if (!ports)
		return unknown(found);
	units_put_count(found, ports);
	buf_printf(found, " (%u to %u): maximum concurrent connections to one server address",
		   m->port_first, m->port_last);
	if (m->port_first <= 1024 && m->port_last >= 65535)
		return DOCTOR_OK;
	put_sysctl(remedy, m, "net.ipv4.ip_local_port_range='1024 65535'");
	return ports < FILES_FEW ? DOCTOR_PROBLEM : DOCTOR_OK;
}

/* A closed connection keeps its port for a minute. */
static enum doctor_level check_time_wait(const struct machine *m, struct buf *found,
					 struct buf *remedy)
{
	unsigned ports = machine_ports(m);

	if (m->time_wait_reuse < 0 || !ports)
		return unknown(found);
	if (m->time_wait_reuse == 1) {
		buf_add(found, STR("ports are reused after one second: up to "));
		units_put_count(found, ports);
		buf_add(found, STR(" new connections per second to one address"));
		return DOCTOR_OK;
	}
	buf_add(found, m->time_wait_reuse == 2 ? STR("except on loopback, a port is blocked for ")
					       : STR("a port is blocked for "));
	buf_printf(found, "%d s after its connection: at most ", TIME_WAIT_S);
	units_put_count(found, ports / TIME_WAIT_S);
	buf_add(found, STR(" new connections per second to one address (users who keep "
			   "connections open are not affected)"));
	put_sysctl(remedy, m, "net.ipv4.tcp_tw_reuse=1");
	return DOCTOR_NOTE;
}

static enum doctor_level check_conntrack(const struct machine *m, struct buf *found,
					 struct buf *remedy)
{
	uint64_t left =
	    m->conntrack_max > m->conntrack_used ? m->conntrack_max - m->conntrack_used : 0;

	if (!m->conntrack_max) {
		buf_add(found, STR("the packet filter does not track connections"));
		return DOCTOR_OK;
	}
	buf_add(found, STR("the packet filter can track "));
	units_put_count(found, left);
	buf_add(found, STR(" more connections and drops packets of further ones"));
	if (left >= CONNTRACK_FEW)
		return DOCTOR_OK;
	buf_printf(remedy, "%s%ssysctl -w net.netfilter.nf_conntrack_max=1000000",
		   m->container ? "on the host: " : "", sudo(m));
	return left < CONNTRACK_FEW / 10 ? DOCTOR_PROBLEM : DOCTOR_NOTE;
}

static enum doctor_level check_backlog(const struct machine *m, struct buf *found,
				       struct buf *remedy)
{
	if (!m->backlog)
		return unknown(found);
	units_put_count(found, m->backlog);
	buf_add(found, STR(" connections can wait to be accepted by a server on this machine"));
	if (m->backlog >= BACKLOG_SHORT)
		return DOCTOR_OK;
	put_sysctl(remedy, m, "net.core.somaxconn=4096");
	return DOCTOR_NOTE;
}

/* ---- time */

/* The clock source in the processor. */
#ifdef __aarch64__
#define PROCESSOR_CLOCK "arch_sys_counter"
#else
#define PROCESSOR_CLOCK "tsc"
#endif

/* Clock sources that can be read without a system call, on hardware and in virtual machines. */
static bool is_good_clock(const char *name)
{
	static const char *const good[] = {
	    "tsc",	"kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page",
	    "timebase", "tod"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (strcmp(name, good[i]) == 0)
			return true;
	return false;
}

static enum doctor_level check_clock(const struct machine *m, struct buf *found, struct buf *remedy)
{
	bool good = is_good_clock(m->clock_source);

	if (!*m->clock_source && m->clock_cost < 0)
		return unknown(found);
	buf_add(found, *m->clock_source ? str_of(m->clock_source) : STR("unknown source"));
	if (m->clock_cost >= 0) {
		buf_printf(found, ", %lld ns per reading", (long long)m->clock_cost);
		good = m->clock_cost < CLOCK_SLOW;
	}
	if (good)
		return DOCTOR_OK;
	buf_add(found, STR(": slow, and it is read for every request"));
	if (strcmp(m->clock_source, PROCESSOR_CLOCK) != 0)
		buf_printf(remedy,
			   "echo " PROCESSOR_CLOCK
			   " | %stee /sys/devices/system/clocksource/clocksource0/"
			   "current_clocksource",
			   sudo(m));
	return DOCTOR_PROBLEM;
}

static enum doctor_level check_timers(const struct machine *m, struct buf *found,
				      struct buf *remedy)
{
	(void)remedy;
	if (m->timer_slack < 0 && m->sleep_late < 0)
		return unknown(found);
	if (m->sleep_late >= 0) {
		buf_add(found, STR("a sleep ends "));
		units_put_time(found, m->sleep_late, true);
		buf_add(found, STR(" late in most cases"));
	}
	if (m->timer_slack >= 0) {
		buf_add(found, found->len ? STR(", slack ") : STR("slack "));
		units_put_time(found, m->timer_slack, true);
	}
	if (m->sleep_late <= LATE_MUCH && m->timer_slack <= SLACK_MUCH)
		return DOCTOR_OK;
	buf_add(found, STR(": requests are sent that late; the virtual machine may lack CPU time, "
			   "or other programs use the CPU"));
	return DOCTOR_PROBLEM;
}

static enum doctor_level check_governor(const struct machine *m, struct buf *found,
					struct buf *remedy)
{
	if (strcmp(m->governor, "powersave") != 0) {
		buf_add(found,
			*m->governor ? str_of(m->governor) : STR("cannot be set on this machine"));
		return DOCTOR_OK;
	}
	buf_add(found, STR("powersave: a core that was idle is slow at first"));
	buf_printf(remedy, "%scpupower frequency-set -g performance", sudo(m));
	return DOCTOR_NOTE;
}

/* ---- environment */

static enum doctor_level check_container(const struct machine *m, struct buf *found,
					 struct buf *remedy)
{
	if (!m->container) {
		buf_add(found, STR("no"));
		return DOCTOR_OK;
	}
	buf_add(found, STR("yes: 127.0.0.1 is this container, not the machine it runs on"));
	buf_add(remedy, STR("docker run --network host ...; or use the target "
			    "http://host.docker.internal"));
	return DOCTOR_NOTE;
}

static enum doctor_level check_certificates(const struct machine *m, struct buf *found,
					    struct buf *remedy)
{
	if (m->ca_bundle) {
		buf_printf(found, "trusted certificate authorities from %s", m->ca_bundle);
		return DOCTOR_OK;
	}
	buf_add(found, STR("no trusted certificate authorities: https targets cannot be verified"));
	buf_printf(remedy, "%sapt-get install ca-certificates", sudo(m));
	return DOCTOR_PROBLEM;
}

/* The shard that a run without options would be: an orchestrator sets variables that users do not
 * see. */
static enum doctor_level check_shard(const struct machine *m, struct buf *found, struct buf *remedy)
{
	struct shard_position shard;

	if (!m->environment)
		return unknown(found);
	if (!shard_find(&shard, shard_variable(m->environment, "REPRISE_SHARD"),
			shard_variable(m->environment, "REPRISE_SHARDS"), m->environment, found)) {
		buf_add(remedy, STR("reprise run --shard I/N FILE"));
		return DOCTOR_PROBLEM;
	}
	if (shard.count == 1)
		buf_add(found, STR("none: this process runs the whole load"));
	else
		buf_printf(found, "%u of %u, from %s", shard.index, shard.count,
			   strcmp(shard.from, "--shard") == 0 ? "REPRISE_SHARD" : shard.from);
	return DOCTOR_OK;
}
