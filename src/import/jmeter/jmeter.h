/*
 * Shared by the files of the JMeter importer: the tree of a test plan, its variables, the document
 * under construction, and what is not supported. In the job's arena; one thread.
 */
#ifndef IMPORT_JMETER_JMETER_H
#define IMPORT_JMETER_JMETER_H

#include "base/buf.h"
#include "import/jmeter/jmx.h"
#include "import/job.h"

/* A test element with the elements of its hashTree. */
struct jmeter_node {
	const struct jmx *element;
	const struct jmeter_node *parent; /* NULL: the test plan */
	bool disabled;
	VEC(struct jmeter_node *) children;
};

enum jmeter_name_kind {
	JMETER_PARAMETER, /* a user defined variable that nothing changes, or a property */
	JMETER_COMPOSED,  /* a user defined variable that refers to others */
	JMETER_COLUMN,	  /* of a CSV data set */
	JMETER_LOCAL,	  /* set by an extractor, a counter and so on */
	JMETER_LIST,	  /* all matches of an extractor: NAME_1, NAME_2 … */
	JMETER_MISSING,	  /* nothing sets it */
};

/* The meaning of `${NAME}`. */
struct jmeter_name {
	struct str name;
	enum jmeter_name_kind kind;
	const struct jmeter_node *group; /* the thread group that sets it; NULL: the plan */
	struct str expression;
	struct str value; /* of a user defined variable, as written; ptr NULL: none */
	size_t set;	  /* of a column: its data set */
	bool secret;
	bool used;
	bool defined; /* a step before sets it in each iteration */
	bool lasting; /* its value must last over the iterations of a user */
	bool busy;    /* its value is being converted */
};

/* A data set. */
struct jmeter_set {
	const struct jmeter_node *group;
	struct str name;
	struct yaml_writer_node *node;
	const struct jmx *element; /* the CSV Data Set; NULL: a function reads the file */
	struct str path;	   /* of the plan */
	struct str bytes; /* of the file to write, with column names; ptr NULL: one empty row */
	bool lines, secret, used, called; /* called: read by a function */
	VEC(struct str) columns;
};

#define JMETER_DEPTH_MAX 20u /* of functions within each other */

struct jmeter {
	struct import_job *job;
	struct arena *arena;
	struct yaml_writer_node *root;
	struct jmeter_node *plan;
	struct str folder; /* of the plan; ends with / or is empty */
	VEC(struct jmeter_name *) names;
	VEC(struct jmeter_set) sets;
	VEC(struct str) pending; /* comments for the next step */
	VEC(struct str) hosts;
	VEC(struct yaml_writer_node *) request_steps;
	VEC(struct str) sources;	     /* the texts of all files */
	struct str target;		     /* a template */
	const struct jmeter_node *group;     /* the thread group that is converted; NULL: none */
	struct yaml_writer_node *steps;	     /* the list that is filled */
	struct yaml_writer_node *variables;  /* `variables:` */
	struct yaml_writer_node *once;	     /* `set` of setup: values of the whole run */
	const struct jmeter_node *loops[32]; /* around the current step, innermost last */
	unsigned loop_depth, function_depth;
	unsigned conditional; /* the current step is not performed in each iteration */
	bool around;	      /* setup or teardown: variables cannot be used */
	bool in_parallel;     /* only requests are allowed */
	bool cookies;	      /* a cookie manager is in the plan */
	bool clear_cookies;
	size_t requests, elements, skipped, unsupported, listeners;
	unsigned numbered; /* for variables that the importer adds */
};

/* ---- jmeter.c */

/* Reports that ELEMENT is not supported: in the report, and as a comment above the next step. */
void jmeter_unsupported(struct jmeter *j, const struct jmx *element, const char *why);
/* A note about how ELEMENT was converted; in the same places. */
void jmeter_note(struct jmeter *j, const struct jmx *element, const char *note);
/* Adds STEP to the current list, with the comments that belong above it. Returns it. */
struct yaml_writer_node *jmeter_add_step(struct jmeter *j, struct yaml_writer_node *step);
/* A step `{KEY: VALUE}`, added like the others. */
struct yaml_writer_node *jmeter_add_text_step(struct jmeter *j, const char *key, struct str value);
/* A step `set: {NAME: VALUE}`. */
void jmeter_add_set(struct jmeter *j, struct str name, struct str value);
/* Whether ELEMENT has the class TAG. */
bool jmeter_is(const struct jmx *element, const char *tag);
/* A name for results: without templates, at most 100 bytes. */
struct str jmeter_label(struct jmeter *j, const struct jmx *element);

