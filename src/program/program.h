/*
 * The compiled scenario: a list of fixed-size instructions and the constant pools they index. Plain
 * data in one arena, const after creation, shared by all threads; no library types. What does not
 * differ between users is computed here once: literal URLs with the target, header lines, bodies,
 * weights, the number of slots.
 */
#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/mapped_file.h"
#include "base/secret_set.h"
#include "base/source.h"
#include "html/html_page.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "program/eval.h"
#include "scenario/model.h"
#include "scenario/status_range.h"

struct jsonpath; /* doc/jsonpath.h */

#define OP(name, a, b, c, properties, prose) OP_##name,
enum op {
#include "program/ops.def"
	OP_COUNT
};
#undef OP

enum op_property { OP_PARKS = 1 << 0, OP_ENDS = 1 << 1, OP_READS_RESPONSE = 1 << 2 };

enum operand {
	OPERAND_NONE,
	OPERAND_PC,
	OPERAND_SLOT,
	OPERAND_EXPR,
	OPERAND_TEMPLATE,
	OPERAND_REQUEST,
	OPERAND_EXTRACT,
	OPERAND_EXPECT,
	OPERAND_THINK,
	OPERAND_COUNTER,
	OPERAND_CHOICE,
	OPERAND_FORK,
	OPERAND_GROUP,
	OPERAND_RENDEZVOUS,
	OPERAND_MESSAGE,
	OPERAND_NUMBER
};

struct instr {
	uint16_t op;
	uint16_t flags;
	uint32_t a, b, c;
	struct span span;
};

struct header_plan {
	struct str name;
	const struct tmpl *value;
	struct str
	    line; /* "Name: value", NUL-terminated, if the value is constant; otherwise ptr NULL */
	bool target_only; /* not sent to another origin; `line` is then ptr NULL */
};

/* The failures after which a request is retried. */
enum retry_when {
	RETRY_TIMEOUT = 1 << 0,
	RETRY_CONNECT = 1 << 1, /* no connection, or one that was reset */
	RETRY_5XX = 1 << 2,
	RETRY_EXPECT = 1 << 3,
	RETRY_EXTRACT = 1 << 4,
};

struct retry_plan {
	uint32_t times;			     /* maximum number of retries; 0: none */
	unsigned when;			     /* of enum retry_when */
	const struct status_range *statuses; /* also */
	size_t status_count;
	ns_t delay;	  /* before the first retry */
	double factor;	  /* of each delay to the one before it; 0: 1 */
	ns_t max_delay;	  /* 0: one hour */
	double jitter;	  /* share of a delay that is added or removed at random */
	bool retry_after; /* a Retry-After header replaces the delay */
};

enum auth_kind {
	AUTH_NONE, /* or a plain header */
	AUTH_DIGEST,
	AUTH_AWS,
	AUTH_NTLM,
	AUTH_NEGOTIATE,
};

struct auth_plan {
	enum auth_kind kind;
	const struct tmpl *header;	    /* of Authorization; NULL: none */
	const struct tmpl *user, *password; /* of the other kinds than AUTH_NONE */
	const struct tmpl *cache;	    /* of AUTH_NEGOTIATE: a credential cache */
	struct str scope;		    /* of AUTH_AWS: "aws:amz:REGION:SERVICE" */
	const struct tmpl *token;	    /* of AUTH_AWS: X-Amz-Security-Token; NULL: none */
	bool target_only;		    /* of `defaults`: other hosts do not get it */
};

/* `tls:` of a request, with the defaults. */
struct tls_plan {
	bool verify;
	int min_version; /* 0: 1.2, 1: 1.3 */
	struct str ca;
	const struct tmpl *cert, *key, *passphrase; /* of a client certificate; NULL: none */
	struct str folder; /* "" or "FOLDER/": where relative names of its files begin */
	bool varies;	   /* it is set per send; otherwise these are used: */
	const char *cert_file, *key_file, *key_passphrase; /* NULL: none */
};

/* TEXTS has the folder of PLAN and then a file name, at AT: removes the folder before an absolute
 * name and before an empty one, which is not a file. */
void program_tls_file_resolve(const struct tls_plan *plan, struct buf *texts, size_t at);

/* A file in a body: the text between it and the previous file, and its content, which the
 * program keeps mapped. */
struct body_file {
	const struct tmpl *before;
	struct str path, content;
};

/* The maximum for one exchange. */
#define BODY_FILES_MAX 32

/* A file used in bodies, mapped as long as the program lives. */
struct program_file {
	struct str path;
	struct mapped_file mapped;
};

