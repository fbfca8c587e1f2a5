/*
 * openapi: a specification (OpenAPI 3.0 or 3.1, Swagger 2; JSON or YAML). Each resource becomes a
 * chain of its operations, in which a path gets its values from earlier responses. Only what a
 * chain created is changed or deleted. Nothing is fetched from a server.
 */
#include "import/openapi/openapi.h"

#include "import/import.h"
#include "import/naming.h"

static bool read_all(struct import_job *job);
static bool is_openapi(struct str text);

const struct import_kind openapi_import = {
    .name = "openapi",
    .example = "api.yaml",
    .sentence = "an OpenAPI 3 or Swagger 2 specification, as chains of requests",
    .read = read_all,
    .recognizes = is_openapi,
};

/* Whether KEY is at the start of a line, or is a key of JSON, with a value that begins with
 * VERSION. */
static bool has_version(struct str text, const char *key, char version)
{
	for (size_t at = 0; (at = str_find(text, str_of(key), at)) != NOT_FOUND; at++) {
		size_t after = at + strlen(key);
		char before = at ? text.ptr[at - 1] : '\n';

		if (before != '\n' && before != '"' && before != '\'')
			continue;
		while (after < text.len && strchr("\"' \t\r\n:", text.ptr[after]))
			after++;
		if (after < text.len && text.ptr[after] == version)
			return true;
	}
	return false;
}

static bool is_openapi(struct str text)
{
	return has_version(text, "openapi", '3') || has_version(text, "swagger", '2');
}

/* ---- texts */

struct str openapi_line(const struct openapi *o, const struct node *node)
{
	unsigned line;

	if (!node || !node->span.source)
		return STR("line ?");
	line = source_position(node->span.source, node->span.begin).line;
	if (o->files.count && node->span.source != o->files.items[0].source)
		return arena_printf(o->arena, "%.*s line %u", STR_ARG(node->span.source->name),
				    line);
	return arena_printf(o->arena, "line %u", line);
}

void openapi_unsupported(struct openapi *o, const struct node *node, struct str what,
			 const char *why)
{
	struct str line = arena_printf(o->arena, "%.*s: %.*s: %s", STR_ARG(openapi_line(o, node)),
				       STR_ARG(str_cut(what, 100)), why);

	o->unsupported++;
	if (!o->step_node) {
		job_warn(o->job, o->root, line);
		return;
	}
	job_note(o->job, "look at", "%.*s", STR_ARG(line));
	yaml_writer_comment(o->arena, o->step_node, line);
}

struct str openapi_text_at(const struct node *map, const char *key)
{
	const struct node *value = node_find(map, str_of(key));

	return value && value->kind == NODE_SCALAR && !node_is_empty(value) ? value->text
									    : STR_NULL;
}

bool openapi_is_true(const struct node *map, const char *key)
{
	return str_eq(openapi_text_at(map, key), STR("true"));
}