/* ---- jmeter_plan.c */

/* The tree of the plan below ROOT (jmeterTestPlan); NULL if it has no test plan. */
struct jmeter_node *jmeter_plan(struct jmeter *j, const struct jmx *root);
/* Replaces Include and Module Controllers by what they name. */
void jmeter_resolve(struct jmeter *j, struct jmeter_node *node, unsigned depth);
/* Whether NODE is a test fragment, which is performed only where a module names it. */
bool jmeter_is_fragment(const struct jmeter_node *node);
/* Reads a plan; NULL if it cannot be read, with the reason in WHY. */
const struct jmx *jmeter_read_file(struct jmeter *j, const char *path, struct str text,
				   struct str file, struct str *why);
/* The elements that apply to NODE, by JMeter's rules: its own and those beside its ancestors. The
 * innermost are first, or last with OUTER_FIRST. */
struct jmeter_scope {
	VEC(const struct jmeter_node *) items;
};
struct jmeter_scope jmeter_scope(struct jmeter *j, const struct jmeter_node *node,
				 bool outer_first);

/* ---- jmeter_names.c */

/* Finds all names that the plan defines; with DATA, those of CSV data sets, whose file names may
 * contain the others. */
void jmeter_scan(struct jmeter *j, const struct jmeter_node *node, const struct jmeter_node *group,
		 bool data);
/* The name in the current thread group; NULL if nothing defines it. */
struct jmeter_name *jmeter_find_name(const struct jmeter *j, struct str name);
struct jmeter_name *jmeter_define(struct jmeter *j, enum jmeter_name_kind kind, struct str name,
				  const struct jmeter_node *group);
/* The expression for `${NAME}`; ptr NULL: it cannot be expressed, and WHY is set. */
struct str jmeter_use(struct jmeter *j, const struct jmx *at, struct str name);
/* Notes that a step sets NAME. Returns its name here. */
struct str jmeter_set_name(struct jmeter *j, struct str name);
/* NAME as a name of the language, different from all others. */
struct str jmeter_identifier(struct jmeter *j, struct str name);
/* A parameter for the property NAME, with a default; ptr NULL: it must be set. */
struct str jmeter_parameter(struct jmeter *j, struct str name, struct str value, bool secret);
/* Adds a variable that lasts over the iterations of a user, starting with START. */
struct str jmeter_own_variable(struct jmeter *j, const char *name, const char *start);
/* `parameters:` and `variables:`. */
void jmeter_put_names(struct jmeter *j);
/* Whether the plan uses ${NAME}. */
bool jmeter_is_used(const struct jmeter *j, struct str name);

/* ---- jmeter_text.c */

enum jmeter_part_kind { JMETER_LITERAL, JMETER_VARIABLE, JMETER_FUNCTION };

struct jmeter_part {
	enum jmeter_part_kind kind;
	struct str text; /* a literal, or a name */
	struct str *arguments;
	size_t argument_count;
};

struct jmeter_parts {
	VEC(struct jmeter_part) items;
};

/* TEXT of the plan in its parts. */
struct jmeter_parts jmeter_parse(struct jmeter *j, struct str text);
/* TEXT as a text of the scenario, with ${…}. */
struct str jmeter_text(struct jmeter *j, const struct jmx *at, struct str text);
/* TEXT as an expression; ptr NULL if it cannot be one. */
struct str jmeter_expression(struct jmeter *j, const struct jmx *at, struct str text);
/* EXPRESSION in parentheses if it is longer than one operand. */
struct str jmeter_operand(struct jmeter *j, struct str expression);
/* TEXT with the first values of its variables; ptr NULL if it has no value before the run. */
struct str jmeter_constant(struct jmeter *j, struct str text);
/* Constant text in quotes for an expression. */
struct str jmeter_quoted(struct jmeter *j, struct str text);
/* TEXT as a pattern of an extractor or an assertion, where only parameters can be used; ptr NULL if
 * it has other variables. */
