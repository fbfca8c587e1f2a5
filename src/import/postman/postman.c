/*
 * postman: a Postman collection (2.0 or 2.1) with its environments, globals and data files. Folders
 * become groups. Scripts are never run: statements that extract values or check responses are
 * recognized, and all others are reported with their lines.
 */
#include "import/postman/postman.h"

#include "doc/json_node.h"
#include "import/import.h"

static bool read_all(struct import_job *job);
static bool is_postman(struct str text);

const struct import_kind postman_import = {
    .name = "postman",
    .sentence = "a Postman collection, with environments, globals and data files",
    .example = "shop.postman_collection.json staging.postman_environment.json",
    .read = read_all,
    .recognizes = is_postman,
};

static bool is_postman(struct str text)
{
	return str_starts(str_trim(text), STR("{")) &&
	       (str_find(text, STR("schema.getpostman.com/json/collection"), 0) != NOT_FOUND ||
		str_find(text, STR("\"_postman_variable_scope\""), 0) != NOT_FOUND);
}

static unsigned line_of(const struct node *node)
{
	return node && node->span.source ? source_position(node->span.source, node->span.begin).line
					 : 0;
}

void postman_unsupported(struct postman *p, const struct node *node, struct str what,
			 const char *why)
{
	const struct source *source = node ? node->span.source : NULL;
	bool other = source && !str_eq(source->name, str_of(p->job->files[0]));

	p->unsupported++;
	job_warn(p->job, p->root,
		 arena_printf(p->arena, "%.*s%sline %u: %.*s: %s",
			      STR_ARG(other ? source->name : STR("")), other ? ": " : "",
			      line_of(node), STR_ARG(str_cut(what, 80)), why));
}

struct str postman_text_at(const struct node *map, const char *key)
{
	const struct node *value = node_find(map, str_of(key));

	if (!value || value->kind != NODE_SCALAR || node_is_empty(value) ||
	    (!node_is_quoted(value) && str_eq(value->text, STR("null"))))
		return STR_NULL;
	return value->text;
}

struct str postman_plain(struct postman *p, struct str name)
{
	struct buf out;
	struct str result;

	name = str_cut(name, 100);
	buf_init(&out, 0);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (i && (c == '{' || c == '}') && name.ptr[i - 1] == c)
			continue;
		if (c == '{' && i && name.ptr[i - 1] == '$')
			buf_add_char(&out, ' ');
		buf_add_char(&out, c);
	}
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

bool postman_is_disabled(const struct node *map)
{
	return str_eq(postman_text_at(map, "disabled"), STR("true")) ||
	       str_eq(postman_text_at(map, "enabled"), STR("false"));
}

/* ---- items */

static void put_items(struct postman *p, const struct node *items, struct postman_auth auth,
		      struct yaml_writer_node *steps);

static void add_all(struct postman *p, struct yaml_writer_node *into,
		    const struct yaml_writer_node *from)
{
	for (size_t i = 0; i < from->members.count; i++)
		yaml_writer_add(p->arena, into, from->members.items[i].value);
}

/* A request that its script repeats (setNextRequest to itself) is a loop with a maximum. */
static void put_step(struct postman *p, struct yaml_writer_node *steps,
		     struct yaml_writer_node *step, const struct postman_script_result *script)
{
	struct yaml_writer_node *loop, *again;

	yaml_writer_add(p->arena, steps, step);
	if (!script->while_condition.len)
		return;
	loop = yaml_writer_add(p->arena, steps, yaml_writer_map(p->arena));
	yaml_writer_put_text(p->arena, loop, STR("while"), script->while_condition);
	yaml_writer_put(p->arena, loop, STR("max"), yaml_writer_word(p->arena, STR("20")));
	again = yaml_writer_put(p->arena, loop, STR("steps"), yaml_writer_list(p->arena));
	yaml_writer_put_text(p->arena, yaml_writer_add(p->arena, again, yaml_writer_map(p->arena)),
			     STR("think"), STR("1s"));
	yaml_writer_add(p->arena, again, step);
}

