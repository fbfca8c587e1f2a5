#include "import/forms/typed_texts.h"

#include "base/ascii.h"
#include "html/html_match.h"
#include "import/forms/typed_address.h"
#include "import/naming.h"

#define SHORTEST    4u
#define LONGEST	    200u
#define DAY_US	    (INT64_C(86400) * 1000000)
#define DECODED_MAX (64u << 20)

/* ---- which texts */

static bool has_letter(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_letter(text.ptr[i]) || (unsigned char)text.ptr[i] >= 0x80)
			return true;
	return false;
}

static bool is_candidate(struct str text)
{
	return text.len >= SHORTEST && text.len <= LONGEST && has_letter(text) &&
	       str_find_char(text, '\n', 0) == NOT_FOUND;
}

/* A submission with a password is a log-in: its names are those of an account. With a second
 * password, which repeats the first, or with a name and an e-mail address, it makes an account. */
static bool has_password(const struct page_use *use, bool *makes_account)
{
	const struct page_pair *first = NULL;
	size_t texts = 0, addresses = 0;

	*makes_account = false;
	for (size_t i = 0; i < use->added.count && !first; i++)
		if (naming_is_secret(use->added.items[i].name))
			first = use->added.items[i].items[0].pair;
	for (size_t i = 0; i < use->values.count; i++) {
		const struct page_value *value = &use->values.items[i];

		if (value->typed && value->kind == PAGE_VALUE_TEXT) {
			texts++;
			addresses +=
			    str_find_char(value->items[0].pair->value, '@', 0) != NOT_FOUND;
		}
		if (!value->item_count || (!value->password && !naming_is_secret(value->name)))
			continue;
		*makes_account |= first && str_eq(first->value, value->items[0].pair->value);
		first = first ? first : value->items[0].pair;
	}
	*makes_account |= first && texts > 1 && addresses;
	return first;
}

/* A name of an account, or a part of an address: an application has each of them once. */
static bool is_identity(struct str field, struct str text, bool makes_account)
{
	static const char *const names[] = {"user", "login", "name", "nick", NULL};

	if (str_ieq(field, STR("slug")))
		return true;
	if (makes_account && str_find_char(text, '@', 0) != NOT_FOUND)
		return true;
	for (int i = 0; makes_account && names[i]; i++)
		if (str_icontains(field, str_of(names[i])) &&
		    str_find_char(text, ' ', 0) == NOT_FOUND)
			return true;
	return false;
}

/* Whether BODY may have TEXT: it is only decoded if so. No recorder escapes letters and digits. */
static bool may_have(const struct tx_body *body, struct str text)
{
	if (body->coding == TX_BASE64 || body->coding == TX_JSON_BASE64)
		return true;
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.ptr[i]))
			return true;
	return str_find(body->raw, text, 0) != NOT_FOUND;
}

/* The body of the response to a step. Decoded ones are kept up to a limit: each typed text is
 * searched in all of them. */
static struct str decoded_body(struct typed_texts *texts, uint32_t step)
{
	struct conversion *conversion = texts->conversion;
	const struct tx_body *body = &conversion->steps.items[step].response->body;
	struct str text;

	if (body->coding == TX_BYTES)
		return body->raw;
	if (!texts->decoded)
		texts->decoded =
		    ARENA_ARRAY(&conversion->job->arena, conversion->steps.count + 1, struct str);
	if (texts->decoded[step].ptr)
		return texts->decoded[step];
	buf_clear(&conversion->scratch);
	text = transaction_body_bytes(body, &conversion->scratch);
	if (!text.ptr || texts->decoded_bytes + text.len > DECODED_MAX)
		return text;
	texts->decoded_bytes += text.len;
	texts->decoded[step] = arena_str(&conversion->job->arena, text);
	return texts->decoded[step];
}

bool typed_texts_is_known(struct typed_texts *texts, uint32_t step, struct str text)
{
	for (uint32_t i = 0; i < step; i++)
		if (may_have(&texts->conversion->steps.items[i].response->body, text) &&
		    str_find(decoded_body(texts, i), text, 0) != NOT_FOUND)
			return true;
	return false;
}

