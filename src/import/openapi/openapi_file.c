/*
 * The files of a specification, and what a $ref refers to. Other files are read only if they are in
 * the folder of the first one or below it; nothing is fetched from a server.
 */
#include "base/ascii.h"
#include "base/url.h"
#include "doc/json_node.h"
#include "doc/yaml.h"
#include "import/openapi/openapi.h"

#define REFERENCES_MAX 32 /* one after the other */

static struct str folder_of(struct str path)
{
	size_t slash = path.len;

	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	return str_slice(path, 0, slash);
}

/* ---- reading */

static const struct node *read_yaml(struct openapi *o, const struct source *source, struct str path)
{
	struct diag_list diags;
	const struct node *top;
	bool complete;

	diag_init(&diags, o->arena);
	top = yaml_read(o->arena, source, &diags);
	complete = top && !top->truncated;
	for (size_t i = 0; i < diags.diags.count && i < 5; i++) {
		const struct diag *d = &diags.diags.items[i];
		unsigned line =
		    d->span.source ? source_position(d->span.source, d->span.begin).line : 1;

		if (d->level != DIAG_ERROR)
			continue;
		if (!complete) {
			job_error(o->job, "%.*s cannot be read: line %u: %.*s", STR_ARG(path), line,
				  STR_ARG(d->text));
			return NULL;
		}
		job_note(o->job, "look at", "%.*s line %u: %.*s", STR_ARG(path), line,
			 STR_ARG(d->text));
	}
	return complete ? top : NULL;
}

static const struct node *read_text(struct openapi *o, const struct source *source, struct str path)
{
	const struct node *top;
	const char *why;
	size_t at = 0;

	if (!str_starts(str_trim(source->text), STR("{")))
		return read_yaml(o, source, path);
	top = json_node_read(o->arena, source, &at, &why);
	if (top)
		return top;
	/* A YAML file can also start with a brace. */
	if (!str_ends(path, STR(".json"))) {
		size_t before = o->job->errors.count;

		top = read_yaml(o, source, path);
		if (top)
			return top;
		o->job->errors.count = before;
	}
	job_error(o->job, "%.*s is not JSON: line %u: %s", STR_ARG(path),
		  source_position(source, (uint32_t)at).line, why);
	return NULL;
}

const struct node *openapi_read(struct openapi *o, struct str path, bool main_file)
{
	struct openapi_file file = {.path = path};
	size_t errors = o->job->errors.count;
	struct str text;

	if (job_read(o->job, arena_cstr(o->arena, path), &text)) {
		if (str_starts(text, STR("\xef\xbb\xbf")))
			text = str_slice(text, 3, text.len);
		file.source = source_new(o->arena, path, text);
		file.top = read_text(o, file.source, path);
	}
	VEC_PUSH(o->arena, &o->files, file);
	if (!file.top && !main_file) {
		if (o->job->errors.count > errors)
			job_warn(o->job, o->root, o->job->errors.items[errors]);
		o->job->errors.count = errors;
		o->unsupported++;
	}
	return file.top;
}

/* ---- references */

/* The file that PATH refers to from the file FROM; ptr NULL: it is outside the folder. */
static struct str beside(struct openapi *o, struct str from, struct str path)
{
	struct str root = folder_of(o->files.items[0].path);
	struct str inner = str_slice(folder_of(from), root.len, from.len);
	VEC(struct str) parts = {.count = 0};
	struct str result = root;

	if (str_starts(path, STR("/")) || str_find(path, STR("\\"), 0) != NOT_FOUND)
		return STR_NULL;
	path = arena_printf(o->arena, "%.*s%.*s", STR_ARG(inner), STR_ARG(path));
	for (size_t at = 0; at < path.len;) {
		size_t end = str_find_char(path, '/', at);
		struct str part = str_slice(path, at, end);

		at = end == NOT_FOUND ? path.len : end + 1;
		if (!part.len || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR("..")) && !parts.count)
			return STR_NULL;
		if (str_eq(part, STR("..")))
			parts.count--;
		else
			VEC_PUSH(o->arena, &parts, part);
	}
	for (size_t i = 0; i < parts.count; i++)
		result = arena_printf(o->arena, "%.*s%s%.*s", STR_ARG(result), i ? "/" : "",
				      STR_ARG(parts.items[i]));
	/* A file with this name, not standard input. */
	return str_eq(result, STR("-")) ? STR("./-") : result;
}

