/* The values that `submit` gives to the controls of a form. */
#include "run/user_page_private.h"

static struct str text_of(struct worker *w, struct value value)
{
	struct str text = value_text_of(value, &w->scratch);

	if (value.secret && w->eval.mark)
		w->eval.mark(w->eval.marked, STR(""), text);
	w->page->gave_secret |= value.secret;
	return text;
}

bool user_page_evaluate(struct worker *w, const struct tmpl *tmpl, struct str *out)
{
	struct value value;

	if (!eval_template(tmpl, &w->eval, &value))
		return false;
	*out = text_of(w, value);
	return true;
}

static void give_list(struct worker *w, struct value list, struct html_given *given)
{
	struct str *items = ARENA_ARRAY(&w->page->arena, list.count + 1, struct str);

	for (size_t i = 0; i < list.count; i++)
		items[i] = text_of(w, list.items[i]);
	given->kind = HTML_GIVEN_LIST;
	given->items = items;
	given->item_count = list.count;
}

static bool give_value(struct worker *w, const struct form_value *v, struct html_given *given)
{
	struct value value;

	if (!eval_template(v->text, &w->eval, &value))
		return false;
	given->text = text_of(w, value);
	if (value.type == VALUE_NULL)
		given->kind = HTML_GIVEN_NOTHING;
	else if (value.type == VALUE_BOOL)
		given->kind = value_is_true(value) ? HTML_GIVEN_YES : HTML_GIVEN_NO;
	else if (value.type == VALUE_LIST)
		give_list(w, value, given);
	else
		given->kind = HTML_GIVEN_TEXT;
	return true;
}

/* ${form.NAME}, the value of another control; for eval.control. */
static bool control_value(struct eval *eval, struct str name, struct value *value)
{
	struct worker *w = eval->owner;
	struct html_submission *s = w->page->submission;
	struct html_entry entry;

	if (!html_submission_value(s, name, &entry)) {
		buf_printf(&w->page->error,
			   "${form.%.*s}: the form does not send such a field; it has ",
			   STR_ARG(name));
		html_page_put_fields(s->page, s->form, &w->page->error);
		return eval_error(eval, "the form has no such field");
	}
	*value = value_text(entry.value);
	value->secret = entry.secret;
	return true;
}

static bool give_items(struct worker *w, const struct form_value *v, struct html_given *given)
{
	struct str *items = ARENA_ARRAY(&w->page->arena, v->item_count + 1, struct str);

	for (size_t i = 0; i < v->item_count; i++)
		if (!user_page_evaluate(w, v->items[i], &items[i]))
			return false;
	given->kind = HTML_GIVEN_LIST;
	given->items = items;
	given->item_count = v->item_count;
	return true;
}

static void give_files(struct worker *w, const struct form_value *v, struct html_given *given)
{
	struct html_file *files = ARENA_ARRAY(&w->page->arena, v->file_count + 1, struct html_file);

	for (size_t i = 0; i < v->file_count; i++)
		files[i] =
		    (struct html_file){v->files[i].name, v->files[i].type, v->files[i].content};
	given->kind = HTML_GIVEN_FILE;
	given->files = files;
	given->file_count = v->file_count;
}

static bool give_kind(struct worker *w, const struct form_value *v, struct html_given *given)
{
	switch (v->kind) {
	case FORM_VALUE:
		return give_value(w, v, given);
	case FORM_VALUE_NOTHING:
		given->kind = HTML_GIVEN_NOTHING;
		return true;
	case FORM_VALUE_YES:
	case FORM_VALUE_NO:
		given->kind = v->kind == FORM_VALUE_YES ? HTML_GIVEN_YES : HTML_GIVEN_NO;
		return user_page_evaluate(w, v->text, &given->text);
	case FORM_VALUE_LIST:
		return give_items(w, v, given);
	case FORM_VALUE_FILE:
		give_files(w, v, given);
		return true;
	}
	BUG("value of a form %d", (int)v->kind);
}

/* The value that V gives to its control; false after an error. */
static bool give(struct worker *w, const struct form_value *v, struct html_given *given)
{
	bool ok;

	*given = (struct html_given){.kind = HTML_GIVEN_TEXT};
	w->page->gave_secret = false;
	ok = give_kind(w, v, given);
	given->secret = w->page->gave_secret;
	return ok;
}

