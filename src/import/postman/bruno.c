/*
 * bruno: a collection of Bruno, which is a folder of .bru files with bruno.json and environments.
 * It becomes a collection of Postman, whose import converts it: both tools have the same model.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "doc/json_node.h"
#include "import/import.h"
#include "import/postman/bruno_item.h"

#define DEPTH_MAX 20u
#define NAMES_MAX 5000u

static bool read_all(struct import_job *job);
static bool is_bruno(struct str text);

const struct import_kind bruno_import = {
    .name = "bruno",
    .sentence = "a folder of Bruno with requests and environments, or its .bru files",
    .example = "shop-collection",
    .read = read_all,
    .recognizes = is_bruno,
    .folder_mark = "bruno.json",
};

/* Whether it starts with the block that all requests have. */
static bool is_bruno(struct str text)
{
	return str_starts(str_trim(text), STR("meta {")) &&
	       (str_find(text, STR("\n  type: http"), 0) != NOT_FOUND ||
		str_find(text, STR("\n  type: graphql"), 0) != NOT_FOUND ||
		str_find(text, STR("\n  seq: "), 0) != NOT_FOUND);
}

/* ---- files */

/* An entry of a folder; its place is the number `seq`. */
struct bruno_entry {
	struct str name;
	const char *path;
	bool folder;
	double seq;
	struct bru_file file; /* of a request, or the folder.bru of a folder */
};

static bool read_bru(struct postman *p, const char *path, struct bru_file *file)
{
	struct str text;
	unsigned line = 1;

	if (!job_read(p->job, path, &text))
		return false;
	return bru_file_read(p->arena, source_new(p->arena, str_of(path), text), file, &line) ||
	       job_error(p->job, "%s, line %u: it is not a block of Bruno, such as: headers {",
			 path, line);
}

static const char *inside(struct postman *p, const char *folder, const char *name)
{
	return arena_printf(p->arena, "%s/%s", folder, name).ptr;
}

static bool exists(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0;
}

