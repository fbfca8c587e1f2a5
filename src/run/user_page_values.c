/* The values that `submit` gives to the controls of a form. */
#include "run/user_page_private.h"

static struct str text_of(struct worker *w, struct value value)
{
	struct str text = value_text_of(value, &w->scratch);

	if (value.secret && w->eval.mark)
		w->eval.mark(w->eval.marked, STR(""), text);
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

/* The value of another control, for ${form.NAME}. */
static bool control_value(struct worker *w, struct html_submission *s, struct str control,
			  struct str *out)
{
	if (html_submission_value(s, control, out))
		return true;
	buf_printf(&w->page->error, "${form.%.*s}: the form does not send such a field; it has ",
		   STR_ARG(control));
	html_page_put_fields(s->page, s->form, &w->page->error);
	return false;
}

static bool join(struct worker *w, struct html_submission *s, const struct form_text *text,
		 struct str *out)
{
	struct str *parts = ARENA_ARRAY(&w->page->arena, text->count, struct str);
	size_t len = 0;
	char *joined;

	for (size_t i = 0; i < text->count; i++) {
		const struct form_piece *piece = &text->pieces[i];

		if (piece->text ? !user_page_evaluate(w, piece->text, &parts[i])
				: !control_value(w, s, piece->control, &parts[i]))
			return false;
		len += parts[i].len;
	}
	if (text->count == 1) {
		*out = parts[0];
		return true;
	}
	joined = arena_alloc(&w->page->arena, len + 1);
	*out = str_n(joined, len);
	for (size_t i = 0; i < text->count; i++) {
		if (parts[i].len)
			memcpy(joined, parts[i].ptr, parts[i].len);
		joined += parts[i].len;
	}
	return true;
}

static bool give_items(struct worker *w, struct html_submission *s, const struct form_value *v,
		       struct html_given *given)
{
	struct str *items = ARENA_ARRAY(&w->page->arena, v->item_count + 1, struct str);

	for (size_t i = 0; i < v->item_count; i++)
		if (!join(w, s, &v->items[i], &items[i]))
			return false;
	given->kind = HTML_GIVEN_LIST;
	given->items = items;
	given->item_count = v->item_count;
	return true;
}

/* The value that V gives to its control; false after an error. */
static bool give(struct worker *w, struct html_submission *s, const struct form_value *v,
		 struct html_given *given)
{
	*given = (struct html_given){.kind = HTML_GIVEN_TEXT};
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
		return give_items(w, s, v, given);
	case FORM_VALUE_FILE:
		given->kind = HTML_GIVEN_FILE;
		given->file = (struct html_file){v->file_name, v->file_type, v->content};
		return true;
	case FORM_VALUE_JOINED:
		break;
	}
	return join(w, s, &v->joined, &given->text);
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
		buf_printf(out, "'%.*s' does not offer '%.*s'; it offers ", STR_ARG(v->name),
			   STR_ARG(given->text));
		html_submission_put_offer(s, v->name, out);
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

bool user_page_set_values(struct worker *w, struct html_submission *s,
			  const struct page_action *act)
{
	for (size_t i = 0; i < act->value_count; i++) {
		const struct form_value *v = &act->values[i];
		struct html_given given;
		enum html_set_outcome outcome;

		if (!give(w, s, v, &given))
			return false;
		outcome = html_submission_set(s, v->name, &given);
		/* `yes` is a text for other controls. */
		if (outcome == HTML_SET_NOT_A_BOX && given.text.ptr) {
			given.kind = HTML_GIVEN_TEXT;
			outcome = html_submission_set(s, v->name, &given);
		}
		explain_value(w, s, v, &given, outcome);
		if (outcome != HTML_SET_OK)
			return false;
	}
	return true;
}

bool user_page_add_values(struct worker *w, struct html_submission *s,
			  const struct page_action *act)
{
	for (size_t i = 0; i < act->added_count; i++) {
		const struct form_value *v = &act->added[i];
		struct html_given given;

		if (!give(w, s, v, &given))
			return false;
		if (given.kind == HTML_GIVEN_LIST)
			for (size_t k = 0; k < given.item_count; k++)
				html_submission_add(s, v->name, given.items[k], NULL);
		else if (given.kind != HTML_GIVEN_NOTHING)
			html_submission_add(s, v->name, given.text,
					    given.kind == HTML_GIVEN_FILE ? &given.file : NULL);
	}
	return true;
}
