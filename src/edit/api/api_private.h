/* Shared by the files of the API. */
#ifndef EDIT_API_API_PRIVATE_H
#define EDIT_API_API_PRIVATE_H

#include "base/folder_scan.h"
#include "base/json_writer.h"
#include "base/temp_folder.h"
#include "edit/api/api_server.h"
#include "edit/edit_json.h"
#include "net/server.h"

#define API_PREFIX	 "/api/1/"
#define API_TOKEN_DIGITS 64
#define API_ID_DIGITS	 16
#define API_FILE_MAX	 ((size_t)16 << 20) /* of a file that is read or written as a text */
#define API_BODY_MAX	 ((size_t)16 << 20)
#define API_REPLY_MAX	 ((size_t)128 << 20) /* the tree has a value again for each of its aliases */

struct api_events;
struct api_watch;
struct api_job;
struct api_upload;
struct api_views;
struct stream_watch;

/* A parameter whose value the user gave. */
struct api_given {
	struct str name;
	char *value; /* on the heap, overwritten before it is freed; NULL: removed again */
};

struct api {
	struct api_config config;
	struct server *server;
	struct api_events *events;
	bool ending;	       /* no further request is handled */
	char *folder;	       /* without links */
	struct arena arena;    /* for what is kept until the end */
	VEC(struct str) hosts; /* that the user allowed to be tested */
	VEC(struct api_given) secrets;
	char token[API_TOKEN_DIGITS + 1];
	struct api_watch *watch;
	struct temp_folder temp;
	struct api_upload *uploads;
	struct api_job *jobs; /* in the order of their start */
	struct stream_watch *children, *hangup;
	struct api_views *views;
	struct api_history *histories; /* of the files that clients have read or changed */
};

/* One request while it is handled. */
struct api_request {
	struct api *api;
	struct http_request *http;
	const struct http_request_view *view;
	struct arena arena;
	struct str path; /* the rest of the path after the route, decoded */
	struct buf out;	 /* the response */
	struct json_writer json;
};

/* A problem of a request: the status, a code for programs and a sentence without a full stop. */
struct api_problem {
	int status;
	const char *code;
	struct str message;
	uint32_t line;	  /* in the file; 0: none */
	struct str place; /* a path in the file; ptr NULL: none */
	struct str more;  /* further members of the error, as JSON; may be empty */
};

