/* The values of a submission; contracts in html_submission.h. */
#include "base/ascii.h"
#include "html/html_charset.h"
#include "html/html_match.h"
#include "html/html_submission_private.h"

static bool is_box(const struct html_control *control)
{
	return control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO;
}

void html_submission_init(struct html_submission *s, struct arena *a, const struct html_page *page,
			  uint32_t form)
{
	*s = (struct html_submission){.page = page,
				      .arena = a,
				      .form = form,
				      .submitter = HTML_PAGE_NONE,
				      .disabled_button = HTML_PAGE_NONE};
	s->first = page->forms[form].first_control;
	s->last = s->first + page->forms[form].control_count;
	for (uint32_t i = s->first; i < s->last && s->submitter == HTML_PAGE_NONE; i++)
		if (html_page_is_button(&page->controls[i]))
			s->submitter = i;
	if (s->submitter != HTML_PAGE_NONE && page->controls[s->submitter].disabled) {
		s->disabled_button = s->submitter;
		s->submitter = HTML_PAGE_NONE;
	}
	s->states = ARENA_ARRAY(a, s->last - s->first, struct html_control_state);
}

void html_submission_begin(struct html_submission *s, struct arena *a, const struct html_page *page,
			   const struct html_form_choice *choice)
{
	html_submission_init(s, a, page, choice->form);
	s->in_row = choice->in_row;
	if (choice->button == HTML_PAGE_NONE)
		return;
	s->submitter = choice->button;
	s->disabled_button = HTML_PAGE_NONE;
}

bool html_submission_press(struct html_submission *s, struct str button)
{
	uint32_t index =
	    button.ptr ? html_submission_button(s->page, s->form, button) : HTML_PAGE_NONE;

	if (button.ptr && index == HTML_PAGE_NONE)
		return false;
	s->submitter = index;
	s->disabled_button = HTML_PAGE_NONE;
	return true;
}

void html_submission_add(struct html_submission *s, struct str name, struct str value,
			 const struct html_file *file)
{
	struct html_entry entry = {.name = name, .value = value, .typed = true};

	if (file) {
		entry.is_file = true;
		entry.file = *file;
	}
	VEC_PUSH(s->arena, &s->added, entry);
}

/* ---- the controls of a field */

/* The controls that FIELD names: all with its name, or the one with its label. */
struct named_field {
	struct html_submission *s;
	uint32_t first;
	struct str name;
	bool by_name;
	bool in_row;  /* only those in the row of the submission */
	bool has_box; /* boxes; a hidden control can have the value for "not checked" */
};

static bool is_of(const struct named_field *f, uint32_t index)
{
	const struct html_control *control = &f->s->page->controls[index];

	if (!f->by_name)
		return index == f->first;
	return str_eq(control->name, f->name) && !(f->has_box && !is_box(control)) &&
	       !(f->in_row && !f->s->in_row[index]);
}

/* The next control of the field at or after FROM; `last` at the end. */
static uint32_t next_of(const struct named_field *f, uint32_t from)
{
	while (from < f->s->last && !is_of(f, from))
		from++;
	return from;
}

uint32_t html_submission_find_field(const struct html_submission *s, struct str field)
{
	uint32_t first = html_submission_control(s->page, s->form, field, 0), at = first;

	while (s->in_row && at != HTML_PAGE_NONE && !s->in_row[at])
		at = html_submission_control(s->page, s->form, field, at + 1);
	return at == HTML_PAGE_NONE ? first : at;
}

static bool find_field(struct html_submission *s, struct str name, struct named_field *f)
{
	*f = (struct named_field){.s = s, .name = name};
	f->first = html_submission_find_field(s, name);
	if (f->first == HTML_PAGE_NONE)
		return false;
	f->in_row = s->in_row && s->in_row[f->first];
	f->by_name = str_eq(s->page->controls[f->first].name, name);
	for (uint32_t i = f->first; i < s->last; i++)
		f->has_box |= is_of(f, i) && is_box(&s->page->controls[i]);
	f->first = next_of(f, f->first);
	return true;
}

static struct html_control_state *type_in(struct html_submission *s, uint32_t index)
{
	struct html_control_state *state = html_submission_state(s, index);

	*state = (struct html_control_state){.typed = true, .value = STR("")};
	return state;
}

/* ---- setting */

static bool box_is(const struct html_control *control, struct str text)
{
	return str_eq(control->value, text) || html_match_text(control->label, text);
}

/* The texts of a given value as a list. */
static struct html_given as_list(const struct html_given *given)
{
	struct html_given list = *given;

	if (given->kind == HTML_GIVEN_TEXT) {
		list.items = &given->text;
		list.item_count = 1;
	}
	return list;
}

