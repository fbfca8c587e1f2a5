#include "import/import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/gunzip.h"
#include "base/unzip.h"

#define BEGINNING ((size_t)1 << 16)

#define IMPORT(name) extern const struct import_kind name##_import;
#include "import/import.def"
#undef IMPORT

static const struct import_kind *const all[] = {
#define IMPORT(name) &name##_import,
#include "import/import.def"
#undef IMPORT
    NULL,
};

const struct import_kind *const *import_all(void)
{
	return all;
}

const struct import_kind *import_find(const char *name)
{
	for (size_t i = 0; all[i]; i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

const struct import_kind *import_recognize(struct str text)
{
	text = str_slice(text, 0, BEGINNING);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	for (int broad = 0; broad < 2; broad++)
		for (size_t i = 0; all[i]; i++)
			if (all[i]->recognizes && all[i]->broad == broad &&
			    all[i]->recognizes(text))
				return all[i];
	return NULL;
}

/* Why a file that starts with TEXT cannot be imported. */
static const char *reason_of(struct str text, bool packed)
{
	if (!text.len)
		return packed ? "it is compressed, and damaged or empty" : "it is empty";
	if (gunzip_is_gzip(text))
		return "it is compressed twice: gunzip it once";
	if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
		return "it is UTF-16; convert it to UTF-8: iconv -f UTF-16 -t UTF-8";
	return memchr(text.ptr, 0, text.len) ? "it is not text" : NULL;
}

/* The importer for the folder PATH; NULL if none reads it. */
static const struct import_kind *folder_kind(const char *path)
{
	char file[4096];

	for (size_t i = 0; all[i]; i++)
		if (all[i]->folder_mark &&
		    snprintf(file, sizeof file, "%s/%s", path, all[i]->folder_mark) <
			(int)sizeof file &&
		    access(file, F_OK) == 0)
			return all[i];
	return NULL;
}

const struct import_kind *import_guess(const char *path, const char **why)
{
	const struct import_kind *found = NULL;
	struct mapped_file mapped;
	struct gunzip *packed = NULL;
	struct arena arena;
	struct str text;

	*why = NULL;
	found = folder_kind(path);
	if (found)
		return found;
	if (!mapped_file_open(&mapped, path)) {
		*why = mapped_file_error_text(errno);
		return NULL;
	}
	arena_init(&arena, 0);
	text = mapped.text;
	if (gunzip_is_gzip(text)) {
		packed = gunzip_open(text, BEGINNING);
		if (!gunzip_next(packed, &text))
			text = STR("");
	}
	if (unzip_is_archive(text)) {
		text = unzip_member(&arena, text, STR(".har"), true, why);
		if (!text.ptr && !*why)
			*why = "it is a zip archive without a .har file";
	}
	text = str_slice(text, 0, BEGINNING);
	if (!*why)
		*why = reason_of(text, packed);
	if (!*why)
		found = import_recognize(text);
	gunzip_close(packed);
	mapped_file_close(&mapped);
	arena_release(&arena);
	return found;
}

bool import_run(struct import_job *job)
{
	if (!job->kind->read(job))
		return false;
	job->importer_note_count = job->notes.count;
	job->importer_file_count = job->extra_files.count;
	return job->document || import_convert(job);
}
