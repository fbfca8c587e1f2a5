/* The values of an import: those that the server issues, typed ones, secrets. */
#include "cmd/import_json_private.h"

#define SHOWN_OF_VALUE 4u   /* bytes of a recorded value that the server issued */
#define TYPED_MAX      200u /* bytes of a typed value */

/* The part of PATH after BASE and "/KEY/"; ptr NULL if it is not below that. */
static struct str below(struct str path, struct str base, const char *key)
{
	struct str rest;
	size_t length = str_of(key).len;

	if (!base.ptr || !str_starts(path, base) || path.len <= base.len + length + 2)
		return STR_NULL;
	rest = str_slice(path, base.len, path.len);
	if (rest.ptr[0] != '/' || !str_eq(str_slice(rest, 1, 1 + length), str_of(key)) ||
	    rest.ptr[1 + length] != '/')
		return STR_NULL;
	return str_slice(rest, length + 2, rest.len);
}

/* ---- values that the server issues */

static const struct report_row *row_of(const struct conversion *conversion, struct str name)
{
	for (size_t i = 0; i < conversion->variable_reports.count; i++)
		if (str_eq(conversion->variable_reports.items[i].name, name))
			return &conversion->variable_reports.items[i];
	return NULL;
}

static void put_uses(struct import_report_json *r, struct str name)
{
	json_writer_open_array(&r->j, "uses");
	for (size_t i = 0; i < r->scenario.scalars.count; i++)
		if (import_scenario_uses(r->scenario.scalars.items[i].node->text, name))
			import_json_put_text(r, NULL, r->scenario.scalars.items[i].path);
	json_writer_close_array(&r->j);
}

/* The start of the value, which may be the key to a session. */
static void put_recorded(struct import_report_json *r, struct str value)
{
	json_writer_format(&r->j, "recorded", "%.*s%s", STR_ARG(str_cut(value, SHOWN_OF_VALUE)),
			   value.len > SHOWN_OF_VALUE ? "…" : "");
}

static void put_value(struct import_report_json *r, const struct step_label *label,
		      const struct extractor_spec *spec)
{
	const struct report_row *row = row_of(r->job->conversion, spec->variable);
	struct str path = STR_NULL;

	for (size_t i = 0; label && i < r->scenario.scalars.count && !path.ptr; i++) {
		struct str rest = below(r->scenario.scalars.items[i].path, label->path, "extract");
		struct str whole = r->scenario.scalars.items[i].path;

		/* The value of the extractor is below its name. */
		if (rest.ptr && str_starts(rest, spec->variable) &&
		    (rest.len == spec->variable.len || rest.ptr[spec->variable.len] == '/'))
			path = str_slice(whole, 0, whole.len - rest.len + spec->variable.len);
	}
	import_json_open_item(r);
	import_json_put_text(r, "name", spec->variable);
	import_json_put_text(r, "path", path);
	json_writer_text(&r->j, "certainty",
			 row && str_starts(row->sure, STR("certain")) ? STR("certain")
								      : STR("likely"));
	json_writer_open(&r->j, "from");
	import_json_put_text(r, "step", label ? label->path : STR_NULL);
	import_json_put_text(r, "name", label ? label->name : STR_NULL);
	import_json_put_text(r, "sentence", row ? row->what : STR_NULL);
	json_writer_close(&r->j);
	json_writer_open(&r->j, "extract");
	json_writer_text(&r->j, "kind", spec->kind);
	import_json_put_text(r, "value", spec->value);
	json_writer_close(&r->j);
	import_json_put_text(r, "why", row && row->why.len ? row->why : STR_NULL);
	put_uses(r, spec->variable);
	put_recorded(r, spec->recorded);
	json_writer_close(&r->j);
}

static void put_issued(struct import_report_json *r)
{
	const struct conversion *conversion = r->job->conversion;

	import_json_open_list(r, "values");
	for (size_t i = 0; conversion && i < conversion->steps.count; i++)
		for (size_t k = 0; k < conversion->steps.items[i].extractor_specs.count; k++)
			put_value(r, r->scenario.steps[i],
				  &conversion->steps.items[i].extractor_specs.items[k]);
	import_json_close_list(r);
	import_json_open_list(r, "generated");
	for (size_t i = 0; conversion && i < conversion->generated.count; i++) {
		import_json_open_item(r);
		import_json_put_text(r, "name", conversion->generated.items[i].name);
		import_json_put_text(r, "sentence", conversion->generated.items[i].what);
		put_uses(r, conversion->generated.items[i].name);
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
}

/* ---- typed values and secrets */

/* Whether the scalar is a text that a request of a step sends as a field. */
static bool is_sent(const struct import_report_json *r, const struct import_scalar *scalar)
{
	static const char *const keys[] = {"form", "submit", "query", "json", "auth", "multipart"};

	for (uint32_t i = 0; r->scenario.l.program && i < r->scenario.l.program->request_count; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			if (r->scenario.labels[i] &&
			    below(scalar->path, r->scenario.labels[i]->path, keys[k]).ptr)
				return true;
	return false;
}

static const struct parameter *parameter_in(const struct model *model, struct str text)
{
	for (size_t i = 0; model && i < model->parameter_count; i++)
		if (import_scenario_uses(text, model->parameters[i].name))
			return &model->parameters[i];
	return NULL;
}

static void put_typed(struct import_report_json *r)
{
	const struct model *model = r->scenario.l.model;

	import_json_open_list(r, "typed");
	for (size_t i = 0; i < r->scenario.scalars.count; i++) {
		const struct import_scalar *scalar = &r->scenario.scalars.items[i];
		struct str text = scalar->node->text;
		const struct parameter *p = parameter_in(model, text);

		if (!text.len || !is_sent(r, scalar) ||
		    (!p && str_find(text, STR("${"), 0) != NOT_FOUND))
			continue;
		import_json_open_item(r);
		import_json_put_text(r, "label", scalar->key);
		import_json_put_text(r, "path", scalar->path);
		import_json_put_text(r, "value", p ? STR_NULL : str_cut(text, TYPED_MAX));
		json_writer_bool(&r->j, "secret", p && p->secret);
		import_json_put_text(r, "parameter", p ? p->name : STR_NULL);
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
	import_json_open_list(r, "secrets");
	for (size_t i = 0; model && i < model->parameter_count; i++) {
		const struct parameter *p = &model->parameters[i];

		if (!p->secret)
			continue;
		import_json_open_item(r);
		import_json_put_text(r, "name", p->name);
		import_json_put_text(r, "description",
				     p->description.len ? p->description : STR_NULL);
		json_writer_bool(&r->j, "required", p->required);
		put_uses(r, p->name);
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
}

void import_json_put_values(struct import_report_json *r)
{
	put_issued(r);
	put_typed(r);
}
