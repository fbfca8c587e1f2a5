/*
 * Shared by the files of the Postman importer: the document under construction, the variables of
 * the collection and its environments, and what is not supported. In the job's arena; one thread.
 */
#ifndef IMPORT_POSTMAN_POSTMAN_H
#define IMPORT_POSTMAN_POSTMAN_H

#include "base/regex.h"
#include "base/source.h"
#include "doc/node.h"
#include "import/job.h"

/* Where a variable gets its value; a later scope hides an earlier one. */
enum postman_scope {
	POSTMAN_GLOBAL,
	POSTMAN_COLLECTION,
	POSTMAN_ENVIRONMENT,
	POSTMAN_DATA,	/* a column of a data file */
	POSTMAN_MISSING /* no file gives it a value */
};

struct postman_variable {
	struct str name;
	struct str value; /* as written; ptr NULL: none */
	struct str set;	  /* the first constant that a script sets; ptr NULL: none */
	enum postman_scope scope;
	bool secret;
	bool changes;		/* a script sets it: it is a variable of the scenario */
	bool used;		/* by a request that was converted */
	struct str expression;	/* "BASE_URL", "token", "row.user" */
	struct str description; /* of a parameter; or empty */
};

struct postman {
	struct import_job *job;
	const char *tool; /* for texts: "Postman" */
	VEC(const struct node *) collections;
	const struct node *common_headers; /* rows that each request has, or NULL */
	struct arena *arena;
	struct yaml_writer_node *root;
	VEC(struct postman_variable) variables;
	VEC(struct str) hosts;	    /* of requests that do not go to the target */
	struct str target;	    /* scheme, host, port and path prefix; empty: unknown */
	struct str target_variable; /* the name of the variable that contains it; or empty */
	struct yaml_writer_node *data;
	size_t requests, unsupported;
	struct regex_scratch *scratch;
};

/* An authentication that applies to a request: of itself, its folders or the collection. */
struct postman_auth {
	const struct node *node; /* NULL: none */
};

/* The statements of a script that were recognized, for one request. */
struct postman_script_result {
	struct yaml_writer_node *before;  /* list of steps before the request */
	struct yaml_writer_node *extract; /* maps, empty if nothing was found */
	struct yaml_writer_node *expect;
	struct yaml_writer_node *after; /* list of steps after it */
	struct str while_condition; /* the request is repeated as long as this is true; or empty */
};

/* A constant of JavaScript in quotes: its text is one of three groups. */
#define POSTMAN_QUOTED "(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'((?:[^'\\\\]|\\\\.)*)'|`([^`$]*)`)"

/* ---- postman.c */

/* Imports the files of the job: READ reads one and calls postman_add_file. TOOL and KIND are names
 * for texts: "Postman", "postman". */
bool postman_import_files(struct import_job *job, const char *tool, const char *kind,
			  bool (*read)(struct postman *p, const char *path));
/* Adds a collection (of version 2.1), an environment or globals. */
void postman_add_file(struct postman *p, const struct node *top);

/* Reports WHAT at NODE with its line, in the report and at the top of the scenario. */
void postman_unsupported(struct postman *p, const struct node *node, struct str what,
			 const char *why);
/* The text at KEY of MAP if it is a text; ptr NULL otherwise, also for null. */
struct str postman_text_at(const struct node *map, const char *key);
/* A name where templates are not allowed: at most 100 bytes, {{name}} as {name}. */
struct str postman_plain(struct postman *p, struct str name);
/* Whether KEY of MAP is true: an entry that is switched off. */
bool postman_is_disabled(const struct node *map);

/* ---- postman_variables.c */

/* Adds the variables of LIST ({key, value, type, enabled, disabled} …). */
void postman_add_variables(struct postman *p, const struct node *list, enum postman_scope scope);
/* Adds one; its pointer is valid until the next one is added. */
struct postman_variable *postman_add_variable(struct postman *p, struct str name, struct str value,
					      enum postman_scope scope);
/* Adds one without a value that a script sets, to CONSTANT unless it has no pointer. */
void postman_note_set(struct postman *p, struct str name, struct str constant);
/* Gives each variable its expression; after all were added. */
void postman_name_variables(struct postman *p);
/* The latest definition; NULL if there is none. */
struct postman_variable *postman_find_variable(const struct postman *p, struct str name);
/* TEXT whose names that contain a variable ({{host.{{number}}}}) have its first value instead. */
struct str postman_without_nested(struct postman *p, struct str text);
/* TEXT with {{name}} as ${…}; marks the variables as used. */
struct str postman_convert(struct postman *p, const struct node *at, struct str text);
/* TEXT with all variables replaced by their first values, for finding out what a URL is. */
struct str postman_resolve(struct postman *p, struct str text);
/* A value that must not be in the scenario, such as a password: a parameter is made for it, and the
 * result refers to it. A text that consists of a variable stays that variable. */
