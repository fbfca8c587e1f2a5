/* Whether a form comes back after its submission; contracts in html_submission.h. */
#include "base/varint.h"
#include "html/html_submission_private.h"

#define SAME_NAMES_PERCENT 80
#define NAMES_MAX	   200

/* Typed texts that are searched for in longer values. Shorter ones occur by chance, so they must be
 * a whole line. */
#define CONTAINED_CHARACTERS_MIN 8
#define LINE_CHARACTERS_MIN	 2
#define EXCERPTS_MAX		 8
#define EXCERPT_BYTES		 64
#define PLACES_MAX		 16 /* where an excerpt occurs and the rest may follow */

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

/* ---- typed texts in longer values, as on pages that show an edit conflict */

/* A typed text, as returned by normalize. */
struct excerpt {
	uint64_t name;	 /* hash of the control's name */
	uint64_t before; /* text_hash of the control's value before it was typed */
	uint64_t hash;	 /* of the whole text */
	size_t length;	 /* of the whole text */
	struct str start;
	bool is_line; /* it is short */
};

/* TEXT without spaces at its ends; line ends in sequence become one newline. */
static struct str normalize(struct arena *a, struct str text)
{
	char *out;
	size_t len = 0;

	text = str_trim(text);
	out = ARENA_ARRAY(a, text.len + 1, char);
	for (size_t at = 0; at < text.len; at++) {
		bool ends = text.ptr[at] == '\r' || text.ptr[at] == '\n';

		if (!ends)
			out[len++] = text.ptr[at];
		else if (len && out[len - 1] != '\n')
			out[len++] = '\n';
	}
	return str_n(out, len);
}

static bool has_characters(struct str text, size_t count)
{
	size_t at = 0;

	while (count && at < text.len) {
		size_t step = str_utf8_step(text, at);

		at += step ? step : 1;
		count--;
	}
	return !count;
}

/* Whether the bytes [FROM, TO) are a line of TEXT, or several. */
static bool is_line(struct str text, size_t from, size_t to)
{
	return (!from || text.ptr[from - 1] == '\n') && (to == text.len || text.ptr[to] == '\n');
}

/* Whether VALUE contains the whole text of EXCERPT. Most values are too short to be copied. */
static bool contains(struct arena *a, struct str value, const struct excerpt *excerpt)
{
	struct str text;
	bool found = false;
	size_t at = 0;

	if (value.len < excerpt->length)
		return false;
	text = normalize(a, value);
	for (unsigned places = 0; places < PLACES_MAX && !found; places++, at++) {
		at = str_find(text, excerpt->start, at);
		if (at == NOT_FOUND || text.len - at < excerpt->length)
			break;
		if (!excerpt->is_line || is_line(text, at, at + excerpt->length))
			found = str_hash(str_slice(text, at, at + excerpt->length)) == excerpt->hash;
	}
	return found;
}

/* Appends the excerpt of a typed text, unless it is short or the control had it before. */
static bool put_excerpt(struct arena *a, const struct html_control *control, struct str value,
			struct buf *out)
{
	struct excerpt excerpt = {.name = str_hash(control->name)};
	struct str text = normalize(a, value);

	excerpt.before = text_hash(control->name, control->value);
	excerpt.hash = str_hash(text);
	excerpt.length = text.len;
	excerpt.start = str_slice(text, 0, text.len < EXCERPT_BYTES ? text.len : EXCERPT_BYTES);
	excerpt.is_line = !has_characters(text, CONTAINED_CHARACTERS_MIN);
	if (!has_characters(text, LINE_CHARACTERS_MIN) ||
	    contains(a, control->value, &excerpt))
		return false;
	varint_put_uint(out, 1);
	put_hash(out, excerpt.name);
	put_hash(out, excerpt.before);
	put_hash(out, excerpt.hash);
	varint_put_uint(out, excerpt.length);
	varint_put_str(out, excerpt.start);
	return true;
}