/* A value that `submit` gives to a control of the form. */
enum form_value_kind {
	FORM_VALUE, /* `text`, with its type: null, a boolean and a list have their meaning */
	FORM_VALUE_NOTHING,
	FORM_VALUE_YES, /* for a box; for another control, `text` is what was written */
	FORM_VALUE_NO,
	FORM_VALUE_LIST,
	FORM_VALUE_FILE,
};

struct form_file {
	struct str name, type, content;
};

struct form_value {
	struct str name; /* of the control, or text of its label */
	struct span span;
	enum form_value_kind kind;
	const struct tmpl *text;
	const struct tmpl *const *items; /* FORM_VALUE_LIST */
	size_t item_count;
	const struct form_file *files; /* FORM_VALUE_FILE */
	size_t file_count;
};

/* `submit` or `follow`: the user's page determines the URL and the body of the request. */
struct page_action {
	bool follows;
	/* submit */
	const struct form_value *values, *added;
	size_t value_count, added_count;
	const struct tmpl *button; /* NULL: the first one */
	bool no_button;
	struct str form; /* a selector; ptr NULL: none */
	/* follow */
	const struct tmpl *link;
	/* both */
	const struct tmpl *row; /* NULL: anywhere */
	unsigned nth;		/* from 1; 0: not given */
	bool own_referer;	/* the step has a Referer header */
	bool own_origin;	/* the step has an Origin header */
	bool own_type;		/* the step has a Content-Type header */
	bool has_enctype;	/* that header decides how the form is encoded */
	enum html_enctype enctype;
	struct str page; /* name of the step whose page is used; ptr NULL: the last page */
	struct span page_span;
};

/* `events`: how a response is read as a stream of events. */
struct events_plan {
	bool ndjson;
	struct str until_data, until_event; /* ptr NULL: not given */
	uint64_t until_count;		    /* 0: not given */
	ns_t until_time, idle;		    /* until_time 0: not given */
	bool data_is_output;		    /* each event with data has output */
	const struct jsonpath *const *outputs;
	size_t output_count;
};

/* `graphql` */
struct graphql_plan {
	/* With `persisted`: what is sent if the server does not know the hash; NULL: the same. */
	const struct tmpl *full_body, *full_url;
};

/* The bytes of a message on a socket. */
struct message_plan {
	const struct tmpl *text;
	bool base64; /* TEXT is base64 */
	bool binary;
};

/* A rule of `on_message`: for messages that meet all of its expectations. */
struct channel_rule {
	uint32_t first_expect, expect_count; /* in the program's expects */
	const struct message_plan *reply;    /* NULL: none */
	bool pass;			     /* the message is not consumed */
};

/* `websocket` and `listen`: the socket, or the stream of events, that a request opens. */
struct channel_step {
	uint32_t socket;      /* number of its name, from 1; 0: it has none */
	bool keep_user;	      /* it ends with the user, not with the iteration */
	bool listens;	      /* a stream of events: nothing can be sent */
	bool ndjson;	      /* with `listens`: its events are lines of JSON */
	bool reconnects;      /* with `listens`: it is opened again when it ends */
	struct str protocols; /* "a, b" */
	size_t message_max;
	ns_t idle_ping; /* 0: none */
	const struct channel_rule *rules;
	size_t rule_count;
};

/* `wait_for`: a request whose response is a message. */
struct wait_step {
	uint32_t socket;		     /* as in struct channel_step; 0: the last one opened */
	const struct message_plan *message;  /* sent first; NULL: none */
	uint32_t first_expect, expect_count; /* that a message must meet */
	uint32_t count;			     /* of such messages */
};

/* `send` without `wait_for`. */
struct send_plan {
	uint32_t socket;
	struct message_plan message;
	enum on_failure on_failure;
};

