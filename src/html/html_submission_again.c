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

static bool is_box(const struct html_control *control)
{
	return control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO;
}

/* A hash of a box that is checked or not, or of an option that is selected or not. */
static uint64_t choice_hash(struct str name, struct str value, bool chosen)
{
	return (str_hash(name) * 31 + str_hash(value)) * 2 + chosen;
}

/* Adds the choices that the user changed. */
static void add_choices(struct hash_set *typed, const struct html_page *page,
			const struct html_control *control, const struct html_control_state *state)
{
	if (is_box(control) && state->checked != control->checked)
		add_hash(typed, choice_hash(control->name, control->value, state->checked));
	for (uint32_t k = 0; state->selected && k < control->option_count; k++) {
		const struct html_option *option = &page->options[control->first_option + k];

		if (state->selected[k] != option->selected)
			add_hash(typed,
				 choice_hash(control->name, option->value, state->selected[k]));
	}
}

static bool keeps_choice(const struct hash_set *typed, const struct html_page *page,
			 const struct html_control *control)
{
	if (is_box(control))
		return has_hash(typed,
				choice_hash(control->name, control->value, control->checked));
	for (uint32_t k = 0; k < control->option_count; k++) {
		const struct html_option *option = &page->options[control->first_option + k];

		if (has_hash(typed, choice_hash(control->name, option->value, option->selected)))
			return true;
	}
	return false;
}

/* The typed values of a submission. Choices do not count if a text was typed: a form that is empty
 * again after it was accepted may remember them. */
struct kept_values {
	struct hash_set hashes;
	bool password, choices;
};

static void find_typed(struct html_submission *s, struct kept_values *typed)
{
	const struct html_page *page = s->page;

	*typed = (struct kept_values){0};
	for (uint32_t i = s->first; i < s->last; i++) {
		const struct html_control_state *state = html_submission_state(s, i);

		if (!state->typed || !str_trim(state->value).len)
			continue;
		typed->password |= page->controls[i].type == HTML_CONTROL_PASSWORD;
		if (is_typed_text(&page->controls[i]))
			add_hash(&typed->hashes, text_hash(page->controls[i].name, state->value));
	}
	typed->choices = !typed->hashes.count && !typed->password;
	for (uint32_t i = s->first; i < s->last && typed->choices; i++)
		if (html_submission_state(s, i)->typed && !html_submission_state(s, i)->dropped)
			add_choices(&typed->hashes, page, &page->controls[i],
				    html_submission_state(s, i));
}

/* Bits of a receipt. */
enum { BIT_PASSWORD = 1, BIT_CHOICES = 2, BIT_POST = 4, BIT_COUNT = 3 };

void html_submission_put_receipt(struct html_submission *s, struct buf *out)
{
	const struct html_page *page = s->page;
	struct kept_values typed;
	struct hash_set names = {0};

	find_typed(s, &typed);
	for (uint32_t i = s->first; i < s->last; i++)
		if (has_own_name(&page->controls[i]))
			add_hash(&names, str_hash(page->controls[i].name));
	varint_put_uint(out, typed.hashes.count << BIT_COUNT |
				 (typed.password ? BIT_PASSWORD : 0U) |
				 (typed.choices ? BIT_CHOICES : 0U) |
				 (html_submission_method(s) == HTML_POST ? BIT_POST : 0U));
	varint_put_uint(out, names.count);
	put_hashes(out, &typed.hashes);
	put_hashes(out, &names);
	html_page_resolve(page, page->forms[s->form].action, out);
}

struct receipt {
	struct kept_values typed;
	struct hash_set names;
	enum html_method method;
	struct str address;
};

static bool read_receipt(struct str bytes, struct receipt *receipt)
{
	struct varint_reader u = varint_reader_of(bytes);
	uint64_t head = varint_get_below(&u, (uint64_t)(NAMES_MAX + 1) << BIT_COUNT);
	uint64_t names = varint_get_below(&u, NAMES_MAX + 1);

	*receipt = (struct receipt){.method = head & BIT_POST ? HTML_POST : HTML_GET};
	receipt->typed.password = head & BIT_PASSWORD;
	receipt->typed.choices = head & BIT_CHOICES;
	for (uint64_t i = 0; i < head >> BIT_COUNT; i++)
		add_hash(&receipt->typed.hashes, get_hash(&u));
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

static bool keeps(const struct kept_values *typed, const struct html_page *page,
		  const struct html_control *control)
{
	if (typed->choices)
		return keeps_choice(&typed->hashes, page, control);
	return (typed->password && control->type == HTML_CONTROL_PASSWORD) ||
	       (is_typed_text(control) && str_trim(control->value).len &&
		has_hash(&typed->hashes, text_hash(control->name, control->value)));
}

static enum html_again comes_back(const struct html_page *page, const struct html_form *form,
				  const struct receipt *receipt)
{
	struct hash_set same = {0};
	bool kept = false;

	for (uint32_t i = 0; i < form->control_count; i++) {
		const struct html_control *control = &page->controls[form->first_control + i];

		if (has_own_name(control) && has_hash(&receipt->names, str_hash(control->name)))
			add_hash(&same, str_hash(control->name));
		kept |= keeps(&receipt->typed, page, control);
	}
	if (same.count * 100 < receipt->names.count * SAME_NAMES_PERCENT)
		return HTML_AGAIN_NONE;
	return kept ? HTML_AGAIN_KEPT : HTML_AGAIN_THERE;
}

enum html_again html_submission_again(struct str receipt, const struct html_page *page,
				      uint32_t *form)
{
	enum html_again again = HTML_AGAIN_NONE;
	struct receipt read;

	if (!read_receipt(receipt, &read))
		return HTML_AGAIN_NONE;
	for (uint32_t i = 0; i < page->form_count && again != HTML_AGAIN_KEPT; i++) {
		enum html_again one = HTML_AGAIN_NONE;

		if (page->forms[i].method == read.method && same_address(page, i, read.address))
			one = comes_back(page, &page->forms[i], &read);
		if (one > again) {
			again = one;
			*form = i;
		}
	}
	return again;
}
