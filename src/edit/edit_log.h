/*
 * A log of operations that can be applied again to a text that was changed in the meantime, such as
 * a file that was saved in another editor while it was open. Each operation is kept with what it
 * was about: the items of lists on its path, the neighbors of a new item, the old value. In the
 * changed text these are found again, also at other indices. An undo is moved past the lines that
 * were changed. An operation that no longer fits is reported and skipped; the others are applied.
 * Pure. One thread.
 */
#ifndef EDIT_EDIT_LOG_H
#define EDIT_EDIT_LOG_H

#include "edit/edit.h"

struct edit_logged;

/* OP, which is about to be applied to TEXT, as an entry of a log. Everything is copied to A. */
const struct edit_logged *edit_log_record(struct arena *a, struct str text,
					  const struct edit_op *op);
const struct edit_op *edit_log_op(const struct edit_logged *logged);
/* A copy of OP with everything that it refers to, in A. */
struct edit_op edit_log_copy_op(struct arena *a, const struct edit_op *op);

struct edit_log_conflict {
	size_t index;		   /* in the log */
	enum edit_refusal refusal; /* EDIT_CONFLICT: the same place was changed differently */
	struct str reason;	   /* a sentence without a full stop */
	uint32_t line;		   /* of the text at that time; 0: none */
};

struct edit_log_result {
	struct str text;
	struct edit_patches patches;	      /* of the changed text */
	const struct edit_logged *const *log; /* the operations that fit, for the next time */
	size_t count;
	const struct edit_log_conflict *conflicts;
	size_t conflict_count;
};

/* The texts that an undo in a log is about. */
struct edit_log_texts {
	/* The text with DIGEST, valid during edit_log_apply; ptr NULL if it is not known. */
	struct str (*find)(void *arg, struct str digest);
	void *arg;
};

/* Applies the COUNT operations of LOG to TEXT, in their order. TEXTS can be NULL: an undo then only
 * fits its own text. An operation whose result TEXT has
 * already is neither applied nor reported. Everything in RESULT is in A. */
void edit_log_apply(struct arena *a, struct str name, struct str text,
		    const struct edit_logged *const *log, size_t count,
		    const struct edit_log_texts *texts, struct edit_log_result *result);

#endif