static void put_request(struct postman *p, const struct node *item, struct postman_auth auth,
			struct yaml_writer_node *steps)
{
	struct postman_script_result script = {.before = yaml_writer_list(p->arena),
					       .extract = yaml_writer_map(p->arena),
					       .expect = yaml_writer_map(p->arena),
					       .after = yaml_writer_list(p->arena)};
	struct yaml_writer_node *step;

	postman_scripts(p, item, &script);
	step = postman_request(p, item, postman_auth_of(node_find(item, STR("request")), auth),
			       &script);
	if (!step)
		return;
	p->requests++;
	add_all(p, steps, script.before);
	put_step(p, steps, step, &script);
	add_all(p, steps, script.after);
}

static void put_folder(struct postman *p, const struct node *item, struct postman_auth auth,
		       struct yaml_writer_node *steps)
{
	struct yaml_writer_node *group = yaml_writer_map(p->arena);
	struct yaml_writer_node *inner = yaml_writer_list(p->arena);
	struct str name = postman_text_at(item, "name");
	struct postman_script_result script = {.before = yaml_writer_list(p->arena),
					       .extract = yaml_writer_map(p->arena),
					       .expect = yaml_writer_map(p->arena),
					       .after = yaml_writer_list(p->arena)};

	postman_scripts(p, item, &script);
	if (script.extract->members.count || script.expect->members.count)
		postman_unsupported(
		    p, item, name.ptr ? name : STR("folder"),
		    "tests of a folder are not supported; copy them to each of its requests");
	add_all(p, inner, script.before);
	put_items(p, node_find(item, STR("item")), postman_auth_of(item, auth), inner);
	if (!inner->members.count)
		return;
	yaml_writer_put_text(p->arena, group, STR("group"),
			     name.len ? postman_plain(p, name) : STR("Folder"));
	yaml_writer_put(p->arena, group, STR("steps"), inner);
	yaml_writer_add(p->arena, steps, group);
}

static void put_items(struct postman *p, const struct node *items, struct postman_auth auth,
		      struct yaml_writer_node *steps)
{
	for (size_t i = 0; items && items->kind == NODE_LIST && i < items->count; i++) {
		const struct node *item = items->items[i];

		if (node_find(item, STR("item")))
			put_folder(p, item, auth, steps);
		else if (node_find(item, STR("request")))
			put_request(p, item, auth, steps);
		else
			postman_unsupported(p, item, STR("item"), "it has no request");
	}
}

/* ---- files */

static bool has_name(const char *path, const char *end)
{
	return str_ends(str_of(path), str_of(end));
}

/* Reads a collection, an environment, globals or a data file. */
static bool read_file(struct postman *p, const char *path)
{
	const struct node *top;
	const char *why = "it is not a mapping";
	struct str text;
	size_t at = 0;

	if (!job_read(p->job, path, &text))
		return false;
	if (has_name(path, ".csv") || str_starts(str_trim(text), STR("[")))
		return postman_add_data(p, path, text);
	top = json_node_read(p->arena, source_new(p->arena, str_of(path), text), &at, &why);
	if (node_find(top, STR("collection"))) /* as the API of Postman returns it */
		top = node_find(top, STR("collection"));
	if (!top || top->kind != NODE_MAP)
		return job_error(p->job, "%s is not JSON: byte %zu: %s", path, at, why);
	postman_add_file(p, top);
	return true;
}

void postman_add_file(struct postman *p, const struct node *top)
{
	struct str scope = postman_text_at(top, "_postman_variable_scope");

	if (node_find(top, STR("item"))) {
		postman_add_variables(p, node_find(top, STR("variable")), POSTMAN_COLLECTION);
		postman_scan_scripts(p, top);
		VEC_PUSH(p->arena, &p->collections, top);
		return;
	}
	postman_add_variables(p, node_find(top, STR("values")),
			      str_eq(scope, STR("globals")) ? POSTMAN_GLOBAL : POSTMAN_ENVIRONMENT);
}

