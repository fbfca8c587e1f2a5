/*
 * The parts of this machine that matter to a load test: cores by affinity and by the cgroup's
 * quota, memory, open files, ports, the clock, and whether this is a container. Everything is read
 * once, by the main thread, from files below ROOT ("" or a directory of a test); a value that
 * cannot be read is 0, empty or -1, which means "unknown".
 */
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define MACHINE_NO_LIMIT UINT64_MAX

struct machine {
	char kernel[64];	 /* "6.1.0-18-amd64" */
	unsigned cores_online;	 /* of the machine */
	unsigned cores_affinity; /* of these, the ones this process may run on */
	double quota;		 /* CPUs by cgroup; 0: no quota */
	char governor[32];	 /* of the first core: "performance" */

	uint64_t memory_available; /* bytes available without swapping */
	uint64_t memory_limit;	   /* by cgroup; 0: none */

	uint64_t files_soft, files_hard;	/* of this process; MACHINE_NO_LIMIT */
	uint64_t files_system, files_in_use;	/* of the whole machine */
	unsigned port_first, port_last;		/* for outgoing connections */
	int time_wait_reuse;			/* 0 never, 1 always, 2 on the loopback; -1 */
	uint64_t conntrack_max, conntrack_used; /* of the packet filter; 0: it tracks nothing */
	uint64_t backlog;			/* somaxconn, of a server on this machine */

	char clock_source[32]; /* "tsc" */
	ns_t timer_slack;      /* delay that the kernel may add to a sleep; -1 */
	ns_t clock_cost;       /* duration of one reading, by machine_measure; -1 */
	ns_t sleep_late;       /* delay of most short sleeps, by machine_measure; -1 */

	bool container;
	bool superuser;
	const char *ca_bundle;		/* the file of certificate authorities; NULL: none found */
	const char *const *environment; /* of this process, set by the caller; NULL: unknown */
};

/* Reads all of the above from the files below ROOT. */
void machine_read(struct machine *m, const char *root);
/* Measures the clock and the timers of this machine; takes a tenth of a second. */
void machine_measure(struct machine *m);
/* SSL_CERT_FILE (if ROOT is ""), or the file of certificate authorities in the place that the
 * distributions use; NULL if there is none. */
const char *machine_ca_bundle(const char *root);
/* Number of cores that can be used fully, by affinity and quota; at least 1. */
unsigned machine_cores(const struct machine *m);
/* The same for this machine, now. */
unsigned machine_detect_cores(void);
/* True if this is a container: Docker, podman, Kubernetes, LXC and systemd-nspawn are
 * recognized. */
bool machine_is_container(const char *root);
/* Available bytes of memory: free memory, within the cgroup's limit; 0: unknown. */
uint64_t machine_memory(const struct machine *m);
/* Number of local ports for outgoing connections to one address. */
unsigned machine_ports(const struct machine *m);
/* Raises the soft limit of open files to the hard one; returns the new limit. */
uint64_t machine_raise_files(void);

#endif
