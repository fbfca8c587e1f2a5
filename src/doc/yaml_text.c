#include "doc/yaml_parts.h"

#include <string.h>

#define MAX_MENDS    2000
#define MAX_FIX_LINE 4000 /* nobody reads a longer one */

bool yaml_mend(struct yaml_reading *r, uint32_t begin, uint32_t end, struct str insert)
{
	size_t at = r->mends.count;
	struct mend mend = {.begin = begin, .end = end, .insert = insert};

	if (r->mends.count >= MAX_MENDS)
		return false;
	while (at > 0 && r->mends.items[at - 1].begin >= begin)
		at--;
	if (at > 0 && r->mends.items[at - 1].end > begin)
		return false;
	if (at < r->mends.count &&
	    (r->mends.items[at].begin < end || r->mends.items[at].begin == begin))
		return false;
	VEC_PUSH(r->arena, &r->mends, mend);
	memmove(&r->mends.items[at + 1], &r->mends.items[at],
		(r->mends.count - 1 - at) * sizeof mend);
	r->mends.items[at] = mend;
	return true;
}

void yaml_text_rebuild(struct yaml_reading *r)
{
	struct str source = r->source->text;
	size_t bytes = source.len, from = 0, len = 0;

	if (r->mends.count == 0) {
		r->text = source;
		return;
	}
	for (size_t i = 0; i < r->mends.count; i++)
		bytes += r->mends.items[i].insert.len;
	char *text = arena_alloc(r->arena, bytes + 1);
	for (size_t i = 0; i < r->mends.count; i++) {
		struct mend *mend = &r->mends.items[i];

		memcpy(text + len, source.ptr + from, mend->begin - from);
		len += mend->begin - from;
		mend->text_begin = (uint32_t)len;
		if (mend->insert.len)
			memcpy(text + len, mend->insert.ptr, mend->insert.len);
		len += mend->insert.len;
		from = mend->end;
	}
	memcpy(text + len, source.ptr + from, source.len - from);
	r->text = str_n(text, len + source.len - from);
}

uint32_t yaml_source_offset(const struct yaml_reading *r, uint32_t text_offset)
{
	size_t low = 0, high = r->mends.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->mends.items[middle].text_begin <= text_offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return text_offset;
	const struct mend *mend = &r->mends.items[low - 1];
	uint32_t inside = text_offset - mend->text_begin;
	if (inside < mend->insert.len)
		return inside < mend->end - mend->begin ? mend->begin + inside : mend->end;
	return mend->end + inside - (uint32_t)mend->insert.len;
}

bool yaml_is_mended(const struct yaml_reading *r, uint32_t begin, uint32_t end)
{
	size_t low = 0, high = r->mends.count;

	/* Mends do not overlap: the first one that ends at or behind BEGIN decides, or the next. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->mends.items[middle].end < begin)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < r->mends.count && r->mends.items[i].begin <= end; i++) {
		const struct mend *mend = &r->mends.items[i];
		uint32_t touches = mend->begin == mend->end; /* an insertion has no bytes */

		if (mend->begin < end + touches && mend->end + touches > begin)
			return true;
	}
	return false;
}

struct span yaml_span(const struct yaml_reading *r, uint32_t begin, uint32_t end)
{
	return (struct span){r->source, begin, end < begin ? begin : end};
}

void yaml_fix_line(struct yaml_reading *r, struct diag *diag, uint32_t at)
{
	struct place place = source_place(r->source, at);
	struct str line = source_line(r->source, place.line);
	uint32_t begin = (uint32_t)(line.ptr - r->source->text.ptr);
	uint32_t end = begin + (uint32_t)line.len, from = begin;
	struct buf fixed;

	if (line.len > MAX_FIX_LINE)
		return;
	buf_init(&fixed, 0);
	for (size_t i = 0; i < r->mends.count; i++) {
		const struct mend *mend = &r->mends.items[i];

		if (mend->begin < begin || mend->end > end)
			continue;
		buf_add(&fixed, str_slice(r->source->text, from, mend->begin));
		buf_add(&fixed, mend->insert);
		from = mend->end;
	}
	buf_add(&fixed, str_slice(r->source->text, from, end));
	diag_fix(r->diags, diag, "%.*s", STR_ARG(buf_str(&fixed)));
	buf_release(&fixed);
}

struct str yaml_quote(struct arena *a, struct str s)
{
	struct buf out;

	buf_init(&out, 0);
	if (str_find_char(s, '"', 0) == (size_t)-1 && str_find_char(s, '\\', 0) == (size_t)-1) {
		buf_add_char(&out, '"');
		buf_add(&out, s);
		buf_add_char(&out, '"');
	} else {
		buf_add_char(&out, '\'');
		for (size_t i = 0; i < s.len; i++) {
			buf_add_char(&out, s.ptr[i]);
			if (s.ptr[i] == '\'')
				buf_add_char(&out, '\'');
		}
		buf_add_char(&out, '\'');
	}
	struct str quoted = arena_str(a, buf_str(&out));
	buf_release(&out);
	return quoted;
}
