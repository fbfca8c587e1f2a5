#include "import/import.h"

#include <string.h>

#include "base/gunzip.h"

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

const struct import_kind *const *imports_all(void)
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

const struct import_kind *import_guess(const char *path)
{
	const struct import_kind *found = NULL;
	struct mapped mapped;
	struct gunzip *packed = NULL;
	struct str text;

	if (!mapped_open(&mapped, path))
		return NULL;
	text = mapped.text;
	if (gunzip_is(text)) {
		packed = gunzip_open(text, BEGINNING);
		gunzip_next(packed, &text);
	}
	text = str_slice(text, 0, BEGINNING);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	for (size_t i = 0; all[i] && !found; i++)
		if (all[i]->is && all[i]->is(text))
			found = all[i];
	gunzip_close(packed);
	mapped_close(&mapped);
	return found;
}

bool import_perform(struct import_job *job)
{
	if (!job->kind->read(job))
		return false;
	job->notes_read = job->notes.count;
	job->beside_read = job->beside.count;
	return job->document || import_make(job);
}
