/*
 * What this machine lends us, as far as it matters to a load test: cores by affinity and by the
 * cgroup's quota, memory, open files, ports, the clock, whether this is a container. Everything is
 * read from files below a ROOT ("" or a directory of a test) once, by the main thread; what cannot
 * be read stays 0, empty or -1 and means "not known".
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
	unsigned cores_affinity; /* of them, those this process may run on */
	double quota;		 /* CPUs by cgroup; 0: no quota */
	char governor[32];	 /* of the first core: "performance" */

	uint64_t memory_available; /* bytes that can be had without swapping */
	uint64_t memory_limit;	   /* by cgroup; 0: none */

	uint64_t files_soft, files_hard;	/* of this process; MACHINE_NO_LIMIT */
	uint64_t files_system, files_in_use;	/* of the whole machine */
	unsigned port_first, port_last;		/* for outgoing connections */
	int time_wait_reuse;			/* 0 never, 1 always, 2 on the loopback; -1 */
	uint64_t conntrack_max, conntrack_used; /* of the packet filter; 0: it tracks nothing */
	uint64_t backlog;			/* somaxconn, of a server on this machine */

	char clock_source[32]; /* "tsc" */
	ns_t timer_slack;      /* a sleep may take longer by so much; -1 */
	ns_t clock_cost;       /* of one reading, by machine_measure; -1 */
	ns_t sleep_late;       /* what most short sleeps take too long, by machine_measure; -1 */

	bool container;
	bool superuser;
	const char *ca_bundle; /* the file of certificate authorities; NULL: none found */
};

/* All of the above, from the files below ROOT. */
void machine_read(struct machine *m, const char *root);
/* Measures the clock and the timers of this machine; takes a tenth of a second. */
void machine_measure(struct machine *m);
/* SSL_CERT_FILE (where ROOT is ""), or the file of certificate authorities where the distributions
 * keep it; NULL: there is none. */
const char *machine_ca_bundle(const char *root);
/* Cores that can be used fully: by affinity and quota, at least 1. */
unsigned machine_cores(const struct machine *m);
/* The same of this machine, now. */
unsigned machine_detect_cores(void);
/* Is this a container? Docker, podman, Kubernetes, LXC and systemd-nspawn leave their marks. */
bool machine_is_container(const char *root);
/* Bytes of memory that can be had: what is free, within the cgroup's limit; 0: not known. */
uint64_t machine_memory(const struct machine *m);
/* Local ports of outgoing connections to one address. */
unsigned machine_ports(const struct machine *m);
/* Raises the soft limit of open files to the hard one; returns what it is then. */
uint64_t machine_raise_files(void);

#endif
