/*
 * `reprise import --json`: the report of an import for programs, as one document. Recorded values
 * of secret parameters are masked. Main thread.
 */
#ifndef CMD_IMPORT_JSON_H
#define CMD_IMPORT_JSON_H

#include "cmd/import_verdict.h"
#include "import/verification.h"
#include "interface/command.h"

/* Appends to OUT the result of each step of a verification, whose performances are in JOB: a JSON
 * array. PATH is the scenario that was performed. */
void import_json_put_verified_steps(const struct import_job *job, const struct verification *result,
				    const char *path, struct buf *out);
/* Appends to OUT what the verification has found, with STEPS, that array: a JSON object. */
void import_json_put_verification(const struct import_job *job, const struct verification *result,
				  const struct import_performed *how, struct str steps,
				  struct buf *out);
/* Writes the document to WHERE ("-": standard output). PATH is the scenario that was written, NULL:
 * none. VERIFICATION is the object above, or empty. Returns STATUS, or EXIT_NOT_WRITTEN after
 * reporting that the document could not be written. */
enum exit_status import_json_write(const struct import_job *job, const char *where,
				   const char *path, struct str verification,
				   enum exit_status status);

#endif
