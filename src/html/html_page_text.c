/* The texts of a page while it is read; contracts in html_page_private.h. */
#include "base/ascii.h"
#include "base/html_entities.h"
#include "html/html_page_private.h"

/* The value RAW of an attribute as the standard defines it, in the arena if it must be decoded. */
static struct str decoded_value(struct page_reader *r, struct str raw)
{
	struct buf out;

	if (!raw.ptr || (!memchr(raw.ptr, '&', raw.len) && !memchr(raw.ptr, '\r', raw.len) &&
			 !memchr(raw.ptr, '\0', raw.len)))
		return raw;
	/* No reference is longer as text than three times its name. */
	out = (struct buf){.cap = 3 * raw.len + 1, .max = 3 * raw.len};
	out.data = arena_alloc(r->arena, out.cap);
	html_token_put_value(raw, &out);
	return buf_str(&out);
}

struct str html_page_attribute(struct page_reader *r, const struct html_token *token,
			       struct str name)
{
	return decoded_value(r, html_token_value(token, name));
}

struct str html_page_text_from(const struct page_reader *r, const struct read_text *text,
			       size_t from, size_t max)
{
	struct str visible;
	char *copy;

	if (from >= text->count)
		return STR("");
	visible = str_cut(str_trim(str_n(text->items + from, text->count - from)), max);
	if (str_find_char(visible, '\n', 0) == NOT_FOUND)
		return visible;
	copy = arena_alloc(r->arena, visible.len);
	for (size_t i = 0; i < visible.len; i++)
		copy[i] = visible.ptr[i] == '\n' ? ' ' : visible.ptr[i];
	return str_n(copy, visible.len);
}

struct str html_page_text_of(const struct page_reader *r, const struct html_element *element,
			     size_t max)
{
	return html_page_text_from(r, element->in_select ? &r->select_text : &r->text,
				   element->text_from, max);
}

struct read_text *html_page_current_text(struct page_reader *r)
{
	return html_tree_top(&r->tree)->in_select ? &r->select_text : &r->text;
}

static bool ends_with_space(const struct read_text *text)
{
	return text->count && ascii_is_html_space(text->items[text->count - 1]);
}

void html_page_add_byte(struct page_reader *r, struct read_text *text, char c)
{
	if (!ascii_is_html_space(c))
		VEC_PUSH(r->arena, text, c);
	else if (text->count && !ends_with_space(text))
		VEC_PUSH(r->arena, text, ' ');
}

void html_page_add_boundary(struct page_reader *r)
{
	struct read_text *text = html_page_current_text(r);

	if (ends_with_space(text))
		text->items[text->count - 1] = '\n';
	else if (text->count)
		VEC_PUSH(r->arena, text, '\n');
}

void html_page_add_text(struct page_reader *r, struct read_text *text, struct str raw)
{
	char decoded[16];
	struct buf one = {.data = decoded, .cap = sizeof decoded, .max = sizeof decoded - 1};
	size_t at = 0;

	while (at < raw.len) {
		size_t taken = 0;

		if (raw.ptr[at] == '&') {
			one.len = 0;
			taken = html_entities_put(str_slice(raw, at, raw.len), false, &one);
			for (size_t i = 0; i < one.len; i++)
				html_page_add_byte(r, text, decoded[i]);
		}
		if (!taken && raw.ptr[at])
			html_page_add_byte(r, text, raw.ptr[at]);
		at += taken ? taken : 1;
	}
}
