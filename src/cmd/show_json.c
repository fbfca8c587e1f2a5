#include "cmd/show_json.h"

#include <sys/resource.h>

#include "base/json_writer.h"
#include "base/secret_mask.h"
#include "cmd/contacted_hosts.h"
#include "cmd/data_needs.h"
#include "cmd/plan_estimate.h"
#include "cmd/show_config.h"
#include "cmd/show_transport.h"
#include "run/load_shape.h"
#include "scenario/load.h"
#include "scenario/replay_file.h"

struct plan_document {
	struct arena arena;
	const struct loaded_file *l;
	const struct overrides *overrides;
	struct json_writer j;
};

/* ---- values */

static void put_text(struct plan_document *d, const char *key, struct str text)
{
	struct buf masked;

	if (!text.ptr) {
		json_writer_null(&d->j, key);
		return;
	}
	buf_init(&masked, 0);
	buf_add(&masked, text);
	if (d->l->program)
		secret_mask_once(&d->l->program->secrets, &masked);
	json_writer_text(&d->j, key, buf_str(&masked));
	buf_release(&masked);
}

/* A text that is null if it is empty. */
static void put_optional(struct plan_document *d, const char *key, struct str text)
{
	put_text(d, key, text.len ? text : STR_NULL);
}

/* In seconds; null if it is not limited. */
static void put_seconds(struct plan_document *d, const char *key, ns_t length)
{
	if (length == NS_NEVER)
		json_writer_null(&d->j, key);
	else
		json_writer_decimal(&d->j, key, (double)length / (double)NS_PER_S, 6);
}

/* Null if it is not set. */
static void put_limit(struct plan_document *d, const char *key, int64_t number)
{
	if (number > 0)
		json_writer_int(&d->j, key, number);
	else
		json_writer_null(&d->j, key);
}

static void open_list(struct plan_document *d, const char *key)
{
	json_writer_line(&d->j, "\n    ");
	json_writer_open_array(&d->j, key);
}

static void open_item(struct plan_document *d)
{
	json_writer_line(&d->j, "\n      ");
	json_writer_open(&d->j, NULL);
}

/* ---- loads */

static const char *kind_of(const struct load *load)
{
	if (load->capacity.wanted)
		return "capacity";
	if (load->replay.file.len)
		return "replay";
	return load->open ? "arrivals" : "users";
}

static void put_capacity(struct plan_document *d, const struct capacity_search *search)
{
	json_writer_open(&d->j, "capacity");
	json_writer_text(&d->j, "of",
			 search->find == CAPACITY_USERS ? STR("users") : STR("arrivals"));
	json_writer_digits(&d->j, "from", search->from.value, 10);
	json_writer_digits(&d->j, "to", search->to.value, 10);
	put_seconds(d, "hold_s", search->hold);
	json_writer_close(&d->j);
}

static void put_replay(struct plan_document *d, const struct load *load)
{
	const struct replay_file *replay = d->l->model->replay;

	json_writer_open(&d->j, "replay");
	put_text(d, "file", load->replay.file);
	json_writer_digits(&d->j, "speed", load->replay.speed, 10);
	if (replay) {
		json_writer_uint(&d->j, "requests", replay->lines);
		put_seconds(d, "length_s",
			    replay_file_start_time(replay, replay->last_at, load->replay.speed));
	}
	json_writer_close(&d->j);
}

/* The load over time: each piece is a straight line between two levels. */
static void put_shape(struct plan_document *d, const struct load *load)
{
	struct load_shape shape;
	uint64_t entries;

	load_shape_init(&shape, &d->arena, load);
	entries = load_shape_entries(&shape);
	json_writer_digits(&d->j, "peak", shape.peak, 10);
	if (entries == LOAD_SHAPE_ENDLESS)
		json_writer_null(&d->j, "total");
	else
		json_writer_uint(&d->j, "total", entries);
	put_seconds(d, "length_s", shape.length);
	json_writer_open_array(&d->j, "shape");
	for (size_t i = 0; i < shape.count; i++) {
		const struct load_shape_piece *piece = &shape.pieces[i];

		if (piece->begin == piece->end) /* a jump: the next one shows it */
			continue;
		json_writer_open(&d->j, NULL);
		put_seconds(d, "begin_s", piece->begin);
		put_seconds(d, "end_s", piece->end);
		json_writer_digits(&d->j, "from", piece->from, 10);
		json_writer_digits(&d->j, "to", piece->to, 10);
		json_writer_close(&d->j);
	}
	json_writer_close_array(&d->j);
}

