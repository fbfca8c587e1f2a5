/*
 * The Model Context Protocol (revision 2025-06-18) over standard input and output: an assistant
 * lists the tools of this program and calls them. Each message is one line of JSON-RPC 2.0. A call
 * of a tool is a child process of the same program, so that a crash or a cancelled call never ends
 * the server; calls are performed one after another. One thread.
 */
#ifndef MCP_MCP_SERVER_H
#define MCP_MCP_SERVER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"

struct mcp_hosts {
	VEC(struct str) names; /* "shop.example", or "shop.example:8443" */
};

struct mcp_services {
	const char *version; /* of the program */
	/* The hosts other than this machine that a run of the scenario PATH may contact; TARGET
	 * replaces that of the file if it is not NULL. False, with the reason in ERROR, if the file
	 * has errors. Memory is from A. */
	bool (*hosts)(struct arena *a, const char *path, const char *target,
		      struct mcp_hosts *hosts, struct buf *error);
	/* The description of the language for forms, as JSON. */
	void (*language)(struct buf *out);
};

struct mcp_config {
	const char *program; /* path of this program, for the child processes */
	const char *folder;  /* the current folder; without links */
	bool allow_load;     /* no limits on runs */
	const struct mcp_services *services;
};

/* Serves until the end of standard input. Returns false if standard output cannot be written. */
bool mcp_server_run(const struct mcp_config *config);

#endif
