/*
 * The local API of the editor: an HTTP server for one folder of scenarios. A page in the browser
 * and assistants read and change files with it; the address is only for this user, so every request
 * needs the token, and files outside the folder cannot be reached. Paths of files are relative to
 * the folder. Responses are JSON. What the API needs from higher rooms is in `struct
 * api_services`. One thread.
 */
#ifndef EDIT_API_API_SERVER_H
#define EDIT_API_API_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "doc/node.h"

struct api;

/* The result of a check; everything is in the arena that was passed. */
struct api_checked {
	const struct diag_list *diags;
	const struct node *root; /* NULL: the text has no tree */
};

struct api_services {
	const char *version; /* of the program */
	/* The description of the language for forms, as JSON. */
	void (*language)(struct buf *out);
	/* Checks TEXT as the content of the file PATH, and calls USE with the result. */
	void (*check)(const char *path, struct str text,
		      void (*use)(void *arg, const struct api_checked *checked), void *arg);
};

struct api_config {
	const char *folder;
	const char *host;		  /* to listen on */
	unsigned port;			  /* 0: any free port */
	const char *const *allowed_hosts; /* names in the Host header, in addition to localhost
					     and numeric addresses */
	size_t allowed_host_count;
	const struct api_services *services;
};

/* Listens immediately. NULL with a sentence in ERROR if the folder or the port cannot be used. */
struct api *api_server_new(const struct api_config *config, struct buf *error);
void api_server_free(struct api *api);
unsigned api_server_port(const struct api *api);
/* 64 hexadecimal digits that each request must have in the header X-Reprise-Token. */
const char *api_server_token(const struct api *api);
/* Serves until SIGINT or SIGTERM. */
void api_server_run(struct api *api);

#endif
