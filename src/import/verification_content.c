/* Whether the content of an accepted response is what the recorded one was: kind of content, title,
 * members of JSON. Numbers, dates, typed texts and words that all pages have are ignored, because
 * they differ between visits. */
#include "base/ascii.h"
#include "doc/json_error.h"
#include "html/html_error.h"
#include "html/html_summary.h"
#include "import/verification_private.h"
#include "interface/response.h"

#define SHORT_TEXT   200 /* a longer one is not compared by its words */
#define UNIQUE_CHARS 12
#define WORDS_MAX    200

/* ---- the kind of content */

static struct str media_type(struct str content_type)
{
	return str_trim(str_slice(content_type, 0, str_find_char(content_type, ';', 0)));
}

/* "json" for application/problem+json; the whole type for others. */
static struct str family(struct str type)
{
	static const char *const names[] = {"json", "html", "xml", "javascript", NULL};

	for (int i = 0; names[i]; i++)
		if (str_icontains(type, str_of(names[i])))
			return str_of(names[i]);
	return type;
}

/* False if the response has another kind of content, so that nothing else can be compared. */
static bool compare_type(struct judgement *j, const struct conversion_step *step, struct str is)
{
	const struct transaction *last = step->response;
	struct str was = transaction_media_type(&last->body, &last->headers);

	/* Servers and recorders omit it, above all for empty bodies. */
	if (!was.len || !is.len || str_ieq(was, is))
		return true;
	if (str_ieq(family(was), family(is)))
		return true;
	verification_add(j, step->tx, true, "type", was, is);
	return false;
}

/* ---- words of titles */

struct words {
	struct str items[WORDS_MAX];
	size_t count;
};

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_is_digit(s.ptr[i]))
			return true;
	return false;
}

static bool is_of_clock(struct str word)
{
	static const char *const starts[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun",
					     "jan", "feb", "mar", "apr", "may", "jun", "jul",
					     "aug", "sep", "oct", "nov", "dec", NULL};
	static const char *const ends[] = {"",	   "day",    "sday", "nesday", "rsday", "urday",
					   "uary", "ruary",  "ch",   "il",     "e",	"y",
					   "ust",  "tember", "ober", "ember",  NULL};

	if (str_ieq(word, STR("am")) || str_ieq(word, STR("pm")) || str_ieq(word, STR("utc")))
		return true;
	for (int i = 0; starts[i]; i++)
		for (int k = 0; str_ieq(str_slice(word, 0, 3), str_of(starts[i])) && ends[k]; k++)
			if (str_ieq(str_slice(word, 3, word.len), str_of(ends[k])))
				return true;
	return false;
}

/* Whether TEXT has WORD between other bytes, without regard to case. */
static bool has_word(struct str text, struct str word)
{
	for (size_t at = 0; at + word.len <= text.len; at++)
		if (str_ieq(str_slice(text, at, at + word.len), word) &&
		    (!at || !verification_is_word_byte(text.ptr[at - 1])) &&
		    (at + word.len == text.len ||
		     !verification_is_word_byte(text.ptr[at + word.len])))
			return true;
	return false;
}

/* Whether most recorded pages have WORD in their title: the name of the site. */
static bool is_of_site(const struct judgement *j, struct str word)
{
	size_t pages = 0, with = 0;

	for (size_t at = 0; at < j->headlines.len; pages++) {
		size_t end = str_find_char(buf_str(&j->headlines), '\n', at);

		with += has_word(str_slice(buf_str(&j->headlines), at, end), word);
		at = end + 1;
	}
	return pages > 2 && with * 3 > pages * 2;
}

/* The words of TEXT that identify a page. */
static void put_words(struct judgement *j, size_t n, struct str text, struct words *out)
{
	out->count = 0;
	for (size_t at = 0; at < text.len && out->count < WORDS_MAX;) {
		size_t from = at;
		struct str word;

		while (at < text.len && verification_is_word_byte(text.ptr[at]))
			at++;
		word = str_slice(text, from, at);
		at += !word.len;
		if (word.len && !has_digit(word) && word.len != UNIQUE_CHARS &&
		    !is_of_clock(word) && !is_of_site(j, word) &&
		    !verification_is_typed(j, n, word))
			out->items[out->count++] = word;
	}
}

static bool has_common_word(const struct words *a, const struct words *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (str_ieq(a->items[i], b->items[k]))
				return true;
	return false;
}

static bool is_same(const struct words *a, const struct words *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_ieq(a->items[i], b->items[i]))
			return false;
	return true;
}

/* Another page if no word is the same. */
static void compare_words(struct judgement *j, size_t n, const char *what, struct str was,
			  struct str is)
{
	const struct transaction *tx = verification_step_at(j->job, n)->tx;
	struct words recorded, received;

