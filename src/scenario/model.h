/*
 * The scenario after reading and checking: the content of the file with types and positions, not
 * compiled. The whole model is in one arena with its sources and is const after reading. The reader
 * (scenario/scenario_reader.h) fills it from a document by the field tables; the importers create
 * the same model and the writer prints it.
 */
#ifndef SCENARIO_MODEL_H
#define SCENARIO_MODEL_H

#include "base/allowed_files.h"
#include "base/clock.h"
#include "base/source.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/field.h"
#include "interface/step.h"
#include "scenario/auth.h"
#include "scenario/bandwidth.h"
#include "scenario/data.h"
#include "scenario/fixture_list.h"

enum on_failure {
	FAILURE_STOP_ITERATION,
	FAILURE_CONTINUE,
	FAILURE_STOP_USER,
	FAILURE_STOP_RUN,
	FAILURE_INHERIT
};

/* Lists of steps around the scenarios, in the order in which a run executes them. */
enum fixture_kind {
	FIXTURE_SETUP,
	FIXTURE_BEFORE_USER,
	FIXTURE_AFTER_USER,
	FIXTURE_TEARDOWN,
	FIXTURE_NONE
};

enum parameter_type {
	PARAMETER_TEXT,
	PARAMETER_NUMBER,
	PARAMETER_DURATION,
	PARAMETER_RATE,
	PARAMETER_YES_NO
};

struct parameter {
	struct keys keys;
	struct str name;
	bool required, secret, has_type, has_default;
	enum parameter_type type;
	struct str fallback; /* the default as written */
	struct str description;
	struct str value;  /* value of the run, after precedence; ptr NULL: required but not set
			      (`check` only) */
	struct str origin; /* "option -p", "environment", "profile smoke", "shop.yaml:7" */
	bool overridden;
	bool used;    /* a value that is read before the run starts uses it */
	bool missing; /* the run has no value for it; an error if anything uses it */
	struct span name_span;
};

/* `variables:`: a template, a list, a mapping, or one of several values. */
struct variable {
	struct keys keys; /* of the form with `per` */
	struct str name;
	struct span name_span;
	bool one_of;
	bool per_user; /* evaluated once for each user, and kept over its iterations */
	const struct node *value; /* scalar, list or mapping; templates inside */
};

enum think_kind {
	THINK_NONE,
	THINK_FIXED,
	THINK_RANGE,
	THINK_NORMAL,
	THINK_EXPONENTIAL,
	THINK_LOGNORMAL
};

/* `think: 2s`, `1s..3s`, `normal(2s, 500ms)` … ; durations may contain templates of parameters. */
struct think_time {
	enum think_kind kind;
	ns_t a, b; /* fixed: a; range: a..b; otherwise mean a and deviation b */
	struct span span;
};

enum spacing { SPACING_EVEN, SPACING_RANDOM };

/* `50` users or `200/s` arrivals. */
struct load_level {
	double value;
	bool rate;
};

/* One of `stages:`: a ramp to a level, or a period at the current level. */
struct load_stage {
	struct keys keys;
	struct load_level ramp_to;
	bool ramps; /* `ramp_to` is set */
	ns_t over, hold;
};

enum capacity_find { CAPACITY_ARRIVALS, CAPACITY_USERS };

/* `capacity:` searches for the maximum load that passes the thresholds. */
struct capacity_search {
	struct keys keys;
	int find; /* enum capacity_find */
	struct load_level from, to;
	ns_t hold;
	bool wanted;
};

/* `replay:` sends recorded requests at recorded times. */
struct replay_load {
	struct keys keys;
	struct str file;
	double speed;
};

struct load {
	struct keys keys;
	int64_t users, iterations, total_iterations, max_users; /* 0: not set */
	ns_t ramp_up, duration, grace;				/* duration 0: not set */
	ns_t warm_up;		  /* before `duration`: sent, but not measured */
	double arrivals;	  /* per second; 0: not set */
	struct field_list stages; /* of struct load_stage */
	struct capacity_search capacity;
	struct replay_load replay; /* file empty: none */
	int spacing;
	bool open; /* arrivals, not users; set by load_apply_defaults */
};

