#include "cmd/show_config.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/secret_mask.h"
#include "base/units.h"
#include "base/url.h"
#include "base/width.h"
#include "cmd/run_options.h"
#include "cmd/shard.h"
#include "doc/node.h"
#include "import/naming.h"
#include "interface/reader.h"
#include "scenario/scenario_file.h"

struct setting {
	struct str name, value, from;
};

struct config {
	struct arena arena;
	const struct loaded_file *l;
	const struct overrides *overrides;
	VEC(struct setting) settings;
};

/* ---- one setting */

/* Unlike naming_is_secret, this includes tokens, and `p`, which is InfluxDB's password. */
static bool is_credential_name(struct str name)
{
	static const char *const endings[] = {"token", "key", "sig", "signature", NULL};

	for (int i = 0; endings[i]; i++) {
		struct str word = str_of(endings[i]);

		if (name.len >= word.len &&
		    str_ieq(str_slice(name, name.len - word.len, name.len), word))
			return true;
	}
	return naming_is_secret(name) || str_eq(name, STR("p"));
}

/* Appends QUERY; values of parameters with a secret's name, such as tokens, become ***. */
static void put_query(struct buf *out, struct str query)
{
	for (size_t at = 0; at < query.len;) {
		size_t end = str_find_char(query, '&', at);
		struct str pair = str_slice(query, at, end == NOT_FOUND ? query.len : end);
		size_t equals = str_find_char(pair, '=', 0);
		struct str name = str_slice(pair, 0, equals == NOT_FOUND ? 0 : equals);

		buf_add_char(out, at ? '&' : '?');
		if (is_credential_name(name)) {
			buf_add(out, name);
			buf_add(out, STR("=***"));
		} else {
			buf_add(out, pair);
		}
		at += pair.len + 1;
	}
}

/* Appends VALUE; the query of a URL without credentials. */
static void put_value(struct buf *out, struct str value)
{
	struct url url;
	size_t query;

	if (!url_split(value, &url) || !url.query.len) {
		buf_add(out, value);
		return;
	}
	query = (size_t)(url.query.ptr - 1 - value.ptr);
	buf_add(out, str_slice(value, 0, query));
	put_query(out, url.query);
	buf_add(out, str_slice(value, query + 1 + url.query.len, value.len));
}

/* VALUE without credentials and secrets. */
static struct str masked_value(struct config *c, struct str value)
{
	struct buf text;
	struct str copy;

