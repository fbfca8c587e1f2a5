#include "doc/html_summary.h"

#include <string.h>

#include "base/ascii.h"
#include "base/html_entities.h"

/* Elements whose text is not shown, apart from the title. */
static const char *const hidden[] = {"script", "style",	 "noscript", "template", "textarea",
				     "svg",    "select", "iframe",   NULL};
/* Elements that do not separate words. */
static const char *const inline_elements[] = {"abbr", "b",   "code",  "em",   "i",
					      "mark", "s",   "small", "span", "strong",
					      "sub",  "sup", "u",     NULL};

struct page {
	struct str text;
	size_t at;
	struct buf title, body;
};

/* Appends RAW, decoded; runs of white space become one space. */
static void add_text(struct buf *out, struct str raw)
{
	struct buf decoded;
	struct str text;

	buf_init(&decoded, 0);
	text = html_entities_decode(raw, &decoded);
	/* No space before punctuation after a tag: <a>here</a>, … */
	if (text.len && memchr(",.;:!?)", text.ptr[0], 7) && out->len &&
	    out->data[out->len - 1] == ' ')
		out->len--;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_html_space(text.ptr[i]))
			buf_add_char(out, text.ptr[i]);
		else if (out->len && out->data[out->len - 1] != ' ')
			buf_add_char(out, ' ');
	}
	buf_release(&decoded);
}

/* The position of </NAME starting at AT, or the end. */
static size_t end_of(struct str text, struct str name, size_t at)
{
	while ((at = str_find(text, STR("</"), at)) != NOT_FOUND) {
		if (str_ieq(str_slice(text, at + 2, at + 2 + name.len), name))
			return at;
		at += 2;
	}
	return text.len;
}

static bool is_one_of(struct str name, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return false;
}

/* Skips the content of the element NAME, whose start tag was read; keeps that of the title. */
static void read_content(struct page *p, struct str name)
{
	size_t end;

	if (str_ieq(name, STR("title"))) {
		end = end_of(p->text, name, p->at);
		if (!p->title.len)
			add_text(&p->title, str_slice(p->text, p->at, end));
		p->at = end;
	} else if (is_one_of(name, hidden)) {
		p->at = end_of(p->text, name, p->at);
	}
}

/* True if the `<` at AT starts a tag or a comment; otherwise it is text. */
static bool starts_tag(struct str text, size_t at)
{
	char next = at + 1 < text.len ? text.ptr[at + 1] : '\0';

	return ascii_is_letter(next) || next == '/' || next == '!' || next == '?';
}

/* Reads the tag or comment at the `<` at P->at. */
static void read_tag(struct page *p)
{
	bool closes = str_starts(str_slice(p->text, p->at, p->text.len), STR("</"));
	size_t name_at = p->at + 1 + closes, end = name_at, close;
	struct str name;

	if (str_starts(str_slice(p->text, p->at, p->text.len), STR("<!--"))) {
		end = str_find(p->text, STR("-->"), p->at + 4);
		p->at = end == NOT_FOUND ? p->text.len : end + 3;
		return;
	}
	while (end < p->text.len && ascii_is_alnum(p->text.ptr[end]))
		end++;
	name = str_slice(p->text, name_at, end);
	close = str_find_char(p->text, '>', end);
	p->at = close == NOT_FOUND ? p->text.len : close + 1;
	if (!is_one_of(name, inline_elements))
		add_text(&p->body, STR(" "));
	if (!closes && close != NOT_FOUND && p->text.ptr[close - 1] != '/')
		read_content(p, name);
}

/* Appends TEXT without the white space around it, cut at a character. */
static void put_cut(struct str text, size_t max, struct buf *out)
{
	struct str visible = str_trim(text);
	size_t end = max;

	if (visible.len <= max) {
		buf_add(out, visible);
		return;
	}
	while (end && ((unsigned char)visible.ptr[end] & 0xc0) == 0x80)
		end--;
	buf_add(out, str_trim(str_slice(visible, 0, end)));
	buf_add(out, STR("…"));
}

bool html_summary_is_html(struct str type, struct str text)
{
	struct str start = str_trim(str_slice(text, 0, 256));

	if (type.len)
		return str_ieq(type, STR("text/html")) ||
		       str_ieq(type, STR("application/xhtml+xml"));
	return str_ieq(str_slice(start, 0, 14), STR("<!doctype html")) ||
	       str_ieq(str_slice(start, 0, 5), STR("<html"));
}

void html_summary_put(struct str text, size_t max, struct buf *out)
{
	struct page p = {.text = text};
	struct str title;

	buf_init(&p.title, 0);
	buf_init(&p.body, 0);
	while (p.at < text.len && p.body.len < 2 * max) {
		size_t end = str_find_char(text, '<', p.at);

		add_text(&p.body, str_slice(text, p.at, end));
		p.at = end == NOT_FOUND ? text.len : end;
		if (starts_tag(text, p.at)) {
			read_tag(&p);
		} else if (p.at < text.len) {
			buf_add_char(&p.body, '<');
			p.at++;
		}
	}
	title = str_trim(buf_str(&p.title));
	if (title.len)
		buf_printf(out, "\"%.*s\"%s", STR_ARG(title),
			   str_trim(buf_str(&p.body)).len ? ": " : "");
	put_cut(buf_str(&p.body), max, out);
	buf_release(&p.title);
	buf_release(&p.body);
}
