/*
 * The internals of the emitter: the program while it is built. Private to program/; the contracts
 * for steps are in emit.h.
 */
#ifndef PROGRAM_EMITTER_H
#define PROGRAM_EMITTER_H

#include "doc/node.h"
#include "program/build.h"
#include "program/emit.h"
#include "program/expr.h"
#include "program/name_map.h"
#include "scenario/kind_tables.h"

/* A variable of the file. */
struct scope_name {
	struct str name;
	struct span span;
	const char *how; /* "set", "extracted" */
	uint32_t slot;
	uint32_t scenario; /* or SCOPE_ALL, SCOPE_OWN */
};

/* An unknown name; reported at the end of its scenario, when all its names are known. */
struct scope_unknown_name {
	struct str name;
	struct span span;
	uint32_t scenario;
};

/* A socket of the file. */
struct socket_name {
	struct str name;     /* empty: the last one opened */
	struct span used;    /* by a step that does not open it */
	struct span sent_on; /* by a step that sends a message */
	bool is_opened, can_send, is_used, is_sent_on;
};

struct open_loop {
	uint32_t counter;
	const struct expr *rounds;
};

struct open_loops {
	struct open_loop *items;
	size_t count, cap;
};

/* A flow that has been compiled for a scenario. */
struct flow_code {
	uint32_t label;
	uint32_t place; /* of its calls */
};

/* `oauth2:` at one place of the file: its token, and the steps that request it. */
struct oauth2_login {
	const struct auth_oauth2 *oauth2;
	uint32_t scenario;			       /* of the step where it was read first */
	uint32_t token, expires, refresh, new_refresh; /* slots */
	uint32_t renewal;			       /* index */
	struct request_plan request;
	const struct tmpl *first_refresh; /* NULL: none */
};

struct emitter {
	struct program *program;
	struct arena *arena;
	const struct model *model;
	const struct kind_tables *tables;
	struct diag_list *diags;
	bool jit, step_ends;

	VEC(struct instr) code;
	VEC(uint32_t) labels; /* pc of each; PC_NONE until placed */
	VEC(struct request_plan) requests;
	VEC(struct program_file) files;
	VEC(struct tls_plan) tls;
	VEC(struct extract_plan) extracts;
	VEC(struct expect_plan) expects;
	VEC(const struct tmpl *) templates;
	VEC(const struct expr *) exprs;
	VEC(struct think_time) thinks;
	VEC(struct choice_plan) choices;
	VEC(struct fork_plan) forks;
	VEC(struct rendezvous_plan) rendezvous;
	VEC(struct send_plan) sends;
	VEC(struct socket_name) sockets;
	VEC(struct series_plan) series;
	VEC(struct step_code) steps;
	VEC(struct scenario_plan) scenarios;
	VEC(struct str) slots;
	VEC(struct renewal_plan) renewals;
	VEC(struct oauth2_login) logins;
	VEC(uint32_t) kept_slots;
	VEC(struct regex *) regexes;
	VEC(struct str) numbers; /* of counter(name) */

	struct name_map slot_map;     /* name -> slot */
	struct name_map series_map;   /* scenario and name -> series */
	struct name_map scope_map;    /* current scope: name -> names */
	struct name_map function_map; /* name -> index into tables->functions */
	struct name_map parameter_map;
	struct name_map used_map;     /* names that are read anywhere */
	struct name_map called_map;   /* flows that are called */
	struct name_map flow_map;     /* scenario, fixture, flow -> index into flows */
	VEC(struct scope_name) names; /* all names so far, in order */
	VEC(struct scope_unknown_name) unknowns;
	struct open_loops loops;
	VEC(const struct named_flow *) open_flows; /* being compiled, outermost first */
	VEC(struct flow_code) flows;		   /* compiled */
	VEC(uint32_t) places;			   /* open groups and flows, innermost last */

	uint32_t scenario;	   /* the current scenario, or SCOPE_ALL, SCOPE_OWN */
	unsigned parallel;	   /* depth */
	unsigned groups;	   /* depth */
	enum fixture_kind fixture; /* the current fixture: not measured, no think */
	bool target_error_reported;
	bool in_form; /* the text is a value of a form: `form` is known */