	buf_init(&text, 0);
	put_value(&text, value);
	secret_mask_once(&c->l->program->secrets, &text);
	copy = arena_str(&c->arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

/* Whether SETTING is a credential in a header of `defaults` whose value is written in the file. */
static bool is_secret_header(struct str setting, struct str value)
{
	struct str prefix = STR("defaults.headers.");

	return str_starts(setting, prefix) && str_find(value, STR("${"), 0) == NOT_FOUND &&
	       is_credential_name(str_slice(setting, prefix.len, setting.len));
}

static void add(struct config *c, struct str name, struct str value, struct str from)
{
	struct setting setting = {name, masked_value(c, value), from};

	if (is_secret_header(name, value))
		setting.value = STR("***");
	VEC_PUSH(&c->arena, &c->settings, setting);
}

static struct str location(struct config *c, const struct node *node)
{
	return source_span_label(&c->arena, node->span);
}

/* The final value of a field, as it is written in YAML; a view into the arena. */
static struct str value_of(struct config *c, const struct field *row, const void *at)
{
	struct buf text;
	struct str copy;

	buf_init(&text, 0);
	switch (row->type) {
	case FIELD_TEXT:
		buf_add(&text, *(const struct str *)at);
		break;
	case FIELD_TEMPLATE:
	case FIELD_EXPRESSION:
		buf_add(&text, ((const struct text *)at)->raw);
		break;
	case FIELD_BOOL:
		buf_add(&text, *(const bool *)at ? STR("yes") : STR("no"));
		break;
	case FIELD_INT:
		buf_printf(&text, "%lld", (long long)*(const int64_t *)at);
		break;
	case FIELD_NUMBER:
		buf_printf(&text, "%.10g", *(const double *)at);
		break;
	case FIELD_SHARE:
		buf_printf(&text, "%.10g%%", *(const double *)at * 100);
		break;
	case FIELD_DURATION:
		units_put_duration(&text, *(const ns_t *)at);
		break;
	case FIELD_SIZE:
		units_put_bytes(&text, (uint64_t) * (const int64_t *)at);
		break;
	case FIELD_RATE:
		buf_printf(&text, "%.10g/s", *(const double *)at);
		break;
	case FIELD_ENUM:
		buf_add(&text, str_of(row->choices[*(const int *)at]));
		break;
	case FIELD_OBJECT:
	case FIELD_LIST:
	case FIELD_MAP:
	case FIELD_STEPS:
	case FIELD_EXTRACTS:
	case FIELD_EXPECTS:
	case FIELD_SPECIAL:
		break;
	}
	copy = arena_str(&c->arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

/* ---- tables of the file */

/* A value without a short form, on one line: its text, or its size. */
static struct str source_text(struct config *c, const struct node *node)
{
	struct str text = node->text;

	if (node->kind == NODE_SCALAR)
		return text;
	return node->kind == NODE_LIST
		   ? arena_printf(&c->arena, "a list of %zu", (size_t)node->count)
		   : arena_printf(&c->arena, "%zu keys", (size_t)node->count);
}

static bool has_short_form(const struct field *row)
{
	return row->type <= FIELD_ENUM;
}

/* The option or variable that overrides KEY of `load` or of `defaults`, or NULL. */
static const struct override *override_of_key(const struct overrides *o, const char *key)
{
	const struct {
		const char *key;
		const struct override *value;
	} all[] = {{"users", &o->users},	{"arrivals", &o->arrivals},
		   {"duration", &o->duration},	{"iterations", &o->iterations},
		   {"ramp_up", &o->ramp_up},	{"grace", &o->grace},
		   {"transport", &o->transport}};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(all[i].key, key) == 0 && all[i].value->text.ptr)
			return all[i].value;
	return NULL;
}

static void add_map(struct config *c, struct str name, const struct node *map)
{
	for (size_t i = 0; i < map->count; i++)
		add(c,
		    arena_printf(&c->arena, "%.*s.%.*s", STR_ARG(name),
				 STR_ARG(map->pairs[i].key->text)),
		    source_text(c, map->pairs[i].value), location(c, map->pairs[i].value));
}

/* Adds the fields of TABLE from the struct at OBJECT, which begins with its `keys`. LOAD: options
 * override them. */
static void add_table(struct config *c, const char *prefix, const struct field *table,
		      const void *object, bool overridden)
{
	const struct keys *keys = object;

	for (const struct field *row = table; row->key; row++) {
		const void *at = (const char *)object + row->offset;
		const struct override *over =
		    overridden ? override_of_key(c->overrides, row->key) : NULL;
		const struct node *node = keys->node ? keys_value(keys, row->key) : NULL;
		struct str name = arena_printf(&c->arena, "%s.%s", prefix, row->key);

		if (row->type == FIELD_OBJECT)
			add_table(c, name.ptr, row->fields, at, false);
		else if (node && row->type == FIELD_MAP && node->kind == NODE_MAP)
			add_map(c, name, node);
		else if (over)
			add(c, name, value_of(c, row, at), over->from);
		else if (node)
			add(c, name,
			    has_short_form(row) ? value_of(c, row, at) : source_text(c, node),
			    location(c, node));
		else
			add(c, name, row->fallback ? str_of(row->fallback) : STR("-"),
			    STR("default"));
	}
}

/* ---- the parts */

static void add_target(struct config *c)
{
	const struct node *node = keys_value(&c->l->model->keys, "target");
	struct str target = c->l->program->target;

	add(c, STR("target"), target.len ? target : STR("-"),
	    c->overrides->target.text.ptr ? c->overrides->target.from
	    : node			  ? location(c, node)
					  : STR("default"));
}

static void add_parameters(struct config *c)
{
	const struct model *m = c->l->model;

	for (size_t i = 0; i < m->parameter_count; i++) {
		const struct parameter *p = &m->parameters[i];

		add(c, arena_printf(&c->arena, "parameters.%.*s", STR_ARG(p->name)),
		    !p->value.ptr ? STR("-")
		    : p->secret	  ? STR("***")
				  : p->value,
		    p->value.ptr ? p->origin : STR("required, not set"));
	}
}

static void add_seed(struct config *c)
{
	const struct model *m = c->l->model;
	const struct node *node = keys_value(&m->keys, "seed");

	add(c, STR("seed"),
	    m->has_seed ? arena_printf(&c->arena, "%lld", (long long)m->seed) : STR("random"),
	    c->overrides->seed.text.ptr ? c->overrides->seed.from
	    : node			? location(c, node)
					: STR("default"));
}

static void add_thresholds(struct config *c)
{
	const struct model *m = c->l->model;

	for (size_t i = 0; i < m->threshold_count; i++)
		if (m->thresholds[i].node)
			add(c, STR("thresholds"), m->thresholds[i].check,
			    location(c, m->thresholds[i].node));
	for (size_t i = 0; i < c->l->threshold_count; i++)
		if (c->l->thresholds[i].is_default)
			add(c, STR("thresholds"), c->l->thresholds[i].text, STR("default"));
}

/* Adds the options of `run` that are not keys of the file; the environment may set them. */
static void add_options(struct config *c)
{
	struct buf variable;

	buf_init(&variable, 0);
	for (const struct option *o = run_option_table; o->name; o++) {
		const char *value;

		if (!o->environment || o->sets_key)
			continue;
		buf_clear(&variable);
		options_variable(o, &variable);
		value = getenv(arena_cstr(&c->arena, buf_str(&variable)));
		if (value && *value)
			add(c, arena_printf(&c->arena, "--%s", o->name), str_of(value),
			    arena_printf(&c->arena, "environment %.*s",
					 STR_ARG(buf_str(&variable))));
		else
			add(c, arena_printf(&c->arena, "--%s", o->name),
			    o->value ? STR("-") : STR("no"), STR("default"));
	}
	buf_release(&variable);
}

static void add_shard_variables(struct config *c)
{
	const char *over = getenv("REPRISE_SHARD");

	for (const struct shard_variable *v = shard_variables; v->name; v++) {
		const char *value = getenv(v->name);

		if (value && !(over && *over))
			add(c, str_of(v->prose), str_of(value),
			    arena_printf(&c->arena, "environment %s", v->name));
	}
}

/* Adds settings from variables of orchestrators and other tools: labels of the result, the address
 * of StatsD, the index of the shard. */
static void add_environment(struct config *c)
{
	static const struct {
		const char *variable, *setting, *option;
		bool secret;
	} all[] = {{"RUN_ID", "labels.run_id", NULL, false},
		   {"HOST_IP", "labels.host_ip", NULL, false},
		   {"STATSD_HOST", "statsd host", "REPRISE_STATSD", false},
		   {"STATSD_PORT", "statsd port", "REPRISE_STATSD", false},
		   {"INFLUX_TOKEN", "influx token", NULL, true},
		   {"OTEL_EXPORTER_OTLP_HEADERS", "otlp headers", NULL, true}};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const char *value = getenv(all[i].variable);
		const char *over = all[i].option ? getenv(all[i].option) : NULL;

		if (value && !(over && *over))
			add(c, str_of(all[i].setting), all[i].secret ? STR("***") : str_of(value),
			    arena_printf(&c->arena, "environment %s", all[i].variable));
	}
	add_shard_variables(c);
}

static void put_padded(struct buf *out, struct str text, size_t width)
{
	size_t before = out->len;

	escape_terminal(out, text);
	for (size_t at = width_text(str_slice(buf_str(out), before, out->len)); at < width; at++)
		buf_add_char(out, ' ');
}

static void put_settings(const struct config *c, struct buf *out)
{
	size_t name = 0, value = 0;

	for (size_t i = 0; i < c->settings.count; i++) {
		const struct setting *s = &c->settings.items[i];

		if (width_text(s->name) > name)
			name = width_text(s->name);
		if (width_text(s->value) > value && width_text(s->value) < 40)
			value = width_text(s->value);
	}
	for (size_t i = 0; i < c->settings.count; i++) {
		const struct setting *s = &c->settings.items[i];

		put_padded(out, s->name, name + 2);
		put_padded(out, s->value, value);
		buf_add(out, STR("  "));
		escape_terminal(out, s->from);
		buf_add_char(out, '\n');
	}
}

/* Fills C, whose settings are from L. */
static void collect(struct config *c, const struct loaded_file *l,
		    const struct overrides *overrides)
{
	*c = (struct config){.l = l, .overrides = overrides};
	arena_init(&c->arena, 0);
	add(c, STR("profile"), l->model->profile.len ? l->model->profile : STR("-"),
	    l->model->profile.len ? overrides->profile.from : STR("default"));
	add_target(c);
	add_seed(c);
	add_parameters(c);
	add_table(c, "load", load_fields, &l->model->load, true);
	add_thresholds(c);
	add_table(c, "defaults", defaults_fields, &l->model->defaults, true);
	add_options(c);
	add_environment(c);
}

void show_config_put(const struct loaded_file *l, const struct overrides *overrides,
		     struct buf *out)
{
	struct config c;

	collect(&c, l, overrides);
	put_settings(&c, out);
	arena_release(&c.arena);
}

void show_config_put_json(const struct loaded_file *l, const struct overrides *overrides,
			  struct json_writer *j)
{
	struct config c;

	collect(&c, l, overrides);
	json_writer_line(j, "\n  ");
	json_writer_open_array(j, "settings");
	for (size_t i = 0; i < c.settings.count; i++) {
		const struct setting *s = &c.settings.items[i];

		json_writer_line(j, "\n    ");
		json_writer_open(j, NULL);
		json_writer_text(j, "name", s->name);
		json_writer_text(j, "value", s->value);
		json_writer_text(j, "from", s->from);
		json_writer_close(j);
	}
	json_writer_line(j, "\n  ");
	json_writer_close_array(j);
	arena_release(&c.arena);
}
