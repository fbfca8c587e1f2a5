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

/* A set of hashes, which is never more than half full. */
struct hash_set {
	uint64_t hashes[2 * NAMES_MAX];
	bool used[2 * NAMES_MAX];
	size_t count;
};

/* The place of HASH, or the free one where it would be. */
static size_t place_of(const struct hash_set *set, uint64_t hash)
{
	size_t at = hash % (2 * NAMES_MAX);

	while (set->used[at] && set->hashes[at] != hash)
		at = (at + 1) % (2 * NAMES_MAX);
	return at;
}

static bool has_hash(const struct hash_set *set, uint64_t hash)
{
	return set->used[place_of(set, hash)];
}

/* Adds HASH, unless the set is full or has it already. */
static void add_hash(struct hash_set *set, uint64_t hash)
{
	size_t at = place_of(set, hash);

	if (set->used[at] || set->count == NAMES_MAX)
		return;
	set->used[at] = true;
	set->hashes[at] = hash;
	set->count++;
}

static void put_hashes(struct buf *out, const struct hash_set *set)
{
	for (size_t i = 0; i < 2 * NAMES_MAX; i++)
		if (set->used[i])
			put_hash(out, set->hashes[i]);
}

static bool has_own_name(const struct html_control *control)
{
	return control->name.len && control->type != HTML_CONTROL_SUBMIT &&
	       control->type != HTML_CONTROL_IMAGE;
}

void html_submission_put_receipt(struct html_submission *s, struct buf *out)
{
	const struct html_page *page = s->page;
	struct hash_set typed = {0}, names = {0};
	bool password = false;

	for (uint32_t i = s->first; i < s->last && html_submission_method(s) == HTML_POST; i++) {
		const struct html_control *control = &page->controls[i];
		const struct html_control_state *state = html_submission_state(s, i);

		if (has_own_name(control))
			add_hash(&names, str_hash(control->name));
		if (!state->typed || !str_trim(state->value).len)
			continue;
		password |= control->type == HTML_CONTROL_PASSWORD;
		if (is_typed_text(control))
			add_hash(&typed, text_hash(control->name, state->value));
	}
	varint_put_uint(out, typed.count << 1 | password);
	varint_put_uint(out, names.count);
	put_hashes(out, &typed);
	put_hashes(out, &names);
	html_page_resolve(page, page->forms[s->form].action, out);
}

struct receipt {
	struct hash_set typed, names;
	bool password;
	struct str address;
};

static bool read_receipt(struct str bytes, struct receipt *receipt)
{
	struct varint_reader u = varint_reader_of(bytes);
	uint64_t head = varint_get_below(&u, 2 * NAMES_MAX + 2);
	uint64_t names = varint_get_below(&u, NAMES_MAX + 1);

	*receipt = (struct receipt){.password = head & 1};
	for (uint64_t i = 0; i < head >> 1; i++)
		add_hash(&receipt->typed, get_hash(&u));
	for (uint64_t i = 0; i < names; i++)
		add_hash(&receipt->names, get_hash(&u));
	receipt->address = str_n((const char *)u.at, (size_t)(u.end - u.at));
	return !u.bad && names && receipt->address.len;
}

static bool same_address(const struct html_page *page, uint32_t form, struct str address)
{
	char bytes[HTML_PAGE_ADDRESS_MAX + 1];
	struct buf resolved = {.data = bytes, .cap = sizeof bytes, .max = HTML_PAGE_ADDRESS_MAX};

	return html_page_resolve(page, page->forms[form].action, &resolved) &&
	       str_eq(buf_str(&resolved), address);
}

static bool comes_back(const struct html_page *page, const struct html_form *form,
		       const struct receipt *receipt)
{
	struct hash_set same = {0};
	bool kept = false, password = false;

	for (uint32_t i = 0; i < form->control_count; i++) {
		const struct html_control *control = &page->controls[form->first_control + i];

		if (has_own_name(control) && has_hash(&receipt->names, str_hash(control->name)))
			add_hash(&same, str_hash(control->name));
		password |= control->type == HTML_CONTROL_PASSWORD;
		kept |= is_typed_text(control) && str_trim(control->value).len &&
			has_hash(&receipt->typed, text_hash(control->name, control->value));
	}
	return same.count * 100 >= receipt->names.count * SAME_NAMES_PERCENT &&
	       (kept || (password && receipt->password));
}

bool html_submission_again(struct str receipt, const struct html_page *page, uint32_t *form)
{
	struct receipt read;

	if (!read_receipt(receipt, &read))
		return false;
	for (uint32_t i = 0; i < page->form_count; i++) {
		if (page->forms[i].method != HTML_POST || !same_address(page, i, read.address) ||
		    !comes_back(page, &page->forms[i], &read))
			continue;
		*form = i;
		return true;
	}
	return false;
}
