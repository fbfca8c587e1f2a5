#include "run/secret_mask.h"

#include "base/ascii.h"
#include "run/secret_forms.h"

/* How secrets are replaced. */
struct masker {
	struct buf *text;
	bool named;
	bool encoded; /* the encoded forms, after all plain values */
};

/* NAME as the name of a shell variable. */
static void put_name(struct buf *out, struct str name)
{
	if (!name.len || ascii_is_digit(name.ptr[0]))
		buf_add_char(out, '_');
	for (size_t i = 0; i < name.len; i++)
		buf_add_char(out, ascii_is_name(name.ptr[i]) ? name.ptr[i] : '_');
}

static void put_replacement(const struct masker *m, struct str name, bool encoded, struct buf *out)
{
	if (!m->named) {
		buf_add(out, STR("***"));
		return;
	}
	buf_add_char(out, SECRET_MASK_MARK);
	put_name(out, name);
	if (encoded)
		buf_add(out, STR("_ENCODED"));
	buf_add_char(out, SECRET_MASK_MARK);
}

/* Replaces FORM of a secret. */
static void mask_form(const struct masker *m, struct str name, struct str secret, struct str form)
{
	struct buf *text = m->text;
	struct buf out;
	size_t clean = 0, at = 0;

	buf_init(&out, text->max);
	while (at < text->len) {
		size_t end = secret_forms_end(buf_str(text), at, form);

		if (end == at) {
			at++;
			continue;
		}
		buf_add(&out, str_slice(buf_str(text), clean, at));
		put_replacement(m, name, !str_eq(str_slice(buf_str(text), at, end), secret), &out);
		at = clean = end;
	}
	if (!clean) {
		buf_release(&out);
		return;
	}
	buf_add(&out, str_slice(buf_str(text), clean, text->len));
	buf_release(text);
	*text = out;
}

static void mask_one(const struct masker *m, struct str name, struct str secret)
{
	struct secret_forms forms;

	if (secret.len < SECRET_FORMS_MIN)
		return;
	if (!m->encoded) {
		mask_form(m, name, secret, secret);
		return;
	}
	secret_forms_init(&forms, secret);
	for (size_t i = 0; i < forms.count; i++)
		mask_form(m, name, secret, forms.forms[i]);
	secret_forms_release(&forms);
}

/* For lists and mappings: all values in them. */
static void mask_value(const struct masker *m, struct str name, struct value value)
{
	struct buf shown;
	size_t count = value.type == VALUE_OBJECT ? 2 * value.count : value.count;

	if (value.type == VALUE_LIST || value.type == VALUE_OBJECT) {
		for (size_t i = 0; i < count; i++)
			mask_value(m, name, value.items[i]);
		return;
	}
	if (value.type != VALUE_TEXT && value.type != VALUE_NUMBER)
		return;
	buf_init(&shown, 0);
	value_put(&shown, value);
	mask_one(m, name, buf_str(&shown));
	buf_release(&shown);
}

/* The secret cells of the user's current row. */
static void mask_row(struct worker *w, uint32_t number, const struct masker *m)
{
	const struct data_set *set = &w->program->model->data[number];
	uint64_t row;

	if (!set->secret.count || !set->rows.count || !w->eval.row(&w->eval, number, &row))
		return;
	for (unsigned i = 0; i < set->rows.columns; i++) {
		struct value cell;

		if (set->is_secret[i] &&
		    rows_cell(&set->rows, &w->rows, row, i, &w->scratch, &cell))
			mask_value(m, set->rows.names[i], cell);
	}
	scratch_clear(&w->scratch);
}

static void mask_all(struct worker *w, const struct user *u, const struct masker *m)
{
	const struct model *model = w->program->model;

	for (size_t i = 0; i < model->parameter_count; i++)
		if (model->parameters[i].secret)
			mask_one(m, model->parameters[i].name, model->parameters[i].value);
	for (uint32_t i = 0; i < w->program->slot_count; i++)
		if (u->slots[i].secret)
			mask_value(m, w->program->slot_names[i], u->slots[i]);
	for (uint32_t i = 0; i < u->staged_count; i++)
		if (u->staged[i].value.secret)
			mask_value(m, w->program->slot_names[u->staged[i].slot],
				   u->staged[i].value);
	w->current_user = u->number == UINT64_MAX ? NULL : u;
	w->eval.builtins.user_index = u->number;
	w->eval.builtins.iteration = u->iteration;
	for (uint32_t i = 0; user_iterates(u) && i < model->data_count; i++)
		mask_row(w, i, m);
}

/* A value that is derived from a secret is masked as a whole before forms of the secret in it. */
static void mask(struct worker *w, const struct user *u, struct buf *text, bool named)
{
	mask_all(w, u, &(const struct masker){.text = text, .named = named});
	mask_all(w, u, &(const struct masker){.text = text, .named = named, .encoded = true});
}

void secret_mask(struct worker *w, const struct user *u, struct buf *text)
{
	mask(w, u, text, false);
}

void secret_mask_named(struct worker *w, const struct user *u, struct buf *text)
{
	struct str mark = str_n((const char[]){SECRET_MASK_MARK}, 1);
	struct buf doubled;

	if (str_find(buf_str(text), mark, 0) != NOT_FOUND) {
		buf_init(&doubled, text->max);
		for (size_t i = 0; i < text->len; i++) {
			if (text->data[i] == SECRET_MASK_MARK)
				buf_add(&doubled, mark);
			buf_add_char(&doubled, text->data[i]);
		}
		buf_release(text);
		*text = doubled;
	}
	mask(w, u, text, true);
}
