/* What `import`, `replay` and `record` have in common: wishes, the account, the files written. */
#ifndef CMD_IMPORT_FILES_H
#define CMD_IMPORT_FILES_H

#include "cmd/options.h"
#include "import/import.h"

/* The options given on the command line as the job's wishes. */
void import_take_wishes(struct import_job *job, const struct options *options);
/* The account, on standard error. */
void import_tell(const struct import_job *job);
/* The first file's name with .yaml, in the current folder. */
const char *import_default_path(struct import_job *job);
/*
 * Writes the document to PATH (NULL: the first file's name with .yaml, in the current folder; "-":
 * standard output) and the files beside it. A file that is there already is replaced only with
 * FORCE. What cannot be written is told.
 */
enum exit_status import_write(struct import_job *job, const char *path, bool force, bool quiet);

#endif