/* One word that a response before the step has names something that exists. A sentence is from an
 * earlier recording of the same visit. */
static bool is_known_before(struct typed_texts *texts, uint32_t step, struct str text)
{
	return str_find_char(text, ' ', 0) == NOT_FOUND && typed_texts_is_known(texts, step, text);
}

struct typed_text *typed_texts_find_equal(struct typed_texts *texts, struct str text)
{
	for (size_t i = 0; i < texts->items.count; i++)
		if (str_eq(texts->items.items[i].text, text))
			return &texts->items.items[i];
	return NULL;
}

/* The time of the recording in seconds or milliseconds: a script typed it to be different. */
static bool has_time(const struct transaction *tx, struct str text)
{
	for (size_t from = 0, to; from < text.len; from = to + 1) {
		int64_t number, us;

		for (to = from; to < text.len && ascii_is_digit(text.ptr[to]);)
			to++;
		if ((to - from != 10 && to - from != 13) || tx->start_us == TX_TIME_UNKNOWN ||
		    !str_to_int(str_slice(text, from, to), &number))
			continue;
		us = number * (to - from == 13 ? 1000 : 1000000) - tx->start_us;
		if (us > -DAY_US && us < DAY_US)
			return true;
	}
	return false;
}

static void add_text(struct typed_texts *texts, uint32_t step, struct typed_text text)
{
	const struct transaction *tx = texts->conversion->steps.items[step].tx;

	text.step = step;
	if (!is_candidate(text.text) || typed_texts_find_equal(texts, text.text) ||
	    (!text.unique && is_known_before(texts, step, text.text)))
		return;
	if (!text.unique && has_time(tx, text.text)) {
		text.unique = true;
		text.why = "it has the time of the recording";
	}
	VEC_PUSH(&texts->conversion->job->arena, &texts->items, text);
}

static void add_values(struct typed_texts *texts, uint32_t step, const struct page_use *use)
{
	for (size_t i = 0; i < use->values.count; i++) {
		const struct page_value *value = &use->values.items[i];

		if (value->typed && value->kind == PAGE_VALUE_TEXT &&
		    !value->items[0].control.ptr && value->items[0].pair->value.len)
			VEC_PUSH(&texts->conversion->job->arena, &texts->values,
				 ((struct typed_value){value->name, value->items[0].pair,
						       &texts->conversion->steps.items[step]}));
	}
}

static void add_form(struct typed_texts *texts, uint32_t step, const struct page_use *use)
{
	bool makes_account;

	if (has_password(use, &makes_account) && !makes_account)
		return;
	add_values(texts, step, use);
	if (str_eq(texts->conversion->steps.items[step].tx->method, STR("GET")))
		return;
	for (size_t i = 0; i < use->values.count; i++) {
		const struct page_value *value = &use->values.items[i];
		struct typed_text text = {.field = value->name};

		if (!value->typed || value->kind != PAGE_VALUE_TEXT || value->items[0].control.ptr)
			continue;
		text.text = value->items[0].pair->value;
		text.unique = is_identity(value->name, text.text, makes_account);
		text.why = "an application has such a name once";
		add_text(texts, step, text);
	}
}

static void add_address(struct typed_texts *texts, uint32_t step)
{
	struct typed_text text = {.unique = true, .why = "it is saved under this address"};

	text.text = typed_address_find(texts, step, &text.field);
	if (text.text.ptr)
		add_text(texts, step, text);
}

void typed_texts_add(struct typed_texts *texts, uint32_t index)
{
	const struct conversion_step *step = &texts->conversion->steps.items[index];

	if (step->page_use && !step->page_use->follows)
		add_form(texts, index, step->page_use);
	else if (!step->page_use)
		add_address(texts, index);
}

struct typed_text *typed_texts_find(struct typed_texts *texts, struct str text)
{
	for (size_t i = 0; i < texts->items.count; i++)
		if (html_match_part(text, texts->items.items[i].text))
			return &texts->items.items[i];
	return NULL;
}

void typed_texts_need(struct typed_text *text)
{
	if (!text->unique)
		text->why = "a later step looks for it";
	text->unique = true;
}