struct str jmeter_pattern(struct jmeter *j, const struct jmx *at, struct str text);
/* A number for `load`: digits, or one parameter such as ${USERS}; ptr NULL if it is neither. */
struct str jmeter_number(struct jmeter *j, struct str text);
/* The number that TEXT has before the run. */
bool jmeter_is_number(struct jmeter *j, struct str text, double *out);
/* A duration of TEXT units of UNIT ("s", "ms", "m"), such as 5s or ${SECONDS}s. */
struct str jmeter_duration(struct jmeter *j, const struct jmx *at, struct str text,
			   const char *unit);
/* The same for `load`, where only parameters can be used. */
struct str jmeter_load_time(struct jmeter *j, const struct jmx *at, struct str text,
			    const char *unit);
/* A secret: a parameter that a run must set, unless TEXT is a variable. */
struct str jmeter_secret(struct jmeter *j, const struct jmx *at, struct str name, struct str text);

/* ---- jmeter_functions.c */

/* A call as an expression; ptr NULL if it is not supported. */
struct str jmeter_function(struct jmeter *j, const struct jmx *at, const struct jmeter_part *call);
/* Defines the variables that calls in TEXT set. */
void jmeter_scan_functions(struct jmeter *j, struct str text, const struct jmeter_node *group);

/* ---- jmeter_condition.c */

/* A condition of an If or While Controller, or the argument of __jexl3 or __groovy, as an
 * expression; ptr NULL if it is code that is not recognized. */
struct str jmeter_condition(struct jmeter *j, const struct jmx *at, struct str text);
/* The same for source text that is code. */
struct str jmeter_code(struct jmeter *j, const struct jmx *at, struct str code);

/* ---- jmeter_load.c, jmeter_stages.c, jmeter_open_model.c */

/* Whether ELEMENT is a thread group that is performed during the run. */
bool jmeter_is_group(const struct jmx *element);
/* The load of a thread group; also START_AFTER, ptr NULL if it starts at the beginning. */
struct yaml_writer_node *jmeter_load(struct jmeter *j, const struct jmx *group,
				     struct str *start_after);
struct yaml_writer_node *jmeter_stages(struct jmeter *j, const struct jmx *group);
struct yaml_writer_node *jmeter_open_model(struct jmeter *j, const struct jmx *group);
void jmeter_ramp(struct jmeter *j, struct yaml_writer_node *stages, struct str level,
		 struct str over);
void jmeter_hold(struct jmeter *j, struct yaml_writer_node *stages, struct str length);
/* The action after a failure, as a value of on_failure. */
const char *jmeter_on_failure(const struct jmx *group);

/* ---- jmeter_controller.c, jmeter_branch.c */

/* Converts the children of NODE into the current list. */
void jmeter_put_children(struct jmeter *j, const struct jmeter_node *node);
/* The steps of the children in a separate list. */
struct yaml_writer_node *jmeter_child_steps(struct jmeter *j, const struct jmeter_node *node);
/* Converts NODE (a sampler or a controller) into the current list. */
void jmeter_put_node(struct jmeter *j, const struct jmeter_node *node);
/* An element that is not performed: reported if nothing converts it. */
void jmeter_put_setting(struct jmeter *j, const struct jmeter_node *node);
/* Controllers that perform some of their children; false if NODE is another one. */
bool jmeter_put_branches(struct jmeter *j, const struct jmeter_node *node);
/* Whether NODE is performed: a sampler or a controller. */
bool jmeter_is_performed(const struct jmeter_node *node);

/* ---- jmeter_timer.c */

/* Adds the pauses of the timers of SCOPE before a sampler. */
void jmeter_put_timers(struct jmeter *j, const struct jmeter_scope *scope);
/* The pace of a thread group with a throughput timer; ptr NULL: none. */
struct str jmeter_pace(struct jmeter *j, const struct jmeter_node *group);
/* A Flow Control Action. */
void jmeter_put_action(struct jmeter *j, const struct jmeter_node *node);

/* ---- jmeter_data.c */

/* Defines the columns of a CSV Data Set. */
void jmeter_scan_data(struct jmeter *j, const struct jmeter_node *node,
		      const struct jmeter_node *group);
