/*
 * The plan of one operation: the place it is about, the patches of the text, and the intended tree
 * (the document's). Either the plan is complete, or it is refused with a reason. Everything is in
 * the arena of the document.
 */
#ifndef EDIT_EDIT_PLAN_H
#define EDIT_EDIT_PLAN_H

#include <stdbool.h>

#include "edit/edit.h"
#include "edit/edit_document.h"

struct edit_plan {
	struct edit_document *doc;
	const struct edit_op *op;
	VEC(struct edit_patch) patches;
	enum edit_refusal refusal;
	struct str reason;
	uint32_t at;
	bool has_place; /* `at` is the place that the reason is about */
};

/* The place of a path. */
struct edit_target {
	struct yaml_place *owner; /* the list or mapping that contains it; NULL: the whole file */
	uint32_t index;		  /* of its entry; the number of entries if it does not exist */
	struct yaml_place *place; /* NULL: it does not exist */
	struct str name;	  /* the last part of the path */
	/* Only if the aliases are HERE: an alias in the path, which must get a copy first; and an
	 * anchored value in the path, whose aliases must keep their value. */
	struct yaml_place *alias, *anchored;
};

/* Always false, so that a caller can return it. AT: YAML_NO_PLACE if the place is unknown. */
bool edit_plan_refuse(struct edit_plan *plan, enum edit_refusal refusal, uint32_t at,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Refuses the text around AT: "edit the file by hand". */
bool edit_plan_refuse_text(struct edit_plan *plan, uint32_t at);
void edit_plan_replace(struct edit_plan *plan, uint32_t begin, uint32_t end, struct str text);
/* Sorts the patches. False, refused, if they overlap or change lines that the reader corrected. */
bool edit_plan_finish(struct edit_plan *plan);

/* Finds PATH. The last part may be missing only if NEW_ENTRY. False: refused. */
bool edit_plan_find(struct edit_plan *plan, struct str path, bool new_entry,
		    struct edit_target *target);
/* The intended node of a place. */
struct edit_intended *edit_plan_intended(const struct edit_plan *plan,
					 const struct yaml_place *place);
/* The path of a place. */
struct str edit_plan_path(const struct edit_plan *plan, const struct yaml_place *place);
/* Removes the first part from *PATH, which starts with a slash, and returns it without escapes. */
struct str edit_plan_next_token(struct arena *a, struct str *path);
/* PATH/TOKEN, with the token escaped. */
struct str edit_plan_join(struct arena *a, struct str path, struct str token);

#endif
