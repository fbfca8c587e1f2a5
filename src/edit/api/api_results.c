/* The result folders below the folder: a list with the main numbers, and one summary. */
#include <sys/stat.h>

#include "base/file.h"
#include "doc/json_node.h"
#include "edit/api/api_private.h"

#define SUMMARY_BYTES_MAX ((size_t)16 << 20)

/* The value at PATH, keys separated by dots; NULL if it is missing. */
static const struct node *member_at(const struct node *root, const char *path)
{
	struct str rest = str_of(path);

	while (root && root->kind == NODE_MAP && rest.len) {
		size_t dot = str_find_char(rest, '.', 0);

		root = node_find(root, str_slice(rest, 0, dot == NOT_FOUND ? rest.len : dot));
		rest = dot == NOT_FOUND ? STR("") : str_slice(rest, dot + 1, rest.len);
	}
	return rest.len ? NULL : root;
}

static const struct list_member {
	const char *key, *path; /* in the summary */
} members[] = {
    {"scenario", "name"},
    {"began", "started"},
    {"duration_s", "duration_s"},
    {"verdict", "verdict"},
    {"valid", "valid"},
    {"stopped_by", "stopped_by"},
    {"users", "users.max"},
    {"iterations", "iterations.completed"},
    {"requests", "requests.started"},
    {"failures", "requests.failed"},
    {"per_second", "requests.per_second"},
    {"mean_ms", "response_time_ms.mean"},
    {"p50_ms", "response_time_ms.p50"},
    {"p95_ms", "response_time_ms.p95"},
    {"p99_ms", "response_time_ms.p99"},
};

/* NODE as it is written in the summary, or null. */
static void put_node(struct json_writer *j, const char *key, const struct node *node)
{
	if (node && node->span.source)
		buf_add(json_writer_value(j, key),
			str_slice(node->span.source->text, node->span.begin, node->span.end));
	else
		json_writer_null(j, key);
}

/* The tree of the summary at PATH, in A; NULL with a reason in WHY. */
static const struct node *read_summary(struct arena *a, const char *path, struct str *text,
				       const char **why)
{
	const struct node *root = NULL;
	size_t at;

	if (!file_read_regular(a, path, SUMMARY_BYTES_MAX, text, why))
		return NULL;
	root = json_node_read(a, source_new(a, STR("summary.json"), *text), &at, why);
	if (root && root->kind != NODE_MAP) {
		*why = "it is not an object";
		root = NULL;
	}
	return root;
}

static void put_result(struct api_request *r, struct str name, const char *path)
{
	const struct node *root;
	const char *why = "";
	struct arena arena; /* the memory of one summary, not that of all */
	struct str text;

	arena_init(&arena, 0);
	root = read_summary(&arena, path, &text, &why);
	json_writer_open(&r->json, NULL);
	json_writer_text(&r->json, "name", name);
	if (!root)
		json_writer_format(&r->json, "error", "summary.json cannot be read: %s", why);
	for (size_t i = 0; root && i < sizeof members / sizeof *members; i++)
		put_node(&r->json, members[i].key, member_at(root, members[i].path));
	json_writer_close(&r->json);
	arena_release(&arena);
}

void api_results_list(struct api_request *r)
{
	bool complete;

	json_writer_open_array(&r->json, "results");
	complete = api_folder_results(r, put_result);
	json_writer_close_array(&r->json);
	json_writer_bool(&r->json, "complete", complete);
	api_reply(r, 200);
}

/* The table with a row per second, for GET rows. */
static void put_series(struct api_request *r, struct str name)
{
	struct str file = arena_printf(&r->arena, "%.*s/series.csv", STR_ARG(name));
	struct str path = arena_printf(&r->arena, "%s/%.*s", r->api->folder, STR_ARG(file));
	struct stat state;

	if (stat(path.ptr, &state) == 0 && S_ISREG(state.st_mode))
		json_writer_text(&r->json, "series", file);
	else
		json_writer_null(&r->json, "series");
}

void api_results_get(struct api_request *r)
{
	const struct node *root;
	const char *path, *why = "";
	struct str name = r->path, text;

	path = api_folder_path(r, arena_printf(&r->arena, "%.*s/summary.json", STR_ARG(name)));
	if (!path)
		return;
	root = read_summary(&r->arena, path, &text, &why);
	if (!root) {
		api_fail(r, 404, "no-result", "%.*s has no result: summary.json cannot be read: %s",
			 STR_ARG(name), why);
		return;
	}
	json_writer_text(&r->json, "name", name);
	put_node(&r->json, "summary", root);
	put_series(r, name);
	api_reply(r, 200);
}