	struct scratch scratch;
	struct eval eval; /* for folding */
	struct node_span_map spans;
};

/*
 * emit_place.c: where a step is: inside a group, inside a flow that has been called, or neither. A
 * place is a group or a flow, or one of these two.
 */
#define PLACE_NONE  0
#define PLACE_MIXED UINT32_MAX /* in different places */

/* The following instructions belong to the group or flow, until emitter_leave_place. */
void emitter_enter_group(struct emitter *e, uint32_t series);
void emitter_enter_flow(struct emitter *e, uint32_t flow);
void emitter_leave_place(struct emitter *e);
uint32_t emitter_place(const struct emitter *e);
/* Notes in *PLACE, which holds the places so far, that something is in the current place too. */
void emitter_note_place(const struct emitter *e, uint32_t *place);
/* Sets `in_group` of all series, which held places until now. */
void emitter_resolve_groups(struct emitter *e);

/* Scopes of names other than the numbers of scenarios. Names declared by `setup`, `before_user`
 * and `variables` are known in everything that is compiled afterwards. */
#define SCOPE_ALL UINT32_MAX
#define SCOPE_OWN (UINT32_MAX - 1) /* of the current fixture: `after_user` or `teardown` */

/* page_flow.c: which requests keep their page, because a later `submit` or `follow` can use it;
 * reports steps that have no page. After the labels were resolved. */
void emitter_resolve_pages(struct emitter *e);

/* parser.c: an expression that begins at FROM; *END is after its `}`, or the end of the text if
 * WHOLE. */
const struct expr *emitter_parse_expression(struct emitter *e, const struct text *text, size_t from,
					    bool whole, size_t *end);
/* build_text_span for many positions of one text. */
struct span emitter_text_span(struct emitter *e, const struct text *text, size_t from, size_t to);
/* A builder for an expression that is not in the file. */
struct expr_builder emitter_expr_builder(struct emitter *e);

/* emit_request.c: an expectation in the pool, and an extraction. */
uint32_t emitter_pool_expect(struct emitter *e, struct request_plan *request,
			     const struct expect *expect);
void emitter_extract(struct emitter *e, struct request_plan *request, const struct extract *x);
/* The action after a failure of a step that has ON_FAILURE. */
enum on_failure emitter_on_failure(const struct emitter *e, enum on_failure on_failure);

/* emit_channel.c: reports sockets that no step opens. */
void emitter_check_sockets(struct emitter *e);

/* build_body.c: opens the file at PATH: FD is a descriptor, which the caller closes, or a negative
 * errno. If the scenario may not read it, reports an error and returns false. */
bool emitter_open(struct emitter *e, struct str path, struct span span, int *fd);

/* build_tls.c: `tls:` of `defaults`, the first of the pool. */
void emitter_default_tls(struct emitter *e);
/* emit_auth.c: drops credentials of `defaults` that PLAN must not send, and chooses the version of
 * HTTP that its authentication needs. */
void emitter_limit_auth(struct emitter *e, struct request_plan *plan);
/* build_oauth2.c: emits the steps of all logins with oauth2, after all other code. */
void emitter_emit_logins(struct emitter *e);

/* emit_renewal.c: values that last longer than an iteration. */

/* The code that starts at FROM performs WHICH (setup, before_user): notes the values that it sets
 * and when they are renewed. Its END must follow. */
void emitter_add_renewal(struct emitter *e, enum fixture_kind which, size_t from);
/* The bits of the renewals that a request with PLAN depends on. */
unsigned emitter_request_renewals(struct emitter *e, const struct request_plan *plan);
/* Reports a `renew_on` that no request can cause. At the end. */
void emitter_check_renewals(struct emitter *e);

/* emit_request.c: the URL that paths are appended to, empty if there is none; secret if it
 * contains a secret parameter. Lives as long as the program. */
struct value emitter_target(const struct emitter *e);

#endif
