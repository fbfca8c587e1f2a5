/*
 * Correlation: which values of the requests the server issued before. Demands (what requests send)
 * are gathered first, so that the answers are gone through once, value by value, against a table of
 * what is wanted; each match is a hit. Then each wanted value is judged (origin, score), its
 * supplier chosen, an extractor written and tried on the recorded answer, and the request bound to
 * it.
 *
 * Orders are places in the job's list, in time order. Everything lives in the job's arena for the
 * length of one correlate_values; one thread.
 */
#ifndef IMPORT_CORRELATE_CORRELATION_H
#define IMPORT_CORRELATE_CORRELATION_H

#include "doc/jsonpath.h"
#include "import/conversion.h"

/* A value at a place of a request. */
struct demand {
	uint32_t step;
	enum tx_place location;
	uint32_t index;
	size_t from, to;  /* in the place's text */
	struct str value; /* decoded */
	struct str name;  /* "csrf_token", "orders" for a path, or empty */
	bool in_header, in_path, is_number, is_part; /* is_part: a piece of a longer text */
	bool bound;
};

enum supply {
	VALUE_SOURCE_JSON,   /* path: of the leaf */
	VALUE_SOURCE_INPUT,  /* name: of the form input */
	VALUE_SOURCE_HEADER, /* name */
	VALUE_SOURCE_COOKIE, /* name */
	VALUE_SOURCE_LOCATION,
	VALUE_SOURCE_META,
	VALUE_SOURCE_LINK,
	VALUE_SOURCE_DATA,
	VALUE_SOURCE_SCRIPT,
	VALUE_SOURCE_TEXT,
};

/* A wanted value found in an answer. */
struct hit {
	uint32_t order; /* of the transaction whose answer it is */
	enum supply found_in;
	bool hidden, is_number;
	struct str name;    /* of what holds it, or empty */
	struct str path;    /* JSON: the normalized path */
	struct str value;   /* as it stands in the answer, before the transform */
	size_t at;	    /* offset in the body's bytes; SIZE_MAX: not known */
	const char *filter; /* "", or what makes the demand of it: "url_decode" */
};

struct want {
	struct str value;
	VEC(uint32_t) request_values;	 /* in time order */
	VEC(struct hit) occurrences;	 /* in time order */
	uint32_t responses;		 /* how many different answers hold it */
	uint32_t first_sent, first_seen; /* orders; UINT32_MAX: never */
	int shape;
	bool is_whole;		/* somewhere it is sent as a value of its own */
	bool differs, constant; /* between two recordings of the same visit */
	/* Of an alias: the value that FILTER makes of this one. */
	struct want *target;
	const char *filter;
};

struct wants;
struct extractor_rig;

struct correlation {
	struct conversion *conversion;
	VEC(struct demand) request_values;
	struct wants *value_index, *aliases;
	struct json_tape tape; /* of the answer at hand */
	struct extractor_rig *rig;
	struct tx_list *list;
	uint32_t *step_order;  /* order of each step's transaction */
	uint32_t *owner;       /* of each order: the step it belongs to, or UINT32_MAX */
	struct buf body, text; /* of the answer at hand; decoded values */
};

/* compare_recordings.c: what differs between two recordings of the same visit. */
void correlation_compare_recordings(struct correlation *c);
/* correlation_report.c: a line of the account for a variable that step STEP's TAKING takes from
 * HIT. */
void correlation_report(struct correlation *c, struct str name, uint32_t step,
			uint32_t extractor_spec, const struct hit *occurrence, size_t uses,
			int score, struct str why);
/* correlation_report.c: a suggestion below the bar. */
void correlation_suggest(struct correlation *c, const struct hit *occurrence,
			 const struct demand *d);
/* generated_values.c: what the client makes itself, for demands that nothing supplies. */
void correlation_generate(struct correlation *c);
/* variable_names.c: "csrf_token" for a value; free at the steps [from, to]. */
struct str correlation_variable_name(struct correlation *c, const struct want *tracked_value,
				     const struct hit *occurrence);

#endif
