/*
 * Extractors for a value that a person selects in a response: where it is, which extractors find
 * it, and what each of them finds in this response and in another one of the same request. All
 * texts are in the arena of the finder; one thread.
 */
#ifndef FINDER_PROPOSAL_H
#define FINDER_PROPOSAL_H

#include "base/json_writer.h"
#include "finder/finder.h"

#define PROPOSAL_VALUES_MAX 20u	  /* values of a list that are kept */
#define PROPOSAL_BYTES_MAX  1000u /* of each value */

/* The sources, best first. */
enum proposal_source {
	PROPOSAL_FORM_FIELD,
	PROPOSAL_COOKIE,
	PROPOSAL_HEADER,
	PROPOSAL_JSON_NAME, /* a path of names, also one that chooses an item of a list by a name */
	PROPOSAL_CSS_NAME,  /* by id, name or data attribute, or by the text of a link */
	PROPOSAL_JSON_PLACE,
	PROPOSAL_CSS_PLACE,
	PROPOSAL_REGEX,
	PROPOSAL_BOUNDARY,
	PROPOSAL_SOURCES,
};

/* Where the person has selected a value. */
struct proposal_place {
	enum proposal_kind {
		PROPOSAL_AT_JSON,	/* `name`: a JSONPath */
		PROPOSAL_AT_ELEMENT,	/* `name`: a CSS selector; `attribute` or empty */
		PROPOSAL_AT_HEADER,	/* `name` */
		PROPOSAL_AT_COOKIE,	/* `name` */
		PROPOSAL_AT_FORM_FIELD, /* `name` */
		PROPOSAL_AT_TEXT,	/* bytes [begin, end) of the body */
	} kind;
	struct str name, attribute;
	bool has_part; /* a header: only the bytes [begin, end) of its value */
	size_t begin, end;
};

struct proposal {
	enum proposal_source source;
	struct str label; /* "The form field csrf_token" */
	struct extractor_spec spec;
	size_t matches;	    /* in this response */
	struct str *values; /* that the variable can get */
	size_t value_count;
	bool has_again, holds; /* another response was tried; it has a value, too */
	struct str again;      /* that value */
};

struct proposals {
	struct str value; /* that was selected */
	VEC(struct proposal) items;
};

/* Finds extractors for the value at PLACE of the response that F has read. False with a sentence in
 * ERROR if there is no value. */
bool proposal_find(struct finder *f, const struct proposal_place *place, struct proposals *out,
		   struct buf *error);
/* Tries all of them on OTHER, and moves those that find nothing there to the end. */
void proposal_try_again(struct finder *f, const struct response *other, struct proposals *all);
/* Writes SPEC as the value of an entry of `extract:`. */
void proposal_put_extract(struct json_writer *j, const char *key,
			  const struct extractor_spec *spec);
const char *proposal_source_name(enum proposal_source source);
/* The matches of F's last attempt that a variable with this choice can get, at most
 * PROPOSAL_VALUES_MAX, as texts. Returns their number; *VALUES is in the arena of the finder. */
size_t proposal_values(struct finder *f, enum match_which match, unsigned nth, struct str **values);

#endif