/* The column COLUMN (from 0) of a file that functions read; LINES: its only column is the line.
 * ptr NULL if it cannot be read. */
struct str jmeter_file_column(struct jmeter *j, const struct jmx *at, struct str path,
			      size_t column, bool lines);
void jmeter_put_data(struct jmeter *j);
/* The last part of PATH. */
struct str jmeter_base_name(struct str path);
/* Steps at the start of a controller or thread group: counters, random variables, user
 * parameters. */
void jmeter_put_counters(struct jmeter *j, const struct jmeter_node *node);
void jmeter_put_user_parameters(struct jmeter *j, const struct jmx *element);
/* The bytes of a file beside the plan; false with WHY. */
bool jmeter_file(struct jmeter *j, struct str path, struct str *bytes, const char **why);

/* ---- jmeter_request.c, jmeter_url.c, jmeter_body.c, jmeter_managers.c */

/* The element of a sampler with the HTTP Request Defaults that apply to it. */
struct jmeter_request {
	const struct jmeter_node *node;
	const struct jmx *element;
	struct jmeter_scope scope; /* innermost first */
	struct yaml_writer_node *step;
	struct str method;
	struct yaml_writer_node *after; /* steps after the request */
};

bool jmeter_is_http(const struct jmx *element);
void jmeter_put_request(struct jmeter *j, const struct jmeter_node *node);
/* The property NAME of the sampler, or of the innermost defaults that have it. */
struct str jmeter_request_text(const struct jmeter_request *r, const char *name);
/* Finds the most frequent server of the plan. */
void jmeter_find_target(struct jmeter *j);
/* Moves what all requests have to `defaults`. */
void jmeter_put_defaults(struct jmeter *j);
/* The URL; arguments of the query are in it, or in `query` of the step. */
struct str jmeter_url(struct jmeter *j, const struct jmeter_request *r);
/* The arguments of the sampler and of its defaults. */
struct jmeter_arguments {
	VEC(const struct jmx *) items;
};
struct jmeter_arguments jmeter_arguments(struct jmeter *j, const struct jmeter_request *r);
void jmeter_put_body(struct jmeter *j, struct jmeter_request *r);
void jmeter_put_headers(struct jmeter *j, struct jmeter_request *r);
void jmeter_put_login(struct jmeter *j, struct jmeter_request *r);
void jmeter_put_cookies(struct jmeter *j, struct jmeter_request *r);

/* ---- jmeter_extract.c, jmeter_jmespath.c */

bool jmeter_is_extractor(const struct jmx *element);
/* Defines what an extractor sets. */
void jmeter_scan_extractor(struct jmeter *j, const struct jmx *element,
			   const struct jmeter_node *group);
/* INHERITED: it applies to several requests, so it keeps the value if it finds nothing. */
void jmeter_put_extractor(struct jmeter *j, struct jmeter_request *r, const struct jmx *element,
			  bool inherited);
/* A JSONPath in the syntax of RFC 9535; ptr NULL if it is not one. */
struct str jmeter_json_path(struct jmeter *j, struct str path);
/* A JMESPath as a JSONPath; ptr NULL if it has other than names, indexes and projections. */
struct str jmeter_jmespath(struct jmeter *j, struct str path);

/* ---- jmeter_assertion.c, jmeter_response.c */

bool jmeter_is_assertion(const struct jmx *element);
void jmeter_put_assertion(struct jmeter *j, struct jmeter_request *r, const struct jmx *element);
void jmeter_put_response_assertion(struct jmeter *j, struct jmeter_request *r,
				   const struct jmx *element);
/* The mapping KEY of PARENT, created if it has none. */
struct yaml_writer_node *jmeter_map(struct jmeter *j, struct yaml_writer_node *parent,
				    struct str key);
/* Adds the predicate PREDICATE: VALUE below KEY of MAP; values of one predicate become a list. */
void jmeter_predicate(struct jmeter *j, struct yaml_writer_node *map, struct str key,
		      const char *predicate, struct yaml_writer_node *value);
/* Whether PATTERN is a regular expression that can be used here. */
bool jmeter_is_regex(struct str pattern);

#endif
