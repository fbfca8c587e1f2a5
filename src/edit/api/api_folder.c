/* The folder of the editor: the files in it, and the paths that may be opened. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "doc/yaml.h"
#include "edit/api/api_private.h"

#define DEPTH_MAX 4
#define FILES_MAX 2000

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
	api_fail(r, 403, "secret", "the values in .env are only written, with PUT secrets");
	return true;
}

const char *api_folder_path(struct api_request *r, struct str name)
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
	return is_file(r, name, path) && !is_secret(r, path) ? path : NULL;
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

struct listing {
	struct api_request *r;
	/* For result folders only; NULL: all files are written to the response. */
	void (*result)(struct api_request *r, struct str name, const char *path);
	size_t count;
	bool cut;
};

static bool is_link(const char *path)
{
	struct stat state;

	return lstat(path, &state) == 0 && S_ISLNK(state.st_mode);
}

static void list_folder(struct listing *list, const char *path, struct str prefix, int depth);

static void put_result(struct listing *list, struct str shown, const char *summary,
		       const struct stat *state)
{
	struct json_writer *j = &list->r->json;

	list->count++;
	if (list->result) {
		list->result(list->r, shown, summary);
		return;
	}
	json_writer_open(j, NULL);
	json_writer_text(j, "path", shown);
	json_writer_text(j, "kind", STR("result"));
	json_writer_int(j, "modified", state->st_mtime);
	json_writer_close(j);
}

static void list_entry(struct listing *list, const char *folder, struct str prefix,
		       const char *name, int depth)
{
	struct api_request *r = list->r;
	struct str path = arena_printf(&r->arena, "%s/%s", folder, name);
	struct str shown = arena_printf(&r->arena, "%.*s%s", STR_ARG(prefix), name);
	struct stat state;

	/* A link to a file is listed; one to a folder may lead out of this one. */
	if (name[0] == '.' || stat(path.ptr, &state) != 0 ||
	    (S_ISDIR(state.st_mode) && is_link(path.ptr)))
		return;
	if (S_ISDIR(state.st_mode)) {
		struct str result = arena_printf(&r->arena, "%.*s/summary.json", STR_ARG(path));
		struct stat inner;

		if (stat(result.ptr, &inner) == 0 && S_ISREG(inner.st_mode)) {
			put_result(list, shown, result.ptr, &inner);
		} else if (depth < DEPTH_MAX) {
			list_folder(list, path.ptr,
				    arena_printf(&r->arena, "%.*s/", STR_ARG(shown)), depth + 1);
		}
		return;
	}
	if (!S_ISREG(state.st_mode) || list->result)
		return;
	list->count++;
	json_writer_open(&r->json, NULL);
	json_writer_text(&r->json, "path", shown);
	json_writer_text(&r->json, "kind", str_of(kind_of(path.ptr)));
	json_writer_int(&r->json, "modified", state.st_mtime);
	json_writer_int(&r->json, "bytes", state.st_size);
	json_writer_close(&r->json);
}

static void list_folder(struct listing *list, const char *path, struct str prefix, int depth)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		if (list->count < FILES_MAX)
			list_entry(list, path, prefix, entries[i]->d_name, depth);
		else
			list->cut = true;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

bool api_folder_results(struct api_request *r,
			void (*found)(struct api_request *r, struct str name, const char *path))
{
	struct listing list = {.r = r, .result = found};

	list_folder(&list, r->api->folder, STR(""), 0);
	return !list.cut;
}

void api_folder_list(struct api_request *r)
{
	struct listing list = {.r = r};

	json_writer_open_array(&r->json, "files");
	list_folder(&list, r->api->folder, STR(""), 0);
	json_writer_close_array(&r->json);
	json_writer_bool(&r->json, "complete", !list.cut);
	api_reply(r, 200);
}
