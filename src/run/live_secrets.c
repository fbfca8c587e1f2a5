#include "run/live_secrets.h"

#include "base/log.h"

/* One secret in a list; the bytes of its context and of the secret follow. */
struct live_secret {
	struct str name;
	uint32_t context_len, len;
};

void live_secrets_init(struct live_secrets *secrets)
{
	secret_set_init(&secrets->set);
	secret_mask_init(&secrets->mask);
	buf_init(&secrets->wanted, 0);
	buf_init(&secrets->built, 0);
	buf_init(&secrets->withheld, 0);
	secrets->searched = false;
}

void live_secrets_release(struct live_secrets *secrets)
{
	secret_set_release(&secrets->set);
	secret_mask_release(&secrets->mask);
	buf_release(&secrets->wanted);
	buf_release(&secrets->built);
	buf_release(&secrets->withheld);
}

/* ---- the list */

static void add_entry(struct buf *list, struct str name, struct str context, struct str secret)
{
	struct live_secret entry = {name, (uint32_t)context.len, (uint32_t)secret.len};

	buf_add(list, str_n((const char *)&entry, sizeof entry));
	buf_add(list, context);
	buf_add(list, secret);
}

/* For lists and mappings: all values in them. */
static void add_value(struct buf *list, struct str name, struct value value)
{
	size_t count = value.type == VALUE_OBJECT ? 2 * value.count : value.count;
	struct buf shown;

	if (value.type == VALUE_LIST || value.type == VALUE_OBJECT) {
		for (size_t i = 0; i < count; i++)
			add_value(list, name, value.items[i]);
		return;
	}
	if (value.type == VALUE_TEXT && value.text.len >= SECRET_FORMS_MIN)
		add_entry(list, name, STR(""), value.text);
	if (value.type != VALUE_NUMBER)
		return;
	buf_init(&shown, 0);
	value_put(&shown, value);
	if (shown.len >= SECRET_FORMS_MIN)
		add_entry(list, name, STR(""), buf_str(&shown));
	buf_release(&shown);
}

/* The secret cells of the user's current row. */
static void add_row(struct worker *w, uint32_t number, struct buf *list)
{
	const struct data_set *set = &w->program->model->data[number];
	size_t text = w->scratch.text.len, items = w->scratch.items_used;
	uint64_t row;

	if (!set->secret.count || !set->rows.count || !w->eval.row(&w->eval, number, &row))
		return;
	for (unsigned i = 0; i < set->rows.columns; i++) {
		struct value cell;

		if (set->is_secret[i] &&
		    rows_cell(&set->rows, &w->rows, row, i, &w->scratch, &cell))
			add_value(list, set->rows.names[i], cell);
	}
	w->scratch.text.len = text;
	w->scratch.items_used = items;
}

/* Hidden variables have no name. */
static struct str name_of(const struct worker *w, uint32_t slot)
{
	struct str name = w->program->slot_names[slot];

	return name.len ? name : STR(SECRET_SET_UNNAMED);
}

static void add_variables(struct worker *w, const struct user *u, struct buf *list)
{
	const struct user *current = w->current_user;
	struct builtins builtins = w->eval.builtins;

	for (uint32_t i = 0; i < w->program->slot_count; i++)
		if (u->slots[i].secret)
			add_value(list, name_of(w, i), u->slots[i]);
	for (uint32_t i = 0; i < u->staged_count; i++)
		if (u->staged[i].value.secret)
			add_value(list, name_of(w, u->staged[i].slot), u->staged[i].value);
	w->current_user = u->number == UINT64_MAX ? NULL : u;
	w->eval.builtins.user_index = u->number;
	w->eval.builtins.iteration = u->iteration;
	for (uint32_t i = 0; user_iterates(u) && i < w->program->model->data_count; i++)
		add_row(w, i, list);
	/* The caller may be evaluating an expression, for another user or iteration. */
	w->current_user = current;
	w->eval.builtins = builtins;
}

void live_secrets_add(struct fiber *f, struct str name, struct value value)
{
	add_value(&f->secrets, name, value);
}

/* The URL of a request may be one value: a path after the target, which is not secret. */
static struct str without_target(const struct live_secrets_request *r, struct str before,
				 struct str secret)
{
	struct str target = r->program->target;

	return before.len || !str_starts(secret, target)
		   ? secret
		   : str_slice(secret, target.len, secret.len);
}

void live_secrets_mark(void *request, struct str before, struct str secret)
{
	const struct live_secrets_request *r = request;
	struct str part = secret_forms_unquoted(without_target(r, before, secret));
	size_t near = before.len > SECRET_SET_CONTEXT ? before.len - SECRET_SET_CONTEXT : 0;

	if (part.len)
		add_entry(&r->fiber->secrets, STR(SECRET_SET_UNNAMED),
			  part.len < SECRET_FORMS_MIN ? str_slice(before, near, before.len)
						      : STR(""),
			  part);
}

/* ---- masking */

static void build(struct live_secrets *s)
{
	struct live_secret entry;

	secret_set_clear(&s->set);
	for (size_t at = 0; at < s->wanted.len; at += entry.context_len + entry.len) {
		memcpy(&entry, s->wanted.data + at, sizeof entry);
		at += sizeof entry;
		struct str context = str_n(s->wanted.data + at, entry.context_len);
		struct str secret = str_n(context.ptr + context.len, entry.len);

		if (secret.len < SECRET_FORMS_MIN)
			secret_set_add_after(&s->set, entry.name, context, secret);
		else
			secret_set_add(&s->set, entry.name, secret);
	}
	secret_set_prepare(&s->set);
	buf_clear(&s->built);
	buf_add(&s->built, buf_str(&s->wanted));
}

/* Most texts are masked one after another for the same user, so the set is seldom built. */
static void mask(struct worker *w, const struct fiber *f, enum secret_mask_style style,
		 struct buf *text)
{
	struct live_secrets *s = w->secrets;
	const struct secret_set *sets[] = {&w->program->secrets, &s->set};

	buf_clear(&s->wanted);
	add_variables(w, f->user, &s->wanted);
	buf_add(&s->wanted, buf_str(&f->secrets));
	if (!str_eq(buf_str(&s->wanted), buf_str(&s->built)) || !s->set.prepared)
		build(s);
	secret_mask_text(&s->mask, sets, 2, style, text);
}

void live_secrets_mask(struct worker *w, const struct fiber *f, struct buf *text)
{
	mask(w, f, SECRET_MASK_HIDDEN, text);
}

bool live_secrets_put_start(struct worker *w, const struct fiber *f, struct str text, size_t read,
			    size_t max, struct buf *out)
{
	struct str start = str_cut(text, read);
	bool more = start.len < text.len;
	size_t length;

	buf_clear(out);
	buf_add(out, start);
	/* Before an ellipsis, the mask also finds the start of a secret. */
	if (more)
		buf_add(out, STR("…"));
	live_secrets_mask(w, f, out);
	if (more && str_ends(buf_str(out), STR("…")))
		out->len -= STR("…").len;
	length = str_cut(buf_str(out), max).len;
	more = more || length < out->len;
	out->len = length;
	return more;
}

void live_secrets_mask_named(struct worker *w, const struct fiber *f, struct buf *text)
{
	mask(w, f, SECRET_MASK_NAMED, text);
}
