/* The parts of form_values.h. Private to import/forms/form_values*.c; one thread. */
#ifndef IMPORT_FORMS_FORM_VALUES_PRIVATE_H
#define IMPORT_FORMS_FORM_VALUES_PRIVATE_H

#include "import/forms/form_values.h"

struct derivation {
	struct arena *arena;
	const struct html_page *page;
	uint32_t form, submitter;
	struct html_submission submission;
	struct html_entries entries; /* what the form sends without a change */
	bool *used;		     /* of each pair */
	size_t *named;		     /* room for the pairs of one name */
	struct form_values *values;
};

static inline const struct html_control *form_values_control(const struct derivation *d,
							     uint32_t index)
{
	return &d->page->controls[index];
}

static inline struct page_pair *form_values_pair(const struct derivation *d, size_t index)
{
	return &d->values->use.pairs[index];
}

static inline bool form_values_is_file(const struct page_pair *pair)
{
	return pair->part && pair->part->file.ptr;
}

/* form_values_proof.c */

/* Whether the control sends the pair. */
bool form_values_same(const struct html_entry *entry, const struct page_pair *pair);
/* Whether NAME is a coordinate of the image button: its value is where the mouse was. */
bool form_values_is_coordinate(const struct derivation *d, struct str name);
/* The value as `submit` will give it to the control. */
struct html_given form_values_given(const struct derivation *d, const struct page_value *value);
/* Notes the name of a field that differs; returns false. */
bool form_values_fail(struct derivation *d, struct str name);
/* Whether the form with all changes sends the recorded pairs, of each name in the same order. */
bool form_values_prove(struct derivation *d);

#endif
