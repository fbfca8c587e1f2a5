/*
 * Correlation: which values of the requests the server issued before. The values that requests
 * send (request values) are collected first, so that the responses are searched once, value by
 * value, in the index of tracked values; each match is an occurrence. Then each tracked value is
 * scored (origin, shape, names), its source is selected, an extractor is written and tried on the
 * recorded response, and the request is bound to it. Orders are positions in the job's list, in
 * time order. Everything lives in the job's arena for the duration of one correlate_values; one
 * thread.
 */
#ifndef IMPORT_CORRELATE_CORRELATION_H
#define IMPORT_CORRELATE_CORRELATION_H

#include "doc/jsonpath.h"
#include "import/conversion.h"

/* A value at a location of a request. */
struct request_value {
	uint32_t step;
	enum value_location location;
	uint32_t index;
	size_t from, to;  /* offset in the text of the location */
	struct str value; /* decoded */
	struct str name;  /* "csrf_token", "orders" for a path, or empty */
	bool in_header, in_path, is_number, is_part; /* is_part: a part of a longer text */
	bool bound;
	uint32_t whole; /* is_part: the index of the text that it is in, or UINT32_MAX */
};

/* The part of a response that has the value, in order of robustness. Those up to VALUE_SOURCE_META
 * have a name or a path. */
enum value_source {
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

/* A tracked value found in a response. */
struct occurrence {
	uint32_t order; /* order of the transaction with the response */
	enum value_source found_in;
	bool hidden, is_number;
	bool unusable;	  /* no extractor finds it */
	bool is_argument; /* of the function `name`, which a script calls */
	struct str name;  /* name of the element that holds it, or empty */
	struct str path;  /* JSON: the normalized path */
	struct str value; /* as written in the response, before the transform */
	size_t at;	  /* offset in the body's bytes; SIZE_MAX: not known */
	const char
	    *filter; /* "", or the filter that turns it into the request's value: "url_decode" */
};

/* A value that requests send, with all places where responses have it. */
struct tracked_value {
	struct str value;
	VEC(uint32_t) request_values;	    /* in time order */
	VEC(struct occurrence) occurrences; /* in time order */
	uint32_t responses;		    /* number of different responses that contain it */
	uint32_t first_sent, first_seen;    /* orders; UINT32_MAX: never */
	int shape;
	struct extractor_spec **written; /* of each occurrence; use_source.h */
	bool is_whole;			 /* a request sends it as a complete value */
	bool differs, constant;		 /* differs between two recordings of the same visit */
	/* For an alias: the value that FILTER turns into this one. */
	struct tracked_value *target;
	const char *filter;
};

struct value_index;
struct value_use;
struct extractor_rig;

struct correlation {
	struct conversion *conversion;
	VEC(struct request_value) request_values;
	struct value_use *uses; /* of each request value */
	struct value_index *value_index, *aliases;
	struct json_tape tape; /* for the current response */
	struct extractor_rig *rig;
	struct tx_list *list;
	uint32_t *step_order;  /* order of each step's transaction */
	uint32_t *owner;       /* for each order: the step it belongs to, or UINT32_MAX */
	struct buf body, text; /* for the current response; decoded values */
	bool wrong_clock;      /* the times of the recording are not in the order of causes */
};

/* compare_recordings.c: what differs between two recordings of the same visit. */
void correlation_compare_recordings(struct correlation *c);
/* correlation_report.c: a line of the report for a variable that step STEP extracts from an
 * occurrence. */
void correlation_report(struct correlation *c, struct str name, uint32_t step,
			uint32_t extractor_spec, const struct occurrence *occurrence, size_t uses,
			int score, struct str why);
/* generated_values.c: values the client generates itself, for request values without a source. */
void correlation_generate(struct correlation *c);
/* own_origin.c: the recorded origin inside values follows the target. */
void correlation_bind_origin(struct correlation *c);
/* stream_values.c: reports values that came over a WebSocket or an event stream. */
void correlation_note_streams(struct correlation *c);
/* issued_values.c: reports values of requests without responses that a server seems to have issued. */
void correlation_note_issued(struct correlation *c);
/* variable_names.c: a name such as "csrf_token" for the value of USE. */
struct str correlation_variable_name(struct correlation *c, const struct request_value *use,
				     const struct occurrence *occurrence);

#endif
