/* Collects the failed exchanges from the folders of the shards. */
#include <dirent.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/out_file.h"
#include "result/merge_input.h"
#include "result/result_folder.h"

#define FILES_MAX 500u /* per shard, which stores a few of each kind */

#define FILE_MAX ((size_t)256 << 20)

/* Returns false, after reporting the error, if FROM cannot be copied to TO. */
static bool copy(const char *from, const char *to)
{
	const char *why;
	struct out_file file;
	struct arena arena;
	struct buf error;
	struct str text;
	bool good;

	arena_init(&arena, 0);
	buf_init(&error, 0);
	good = file_read(&arena, from, FILE_MAX, &text, &why);
	if (!good)
		buf_printf(&error, "cannot read %s: %s", from, why);
	else
		good = out_file_open(&file, str_of(to), OUT_FILE_WHOLE, &error);
	if (good) {
		out_file_write(&file, text);
		good = out_file_close(&file, &error);
	}
	if (!good)
		log_error("%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	arena_release(&arena);
	return good;
}

static bool copy_all(struct arena *a, const struct merge_shard *shard, struct str from,
		     struct str to)
{
	DIR *dir = opendir(from.ptr);
	struct dirent *entry;
	bool good = true;

	for (unsigned left = FILES_MAX; dir && left && (entry = readdir(dir)) != NULL; left--) {
		struct str source = result_folder_file(a, from, entry->d_name);
		struct str target =
		    arena_printf(a, "%.*sshard-%u-%s", STR_ARG(to), shard->index, entry->d_name);
		struct stat status;

		if (lstat(source.ptr, &status) != 0 || !S_ISREG(status.st_mode))
			continue;
		good &= copy(source.ptr, target.ptr);
	}
	if (dir)
		closedir(dir);
	return good;
}

bool merge_input_copy_failures(const struct merge_input *shards, const char *out)
{
	struct arena a;
	struct str to;
	bool good;

	arena_init(&a, 0);
	to = result_folder_file(&a, str_of(out), "failures/");
	good = result_folder_subfolder(&a, str_of(out), "failures/");
	for (size_t i = 0; i < shards->count && good; i++) {
		const struct merge_shard *shard = shards->items[i];

		good &= copy_all(&a, shard, result_folder_file(&a, shard->saved.folder, "failures"),
				 to);
	}
	arena_release(&a);
	return good;
}
