#include "doc/yaml_private.h"

#include <string.h>

#define MAX_FIXITS   2000
#define MAX_FIX_LINE 4000 /* a longer line is not readable */

bool yaml_add_fixit(struct yaml_reader *r, uint32_t begin, uint32_t end, struct str insert)
{
	size_t at = r->fixits.count;
	struct yaml_fixit fixit = {.begin = begin, .end = end, .insert = insert};

	if (r->fixits.count >= MAX_FIXITS)
		return false;
	while (at > 0 && r->fixits.items[at - 1].begin >= begin)
		at--;
	if (at > 0 && r->fixits.items[at - 1].end > begin)
		return false;
	if (at < r->fixits.count &&
	    (r->fixits.items[at].begin < end || r->fixits.items[at].begin == begin))
		return false;
	VEC_PUSH(r->arena, &r->fixits, fixit);
	memmove(&r->fixits.items[at + 1], &r->fixits.items[at],
		(r->fixits.count - 1 - at) * sizeof fixit);
	r->fixits.items[at] = fixit;
	return true;
}

void yaml_text_rebuild(struct yaml_reader *r)
{
	struct str source = r->source->text;
	size_t bytes = source.len, from = 0, len = 0;

	if (r->fixits.count == 0) {
		r->text = source;
		return;
	}
	for (size_t i = 0; i < r->fixits.count; i++)
		bytes += r->fixits.items[i].insert.len;
	char *text = arena_alloc(r->arena, bytes + 1);
	for (size_t i = 0; i < r->fixits.count; i++) {
		struct yaml_fixit *fixit = &r->fixits.items[i];

		memcpy(text + len, source.ptr + from, fixit->begin - from);
		len += fixit->begin - from;
		fixit->text_begin = (uint32_t)len;
		if (fixit->insert.len)
			memcpy(text + len, fixit->insert.ptr, fixit->insert.len);
		len += fixit->insert.len;
		from = fixit->end;
	}
	memcpy(text + len, source.ptr + from, source.len - from);
	r->text = str_n(text, len + source.len - from);
}

uint32_t yaml_source_offset(const struct yaml_reader *r, uint32_t text_offset)
{
	size_t low = 0, high = r->fixits.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->fixits.items[middle].text_begin <= text_offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return text_offset;
	const struct yaml_fixit *fixit = &r->fixits.items[low - 1];
	uint32_t inside = text_offset - fixit->text_begin;
	if (inside < fixit->insert.len)
		return inside < fixit->end - fixit->begin ? fixit->begin + inside : fixit->end;
	return fixit->end + inside - (uint32_t)fixit->insert.len;
}

bool yaml_has_fixit(const struct yaml_reader *r, uint32_t begin, uint32_t end)
{
	size_t low = 0, high = r->fixits.count;

	/* Fixits do not overlap, so the first one that ends at or after BEGIN decides, or the next.
	 */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->fixits.items[middle].end < begin)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < r->fixits.count && r->fixits.items[i].begin <= end; i++) {
		const struct yaml_fixit *fixit = &r->fixits.items[i];
		uint32_t touches = fixit->begin == fixit->end; /* an insertion has no bytes */

		if (fixit->begin < end + touches && fixit->end + touches > begin)
			return true;
	}
	return false;
}

struct span yaml_span(const struct yaml_reader *r, uint32_t begin, uint32_t end)
{
	return (struct span){r->source, begin, end < begin ? begin : end};
}

void yaml_fix_line(struct yaml_reader *r, struct diag *diag, uint32_t at)
{
	struct source_position position = source_position(r->source, at);
	struct str line = source_line(r->source, position.line);
	uint32_t begin = (uint32_t)(line.ptr - r->source->text.ptr);
	uint32_t end = begin + (uint32_t)line.len, from = begin;
	struct buf fixed;

	if (line.len > MAX_FIX_LINE)
		return;
	buf_init(&fixed, 0);
	for (size_t i = 0; i < r->fixits.count; i++) {
		const struct yaml_fixit *fixit = &r->fixits.items[i];

		if (fixit->begin < begin || fixit->end > end)
			continue;
		buf_add(&fixed, str_slice(r->source->text, from, fixit->begin));
		buf_add(&fixed, fixit->insert);
		from = fixit->end;
	}
	buf_add(&fixed, str_slice(r->source->text, from, end));
	diag->fix = arena_str(r->arena, buf_str(&fixed));
	buf_release(&fixed);
}

void yaml_edit_from(struct yaml_reader *r, struct diag *diag, uint32_t from)
{
	for (size_t i = 0; i < r->fixits.count; i++) {
		const struct yaml_fixit *fixit = &r->fixits.items[i];

		if (fixit->begin >= from)
			diag_edit(r->diags, diag, yaml_span(r, fixit->begin, fixit->end),
				  fixit->insert);
	}
}

struct str yaml_quote(struct arena *a, struct str s)
{
	struct buf out;

	buf_init(&out, 0);
	if (str_find_char(s, '"', 0) == NOT_FOUND && str_find_char(s, '\\', 0) == NOT_FOUND) {
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