/* ---- api_reply.c */
void api_reply(struct api_request *r, int status);
/* The same for a whole document in R's buffer. */
void api_reply_json(struct api_request *r, int status);
/* Begins a response in pieces; R's request lives until its end. */
void api_reply_begin(struct api_request *r, const char *content_type);
void api_fail(struct api_request *r, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void api_fail_with(struct api_request *r, const struct api_problem *problem);
/* Begins the response again, as an object without members. */
void api_reply_restart(struct api_request *r);
/* PROBLEM as the member "error". */
void api_reply_put_error(struct api_request *r, const struct api_problem *problem);
/* The body as a JSON tree; NULL after a reply that says what is wrong with it. */
const struct node *api_body(struct api_request *r);
/* The text member KEY of BODY; ptr NULL if it is missing or not a text. */
struct str api_member(const struct node *body, const char *key);

/* ---- api_guard.c: who may use the API */
/* False after a refusal. */
bool api_guard(struct api_request *r);
/* Only Host and Origin, for what has no secrets. */
bool api_guard_origin(struct api_request *r);
/* COUNT random hexadecimal digits, at most API_TOKEN_DIGITS, and a NUL. */
void api_guard_new_id(char *id, size_t count);

/* ---- api_temp.c */
/* A path in the temporary folder of the server, which is created if necessary; in R's arena. NULL
 * after a refusal. */
const char *api_temp_path(struct api_request *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- api_folder.c */
void api_folder_list(struct api_request *r);
/* Calls FOUND for each result folder: NAME is relative to the folder, PATH that of its summary.
 * False if there are more than are listed. */
bool api_folder_results(struct api_request *r,
			void (*found)(struct api_request *r, struct str name, const char *path));
/* For the folders and files that are listed and watched; a result folder is one entry. */
extern const struct folder_scan_limits api_folder_limits;
/* The path of a file in the folder that R names, in R's arena; NULL after a refusal. Its folder
 * exists; the file itself may not. */
const char *api_folder_path(struct api_request *r, struct str name);
/* The same for a file or a folder. */
const char *api_folder_place(struct api_request *r, struct str name);

/* ---- api_events.c */
struct api_events *api_events_new(struct server *server);
/* Before the server. NULL is fine. */
void api_events_free(struct api_events *e);
void api_events_get(struct api_request *r);

/* ---- api_files.c */
void api_files_get(struct api_request *r);
void api_files_put(struct api_request *r);
void api_files_check(struct api_request *r);
/* The path of the file that R names, and its content; NULL after a refusal. */
const char *api_files_read(struct api_request *r, struct str *text);

/* ---- api_edits.c */
void api_edits_post(struct api_request *r);

/* ---- api_watch.c: the events `file` and `folder` */
struct api_watch *api_watch_new(struct api *api);
void api_watch_free(struct api_watch *w);

/* ---- api_history.c: the versions of a file in this session, and the operations between them, so
 * that operations of a page that has seen an earlier version can be applied to the current one */
struct api_history;

/* The history of the file PATH, whose content is TEXT now. If it was changed by another program,
 * its version is added. Valid until the next call. */
struct api_history *api_history_see(struct api *api, const char *path, struct str text);
/* The last version that was seen; ptr NULL if there is none. */
struct str api_history_last(const struct api *api, const char *path);
/* The text of VERSION, in A; ptr NULL if it is not known. */
struct str api_history_text(const struct api_history *h, struct arena *a, struct str version);
/* Adds the version TEXT, which the COUNT operations OPS made from the last one with PATCHES. */
void api_history_add(struct api_history *h, const struct edit_op *ops, size_t count,
		     struct edit_patches patches, struct str text);
/* Operations of this session that are missing in the text of another program, because it has
 * written a text that is older than they are. */
struct api_history_lost {
	struct str before; /* the text that the operations were made for */
	const struct edit_op *ops;
	size_t count;
	bool restored; /* the other program has written exactly an earlier version */
};
/* Those that were lost after VERSION, in A. Returns their number. */
size_t api_history_find_lost(const struct api_history *h, struct arena *a, struct str version,
			     const struct api_history_lost **out);
/* The caller has applied or reported what was lost after VERSION. */
void api_history_settle(struct api_history *h, struct str version);
void api_history_free_all(struct api *api);

/* ---- api_document.c: a text with its tree, outline and diagnostics, as members of an object */
void api_document_put(struct api_request *r, const char *path, struct str text);

/* ---- api_extracts.c: extractors for a value of a response of a try */
void api_extracts_propose(struct api_request *r);
void api_extracts_try(struct api_request *r);

/* ---- api_hosts.c: the hosts that the user allowed to be tested */
void api_hosts_get(struct api_request *r);
void api_hosts_add(struct api_request *r);
/* The allowed hosts for the option --only-hosts of a job: its process reads the file again. */
struct str api_hosts_list(struct api_request *r);
/* The plan of a run of the file, with its hosts. */
void api_hosts_plan(struct api_request *r);
/* Whether all hosts of SCENARIO are on this machine or allowed; otherwise replies with the code
 * "hosts" and their list. True for a scenario with errors: a run of it sends nothing. */
bool api_hosts_allow(struct api_request *r, const struct api_scenario *scenario);
/* Sets NEEDS for the scenario in the query's `file`; nothing if there is no `file`. False after a
 * reply. */
bool api_hosts_needs(struct api_request *r, struct api_needs *needs);

/* ---- api_secrets.c: values of parameters for the child processes */
void api_secrets_get(struct api_request *r);
void api_secrets_put(struct api_request *r);
/* The additions to the environment of a child that reads scenarios, "NAME=VALUE", ends with NULL;
 * in A. */
const char *const *api_secrets_environment(struct api *api, struct arena *a);
void api_secrets_release(struct api *api);

/* ---- api_results.c */
void api_results_list(struct api_request *r);
void api_results_get(struct api_request *r);

/* ---- api_rows.c */
/* The value of NAME in the query, in R's arena; ptr NULL if it is missing. */
struct str api_query(struct api_request *r, const char *name);
/* A number in the query; FALLBACK if it is missing or not a number. */
size_t api_query_number(struct api_request *r, const char *name, size_t fallback);
void api_rows_get(struct api_request *r);

/* ---- api_page.c */
/* False if the request is not for a file of the page. */
bool api_page_get(struct api_request *r);

#endif
