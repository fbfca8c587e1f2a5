/* The sections of a Hurl entry. One thread. */
#ifndef IMPORT_HURL_HURL_PRIVATE_H
#define IMPORT_HURL_HURL_PRIVATE_H

#include "import/hurl/request_text.h"

/* A query of a capture or an assert, such as `jsonpath "$.id"`, and what follows it. */
struct hurl_query {
	struct str kind;     /* "jsonpath", "header", "status" … */
	struct str argument; /* unquoted; ptr NULL: none */
	struct str rest;     /* filters, or the predicate */
};

/* The line of [Captures] NAME: QUERY. */
void hurl_capture(struct request_text *r, struct yaml_writer_node *step, struct str line);
/* The line of [Asserts]. */
void hurl_assert(struct request_text *r, struct yaml_writer_node *step, struct str line);
/* The JSON body of the response section; false if it is not JSON. */
bool hurl_expect_json(struct request_text *r, struct yaml_writer_node *step, struct str body);
/* A header of the response section: it must have this value. */
void hurl_expect_header(struct request_text *r, struct yaml_writer_node *step, struct str name,
			struct str value);

#endif
