#include "import/forms/form_values_private.h"

#define CONTROL_VALUE_MIN 8u /* a shorter text is the value of a hidden control by chance */

static bool is_button(const struct html_control *control)
{
	return control->type == HTML_CONTROL_SUBMIT || control->type == HTML_CONTROL_IMAGE ||
	       control->type == HTML_CONTROL_BUTTON;
}

static bool is_box(const struct html_control *control)
{
	return control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO;
}

/* The next control of the form with the name that is not a button, at or after FROM. */
static uint32_t next_control(const struct derivation *d, struct str name, uint32_t from)
{
	for (uint32_t i = from; i < d->page->control_count; i++)
		if (form_values_control(d, i)->form == d->form &&
		    !is_button(form_values_control(d, i)) &&
		    str_eq(form_values_control(d, i)->name, name))
			return i;
	return HTML_PAGE_NONE;
}

static bool is_button_entry(const struct derivation *d, const struct html_entry *entry)
{
	const struct html_control *button =
	    d->submitter == HTML_PAGE_NONE ? NULL : form_values_control(d, d->submitter);

	if (!button || button->type == HTML_CONTROL_IMAGE)
		return form_values_is_coordinate(d, entry->name);
	return button->name.len && str_eq(entry->name, button->name) &&
	       str_eq(entry->value, button->value) && !entry->is_file;
}

/* Marks the pair that the entry became; false if there is none. */
static bool use_pair_of(struct derivation *d, const struct html_entry *entry)
{
	for (size_t i = 0; i < d->values->use.pair_count; i++) {
		const struct page_pair *pair = form_values_pair(d, i);

		if (d->used[i] || !str_eq(pair->name, entry->name) ||
		    (!form_values_is_coordinate(d, pair->name) && !form_values_same(entry, pair)))
			continue;
		d->used[i] = true;
		return true;
	}
	return form_values_fail(d, entry->name);
}

/* Pairs of the button, and those that no control has: the direction of a text. */
static bool use_other_pairs(struct derivation *d)
{
	for (size_t i = 0; i < d->entries.count; i++) {
		const struct html_entry *entry = &d->entries.items[i];

		if ((is_button_entry(d, entry) ||
		     next_control(d, entry->name, 0) == HTML_PAGE_NONE) &&
		    !use_pair_of(d, entry))
			return false;
	}
	return true;
}

/* ---- the pairs of one name */

struct named_pairs {
	struct str name;
	uint32_t control; /* the first with this name; of boxes the first box */
	size_t *pairs;	  /* indexes */
	size_t count;
};

/* Whether the form sends exactly the first pairs; *SENT: their number. */
static bool is_unchanged(const struct derivation *d, const struct named_pairs *n, size_t *sent)
{
	*sent = 0;
	for (size_t i = 0; i < d->entries.count; i++) {
		const struct html_entry *entry = &d->entries.items[i];

		if (!str_eq(entry->name, n->name) || is_button_entry(d, entry))
			continue;
		if (*sent >= n->count ||
		    !form_values_same(entry, form_values_pair(d, n->pairs[*sent])))
			return false;
		++*sent;
	}
	return true;
}

/* `submit` gives the control another value, so that ${form.NAME} is not the page's. */
static bool is_changed(const struct derivation *d, struct str name)
{
	for (size_t i = 0; i < d->values->use.values.count; i++)
		if (str_eq(d->values->use.values.items[i].name, name))
			return true;
	return false;
}

/* A hidden control of the form, other than NAME, that has the value of PAIR. */
static struct str control_with_value(const struct derivation *d, const struct page_pair *pair,
				     struct str name)
{
	uint32_t same = next_control(d, pair->name, 0);

	if (same != HTML_PAGE_NONE && form_values_control(d, same)->type == HTML_CONTROL_HIDDEN &&
	    !str_eq(pair->name, name) && pair->value.len && !is_changed(d, pair->name) &&
	    str_eq(form_values_control(d, same)->value, pair->value))
		return pair->name;
	for (uint32_t i = 0; i < d->page->control_count; i++) {
		const struct html_control *control = form_values_control(d, i);

		if (control->form == d->form && control->type == HTML_CONTROL_HIDDEN &&
		    !control->disabled && pair->value.len >= CONTROL_VALUE_MIN &&
		    str_eq(control->value, pair->value) && control->name.len &&
		    !str_eq(control->name, name) && !is_changed(d, control->name) &&
		    next_control(d, control->name, 0) == i)
			return control->name;
	}
	return STR_NULL;
}

