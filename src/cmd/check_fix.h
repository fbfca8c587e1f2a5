/*
 * `check --fix`: applies the edits of errors with a certain correction, one error after the other.
 * After each one the whole text is checked again, and the correction is kept only if its error is
 * not reported again and the changed lines have no new error. Writes the file if anything was
 * corrected.
 */
#ifndef CMD_CHECK_FIX_H
#define CMD_CHECK_FIX_H

#include "cmd/load_file.h"

struct check_fix {
	struct loaded_file *file; /* of the corrected text */
	struct arena arena;
	VEC(struct loaded_file *) earlier; /* `fixed` quotes their texts */
	struct diag_list fixed;		   /* the errors that were corrected, in their order */
};

/* Only loads PATH ("-": standard input). The caller must release F. */
void check_fix_none(struct check_fix *f, const char *path, const struct overrides *overrides);
/* Loads and corrects it. */
void check_fix(struct check_fix *f, const char *path, const struct overrides *overrides);
/* Writes the corrected text to PATH ("-": standard output, also if nothing was corrected); false
 * after reporting why it could not be written. */
bool check_fix_write(const struct check_fix *f, const char *path);
void check_fix_release(struct check_fix *f);

#endif