	if (str_eq(was, is))
		return;
	put_words(j, n, was, &recorded);
	put_words(j, n, is, &received);
	if (!recorded.count || is_same(&recorded, &received))
		return;
	verification_add(j, tx, !has_common_word(&recorded, &received), what, was, is);
}

static void compare_pages(struct judgement *j, size_t n)
{
	const struct html_page *was = &j->recorded[n].page, *is = &j->received[n].page;

	if (was->title.len)
		compare_words(j, n, "title", was->title, is->title);
	else if (was->h1.len)
		compare_words(j, n, "heading", was->h1, is->h1);
}

/* ---- JSON */

/* The members of the recorded object that the response does not have, in MISSING; how many the
 * object has. Names with digits are ids. */
static size_t missing_members(const struct json_tape *was, const struct json_tape *is,
			      struct buf *missing, size_t *lost)
{
	const struct json_item *root = was->items;
	size_t count = 0;
	struct buf text;

	*lost = 0;
	buf_init(&text, 0);
	for (uint32_t i = 1; i < root->next; i = was->items[i + 1].next) {
		buf_clear(&text);
		struct str name = json_text(was, &was->items[i], &text);

		if (has_digit(name))
			continue;
		count++;
		if (json_type(is->items) == JSON_OBJECT && json_member(is, is->items, name))
			continue;
		buf_printf(missing, "%s%.*s", (*lost)++ ? ", " : "", STR_ARG(name));
	}
	buf_release(&text);
	return count;
}

static void compare_json(struct judgement *j, size_t n, const struct json_tape *was,
			 const struct json_tape *is)
{
	const struct transaction *tx = verification_step_at(j->job, n)->tx;
	struct buf missing;
	size_t count, lost;

	if (json_type(was->items) != JSON_OBJECT)
		return;
	buf_init(&missing, 0);
	count = missing_members(was, is, &missing, &lost);
	if (lost)
		verification_add(j, tx, lost * 2 > count, "members", buf_str(&missing),
				 STR("not there"));
	buf_release(&missing);
}

/* ---- the body */

static void compare_bodies(struct judgement *j, size_t n, struct str was, struct str is)
{
	const struct transaction *tx = verification_step_at(j->job, n)->tx;
	struct json_tape recorded, received;

	json_init(&recorded);
	json_init(&received);
	if (json_read(&recorded, was) && json_type(recorded.items) >= JSON_ARRAY) {
		if (json_read(&received, is))
			compare_json(j, n, &recorded, &received);
		else
			verification_add(j, tx, true, "body", STR("JSON"),
					 is.len ? str_slice(is, 0, SHORT_TEXT) : STR("nothing"));
	} else if (tx->kind != TX_RECEIVED && was.len && was.len <= SHORT_TEXT &&
		   is.len <= SHORT_TEXT && str_is_utf8(is, NULL)) {
		compare_words(j, n, "text", was, is);
	}
	json_release(&recorded);
	json_release(&received);
}

void verification_compare_content(struct judgement *j, size_t n,
				  const struct import_response *response)
{
	const struct conversion_step *step = verification_step_at(j->job, n);
	const struct transaction *last = step->response;
	struct response headers = {.headers = response->headers};
	struct buf scratch;

	if (last->status == 304 || last->status == 204 || last->body.lost || last->redirect_url.len)
		return;
	if (!compare_type(j, step, media_type(response_header(&headers, STR("Content-Type"), 0))))
		return;
	buf_init(&scratch, 0);
	if (j->recorded[n].known && j->received[n].known &&
	    (j->recorded[n].page.title.len || j->recorded[n].page.h1.len))
		compare_pages(j, n);
	else
		compare_bodies(j, n, transaction_body_bytes(&last->body, &scratch), response->body);
	buf_release(&scratch);
}

/* ---- what the application says */

void verification_put_words(struct judgement *j, size_t n, const struct import_response *response,
			    struct buf *out)
{
	struct json_tape tape;
	struct buf words;

	json_init(&tape);
	buf_init(&words, 0);
	if (json_read(&tape, response->body))
		json_error_put_message(&tape, &words);
	else if (j->received[n].known)
		html_page_put_error(j->recorded[n].known ? &j->recorded[n].page : NULL,
				    &j->received[n].page, &words);
	else if (response->body.len && response->body.len <= SHORT_TEXT &&
		 str_is_utf8(response->body, NULL))
		buf_add(&words, str_trim(response->body));
	if (words.len)
		buf_printf(out, ": «%.*s»", STR_ARG(buf_str(&words)));
	buf_release(&words);
	json_release(&tape);
}
