/*
 * The hosts that a run of a file may contact: that of the target, proxies, addresses of `resolve`,
 * a socket file, and the allowed hosts. One thread.
 */
#ifndef CMD_CONTACTED_HOSTS_H
#define CMD_CONTACTED_HOSTS_H

#include "cmd/load_file.h"

struct contacted_hosts {
	VEC(struct str) names; /* "shop.example", or "shop.example:8443"; each once */
};

/* Appends the hosts of L, which has a program, to HOSTS. Memory comes from A. */
void contacted_hosts_collect(struct arena *a, const struct loaded_file *l,
			     struct contacted_hosts *hosts);
/* The same for the list of the option --only-hosts; true if it was not given. */
bool contacted_hosts_permit_option(const struct loaded_file *l, const struct options *options);
/* Whether NAME is this machine; it may have a port. */
bool contacted_hosts_is_local(struct str name);

#endif
