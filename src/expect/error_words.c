#include "expect/error_words.h"

#include "doc/json_error.h"
#include "html/html_error.h"

static void put_json(struct str body, struct buf *out)
{
	struct json_tape tape;

	json_init(&tape);
	if (json_read(&tape, body))
		json_error_put_message(&tape, out);
	json_release(&tape);
}

static void put_title(struct str body, struct buf *out)
{
	struct html_tokenizer t;
	struct html_token token;
	bool title = false;

	html_token_init(&t, body);
	while (html_token_next(&t, &token)) {
		if (title && token.type == HTML_TOKEN_TEXT) {
			html_token_put_text(&token, out);
			return;
		}
		title =
		    token.type == HTML_TOKEN_START && token.tag == HTML_TAG_TITLE && !token.foreign;
	}
}

void error_words_put(struct str body, struct buf *out)
{
	struct str start = str_trim(body);
	struct buf words;

	buf_init(&words, 0);
	if (start.len && (start.ptr[0] == '{' || start.ptr[0] == '['))
		put_json(body, &words);
	else if (!html_error_find(body, &words))
		put_title(body, &words);
	if (str_trim(buf_str(&words)).len)
		buf_printf(out, ": «%.*s»", STR_ARG(str_trim(buf_str(&words))));
	buf_release(&words);
}
