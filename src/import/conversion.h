/*
 * The transactions on their way to a scenario: the steps that are kept, the values inserted into
 * each request in place of recorded ones (bindings), the extractors of each response, and the
 * parameters and variables. In the job's arena; one thread.
 */
#ifndef IMPORT_CONVERSION_H
#define IMPORT_CONVERSION_H

#include "base/clock.h"
#include "base/url.h"
#include "doc/json.h"
#include "finder/extractor_spec.h"
#include "import/job.h"

/* The location of a value in a request. */
enum value_location {
	LOCATION_URL,	 /* bytes of the URL as sent */
	LOCATION_PART,	 /* field `index` of the form or multipart body */
	LOCATION_JSON,	 /* leaf `index` of the JSON body (an item on its tape): its decoded text */
	LOCATION_HEADER, /* header `index` */
	LOCATION_BODY,	 /* bytes of any other body */
};

/* The bytes [from, to) of a location are replaced by ${expression}; an empty range is an insertion.
 * Bindings of one text do not overlap. */
struct binding {
	enum value_location location;
	uint32_t index;
	size_t from, to;
	struct str expression;
	struct str before; /* a literal text before it, or empty */
	bool number;	   /* the result of the expression is a number (JSON types) */
};

/* A member of a JSON response that reports success: `success: true`. */
struct outcome_member {
	struct str path, value; /* the value as JSON writes it, a string without quotes */
	bool text;
};

/* The `expect:` of a step: what the recording shows about its success and `expect` does not have by
 * default. */
struct step_outcome {
	int status; /* 0: any below 400 */
	enum outcome_redirect {
		OUTCOME_REDIRECT_DEFAULT,
		OUTCOME_REDIRECT_YES,
		OUTCOME_REDIRECT_NO
	} redirect;
	struct str url;	 /* pattern of the path after redirects, or empty */
	bool form_again; /* set by import/forms: the form of a submission comes back */
	bool no_errors;	 /* the body reports no error */
	VEC(struct outcome_member) members;
};

/* A name and a value that a form sent. */
struct page_pair {
	struct str name, value;
	const struct tx_part *part; /* of a body, or NULL */
	/* Where the value is: bytes of the URL (encoded), or a part. */
	enum value_location location;
	uint32_t index;
	size_t from, to;
};

enum page_value_kind {
	PAGE_VALUE_TEXT,
	PAGE_VALUE_NOTHING, /* null: the control is not sent */
	PAGE_VALUE_YES,	    /* a box */
	PAGE_VALUE_NO,
	PAGE_VALUE_LIST,
	PAGE_VALUE_FILE,
};

struct page_item {
	const struct page_pair *pair; /* as recorded */
	struct str control;	      /* its value is that of this control; or ptr NULL */
};

/* A value of a form that differs from the page. */
struct page_value {
	struct str name;
	enum page_value_kind kind;
	struct page_item *items; /* of a text and a file one */
	size_t item_count;
	struct str parameter; /* of a file that the recording does not have: its name; or empty */
	bool typed;	      /* in a control that a person can type in */
	bool hidden;	      /* in a hidden control, which a script changed */
	bool deselected;      /* nothing is selected in a list of several options */
	bool password;
};

/* A step that submits a form of an earlier page, or follows a link on it (import/forms). */
struct page_use {
	bool follows;
	struct str page; /* name of the step whose page is used; empty: the last page */
	/* A submission. */
	struct page_pair *pairs;
	size_t pair_count;
	VEC(struct page_value) values;
	VEC(struct page_value) added; /* pairs that the page does not have */
	struct str button;	      /* to press; empty: the default one */
	struct str button_parameter;  /* that says which button; or empty */
	struct str form;	      /* selector, or empty */
	struct str enctype;	      /* Content-Type if it is not that of the form, or empty */
	bool no_button;
	struct str link, row; /* of a link: templates; `row` may be empty */
};

struct conversion_step {
	struct transaction *tx;
	struct transaction *response; /* the last hop, or tx itself */
	uint32_t group;		      /* of conversion->groups */
	ns_t think;		      /* think time after it; 0: none */
	VEC(struct binding) bindings;
	VEC(struct extractor_spec) extractor_specs;
	VEC(struct str) comments;
	struct json_tape *json; /* of the request's body, or NULL */
	struct step_outcome outcome;
	struct page_use *page_use;	       /* NULL: a request as recorded */
	struct str name;		       /* for `page:` of later steps, or empty */
	struct str basic_user, basic_password; /* of an Authorization that is Basic; templates */
	struct str body_parameter; /* with the file that is the lost body: its name; or empty */
	bool disabled;		   /* commented out: the request body is missing in the recording */
	bool joined; /* a received message: the step before it, which sends one, waits for it */
};

struct conversion_group {
	struct str name;
	size_t steps;
	bool marked; /* marked by a person: a group even if it has only one step */
};

/* A document that the visit opened, with its h1. */
struct conversion_document {
	const struct transaction *tx;
	struct str heading;
};

struct conversion_parameter {
	struct str name, value, description;
	bool secret;
};

