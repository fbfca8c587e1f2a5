#include "run/secret_mask.h"

#include "base/ascii.h"

#define SECRET_MIN 3u /* shorter texts occur everywhere by chance */

/* The character that a backslash followed by AT means in JSON. */
static char unescaped(char at)
{
	switch (at) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return at;
	}
}

/* Number of bytes at AT that encode C: the character itself, %XX, + for a space, a backslash and a
 * letter; 0: none do. */
static size_t stands_for(struct str text, size_t at, char c)
{
	size_t left = text.len - at;
	const char *p = text.ptr + at;

	if (!left)
		return 0;
	if (p[0] == '%' && left >= 3 && ascii_hex_value(p[1]) >= 0 && ascii_hex_value(p[2]) >= 0 &&
	    (ascii_hex_value(p[1]) << 4 | ascii_hex_value(p[2])) == (unsigned char)c)
		return 3;
	if (p[0] == '\\' && left >= 2 && unescaped(p[1]) == c)
		return 2;
	return p[0] == c || (c == ' ' && p[0] == '+');
}

/* The end of SECRET, in whatever encoding, if it begins at AT; otherwise AT. */
static size_t match_end(struct str text, size_t at, struct str secret)
{
	size_t end = at;

	for (size_t i = 0; i < secret.len; i++) {
		size_t step = stands_for(text, end, secret.ptr[i]);

		if (!step)
			return at;
		end += step;
	}
	return end;
}

static void mask_one(struct buf *text, struct str secret)
{
	struct buf out;
	size_t clean = 0, at = 0;

	if (secret.len < SECRET_MIN)
		return;
	buf_init(&out, text->max);
	while (at < text->len) {
		size_t end = match_end(buf_str(text), at, secret);

		if (end == at) {
			at++;
			continue;
		}
		buf_add(&out, str_slice(buf_str(text), clean, at));
		buf_add(&out, STR("***"));
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

/* For lists and mappings: all values in them. */
static void mask_value(struct buf *text, struct value value)
{
	struct buf shown;
	size_t count = value.type == VALUE_OBJECT ? 2 * value.count : value.count;

	if (value.type == VALUE_LIST || value.type == VALUE_OBJECT) {
		for (size_t i = 0; i < count; i++)
			mask_value(text, value.items[i]);
		return;
	}
	if (value.type != VALUE_TEXT && value.type != VALUE_NUMBER)
		return;
	buf_init(&shown, 0);
	value_put(&shown, value);
	mask_one(text, buf_str(&shown));
	buf_release(&shown);
}

/* The secret cells of the user's current row. */
static void mask_row(struct worker *w, uint32_t number, struct buf *text)
{
	const struct data_set *set = &w->program->model->data[number];
	uint64_t row;

	if (!set->secret.count || !set->rows.count || !w->eval.row(&w->eval, number, &row))
		return;
	for (unsigned i = 0; i < set->rows.columns; i++) {
		struct value cell;

		if (set->is_secret[i] &&
		    rows_cell(&set->rows, &w->rows, row, i, &w->scratch, &cell))
			mask_value(text, cell);
	}
	scratch_clear(&w->scratch);
}

void secret_mask(struct worker *w, const struct user *u, struct buf *text)
{
	const struct model *model = w->program->model;

	for (size_t i = 0; i < model->parameter_count; i++)
		if (model->parameters[i].secret)
			mask_one(text, model->parameters[i].value);
	for (uint32_t i = 0; i < w->program->slot_count; i++)
		if (u->slots[i].secret)
			mask_value(text, u->slots[i]);
	for (uint32_t i = 0; i < u->staged_count; i++)
		if (u->staged[i].value.secret)
			mask_value(text, u->staged[i].value);
	w->current_user = u->number == UINT64_MAX ? NULL : u;
	w->eval.builtins.user_index = u->number;
	w->eval.builtins.iteration = u->iteration;
	for (uint32_t i = 0; user_iterates(u) && i < model->data_count; i++)
		mask_row(w, i, text);
}
