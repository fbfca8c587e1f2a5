/* Collects the failed exchanges from the folders of the shards. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "result/merge_input.h"
#include "result/result_folder.h"

#define FILES_MAX 500u /* per shard, which stores a few of each kind */

static bool copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = in ? fopen(to, "we") : NULL;
	char space[16384];
	size_t n;
	bool good = out != NULL;

	while (good && (n = fread(space, 1, sizeof space, in)) > 0)
		good = fwrite(space, 1, n, out) == n;
	if (in) {
		good &= !ferror(in);
		fclose(in);
	}
	if (out)
		good &= fclose(out) == 0;
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
		if (!copy(source.ptr, target.ptr)) {
			log_error("cannot copy %s to %s: %s", source.ptr, target.ptr,
				  strerror(errno));
			good = false;
		}
	}
	if (dir)
		closedir(dir);
	return good;
}

bool merge_input_copy_failures(const struct merge_input *shards, const char *out)
{
	struct arena a;
	struct str to;
	bool good = true;

	arena_init(&a, 0);
	to = result_folder_file(&a, str_of(out), "failures/");
	if (mkdir(to.ptr, 0777) != 0 && errno != EEXIST)
		good = false;
	for (size_t i = 0; i < shards->count && good; i++) {
		const struct merge_shard *shard = shards->items[i];

		good &= copy_all(&a, shard, result_folder_file(&a, shard->saved.folder, "failures"),
				 to);
	}
	arena_release(&a);
	return good;
}
