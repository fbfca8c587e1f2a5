#include "expect/error_words.h"

#include "doc/json_error.h"
#include "html/html_error.h"

#define HEADING_MAX 200

static void put_json(struct str body, struct buf *out)
{
	struct json_tape tape;

	json_init(&tape);
	if (json_read(&tape, body))
		json_error_put_message(&tape, out);
	json_release(&tape);
}

/* Appends the text of the element TAG whose start tag was read, at most one; whether it has a link.
 */
static bool put_element(struct html_tokenizer *t, enum html_tag tag, struct buf *out)
{
	struct html_token token;
	bool link = false;

	while (html_token_next(t, &token) && !(token.type == HTML_TOKEN_END && token.tag == tag)) {
		link = link || (token.type == HTML_TOKEN_START && token.tag == HTML_TAG_A);
		if (token.type == HTML_TOKEN_TEXT && out->len < HEADING_MAX)
			html_token_put_text(&token, out);
	}
	return link;
}

/* The heading whose start tag was read replaces one that is a link: the name of the site. */
static bool put_heading(struct html_tokenizer *t, struct buf *heading)
{
	struct buf one;
	bool link, found;

	buf_init(&one, 0);
	link = put_element(t, HTML_TAG_H1, &one);
	found = one.len && !link;
	if (found || !heading->len) {
		buf_clear(heading);
		buf_add(heading, buf_str(&one));
	}
	buf_release(&one);
	return found;
}

/* The title and the first heading, which often differs from it on a page about an error. */
static void put_headings(struct str body, struct buf *out)
{
	struct html_tokenizer t;
	struct html_token token;
	struct buf title, heading;
	bool found = false;

	buf_init(&title, 0);
	buf_init(&heading, 0);
	html_token_init(&t, body);
	while (!found && html_token_next(&t, &token)) {
		if (token.type != HTML_TOKEN_START || token.foreign)
			continue;
		if (token.tag == HTML_TAG_TITLE && !title.len)
			put_element(&t, HTML_TAG_TITLE, &title);
		else if (token.tag == HTML_TAG_H1)
			found = put_heading(&t, &heading);
	}
	buf_add(out, str_trim(buf_str(&title)));
	if (heading.len && !str_eq(str_trim(buf_str(&title)), str_trim(buf_str(&heading))))
		buf_printf(out, "%s%.*s", out->len ? ": " : "",
			   STR_ARG(str_trim(buf_str(&heading))));
	buf_release(&title);
	buf_release(&heading);
}

void error_words_put(struct str body, struct buf *out)
{
	struct str start = str_trim(body);
	struct buf words;

	buf_init(&words, 0);
	if (start.len && (start.ptr[0] == '{' || start.ptr[0] == '['))
		put_json(body, &words);
	else if (!html_error_find(body, &words))
		put_headings(body, &words);
	if (str_trim(buf_str(&words)).len)
		buf_printf(out, ": «%.*s»", STR_ARG(str_trim(buf_str(&words))));
	buf_release(&words);
}