/* Appends the first excerpts, each after a 1, and a 0. Only a POST form has excerpts, because a
 * search page may show what was searched for; secrets have none. */
static void put_excerpts(struct html_submission *s, struct buf *out)
{
	bool posts = html_submission_method(s) == HTML_POST;
	unsigned count = 0;

	for (uint32_t i = s->first; i < s->last && posts && count < EXCERPTS_MAX; i++) {
		const struct html_control *control = &s->page->controls[i];
		const struct html_control_state *state = html_submission_state(s, i);

		if (state->typed && !state->secret && has_own_name(control) &&
		    is_typed_text(control))
			count += put_excerpt(s->arena, control, state->value, out);
	}
	varint_put_uint(out, 0);
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
	put_excerpts(s, out);
	html_page_resolve(page, page->forms[s->form].action, out);
}

struct receipt {
	struct kept_values typed;
	struct hash_set names;
	struct excerpt excerpts[EXCERPTS_MAX];
	unsigned excerpt_count;
	enum html_method method;
	struct str address;
	struct arena *arena; /* for copies of long values */
};

static void read_excerpts(struct varint_reader *u, struct receipt *receipt)
{
	while (varint_get_below(u, 2)) {
		struct excerpt excerpt = {.name = get_hash(u)};

		excerpt.before = get_hash(u);
		excerpt.hash = get_hash(u);
		excerpt.length = varint_get_uint(u);
		excerpt.start = varint_get_str(u);
		excerpt.is_line = !has_characters(excerpt.start, CONTAINED_CHARACTERS_MIN);
		u->bad |= receipt->excerpt_count == EXCERPTS_MAX || !excerpt.start.len ||
			  excerpt.start.len > excerpt.length;
		if (u->bad)
			return;
		receipt->excerpts[receipt->excerpt_count++] = excerpt;
	}
}

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
	read_excerpts(&u, receipt);
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

/* Whether a control of FORM with the name of EXCERPT has a value, and not its earlier one: an
 * accepted form is empty again, and the page around it may show what was saved. */
static bool still_filled(const struct html_page *page, const struct html_form *form,
			 const struct excerpt *excerpt)
{
	for (uint32_t i = 0; i < form->control_count; i++) {
		const struct html_control *control = &page->controls[form->first_control + i];

		if (is_typed_text(control) && str_trim(control->value).len &&
		    str_hash(control->name) == excerpt->name &&
		    text_hash(control->name, control->value) != excerpt->before)
			return true;
	}
	return false;
}

/* Whether a typed text is a part of its control's value, or of the value of a control that the form
 * did not have: the server shows the typed text beside the text of another user. */
static bool keeps_part(const struct html_page *page, const struct html_form *form,
		       const struct receipt *receipt)
{
	for (unsigned k = 0; k < receipt->excerpt_count; k++) {
		const struct excerpt *excerpt = &receipt->excerpts[k];

		if (!still_filled(page, form, excerpt))
			continue;
		for (uint32_t i = 0; i < form->control_count; i++) {
			const struct html_control *control =
			    &page->controls[form->first_control + i];
			uint64_t name = str_hash(control->name);
			bool added = receipt->names.count < NAMES_MAX && control->name.len &&
				     !has_hash(&receipt->names, name);

			if (is_typed_text(control) && (name == excerpt->name || added) &&
			    contains(receipt->arena, control->value, excerpt))
				return true;
		}
	}
	return false;
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
	return kept || keeps_part(page, form, receipt) ? HTML_AGAIN_KEPT : HTML_AGAIN_THERE;
}

enum html_again html_submission_again(struct arena *a, struct str receipt,
				      const struct html_page *page, uint32_t *form)
{
	enum html_again again = HTML_AGAIN_NONE;
	struct receipt read;

	if (!read_receipt(receipt, &read))
		return HTML_AGAIN_NONE;
	read.arena = a;
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
