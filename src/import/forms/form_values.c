#include "import/forms/form_values.h"

#define CONTROL_VALUE_MIN 8u /* a shorter text is the value of a hidden control by chance */

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

static size_t line_end(struct str s, size_t at)
{
	return s.ptr[at] == '\r' && at + 1 < s.len && s.ptr[at + 1] == '\n' ? 2 : 1;
}

bool form_values_same_text(struct str a, struct str b)
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

static bool is_file(const struct page_pair *pair)
{
	return pair->part && pair->part->file.ptr;
}

static bool same_value(const struct html_entry *entry, const struct page_pair *pair)
{
	if (!entry->is_file)
		return !is_file(pair) && form_values_same_text(entry->value, pair->value);
	if (!entry->file.name.len)
		return !pair->value.len && (!is_file(pair) || !pair->part->file.len);
	return is_file(pair) && str_eq(entry->file.name, pair->part->file);
}

static bool is_button(const struct html_control *control)
{
	return control->type == HTML_CONTROL_SUBMIT || control->type == HTML_CONTROL_IMAGE ||
	       control->type == HTML_CONTROL_BUTTON;
}

static bool is_box(const struct html_control *control)
{
	return control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO;
}

static const struct html_control *control_at(const struct derivation *d, uint32_t index)
{
	return &d->page->controls[index];
}

/* The next control of the form with the name that is not a button, at or after FROM. */
static uint32_t next_control(const struct derivation *d, struct str name, uint32_t from)
{
	for (uint32_t i = from; i < d->page->control_count; i++)
		if (control_at(d, i)->form == d->form && !is_button(control_at(d, i)) &&
		    str_eq(control_at(d, i)->name, name))
			return i;
	return HTML_PAGE_NONE;
}

static struct page_pair *pair_at(const struct derivation *d, size_t index)
{
	return &d->values->use.pairs[index];
}

static bool fail(struct derivation *d, struct str name)
{
	d->values->unequal = name;
	return false;
}