enum connection_reuse { REUSE_USER, REUSE_POOL, REUSE_NONE };
enum http_version { HTTP_AUTO, HTTP_1_1, HTTP_2, HTTP_3 };
enum transport { TRANSPORT_CURL, TRANSPORT_AUTO, TRANSPORT_DIRECT };
enum resend_policy { RESEND_ONCE, RESEND_NEVER };
enum cookie_scope { COOKIES_PER_USER, COOKIES_PER_ITERATION, COOKIES_NONE };

struct tls_settings {
	struct keys keys;
	bool verify;
	struct str ca; /* a file, relative to the YAML file, like the next two */
	struct text cert, key, passphrase;
	int min_version;	  /* 0: 1.2, 1: 1.3 */
};

struct connections {
	struct keys keys;
	int64_t per_host;
	int reuse;
};

struct dns_settings {
	struct keys keys;
	ns_t ttl; /* 0: the whole run */
};

enum trace_context {
	TRACE_CONTEXT_NONE,
	TRACE_CONTEXT_W3C,
	TRACE_CONTEXT_B3,
	TRACE_CONTEXT_B3_MULTI,
};

struct defaults {
	struct keys keys;
	struct field_map headers; /* of struct text */
	struct auth auth;
	ns_t timeout, connect_timeout;
	bool follow_redirects;
	int http;
	int transport;
	int resend;	   /* enum resend_policy */
	int trace_context; /* enum trace_context */
	double sampled;	   /* share of the traces */
	struct tls_settings tls;
	int cookie_jar;
	struct think_time think;
	struct expects expect;
	int on_failure;
	struct text user_agent;
	struct str unix_socket;
	struct str proxy;	    /* "http://host:port"; empty: none */
	struct field_list no_proxy; /* of struct str */
	struct connections connections;
	struct dns_settings dns;
	struct field_map resolve;	    /* of struct str: "host:port" to an address */
	struct field_list source_addresses; /* of struct str */
	int64_t body_limit;
	struct bandwidth bandwidth;
};

struct scenario {
	struct keys keys;
	struct str name;
	double weight;
	ns_t pace; /* 0: none */
	int on_failure;
	bool has_load; /* its own load: it runs in parallel to the other scenarios, which are
			  selected by weight under the file's load */
	struct load load;
	ns_t start_after; /* for its own load */
	struct steps steps;
};

/* Parsed where the statistics are known (cmd/load_file.c). */
struct threshold_line {
	struct keys keys;
	struct str check;	 /* parameters replaced */
	const struct node *node; /* the scalar it was written in; its text differs from `check` if
				    it contained a parameter */
	struct str step, group, scenario; /* of the long form; at most one is set */
	int metric;			  /* of the long form: row of stats/threshold_words.def */
	ns_t for_ns, after_ns;
	bool abort;
};

struct named_flow {
	struct str name;
	struct span name_span;
	struct steps steps;
};

struct model {
	struct keys keys;
	const struct source *source;
	struct allowed_files allowed_files;
	struct str name;
	struct text target;
	struct parameter *parameters;
	size_t parameter_count;
	struct named_flow *flows; /* of the file and all files it includes */
	size_t flow_count;
	struct data_set *data;
	size_t data_count;
	struct variable *variables;
	size_t variable_count;
	struct defaults defaults;
	struct str *allowed_hosts;
	size_t allowed_host_count;
	bool has_seed;
	int64_t seed;
	struct load load;
	struct steps fixture[FIXTURE_NONE];
	const struct fixture_list *renewal[FIXTURE_NONE]; /* of setup and before_user */
	bool once_for_fleet[FIXTURE_NONE]; /* setup and teardown: only the first shard runs it */
	struct scenario
	    *scenarios; /* `steps:` at the top level are one scenario, named after the file */
	size_t scenario_count;
	struct threshold_line *thresholds;
	size_t threshold_count;
	/* Names that may be set in steps that could not be read: they must not be reported as
	 * unknown. */
	struct str *lost_names;
	size_t lost_name_count;
	struct str load_origin; /* "option -u" or "profile smoke" if the load comes from there, else
				   empty */
	struct str profile;	/* name of the selected profile, or empty */
	const struct replay_file *replay; /* the requests of a replay; NULL: there is no replay */
	struct threshold_line
	    *profile_thresholds; /* thresholds of all profiles, only to be checked */
	size_t profile_threshold_count;
};

/* Closes the files of `data`, which are not in the arena. */
void model_close(const struct model *model);

#endif
