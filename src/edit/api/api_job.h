/*
 * Jobs: long operations in child processes of the same program. A crash, or a lack of memory, ends
 * the child and not the server. What a job prints is kept and sent to all pages. Finished jobs are
 * kept until there are many. The server's thread.
 */
#ifndef EDIT_API_API_JOB_H
#define EDIT_API_API_JOB_H

#include "base/child.h"
#include "doc/node.h"
#include "edit/api/api_lines.h"
#include "edit/api/api_private.h"
#include "net/stream_loop.h"

enum api_job_state { API_JOB_RUNNING, API_JOB_DONE, API_JOB_FAILED, API_JOB_CANCELLED };

struct api_job;

/* import, try … */
struct api_job_kind {
	const char *name;
	unsigned usual;	      /* bits of the exit statuses that are results, not errors */
	bool prints_document; /* one JSON document, which is the result; otherwise lines */
	/* Adds the words of the command for BODY; false after a refusal. */
	bool (*prepare)(struct api_request *r, const struct node *body, struct api_job *job);
};

/* Ends with name NULL. */
extern const struct api_job_kind api_job_kinds[];

struct api_job {
	struct api_job *next; /* in the order of their start */
	struct api *api;
	const struct api_job_kind *kind;
	char id[API_ID_DIGITS + 1];
	struct arena arena;
	ns_t began, ended; /* wall clock */

	/* ---- set by `prepare`, in `arena` */
	VEC(const char *) words;
	const char *temp;		/* a folder of the job; NULL: none */
	const char *scenario;		/* that it writes; NULL: none */
	const char *const *environment; /* in addition to that of the server; or NULL */
	VEC(const char *) parameters;	/* of the scenario: NAME=VALUE */
	struct str file, to, out;	/* for clients; ptr NULL: none */
	int input;			/* its standard input; -1: none */
	bool takes_lines;		/* clients can write lines to its input */

	/* ---- the child */
	struct child child;
	struct stream_watch *output, *errors;
	struct stream_timer *kill;
	enum api_job_state state;
	bool cancelled;
	int exit; /* 128 + the number of a signal */

	/* ---- what it has printed */
	struct api_lines lines;
	struct buf partial;  /* a line that is not complete, or the document */
	struct buf messages; /* the last of its standard error */
	bool cut;	     /* a line was too long */
};

/* ---- api_job.c: the process */
const char *api_job_state_name(enum api_job_state state);
/* Starts the job and adds it to the list; false with errno set. */
bool api_job_start(struct api_job *job);
/* SIGINT, each time, and SIGKILL ten seconds after the first. */
void api_job_cancel(struct api_job *job);
/* Some child has ended. */
void api_job_collect(struct api *api);
void api_job_free(struct api_job *job);
/* Cancels all jobs, waits for their end and frees them. */
void api_job_free_all(struct api *api);

/* ---- api_job_output.c: what it prints */
void api_job_output_read(struct api_job *job);
void api_job_output_read_errors(struct api_job *job);
/* Reads the rest; the child has ended. */
void api_job_output_finish(struct api_job *job);

/* ---- api_job_routes.c */
void api_job_routes_post(struct api_request *r); /* jobs */
void api_job_routes_list(struct api_request *r);
void api_job_routes_get(struct api_request *r); /* jobs/ID… */
void api_job_routes_act(struct api_request *r); /* POST jobs/ID… */
void api_job_routes_cancel(struct api_request *r);
/* The job ID; NULL after a refusal. */
struct api_job *api_job_routes_find(struct api_request *r, struct str id);

/* ---- api_job_words.c: the command line */
void api_job_word(struct api_job *job, const char *word);
/* --NAME=VALUE, one word, so that a value that begins with a dash is not taken for an option. */
void api_job_option(struct api_job *job, const char *name, struct str value);

struct api_job_setting {
	const char *key; /* in the request */
	const char *option;
	bool is_switch;	  /* the values are true and false */
	const char *word; /* of a switch: another value; or NULL */
};
/* The options for the members of BODY's "options" that TABLE (ends with key NULL) has; false after
 * a refusal of a member that it does not have, or of its value. */
bool api_job_settings(struct api_request *r, const struct node *body, struct api_job *job,
		      const struct api_job_setting *table);
/* The path of the member KEY in the folder, in JOB's arena; NULL after a refusal. */
const char *api_job_path(struct api_request *r, const struct node *body, const char *key,
			 struct api_job *job);
/* Whether PATH, which the client calls NAME, exists; otherwise replies. */
bool api_job_file_exists(struct api_request *r, const char *path, struct str name);
/* PATH relative to the folder, for messages and results. */
const char *api_job_relative(const struct api_job *job, const char *path);
/* Creates the folder of the job; false after a refusal. */
bool api_job_make_temp(struct api_request *r, struct api_job *job);
/* {"variables": {NAME: VALUE}}: parameters of the scenario; false after a refusal. */
bool api_job_variables(struct api_request *r, const struct node *body, struct api_job *job);

/* ---- api_job_tests.c, api_job_imports.c: `prepare` of the kinds */
bool api_job_prepare_try(struct api_request *r, const struct node *body, struct api_job *job);
bool api_job_prepare_run(struct api_request *r, const struct node *body, struct api_job *job);
bool api_job_prepare_import(struct api_request *r, const struct node *body, struct api_job *job);
bool api_job_prepare_record(struct api_request *r, const struct node *body, struct api_job *job);

#endif