static bool is_directory(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static double seq_of(const struct bru_file *file)
{
	struct str seq = bru_file_value(bru_file_find(file, "meta"), "seq");
	double number = 0;

	return seq.ptr && str_to_double(seq, &number) ? number : 1e9;
}

static int by_seq(const void *a, const void *b)
{
	const struct bruno_entry *x = a, *y = b;

	if (x->folder != y->folder)
		return x->folder ? -1 : 1; /* Bruno runs folders first */
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* Files that are not requests. */
static bool is_special(const char *name)
{
	static const char *const special[] = {"collection.bru", "folder.bru", "environments",
					      "node_modules"};

	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		if (strcmp(name, special[i]) == 0)
			return true;
	return name[0] == '.';
}

/* Reads the entry NAME of FOLDER; false if it cannot be read, which was reported. */
static bool add_entry(struct postman *p, const char *folder, const char *name,
		      struct bruno_entry *all, size_t *count)
{
	struct bruno_entry *e = &all[*count];
	const char *mark;

	*e = (struct bruno_entry){.name = arena_str(p->arena, str_of(name)),
				  .path = inside(p, folder, name)};
	e->folder = is_directory(e->path);
	if (is_special(name) || (!e->folder && !str_ends(e->name, STR(".bru"))) ||
	    *count >= NAMES_MAX)
		return true;
	mark = e->folder ? inside(p, e->path, "folder.bru") : e->path;
	if (exists(mark) && !read_bru(p, mark, &e->file))
		return false;
	e->seq = seq_of(&e->file);
	(*count)++;
	return true;
}

static bool list_folder(struct postman *p, const char *folder, struct bruno_entry *all,
			size_t *count)
{
	DIR *dir = opendir(folder);
	struct dirent *found;
	bool good = true;

	*count = 0;
	if (!dir)
		return job_error(p->job, "%s cannot be read: %s", folder, strerror(errno));
	while (good && (found = readdir(dir)))
		good = add_entry(p, folder, found->d_name, all, count);
	closedir(dir);
	if (good)
		qsort(all, *count, sizeof *all, by_seq);
	return good;
}

static bool put_folder(struct postman *p, const char *folder, struct node *list, unsigned depth)
{
	struct bruno_entry *all = ARENA_ARRAY(p->arena, NAMES_MAX + 1, struct bruno_entry);
	size_t count;

	if (depth > DEPTH_MAX || !list_folder(p, folder, all, &count))
		return depth > DEPTH_MAX;
	for (size_t i = 0; i < count; i++) {
		struct node *inner;

		if (!all[i].folder) {
			bruno_item_request(p, &all[i].file, all[i].name, list);
			continue;
		}
		inner = bruno_item_folder(p, &all[i].file, all[i].name, list);
		if (!put_folder(p, all[i].path, inner, depth + 1))
			return false;
	}
	return true;
}

/* ---- environments */

static bool add_environment(struct postman *p, const char *path)
{
	struct bru_file file;

	if (!read_bru(p, path, &file))
		return false;
	postman_add_file(p, bruno_item_environment(p, &file));
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first environment in the order of their names is used, as a person selects one. */
static bool add_first_environment(struct postman *p, const char *folder)
{
	const char *path = inside(p, folder, "environments");
	const char **names = ARENA_ARRAY(p->arena, NAMES_MAX + 1, const char *);
	DIR *dir = opendir(path);
	struct dirent *found;
	size_t count = 0;

	while (dir && count < NAMES_MAX && (found = readdir(dir)))
		if (str_ends(str_of(found->d_name), STR(".bru")))
			names[count++] = inside(p, path, found->d_name);
	if (dir)
		closedir(dir);
	if (!count)
		return true;
	qsort(names, count, sizeof *names, by_name);
	if (count > 1)
		job_note(p->job, "look at",
			 "the environment %s is used; for another one, import it with the folder: "
			 "reprise import bruno FOLDER %s",
			 names[0], names[1]);
	return add_environment(p, names[0]);
}

/* Whether the job names an environment itself. */
static bool names_environment(const struct postman *p)
{
	for (size_t i = 0; i < p->job->file_count; i++)
		if (strstr(p->job->files[i], "environments/"))
			return true;
	return false;
}

/* ---- a collection */

static struct str collection_name(struct postman *p, const char *folder)
{
	const char *path = inside(p, folder, "bruno.json"), *why;
	struct str text;
	size_t at;

	if (!exists(path) || !job_read(p->job, path, &text))
		return STR_NULL;
	return postman_text_at(
	    json_node_read(p->arena, source_new(p->arena, str_of(path), text), &at, &why), "name");
}

static bool read_folder(struct postman *p, const char *folder)
{
	const char *own = inside(p, folder, "collection.bru");
	struct bru_file file = {.blocks = {.count = 0}};
	struct node *collection, *items;

	if (exists(own) && !read_bru(p, own, &file))
		return false;
	collection = bruno_item_collection(p, &file, collection_name(p, folder), &items);
	if (!put_folder(p, folder, items, 0) ||
	    (!names_environment(p) && !add_first_environment(p, folder)))
		return false;
	postman_add_file(p, collection);
	return true;
}

static bool read_file(struct postman *p, const char *path)
{
	struct bru_file file;
	struct node *collection, *items;

	if (is_directory(path))
		return read_folder(p, path);
	if (!read_bru(p, path, &file))
		return false;
	if (bru_file_find(&file, "vars") && !bru_file_find(&file, "meta")) {
		postman_add_file(p, bruno_item_environment(p, &file));
		return true;
	}
	collection =
	    bruno_item_collection(p, &(struct bru_file){.blocks = {.count = 0}}, STR_NULL, &items);
	bruno_item_request(p, &file, str_of(path), items);
	postman_add_file(p, collection);
	return true;
}

static bool read_all(struct import_job *job)
{
	return postman_import_files(job, "Bruno", "bruno", read_file);
}