/* One request of the file. */
struct request_plan {
	uint32_t index;
	struct str name;   /* in results: a name, or METHOD and URL as written */
	struct str method; /* NUL-terminated */
	uint32_t series;   /* index into the program's series */
	struct span span;
	const struct tmpl *url; /* full and absolute, query included; often constant */
	const struct header_plan
	    *headers; /* merged with the defaults; later ones win, ignoring case */
	size_t header_count;
	const struct tmpl
	    *body;	      /* the bytes as sent: text, JSON or an encoded form; NULL: no body */
	struct str body_file; /* this file is the whole body; empty: it is not */
	const struct body_file
	    *files; /* files in the body; `body` is then the text after the last one */
	size_t file_count;
	unsigned needs;	     /* of the extracts and expects that follow: enum response_need */
	bool default_expect; /* no expect.status: 4xx and 5xx fail */
	bool checked; /* expects or extracts follow: a response may fail whatever its status */
	bool follow;
	unsigned max_hops;
	ns_t timeout, connect_timeout; /* 0: none */
	int64_t body_limit;
	int http; /* enum http_version */
	struct auth_plan auth;
	unsigned tls_profile;	    /* index into the program's; 0: the defaults' */
	struct str proxy;	    /* "http://host:port", NUL-terminated; empty: none */
	const struct tmpl *cookies; /* "a=1; b=2", in addition to the jar's; NULL: none */
	bool no_compression;
	bool never_resend;
	struct retry_plan retry;
	enum on_failure on_failure;
	const struct page_action *page_action; /* NULL: `url` and `body` are those of the file */
	uint32_t page_from; /* the slot of the page that page_action uses, or SLOT_NONE */
	const struct graphql_plan *graphql; /* NULL: not a GraphQL operation */
	const struct events_plan *events;   /* NULL: the response is not read as a stream */
	unsigned page_parts;  /* of the response, that later steps use: enum html_page_parts */
	unsigned named_parts; /* the same, of steps that name this one: `page: NAME` */
	uint32_t named_slot;  /* of the page with named_parts, or SLOT_NONE */
	bool is_script;	      /* a script sends it: its response is never a page */
	const struct channel_step *channel; /* the request opens it; NULL: it opens nothing */
	const struct wait_step *wait;	    /* it waits for a message instead; NULL: it does not */
	bool unmeasured;     /* of a fixture: setup, teardown, before_user, after_user */
	bool requests_token; /* a login: the defaults' expectations do not apply */
	unsigned renewals;   /* that its values come from, bit 1 << index; only those that renew */
};

/* The response is a stream of events that stays open while the visit continues. */
static inline bool program_listens(const struct request_plan *plan)
{
	return plan->channel && plan->channel->listens;
}

/* Each send has the same body. */
static inline bool program_body_is_constant(const struct request_plan *plan)
{
	return plan->body && plan->body->constant && !plan->file_count &&
	       !(plan->graphql && plan->graphql->full_body);
}

struct extract_plan {
	const struct extract *source;
	const struct extract_kind *kind;
	const void *plan;
	uint32_t slot;
	uint32_t from_slot;	     /* SLOT_NONE: not a variable */
	const struct tmpl *fallback; /* NULL: none */
	struct span span;
};

struct expect_plan {
	const struct expect_kind *kind;
	const void *plan;
	const struct tmpl *const *rendered; /* the templates whose values `check` gets */
	size_t rendered_count;		    /* at most EXPECT_RENDERED_MAX */
	unsigned needs;			    /* of the kind and of this plan */
	struct span span;
};

struct choice_plan {
	const double *upto; /* running sums; the last is 1 */
	const uint32_t *targets;
	size_t count;
};

struct fork_plan {
	const uint32_t *targets; /* pc of each branch */
	size_t count;
	uint32_t limit; /* maximum of concurrent branches */
};

/* A rendezvous. */
struct rendezvous_plan {
	struct str name;
	uint64_t users;
	ns_t timeout; /* 0: none */
	struct span span;
};

/* A series of results. */
struct series_plan {
	struct str name;
	struct str scenario;
	bool group;
	bool unmeasured;   /* `scenario` is then "setup" and so on */
	uint32_t in_group; /* 1 + the index of the innermost group that always contains it; or 0 */
	struct span span;
};

/* The instructions of a step: those from `begin` up to `end`, with those of the steps inside. A flow
 * is compiled once for each scenario and fixture, so a step of it can have several rows. */
struct step_code {
	const struct step *step;
	uint32_t begin, end;
};

struct scenario_plan {
	struct str name;
	double weight;
	uint32_t entry;	    /* pc */
	uint32_t variables; /* pc of the code that evaluates `variables:` at the start of an
			       iteration, ends with RETURN; or PC_NONE; call_depth includes it */
	uint32_t pace;	    /* pc of its PACE, which a failed iteration performs too; or PC_NONE */
	uint32_t end;	    /* pc of its END */
	struct span span;
	enum on_failure on_failure;
	const struct load *load; /* its own load; NULL: it is drawn under the common one */
	ns_t start_after;	 /* of its `load` */
};

#define SLOT_NONE UINT32_MAX
#define PC_NONE	  UINT32_MAX

/* Values that last longer than an iteration: those of setup, the same for all users, and those of
 * before_user, each user's own. If `renews`, the run performs their steps again. */
