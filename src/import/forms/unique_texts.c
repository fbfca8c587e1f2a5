/* Replaces typed texts with unique ones, and reports them. */
#include "import/forms/unique_texts.h"

#include <string.h>

#include "base/ascii.h"
#include "base/url.h"
#include "import/template_text.h"

/* ---- the place of ${unique} */

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

/* ---- requests, links and rows */

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
	one = typed_texts_find_equal(texts, buf_str(&texts->conversion->scratch));
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

/* ---- the report */

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

/* ---- all of it */

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
		struct typed_text *known = typed_texts_find_equal(texts, repair->value);

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

void unique_texts_apply(struct typed_texts *texts)
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
