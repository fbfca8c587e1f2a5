/* The folder of the editor: the files in it, and the paths that may be opened. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "doc/yaml.h"
#include "edit/api/api_private.h"

/* ---- paths */

static bool is_inside(const struct api *api, const char *path)
{
	size_t length = strlen(api->folder);

	return strncmp(path, api->folder, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0' || api->folder[length - 1] == '/');
}

/* False after a refusal: a folder, or a pipe, from which reading may never end. */
static bool is_file(struct api_request *r, struct str name, const char *path)
{
	struct stat state;

	if (stat(path, &state) != 0 || S_ISREG(state.st_mode))
		return true;
	api_fail(r, 400, "path", "'%.*s' is not a regular file", STR_ARG(name));
	return false;
}

/* True after a refusal: the file has values that no response contains. */
static bool is_secret(struct api_request *r, const char *path)
{
	if (!str_ends(str_of(path), STR("/.env")))
		return false;
	api_fail(r, 403, "secret", "the values in .env cannot be read; PUT secrets sets them");
	return true;
}

const char *api_folder_place(struct api_request *r, struct str name)
{
	struct str whole = arena_printf(&r->arena, "%s/%.*s", r->api->folder, STR_ARG(name));
	size_t slash = whole.len;
	char *folder, *file;
	const char *path;
	struct str last;

	if (!name.len || name.ptr[0] == '/' || memchr(name.ptr, '\0', name.len) ||
	    name.ptr[name.len - 1] == '/') {
		api_fail(r, 400, "path", "'%.*s' is not the path of a file in the folder",
			 STR_ARG(name));
		return NULL;
	}
	while (whole.ptr[slash - 1] != '/')
		slash--;
	folder = realpath(arena_cstr(&r->arena, str_slice(whole, 0, slash)), NULL);
	if (!folder) {
		api_fail(r, 404, "no-file", "%.*s: %s", STR_ARG(name), strerror(errno));
		return NULL;
	}
	/* A file that does not exist yet has no links; its folder has been resolved. */
	file = realpath(arena_cstr(&r->arena, whole), NULL);
	last = str_slice(whole, slash, whole.len);
	path = file ? arena_cstr(&r->arena, str_of(file))
		    : arena_printf(&r->arena, "%s/%.*s", folder, STR_ARG(last)).ptr;
	bool inside = is_inside(r->api, path) && (file || !str_eq(last, STR("..")));
	free(folder);
	free(file);
	if (!inside) {
		api_fail(r, 403, "outside", "'%.*s' is outside the folder", STR_ARG(name));
		return NULL;
	}
	return is_secret(r, path) ? NULL : path;
}

const char *api_folder_path(struct api_request *r, struct str name)
{
	const char *path = api_folder_place(r, name);

	return path && is_file(r, name, path) ? path : NULL;
}

/* ---- list */

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), tail = strlen(suffix);

	return length > tail && strcmp(name + length - tail, suffix) == 0;
}

/* Whether the YAML file has a key that only scenarios have. */
static bool is_scenario(const char *path)
{
	static const char *const keys[] = {"steps:", "scenarios:", "flows:", NULL};
	const char *error;
	struct arena arena; /* the memory of one file, not that of all files */
	struct str text;
	bool found = false;

	arena_init(&arena, 0);
	if (!file_read(&arena, path, YAML_MAX_BYTES, &text, &error))
		text = STR("");
	for (size_t i = 0; keys[i] && !found; i++) {
		size_t at = str_find(text, str_of(keys[i]), 0);

		while (at != NOT_FOUND && at > 0 && text.ptr[at - 1] != '\n')
			at = str_find(text, str_of(keys[i]), at + 1);
		found = at != NOT_FOUND;
	}
	arena_release(&arena);
	return found;
}

/* "scenario", "data", "recording" or "other". */
static const char *kind_of(const char *path)
{
	static const char *const data[] = {".csv", ".tsv", ".json", ".jsonl", NULL};
	static const char *const recordings[] = {".har", ".har.gz", NULL};

	if (has_suffix(path, ".yaml") || has_suffix(path, ".yml"))
		return is_scenario(path) ? "scenario" : "other";
	for (size_t i = 0; data[i]; i++)
		if (has_suffix(path, data[i]))
			return "data";
	for (size_t i = 0; recordings[i]; i++)
		if (has_suffix(path, recordings[i]))
			return "recording";
	return "other";
}

const struct folder_scan_limits api_folder_limits = {
    .depth = 4, .files = 2000, .marker = "summary.json"};

static void put_entry(struct api_request *r, const struct folder_scan_entry *entry)
{
	struct json_writer *j = &r->json;
	const char *path =
	    arena_printf(&r->arena, "%s/%.*s", r->api->folder, STR_ARG(entry->path)).ptr;

	json_writer_open(j, NULL);
	json_writer_text(j, "path", entry->path);
	json_writer_text(j, "kind", str_of(entry->is_folder ? "result" : kind_of(path)));
	json_writer_int(j, "modified", entry->modified_ns / NS_PER_S);
	if (!entry->is_folder)
		json_writer_int(j, "bytes", entry->bytes);
	json_writer_close(j);
}

bool api_folder_results(struct api_request *r,
			void (*found)(struct api_request *r, struct str name, const char *path))
{
	struct folder_scan_limits limits = api_folder_limits;
	struct folder_scan scan;

	limits.only_marked = true;
	folder_scan(&r->arena, r->api->folder, &limits, &scan);
	for (size_t i = 0; i < scan.count; i++)
		found(r, scan.entries[i].path,
		      arena_printf(&r->arena, "%s/%.*s/%s", r->api->folder,
				   STR_ARG(scan.entries[i].path), limits.marker)
			  .ptr);
	return scan.complete;
}

void api_folder_list(struct api_request *r)
{
	struct folder_scan scan;

	folder_scan(&r->arena, r->api->folder, &api_folder_limits, &scan);
	json_writer_open_array(&r->json, "files");
	for (size_t i = 0; i < scan.count; i++)
		put_entry(r, &scan.entries[i]);
	json_writer_close_array(&r->json);
	json_writer_bool(&r->json, "complete", scan.complete);
	api_reply(r, 200);
}