struct renewal_plan {
	enum fixture_kind fixture; /* FIXTURE_SETUP or FIXTURE_BEFORE_USER */
	uint32_t pc;
	const uint32_t *slots; /* that the steps set */
	uint32_t slot_count;
	const uint32_t *kept_slots; /* of variables that are kept over a user's iterations, too */
	uint32_t kept_slot_count;
	bool renews;
	bool lazy; /* the steps are performed when the values are needed first: a login */
	const struct status_range *statuses; /* of responses that ask for a renewal */
	size_t status_count;
	struct span span;
};
#define RENEWALS_MAX 32

struct program {
	struct arena arena;
	const struct model *model;
	const struct instr *code;
	uint32_t code_count;
	const struct request_plan *requests;
	uint32_t request_count;
	const struct tls_plan *tls; /* the first is the defaults' */
	uint32_t tls_count;
	struct program_file *files;
	uint32_t file_count;
	const struct extract_plan *extracts;
	uint32_t extract_count;
	const struct expect_plan *expects;
	uint32_t expect_count;
	const struct tmpl *const *templates;
	uint32_t template_count;
	const struct expr *const *exprs;
	uint32_t expr_count;
	const struct think_time *thinks;
	uint32_t think_count;
	const struct choice_plan *choices;
	uint32_t choice_count;
	const struct fork_plan *forks;
	uint32_t fork_count;
	const struct rendezvous_plan *rendezvous;
	uint32_t rendezvous_count;
	const struct send_plan *sends;
	uint32_t send_count;
	bool waits; /* a step waits for messages */
	const struct series_plan *series;
	uint32_t series_count;
	const struct step_code *steps; /* in the order of their ends: inner steps come first */
	uint32_t step_count;
	const struct scenario_plan *scenarios;
	uint32_t scenario_count;
	uint32_t fixture[FIXTURE_NONE]; /* pc of each fixture, ends with END; or PC_NONE */
	const struct renewal_plan *renewals;
	uint32_t renewal_count;
	uint32_t user_variables; /* pc of the code that evaluates the variables that are kept
				    over a user's iterations, when the user starts; ends with
				    RETURN; or PC_NONE; call_depth includes it */
	const bool *slot_kept;	 /* for each slot: that of such a variable; NULL: there is none */
	const struct str *slot_names; /* one per variable */
	const struct value
	    *slot_first; /* the values that a run starts with: parameters; the others are null */
	uint32_t slot_count;
	uint32_t counter_count; /* loop counters of a fiber, 0 at the start of an iteration */
	uint32_t number_count;	/* run-wide numbers of counter(name): eval.numbers */
	uint32_t call_depth;	/* the deepest nesting of CALL */
	uint32_t group_depth;	/* the deepest nesting of GROUP_BEGIN */
	uint32_t fiber_count;	/* maximum of concurrent fibers of one user, its own included */
	uint32_t page_slot;	/* the last page (html_page_pack); SLOT_NONE: no step uses pages */
	uint32_t sent_slot;	/* secrets as forms have sent them; SLOT_NONE: no step submits */
	struct str target;	/* "http://127.0.0.1:8080", without a final slash */
	struct regex *const *regexes; /* of `matches`, freed with the program */
	uint32_t regex_count;
	struct secret_set secrets; /* known before the run; prepared */
};

struct kind_tables;
struct diag_list;
struct regex;
struct url;

enum program_option {
	PROGRAM_JIT = 1 << 0,	    /* for a run: patterns are compiled for speed */
	PROGRAM_STEP_ENDS = 1 << 1, /* each step ends with a STEP_END */
};

/* Compiles a checked model. NULL if DIAGS has errors, including those of the reader. OPTIONS are
 * bits of enum program_option. */
struct program *program_new(const struct model *model, const struct kind_tables *tables,
			    unsigned options, struct diag_list *diags);
/* The innermost step whose instructions include PC: an index into `steps`, or PC_NONE. */
uint32_t program_step_at(const struct program *program, uint32_t pc);
void program_free(struct program *program);
/* True if URL belongs to the target, or its host is one of `allowed_hosts` (`name`, `name:port`,
 * `*.name`). */
bool program_host_allowed(const struct program *program, const struct url *url);
/* "before_user". */
const char *program_fixture_name(enum fixture_kind fixture);
/* "EXTRACT". */
const char *program_op_name(enum op op);
/* The kind of operand 0, 1 or 2 of OP. */
enum operand program_op_operand(enum op op, unsigned which);
unsigned program_op_properties(enum op op);
/* Checks every instruction against ops.def and the pools; an invalid program is a bug of the
 * compiler (BUG). */
void program_verify(const struct program *program);
/* The listing of `reprise show --program`. */
void program_disassemble(const struct program *program, struct buf *out);

#endif