static const struct node *find_file(struct openapi *o, struct str path)
{
	for (size_t i = 0; i < o->files.count; i++)
		if (str_eq(o->files.items[i].path, path))
			return o->files.items[i].top;
	return openapi_read(o, path, false);
}

static const struct openapi_file *file_of(struct openapi *o, const struct node *node)
{
	for (size_t i = 0; i < o->files.count; i++)
		if (o->files.items[i].source == node->span.source)
			return &o->files.items[i];
	return &o->files.items[0];
}

/* The part AT of a pointer, decoded: ~1 is /, ~0 is ~, and %XX. */
static struct str decode_part(struct openapi *o, struct str part)
{
	struct buf plain, out;
	struct str result;

	buf_init(&plain, 0);
	buf_init(&out, 0);
	url_decode(&plain, part, false);
	for (size_t i = 0; i < plain.len; i++) {
		struct str rest = str_slice(buf_str(&plain), i, plain.len);

		if (str_starts(rest, STR("~1")) || str_starts(rest, STR("~0"))) {
			buf_add_char(&out, rest.ptr[1] == '1' ? '/' : '~');
			i++;
		} else {
			buf_add_char(&out, rest.ptr[0]);
		}
	}
	result = arena_str(o->arena, buf_str(&out));
	buf_release(&plain);
	buf_release(&out);
	return result;
}

const struct node *openapi_pointer(struct openapi *o, const struct node *node, struct str pointer)
{
	size_t at = str_starts(pointer, STR("/")) ? 1 : 0;

	if (!pointer.len)
		return node;
	while (node && at <= pointer.len) {
		size_t end = str_find_char(pointer, '/', at);
		struct str part = decode_part(o, str_slice(pointer, at, end));
		int64_t index;

		if (node->kind == NODE_MAP && node_find(node, STR("$ref")) &&
		    !node_find(node, part))
			node = openapi_resolve(o, node);
		if (node && node->kind == NODE_LIST)
			node = str_to_int(part, &index) && index >= 0 && (size_t)index < node->count
				   ? node->items[index]
				   : NULL;
		else
			node = node_find(node, part);
		at = end == NOT_FOUND ? pointer.len + 1 : end + 1;
	}
	return node;
}

static bool is_reported(struct openapi *o, struct str ref)
{
	for (size_t i = 0; i < o->reported.count; i++)
		if (str_eq(o->reported.items[i], ref))
			return true;
	VEC_PUSH(o->arena, &o->reported, ref);
	return false;
}

static void report(struct openapi *o, const struct node *node, struct str ref, const char *why)
{
	if (!is_reported(o, ref))
		openapi_unsupported(o, node, arena_printf(o->arena, "$ref %.*s", STR_ARG(ref)),
				    why);
}

static const struct node *follow(struct openapi *o, const struct node *node, struct str ref)
{
	size_t hash = str_find_char(ref, '#', 0);
	struct str path = str_slice(ref, 0, hash);
	struct str pointer = hash == NOT_FOUND ? STR("") : str_slice(ref, hash + 1, ref.len);
	const struct node *top = file_of(o, node)->top, *found;

	if (str_find(path, STR("://"), 0) != NOT_FOUND || str_starts(path, STR("//"))) {
		report(o, node, ref,
		       "a reference to a server is not fetched; save the file beside "
		       "this one");
		return NULL;
	}
	if (path.len) {
		struct str file = beside(o, file_of(o, node)->path, path);

		if (!file.ptr) {
			report(o, node, ref, "the file is outside the folder of the first one");
			return NULL;
		}
		top = find_file(o, file);
	}
	found = openapi_pointer(o, top, pointer);
	if (!found && top)
		report(o, node, ref, "it does not exist");
	return found;
}

static const struct node *follow_known(struct openapi *o, const struct node *node, struct str ref)
{
	const struct node **known = openapi_map_find(&o->known_references, node);

	if (known)
		return *known;
	known = ARENA_NEW(o->arena, const struct node *);
	*known = follow(o, node, ref);
	openapi_map_put(o, &o->known_references, node, known);
	return *known;
}

const struct node *openapi_resolve(struct openapi *o, const struct node *node)
{
	for (int i = 0; node && i < REFERENCES_MAX; i++) {
		struct str ref = openapi_text_at(node, "$ref");

		if (!ref.ptr)
			return node;
		node = follow_known(o, node, ref);
	}
	return NULL;
}
