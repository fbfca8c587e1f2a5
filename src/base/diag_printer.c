/* The order of diagnostics and the masking of secrets, for all forms of output. */
#include <stdlib.h>
#include <string.h>

#include "base/diag_private.h"

static int order(const void *left, const void *right)
{
	const struct diag *a = *(const struct diag *const *)left;
	const struct diag *b = *(const struct diag *const *)right;

	if (a->span.source != b->span.source) {
		if (!a->span.source || !b->span.source)
			return a->span.source ? -1 : 1;
		int names = str_cmp(a->span.source->name, b->span.source->name);
		if (names)
			return names;
	}
	if (a->span.begin != b->span.begin)
		return a->span.begin < b->span.begin ? -1 : 1;
	if (a->span.end != b->span.end)
		return a->span.end < b->span.end ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* ---- secrets */

void diag_printer_init(struct diag_printer *p, const struct diag_list *list, bool is_fixed)
{
	p->list = list;
	p->is_fixed = is_fixed;
	secret_set_init(&p->set);
	secret_mask_init(&p->mask);
	for (size_t i = 0; i < list->secrets.count; i++)
		secret_set_add(&p->set, STR(""), list->secrets.items[i]);
	secret_set_prepare(&p->set);
}

void diag_printer_release(struct diag_printer *p)
{
	secret_set_release(&p->set);
	secret_mask_release(&p->mask);
}

struct str diag_printer_masked(struct diag_printer *p, struct str text,
			       enum secret_mask_style style)
{
	const struct secret_set *sets[] = {&p->set};
	struct buf copy;

	buf_init(&copy, 0);
	buf_add(&copy, text);
	secret_mask_text(&p->mask, sets, 1, style, &copy);
	if (!str_eq(buf_str(&copy), text))
		text = arena_str(p->list->arena, buf_str(&copy));
	buf_release(&copy);
	return text;
}

static const struct diag_note *masked_notes(struct diag_printer *p, const struct diag_note *notes)
{
	struct diag_note *copy;

	if (!notes)
		return NULL;
	copy = ARENA_NEW(p->list->arena, struct diag_note);
	*copy = *notes;
	copy->text = diag_printer_masked(p, notes->text, SECRET_MASK_HIDDEN);
	copy->next = masked_notes(p, notes->next);
	return copy;
}

/* If an edit has a secret in its text, none is printed: a part of a correction can be worse than
 * none. */
static void mask_edits(struct diag_printer *p, struct diag *diag)
{
	for (size_t i = 0; i < diag->edits.count; i++) {
		struct str text = diag->edits.items[i].text;

		if (!str_eq(diag_printer_masked(p, text, SECRET_MASK_HIDDEN), text))
			diag->edits.count = 0;
	}
}

static void mask_diag(struct diag_printer *p, struct diag *diag)
{
	diag->text = diag_printer_masked(p, diag->text, SECRET_MASK_HIDDEN);
	diag->fix = diag_printer_masked(p, diag->fix, SECRET_MASK_HIDDEN);
	diag->add = diag_printer_masked(p, diag->add, SECRET_MASK_HIDDEN);
	mask_edits(p, diag);
	diag->notes = masked_notes(p, diag->notes);
}

const struct diag **diag_printer_sorted(struct diag_printer *p, bool all_lines)
{
	const struct diag_list *list = p->list;
	size_t count = list->diags.count;
	const struct diag **all = ARENA_ARRAY(list->arena, count, const struct diag *);
	struct diag *copies = ARENA_ARRAY(list->arena, count, struct diag);

	for (size_t i = 0; i < count; i++)
		all[i] = &list->diags.items[i];
	if (count)
		qsort(all, count, sizeof *all, order);
	for (size_t i = 0; i < count; i++) {
		copies[i] = *all[i];
		if (copies[i].span.source && copies[i].edits.count &&
		    (copies[i].fix.len || all_lines))
			copies[i].fix = diag_merged_line(list->arena, all, count, all[i]);
		mask_diag(p, &copies[i]);
	}
	for (size_t i = 0; i < count; i++)
		all[i] = &copies[i];
	return all;
}
