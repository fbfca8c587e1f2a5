/*
 * Shared by the importers of files that have requests as text: Hurl, and the .http files of
 * editors. Lines are read one after another; the document is built in the job's arena. One thread.
 */
#ifndef IMPORT_HURL_REQUEST_TEXT_H
#define IMPORT_HURL_REQUEST_TEXT_H

#include "import/job.h"

struct request_text_name {
	struct str name, expression;
	struct str value; /* of a parameter or a variable; ptr NULL: none */
	bool captured;	  /* a response gives it its value */
	bool secret, used;
};

struct request_text {
	struct import_job *job;
	struct arena *arena;
	struct yaml_writer_node *root, *steps;
	VEC(struct request_text_name) names;
	VEC(struct str) hosts;
	struct str target; /* scheme, host and port; empty: unknown */
	struct str text;   /* of the file */
	size_t next;	   /* the byte after the current line */
	unsigned number;   /* of the current line, from 1 */
	struct str line;   /* without its line end */
	size_t requests, unsupported;
};

void request_text_init(struct request_text *r, struct import_job *job, const char *kind);
/* Starts to read a file. */
void request_text_open(struct request_text *r, struct str text);
/* Goes to the next line; false at the end of the file. */
bool request_text_next(struct request_text *r);
/* The next line without going to it; empty at the end. */
struct str request_text_peek(const struct request_text *r);
/* Reports the current line. */
void request_text_unsupported(struct request_text *r, const char *why);

/* Defines NAME; CAPTURED: by a response. An existing name gets the value if it has none. */
void request_text_define(struct request_text *r, struct str name, struct str value, bool captured);
/* Whether LINE is "METHOD URL …"; sets both. */
bool request_text_is_request(struct str line, struct str *method, struct str *url);
/* Counts the server of URL, for request_text_choose_target. */
void request_text_see_url(struct request_text *r, struct str url);
/* TEXT with {{name}} as ${…}. */
struct str request_text_convert(struct request_text *r, struct str text);
/* A value that must not be in the scenario: a parameter is made for it unless it is a variable. */
struct str request_text_secret(struct request_text *r, struct str name, struct str value);
/* A step with the action METHOD and URL, added to the steps. */
struct yaml_writer_node *request_text_step(struct request_text *r, struct str method,
					   struct str url);
/* The map KEY of STEP, created if it is missing. */
struct yaml_writer_node *request_text_map(struct request_text *r, struct yaml_writer_node *step,
					  const char *key);
/* Adds a header to STEP; names that mean secrets become parameters. */
void request_text_header(struct request_text *r, struct yaml_writer_node *step, struct str name,
			 struct str value);
/* Adds a body as text, or as `json` if it is JSON whose templates are within texts. */
void request_text_body(struct request_text *r, struct yaml_writer_node *step, struct str body);
/* Adds a JSON body that is a text, number, Boolean or null. */
void request_text_json_scalar(struct request_text *r, struct yaml_writer_node *step,
			      struct str text);
/* TEXT as the tree of a JSON value; NULL if it is not an object or a list. */
struct yaml_writer_node *request_text_json(struct request_text *r, struct str text);
/* The document, with DEFAULTS unless it is NULL; false, after reporting it, if no request was read.
 */
bool request_text_finish(struct request_text *r, const char *kind,
			 struct yaml_writer_node *defaults);

#endif
