#include "import/forms/typed_texts.h"

#include "base/ascii.h"
#include "base/url.h"
#include "html/html_match.h"
#include "import/forms/typed_address.h"
#include "import/naming.h"
#include "import/template_text.h"

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

static struct typed_text *find_equal(struct typed_texts *texts, struct str text)
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
	if (!is_candidate(text.text) || find_equal(texts, text.text) ||
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

/* ---- replacing */

/* The offset of the extension of a file name, or the length of the text. */
static size_t extension_of(struct str text)
{
	size_t dot = text.len, letters = 0;

	while (dot > 0 && text.len - dot < 5 && ascii_is_alnum(text.ptr[dot - 1]))
		letters += ascii_is_letter(text.ptr[--dot]);
	if (!letters || dot < 2 || text.ptr[dot - 1] != '.' || !ascii_is_alnum(text.ptr[dot - 2]))
		return text.len;
	return dot - 1;
}

/* Where `${unique}` is inserted in a text, and what is before it: "A contact ${unique}",
 * "anna${unique}@shop.test". */
static size_t place_of(struct str text, struct str *before)
{
	size_t at = str_find_char(text, '@', 0);
	bool address = at != NOT_FOUND && str_find_char(text, '.', at) != NOT_FOUND;

	*before = STR("");
	if (address)
		return at;
	at = extension_of(text);
	if (str_find_char(text, ' ', 0) != NOT_FOUND)
		*before = STR(" ");
	else if (str_find_char(text, '-', 0) != NOT_FOUND)
		*before = STR("-");
	return at;
}

/* The next unique text in TEXT at or after FROM; NULL: none. The longest one, if several start
 * there. */
static const struct typed_text *next_unique(const struct typed_texts *texts, struct str text,
					    size_t from, size_t *at)
{
	const struct typed_text *best = NULL;

	for (size_t i = 0; i < texts->items.count; i++) {
		const struct typed_text *one = &texts->items.items[i];
		size_t found = one->unique ? str_find(text, one->text, from) : NOT_FOUND;

		if (found == NOT_FOUND ||
		    (best && (found > *at || (found == *at && one->text.len < best->text.len))))
			continue;
		best = one;
		*at = found;
	}
	return best;
}

static void insert(struct typed_texts *texts, struct conversion_step *step, struct binding b,
		   struct str before)
{
	b.to = b.from;
	b.expression = STR("unique");
	b.before = before;
	VEC_PUSH(&texts->conversion->job->arena, &step->bindings, b);
}

/* TEXT is at an offset of 0 of its location. */
static void insert_in(struct typed_texts *texts, struct conversion_step *step,
		      enum value_location location, uint32_t index, struct str text)
{
	const struct typed_text *one;
	size_t at = 0;

	for (size_t from = 0; (one = next_unique(texts, text, from, &at)); from = at + 1) {
		struct binding b = {.location = location, .index = index};
		struct str before;

		b.from = at + place_of(one->text, &before);
		insert(texts, step, b, before);
		at += one->text.len - 1;
	}
}

/* The bytes [FROM, TO) of the URL: only if all of it is one of the texts. What follows the place
 * must not be encoded. */
static void insert_in_url(struct typed_texts *texts, struct conversion_step *step, size_t from,
			  size_t to)
{
	struct binding b = {.location = LOCATION_URL, .from = to};
	const struct typed_text *one;
	struct str before, tail;
	size_t place;

	buf_clear(&texts->conversion->scratch);
	url_decode(&texts->conversion->scratch, str_slice(step->tx->url, from, to), true);
	one = find_equal(texts, buf_str(&texts->conversion->scratch));
	if (!one || !one->unique)
		return;
	place = place_of(one->text, &before);
	tail = str_slice(one->text, place, one->text.len);
	if (!str_ends(str_slice(step->tx->url, from, to), tail))
		return;
	b.from = to - tail.len;
	insert(texts, step, b, before);
}

/* Parts of the path and values of the query, as far as the page does not supply them. */
static void apply_to_url(struct typed_texts *texts, struct conversion_step *step)
{
	struct str url = step->tx->url;
	size_t at = str_find(url, STR("://"), 0);

	at = at == NOT_FOUND ? url.len : str_find_char(url, '/', at + 3);
	while (at < url.len) {
		size_t end = at + 1;

		while (end < url.len && !strchr("/?&=;", url.ptr[end]))
			end++;
		if (!conversion_is_from_page(step, LOCATION_URL, 0, at + 1, end))
			insert_in_url(texts, step, at + 1, end);
		at = end;
	}
}

static void apply_to_json(struct typed_texts *texts, struct conversion_step *step)
{
	for (uint32_t i = 0; step->json && i < step->json->count; i++)
		if (json_type(&step->json->items[i]) == JSON_STRING)
			insert_in(
			    texts, step, LOCATION_JSON, i,
			    arena_str(&texts->conversion->job->arena,
				      conversion_text(texts->conversion, step, LOCATION_JSON, i)));
}

static void apply_to_step(struct typed_texts *texts, struct conversion_step *step)
{
	const struct transaction *tx = step->tx;

	apply_to_url(texts, step);
	for (uint32_t i = 0; i < tx->part_count; i++)
		if (!tx->parts[i].file.ptr)
			insert_in(texts, step, LOCATION_PART, i, tx->parts[i].value);
	apply_to_json(texts, step);
}

/* A link's text or that of its row, as a template. */
static struct str with_unique(struct typed_texts *texts, struct str text)
{
	struct buf *out = &texts->conversion->scratch;
	const struct typed_text *one;
	size_t from = 0, at = 0;

	buf_clear(out);
	while ((one = next_unique(texts, text, from, &at))) {
		struct str before;
		size_t place = at + place_of(one->text, &before);

		template_text_add_literal(out, str_slice(text, from, place));
		buf_add(out, before);
		template_text_add_expression(out, STR("unique"));
		template_text_add_literal(out, str_slice(text, place, at + one->text.len));
		from = at + one->text.len;
	}
	template_text_add_literal(out, str_slice(text, from, text.len));
	return arena_str(&texts->conversion->job->arena, buf_str(out));
}

static void report_unique(struct typed_texts *texts)
{
	for (size_t i = 0; i < texts->items.count; i++) {
		const struct typed_text *one = &texts->items.items[i];
		struct str before;
		size_t place = place_of(one->text, &before);

		if (one->unique)
			job_note(texts->conversion->job, "unique",
				 "%.*s: \"%.*s%.*s${unique}%.*s\", because %s", STR_ARG(one->field),
				 STR_ARG(str_slice(one->text, 0, place)), STR_ARG(before),
				 STR_ARG(str_slice(one->text, place, one->text.len)), one->why);
	}
	for (size_t i = 0; i < texts->items.count; i++) {
		const struct typed_text *one = &texts->items.items[i], *inside;
		size_t at = 0;

		inside = one->unique ? NULL : next_unique(texts, one->text, 0, &at);
		if (inside)
			job_note(texts->conversion->job, "unique",
				 "%.*s: \"%.*s\", because it contains \"%.*s\"",
				 STR_ARG(one->field), STR_ARG(with_unique(texts, one->text)),
				 STR_ARG(inside->text));
	}
}

static bool is_unique(const struct typed_value *value)
{
	for (size_t i = 0; i < value->step->bindings.count; i++) {
		const struct binding *b = &value->step->bindings.items[i];

		if (b->location == value->pair->location && b->index == value->pair->index &&
		    b->from >= value->pair->from && b->from <= value->pair->to &&
		    str_eq(b->expression, STR("unique")))
			return true;
	}
	return false;
}

static bool is_named_before(const struct typed_texts *texts, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (str_eq(texts->values.items[i].field, texts->values.items[index].field) &&
		    !is_unique(&texts->values.items[i]))
			return true;
	return false;
}

/* Proposes other texts for each visit. */
static void report_typed(const struct typed_texts *texts)
{
	struct arena *a = &texts->conversion->job->arena;
	struct str names = STR("");

	for (size_t i = 0; i < texts->values.count; i++)
		if (!is_unique(&texts->values.items[i]) && !is_named_before(texts, i))
			names = arena_printf(a, "%.*s%s%.*s", STR_ARG(names), names.len ? ", " : "",
					     STR_ARG(texts->values.items[i].field));
	if (names.len)
		job_note(texts->conversion->job, "typed",
			 "%.*s: the same in each visit; add ${unique} to a text, or use a file: "
			 "data: {row: {file: texts.csv, per: iteration}}, then ${row.COLUMN}",
			 STR_ARG(names));
}

/* Texts that a verification found to be accepted only once. */
static void add_refused(struct typed_texts *texts)
{
	struct import_job *job = texts->conversion->job;

	for (size_t i = 0; i < job->repairs.count; i++) {
		const struct import_repair *repair = &job->repairs.items[i];
		struct typed_text text = {.text = repair->value,
					  .field = repair->name,
					  .unique = true,
					  .why = "the server accepts it once"};
		struct typed_text *known = find_equal(texts, repair->value);

		if (!repair->unique || repair->state == IMPORT_REPAIR_REFUTED)
			continue;
		if (known) {
			known->unique = true;
			known->why = text.why;
		} else {
			VEC_PUSH(&job->arena, &texts->items, text);
		}
	}
}

void typed_texts_apply(struct typed_texts *texts)
{
	struct conversion *conversion = texts->conversion;

	add_refused(texts);
	for (size_t i = 0; i < conversion->steps.count; i++) {
		struct page_use *use = conversion->steps.items[i].page_use;

		apply_to_step(texts, &conversion->steps.items[i]);
		if (!use || !use->follows)
			continue;
		use->link = with_unique(texts, use->link);
		use->row = with_unique(texts, use->row);
	}
	report_unique(texts);
	report_typed(texts);
}
