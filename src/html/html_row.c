#include "html/html_row.h"

#include "base/ascii.h"
#include "html/html_match.h"

#define ROWS_SHOWN    10
#define ROW_BYTES_MAX 80
#define JOINERS	      "-.,@/'&#+:~" /* connect two words or numbers */

enum { ROW_HAS = 1, ROW_INNER_HAS = 2 };

/* ---- words */

/* The character at AT of TEXT; 0 at its end. Sets *LEN to its bytes. */
static uint32_t character_at(struct str text, size_t at, size_t *len)
{
	static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t code;

	*len = 1;
	if (at >= text.len)
		return 0;
	size_t step = (unsigned char)text.ptr[at] < 0x80 ? 1 : str_utf8_step(text, at);
	if (!step)
		return (unsigned char)text.ptr[at];
	code = (unsigned char)text.ptr[at] & masks[step];
	for (size_t i = 1; i < step; i++)
		code = code << 6 | ((unsigned char)text.ptr[at + i] & 0x3f);
	*len = step;
	return code;
}

/* The offset of the character before AT; AT is not 0. */
static size_t before(struct str text, size_t at)
{
	at--;
	while (at && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Letters and digits. Scripts that are written without spaces, such as Chinese and Thai, have no
 * boundaries of words, so that their characters are not counted as letters. */
static bool is_word(uint32_t code)
{
	if (code < 0x80)
		return ascii_is_alnum((char)code) || code == '_';
	if (code < 0xc0)
		return code == 0xaa || code == 0xb5 || code == 0xba;
	if (code == 0xd7 || code == 0xf7 || (code >= 0xe00 && code < 0xf00) ||
	    (code >= 0x1000 && code < 0x10a0) || (code >= 0x1780 && code < 0x1800))
		return false;
	return code < 0x2000 || (code >= 0xa640 && code < 0xac00);
}

static bool is_word_at(struct str text, size_t at)
{
	size_t len;

	return at < text.len && is_word(character_at(text, at, &len));
}

/* Whether the character at AT, outside the text that was found, continues its word: it is a letter,
 * or a joiner with a letter at BEYOND, the next place away from the text. */
static bool is_joined(struct str text, size_t at, size_t beyond)
{
	return at < text.len && memchr(JOINERS, text.ptr[at], sizeof JOINERS - 1) &&
	       is_word_at(text, beyond);
}

/* Whether [FROM, TO) of TEXT is at boundaries of words, and how well; HTML_ROW_FITS: it is not. */
static enum html_row_fit fit_of(struct str text, size_t from, size_t to)
{
	size_t left = from ? before(text, from) : 0;
	bool starts = from && is_word_at(text, from), ends = is_word_at(text, before(text, to));

	if ((starts && is_word_at(text, left)) || (ends && is_word_at(text, to)))
		return HTML_ROW_FITS;
	if ((!from || text.ptr[left] == '\n') && (to == text.len || text.ptr[to] == '\n'))
		return HTML_ROW_EXACT;
	if ((starts && left && is_joined(text, left, before(text, left))) ||
	    (ends && is_joined(text, to, to + 1)))
		return HTML_ROW_WORDS;
	return HTML_ROW_WHOLE;
}

/* ---- rows */

void html_row_search_init(struct html_row_search *s, struct arena *a, const struct html_page *page,
			  struct str text)
{
	struct str rows = page->row_text;

	*s = (struct html_row_search){.page = page};
	text = html_match_trim(text);
	for (size_t at = 0; text.len && at < rows.len; at++) {
		size_t end = html_match_at(rows, at, text);

		if (end == NOT_FOUND)
			continue;
		struct html_row_hit hit = {(uint32_t)at, (uint32_t)end, fit_of(rows, at, end)};
		s->inside_words |= hit.fit == HTML_ROW_FITS;
		VEC_PUSH(a, &s->hits, hit);
	}
	for (size_t i = 0; i < s->hits.count; i++)
		s->inside_words &= s->hits.items[i].fit == HTML_ROW_FITS;
	s->used = ARENA_ARRAY(a, s->hits.count + 1, struct html_row_hit);
	s->flags = ARENA_ARRAY(a, page->row_count + 1U, uint8_t);
}

/* The first used hit at or after FROM, by bisection. */
static size_t hit_from(const struct html_row_search *s, uint32_t from)
{
	size_t low = 0, high = s->used_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->used[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Selects the rows in which the text fits at least as well as FIT, for html_row_search_around.
 * False if no row has it. */
static bool use_fit(struct html_row_search *s, enum html_row_fit fit)
{
	const struct html_page *page = s->page;
	bool any = false;

	s->used_count = 0;
	for (size_t i = 0; i < s->hits.count; i++)
		if (s->hits.items[i].fit <= fit)
			s->used[s->used_count++] = s->hits.items[i];
	memset(s->flags, 0, page->row_count + 1U);
	for (uint32_t i = 0; i < page->row_count; i++) {
		const struct html_row *row = &page->rows[i];
		size_t at = hit_from(s, row->from);

		if (at == s->used_count || s->used[at].to > row->to)
			continue;
		s->flags[i] |= ROW_HAS;
		any = true;
		if (row->parent != HTML_PAGE_NONE)
			s->flags[row->parent] |= ROW_INNER_HAS;
	}
	return any;
}

uint32_t html_row_search_around(const struct html_row_search *s, uint32_t row)
{
	while (row != HTML_PAGE_NONE && !(s->flags[row] & ROW_HAS))
		row = s->page->rows[row].parent;
	return row == HTML_PAGE_NONE || s->flags[row] & ROW_INNER_HAS ? HTML_PAGE_NONE : row;
}

enum html_row_outcome html_row_search_find(struct html_row_search *s, bool (*find)(void *owner),
					   void *owner)
{
	bool any = false;

	for (int fit = HTML_ROW_EXACT; fit < HTML_ROW_FITS && !(any && fit == HTML_ROW_WORDS);
	     fit++) {
		if (!use_fit(s, (enum html_row_fit)fit))
			continue;
		any = true;
		if (find(owner))
			return HTML_ROW_FOUND;
	}
	return any ? HTML_ROW_NOT_IN : HTML_ROW_NONE;
}

/* ---- messages */

static void put_row(const struct html_page *page, uint32_t row, bool first, struct buf *out)
{
	struct str text =
	    html_match_trim(str_slice(page->row_text, page->rows[row].from, page->rows[row].to));
	struct str shown = str_cut(text, ROW_BYTES_MAX);
	size_t mark;

	buf_add(out, first ? STR("«") : STR(", «"));
	mark = out->len;
	buf_add(out, shown);
	for (size_t i = mark; i < out->len; i++)
		if (out->data[i] == '\n')
			out->data[i] = ' ';
	buf_add(out, shown.len < text.len ? STR("…»") : STR("»"));
}

unsigned html_row_put_rows(const struct html_page *page, struct arena *a, struct str text,
			   struct buf *out)
{
	struct html_row_search s;
	unsigned shown = 0;
	bool any = false;

	html_row_search_init(&s, a, page, text);
	for (enum html_row_fit fit = HTML_ROW_EXACT; fit <= HTML_ROW_FITS && !any; fit++)
		any = use_fit(&s, fit);
	for (uint32_t i = 0; i < page->row_count; i++) {
		if (any && html_row_search_around(&s, i) != i)
			continue;
		if (shown == ROWS_SHOWN) {
			buf_add(out, STR(", …"));
			break;
		}
		put_row(page, i, !shown, out);
		shown++;
	}
	return shown;
}