static void add_item(const struct derivation *d, struct page_value *value,
		     const struct page_pair *pair, struct str control)
{
	size_t count = value->item_count;

	/* Full at each power of two: then the room is doubled. */
	if (!(count & (count - 1))) {
		struct page_item *items =
		    ARENA_ARRAY(d->arena, count ? 2 * count : 1, struct page_item);

		for (size_t i = 0; i < count; i++)
			items[i] = value->items[i];
		value->items = items;
	}
	value->items[value->item_count++] = (struct page_item){pair, control};
}

/* Pairs that hidden controls of boxes send in any case: the value for "not checked". */
static void use_companions(struct derivation *d, struct named_pairs *n)
{
	for (uint32_t i = next_control(d, n->name, 0); i != HTML_PAGE_NONE;
	     i = next_control(d, n->name, i + 1)) {
		const struct html_control *control = form_values_control(d, i);

		if (is_box(control) || control->disabled)
			continue;
		for (size_t k = 0; k < n->count; k++) {
			if (d->used[n->pairs[k]] ||
			    !str_eq(form_values_pair(d, n->pairs[k])->value, control->value))
				continue;
			d->used[n->pairs[k]] = true;
			memmove(n->pairs + k, n->pairs + k + 1,
				(n->count - k - 1) * sizeof *n->pairs);
			n->count--;
			break;
		}
	}
}

static size_t count_controls(const struct derivation *d, const struct named_pairs *n)
{
	size_t count = 0;

	for (uint32_t i = n->control; i != HTML_PAGE_NONE; i = next_control(d, n->name, i + 1))
		count +=
		    is_box(form_values_control(d, i)) == is_box(form_values_control(d, n->control));
	return count;
}

/* How many of the pairs the controls can send. */
static size_t capacity(const struct derivation *d, const struct named_pairs *n)
{
	const struct html_control *control = form_values_control(d, n->control);

	if (control->type == HTML_CONTROL_RADIO || control->type == HTML_CONTROL_FILE ||
	    (control->type == HTML_CONTROL_SELECT && !control->multiple))
		return 1;
	return control->type == HTML_CONTROL_SELECT ? n->count : count_controls(d, n);
}

static enum page_value_kind kind_of(const struct derivation *d, const struct named_pairs *n,
				    size_t count)
{
	const struct html_control *control = form_values_control(d, n->control);

	if (control->type == HTML_CONTROL_CHECKBOX && !count)
		return PAGE_VALUE_NO;
	if (control->type == HTML_CONTROL_CHECKBOX && count == 1 && count_controls(d, n) == 1 &&
	    str_eq(form_values_pair(d, n->pairs[0])->value, control->value))
		return PAGE_VALUE_YES;
	if (count && form_values_is_file(form_values_pair(d, n->pairs[0])))
		return PAGE_VALUE_FILE;
	if (!count)
		return PAGE_VALUE_NOTHING;
	return count == 1 ? PAGE_VALUE_TEXT : PAGE_VALUE_LIST;
}

/* Gives the controls of this name the recorded values; what they cannot send stays unused. */
static void change(struct derivation *d, struct named_pairs *n)
{
	const struct html_control *control = form_values_control(d, n->control);
	struct page_value value = {.name = n->name,
				   .hidden = control->type == HTML_CONTROL_HIDDEN,
				   .password = control->type == HTML_CONTROL_PASSWORD};
	struct html_given given;
	size_t count;

	if (is_box(control))
		use_companions(d, n);
	count = n->count < capacity(d, n) ? n->count : capacity(d, n);
	value.kind = kind_of(d, n, count);
	value.typed = control->type == HTML_CONTROL_TEXT || control->type == HTML_CONTROL_TEXTAREA;
	for (size_t i = 0; i < count; i++) {
		const struct page_pair *pair = form_values_pair(d, n->pairs[i]);

		add_item(d, &value, pair,
			 control->type == HTML_CONTROL_HIDDEN ? control_with_value(d, pair, n->name)
							      : STR_NULL);
	}
	value.deselected = !count && control->type == HTML_CONTROL_SELECT && control->multiple;
	given = form_values_given(d, &value);
	if (html_submission_set(&d->submission, n->name, &given) == HTML_SET_OK) {
		for (size_t i = 0; i < count; i++)
			d->used[n->pairs[i]] = true;
	} else {
		value = (struct page_value){
		    .name = n->name, .kind = PAGE_VALUE_NOTHING, .hidden = value.hidden};
	}
	d->values->changed_hidden += value.hidden;
	d->values->differences += value.kind == PAGE_VALUE_NOTHING;
	VEC_PUSH(d->arena, &d->values->use.values, value);
}

