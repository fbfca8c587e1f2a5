#include "import/import.h"

#include <string.h>

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

bool import_perform(struct import_job *job)
{
	if (!job->kind->read(job))
		return false;
	job->notes_read = job->notes.count;
	job->beside_read = job->beside.count;
	return job->document || import_make(job);
}
