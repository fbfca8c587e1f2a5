/* Shared by the files of the curl importer: the request that the words of a command line
 * describe. */
#ifndef IMPORT_CURL_CURL_PRIVATE_H
#define IMPORT_CURL_CURL_PRIVATE_H

#include "base/buf.h"
#include "import/job.h"
#include "import/curl/shell_words.h"

struct curl_request {
	struct import_job *job;
	struct arena *arena;
	const struct shell_command *command;

	VEC(struct str) urls;
	struct str method;
	struct tx_headers headers;
	struct yaml_writer_node *more, *tls, *multipart; /* additional keys of the step */
	struct buf data, query;
	struct str data_file; /* the only file of the body; ptr NULL: none */
	bool has_data, get, head, location, json;
	const char *auth; /* the kind of authentication; NULL: basic */
	struct str user, aws;
	struct str refused; /* why it is not converted */
};

/* A line of the report: WHAT, and the text it is about. */
void curl_note(struct curl_request *r, const char *what, struct str value);
/* Sets KEY of MAP to TEXT, unless it is already set. */
void curl_put(struct curl_request *r, struct yaml_writer_node *map, const char *key,
	      struct str text);
/* The map at KEY of MAP, created if needed; on one line. */
struct yaml_writer_node *curl_inline_map(struct curl_request *r, struct yaml_writer_node *map,
					 const char *key);

/* ${NAME}, a parameter that holds a secret. */
struct str curl_secret(struct curl_request *r, const char *name, const char *description);

/* One function per option, with its value as curl(1) takes it. */
void curl_add_header(struct curl_request *r, struct str line);
void curl_add_cookies(struct curl_request *r, struct str text);
void curl_add_data(struct curl_request *r, struct str text, bool may_be_file);
void curl_add_data_file(struct curl_request *r, struct str name);
void curl_add_data_encoded(struct curl_request *r, struct str text);
void curl_add_query(struct curl_request *r, struct str text);
void curl_add_form(struct curl_request *r, struct str text, bool plain);

/* Reads WORDS, those after curl up to --next, into R. */
void curl_read_options(struct curl_request *r, const struct str *words, size_t count);

#endif