static void derive_name(struct derivation *d, uint32_t control)
{
	struct named_pairs n = {
	    .name = form_values_control(d, control)->name, .control = control, .pairs = d->named};
	size_t sent;

	for (uint32_t i = control; i != HTML_PAGE_NONE; i = next_control(d, n.name, i + 1))
		if (is_box(form_values_control(d, i)) && !is_box(form_values_control(d, n.control)))
			n.control = i;
	for (size_t i = 0; i < d->values->use.pair_count; i++)
		if (!d->used[i] && str_eq(form_values_pair(d, i)->name, n.name))
			n.pairs[n.count++] = i;
	if (!is_unchanged(d, &n, &sent) ||
	    (sent < n.count &&
	     (is_box(form_values_control(d, n.control)) || sent < capacity(d, &n)))) {
		change(d, &n);
		return;
	}
	for (size_t i = 0; i < sent; i++)
		d->used[n.pairs[i]] = true;
}

/* Typed values are written first, those that scripts changed last. */
static void sort_values(struct derivation *d)
{
	struct page_use *use = &d->values->use;
	struct page_value *sorted = ARENA_ARRAY(d->arena, use->values.count + 1, struct page_value);
	size_t count = 0;

	for (int hidden = 0; hidden < 2; hidden++)
		for (size_t i = 0; i < use->values.count; i++)
			if (use->values.items[i].hidden == (hidden != 0))
				sorted[count++] = use->values.items[i];
	use->values.items = sorted;
	use->values.cap = count;
}

/* ---- pairs that scripts add */

static struct page_value *find_added(struct page_use *use, struct str name)
{
	for (size_t i = 0; i < use->added.count; i++)
		if (str_eq(use->added.items[i].name, name))
			return &use->added.items[i];
	return NULL;
}

/* False if it cannot be written. */
static bool add_pair(struct derivation *d, const struct page_pair *pair)
{
	struct page_value *value = find_added(&d->values->use, pair->name), added = {0};

	d->values->differences++;
	if (value && (form_values_is_file(pair) || value->kind == PAGE_VALUE_FILE))
		return form_values_fail(d, pair->name);
	if (value) {
		value->kind = PAGE_VALUE_LIST;
		add_item(d, value, pair, control_with_value(d, pair, STR("")));
		return true;
	}
	added.name = pair->name;
	added.kind = form_values_is_file(pair) ? PAGE_VALUE_FILE : PAGE_VALUE_TEXT;
	add_item(d, &added, pair, control_with_value(d, pair, STR("")));
	VEC_PUSH(d->arena, &d->values->use.added, added);
	return true;
}

bool form_values_derive(struct arena *a, const struct html_page *page, uint32_t form,
			uint32_t submitter, struct form_values *values)
{
	struct derivation d = {
	    .arena = a, .page = page, .form = form, .submitter = submitter, .values = values};

	values->form = form;
	values->submitter = submitter;
	values->use.values.count = values->use.added.count = 0;
	values->differences = values->changed_hidden = 0;
	values->unequal = STR("");
	d.used = ARENA_ARRAY(a, values->use.pair_count + 1, bool);
	d.named = ARENA_ARRAY(a, values->use.pair_count + 1, size_t);
	html_submission_init(&d.submission, a, page, form);
	d.submission.submitter = submitter;
	d.entries = html_submission_entries(&d.submission);
	if (!use_other_pairs(&d))
		return false;
	for (uint32_t i = 0; i < page->control_count; i++) {
		const struct html_control *control = &page->controls[i];

		if (control->form == form && !is_button(control) && control->name.len &&
		    next_control(&d, control->name, 0) == i)
			derive_name(&d, i);
	}
	sort_values(&d);
	for (size_t i = 0; i < values->use.pair_count; i++)
		if (!d.used[i] && !add_pair(&d, form_values_pair(&d, i)))
			return false;
	return form_values_prove(&d);
}