/* The first given value that the control does not offer. */
static struct str not_offered(const struct html_submission *s, struct str name,
			      const struct html_given *given)
{
	if (given->kind != HTML_GIVEN_LIST)
		return given->text;
	for (size_t i = 0; i < given->item_count; i++)
		if (!html_submission_offers(s, name, given->items[i]))
			return given->items[i];
	return STR("");
}

static void explain_value(struct worker *w, const struct html_submission *s,
			  const struct form_value *v, const struct html_given *given,
			  enum html_set_outcome outcome)
{
	struct buf *out = &w->page->error;

	switch (outcome) {
	case HTML_SET_OK:
		return;
	case HTML_SET_NO_FIELD:
		buf_printf(out, "the form has no field '%.*s'; it has ", STR_ARG(v->name));
		html_page_put_fields(s->page, s->form, out);
		return;
	case HTML_SET_NOT_OFFERED:
		buf_printf(out, "'%.*s' does not offer '%.*s'; ", STR_ARG(v->name),
			   STR_ARG(not_offered(s, v->name, given)));
		html_submission_put_offer(s, v->name, not_offered(s, v->name, given), out);
		return;
	case HTML_SET_ONE_FILE:
		buf_printf(out, "the field '%.*s' accepts one file", STR_ARG(v->name));
		return;
	case HTML_SET_TOO_MANY:
		buf_printf(out, "the field '%.*s' cannot have this many values", STR_ARG(v->name));
		return;
	case HTML_SET_NOT_A_BOX:
		buf_printf(out, "'%.*s' is not a checkbox, so it cannot be yes or no",
			   STR_ARG(v->name));
		return;
	case HTML_SET_NOT_A_FILE:
		buf_printf(out,
			   v->kind == FORM_VALUE_FILE
			       ? "'%.*s' is not a field for files"
			       : "'%.*s' is a field for files; write {file: NAME}",
			   STR_ARG(v->name));
		return;
	case HTML_SET_BUTTON:
		buf_printf(out, "'%.*s' is a button; write button: %.*s", STR_ARG(v->name),
			   STR_ARG(v->name));
		return;
	}
}

static bool set_value(struct worker *w, struct html_submission *s, const struct form_value *v)
{
	struct html_given given;
	enum html_set_outcome outcome;

	if (!give(w, v, &given))
		return false;
	outcome = html_submission_set(s, v->name, &given);
	/* `yes` is a text for other controls. */
	if (outcome == HTML_SET_NOT_A_BOX && given.text.ptr) {
		given.kind = HTML_GIVEN_TEXT;
		outcome = html_submission_set(s, v->name, &given);
	}
	explain_value(w, s, v, &given, outcome);
	return outcome == HTML_SET_OK;
}

static bool add_value(struct worker *w, struct html_submission *s, const struct form_value *v)
{
	struct html_given given;

	size_t before = s->added.count;

	if (!give(w, v, &given))
		return false;
	for (size_t i = 0; i < given.item_count; i++)
		html_submission_add(s, v->name, given.items[i], NULL);
	for (size_t i = 0; i < given.file_count; i++)
		html_submission_add(s, v->name, STR(""), &given.files[i]);
	if (given.kind == HTML_GIVEN_TEXT || given.kind == HTML_GIVEN_YES ||
	    given.kind == HTML_GIVEN_NO)
		html_submission_add(s, v->name, given.text, NULL);
	for (size_t i = before; i < s->added.count; i++)
		s->added.items[i].secret = given.secret;
	return true;
}

bool user_page_give_values(struct worker *w, struct html_submission *s,
			   const struct page_action *act)
{
	bool ok = true;

	w->page->submission = s;
	w->eval.control = control_value;
	for (size_t i = 0; i < act->value_count && ok; i++)
		ok = set_value(w, s, &act->values[i]);
	for (size_t i = 0; i < act->added_count && ok; i++)
		ok = add_value(w, s, &act->added[i]);
	w->page->submission = NULL;
	return ok;
}