struct str openapi_plain(struct openapi *o, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	text = str_cut(str_trim(str_slice(text, 0, str_find_char(text, '\n', 0))), 100);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (i && (c == '{' || c == '}') && text.ptr[i - 1] == c)
			continue; /* {{name}} looks like the template of another tool */
		if (c == '{' && i && text.ptr[i - 1] == '$')
			buf_add_char(&out, ' ');
		buf_add_char(&out, c);
	}
	result = arena_str(o->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* ---- parameters of the scenario */

static bool is_setting(const struct openapi *o, struct str name)
{
	for (size_t i = 0; i < o->settings.count; i++)
		if (str_eq(o->settings.items[i].name, name))
			return true;
	return false;
}

struct openapi_setting *openapi_setting(struct openapi *o, struct str origin, struct str name)
{
	struct openapi_setting s = {.origin = origin};
	struct buf scratch;
	struct str word;

	for (size_t i = 0; i < o->settings.count; i++)
		if (str_eq(o->settings.items[i].origin, origin))
			return &o->settings.items[i];
	buf_init(&scratch, 0);
	word = naming_snake_case(o->arena, &scratch, name);
	buf_release(&scratch);
	s.name = word = naming_parameter(o->arena, word.len ? word : STR("value"));
	for (unsigned i = 2; is_setting(o, s.name); i++)
		s.name = arena_printf(o->arena, "%.*s_%u", STR_ARG(word), i);
	s.node = yaml_writer_map(o->arena);
	s.node->flow = true;
	VEC_PUSH(o->arena, &o->settings, s);
	return &o->settings.items[o->settings.count - 1];
}

struct str openapi_secret(struct openapi *o, struct str origin, struct str name,
			  struct str description)
{
	struct openapi_setting *s = openapi_setting(o, origin, name);

	if (!s->node->members.count) {
		yaml_writer_put(o->arena, s->node, STR("required"),
				yaml_writer_word(o->arena, STR("yes")));
		yaml_writer_put(o->arena, s->node, STR("secret"),
				yaml_writer_word(o->arena, STR("yes")));
		if (description.len)
			yaml_writer_put_text(o->arena, s->node, STR("description"),
					     openapi_plain(o, description));
		job_note(o->job, "secrets", "%.*s: give it with -p %.*s=…", STR_ARG(s->name),
			 STR_ARG(s->name));
	}
	return openapi_variable_text(o, s->name);
}

/* ---- the document */

static void put_settings(struct openapi *o)
{
	struct yaml_writer_node *all = yaml_writer_map(o->arena);

	for (size_t i = 0; i < o->settings.count; i++)
		yaml_writer_put(o->arena, all, o->settings.items[i].name,
				o->settings.items[i].node);
	if (all->members.count)
		yaml_writer_put(o->arena, o->root, STR("parameters"), all);
}

static struct yaml_writer_node *make_defaults(struct openapi *o)
{
	struct yaml_writer_node *defaults = yaml_writer_map(o->arena);

	yaml_writer_put_text(o->arena, openapi_headers(o, defaults), STR("Accept"),
			     STR("application/json"));
	openapi_put_shared_keys(o, defaults);
	if (o->default_auth)
		yaml_writer_put(o->arena, defaults, STR("auth"), o->default_auth);
	return defaults;
}

/* Parts of a specification that are not requests to its servers. */
static void report_others(struct openapi *o)
{
	const struct node_pair *webhooks = node_find_pair(o->top, STR("webhooks"));

	if (webhooks)
		openapi_unsupported(o, webhooks->key, STR("webhooks"),
				    "requests that the server sends are not supported");
	for (size_t i = 0; i < o->operations.count; i++) {
		const struct openapi_operation *op = o->operations.items[i];
		const struct node_pair *calls = node_find_pair(op->node, STR("callbacks"));

		if (calls && op->wanted)
			openapi_unsupported(
			    o, calls->key,
			    arena_printf(o->arena, "callbacks of %.*s", STR_ARG(op->label)),
			    "requests that the server sends are not supported");
	}
}

static void report_counts(struct openapi *o, size_t scenarios)
{
	size_t reached = 0, skipped = 0, all = o->operations.count;

	for (size_t i = 0; i < all; i++) {
		reached += o->operations.items[i]->reached;
		skipped += !o->operations.items[i]->wanted && !o->operations.items[i]->reached;
	}
	job_note(o->job, "converted", "%zu of %zu operation%s in %zu scenario%s", reached, all,
		 all == 1 ? "" : "s", scenarios, scenarios == 1 ? "" : "s");
	if (skipped)
		job_note(o->job, "skipped", "%zu operation%s that --tag and --methods exclude",
			 skipped, skipped == 1 ? "" : "s");
}

/* No operation is reached: the reasons of the first ones. */
static bool report_nothing(struct openapi *o)
{
	size_t count = 0;

	for (size_t i = 0; i < o->operations.count && count < 5; i++) {
		const struct openapi_operation *op = o->operations.items[i];

		if (!op->wanted)
			continue;
		count++;
		job_error(o->job, "%s: %.*s: %.*s: %.*s", o->job->files[0],
			  STR_ARG(openapi_line(o, op->key)), STR_ARG(op->label),
			  STR_ARG(op->reason));
	}
	return job_error(o->job, "no operation can be converted%s",
			 count ? "" : " with these --tag and --methods");
}

static bool put_document(struct openapi *o)
{
	struct yaml_writer_node *scenarios = yaml_writer_list(o->arena), *defaults;
	struct str title = openapi_text_at(node_find(o->top, STR("info")), "title");

	if (title.len)
		yaml_writer_put_text(o->arena, o->root, STR("name"), openapi_plain(o, title));
	openapi_put_target(o);
	openapi_read_security(o);
	openapi_find_identities(o);
	openapi_put_chains(o, scenarios);
	report_others(o);
	if (!scenarios->members.count)
		return report_nothing(o);
	defaults = make_defaults(o); /* its credentials are parameters */
	put_settings(o);
	if (o->hosts.count)
		yaml_writer_put(o->arena, o->root, STR("allowed_hosts"),
				yaml_writer_set(o->arena, o->hosts.items, o->hosts.count));
	yaml_writer_put(o->arena, o->root, STR("defaults"), defaults);
	if (o->profiles)
		yaml_writer_put(o->arena, o->root, STR("profiles"), o->profiles);
	yaml_writer_put(o->arena, o->root, STR("scenarios"), scenarios);
	report_counts(o, scenarios->members.count);
	return true;
}

/* ---- the file */

static bool read_version(struct openapi *o, const char *path)
{
	struct str version = openapi_text_at(o->top, "openapi");

	if (str_starts(version, STR("3.0")))
		o->version = OPENAPI_3_0;
	else if (str_starts(version, STR("3.")))
		o->version = OPENAPI_3_1;
	else if (str_starts(openapi_text_at(o->top, "swagger"), STR("2")))
		o->version = OPENAPI_2;
	else if (version.len)
		return job_error(o->job,
				 "%s has version %.*s of OpenAPI; 2, 3.0 and 3.1 are supported",
				 path, STR_ARG(version));
	else
		return job_error(o->job,
				 "%s is not a specification: it has no key 'openapi' or 'swagger'",
				 path);
	return true;
}

static bool convert(struct openapi *o)
{
	const char *path = o->job->files[0];

	if (o->job->file_count > 1)
		return job_error(
		    o->job, "one specification can be imported at a time; files that it refers "
			    "to are read automatically");
	o->top = openapi_read(o, str_of(path), true);
	if (!o->top)
		return o->job->errors.count > 0 ? false
						: job_error(o->job, "%s cannot be read", path);
	if (o->top->kind != NODE_MAP)
		return job_error(o->job, "%s is not a specification: it is not a mapping", path);
	if (!read_version(o, path))
		return false;
	openapi_read_operations(o);
	if (!o->operations.count)
		return job_error(o->job, "%s has no operation: nothing below 'paths'", path);
	return put_document(o);
}

static bool read_all(struct import_job *job)
{
	struct openapi o = {.job = job,
			    .arena = &job->arena,
			    .root = yaml_writer_map(&job->arena),
			    .scratch = regex_scratch_new()};
	bool good;

	yaml_writer_comment(o.arena, o.root,
			    STR("Created by reprise import openapi. Not supported:"));
	good = convert(&o);
	if (good && !job->comments && str_find_char(o.root->above, '\n', 0) == NOT_FOUND)
		o.root->above = STR("Created by reprise import openapi.");
	if (good && o.no_target.len)
		job_no_target(job, o.root, o.no_target);
	regex_scratch_free(o.scratch);
	job->document = o.root;
	return good;
}
