/*
 * Correlation: which values of the requests the server issued before. Demands (what requests send)
 * are gathered first, so that the answers are gone through once, value by value, against a table of
 * what is wanted; each match is a hit. Then each wanted value is judged (origin, score), its
 * supplier chosen, an extractor written and tried on the recorded answer, and the request bound to
 * it.
 *
 * Orders are places in the job's list, in time order. Everything lives in the job's arena for the
 * length of one flow_correlate; one thread.
 */
#ifndef IMPORT_CORRELATE_H
#define IMPORT_CORRELATE_H

#include "doc/jsonpath.h"
#include "import/flow.h"

/* A value at a place of a request. */
struct demand {
	uint32_t step;
	enum tx_place place;
	uint32_t index;
	size_t from, to;  /* in the place's text */
	struct str value; /* decoded */
	struct str name;  /* "csrf_token", "orders" for a path, or empty */
	bool in_header, in_path, is_number, is_part; /* is_part: a piece of a longer text */
	bool bound;
};

enum supply {
	SUPPLY_JSON,   /* path: of the leaf */
	SUPPLY_INPUT,  /* name: of the form input */
	SUPPLY_HEADER, /* name */
	SUPPLY_COOKIE, /* name */
	SUPPLY_LOCATION,
	SUPPLY_META,
	SUPPLY_LINK,
	SUPPLY_DATA,
	SUPPLY_SCRIPT,
	SUPPLY_TEXT,
};

/* A wanted value found in an answer. */
struct hit {
	uint32_t order; /* of the transaction whose answer it is */
	enum supply where;
	bool hidden, is_number;
	struct str name;    /* of what holds it, or empty */
	struct str path;    /* JSON: the normalized path */
	struct str value;   /* as it stands in the answer, before the transform */
	size_t at;	    /* offset in the body's bytes; SIZE_MAX: not known */
	const char *filter; /* "", or what makes the demand of it: "url_decode" */
};

struct want {
	struct str value;
	VEC(uint32_t) demands;		 /* in time order */
	VEC(struct hit) hits;		 /* in time order */
	uint32_t answers;		 /* how many different answers hold it */
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
	struct flow *flow;
	VEC(struct demand) demands;
	struct wants *wants, *aliases;
	struct json_tape tape; /* of the answer at hand */
	struct extractor_rig *rig;
	struct tx_list *list;
	uint32_t *step_order;  /* order of each step's transaction */
	uint32_t *owner;       /* of each order: the step it belongs to, or UINT32_MAX */
	struct buf body, text; /* of the answer at hand; decoded values */
};

/* demand.c: fills `demands`. */
void correlation_demands(struct correlation *c);
/* supply.c: the answers gone through. */
void correlation_supplies(struct correlation *c);
/* supply_html.c: a page's values, offered one by one. */
void supply_html(struct correlation *c, uint32_t order, struct str page, bool is_xml);

/* wants.c: the table of wanted values. */
struct wants *wants_new(struct arena *a);
/* The want of VALUE, made when there is none yet. */
struct want *wants_add(struct wants *wants, struct arena *a, struct str value);
struct want *wants_find(const struct wants *wants, struct str value);
size_t wants_count(const struct wants *wants);
struct want *wants_at(const struct wants *wants, size_t i);

/* supply.c: VALUE of an answer, under HIT's facts; noted where it is wanted. */
void supply_offer(struct correlation *c, struct hit hit);
/* The same for its parts between delimiters. */
void supply_offer_parts(struct correlation *c, struct hit hit);

/* The parts of a URL in an answer. */
void supply_offer_link(struct correlation *c, struct hit hit, struct str url);

/* score.c */
int score_shape(struct str value);
bool is_uuid(struct str value);
/* "id", "csrf_token", "sessionKey": a name that an issued value has. */
bool is_id_name(struct str name);
/* Equal but for case and the marks between words. */
bool same_name(struct str a, struct str b);
struct str singular(struct arena *a, struct str noun);
/* How sure it is that HIT supplies DEMAND. WHY gets the reasons. */
int score_pair(const struct correlation *c, const struct want *want, const struct hit *hit,
	       const struct demand *demand, struct buf *why);
/* HIT is the answer to a request that created something, and WANT is nowhere before it. */
bool score_is_made(const struct correlation *c, const struct want *want, const struct hit *hit);
/* The last segment of a URL's path that is a word. */
struct str last_noun(struct str url);

/* extractor.c: fills TAKING with one that finds exactly the hit's value in the recorded answer of
 * STEP. */
bool extractor_write(struct correlation *c, const struct flow_step *step, const struct hit *hit,
		     struct taking *taking);
/* Whether TAKING finds something else than VALUE in the answer that STEP got when it was replayed.
 */
bool extractor_differs(struct correlation *c, uint32_t step, const struct taking *taking,
		       struct str value);
struct extractor_rig *extractor_rig_new(void);
void extractor_rig_free(struct extractor_rig *rig);

/* compare.c: what differs between two recordings of the same visit. */
void correlation_compare(struct correlation *c);
/* told.c: a line of the account for a variable that step STEP's TAKING takes from HIT. */
void correlation_tell(struct correlation *c, struct str name, uint32_t step, uint32_t taking,
		      const struct hit *hit, size_t uses, int score, struct str why);
/* told.c: a suggestion below the bar. */
void correlation_suggest(struct correlation *c, const struct hit *hit, const struct demand *d);
/* generate.c: what the client makes itself, for demands that nothing supplies. */
void correlation_generate(struct correlation *c);
/* names.c: "csrf_token" for a value; free at the steps [from, to]. */
struct str variable_name(struct correlation *c, const struct want *want, const struct hit *hit);

#endif
