/* Secrets that a form sends in another form than they have in the scenario: in the encoding of the
 * page, with other line ends, in a name=value pair. Servers send them back on later pages too. */
#include "base/ascii.h"
#include "base/secret_forms.h"
#include "run/interpreter.h"
#include "run/user_page_private.h"

#define KEPT_MAX 32 /* secrets of a user */

/* TEXT as pages show it: white space collapsed. */
static struct str collapsed(struct arena *a, struct str text)
{
	struct buf out = {
	    .data = arena_alloc(a, text.len + 1), .cap = text.len + 1, .max = text.len};

	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_html_space(text.ptr[i]))
			buf_add_char(&out, text.ptr[i]);
		else if (out.len && out.data[out.len - 1] != ' ')
			buf_add_char(&out, ' ');
	}
	return str_trim(buf_str(&out));
}

struct kept {
	struct value *items; /* in the scratch */
	size_t count, before;
};

static void keep(struct worker *w, struct kept *kept, struct str text)
{
	for (size_t i = 0; i < kept->count; i++)
		if (str_eq(kept->items[i].text, text))
			return;
	if (kept->count < KEPT_MAX)
		kept->items[kept->count++] = value_text(text);
	w->eval.mark(w->eval.marked, STR(""), text);
}

/* As pages show it, and with the line ends that forms send. */
static void keep_other_lines(struct worker *w, struct kept *kept, struct str text)
{
	struct arena *a = &w->page->arena;
	struct str shown = collapsed(a, text);
	struct buf lines = {
	    .data = arena_alloc(a, 2 * text.len + 1), .cap = 2 * text.len + 1, .max = 2 * text.len};

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\n' && (!i || text.ptr[i - 1] != '\r'))
			buf_add_char(&lines, '\r');
		buf_add_char(&lines, text.ptr[i]);
	}
	if (!str_eq(shown, text))
		keep(w, kept, shown);
	if (!str_eq(buf_str(&lines), text))
		keep(w, kept, buf_str(&lines));
}

void user_page_mark_secrets(struct worker *w, struct fiber *f, struct html_submission *s)
{
	struct html_entries entries = html_submission_entries(s);
	struct value before = f->user->slots[w->program->sent_slot], list;
	struct kept kept = {.items = NULL};

	for (size_t i = 0; i < entries.count; i++) {
		const struct html_entry *entry = &entries.items[i];
		struct html_sent sent;

		if (!entry->secret || !entry->value.len)
			continue;
		if (!kept.items) {
			kept.items = ARENA_ARRAY(&w->page->arena, KEPT_MAX, struct value);
			for (size_t k = 0; before.type == VALUE_LIST && k < before.count; k++)
				kept.items[kept.count++] = before.items[k];
			kept.before = kept.count;
		}
		sent = html_submission_sent(s, entry);
		w->eval.mark(w->eval.marked, sent.before, sent.text);
		if (!str_eq(sent.bytes, entry->value))
			keep(w, &kept, sent.bytes);
		/* The next request has the address of a GET form in its Referer. */
		if (entry->value.len < SECRET_FORMS_MIN && html_submission_method(s) == HTML_GET)
			keep(w, &kept, str_n(sent.before.ptr, sent.before.len + sent.text.len));
		keep_other_lines(w, &kept, entry->value);
	}
	if (kept.count == kept.before)
		return;
	list = (struct value){
	    .type = VALUE_LIST, .items = kept.items, .count = kept.count, .secret = true};
	interpreter_set_value(w, f, w->program->sent_slot, list);
}