struct conversion_variable {
	struct str name, expression, comment;
};

/* A line of the report under "variables", and of --explain. */
struct report_row {
	struct str name, what, used, sure, why;
};

/* A recorded value that a step sends, although a verification received another one in the response
 * that it came from. */
struct stale_value {
	const struct transaction *tx, *source;
	struct str name, value, now; /* of the field, recorded, received */
	unsigned performances;	     /* bits, as in struct verification_difference */
};

struct conversion {
	struct import_job *job;
	struct str target; /* scheme://host:port */
	struct str name;
	VEC(struct conversion_step) steps;
	VEC(struct conversion_group) groups;
	VEC(struct conversion_document) documents; /* of conversion_groups.c */
	VEC(struct conversion_parameter) parameters;
	VEC(struct conversion_variable) variables;
	VEC(struct str) hosts; /* allowed hosts besides the target's */
	VEC(struct report_row) variable_reports, generated;
	VEC(struct stale_value) stale;
	struct str file_stem;		       /* for files beside the scenario */
	const struct yaml_writer_node *shared; /* headers written under `defaults` */
	bool shared_auth;		       /* and the credentials of all steps */
	bool expects_no_redirect;	       /* by default: written under `defaults` */
	bool new_visitor;		       /* each iteration is a visitor without cookies */
	bool needs_rerun;   /* the value of a redirect is needed: convert again with its chain kept
			       apart */
	struct buf scratch; /* scratch of the current function; cleared before each use */
};

/* conversion_filter.c: hosts, assets, analytics and the rest; sets the target. False: no request is
 * left. */
bool conversion_filter(struct conversion *conversion);
/* conversion_copies.c: requests that are in the recording twice, or that no page used. */
void conversion_drop_copies(struct conversion *conversion);
/* conversion_redirects.c: merges redirects into the first request of their chain. */
void conversion_merge_redirects(struct conversion *conversion);
/* conversion_redirects.c: skips a 401 if the same request follows with the browser's log-in. */
void conversion_skip_challenges(struct conversion *conversion);
/* conversion_steps.c: the kept requests as steps, in groups, with their think times. */
void conversion_build_steps(struct conversion *conversion);
/* conversion_steps.c: the page of the recording that TX belongs to, or NULL. */
const struct tx_page *conversion_page(const struct tx_list *list, const struct transaction *tx);
/* conversion_steps.c: whether the browser showed the response as a document. */
bool conversion_opens_document(const struct transaction *tx);
/* conversion_groups.c: the name of a group that begins with TX, of PAGE (may be NULL). */
struct str conversion_group_name(struct conversion *conversion, const struct tx_page *page,
				 const struct transaction *tx);
/* conversion_listeners.c: streams that are open while other requests are sent become TX_SOCKET. */
void conversion_find_listeners(struct conversion *conversion);
/* conversion_engineio.c: connections of socket.io that begin with polls are WebSockets from the
 * start. */
void conversion_join_polls(struct conversion *conversion);
/* conversion_socket_report.c: adds a note about SOCKET. */
void conversion_report_socket(struct conversion *conversion, const struct tx_socket *socket);
/* conversion_sockets.c: the text of a message in the arena; empty if it is binary or not complete.
 */
struct str conversion_message_text(struct conversion *conversion, const struct transaction *tx);
/* conversion_sockets.c: the messages of kept WebSockets become a part of the list. */
void conversion_insert_messages(struct conversion *conversion);
/* conversion_sockets.c: and no part of it anymore, before the list is converted again. */
void conversion_remove_messages(struct import_job *job);
/* conversion_sockets.c: skips received messages that no step needs, after the correlation. True if
 * there were some: the steps must be built again. */
bool conversion_drop_messages(struct conversion *conversion);
/* conversion_sockets.c: joins waits with the messages that they follow from; the report. */
void conversion_finish_messages(struct conversion *conversion);
/* conversion_sockets.c: whether a step is a request of the scenario: one with a response. */
bool conversion_is_performed(const struct conversion_step *step);
/* conversion_outcomes.c: what the recording shows about the success of each step. */
void conversion_outcomes(struct conversion *conversion);
/* Whether SEGMENT of a URL's path can be an id: it has digits or is long, and is not a version such
 * as v2. */
bool conversion_is_id(struct str segment);
/* conversion_warnings.c: notes about what is missing in the recording; whether each iteration is a
 * new visitor. */
void conversion_warn(struct conversion *conversion);

/* conversion.c: the text at a location of a step, as recorded. A view. */
struct str conversion_text(struct conversion *conversion, const struct conversion_step *step,
			   enum value_location location, uint32_t index);
/* Whether the bytes [from, to) at a location of a step come from the page at run time, so that they
 * are not in the scenario. */
bool conversion_is_from_page(const struct conversion_step *step, enum value_location location,
			     uint32_t index, size_t from, size_t to);

/* True if TX has a response that is an event stream with events: it becomes a step with `events`.
 */
bool conversion_is_event_stream(const struct transaction *tx);

#endif