/* SCENARIO NULL: the common load. */
static void put_load(struct plan_document *d, const struct scenario *scenario)
{
	const struct load *load = scenario ? &scenario->load : &d->l->model->load;
	struct buf words;

	open_item(d);
	put_text(d, "scenario", scenario ? scenario->name : STR_NULL);
	json_writer_text(&d->j, "kind", str_of(kind_of(load)));
	buf_init(&words, 0);
	load_put(&words, load);
	put_text(d, "text", buf_str(&words));
	buf_release(&words);
	put_seconds(d, "start_after_s", scenario ? scenario->start_after : 0);
	put_seconds(d, "warm_up_s", load->warm_up);
	put_seconds(d, "grace_s", load->grace);
	put_limit(d, "iterations", load->iterations);
	put_limit(d, "total_iterations", load->total_iterations);
	put_limit(d, "max_users", load->max_users);
	json_writer_bool(&d->j, "random_spacing", load->open && load->spacing == SPACING_RANDOM);
	if (load->capacity.wanted)
		put_capacity(d, &load->capacity);
	else if (load->replay.file.len)
		put_replay(d, load);
	else
		put_shape(d, load);
	json_writer_close(&d->j);
}

static void put_loads(struct plan_document *d)
{
	const struct model *m = d->l->model;

	open_list(d, "loads");
	if (load_common_used(m))
		put_load(d, NULL);
	for (size_t i = 0; i < m->scenario_count; i++)
		if (m->scenarios[i].has_load)
			put_load(d, &m->scenarios[i]);
	json_writer_line(&d->j, "\n    ");
	json_writer_close_array(&d->j);
}

/* ---- estimates */

static void put_estimate(struct plan_document *d, const struct plan_estimate *estimate)
{
	json_writer_digits(&d->j, "requests_per_iteration", estimate->requests, 6);
	json_writer_digits(&d->j, "pause_per_iteration_s", estimate->pause_s, 6);
	json_writer_bool(&d->j, "loops_counted_once", estimate->loops_counted_once);
}

static void put_scenarios(struct plan_document *d)
{
	const struct model *m = d->l->model;
	double weights = 0;

	for (size_t i = 0; i < m->scenario_count; i++)
		weights += m->scenarios[i].has_load ? 0 : m->scenarios[i].weight;
	open_list(d, "scenarios");
	for (size_t i = 0; i < m->scenario_count; i++) {
		const struct scenario *s = &m->scenarios[i];
		struct plan_estimate estimate = plan_estimate_scenario(m, s);

		open_item(d);
		put_text(d, "name", s->name);
		if (s->has_load || !(weights > 0))
			json_writer_null(&d->j, "share");
		else
			json_writer_digits(&d->j, "share", s->weight / weights, 6);
		put_estimate(d, &estimate);
		json_writer_close(&d->j);
	}
	json_writer_line(&d->j, "\n    ");
	json_writer_close_array(&d->j);
}

/* The estimate for all scenarios under the common load together. */
static void put_estimates(struct plan_document *d)
{
	struct plan_estimate iteration = plan_estimate_iteration(d->l->model);
	double rate = plan_estimate_rate(d->l->model, &iteration);

	json_writer_line(&d->j, "\n    ");
	if (!load_common_used(d->l->model)) {
		json_writer_null(&d->j, "estimate");
		return;
	}
	json_writer_open(&d->j, "estimate");
	put_estimate(d, &iteration);
	if (rate > 0)
		json_writer_digits(&d->j, "requests_per_second", rate, 6);
	else
		json_writer_null(&d->j, "requests_per_second");
	json_writer_digits(&d->j, "response_time_s", PLAN_ESTIMATE_RESPONSE_S, 6);
	json_writer_digits(&d->j, "iteration_s", plan_estimate_iteration_s(&iteration), 6);
	json_writer_bool(&d->j, "longer_than_run",
			 plan_estimate_is_too_long(d->l->model, &iteration));
	json_writer_close(&d->j);
}

/* ---- connections, hosts, limits, parameters */

static void put_sockets(struct plan_document *d)
{
	struct rlimit files;
	uint64_t users = load_peak_users_all(d->l->model);

	json_writer_line(&d->j, "\n    ");
	if (users)
		json_writer_uint(&d->j, "peak_users", users);
	else
		json_writer_null(&d->j, "peak_users");
	json_writer_open(&d->j, "sockets");
	if (users)
		json_writer_uint(&d->j, "concurrent",
				 users * plan_estimate_connections(d->l->program));
	else
		json_writer_null(&d->j, "concurrent");
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max != RLIM_INFINITY)
		json_writer_uint(&d->j, "limit", files.rlim_max);
	else
		json_writer_null(&d->j, "limit");
	json_writer_close(&d->j);
}

