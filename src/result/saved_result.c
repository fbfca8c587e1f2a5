#include "result/saved_result.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "result/result_folder.h"

static void report_no_folder(const char *folder, const char *path, int error)
{
	struct stat status;

	if (stat(folder, &status) != 0)
		log_error(
		    "cannot read the result folder %s: %s; correct the name, or save a result "
		    "with 'reprise run --out %s FILE'",
		    folder, strerror(errno), folder);
	else if (!S_ISDIR(status.st_mode))
		log_error(
		    "%s is a file, not a result folder; save a result with 'reprise run --out "
		    "result %s', and use the folder 'result'",
		    folder, strstr(folder, ".yaml") || strstr(folder, ".yml") ? folder : "FILE");
	else if (error == ELOOP)
		log_error("%s is a symbolic link, which is not followed; copy the file", path);
	else
		log_error("%s is not a result folder: cannot read %s: %s", folder, path,
			  strerror(error));
}

/* Opens the file PATH; errno is ELOOP if it is a symbolic link. */
static bool open_file(struct mapped_file *file, const char *path)
{
	struct stat status;

	if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
		errno = ELOOP;
		return false;
	}
	return mapped_file_open(file, path);
}

bool saved_result_open(struct saved_result *saved, const char *folder)
{
	const char *why;
	struct str path;

	*saved = (struct saved_result){.folder = str_of(folder)};
	arena_init(&saved->arena, 0);
	path = result_folder_file(&saved->arena, saved->folder, ARCHIVE_FILE_NAME);
	if (!open_file(&saved->file, path.ptr)) {
		report_no_folder(folder, path.ptr, errno);
		arena_release(&saved->arena);
		return false;
	}
	if (archive_open(&saved->reader, &saved->arena, saved->file.text, &why))
		return true;
	log_error("cannot read %s: %s", path.ptr, why);
	saved_result_close(saved);
	return false;
}

static struct str archive_path(struct saved_result *saved)
{
	return result_folder_file(&saved->arena, saved->folder, ARCHIVE_FILE_NAME);
}

static void explain_unreadable(int problem, struct buf *why)
{
	if (problem == ENOENT)
		return;
	buf_printf(why, "cannot read " ARCHIVE_FILE_NAME ": %s",
		   problem == ELOOP ? "it is a symbolic link, which is not followed"
				    : mapped_file_error_text(problem));
}

bool saved_result_open_growing(struct saved_result *saved, const char *folder, struct buf *why)
{
	const char *reason = NULL;

	*saved = (struct saved_result){.folder = str_of(folder)};
	arena_init(&saved->arena, 0);
	growing_file_init(&saved->growing);
	if (growing_file_read(&saved->growing, archive_path(saved).ptr) == GROWING_FILE_UNREADABLE)
		explain_unreadable(errno, why);
	else if (archive_open(&saved->reader, &saved->arena, buf_str(&saved->growing.unread),
			      &reason))
		return true;
	else if (!archive_head_is_cut(buf_str(&saved->growing.unread)))
		buf_printf(why, "cannot read " ARCHIVE_FILE_NAME ": %s", reason);
	saved_result_close(saved);
	return false;
}

enum growing_file_change saved_result_grow(struct saved_result *saved)
{
	struct growing_file *file = &saved->growing;
	struct arena path;
	enum growing_file_change change;

	growing_file_drop(file, (size_t)(saved->reader.file.ptr - file->unread.data));
	arena_init(&path, 0);
	change = growing_file_read(file,
				   result_folder_file(&path, saved->folder, ARCHIVE_FILE_NAME).ptr);
	arena_release(&path);
	saved->reader.file = buf_str(&file->unread);
	return change;
}

void saved_result_close(struct saved_result *saved)
{
	archive_close(&saved->reader);
	mapped_file_close(&saved->file);
	growing_file_release(&saved->growing);
	arena_release(&saved->arena);
}

struct str saved_result_label(const struct saved_result *saved, struct str name)
{
	const struct run_facts *facts = &saved->reader.facts;

	for (size_t i = 0; i < facts->label_count; i++)
		if (str_eq(facts->labels[i].name, name))
			return facts->labels[i].value;
	return STR("");
}
