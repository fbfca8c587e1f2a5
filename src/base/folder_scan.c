#include "base/folder_scan.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

struct scanner {
	struct arena *arena;
	const struct folder_scan_limits *limits;
	VEC(struct folder_scan_entry) entries;
	VEC(const char *) folders;
	bool complete;
};

static int64_t nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void add_entry(struct scanner *s, struct str path, const struct stat *state, bool is_folder)
{
	struct folder_scan_entry entry = {
	    .path = path,
	    .is_folder = is_folder,
	    .inode = state->st_ino,
	    .modified_ns = nanoseconds(state->st_mtim),
	    .changed_ns = nanoseconds(state->st_ctim),
	    .bytes = state->st_size,
	};

	if (s->entries.count < s->limits->files)
		VEC_PUSH(s->arena, &s->entries, entry);
	else
		s->complete = false;
}

static bool has_marker(struct scanner *s, struct str folder, struct stat *state)
{
	struct str path;

	if (!s->limits->marker)
		return false;
	path = arena_printf(s->arena, "%.*s/%s", STR_ARG(folder), s->limits->marker);
	return stat(path.ptr, state) == 0 && S_ISREG(state->st_mode);
}

static void scan(struct scanner *s, const char *path, struct str prefix, unsigned depth);

static void scan_entry(struct scanner *s, const char *folder, struct str prefix, const char *name,
		       unsigned depth)
{
	struct str path = arena_printf(s->arena, "%s/%s", folder, name);
	struct str shown = arena_printf(s->arena, "%.*s%s", STR_ARG(prefix), name);
	struct stat state, link;

	if (name[0] == '.' || stat(path.ptr, &state) != 0)
		return;
	if (S_ISREG(state.st_mode) && !s->limits->only_marked)
		add_entry(s, shown, &state, false);
	/* A link to a folder may lead out of this one, or back to it. */
	if (!S_ISDIR(state.st_mode) || lstat(path.ptr, &link) != 0 || S_ISLNK(link.st_mode))
		return;
	if (has_marker(s, path, &state))
		add_entry(s, shown, &state, true);
	else if (depth < s->limits->depth)
		scan(s, path.ptr, arena_printf(s->arena, "%.*s/", STR_ARG(shown)), depth + 1);
}

static void scan(struct scanner *s, const char *path, struct str prefix, unsigned depth)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	VEC_PUSH(s->arena, &s->folders, path);
	for (int i = 0; i < count; i++) {
		if (s->complete)
			scan_entry(s, path, prefix, entries[i]->d_name, depth);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static int compare_paths(const void *a, const void *b)
{
	return str_cmp(((const struct folder_scan_entry *)a)->path,
		       ((const struct folder_scan_entry *)b)->path);
}

void folder_scan(struct arena *a, const char *folder, const struct folder_scan_limits *limits,
		 struct folder_scan *out)
{
	struct scanner s = {.arena = a, .limits = limits, .complete = true};

	scan(&s, arena_cstr(a, str_of(folder)), STR(""), 0);
	if (s.entries.count)
		qsort(s.entries.items, s.entries.count, sizeof *s.entries.items, compare_paths);
	*out = (struct folder_scan){s.entries.items, s.entries.count, s.folders.items,
				    s.folders.count, s.complete};
}