static void put_hosts(struct plan_document *d)
{
	struct contacted_hosts hosts = {.names = {NULL, 0, 0}};

	contacted_hosts_collect(&d->arena, d->l, &hosts);
	open_list(d, "hosts");
	for (size_t i = 0; i < hosts.names.count; i++)
		put_text(d, NULL, hosts.names.items[i]);
	json_writer_close_array(&d->j);
	put_optional(d, "proxy", d->l->model->defaults.proxy);
}

static void put_thresholds(struct plan_document *d)
{
	open_list(d, "thresholds");
	for (size_t i = 0; i < d->l->threshold_count; i++) {
		const struct threshold *t = &d->l->thresholds[i];

		open_item(d);
		put_text(d, "text", t->text);
		put_optional(d, "at", t->at);
		json_writer_bool(&d->j, "default", t->is_default);
		json_writer_bool(&d->j, "abort", t->abort);
		json_writer_close(&d->j);
	}
	json_writer_line(&d->j, "\n    ");
	json_writer_close_array(&d->j);
}

static void put_parameters(struct plan_document *d)
{
	const struct model *m = d->l->model;

	open_list(d, "parameters");
	for (size_t i = 0; i < m->parameter_count; i++) {
		const struct parameter *p = &m->parameters[i];

		open_item(d);
		put_text(d, "name", p->name);
		put_text(d, "value", p->secret && p->value.ptr ? STR("***") : p->value);
		json_writer_bool(&d->j, "secret", p->secret);
		json_writer_bool(&d->j, "required", p->required);
		put_optional(d, "description", p->description);
		put_optional(d, "from", p->origin);
		json_writer_close(&d->j);
	}
	json_writer_line(&d->j, "\n    ");
	json_writer_close_array(&d->j);
}

/* ---- the document */

static void put_plan(struct plan_document *d, enum show_json_part part)
{
	const struct model *m = d->l->model;
	struct buf listing;

	json_writer_line(&d->j, "\n  ");
	json_writer_open(&d->j, "plan");
	json_writer_line(&d->j, "\n    ");
	put_text(d, "name", m->name.len ? m->name : d->l->name);
	put_optional(d, "profile", m->profile);
	put_optional(d, "target", d->l->program->target);
	json_writer_uint(&d->j, "steps", load_file_count_steps(d->l));
	put_optional(d, "load_from", m->load_origin);
	put_optional(d, "target_from", d->overrides->target.from);
	put_loads(d);
	put_scenarios(d);
	put_estimates(d);
	put_sockets(d);
	put_hosts(d);
	put_thresholds(d);
	json_writer_line(&d->j, "\n    ");
	data_needs_put_json(d->l, &d->j);
	put_parameters(d);
	json_writer_line(&d->j, "\n  ");
	json_writer_close(&d->j);
	if (part == SHOW_JSON_SETTINGS)
		show_config_put_json(d->l, d->overrides, &d->j);
	if (part != SHOW_JSON_PROGRAM)
		return;
	buf_init(&listing, 0);
	program_disassemble(d->l->program, &listing);
	show_transport_put(d->l->program, &listing);
	json_writer_line(&d->j, "\n  ");
	put_text(d, "program", buf_str(&listing));
	buf_release(&listing);
}

void show_json_put(const struct loaded_file *l, const struct overrides *overrides,
		   enum show_json_part part, struct buf *out)
{
	struct plan_document d = {.l = l, .overrides = overrides, .j = json_writer_spaced(out)};
	bool fine = l->program && !l->diags.errors;

	arena_init(&d.arena, 0);
	json_writer_open(&d.j, NULL);
	json_writer_text(&d.j, "file", l->name);
	json_writer_uint(&d.j, "errors", l->diags.errors);
	json_writer_uint(&d.j, "warnings", l->diags.warnings);
	diag_put_json(&d.j, "diagnostics", &l->diags, NULL, NULL);
	if (fine)
		put_plan(&d, part);
	else
		json_writer_null(&d.j, "plan");
	json_writer_line(&d.j, "\n");
	json_writer_close(&d.j);
	buf_add_char(out, '\n');
	arena_release(&d.arena);
}