/* Whether TEXT is the value of the hidden control that belongs to boxes: none is checked. */
static bool is_unchecked_value(const struct named_field *f, struct str text)
{
	for (uint32_t i = f->s->first; i < f->s->last; i++) {
		const struct html_control *control = &f->s->page->controls[i];

		if (control->type == HTML_CONTROL_HIDDEN && str_eq(control->name, f->name) &&
		    str_eq(control->value, text))
			return true;
	}
	return false;
}

static bool offers_box(const struct named_field *f, struct str text)
{
	for (uint32_t i = next_of(f, f->first); i < f->s->last; i = next_of(f, i + 1))
		if (box_is(&f->s->page->controls[i], text))
			return true;
	return false;
}

/* Whether a box is checked by a given value; LIST is not used for yes and no. */
static bool is_checked_by(const struct html_control *box, const struct html_given *given,
			  const struct html_given *list)
{
	bool checked = given->kind == HTML_GIVEN_YES;

	if (checked || given->kind == HTML_GIVEN_NO)
		return checked;
	for (size_t k = 0; k < list->item_count && !checked; k++)
		checked = box_is(box, list->items[k]);
	return checked;
}

/* A radio button that is named by its label takes the check from the others. */
static void uncheck_others(const struct named_field *f)
{
	for (uint32_t i = f->s->first; i < f->s->last; i++) {
		const struct html_control *control = &f->s->page->controls[i];

		if (i != f->first && control->type == HTML_CONTROL_RADIO &&
		    str_eq(control->name, f->s->page->controls[f->first].name))
			type_in(f->s, i)->checked = false;
	}
}

/* The meaning of a text for a box with another value: `yes` from a file of data checks it. */
static enum html_given_kind meaning_of(struct str text)
{
	if (str_ieq(text, STR("yes")) || str_ieq(text, STR("true")))
		return HTML_GIVEN_YES;
	if (str_ieq(text, STR("no")) || str_ieq(text, STR("false")))
		return HTML_GIVEN_NO;
	return HTML_GIVEN_TEXT;
}

/* Yes and no check and uncheck a box. In a group of boxes they are values, if one has them. */
static struct html_given given_to_boxes(const struct named_field *f, const struct html_given *given)
{
	bool group = f->by_name && next_of(f, f->first + 1) < f->s->last;
	bool radio = f->s->page->controls[f->first].type == HTML_CONTROL_RADIO;
	struct html_given out = *given;

	if ((given->kind == HTML_GIVEN_YES || given->kind == HTML_GIVEN_NO) && group &&
	    given->text.ptr && offers_box(f, given->text))
		out.kind = HTML_GIVEN_TEXT;
	else if (given->kind == HTML_GIVEN_TEXT && !(radio && group) &&
		 !offers_box(f, given->text) && !is_unchecked_value(f, given->text))
		out.kind = meaning_of(given->text);
	return out;
}

static enum html_set_outcome set_boxes(const struct named_field *f, const struct html_given *value)
{
	struct html_given given = given_to_boxes(f, value), list = as_list(&given);
	bool radio = f->s->page->controls[f->first].type == HTML_CONTROL_RADIO;
	bool yes = given.kind == HTML_GIVEN_YES;

	if (given.kind == HTML_GIVEN_FILE)
		return HTML_SET_NOT_A_FILE;
	/* `yes` checks a radio button; of a group it is the value or the label of one. */
	if (radio && (yes || given.kind == HTML_GIVEN_NO) && f->by_name &&
	    next_of(f, f->first + 1) < f->s->last)
		return HTML_SET_NOT_A_BOX;
	if (radio && list.item_count > 1)
		return HTML_SET_TOO_MANY;
	for (size_t k = 0; k < list.item_count; k++)
		if (!offers_box(f, list.items[k]) && !is_unchecked_value(f, list.items[k]))
			return HTML_SET_NOT_OFFERED;
	for (uint32_t i = next_of(f, f->first); i < f->s->last; i = next_of(f, i + 1))
		type_in(f->s, i)->checked = is_checked_by(&f->s->page->controls[i], &given, &list);
	if (radio && yes && !f->by_name)
		uncheck_others(f);
	return HTML_SET_OK;
}

/* The option with this value, or else this text, that is not disabled; NOT_FOUND. */
static size_t option_of(const struct html_page *page, const struct html_control *select,
			struct str text)
{
	const struct html_option *options = &page->options[select->first_option];

	for (size_t i = 0; i < select->option_count; i++)
		if (!options[i].disabled && str_eq(options[i].value, text))
			return i;
	for (size_t i = 0; i < select->option_count; i++)
		if (!options[i].disabled && html_match_text(options[i].text, text))
			return i;
	return NOT_FOUND;
}

