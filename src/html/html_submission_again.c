/* Whether a form comes back after its submission; contracts in html_submission.h. */
#include "base/varint.h"
#include "html/html_submission_private.h"

#define SAME_NAMES_PERCENT 80
#define NAMES_MAX	   200

static void put_hash(struct buf *out, uint64_t hash)
{
	varint_put_u32(out, (uint32_t)hash);
	varint_put_u32(out, (uint32_t)(hash >> 32));
}

static uint64_t get_hash(struct varint_reader *u)
{
	uint64_t low = varint_get_u32(u);

	return low | (uint64_t)varint_get_u32(u) << 32;
}

/* A hash of a text in which line ends and spaces at its ends do not matter. */
static uint64_t text_hash(struct str name, struct str text)
{
	uint64_t hash = str_hash(name);

	text = str_trim(text);
	for (size_t from = 0; from <= text.len;) {
		size_t end = from;

		while (end < text.len && text.ptr[end] != '\r' && text.ptr[end] != '\n')
			end++;
		if (end > from)
			hash = hash * 31 + str_hash(str_slice(text, from, end));
		from = end + 1;
	}
	return hash;
}

static bool is_typed_text(const struct html_control *control)
{
	return control->type == HTML_CONTROL_TEXT || control->type == HTML_CONTROL_TEXTAREA;
}

/* Whether the control has a name that no control of the form before it has. */
static bool is_new_name(const struct html_page *page, uint32_t index)
{
	const struct html_control *control = &page->controls[index];

	if (!control->name.len || control->type == HTML_CONTROL_SUBMIT ||
	    control->type == HTML_CONTROL_IMAGE)
		return false;
	for (uint32_t i = index > NAMES_MAX ? index - NAMES_MAX : 0; i < index; i++)
		if (page->controls[i].form == control->form &&
		    str_eq(page->controls[i].name, control->name))
			return false;
	return true;
}

void html_submission_put_receipt(struct html_submission *s, struct buf *out)
{
	const struct html_page *page = s->page;
	uint64_t typed[NAMES_MAX], names[NAMES_MAX];
	size_t typed_count = 0, name_count = 0, mark;
	bool password = false;

	for (uint32_t i = s->first; i < s->last && html_submission_method(s) == HTML_POST; i++) {
		const struct html_control *control = &page->controls[i];
		const struct html_control_state *state = html_submission_state(s, i);

		if (!html_submission_owns(s, i))
			continue;
		if (name_count < NAMES_MAX && is_new_name(page, i))
			names[name_count++] = str_hash(control->name);
		if (!state->typed || !str_trim(state->value).len)
			continue;
		password |= control->type == HTML_CONTROL_PASSWORD;
		if (is_typed_text(control) && typed_count < NAMES_MAX)
			typed[typed_count++] = text_hash(control->name, state->value);
	}
	varint_put_uint(out, typed_count << 1 | password);
	varint_put_uint(out, name_count);
	for (size_t i = 0; i < typed_count; i++)
		put_hash(out, typed[i]);
	for (size_t i = 0; i < name_count; i++)
		put_hash(out, names[i]);
	mark = out->len;
	if (!html_page_resolve(page, page->forms[s->form].action, out))
		out->len = mark;
}

struct receipt {
	uint64_t typed[NAMES_MAX], names[NAMES_MAX];
	size_t typed_count, name_count;
	bool password;
	struct str address;
};

static bool read_receipt(struct str bytes, struct receipt *receipt)
{
	struct varint_reader u = varint_reader_of(bytes);
	uint64_t head = varint_get_below(&u, 2 * NAMES_MAX + 2);

	receipt->password = head & 1;
	receipt->typed_count = head >> 1;
	receipt->name_count = varint_get_below(&u, NAMES_MAX + 1);
	for (size_t i = 0; i < receipt->typed_count; i++)
		receipt->typed[i] = get_hash(&u);
	for (size_t i = 0; i < receipt->name_count; i++)
		receipt->names[i] = get_hash(&u);
	receipt->address = str_n((const char *)u.at, (size_t)(u.end - u.at));
	return !u.bad && receipt->name_count && receipt->address.len;
}

static bool contains(const uint64_t *hashes, size_t count, uint64_t hash)
{
	for (size_t i = 0; i < count; i++)
		if (hashes[i] == hash)
			return true;
	return false;
}

static bool same_address(const struct html_page *page, uint32_t form, struct str address)
{
	char bytes[HTML_PAGE_ADDRESS_MAX + 1];
	struct buf resolved = {.data = bytes, .cap = sizeof bytes, .max = HTML_PAGE_ADDRESS_MAX};

	return html_page_resolve(page, page->forms[form].action, &resolved) &&
	       str_eq(buf_str(&resolved), address);
}

static bool comes_back(const struct html_page *page, uint32_t form, const struct receipt *receipt)
{
	size_t same = 0;
	bool kept = false, password = false;

	for (uint32_t i = 0; i < page->control_count; i++) {
		const struct html_control *control = &page->controls[i];

		if (control->form != form)
			continue;
		if (is_new_name(page, i) &&
		    contains(receipt->names, receipt->name_count, str_hash(control->name)))
			same++;
		password |= control->type == HTML_CONTROL_PASSWORD;
		kept |= is_typed_text(control) && str_trim(control->value).len &&
			contains(receipt->typed, receipt->typed_count,
				 text_hash(control->name, control->value));
	}
	return same * 100 >= receipt->name_count * SAME_NAMES_PERCENT &&
	       (kept || (password && receipt->password));
}

bool html_submission_again(struct str receipt, const struct html_page *page, uint32_t *form)
{
	struct receipt read;

	if (!read_receipt(receipt, &read))
		return false;
	for (uint32_t i = 0; i < page->form_count; i++) {
		if (page->forms[i].method != HTML_POST || !same_address(page, i, read.address) ||
		    !comes_back(page, i, &read))
			continue;
		*form = i;
		return true;
	}
	return false;
}
