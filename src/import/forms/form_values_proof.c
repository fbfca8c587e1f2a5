/* The submission of a form with the derived changes, and whether it is the recorded one. */
#include "import/forms/form_values_private.h"

static size_t line_end(struct str s, size_t at)
{
	return s.ptr[at] == '\r' && at + 1 < s.len && s.ptr[at + 1] == '\n' ? 2 : 1;
}

/* Whether both texts are equal when line ends do not matter. */
static bool same_text(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	while (i < a.len && k < b.len) {
		bool end = a.ptr[i] == '\r' || a.ptr[i] == '\n';

		if (end != (b.ptr[k] == '\r' || b.ptr[k] == '\n') || (!end && a.ptr[i] != b.ptr[k]))
			return false;
		i += line_end(a, i);
		k += line_end(b, k);
	}
	return i == a.len && k == b.len;
}

bool form_values_same(const struct html_entry *entry, const struct page_pair *pair)
{
	if (!entry->is_file)
		return !form_values_is_file(pair) && same_text(entry->value, pair->value);
	if (!entry->file.name.len)
		return !pair->value.len && (!form_values_is_file(pair) || !pair->part->file.len);
	return form_values_is_file(pair) && str_eq(entry->file.name, pair->part->file);
}

bool form_values_fail(struct derivation *d, struct str name)
{
	d->values->unequal = name;
	return false;
}

bool form_values_is_coordinate(const struct derivation *d, struct str name)
{
	const struct html_control *button =
	    d->submitter == HTML_PAGE_NONE ? NULL : form_values_control(d, d->submitter);
	struct str last = STR("x"), own;

	if (!button || button->type != HTML_CONTROL_IMAGE || !name.len)
		return false;
	own = button->name;
	last = str_slice(name, name.len - 1, name.len);
	if (!str_eq(last, STR("x")) && !str_eq(last, STR("y")))
		return false;
	return own.len
		   ? name.len == own.len + 2 && str_starts(name, own) && name.ptr[own.len] == '.'
		   : name.len == 1;
}

struct html_given form_values_given(const struct derivation *d, const struct page_value *value)
{
	static const enum html_given_kind kinds[] = {
	    [PAGE_VALUE_TEXT] = HTML_GIVEN_TEXT, [PAGE_VALUE_NOTHING] = HTML_GIVEN_NOTHING,
	    [PAGE_VALUE_YES] = HTML_GIVEN_YES,	 [PAGE_VALUE_NO] = HTML_GIVEN_NO,
	    [PAGE_VALUE_LIST] = HTML_GIVEN_LIST, [PAGE_VALUE_FILE] = HTML_GIVEN_FILE,
	};
	struct html_given given = {.kind = kinds[value->kind]};
	struct str *items = ARENA_ARRAY(d->arena, value->item_count + 1, struct str);
	struct html_file *files;

	for (size_t i = 0; i < value->item_count; i++)
		items[i] = value->items[i].pair->value;
	given.items = items;
	given.item_count = value->item_count;
	if (value->item_count)
		given.text = items[0];
	if (value->kind == PAGE_VALUE_YES || value->kind == PAGE_VALUE_NO)
		given.text = value->kind == PAGE_VALUE_YES ? STR("yes") : STR("no");
	if (value->kind != PAGE_VALUE_FILE)
		return given;
	files = ARENA_ARRAY(d->arena, value->item_count + 1, struct html_file);
	for (size_t i = 0; i < value->item_count; i++)
		files[i].name = value->items[i].pair->part->file;
	given.files = files;
	given.file_count = value->item_count;
	return given;
}

static bool set_values(struct derivation *d, struct html_submission *s)
{
	const struct page_use *use = &d->values->use;

	html_submission_init(s, d->arena, d->page, d->form);
	s->submitter = d->submitter;
	for (size_t i = 0; i < use->values.count; i++) {
		struct html_given given = form_values_given(d, &use->values.items[i]);

		if (html_submission_set(s, use->values.items[i].name, &given) != HTML_SET_OK)
			return form_values_fail(d, use->values.items[i].name);
	}
	for (size_t i = 0; i < use->added.count; i++) {
		const struct page_value *value = &use->added.items[i];
		struct html_given given = form_values_given(d, value);

		for (size_t k = 0; k < value->item_count; k++)
			html_submission_add(s, value->name, value->items[k].pair->value,
					    value->kind == PAGE_VALUE_FILE ? &given.files[k]
									   : NULL);
	}
	return true;
}

bool form_values_prove(struct derivation *d)
{
	struct html_submission s;
	size_t count = d->values->use.pair_count;

	if (!set_values(d, &s))
		return false;
	d->entries = html_submission_entries(&s);
	if (d->entries.count != count)
		return false;
	memset(d->used, 0, count * sizeof *d->used);
	for (size_t i = 0; i < count; i++) {
		const struct html_entry *entry = &d->entries.items[i];
		size_t k = 0;

		while (k < count &&
		       (d->used[k] || !str_eq(form_values_pair(d, k)->name, entry->name)))
			k++;
		if (k == count || (!form_values_is_coordinate(d, entry->name) &&
				   !form_values_same(entry, form_values_pair(d, k))))
			return form_values_fail(d, entry->name);
		d->used[k] = true;
	}
	return true;
}

void form_values_put_receipt(struct arena *a, const struct html_page *page,
			     const struct form_values *values, struct buf *out)
{
	struct form_values copy = *values;
	struct derivation d = {.arena = a,
			       .page = page,
			       .form = values->form,
			       .submitter = values->submitter,
			       .values = &copy};
	struct html_submission s;

	if (set_values(&d, &s))
		html_submission_put_receipt(&s, out);
}