/* The coordinates of an image button: their values are where the mouse was. */
static bool is_coordinate(const struct derivation *d, struct str name)
{
	const struct html_control *button =
	    d->submitter == HTML_PAGE_NONE ? NULL : control_at(d, d->submitter);
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

static bool is_button_entry(const struct derivation *d, const struct html_entry *entry)
{
	const struct html_control *button =
	    d->submitter == HTML_PAGE_NONE ? NULL : control_at(d, d->submitter);

	if (!button || button->type == HTML_CONTROL_IMAGE)
		return is_coordinate(d, entry->name);
	return button->name.len && str_eq(entry->name, button->name) &&
	       str_eq(entry->value, button->value) && !entry->is_file;
}

/* Marks the pair that the entry became; false if there is none. */
static bool use_pair_of(struct derivation *d, const struct html_entry *entry)
{
	for (size_t i = 0; i < d->values->use.pair_count; i++) {
		const struct page_pair *pair = pair_at(d, i);

		if (d->used[i] || !str_eq(pair->name, entry->name) ||
		    (!is_coordinate(d, pair->name) && !same_value(entry, pair)))
			continue;
		d->used[i] = true;
		return true;
	}
	return fail(d, entry->name);
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
		if (*sent >= n->count || !same_value(entry, pair_at(d, n->pairs[*sent])))
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

	if (same != HTML_PAGE_NONE && control_at(d, same)->type == HTML_CONTROL_HIDDEN &&
	    !str_eq(pair->name, name) && pair->value.len && !is_changed(d, pair->name) &&
	    str_eq(control_at(d, same)->value, pair->value))
		return pair->name;
	for (uint32_t i = 0; i < d->page->control_count; i++) {
		const struct html_control *control = control_at(d, i);

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
		const struct html_control *control = control_at(d, i);

		if (is_box(control) || control->disabled)
			continue;
		for (size_t k = 0; k < n->count; k++) {
			if (d->used[n->pairs[k]] ||
			    !str_eq(pair_at(d, n->pairs[k])->value, control->value))
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
		count += is_box(control_at(d, i)) == is_box(control_at(d, n->control));
	return count;
}

/* How many of the pairs the controls can send. */
static size_t capacity(const struct derivation *d, const struct named_pairs *n)
{
	const struct html_control *control = control_at(d, n->control);

	if (control->type == HTML_CONTROL_RADIO || control->type == HTML_CONTROL_FILE ||
	    (control->type == HTML_CONTROL_SELECT && !control->multiple))
		return 1;
	return control->type == HTML_CONTROL_SELECT ? n->count : count_controls(d, n);
}

static enum page_value_kind kind_of(const struct derivation *d, const struct named_pairs *n,
				    size_t count)
{
	const struct html_control *control = control_at(d, n->control);

	if (control->type == HTML_CONTROL_CHECKBOX && !count)
		return PAGE_VALUE_NO;
	if (control->type == HTML_CONTROL_CHECKBOX && count == 1 && count_controls(d, n) == 1 &&
	    str_eq(pair_at(d, n->pairs[0])->value, control->value))
		return PAGE_VALUE_YES;
	if (count && is_file(pair_at(d, n->pairs[0])))
		return PAGE_VALUE_FILE;
	if (!count)
		return PAGE_VALUE_NOTHING;
	return count == 1 ? PAGE_VALUE_TEXT : PAGE_VALUE_LIST;
}

/* The value as `submit` will give it to the control. */
static struct html_given given_of(const struct derivation *d, const struct page_value *value)
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

/* Gives the controls of this name the recorded values; what they cannot send stays unused. */
static void change(struct derivation *d, struct named_pairs *n)
{
	const struct html_control *control = control_at(d, n->control);
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
		const struct page_pair *pair = pair_at(d, n->pairs[i]);

		add_item(d, &value, pair,
			 control->type == HTML_CONTROL_HIDDEN ? control_with_value(d, pair, n->name)
							      : STR_NULL);
	}
	value.deselected = !count && control->type == HTML_CONTROL_SELECT && control->multiple;
	given = given_of(d, &value);
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
	    .name = control_at(d, control)->name, .control = control, .pairs = d->named};
	size_t sent;

	for (uint32_t i = control; i != HTML_PAGE_NONE; i = next_control(d, n.name, i + 1))
		if (is_box(control_at(d, i)) && !is_box(control_at(d, n.control)))
			n.control = i;
	for (size_t i = 0; i < d->values->use.pair_count; i++)
		if (!d->used[i] && str_eq(pair_at(d, i)->name, n.name))
			n.pairs[n.count++] = i;
	if (!is_unchanged(d, &n, &sent) ||
	    (sent < n.count && (is_box(control_at(d, n.control)) || sent < capacity(d, &n)))) {
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
	if (value && (is_file(pair) || value->kind == PAGE_VALUE_FILE))
		return fail(d, pair->name);
	if (value) {
		value->kind = PAGE_VALUE_LIST;
		add_item(d, value, pair, control_with_value(d, pair, STR("")));
		return true;
	}
	added.name = pair->name;
	added.kind = is_file(pair) ? PAGE_VALUE_FILE : PAGE_VALUE_TEXT;
	add_item(d, &added, pair, control_with_value(d, pair, STR("")));
	VEC_PUSH(d->arena, &d->values->use.added, added);
	return true;
}

/* ---- the proof */

static bool set_values(struct derivation *d, struct html_submission *s)
{
	const struct page_use *use = &d->values->use;

	html_submission_init(s, d->arena, d->page, d->form);
	s->submitter = d->submitter;
	for (size_t i = 0; i < use->values.count; i++) {
		struct html_given given = given_of(d, &use->values.items[i]);

		if (html_submission_set(s, use->values.items[i].name, &given) != HTML_SET_OK)
			return fail(d, use->values.items[i].name);
	}
	for (size_t i = 0; i < use->added.count; i++) {
		const struct page_value *value = &use->added.items[i];
		struct html_given given = given_of(d, value);

		for (size_t k = 0; k < value->item_count; k++)
			html_submission_add(s, value->name, value->items[k].pair->value,
					    value->kind == PAGE_VALUE_FILE ? &given.files[k]
									   : NULL);
	}
	return true;
}

/* Whether the form with all changes sends the recorded pairs, of each name in the same order. */
static bool is_proven(struct derivation *d)
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

		while (k < count && (d->used[k] || !str_eq(pair_at(d, k)->name, entry->name)))
			k++;
		if (k == count ||
		    (!is_coordinate(d, entry->name) && !same_value(entry, pair_at(d, k))))
			return fail(d, entry->name);
		d->used[k] = true;
	}
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
		if (!d.used[i] && !add_pair(&d, pair_at(&d, i)))
			return false;
	return is_proven(&d);
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
