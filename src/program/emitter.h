/*
 * The inside of the emitter: the program while it grows. Private to program/; contracts of what the
 * steps use are in emit.h.
 */
#ifndef PROGRAM_EMITTER_H
#define PROGRAM_EMITTER_H

#include "program/emit.h"
#include "program/expr.h"
#include "program/name_map.h"
#include "scenario/tables.h"

/* A variable as the file knows it. */
struct name {
	struct str name;
	struct span span;
	const char *how; /* "set", "extracted" */
	uint32_t slot;
	uint32_t scenario; /* or SCOPE_ALL, SCOPE_OWN */
};

/* A name that was not known where it stood; told at the end of its scenario, when all names are. */
struct unknown {
	struct str name;
	struct span span;
	uint32_t scenario;
};

struct open_loop {
	uint32_t counter;
	const struct expr *rounds;
};

struct open_loops {
	struct open_loop *items;
	size_t count, cap;
};

struct emitter {
	struct program *program;
	struct arena *arena;
	const struct model *model;
	const struct tables *tables;
	struct diag_list *diags;
	bool jit;

	VEC(struct instr) code;
	VEC(uint32_t) labels; /* pc of each; PC_NONE until placed */
	VEC(struct request_plan) requests;
	VEC(struct program_file) files;
	VEC(struct tls_settings) tls;
	VEC(struct extract_plan) extracts;
	VEC(struct expect_plan) expects;
	VEC(const struct tmpl *) templates;
	VEC(const struct expr *) exprs;
	VEC(struct think_time) thinks;
	VEC(struct choice_plan) choices;
	VEC(struct fork_plan) forks;
	VEC(struct rendezvous_plan) rendezvous;
	VEC(struct series_plan) series;
	VEC(struct scenario_plan) scenarios;
	VEC(struct str) slots;
	VEC(uint32_t) user_slots;
	VEC(struct regex *) regexes;
	VEC(struct str) numbers; /* of counter(name) */

	struct name_map slot_map;     /* name -> slot */
	struct name_map series_map;   /* scenario and name -> series */
	struct name_map scope_map;    /* names known here -> names */
	struct name_map function_map; /* name -> index into tables->functions */
	struct name_map parameter_map;
	struct name_map used_map;   /* names that something reads */
	struct name_map called_map; /* flows that something calls */
	struct name_map flow_map;   /* scenario, list around it, flow -> label */
	VEC(struct name) names;	    /* all there ever were, in order */
	VEC(struct unknown) unknowns;
	struct open_loops loops;
	VEC(const struct named_flow *) open_flows; /* being compiled, outermost first */

	uint32_t scenario;  /* at hand, or SCOPE_ALL, SCOPE_OWN */
	unsigned parallel;  /* depth */
	unsigned groups;    /* depth */
	enum around around; /* the list at hand: not measured, no think */
	bool no_target_told;

	struct scratch scratch;
	struct eval eval; /* for folding */
};

/* Places of names besides the scenarios' own numbers. What `setup`, `before_user` and `variables`
 * make is known in all that is compiled afterwards. */
#define SCOPE_ALL UINT32_MAX
#define SCOPE_OWN (UINT32_MAX - 1) /* of the list at hand: `after_user` or `teardown` */

/* names.c */
void names_init(struct emitter *e);
void names_enter_scenario(struct emitter *e, uint32_t index);
/* Reports the unknown names of the scenario at hand. */
void names_leave_scenario(struct emitter *e);
/* Warns of what is set, extracted or given and never read, and of flows nobody calls; at the very
 * end. */
void names_warn_unused(struct emitter *e);
/* The slot of NAME, which is read here, or SLOT_NONE; says nothing. */
uint32_t names_find(struct emitter *e, struct str name);
/* Says at the end of the scenario that NAME is not known at SPAN. */
void names_unknown(struct emitter *e, struct str name, struct span span);

/* parse.c: an expression from FROM on; *END is behind its `}`, or the end of the text when WHOLE.
 */
const struct expr *parse_expression(struct emitter *e, const struct text *text, size_t from,
				    bool whole, size_t *end);
/* What the expression needs to be made by hand. */
struct expr_builder emit_builder(struct emitter *e);

/* request.c: what paths are joined to, empty when there is none; secret when a secret parameter
 * stands in it. Lives as long as the program. */
struct value emit_target(const struct emitter *e);

/* refuse.c: true, and told, when URL is of a protocol that is not HTTP. */
bool refuse_scheme(struct emitter *e, struct str url, struct span span);
/* Tells of a header that asks for another protocol. */
void refuse_header(struct emitter *e, struct str name, struct str value, struct span span);

/* foreign.c: how other tools put values in; what `${NAME(` or `${NAME` of theirs is here, or NULL
 */
const char *foreign_value(struct str name);
/* Tells that URL has {{…}} at AT, with the right line. */
void foreign_braces_error(struct emitter *e, const struct text *url, size_t at);
/* Warns of {name}, and of #{name}, :name and $name of what is known here, at AT in a URL. */
bool foreign_in_url(struct emitter *e, const struct text *url, size_t at);
/* Warns of {{name}}, #{name}, %{name} and $name in TEXT, which would go out as they stand. SENT:
 * it is a value of a request, where {{…}} of unknown names is doubtful too. */
void foreign_warn(struct emitter *e, const struct text *text, bool sent);
/* names.c: NAME is a parameter, a data set, a built-in word, or known here as a variable. */
bool names_known(struct emitter *e, struct str name);

/* template.c */
struct tmpl_maker {
	struct emitter *e;
	VEC(struct tmpl_part) parts;
	struct span span;
};
void tmpl_add_literal(struct tmpl_maker *m, struct str literal);
void tmpl_add_expr(struct tmpl_maker *m, const struct expr *expr, enum tmpl_escape escape);
void tmpl_add_text(struct tmpl_maker *m, const struct text *text, enum tmpl_escape escape);
void tmpl_add_tmpl(struct tmpl_maker *m, const struct tmpl *tmpl);
const struct tmpl *tmpl_finish(struct tmpl_maker *m);
const struct tmpl *tmpl_of_value(struct emitter *e, struct value v, struct span span);
/* True when TEXT holds a ${ that is no $${. */
bool text_has_template(struct str text);

#endif
