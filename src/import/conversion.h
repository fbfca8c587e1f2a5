/*
 * What becomes of the transactions on the way to a scenario: the steps that are kept, what is put
 * into each request in place of what was recorded (bindings), what is taken out of each answer
 * (takings), and the parameters and variables that go around them. In the job's arena; one thread.
 */
#ifndef IMPORT_CONVERSION_H
#define IMPORT_CONVERSION_H

#include "base/clock.h"
#include "base/url.h"
#include "doc/json.h"
#include "import/job.h"

/* Where in a request a value stands. */
enum tx_place {
	LOCATION_URL,	 /* bytes of the URL as sent */
	LOCATION_PART,	 /* field `index` of the form or multipart body */
	LOCATION_JSON,	 /* leaf `index` of the JSON body (an item on its tape), its decoded text */
	LOCATION_HEADER, /* header `index` */
	LOCATION_BODY,	 /* bytes of a body that is neither */
};

/* The bytes [from, to) of a place are ${expression}. Bindings of one text do not overlap. */
struct binding {
	enum tx_place location;
	uint32_t index;
	size_t from, to;
	struct str expression;
	bool number; /* the expression yields a number of its own accord (JSON types) */
};

/* An entry of `extract:`. */
struct taking {
	struct str variable;
	struct str kind;	/* "jsonpath" */
	struct str value;	/* behind the kind's key */
	struct str left, right; /* of a boundary */
	struct str from;	/* "url", "headers" or empty */
	struct str attribute;	/* of css, or empty */
	unsigned nth;		/* which match; 1: the first, not written */
	struct str comment;
};

struct flow_step {
	struct transaction *tx;
	struct transaction *response; /* the last hop, or tx itself */
	uint32_t group;		      /* of conversion->groups */
	ns_t think;		      /* after it; 0: none */
	VEC(struct binding) bindings;
	VEC(struct taking) extractor_specs;
	VEC(struct str) comments;
	struct json_tape *json;		       /* of the request's body, or NULL */
	struct str basic_user, basic_password; /* of an Authorization that is Basic; templates */
	bool disabled; /* commented out: what was sent is not in the recording */
};

struct flow_group {
	struct str name;
	size_t steps;
	bool marked; /* by a person: a group even of one step */
};

struct flow_parameter {
	struct str name, value, description;
	bool secret;
};

struct flow_variable {
	struct str name, expression, comment;
};

/* A line of the account under "variables", and of --explain. */
struct flow_told {
	struct str name, what, used, sure, why;
};

struct conversion {
	struct import_job *job;
	struct str target; /* scheme://host:port */
	struct str name;
	VEC(struct flow_step) steps;
	VEC(struct flow_group) groups;
	VEC(struct flow_parameter) parameters;
	VEC(struct flow_variable) variables;
	VEC(struct str) hosts; /* allowed besides the target's */
	VEC(struct str) suggestions;
	VEC(struct flow_told) variable_reports, generated;
	struct str file_stem;		       /* of files beside the scenario */
	const struct yaml_writer_node *shared; /* the headers of `defaults` */
	bool needs_rerun; /* a hop\'s value is needed: to be made once more with its chain apart */
	struct buf scratch; /* of whoever works on it; cleared before each use */
};

/* filter.c: hosts, assets, analytics and the rest; sets the target. False: nothing is left. */
bool conversion_filter(struct conversion *conversion);
/* redirects.c: hops into their heads. */
void conversion_merge_redirects(struct conversion *conversion);
/* steps.c: what is kept as steps, in groups, with their think times. */
void conversion_build_steps(struct conversion *conversion);
/* warnings.c: what the recording lacks, as notes. */
void conversion_warn(struct conversion *conversion);

/* conversion.c: the text of a place of a step as it stands in the recording. A view. */
struct str conversion_text(struct conversion *conversion, const struct flow_step *step,
			   enum tx_place location, uint32_t index);

#endif