static enum html_set_outcome set_select(const struct named_field *f, const struct html_given *given)
{
	const struct html_control *control = &f->s->page->controls[f->first];
	struct html_given list = as_list(given);
	bool *selected = ARENA_ARRAY(f->s->arena, control->option_count + 1U, bool);

	if (given->kind == HTML_GIVEN_YES || given->kind == HTML_GIVEN_NO)
		return HTML_SET_NOT_A_BOX;
	if (given->kind == HTML_GIVEN_FILE)
		return HTML_SET_NOT_A_FILE;
	if (list.item_count > 1 && !control->multiple)
		return HTML_SET_TOO_MANY;
	for (size_t i = 0; i < list.item_count; i++) {
		size_t at = option_of(f->s->page, control, list.items[i]);

		if (at == NOT_FOUND)
			return HTML_SET_NOT_OFFERED;
		selected[at] = true;
	}
	type_in(f->s, f->first)->selected = selected;
	return HTML_SET_OK;
}

/* TEXT as a user can type it: one line, unless it is a textarea. */
static struct str typed_text(struct html_submission *s, const struct html_control *control,
			     struct str text)
{
	size_t n = 0;
	char *copy;

	if (control->type == HTML_CONTROL_TEXTAREA || control->type == HTML_CONTROL_HIDDEN ||
	    (str_find_char(text, '\n', 0) == NOT_FOUND &&
	     str_find_char(text, '\r', 0) == NOT_FOUND))
		return text;
	copy = arena_alloc(s->arena, text.len);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\n' && text.ptr[i] != '\r')
			copy[n++] = text.ptr[i];
	return str_n(copy, n);
}

static enum html_set_outcome set_texts(const struct named_field *f, const struct html_given *given)
{
	struct html_given list = as_list(given);
	uint32_t index = f->first;

	if (given->kind == HTML_GIVEN_YES || given->kind == HTML_GIVEN_NO)
		return HTML_SET_NOT_A_BOX;
	if (given->kind == HTML_GIVEN_FILE)
		return HTML_SET_NOT_A_FILE;
	for (size_t i = 0; i < list.item_count; i++) {
		if (index >= f->s->last)
			return HTML_SET_TOO_MANY;
		struct html_control_state *state = type_in(f->s, index);

		state->value = typed_text(f->s, &f->s->page->controls[index], list.items[i]);
		state->secret = given->secret;
		index = next_of(f, index + 1);
	}
	return HTML_SET_OK;
}

static enum html_set_outcome set_file(const struct named_field *f, const struct html_given *given)
{
	struct html_control_state *state;
	uint32_t index = f->first;

	if (given->kind != HTML_GIVEN_FILE &&
	    !(given->kind == HTML_GIVEN_TEXT && !given->text.len) &&
	    !(given->kind == HTML_GIVEN_LIST && !given->item_count))
		return HTML_SET_NOT_A_FILE;
	state = type_in(f->s, index);
	if (given->kind != HTML_GIVEN_FILE)
		return HTML_SET_OK;
	if (f->s->page->controls[index].multiple) {
		state->files = given->files;
		state->file_count = given->file_count;
		return HTML_SET_OK;
	}
	/* One file for each control of the name. */
	for (size_t i = 0; i < given->file_count; i++, index = next_of(f, index + 1)) {
		if (index >= f->s->last)
			return HTML_SET_ONE_FILE;
		state = type_in(f->s, index);
		state->files = &given->files[i];
		state->file_count = 1;
	}
	return HTML_SET_OK;
}

enum html_set_outcome html_submission_set(struct html_submission *s, struct str field,
					  const struct html_given *given)
{
	struct named_field f;

	if (!find_field(s, field, &f) || f.first >= s->last)
		return HTML_SET_NO_FIELD;
	if (given->kind == HTML_GIVEN_NOTHING ||
	    (given->kind == HTML_GIVEN_LIST && !given->item_count)) {
		for (uint32_t i = f.first; i < s->last; i = next_of(&f, i + 1))
			type_in(s, i)->dropped = true;
		return HTML_SET_OK;
	}
	switch (s->page->controls[f.first].type) {
	case HTML_CONTROL_CHECKBOX:
	case HTML_CONTROL_RADIO:
		return set_boxes(&f, given);
	case HTML_CONTROL_SELECT:
		return set_select(&f, given);
	case HTML_CONTROL_FILE:
		return set_file(&f, given);
	case HTML_CONTROL_SUBMIT:
	case HTML_CONTROL_IMAGE:
	case HTML_CONTROL_BUTTON:
		return HTML_SET_BUTTON;
	case HTML_CONTROL_TEXT:
	case HTML_CONTROL_PASSWORD:
	case HTML_CONTROL_HIDDEN:
	case HTML_CONTROL_TEXTAREA:
		break;
	}
	return set_texts(&f, given);
}
