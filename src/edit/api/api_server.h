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
struct kind_tables;

/* The result of a check; everything is in the arena that was passed. */
struct api_checked {
	const struct diag_list *diags;
	const struct node *root; /* NULL: the text has no tree */
};

/* A scenario as a run of it would be started. */
struct api_scenario {
	const char *path;
	struct str text;    /* the content of the file; ptr NULL: it is read */
	const char *target; /* replaces that of the file; or NULL */
	const char *profile;
	const char *const *parameters; /* "NAME=VALUE" */
	size_t parameter_count;
	const char *const *environment; /* "NAME=VALUE" in addition to that of this process, ends
					   with NULL; or NULL */
};

struct api_host {
	struct str name; /* with its port if it is not the default */
	bool local;	 /* this machine */
};

/* A parameter with a value that must not be shown, or that the file does not have. */
struct api_secret {
	struct str name;
	bool secret, required, set;
	struct str origin; /* where its value is from: "environment PASSWORD", "shop.yaml:7" */
};

/* The needs of a run: hosts to allow, and parameters to give. */
struct api_needs {
	VEC(struct api_host) hosts; /* none if the scenario has errors */
	VEC(struct api_secret) secrets;
	bool has_errors;
};

struct api_services {
	const char *version; /* of the program */
	/* The description of the language for forms, as JSON. */
	void (*language)(struct buf *out);
	/* Checks TEXT as the content of the file PATH, and calls USE with the result. */
	void (*check)(const char *path, struct str text,
		      void (*use)(void *arg, const struct api_checked *checked), void *arg);
	/* Finds what a run needs. False, with the reason in ERROR, if the file or a file that the
	 * environment names cannot be read. Memory is from A. */
	bool (*needs)(struct arena *a, const struct api_scenario *scenario, struct api_needs *out,
		      struct buf *error);
	/* Appends the plan of a run as a JSON object; the results are as of `needs`. */
	bool (*plan)(struct arena *a, const struct api_scenario *scenario, struct buf *out,
		     struct buf *error);
	const struct kind_tables *tables; /* of the program */
	/* Whether a parameter can have this name: NULL, or why not. */
	const char *(*refuse_name)(struct str name);
};

struct api_config {
	const char *program; /* path of this program, for the child processes of jobs */
	const char *folder;
	const char *host;		  /* to listen on */
	unsigned port;			  /* 0: any free port */
	const char *const *allowed_hosts; /* names in the Host header, in addition to localhost
					     and numeric addresses */
	size_t allowed_host_count;
	const struct api_services *services;
	bool has_page; /* serve the page too, not only the API */
};

/* Listens immediately, and makes the folder the current one. NULL with a sentence in ERROR if the
 * folder or the port cannot be used. */
struct api *api_server_new(const struct api_config *config, struct buf *error);
void api_server_free(struct api *api);
unsigned api_server_port(const struct api *api);
/* 64 hexadecimal digits that each request must have in the header X-Reprise-Token. */
const char *api_server_token(const struct api *api);
/* Serves until SIGINT, SIGTERM or, unless it is ignored, SIGHUP. */
void api_server_run(struct api *api);

#endif