static void put_collection(struct postman *p, const struct node *top,
			   struct yaml_writer_node *steps)
{
	struct postman_auth none = {.node = NULL};
	struct postman_script_result script = {.before = yaml_writer_list(p->arena),
					       .extract = yaml_writer_map(p->arena),
					       .expect = yaml_writer_map(p->arena),
					       .after = yaml_writer_list(p->arena)};

	postman_scripts(p, top, &script);
	add_all(p, steps, script.before);
	if (script.extract->members.count || script.expect->members.count)
		postman_unsupported(
		    p, top, STR("collection"),
		    "tests of a collection are not supported; copy them to each request");
	put_items(p, node_find(top, STR("item")), postman_auth_of(top, none), steps);
}

/* ---- the document */

static void put_hosts(struct postman *p)
{
	if (p->hosts.count)
		yaml_writer_put(p->arena, p->root, STR("allowed_hosts"),
				yaml_writer_set(p->arena, p->hosts.items, p->hosts.count));
}

static void put_head(struct postman *p, const struct node *top)
{
	struct str name = postman_text_at(node_find(top, STR("info")), "name");

	if (name.len)
		yaml_writer_put_text(p->arena, p->root, STR("name"), postman_plain(p, name));
	if (p->target.len)
		yaml_writer_put_text(p->arena, p->root, STR("target"), p->target);
}

/* In these tools, a failed test does not end the run. */
static void put_defaults(struct postman *p)
{
	struct yaml_writer_node *defaults =
	    yaml_writer_put(p->arena, p->root, STR("defaults"), yaml_writer_map(p->arena));

	yaml_writer_put(p->arena, defaults, STR("on_failure"),
			yaml_writer_word(p->arena, STR("continue")))
	    ->beside =
	    arena_printf(p->arena, "as in %s, the next request is sent even if a test fails", p->tool);
}

static bool convert(struct postman *p)
{
	struct yaml_writer_node *steps = yaml_writer_list(p->arena);

	postman_name_variables(p);
	for (size_t i = 0; i < p->collections.count; i++)
		postman_find_target(p, node_find(p->collections.items[i], STR("item")));
	put_head(p, p->collections.items[0]);
	for (size_t i = 0; i < p->collections.count; i++)
		put_collection(p, p->collections.items[i], steps);
	put_hosts(p);
	postman_put_variables(p);
	if (p->data && p->data->members.count)
		yaml_writer_put(p->arena, p->root, STR("data"), p->data);
	put_defaults(p);
	yaml_writer_put(p->arena, p->root, STR("steps"), steps);
	if (!p->requests)
		return job_error(p->job, "the collection has no request that can be converted");
	return true;
}

/* Reads all files with READ, and converts them unless one of them cannot be read. */
static bool read_and_convert(struct postman *p, bool (*read)(struct postman *p, const char *path))
{
	for (size_t i = 0; i < p->job->file_count; i++)
		if (!read(p, p->job->files[i]))
			return false;
	if (!p->collections.count)
		return job_error(p->job, "none of the files is a collection; export one as JSON "
					 "(of Postman: version 2.1)");
	return convert(p);
}

bool postman_import_files(struct import_job *job, const char *tool, const char *kind,
			  bool (*read)(struct postman *p, const char *path))
{
	struct postman p = {.job = job,
			    .tool = tool,
			    .arena = &job->arena,
			    .root = yaml_writer_map(&job->arena),
			    .data = yaml_writer_map(&job->arena),
			    .scratch = regex_scratch_new()};
	bool good;

	yaml_writer_comment(
	    p.arena, p.root,
	    arena_printf(p.arena, "Created by reprise import %s. Not supported:", kind));
	good = read_and_convert(&p, read);
	if (good && !p.unsupported)
		p.root->above = arena_printf(
		    p.arena, "Created by reprise import %s; everything was converted.", kind);
	if (good && !p.target.len)
		job_no_target(job, p.root, STR("the collection has no address"));
	job_note(job, "converted", "%zu requests", p.requests);
	regex_scratch_free(p.scratch);
	job->document = p.root;
	return good;
}

static bool read_all(struct import_job *job)
{
	return postman_import_files(job, "Postman", "postman", read_file);
}