struct str postman_secret(struct postman *p, const struct node *at, struct str name,
			  struct str value);
/* A parameter for the file PATH of another machine, named after KEY; the text that refers to it. */
struct str postman_file(struct postman *p, struct str key, struct str path);
/* `parameters:` and `variables:`. */
void postman_put_variables(struct postman *p);

/* ---- postman_data.c */

/* Reads a data file (CSV or a JSON list); its columns become variables. */
bool postman_add_data(struct postman *p, const char *path, struct str text);

/* ---- postman_url.c */

/* Finds the most frequent server of the requests below ITEMS. */
void postman_find_target(struct postman *p, const struct node *items);
/* The URL of a request (a text or a mapping): relative to the target, or complete. */
struct str postman_url(struct postman *p, const struct node *url);
/* Whether it can be sent, with the first values of its variables. */
bool postman_url_is_valid(struct postman *p, const struct node *url);
/* The same as postman_url for an address as one text, at AT. */
struct str postman_address(struct postman *p, const struct node *at, struct str text);

/* ---- postman_request.c, postman_body.c, postman_auth.c */

/* One request with the results of its scripts; NULL if it has no URL, which is reported. */
struct yaml_writer_node *postman_request(struct postman *p, const struct node *item,
					 struct postman_auth auth,
					 struct postman_script_result *script);
/* Adds the body to STEP. */
void postman_body(struct postman *p, const struct node *body, struct yaml_writer_node *step);
/* Adds `auth`, a header or a query field to STEP; QUERY receives fields for the URL. */
void postman_put_auth(struct postman *p, struct postman_auth auth, struct yaml_writer_node *step);
/* The user and password of URL, unless STEP has another authentication. */
void postman_put_url_login(struct postman *p, const struct node *url,
			   struct yaml_writer_node *step);
/* The authentication of NODE (an item or the collection) below OUTER. */
struct postman_auth postman_auth_of(const struct node *node, struct postman_auth outer);
/* The headers of STEP, created if it has none. */
struct yaml_writer_node *postman_headers(struct postman *p, struct yaml_writer_node *step);

/* ---- postman_script.c, postman_statement.c */

/* Notes the variables that scripts below ITEM set, before anything is converted. */
void postman_scan_scripts(struct postman *p, const struct node *item);
/* Converts the scripts of ITEM (`event`). */
void postman_scripts(struct postman *p, const struct node *item,
		     struct postman_script_result *result);

/* The local variables of a script: each is a path in the JSON of the response, or another value. */
enum postman_value_kind {
	POSTMAN_VALUE_UNKNOWN,
	POSTMAN_VALUE_JSON,   /* a JSONPath */
	POSTMAN_VALUE_HEADER, /* the name of a response header */
	POSTMAN_VALUE_COOKIE,
	POSTMAN_VALUE_BODY,
	POSTMAN_VALUE_STATUS,
	POSTMAN_VALUE_TIME,
	POSTMAN_VALUE_TEXT, /* a constant, with {{variables}} */
};

struct postman_value {
	enum postman_value_kind kind;
	struct str text;
};

struct postman_local {
	struct str name;
	struct postman_value value;
};

struct postman_script {
	struct postman *p;
	const struct node *node; /* for messages: the script's lines */
	struct str text;
	bool is_test;	  /* it runs after the request */
	bool conditional; /* the statements are in a block of `if` */
	VEC(struct postman_local) locals;
	struct postman_script_result *result;
};

/* Reads the statements of S->text. */
void postman_read_script(struct postman_script *s);
/* Converts pm.sendRequest; false if it is something else, or not supported. */
bool postman_send(struct postman_script *s, struct str statement);
/* The value of the JavaScript expression EXPRESSION. */
struct postman_value postman_value_of(struct postman_script *s, struct str expression);
/* The text of a constant in quotes without its escapes; ptr NULL if it is not one. */
struct str postman_constant(struct postman *p, struct str expression);
/* A constant as a value of the scenario; NULL if it is not one. */
struct yaml_writer_node *postman_scalar(struct postman_script *s, struct str expression);
/* Convert pm.expect(…), and pm.response.to.… or tests[…] = …; false if it is something else. */
bool postman_expectation(struct postman_script *s, struct str statement);
bool postman_response_check(struct postman_script *s, struct str statement);
/* Converts one statement; false if it is not supported. */
bool postman_statement(struct postman_script *s, struct str statement);
/* The groups of PATTERN (PCRE2) in TEXT, which it must match completely; false: it does not. */
bool postman_match(struct postman *p, const char *pattern, struct str text, struct str *groups,
		   unsigned count);

#endif
