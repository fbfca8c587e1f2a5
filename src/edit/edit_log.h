/*
 * A log of operations that can be applied again to a text that was changed in the meantime, such as
 * a file that was saved in another editor while it was open. Each operation is kept with what it
 * was about: the items of lists on its path, the neighbors of a new item, the old value. In the
 * changed text these are found again, also at other indices. An operation that no longer fits is
 * reported and skipped; the others are applied. Pure. One thread.
 */
#ifndef EDIT_EDIT_LOG_H
#define EDIT_EDIT_LOG_H

#include "edit/edit.h"

struct edit_logged;

/* OP, which is about to be applied to TEXT, as an entry of a log. Everything is copied to A. */
const struct edit_logged *edit_log_record(struct arena *a, struct str text,
					  const struct edit_op *op);
const struct edit_op *edit_log_op(const struct edit_logged *logged);

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

/* Applies the COUNT operations of LOG to TEXT, in their order. An operation whose result TEXT has
 * already is neither applied nor reported. Everything in RESULT is in A. */
void edit_log_apply(struct arena *a, struct str name, struct str text,
		    const struct edit_logged *const *log, size_t count,
		    struct edit_log_result *result);

#endif
